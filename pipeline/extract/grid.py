"""From the parts of a workbook to the cells of its sheets.

python-calamine reads the values, from a copy of the zip that holds only checked parts, uncompressed: what it opens is
what was looked at. It gives an empty text for error cells and for formulas without a value (python-calamine#105), so
each sheet's XML is searched for those; and it lays cells out densely, so stray cells far out are cut off before.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from python_calamine import CalamineError, CalamineWorkbook, load_workbook

from pipeline.extract.extent import Extent, column_number, cut_to_extent
from pipeline.extract.faults import unreadable
from pipeline.extract.package import Package, SheetPart
from pipeline.model import CellRef

Raw: TypeAlias = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta
"""What a cell holds before its type is known; an empty text is an empty cell."""

NOT_CALCULATED = ""
"""In `Sheet.faults`: a formula that no program has calculated."""

_TAG = rb"(?:\w+:)?"
_ERROR = re.compile(rb"<" + _TAG + rb"c\b([^>]*\bt=[\"']e[\"'][^>]*)>(.*?)</" + _TAG + rb"c>", re.DOTALL)
_VALUE = re.compile(rb"<" + _TAG + rb"v>([^<]*)<")
_WITHOUT_VALUE = re.compile(
    rb"<" + _TAG + rb"c\b([^>]*)>\s*<" + _TAG + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</" + _TAG + rb"f>)\s*"
    rb"(?:<" + _TAG + rb"v\s*/>|<" + _TAG + rb"v></" + _TAG + rb"v>)?\s*</" + _TAG + rb"c>"
)
_FORMULA = re.compile(rb"<" + _TAG + rb"c\b([^>]*)>\s*<" + _TAG + rb"f\b")
_ADDRESS = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_MERGED = re.compile(rb"<" + _TAG + rb"mergeCell\b[^>]*\bref=[\"']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)[\"']")


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet.

    `rows` is a rectangle whose first cell stands at row `top`, column `left` (from 1). `faults` has the cells that
    look empty but are not, by (row, column): an error such as `#REF!`, or NOT_CALCULATED. `cut_at` is the first cell
    that lay too far out to be read.
    """

    title: str
    hidden: bool
    rows: list[list[Raw]] = field(repr=False)
    top: int
    left: int
    faults: dict[tuple[int, int], str] = field(repr=False)
    cut_at: CellRef | None
    xml: bytes = field(repr=False)

    def value(self, row: int, column: int) -> Raw:
        """Return what the cell at row and column (from 1) holds."""
        down, right = row - self.top, column - self.left
        if 0 <= down < len(self.rows) and 0 <= right < len(self.rows[down]):
            return self.rows[down][right]
        return ""

    def cell(self, row: int, column: int) -> CellRef:
        """Return the place of a cell."""
        return CellRef(self.title, row, column)

    @property
    def is_empty(self) -> bool:
        """Return whether no cell holds anything."""
        return not self.rows and not self.faults

    @cached_property
    def formulas(self) -> frozenset[tuple[int, int]]:
        """Return (row, column) of the cells that hold a formula."""
        return frozenset(place for match in _FORMULA.finditer(self.xml) if (place := _place(match[1])))

    @cached_property
    def merged_to(self) -> dict[tuple[int, int], int]:
        """Return the last column of each merged range by (row, column) of its first cell."""
        return {
            (int(match[2]), column_number(match[1])): column_number(match[3]) for match in _MERGED.finditer(self.xml)
        }


def read_sheets(package: Package) -> list[Sheet]:
    """Return every worksheet in the workbook's order; raise UnreadableWorkbook when one cannot be read."""
    extents = [cut_to_extent(_complete(package.parts.read(sheet.part))) for sheet in package.sheets]
    workbook = _load(_checked_copy(package, extents))
    return [_sheet(workbook, part, extent) for part, extent in zip(package.sheets, extents, strict=True)]


def _complete(xml: bytes) -> bytes:
    """Return a sheet's XML; refuse one that breaks off, of which the reader would return what there is."""
    if not xml.rstrip().endswith(b"worksheet>"):
        raise unreadable("file-damaged")
    return xml


def _checked_copy(package: Package, extents: list[Extent]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as copy:
        for name, content in package.shared.items():
            copy.writestr(name, content)
        for sheet, extent in zip(package.sheets, extents, strict=True):
            copy.writestr(sheet.part, extent.xml)
    return buffer.getvalue()


def _load(content: bytes) -> CalamineWorkbook:
    with _reader_survived():
        return load_workbook(io.BytesIO(content))


@contextmanager
def _reader_survived() -> Iterator[None]:
    """Turn an error of the native reader, whose panics are no subclass of Exception, into UnreadableWorkbook."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, CalamineError | OSError | ValueError) or type(error).__name__ == "PanicException":
            raise unreadable("file-damaged") from error
        raise


def _sheet(workbook: CalamineWorkbook, part: SheetPart, extent: Extent) -> Sheet:
    with _reader_survived():
        cells = workbook.get_sheet_by_name(part.title)
        rows, start = cells.to_python(), cells.start
    top, left = (start[0] + 1, start[1] + 1) if start else (1, 1)
    cut_at = CellRef(part.title, *extent.cut_at) if extent.cut_at else None
    faults = dict(_faults(extent.xml))
    return Sheet(part.title, part.hidden, rows if start else [], top, left, faults, cut_at, extent.xml)


def _faults(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    if b't="e"' in xml or b"t='e'" in xml:
        for match in _ERROR.finditer(xml):
            if place := _place(match[1]):
                value = _VALUE.search(match[2])
                yield place, value[1].decode() if value else "#VALUE!"
    if b"<f" in xml or b":f" in xml:
        for match in _WITHOUT_VALUE.finditer(xml):
            if not _TEXT_RESULT.search(match[1]) and (place := _place(match[1])):
                yield place, NOT_CALCULATED


def _place(attributes: bytes) -> tuple[int, int] | None:
    match = _ADDRESS.search(attributes)
    return (int(match[2]), column_number(match[1])) if match else None
