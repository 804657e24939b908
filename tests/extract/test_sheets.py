"""Which template, which sheet: marks, versions, titles, copies and blanks."""

from datetime import date
from typing import Any

import pytest

from pipeline.errors import UnreadableWorkbook
from pipeline.extract import extract
from pipeline.model import Finding, Severity
from tests.extract.small import CLIENT, SMALL, TASKS, WORDS, filled, found, good, only, read
from tests.support.workbooks import Blank, Formula, Sheets, arrival, shipped_template, template, workbook

TASK = ["T1", "Call", date(2026, 11, 3)]


def refusal(content: bytes) -> Finding:
    with pytest.raises(UnreadableWorkbook) as caught:
        read(content)
    return caught.value.finding


def test_a_copy_made_by_planpress_is_no_workbook() -> None:
    assert refusal(workbook(good(Tasks=[TASKS, TASK]), kind="copy")).id == "template-copy"


@pytest.mark.parametrize("code", [None, "", "  ", Blank()])
def test_a_blank_workbook_becomes_no_account(code: object) -> None:
    blank = [["Client ID", code], *[[label] for label, _ in CLIENT[1:]]]
    rows: list[list[Any]] = [TASKS, ["T1", None, None, None, None, None, "yes"], ["T2"]]
    finding = refusal(workbook({"Client": blank, "Tasks": rows, "Words": WORDS[:1]}, version=2))
    assert finding.id == "template-blank"
    assert "“Client ID”" in finding.message.to("en")
    assert "「取引先ID」" in finding.message.to("ja")


def test_a_filled_workbook_without_its_account_id_is_an_error_at_the_cell() -> None:
    book = read(good(Client=[["Client ID"], *CLIENT[1:]], Tasks=[TASKS, [*TASK, "much"]]))
    assert found(book) == [("cell-not-a-number", "Tasks!D2"), ("account-id-missing", "Client!B1")]
    assert only(book, "account-id-missing").severity is Severity.ERROR


def test_an_account_id_that_cannot_be_used_blocks_the_file_not_a_field() -> None:
    book = read(good(Client=[["Client ID", "../../x"], *CLIENT[1:]]))
    finding = only(book, "account-id-unusable")
    assert (finding.place, finding.field, finding.severity) == ("Client!B1", None, Severity.ERROR)
    assert "../../x" in finding.message.to("de")
    assert len(book.findings) == 1


@pytest.mark.parametrize(("name", "code"), [(None, "account-name-missing"), ("unknown", "account-name-missing")])
def test_an_account_without_a_name_is_told_at_the_cell(name: str | None, code: str) -> None:
    book = read(good(Client=[CLIENT[0], ["Name", name], *CLIENT[2:]]))
    assert [(item.id, item.place, item.field) for item in book.findings] == [(code, "Client!B2", None)]


def test_an_account_whose_id_or_name_is_an_error_cell_is_told_at_the_cell() -> None:
    book = read(good(Client=[["Client ID", Formula("=A1", "#N/A")], ["Name", Formula("=B9")], *CLIENT[2:]]))
    assert found(book) == [("account-id-unusable", "Client!B1"), ("account-name-unusable", "Client!B2")]
    assert "#N/A" in book.findings[0].message.to("en")


def test_an_unknown_template_is_named_with_the_known_ones() -> None:
    finding = refusal(workbook(good(), template="budget"))
    assert finding.id == "template-unknown"
    assert "“budget”" in finding.message.to("en")
    assert "small" in finding.message.to("en")


def test_a_workbook_of_another_kind_is_not_recognised() -> None:
    content = workbook({"Sheet1": [["Item", "Price"], ["Tea", 3]]}, template=None)
    assert refusal(content).id == "template-not-recognised"


def test_a_lost_mark_is_a_warning_when_the_sheets_tell_the_template() -> None:
    content = workbook(good(Tasks=[TASKS, TASK]), template=None)
    book = extract(arrival(content), {"small": SMALL, "account_plan": shipped_template()})
    assert (book.template, found(book)) == ("small", [("template-mark-missing", "")])


def test_a_lost_mark_that_fits_two_templates_is_refused() -> None:
    content = workbook(good(), template=None)
    with pytest.raises(UnreadableWorkbook) as caught:
        extract(arrival(content), {"small": SMALL, "other": SMALL})
    assert caught.value.finding.id == "template-not-recognised"


def test_an_older_version_is_a_warning_and_does_not_miss_what_is_new() -> None:
    book = read(workbook(good(Client=CLIENT[:-1]), version=1))
    assert (book.version, found(book)) == (1, [("template-older", "")])
    assert "version 1" in only(book, "template-older").message.to("en")


