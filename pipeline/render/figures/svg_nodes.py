"""Grids and matrices: cells at rows and columns, coloured by state, with their words inside."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Figure, Node
from pipeline.render.figures.svg_canvas import Canvas
from pipeline.render.figures.svg_notation import LABEL, SMALL

_HEAD = 14.0


def draw_grid(canvas: Canvas, figure: Figure) -> None:
    """Draw a cell for each row and column; several nodes at one place stand below each other in it."""
    columns, rows = max(len(figure.categories), 1), max(len(figure.row_titles), 1)
    left = min(max((canvas.text_width(t, LABEL) for t in figure.row_titles), default=0) + 8, canvas.width * 0.35)
    width, height = (canvas.width - left) / columns, (canvas.height - _HEAD) / rows
    muted = canvas.brand.colours.muted
    for column, title in enumerate(figure.categories):
        centre = left + width * (column + 0.5)
        canvas.text(centre, 9, canvas.fitted(title, SMALL, width - 4), SMALL, anchor="middle", fill=muted)
    for row, title in enumerate(figure.row_titles):
        canvas.text(0, _HEAD + height * (row + 0.5) + 2.5, canvas.fitted(title, LABEL, left - 6), LABEL)
    for row in range(rows):
        for column in range(columns):
            place = (left + width * column, _HEAD + height * row, width - 1.5, height - 1.5)
            _cell(canvas, [n for n in figure.nodes if (n.row, n.column) == (row, column)], place)


def _cell(canvas: Canvas, nodes: Sequence[Node], place: tuple[float, float, float, float]) -> None:
    x, y, width, height = place
    fill = canvas.brand.colours.states.get(nodes[0].state, canvas.brand.colours.surface) if nodes else None
    canvas.rect(x, y, width, height, fill=fill or canvas.brand.colours.surface)
    ink = canvas.ink_on(fill or canvas.brand.colours.surface)
    words = [text for node in nodes for text in (node.detail or node.label,) if text]
    room = max(int((height - 2) // (SMALL + 2)), 1)
    if len(words) > room:
        words = [*words[: room - 1], f"+{len(words) - room + 1}"]
    top = y + height / 2 - (len(words) - 1) * (SMALL + 2) / 2 + 2.5
    for position, text in enumerate(words):
        shown = canvas.fitted(text, SMALL, width - 4)
        canvas.text(x + width / 2, top + position * (SMALL + 2), shown, SMALL, anchor="middle", fill=ink)
