"""Columns over time or categories: beside their reference, or stacked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipeline.model import Figure, Series
from pipeline.render.figures.svg_canvas import Canvas
from pipeline.render.figures.svg_notation import (
    ACTUAL,
    FORECAST,
    LABEL,
    SMALL,
    colour_of,
    draw_bar,
    draw_categories,
    draw_key,
)  # fmt: skip

_TOP, _BOTTOM = 24.0, 13.0
"""Room for the key with the labels of the highest column, and for the titles of the categories, in points."""


class _Axis:
    """Zero-based: where a value stands between the top and the bottom of the plot."""

    def __init__(self, values: Sequence[Decimal], top: float, bottom: float) -> None:
        self._highest = max([*map(float, values), 0.0])
        self._lowest = min([*map(float, values), 0.0])
        self._top, self._bottom = top, bottom

    def y(self, value: float) -> float:
        span = self._highest - self._lowest or 1.0
        return self._top + (self._highest - value) / span * (self._bottom - self._top)


def _values(series: Sequence[Series]) -> list[Decimal]:
    return [value for one in series for value in one.values if value is not None]


def draw_columns(canvas: Canvas, figure: Figure) -> None:
    """Draw actual and forecast in front, plan and previous year behind, shifted; labels on what stands in front."""
    main = [one for one in figure.series if one.code in (ACTUAL, FORECAST)] or list(figure.series[-1:])
    behind = [one for one in figure.series if one not in main]
    axis = _Axis(_values(figure.series), _TOP, canvas.height - _BOTTOM)
    slot = canvas.width / max(len(figure.categories), 1)
    draw_key(canvas, figure.series, figure.unit_label, 8)
    for position in range(len(figure.categories)):
        left = slot * position + slot * 0.22
        for shift, one in zip((-0.11, 0.11), behind, strict=False):
            _column(canvas, axis, one, position, (left + slot * shift, slot * 0.5))
        for one in main:
            _column(canvas, axis, one, position, (left, slot * 0.56))
    _label_columns(canvas, axis, main, figure.series, slot)
    canvas.line(0, axis.y(0), canvas.width, axis.y(0), stroke=canvas.brand.colours.text, stroke_width=0.8)
    draw_categories(canvas, figure.categories, 0, slot, canvas.height - 3)


def _column(canvas: Canvas, axis: _Axis, one: Series, position: int, place: tuple[float, float]) -> None:
    value = one.values[position]
    if value is not None:
        draw_bar(canvas, place[0], axis.y(0), place[1], axis.y(float(value)) - axis.y(0), one.code)


def _label_columns(canvas: Canvas, axis: _Axis, main: Sequence[Series], series: Sequence[Series], slot: float) -> None:
    """Label each column; where the labels would collide, only the first, the last and the extremes."""
    shown = [(p, v, one.labels[p]) for one in main for p, v in enumerate(one.values) if v is not None]
    if any(canvas.text_width(label, LABEL) > slot for _, _, label in shown):
        by_value = sorted(shown, key=lambda item: item[1])
        keep = {item[0] for item in (shown[0], shown[-1], by_value[0], by_value[-1])}
        shown = [item for item in shown if item[0] in keep]
    for position, value, label in shown:
        ends = [axis.y(float(v)) for one in series if (v := one.values[position]) is not None]
        y = min(ends) - 3 if value >= 0 else max(ends) + LABEL + 1
        canvas.text(slot * (position + 0.5), y, label, LABEL, anchor="middle")


def draw_stacked(canvas: Canvas, figure: Figure) -> None:
    """Draw series on top of each other, the first at the bottom; negative values downwards; names beside the last."""
    room = max((canvas.text_width(one.name, SMALL) for one in figure.series), default=0) + 8
    plot = canvas.width - room
    totals = [_stack(figure.series, position) for position in range(len(figure.categories))]
    axis = _Axis([total for pair in totals for total in pair], _TOP, canvas.height - _BOTTOM)
    slot = plot / max(len(figure.categories), 1)
    canvas.text(0, 8, figure.unit_label, SMALL, fill=canvas.brand.colours.muted)
    for position in range(len(figure.categories)):
        _stacked_column(canvas, axis, figure.series, position, (slot * (position + 0.2), slot * 0.6))
    canvas.line(0, axis.y(0), plot, axis.y(0), stroke=canvas.brand.colours.text, stroke_width=0.8)
    draw_categories(canvas, figure.categories, 0, slot, canvas.height - 3)
    _name_stack(canvas, axis, figure.series, plot + 4)


def _stack(series: Sequence[Series], position: int) -> tuple[Decimal, Decimal]:
    values = [one.values[position] or Decimal(0) for one in series]
    return sum((v for v in values if v > 0), Decimal(0)), sum((v for v in values if v < 0), Decimal(0))


def _stacked_column(
    canvas: Canvas, axis: _Axis, series: Sequence[Series], position: int, place: tuple[float, float]
) -> None:
    up = down = 0.0
    for rank, one in enumerate(series):
        value = float(one.values[position] or 0)
        base = up if value >= 0 else down
        y, height = axis.y(base), axis.y(base + value) - axis.y(base)
        if value:
            draw_bar(canvas, place[0], y, place[1], height, one.code, rank)
        if abs(height) > LABEL + 2 and canvas.text_width(one.labels[position], SMALL) < place[1]:
            centre = place[0] + place[1] / 2
            ink = canvas.ink_on(colour_of(canvas, one.code, rank))
            canvas.text(centre, y + height / 2 + 2.5, one.labels[position], SMALL, anchor="middle", fill=ink)
        up, down = (up + value, down) if value >= 0 else (up, down + value)


def _name_stack(canvas: Canvas, axis: _Axis, series: Sequence[Series], x: float) -> None:
    """Name the layers of the last column from the bottom up, kept apart by at least a line."""
    up = down = 0.0
    middles: list[tuple[float, int, Series]] = []
    for rank, one in enumerate(series):
        value = float(one.values[-1] or 0) if one.values else 0.0
        base = up if value >= 0 else down
        middles.append((axis.y(base + value / 2) + 2.5, rank, one))
        up, down = (up + value, down) if value >= 0 else (up, down + value)
    lowest = canvas.height
    for middle, rank, one in sorted(middles, key=lambda item: (-item[0], item[1])):
        y = min(middle, lowest - SMALL - 1.5)
        draw_bar(canvas, x - 3, y - 5, 2, 6, one.code, rank)
        canvas.text(x + 2, y, one.name, SMALL)
        lowest = y
