"""Small figures as native shapes: sparklines, bullets and parts of a whole, drawn in a designer's frame.

A chart with its workbook would be too much for a picture of a word's size; shapes stay editable and crisp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from pipeline.definitions.brand import Brand
from pipeline.model import Figure, Series
from pipeline.render.characters import cleaned
from pipeline.render.fonts import Ruler, Style
from pipeline.render.office.names import NAMESPACES, Element
from pipeline.render.office.theme import locale_of
from pipeline.render.pptx.geometry import Box

_POINT = 12_700
_LABEL = 10.0
_LINE = round(_LABEL * 1.2 * _POINT)


@dataclass
class Sketch:
    """Collects native shapes; coordinates in EMU on the slide."""

    brand: Brand
    ruler: Ruler
    next_id: Callable[[], int]
    language: str
    shapes: list[str] = field(default_factory=list)

    def rectangle(self, box: Box, colour: str) -> None:
        """Draw a filled rectangle."""
        self._add("Bar", box, '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>', _fill(colour) + _NO_LINE)

    def dot(self, x: int, y: int, radius: int, colour: str) -> None:
        """Draw a filled circle."""
        box = Box(x - radius, y - radius, 2 * radius, 2 * radius)
        self._add("Dot", box, '<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom>', _fill(colour) + _NO_LINE)

    def line(self, points: Sequence[tuple[int, int]], colour: str, width: float, dash: str = "") -> None:
        """Draw connected lines."""
        left, top = min(x for x, _ in points), min(y for _, y in points)
        box = Box(left, top, max(x for x, _ in points) - left, max(y for _, y in points) - top)
        steps = "".join(
            f'<a:{step}><a:pt x="{x - left}" y="{y - top}"/></a:{step}>'
            for step, (x, y) in zip(("moveTo", *["lnTo"] * len(points)), points, strict=False)
        )
        path = f'<a:path w="{box.width}" h="{box.height}" fill="none">{steps}</a:path>'
        outline = (
            '<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/>'
            f"<a:pathLst>{path}</a:pathLst></a:custGeom>"
        )
        dashed = f'<a:prstDash val="{dash}"/>' if dash else ""
        pen = f'<a:ln w="{round(width * _POINT)}" cap="rnd">{_fill(colour)}{dashed}<a:round/></a:ln>'
        self._add("Line", box, outline, "<a:noFill/>" + pen)

    def text(self, box: Box, text: str, colour: str, *, align: str = "l", bold: bool = False) -> None:
        """Write one line, centred from top to bottom of its box."""
        style = f'lang="{locale_of(self.language)}" sz="{round(_LABEL * 100)}" b="{int(bold)}"'
        properties = f"<a:rPr {style}>{_fill(colour)}</a:rPr>"
        body = (
            '<p:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/></a:bodyPr>'
            f'<a:lstStyle/><a:p><a:pPr algn="{align}"/><a:r>{properties}<a:t>{_escaped(text)}</a:t></a:r></a:p>'
            "</p:txBody>"
        )
        self._add("Label", box, '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>', "<a:noFill/>" + _NO_LINE, body)

    def width_of(self, text: str, *, bold: bool = False) -> int:
        """Return the width of a label in EMU."""
        return round(self.ruler.width(text, Style(self.brand.fonts.body, _LABEL, bold=bold)) * _POINT)

    def group(self, name: str, box: Box) -> Element:
        """Return all shapes as one group in its frame."""
        frame = _transform("a:xfrm", box).replace(
            "</a:xfrm>",
            f'<a:chOff x="{box.left}" y="{box.top}"/><a:chExt cx="{box.width}" cy="{box.height}"/></a:xfrm>',
        )
        content = (
            f'<p:grpSp xmlns:p="{NAMESPACES["p"]}" xmlns:a="{NAMESPACES["a"]}"><p:nvGrpSpPr>'
            f'<p:cNvPr id="{self.next_id()}" name="{_escaped(name)}"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
            f"<p:grpSpPr>{frame}</p:grpSpPr>{''.join(self.shapes)}</p:grpSp>"
        )
        return etree.fromstring(content)

    def _add(self, kind: str, box: Box, outline: str, look: str, body: str = "") -> None:
        number = self.next_id()
        is_text = ' txBox="1"' if body else ""
        self.shapes.append(
            f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{kind} {number}"/><p:cNvSpPr{is_text}/><p:nvPr/></p:nvSpPr>'
            f"<p:spPr>{_transform('a:xfrm', box)}{outline}{look}</p:spPr>{body or _EMPTY_BODY}</p:sp>"
        )


_NO_LINE = "<a:ln><a:noFill/></a:ln>"
_EMPTY_BODY = "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody>"


def _transform(tag: str, box: Box) -> str:
    extent = f'<a:ext cx="{max(box.width, 0)}" cy="{max(box.height, 0)}"/>'
    return f'<{tag}><a:off x="{box.left}" y="{box.top}"/>{extent}</{tag}>'


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.lstrip("#").upper()}"/></a:solidFill>'


def _escaped(text: str) -> str:
    return cleaned(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def draw_sparkline(sketch: Sketch, figure: Figure, box: Box) -> None:
    """Draw the first series as a thin line with a dot on its last value, a second one as a dashed reference."""
    values = [float(value) for one in figure.series[:2] for value in one.values if value is not None]
    low, high = min(values), max(values)
    inset = 2 * _POINT
    plot = Box(box.left + inset, box.top + inset, box.width - 2 * inset, box.height - 2 * inset)
    colours = sketch.brand.colours
    pens = ((colours.accent, 1.5, ""), (colours.muted, 0.75, "sysDash"))
    for one, pen in reversed(list(zip(figure.series, pens, strict=False))):
        points = _points(one, plot, low, high)
        if len(points) > 1:
            sketch.line(points, *pen)
    last = _points(figure.series[0], plot, low, high)[-1:]
    for x, y in last:
        sketch.dot(x, y, 2 * _POINT, colours.accent)


def _points(series: Series, plot: Box, low: float, high: float) -> list[tuple[int, int]]:
    steps = max(len(series.values) - 1, 1)
    span = high - low or 1.0
    return [
        (round(plot.left + plot.width * number / steps), round(plot.bottom - plot.height * (float(value) - low) / span))
        for number, value in enumerate(series.values)
        if value is not None
    ]


def draw_parts(sketch: Sketch, figure: Figure, box: Box) -> None:
    """Draw the parts of a whole as one bar, each labelled inside it where there is room."""
    first = figure.series[0]
    parts = list(zip(figure.categories, first.values, first.labels, strict=True))
    if len(figure.series) > 1:
        parts = [(one.name, one.values[0], one.labels[0]) for one in figure.series]
    total = sum((abs(value) for _, value, _ in parts if value is not None), Decimal(0)) or Decimal(1)
    left = box.left
    for number, (title, value, label) in enumerate(parts):
        width = round(box.width * float(abs(value or Decimal(0)) / total))
        colours = sketch.brand.colours
        sketch.rectangle(
            Box(left, box.top, max(width - _POINT, 0), box.height), colours.theme[number % len(colours.theme)]
        )
        text = next((t for t in (f"{title} {label}".strip(), label) if sketch.width_of(t) < width - 6 * _POINT), "")
        if text:
            sketch.text(Box(left, box.top, width, box.height), text, colours.on_accent, align="ctr")
        left += width


def draw_bullet(sketch: Sketch, figure: Figure, box: Box) -> None:
    """Draw a row for each category: the value as a bar, its reference as a mark across it.

    Three series are where it began, where it is, and the goal; the bar then runs from the first towards the third.
    """
    rows = max(len(figure.categories), 1)
    titles = min(max((sketch.width_of(text) for text in figure.categories), default=0), round(box.width * 0.4))
    titles = titles + 8 * _POINT if rows > 1 else 0
    labels = max(
        (sketch.width_of(text, bold=True) for text in figure.series[-2 if len(figure.series) > 1 else 0].labels),
        default=0,
    )
    track = Box(box.left + titles, box.top, box.width - titles - labels - 8 * _POINT, box.height // rows)
    for row, category in enumerate(figure.categories):
        middle = box.top + round(box.height * (row + 0.5) / rows)
        if titles:
            sketch.text(Box(box.left, middle - _LINE // 2, titles, _LINE), category, sketch.brand.colours.text)
        _bullet_row(sketch, figure, row, Box(track.left, middle, track.width, min(track.height // 3, 10 * _POINT)))


def _bullet_row(sketch: Sketch, figure: Figure, row: int, track: Box) -> None:
    colours = sketch.brand.colours
    share, goal, label = _progress(figure, row)
    height = max(track.height, 4 * _POINT)
    top = track.top - height // 2
    sketch.rectangle(Box(track.left, top, track.width, height), colours.rule)
    if share is not None:
        reached = min(max(share, 0.0), 1.0)
        sketch.rectangle(Box(track.left, top, round(track.width * reached), height), colours.accent)
    if goal is not None:
        mark = Box(track.left + round(track.width * goal) - _POINT, top - 2 * _POINT, 2 * _POINT, height + 4 * _POINT)
        sketch.rectangle(mark, colours.text)
    beside = Box(track.right + 6 * _POINT, track.top - _LINE // 2, sketch.width_of(label, bold=True) + _POINT, _LINE)
    if label:
        sketch.text(beside, label, colours.text, bold=True)


def _progress(figure: Figure, row: int) -> tuple[float | None, float | None, str]:
    """Return value and goal as shares of the track, and the value's label."""
    values = [one.values[row] for one in figure.series]
    if len(values) >= 3:
        start, now, goal = values[:3]
        if start is None or now is None or goal is None or goal == start:
            return None, 1.0, figure.series[1].labels[row]
        return float((now - start) / (goal - start)), 1.0, figure.series[1].labels[row]
    highest = max((abs(float(v)) for one in figure.series for v in one.values if v is not None), default=1.0) or 1.0
    goal_share = float(values[1]) / highest if len(values) > 1 and values[1] is not None else None
    return (float(values[0]) / highest if values[0] is not None else None), goal_share, figure.series[0].labels[row]


DRAWINGS: dict[str, Callable[[Sketch, Figure, Box], None]] = {
    "sparkline": draw_sparkline,
    "parts": draw_parts,
    "bullet": draw_bullet,
}
