"""A document's key: equal for what makes the same document, another for anything that would change it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from pipeline.definitions.load import Definitions
from pipeline.formats import Formatter
from pipeline.model import Audience, PlanView
from pipeline.render.documents import CompiledDocument, document_key
from pipeline.wording import Value, ViewRow

NOTHING: Any = None
DOCUMENT = CompiledDocument(NOTHING, NOTHING, frozenset({"account", "measures.revenue", "as_of", "edition"}), "digest")
DEFINITIONS = cast("Definitions", type("Definitions", (), {"hash": "hash"})())
EUROS = Formatter("en", "EUR")


def view(**names: object) -> PlanView:
    account = ViewRow({"tier": Value("key", "choice", EUROS, shown="Key")})
    revenue = ViewRow({"revenue": Value(Decimal("1234.5"), "money", EUROS)})
    return PlanView(Audience.INTERNAL, "en", "EUR", {"account": account, "measures": revenue, "other": 1, **names})


def key(seen: PlanView, definitions: Definitions = DEFINITIONS) -> str:
    return document_key(DOCUMENT, seen, definitions)


def test_the_same_view_gives_the_same_key() -> None:
    assert key(view()) == key(view())


def test_another_amount_gives_another_key_however_little_it_differs() -> None:
    amounts = [Value(Decimal(text), "money", EUROS) for text in ("1234.5", "1234.51")]
    first, second = (key(view(measures=ViewRow({"revenue": amount}))) for amount in amounts)
    assert first != second


def test_another_label_of_a_choice_gives_another_key() -> None:
    renamed = ViewRow({"tier": Value("key", "choice", EUROS, shown="Schlüsselkunde")})
    assert key(view(account=renamed)) != key(view())


def test_another_reason_for_not_available_gives_another_key() -> None:
    missing = [ViewRow({"revenue": Value(None, "money", EUROS, reason=why)}) for why in ("no_data", "no_history")]
    assert key(view(measures=missing[0])) != key(view(measures=missing[1]))


def test_another_language_or_currency_gives_another_key() -> None:
    keys = {key(view()), key(replace(view(), language="de")), key(replace(view(), currency="JPY"))}
    assert len(keys) == 3


def test_edition_day_and_what_the_template_does_not_ask_for_leave_the_key_as_it_is() -> None:
    printed = view(edition=Value(7, "integer", EUROS), as_of=Value(date(2026, 11, 9), "date", EUROS), other=2)
    assert key(printed) == key(view())
