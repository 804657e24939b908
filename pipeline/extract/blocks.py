"""Several tables on one sheet, side by side or one below the other, told apart by their headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.grid import Raw, Sheet
from pipeline.extract.labels import label_key
from pipeline.extract.layouts import TableLayout
from pipeline.extract.section import Section
from pipeline.extract.tables import headings_in, layout_of

_MOST_ROWS = 2_000
_TITLE_ROWS = 3


@dataclass(frozen=True)
class _Candidate:
    """A run of filled cells in one row that may be the headings of a section."""

    section: Section
    row: int
    headings: tuple[tuple[int, str], ...]
    width: int
    titled: bool

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Return what sorts better candidates first: more fields known, titled, narrower, higher up."""
        return -len({name for _, name in self.headings}), -self.titled, self.width, self.row


def locate_tables(sections: list[Section], sheet: Sheet) -> list[TableLayout]:
    """Return the layout of each section on a sheet that several share."""
    candidates = list(_candidates(sections, sheet))
    chosen: dict[str, _Candidate] = {}
    taken: set[tuple[int, int]] = set()
    for candidate in sorted(candidates, key=lambda candidate: candidate.rank):
        free = not any((candidate.row, column) in taken for column, _ in candidate.headings)
        if candidate.section.name not in chosen and free:
            chosen[candidate.section.name] = candidate
            taken |= {(candidate.row, column) for column, _ in candidate.headings}
    return [_layout(section, sheet, chosen) for section in sections]


def _layout(section: Section, sheet: Sheet, chosen: dict[str, _Candidate]) -> TableLayout:
    candidate = chosen.get(section.name)
    if candidate is None:
        return layout_of(section, sheet, 0, [])
    return layout_of(section, sheet, candidate.row, list(candidate.headings), _last_row(candidate, sheet, chosen))


def _candidates(sections: list[Section], sheet: Sheet) -> Iterator[_Candidate]:
    for row, cells in enumerate(sheet.rows[:_MOST_ROWS], start=sheet.top):
        known = {section.name: list(headings_in(section, cells, sheet.left)) for section in sections}
        if any(known.values()):
            for first, last in _runs(cells, sheet.left):
                yield from _candidates_in_run(sections, sheet, row, (first, last), known)


def _candidates_in_run(
    sections: list[Section], sheet: Sheet, row: int, run: tuple[int, int], known: dict[str, list[tuple[int, str]]]
) -> Iterator[_Candidate]:
    for section in sections:
        headings = tuple(found for found in known[section.name] if run[0] <= found[0] <= run[1])
        if headings:
            yield _Candidate(section, row, headings, run[1] - run[0], _is_titled(section, sheet, row, run))


def _runs(cells: list[Raw], left: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last) column of each run of filled cells, then of the whole row."""
    filled = [column for column, cell in enumerate(cells, start=left) if cell != ""]
    start = 0
    for position in range(1, len(filled) + 1):
        if position == len(filled) or filled[position] != filled[position - 1] + 1:
            yield filled[start], filled[position - 1]
            start = position
    yield filled[0], filled[-1]


def _is_titled(section: Section, sheet: Sheet, row: int, run: tuple[int, int]) -> bool:
    titles = _titles(section)
    above = range(max(row - _TITLE_ROWS, sheet.top), row)
    return any(_key(sheet.value(up, column)) in titles for up in above for column in range(run[0], run[1] + 1))


def _last_row(candidate: _Candidate, sheet: Sheet, chosen: dict[str, _Candidate]) -> int | None:
    """Return the row before the next candidate below that shares a column, its title left out."""
    columns = {column for column, _ in candidate.headings}
    below = [
        other
        for other in chosen.values()
        if other.row > candidate.row and columns & {column for column, _ in other.headings}
    ]
    if not below:
        return None
    following = min(below, key=lambda other: other.row)
    last, titles = following.row - 1, _titles(following.section)
    for up in range(max(following.row - _TITLE_ROWS, candidate.row + 1), following.row):
        if any(_key(cell) in titles for cell in sheet.rows[up - sheet.top]):
            return up - 1
    return last


def _titles(section: Section) -> frozenset[str]:
    title = section.table.title
    return frozenset(label_key(text) for text in title.by_language.values()) if title else frozenset()


def _key(cell: Raw) -> str | None:
    return label_key(cell) if isinstance(cell, str) and cell else None
