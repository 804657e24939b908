"""Figures as SVG: for the PDF, and as the picture that stands in where a native chart cannot.

`draw_svg` is the whole interface; each kind has its drawing in a module of its family.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.definitions.brand import Brand
from pipeline.errors import RenderError
from pipeline.model import Figure
from pipeline.render.figures.svg_bars import draw_bars, draw_bullet, draw_parts
from pipeline.render.figures.svg_canvas import POINTS_PER_MM, Canvas
from pipeline.render.figures.svg_columns import draw_columns, draw_stacked
from pipeline.render.figures.svg_lines import draw_lines, draw_sparkline
from pipeline.render.figures.svg_nodes import draw_grid

_DRAWINGS: dict[str, Callable[[Canvas, Figure], None]] = {
    "columns_vs_reference": draw_columns,
    "columns": draw_columns,
    "stacked_columns": draw_stacked,
    "line": draw_lines,
    "sparkline": draw_sparkline,
    "bars": draw_bars,
    "bullet": draw_bullet,
    "parts": draw_parts,
    "grid": draw_grid,
    "matrix": draw_grid,
}


def draw_svg(figure: Figure, brand: Brand, width: float, height: float | None = None) -> str:
    """Return a figure as an SVG element, `width` and `height` in mm; without a height, what its kind needs.

    Raises:
        RenderError: this kind of figure has no drawing.
    """
    drawing = _DRAWINGS.get(figure.kind)
    if drawing is None:
        raise RenderError(f"figure `{figure.id}`: a figure of kind {figure.kind} cannot be drawn as SVG.")
    canvas = Canvas(brand, width * POINTS_PER_MM, (height or _height(figure)) * POINTS_PER_MM)
    drawing(canvas, figure)
    return canvas.finish(figure.description or figure.title, figure.kind)


def _height(figure: Figure) -> float:
    """Return the height in mm that a figure needs to be read."""
    rows = max(len(figure.categories), 1)
    by_kind = {
        "bars": 5 + rows * (2 + 3.5 * max(len(figure.series), 1)),
        "bullet": rows * 10.5 if len(figure.series) >= 3 else 5 + rows * 7,
        "sparkline": 6,
        "parts": 12,
        "grid": 5 + max(len(figure.row_titles), 1) * 8,
        "matrix": 5 + max(len(figure.row_titles), 1) * 12,
    }
    return by_kind.get(figure.kind, 55)
