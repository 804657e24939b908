"""The page: 33.87 x 19.05 cm (16:9), twelve columns, five type sizes. All lengths are centimetres."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 33.867, 19.05
MARGIN, GUTTER = 1.5, 0.5
COLUMN = (WIDTH - 2 * MARGIN - 11 * GUTTER) / 12
CONTENT = WIDTH - 2 * MARGIN

HERO, TITLE, LEAD, BODY, SMALL = 32, 22, 14, 12, 10
"""Points: cover and score; titles and key numbers; lead lines; running text; dense tables, axes and footers."""

SUBJECT_TOP, TITLE_TOP, BODY_TOP, BODY_BOTTOM, FOOTER_TOP = 0.75, 1.35, 3.5, 17.55, 18.05


@dataclass(frozen=True, slots=True)
class Box:
    """A frame on the page in centimetres."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.top + self.height


def columns(first: int, count: int) -> tuple[float, float]:
    """Return left edge and width of `count` columns of the grid, the first being 1."""
    return MARGIN + (first - 1) * (COLUMN + GUTTER), count * COLUMN + (count - 1) * GUTTER


def box(first: int, count: int, top: float, height: float) -> Box:
    """Return a frame over `count` columns from `first`."""
    left, width = columns(first, count)
    return Box(left, top, width, height)


def emu(centimetres: float) -> int:
    """Return a length in English Metric Units, rounded to a hundredth of a millimetre."""
    return round(centimetres * 1000) * 360


def points(size: float) -> str:
    """Return a type size as DrawingML writes it, in hundredths of a point."""
    return str(round(size * 100))
