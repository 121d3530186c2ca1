"""Three rules of the pack as a programmer would write them by hand: the floor that generated code is held against.

They read the same decoded records, exactly (`Decimal`, `date`) and in three-valued logic, and give the same verdicts on
the measured dossier; but they know beforehand what the language leaves open: that its registers are complete, which
columns are signed as blank, which figures and statutes there are, and that nobody asks for a reason.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import UNSET

from checker.model import Truth, Verdict
from checker.values import Range, shift_months

GRANTS = frozenset({"agreement", "tender", "auction", "listing", "grant_unspecified"})
INSIDERS = frozenset({"fiscal", "platform"})
LOOP_DAYS = 60
BUDGET_LAW_IN_FORCE, CERTIFICATES_IN_FORCE = date(2015, 1, 1), date(1990, 12, 31)


class Registers:
    """What the hand-written rules read: the root record, and the claims and papers by their keys."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.as_of: date = root.meta.as_of_date
        self.claims: defaultdict[str, list[Any]] = defaultdict(list)
        for claim in root.claims or ():
            self.claims[claim.subject_id].append(claim)
        self.papers = {paper.doc_id: paper for paper in root.evidence or ()}


# --- the ladder -----------------------------------------------------------------------------------------------------


def verdict(when: Truth, violated: Truth, suspected: Truth, exempt: Truth, *, strict: bool) -> Verdict:
    """Give the verdict of an act that has happened and has a firm basis; *strict* unless the rule is only a signal."""
    if when is False:
        return Verdict.NOT_APPLICABLE
    if violated is False and suspected is False:
        return Verdict.COMPLIANT
    if exempt:
        return Verdict.EXEMPT
    if when is None:
        return Verdict.UNDETERMINED
    if violated and exempt is False and strict:
        return Verdict.VIOLATION
    return Verdict.RISK if violated or suspected else Verdict.UNDETERMINED


def ground(day: Any, as_of: date, first: date) -> Verdict | None:
    """Say what the day of the act decides by itself: it never happened, no law was in force, or nobody knows."""
    if day.__class__ is date:
        return None if first <= day <= as_of else Verdict.NOT_APPLICABLE
    if day.__class__ is Range:
        if day.low > as_of or day.high < first:
            return Verdict.NOT_APPLICABLE
        return None if day.high <= as_of and day.low >= first else Verdict.UNDETERMINED
    return Verdict.NOT_APPLICABLE if day is None else Verdict.UNDETERMINED


# --- three-valued comparison and sums -------------------------------------------------------------------------------


def at_most(first: Any, second: Any) -> Truth:
    """Compare two days, either of which may be a month, null or absent."""
    if first.__class__ is date and second.__class__ is date:
        return bool(first <= second)
    if first is None or second is None or first is UNSET or second is UNSET:
        return None
    first_low, first_high = (first.low, first.high) if first.__class__ is Range else (first, first)
    second_low, second_high = (second.low, second.high) if second.__class__ is Range else (second, second)
    return True if first_high <= second_low else False if first_low > second_high else None


def both(first: Truth, second: Truth) -> Truth:
    """Join by *and*."""
    return False if first is False or second is False else None if first is None or second is None else True


def either(first: Truth, second: Truth) -> Truth:
    """Join by *or*."""
    return True if first or second else None if first is None or second is None else False


def paid_until(payments: list[Any], last: Any) -> tuple[Any, Any]:
    """Give the least and the most that was paid by a day; the most is `None` where there is no telling."""
    low: Any = 0
    high: Any = 0
    for each in payments:
        day, amount = each.paid_on, each.amount_cny
        held = day <= last if day.__class__ is date and last.__class__ is date else at_most(day, last)
        if held is False or amount is None:
            continue
        if amount is UNSET:
            high = None
            continue
        low = low + amount if held else low
        high = None if high is None else high + amount
    return low, high


def below(first: tuple[Any, Any], second: tuple[Any, Any]) -> Truth:
    """Say whether one amount is less than another, each known by its least and its most."""
    if first[1] is not None and first[1] < second[0]:
        return True
    return False if second[1] is not None and first[0] >= second[1] else None


def proves(registers: Registers, doc_id: Any, day: Any) -> bool:
    """Say whether a paper of the dossier was valid on a day; its columns are signed as blank where there is no end."""
    paper = registers.papers.get(doc_id)
    return (
        paper is not None
        and at_most(paper.issued_on, day) is True
        and (not paper.valid_from or at_most(paper.valid_from, day) is True)
        and (not paper.valid_to or at_most(day, paper.valid_to) is True)
        and (not paper.revoked_on or at_most(paper.revoked_on, day) is False)
    )


# --- the rules ------------------------------------------------------------------------------------------------------


