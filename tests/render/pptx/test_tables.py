"""Tables: rows repeat, groups open and close, long tables go on on the next slide."""

from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree
from pptx.util import Cm

from tests.render.pptx.decks import BRAND, Deck, cells, opened, rows, texts, value
from tests.support.office_checks import office_faults
from tests.support.openxml import new_errors

STEPS = rows(
    {"what": "Call", "who": "Ana", "due": date(2026, 11, 2), "worth": Decimal(100)},
    {"what": "Visit", "who": "Ben", "due": None, "worth": Decimal(300)},
    {"what": "Offer", "who": "Ana", "due": date(2026, 12, 1), "worth": Decimal(-50)},
)
HEADER = ["What", "Due", "Worth"]
ROW = ["{{ s.what }}", "{{ s.due }}", "{{ s.worth }}"]


def table_of(slide: Any) -> list[list[str]]:
    return next(cells(shape) for shape in slide.shapes if shape.has_table)


def test_the_row_that_names_the_variable_repeats_in_order_and_the_header_stays() -> None:
    deck = Deck().add_slide()
    deck.table([HEADER, ROW, ["Sum", "", "{{ total.worth }}"]], "for: s in steps\norder: worth desc")

    assert table_of(opened(deck.rendered(steps=STEPS)).slides[0]) == [
        HEADER,
        ["Visit", "–", "€300"],
        ["Call", "2 Nov 2026", "€100"],
        ["Offer", "1 Dec 2026", "−€50"],
        ["Sum", "", "€350"],
    ]


def test_where_and_limit_choose_rows() -> None:
    deck = Deck().add_slide()
    deck.table([HEADER, ROW], "For: s in steps\nWhere: s.worth > 0 and s.due\nlimit: 5")

    assert table_of(opened(deck.rendered(steps=STEPS)).slides[0]) == [HEADER, ["Call", "2 Nov 2026", "€100"]]


def test_groups_open_with_their_row_and_close_with_their_total() -> None:
    deck = Deck().add_slide()
    deck.table(
        [["Who", "Worth"], ["{{ group }}", ""], ["{{ s.what }}", "{{ s.worth }}"], ["Together", "{{ total.worth }}"]],
        "for: s in steps\ngroup: who",
    )

    assert table_of(opened(deck.rendered(steps=STEPS)).slides[0]) == [
        ["Who", "Worth"],
        ["Ana", ""], ["Call", "€100"], ["Offer", "−€50"], ["Together", "€50"],
        ["Ben", ""], ["Visit", "€300"], ["Together", "€300"],
    ]  # fmt: skip


def test_row_tags_allow_several_loops_in_one_table() -> None:
    deck = Deck().add_slide()
    deck.table([
        ["Name"], ["{%tr for s in steps %}"], ["{{ s.what }}"], ["{%tr endfor %}"],
        ["{%tr for n in (1, 2) %}"], ["No. {{ n }}"], ["{%tr endfor %}"],
    ])  # fmt: skip

    assert table_of(opened(deck.rendered(steps=STEPS)).slides[0]) == [
        ["Name"], ["Call"], ["Visit"], ["Offer"], ["No. 1"], ["No. 2"],
    ]  # fmt: skip


def test_without_rows_the_empty_line_stands_as_wide_as_the_table() -> None:
    deck = Deck().add_slide()
    deck.table([HEADER, ROW], "for: s in steps\nempty: Nobody has planned {{ what }} yet.")

    document = deck.rendered(steps=(), what="steps")

    assert table_of(opened(document).slides[0]) == [HEADER, ["Nobody has planned steps yet.", "", ""]]
    assert office_faults(document.content) == []


def test_without_rows_and_empty_line_the_slide_goes_when_it_holds_nothing_else() -> None:
    deck = Deck().add_slide(5)
    deck.slide.shapes.title.text = "Steps"
    deck.table([HEADER, ROW], "for: s in steps")
    deck.add_slide(5).slide.shapes.title.text = "Kept"

    assert [texts(slide) for slide in opened(deck.rendered(steps=())).slides] == [["Kept"]]


