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
_MARK_SIZES = (11, 15)
"""Widths of the marks of other references and of the plan, in points."""

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
    is_marks: bool = False


_KINDS = {
    "columns": _Kind("barChart"),
    "columns_vs_reference": _Kind("barChart", overlap=100, gap=70),
    "stacked_columns": _Kind("barChart", grouping="stacked", overlap=100, label="ctr"),
    "bars": _Kind("barChart", direction="bar", overlap=-10, gap=45),
    "bullet": _Kind("barChart", direction="bar", overlap=60, gap=40),
    "parts": _Kind("barChart", direction="bar", grouping="stacked", overlap=100, gap=10, label="ctr"),
    "line": _Kind("lineChart", grouping="standard", label="t"),
    "sparkline": _Kind("lineChart", grouping="standard", label="r", is_bare=True),
}
DRAWN_KINDS = frozenset(_KINDS)
_REFERENCE_MARKS = _Kind("lineChart", grouping="standard", is_marks=True)


def draw_chart(figure: Figure, brand: Brand, size: float = 10.0) -> Element:
    """Return the chart space of a figure without its data; `size` is that of its texts in points.

    Raises KeyError for a kind that is no chart (`DRAWN_KINDS`).
    """
    kind = _KINDS[figure.kind]
    pen = _Pen(kind, brand, size)
    legend = "" if kind.is_bare or len(figure.series) < 2 else pen.legend()
    content = (
        f'<c:chartSpace xmlns:c="{NAMESPACES["c"]}" xmlns:a="{NAMESPACES["a"]}" xmlns:r="{NAMESPACES["r"]}">'
        f'<c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        f"{_plots(figure, pen)}</c:plotArea>{legend}"
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{pen.texts(brand.colours.text)}</c:chartSpace>"
    )
    return etree.fromstring(content)


def _plots(figure: Figure, pen: _Pen) -> str:
    """Return plots and axes; references are marks across the columns of what happened or is expected."""
    numbered = list(enumerate(figure.series))
    front = [item for item in numbered if item[1].code in _FRONT]
    behind = [item for item in numbered if item not in front]
    if figure.kind != "columns_vs_reference" or not front or not behind:
        labelled = front if front and pen.kind.grouping != "stacked" and not pen.kind.is_bare else numbered
        series = "".join(pen.series(*item, labelled=item in labelled and not pen.kind.is_bare) for item in numbered)
        return pen.plot(series) + pen.axes()
    columns = "".join(pen.series(*item, labelled=True) for item in front)
    marks = _Pen(_REFERENCE_MARKS, pen.brand, pen.size)
    lines = "".join(marks.series(*item, labelled=False) for item in behind)
    return pen.plot(columns) + marks.plot(lines) + pen.axes()