def arrears(registers: Registers) -> Iterator[Verdict]:
    """R18.8-01: whether the price of land that is due has been paid."""
    as_of, claims = registers.as_of, registers.claims
    for parcel in registers.root.parcels:
        method = parcel.supply_method
        when = None if method is UNSET else method in GRANTS
        if when is False:
            yield Verdict.NOT_APPLICABLE
            continue
        low: Any = 0
        high: Any = 0
        for each in parcel.payment_schedule:
            day, amount = each.due_on, each.amount_cny
            held = day < as_of if day.__class__ is date else _negated(at_most(as_of, day))
            if held is False or amount is None:
                continue
            if amount is UNSET:
                high = None
                continue
            low = low + amount if held else low
            high = None if high is None else high + amount
        due, paid = (low, high), paid_until(parcel.payments, as_of)
        violated = below(paid, due)
        suspected: Truth = False
        if not parcel.payment_schedule:
            price = parcel.total_price_cny
            unpaid = below(paid, (0, None) if price is None or price is UNSET else (price, price))
            suspected = both(unpaid, _two_months_before(parcel.contract_signed_on, as_of))
        exempt: Truth = False
        if violated is not False or suspected is not False:
            owed = (due[0] - paid[1] if paid[1] is not None else None, due[1] - paid[0] if due[1] is not None else None)
            for claim in claims.get(parcel.parcel_id, ()):
                exempt = either(exempt, _excused(registers, claim, owed))
        yield verdict(when, violated, suspected, exempt, strict=True)


def _negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _two_months_before(signed: Any, as_of: date) -> Truth:
    """Say whether two months after signing have passed."""
    if signed.__class__ is date:
        last = shift_months(signed, 2)
        return None if last is None else last < as_of
    if signed.__class__ is Range:
        first, last = shift_months(signed.low, 2), shift_months(signed.high, 2)
        assert first is not None
        assert last is not None
        return True if last < as_of else False if first >= as_of else None
    return None


def _excused(registers: Registers, claim: Any, owed: tuple[Any, Any]) -> Truth:
    as_of, start = registers.as_of, claim.from_
    amount = claim.amount_cny
    covers: Truth = None
    if amount is not None and amount is not UNSET:
        covers = True if owed[1] is not None and amount >= owed[1] else None
        covers = False if owed[0] is not None and amount < owed[0] else covers
    match claim.ground:
        case "deferral":
            holds = both(both(at_most(as_of, claim.until), at_most(start or as_of, as_of)), covers)
        case "court_stay":
            holds = both(at_most(as_of, claim.until), at_most(start or as_of, as_of))
        case "rescission" | "reclaim":
            holds = both(at_most(start, as_of), covers)
        case _:
            return False
    return True if holds and proves(registers, claim.doc_id, as_of) else None if holds is not False else False


def certificates(registers: Registers) -> Iterator[Verdict]:
    """R18.8-05: whether a certificate of title was issued before all of the price was paid."""
    as_of = registers.as_of
    for parcel in registers.root.parcels:
        day = None if parcel.title_cert_issued_on is UNSET else parcel.title_cert_issued_on
        settled = ground(day, as_of, CERTIFICATES_IN_FORCE)
        method = parcel.supply_method
        if settled is Verdict.NOT_APPLICABLE or (method is not UNSET and method not in GRANTS):
            yield Verdict.NOT_APPLICABLE
            continue
        price = parcel.total_price_cny
        cost = (0, None) if price is None or price is UNSET else (price, price)
        violated = below(paid_until(parcel.payments, day), cost)
        when = None if method is UNSET else True
        found = verdict(when, violated, False, False, strict=True)
        yield found if settled is None or found is Verdict.COMPLIANT else Verdict.UNDETERMINED


def round_trips(registers: Registers) -> Iterator[Verdict]:
    """R18.8-06: whether the money that pays for land came from the treasury, or soon went back to it."""
    as_of, claims = registers.as_of, registers.claims
    for parcel in registers.root.parcels:
        for each in parcel.payments:
            day = each.paid_on
            settled = ground(day, as_of, BUDGET_LAW_IN_FORCE)
            if settled is Verdict.NOT_APPLICABLE:
                yield Verdict.NOT_APPLICABLE
                continue
            violated = either(
                _nearby(each.funded_from, each.funded_on, day, before=True, as_of=as_of),
                _nearby(each.returned_to, each.returned_on, day, before=False, as_of=as_of),
            )
            if violated is False:
                yield Verdict.COMPLIANT
                continue
            exempt: Truth = False
            for claim in claims.get(each.payment_id, ()):
                if claim.ground == "land_reserve_cost":
                    enough = claim.amount_cny is not None and claim.amount_cny >= each.amount_cny
                    exempt = either(exempt, (enough and proves(registers, claim.doc_id, day)) or None)
            found = verdict(True, violated, False, exempt, strict=False)
            yield found if settled is None or found is Verdict.EXEMPT else Verdict.UNDETERMINED


def _nearby(whose: Any, moved_on: Any, day: Any, *, before: bool, as_of: date) -> Truth:
    """Say whether money of the treasury moved within the days before, or after, the payment."""
    if whose is None or (whose is not UNSET and whose not in INSIDERS):
        return False
    if moved_on is None or moved_on is UNSET:  # signed as blank: it did not move
        return False
    if moved_on.__class__ is not date or day.__class__ is not date:
        return None
    days = (day - moved_on).days if before else (moved_on - day).days
    close = moved_on <= as_of and 0 <= days <= LOOP_DAYS
    return None if close and whose is UNSET else close


RULES: Mapping[str, Callable[[Registers], Iterator[Verdict]]] = {
    "R18.8-01": arrears,
    "R18.8-05": certificates,
    "R18.8-06": round_trips,
}


def judge_all(root: Any) -> dict[str, Counter[Verdict]]:
    """Apply the hand-written rules to every subject and count the verdicts."""
    registers = Registers(root)
    return {rule: Counter(judge(registers)) for rule, judge in RULES.items()}
