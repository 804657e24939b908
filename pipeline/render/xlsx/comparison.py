"""A comparison: one variance over one span, against its references, with live totals and differences.

Amounts are signed, so that one formula serves every row (measures.md 7.1); subtotals are plain sums of the rows below
them; each formula carries the value that the rules computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.render.xlsx.report import Column
from pipeline.render.xlsx.sheet import SheetWriter
from pipeline.render.xlsx.styles import MONEY, PERCENT, SIGNED
from pipeline.wording import ViewRow, raw


@dataclass
class Line:
    """One line of the table: its rows by reference code, and the lines that add up to it."""

    level: str
    depth: int
    by_reference: dict[str, ViewRow]
    parts: list[Line] = field(default_factory=list)
    position: int = -1

    @cached_property
    def is_neutral(self) -> bool:
        """Return whether it is neither income nor cost: such a line is shown and never added to those."""
        return str(raw(self.any["nature"])) == "neutral"

    @cached_property
    def any(self) -> ViewRow:
        """Return one of its rows; what does not depend on the reference is the same in all."""
        return next(iter(self.by_reference.values()))

    @cached_property
    def is_material(self) -> bool:
        """Return whether it differs materially from any of the references."""
        return any(bool(raw(row["material"])) for row in self.by_reference.values())


def lines_of(rows: list[ViewRow], dimensions: tuple[str, ...], references: tuple[str, ...]) -> Line:
    """Return the total with its parts, in the order in which the rows come."""
    found: dict[tuple[object, ...], Line] = {}
    for row in rows:
        depth = int(str(raw(row["level"])))
        key = tuple(raw(row[name]) for name in dimensions[:depth])
        level = "total" if depth == 0 else "leaf" if depth == len(dimensions) else "subtotal"
        line = found.setdefault(key, Line(level, depth, {}))
        if raw(row["reference"]) in references:
            line.by_reference[str(raw(row["reference"]))] = row
    for key, line in found.items():
        if key:
            found[key[:-1]].parts.append(line)
    for line in found.values():
        if _repeats(line.parts, dimensions):
            line.parts.clear()
    return found[()]


def _repeats(parts: list[Line], dimensions: tuple[str, ...]) -> bool:
    """Return whether a subtotal's only part has nothing to add: it is given by no further dimension."""
    return len(parts) == 1 and not parts[0].parts and raw(parts[0].any[dimensions[parts[0].depth - 1]]) in (None, "")


_LINE_HEIGHT = 14.0
_SIZE = 10.0
_NUMBERS = ("actual", "reference", "absolute", "percent")


