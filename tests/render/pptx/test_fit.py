"""Texts fit their boxes by real font metrics, or are reported with their cell."""

from typing import Any

import pytest
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Cm, Pt

from pipeline.formats import Formatter
from pipeline.model import CellRef
from pipeline.render.fonts import Ruler, Style, is_installed
from pipeline.render.text_layout import Piece, break_lines
from pipeline.wording import Value
from tests.render.pptx.decks import BRAND, Deck, opened, value

STORY = "many words that have to fit "


def fitted(alt: str, words: int, *, size: int = 18) -> Any:
    deck = Deck().add_slide()
    box = deck.text("{{ story }}", alt, "Story", (1, 1, 12, 4))
    box.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
    box.text_frame.auto_size = MSO_AUTO_SIZE.NONE
    text = Value((STORY * words).strip(), "text", Formatter("en"), source=CellRef("Notes", 7, 2))
    return deck.rendered(story=text)


def sizes(document: Any) -> set[float]:
    runs = opened(document).slides[0].shapes[0].text_frame.paragraphs[0].runs
    return {run.font.size.pt for run in runs}


def test_fit_finds_the_largest_size_in_half_points_that_fits() -> None:
    found = [sizes(fitted("fit: 8-18", words)).pop() for words in (2, 8, 12, 16, 20)]

    assert found[0] == 18
    assert found == sorted(found, reverse=True)
    assert all(size * 2 == int(size * 2) for size in found)
    assert fitted("fit: 8-18", 20).findings == ()


def test_a_text_as_long_as_it_can_be_still_fits_and_one_word_more_would_not() -> None:
    ruler = Ruler(BRAND.fonts.substitutes, BRAND.fonts.east_asian)
    (size,) = sizes(fitted("fit: 8-18", 14))
    width, height = Cm(12).pt - 14.4, Cm(4).pt - 7.2

    def lines(points: float) -> int:
        return len(break_lines([Piece((STORY * 14).strip(), Style("Calibri", points))], width, ruler))

    assert lines(size) * size * 1.2 <= height
    assert lines(size + 0.5) * (size + 0.5) * 1.2 > height


def test_a_smaller_size_goes_before_a_word_broken_anywhere() -> None:
    deck = Deck().add_slide()
    box = deck.text("{{ story }}", "fit: 8-18", "Story", (1, 1, 4, 4))
    box.text_frame.auto_size = MSO_AUTO_SIZE.NONE
    box.text_frame.paragraphs[0].runs[0].font.size = Pt(18)

    (size,) = sizes(deck.rendered(story=value("Geschäftsführender")))

    ruler = Ruler(BRAND.fonts.substitutes, BRAND.fonts.east_asian)
    width = (Cm(4).pt - 14.4) * 0.99
    assert ruler.width("Geschäftsführender", Style("Calibri", size)) <= width
    assert ruler.width("Geschäftsführender", Style("Calibri", size + 0.5)) > width


def test_what_does_not_fit_is_a_finding_with_cell_length_and_room() -> None:
    document = fitted("fit: 14-18", 40)

    (finding,) = document.findings
    assert sizes(document) == {14}
    assert str(finding.cell) == "Notes!B7"
    assert finding.message.to("en").startswith(f"This text has {len((STORY * 40).strip())} characters; about ")
    assert "(slide 1, “Story”)" in finding.message.to("en")


def test_a_text_without_fit_keeps_its_size_and_is_reported_when_it_does_not_fit() -> None:
    assert fitted("", 3).findings == ()
    document = fitted("", 40)

    assert sizes(document) == {18}
    assert [finding.id for finding in document.findings] == ["text-does-not-fit"]


def test_all_sizes_of_a_shape_scale_by_one_factor() -> None:
    deck = Deck().add_slide()
    box = deck.text("{{ story }}", "fit: 9-18", place=(1, 1, 12, 4))
    box.text_frame.paragraphs[0].runs[0].font.size = Pt(18)
    small = box.text_frame.add_paragraph().add_run()
    small.text, small.font.size = "a remark", Pt(12)

    shape = opened(deck.rendered(story=value(STORY * 18))).slides[0].shapes[0]
    first, second = (paragraph.runs[0].font.size.pt for paragraph in shape.text_frame.paragraphs)

    assert first < 18
    assert second == pytest.approx(12 * first / 18, abs=0.5)


def test_autofit_is_off_and_a_box_that_shrinks_its_text_is_sized_here() -> None:
    deck = Deck().add_slide()
    box = deck.text("{{ story }}", place=(1, 1, 12, 4))
    box.text_frame.paragraphs[0].runs[0].font.size = Pt(20)
    box.text_frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE

    frame = opened(deck.rendered(story=value(STORY * 14))).slides[0].shapes[0].text_frame

    assert frame.auto_size == MSO_AUTO_SIZE.NONE
    assert 12 <= frame.paragraphs[0].runs[0].font.size.pt < 20


def test_a_box_that_grows_gets_the_height_of_its_text() -> None:
    deck = Deck().add_slide()
    box = deck.text("{{ story }}", place=(1, 1, 12, 1))
    box.text_frame.auto_size = MSO_AUTO_SIZE.SHAPE_TO_FIT_TEXT

    document = deck.rendered(story=value("one\ntwo\nthree"))

    assert opened(document).slides[0].shapes[0].height.pt == pytest.approx(3 * 18 * 1.2 + 7.2, abs=0.1)
    assert document.findings == ()


def test_sizes_are_inherited_from_layout_and_master() -> None:
    deck = Deck().add_slide(1)
    deck.slide.shapes.title.text = "{{ story }}"
    deck.slide.placeholders[1].text_frame.text = "{{ story }}"

    document = deck.rendered(story=value(STORY * 30))
    title, body = opened(document).slides[0].placeholders

    assert title.text_frame.paragraphs[0].runs[0].font.size.pt < 44
    assert body.text_frame.paragraphs[0].runs[0].font.size.pt < 32


def test_the_faces_that_stand_in_are_installed() -> None:
    assert all(is_installed(family) for family in BRAND.fonts.substitutes.values())


def test_japanese_breaks_between_characters_but_not_before_a_closing_mark() -> None:
    ruler = Ruler(BRAND.fonts.substitutes, BRAND.fonts.east_asian)
    style = Style("Calibri", 10)
    five = ruler.width("日本語文章", style) / 0.99

    assert len(break_lines([Piece("日本語文章日本語文章", style)], five + 0.1, ruler)) == 2
    assert len(break_lines([Piece("日本語文章。", style)], five + 0.1, ruler)) == 2
    assert ruler.missing("日本語 Ωé", style) == ""
