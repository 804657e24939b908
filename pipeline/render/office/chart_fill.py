"""Native charts: a designer's chart keeps its type and look and gets a figure's data.

Series are matched by name, never by position; cache and embedded workbook are written from the same figure; labels
become literal text in the document's language, since number formats follow the reader's region (python-pptx#666,
#381, #877).
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from pipeline.model import Figure, Series
from pipeline.render.office.chart_labels import write_labels
from pipeline.render.office.chart_scale import leave_label_room, share_scale
from pipeline.render.office.chart_workbook import (
    CONTENT_TYPE,
    as_cache,
    category_cells,
    name_cell,
    value_cells,
    write_workbook,
)
from pipeline.render.office.names import Element, local_name, name, remove
from pipeline.render.office.package import Package, Part

C_SER, C_TX, C_VAL, C_CAT = name("c:ser"), name("c:tx"), name("c:val"), name("c:cat")
_V, _R_ID = name("c:v"), name("r:id")
_BAR_KINDS = ("barChart", "bar3DChart")
_UNFIT_KINDS = ("scatterChart", "bubbleChart", "stockChart", "surfaceChart", "surface3DChart", "ofPieChart")
_OLD_POINTS = ("c:dPt", "c:errBars", "c:trendline")
_FILTERED = "c15:filtered"


class ChartFault(Exception):
    """A sample chart that cannot take a figure; the message says why and what to do."""


def sample_faults(chart_space: Element) -> Iterable[str]:
    """Yield what keeps a sample chart from taking any figure."""
    plots = plots_of(chart_space)
    if not plots:
        yield "the sample chart has no series; give it one for each series of the figure."
    for plot in plots:
        if local_name(plot) in _UNFIT_KINDS:
            yield f"a {local_name(plot)} has no categories; use columns, bars, lines, areas, a pie or a doughnut."
    if chart_space.find(f".//{name('c:dateAx')}") is not None:
        yield "its category axis is a date axis; choose Format Axis > Text axis."


def plots_of(chart_space: Element) -> list[Element]:
    """Return the plots (barChart, lineChart …) that have series."""
    area = chart_space.find(f"{name('c:chart')}/{name('c:plotArea')}")
    return [] if area is None else [plot for plot in area if plot.find(C_SER) is not None]


def fill_chart(package: Package, part: Part, figure: Figure, language: str) -> None:
    """Give a chart part the figure's data and the embedded workbook that belongs to it.

    Raises:
        ChartFault: the sample has no place for a series of the figure.
    """
    root = part.root
    _drop_filtered(root)
    _match_series(root, figure)
    found = {series.name: (position, series) for position, series in enumerate(figure.series)}
    for plot in plots_of(root):
        for sample in plot.findall(C_SER):
            position, series = found[_series_name(sample)]
            write_series(sample, position, series, figure.categories)
            write_labels(sample, plot, series, language)
    _drop_empty_plots(root)
    renumber_axes(root)
    share_scale(root)
    leave_label_room(root)
    embed_workbook(package, part, write_workbook(figure.categories, figure.series))


def _match_series(root: Element, figure: Figure) -> None:
    """Leave exactly one sample for each series of the figure, named as it is."""
    wanted = {key.casefold(): series for series in figure.series for key in (series.code, series.name)}
    taken: set[str] = set()
    samples = [sample for plot in plots_of(root) for sample in plot.findall(C_SER)]
    written = ", ".join(f"`{_series_name(sample)}`" for sample in samples)
    for sample in samples:
        series = wanted.get(_series_name(sample).casefold())
        if series is None or series.name in taken:
            remove(sample)
            continue
        taken.add(series.name)
        _set_name(sample, series.name)
    missing = [series for series in figure.series if series.name not in taken and _has_values(series)]
    if missing and len(samples) == len(figure.series) == 1:
        _restore_single(root, samples[0], missing[0])
    elif missing:
        lacking = ", ".join(f"`{series.code}`" for series in missing)
        raise ChartFault(
            f"the sample chart has series {written} but none for {lacking}; name one so in its data sheet."
        )


def _has_values(series: Series) -> bool:
    return any(value is not None for value in series.values)


def _restore_single(root: Element, sample: Element, series: Series) -> None:
    """A chart of one series takes a figure of one series whatever their names."""
    area = root.find(f"{name('c:chart')}/{name('c:plotArea')}")
    plot = next((item for item in (area if area is not None else ()) if local_name(item).endswith("Chart")), None)
    if plot is None:
        raise ChartFault("the sample chart has no plot.")
    _set_name(sample, series.name)
    plot.insert(_first_series_position(plot), sample)


def _first_series_position(plot: Element) -> int:
    before = {"barDir", "grouping", "varyColors", "scatterStyle", "radarStyle", "wireframe", "ofPieType"}
    return sum(1 for child in plot if local_name(child) in before)


def _series_name(sample: Element) -> str:
    tx = sample.find(C_TX)
    return (tx.findtext(f".//{_V}") or "").strip() if tx is not None else ""


def _set_name(sample: Element, text: str) -> None:
    tx = sample.find(C_TX)
    if tx is None:
        tx = etree.Element(C_TX)
        order = sample.find(name("c:order"))
        sample.insert(0 if order is None else sample.index(order) + 1, tx)
    for child in list(tx):
        tx.remove(child)
    etree.SubElement(tx, _V).text = text


def write_series(sample: Element, position: int, series: Series, categories: tuple[str, ...]) -> None:
    """Give a `c:ser` name, categories and values; what belongs to points of the sample's data goes."""
    for old in _OLD_POINTS:
        for node in sample.findall(name(old)):
            if old == "c:dPt" or _is_custom(node):
                sample.remove(node)
    _write_name(sample, position, series.name)
    _write_categories(sample, categories)
    _write_values(sample, position, series)
    _keep_negatives_filled(sample)


