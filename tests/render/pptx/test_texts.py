"""Tags in texts: what designers write comes out with the values and their own format."""

import io
from datetime import date
from decimal import Decimal

import pytest
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Pt

from pipeline.wording import ViewRow
from tests.render.pptx.decks import BRAND, Deck, opened, rows, texts, value
from tests.support.office_checks import office_faults

ACCOUNT = ViewRow({"name": value("Bergmann & Söhne <AG>"), "note": value(None), "story": value("first\nsecond")})


def printed(text: str, **names: object) -> str:
    deck = Deck().add_slide()
    deck.text(text)
    return texts(opened(deck.rendered(**{"account": ACCOUNT, **names})).slides[0])[0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Plan of {{ account.name }}.", "Plan of Bergmann & Söhne <AG>."),
        ("[{{ account.note }}]", "[]"),
        ("{{ account.story }}", "first\vsecond"),
        ("{{ “quoted” }} and “kept”", "quoted and “kept”"),
        ("{{ „deutsch“ }}{{ «français» }}", "deutschfrançais"),
        ("{{\u00a0account.name }}", "Bergmann & Söhne <AG>"),
        ("{% if account.note %}some{% else %}none{% endif %}", "none"),
        ("{% for n in numbers %}{{ n }}{% if not loop.last %}, {% endif %}{% endfor %}", "1, 2, 3"),
        ("{# a remark #}said", "said"),
    ],
)
def test_a_tag_prints_what_it_names(written: str, expected: str) -> None:
    assert printed(written, numbers=(1, 2, 3)) == expected


def test_what_a_workbook_holds_is_never_a_template_and_never_markup() -> None:
    nasty = "{{ 7*7 }} {% if %} <b> & \x07\x01\ufffe \x0b end"

    assert printed("{{ account.x }}", account=ViewRow({"x": value(nasty)})) == "{{ 7*7 }} {% if %} <b> &  \v end"


def test_a_tag_split_over_runs_takes_the_format_of_the_run_where_it_begins() -> None:
    deck = Deck().add_slide()
    box = deck.text("")
    paragraph = box.text_frame.paragraphs[0]
    for text, bold in (("Dear {{ acc", True), ("ount.na", False), ("me }}, ", None), ("good morning", False)):
        run = paragraph.add_run()
        run.text = text
        run.font.bold = bold

    runs = opened(deck.rendered(account=ACCOUNT)).slides[0].shapes[0].text_frame.paragraphs[0].runs

    assert [(run.text, run.font.bold) for run in runs] == [
        ("Dear Bergmann & Söhne <AG>", True), (", ", None), ("good morning", False),
    ]  # fmt: skip


def test_paragraph_tags_keep_repeat_and_drop_whole_paragraphs() -> None:
    deck = Deck().add_slide()
    deck.text("{%p if account.note %}\nnever\n{%p endif %}\n{%p for n in numbers %}\nNo. {{ n }}\n{%p endfor %}\nend")

    shape = opened(deck.rendered(account=ACCOUNT, numbers=(1, 2))).slides[0].shapes[0]

    assert [paragraph.text for paragraph in shape.text_frame.paragraphs] == ["No. 1", "No. 2", "end"]


def test_an_emptied_text_keeps_the_size_of_its_line() -> None:
    deck = Deck().add_slide()
    deck.text("{{ account.note }}").text_frame.paragraphs[0].runs[0].font.size = Pt(9)

    body = opened(deck.rendered(account=ACCOUNT)).slides[0].shapes[0].text_frame._txBody

    assert [end.get("sz") for end in body.iter("{*}endParaRPr")] == ["900"]


