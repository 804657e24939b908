"""The customer's joint plan, from accounts of every size and in every language, as its reader sees it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pypdf
import pytest

from pipeline.model import PlanView, Status
from pipeline.render.documents import completed_view, render_document
from pipeline.render.scan import leaks_in, own_words
from pipeline.wording import Value, ViewRow
from tests.render.pdf.joint_plans import (
    Account,
    account,
    customer_view,
    definitions,
    document,
    internal_view,
    joint_plan,
    least,
    most,
)
from tests.support.pdf import pdf_faults

ACCOUNTS: dict[str, Callable[[], Account]] = {
    "english": lambda: account("english"),
    "german": lambda: account("german"),
    "japanese": lambda: account("japanese"),
    "least": least,
    "most": most,
}
each_account = pytest.mark.parametrize("name", ACCOUNTS)
SECTIONS = ("objectives", "actions", "results", "service", "issues", "proposals", "reviews", "team")


@cache
def pdf(name: str) -> pypdf.PdfReader:
    """Return the joint plan of an account, drawn without a finding."""
    result = joint_plan(ACCOUNTS[name]())
    assert result.findings == ()
    return pypdf.PdfReader(io.BytesIO(result.content))


def pages(name: str) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pdf(name).pages]


def tight(text: str) -> str:
    return re.sub(r"\s", "", text)


def chapters(name: str) -> list[str]:
    """Return the titles of the bookmarks below the first."""
    top, inner = pdf(name).outline
    assert isinstance(top, dict)
    assert isinstance(inner, list)
    return [str(item["/Title"]) for item in inner if isinstance(item, dict)]


def words(name: str, language: str) -> str:
    return definitions().outputs.texts[f"joint_{name}"].to(language)


@each_account
def test_it_passes_the_checkers_of_pdf_ua(name: str) -> None:
    assert pdf_faults(joint_plan(ACCOUNTS[name]()).content) == []


@pytest.mark.parametrize(("name", "language"), [("english", "en"), ("german", "de"), ("japanese", "ja")])
def test_title_language_and_chapters_are_those_of_the_customer(name: str, language: str) -> None:
    reader, tables = pdf(name), ACCOUNTS[name]()
    assert reader.metadata is not None
    assert reader.metadata.title == f"{words('title', language)} – {tables['account']['name']}"
    assert reader.trailer["/Root"]["/Lang"] == language  # type: ignore[index] # a dictionary in every PDF
    assert set(chapters(name)) <= {words(section, language) for section in SECTIONS}


def test_a_fully_filled_account_has_every_chapter_on_four_to_eight_pages() -> None:
    assert chapters("english") == [words(section, "en") for section in SECTIONS]
    assert 4 <= len(pages("english")) <= 8


def test_what_is_empty_leaves_nothing_behind() -> None:
    assert chapters("least") == [words("objectives", "en"), words("team", "en")]
    text = " ".join(pages("least"))
    for section in ("actions", "results", "service", "issues", "proposals", "reviews", "promise"):
        assert words(section, "en") not in text


@each_account
def test_no_page_shows_what_only_programs_say(name: str) -> None:
    text = " ".join(pages(name))
    for unwanted in ("None", "n.a.", "{", "}", "Value(", "Markup", "undefined", "  –  –"):
        assert unwanted not in text


@each_account
def test_every_value_of_the_customers_rows_is_printed(name: str) -> None:
    shown = tight(" ".join(pages(name)))
    missing = {place: text for place, text in printed(customer_view(ACCOUNTS[name]())) if tight(text) not in shown}
    assert missing == {}


def printed(view: PlanView) -> Iterator[tuple[str, str]]:
    """Yield every text, number and choice of the customer's tables that the plan promises to show, with its place."""
    names: Any = view.names
    yield from ((f"account.{name}", str(names["account"][name])) for name in ("name", "owner", "owner_email"))
    for table in ("objectives", "actions", "issues", "opportunities", "reviews", "team"):
        for row in names[table]:
            yield from ((f"{table}.{field}", text) for field, text in row_texts(row))
    yield from (("service_levels.measure", str(row["measure"])) for row in names["service_levels"])


