"""The sample accounts, read whole and compared with what openpyxl finds in the same cells."""

import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.extract import extract
from pipeline.model import Workbook
from tests.support.repository import ROOT
from tests.support.workbooks import arrival, shipped_template

SAMPLES = sorted((ROOT / "inbox").glob("*.xlsx"))
TEMPLATE = shipped_template()
ALIKE = {"text", "long_text", "person", "reference", "email", "url", "number", "money", "percent", "integer", "date"}


def read(file: Path) -> Workbook:
    return extract(arrival(file.read_bytes(), file.name), {TEMPLATE.template: TEMPLATE})


def in_excel(raw: Any) -> Any:
    """Return a cell of openpyxl as a typed value would hold it."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, int | float):
        return Decimal(format(raw, ".15g"))
    return raw.strip() if isinstance(raw, str) else raw


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_every_value_equals_the_cell_it_remembers(file: Path) -> None:
    book, cells = read(file), openpyxl.load_workbook(io.BytesIO(file.read_bytes()), data_only=True)
    compared = 0
    for name, table in book.tables.items():
        kinds = {field.name: field.type for field in TEMPLATE.tables[name].fields}
        for row in table.rows:
            for field, value in row.values.items():
                if value is None or kinds[field] not in ALIKE:
                    continue
                place = row.cells[field]
                raw = in_excel(cells[place.sheet][place.a1].value)
                typed = Decimal(value) if isinstance(value, int) else value
                assert raw == typed or isinstance(raw, str) != isinstance(typed, str), (
                    f"{place}: {raw!r} is not {typed!r}"
                )
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_no_filled_row_below_a_heading_is_left_out(file: Path) -> None:
    book = read(file)
    cells = openpyxl.load_workbook(io.BytesIO(file.read_bytes()), data_only=True, read_only=True)
    table = book.tables["financials"]
    places = [row.cells["actual"] for row in table.rows]
    column = places[0].column
    values = [row[column - 1] for row in cells[table.sheet].iter_rows(min_row=places[0].row, values_only=True)]
    amounts = [value for value in values if isinstance(value, int | float)]
    assert sum(map(in_excel, amounts)) == sum(row.values["actual"] or 0 for row in table.rows)  # type: ignore[misc]  # money
