"""Annotated copies: the user's workbook with every finding's cell coloured and commented, opening on a list.

Only values are copied: openpyxl keeps no calculated value beside a formula, so a copy with formulas would show
nothing until somebody calculates it. Text from cells stays text whatever it begins with.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.author.marks import COPY, SHEET
from pipeline.author.package import unpacked_size, without_clock
from pipeline.author.styles import mixed
from pipeline.author.todo_lines import todo_lines, urgency
from pipeline.author.todo_sheet import write_todo_sheet
from pipeline.definitions.brand import Brand
from pipeline.model import CellRef, Finding, Severity, Text

MOST_UNPACKED_BYTES = 16_000_000
"""Larger workbooks take openpyxl longer than a save may wait: their copy is the list alone."""
MOST_MARKED_CELLS = 1_500
"""Cells that are coloured and commented at most, worst first."""
COMMENT_LENGTH = 900
AUTHOR = "planpress"


def annotated_copy(
    content: bytes,
    findings: Sequence[Finding],
    language: str,
    brand: Brand,
    documents: Mapping[str, Text] | None = None,
) -> bytes:
    """Return `to-do.xlsx`: a copy of a workbook with its findings marked, opening on a linked list of them.

    `documents` are titles by document id. A workbook that openpyxl cannot open, or that is too large for it, gives
    the list alone. Equal arguments give equal bytes.
    """
    workbook = _opened(content)
    if workbook is None:
        return _saved(_list_only(findings, language, brand, documents or {}))
    try:
        _mark_cells(workbook, findings, language, brand)
        write_todo_sheet(workbook, todo_lines(findings, language, documents or {}), language, brand)
        _mark_as_copy(workbook)
        return _saved(workbook)
    except Exception:  # noqa: BLE001 - whatever openpyxl cannot write back, the list must reach its reader
        return _saved(_list_only(findings, language, brand, documents or {}))


def _opened(content: bytes) -> Workbook | None:
    """Return the workbook with the last known values in place of formulas, None where it cannot be opened."""
    try:
        if unpacked_size(content) > MOST_UNPACKED_BYTES:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl says what it will not write back; the copy does not need it
            workbook = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    except (zipfile.BadZipFile, MemoryError):
        return None
    except Exception:  # noqa: BLE001 - openpyxl raises what it meets: KeyError, ValueError, TypeError, XML errors
        return None
    workbook.template = False
    return workbook


def _list_only(findings: Sequence[Finding], language: str, brand: Brand, documents: Mapping[str, Text]) -> Workbook:
    workbook = openpyxl.Workbook()
    lines = todo_lines(findings, language, documents)
    write_todo_sheet(workbook, lines, language, brand, list_only=True)
    del workbook[workbook.sheetnames[-1]]
    _mark_as_copy(workbook)
    return workbook


def _saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return without_clock(buffer.getvalue())


def _mark_as_copy(workbook: Workbook) -> None:
    """Say on the hidden sheet that this is a copy, so that it never becomes an account."""
    sheet = workbook[SHEET] if SHEET in workbook.sheetnames else workbook.create_sheet(SHEET)
    sheet.sheet_state = "veryHidden"
    rows = {str(sheet.cell(row, 1).value): row for row in range(1, min(sheet.max_row, 50) + 1)}
    row = rows.get("kind", sheet.max_row + 1 if "template" in rows else 3)
    sheet.cell(row, 1).value, sheet.cell(row, 2).value = "kind", COPY


def _mark_cells(workbook: Workbook, findings: Sequence[Finding], language: str, brand: Brand) -> None:
    by_cell: dict[CellRef, list[Finding]] = {}
    for finding in sorted(findings, key=urgency):
        if finding.cell is not None and finding.cell.sheet in workbook.sheetnames:
            by_cell.setdefault(finding.cell, []).append(finding)
    fills = {severity: _fill(severity, brand) for severity in Severity}
    for place, found in list(by_cell.items())[:MOST_MARKED_CELLS]:
        sheet = workbook[place.sheet]
        if isinstance(sheet, Worksheet):  # a chart sheet has no cells
            _show(sheet, place)
            _mark(_anchor(sheet, place), found, fills[found[0].severity], language)


def _fill(severity: Severity, brand: Brand) -> PatternFill:
    colours = brand.colours
    strong = {Severity.ERROR: colours.adverse, Severity.WARNING: colours.caution, Severity.PROMPT: colours.accent}
    colour = mixed(strong[severity], colours.background, 0.70 if severity is Severity.ERROR else 0.80)
    return PatternFill("solid", start_color=colour.removeprefix("#"), end_color=colour.removeprefix("#"))


def _anchor(sheet: Worksheet, place: CellRef) -> Any:
    """Return the cell at a place, the first of its area where it is merged into one."""
    cell = sheet.cell(place.row, place.column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        return sheet.cell(area.min_row, area.min_col)
    return cell


def _mark(cell: Any, findings: Sequence[Finding], fill: PatternFill, language: str) -> None:
    cell.fill = fill
    said = [finding.message.to(language) for finding in findings]
    if cell.comment is not None:
        said.append(str(cell.comment.text))
    text = printable("\n\n".join(dict.fromkeys(said)))[:COMMENT_LENGTH]
    comment = Comment(text, AUTHOR)
    comment.width, comment.height = 320, 40 + 18 * (len(text) // 42 + text.count("\n") + 1)
    cell.comment = comment


def _show(sheet: Worksheet, place: CellRef) -> None:
    """Bring a hidden sheet, row or column with a finding to light, else its link leads nowhere."""
    sheet.sheet_state = "visible"
    if place.row in sheet.row_dimensions:
        sheet.row_dimensions[place.row].hidden = False
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and (dimension.min or 0) <= place.column <= (dimension.max or 0):
            dimension.hidden = False


def printable(text: str) -> str:
    """Return a text without the control characters that a workbook cannot hold."""
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))
