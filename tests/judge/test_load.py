from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.judge.load import load
from tests.judge.compact import prepared, template, workbook


def loaded(sql: str, **tables: Any) -> list[tuple[Any, ...]]:
    """Return what SQL finds in the typed tables of a workbook."""
    ready = prepared()
    load(ready.connection, template(), workbook(**tables))
    return ready.connection.execute(sql).fetchall()


def test_every_value_arrives_in_its_type() -> None:
    ships = [{"no": "S1", "ship": "{{ x }} 'y' NULL", "kind": "cargo", "fleet": "S1; S2", "crew": 7, "shared": False}]
    assert loaded('select "no", ship, kind, fleet, crew, shared, due, grade_unknown from ships', ships=ships) == [
        ("S1", "{{ x }} 'y' NULL", "cargo", ["S1", "S2"], 7, False, None, False)
    ]


def test_an_unknown_value_is_null_and_marked() -> None:
    moves = [{"period": "2026-01", "line": "Fees", "actual": "unknown"}]
    assert loaded("select actual, actual_unknown, plan_unknown from moves", moves=moves) == [(None, True, False)]


def test_amounts_and_rates_keep_their_decimals() -> None:
    moves = [{"period": "2026-01", "line": "Fees", "actual": "123456789012345.67", "rate": "0.05125"}]
    found = loaded("select actual, rate, period from moves", moves=moves)
    assert found == [(Decimal("123456789012345.670000"), Decimal("0.05125000"), date(2026, 1, 1))]


def test_row_numbers_are_unique_in_the_workbook() -> None:
    sql = "select _row from port union all select _row from lines union all select _row from ships"
    numbers = loaded(sql, ships=[{"no": "S1"}, {"no": "S2"}])
    assert len(set(numbers)) == len(numbers) == 7


@settings(max_examples=20, deadline=None)
@given(st.lists(st.decimals(-(10**12), 10**12, places=6, allow_nan=False), min_size=1, max_size=30))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    moves = [{"period": "2026-01", "line": "Fees", "actual": str(amount)} for amount in amounts]
    assert loaded("select sum(actual) from moves", moves=moves) == [(sum(amounts),)]


@pytest.mark.parametrize("name", ["no", "ship"])
def test_an_empty_text_and_an_empty_list_are_null(name: str) -> None:
    assert loaded(f"select fleet is null, kind is null from ships where \"{name}\" = 'S1'", ships=[{name: "S1"}]) == [
        (True, True)
    ]