def row_texts(row: ViewRow) -> Iterator[tuple[str, str]]:
    for field in row:
        value = row[field]
        if isinstance(value, Value) and not value.is_empty and field not in HIDDEN:
            yield from ((field, line) for line in str(value).splitlines())


HIDDEN = {"side", "next_review", "held_on", "due"}
"""Printed in other words: whose side, days in full, and the due day of what is done."""


def test_footers_name_edition_and_page_on_every_page() -> None:
    found = pages("english")
    for number, page in enumerate(found, start=1):
        assert f"As of 31 Oct 2026 · Edition 3 · Page {number} of {len(found)}" in page
        assert "Confidential" in page


@pytest.mark.parametrize("name", ["english", "german", "japanese"])
def test_a_draft_says_so_on_every_page_and_to_those_who_listen(name: str) -> None:
    tables = ACCOUNTS[name]()
    mark = words("draft", tables["language"])
    result = joint_plan(tables, Status.DRAFT)
    reader = pypdf.PdfReader(io.BytesIO(result.content))
    assert [number for number, page in enumerate(reader.pages, start=1) if mark not in page.extract_text()] == []
    cover = "".join(reader.pages[0].extract_text().split())
    assert tight(words("draft_line", tables["language"])) in cover
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith(mark)
    assert (result.findings, pdf_faults(result.content)) == ((), [])


@each_account
def test_what_is_final_is_nowhere_called_a_draft(name: str) -> None:
    mark = words("draft", ACCOUNTS[name]()["language"])
    assert not [page for page in pages(name) if mark in page]
    assert pdf(name).metadata is not None
    assert mark not in str(pdf(name).metadata)


def test_tables_that_continue_repeat_their_header() -> None:
    rows = [page for page in pages("most") if re.search(r"part \d+", page)]
    assert len(rows) >= 4
    for page in rows:
        assert "Action Serves Who By when" in page or "Action Result Who Done on" in page


def test_rows_are_never_cut_by_a_page() -> None:
    text = pages("most")
    for number in range(1, 61):
        assert sum(bool(re.search(rf"part {number}\b", page)) for page in text) == 1


@each_account
def test_nothing_leaves_the_page(name: str) -> None:
    for page in pdf(name).pages:
        for x, y, text in positions(page):
            assert 0 < x < 595, text
            assert 20 < y < 842, text


@pytest.mark.parametrize("name", ["english", "japanese"])
def test_five_sizes_of_type_are_enough(name: str) -> None:
    sizes = {size for page in pdf(name).pages for size in type_sizes(page)}
    assert sizes <= {28.0, 16.0, 11.0, 9.5, 8.0}


