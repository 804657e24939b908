"""Finance adds up by hand: each sum of the variance report, taken from the cells of the workbook by openpyxl alone."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.libreoffice import convert, requires_libreoffice
from tests.support.real_workspace import RealWorkspace, sample_files
from tests.support.repository import ROOT

ACCOUNTS = {
    "Auerbrück Verpackungen.xlsx": "AUB-3120",
    "Brennholt Dairies Group.xlsx": "BRE-1001",
    "Fenwick Harrow Foods.xlsx": "FWH-6031",
    "Larkfield Biologics.xlsx": "LKF-2044",
    "Maplewick Bottling.xlsx": "MPW-4410",
    "北嶺製薬.xlsx": "HKR-5207",
}
BLOCKED = {"Calder Voss Chemicals.xlsx"}
"""Holds errors on purpose: no report is made of it."""

# Sheets by their place, whatever the language of the workbook.
FINANCIALS, LISTS = 5, 8
SUMMARY, COMPARISONS = 0, {1: "month", 2: "ytd", 3: "outlook"}
NATURES = {"Income": 1, "Ertrag": 1, "収益": 1, "Cost": -1, "Kosten": -1, "費用": -1}
COST_OF_SALES = {"Cost of sales", "Umsatzkosten", "売上原価"}
COST_TO_SERVE = {"Cost to serve", "Betreuungskosten", "顧客対応費用"}

MONTHS = [date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)]
LAST_CLOSED = date(2026, 10, 1)
WINDOWS: Mapping[str, list[date]] = {
    "month": [LAST_CLOSED],
    "ytd": [month for month in MONTHS if date(2026, 1, 1) <= month <= LAST_CLOSED],
    "l12m": [month for month in MONTHS if date(2025, 11, 1) <= month <= LAST_CLOSED],
    "outlook": [month for month in MONTHS if month.year == 2026],
}
ANY = "any product"
Sum = float | None


@dataclass(frozen=True)
class Entry:
    """A row of the workbook's financials, amounts as they were entered."""

    month: date
    line: str
    product: str | None
    unit: str | None
    AC: Sum
    PL: Sum
    FC: Sum
    PY: Sum


class Books:
    """What an accountant takes from a workbook: entries, and whether lines are income (1), cost (-1) or neutral (0)."""

    def __init__(self, entries: list[Entry], natures: Mapping[str, int], groups: Mapping[str, str]) -> None:
        self.entries, self.natures, self.groups = entries, natures, groups
        self._booked = {(item.line, item.product, item.unit, item.month): item.AC for item in entries}

    @property
    def income(self) -> list[str]:
        return [line for line, nature in self.natures.items() if nature > 0]

    @property
    def gross_margin(self) -> list[str]:
        return [*self.income, *(line for line, group in self.groups.items() if group in COST_OF_SALES)]

    @property
    def contribution(self) -> list[str]:
        return [*self.gross_margin, *(line for line, group in self.groups.items() if group in COST_TO_SERVE)]

    def leaves(self, window: Iterable[date]) -> set[tuple[str, str | None]]:
        """Return the lines and products for which anything was entered in a window."""
        months = set(window)
        return {(item.line, item.product) for item in self.entries if item.month in months}

    def total(self, scenario: str, window: list[date], lines: Iterable[str], product: str | None = ANY) -> Sum:
        """Return the signed sum over lines, None where a line that lives in the window has a gap in it."""
        parts = [self._of_line(scenario, window, line, product) for line in lines if self._lives(line, window)]
        return None if None in parts else sum(part for part in parts if part is not None)

    def _lives(self, line: str, window: list[date]) -> bool:
        return any(item.line == line and item.month in window for item in self.entries)

    def _of_line(self, scenario: str, window: list[date], line: str, product: str | None) -> Sum:
        if self._has_gap(scenario, window, line):
            return None
        wanted = [item for item in self.entries if item.line == line and product in (ANY, item.product)]
        amounts = self._previous(wanted, window) if scenario == "PY" else self._entered(wanted, window, scenario)
        return (self.natures[line] or 1) * sum(amounts)

    def _entered(self, entries: list[Entry], window: list[date], scenario: str) -> Iterator[float]:
        for item in entries:
            is_open = item.month > LAST_CLOSED
            amount = item.PL if scenario == "PL" else item.FC if is_open else item.AC
            if item.month in window and amount is not None:
                yield amount

    def _previous(self, entries: list[Entry], window: list[date]) -> Iterator[float]:
        """Yield the actuals of rows twelve months earlier, and what was typed where there are none."""
        for item in entries:
            later = item.month.replace(year=item.month.year + 1)
            if later in window and item.AC is not None:
                yield item.AC
            if item.month in window and item.PY is not None and self._a_year_before(item) is None:
                yield item.PY

    def _a_year_before(self, item: Entry) -> Sum:
        earlier = item.month.replace(year=item.month.year - 1)
        return self._booked.get((item.line, item.product, item.unit, earlier))

    def _has_gap(self, scenario: str, window: list[date], line: str) -> bool:
        of_line = [item for item in self.entries if item.line == line]
        months = {item.month for item in of_line if item.month in window}
        if scenario == "PL":
            planned = {item.month.year for item in of_line if item.PL is not None}
            return bool({month.year for month in months} - planned)
        if scenario == "PY":
            return any(self._has_no_previous(month) for month in months)
        closed = {month for month in window if month <= LAST_CLOSED} & months
        booked = {item.month for item in of_line if item.AC is not None}
        forecast = {item.month for item in of_line if item.FC is not None}
        return bool(closed - booked) or bool({month for month in window if month > LAST_CLOSED} - forecast)

    def _has_no_previous(self, month: date) -> bool:
        earlier = month.replace(year=month.year - 1)
        return not any(
            (item.month == earlier and item.AC is not None) or (item.month == month and item.PY is not None)
            for item in self.entries
        )