@dataclass(frozen=True)
class _Pen:
    """Writes the parts of one kind of chart in a brand's colours."""

    kind: _Kind
    brand: Brand
    size: float

    def plot(self, series: str) -> str:
        """Return a plot with its series."""
        named = f'<c:axId val="{_CATEGORIES}"/><c:axId val="{_VALUES}"/>'
        kind = self.kind
        if kind.plot == "lineChart":
            return (
                f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{named}'
                "</c:lineChart>"
            )
        return (
            f'<c:barChart><c:barDir val="{kind.direction}"/><c:grouping val="{kind.grouping}"/><c:varyColors val="0"/>'
            f'{series}<c:gapWidth val="{kind.gap}"/><c:overlap val="{kind.overlap}"/>{named}</c:barChart>'
        )

    def series(self, position: int, series: Series, *, labelled: bool) -> str:
        """Return a series' name and look; its values come later."""
        is_line = self.kind.plot == "lineChart"
        labels = self._labels() if labelled else ""
        before = self._marker(series.code) if is_line else '<c:invertIfNegative val="0"/>'
        after = '<c:smooth val="0"/>' if is_line else ""
        return (
            f'<c:ser><c:idx val="{position}"/><c:order val="{position}"/>'
            f"<c:tx><c:v>{_escaped(series.name)}</c:v></c:tx>{self._look(position, series.code)}{before}{labels}"
            f"<c:val><c:numRef><c:f>A1</c:f></c:numRef></c:val>{after}</c:ser>"
        )

    def axes(self) -> str:
        """Return a category axis and a value axis that is not drawn, since labels say the values."""
        is_bar = self.kind.direction == "bar"
        rule = _solid(self.brand.colours.muted)
        order = "maxMin" if is_bar else "minMax"
        deleted = int(self.kind.is_bare)
        return (
            f'<c:catAx><c:axId val="{_CATEGORIES}"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
            f'<c:delete val="{deleted}"/><c:axPos val="{"l" if is_bar else "b"}"/><c:numFmt formatCode="General" '
            'sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
            f'<c:spPr><a:ln w="9525">{rule}</a:ln></c:spPr>{self.texts(self.brand.colours.text)}'
            f'<c:crossAx val="{_VALUES}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
            '<c:lblOffset val="60"/><c:noMultiLvlLbl val="1"/></c:catAx>'
            f'<c:valAx><c:axId val="{_VALUES}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
            f'<c:delete val="1"/><c:axPos val="{"b" if is_bar else "l"}"/>'
            '<c:numFmt formatCode="General" sourceLinked="0"/>'
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
            f'<c:crossAx val="{_CATEGORIES}"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
        )

    def legend(self) -> str:
        """Return the key to the series, above the plot."""
        texts = self.texts(self.brand.colours.muted)
        return f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{texts}</c:legend>'

    def texts(self, colour: str) -> str:
        """Return text properties in the chart's size."""
        return (
            f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(self.size * _POINTS)}">'
            f'{_solid(colour)}</a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></c:txPr>'
        )

    def _marker(self, code: str) -> str:
        if not self.kind.is_marks:
            return '<c:marker><c:symbol val="none"/></c:marker>'
        colours = self.brand.colours
        colour = _solid(colours.scenarios.get(code) or colours.muted)
        size = _MARK_SIZES[code == _OUTLINED]
        return (
            f'<c:marker><c:symbol val="dash"/><c:size val="{size}"/>'
            f'<c:spPr>{colour}<a:ln w="3175">{colour}</a:ln></c:spPr></c:marker>'
        )

    def _look(self, position: int, code: str) -> str:
        colours = self.brand.colours
        theme = colours.theme[position % len(colours.theme)]
        colour = _solid(colours.scenarios.get(code) or colours.states.get(code) or theme)
        paper = _solid(colours.background)
        if self.kind.is_marks:
            return '<c:spPr><a:ln w="19050"><a:noFill/></a:ln></c:spPr>'
        if self.kind.plot == "lineChart":
            width, dash = ("22225", "") if position == 0 else ("12700", '<a:prstDash val="dash"/>')
            return f'<c:spPr><a:ln w="{width}" cap="rnd">{colour}{dash}<a:round/></a:ln></c:spPr>'
        if code == _OUTLINED:
            return f'<c:spPr>{paper}<a:ln w="12700">{colour}</a:ln></c:spPr>'
        if code == _HATCHED:
            inner = colour.replace("a:solidFill", "a:fgClr") + paper.replace("a:solidFill", "a:bgClr")
            return f'<c:spPr><a:pattFill prst="wdUpDiag">{inner}</a:pattFill><a:ln w="9525">{colour}</a:ln></c:spPr>'
        return f"<c:spPr>{colour}<a:ln><a:noFill/></a:ln></c:spPr>"

    def _labels(self) -> str:
        colours = self.brand.colours
        texts = self.texts(colours.on_accent if self.kind.label == "ctr" else colours.text)
        return (
            f"<c:dLbls><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{texts}"
            f'<c:dLblPos val="{self.kind.label}"/>'
            '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
            '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        )


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.lstrip("#").upper()}"/></a:solidFill>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
