"""Tables: rows under a heading row, columns found by their heading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from pipeline.extract.faults import Flaw, of_place, of_sheet, of_value
from pipeline.extract.grid import NOT_CALCULATED, Raw, Sheet
from pipeline.extract.layouts import TableLayout
from pipeline.extract.places import RowCells
from pipeline.extract.section import Prefilled, Section
from pipeline.extract.values import Gap, Read, Reader
from pipeline.extract.words import TOTAL_WORDS, shown
from pipeline.formats import Formatter
from pipeline.model import CellRef, Finding, Row, Scalar, Severity, Table, Text
from pipeline.sentences import LANGUAGES

HEADING_ROWS = 30
"""How many rows from the first filled one on may hold the headings."""

_NO_GAPS: frozenset[str] = frozenset()


def fault_of(fault: str) -> Flaw:
    """Return the flaw of a cell whose formula has no value."""
    return Flaw("cell-not-calculated", {}) if fault == NOT_CALCULATED else Flaw("cell-error", {"found": fault})


def locate_table(section: Section, sheet: Sheet) -> TableLayout:
    """Return the columns of a table that has `sheet` for itself; the row with most headings holds them."""
    best: list[tuple[int, str]] = []
    heading_row = 0
    for row, cells in enumerate(sheet.rows[:HEADING_ROWS], start=sheet.top):
        found = list(headings_in(section, cells, sheet.left))
        if len({name for _, name in found}) > len({name for _, name in best}):
            best, heading_row = found, row
        if len({name for _, name in best}) == len(section.fields):
            break
    return layout_of(section, sheet, heading_row, best)


def headings_in(section: Section, cells: list[Raw], left: int) -> Iterator[tuple[int, str]]:
    """Yield (column, field) of each heading in a row whose first cell stands in column `left`."""
    for column, cell in enumerate(cells, start=left):
        if cell != "" and (name := section.labels.find(cell)) is not None:
            yield column, name


def layout_of(
    section: Section, sheet: Sheet, heading_row: int, headings: list[tuple[int, str]], last_row: int | None = None
) -> TableLayout:
    """Return the layout of a table whose headings were found: the first of each counts, the others are repeated."""
    columns: dict[str, int] = {}
    repeated = []
    for column, name in headings:
        if name in columns:
            repeated.append((name, column))
        else:
            columns[name] = column
    texts = tuple(str(sheet.value(heading_row, column)) for column, _ in headings)
    return TableLayout(section, sheet, texts, heading_row, columns, tuple(repeated), last_row)


def read_table(layout: TableLayout, readers: dict[str, Reader], findings: list[Finding]) -> Table:
    """Return the rows of a table that hold more than prefilled values, adding what is wrong to `findings`."""
    findings.extend(_repeated_headings(layout))
    known = len(findings)
    rows = tuple(_Rows(layout, readers, findings))
    at_fault = frozenset(finding.cell for finding in findings[known:])
    findings.extend(_key_findings(layout, rows, at_fault))
    return Table(layout.section.name, layout.sheet.title, rows)


class _Rows:
    """The filled rows of a table, read one after the other."""

    def __init__(self, layout: TableLayout, readers: dict[str, Reader], findings: list[Finding]) -> None:
        self._layout, self._section, self._sheet = layout, layout.section, layout.sheet
        self._findings = findings
        left = layout.sheet.left
        self._columns = [(name, column - left, readers[name]) for name, column in layout.columns.items()]
        self._nothing: dict[str, Scalar] = dict.fromkeys(layout.section.fields)
        self._prefilled: Prefilled = layout.section.prefilled()
        self._most_prefilled = self._prefilled.most
        self._faults = _faults_by_row(layout)

    def __iter__(self) -> Iterator[Row]:
        rows = list(_rows_below(self._layout))
        if rows and (total := _total_in(self._layout, *rows[-1])):
            self._findings.append(total)
            rows.pop()
        for row, cells in rows:
            if found := self._row(row, cells):
                yield found

    def _row(self, row: int, cells: list[Raw]) -> Row | None:
        found: list[tuple[str, Read]] = [
            (name, value)
            for name, offset, read in self._columns
            if (raw := cells[offset]) != "" and (value := read(raw)) is not None
        ]
        found += self._faults.get(row, ())
        if len(found) <= self._most_prefilled and self._is_prefilled(found):
            return None
        values = self._nothing.copy()
        places = RowCells(self._sheet.title, row, self._layout.columns)
        unknown = _NO_GAPS
        for name, value in found:
            if type(value) is Flaw:
                self._report(name, value, places)
            elif value is Gap.UNKNOWN:
                unknown |= {name}
            else:
                values[name] = value  # type: ignore[assignment]  # a Scalar: flaws and gaps are told apart above
        return Row(self._section.number(row), values, unknown, places)

    def _is_prefilled(self, found: list[tuple[str, Read]]) -> bool:
        return all(self._prefilled.holds(name, value) for name, value in found)

    def _report(self, name: str, flaw: Flaw, places: RowCells) -> None:
        label = self._section.fields[name].label
        self._findings.append(of_value(flaw, places[name], self._section.name, name, label))


def _rows_below(layout: TableLayout) -> Iterator[tuple[int, list[Raw]]]:
    """Yield (row in Excel, cells) of each row below the headings that holds anything, or looks empty by a fault."""
    sheet = layout.sheet
    start = layout.heading_row + 1
    rows = sheet.rows[start - sheet.top : None if layout.last_row is None else layout.last_row + 1 - sheet.top]
    faulty = {row for row, _ in sheet.faults}
    width = len(sheet.rows[0]) if sheet.rows else 0
    for row, cells in enumerate(rows, start=start):
        if cells.count("") != width or row in faulty:
            yield row, cells
    last = sheet.top + len(sheet.rows) - 1
    nothing: list[Raw] = [""] * width
    yield from ((row, nothing) for row in sorted(faulty) if last < row <= (layout.last_row or row))


def _faults_by_row(layout: TableLayout) -> dict[int, list[tuple[str, Read]]]:
    names = {column: name for name, column in layout.columns.items()}
    found: dict[int, list[tuple[str, Read]]] = defaultdict(list)
    for (row, column), fault in layout.sheet.faults.items():
        if column in names and row > layout.heading_row and row <= (layout.last_row or row):
            found[row].append((names[column], fault_of(fault)))
    return found


def _total_in(layout: TableLayout, row: int, cells: list[Raw]) -> Finding | None:
    """Return a finding when the last row is a total: it begins with such a word and calculates something."""
    column, first = next(
        ((column, cell) for column, cell in enumerate(cells, layout.sheet.left) if cell != ""), (0, "")
    )
    if not isinstance(first, str) or first.strip().casefold() not in TOTAL_WORDS:
        return None
    if all(place[0] != row for place in layout.sheet.formulas):
        return None
    place = layout.sheet.cell(row, column)
    return of_place("row-is-total", Severity.WARNING, place, layout.section.name, found=shown(first))


def _repeated_headings(layout: TableLayout) -> Iterator[Finding]:
    sheet, section = layout.sheet, layout.section
    for name, column in layout.repeated:
        used = CellRef(sheet.title, 1, layout.columns[name]).a1.rstrip("1")
        has_values = any(cells[column - sheet.left] != "" for _, cells in _rows_below(layout))
        code, severity = ("header-twice", Severity.ERROR) if has_values else ("header-twice-empty", Severity.WARNING)
        place, label = sheet.cell(layout.heading_row, column), section.fields[name].label
        yield of_place(code, severity, place, section.name, field=label, used=used)


def _key_findings(layout: TableLayout, rows: tuple[Row, ...], at_fault: frozenset[CellRef | None]) -> Iterator[Finding]:
    """Yield an error for each row without its key, or with one that an earlier row has."""
    section, key = layout.section, layout.section.table.key
    needed = [name for name in key if section.fields[name].required] or list(key)
    first: dict[tuple[Scalar, ...], Row] = {}
    if not key or any(name not in layout.columns for name in needed):
        return
    for row in rows:
        missing = [name for name in needed if row.values[name] is None]
        if missing:
            yield from _missing_key(section, row, missing, at_fault)
            continue
        identity = tuple(value.casefold() if isinstance(value, str) else value for value in map(row.values.get, key))
        if identity in first:
            yield _repeated_key(layout, row, first[identity])
        else:
            first[identity] = row


def _missing_key(
    section: Section, row: Row, missing: list[str], at_fault: frozenset[CellRef | None]
) -> Iterator[Finding]:
    """Yield the finding of a row without key, unless the cell itself is at fault and was reported."""
    for name in missing:
        if row.cells[name] not in at_fault:
            label = section.fields[name].label
            yield of_place("key-missing", Severity.ERROR, row.cells[name], section.name, field=label)


def _repeated_key(layout: TableLayout, row: Row, first: Row) -> Finding:
    section = layout.section
    name = next(name for name in section.table.key if name in layout.columns)
    found = Text({language: _printed_key(section, row, language) for language in LANGUAGES})
    title = section.table.title or section.sheet.sheet
    return of_place(
        "key-twice", Severity.ERROR, row.cells[name], section.name, found=found, first=first.cells[name].a1, title=title
    )


def _printed_key(section: Section, row: Row, language: str) -> str:
    """Return the key of a row as documents print it: a month by its name."""
    formatter = Formatter(language)
    parts = ((section.fields[name].type, row.values.get(name)) for name in section.table.key)
    return " · ".join(
        formatter.print(value, kind) if isinstance(value, date) else shown(value)
        for kind, value in parts
        if value is not None
    )


def missing_headings(layout: TableLayout, asked: dict[str, bool]) -> Iterator[Finding]:
    """Yield a finding for each heading in `asked` that is not there: an error where the value is True (required)."""
    section, sheet = layout.section, layout.sheet
    if not layout.columns:
        title, first = section.table.title or section.sheet.sheet, section.table.fields[0].label
        arguments = {"title": title, "rows": HEADING_ROWS, "field": first}
        severity = Severity.ERROR if any(asked.values()) else Severity.WARNING
        yield of_sheet("header-row-missing", severity, sheet.title, section.name, **arguments)
        return
    for name, required in asked.items():
        if name not in layout.columns:
            code, severity = ("header-missing", Severity.ERROR) if required else ("header-absent", Severity.WARNING)
            yield of_sheet(code, severity, sheet.title, section.name, field=section.fields[name].label)
