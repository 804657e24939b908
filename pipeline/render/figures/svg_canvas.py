"""A sheet to draw on: SVG elements in points, texts as text, colours and fonts of the brand.

Only what every renderer of SVG draws alike is used: no style sheets, patterns, clips, markers or scripts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from pipeline.definitions.brand import Brand
from pipeline.render.fonts import Ruler, Style

POINTS_PER_MM = 72 / 25.4
_PIXELS = 96 / 72
"""CSS pixels in a point: the unit that needs no resolution."""

Anchor = Literal["start", "middle", "end"]


@dataclass
class Canvas:
    """Collects elements; `width` and `height` in points, the origin is the upper left corner."""

    brand: Brand
    width: float
    height: float
    _elements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        fonts = self.brand.fonts
        self._ruler = Ruler(fonts.substitutes, fonts.east_asian)

    def rect(self, x: float, y: float, width: float, height: float, **attributes: object) -> None:
        """Draw a rectangle; a negative height is drawn upwards."""
        y, height = (y + height, -height) if height < 0 else (y, height)
        self._add("rect", {"x": x, "y": y, "width": max(width, 0), "height": height, **attributes})

    def line(self, x1: float, y1: float, x2: float, y2: float, **attributes: object) -> None:
        """Draw a straight line."""
        self._add("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, **attributes})

    def polyline(self, points: Iterable[tuple[float, float]], **attributes: object) -> None:
        """Draw connected lines through points."""
        listed = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        self._add("polyline", {"points": listed, "fill": "none", **attributes})

    def circle(self, x: float, y: float, radius: float, **attributes: object) -> None:
        """Draw a circle."""
        self._add("circle", {"cx": x, "cy": y, "r": radius, **attributes})

    def text(
        self, x: float, y: float, text: str, size: float, *,
        anchor: Anchor = "start", bold: bool = False, fill: str | None = None,
    ) -> None:  # fmt: skip
        """Write one line; `y` is its baseline."""
        if not text:
            return
        attributes = {
            "x": x, "y": y, "font-size": size, "text-anchor": anchor, "fill": fill or self.brand.colours.text,
            "font-family": ", ".join([*self.brand.fonts.chain(self.brand.fonts.body), "sans-serif"]),
            **({"font-weight": 700} if bold else {}),
        }  # fmt: skip
        self._elements.append(f"<text{_attributes(attributes)}>{escape(text)}</text>")

    def hatch(self, x: float, y: float, width: float, height: float, colour: str, gap: float = 3) -> None:
        """Fill a rectangle with lines rising to the right, as forecasts are drawn (IBCS UN 3.2)."""
        y, height = (y + height, -height) if height < 0 else (y, height)
        offset = gap
        while offset < width + height:
            x1, y1 = (x, y + offset) if offset <= height else (x + offset - height, y + height)
            x2, y2 = (x + offset, y) if offset <= width else (x + width, y + offset - width)
            self.line(x1, y1, x2, y2, stroke=colour, stroke_width=0.7)
            offset += gap

    def text_width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide a line will be, in points."""
        return self._ruler.width(text, Style(self.brand.fonts.body, size, bold=bold)) if text else 0.0

    def ink_on(self, fill: str) -> str:
        """Return the brand's text colour that stands out more from a fill (contrast as WCAG 2.2 measures it)."""
        colours = self.brand.colours
        return max(colours.text, colours.on_accent, key=lambda ink: _contrast(ink, fill))

    def fitted(self, text: str, size: float, width: float) -> str:
        """Return the text, shortened with an ellipsis where it is wider than `width`."""
        if self.text_width(text, size) <= width:
            return text
        kept = text
        while kept and self.text_width(f"{kept}…", size) > width:
            kept = kept[:-1]
        return f"{kept.rstrip()}…"

    def finish(self, alternative: str, name: str) -> str:
        """Return the SVG element; `alternative` says in words what it shows."""
        size = {
            "width": self.width * _PIXELS, "height": self.height * _PIXELS,
            "viewBox": f"0 0 {_number(self.width)} {_number(self.height)}",
        }  # fmt: skip
        # The title holds the whole alternative text: it is what PDF writers and screen readers take from inline SVG.
        head = f'<svg xmlns="http://www.w3.org/2000/svg" class="figure {name}" role="img"{_attributes(size)}>'
        return f"{head}<title>{escape(alternative)}</title>{''.join(self._elements)}</svg>"

    def _add(self, element: str, attributes: dict[str, object]) -> None:
        self._elements.append(f"<{element}{_attributes(attributes)}/>")


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _attributes(attributes: Mapping[str, object]) -> str:
    return "".join(f" {name.replace('_', '-')}={quoteattr(_printed(value))}" for name, value in attributes.items())


def _printed(value: object) -> str:
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
