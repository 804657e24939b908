"""Numbers in text: read the way the account writes them, never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.conventions import Conventions
from pipeline.extract.faults import Flaw
from pipeline.extract.numerals import readings
from pipeline.extract.values import reader_for
from pipeline.formats import Formatter
from tests.extract.small import SMALL

AMOUNT = SMALL.field("tasks.amount")
GERMAN, BRITISH, AMERICAN, JAPANESE, SWISS, FRENCH = (
    Conventions((language,), currency)
    for language, currency in (("de", "EUR"), ("en", "GBP"), ("en", "USD"), ("ja", "JPY"), ("de", "CHF"), ("fr", "EUR"))
)  # fmt: skip
MIXED = Conventions(("en",), "EUR")


def amount(text: str, conventions: Conventions) -> object:
    return reader_for(AMOUNT, conventions)(text)


@pytest.mark.parametrize(
    ("text", "conventions", "value"),
    [
        ("1.234,56", GERMAN, "1234.56"),
        ("1,234.56", AMERICAN, "1234.56"),
        ("1 234,56", FRENCH, "1234.56"),
        ("1\u202f234,56", FRENCH, "1234.56"),
        ("1'234.56", SWISS, "1234.56"),
        ("1’234’567.5", SWISS, "1234567.5"),
        ("1.234", GERMAN, "1234"),
        ("1.234", BRITISH, "1.234"),
        ("1,234", JAPANESE, "1234"),
        ("1.234.567", AMERICAN, "1234567"),
        ("12,5", AMERICAN, "12.5"),
        ("0,125", AMERICAN, "0.125"),
        ("12", MIXED, "12"),
        ("12.5", MIXED, "12.5"),
        ("1.234,50", MIXED, "1234.50"),
        ("€ 1.234,56", GERMAN, "1234.56"),
        ("1.234,56 €", GERMAN, "1234.56"),
        ("1.234,56 EUR", GERMAN, "1234.56"),
        ("-€5", MIXED, "-5"),
        ("$1,200", AMERICAN, "1200"),
        ("￥１，２００", JAPANESE, "1200"),
        ("1,200円", JAPANESE, "1200"),
        ("▲1,200", JAPANESE, "-1200"),
        ("(1,200.50)", BRITISH, "-1200.50"),
        ("\u22121,200.50", BRITISH, "-1200.50"),
        ("1.200,-", GERMAN, "1200"),
        ("1.200–", GERMAN, "-1200"),
        ("+7", GERMAN, "7"),
        (".5", AMERICAN, "0.5"),
        ("  42\u00a0", GERMAN, "42"),
        ("\x0742\x0c", GERMAN, "42"),
    ],
)
def test_a_number_is_read_as_the_account_writes_it(text: str, conventions: Conventions, value: str) -> None:
    assert amount(text, conventions) == Decimal(value)


@pytest.mark.parametrize("text", ["1.234", "1,234", "-12,345", "€ 999.999"])
def test_what_can_be_read_in_two_ways_is_refused(text: str) -> None:
    found = amount(text, MIXED)
    assert isinstance(found, Flaw)
    assert found.code == "cell-number-ambiguous"


@pytest.mark.parametrize(
    "text",
    [
        "much",
        "12 pieces",
        "1.23.4",
        "1,23,4",
        "1..2",
        "12e3",
        "½",
        "10²",
        "0x10",
        "1_000",
        "--5",
        "1 2",
        "٣",
        "5 %",
        ".",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    found = amount(text, GERMAN)
    assert isinstance(found, Flaw)
    assert found.code == "cell-not-a-number"


@pytest.mark.parametrize("text", ["1.234,56 USD", "$ 5", "5 CHF", "¥500"])
def test_an_amount_in_another_currency_is_refused_naming_the_accounts(text: str) -> None:
    found = amount(text, GERMAN)
    assert isinstance(found, Flaw)
    assert (found.code, found.arguments["currency"]) == ("cell-other-currency", "EUR")


numbers = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False)


@given(numbers, st.sampled_from([GERMAN, BRITISH, AMERICAN, JAPANESE, FRENCH]))
def test_whatever_a_locale_prints_is_read_back(number: Decimal, conventions: Conventions) -> None:
    printed = Formatter(conventions.languages[0]).number(number, 2)
    assert amount(printed, conventions) == number


@given(numbers, st.sampled_from([GERMAN, BRITISH, AMERICAN, JAPANESE, FRENCH, SWISS]))
def test_money_as_a_locale_prints_it_is_read_back(number: Decimal, conventions: Conventions) -> None:
    whole = number.to_integral_value()
    printed = Formatter(conventions.languages[0], conventions.currency).money(whole)
    assert amount(printed, conventions) == whole


@given(numbers)
def test_a_plain_number_means_the_same_everywhere(number: Decimal) -> None:
    plain = format(number, "f")
    assert set(readings(plain).values()) == {number}


@given(st.text(max_size=12))
def test_any_text_is_read_refused_or_empty_and_nothing_breaks(text: str) -> None:
    for conventions in (GERMAN, MIXED, Conventions()):
        found = amount(text, conventions)
        assert found is None or isinstance(found, Decimal | Flaw)


@given(st.text(alphabet="0123456789.,' -", max_size=12))
def test_without_a_convention_only_what_all_read_alike_is_a_number(text: str) -> None:
    alone = amount(text, Conventions())
    if isinstance(alone, Decimal):
        assert {alone} == set(readings(text).values())
