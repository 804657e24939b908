"""Tables: rows under headings, wherever people put them and whatever they add."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline.extract import extract
from pipeline.model import Severity
from tests.extract.small import CLIENT, SOURCE, TASKS, WORDS, filled, found, good, only, read, tasks
from tests.support.workbooks import At, Blank, Formula, arrival, template, workbook

DAY = date(2026, 11, 3)
SHORT = ["No.", "Task", "Due"]


def test_columns_may_be_moved_reordered_and_added() -> None:
    heading = [None, "My remark", *reversed(TASKS), "Total"]
    book = read(
        good(Tasks=At("C6", [["Tasks of the year"], [], heading, [None, "!", *[None] * 11, DAY, "Call", "T1", 7]]))
    )
    assert found(book) == []
    (row,) = book.tables["tasks"].rows
    assert filled(row) == {"no": "T1", "what": "Call", "due": DAY}
    assert str(row.cells["what"]) == "Tasks!Q9"


def test_headings_are_found_by_alias_case_spacing_and_unit() -> None:
    table = tasks(["T1", "Call", DAY, 5, 0.5], heading=["NO", " task", "Due\ndate", "amount  (NET)", "Share [%]"])
    assert filled(table.rows[0]) == {
        "no": "T1", "what": "Call", "due": DAY, "amount": Decimal(5), "share": Decimal("0.5"),
    }  # fmt: skip


def test_merged_titles_above_the_headings_do_no_harm() -> None:
    rows: list[list[Any]] = [["Who", None, "When"], SHORT, ["T1", "Call", DAY]]
    table = read(good(Tasks=At("A1", rows, merged=("A1:B1",)))).tables["tasks"]
    assert filled(table.rows[0]) == {"no": "T1", "what": "Call", "due": DAY}


def test_blank_rows_inside_and_hidden_rows_do_no_harm() -> None:
    rows: list[list[Any]] = [TASKS, ["T1", "Call"], [], [Blank()], ["T2", "Write"], ["T3", "Visit"]]
    table = read(good(Tasks=At("A1", rows, hidden=(5,)))).tables["tasks"]
    assert [row.values["what"] for row in table.rows] == ["Call", "Write", "Visit"]


def test_a_row_with_nothing_but_prefilled_values_is_empty() -> None:
    table = tasks(["T1", None, None, None, None, None, "yes"], ["T2"], ["T3", " "], ["T4", "Call"], ["Extra"])
    assert [row.values["no"] for row in table.rows] == ["T4", "Extra"]


def test_prefilled_rows_of_the_template_are_rows() -> None:
    assert [row.values["name"] for row in read(good()).tables["places"].rows] == ["North"]


def test_a_row_marked_unknown_is_a_row() -> None:
    (row,) = tasks(["T1", "unknown"]).rows
    assert row.unknown == {"what"}


def test_missing_headings_are_told_all_at_once() -> None:
    book = read(good(Tasks=[["No.", *TASKS[3:-1]], ["T1", 5]]))
    assert [(item.id, item.severity) for item in book.findings] == [
        ("header-missing", Severity.ERROR), ("header-missing", Severity.ERROR), ("header-absent", Severity.WARNING),
    ]  # fmt: skip
    assert [item.message.to("en").split("”")[0] for item in book.findings] == [
        "The column “Task", "The column “Due", "The column “Note",
    ]  # fmt: skip


def test_a_table_without_any_heading_is_told_once() -> None:
    book = read(good(Tasks=[["T1", "Call", DAY], ["T2", "Write", DAY]]))
    assert [(item.id, item.section) for item in book.findings] == [("header-row-missing", "tasks")]
    assert book.tables["tasks"].rows == ()


def test_a_heading_that_stands_twice_is_told_at_its_cell() -> None:
    book = read(good(Tasks=[[*TASKS, "Due", "Task"], ["T1", "Call", DAY, *[None] * 11, date(2027, 1, 1)]]))
    assert [(item.id, item.place, item.severity) for item in book.findings] == [
        ("header-twice", "Tasks!O1", Severity.ERROR), ("header-twice-empty", "Tasks!P1", Severity.WARNING),
    ]  # fmt: skip
    assert "Column C was read" in only(book, "header-twice").message.to("en")
    assert book.tables["tasks"].rows[0].values["due"] == DAY


def test_a_row_without_its_key_and_a_key_that_stands_twice_are_errors() -> None:
    book = read(good(Tasks=[TASKS, ["T1", "Call"], [None, "Write"], ["t1", "Visit"], ["T2", "Rest"]]))
    assert [(item.id, item.place, item.severity) for item in book.findings] == [
        ("key-missing", "Tasks!A3", Severity.ERROR), ("key-twice", "Tasks!A4", Severity.ERROR),
    ]  # fmt: skip
    assert "A2" in only(book, "key-twice").message.to("en")
    assert len(book.tables["tasks"].rows) == 4


def test_a_month_of_a_key_that_stands_twice_reads_like_a_month() -> None:
    definition = SOURCE.replace('key: ["no"]', "key: [no, month]")
    rows = [TASKS, *[["T1", "Call", *[None] * 7, date(2026, 10, 1)]] * 2]
    book = extract(arrival(workbook(good(Tasks=rows), version=2)), {"small": template(definition)})
    said = only(book, "key-twice").message
    assert said.to("en").startswith("“T1 · Oct 2026” ")
    assert said.to("de").startswith("„T1 · Okt. 2026“ ")
    assert said.to("ja").startswith("「T1 · 2026年10月」")


def test_a_key_that_is_at_fault_itself_is_told_once() -> None:
    book = read(good(Tasks=[TASKS, [Formula("=A9", "#N/A"), "Call"]]))
    assert found(book) == [("cell-error", "Tasks!A2")]


def test_a_total_below_the_rows_is_left_out_and_told() -> None:
    rows = [TASKS, ["T1", "Call", None, 5], ["T2", "Write", None, 6], ["Total", None, None, Formula("=SUM(D2:D3)", 11)]]
    book = read(good(Tasks=rows))
    assert found(book) == [("row-is-total", "Tasks!A4")]
    assert len(book.tables["tasks"].rows) == 2


def test_a_row_that_is_only_named_total_stays() -> None:
    assert [row.values["what"] for row in tasks(["Total", "Call"], ["T2", "Write"]).rows] == ["Call", "Write"]


def test_error_cells_and_formulas_without_value_are_told_at_their_cell() -> None:
    rows = [["T1", "Call", DAY, Formula("=1/0", "#DIV/0!"), Formula("=B9")], ["T2", Formula('=IF(1,"","")', "")]]
    book = read(good(Tasks=[TASKS, *rows, [None, None, Formula("=NOW()")]]))
    assert found(book)[:2] == [("cell-error", "Tasks!D2"), ("cell-not-calculated", "Tasks!E2")]
    assert ("cell-not-calculated", "Tasks!C4") in found(book)
    assert book.tables["tasks"].rows[0].values["amount"] is None


def test_a_bad_cell_is_an_error_of_its_field_only() -> None:
    book = read(good(Tasks=[TASKS, ["T1", "Call", "soon", "much"]]))
    assert [(item.id, item.severity, item.section, item.field, item.blocks) for item in book.findings] == [
        ("cell-not-a-date", Severity.ERROR, "tasks", "due", ()),
        ("cell-not-a-number", Severity.ERROR, "tasks", "amount", ()),
    ]
    assert filled(book.tables["tasks"].rows[0]) == {"no": "T1", "what": "Call"}


def test_a_table_that_begins_below_its_thirtieth_row_is_not_found() -> None:
    above = [[f"Remark {row}"] for row in range(30)]
    assert found(read(good(Tasks=[*above, TASKS, ["T1", "Call"]]))) == [("header-row-missing", "Tasks")]
    assert found(read(good(Tasks=[*above[1:], TASKS, ["T1", "Call"]]))) == []


# Several tables on one sheet


@pytest.mark.parametrize(
    "rows",
    [
        WORDS,
        [["Place", None, "Good", "Size"], ["North", None, "Pump", 2]],
        [["Good", "Size", "Place"], ["Pump", 2, "North"]],
        [["Goods"], ["Good", "Size"], ["Pump", 2], [], ["Places"], ["Place"], ["North"]],
        [["Places"], ["Place"], ["North"], [], [], ["Goods"], ["Good", "Size"], ["Pump", 2]],
        [
            [None, "Goods", None, None, "Places"],
            [None, "Good", "Size", None, "Place"],
            [None, "Pump", 2, None, "North"],
        ],
    ],
)
def test_tables_stand_side_by_side_or_below_each_other(rows: list[list[object]]) -> None:
    book = read(good(Words=rows))
    assert found(book) == []
    assert [filled(row) for row in book.tables["goods"].rows] == [{"name": "Pump", "size": Decimal(2)}]
    assert [filled(row) for row in book.tables["places"].rows] == [{"name": "North"}]


def test_tables_beside_each_other_end_where_their_own_rows_end() -> None:
    rows = [["Good", "Size", None, "Place"], ["Pump", 2, None, "North"], [None, None, None, "South"], ["Valve", 1]]
    book = read(good(Words=rows))
    assert [row.values["name"] for row in book.tables["goods"].rows] == ["Pump", "Valve"]
    assert [row.values["name"] for row in book.tables["places"].rows] == ["North", "South"]


def test_a_table_missing_from_a_shared_sheet_is_told() -> None:
    book = read(good(Words=[["Good", "Size"], ["Pump", 2]]))
    assert [(item.id, item.section) for item in book.findings] == [("header-row-missing", "places")]


def test_client_is_a_form() -> None:
    assert len(read(good(Client=CLIENT)).tables["client"].rows) == 1
