"""Data labels as literal text in the document's language, in the look of the sample's labels.

Office draws a label with text of its own in the format that the text carries, so it is copied from `c:txPr`. Which
positions a kind of chart allows follows ECMA-376 part 1, 21.2.2.48 and python-pptx#789, PptxGenJS#815: a wrong one
passes validators and breaks the file.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipeline.model import Series
from pipeline.render.office.names import Element, local_name, name
from pipeline.render.office.theme import locale_of

_AROUND = frozenset({"t", "b", "l", "r", "ctr"})
_STACKED = frozenset({"ctr", "inEnd", "inBase"})
_PIE = frozenset({"bestFit", "ctr", "inEnd", "outEnd"})
LABEL_POSITIONS = {
    "barChart": _STACKED | {"outEnd"},
    "lineChart": _AROUND,
    "pieChart": _PIE,
    "pie3DChart": _PIE,
    "radarChart": frozenset({"outEnd"}),
}
_SHOWS = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")


def legal_positions(plot: Element) -> frozenset[str]:
    """Return the label positions that a plot allows."""
    grouping = plot.find(name("c:grouping"))
    if local_name(plot) == "barChart" and grouping is not None and "tacked" in grouping.get("val", ""):
        return _STACKED
    return LABEL_POSITIONS.get(local_name(plot), frozenset())


def write_labels(sample: Element, plot: Element, series: Series, language: str) -> None:
    """Replace the text of a series' labels by the figure's, if the sample shows labels at all."""
    labels = sample.find(name("c:dLbls"))
    if labels is None:
        labels = _inherited(sample, plot)
    if labels is None:
        return
    for old in labels.findall(name("c:dLbl")):
        labels.remove(old)
    _drop_illegal_position(labels, plot)
    for node in labels.iter(name("c15:showDataLabelsRange")):
        node.set("val", "0")
    if not _shows_text(labels):
        return
    for index, text in reversed(list(enumerate(series.labels))):
        if series.values[index] is not None:
            labels.insert(0, _label(index, text, labels, language))


def _inherited(sample: Element, plot: Element) -> Element | None:
    """Return a copy of the plot's own labels, put into the series, or None without."""
    common = plot.find(name("c:dLbls"))
    if common is None:
        return None
    _drop_illegal_position(common, plot)
    if not _shows_text(common):
        return None
    own = deepcopy(common)
    following = next(child for child in sample if local_name(child) in ("trendline", "errBars", "cat", "val"))
    following.addprevious(own)
    return own


def _shows_text(labels: Element) -> bool:
    shown = (labels.find(name(f"c:{key}")) for key in ("showVal", "showCatName", "showSerName", "showPercent"))
    deleted = labels.find(name("c:delete"))
    is_deleted = deleted is not None and deleted.get("val", "1") in ("1", "true")
    return not is_deleted and any(node is not None and node.get("val", "1") in ("1", "true") for node in shown)


def _drop_illegal_position(labels: Element, plot: Element) -> None:
    position = labels.find(name("c:dLblPos"))
    if position is not None and position.get("val") not in legal_positions(plot):
        labels.remove(position)


def _label(index: int, text: str, labels: Element, language: str) -> Element:
    label = etree.Element(name("c:dLbl"))
    etree.SubElement(label, name("c:idx"), {"val": str(index)})
    if not text:
        etree.SubElement(label, name("c:delete"), {"val": "1"})
        return label
    label.append(_rich(text, labels.find(name("c:txPr")), language))
    for key in ("c:spPr", "c:dLblPos"):
        node = labels.find(name(key))
        if node is not None:
            label.append(deepcopy(node))
    for key in _SHOWS:
        etree.SubElement(label, name(f"c:{key}"), {"val": "1" if key == "showVal" else "0"})
    return label


def _rich(text: str, look: Element | None, language: str) -> Element:
    tx = etree.Element(name("c:tx"))
    rich = etree.SubElement(tx, name("c:rich"))
    body = look.find(name("a:bodyPr")) if look is not None else None
    rich.append(deepcopy(body) if body is not None else etree.Element(name("a:bodyPr")))
    etree.SubElement(rich, name("a:lstStyle"))
    paragraph = etree.SubElement(rich, name("a:p"))
    properties = look.find(f"{name('a:p')}/{name('a:pPr')}") if look is not None else None
    run = etree.Element(name("a:r"))
    if properties is not None:
        paragraph.append(deepcopy(properties))
        default = properties.find(name("a:defRPr"))
        if default is not None:
            own = deepcopy(default)
            own.tag = name("a:rPr")
            run.append(own)
    if run.find(name("a:rPr")) is None:
        etree.SubElement(run, name("a:rPr"))
    run[0].set("lang", locale_of(language))
    etree.SubElement(run, name("a:t")).text = text
    paragraph.append(run)
    return tx
