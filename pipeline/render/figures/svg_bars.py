"""Horizontal figures: bars, bullets (value against reference, or the way from a start to a goal), parts of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipeline.model import Figure, Series
from pipeline.render.figures.svg_canvas import Canvas
from pipeline.render.figures.svg_notation import ACTUAL, LABEL, SMALL, colour_of, draw_bar, draw_key

_KEY = 13.0


def draw_bars(canvas: Canvas, figure: Figure) -> None:
    """Draw one bar for each category and series, from zero, the label at its end, the category on the left."""
    titles = _title_room(canvas, figure.categories)
    left, right = _label_rooms(canvas, figure.series)
    scale = _scale(figure.series, canvas.width - titles - left - right)
    zero = titles + left - min(0.0, scale * _lowest(figure.series))
    row = (canvas.height - _KEY) / max(len(figure.categories), 1)
    draw_key(canvas, figure.series, figure.unit_label, 8)
    for position, category in enumerate(figure.categories):
        top = _KEY + row * position
        canvas.text(0, top + row / 2 + 2.5, canvas.fitted(category, LABEL, titles - 6), LABEL)
        _bars_of(canvas, figure.series, position, (zero, top + row * 0.14, row * 0.72), scale)
    canvas.line(zero, _KEY, zero, canvas.height, stroke=canvas.brand.colours.text, stroke_width=0.8)


def _bars_of(
    canvas: Canvas, series: Sequence[Series], position: int, place: tuple[float, float, float], scale: float
) -> None:
    zero, top, height = place
    thickness = height / max(len(series), 1)
    for rank, one in enumerate(series):
        value = one.values[position]
        if value is None:
            continue
        length, y = float(value) * scale, top + thickness * rank
        draw_bar(canvas, min(zero, zero + length), y, abs(length), thickness * 0.9, one.code, rank)
        middle = y + thickness * 0.45 + 2.5
        canvas.text(
            zero + length + (3 if length >= 0 else -3), middle, one.labels[position], LABEL,
            anchor="start" if length >= 0 else "end",
        )  # fmt: skip


def _title_room(canvas: Canvas, titles: Sequence[str]) -> float:
    widest = max((canvas.text_width(title, LABEL) for title in titles), default=0.0)
    return min(widest + 8, canvas.width * 0.4)


def _label_rooms(canvas: Canvas, series: Sequence[Series]) -> tuple[float, float]:
    """Return the room that labels need left of the lowest and right of the highest bar."""
    widths = {True: 0.0, False: 0.0}
    for one in series:
        for value, label in zip(one.values, one.labels, strict=True):
            if value is not None:
                widths[value < 0] = max(widths[value < 0], canvas.text_width(label, LABEL) + 6)
    return widths[True], widths[False]


def _numbers(series: Sequence[Series]) -> list[float]:
    return [float(value) for one in series for value in one.values if value is not None]


def _lowest(series: Sequence[Series]) -> float:
    return min([*_numbers(series), 0.0])


def _scale(series: Sequence[Series], room: float) -> float:
    span = max([*_numbers(series), 0.0]) - _lowest(series)
    return room / span if span else 0.0


def draw_bullet(canvas: Canvas, figure: Figure) -> None:
    """Draw a bullet for each category.

    Two series are a value and its reference; three, in this order, are where it began, where it is, and the goal:
    the way is drawn from left to right, whichever of both numbers is larger.
    """
    if len(figure.series) < 3:
        _draw_references(canvas, figure)
        return
    row = canvas.height / max(len(figure.categories), 1)
    titles = _title_room(canvas, figure.categories) if len(figure.categories) > 1 else 0.0
    for position, category in enumerate(figure.categories):
        if titles:
            canvas.text(0, row * (position + 0.5) + 2.5, canvas.fitted(category, LABEL, titles - 6), LABEL)
        _Way(canvas, figure.series[:3], position).draw(titles, canvas.width, row * (position + 0.5))


class _Way:
    """The way from a start to a goal, and how far it has come."""

    _THICK = 7.0

    def __init__(self, canvas: Canvas, series: Sequence[Series], position: int) -> None:
        self._canvas = canvas
        self._start, self._now, self._goal = (one.values[position] for one in series)
        self._texts = [f"{one.name} {one.labels[position]}" if one.labels[position] else "" for one in series]

    def draw(self, left: float, right: float, middle: float) -> None:
        """Draw the track between `left` and `right`, the part done, the goal's mark, and the three values."""
        colours, half = self._canvas.brand.colours, self._THICK / 2
        done = self._done()
        low, high = min(0.0, done or 0.0), max(1.0, done or 0.0)
        unit = (right - left - 2) / (high - low)
        origin, goal = left - low * unit, left + (1 - low) * unit
        self._canvas.rect(origin, middle - half, goal - origin, self._THICK, fill=colours.rule)
        if done is not None:
            reached = origin + done * unit
            fill = colours.adverse if done < 0 else colours.favourable if done >= 1 else colours.accent
            self._canvas.rect(min(origin, reached), middle - half, abs(reached - origin), self._THICK, fill=fill)
            self._write(reached, middle - half - 3, self._texts[1], (left, right), bold=True)
        self._canvas.rect(goal, middle - half - 2, 1.6, self._THICK + 4, fill=colours.text)
        self._write_ends(origin, goal, middle + half + LABEL + 1, (left, right))

    def _done(self) -> float | None:
        """Return the share of the way covered, kept within what can be drawn; None where it cannot be told."""
        if self._start is None or self._now is None or self._goal is None:
            return None
        if self._goal == self._start:
            return 1.0 if self._now == self._goal else None
        share = (self._now - self._start) / (self._goal - self._start)
        return float(min(max(share, Decimal("-0.5")), Decimal("1.5")))

    def _write_ends(self, origin: float, goal: float, y: float, bounds: tuple[float, float]) -> None:
        muted = self._canvas.brand.colours.muted
        self._write(origin, y, self._texts[0], bounds, fill=muted)
        self._write(goal, y, self._texts[2], bounds, fill=muted)
        if self._done() is None:
            self._write((origin + goal) / 2, y, self._texts[1], bounds, bold=True)

    def _write(
        self, x: float, y: float, text: str, bounds: tuple[float, float], *, bold: bool = False, fill: str | None = None
    ) -> None:
        """Write centred on `x`, moved inside the bounds where it would stand out."""
        width = self._canvas.text_width(text, LABEL, bold=bold)
        start = min(max(x - width / 2, bounds[0]), max(bounds[1] - width, bounds[0]))
        self._canvas.text(start, y, text, LABEL, bold=bold, fill=fill)


