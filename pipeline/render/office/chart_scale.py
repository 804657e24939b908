"""One scale for all value axes of a chart: a figure has one unit, so bars in front and behind must be comparable.

Lying bars that reach below zero get room for their labels: the names of the categories stand where they end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from lxml import etree

from pipeline.render.office.names import Element, local_name, name

_HEADROOM = 1.08
_LABEL_ROOM = 0.25
"""Room beside the longest bars for their labels, as a share of the whole range."""
_BEFORE_LIMITS = ("logBase", "orientation")


def share_scale(chart_space: Element) -> None:
    """Give all value axes the same limits when a chart has several; a single axis is left to Office, and limits that
    a designer has fixed stay, such as 0 to 1 for a bar of progress.
    """
    area = chart_space.find(f"{name('c:chart')}/{name('c:plotArea')}")
    axes = [] if area is None else area.findall(name("c:valAx"))
    if area is None or len(axes) < 2 or all(_is_fixed(axis) for axis in axes):
        return
    extremes = [value for plot in area for value in _extremes(plot)]
    low, high = min([0.0, *extremes]), max([0.0, *extremes])
    for axis in axes:
        scaling = axis.find(name("c:scaling"))
        if scaling is not None:
            _limit(scaling, low * _HEADROOM, high * _HEADROOM)


def leave_label_room(chart_space: Element) -> None:
    """Widen the only value axis of a chart with labelled lying bars below zero, unless a designer has fixed it."""
    area = chart_space.find(f"{name('c:chart')}/{name('c:plotArea')}")
    axes = [] if area is None else area.findall(name("c:valAx"))
    if area is None or len(axes) != 1 or _is_fixed(axes[0]):
        return
    bars = [plot for plot in area if _is_labelled_bar(plot)]
    extremes = [value for plot in bars for value in _extremes(plot)]
    low, high = min([0.0, *extremes]), max([0.0, *extremes])
    scaling = axes[0].find(name("c:scaling"))
    if low < 0 and scaling is not None:
        room = (high - low) * _LABEL_ROOM
        _limit(scaling, low - room, high + room if high > 0 else 0.0)


def _is_labelled_bar(plot: Element) -> bool:
    direction = plot.find(name("c:barDir"))
    return direction is not None and direction.get("val") == "bar" and plot.find(f".//{name('c:dLbls')}") is not None


def _is_fixed(axis: Element) -> bool:
    scaling = axis.find(name("c:scaling"))
    return scaling is not None and all(scaling.find(name(key)) is not None for key in ("c:max", "c:min"))


def _extremes(plot: Element) -> Iterator[float]:
    """Yield lowest and highest value of a plot, of its stacks where it stacks."""
    grouping = plot.find(name("c:grouping"))
    series = [_values(one) for one in plot.findall(name("c:ser"))]
    if grouping is not None and "tacked" in grouping.get("val", ""):
        positions = {position for one in series for position in one}
        for position in positions:
            yield sum(max(one.get(position, 0.0), 0.0) for one in series)
            yield sum(min(one.get(position, 0.0), 0.0) for one in series)
        return
    for one in series:
        yield from one.values()


def _values(series: Element) -> dict[str, float]:
    points = series.iterfind(f"{name('c:val')}/{name('c:numRef')}/{name('c:numCache')}/{name('c:pt')}")
    return {point.get("idx", ""): float(point.findtext(name("c:v")) or 0) for point in points}


def _limit(scaling: Element, low: float, high: float) -> None:
    for key in ("c:max", "c:min"):
        for old in scaling.findall(name(key)):
            scaling.remove(old)
    position = sum(1 for child in scaling if local_name(child) in _BEFORE_LIMITS)
    if high > low:
        scaling.insert(position, etree.Element(name("c:max"), {"val": _rounded(high)}))
        scaling.insert(position + 1, etree.Element(name("c:min"), {"val": _rounded(low)}))


def _rounded(value: float) -> str:
    """Return a limit with three significant digits, away from zero."""
    if value == 0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    return format(math.copysign(math.ceil(abs(value) / step) * step, value), ".12g")
