"""Namespaces of Office Open XML (ECMA-376) and qualified names as lxml writes them."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for its element type

NAMESPACES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "a16": "http://schemas.microsoft.com/office/drawing/2014/main",
    "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
    "asvg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "c15": "http://schemas.microsoft.com/office/drawing/2012/chart",
    "c16": "http://schemas.microsoft.com/office/drawing/2014/chart",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "dsp": "http://schemas.microsoft.com/office/drawing/2008/diagram",
    "ep": "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "p14": "http://schemas.microsoft.com/office/powerpoint/2010/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
RELATIONSHIP_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


@cache
def name(prefixed: str) -> str:
    """Return `a:tbl` as lxml's `{namespace}tbl`."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def element(prefixed: str, attributes: dict[str, str] | None = None, *children: Element) -> Element:
    """Return a new element that declares the namespace of its own prefix, with attributes and children."""
    prefix = prefixed.partition(":")[0]
    result = etree.Element(name(prefixed), attributes or {}, nsmap={prefix: NAMESPACES[prefix]})
    result.extend(children)
    return result


def local_name(node: Element) -> str:
    """Return the tag without its namespace."""
    return str(node.tag).rpartition("}")[2]


def parse(content: bytes) -> Element:
    """Return the root of an XML part; entities are not expanded, nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_blank_text=False)
    return etree.fromstring(content, parser)


def serialise(root: Element) -> bytes:
    """Return a part's bytes as Office writes them: UTF-8, standalone."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def remove(node: Element) -> None:
    """Take an element out of its parent, if it has one."""
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
