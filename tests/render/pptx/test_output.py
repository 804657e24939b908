"""The finished file: the same bytes for the same plan, in the brand, and nothing said that need not be."""

import io
import os
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

from lxml import etree

from pipeline.render.archive import read_archive
from pipeline.render.rendered import Rendered
from pipeline.wording import ViewRow
from tests.render.pptx.decks import BRAND, Deck, columns_figure, opened, rows
from tests.support import libreoffice
from tests.support.libreoffice import requires_libreoffice

ROOT = Path(__file__).parents[3]
SCRIPT = """
import hashlib
from tests.render.pptx.test_output import full_deck, rendered
import sys
from pathlib import Path
print(hashlib.sha256(rendered(Path(sys.argv[1]).read_bytes()).content).hexdigest())
"""


def full_deck() -> Deck:
    deck = Deck().add_slide(5)
    deck.slide.shapes.title.text = "{{ page }} of {{ pages }}"
    deck.table([["What", "Worth"], ["{{ s.what }}", "{{ s.worth }}"]], "for: s in steps\nrows: 5")
    deck.add_slide().chart({"AC": [1.0], "PL": [2.0]}, "chart: revenue")
    deck.notes("for: s in steps\nlimit: 2")
    return deck


def rendered(content: bytes) -> Rendered:
    from tests.render.pptx.decks import render_deck

    steps = rows(*({"what": f"Step {number}", "worth": Decimal(number)} for number in range(12)))
    return render_deck(content, lambda *_: columns_figure(AC=[1, 2], PL=[2, 3]), "en", {"steps": steps})


def test_the_same_plan_gives_the_same_bytes_in_another_process_zone_and_hash_seed(tmp_path: Path) -> None:
    template = tmp_path / "deck.pptx"
    template.write_bytes(full_deck().content())

    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(template)], cwd=ROOT, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }  # fmt: skip

    assert len(digests) == 1


def test_zip_entries_carry_no_clock_and_no_machine() -> None:
    document = full_deck().rendered(
        {"revenue": columns_figure(AC=[1], PL=[2])}, steps=rows({"what": "a", "worth": None})
    )

    with zipfile.ZipFile(io.BytesIO(document.content)) as archive:
        assert {(info.date_time, info.create_system) for info in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 0)}
        assert archive.infolist()[0].filename == "[Content_Types].xml"


def test_rendering_twice_from_one_compiled_template_leaks_nothing_from_one_account_into_the_next() -> None:
    from pipeline.model import Audience, PlanView
    from pipeline.render.pptx import compile_deck, render

    template = compile_deck("deck.pptx", full_deck().content())
    views = [
        PlanView(Audience.INTERNAL, "en", "EUR", {"steps": rows({"what": canary, "worth": Decimal(1)})})
        for canary in ("first canary", "second canary", "first canary")
    ]
    one, two, three = (
        render(template, view, lambda *_: columns_figure(AC=[1], PL=[2]), BRAND, {}).content for view in views
    )

    assert one == three
    assert not any(b"first canary" in part for part in read_archive(two).values())


def test_no_sign_of_the_engine_stays_in_the_file() -> None:
    for part in read_archive(rendered(full_deck().content()).content).values():
        assert b"planpress" not in part
        assert b"{{" not in part


def test_a_draft_mark_on_the_layout_stands_on_drafts_only() -> None:
    def marks(*, is_draft: bool) -> list[str]:
        deck = Deck().add_slide()
        deck.text("x")
        layout = deck.presentation.slide_layouts[6]
        mark = layout.placeholders[0]
        mark.text_frame.text = "DRAFT"
        mark._element[0][0].set("descr", "if: document.is_draft")
        document = opened(deck.rendered(document=ViewRow({"title": "Plan", "is_draft": is_draft})))
        return [shape.text_frame.text for shape in document.slides[0].slide_layout.placeholders]

    assert "DRAFT" in marks(is_draft=True)
    assert "DRAFT" not in marks(is_draft=False)


def test_slide_numbers_are_written_into_their_fields() -> None:
    deck = Deck()
    for _ in range(2):
        deck.add_slide()
        paragraph = deck.text("").text_frame.paragraphs[0]._p
        field = '<a:fld xmlns:a="{}" id="{{00000000-1111-2222-3333-444444444444}}" type="slidenum"><a:t>9</a:t></a:fld>'
        paragraph.append(etree.fromstring(field.format("http://schemas.openxmlformats.org/drawingml/2006/main")))

    slides = opened(deck.rendered()).slides

    assert [next(slide.shapes[0]._element.iter("{*}t")).text for slide in slides] == ["1", "2"]


def test_theme_colours_and_fonts_are_the_brands() -> None:
    deck = Deck().add_slide()
    deck.text("x")
    theme = etree.fromstring(read_archive(deck.rendered().content)["ppt/theme/theme1.xml"])

    def colour(key: str) -> str:
        return next(node[0].get("val", "") for node in theme.iter(f"{{*}}{key}"))

    assert [colour(f"accent{number}") for number in range(1, 7)] == [one[1:] for one in BRAND.colours.theme]
    assert (colour("dk1"), colour("lt1")) == (BRAND.colours.text[1:], BRAND.colours.background[1:])
    fonts = [[child.get("typeface") for child in list(font)[:2]] for font in theme.iter("{*}majorFont", "{*}minorFont")]
    assert fonts == [["Calibri", "Yu Gothic"]] * 2


@requires_libreoffice
def test_the_deck_opens_and_shows_every_slide(tmp_path: Path) -> None:
    from pypdf import PdfReader

    document = rendered(full_deck().content())
    file = tmp_path / "deck.pptx"
    file.write_bytes(document.content)

    pages = PdfReader(libreoffice.convert(file, "pdf", tmp_path / "pdf")).pages

    assert len(pages) == len(opened(document).slides)
    assert "Step 11" in pages[2].extract_text()
