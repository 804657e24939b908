"""Copying and dropping shapes so that nothing is left over or shared by mistake.

A copy has its own ids, chart parts and workbooks; what is dropped takes connectors' ends and animations with it
(docs/designers.md: what is dropped leaves the package).
"""

from __future__ import annotations

from copy import deepcopy

from pipeline.render.office.names import Element, name, remove
from pipeline.render.office.package import Package, Relationship
from pipeline.render.pptx.filling import SlideDraft

_SHARED = frozenset(
    {"slideLayout", "slideMaster", "theme", "notesMaster", "image", "media", "video", "audio", "slide", "hyperlink"}
)
_ENDS = (name("a:stCxn"), name("a:endCxn"))
P_CNVPR, P_TARGET, R_ID, C_CHART = name("p:cNvPr"), name("p:spTgt"), name("r:id"), name("c:chart")


def is_shared(relationship: Relationship) -> bool:
    """Return whether copies of a slide lead to the same part, such as a layout or a picture."""
    return relationship.kind.rpartition("/")[2] in _SHARED


def copy_shape(shape: Element, draft: SlideDraft, package: Package) -> Element:
    """Return a copy of a shape with ids and chart parts of its own, not yet in the slide."""
    copy = deepcopy(shape)
    renumber(copy, draft)
    for reference in copy.iter(C_CHART):
        chart = draft.part.relationships[str(reference.get(R_ID))].part
        reference.set(R_ID, draft.part.relate("chart", package.clone(chart, is_shared)))
    return copy


def renumber(shape: Element, draft: SlideDraft) -> None:
    """Give a shape and all in it new ids; connectors inside follow."""
    numbers: dict[str, str] = {}
    for properties in shape.iter(P_CNVPR):
        new = str(draft.next_id())
        numbers[properties.get("id", "")] = new
        properties.set("id", new)
    for end in shape.iter(*_ENDS):
        old = end.get("id", "")
        if old in numbers:
            end.set("id", numbers[old])


def drop_shape(shape: Element, draft: SlideDraft) -> None:
    """Take a shape out of its slide with its animations and the ends of connectors that held to it."""
    ids = {properties.get("id", "") for properties in shape.iter(P_CNVPR)}
    block = shape.getparent()
    remove(shape)
    if block is not None and block.tag in (name("mc:Choice"), name("mc:Fallback")) and len(block) == 0:
        parent = block.getparent()
        remove(parent if parent is not None else block)
    root = draft.part.root
    for end in [node for node in root.iter(*_ENDS) if node.get("id", "") in ids]:
        remove(end)
    _drop_animations(root, ids)


def _drop_animations(root: Element, ids: set[str]) -> None:
    timing = root.find(name("p:timing"))
    if timing is not None and any(node.get("spid", "") in ids for node in timing.iter(P_TARGET)):
        # A time line with holes makes PowerPoint offer a repair; without one the slide just stands still.
        root.remove(timing)