def test_a_mark_fills_the_cell_with_the_brands_colour() -> None:
    deck = Deck().add_slide()
    deck.table([["{{ level | rag }}", "{{ gain | impact }}"]])

    document = opened(deck.rendered(level=value("red"), gain=value(Decimal(3), "money")))
    first, second = next(shape for shape in document.slides[0].shapes if shape.has_table).table.rows[0].cells

    assert str(first.fill.fore_color.rgb) == BRAND.colours.adverse[1:]
    assert str(second.text_frame.paragraphs[0].runs[0].font.color.rgb) == BRAND.colours.favourable[1:]
    assert second.fill.type is None


def many(count: int, words: int = 4) -> tuple[Any, ...]:
    return rows(
        *({"what": f"{number}: " + "word " * words, "due": None, "worth": Decimal(1)} for number in range(count))
    )


def long_deck(alt: str = "", *, footer: float = 17.5) -> Deck:
    deck = Deck().add_slide(5)
    deck.slide.shapes.title.text = "Steps"
    deck.text("unbound", place=(1, footer, 5, 1))
    deck.text("repeated", "repeat: yes", place=(18, footer, 5, 1))
    deck.table([HEADER, ROW], f"for: s in steps\n{alt}", place=(1, 4, 23, 1.6))
    return deck


def test_a_long_table_goes_on_on_further_slides_with_its_header_and_every_row_once() -> None:
    deck = long_deck()
    document = deck.rendered(steps=many(60, 30))
    slides = list(opened(document).slides)

    shown = [row for slide in slides for row in table_of(slide) if row != HEADER]
    assert len(slides) > 3
    assert [row[0] for row in shown] == [str(row["what"]) for row in many(60, 30)]
    assert all(table_of(slide)[0] == HEADER for slide in slides)
    assert [slide.shapes.title.text for slide in slides] == [
        f"Steps ({number} of {len(slides)})" for number in range(1, len(slides) + 1)
    ]
    assert office_faults(document.content) == []
    assert new_errors(document.content, deck.content()) == []


def test_a_continuation_keeps_placeholders_and_what_is_to_be_repeated() -> None:
    slides = list(opened(long_deck().rendered(steps=many(60))).slides)

    assert texts(slides[0])[1:] == ["unbound", "repeated"]
    assert texts(slides[1])[1:] == ["repeated"]


def test_no_row_stands_below_the_next_shape() -> None:
    for slide in opened(long_deck(footer=12).rendered(steps=many(40, 20))).slides:
        frame = next(shape for shape in slide.shapes if shape.has_table)
        assert frame.height == sum(row.height for row in frame.table.rows)
        assert frame.top + frame.height <= Cm(12)


def test_until_and_rows_end_a_page_earlier() -> None:
    by_rows = opened(long_deck("rows: 7").rendered(steps=many(20))).slides
    by_height = opened(long_deck("until: 8 cm").rendered(steps=many(20))).slides

    assert [len(table_of(slide)) - 1 for slide in by_rows] == [7, 7, 6]
    for slide in by_height:
        frame = next(shape for shape in slide.shapes if shape.has_table)
        assert frame.top + frame.height <= Cm(8)


def test_the_continuation_speaks_the_documents_language() -> None:
    german = opened(long_deck("rows: 10").rendered(None, "de", steps=many(20))).slides
    japanese = opened(long_deck("rows: 10").rendered(None, "ja", steps=many(20))).slides

    assert german[1].shapes.title.text == "Steps (2 von 2)"
    assert japanese[1].shapes.title.text == "Steps（2/2）"


def test_fit_saves_a_slide_by_smaller_sizes_before_it_continues() -> None:
    plain = opened(long_deck().rendered(steps=many(20))).slides
    fitted = opened(long_deck("fit: 8-12").rendered(steps=many(20))).slides

    assert len(plain) == 2
    assert len(fitted) == 1
    sizes = {run.get("sz") for shape in fitted[0].shapes if shape.has_table for run in _runs(shape)}
    assert sizes < {"800", "850", "900", "950", "1000", "1050", "1100", "1150"}


def test_a_row_higher_than_a_slide_is_a_finding_that_says_where() -> None:
    document = long_deck().rendered(steps=many(1, 900))

    (finding,) = document.findings
    assert finding.id == "text-does-not-fit"
    assert "slide 1" in finding.message.to("en")


def _runs(shape: Any) -> list[etree._Element]:
    return list(shape._element.iter("{*}rPr"))
