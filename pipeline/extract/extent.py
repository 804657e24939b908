"""How far out a sheet's cells may lie, before a reader lays them out densely.

A formatted but empty sheet can claim 1,048,576 rows, one stray cell in XFD1048576 makes a dense layout of seventeen
thousand million cells, and an address that is none can end the process (traps.md). So every sheet is looked at before:
empty cells around a far value are cut out, cells beyond the bounds too, and the first of those is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.extract.faults import unreadable

MOST_COLUMNS = 260
MOST_CELLS = 3_000_000
"""Rows times columns up to the last value: 100,000 rows of 30 columns fit."""

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_TAG = rb"(?:\w+:)?"
_NEAR = rb"(?:[A-I]?[A-Z])?[1-9]\d{0,3}"
"""A row or cell up to column IZ (260) and row 9,999: fewer than `MOST_CELLS`."""
_NOT_NEAR = re.compile(rb"\sr\s*=\s*[\"'](?!" + _NEAR + rb"[\"'])")
_UNUSUAL_CELL = re.compile(rb"<c(?! r=\")[\s/>]")
_ELEMENT = re.compile(rb"<" + _TAG + rb"(row|c)(?=[\s/>])([^>]*)>")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")
_ADDRESS = re.compile(rb"([A-Z]{1,3})?([1-9]\d{0,6})")
_CELL = re.compile(
    rb"<" + _TAG + rb"c\s[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*>.*?</" + _TAG + rb"c>", re.DOTALL
)
_EMPTY_CELL = re.compile(rb"<" + _TAG + rb"c [^<>]*/>")
_EMPTY_ROW = re.compile(rb"<" + _TAG + rb"row [^<>]*(?:/>|></" + _TAG + rb"row>)")
_ROW_BEGIN = re.compile(rb"<" + _TAG + rb"row\b")
_ROW_END = re.compile(rb"</" + _TAG + rb"row>")
_DATA_BEGIN = re.compile(rb"<" + _TAG + rb"sheetData\b[^>]*>")
_DATA_END = re.compile(rb"</" + _TAG + rb"sheetData>")
_CONTENT_ENDS = (b"</v>", b"</is>", b"</f>", b":v>", b":is>", b":f>", b"<v/>")
_PIECE = 2_000_000


@dataclass(frozen=True)
class Extent:
    """A sheet's XML with everything within bounds, and the first cell (row, column) that was not."""

    xml: bytes = field(repr=False)
    cut_at: tuple[int, int] | None = None


def cut_to_extent(xml: bytes) -> Extent:
    """Return a sheet's XML without cells beyond the bounds; raise UnreadableWorkbook for addresses that are none."""
    if _is_near(xml):
        return Extent(xml)
    xml = _without_empty_end(xml)
    if _is_near(xml):
        return Extent(xml)
    xml = b"".join(_filled(xml))
    last_row, last_column = _last_cell(xml)
    if last_column <= MOST_COLUMNS and last_row * last_column <= MOST_CELLS:
        return Extent(xml)
    columns = min(last_column, MOST_COLUMNS)
    return _cut(xml, MOST_CELLS // columns, columns)


def column_number(letters: bytes) -> int:
    """Return the number of a column from its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _is_near(xml: bytes) -> bool:
    """Return whether every cell says where it is, and that is near."""
    return not (_NOT_NEAR.search(xml) or _UNUSUAL_CELL.search(xml) or b":c>" in xml)


def _without_empty_end(xml: bytes) -> bytes:
    """Return the XML without the rows that follow the last value or formula."""
    last = max(xml.rfind(end) for end in _CONTENT_ENDS)
    content_end = _ROW_END.search(xml, last) if last >= 0 else _DATA_BEGIN.search(xml)
    data_end = _DATA_END.search(xml, max(xml.rfind(b"sheetData>") - 20, 0))
    if data_end is None or content_end is None or content_end.end() > data_end.start():
        return xml
    return xml[: content_end.end()] + xml[data_end.start() :]


def _filled(xml: bytes) -> Iterator[bytes]:
    """Yield the XML without empty cells and rows, piece by piece: millions of matches at once would need memory."""
    start = 0
    while start < len(xml):
        following = _ROW_BEGIN.search(xml, start + _PIECE)
        end = following.start() if following else len(xml)
        yield _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", xml[start:end]))
        start = end


def _last_cell(xml: bytes) -> tuple[int, int]:
    """Return the last row and column, cells without an address counted on from the one before."""
    last_row = last_column = row = column = 0
    for match in _ELEMENT.finditer(xml):
        letters, number = _position(match[2])
        if match[1] == b"row":
            row, column = number or row + 1, 0
        else:
            row, column = number or row, letters or column + 1
        last_row, last_column = max(last_row, row), max(last_column, column)
    return last_row, last_column


def _position(attributes: bytes) -> tuple[int, int]:
    """Return column and row of an element's address, 0 where it does not tell; refuse one that is none."""
    reference = _REFERENCE.search(attributes)
    if reference is None:
        return 0, 0
    address = _ADDRESS.fullmatch(reference[1])
    column, row = (column_number(address[1] or b""), int(address[2])) if address else (0, _LAST_ROW + 1)
    if column > _LAST_COLUMN or row > _LAST_ROW:
        raise unreadable("file-damaged")
    return column, row


def _cut(xml: bytes, rows: int, columns: int) -> Extent:
    first: list[tuple[int, int]] = []

    def kept(match: re.Match[bytes]) -> bytes:
        row, column = int(match[2]), column_number(match[1])
        if row <= rows and column <= columns:
            return match[0]
        first.append((row, column))
        return b""

    cut = b"".join(_filled(_CELL.sub(kept, xml)))
    last_row, last_column = _last_cell(cut)
    if last_row * last_column > MOST_CELLS:
        raise unreadable("file-damaged")  # cells that do not say where they are, more than a plan has
    return Extent(cut, first[0] if first else None)
