"""Days and months in text: ISO, the account's forms, names of months; never guessed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.conventions import Conventions
from pipeline.extract.days import day_readings, month_readings
from pipeline.formats import Formatter

THIRD = date(2026, 11, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03", "2026-11-03 00:00:00", "2026-11-03T08:30", "2026/11/3", "2026.11.03", "2026年11月3日",
        "03.11.2026", "3. 11. 2026", "3.11.26", "3 Nov 2026", "3. November 2026", "Nov 3, 2026", "November 3rd, 2026",
        "3-Nov-26", "3 nov. 2026", "２０２６年１１月３日", "3 novembre 2026",
    ],
)  # fmt: skip
def test_a_day_that_reads_one_way_is_read(text: str) -> None:
    assert day_readings(text, None) == [THIRD]


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/11/2026", "day first", THIRD),
        ("11/03/2026", "month first", THIRD),
        ("3/11/26", "day first", THIRD),
        ("11/30/2026", "day first", date(2026, 11, 30)),
        ("30/11/2026", "month first", date(2026, 11, 30)),
    ],
)
def test_slashes_follow_the_accounts_order(text: str, order: str, day: date) -> None:
    assert day_readings(text, order) == [day]  # type: ignore[arg-type]  # a plain string in a table of cases


def test_without_an_order_both_readings_are_returned() -> None:
    assert day_readings("03/11/2026", None) == [THIRD, date(2026, 3, 11)]
    assert day_readings("11/11/2026", None) == [date(2026, 11, 11)]


@pytest.mark.parametrize(
    "text",
    [
        "soon", "31.02.2026", "2026-13-01", "Q3 2026", "2026", "3 Foo 2026", "12:30", "45000", "", "May",
        "Monday 3 Nov 2026",
    ],
)  # fmt: skip
def test_what_is_no_day_has_no_reading(text: str) -> None:
    assert day_readings(text, "day first") == []


@pytest.mark.parametrize(
    "text",
    [
        "2026-10", "2026/10", "10/2026", "10.2026", "Oct 2026", "Okt 2026", "Okt. 2026", "October 2026", "Oct-26",
        "2026年10月", "17.10.2026", "2026-10-31", "Oktober 2026",
    ],
)  # fmt: skip
def test_a_month_is_read_as_its_first_day(text: str) -> None:
    assert month_readings(text, None) == [date(2026, 10, 1)]


@pytest.mark.parametrize("text", ["10-26", "Q4 2026", "10", "Foo 2026", "2026-13"])
def test_what_is_no_month_has_no_reading(text: str) -> None:
    assert month_readings(text, None) == []


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2069, 12, 31)), st.sampled_from(["en", "de", "fr", "ja"]))
def test_whatever_a_language_prints_is_read_back(day: date, language: str) -> None:
    order = Conventions((language,), "EUR").date_order
    printer = Formatter(language)
    assert day_readings(printer.date(day), order) == [day]
    assert day_readings(printer.long_date(day), order) == [day]
    assert month_readings(printer.month(day), order) == [day.replace(day=1)]


@given(st.dates(min_value=date(1000, 1, 1)))
def test_iso_is_read_whatever_the_order(day: date) -> None:
    assert {tuple(day_readings(day.isoformat(), order)) for order in ("day first", "month first", None)} == {(day,)}


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 1, 1)))
def test_two_readings_are_told_only_where_day_and_month_can_change_places(day: date) -> None:
    text = f"{day:%d/%m/%Y}"
    assert (len(day_readings(text, None)) == 2) == (day.day <= 12 and day.day != day.month)
    assert day_readings(text, "day first") == [day]
    assert day + timedelta(0) in day_readings(text, None)


@given(st.text(max_size=15))
def test_any_text_can_be_asked(text: str) -> None:
    assert all(isinstance(day, date) for day in day_readings(text, None) + month_readings(text, "day first"))
