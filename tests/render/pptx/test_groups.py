"""Groups: tiles, relationship maps and heat maps made of a designer's sample shapes."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.util import Cm

from pipeline.model import Audience, Figure, Node, PlanView
from pipeline.render.pptx import compile_deck, render
from pipeline.render.pptx.geometry import Box
from pipeline.render.pptx.tree_layout import lay_out_tree
from tests.render.pptx.decks import BRAND, Deck, describe, opened, rows, value
from tests.support.office_checks import office_faults
from tests.support.openxml import new_errors

KPIS = rows(*({"label": f"Number {number}", "worth": Decimal(number)} for number in range(1, 6)))


def tiles(alt: str) -> Deck:
    deck = Deck().add_slide()
    box = deck.slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(1), Cm(2), Cm(6), Cm(3))
    text = deck.text("{{ k.label }}: {{ k.worth }} ({{ loop.index }}/{{ loop.length }})", place=(1.2, 2.2, 5, 1))
    describe(deck.slide.shapes.add_group_shape([box, text]), alt, "Tiles")
    return deck


def test_a_group_repeats_as_tiles_in_columns() -> None:
    deck = tiles("for: k in kpis\ncolumns: 3\ngap: 0,5 cm\nalt: About {{ k.label }}")

    document = deck.rendered(kpis=KPIS)
    groups = list(opened(document).slides[0].shapes)

    assert [(group.left, group.top) for group in groups] == [
        (Cm(1 + 6.5 * column), Cm(2 + 3.5 * row)) for row, column in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1))
    ]
    assert groups[4].shapes[1].text_frame.text == "Number 5: €5 (5/5)"
    assert groups[1]._element[0][0].get("descr") == "About Number 2"
    assert office_faults(document.content) == []
    assert new_errors(document.content, deck.content()) == []


def test_tiles_below_the_slide_are_a_finding() -> None:
    (finding,) = tiles("for: k in kpis\ncolumns: 1\ngap: 1 cm").rendered(kpis=KPIS).findings

    assert finding.id == "deck-too-crowded"
    assert "“Tiles”" in finding.message.to("en")


def test_no_items_no_tiles() -> None:
    deck = tiles("for: k in kpis")
    deck.text("kept {{ word }}", place=(1, 10, 5, 1))

    assert [shape.name for shape in opened(deck.rendered(kpis=(), word=value("here"))).slides[0].shapes] == [
        "TextBox 4"
    ]


def people(*links: tuple[str, str | None]) -> Figure:
    nodes = tuple(
        Node(key, f"Person {key}", "Buyer", parent, state="2" if key == "A" else "-2", ring="3", flags=("cold",))
        for key, parent in links
    )
    return Figure("people", "tree", "People", "Who reports to whom.", "text", "", nodes=nodes)


def map_deck() -> Deck:
    deck = Deck().add_slide()
    shapes = deck.slide.shapes
    node = shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(1), Cm(2), Cm(4), Cm(1.6))
    node.text_frame.text = "{{ node.label }} {{ node.flags }}"
    line = shapes.add_connector(MSO_CONNECTOR.ELBOW, Cm(2), Cm(4), Cm(3), Cm(5))
    far = shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(23), Cm(16), Cm(1), Cm(1))
    group = shapes.add_group_shape([node, line, far])
    far._element.getparent().remove(far._element)
    describe(group, "map: people", "Map")
    return deck


def test_a_map_draws_a_node_for_each_person_and_a_glued_line_for_each_report() -> None:
    deck = map_deck()
    figure = people(("A", None), ("B", "A"), ("C", "A"), ("D", "B"))

    document = deck.rendered({"people": figure})
    (group,) = opened(document).slides[0].shapes
    nodes = {shape.text_frame.text: shape for shape in group.shapes if shape.has_text_frame}
    lines = [shape for shape in group.shapes if not shape.has_text_frame]

    assert set(nodes) == {f"Person {key} cold" for key in "ABCD"}
    assert str(nodes["Person A cold"].fill.fore_color.rgb) == BRAND.colours.states["2"][1:]
    assert nodes["Person A cold"].line.width.pt == 2.25
    assert nodes["Person A cold"].top < nodes["Person B cold"].top < nodes["Person D cold"].top
    assert len(lines) == 3
    known = {str(shape.shape_id) for shape in nodes.values()}
    assert {end.get("id") for line in lines for end in line._element.iter("{*}stCxn", "{*}endCxn")} <= known
    assert group._element[0][0].get("descr") == "Who reports to whom."
    assert office_faults(document.content) == []
    assert new_errors(document.content, deck.content()) == []


@given(st.lists(st.integers(min_value=-1, max_value=25), min_size=1, max_size=26))
@settings(max_examples=60, deadline=None)
def test_any_tree_lies_in_its_area_and_no_node_covers_another(parents: list[int]) -> None:
    nodes = [Node(str(number), "", parent=str(parent)) for number, parent in enumerate(parents)]
    area, sample = Box(1000, 2000, 30_000_000, 15_000_000), Box(0, 0, 1_400_000, 700_000)

    layout = lay_out_tree(nodes, area, sample)

    if layout is None:
        assert len(nodes) > 8
        return
    boxes = list(layout.boxes.values())
    assert len(boxes) == len(nodes)
    for number, box in enumerate(boxes):
        assert area.left - 2 <= box.left
        assert box.right <= area.right + 2
        assert area.top <= box.top
        assert box.bottom <= area.bottom + 2
        for other in boxes[number + 1 :]:
            apart = box.right <= other.left + 1 or other.right <= box.left + 1
            assert apart or box.bottom <= other.top + 1 or other.bottom <= box.top + 1


def test_a_heat_map_fills_the_frame_with_cells_and_titles() -> None:
    deck = Deck().add_slide()
    shapes = deck.slide.shapes
    cell = shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(1), Cm(2), Cm(20), Cm(12))
    cell.text_frame.text = "{{ node.detail }}"
    title = deck.text("title", place=(1, 2, 3, 1))
    describe(shapes.add_group_shape([cell, title]), "grid: whitespace", "Grid")
    nodes = (
        Node("a", "x", "€1 m", row=0, column=1, state="owned"),
        Node("b", "y", "€2 m", row=1, column=0),
        Node("c", "z", "€3 m", row=1, column=0),
    )
    figure = Figure(
        "whitespace",
        "grid",
        "",
        "Where we sell.",
        "money",
        "",
        ("North", "South"),
        row_titles=("Pumps", "Valves"),
        nodes=nodes,
    )

    document = deck.rendered({"whitespace": figure})
    (group,) = opened(document).slides[0].shapes
    shown = [shape.text_frame.text for shape in group.shapes]

    assert shown == ["", "€1 m", "€2 m\v€3 m", "", "North", "South", "Pumps", "Valves"]
    assert str(group.shapes[1].fill.fore_color.rgb) == BRAND.colours.states["owned"][1:]
    assert office_faults(document.content) == []


def logo_deck(alt: str) -> Deck:
    deck = Deck().add_slide()
    picture = deck.slide.shapes.add_picture(str(LOGO), Cm(2), Cm(2), Cm(10), Cm(10))
    describe(picture, alt, "Logo")
    return deck


LOGO = Path(__file__).parents[3] / "output_templates/brands/planpress/logo.png"


def rendered_with_logo(deck: Deck, file: str) -> Any:
    brand = replace_logo(file)
    view = PlanView(Audience.INTERNAL, "en", None, {"none": value(None)})
    files = {f"brand/{path.name}": path.read_bytes() for path in LOGO.parent.glob("logo*")}
    return render(compile_deck("deck.pptx", deck.content()), view, lambda *_: people(), brand, files)


def replace_logo(file: str) -> Any:
    return BRAND.model_copy(update={"logo": file})


def test_a_logo_is_fitted_into_its_frame_with_a_png_beside_the_svg() -> None:
    document = rendered_with_logo(logo_deck("picture: logo\nalt: Our logo"), "logo.svg")
    (picture,) = opened(document).slides[0].shapes

    assert picture.width == Cm(10)
    assert abs(picture.top + picture.height // 2 - Cm(7)) <= 1
    assert picture._element[0][0].get("descr") == "Our logo"
    assert [node.get("uri") for node in picture._element.iter("{*}ext") if node.get("uri")] == [
        "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
    ]
    assert office_faults(document.content) == []


def test_a_picture_may_fill_its_frame() -> None:
    (picture,) = opened(rendered_with_logo(logo_deck("picture: logo fill"), "logo.png")).slides[0].shapes

    assert (picture.width, picture.height) == (Cm(10), Cm(10))
    assert picture.crop_left > 0
    assert picture.crop_left == picture.crop_right


def test_without_a_file_the_picture_goes() -> None:
    document = rendered_with_logo(logo_deck("picture: none"), "logo.png")

    assert len(opened(document).slides[0].shapes) == 0
    assert b"media/" not in document.content


def test_an_empty_map_leaves_the_slide() -> None:
    deck = map_deck()
    deck.add_slide().text("kept")

    assert len(opened(deck.rendered({"people": replace(people(), nodes=())})).slides) == 1
