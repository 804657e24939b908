"""A document's key changes whenever its bytes would, and not when only the edition or the as-of date does."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pytest

from pipeline.formats import Formatter
from pipeline.model import Audience, PlanView
from pipeline.render.document_key import document_key
from pipeline.wording import Value, ViewList, ViewRow

ENGLISH = Formatter("en", "EUR")
ASKED = ("account.name", "actions", "as_of", "edition", "figures.course", "measures.revenue", "texts.title")


def text(value: str, shown: str | None = None, target: ViewRow | None = None) -> Value:
    return Value(value, "text", ENGLISH, shown=shown, target=target)


def money(amount: str | None, reason: str | None = None) -> Value:
    return Value(None if amount is None else Decimal(amount), "money", ENGLISH, reason=reason)


def view(language: str = "en", currency: str = "EUR", **names: object) -> PlanView:
    usual: Mapping[str, object] = {
        "account": ViewRow({"name": text("Acme"), "segment": text("Dairy")}),
        "actions": (ViewRow({"action": text("Call"), "done": Value(False, "yes_no", ENGLISH)}),),  # noqa: FBT003
        "as_of": Value(dt.date(2026, 10, 31), "date", ENGLISH),
        "document": ViewRow({"status": "final", "is_draft": False}),
        "edition": Value(3, "integer", ENGLISH),
        "measures": ViewRow({"revenue": money("100"), "cost": money("60")}),
    }
    return PlanView(Audience.INTERNAL, language, currency, {**usual, **names})


def key(*asked: str, definitions: str = "1", language: str = "en", currency: str = "EUR", **names: object) -> str:
    return document_key(asked or ASKED, view(language, currency, **names), definitions)


def action(**changed: object) -> tuple[ViewRow, ...]:
    return (ViewRow({"action": text("Call"), "done": Value(False, "yes_no", ENGLISH), **changed}),)  # noqa: FBT003


UNCHANGED = {
    "the edition": {"edition": Value(4, "integer", ENGLISH)},
    "the as-of date": {"as_of": Value(dt.date(2026, 11, 30), "date", ENGLISH)},
    "a measure that it does not name": {"measures": ViewRow({"revenue": money("100"), "cost": money("61")})},
    "a field that it does not name": {"account": ViewRow({"name": text("Acme"), "segment": text("Cheese")})},
    "a table that it does not name": {"risks": action()},
    "nothing, read anew": {"actions": action()},
}
CHANGED = {
    "a field": {"account": ViewRow({"name": text("Acme 2"), "segment": text("Dairy")})},
    "a cell of a table": {"actions": action(action=text("Write"))},
    "one more row": {"actions": action() * 2},
    "how a value prints": {"actions": action(action=text("Call", shown="Ring up"))},
    "the row that a reference leads to": {"actions": action(action=text("Call", target=ViewRow({"of": text("A")})))},
    "a measure": {"measures": ViewRow({"revenue": money("100.01"), "cost": money("60")})},
    "a measure that is not available": {"measures": ViewRow({"revenue": money(None, "no_data")})},
    "the mark of a draft": {"document": ViewRow({"status": "draft", "is_draft": True})},
    "the definitions": {"definitions": "2"},
    "the language": {"language": "de"},
    "the currency": {"currency": "JPY"},
}


@pytest.mark.parametrize("names", UNCHANGED.values(), ids=list(UNCHANGED))
def test_the_key_stays_with(names: dict[str, object]) -> None:
    assert key(**names) == key()  # type: ignore[arg-type] # names of a view


@pytest.mark.parametrize("names", CHANGED.values(), ids=list(CHANGED))
def test_the_key_changes_with(names: dict[str, object]) -> None:
    assert key(**names) != key()  # type: ignore[arg-type] # names of a view


def test_a_whole_group_is_asked_for_by_its_name() -> None:
    other = ViewRow({"revenue": money("100"), "cost": money("61")})
    assert key("measures", measures=other) != key("measures")


def test_a_reason_is_told_from_another() -> None:
    def lacking(reason: str) -> str:
        return key(measures=ViewRow({"revenue": money(None, reason)}))

    assert lacking("no_data") != lacking("no_plan")


def people(*, circle: bool, name: str = "Bea", chain: int = 2) -> tuple[ViewRow, ...]:
    """Return people of whom each reports to the next, the last, in a circle, to the first."""
    names: list[dict[str, object]] = [{"name": text(f"{name} {number}")} for number in range(chain)]
    rows = tuple(ViewRow(one) for one in names)
    for number, one in enumerate(names[: None if circle else -1]):
        one["reports_to"] = text("x", target=rows[(number + 1) % chain])
    return rows


def test_references_may_go_in_circles_and_far() -> None:
    assert key(actions=people(circle=True)) == key(actions=people(circle=True))
    assert key(actions=people(circle=True)) != key(actions=people(circle=True, name="Ben"))
    assert key(actions=people(circle=False, chain=5000)) == key(actions=people(circle=False, chain=5000))


def test_rows_found_by_key_are_part_of_it() -> None:
    def by_month(amount: str) -> ViewRow:
        return ViewRow({"revenue": ViewList([ViewRow({"AC": money(amount)})], ["2026-01"])})

    assert key(measures=by_month("1")) != key(measures=by_month("2"))


def test_what_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(TypeError, match="a view may not hold float"):
        key(actions=(1.5,))
