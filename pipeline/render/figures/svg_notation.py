"""How scenarios look wherever they are drawn (IBCS UN 3.2): actual solid dark, previous year lighter, plan outlined,
forecast hatched; anything else in the theme's colours.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Series
from pipeline.render.figures.svg_canvas import Canvas

ACTUAL, FORECAST, PLAN, PREVIOUS_YEAR = "AC", "FC", "PL", "PY"
LABEL, SMALL = 8.0, 7.0
"""Sizes of texts in points."""

_SWATCH = 6.0


def colour_of(canvas: Canvas, code: str, position: int = 0) -> str:
    """Return the colour of a series: its scenario's, its state's, or the theme's by position."""
    colours = canvas.brand.colours
    found = colours.scenarios.get(code) or colours.states.get(code)
    return found or colours.theme[position % len(colours.theme)]


def draw_bar(canvas: Canvas, x: float, y: float, width: float, height: float, code: str, position: int = 0) -> None:
    """Draw a column or bar in the notation of its scenario; a negative height is drawn upwards."""
    colour = colour_of(canvas, code, position)
    if code == PLAN:
        paper = canvas.brand.colours.background
        canvas.rect(x + 0.4, y, width - 0.8, height, fill=paper, stroke=colour, stroke_width=0.8)
    elif code == FORECAST:
        canvas.rect(x + 0.4, y, width - 0.8, height, fill=canvas.brand.colours.background)
        canvas.hatch(x + 0.4, y, width - 0.8, height, colour)
        canvas.rect(x + 0.4, y, width - 0.8, height, fill="none", stroke=colour, stroke_width=0.8)
    else:
        canvas.rect(x, y, width, height, fill=colour)


def draw_key(canvas: Canvas, series: Sequence[Series], unit: str, y: float) -> None:
    """Write the unit and, for more than one series, what each notation means, in one line."""
    muted = canvas.brand.colours.muted
    canvas.text(0, y, unit, SMALL, fill=muted)
    x = canvas.text_width(unit, SMALL) + 10 if unit else 0.0
    for position, one in enumerate(series if len(series) > 1 else ()):
        draw_bar(canvas, x, y - _SWATCH + 0.5, _SWATCH, _SWATCH, one.code, position)
        canvas.text(x + _SWATCH + 3, y, one.name, SMALL, fill=muted)
        x += _SWATCH + 13 + canvas.text_width(one.name, SMALL)


def draw_categories(canvas: Canvas, titles: Sequence[str], left: float, slot: float, y: float) -> None:
    """Write titles centred under their slots; where they are too wide, every second, third … one."""
    widest = max((canvas.text_width(title, SMALL) for title in titles), default=0) + 3
    step = max(1, -(-int(widest) // max(int(slot), 1)))
    for position in range(0, len(titles), step):
        title = canvas.fitted(titles[position], SMALL, slot * step)
        centre = left + slot * (position + 0.5)
        canvas.text(centre, y, title, SMALL, anchor="middle", fill=canvas.brand.colours.muted)
