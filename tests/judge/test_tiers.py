"""Measures over sheets that a tier does not ask for are n.a. and say so (measures.md 1.9)."""

from decimal import Decimal

from pipeline.model import Quantity
from tests.judge.compact import plan, value, workbook

TIDES = """
measures:
  - {id: tides, label: Tides, unit: number, rows: "select _row, height from tides", value: "sum(height)"}
"""
COUNTED = """
measures:
  - {id: highest, label: Highest, unit: number, sheets: [tides],
     rows: "select ports._row, tides.height from port as ports left join tides on true",
     value: "coalesce(max(height), 0)"}
"""
FORMULA = (
    TIDES
    + """  - {id: twice, label: Twice, unit: number, formula: "2 * tides"}
"""
)
HIGH = [{"day": "2026-03-01", "height": 4}]


def test_a_sheet_that_the_tier_does_not_ask_for_leaves_its_measures_out() -> None:
    assert value(TIDES) == Quantity(None, "not_in_tier")
    assert value(FORMULA) == Quantity(None, "not_in_tier")


def test_rows_on_such_a_sheet_count_all_the_same() -> None:
    assert value(TIDES, tides=HIGH) == Quantity(Decimal(4))


def test_a_tier_that_asks_for_the_sheet_gets_the_ordinary_reason() -> None:
    big = workbook(port={"tier": "Big"})
    assert plan(TIDES, big).measures["tides"].quantity == Quantity(None, "no_data")


def test_a_measure_may_name_the_sheet_it_stands_on_among_those_it_reads() -> None:
    assert value(COUNTED) == Quantity(None, "not_in_tier")
    assert value(COUNTED, workbook(port={"tier": "Big"})) == Quantity(0)
    assert value(COUNTED.replace("sheets: [tides],", "")) == Quantity(0)
