"""How far out a sheet's cells may lie, before a reader lays them out densely.

A formatted but empty sheet can claim 1,048,576 rows, and one stray cell in XFD1048576 makes a dense layout of
seventeen thousand million cells (traps.md). Empty rows below the last value are cut off; cells beyond the bounds too,
and the first of them is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST_COLUMNS = 260
MOST_CELLS = 3_000_000
"""Rows times columns up to the last value: 100,000 rows of 30 columns fit."""

_TAG = rb"(?:\w+:)?"
_FAR = re.compile(rb" r=[\"'](?:[A-Z]{3}|[J-Z][A-Z]\d|[A-Z]{0,2}\d{5})")
"""An address beyond column IZ (260) or row 9,999: anything nearer is small enough."""
_CELL = re.compile(
    rb"<" + _TAG + rb"c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*?(?:/>|>(.*?)</" + _TAG + rb"c>)", re.DOTALL
)
_CONTENT_ENDS = (b"</v>", b"</is>", b"</f>", b":v>", b":is>", b":f>", b"<v/>")
_ROW_END = re.compile(rb"</" + _TAG + rb"row>")
_DATA_BEGIN = re.compile(rb"<" + _TAG + rb"sheetData\b[^>]*>")
_DATA_END = re.compile(rb"</" + _TAG + rb"sheetData>")


@dataclass(frozen=True)
class Extent:
    """A sheet's XML with everything within bounds, and the first cell (row, column) that was not."""

    xml: bytes = field(repr=False)
    cut_at: tuple[int, int] | None = None


def cut_to_extent(xml: bytes) -> Extent:
    """Return a sheet's XML without empty rows at its end and without cells beyond the bounds."""
    if not _FAR.search(xml):
        return Extent(xml)
    xml = _without_empty_end(xml)
    if not _FAR.search(xml):
        return Extent(xml)
    last_row, last_column = _last_value(xml)
    if last_column <= MOST_COLUMNS and last_row * last_column <= MOST_CELLS:
        return Extent(xml)
    columns = min(last_column, MOST_COLUMNS)
    return _cut(xml, MOST_CELLS // columns, columns)


def _without_empty_end(xml: bytes) -> bytes:
    """Return the XML without the rows that follow the last value or formula."""
    last = max(xml.rfind(end) for end in _CONTENT_ENDS)
    content_end = _ROW_END.search(xml, last) if last >= 0 else _DATA_BEGIN.search(xml)
    data_end = _DATA_END.search(xml, xml.rfind(b"sheetData>") - 20)
    if data_end is None or content_end is None or content_end.end() > data_end.start():
        return xml
    return xml[: content_end.end()] + xml[data_end.start() :]


def _last_value(xml: bytes) -> tuple[int, int]:
    rows = columns = 1
    for match in _CELL.finditer(xml):
        if match[3]:
            rows = max(rows, int(match[2]))
            columns = max(columns, column_number(match[1]))
    return rows, columns


def _cut(xml: bytes, rows: int, columns: int) -> Extent:
    first: list[tuple[int, int]] = []

    def kept(match: re.Match[bytes]) -> bytes:
        row, column = int(match[2]), column_number(match[1])
        if row <= rows and column <= columns:
            return match[0]
        if match[3] and not first:
            first.append((row, column))
        return b""

    return Extent(_CELL.sub(kept, xml), *first)


def column_number(letters: bytes) -> int:
    """Return the number of a column from its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
