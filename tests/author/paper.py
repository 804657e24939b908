"""Blank workbooks to write into, and LibreOffice to calculate them."""

import io
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook

from pipeline.author import blank_workbook
from pipeline.author.layout import Layout
from pipeline.definitions.workbook_template import WorkbookTemplate
from tests.support.brands import shipped_brand
from tests.support.libreoffice import convert
from tests.support.workbooks import template


@cache
def garden() -> WorkbookTemplate:
    return template(Path(__file__).with_name("garden.yaml").read_text(encoding="utf-8"))


def blank(
    definition: WorkbookTemplate | None = None, tier: str | None = "small", language: str = "en", **more: Any
) -> bytes:
    return blank_workbook(definition or garden(), shipped_brand(), tier=tier, language=language, **more)


def opened(content: bytes, *, values: bool = False) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says which extensions it will not write back
        return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def typed(content: bytes, cells: Mapping[str, Any]) -> bytes:
    """Return a workbook with values typed into cells, given as `Sheet!A1`."""
    workbook = opened(content)
    for address, value in cells.items():
        sheet, _, cell = address.rpartition("!")
        workbook[sheet][cell] = value
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def calculated(content: bytes, folder: Path) -> Workbook:
    """Return the values that LibreOffice calculates."""
    source = folder / "workbook.xlsx"
    source.write_bytes(content)
    return opened(convert(source, "xlsx", folder / "calculated").read_bytes(), values=True)


def address(definition: WorkbookTemplate, path: str, row: int = 1, language: str = "en") -> str:
    """Return where a field stands: `table.field`, in the row of a table counted from 1."""
    table, _, name = path.partition(".")
    section = Layout(definition, language, None).sections[table]
    if section.is_form:
        return f"{section.title}!C{section.rows[name] + 1}"
    column = get_column_letter(section.columns[name] + 1)
    return f"{section.title}!{column}{section.first_row + row}"
