"""Forms: label and value pairs, wherever people put them and in whatever language they label them."""

from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.extract import extract
from pipeline.model import Severity
from tests.extract.small import CLIENT, GERMAN_TASKS, filled, found, good, only, read
from tests.support.workbooks import At, Blank, Formula, arrival, template, workbook

GERMAN: list[list[Any]] = [["Mandantennummer", "CON-1"], ["Name", "Contoso"], ["Stufe", "Basis"], ["Währung", "EUR"],
          ["Sprache", "Deutsch"], ["Jährliche Ausgaben", 5], ["Gegründet", date(1999, 5, 1)]]  # fmt: skip


def client(rows: object) -> dict[str, object]:
    return filled(read(good(Client=rows)).tables["client"].rows[0])


def test_labels_may_stand_anywhere_in_any_order() -> None:
    book = read(good(Client=At("D7", [["Our client"], [], *reversed(CLIENT)])))
    assert found(book) == []
    assert filled(book.tables["client"].rows[0]) == client(CLIENT)
    assert str(book.tables["client"].rows[0].cells["code"]) == "Client!E15"


def test_labels_are_found_without_regard_to_case_spacing_and_marks() -> None:
    rows = [["  CLIENT   id *", "CON-1"], ["name:", "Contoso"], *CLIENT[2:5], ["Yearly\nspend (EUR)", 5], CLIENT[6]]
    assert client(rows)["spend"] == Decimal(5)


def test_labels_are_found_by_alias() -> None:
    assert client([*CLIENT[:5], ["Spend", 7], CLIENT[6]])["spend"] == Decimal(7)


def test_labels_of_another_language_are_read_and_tell_the_language() -> None:
    book = read({"Mandant": GERMAN, "Aufgaben": [GERMAN_TASKS], "Wörter": [["Ware", "Größe", None, "Ort"]]})
    assert (book.language, found(book)) == ("de", [])
    assert filled(book.tables["client"].rows[0])["tier"] == "Basic"


def test_the_title_of_a_sheet_is_no_label_when_a_field_is_called_the_same() -> None:
    tiny = template("""
template: tiny
version: 1
title: Tiny
roles: {id: head.ref, name: head.name}
sheets: [{sheet: Client, kind: form, name: head, fields: [
  {name: ref, label: Reference, type: text}, {name: name, label: Client, type: text, required: true}]}]
""")
    for name, findings in (("Contoso", []), (None, [("account-name-missing", "Client!B3")])):
        rows: list[list[Any]] = [["Client", None, "Back to start"], ["Reference", "R-1"], ["Client", name]]
        book = extract(arrival(workbook({"Client": rows}, template="tiny")), {"tiny": tiny})
        assert (found(book), book.tables["head"].rows[0].values["name"]) == (findings, name)


def test_a_value_that_reads_like_a_label_is_a_value() -> None:
    values = client([["Client ID", "CON-1"], ["Name", "Language"], *CLIENT[2:4], ["Language", "German"], *CLIENT[5:]])
    assert (values["name"], values["language"]) == ("Language", "de")


def test_labels_merged_over_cells_have_their_value_behind_them() -> None:
    rows = [["Client ID", None, "CON-1"], *[[label, None, value] for label, value in CLIENT[1:]]]
    book = read(good(Client=At("A1", rows, merged=("A1:B1", "A2:B2"))))
    assert (found(book), filled(book.tables["client"].rows[0])) == ([], client(CLIENT))


def test_a_value_column_may_stand_apart_from_the_labels() -> None:
    assert client([[label, None, None, value] for label, value in CLIENT]) == client(CLIENT)


def test_a_single_value_that_was_moved_is_read_and_told() -> None:
    book = read(good(Client=[*CLIENT[:5], ["Yearly spend", None, None, 9], CLIENT[6]]))
    assert found(book) == [("label-value-moved", "Client!D6")]
    assert filled(book.tables["client"].rows[0])["spend"] == Decimal(9)
    assert "B6" in only(book, "label-value-moved").message.to("en")


def test_help_units_and_status_beside_an_open_value_are_no_value() -> None:
    rows = [
        ["Client ID", "CON-1", None, "3 to 20 capitals or digits."], *CLIENT[1:5],
        ["Yearly spend", Blank(), "per year", None, Formula('=IF(B6="","open","")', "open")],
        ["Founded", None, None, "Note", "Note"], ["Story", None, None, None, "Note"],
    ]  # fmt: skip
    book = read(good(Client=rows))
    assert "spend" not in filled(book.tables["client"].rows[0])


def test_a_missing_label_of_a_required_field_is_an_error_and_of_another_a_warning() -> None:
    book = read(good(Client=[CLIENT[0], *CLIENT[2:6]]))
    assert [(item.id, item.severity) for item in book.findings] == [
        ("label-missing", Severity.ERROR), ("label-absent", Severity.WARNING),
    ]  # fmt: skip
    assert "“Name”" in only(book, "label-missing").message.to("en")
    assert "Founded" in only(book, "label-absent").message.to("en")


def test_a_label_that_only_a_higher_tier_asks_for_is_not_missed() -> None:
    assert found(read(good(Client=CLIENT))) == []
    full = read(good(Client=[*CLIENT[:2], ["Tier", "Full"], *CLIENT[3:]], Extras=[["Title", "Rank"]]))
    assert found(full) == [("label-absent", "Client")]


def test_a_label_that_stands_twice_with_values_is_told() -> None:
    book = read(good(Client=[*CLIENT, ["Yearly spend", 77]]))
    assert found(book) == [("label-twice", "Client!B8")]
    assert filled(book.tables["client"].rows[0])["spend"] == Decimal(1000)


def test_unknown_is_a_known_gap() -> None:
    row = read(good(Client=[*CLIENT[:5], ["Yearly spend", "unbekannt"], ["Founded", "不明"]])).tables["client"].rows[0]
    assert row.unknown == {"spend", "founded"}
    assert row.values["spend"] is None


def test_every_fault_of_a_form_is_told_at_once() -> None:
    rows = [["Client ID", "CON-1"], ["Name", "Contoso"], ["Tier", Formula("=#REF!", "#REF!")],
            ["Currency", "Gold"], ["Language", "English"], ["Yearly spend", Formula("=Prices!B2")],
            ["Founded", "soon"]]  # fmt: skip
    book = read(good(Client=rows))
    assert found(book) == [
        ("cell-error", "Client!B3"), ("cell-not-a-choice", "Client!B4"), ("cell-not-calculated", "Client!B6"),
        ("cell-not-a-date", "Client!B7"),
    ]  # fmt: skip
    assert {(item.section, item.field) for item in book.findings} == {
        ("client", "tier"), ("client", "currency"), ("client", "spend"), ("client", "founded"),
    }  # fmt: skip
    assert all(item.severity is Severity.ERROR and item.blocks == () for item in book.findings)
    assert "#REF!" in book.findings[0].message.to("de")
