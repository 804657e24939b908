"""Where shapes stand, in EMU (914,400 an inch), and lengths that designers write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.render.office.names import Element, name
from pipeline.render.office.package import Part
from pipeline.render.pptx.expressions import TagError
from pipeline.render.pptx.shape_names import P_FRAME, P_GROUP, placeholder_of, shape_tree, shapes_in
from pipeline.render.pptx.text_styles import StyleSheet

A_XFRM, A_OFF, A_EXT = name("a:xfrm"), name("a:off"), name("a:ext")
EMU_PER_CM = 360_000
_UNITS = {"cm": EMU_PER_CM, "mm": EMU_PER_CM // 10, "pt": 12_700, "in": 914_400, "": EMU_PER_CM}
_LENGTH = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(cm|mm|pt|in|)\s*$")
_FOOTERS = frozenset({"ftr", "sldNum", "dt"})
_DEFAULT_MARGIN = 457_200


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Return the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """Return the lower edge."""
        return self.top + self.height

    def shares_columns(self, other: Box) -> bool:
        """Return whether the two would meet if one moved up or down."""
        return self.left < other.right and other.left < self.right


def read_length(key: str, text: str) -> int:
    """Return a length such as `0.4 cm` in EMU, centimetres without unit; raise TagError for anything else."""
    match = _LENGTH.match(text)
    if match is None:
        raise TagError(f"{key}: {text}", "expected a length such as `0.4 cm`.")
    return round(float(match.group(1).replace(",", ".")) * _UNITS[match.group(2)])


def transform_of(shape: Element) -> Element | None:
    """Return the shape's own `a:xfrm` (`p:xfrm` in a graphic frame), None when it inherits its place."""
    if shape.tag == P_FRAME:
        return shape.find(name("p:xfrm"))
    return shape.find(f"{name('p:grpSpPr') if shape.tag == P_GROUP else name('p:spPr')}/{A_XFRM}")


def box_of_transform(transform: Element | None) -> Box | None:
    """Return the rectangle of a transform, None when it says none."""
    offset = transform.find(A_OFF) if transform is not None else None
    extent = transform.find(A_EXT) if transform is not None else None
    if offset is None or extent is None:
        return None
    left, top = (int(offset.get(key, "0")) for key in ("x", "y"))
    return Box(left, top, int(extent.get("cx", "0")), int(extent.get("cy", "0")))


def box_of(shape: Element, slide: Part, sheet: StyleSheet) -> Box | None:
    """Return a shape's rectangle, inherited from layout or master where it says none itself."""
    own = box_of_transform(transform_of(shape))
    if own is not None or placeholder_of(shape) is None:
        return own
    inherited = (box_of_transform(node) for node in sheet.of_shape(slide, shape).transforms)
    return next((box for box in inherited if box is not None), None)


def set_height(shape: Element, height: int) -> None:
    """Give a shape with a place of its own another height."""
    transform = transform_of(shape)
    extent = transform.find(A_EXT) if transform is not None else None
    if extent is not None:
        extent.set("cy", str(height))


def slide_size(presentation: Part) -> tuple[int, int]:
    """Return width and height of the deck's slides."""
    node = presentation.root.find(name("p:sldSz"))
    return (int(node.get("cx", "0")), int(node.get("cy", "0"))) if node is not None else (12_192_000, 6_858_000)


def lower_limit(frame: Element, box: Box, slide: Part, presentation: Part, sheet: StyleSheet) -> int:
    """Return how far down a table may grow: the next shape below, the footer, the layout's lower margin."""
    limits = [_margin(slide, presentation)]
    layout = slide.first("slideLayout")
    master = layout.first("slideMaster") if layout is not None else None
    for part in (slide, layout, master):
        for shape in shapes_in(shape_tree(part.root)) if part is not None else ():
            other = (
                box_of(shape, part, sheet)
                if part is slide and part is not None
                else box_of_transform(transform_of(shape))
            )
            if shape is frame or other is None or not _stands_in_the_way(shape, is_on_slide=part is slide):
                continue
            if other.top > box.top and other.shares_columns(box) and other.top >= box.top + box.height // 2:
                limits.append(other.top)
    return min(limits)


def _stands_in_the_way(shape: Element, *, is_on_slide: bool) -> bool:
    """Layouts and masters show their own shapes on slides, and reserve the footer; other placeholders are samples."""
    placeholder = placeholder_of(shape)
    return is_on_slide or placeholder is None or placeholder.get("type") in _FOOTERS


def _margin(slide: Part, presentation: Part) -> int:
    """Return the lower edge of the layout's largest text area, else the slide's height less half an inch."""
    layout = slide.first("slideLayout")
    master = layout.first("slideMaster") if layout is not None else None
    for part in (layout, master):
        bottoms = []
        for shape in shapes_in(shape_tree(part.root)) if part is not None else ():
            placeholder = placeholder_of(shape)
            if placeholder is not None and placeholder.get("type", "obj") in ("obj", "body", "tbl"):
                box = box_of_transform(transform_of(shape))
                bottoms.append(box.bottom if box is not None else 0)
        if any(bottoms):
            return max(bottoms)
    return slide_size(presentation)[1] - _DEFAULT_MARGIN
