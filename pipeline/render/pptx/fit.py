"""Text that fits its box: sizes found by real font metrics and written into the runs, the rest reported.

`fit: 12-18` gives the smallest and largest body size; all sizes of a shape scale by one factor, in half points. A box
that shrinks its text on overflow counts as `fit:` down to the smallest body size; PowerPoint itself would shrink it
only when somebody edits it (python-pptx#715), so autofit is switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from pipeline.render.office.names import Element, name
from pipeline.render.pptx.expressions import TagError
from pipeline.render.pptx.measuring import TextMeasure, half_points
from pipeline.render.pptx.text_body import A_BR, A_END, A_FLD, A_P, A_PPR, A_R, A_RPR
from pipeline.render.pptx.text_styles import EMU_PER_POINT, Inheritance, StyleSheet

SMALLEST_BODY = 12.0
_RANGE = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(?:pt)?\s*(?:-+\s*(\d+(?:[.,]\d+)?)\s*(?:pt)?)?\s*$")
_STEP = 0.5
_INSETS = {"lIns": 91440, "rIns": 91440, "tIns": 45720, "bIns": 45720}
_ROUND_CORNER, _ELLIPSE = 0.29289, 0.70711


@dataclass(frozen=True, slots=True)
class Fit:
    """Smallest and largest body size in points."""

    smallest: float
    largest: float

    def scales(self, main_size: float) -> Iterator[float]:
        """Yield the factors to try on sizes, largest first, so that the body size moves in half points."""
        if main_size <= 0:
            yield 1.0
            return
        size = half_points(self.largest)
        while size >= self.smallest:
            yield size / main_size
            size -= _STEP


def read_fit(text: str) -> Fit:
    """Return the sizes in `12-18` or `14`; raise TagError for anything else."""
    match = _RANGE.match(text)
    if match is None:
        raise TagError(f"fit: {text}", "expected sizes in points such as `12-18`.")
    smallest, largest = (float(group.replace(",", ".")) if group else 0.0 for group in match.groups())
    if not smallest or (largest and largest < smallest):
        raise TagError(f"fit: {text}", "the smallest size comes first.")
    return Fit(smallest, largest or smallest)


@dataclass(frozen=True, slots=True)
class TextBox:
    """The room for a text in points, as the shape's insets, columns, direction and outline leave it."""

    width: float
    height: float
    columns: int = 1
    insets: float = 0.0

    @classmethod
    def of(cls, shape: Element, width: int, height: int, inheritance: Inheritance) -> TextBox:
        """Return the room in a shape of `width` by `height` EMU."""
        inner_width, inner_height = _inner(shape, width / EMU_PER_POINT, height / EMU_PER_POINT)
        left, right, top, bottom = (
            int(inheritance.body(key) or default) / EMU_PER_POINT for key, default in _INSETS.items()
        )
        inner_width, inner_height = inner_width - left - right, inner_height - top - bottom
        if (inheritance.body("vert") or "horz") != "horz":
            inner_width, inner_height = inner_height, inner_width
        columns = int(inheritance.body("numCol") or 1)
        gap = int(inheritance.body("spcCol") or 0) / EMU_PER_POINT
        if inheritance.body("wrap") == "none":
            inner_width = 100_000.0
        return cls(max((inner_width - gap * (columns - 1)) / columns, 1.0), inner_height, columns, top + bottom)

    def takes(self, measure: TextMeasure, scale: float) -> bool:
        """Return whether a text fits at a scale; a tenth of a point is no overflow."""
        return measure.height(self.width, scale) <= self.height * self.columns + 0.1

    def shows(self, measure: TextMeasure, scale: float) -> bool:
        """Return whether a text stays inside the shape's outline, insets used up."""
        return measure.height(self.width, scale) <= (self.height + self.insets) * self.columns + 0.1

    def share(self, measure: TextMeasure, scale: float) -> float:
        """Return which share of a text has room at a scale, 0 to 1."""
        needed = measure.height(self.width, scale)
        return min(1.0, max(self.height, 0.0) * self.columns / needed) if needed else 1.0


def _inner(shape: Element, width: float, height: float) -> tuple[float, float]:
    """Return the text rectangle of the outlines that leave less than the whole (presetShapeDefinitions)."""
    outline = shape.find(f"{name('p:spPr')}/{name('a:prstGeom')}")
    kind = outline.get("prst", "rect") if outline is not None else "rect"
    if kind == "ellipse":
        return width * _ELLIPSE, height * _ELLIPSE
    if kind == "roundRect" and outline is not None:
        guide = outline.find(f".//{name('a:gd')}")
        adjust = int((guide.get("fmla", "") if guide is not None else "").rpartition(" ")[2] or 16667) / 100_000
        inset = 2 * min(width, height) * min(adjust, 0.5) * _ROUND_CORNER
        return width - inset, height - inset
    return width, height


def best_scale(measure: TextMeasure, box: TextBox, fit: Fit) -> tuple[float, bool]:
    """Return the largest scale at which a text fits and True, else the smallest one and False.

    A scale that keeps every word whole goes before a larger one that breaks a word anywhere.
    """
    scale, fitting = 1.0, list[float]()
    for scale in fit.scales(measure.main_size):
        if box.takes(measure, scale):
            fitting.append(scale)
            if not measure.splits_a_word(box.width, scale):
                return scale, True
    return (fitting[0], True) if fitting else (scale, False)


def write_sizes(body: Element, inheritance: Inheritance, sheet: StyleSheet, scale: float) -> None:
    """Write the scaled size into every run, field, break and paragraph end of a body."""
    for paragraph in body.iterchildren(A_P):
        properties = paragraph.find(A_PPR)
        number = int(properties.get("lvl", "0")) if properties is not None else 0
        style = sheet.level(inheritance, number).style
        for child in list(paragraph):
            own = child if child.tag == A_END else _properties(child)
            if own is not None:
                own.set("sz", str(round(half_points(sheet.run(style, own).size * scale) * 100)))


def _properties(child: Element) -> Element | None:
    if child.tag not in (A_R, A_FLD, A_BR):
        return None
    found = child.find(A_RPR)
    if found is None:
        found = etree.Element(A_RPR)
        child.insert(0, found)
    return found


def switch_off_autofit(body_properties: Element) -> None:
    """Say that the text is set as it stands, whatever layout or master say."""
    for kind in ("normAutofit", "spAutoFit", "noAutofit"):
        for node in body_properties.findall(name(f"a:{kind}")):
            body_properties.remove(node)
    later = {name(f"a:{key}") for key in ("scene3d", "sp3d", "flatTx", "extLst")}
    position = sum(1 for child in body_properties if child.tag not in later)
    body_properties.insert(position, etree.Element(name("a:noAutofit")))
