"""Connectors between shapes: glued to their ends, with the geometry that PowerPoint draws until a shape is moved.

Down and across to a child: `bentConnector3` turned by a quarter, its box centred between the ends with width and
height exchanged; down and in from the side: `bentConnector2` turned the other way.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipeline.render.office.names import Element, name
from pipeline.render.pptx.geometry import Box
from pipeline.render.pptx.shape_names import properties_of

BOTTOM, TOP, LEFT = "2", "0", "1"
"""Connection sites of a rectangle (presetShapeDefinitions)."""

_QUARTER, _THREE_QUARTERS = "5400000", "16200000"
_ELLIPSE_BOTTOM, _ELLIPSE_LEFT = "4", "2"


def connect(
    sample: Element, identity: tuple[str, str], ends: tuple[Element, Element], boxes: tuple[Box, Box], *, stacked: bool
) -> Element:
    """Return a connector like the sample from the first shape down to the second.

    `identity` is its id and name, `boxes` are those of the two ends.
    """
    connector = deepcopy(sample)
    properties = properties_of(connector)
    properties.set("id", identity[0])
    properties.set("name", identity[1])
    parent, child = boxes
    start = (parent.left + parent.width // 2, parent.bottom)
    end = (child.left, child.top + child.height // 2) if stacked else (child.left + child.width // 2, child.top)
    _glue(connector, ends, stacked=stacked)
    if stacked:
        _shape(connector, "bentConnector2", start, end, {"rot": _THREE_QUARTERS, "flipH": "1"})
    elif start[0] == end[0]:
        _shape(connector, "straightConnector1", start, end, {})
    elif end[0] < start[0]:
        _shape(connector, "bentConnector3", start, end, {"rot": _QUARTER})
    else:
        _shape(connector, "bentConnector3", start, end, {"rot": _THREE_QUARTERS, "flipH": "1"})
    return connector


def _glue(connector: Element, ends: tuple[Element, Element], *, stacked: bool) -> None:
    inner = connector.find(f"{name('p:nvCxnSpPr')}/{name('p:cNvCxnSpPr')}")
    if inner is None:
        return
    for old in (*inner.findall(name("a:stCxn")), *inner.findall(name("a:endCxn"))):
        inner.remove(old)
    sites = (_site(ends[0], BOTTOM), _site(ends[1], LEFT if stacked else TOP))
    for key, shape, site in zip(("a:stCxn", "a:endCxn"), ends, sites, strict=True):
        etree.SubElement(inner, name(key), {"id": properties_of(shape).get("id", "0"), "idx": site})


def _site(shape: Element, site: str) -> str:
    outline = shape.find(f"{name('p:spPr')}/{name('a:prstGeom')}")
    if outline is None or outline.get("prst") != "ellipse":
        return site
    return {BOTTOM: _ELLIPSE_BOTTOM, LEFT: _ELLIPSE_LEFT}.get(site, site)


def _shape(connector: Element, kind: str, start: tuple[int, int], end: tuple[int, int], turn: dict[str, str]) -> None:
    form = connector.find(name("p:spPr"))
    if form is None:
        return
    for old in [child for child in form if child.tag in (name("a:xfrm"), name("a:prstGeom"), name("a:custGeom"))]:
        form.remove(old)
    across, down = abs(end[0] - start[0]), abs(end[1] - start[1])
    width, height = (down, across) if turn else (across, down)
    middle = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
    transform = etree.Element(name("a:xfrm"), turn)
    offset = {"x": str(middle[0] - width // 2), "y": str(middle[1] - height // 2)}
    etree.SubElement(transform, name("a:off"), offset)
    etree.SubElement(transform, name("a:ext"), {"cx": str(width), "cy": str(height)})
    outline = etree.Element(name("a:prstGeom"), {"prst": kind})
    etree.SubElement(outline, name("a:avLst"))
    form.insert(0, transform)
    form.insert(1, outline)
