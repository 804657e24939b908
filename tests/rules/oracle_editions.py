"""Measures over earlier editions in plain Python: the saves themselves are looked at, not what a ledger keeps of them.

Each save became an edition, numbered from 1, but for the last one, which is judged (measures.md 1.10, 2, 5, 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from tests.rules.editions import Save
from tests.rules.oracle_money import LineMonth, Money
from tests.rules.oracle_numbers import INCOMPLETE, NO_DATA, NO_HISTORY, Missing, Result, added, difference, month_of
from tests.rules.plan import TypedRow, template, typed_rows

Typed: TypeAlias = Mapping[str, Sequence[TypedRow]]
LIMITS = {"financials": 35, "actions": 30, "opportunities": 45, "contacts": 90, "objectives": 120}


@dataclass(frozen=True)
class Edition:
    """One save with typed rows."""

    typed: Typed
    save: Save

    @classmethod
    def of(cls, save: Save) -> Edition:
        return cls(typed_rows(save.rows), save)

    @property
    def content(self) -> dict[str, list[dict[str, object]]]:
        """Return what the rows hold; where they stand and what is marked as unknown does not matter."""
        return {name: [dict(row.values) for row in rows] for name, rows in self.typed.items()}


class Editions:
    """What can be said of the last save by looking at the ones before."""

    def __init__(self, saves: Sequence[Save]) -> None:
        self.earlier = [Edition.of(save) for save in saves[:-1]]
        self.now = Edition.of(saves[-1])
        self.calendar = saves[-1].calendar

    def results(self) -> dict[str, Result]:
        """Return the measures that are n.a. without earlier editions."""
        return {**self.slips(), **self.outlook_change(), **self.accuracy(1), **self.accuracy(3), **self.freshness()}

    @property
    def compared(self) -> Edition | None:
        """Return the last edition that held anything else."""
        return next((item for item in reversed(self.earlier) if item.content != self.now.content), None)

    # actions
    def slips(self) -> dict[str, Result]:
        names = ("actions_slipped", "actions_slipped_days", "actions_slipped_times")
        actions = self.now.typed["actions"]
        if not self.earlier or not actions:
            return dict.fromkeys(names, NO_DATA if self.earlier else NO_HISTORY)
        dues = [self.dues(row) for row in actions]
        days = [(due[-1] - due[0]).days for due in dues if due[0] is not None and due[-1] is not None]
        times = [sum(1 for before, after in pairwise(due) if before and after and after > before) for due in dues]
        slipped = [number for number in days if number > 0]
        return dict(zip(names, (len(slipped), sum(slipped), sum(times)), strict=True))

    def dues(self, action: TypedRow) -> list[date | None]:
        """Return the due dates of an action in the editions that carried it, then that of now."""
        rows = (row for edition in self.earlier for row in edition.typed["actions"] if row["no"] == action["no"])
        return [*(row["due"] for row in rows), action["due"]]

    # outlook
    def outlook_change(self) -> dict[str, Result]:
        then, money = self.compared, Money(self.now.typed, self.calendar)
        if then is None:
            return dict.fromkeys(("outlook_fy_realised", "outlook_fy_revised", "outlook_fy_change"), NO_HISTORY)
        months = [month for month in money.months("fy") if month > then.save.calendar.last_closed]
        realised = self.moved(money, then, [month for month in months if money.closed(month)])
        revised = self.moved(money, then, [month for month in months if not money.closed(month)])
        return {
            "outlook_fy_realised": realised,
            "outlook_fy_revised": revised,
            "outlook_fy_change": difference(realised, difference(Fraction(0), revised)),
        }

    def moved(self, money: Money, then: Edition, months: Sequence[date]) -> Result:
        changes = [self.change(money, then, (line, month)) for line in money.selected("revenue") for month in months]
        return INCOMPLETE if None in changes else added(change for change in changes if change is not None)

    def change(self, money: Money, then: Edition, place: LineMonth) -> Fraction | None:
        line, month = place
        unforecast = not money.closed(month) and money.lives(line) and not money.anyone_forecast(month)
        now: Fraction | None = Fraction(0)
        if money.is_there(*place) or unforecast:
            missing = money.actual_missing(*place) if money.closed(month) else money.forecast_missing(*place)
            now = None if missing else money.amount(*place, "actual" if money.closed(month) else "forecast")
        before = expected_then(then, place)
        return None if now is None or before is None else now - before

    # forecast accuracy
    def accuracy(self, lag: int) -> dict[str, Result]:
        money = Money(self.now.typed, self.calendar)
        pairs = [
            (month, actual, forecast)
            for line in money.selected("revenue")
            for month in money.months("l12m")
            if money.is_there(line, month)
            if (forecast := self.forecast(line, month, lag)) is not None
            for actual in [None if money.actual_missing(line, month) else money.amount(line, month, "actual")]
        ]
        known = [(actual, forecast) for _, actual, forecast in pairs if actual is not None]
        base = added(abs(actual) for actual, _ in known)
        reason = (
            NO_HISTORY if not pairs
            else INCOMPLETE if len(known) < len(pairs)
            else Missing("too_few") if len({month for month, _, _ in pairs}) < 3
            else Missing("zero_base") if base == 0
            else None
        )  # fmt: skip
        names = [f"forecast_{kind}_lag{lag}" for kind in ("wape", "accuracy", "bias")]
        if reason is not None:
            return dict.fromkeys(names, reason)
        wape = added(abs(forecast - actual) for actual, forecast in known) / base
        bias = added(forecast - actual for actual, forecast in known) / base
        return dict(zip(names, (wape, max(Fraction(0), 1 - wape), bias), strict=True))

    def forecast(self, line: str, month: date, lag: int) -> Fraction | None:
        """Return what was forecast for a month in the last edition as of the end of the month `lag` months before."""
        end = month_of(month, 1 - lag) - timedelta(days=1)
        known = [edition for edition in self.earlier if edition.save.calendar.as_of <= end]
        lines = {row["name"] for row in self.now.typed["lists_lines"] if row["nature"] == "income"}
        if not known or not any(row["forecast"] is not None for row in rows_of(known[-1], lines, month)):
            return None
        return expected_then(known[-1], (line, month))

    # freshness
    def freshness(self) -> dict[str, Result]:
        if not self.earlier:
            return {"freshness": NO_HISTORY}
        filled = [name for name in sections() if holds_something(self.now.typed[name])]
        fresh = [name for name in filled if (self.calendar.as_of - self.changed_on(name)).days < LIMITS.get(name, 180)]
        return {"freshness": Fraction(len(fresh), len(filled))}

    def changed_on(self, section: str) -> date:
        """Return as of when a section first held what it holds without a break until now."""
        every = [*self.earlier, self.now]
        for before, after in zip(reversed(every[:-1]), reversed(every[1:]), strict=True):
            if by_key(section, before) != by_key(section, after):
                return after.save.calendar.as_of
        return every[0].save.calendar.as_of


def by_key(section: str, edition: Edition) -> dict[tuple[object, ...], dict[str, object]]:
    keys = template().tables[section].key
    return {tuple(row[name] for name in keys): dict(row.values) for row in edition.typed[section]}


def rows_of(edition: Edition, lines: set[str], month: date) -> list[TypedRow]:
    return [row for row in edition.typed["financials"] if row["line"] in lines and row["period"] == month]


def expected_then(then: Edition, place: LineMonth) -> Fraction | None:
    """Return the forecast of a line and month in an edition: 0 where nothing was typed, None where it was missing."""
    rows = rows_of(then, {place[0]}, place[1])
    if any(row["forecast"] is not None for row in rows):
        return added(Fraction(row["forecast"]) for row in rows if row["forecast"] is not None)
    others = any(row[name] is not None for row in rows for name in ("plan", "previous"))
    return None if others else Fraction(0)


def sections() -> list[str]:
    return [sheet.name for sheet in template().sheets if sheet.name in template().tables and not sheet.lookup]


def holds_something(rows: Sequence[TypedRow]) -> bool:
    return any(value not in (None, ()) for row in rows for value in row.values.values())
