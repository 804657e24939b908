"""Every print is rounded once, half away from zero, in the reader's language."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats import Formatter, rounded, scale_for, significant


@pytest.mark.parametrize(
    ("language", "currency", "expected"),
    [
        ("en", "EUR", "−€1,234,567.56"),
        ("de", "EUR", "−1.234.567,56\u00a0€"),
        ("fr", "CHF", "−1\u00a0234\u00a0567,56\u00a0CHF"),
        ("ja", "JPY", "−￥1,234,568"),
        ("en", "KWD", "−KWD\u00a01,234,567.56"),
        ("de", None, "−1.234.567,56"),
    ],
)
def test_money_follows_language_and_currency(language: str, currency: str | None, expected: str) -> None:
    assert Formatter(language, currency).money(Decimal("-1234567.555"), 2) == expected


@pytest.mark.parametrize(
    ("language", "currency", "value", "expected"),
    [
        ("en", "EUR", "1234567", "€1.23m"),
        ("en", "EUR", "999950", "€1.00m"),
        ("en", "EUR", "999", "€999"),
        ("en", "EUR", "999.6", "€1.00k"),
        ("en", "EUR", "20", "€20"),
        ("en", "EUR", "-20.5", "−€21"),
        ("en", "EUR", "-0.4", "€0"),
        ("ja", "JPY", "500", "￥500"),
        ("de", "EUR", "1234567", "1,23\u00a0Mio.\u00a0€"),
        ("de", "EUR", "-12345", "−12,3\u00a0Tsd.\u00a0€"),
        ("ja", "JPY", "123456789", "￥1.23億"),
        ("ja", "JPY", "1234567", "￥123万"),
    ],
)
def test_short_money_has_three_significant_digits(language: str, currency: str, value: str, expected: str) -> None:
    assert Formatter(language, currency).short_money(Decimal(value)) == expected


def test_per_cent_is_a_fraction_and_beyond_a_thousand_says_so() -> None:
    english, german = Formatter("en"), Formatter("de")
    assert english.percent(Decimal("0.0425")) == "4.3%"
    assert german.percent(Decimal("-0.0425"), signed=True) == "−4,3\u00a0%"
    assert english.percent(Decimal(10)) == ">999%"
    assert english.percent(Decimal(-12), signed=True) == "−>999%"
    assert english.percent(Decimal("9.9999"), 0) == "1,000%"


def test_differences_of_ratios_print_as_points() -> None:
    assert Formatter("en").points(Decimal("-1.14")) == "−1.1\u00a0pp"
    assert Formatter("ja").points(Decimal("0.25")) == "+0.3ポイント"


def test_dates_and_months_follow_the_language() -> None:
    day = dt.date(2026, 11, 9)
    assert [Formatter(language).date(day) for language in ("en", "de", "fr", "ja")] == [
        "9 Nov 2026",
        "09.11.2026",
        "9 nov. 2026",
        "2026/11/09",
    ]
    assert [Formatter(language).month(day) for language in ("en", "de", "ja")] == [
        "Nov 2026",
        "Nov. 2026",
        "2026年11月",
    ]
    assert Formatter("de").print(day, "month") == "Nov. 2026"


def test_a_zero_has_no_sign_even_where_signs_are_asked_for() -> None:
    formatter = Formatter("en", "EUR")
    assert formatter.money(Decimal("-0.2"), signed=True) == "€0"
    assert formatter.number(Decimal("0.004"), 2, signed=True) == "0.00"


@pytest.mark.parametrize(("value", "expected"), [("0.5", "1"), ("-0.5", "-1"), ("2.5", "3"), ("1.4999", "1")])
def test_rounding_is_half_away_from_zero(value: str, expected: str) -> None:
    assert rounded(Decimal(value), 0) == Decimal(expected)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4), st.integers(1, 6))
def test_significant_digits_never_move_a_number_by_more_than_half_a_step(value: Decimal, digits: int) -> None:
    result, _ = significant(value, digits)
    step = Decimal(1).scaleb(value.adjusted() - digits + 1) if value else Decimal(1)
    assert abs(result - value) <= step / 2
    assert len(result.normalize().as_tuple().digits) <= digits


def test_all_numbers_of_a_figure_share_one_scale() -> None:
    scale = scale_for(Formatter("en", "EUR"), "money", [Decimal(1_234_567), Decimal(45_678), None])
    assert (scale.unit_label, scale.text(Decimal(1_234_567)), scale.text(Decimal(45_678)), scale.text(None)) == (
        "EUR m",
        "1.23",
        "0.05",
        "",
    )


@pytest.mark.parametrize(
    ("language", "currency", "label"), [("de", "EUR", "Tsd. EUR"), ("ja", "JPY", "万円"), ("fr", "EUR", "EUR k")]
)
def test_the_unit_of_a_figure_is_said_as_the_language_says_it(language: str, currency: str, label: str) -> None:
    assert scale_for(Formatter(language, currency), "money", [Decimal(98_765)]).unit_label == label


def test_a_percent_figure_prints_hundredths() -> None:
    scale = scale_for(Formatter("de"), "percent", [Decimal("0.4215")])
    assert (scale.unit_label, scale.text(Decimal("0.4215"))) == ("%", "42,2")
