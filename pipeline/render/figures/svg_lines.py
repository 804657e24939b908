"""Lines over time: with names at their ends, or as small as a word."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Figure, Series
from pipeline.render.figures.svg_canvas import Canvas
from pipeline.render.figures.svg_notation import (
    FORECAST,
    LABEL,
    PLAN,
    PREVIOUS_YEAR,
    SMALL,
    colour_of,
    draw_categories,
)  # fmt: skip

Point = tuple[float, float]


def draw_lines(canvas: Canvas, figure: Figure) -> None:
    """Draw one line for each series, with its name and last value at its end."""
    names = [f"{one.name} {_last(one)[1]}".strip() for one in figure.series]
    room = max((canvas.text_width(name, LABEL, bold=True) for name in names), default=0) + 8
    slot = (canvas.width - room) / max(len(figure.categories), 1)
    place = _places(figure.series, slot, 16, canvas.height - 18, zero_based=True)
    canvas.text(0, 8, figure.unit_label, SMALL, fill=canvas.brand.colours.muted)
    canvas.line(0, canvas.height - 14, canvas.width - room, canvas.height - 14, stroke=canvas.brand.colours.rule)
    taken: list[float] = []
    for rank, (one, name) in enumerate(zip(figure.series, names, strict=True)):
        points = [place(position, float(v)) for position, v in enumerate(one.values) if v is not None]
        _line(canvas, points, one.code, rank, 1.6)
        if points:
            y = _free(points[-1][1] + 2.5, taken)
            canvas.text(points[-1][0] + 5, y, name, LABEL, bold=rank == 0, fill=_ink(canvas, one.code, rank))
    draw_categories(canvas, figure.categories, 0, slot, canvas.height - 3)


def draw_sparkline(canvas: Canvas, figure: Figure) -> None:
    """Draw the first series as a thin line with a dot on its last value, a second one as a dashed reference."""
    place = _places(figure.series, canvas.width / max(len(figure.categories), 1), 4, canvas.height - 4)
    for one in figure.series[1:2]:
        points = [place(position, float(v)) for position, v in enumerate(one.values) if v is not None]
        if points:
            points = [(2.0, points[0][1]), *points, (canvas.width - 2, points[-1][1])]
            canvas.polyline(points, stroke=canvas.brand.colours.muted, stroke_width=0.7, stroke_dasharray="2 2")
    points = [place(position, float(v)) for position, v in enumerate(figure.series[0].values) if v is not None]
    if len(points) > 1:
        canvas.polyline(points, stroke=canvas.brand.colours.accent, stroke_width=1.2, stroke_linejoin="round")
    if points:
        canvas.circle(*points[-1], 1.9, fill=canvas.brand.colours.accent)


class _places:  # noqa: N801 - used as a function that remembers its scale
    """Return where a value of a category stands: the middle of its slot, between `top` and `bottom`."""

    def __init__(
        self, series: Sequence[Series], slot: float, top: float, bottom: float, *, zero_based: bool = False
    ) -> None:
        values = [float(value) for one in series for value in one.values if value is not None]
        if zero_based:
            values.append(0.0)
        self._low, self._high = min(values, default=0.0), max(values, default=1.0)
        self._slot, self._top, self._bottom = slot, top, bottom

    def __call__(self, position: int, value: float) -> Point:
        span = self._high - self._low
        share = (self._high - value) / span if span else 0.5
        return self._slot * (position + 0.5), self._top + share * (self._bottom - self._top)


def _line(canvas: Canvas, points: Sequence[Point], code: str, rank: int, width: float) -> None:
    dashes = {PLAN: "1 2", FORECAST: "4 2"}.get(code)
    attributes: dict[str, object] = {"stroke_dasharray": dashes} if dashes else {}
    canvas.polyline(points, stroke=_ink(canvas, code, rank), stroke_width=width, stroke_linejoin="round", **attributes)
    if points:
        canvas.circle(*points[-1], 2, fill=_ink(canvas, code, rank))


def _ink(canvas: Canvas, code: str, rank: int) -> str:
    return canvas.brand.colours.muted if code == PREVIOUS_YEAR else colour_of(canvas, code, rank)


def _last(one: Series) -> tuple[int, str]:
    shown = [(position, one.labels[position]) for position, value in enumerate(one.values) if value is not None]
    return shown[-1] if shown else (0, "")


def _free(wanted: float, taken: list[float]) -> float:
    """Return a baseline near the wanted one that is at least a line away from those taken."""
    y = wanted
    while any(abs(y - other) < LABEL + 1 for other in taken):
        y += LABEL + 1
    taken.append(y)
    return y
