"""Accounts with a past: plans judged one after the other, each an edition that the next ones can look back on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.model import Calendar, History
from tests.rules.plan import Result, Rows, ShippedRules, result
from tests.support.editions import with_edition


@dataclass(frozen=True)
class Save:
    """A workbook that was saved, and the calendar of the day on which it was judged."""

    rows: Rows
    calendar: Calendar


def calendar_of(as_of: date) -> Calendar:
    """Return the calendar of a day: months close ten days after their end, the fiscal year is the calendar year."""
    last_closed = (as_of - timedelta(days=10)).replace(day=1) - timedelta(days=1)
    return Calendar(as_of, last_closed, date(last_closed.year, 1, 1), date(last_closed.year, 12, 31))


def past_of(rules: ShippedRules, saves: Iterable[Save]) -> History:
    """Return the past of an account after some saves, each of which became an edition."""
    history = History()
    for save in saves:
        history = with_edition(history, rules.judged(save.rows, save.calendar, history=history))
    return history


def results_after(rules: ShippedRules, saves: Sequence[Save]) -> dict[str, Result]:
    """Return all single numbers of the last save, judged after the ones before it."""
    *before, last = saves
    plan = rules.judged(last.rows, last.calendar, history=past_of(rules, before))
    singles = {name: item for name, item in plan.measures.items() if not item.by and len(item.rows[0].series) == 1}
    return {name: result(item.quantity) for name, item in singles.items()}
