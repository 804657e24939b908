"""Typed values: what each type of field makes of what people put into cells."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.author import words as written
from pipeline.extract.conventions import Conventions
from pipeline.extract.faults import Flaw
from pipeline.extract.grid import Raw
from pipeline.extract.values import Gap, reader_for
from pipeline.extract.words import UNKNOWN_WORDS
from tests.extract.small import CLIENT, GERMAN_TASKS, SMALL, TASKS, filled, found, good, only, read, tasks
from tests.support.workbooks import Styled, edited, template, workbook

EURO = Conventions(("en",), "EUR")


def value(field: str, raw: Raw, conventions: Conventions = EURO) -> Any:
    return reader_for(SMALL.field(field), conventions)(raw)


def code(field: str, raw: Raw, conventions: Conventions = EURO) -> str:
    flaw = value(field, raw, conventions)
    assert isinstance(flaw, Flaw), flaw
    return flaw.code


# Text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" Contoso  ", "Contoso"),
        ("00123", "00123"),
        (123.0, "123"),
        (0.1, "0.1"),
        (1234567890123456.0, "1234567890123456"),
        (1e-7, "0.0000001"),
        (True, "TRUE"),
        (date(2026, 11, 3), "2026-11-03"),
        ("NA", "NA"),
        ("None", "None"),
        ("null", "null"),
        ("two\nlines", "two lines"),
        ("a\tb", "a b"),
        ("a\x00b\x07c\x0bd\x0ce\x1ff\x7fg\x85h", "abcdefg h"),
        ('R&D <EMEA> "x"', 'R&D <EMEA> "x"'),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("<img src=file:///etc/passwd>", "<img src=file:///etc/passwd>"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("../../x", "../../x"),
        ("🚀 " * 100, ("🚀 " * 100).strip()),
        ("شركة المثال", "شركة المثال"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("\ufeffT1\u200b", "T1"),
        ("A" * 300, "A" * 300),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)  # fmt: skip
def test_text_stays_what_people_wrote_without_what_they_cannot_see(raw: Raw, text: str) -> None:
    assert value("client.name", raw) == text


def test_long_text_keeps_its_lines() -> None:
    assert value("tasks.note", " one\r\ntwo\rthree\u2028four\tfive\x07 ") == "one\ntwo\nthree\nfour five"


@pytest.mark.parametrize("raw", ["", " ", "\u3000", "\x07", "\n\t"])
@pytest.mark.parametrize("field", [f"tasks.{name}" for name in SMALL.tables["tasks"].by_name])
def test_what_shows_nothing_is_empty(field: str, raw: str) -> None:
    assert value(field, raw) is None


@pytest.mark.parametrize("word", ["unknown", "Unknown ", "UNBEKANNT", "不明"])
@pytest.mark.parametrize("field", [f"tasks.{name}" for name in SMALL.tables["tasks"].by_name if name != "state"])
def test_unknown_in_any_language_is_a_known_gap_in_every_type(field: str, word: str) -> None:
    assert value(field, word) is Gap.UNKNOWN


def test_a_choice_called_unknown_is_a_choice() -> None:
    assert value("tasks.state", "不明") == "unknown"


def test_a_pattern_is_explained_by_the_fields_help() -> None:
    assert value("client.code", "CON-1") == "CON-1"
    flaw = value("client.code", "con 1")
    assert (flaw.code, flaw.arguments["help"].to("en")) == ("cell-pattern", "3 to 20 capitals or digits.")


# Words


@pytest.mark.parametrize("word", ["done", "Done", "DONE ", "Fertig", "完了"])
def test_a_choice_is_known_by_code_and_by_its_label_in_any_language(word: str) -> None:
    assert value("tasks.state", word) == "done"


def test_a_choice_that_is_none_is_told_with_the_choices_there_are() -> None:
    book = read(good(Tasks=[TASKS, ["T1", "Call", None, None, None, None, None, "Won"]]))
    message = only(book, "cell-not-a-choice").message
    assert "New, Done, Unknown" in message.to("en")
    assert "Neu, Fertig, Unbekannt" in message.to("de")
    assert "新規、完了、不明" in message.to("ja")


@pytest.mark.parametrize("raw", ["yes", "Yes ", "JA", "x", "TRUE", "wahr", "はい", "oui", True, 1.0])
def test_yes_is_yes_in_any_language(raw: Raw) -> None:
    assert value("tasks.open", raw) is True


@pytest.mark.parametrize("raw", ["no", "Nein", "FALSE", "falsch", "いいえ", "non", False, 0.0])
def test_no_is_no_in_any_language(raw: Raw) -> None:
    assert value("tasks.open", raw) is False


@pytest.mark.parametrize("raw", ["maybe", "yes and no", 2.0, date(2026, 1, 1)])
def test_neither_is_refused(raw: Raw) -> None:
    assert code("tasks.open", raw) == "cell-not-yes-or-no"


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        ("T1", ("T1",)),
        ("T1, T2;T3、T4\nT5", ("T1", "T2", "T3", "T4", "T5")),
        ("T1,,T1", ("T1",)),
        (",", None),
        (7.0, ("7",)),
    ],
)
def test_references_are_split_at_commas_and_semicolons(raw: Raw, keys: object) -> None:
    assert value("tasks.serves", raw) == keys


# Numbers


def test_numbers_carry_no_binary_noise() -> None:
    assert value("tasks.amount", 0.1 + 0.2) == Decimal("0.3")
    assert value("tasks.amount", 1234.565) == Decimal("1234.565")


def test_a_whole_number_is_an_integer() -> None:
    assert value("tasks.pieces", 3.0) == 3
    assert isinstance(value("tasks.pieces", "3"), int)
    assert code("tasks.pieces", 3.5) == "cell-not-whole"
    assert code("tasks.pieces", -1.0) == "cell-too-small"


@pytest.mark.parametrize(
    ("raw", "share"),
    [
        (0.05, "0.05"), ("5 %", "0.05"), ("5%", "0.05"), ("5,5 %", "0.055"), ("0.05", "0.05"), ("５％", "0.05"),
        ("100 %", "1"),
    ],
)  # fmt: skip
def test_per_cent_is_a_fraction(raw: Raw, share: str) -> None:
    assert value("tasks.share", raw) == Decimal(share)


def test_bounds_are_told_as_the_field_is_written() -> None:
    book = read(good(Tasks=[TASKS, ["T1", "Call", None, None, 5]]))
    message = only(book, "cell-too-large").message
    assert message.to("en") == "500% is too large for “Share”: it is at most 100%. Check the value."
    assert message.to("de").startswith("500\u00a0% ist zu groß für „Anteil“: Es sind höchstens 100\u00a0%.")


@pytest.mark.parametrize("raw", [True, date(2026, 1, 1), time(1, 0), timedelta(hours=1), float("nan"), float("inf")])
def test_what_is_no_number_in_excel_is_none_here(raw: Raw) -> None:
    assert code("tasks.amount", raw) == "cell-not-a-number"
    assert code("tasks.share", raw) == "cell-not-a-percentage"


@pytest.mark.parametrize(("field", "raw"), [("tasks.amount", 1e18), ("tasks.pieces", 1e300)])
def test_a_number_that_no_plan_can_hold_is_refused(field: str, raw: float) -> None:
    assert code(field, raw) == "cell-number-too-long"


# Days


@pytest.mark.parametrize("raw", [date(2026, 11, 3), datetime(2026, 11, 3, 14, 30), "03.11.2026", "2026-11-03"])  # noqa: DTZ001 - Excel has no time zones
def test_a_day_is_a_day(raw: Raw) -> None:
    assert value("tasks.due", raw) == date(2026, 11, 3)


@pytest.mark.parametrize("raw", [time(12, 30), timedelta(hours=30)])
@pytest.mark.parametrize("field", ["tasks.due", "tasks.month"])
def test_a_duration_is_no_day(field: str, raw: Raw) -> None:
    assert code(field, raw) == "cell-duration"


def test_a_number_without_a_date_format_is_no_day() -> None:
    assert code("tasks.due", 45000.0) == "cell-not-a-date"
    assert code("tasks.month", 45000.0) == "cell-not-a-month"


@pytest.mark.parametrize("raw", [date(2026, 10, 17), "2026-10", "Okt 2026", "2026年10月", 202610.0])
def test_a_month_is_its_first_day(raw: Raw) -> None:
    assert value("tasks.month", raw) == date(2026, 10, 1)


def test_dates_of_the_1904_system_are_the_same_days() -> None:
    sheets = good(
        Tasks=[TASKS, ["T1", "Call", date(2026, 11, 3), None, None, None, None, None, None, date(2026, 10, 1)]]
    )
    row = read(workbook(sheets, version=2, date_1904=True)).tables["tasks"].rows[0]
    assert (row.values["due"], row.values["month"]) == (date(2026, 11, 3), date(2026, 10, 1))


def test_a_duration_in_a_file_is_told_at_its_cell() -> None:
    assert found(read(good(Tasks=[TASKS, ["T1", "Call", timedelta(hours=30)]]))) == [("cell-duration", "Tasks!C2")]


def test_a_day_that_reads_two_ways_is_told_with_both() -> None:
    client = [*CLIENT[:3], ["Currency"], *CLIENT[4:]]
    book = read(good(Client=client, Tasks=[TASKS, ["T1", "Call", "03/11/2026"]]))
    message = only(book, "cell-date-ambiguous").message.to("en")
    assert "2026-11-03" in message
    assert "2026-03-11" in message


# Addresses


@pytest.mark.parametrize("raw", ["ana@contoso.example", "mailto:ana@contoso.example", "a.b+c@sub.contoso.example"])
def test_an_address_is_an_address(raw: str) -> None:
    assert value("tasks.mail", raw) == raw.removeprefix("mailto:")


@pytest.mark.parametrize("raw", ["ana", "ana@contoso", "a@b.c, d@e.f", "Ana <ana@contoso.example>", 5.0])
def test_what_is_no_address_is_refused(raw: Raw) -> None:
    assert code("tasks.mail", raw) == "cell-not-an-email"


@pytest.mark.parametrize("raw", ["https://contoso.example/a?b=1#c", "contoso.example", "http://contoso.example:8080"])
def test_a_web_address_is_one(raw: str) -> None:
    assert value("tasks.link", raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "contoso",
        "https://a b.example",
        r"\\server\share",
        "data:text/html,x",
    ],
)
def test_what_could_do_harm_is_no_web_address(raw: str) -> None:
    assert code("tasks.link", raw) == "cell-not-a-web-address"


@pytest.mark.parametrize("raw", ["../secret.png", "/etc/x.png", "C:\\x.png", "plant.exe", "plant"])
def test_a_picture_is_a_file_name_and_nothing_else(raw: str) -> None:
    assert value("tasks.image", "plant one.PNG") == "plant one.PNG"
    assert code("tasks.image", raw) == "cell-not-a-picture"


def test_the_words_that_a_blank_workbook_offers_are_those_that_are_read() -> None:
    assert set(written.UNKNOWN_WORDS) == UNKNOWN_WORDS
    assert all(value("tasks.open", text) is True for text in written.YES.by_language.values())
    assert all(value("tasks.open", text) is False for text in written.NO.by_language.values())


# Whole rows under an account's conventions


def test_a_german_account_writes_german_numbers_and_dates() -> None:
    client = [["Mandantennummer", "CON-1"], ["Name", "Contoso"], ["Stufe", "Basis"], ["Währung", "EUR"],
              ["Sprache", "Deutsch"], ["Jährliche Ausgaben", "1.234"], ["Gegründet", "3. Mai 1999"]]  # fmt: skip
    rows = [
        GERMAN_TASKS,
        ["T1", "Anruf", "03.11.2026", "1.234,56", "5,5 %", "1.000", "ja", "Fertig", "T2; T3", "Okt 2026"],
    ]
    book = read(
        workbook(
            {"Mandant": client, "Aufgaben": rows, "Wörter": [["Ware", "Größe", None, "Ort"]]}, version=2, language="de"
        )
    )
    assert (found(book), book.language) == ([], "de")
    assert filled(book.tables["client"].rows[0])["spend"] == Decimal(1234)
    assert filled(book.tables["tasks"].rows[0]) == {
        "no": "T1", "what": "Anruf", "due": date(2026, 11, 3), "amount": Decimal("1234.56"), "share": Decimal("0.055"),
        "pieces": 1000, "open": True, "state": "done", "serves": ("T2", "T3"), "month": date(2026, 10, 1),
    }  # fmt: skip


def test_an_english_account_in_euro_is_asked_where_a_point_can_mean_two_things() -> None:
    book = read(good(Tasks=[TASKS, ["T1", "Call", "03/11/2026", "1.234"]]))
    assert found(book) == [("cell-number-ambiguous", "Tasks!D2")]
    message = only(book, "cell-number-ambiguous").message
    assert "1.234 or as 1,234" in message.to("en")
    assert "1,234 oder als 1.234" in message.to("de")


def test_text_ids_keep_their_zeros_and_numbers_in_text_fields_lose_their_point() -> None:
    table = tasks(["00123", "Call"], [124, "Write"], [Styled("007", "@"), "Visit"])
    assert [row.values["no"] for row in table.rows] == ["00123", "124", "007"]


def test_readings_above_japanese_words_are_left_out() -> None:
    content = workbook(good(Tasks=[TASKS, ["T1", "Call"]]), version=2)
    reading = '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh>'.encode()
    book = read(edited(content, "xl/sharedStrings.xml", lambda xml: xml.replace(b"<t>Call</t>", reading)))
    assert book.tables["tasks"].rows[0].values["what"] == "東京"


def test_a_long_text_is_shortened_in_messages() -> None:
    book = read(good(Tasks=[TASKS, ["T1", "Call", "x" * 500]]))
    assert len(only(book, "cell-not-a-date").message.to("en")) < 200


def test_a_field_without_bounds_or_choices_needs_no_more_than_its_type() -> None:
    tiny = template("""
template: tiny
version: 1
title: Tiny
roles: {id: head.ref, name: head.ref}
sheets: [{sheet: Head, kind: form, name: head, fields: [{name: ref, label: Reference, type: person}]}]
""")
    assert reader_for(tiny.field("head.ref"), Conventions())("  Ana \n Ferreira ") == "Ana   Ferreira"