@lru_cache(maxsize=8)
def books_of(file: str) -> Books:
    """Return the books of a sample, read by openpyxl."""
    sheets = _sheets(ROOT / "inbox" / file)
    entries = [
        Entry(month.date().replace(day=1), line, product, unit, actual, plan, forecast, previous)
        for month, line, product, unit, _, actual, plan, forecast, previous in sheets[FINANCIALS].iter_rows(
            min_row=5, max_col=9, values_only=True
        )
        if line is not None
    ]
    lines = [row for row in sheets[LISTS].iter_rows(min_row=6, min_col=5, max_col=7, values_only=True) if row[0]]
    return Books(
        entries, {name: NATURES.get(nature, 0) for name, nature, _ in lines}, {row[0]: row[2] for row in lines}
    )


def _sheets(file: Path, *, values: bool = True) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says that it drops what it does not know
        return openpyxl.load_workbook(file, data_only=values).worksheets


@pytest.fixture(params=sorted(ACCOUNTS))
def sample(request: pytest.FixtureRequest, samples: RealWorkspace) -> tuple[Books, list[Any]]:
    """Return the books of a sample and the sheets of its variance report."""
    file = str(request.param)
    return books_of(file), _sheets(samples.document(ACCOUNTS[file], "variance_report"))


def test_every_sample_is_looked_at() -> None:
    assert {file.name for file in sample_files()} == {*ACCOUNTS, *BLOCKED}


@pytest.mark.parametrize("sheet", COMPARISONS)
def test_lines_products_and_the_total_are_the_sums_of_the_workbook(sample: tuple[Books, list[Any]], sheet: int) -> None:
    books, report = sample
    window = WINDOWS[COMPARISONS[sheet]]
    rows = list(rows_of(report[sheet]))
    assert {(row.line, row.product) for row in rows if row.is_leaf or row.product is None} >= books.leaves(window)
    assert sum(row.is_total for row in rows) == 1
    for row in rows:
        lines = books.contribution if row.is_total else [row.line]
        product = row.product if row.is_leaf else ANY
        for scenario, cell in (("AC", row.actual), ("PL", row.plan), ("PY", row.previous)):
            assert number(cell) == expected(books.total(scenario, window, lines, product)), (row.name, scenario)
        sign = -1 if not row.is_total and books.natures[row.line] < 0 else 1
        assert_differs(row.name, sign, row.actual, row.plan, row.plan_difference, row.plan_share)
        assert_differs(row.name, sign, row.actual, row.previous, row.previous_difference, row.previous_share)


