"""`planpress diff`: what changed between two editions, matched by key."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.cli.conftest import Terminal
from tests.support.workspace import Desk

FIRST: Mapping[str, Mapping[str, str]] = {
    "A1": {"no": "A1", "task": "Call", "due": "2026-11-30"},
    "A2": {"no": "A2", "task": "Write"},
}
SECOND: Mapping[str, Mapping[str, str]] = {
    "A1": {"no": "A1", "task": "Call", "due": "2026-12-15", "done": "yes"},
    "A3": {"no": "A3", "task": "[bold]Visit"},
}


def save(desk: Desk, number: int, rows: Mapping[str, Mapping[str, str]], total: str = "1234.5") -> None:
    desk.save("Contoso.xlsx", texts={"first": f"save {number}"}, rows={"tasks": rows}, total=total)
    desk.build()
    desk.now += timedelta(days=1)


@pytest.fixture
def three_editions(desk: Desk) -> Desk:
    """Return a workspace whose account has three editions; the second and the third differ in a number alone."""
    for number, (rows, total) in enumerate([(FIRST, "10"), (SECOND, "20"), (SECOND, "25.5")], start=1):
        save(desk, number, rows, total)
    return desk


@pytest.mark.usefixtures("three_editions")
def test_rows_and_cells_are_told_by_key(planpress: Terminal) -> None:
    told = planpress("diff", "Contoso", "1", "2", "--json").json
    assert told == {
        "account": "C-1",
        "before": {"edition": 1, "as_of": "2026-11-21"},
        "after": {"edition": 2, "as_of": "2026-11-21"},
        "rows": [
            {
                "table": "tasks",
                "key": ["A1"],
                "change": "changed",
                "cells": [
                    {"field": "due", "before": "2026-11-30", "after": "2026-12-15"},
                    {"field": "done", "before": None, "after": "yes"},
                ],
            },
            {
                "table": "tasks",
                "key": ["A3"],
                "change": "added",
                "cells": [
                    {"field": "no", "before": None, "after": "A3"},
                    {"field": "task", "before": None, "after": "[bold]Visit"},
                ],
            },
            {
                "table": "tasks",
                "key": ["A2"],
                "change": "removed",
                "cells": [
                    {"field": "no", "before": "A2", "after": None},
                    {"field": "task", "before": "Write", "after": None},
                ],
            },
        ],
        "measures": [{"id": "total", "before": "10", "after": "20"}],
    }


@pytest.mark.usefixtures("three_editions")
def test_people_read_a_line_for_each_cell(planpress: Terminal) -> None:
    answer = planpress("diff", "C-1", "1", "2")
    assert answer.code == 0
    assert [line.split() for line in answer.lines if "─" not in line] == [
        ["C-1:", "edition", "1", "(as", "of", "2026-11-21)", "→", "edition", "2", "(as", "of", "2026-11-21)"],
        ["Sheet", "Row", "What", "Before", "After"],
        ["tasks", "A1", "due", "2026-11-30", "2026-12-15"],
        ["tasks", "A1", "done", "–", "yes"],
        ["tasks", "A3", "added"],
        ["tasks", "A2", "removed"],
        ["Measure", "Before", "After", "What", "it", "is"],
        ["total", "€10", "€20", "Total"],
    ]


@pytest.mark.usefixtures("three_editions")
def test_the_last_two_are_compared_unless_others_are_named(planpress: Terminal) -> None:
    last = planpress("diff", "C-1", "--json").json
    assert (last["before"]["edition"], last["after"]["edition"], last["rows"]) == (2, 3, [])
    assert last["measures"] == [{"id": "total", "before": "20", "after": "25.5"}]
    assert "No value of the workbook changed." in planpress("diff", "C-1").out
    since_first = planpress("diff", "C-1", "1", "--json").json
    assert (since_first["before"]["edition"], since_first["after"]["edition"]) == (1, 3)
    back = planpress("diff", "C-1", "3", "1", "--json").json
    assert [row["change"] for row in back["rows"]] == ["changed", "added", "removed"]


@pytest.mark.usefixtures("three_editions")
def test_an_edition_that_is_not_there_is_named(planpress: Terminal) -> None:
    answer = planpress("diff", "C-1", "1", "7")
    assert answer.code == 2
    assert "C-1 has no edition 7. What it held is known of edition 1 to 3." in answer.err


def test_one_edition_has_nothing_to_be_compared_with(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx", findings=[["error", "3", "Wrong."]])
    desk.build()
    assert "C-1 has no edition whose content is known." in planpress("diff", "C-1").err
    save(desk, 1, FIRST)
    assert "C-1 has no edition but 1. There is nothing to compare it with yet." in planpress("diff", "C-1").err
