"""The shipped deck: readable as a template, sound as a file, and filled by the fullest and the emptiest account."""

import datetime as dt
import hashlib
import io
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pptx import Presentation

from pipeline.definitions.load import Definitions, load_definitions
from pipeline.extract import extract
from pipeline.formats import Formatter
from pipeline.judge import Prepared, judge, prepare, view
from pipeline.model import Arrival, Audience, Calendar, Status
from pipeline.render.documents import compile_document, completed_view, render_document
from pipeline.render.rendered import Rendered
from pipeline.wording import Value
from tests.support.office_checks import office_faults
from tests.support.openxml import validation_errors
from tests.support.repository import ROOT
from tools.starter_templates.deck.__main__ import draw

DECK = ROOT / "output_templates" / "account_plan" / "deck.pptx"
CALENDAR = Calendar(dt.date(2026, 11, 9), dt.date(2026, 10, 31), dt.date(2026, 1, 1), dt.date(2026, 12, 31))
LARGEST = 1_000_000
FULLEST, EMPTIEST, JAPANESE = "Brennholt Dairies Group.xlsx", "Fenwick Harrow Foods.xlsx", "北嶺製薬.xlsx"


@cache
def definitions() -> Definitions:
    return load_definitions(ROOT, "account_plan", "planpress")


@cache
def prepared() -> Prepared:
    return prepare(definitions().template, definitions().rules, {})


@cache
def filled(file: str, language: str) -> Rendered:
    return made(definitions(), file, language)


def made(used: Definitions, file: str, language: str) -> Rendered:
    content = (ROOT / "inbox" / file).read_bytes()
    arrival = Arrival(file, content, hashlib.sha256(content).hexdigest(), dt.datetime(2026, 11, 9, tzinfo=dt.UTC))
    plan = judge(extract(arrival, {"account_plan": used.template}), prepared(), CALENDAR)
    document = next(item for item in used.outputs.documents if item.id == "deck")
    names = {"edition": Value(1, "integer", Formatter(language))}
    seen = view(plan, prepared(), Audience.INTERNAL, language, names)
    status = Status.DRAFT if plan.completeness.draft else Status.FINAL
    return render_document(compile_document(document, used), completed_view(seen, used, document, status), used)


def titles(document: bytes, folder: Path) -> list[str]:
    (folder / "deck.pptx").write_bytes(document)
    return [slide.shapes.title.text_frame.text for slide in Presentation(str(folder / "deck.pptx")).slides]


def test_the_template_is_small_and_sound() -> None:
    content = DECK.read_bytes()

    assert len(content) < LARGEST
    assert office_faults(content) == []
    assert validation_errors(content) == []


def test_each_page_has_a_title_and_says_its_sources() -> None:
    slides = list(Presentation(str(DECK)).slides)

    assert all(slide.shapes.title is not None for slide in slides)
    assert all("sources" in slide.notes_slide.notes_text_frame.text for slide in slides[1:])


def test_the_template_has_five_type_sizes_at_most() -> None:
    sizes = {
        node.get("sz")
        for slide in Presentation(str(DECK)).slides
        for node in slide.element.iter("{*}rPr")
        if node.get("sz") is not None
    }

    assert len(sizes) <= 5
    assert min(int(size) for size in sizes) >= 1000


def test_the_first_drawing_is_the_same_each_time() -> None:
    assert draw() == draw()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("file", [FULLEST, EMPTIEST, JAPANESE])
def test_every_account_fits_and_leaves_a_sound_file(file: str, language: str) -> None:
    document = filled(file, language)

    assert [finding.message.to("en") for finding in document.findings] == []
    assert office_faults(document.content) == []
    assert validation_errors(document.content) == []


def test_what_an_account_does_not_have_makes_no_page(tmp_path: Path) -> None:
    full, empty = (titles(filled(file, "en").content, tmp_path) for file in (FULLEST, EMPTIEST))

    assert len(full) > len(empty) + 3
    assert not any("{{" in title for title in full + empty)


def test_only_a_draft_lists_what_is_missing(tmp_path: Path) -> None:
    full, empty = (titles(filled(file, "en").content, tmp_path) for file in (FULLEST, EMPTIEST))

    assert empty[-1].startswith("This plan is a draft")
    assert not any(title.startswith("This plan is a draft") for title in full)


def test_another_brand_recolours_every_page() -> None:
    brand = definitions().brand
    colours = brand.colours.model_copy(update={"accent_dark": "#123456"})

    document = made(replace(definitions(), brand=brand.model_copy(update={"colours": colours})), EMPTIEST, "en")

    with zipfile.ZipFile(io.BytesIO(document.content)) as archive:
        assert b"123456" in archive.read("ppt/theme/theme1.xml")
