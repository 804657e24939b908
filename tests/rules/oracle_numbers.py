"""What all sections of the oracle share: exact numbers, `Missing`, days, and how ratios and counts are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, TypeAlias


class Row(Protocol):
    """A row by field name, with the names of its known gaps."""

    @property
    def unknown(self) -> frozenset[str]: ...
    def __getitem__(self, name: str) -> Any: ...


class Calendar(Protocol):
    """The days a plan is judged by."""

    @property
    def as_of(self) -> date: ...
    @property
    def last_closed(self) -> date: ...
    @property
    def year_start(self) -> date: ...
    @property
    def year_end(self) -> date: ...


@dataclass(frozen=True)
class Missing:
    """n.a., with its reason code (measures.md 1.1)."""

    reason: str


Number: TypeAlias = Fraction | int
Result: TypeAlias = Number | Missing | str | bool | date
NO_DATA, INCOMPLETE, NO_HISTORY = Missing("no_data"), Missing("incomplete"), Missing("no_history")
CLOSED = ("won", "lost", "no_decision")


def month_of(day: date, months: int = 0) -> date:
    """Return the first day of the month `months` after that of `day`."""
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, index + 1, 1)


def months_before(day: date, months: int) -> date:
    """Return the same day `months` earlier, at most the last day of that month."""
    first = month_of(day, -months)
    last = month_of(first, 1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def exact(value: Decimal | int | None) -> Fraction:
    return Fraction(value or 0)


def added(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


def clip(value: Number, low: Number = 0, high: Number = 1) -> Number:
    return max(low, min(high, value))


def divided(part: Result, whole: Result) -> Result:
    """Return a ratio of sums; a whole of 0 or less, then whatever is missing, is the reason for none (1.3)."""
    if isinstance(whole, int | Fraction) and whole <= 0:
        return Missing("zero_base" if whole == 0 else "negative_base")
    for one in (part, whole):
        if isinstance(one, Missing):
            return one
    assert isinstance(part, int | Fraction)
    assert isinstance(whole, int | Fraction)
    return Fraction(part) / whole


def difference(left: Result, right: Result, times: int = 1) -> Result:
    for one in (left, right):
        if isinstance(one, Missing):
            return one
    assert isinstance(left, int | Fraction)
    assert isinstance(right, int | Fraction)
    return times * (left - right)


def share(hits: Iterable[bool]) -> Result:
    found = list(hits)
    return Fraction(sum(found), len(found)) if found else NO_DATA


def counted(rows: Sequence[object], hits: Iterable[bool]) -> Result:
    """Return how many; a table without any row says nothing, not 0."""
    return sum(hits) if rows else NO_DATA


def value_of(result: Result, times: Number = 1) -> Fraction | None:
    return Fraction(result) * times if isinstance(result, int | Fraction) and not isinstance(result, bool) else None


def exact_or_zero(result: Result) -> Fraction:
    return Fraction(result) if isinstance(result, int | Fraction) else Fraction(0)


class Section:
    """Rows of one account judged on a day: what the sections of measures.md have in common."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], calendar: Calendar) -> None:
        self.rows, self.calendar = rows, calendar
        self.as_of = calendar.as_of
        self.account = rows["account"][0]

    def in_window(self, day: date | None) -> bool:
        return day is not None and months_before(self.as_of, 12) < day <= self.as_of

    def was_due(self, day: date | None) -> bool:
        return self.in_window(day) and day is not None and day < self.as_of

    def until_now(self, day: date | None) -> date | None:
        """Return a day of an event; one after as_of counts as empty (1.5)."""
        return day if day is not None and day <= self.as_of else None

    @staticmethod
    def yearly(rows: Iterable[Row]) -> Fraction:
        return added(exact(row["yearly_value"]) for row in rows)

    @property
    def open_opportunities(self) -> list[Row]:
        return [row for row in self.rows["opportunities"] if row["stage"] is not None and row["stage"] not in CLOSED]
