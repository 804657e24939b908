"""The months that a span of a comparison takes in (measures.md 1.4, 7.2)."""

from __future__ import annotations

from datetime import date

from pipeline.model import Calendar


def months_of(span: str, calendar: Calendar) -> tuple[date, ...]:
    """Return the first days of the months in a span, both sides of the comparison alike.

    month: that of last_closed; quarter and ytd: from their start in our fiscal year to last_closed; l12m: the twelve
    months that end with it; outlook: the whole fiscal year.
    """
    last = calendar.last_closed.replace(day=1)
    start = calendar.year_start.replace(day=1)
    since_start = _distance(start, last)
    firsts = {"month": last, "quarter": _moved(last, -(since_start % 3)), "ytd": start, "l12m": _moved(last, -11)}
    if span == "outlook":
        return _between(start, calendar.year_end.replace(day=1))
    return _between(firsts[span], last)


def _distance(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _moved(month: date, months: int) -> date:
    year, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, index + 1, 1)


def _between(first: date, last: date) -> tuple[date, ...]:
    return tuple(_moved(first, step) for step in range(_distance(first, last) + 1))
