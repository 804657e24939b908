"""What a document asks of its view is known beforehand: it comes out the same from a view that holds nothing else."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest

from pipeline.definitions.load import Definitions, load_definitions
from pipeline.definitions.output_set import DocumentDefinition, FigureDefinition, OutputSet
from pipeline.extract import extract
from pipeline.formats import Formatter
from pipeline.judge import Prepared, judge, prepare, view
from pipeline.model import Arrival, Audience, Calendar, Plan, PlanView, Status, Text
from pipeline.render.asked import names_behind
from pipeline.render.documents import compile_document, completed_view, parameter_rows, render_document
from pipeline.wording import Value, ViewRow
from tests.support.repository import ROOT

CALENDAR = Calendar(dt.date(2026, 11, 9), dt.date(2026, 10, 31), dt.date(2026, 1, 1), dt.date(2026, 12, 31))
SAMPLE = "Brennholt Dairies Group.xlsx"
GIVEN_ALWAYS = {"document", "brand", "texts", "edition", "as_of"}
"""Groups of fixed words, and what is printed of the edition; the rest must be asked for."""


@cache
def definitions() -> Definitions:
    return load_definitions(ROOT, "account_plan", "planpress")


@cache
def judged() -> tuple[Plan, Prepared]:
    prepared = prepare(definitions().template, definitions().rules, {})
    content = (ROOT / "inbox" / SAMPLE).read_bytes()
    arrival = Arrival(SAMPLE, content, hashlib.sha256(content).hexdigest(), dt.datetime(2026, 11, 9, tzinfo=dt.UTC))
    return judge(extract(arrival, {"account_plan": definitions().template}), prepared, CALENDAR), prepared


def seen_by(document: DocumentDefinition) -> PlanView:
    plan, prepared = judged()
    names: dict[str, object] = {"edition": Value(1, "integer", Formatter("en"))}
    if document.audience is Audience.INTERNAL:
        names["parameters"] = parameter_rows(definitions().rules, prepared.parameters, "en")
    return view(plan, prepared, document.audience, "en", names)


def narrowed(whole: PlanView, asked: Iterable[str]) -> PlanView:
    """Return the view with nothing but the names asked for."""
    paths = [name.partition(".") for name in asked]
    kept: dict[str, object] = {}
    for name, value in whole.names.items():
        parts = {rest for first, _, rest in paths if first == name}
        if name in GIVEN_ALWAYS or (parts and ("" in parts or not isinstance(value, ViewRow))):
            kept[name] = value
        elif parts and isinstance(value, ViewRow):
            kept[name] = ViewRow({part: value[part] for part in value if part in parts})
    return replace(whole, names=kept)


@pytest.mark.parametrize("document", definitions().outputs.documents, ids=lambda document: str(document.id))
def test_a_document_takes_nothing_that_it_did_not_ask_for(document: DocumentDefinition) -> None:
    compiled, whole = compile_document(document, definitions()), seen_by(document)
    part = narrowed(whole, compiled.names)
    assert len(part.names) < len(whole.names)

    all_given, asked_given = (
        render_document(compiled, completed_view(one, definitions(), document, Status.DRAFT), definitions())
        for one in (whole, part)
    )
    assert asked_given.content == all_given.content


def outputs(**texts: str) -> OutputSet:
    document = DocumentDefinition(
        id="plan",
        title=Text.plain("Plan"),
        file=Text.plain("plan.html"),
        template="plan.html",
        audience=Audience.INTERNAL,
    )
    figure = FigureDefinition(
        id="course", kind="line", title=Text({"en": "Course", "de": "Verlauf {{ account.name }}"}), measure="by_month",
        series={"AC": Text.plain("{{ texts.actual }}")}, where="row.period <= last_closed",
        flags={"!": "row.amount > measures.limit"},
    )  # fmt: skip
    people = FigureDefinition(id="people", kind="tree", title=Text.plain("People"), table="contacts")
    return OutputSet(
        documents=(document,), figures=(figure, people), texts={name: Text.plain(text) for name, text in texts.items()}
    )


def test_a_figure_asks_for_its_measure_conditions_and_words_in_every_language() -> None:
    found = names_behind(["figures.course"], outputs(actual="Actual {{ as_of }}"))
    assert found == {
        "figures.course", "measures.by_month", "measures.limit", "last_closed", "account.name", "texts.actual", "as_of",
    }  # fmt: skip


def test_a_figure_asks_for_its_table() -> None:
    assert names_behind(["figures.people"], outputs()) == {"figures.people", "contacts"}


def test_a_text_asks_for_what_its_tags_name_and_texts_may_name_each_other() -> None:
    found = names_behind(["texts.a"], outputs(a="{{ texts.b }}", b="{{ texts.a }} {{ actions | top(3) }}", c="{{ x }}"))
    assert found == {"texts.a", "texts.b", "actions"}


def test_a_template_that_looks_texts_up_asks_for_what_any_of_them_names() -> None:
    assert names_behind(["texts"], outputs(a="{{ x }}", b="{{ y }}")) == {"texts", "x", "y"}


def test_what_is_not_there_or_cannot_be_read_asks_for_nothing_more() -> None:
    asked = {"texts.none", "figures.none", "texts.broken"}
    assert names_behind(asked, outputs(broken="{{ if")) == asked
