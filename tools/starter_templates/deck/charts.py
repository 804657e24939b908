"""Native charts in the notation of IBCS: actual solid, plan outlined, previous year light, forecast hatched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from pipeline.model import Series as FigureSeries
from pipeline.render.office.chart_workbook import category_cells, name_cell, value_cells, write_workbook
from pipeline.render.office.names import NAMESPACES
from tools.starter_templates.deck.grid import SMALL, points
from tools.starter_templates.deck.ink import hatch, line, solid

_DECLARED = " ".join(f'xmlns:{key}="{NAMESPACES[key]}"' for key in ("c", "a", "r"))
_SHOWS = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")


@dataclass(frozen=True, slots=True)
class Series:
    """A sample series, named by the code that figures use; `look` is its `c:spPr` inside."""

    name: str
    values: tuple[float | None, ...]
    look: str
    label: str | None = None
    label_ink: str = "text"
    marker: str | None = None
    marker_size: int = 7
    pin: str | None = None
    """Colour of a stem from the marker to zero."""
    label_bold: bool = False
    label_fill: str | None = None
    label_size: float = SMALL


@dataclass(frozen=True, slots=True)
class Plot:
    """Series drawn in one kind: `bar`, `column` or `line`; `secondary` puts it on axes of its own."""

    kind: str
    series: tuple[Series, ...]
    stacked: bool = False
    gap: int = 60
    overlap: int = 0
    secondary: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart without title and legend. `lowest` and `highest` fix the value axis; `room` is the inner plot's
    share of the frame (left, top, width, height).
    """

    categories: tuple[str, ...]
    plots: tuple[Plot, ...]
    show_categories: bool = True
    axis_line: str | None = "muted"
    lowest: float | None = None
    highest: float | None = None
    room: tuple[float, float, float, float] | None = None
    plot_fill: str | None = None
    size: float = SMALL
    labels_low: bool = True
    title: str = ""
    """Small words in the upper left corner, such as the unit; tags may name `figure.unit` and `figure.title`."""
    label_offset: int = 50

    def series(self) -> Iterator[Series]:
        """Yield the series of all plots."""
        for plot in self.plots:
            yield from plot.series

    def workbook(self) -> bytes:
        """Return the workbook that holds the sample data."""
        return write_workbook(self.categories, [_figure_series(one) for one in self.series()])

    def xml(self, link: str) -> str:
        """Return the `c:chartSpace`; `link` is the relationship of the embedded workbook."""
        plots, position = [], 0
        for plot in self.plots:
            plots.append(_plot(plot, position, self.categories))
            position += len(plot.series)
        axes = _axes(self, secondary=False)
        if any(plot.secondary for plot in self.plots):
            axes += _axes(self, secondary=True)
        return (
            f'<c:chartSpace {_DECLARED}><c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart>{_title(self.title, self.size)}'
            f'<c:autoTitleDeleted val="{int(not self.title)}"/><c:plotArea>{_layout(self.room)}{"".join(plots)}{axes}'
            f"<c:spPr>{solid(self.plot_fill)}<a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>"
            '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
            f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text(self.size, 'text')}"
            f'<c:externalData r:id="{link}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
        )


def _figure_series(series: Series) -> FigureSeries:
    values = tuple(None if value is None else Decimal(str(value)) for value in series.values)
    return FigureSeries(series.name, series.name, values, ("",) * len(values))


def _title(text: str, size: float) -> str:
    if not text:
        return ""
    return (
        f'<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="l"><a:defRPr sz="{points(size)}" b="1">'
        f'{solid("muted")}</a:defRPr></a:pPr><a:r><a:rPr lang="en-GB" sz="{points(size)}" b="1">{solid("muted")}</a:rPr>'
        f"<a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx><c:layout><c:manualLayout>"
        '<c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0"/><c:y val="0"/></c:manualLayout></c:layout>'
        '<c:overlay val="1"/></c:title>'
    )


def _layout(room: tuple[float, float, float, float] | None) -> str:
    if room is None:
        return "<c:layout/>"
    parts = "".join(f'<c:{key} val="{value}"/>' for key, value in zip("xywh", room, strict=True))
    modes = '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    return f"<c:layout><c:manualLayout>{modes}{parts}</c:manualLayout></c:layout>"


def _text(size: float, ink: str, *, bold: bool = False) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{points(size)}" b="{int(bold)}">{solid(ink)}'
        "</a:defRPr></a:pPr><a:endParaRPr lang='en-GB'/></a:p></c:txPr>"
    )


def _ids(plot: Plot) -> tuple[int, int]:
    return (500000003, 500000004) if plot.secondary else (500000001, 500000002)


def _plot(plot: Plot, first: int, categories: tuple[str, ...]) -> str:
    series = "".join(_series(one, first + number, plot, categories) for number, one in enumerate(plot.series))
    axes = "".join(f'<c:axId val="{number}"/>' for number in _ids(plot))
    if plot.kind == "line":
        return (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{axes}'
            "</c:lineChart>"
        )
    grouping, overlap = ("stacked", 100) if plot.stacked else ("clustered", plot.overlap)
    return (
        f'<c:barChart><c:barDir val="{"bar" if plot.kind == "bar" else "col"}"/><c:grouping val="{grouping}"/>'
        f'<c:varyColors val="0"/>{series}<c:gapWidth val="{plot.gap}"/><c:overlap val="{overlap}"/>{axes}</c:barChart>'
    )


