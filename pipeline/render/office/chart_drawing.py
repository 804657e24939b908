"""Native charts drawn from a figure alone, where a designer gave no sample chart.

The notation is IBCS's (UN 3.2): actual solid dark, previous year lighter, plan outlined, forecast hatched; no grid,
no value axis where labels say the values, zero-based columns. `fill_chart` then writes data, labels and workbook.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from pipeline.definitions.brand import Brand
from pipeline.model import Figure, Series
from pipeline.render.office.names import NAMESPACES, Element

CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_OUTLINED, _HATCHED, _FRONT = "PL", "FC", ("AC", "FC")
_POINTS = 100
_CATEGORIES, _VALUES = "500000001", "500000002"


@dataclass(frozen=True)
class _Kind:
    """How a kind of figure is plotted."""

    plot: str
    direction: str = "col"
    grouping: str = "clustered"
    overlap: int = 0
    gap: int = 60
    label: str = "outEnd"
    is_bare: bool = False


_KINDS = {
    "columns": _Kind("barChart"),
    "columns_vs_reference": _Kind("barChart", overlap=45, gap=50),
    "stacked_columns": _Kind("barChart", grouping="stacked", overlap=100, label="ctr"),
    "bars": _Kind("barChart", direction="bar", overlap=-10, gap=45),
    "bullet": _Kind("barChart", direction="bar", overlap=60, gap=40),
    "parts": _Kind("barChart", direction="bar", grouping="stacked", overlap=100, gap=10, label="ctr"),
    "line": _Kind("lineChart", grouping="standard", label="t"),
    "sparkline": _Kind("lineChart", grouping="standard", label="r", is_bare=True),
}
DRAWN_KINDS = frozenset(_KINDS)


def draw_chart(figure: Figure, brand: Brand, size: float = 10.0) -> Element:
    """Return the chart space of a figure without its data; `size` is that of its texts in points.

    Raises KeyError for a kind that is no chart (`DRAWN_KINDS`).
    """
    kind = _KINDS[figure.kind]
    texts = _text_properties(size, brand.colours.text)
    series = "".join(
        _series(position, one, kind, brand, _labelled(figure, kind, position), size)
        for position, one in enumerate(figure.series)
    )
    legend = "" if kind.is_bare or len(figure.series) < 2 else _legend(size, brand)
    content = (
        f'<c:chartSpace xmlns:c="{NAMESPACES["c"]}" xmlns:a="{NAMESPACES["a"]}" xmlns:r="{NAMESPACES["r"]}">'
        f'<c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        f"{_plot(kind, series)}{_axes(kind, brand, size)}</c:plotArea>{legend}"
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{texts}</c:chartSpace>"
    )
    return etree.fromstring(content)


def _labelled(figure: Figure, kind: _Kind, position: int) -> bool:
    """Say whether a series carries labels: all of a stack, else only what stands in front."""
    if kind.is_bare:
        return False
    codes = [one.code for one in figure.series]
    front = [number for number, code in enumerate(codes) if code in _FRONT]
    return kind.grouping == "stacked" or position in (front or range(len(codes)))


def _plot(kind: _Kind, series: str) -> str:
    axes = f'<c:axId val="{_CATEGORIES}"/><c:axId val="{_VALUES}"/>'
    if kind.plot == "lineChart":
        return (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{axes}'
            "</c:lineChart>"
        )
    return (
        f'<c:barChart><c:barDir val="{kind.direction}"/><c:grouping val="{kind.grouping}"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="{kind.gap}"/><c:overlap val="{kind.overlap}"/>{axes}</c:barChart>'
    )


def _series(position: int, series: Series, kind: _Kind, brand: Brand, labelled: bool, size: float) -> str:
    labels = _labels(kind, size, brand) if labelled else ""
    marker = '<c:marker><c:symbol val="none"/></c:marker>' if kind.plot == "lineChart" else ""
    invert = '<c:invertIfNegative val="0"/>' if kind.plot == "barChart" else ""
    smooth = '<c:smooth val="0"/>' if kind.plot == "lineChart" else ""
    return (
        f'<c:ser><c:idx val="{position}"/><c:order val="{position}"/><c:tx><c:v>{_escaped(series.name)}</c:v></c:tx>'
        f"{_look(position, series.code, kind, brand)}{invert}{marker}{labels}"
        f"<c:val><c:numRef><c:f>A1</c:f></c:numRef></c:val>{smooth}</c:ser>"
    )


def _look(position: int, code: str, kind: _Kind, brand: Brand) -> str:
    colours = brand.colours
    theme = colours.theme[position % len(colours.theme)]
    colour = (colours.scenarios.get(code) or colours.states.get(code) or theme).lstrip("#")
    if kind.plot == "lineChart":
        width, dash = ("22225", "") if position == 0 else ("12700", '<a:prstDash val="dash"/>')
        return f'<c:spPr><a:ln w="{width}" cap="rnd">{_solid(colour)}{dash}<a:round/></a:ln></c:spPr>'
    if code == _OUTLINED:
        paper = colours.background.lstrip("#")
        return f'<c:spPr>{_solid(paper)}<a:ln w="12700">{_solid(colour)}</a:ln></c:spPr>'
    if code == _HATCHED:
        paper = colours.background.lstrip("#")
        pattern = (
            f'<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="{colour}"/></a:fgClr>'
            f'<a:bgClr><a:srgbClr val="{paper}"/></a:bgClr></a:pattFill>'
        )
        return f'<c:spPr>{pattern}<a:ln w="9525">{_solid(colour)}</a:ln></c:spPr>'
    return f"<c:spPr>{_solid(colour)}<a:ln><a:noFill/></a:ln></c:spPr>"


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.upper()}"/></a:solidFill>'


def _labels(kind: _Kind, size: float, brand: Brand) -> str:
    colour = brand.colours.on_accent if kind.label == "ctr" else brand.colours.text
    return (
        f"<c:dLbls><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text_properties(size, colour)}"
        f'<c:dLblPos val="{kind.label}"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )


def _axes(kind: _Kind, brand: Brand, size: float) -> str:
    rule = brand.colours.muted.lstrip("#").upper()
    is_bar = kind.direction == "bar"
    deleted = "1" if kind.is_bare else "0"
    order = "maxMin" if is_bar else "minMax"
    return (
        f'<c:catAx><c:axId val="{_CATEGORIES}"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
        f'<c:delete val="{deleted}"/><c:axPos val="{"l" if is_bar else "b"}"/><c:numFmt formatCode="General" '
        'sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'<c:spPr><a:ln w="9525">{_solid(rule)}</a:ln></c:spPr>{_text_properties(size, brand.colours.text)}'
        f'<c:crossAx val="{_VALUES}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="60"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="{_VALUES}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        f'<c:delete val="1"/><c:axPos val="{"b" if is_bar else "l"}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
        f'<c:crossAx val="{_CATEGORIES}"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )


def _legend(size: float, brand: Brand) -> str:
    return (
        f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{_text_properties(size, brand.colours.muted)}</c:legend>'
    )


def _text_properties(size: float, colour: str) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(size * _POINTS)}">'
        f'{_solid(colour.lstrip("#"))}</a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></c:txPr>'
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