class ComparisonTable:
    """Writes the table of one comparison; formulas refer to the rows of this sheet only.

    `height` is that of the lines written so far, in points.
    """

    def __init__(self, writer: SheetWriter, dimensions: tuple[str, ...]) -> None:
        self._writer = writer
        self._dimensions = dimensions
        self._references = writer.definition.references
        self._columns = list(_expanded(writer.definition.columns, self._references))
        self._sign_column = len(self._columns)
        self.height = 0.0
        self._positions = {(column.kind, code): i for i, (column, code) in enumerate(self._columns)}

    @property
    def last_column(self) -> int:
        """Return the last visible column."""
        return len(self._columns) - 1

    @property
    def printed_widths(self) -> tuple[float, ...]:
        """Return the widths of the columns that are printed."""
        return tuple(column.width for column, _ in self._columns[: self.last_printed + 1])

    @property
    def last_printed(self) -> int:
        """Return the last column worth printing: cell addresses are for the screen."""
        return max(index for index, (column, _) in enumerate(self._columns) if column.kind != "sources")

    def write(self, total: Line) -> int:
        """Write header, lines and total; return the header's row."""
        writer, header_row = self._writer, self._writer.row
        self._header(header_row)
        writer.row += 1
        for line in total.parts:
            self._line(line)
        self._place(total)
        sheet = writer.worksheet
        sheet.outline_settings(visible=True, symbols_below=False, symbols_right=False)
        sheet.freeze_panes(header_row + 1, len(self._dimensions))
        sheet.autofilter(header_row, 0, writer.row - 1, self.last_column)
        sheet.set_column(self._sign_column, self._sign_column, 4, None, {"hidden": True})
        return header_row

    def _header(self, row: int) -> None:
        writer = self._writer
        for index, (column, reference) in enumerate(self._columns):
            align = "center" if column.kind == "material" else "right" if column.kind in _NUMBERS else "left"
            title = writer.word(column.title).replace("{reference}", reference)
            writer.text(row, index, title, writer.styles.header(align))
            writer.worksheet.set_column(index, index, column.width)
            if column.note is not None:
                writer.worksheet.write_comment(row, index, writer.word(column.note).replace("{reference}", reference))
        writer.text(row, self._sign_column, "±", writer.styles.header())
        writer.worksheet.set_row(row, 30)

    def _line(self, line: Line) -> None:
        self._place(line, outline=line.depth - 1)
        for part in line.parts:
            self._line(part)

    def _place(self, line: Line, outline: int = 0) -> None:
        line.position = self._writer.row
        self._writer.row += 1
        height = self._height(line)
        self.height += height
        self._writer.worksheet.set_row(line.position, height, None, {"level": max(outline, 0)})

    def _height(self, line: Line) -> float:
        """Return the height in points that the line's comment needs: no program sets it before somebody edits."""
        widths = [column.width for column, _ in self._columns if column.kind == "commentary"]
        comments = {str(row["commentary"]) for row in line.by_reference.values()} - {""}
        lines = (self._writer.lines(comment, width, _SIZE) for comment in comments for width in widths)
        return _LINE_HEIGHT * max(lines, default=1)

    def fill(self, total: Line) -> None:
        """Write the cells of every line, once all positions are known."""
        for line in _all_lines(total):
            self._fill_line(line)
        for index, (column, _) in enumerate(self._columns):
            if column.kind == "percent":
                self._writer.mark_out_of_scale(min(line.position for line in _all_lines(total)), index)

    def _fill_line(self, line: Line) -> None:
        sign = -1 if str(raw(line.any["nature"])) == "cost" else 1
        self._writer.worksheet.write_number(line.position, self._sign_column, sign)
        for index, (column, reference) in enumerate(self._columns):
            self._cell(line, index, column, line.by_reference.get(reference, line.any))

    def _cell(self, line: Line, index: int, column: Column, row: ViewRow) -> None:
        styles = self._writer.styles
        match column.kind:
            case "dimension":
                self._dimension(line, index, str(column.name))
            case "actual":
                self._amount(line, index, row["actual"], styles.cell(line.level, MONEY))
            case "reference":
                self._amount(line, index, row["against"], styles.cell(line.level, MONEY))
            case "absolute":
                colour = styles.impact_colour(str(raw(row["impact"])))
                cell_format = styles.cell(line.level, SIGNED, font_color=colour)
                self._formula(line, index, self._difference(line, index), row["absolute"], cell_format)
            case "percent":
                colour = styles.impact_colour(str(raw(row["impact"])))
                cell_format = styles.cell(line.level, PERCENT, font_color=colour)
                self._formula(line, index, self._share(line, index), row["percent"], cell_format)
            case _:
                self._words(line, index, column, row)

    def _words(self, line: Line, index: int, column: Column, row: ViewRow) -> None:
        writer, styles = self._writer, self._writer.styles
        if column.kind == "material":
            mark = writer.word(writer.words.material) if line.is_material else ""
            writer.text(line.position, index, mark, styles.cell(line.level, align="center"))
        elif column.kind == "commentary":
            self._commentary(line, index, str(row["commentary"]))
        elif column.kind == "sources":
            colour = styles.colours.muted
            writer.text(line.position, index, str(row["sources"]), styles.cell(line.level, font_color=colour))
        else:
            writer.worksheet.write_blank(line.position, index, None, styles.cell(line.level, bg_color=_entry(styles)))

    def _commentary(self, line: Line, index: int, text: str) -> None:
        writer, styles = self._writer, self._writer.styles
        if not text and line.is_material and not line.parts:
            needed = writer.word(writer.words.comment_needed)
            writer.text(
                line.position, index, needed, styles.cell(line.level, font_color=styles.colours.caution, bold=False)
            )
        else:
            writer.text(line.position, index, text, styles.cell(line.level, text_wrap=True, bold=False))

    def _dimension(self, line: Line, index: int, name: str) -> None:
        writer, position = self._writer, self._dimensions.index(name)
        indent = max(line.depth - 1, 0) if position == line.depth - 1 else 0
        repeated = line.level == "leaf" and position < line.depth - 1
        colour = writer.styles.colours.muted if repeated else writer.styles.colours.text
        cell_format = writer.styles.cell(line.level, indent=indent, font_color=colour)
        if line.level == "total":
            text = writer.word(writer.words.total) if index == 0 else ""
        else:
            text = str(line.any[name]) if position < line.depth else ""
        writer.text(line.position, index, text, cell_format)

    def _amount(self, line: Line, index: int, value: Any, cell_format: Any) -> None:
        if line.parts and raw(value) is not None:
            self._formula(line, index, self._sum(line, index), value, cell_format)
        else:
            self._writer.number(line.position, index, value, cell_format)

    def _sum(self, line: Line, index: int) -> str:
        added = [part.position for part in line.parts if part.is_neutral == line.is_neutral]
        cells = ",".join(_ranges(added, index))
        return f"=SUM({cells})"

    def _difference(self, line: Line, index: int) -> str:
        actual, reference = self._operands(line, index)
        not_available = self._not_available()
        return f"=IF(COUNT({actual},{reference})=2,{actual}-{reference},{not_available})"

    def _share(self, line: Line, index: int) -> str:
        actual, reference = self._operands(line, index)
        sign, not_available = xl_rowcol_to_cell(line.position, self._sign_column), self._not_available()
        natural = (
            f"IF(AND({reference}*{sign}>0,{actual}*{sign}>=0),({actual}-{reference})/ABS({reference}),{not_available})"
        )
        return f"=IF(COUNT({actual},{reference})=2,{natural},{not_available})"

    def _operands(self, line: Line, index: int) -> tuple[str, str]:
        actual, against = self._positions["actual", ""], self._positions["reference", self._columns[index][1]]
        return xl_rowcol_to_cell(line.position, actual), xl_rowcol_to_cell(line.position, against)

    def _not_available(self) -> str:
        word = self._writer.word(self._writer.words.not_available).replace('"', '""')
        return f'"{word}"'

    def _formula(self, line: Line, index: int, formula: str, value: Any, cell_format: Any) -> None:
        self._writer.formula(line.position, index, formula, value, cell_format)


def _entry(styles: Any) -> str:
    return str(styles.colours.surface)


def _expanded(columns: tuple[Column, ...], references: tuple[str, ...]) -> Iterator[tuple[Column, str]]:
    """Yield each column with its reference code; columns of a reference repeat together for each reference."""
    of_reference = [column for column in columns if column.kind in ("reference", "absolute", "percent")]
    done = False
    for column in columns:
        if column.kind not in ("reference", "absolute", "percent"):
            yield column, ""
        elif not done:
            done = True
            for reference in references:
                for repeated in of_reference:
                    yield repeated, reference


def _all_lines(line: Line) -> Iterator[Line]:
    yield line
    for part in line.parts:
        yield from _all_lines(part)


def _ranges(positions: list[int], column: int) -> Iterator[str]:
    start = previous = positions[0]
    for position in [*positions[1:], -1]:
        if position != previous + 1:
            first, last = xl_rowcol_to_cell(start, column), xl_rowcol_to_cell(previous, column)
            yield first if start == previous else f"{first}:{last}"
            start = position
        previous = position
