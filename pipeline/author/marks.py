"""The hidden sheet that says which template and version a workbook was made from, and in which language."""

from __future__ import annotations

from collections.abc import Callable

from xlsxwriter.worksheet import Worksheet

from pipeline.author.layout import Layout

SHEET = "_planpress"
WORKBOOK, COPY = "workbook", "copy"


def write_marks(add_worksheet: Callable[[str], Worksheet], layout: Layout) -> None:
    """Write template, version, kind and language, one a row, and hide the sheet from the list of hidden sheets."""
    sheet = add_worksheet(SHEET)
    template = layout.template
    marks = (
        ("template", template.template), ("version", template.version), ("kind", WORKBOOK),
        ("language", layout.language),
    )  # fmt: skip
    for row, (name, value) in enumerate(marks):
        sheet.write_string(row, 0, name)
        if isinstance(value, int):
            sheet.write_number(row, 1, value)
        else:
            sheet.write_string(row, 1, value)
    sheet.very_hidden()