def _series(series: Series, number: int, plot: Plot, categories: tuple[str, ...]) -> str:
    is_line = plot.kind == "line"
    middle = _marker(series) if is_line else '<c:invertIfNegative val="0"/>'
    end = '<c:smooth val="0"/>' if is_line else ""
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/><c:tx><c:strRef><c:f>{name_cell(number)}</c:f>'
        f"<c:strCache>{_points([series.name])}</c:strCache></c:strRef></c:tx><c:spPr>{series.look}</c:spPr>{middle}"
        f"{_labels(series)}{_stem(series)}<c:cat><c:strRef><c:f>{category_cells(len(categories))}</c:f><c:strCache>"
        f"{_points(categories)}</c:strCache></c:strRef></c:cat><c:val><c:numRef>"
        f"<c:f>{value_cells(number, len(categories))}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f"{_points(series.values)}</c:numCache></c:numRef></c:val>{end}</c:ser>"
    )


def _points(values: list[str] | tuple[str, ...] | tuple[float | None, ...]) -> str:
    points_ = "".join(
        f'<c:pt idx="{number}"><c:v>{escape(str(value))}</c:v></c:pt>'
        for number, value in enumerate(values)
        if value is not None
    )
    return f'<c:ptCount val="{len(values)}"/>{points_}'


def _marker(series: Series) -> str:
    if series.marker is None:
        return '<c:marker><c:symbol val="none"/></c:marker>'
    look = solid(series.label_ink if series.pin is None else series.pin) + "<a:ln><a:noFill/></a:ln>"
    return (
        f'<c:marker><c:symbol val="{series.marker}"/><c:size val="{series.marker_size}"/><c:spPr>{look}</c:spPr>'
        "</c:marker>"
    )


def _labels(series: Series) -> str:
    if series.label is None:
        return ""
    shows = "".join(f'<c:{key} val="{int(key == "showVal")}"/>' for key in _SHOWS)
    ink = "text" if series.marker and not series.pin else series.label_ink
    return (
        f"<c:dLbls><c:spPr>{solid(series.label_fill)}<a:ln><a:noFill/></a:ln></c:spPr>{_text(series.label_size, ink, bold=series.label_bold)}"
        f'<c:dLblPos val="{series.label}"/>{shows}</c:dLbls>'
    )


def _stem(series: Series) -> str:
    if series.pin is None:
        return ""
    return (
        '<c:errBars><c:errDir val="y"/><c:errBarType val="minus"/><c:errValType val="percentage"/>'
        f'<c:noEndCap val="1"/><c:val val="100"/><c:spPr>{line(series.pin, 1.5)}</c:spPr></c:errBars>'
    )


def _axes(chart: Chart, *, secondary: bool) -> str:
    across, along = (500000003, 500000004) if secondary else (500000001, 500000002)
    is_bar = chart.plots[0].kind == "bar"
    hidden = secondary or not chart.show_categories
    positions = ("l", "b") if is_bar else ("b", "l")
    direction = "maxMin" if is_bar else "minMax"
    limits = "".join(
        f'<c:{key} val="{value}"/>'
        for key, value in (("max", chart.highest), ("min", chart.lowest))
        if value is not None
    )
    places = "none" if hidden else ("low" if chart.labels_low else "nextTo")
    is_gone = secondary or (not chart.show_categories and chart.axis_line is None)
    return (
        f'<c:catAx><c:axId val="{across}"/><c:scaling><c:orientation val="{direction}"/></c:scaling>'
        f'<c:delete val="{int(is_gone)}"/><c:axPos val="{positions[0]}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="{places}"/>'
        f"<c:spPr>{line(chart.axis_line, 0.75)}</c:spPr>{_text(chart.size, 'text')}"
        f'<c:crossAx val="{along}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        f'<c:lblOffset val="{chart.label_offset}"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="{along}"/><c:scaling><c:orientation val="minMax"/>{limits}</c:scaling>'
        f'<c:delete val="1"/><c:axPos val="{positions[1]}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
        f'<c:crossAx val="{across}"/><c:crosses val="{"max" if secondary else "autoZero"}"/>'
        '<c:crossBetween val="between"/></c:valAx>'
    )


# Looks --------------------------------------------------------------------------------------------------------------
def filled(ink: str) -> str:
    """Return a solid fill."""
    return solid(ink) + "<a:ln><a:noFill/></a:ln>"


ACTUAL = filled("actual")
PREVIOUS = filled("previous")
PLAN = "<a:solidFill><a:schemeClr val='bg1'/></a:solidFill>" + line("actual", 1.0)
FORECAST = hatch("actual") + line("actual", 0.75)
INVISIBLE = "<a:ln><a:noFill/></a:ln>"


def hatched(ink: str) -> str:
    """Return hatching in a colour, for forecasts."""
    return hatch(ink) + line(ink, 0.75)


def stroke(ink: str, width: float = 1.75, dash: str = "solid") -> str:
    """Return the look of a line."""
    return f'<a:ln w="{round(width * 12700)}" cap="rnd">{solid(ink)}<a:prstDash val="{dash}"/><a:round/></a:ln>'