def positions(page: pypdf.PageObject) -> list[tuple[float, float, str]]:
    """Return where each piece of text begins, in points from the lower left corner."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, matrix: list[float], place: list[float], *_: object) -> None:
        if text.strip():
            x = place[4] * matrix[0] + place[5] * matrix[2] + matrix[4]
            y = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
            found.append((x, y, text))

    page.extract_text(visitor_text=visit)
    return found


def type_sizes(page: pypdf.PageObject) -> set[float]:
    """Return the sizes of type on a page, in points."""
    found: set[float] = set()

    def visit(text: str, matrix: list[float], place: list[float], _: object, size: float) -> None:
        if text.strip():
            found.add(round(abs(size * place[3] * matrix[3]), 1))

    page.extract_text(visitor_text=visit)
    return found


def test_progress_is_that_of_the_objective() -> None:
    text = " ".join(pages("english"))
    assert "80% of the way By 31 Dec 2026 Short term" in text
    assert "Now 2.6" in text
    assert "Reached By 30 Sept 2026" in text


def test_a_result_that_moved_away_from_its_target_says_so() -> None:
    assert "−11 % des Wegs" in " ".join(pages("german")).replace("\u00a0", " ")


@pytest.mark.parametrize("name", ["english", "german"])
def test_headlines_count_what_the_customer_sees(name: str) -> None:
    tables, text = ACCOUNTS[name](), " ".join(pages(name))
    undone = sum(1 for row in tables["actions"] if "done_on" not in row)
    assert {"en": f"{undone} agreed actions are still to do", "de": f"{undone} vereinbarte Maßnahmen"}[
        tables["language"]
    ] in text


def test_a_person_stands_once_in_the_team() -> None:
    (team,) = [page for page in pages("english") if words("team", "en").upper() in page]
    assert team[team.index(words("team", "en").upper()) :].count("Ana Silva") == 1


def test_rows_that_are_not_shared_are_not_there() -> None:
    tables = account("english")
    tables["actions"] = [{**row, "shared_with_customer": False} for row in tables["actions"]]
    tables["team"] = [{**row, "shown_to_customer": False} for row in tables["team"]]
    content = joint_plan(tables).content
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert "Energy audit of the Leeds plant" not in text
    assert "Priya Shah" not in text


def test_what_was_given_up_is_not_shown_as_open() -> None:
    tables = account("english")
    *kept, last = tables["objectives"]
    tables["objectives"] = [*kept, {**last, "status": "dropped"}]
    tables["actions"] = [{**row, "cancelled": row["owner"] == "Tom Baker"} for row in tables["actions"]]
    content = joint_plan(tables).content
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert "Train every shift" not in text
    assert "Install condition monitoring on line 3" not in text
    assert "1 of 4" in text


@each_account
def test_nothing_internal_is_found_in_the_finished_file(name: str) -> None:
    tables = ACCOUNTS[name]()
    tables["account"] = {**tables["account"], "why_key_account": "A canary about the board", "customer_spend": 7654321}
    tables["objectives"] = [{**row, "challenges": "A canary about the plant"} for row in tables["objectives"]]
    words_of_the_set = own_words(definitions(), tables["language"])
    content = joint_plan(tables).content
    assert leaks_in(content, internal_view(tables), customer_view(tables), words_of_the_set) == ()


def test_what_a_template_should_not_have_shown_is_found() -> None:
    tables = account("english")
    tables["objectives"] = [{**row, "challenges": "A canary about the plant"} for row in tables["objectives"]]
    leaking = completed_view(internal_view(tables), definitions(), document().definition, Status.FINAL)
    rows: Any = leaking.names["objectives"]
    objectives = tuple(ViewRow({**{name: row[name] for name in row}, "kpi": row["challenges"]}) for row in rows)
    shown = replace(leaking, names={**leaking.names, "edition": 3, "objectives": objectives})
    content = render_document(document(), shown, definitions()).content
    found = leaks_in(content, internal_view(tables), customer_view(tables), own_words(definitions(), "en"))
    assert "objectives[1].challenges: A canary about the plant" in {str(leak) for leak in found}


def test_every_text_is_there_in_every_language_of_the_document() -> None:
    outputs, rules = definitions().outputs, definitions().rules
    languages = set(document().definition.languages)
    said = {name: text for name, text in outputs.texts.items() if name.startswith("joint_")}
    said |= {
        f"{item.id} {n}": case.say
        for item in rules.headlines
        for n, case in enumerate(item.cases)
        if item.customer == "yes"
    }
    said |= {item.id: item.title for item in outputs.figures if item.customer == "yes"}
    assert {
        name: languages - set(text.by_language) for name, text in said.items() if languages - set(text.by_language)
    } == {}


def test_the_template_uses_no_text_that_is_missing_and_misses_none() -> None:
    texts = {f"texts.{name}" for name in definitions().outputs.texts if name.startswith("joint_")}
    assert {name for name in document().names if name.startswith("texts.")} == texts
