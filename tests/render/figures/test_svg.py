"""Figures as SVG say what their data says, inside their frame, in the brand's notation."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
import resvg_py

from pipeline.errors import RenderError
from pipeline.model import Figure, Node, Series
from pipeline.render.figures.svg import draw_svg
from pipeline.render.fonts import Ruler, Style
from tests.support.brands import shipped_brand

SVG = "{http://www.w3.org/2000/svg}"
BRAND = shipped_brand()
MONTHS = ("Jan", "Feb", "Mar")


def series(code: str, name: str, *values: object) -> Series:
    numbers = tuple(None if value is None else Decimal(str(value)) for value in values)
    return Series(code, name, numbers, tuple("" if value is None else str(value) for value in values))


def figure(kind: str, categories: tuple[str, ...], *all_series: Series) -> Figure:
    return Figure("x", kind, "Title", "What it shows: all of it.", "money", "EUR k", categories, all_series)


ACTUAL, PLAN = series("AC", "Actual", 40, 80, None), series("PL", "Plan", 50, 60, 70)
PREVIOUS, FORECAST = series("PY", "Previous year", 30, 60, 60), series("FC", "Forecast", None, None, 75)
KINDS: dict[str, Figure] = {
    "columns_vs_reference": figure("columns_vs_reference", MONTHS, PREVIOUS, PLAN, ACTUAL, FORECAST),
    "columns": figure("columns", MONTHS, ACTUAL),
    "stacked_columns": figure("stacked_columns", MONTHS, series("a", "New", 5, 6, 7), series("b", "Tax", -1, -1, -2)),
    "line": figure("line", MONTHS, ACTUAL, PLAN),
    "sparkline": figure("sparkline", MONTHS, ACTUAL, PLAN),
    "bars": figure("bars", ("Drives", "Service", "Parts"), series("AC", "Actual", 40, -20, 10)),
    "bullet": figure("bullet", ("Drives", "Service", "Parts"), ACTUAL, PLAN),
    "parts": figure("parts", ("Service", "Execution"), series("value", "Points", 30, 12)),
    "grid": Figure(
        "x", "grid", "Title", "Drives in Leeds are owned.", "text", "", ("Leeds", "Brno"), (), ("Drives",),
        (Node("a", "Drives in Leeds", "120", state="owned"),),
    ),
    "matrix": Figure(
        "x", "matrix", "Title", "A risk.", "text", "", ("1", "2"), (), ("2", "1"),
        (Node("R1", "R1 Fire", row=1, column=1),),
    ),
}  # fmt: skip
each_kind = pytest.mark.parametrize("kind", KINDS)


def drawn(item: Figure, width: float = 120, height: float | None = None) -> ET.Element:
    return ET.fromstring(draw_svg(item, BRAND, width, height))  # noqa: S314 - our own text


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def boxes(root: ET.Element, fill: str) -> list[dict[str, float]]:
    """Return place and size of the rectangles of a fill."""
    found = [element for element in root.iter(f"{SVG}rect") if element.get("fill") == fill]
    return [{key: float(element.get(key, "nan")) for key in ("x", "y", "width", "height")} for element in found]


@each_kind
def test_every_kind_is_a_picture_with_its_words(kind: str) -> None:
    root = drawn(KINDS[kind])
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == KINDS[kind].description
    assert bytes(resvg_py.svg_to_bytes(svg_string=draw_svg(KINDS[kind], BRAND, 120))).startswith(b"\x89PNG")


@each_kind
def test_nothing_stands_out_of_the_frame(kind: str) -> None:
    root = drawn(KINDS[kind])
    _, _, width, height = (float(number) for number in str(root.get("viewBox")).split())
    for left, right, top, bottom in extents(root):
        assert left >= -0.5
        assert right <= width + 0.5
        assert top >= -0.5
        assert bottom <= height + 0.5


def extents(root: ET.Element) -> Iterator[tuple[float, float, float, float]]:
    """Yield left, right, top and bottom of each rectangle and text."""
    ruler = Ruler(BRAND.fonts.substitutes, BRAND.fonts.east_asian)
    for element in root.iter(f"{SVG}rect"):
        x, y, width, height = (float(str(element.get(key))) for key in ("x", "y", "width", "height"))
        yield x, x + width, y, y + height
    for element in root.iter(f"{SVG}text"):
        x, y, size = (float(str(element.get(key))) for key in ("x", "y", "font-size"))
        style = Style(BRAND.fonts.body, size, bold=element.get("font-weight") == "700")
        width = ruler.width(element.text or "", style)
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[str(element.get("text-anchor"))] * width
        yield left, left + width, y - size * 0.8, y + size * 0.25


@each_kind
def test_the_same_data_is_the_same_text(kind: str) -> None:
    assert draw_svg(KINDS[kind], BRAND, 120) == draw_svg(KINDS[kind], BRAND, 120)


def test_columns_are_as_high_as_their_values_from_zero() -> None:
    first, second = boxes(drawn(KINDS["columns"]), BRAND.colours.scenarios["AC"])
    assert second["height"] / first["height"] == pytest.approx(2, abs=0.01)
    assert first["y"] + first["height"] == pytest.approx(second["y"] + second["height"], abs=0.02)


def test_negative_bars_lead_to_the_left_of_zero() -> None:
    forty, twenty, ten = boxes(drawn(KINDS["bars"]), BRAND.colours.scenarios["AC"])
    assert twenty["x"] + twenty["width"] == pytest.approx(forty["x"], abs=0.02)
    assert [forty["width"] / ten["width"], twenty["width"] / ten["width"]] == pytest.approx([4, 2], abs=0.01)


def test_scenarios_are_told_apart_without_colour() -> None:
    root = drawn(KINDS["columns_vs_reference"])
    dark = BRAND.colours.scenarios["AC"]
    outlined = [box for box in root.iter(f"{SVG}rect") if box.get("stroke") == BRAND.colours.scenarios["PL"]]
    assert {box.get("fill") for box in outlined} <= {BRAND.colours.background, "none"}
    assert len(boxes(root, dark)) == 3  # two months and the key
    assert len(list(root.iter(f"{SVG}line"))) > 10  # the forecast's hatching


def test_the_labels_are_those_of_the_data() -> None:
    assert {"EUR k", "Actual", "Plan", "40", "80", "75", *MONTHS} <= set(texts(drawn(KINDS["columns_vs_reference"])))


def test_labels_that_would_collide_leave_the_extremes() -> None:
    values = [1000 + day for day in range(60)]
    item = figure("columns", tuple(str(day) for day in range(60)), series("AC", "Actual", *values))
    shown = set(texts(drawn(item, 100)))
    assert {"1000", "1059"} <= shown
    assert "1030" not in shown


@pytest.mark.parametrize(
    ("start", "now", "goal", "share", "colour"),
    [
        (8, 6, 4, 0.5, "accent"),
        (0, 9, 12, 0.75, "accent"),
        (92, 98, 97, 1.2, "favourable"),
        (8, 9, 4, -0.25, "adverse"),
        (5, 5, 5, 1.0, "favourable"),
        (8, 100, 4, -0.5, "adverse"),
    ],
)
def test_a_bullet_of_three_shows_the_way_covered(start: int, now: int, goal: int, share: float, colour: str) -> None:
    three = [series(code, code, value) for code, value in (("s", start), ("n", now), ("g", goal))]
    root = drawn(figure("bullet", ("x",), *three))
    (done,) = boxes(root, getattr(BRAND.colours, colour))
    (track,) = boxes(root, BRAND.colours.rule)
    assert done["width"] / track["width"] == pytest.approx(abs(share), abs=0.01)
    assert (done["x"] < track["x"]) == (share < 0)


def test_a_bullet_without_all_its_values_shows_those_there_are() -> None:
    three = [
        series(code, name, value) for code, name, value in (("s", "Start", 8), ("n", "Now", None), ("g", "Goal", 4))
    ]
    root = drawn(figure("bullet", ("x",), *three))
    assert texts(root) == ["Start 8", "Goal 4"]
    assert not boxes(root, BRAND.colours.accent)


def test_a_gap_is_no_zero() -> None:
    assert len(boxes(drawn(KINDS["columns"]), BRAND.colours.scenarios["AC"])) == 2


def test_what_people_typed_is_text() -> None:
    item = figure("bars", ('<script>"&', "b"), series("AC", 'A & B <x>"', 1, 2), series("PL", "Plan", 1, 2))
    assert {'<script>"&', 'A & B <x>"'} <= set(texts(drawn(item, 160)))


def test_text_on_a_fill_can_be_read() -> None:
    root = drawn(KINDS["grid"])
    inks = {element.text: element.get("fill") for element in root.iter(f"{SVG}text")}
    assert inks["120"] == BRAND.colours.on_accent


def test_a_kind_that_cannot_be_drawn_is_told() -> None:
    with pytest.raises(RenderError, match="figure `x`: a figure of kind tree cannot be drawn as SVG"):
        draw_svg(Figure("x", "tree", "T", "D", "text", ""), BRAND, 100)
