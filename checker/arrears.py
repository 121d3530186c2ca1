"""Arrears: what is due by a schedule and not paid, day by day, and the fee for being late."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from checker.values import UNKNOWN, Listing, Value, bounds, multiply, spanning


def late_fee(schedule: Listing, payments: Listing, rate: Value, until: Value) -> Value:
    """Give the fee for late payment up to and including the day *until*, at *rate* of what is late for each day.

    The day on which an instalment is due is still the debtor's. Payments settle the oldest instalment first, so that
    what is late on a day is what was due before it less what had been paid before it, and the fee is the sum of that
    over the days. It grows with every amount due and falls with every payment, which gives the bounds of what is not
    known. An instalment or payment without an amount is none.
    """
    if until is None or until is UNKNOWN:
        return UNKNOWN
    return multiply(spanning(_least(schedule, payments, until), _most(schedule, payments, until)), rate)


def _least(schedule: Listing, payments: Listing, until: Value) -> Value:
    """Give the money-days late if everything was due as late, and paid as early and as fully, as it may have been."""
    end: date | None = bounds(until)[0]
    if end is None or not payments.whole:
        return 0
    before: Value = 0
    changes: list[tuple[date, Value]] = []
    for due_on, amount in schedule.rows:
        latest = bounds(due_on)[1]
        if latest is not None:
            changes.append((latest, _amount(amount)[0]))
    for paid_on, amount in payments.rows:
        earliest, most = bounds(paid_on)[0], _amount(amount)[1]
        if most is None:
            end = min(end, earliest or date.min)
        elif earliest is None:
            before -= most
        else:
            changes.append((earliest, -most))
    return _money_days(before, changes, end)


def _most(schedule: Listing, payments: Listing, until: Value) -> Value:
    """Give the money-days late in the opposite case; `None` if nothing bounds them."""
    end: date | None = bounds(until)[1]
    if end is None or not schedule.whole:
        return None
    changes: list[tuple[date, Value]] = []
    for due_on, amount in schedule.rows:
        earliest, most = bounds(due_on)[0], _amount(amount)[1]
        if most is None and (earliest or date.min) >= end:
            continue
        if most is None or (earliest is None and most):
            return None
        changes.append((earliest or date.min, most))
    for paid_on, amount in payments.rows:
        latest = bounds(paid_on)[1]
        if latest is not None:
            changes.append((latest, -_amount(amount)[0]))
    return _money_days(0, changes, end)


def _amount(value: Value) -> tuple[Value, Value]:
    """Give the bounds of an amount, which is never below zero."""
    low, high = (0, 0) if value is None else bounds(value)
    return low or 0, high


def _money_days(balance: Value, changes: Iterable[tuple[date, Value]], end: date) -> Decimal | int:
    """Add up what is late on each day to *end*; a change of one day tells on the next."""
    told = sorted((change for change in changes if change[0] < end), key=lambda change: change[0])
    days = [*(day for day, _ in told), end]
    total: Decimal | int = 0
    for (day, amount), following in zip(told, days[1:], strict=True):
        balance += amount
        total += max(balance, 0) * (following - day).days
    return total
