"""A plain good workbook, read whole."""

from datetime import UTC, date, datetime
from decimal import Decimal

from pipeline.model import CellRef
from tests.extract.small import CLIENT, TASKS, WORDS, filled, good, read
from tests.support.workbooks import workbook


def test_a_good_workbook_is_read_whole_and_nothing_is_found() -> None:
    book = read(
        good(
            Tasks=[
                TASKS,
                ["T1", "Call", date(2026, 11, 3), 1234.5, 0.05, 3.0, "yes", "Done", "T2, T3", date(2026, 10, 17),
                 "ana@contoso.example", "https://contoso.example/a", "plant.png", "Two\nlines"],
            ]
        )
    )  # fmt: skip
    assert book.findings == ()
    assert (book.template, book.version, book.language) == ("small", 2, "en")
    assert (book.saved_by, book.saved_at) == ("Ana Ferreira", datetime(2026, 11, 1, 9, tzinfo=UTC))
    assert filled(book.tables["client"].rows[0]) == {
        "code": "CON-1", "name": "Contoso", "tier": "Basic", "currency": "EUR", "language": "en",
        "spend": Decimal(1000), "founded": date(1999, 5, 1),
    }  # fmt: skip
    (row,) = book.tables["tasks"].rows
    assert filled(row) == {
        "no": "T1", "what": "Call", "due": date(2026, 11, 3), "amount": Decimal("1234.5"), "share": Decimal("0.05"),
        "pieces": 3, "open": True, "state": "done", "serves": ("T2", "T3"), "month": date(2026, 10, 1),
        "mail": "ana@contoso.example", "link": "https://contoso.example/a", "image": "plant.png", "note": "Two\nlines",
    }  # fmt: skip
    assert filled(book.tables["goods"].rows[0]) == {"name": "Pump", "size": Decimal(2)}
    assert filled(book.tables["places"].rows[0]) == {"name": "North"}


def test_every_value_remembers_its_cell() -> None:
    book = read(good(Tasks=[TASKS, ["T1", "Call", date(2026, 11, 3)]]))
    (row,) = book.tables["tasks"].rows
    assert str(row.cells["due"]) == "Tasks!C2"
    assert row.cells["amount"] == CellRef("Tasks", 2, 4)
    assert str(book.tables["client"].rows[0].cells["currency"]) == "Client!B4"
    assert str(book.tables["places"].rows[0].cells["name"]) == "Words!D2"


def test_row_numbers_are_unique_and_tell_section_and_row() -> None:
    book = read(good(Tasks=[TASKS, ["T1", "Call"], [], ["T2", "Write"]]))
    assert [row.number for row in book.tables["tasks"].rows] == [20_000_002, 20_000_004]
    numbers = [row.number for table in book.tables.values() for row in table.rows]
    assert len(set(numbers)) == len(numbers)


def test_a_sheet_that_the_tier_does_not_ask_for_may_be_missing() -> None:
    book = read(good())
    assert book.findings == ()
    assert (book.tables["extras"].present, book.tables["extras"].rows) == (False, ())


def test_nothing_but_the_bytes_decides() -> None:
    content = workbook({"Client": CLIENT, "Tasks": [TASKS, ["T1", "Call"]], "Words": WORDS}, version=2)
    assert read(content) == read(content)
