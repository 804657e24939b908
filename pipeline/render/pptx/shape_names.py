"""Shapes of a slide's tree as PresentationML names them (ECMA-376 part 1, 19.3)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.render.office.names import Element, name

P_SP, P_PIC, P_GROUP, P_FRAME = name("p:sp"), name("p:pic"), name("p:grpSp"), name("p:graphicFrame")
P_CONNECTOR, CHOICE_BLOCK = name("p:cxnSp"), name("mc:AlternateContent")
P_TXBODY, A_TBL, C_CHART = name("p:txBody"), name("a:tbl"), name("c:chart")
SHAPES = frozenset({P_SP, P_PIC, P_GROUP, P_FRAME, P_CONNECTOR})
MARK = "planpress"
"""Attribute that ties an element of a compiled template to its compiled form; it never reaches the output."""

_GRAPHIC_DATA = f"{name('a:graphic')}/{name('a:graphicData')}"
_PLACEHOLDER = f"{name('p:nvPr')}/{name('p:ph')}"


def shapes_in(tree: Element) -> Iterator[Element]:
    """Yield the shapes directly in a tree or group, both branches of a choice included."""
    for child in list(tree):
        if child.tag in SHAPES:
            yield child
        elif child.tag == CHOICE_BLOCK:
            for branch in list(child):
                yield from shapes_in(branch)


def properties_of(shape: Element) -> Element:
    """Return the shape's `p:cNvPr`, which carries id, name and alternative text."""
    return shape[0][0]


def placeholder_of(shape: Element) -> Element | None:
    """Return the shape's `p:ph`, None when it is no placeholder."""
    return shape[0].find(_PLACEHOLDER)


def shape_tree(root: Element) -> Element:
    """Return the `p:spTree` of a slide, layout or master."""
    tree = root.find(f"{name('p:cSld')}/{name('p:spTree')}")
    if tree is None:
        raise ValueError("a slide has a shape tree")
    return tree


def table_of(shape: Element) -> Element | None:
    """Return the table (`a:tbl`) in a graphic frame, None for any other shape."""
    return shape.find(f"{_GRAPHIC_DATA}/{A_TBL}") if shape.tag == P_FRAME else None


def chart_reference(shape: Element) -> Element | None:
    """Return the `c:chart` in a graphic frame, None for any other shape."""
    return shape.find(f"{_GRAPHIC_DATA}/{C_CHART}") if shape.tag == P_FRAME else None


def graphic_kind(shape: Element) -> str:
    """Return the last word of what a graphic frame holds: table, chart, diagram, ole, chartex."""
    data = shape.find(_GRAPHIC_DATA)
    return str(data.get("uri", "")).rpartition("/")[2] if data is not None else ""


def is_title(shape: Element) -> bool:
    """Return whether the shape is the slide's title placeholder."""
    placeholder = placeholder_of(shape)
    return placeholder is not None and placeholder.get("type") in ("title", "ctrTitle")
