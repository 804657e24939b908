"""What is loaded and what is missing in a line and month (measures.md 1.6): an empty amount is not always 0."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from pipeline.judge.variance_months import ACTUAL, OUTLOOK, LeafMonth
from pipeline.model import Calendar, Scalar

LineMonth = tuple[Scalar, date]


class LoadedStates:
    """Answers for one variance whether the amounts of a line and month can be added up.

    A closed month is loaded when the line has at least one actual in it; then blanks are 0. Without any, while
    another scenario has an amount, it is missing. The same holds for the forecast of an open month. A reference is
    loaded when the line has at least one value of it in the fiscal year; then blanks are 0, and without any the line
    has none: actuals of all lines on the plan of some, or of twelve months on the plan of ten, would be a false
    variance (measures.md 7.2). A known gap is always missing.
    """

    def __init__(self, records: Sequence[LeafMonth], calendar: Calendar, flagged: Iterable[str]) -> None:
        """Take the records of one variance and the scenarios whose missing months its rows flag themselves."""
        self._calendar = calendar
        self._flagged = frozenset(flagged)
        self._values: dict[LineMonth, set[str]] = defaultdict(set)
        self._unknown: dict[LineMonth, set[str]] = defaultdict(set)
        self._missing: dict[LineMonth, set[str]] = defaultdict(set)
        self._loaded_years: set[tuple[Scalar, int, str]] = set()
        self._forecast_months: set[date] = set()
        for record in records:
            self._note(record)

    def _note(self, record: LeafMonth) -> None:
        place = (record.line, record.period)
        present = {scenario for scenario in record.amounts if record.has(scenario)}
        self._values[place] |= present
        self._unknown[place] |= {scenario for scenario, flag in record.flags if flag == "unknown"}
        self._missing[place] |= {scenario for scenario, flag in record.flags if flag == "missing"}
        self._loaded_years |= {(record.line, self.fiscal_year(record.period), scenario) for scenario in present}
        if OUTLOOK in present:
            self._forecast_months.add(record.period)

    def fiscal_year(self, month: date) -> int:
        """Return the fiscal year of a month, counted from that of the calendar."""
        start = self._calendar.year_start
        return ((month.year - start.year) * 12 + month.month - start.month) // 12

    def is_recorded(self, line: Scalar, month: date) -> bool:
        """Return whether the line has anything at all in a month."""
        return (line, month) in self._values

    def is_missing(self, line: Scalar, month: date, scenario: str) -> bool:
        """Return whether an actual or forecast of a line and month that should be there is not."""
        place = (line, month)
        if scenario in self._unknown.get(place, ()):
            return True
        if scenario in self._flagged:
            return scenario in self._missing.get(place, ())
        values = self._values.get(place, set())
        if scenario in values:
            return False
        if scenario == ACTUAL:
            return bool(values)
        return bool(values - {ACTUAL}) or self._is_year_cut_short(line, month)

    def _is_year_cut_short(self, line: Scalar, month: date) -> bool:
        """Return whether nobody forecast an open month although the line lives in its fiscal year."""
        year = self.fiscal_year(month)
        lives = any((line, year, scenario) in self._loaded_years for scenario in (ACTUAL, OUTLOOK))
        return lives and month not in self._forecast_months

    def is_reference_loaded(self, line: Scalar, month: date, reference: str) -> bool:
        """Return whether the line has the reference in the month's fiscal year; then blanks are 0."""
        return (line, self.fiscal_year(month), reference) in self._loaded_years

    def is_flagged(self, scenario: str) -> bool:
        """Return whether the rows say themselves which months of a scenario are missing."""
        return scenario in self._flagged

    def is_reference_missing(self, line: Scalar, month: date, reference: str) -> bool:
        """Return whether the reference of a line and month is a known gap, or flagged as missing by the rows."""
        place = (line, month)
        return reference in self._unknown.get(place, ()) or reference in self._missing.get(place, ())
