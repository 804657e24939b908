"""Real .xlsx files in a few lines, so that a test shows its whole input.

    workbook({"Account": [["Account ID", "CON-1"], ["Customer", "Contoso"]],
              "Actions": [["No.", "Action", "Due"], ["A1", "Call", date(2026, 11, 3)]]})

A sheet is a list of rows from A1 on, or `At("C5", rows)`. A cell is a value, None (nothing there), `Blank()`
(formatted, empty) or `Formula("=1/0", "#DIV/0!")`. Text is text, also where it begins with `=`.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

from pipeline.definitions.source import read_yaml, validate
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.model import Arrival
from tests.support.repository import ROOT


@dataclass(frozen=True)
class Formula:
    """A formula with the value that Excel would have saved; None: never calculated."""

    text: str
    value: Any = None


@dataclass(frozen=True)
class Blank:
    """A cell that is formatted and empty."""


@dataclass(frozen=True)
class Styled:
    """A value with a number format of its own."""

    value: Any
    number_format: str


@dataclass(frozen=True)
class At:
    """Rows that begin at a cell; `merged` ranges, `hidden` rows (from 1)."""

    cell: str
    rows: Sequence[Sequence[Any]]
    merged: tuple[str, ...] = ()
    hidden: tuple[int, ...] = field(default=())


Sheets: TypeAlias = Mapping[str, Sequence[Sequence[Any]] | At]


def workbook(
    sheets: Sheets,
    template: str | None = "small",
    version: int = 1,
    kind: str = "workbook",
    language: str = "en",
    hidden: tuple[str, ...] = (),
    **options: Any,
) -> bytes:
    """Return a workbook's bytes; with `template` None it carries no mark. `options` go to XlsxWriter's Workbook."""
    buffer = io.BytesIO()
    file = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False, **options})
    file.set_properties({"created": datetime(2026, 11, 1, 9, tzinfo=UTC), "author": "Ana Ferreira"})
    for title, content in sheets.items():
        _write_sheet(file, title, content if isinstance(content, At) else At("A1", content), title in hidden)
    if template is not None:
        mark: list[list[Any]] = [["template", template], ["version", version], ["kind", kind], ["language", language]]
        _write_sheet(file, "_planpress", At("A1", mark), hidden=True)
    file.close()
    return buffer.getvalue()


def arrival(content: bytes, file: str = "Contoso.xlsx") -> Arrival:
    """Return bytes as a file that came into the inbox."""
    return Arrival(file, content, hashlib.sha256(content).hexdigest(), datetime(2026, 11, 21, 9, tzinfo=UTC))


def edited(content: bytes, part: str, change: Callable[[bytes], bytes] | bytes) -> bytes:
    """Return a zip with one part changed, replaced or added, all others as they were."""
    source, buffer = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
        old = source.read(part) if part in source.namelist() else b""
        target.writestr(part, change if isinstance(change, bytes) else change(old))
    return buffer.getvalue()


def template(text: str) -> WorkbookTemplate:
    """Return a workbook template from YAML; raise DefinitionError with every mistake in it."""
    faults: list[DefinitionFault] = []
    found = validate(WorkbookTemplate, "template.yaml", read_yaml("template.yaml", text, faults), faults)
    if faults or found is None:
        raise DefinitionError(faults)
    return found


def shipped_template(name: str = "account_plan") -> WorkbookTemplate:
    """Return a workbook template of the repository."""
    return template((ROOT / "workbook_templates" / name / "template.yaml").read_text(encoding="utf-8"))


def _write_sheet(file: xlsxwriter.Workbook, title: str, content: At, hidden: bool) -> None:
    sheet = file.add_worksheet(title)
    top, left = xl_cell_to_rowcol(content.cell)
    for row in content.hidden:
        sheet.set_row(row - 1, None, None, {"hidden": True})
    for area in content.merged:
        sheet.merge_range(area, "")
    for row, cells in enumerate(content.rows, start=top):
        for column, cell in enumerate(cells, start=left):
            _write_cell(file, sheet, row, column, cell)
    if hidden:
        sheet.hide()


def _write_cell(file: Any, sheet: Any, row: int, column: int, cell: Any) -> None:
    match cell:
        case None:
            return
        case Blank():
            sheet.write_blank(row, column, None, file.add_format({"bg_color": "#FFFFCC"}))
        case Formula(text, value):
            sheet.write_formula(row, column, text, None, "" if value is None else value)
        case Styled(value, number_format):
            _write_styled(file, sheet, row, column, value, number_format)
        case _:
            _write_value(file, sheet, row, column, cell)


def _write_value(file: Any, sheet: Any, row: int, column: int, value: Any) -> None:
    match value:
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | float() | Decimal():
            sheet.write_number(row, column, value)
        case date() | time() | timedelta():
            number_format = "yyyy-mm-dd" if isinstance(value, date) else "[h]:mm"
            _write_styled(file, sheet, row, column, value, number_format)
        case _:
            sheet.write_string(row, column, value)


def _write_styled(file: Any, sheet: Any, row: int, column: int, value: Any, number_format: str) -> None:
    style = file.add_format({"num_format": number_format})
    if isinstance(value, date | time | timedelta):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write(row, column, value, style)
