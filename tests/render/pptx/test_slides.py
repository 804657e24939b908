"""Slides: repeated and dropped as their notes say, and nothing left behind of what is dropped."""

from decimal import Decimal

from pipeline.render.archive import read_archive
from tests.render.pptx.decks import Deck, opened, rows, texts
from tests.support.office_checks import office_faults
from tests.support.openxml import new_errors

PRODUCTS = rows({"name": "Pumps", "worth": Decimal(5)}, {"name": "Valves", "worth": Decimal(9)})
P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"


def test_the_notes_leading_lines_repeat_the_slide_and_leave_the_notes() -> None:
    deck = Deck().add_slide()
    deck.text("{{ p.name }}")
    deck.notes("For: p in products\norder: worth desc\nWhat is said about {{ p.name }}.\nif you like")

    slides = list(opened(deck.rendered(products=PRODUCTS)).slides)

    assert [texts(slide) for slide in slides] == [["Valves"], ["Pumps"]]
    assert slides[0].notes_slide.notes_text_frame.text == "What is said about Valves.\nif you like"


def test_a_slide_whose_condition_fails_leaves_the_file() -> None:
    deck = Deck().add_slide()
    deck.text("internal canary 4711")
    deck.notes("if: products | top(0)")
    deck.add_slide().text("kept")

    document = deck.rendered(products=PRODUCTS)

    assert [texts(slide) for slide in opened(document).slides] == [["kept"]]
    assert not any(b"4711" in part for part in read_archive(document.content).values())


def test_a_dropped_slide_leaves_although_another_links_to_it() -> None:
    deck = Deck().add_slide()
    deck.text("internal canary 4711")
    deck.notes("if: false")
    target = deck.slide
    deck.add_slide()
    box = deck.text("kept")
    box.click_action.target_slide = target

    document = deck.rendered()

    assert not any(b"4711" in part for part in read_archive(document.content).values())
    assert office_faults(document.content) == []


def test_a_link_leads_to_the_first_copy_of_its_target() -> None:
    deck = Deck().add_slide()
    deck.text("{{ p.name }}")
    deck.notes("for: p in products")
    target = deck.slide
    deck.add_slide()
    deck.text("contents").click_action.target_slide = target

    result = opened(deck.rendered(products=PRODUCTS))

    assert result.slides[2].shapes[0].click_action.target_slide.slide_id == result.slides[0].slide_id


def test_copies_have_ids_of_their_own_and_pass_the_validator() -> None:
    deck = Deck().add_slide()
    deck.chart({"AC": [1.0]})
    deck.table([["{{ p.name }}"]])
    deck.notes("for: p in products\nNotes")

    document = deck.rendered(products=PRODUCTS)

    assert len({slide.part.partname for slide in opened(document).slides}) == 2
    assert len([name for name in read_archive(document.content) if name.endswith(".xlsx")]) == 2
    assert office_faults(document.content) == []
    assert new_errors(document.content, deck.content()) == []


def test_a_dropped_shape_takes_its_picture_and_what_held_to_it_along() -> None:
    deck = Deck().add_slide()
    deck.chart({"AC": [1.0]}, "if: products[0].worth > 7")
    deck.text("kept")

    document = deck.rendered(products=PRODUCTS)

    assert texts(opened(document).slides[0]) == ["kept"]
    assert not [name for name in read_archive(document.content) if "chart" in name or "embed" in name]


def test_sections_name_the_copies_of_their_slides() -> None:
    deck = Deck().add_slide()
    deck.text("{{ p.name }}")
    deck.notes("for: p in products")
    deck.add_slide().text("end")
    ids = [entry.get("id") for entry in deck.presentation.slides._sldIdLst]
    _add_sections(deck, [[ids[0]], [ids[1]]])

    root = opened(deck.rendered(products=PRODUCTS)).part._element
    listed = [[entry.get("id") for entry in one] for one in root.iter(f"{{{P14}}}sldIdLst")]

    assert listed == [["256", "257"], ["258"]]


def _add_sections(deck: Deck, sections: list[list[str]]) -> None:
    from lxml import etree

    root = deck.presentation.part._element
    lists = "".join(
        f'<p14:section name="S{number}" id="{{0000000{number}-0000-0000-0000-000000000000}}"><p14:sldIdLst>'
        + "".join(f'<p14:sldId id="{key}"/>' for key in ids)
        + "</p14:sldIdLst></p14:section>"
        for number, ids in enumerate(sections)
    )
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    root.append(etree.fromstring(
        f'<p:extLst xmlns:p="{p}" xmlns:p14="{P14}"><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}">'
        f"<p14:sectionLst>{lists}</p14:sectionLst></p:ext></p:extLst>"
    ))  # fmt: skip


def test_what_the_template_tells_of_its_maker_is_not_carried_along() -> None:
    deck = Deck().add_slide()
    deck.text("kept")
    deck.presentation.core_properties.last_modified_by = "canary 4711"

    parts = read_archive(deck.rendered().content)

    assert not any(b"4711" in part for part in parts.values())
    assert "docProps/thumbnail.jpeg" not in parts