@dataclass(frozen=True)
class ReportRow:
    """A row of a comparison: subtotal of a line, one of its products, or the total."""

    line: str
    product: str | None
    is_leaf: bool
    is_total: bool
    actual: Any
    plan: Any
    plan_difference: Any
    plan_share: Any
    previous: Any
    previous_difference: Any
    previous_share: Any

    @property
    def name(self) -> str:
        return f"{self.line} › {self.product}" if self.is_leaf else self.line


def rows_of(sheet: Any) -> Iterator[ReportRow]:
    """Yield the rows of a comparison; the first of a line is its subtotal, the last of all the total."""
    rows = []
    for row in sheet.iter_rows(min_row=7, max_col=9, values_only=True):
        if row[0] is None:
            break
        rows.append(row)
    before = None
    for place, row in enumerate(rows):
        yield ReportRow(row[0], row[1], row[0] == before, place == len(rows) - 1, *row[2:])
        before = row[0]


def number(cell: Any) -> Any:
    """Return the number in a cell; None where it says that there is none."""
    assert cell is None or isinstance(cell, int | float) or cell == "n.a.", cell
    return cell if isinstance(cell, int | float) else None


def expected(value: Sum) -> Any:
    return None if value is None else pytest.approx(value, abs=1e-6)


def assert_differs(name: str, sign: int, actual: Any, against: Any, difference: Any, share: Any) -> None:
    """Compare difference and per cent with the two amounts beside them (measures.md 7.1, 7.3)."""
    one, other = number(actual), number(against)
    if one is None or other is None:
        assert (number(difference), number(share)) == (None, None), name
        return
    assert difference == expected(one - other), name
    comparable = other * sign > 0 and one * sign >= 0
    assert number(share) == expected((one - other) / abs(other) if comparable else None), name


def test_the_summary_says_the_same(sample: tuple[Books, list[Any]]) -> None:
    books, report = sample
    rows = list(report[SUMMARY].iter_rows(min_row=7, max_row=19, max_col=8, values_only=True))
    sets = (books.income, books.gross_margin, books.contribution)
    for place, span in enumerate(("month", "ytd", "l12m")):
        of_span = rows[4 * place : 4 * place + 4]
        totals = {
            scenario: [books.total(scenario, WINDOWS[span], lines) for lines in sets] for scenario in ("AC", "PL", "PY")
        }
        for scenario, column in (("AC", 1), ("PL", 2), ("PY", 5)):
            found = [number(row[column]) for row in of_span]
            assert found[:3] == [expected(value) for value in totals[scenario]], (span, scenario)
            assert found[3] == expected(share_of_income(totals[scenario])), (span, scenario)
        for row in of_span[:3]:
            assert_differs(f"{row[0]}, PL", 1, row[1], row[2], row[3], row[4])
            assert_differs(f"{row[0]}, PY", 1, row[1], row[5], row[6], row[7])
    outlook = rows[12]
    assert number(outlook[1]) == expected(books.total("AC", WINDOWS["outlook"], books.income))
    assert number(outlook[2]) == expected(books.total("PL", WINDOWS["outlook"], books.income))


def share_of_income(totals: list[Sum]) -> Sum:
    income, contribution = totals[0], totals[2]
    return None if contribution is None or not income or income <= 0 else contribution / income


@requires_libreoffice
@pytest.mark.parametrize("file", ["Brennholt Dairies Group.xlsx", "Fenwick Harrow Foods.xlsx"])
def test_formulas_calculate_what_the_cells_say(file: str, samples: RealWorkspace, tmp_path: Path) -> None:
    report = samples.document(ACCOUNTS[file], "variance_report")
    formulas = 0
    calculated, said, live = _sheets(convert(report, "xlsx", tmp_path)), _sheets(report), _sheets(report, values=False)
    for one, other, source in zip(calculated, said, live, strict=True):
        for row in source.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    formulas += 1
                    assert number(one[cell.coordinate].value) == expected(number(other[cell.coordinate].value)), (
                        f"{source.title}!{cell.coordinate}"
                    )
    assert formulas > 100
