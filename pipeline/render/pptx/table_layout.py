"""Heights of table rows, and how a table is cut into pages.

PowerPoint gives a row 1.2 em a line plus the cell's margins, and the drawn height as a minimum. Programs differ here
(LibreOffice sets cells up to a sixth lower), so rows are never packed to the last point.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.render.fonts import Ruler
from pipeline.render.office.names import Element, name
from pipeline.render.pptx.measuring import TextMeasure
from pipeline.render.pptx.tables import A_TBLPR, A_TC, A_TXBODY, FilledRow, Role
from pipeline.render.pptx.text_styles import EMU_PER_POINT, StyleSheet

A_TCPR = name("a:tcPr")
_MARGINS = {"marL": 91440, "marR": 91440, "marT": 45720, "marB": 45720}
_TRUE = ("1", "true")


@dataclass(frozen=True)
class MeasuredCell:
    """A cell's text with the room it has: width in points less margins, and the margins above and below."""

    text: TextMeasure
    width: float
    padding: float
    rows: int


@dataclass(frozen=True)
class MeasuredRow:
    """A row with its cells; `minimum` is the drawn height in points."""

    row: FilledRow
    cells: tuple[MeasuredCell, ...]
    minimum: float

    def height(self, scale: float = 1.0) -> float:
        """Return the row's height in points with its sizes scaled."""
        needed = (cell.text.height(cell.width, scale) + cell.padding for cell in self.cells if cell.rows == 1)
        spanning = (
            (cell.text.height(cell.width, scale) + cell.padding) / cell.rows for cell in self.cells if cell.rows > 1
        )
        return max((self.minimum if scale == 1.0 else self.minimum * scale, *needed, *spanning))


@dataclass(frozen=True)
class MeasuredTable:
    """A table's rows, measured."""

    rows: tuple[MeasuredRow, ...]

    @classmethod
    def of(cls, table: Element, rows: list[FilledRow], sheet: StyleSheet, ruler: Ruler) -> MeasuredTable:
        """Return the measure of a filled table."""
        grid = table.find(name("a:tblGrid"))
        widths = [int(column.get("w", "0")) / EMU_PER_POINT for column in grid] if grid is not None else []
        has_bold_header = _flag(table, "firstRow")
        return cls(
            tuple(
                _measured_row(row, widths, sheet, ruler, bold=has_bold_header and number == 0)
                for number, row in enumerate(rows)
            )
        )

    @property
    def main_size(self) -> float:
        """Return the size in points that most characters of the rows have."""
        counts: dict[float, int] = {}
        for row in self.rows:
            for cell in row.cells:
                size = cell.text.main_size
                counts[size] = counts.get(size, 0) + sum(len(p.text) for t in cell.text.paragraphs for p in t.pieces)
        return max(counts, key=lambda size: (counts[size], -size), default=0.0)

    def splits_a_word(self, scale: float = 1.0) -> bool:
        """Return whether a word in any cell is too wide for its column."""
        return any(cell.text.splits_a_word(cell.width, scale) for row in self.rows for cell in row.cells)

    def heights(self, scale: float = 1.0) -> list[float]:
        """Return the height of each row in points."""
        return [row.height(scale) for row in self.rows]


def _flag(table: Element, key: str) -> bool:
    properties = table.find(A_TBLPR)
    return properties is not None and properties.get(key, "0") in _TRUE


def _measured_row(row: FilledRow, widths: list[float], sheet: StyleSheet, ruler: Ruler, *, bold: bool) -> MeasuredRow:
    cells = []
    for position, cell in enumerate(row.element.iterchildren(A_TC)):
        body = cell.find(A_TXBODY)
        properties = cell.find(A_TCPR)
        if body is None or cell.get("hMerge", "0") in _TRUE or cell.get("vMerge", "0") in _TRUE:
            continue
        if properties is not None and properties.get("vert", "horz") != "horz":
            continue
        margins = {key: int(_margin(properties, key)) / EMU_PER_POINT for key in _MARGINS}
        width = sum(widths[position : position + int(cell.get("gridSpan", "1"))]) - margins["marL"] - margins["marR"]
        text = TextMeasure.of(body, sheet.of_cell(), sheet, ruler, bold=bold)
        rows = int(cell.get("rowSpan", "1"))
        cells.append(MeasuredCell(text, max(width, 1.0), margins["marT"] + margins["marB"], rows))
    return MeasuredRow(row, tuple(cells), int(row.element.get("h", "0")) / EMU_PER_POINT)


def _margin(properties: Element | None, key: str) -> int:
    found = properties.get(key) if properties is not None else None
    return int(found) if found is not None else _MARGINS[key]


@dataclass(frozen=True)
class Page:
    """The rows of one page by their position, header included; `overflows` when one row alone is too high."""

    rows: tuple[int, ...]
    overflows: bool = False


def cut_into_pages(rows: tuple[FilledRow, ...], heights: list[float], room: float, limit: int | None) -> list[Page]:
    """Return the pages of a table in `room` points each, with at most `limit` rows below the header.

    The header stands on every page; a group's opening row stays with its first row, a closing row with the last one
    before it; rows joined by a vertical merge stay together.
    """
    header = [number for number, row in enumerate(rows) if row.role is Role.HEADER]
    blocks = _blocks(rows, [number for number in range(len(rows)) if number not in header])
    header_height = sum(heights[number] for number in header)
    pages: list[Page] = []
    page_rows: list[int] = []
    used = header_height
    for block in blocks:
        height = sum(heights[number] for number in block)
        is_full = used + height > room or (limit is not None and len(page_rows) + len(block) > limit)
        if page_rows and is_full:
            pages.append(_page(header, page_rows, heights, room))
            page_rows, used = [], header_height
        page_rows.extend(block)
        used += height
    if page_rows or not pages:
        pages.append(_page(header, page_rows, heights, room))
    return pages


def _page(header: list[int], body: list[int], heights: list[float], room: float) -> Page:
    rows = (*header, *body)
    return Page(rows, overflows=sum(heights[number] for number in rows) > room)


def _blocks(rows: tuple[FilledRow, ...], body: list[int]) -> list[list[int]]:
    """Return runs of rows that must stay on one page."""
    blocks: list[list[int]] = []
    joined_until = -1
    for number in body:
        role = rows[number].role
        follows_group = bool(blocks) and rows[blocks[-1][-1]].role is Role.GROUP
        closes = bool(blocks) and role is Role.TOTAL
        if blocks and (follows_group or closes or number <= joined_until):
            blocks[-1].append(number)
        else:
            blocks.append([number])
        spans = (int(cell.get("rowSpan", "1")) for cell in rows[number].element.iterchildren(A_TC))
        joined_until = max(joined_until, number + max(spans, default=1) - 1)
    return blocks
