"""The cells of a row, made only when somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.model import CellRef


class RowCells(Mapping[str, CellRef]):
    """The cell of each field of one table row: one sheet, one row, and the columns that all rows share."""

    __slots__ = ("_columns", "_row", "_sheet")

    def __init__(self, sheet: str, row: int, columns: Mapping[str, int]) -> None:
        self._sheet, self._row, self._columns = sheet, row, columns

    def __getitem__(self, field: str) -> CellRef:
        return CellRef(self._sheet, self._row, self._columns[field])

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"RowCells({self._sheet!r}, {self._row}, {dict(self._columns)!r})"
