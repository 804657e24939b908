"""Workbooks that hold the same have the same key, whatever their bytes; any value, cell or gap tells them apart."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.extract import content_key
from pipeline.model import CellRef, Finding, Row, Severity, Table, Text, Workbook

CELL = CellRef("Costs", 5, 2)
ROW = Row(1, {"line": "Service", "actual": Decimal("12.50")}, frozenset({"plan"}), {"actual": CELL})
WORKBOOK = Workbook("a.xlsx", "0" * 64, "lifts", 1, "en", {"costs": Table("costs", "Costs", (ROW,))})


def with_row(row: Row) -> Workbook:
    return replace(WORKBOOK, tables={"costs": Table("costs", "Costs", (row,))})


def test_file_hash_and_who_saved_it_make_no_difference() -> None:
    other = replace(WORKBOOK, file="b.xlsx", sha256="1" * 64, saved_by="Ana")
    assert content_key(other) == content_key(WORKBOOK)


def test_the_order_of_fields_makes_no_difference() -> None:
    turned = with_row(replace(ROW, values=dict(reversed(list(ROW.values.items())))))
    assert content_key(turned) == content_key(WORKBOOK)


@pytest.mark.parametrize(
    "other",
    [
        with_row(replace(ROW, values={**ROW.values, "actual": Decimal("12.51")})),
        with_row(replace(ROW, values={**ROW.values, "actual": "12.50"})),
        with_row(replace(ROW, unknown=frozenset())),
        with_row(replace(ROW, cells={"actual": replace(CELL, row=6)})),
        with_row(replace(ROW, number=2)),
        replace(WORKBOOK, tables={"costs": Table("costs", "Costs", (ROW,), present=False)}),
        replace(WORKBOOK, language="de"),
        replace(WORKBOOK, version=2),
        replace(WORKBOOK, findings=(Finding("odd", Severity.WARNING, Text.plain("Odd."), CELL),)),
    ],
    ids=["value", "type", "gap", "cell", "row", "sheet", "language", "version", "finding"],
)
def test_anything_else_does(other: Workbook) -> None:
    assert content_key(other) != content_key(WORKBOOK)
