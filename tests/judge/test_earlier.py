"""What rules may read of earlier editions, and what is told to have changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline.errors import DefinitionError
from pipeline.judge import judge, prepare, view
from pipeline.model import Audience, Change, History, Plan, RowState, Workbook
from pipeline.wording import ViewRow
from tests.judge.compact import CALENDAR, TEMPLATE, faults_of, prepared, rules, template, workbook
from tests.support.editions import with_edition

ANNA = {
    "no": "S1",
    "ship": "Anna",
    "kind": "cargo",
    "crew": 12,
    "due": "2026-05-01",
    "fleet": "S2; S1",
    "shared": False,
}
BERTA = {"no": "S2", "ship": "Berta"}
FEES = {"period": "2026-03", "line": "Fees", "actual": "1234.50"}
DAYS = (date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10))


def past(*books: Workbook, rules: str = "{}") -> History:
    """Return the past of a port after some workbooks, each an edition as of the tenth of a month from January on."""
    history = History()
    for book, day in zip(books, DAYS, strict=False):
        history = with_edition(history, judge(book, prepared(rules), replace(CALENDAR, as_of=day), history))
    return history


def book(*ships: Mapping[str, Any], **more: Any) -> Workbook:
    return workbook(ships=ships, **more)


def after(now: Workbook, *books: Workbook, rules: str = "{}") -> Plan:
    return judge(now, prepared(rules), CALENDAR, past(*books, rules=rules))


def asked(columns: str, source: str, now: Workbook, *books: Workbook) -> list[tuple[Any, ...]]:
    """Return what a rule reads from a table of earlier editions."""
    names = [name.strip().strip('"') for name in columns.split(",")]
    series = ", ".join(f"{name}: 'max(\"{name}\")'" for name in names)
    text = (
        "measures: [{id: asked, label: Asked, unit: text, by: [line_no], value: {" + series + "}, rows: '"
        f"select port._row, row_number() over (order by {columns}) as line_no, {columns} from port cross join {source}"
        "'}]"
    )
    rows = after(now, *books, rules=text).measures["asked"].rows
    return [tuple(row.series[name].value for name in names) for row in rows]


# Tables ---------------------------------------------------------------------------------------------------------------


def test_a_row_stands_once_for_each_state_with_the_editions_that_carried_it() -> None:
    late = {**ANNA, "due": "2026-06-01"}
    found = asked(
        '"no", due, _first_edition, _last_edition, _first_as_of, _last_as_of', "earlier_ships",
        book(late), book(ANNA, BERTA), book(ANNA), book(late),
    )  # fmt: skip
    assert found == [
        ("S1", date(2026, 5, 1), 1, 2, DAYS[0], DAYS[1]),
        ("S1", date(2026, 6, 1), 3, 3, DAYS[2], DAYS[2]),
        ("S2", None, 1, 1, DAYS[0], DAYS[0]),
    ]


def test_values_come_back_with_their_types() -> None:
    (found,) = asked("crew, fleet, shared", "earlier_ships", book(), book(ANNA))
    assert found == (12, ("S2", "S1"), False)
    assert asked("actual, period", "earlier_moves", book(), book(moves=[FEES])) == [
        (Decimal("1234.500000"), date(2026, 3, 1))
    ]


def test_a_value_that_its_field_can_hold_no_more_is_empty() -> None:
    history = past(book(ANNA))
    old = RowState("ships", ("S1",), {"no": "S1", "crew": "a dozen", "rigging": "none any more"})
    changed = tuple(replace(item, state=old) if item.state.section == "ships" else item for item in history.versions)
    text = (
        "measures: [{id: crew, label: C, unit: integer, rows: 'select port._row, crew from port, earlier_ships',"
        " value: 'count(*) - count(crew)'}]"
    )
    plan = judge(book(ANNA), prepared(text), CALENDAR, replace(history, versions=changed))
    assert plan.measures["crew"].quantity.value == 1
    assert Change("ships", ("S1",), "changed", "crew", "a dozen", 12, "Anna") in plan.changes


def test_editions_tell_which_one_is_compared() -> None:
    first, second = book(ANNA), book(BERTA)
    columns, table = "edition, as_of, last_closed, compared", "earlier_editions"
    closed = CALENDAR.last_closed
    assert asked(columns, table, first) == []
    assert asked(columns, table, first, first) == [(1, DAYS[0], closed, False)]
    assert asked(columns, table, second, first, second) == [(1, DAYS[0], closed, True), (2, DAYS[1], closed, False)]
    assert [row[3] for row in asked(columns, table, second, first, second, second)] == [True, False, False]
    assert [row[3] for row in asked(columns, table, first, first, second, second)] == [False, False, True]


def test_measures_are_kept_too() -> None:
    text = "{id: crew, label: C, unit: integer, rows: 'select _row, crew from ships', value: 'sum(crew)'}"
    before = """{id: before, label: B, unit: integer,
      rows: "select port._row, value from port join earlier_measures on measure = 'crew'", value: "max(value)"}"""
    rules = f"measures: [{text}, {before}]"
    found = after(book({**ANNA, "crew": 20}), book(ANNA), rules=rules).measures
    assert (found["crew"].quantity.value, found["before"].quantity.value) == (20, 12)


def test_sections_tell_as_of_when_they_hold_what_they_hold() -> None:
    columns, table = "section, changed_on, filled", "earlier_changes"
    moved = book(ANNA, moves=[FEES])

    def changed(now: Workbook, *books: Workbook) -> dict[str, tuple[date, bool]]:
        return {name: (day, filled) for name, day, filled in asked(columns, table, now, *books)}

    assert changed(moved) == {}
    found = changed(moved, book(ANNA), moved)
    assert (found["port"], found["ships"], found["moves"]) == ((DAYS[0], True), (DAYS[0], True), (DAYS[1], True))
    assert found["tides"] == (DAYS[0], False)
    assert "lines" not in found
    assert changed(book(ANNA), book(ANNA), moved)["moves"] == (CALENDAR.as_of, False)
    assert changed(book(ANNA), moved, book(ANNA))["moves"] == (DAYS[1], False)


def test_only_tables_that_a_rule_names_are_filled() -> None:
    assert prepared("{}").earlier == ()
    unknown = 'select _row from ships where "no" not in (select "no" from earlier_ships)'
    text = f"checks: [{{id: new, sql: '{unknown}', message: New}}]"
    assert prepared(text).earlier == ("earlier_ships",)
    assert [
        finding.cell.a1 for finding in after(book(ANNA, BERTA), book(ANNA), rules=text).findings if finding.cell
    ] == ["A3"]


def test_nothing_of_one_account_is_left_for_the_next() -> None:
    rows = "select port._row from port, earlier_ships"
    text = f"measures: [{{id: n, label: N, unit: integer, rows: '{rows}', value: 'count(*)'}}]"
    ready = prepared(text)
    history = past(book(ANNA, BERTA))
    counted = [judge(book(), ready, CALENDAR, known).measures["n"].quantity.value for known in (history, None, history)]
    assert counted == [2, 0, 2]


@pytest.mark.parametrize(
    ("columns", "table", "expected"),
    [
        ("crew", "earlier_ships", None),
        ("grade", "earlier_ships", "it reads what a customer must never see"),
        ("value", "earlier_measures", "it reads what a customer must never see"),
        ("edition", "earlier_editions", None),
    ],
)
def test_a_customer_sees_no_more_of_the_past_than_of_today(columns: str, table: str, expected: str | None) -> None:
    faults = faults_of(
        "measures: [{id: x, label: X, unit: integer, customer: 'yes', release: agreed,"
        f" rows: 'select port._row, {columns} from port, {table}', value: 'count({columns})'}}]"
    )
    assert len(faults) == (1 if expected else 0)
    assert all(expected and expected in fault for fault in faults)


# Changes --------------------------------------------------------------------------------------------------------------


def test_rows_are_compared_by_their_key_and_not_by_their_place() -> None:
    plan = after(book(BERTA, {**ANNA, "crew": 14, "kind": None}), book(ANNA, BERTA))
    assert plan.changes == (
        Change("ships", ("S1",), "changed", "crew", 12, 14, "Anna"),
        Change("ships", ("S1",), "changed", "kind", "cargo", None, "Anna"),
    )
    assert (plan.since and plan.since.number) == 1


def test_rows_come_and_go() -> None:
    plan = after(book(BERTA, port={"secret": "New"}), book(ANNA, moves=[FEES]))
    assert plan.changes == (
        Change("port", (), "changed", "secret", None, "New"),
        Change("moves", (date(2026, 3, 1), "Fees", ""), "removed"),
        Change("ships", ("S2",), "added", name="Berta"),
        Change("ships", ("S1",), "removed", name="Anna"),
    )


@pytest.mark.parametrize("books", [(), (book(ANNA),), (book(ANNA), book(ANNA))])
def test_there_are_no_changes_without_another_content(books: Sequence[Workbook]) -> None:
    plan = after(book(ANNA), *books)
    assert (plan.changes, plan.since) == ((), None)


def test_changes_stay_what_they_were_while_nothing_changes() -> None:
    first, now = book(ANNA), book(ANNA, BERTA)
    told = after(now, first).changes
    assert [change.key for change in told] == [("S2",)]
    assert after(now, first, now).changes == after(now, first, now, now).changes == told


def test_a_key_that_stands_twice_is_told_apart() -> None:
    twin = {**BERTA, "no": "S1"}
    plan = after(book(ANNA, {**twin, "crew": 3}), book(ANNA, twin))
    assert plan.changes == (Change("ships", ("S1", "2"), "changed", "crew", None, 3, "Berta"),)


def test_a_gap_that_becomes_known_is_no_change_of_a_value() -> None:
    assert after(book({**ANNA, "sister": "unknown"}), book(ANNA)).changes == ()


def changes_seen(language: str, now: Workbook, *books: Workbook) -> list[dict[str, str]]:
    ready = prepared("{}")
    seen = view(after(now, *books), ready, Audience.INTERNAL, language)
    rows: Any = seen.names["changes"]
    return [{name: str(row[name]) for name in row} for row in rows]


def test_changes_print_in_the_language_of_their_document() -> None:
    now = book({**ANNA, "kind": "ferry"}, moves=[{**FEES, "actual": 2000}], port={"opened": "2026-01-02"})
    found = changes_seen("de", now, book(ANNA, moves=[FEES]))
    assert [tuple(row[name] for name in ("table", "key", "name", "field", "old", "new")) for row in found] == [
        ("Hafen", "", "", "Opened", "", "02.01.2026"),
        ("Moves", "März 2026 · Fees", "", "Actual", "1.235\N{NO-BREAK SPACE}€", "2.000\N{NO-BREAK SPACE}€"),
        ("Ships", "S1", "Anna", "Kind", "Fracht", "Fähre"),
    ]


def test_changes_of_one_table_are_counted() -> None:
    found = changes_seen("en", book({**ANNA, "crew": 1, "due": None}, BERTA), book(ANNA))
    assert [(row["kind"], row["name"], row["place"], row["of"], row["new"]) for row in found] == [
        ("changed", "Anna", "1", "3", "1"),
        ("changed", "Anna", "2", "3", ""),
        ("added", "Berta", "3", "3", ""),
    ]


def test_documents_see_the_edition_they_compare_with_and_its_numbers() -> None:
    text = "measures: [{id: crew, label: C, unit: integer, rows: 'select _row, crew from ships', value: 'sum(crew)'}]"
    ready = prepared(text)
    plan = after(book({**ANNA, "crew": 20}), book(ANNA), rules=text)
    names = view(plan, ready, Audience.INTERNAL, "en").names
    since, before = names["since"], names["before"]
    assert isinstance(since, ViewRow)
    assert isinstance(before, ViewRow)
    assert (str(since["edition"]), str(since["as_of"]), str(before["crew"])) == ("1", "10 Jan 2026", "12")
    first = view(after(book(ANNA), rules=text), ready, Audience.INTERNAL, "en").names["before"]
    assert isinstance(first, ViewRow)
    assert str(first["crew"]) == "n.a."
    assert {"changes", "since", "before"} & view(plan, ready, Audience.CUSTOMER, "en").names.keys() == set()


def test_no_table_of_a_template_may_have_a_name_of_the_past() -> None:
    named = template(TEMPLATE.replace("name: tides", "name: earlier_tides"))
    with pytest.raises(DefinitionError, match="this name is taken"):
        prepare(named, rules("{}"), {})