def test_a_newer_version_is_an_error_and_is_read_all_the_same() -> None:
    book = read(workbook(good(Tasks=[TASKS, TASK]), version=3))
    assert (book.version, found(book)) == (3, [("template-newer", "")])
    assert only(book, "template-newer").severity is Severity.ERROR
    assert len(book.tables["tasks"].rows) == 1


def test_a_missing_sheet_is_an_error_naming_it() -> None:
    book = read(good(Tasks=None))
    assert [(item.id, item.sheet, item.section, item.severity) for item in book.findings] == [
        ("sheet-missing", "Tasks", "tasks", Severity.ERROR)
    ]
    assert (book.tables["tasks"].present, book.tables["tasks"].rows) == (False, ())


def test_a_missing_form_has_one_empty_row() -> None:
    book = read(good(Client=None, Tasks=[TASKS, TASK]))
    assert ("sheet-missing", "Client") in found(book)
    (row,) = book.tables["client"].rows
    assert (filled(row), dict(row.cells)) == ({}, {})


def test_a_sheet_is_missed_only_where_the_tier_asks_for_it() -> None:
    assert found(read(good())) == []
    full = good(Client=[*CLIENT[:2], ["Tier", "Full"], *CLIENT[3:], ["Story", "Long"]])
    assert found(read(full)) == [("sheet-missing", "Extras")]


def test_a_renamed_sheet_is_recognised_by_its_headings() -> None:
    sheets: Sheets = {"Our client": CLIENT, "List of jobs": [TASKS, TASK], "Words": WORDS, "Chat": [["Hello"]]}
    book = read(sheets)
    assert found(book) == [("sheet-renamed", "Our client"), ("sheet-renamed", "List of jobs")]
    message = book.findings[1].message.to("en")
    assert "“Tasks”" in message
    assert str(book.tables["tasks"].rows[0].cells["what"]) == "List of jobs!B2"


def test_a_sheet_is_known_by_alias_and_in_any_case() -> None:
    book = read({"CLIENT ": CLIENT, "to do": [TASKS, TASK], "Words": WORDS})
    assert found(book) == []


def test_further_sheets_are_nobodys_business() -> None:
    assert found(read(good(Calculation=[[1, 2], ["No.", 3]], **{"My notes": [["x"]]}))) == []


def test_two_sheets_for_one_are_told_and_the_one_in_the_workbooks_language_is_read() -> None:
    book = read(good(Tasks=[TASKS, TASK], Aufgaben=[TASKS, ["T9", "Alt"]]))
    assert found(book) == [("sheet-twice", "Aufgaben")]
    assert [row.values["no"] for row in book.tables["tasks"].rows] == ["T1"]


def test_a_hidden_sheet_that_nobody_asks_for_is_switched_off_until_it_is_used() -> None:
    empty, used = [["Title", "Rank"]], [["Title", "Rank"], ["First", 1]]
    hidden = read(workbook(good(Extras=empty), version=2, hidden=("Extras",)))
    assert (found(hidden), hidden.tables["extras"].present) == ([], False)
    shown = read(workbook(good(Extras=empty), version=2))
    assert shown.tables["extras"].present
    filled_in = read(workbook(good(Extras=used), version=2, hidden=("Extras",)))
    assert (filled_in.tables["extras"].present, len(filled_in.tables["extras"].rows)) == (True, 1)


def test_an_account_without_tier_is_asked_for_the_lowest() -> None:
    assert found(read(good(Client=[*CLIENT[:2], ["Tier"], *CLIENT[3:]]))) == []


def test_a_template_made_of_other_words_is_read_the_same_way() -> None:
    tiny = template("""
template: tiny
version: 1
title: Tiny
roles: {id: head.ref, name: head.who}
sheets:
  - {sheet: Head, kind: form, name: head, fields: [{name: ref, label: Reference, type: text, required: true}, {name: who, label: Who, type: text, required: true}]}
  - {sheet: Steps, kind: table, name: steps, key: [step], fields: [{name: step, label: Step, type: text, required: true}]}
""")  # noqa: E501 - a template as people write it
    content = workbook({"Head": [["Reference", 17], ["Who", "Ana"]], "Steps": [["Step"], ["One"]]}, template="tiny")
    book = extract(arrival(content), {"tiny": tiny})
    assert (book.findings, book.language) == ((), "en")
    assert filled(book.tables["head"].rows[0]) == {"ref": "17", "who": "Ana"}
    assert [filled(row) for row in book.tables["steps"].rows] == [{"step": "One"}]