def test_impact_colours_the_words_and_says_nothing_of_zero() -> None:
    deck = Deck().add_slide()
    deck.text("{{ a.value | impact | signed }} {{ b.value | impact }} {{ c.value | impact }}")
    one, two, three = rows({"value": Decimal(5)}, {"value": Decimal(-5)}, {"value": Decimal(0)})

    runs = opened(deck.rendered(a=one, b=two, c=three)).slides[0].shapes[0].text_frame.paragraphs[0].runs
    colours = {run.text.strip(): run.font.color.rgb if run.font.color.type else None for run in runs}

    assert colours["+€5"] == RGBColor.from_string(BRAND.colours.favourable[1:])
    assert colours["−€5"] == RGBColor.from_string(BRAND.colours.adverse[1:])
    assert colours["€0"] is None


def test_tags_stand_in_groups_notes_layouts_and_properties() -> None:
    deck = Deck().add_slide()
    inner = deck.text("{{ account.name }} in a group")
    deck.slide.shapes.add_group_shape([inner])
    deck.notes("Sources of {{ account.name }}")
    deck.presentation.slide_layouts[6].placeholders[0].text_frame.text = "Layout of {{ account.name }}"
    deck.presentation.core_properties.title = "{{ account.name }} plan"
    deck.presentation.core_properties.author = "Somebody"

    result = opened(deck.rendered(account=ACCOUNT))

    assert result.slides[0].shapes[0].shapes[0].text_frame.text == "Bergmann & Söhne <AG> in a group"
    assert result.slides[0].notes_slide.notes_text_frame.text == "Sources of Bergmann & Söhne <AG>"
    assert result.slides[0].slide_layout.placeholders[0].text_frame.text == "Layout of Bergmann & Söhne <AG>"
    assert result.core_properties.title == "Bergmann & Söhne <AG> plan"
    assert result.core_properties.author == BRAND.name
    assert result.core_properties.modified.date() == date(2026, 10, 31)


def test_a_link_takes_its_address_from_the_data_if_it_is_one() -> None:
    deck = Deck().add_slide()
    for text in ("{{ account.mail }}", "{{ account.script }}"):
        run = deck.text("write").text_frame.paragraphs[0].runs[0]
        run.hyperlink.address = text if "mail" not in text else f"mailto:{text}"
    account = ViewRow({"mail": value("mara@bergmann.example"), "script": value("javascript:alert(1)")})

    document = deck.rendered(account=account)
    first, second = opened(document).slides[0].shapes

    assert first.text_frame.paragraphs[0].runs[0].hyperlink.address == "mailto:mara@bergmann.example"
    assert second.text_frame.paragraphs[0].runs[0].hyperlink.address is None
    assert office_faults(document.content) == []


def test_page_and_pages_are_known_when_all_slides_are_there() -> None:
    deck = Deck()
    for _ in range(3):
        deck.add_slide().text("{{ page }}/{{ pages }}")

    assert [texts(slide) for slide in opened(deck.rendered()).slides] == [["1/3"], ["2/3"], ["3/3"]]


def test_every_run_says_the_language_of_the_document() -> None:
    deck = Deck().add_slide()
    deck.text("Text of {{ account.name }}")

    content = deck.rendered(None, "ja", account=ACCOUNT)
    runs = list(opened(content).slides[0].shapes[0].text_frame._txBody.iter("{*}rPr"))

    assert [(run.get("lang"), run.get("altLang")) for run in runs] == [("ja-JP", "en-GB")]


def test_a_template_of_another_ending_opens_as_a_presentation() -> None:
    deck = Deck().add_slide()
    deck.text("{{ account.name }}")
    plain = "presentationml.presentation.main+xml"
    content = _with_main_type(deck.content(), plain, "presentationml.template.main+xml")

    from tests.render.pptx.decks import render_deck

    result = render_deck(content, lambda *_: pytest.fail("no figure is asked for"), "en", {"account": ACCOUNT})

    assert texts(Presentation(io.BytesIO(result.content)).slides[0]) == ["Bergmann & Söhne <AG>"]


def _with_main_type(content: bytes, old: str, new: str) -> bytes:
    from pipeline.render.archive import read_archive, write_archive

    parts = read_archive(content)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(old.encode(), new.encode())
    return write_archive(parts.items())
