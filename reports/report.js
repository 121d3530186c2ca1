"use strict";
// Filters the findings of a report. Without it the page is whole: it hides, and adds nothing but the count.
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const { a: article, v: verdict, p: party, q: words } = form.elements;
  const fields = [article, verdict, party, words];
  const told = form.querySelector("output");
  const main = document.getElementById("main");
  const KEY = "#filter?";
  const plain = text => text.normalize("NFKC").toLowerCase();

  const boxes = new Map();
  const boxOf = element => {
    const found = element && element.closest("[data-box]");
    if (!found) return null;
    if (!boxes.has(found)) {
      const outer = boxOf(found.parentElement); // so that it is looked at before what it holds
      const head = found.querySelector(":scope > [data-head]");
      const counts = [...found.querySelectorAll(":scope > * [data-count]")];
      boxes.set(found, { element: found, outer, all: 0, shown: 0, text: head ? plain(head.textContent) : "", counts });
    }
    return boxes.get(found);
  };
  const held = (element, name) => element.closest(`[data-${name}]`).dataset[name];
  const items = [...main.querySelectorAll("[data-p]")].map(element => {
    const box = boxOf(element);
    for (let each = box; each; each = each.outer) each.all += 1;
    return { element, box, a: held(element, "a"), v: held(element, "v"), p: element.dataset.p, text: null };
  });
  const nothing = [...main.querySelectorAll("[data-nothing]")].map(element => ({ element, box: boxOf(element) }));

  const textOf = item => {
    if (item.text === null) item.text = plain(item.element.textContent);
    return item.text;
  };
  const index = (from = 0) => {
    if (from < items.length) {
      items.slice(from, from + 200).forEach(textOf);
      setTimeout(index, 0, from + 200);
    }
  };

  const apply = () => {
    const terms = plain(words.value).split(/\s+/).filter(Boolean);
    const isActive = fields.some(each => each.value.trim());
    for (const each of boxes.values()) {
      each.shown = 0;
      each.told = terms.map((term, number) => each.text.includes(term) || Boolean(each.outer && each.outer.told[number]));
    }
    let shown = 0;
    for (const item of items) {
      const fits = (!article.value || item.a === article.value) && (!verdict.value || item.v === verdict.value)
        && (!party.value || item.p === party.value) && terms.every((term, number) => item.box.told[number] || textOf(item).includes(term));
      if (item.element.hidden === fits) item.element.hidden = !fits;
      if (fits) {
        shown += 1;
        for (let each = item.box; each; each = each.outer) each.shown += 1;
      }
    }
    for (const each of boxes.values()) {
      if (!each.element.matches("section")) each.element.hidden = each.all > 0 && !each.shown;
      for (const count of each.counts) {
        if (boxOf(count) === each) count.textContent = each.shown === each.all ? `${each.all}` : `${each.shown}/${each.all}`;
      }
    }
    for (const each of nothing) each.element.hidden = each.box.shown > 0;
    main.classList.toggle("filtered", isActive);
    const chosen = fields.filter(each => each.value.trim())
      .map(each => each.options ? each.selectedOptions[0].dataset.name : `“${each.value.trim()}”`);
    told.textContent = told.dataset[isActive ? "some" : "all"].replace("{shown}", shown).replace("{all}", items.length)
      .replace("{chosen}", () => chosen.join(" · "));
  };

  const clear = () => {
    for (const each of fields) each.value = "";
    apply();
  };
  const remember = () => {
    const state = new URLSearchParams();
    for (const each of fields) if (each.value.trim()) state.set(each.name, each.value.trim());
    const text = state.toString();
    history.replaceState(null, "", text ? KEY + text : location.pathname + location.search);
  };
  const recall = () => {
    if (!location.hash.startsWith(KEY)) return false;
    const state = new URLSearchParams(location.hash.slice(KEY.length));
    for (const each of fields) {
      const value = state.get(each.name) || "";
      each.value = !each.options || [...each.options].some(option => option.value === value) ? value : "";
    }
    return true;
  };

  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", event => {
    event.preventDefault(); // it would empty the fields only after this
    clear();
    remember();
    words.focus();
  });
  addEventListener("hashchange", () => { if (recall()) apply(); });
  document.addEventListener("click", event => { // a link to what is filtered away shows it again
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (target && target.closest("[hidden]")) clear();
  }, true);
  form.hidden = false;
  recall();
  apply();
  setTimeout(index, 50);
})();