def _draw_references(canvas: Canvas, figure: Figure) -> None:
    value, references = figure.series[0], figure.series[1:2]
    titles = _title_room(canvas, figure.categories)
    _, right = _label_rooms(canvas, [value])
    scale = _scale(figure.series, canvas.width - titles - right - 2)
    row = (canvas.height - _KEY) / max(len(figure.categories), 1)
    draw_key(canvas, figure.series, figure.unit_label, 8)
    for position, category in enumerate(figure.categories):
        middle = _KEY + row * (position + 0.5)
        canvas.text(0, middle + 2.5, canvas.fitted(category, LABEL, titles - 6), LABEL)
        _bullet_of(canvas, value, references, position, (titles, middle, min(row * 0.5, 9)), scale)


def _bullet_of(
    canvas: Canvas, value: Series, references: Sequence[Series], position: int, place: tuple[float, float, float],
    scale: float,
) -> None:  # fmt: skip
    zero, middle, thickness = place
    end = zero
    number = value.values[position]
    if number is not None:
        end = zero + max(float(number), 0.0) * scale
        draw_bar(canvas, zero, middle - thickness / 2, end - zero, thickness, value.code or ACTUAL)
    for one in references:
        reference = one.values[position]
        if reference is not None:
            x = zero + max(float(reference), 0.0) * scale
            canvas.rect(x - 0.8, middle - thickness, 1.6, thickness * 2, fill=canvas.brand.colours.text)
            end = max(end, x + 1)
    canvas.text(end + 4, middle + 2.5, value.labels[position], LABEL, bold=True)


def draw_parts(canvas: Canvas, figure: Figure) -> None:
    """Draw one bar cut into its parts, each with its name and value; parts too small to name are named below."""
    one = figure.series[0]
    parts = [(title, one.labels[p], float(v)) for p, title in enumerate(figure.categories) if (v := one.values[p])]
    total = sum(abs(value) for _, _, value in parts) or 1.0
    x, unnamed = 0.0, []
    for rank, (title, label, value) in enumerate(parts):
        width = abs(value) / total * canvas.width
        fill = colour_of(canvas, title, rank)
        canvas.rect(x, 10, max(width - 0.8, 0.4), 12, fill=fill)
        if max(canvas.text_width(title, SMALL), canvas.text_width(label, SMALL)) <= width - 2:
            canvas.text(x, 7, title, SMALL, fill=canvas.brand.colours.muted)
            canvas.text(x + 2.5, 19, label, SMALL, fill=canvas.ink_on(fill), bold=True)
        else:
            unnamed.append(f"{title} {label}")
        x += width
    canvas.text(0, 31, canvas.fitted(" · ".join(unnamed), SMALL, canvas.width), SMALL, fill=canvas.brand.colours.muted)
