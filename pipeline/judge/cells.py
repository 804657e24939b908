"""From row numbers of SQL back to cells of the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.model import CellRef, Row, Workbook


class _Places(dict[int, CellRef | None]):
    """The cells of one field by row number, each looked up when it is first asked for."""

    def __init__(self, find: Callable[[int], CellRef | None]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, number: int) -> CellRef | None:
        self[number] = self._find(number)
        return self[number]


@dataclass(frozen=True)
class CellIndex:
    """All rows of one workbook by number, each with its table."""

    template: WorkbookTemplate
    rows: Mapping[int, tuple[str, Row]]
    _by_path: dict[str, _Places] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, template: WorkbookTemplate, workbook: Workbook) -> CellIndex:
        """Return the index of a workbook."""
        return cls(template, {row.number: (name, row) for name, table in workbook.tables.items() for row in table.rows})

    def cell(self, number: int, path: str) -> CellRef | None:
        """Return the cell of `field` or `table.field` in a row, None where the row has no such cell."""
        return self._places(path)[number]

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
        found = chain.from_iterable(map(self._places(path).__getitem__, ordered) for path in paths)
        return tuple(cell for cell in found if cell is not None)

    def _places(self, path: str) -> _Places:
        if path not in self._by_path:
            self._by_path[path] = _Places(partial(self._cell, path))
        return self._by_path[path]

    def _cell(self, path: str, number: int) -> CellRef | None:
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
    found: set[int | None] = set()
    for number in numbers:
        if isinstance(number, int):
            found.add(number)
        elif isinstance(number, list | tuple):
            try:
                found.update(number)
            except TypeError:  # lists of lists have no hash
                found |= flattened(number)
    return {number for number in found if number is not None}
