"""From row numbers of SQL back to cells of the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.model import CellRef, Row, Workbook


@dataclass(frozen=True)
class CellIndex:
    """All rows of one workbook by number, each with its table."""

    template: WorkbookTemplate
    rows: Mapping[int, tuple[str, Row]]
    _found: dict[tuple[int, str], CellRef | None] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, template: WorkbookTemplate, workbook: Workbook) -> CellIndex:
        """Return the index of a workbook."""
        return cls(template, {row.number: (name, row) for name, table in workbook.tables.items() for row in table.rows})

    def cell(self, number: int, path: str) -> CellRef | None:
        """Return the cell of `field` or `table.field` in a row, None where the row has no such cell."""
        key = (number, path)
        if key not in self._found:
            self._found[key] = self._cell(number, path)
        return self._found[key]

    def key_cell(self, number: int) -> CellRef | None:
        """Return the first key cell of a row; a form and a row without key cells give their first cell."""
        if number not in self.rows:
            return None
        table, row = self.rows[number]
        found = (self.cell(number, name) for name in (*self.template.tables[table].key, *row.cells))
        return next((cell for cell in found if cell), None)

    def sources(self, numbers: Iterable[object], paths: Iterable[str]) -> tuple[CellRef, ...]:
        """Return the cells of fields in rows, column by column; without fields the key cell of each row.

        Args:
            numbers: row numbers as SQL lists them: integers, lists of them, None.
            paths: `field` or `table.field`.
        """
        ordered = sorted(flattened(numbers))
        paths = tuple(paths)
        if not paths:
            return tuple(cell for number in ordered if (cell := self.key_cell(number)))
        found = (self.cell(number, path) for path in paths for number in ordered)
        return tuple(cell for cell in found if cell)

    def _cell(self, number: int, path: str) -> CellRef | None:
        if number not in self.rows:
            return None
        table, row = self.rows[number]
        owner, separator, name = path.rpartition(".")
        if separator:
            return self.cell(number, name) if owner == table else None
        return row.cells.get(name)


def once(cells: Iterable[CellRef]) -> tuple[CellRef, ...]:
    """Return cells of one index, each once, in order of first appearance.

    A cell is one object in an index, so that its identity, which is quicker than its hash, tells it apart.
    """
    return tuple({id(cell): cell for cell in cells}.values())


def flattened(numbers: Iterable[object]) -> set[int]:
    """Return the row numbers in lists of lists, each once, without None."""
    found: set[int] = set()
    for number in numbers:
        if isinstance(number, int):
            found.add(number)
        elif isinstance(number, list | tuple):
            found |= flattened(number)
    return found
