"""Document properties: title and dates in the core part, and an application part that names nothing of the template."""

from __future__ import annotations

import datetime as dt

from lxml import etree

from pipeline.render.archive import EPOCH
from pipeline.render.characters import cleaned
from pipeline.render.office.names import NAMESPACES, Element, name
from pipeline.render.office.package import Part, Relationship
from pipeline.render.pptx.expressions import TagError, plain
from pipeline.render.pptx.filling import Filling, SlideDraft
from pipeline.wording import ViewRow, raw

CORE_KIND = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
EXTENDED_TYPE = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
_DROPPED = ("dc:creator", "cp:lastModifiedBy", "cp:revision", "cp:lastPrinted", "dcterms:created", "dcterms:modified",
            "dc:language", "cp:category", "cp:contentStatus")  # fmt: skip


def write_properties(filling: Filling, drafts: list[SlideDraft]) -> None:
    """Write both property parts; whoever made or last saved the template is not named in documents."""
    root = _core_root(filling)
    _fill_tags(filling, root)
    for key in _DROPPED:
        for node in root.findall(name(key)):
            root.remove(node)
    if not (root.findtext(name("dc:title")) or "").strip():
        _set(root, "dc:title", _title(filling))
    _set(root, "dc:creator", filling.brand.name)
    _set(root, "dc:language", filling.view.language)
    for key in ("dcterms:created", "dcterms:modified"):
        _set(root, key, _moment(filling)).set(name("xsi:type"), "dcterms:W3CDTF")
    _replace_part(filling, CORE_KIND, Part("/docProps/core.xml", CORE_TYPE, root))
    kind = f"{NAMESPACES['r']}/extended-properties"
    _replace_part(filling, kind, Part("/docProps/app.xml", EXTENDED_TYPE, _extended(len(drafts))))
    for key, relationship in list(filling.package.root.relationships.items()):
        if relationship.kind.endswith("/custom-properties"):
            del filling.package.root.relationships[key]


def _core_root(filling: Filling) -> Element:
    part = next((r.part for r in filling.package.root.relationships.values() if r.kind == CORE_KIND), None)
    if part is not None:
        return part.root
    prefixes = ("cp", "dc", "dcterms", "xsi")
    return etree.Element(name("cp:coreProperties"), {}, {prefix: NAMESPACES[prefix] for prefix in prefixes})


def _fill_tags(filling: Filling, root: Element) -> None:
    for node in root:
        template = filling.template.properties.get(str(node.tag))
        if template is None:
            continue
        try:
            node.text = plain(template.render(filling.context({}))).strip()
        except TagError as error:
            filling.fault("document properties", error)


def _title(filling: Filling) -> str:
    document = filling.view.names.get("document")
    title = document["title"] if isinstance(document, ViewRow) and "title" in document else filling.template.name
    return cleaned(str(title))


def _moment(filling: Filling) -> str:
    """Return the as-of date, so that the same plan gives the same bytes at any time of day."""
    as_of = raw(filling.view.names.get("as_of"))
    day = as_of if isinstance(as_of, dt.date) else dt.date(*EPOCH[:3])
    return f"{day:%Y-%m-%d}T00:00:00Z"


def _set(root: Element, key: str, text: str) -> Element:
    node = root.find(name(key))
    if node is None:
        node = etree.SubElement(root, name(key))
    node.text = text
    return node


def _extended(slides: int) -> Element:
    namespace = NAMESPACES["ep"]
    content = f'<Properties xmlns="{namespace}"><Application>Microsoft Office PowerPoint</Application></Properties>'
    root = etree.fromstring(content)
    etree.SubElement(root, name("ep:Slides")).text = str(slides)
    return root


def _replace_part(filling: Filling, kind: str, part: Part) -> None:
    relationships = filling.package.root.relationships
    for key, relationship in relationships.items():
        if relationship.kind == kind:
            relationships[key] = Relationship(key, kind, part)
            return
    filling.package.root.relate(kind, part)