def _is_custom(error_bars: Element) -> bool:
    kind = error_bars.find(name("c:errValType"))
    return kind is not None and kind.get("val") == "cust"


def _write_name(sample: Element, position: int, text: str) -> None:
    tx = sample.find(C_TX)
    if tx is None:
        return
    for child in list(tx):
        tx.remove(child)
    reference = etree.SubElement(tx, name("c:strRef"))
    etree.SubElement(reference, name("c:f")).text = name_cell(position)
    _texts(etree.SubElement(reference, name("c:strCache")), [text])


def _write_categories(sample: Element, categories: tuple[str, ...]) -> None:
    old = sample.find(C_CAT)
    new = etree.Element(C_CAT)
    reference = etree.SubElement(new, name("c:strRef"))
    etree.SubElement(reference, name("c:f")).text = category_cells(len(categories))
    _texts(etree.SubElement(reference, name("c:strCache")), categories)
    if old is not None:
        sample.replace(old, new)
        return
    values = sample.find(C_VAL)
    if values is None:
        raise ChartFault("a series of the sample chart has no values.")
    values.addprevious(new)


def _write_values(sample: Element, position: int, series: Series) -> None:
    old = sample.find(C_VAL)
    if old is None:
        raise ChartFault("a series of the sample chart has no values.")
    code = old.findtext(f".//{name('c:formatCode')}") or "General"
    new = etree.Element(C_VAL)
    reference = etree.SubElement(new, name("c:numRef"))
    etree.SubElement(reference, name("c:f")).text = value_cells(position, len(series.values))
    cache = etree.SubElement(reference, name("c:numCache"))
    etree.SubElement(cache, name("c:formatCode")).text = code
    etree.SubElement(cache, name("c:ptCount"), {"val": str(len(series.values))})
    for index, value in enumerate(series.values):
        if value is not None:
            point = etree.SubElement(cache, name("c:pt"), {"idx": str(index)})
            etree.SubElement(point, _V).text = as_cache(value)
    sample.replace(old, new)


def _texts(cache: Element, texts: Iterable[str]) -> None:
    listed = list(texts)
    etree.SubElement(cache, name("c:ptCount"), {"val": str(len(listed))})
    for index, text in enumerate(listed):
        point = etree.SubElement(cache, name("c:pt"), {"idx": str(index)})
        etree.SubElement(point, _V).text = text


def _keep_negatives_filled(sample: Element) -> None:
    """Set `c:invertIfNegative` to 0 in bars: left out, negative bars turn white."""
    plot = sample.getparent()
    if plot is None or local_name(plot) not in _BAR_KINDS:
        return
    node = sample.find(name("c:invertIfNegative"))
    if node is None:
        node = etree.Element(name("c:invertIfNegative"))
        before = sample.find(name("c:spPr"))
        before = sample.find(C_TX) if before is None else before
        sample.insert(0 if before is None else sample.index(before) + 1, node)
    node.set("val", "0")


def _drop_filtered(root: Element) -> None:
    """Series that a designer filtered away still hold the sample's data in an extension."""
    for node in list(root.iter("{http://schemas.microsoft.com/office/drawing/2012/chart}*")):
        if local_name(node).startswith("filtered"):
            extension = node.getparent()
            remove(node if extension is None or len(extension) > 1 else extension)
    for sample in root.iter(C_SER):
        for extensions in sample.findall(name("c:extLst")):
            sample.remove(extensions)


def _drop_empty_plots(root: Element) -> None:
    """Take out plots without series and the axes that only they use."""
    area = root.find(f"{name('c:chart')}/{name('c:plotArea')}")
    if area is None:
        return
    plots = [child for child in area if local_name(child).endswith("Chart")]
    if not any(plot.find(C_SER) is not None for plot in plots):
        return
    for plot in plots:
        if plot.find(C_SER) is None:
            area.remove(plot)
    used = {
        node.get("val") for plot in area for node in plot.findall(name("c:axId")) if local_name(plot).endswith("Chart")
    }
    for axis in [child for child in area if local_name(child) in ("catAx", "valAx", "dateAx", "serAx")]:
        own = axis.find(name("c:axId"))
        if own is not None and own.get("val") not in used:
            area.remove(axis)


def renumber_axes(root: Element) -> None:
    """Give axes positive ids: validators and readers refuse the negative ones that some programs write."""
    numbers: dict[str, str] = {}
    for node in root.iter(name("c:axId"), name("c:crossAx")):
        old = node.get("val", "")
        node.set("val", numbers.setdefault(old, str(500_000_001 + len(numbers))))


def embed_workbook(package: Package, part: Part, content: bytes) -> None:
    """Make `content` the chart's only workbook."""
    for key, relationship in list(part.relationships.items()):
        if relationship.kind.rpartition("/")[2] in ("package", "oleObject"):
            del part.relationships[key]
    folder = part.name.split("/")[1]
    workbook = Part(package.new_name(f"/{folder}/embeddings/workbook1.xlsx"), CONTENT_TYPE, content)
    link = part.root.find(name("c:externalData"))
    if link is None:
        link = etree.Element(name("c:externalData"))
        _append_in_order(part.root, link)
    for child in list(link):
        link.remove(child)
    etree.SubElement(link, name("c:autoUpdate"), {"val": "0"})
    link.set(_R_ID, part.relate("package", workbook))


def _append_in_order(root: Element, link: Element) -> None:
    later = {"printSettings", "userShapes", "extLst"}
    following = next((child for child in root if local_name(child) in later), None)
    if following is None:
        root.append(link)
    else:
        following.addprevious(link)
