"""Reading a workbook with the bare libraries: every cell of every sheet, nothing made of it."""

from __future__ import annotations

import io
import warnings

import openpyxl
from python_calamine import CalamineWorkbook


def read_with_calamine(content: bytes) -> dict[str, list[list[object]]]:
    """Return the rows of every sheet by its title."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {title: book.get_sheet_by_name(title).to_python() for title in book.sheet_names}  # type: ignore[misc]


def read_with_openpyxl(content: bytes) -> dict[str, list[list[object]]]:
    """Return the rows of every sheet by its title, in openpyxl's fastest mode."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says what it does not read: drop-down lists, conditional formats
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
