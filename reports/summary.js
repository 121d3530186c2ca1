"use strict";
// Sorts and filters the table of zones. Without it the page is whole: it hides and moves rows, and adds the buttons to do so.
(() => {
  const form = document.getElementById("filter");
  const table = document.getElementById("zones-table");
  if (!form || !table) return;
  const body = table.tBodies[0];
  const { p: province, l: level, k: known, q: words } = form.elements;
  const fields = [province, level, known, words];
  const told = form.querySelector("output");
  const main = document.getElementById("main");
  const plain = text => text.normalize("NFKC").toLowerCase();
  const rows = [...body.rows].map((element, place) => ({ element, place, text: null }));
  const textOf = row => {
    if (row.text === null) row.text = plain(["name", "id"].map(each => row.element.querySelector(`.${each}`).textContent).join(" "));
    return row.text;
  };

  const apply = () => {
    const terms = plain(words.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const { p, l, k } = row.element.dataset;
      const fits = (!province.value || p === province.value) && (!level.value || l === level.value)
        && (!known.value || k === known.value) && terms.every(term => textOf(row).includes(term));
      if (row.element.hidden === fits) row.element.hidden = !fits;
      shown += fits;
    }
    const chosen = fields.filter(each => each.value.trim())
      .map(each => each.options ? each.selectedOptions[0].dataset.name : `“${each.value.trim()}”`);
    main.classList.toggle("filtered", chosen.length > 0);
    told.textContent = told.dataset[chosen.length ? "some" : "all"].replace("{shown}", shown).replace("{all}", rows.length)
      .replace("{chosen}", () => chosen.join(" · "));
  };

  const valueOf = (row, column) => {
    const cell = row.element.cells[column];
    return Number(cell.dataset.s ?? cell.textContent) || 0;
  };
  const sort = (header, column) => {
    const direction = header.getAttribute("aria-sort") === "descending" ? "ascending" : "descending";
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const keyed = rows.map(row => ({ row, key: valueOf(row, column) }));
    keyed.sort((one, other) => sign * (one.key - other.key) || one.row.place - other.row.place);
    body.append(...keyed.map(each => each.row.element));
  };
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    if (!("sort" in header.dataset)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header, column));
    header.append(button);
  });

  form.addEventListener("input", apply);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", event => {
    event.preventDefault(); // it would empty the fields only after this
    for (const each of fields) each.value = "";
    apply();
    words.focus();
  });
  form.hidden = false;
  apply();
})();
