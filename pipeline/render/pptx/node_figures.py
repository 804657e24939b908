"""Relationship maps and heat maps: a group's frame is the area, its first shape the sample node, its connector the
sample line (`map:`, `grid:`).

A node's tags may name `node` (label, detail, state, ring, flags) and `row` (the row it stands for). Its fill comes
from the state, its outline from the ring: a number is a width, anything else one of the brand's states.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, replace

from lxml import etree

from pipeline.model import Figure, Node
from pipeline.render.characters import cleaned
from pipeline.render.office.names import Element, name
from pipeline.render.pptx.connectors import connect
from pipeline.render.pptx.copies import renumber
from pipeline.render.pptx.filling import Filling, Names, SlideDraft
from pipeline.render.pptx.geometry import Box, box_of_transform, transform_of
from pipeline.render.pptx.marks import colour_of, ink_on, set_fill, set_ink
from pipeline.render.pptx.reports import no_room_for
from pipeline.render.pptx.shape_names import MARK, P_CONNECTOR, P_SP, P_TXBODY, properties_of, shapes_in
from pipeline.render.pptx.template import ShapeTemplate
from pipeline.render.pptx.text_body import set_text
from pipeline.render.pptx.tiles import move_to
from pipeline.render.pptx.tree_layout import TreeLayout, lay_out_tree
from pipeline.wording import ViewRow

_POINT = 12_700
_TITLE_SHARE = 0.2
_GAP = 25_400
FillNode = Callable[[Element, Names], None]


@dataclass
class NodePainter:
    """Draws the nodes of one figure into a designer's group; `fill_node` fills a copy's tags."""

    filling: Filling
    draft: SlideDraft
    template: ShapeTemplate
    fill_node: FillNode

    def draw_tree(self, group: Element, figure: Figure, names: Names) -> None:
        """Draw people by whom they report to."""
        area, sample, line = self._parts(group)
        if sample is None:
            return
        layout = lay_out_tree(figure.nodes, area, _size(sample))
        if layout is None:
            self.filling.findings.append(no_room_for(self.filling, self.draft, self.template, len(figure.nodes)))
            layout = lay_out_tree(figure.nodes, replace(area, width=10**9, height=10**9), _size(sample))
        if layout is None:
            return
        made = {node.key: self._node(group, sample, node, layout.boxes[node.key], names) for node in figure.nodes}
        if line is not None:
            self._connect(line, layout, made)
        self._remove_samples(group, sample, line)

    def _connect(self, line: Element, layout: TreeLayout, made: dict[str, Element]) -> None:
        """Draw the links below the nodes in the order of drawing, so that boxes cover their ends."""
        first = next(iter(made.values()))
        for link in layout.links:
            identity = (str(self.draft.next_id()), f"{properties_of(line).get('name', 'Line')} {link.child}")
            ends = (made[link.parent], made[link.child])
            boxes = (layout.boxes[link.parent], layout.boxes[link.child])
            first.addprevious(connect(line, identity, ends, boxes, stacked=link.is_stacked))

    def draw_grid(self, group: Element, figure: Figure, names: Names) -> None:
        """Draw a cell for each row and column with its titles; several nodes at one place share a cell."""
        area, sample, line = self._parts(group)
        if sample is None:
            return
        title = next((shape for shape in shapes_in(group) if shape.tag == P_SP and shape is not sample), None)
        columns, rows = max(len(figure.categories), 1), max(len(figure.row_titles), 1)
        cells = _cell_area(area, has_columns=bool(figure.categories), has_rows=bool(figure.row_titles))
        by_place: defaultdict[tuple[int, int], list[Node]] = defaultdict(list)
        for node in figure.nodes:
            by_place[node.row, node.column].append(node)
        for row in range(rows):
            for column in range(columns):
                node = _joined(by_place[row, column], row, column)
                self._node(group, sample, node, _cell(cells, (row, column), (rows, columns)), names)
        self._titles(group, title if title is not None else sample, figure, area, cells)
        self._remove_samples(group, sample, line, *([title] if title is not None else []))

    def _parts(self, group: Element) -> tuple[Box, Element | None, Element | None]:
        """Return area, sample node and sample line of a group, all in its inner coordinates."""
        transform = transform_of(group)
        area = _inner_area(transform)
        shapes = list(shapes_in(group))
        sample = next((shape for shape in shapes if shape.tag != P_CONNECTOR), None)
        line = next((shape for shape in shapes if shape.tag == P_CONNECTOR), None)
        if sample is None:
            self.filling.problem(self.template.place, "the group has no sample node; put a shape with tags into it.")
        return area, sample, line

    def _node(self, group: Element, sample: Element, node: Node, box: Box, names: Names) -> Element:
        copy = deepcopy(sample)
        renumber(copy, self.draft)
        properties_of(copy).set("name", cleaned(f"{properties_of(sample).get('name', '')} {node.label}".strip())[:80])
        move_to(copy, box.left, box.top, box.width, box.height)
        group.append(copy)
        if node.row_values is None and not node.label:
            _empty(copy)
            return copy
        self.fill_node(copy, {**names, "node": _view_of(node), "row": node.row_values or _view_of(node)})
        self._paint(copy, node)
        return copy

    def _paint(self, shape: Element, node: Node) -> None:
        form = shape.find(name("p:spPr"))
        if form is None:
            form = shape.find(f"{P_SP}/{name('p:spPr')}")
        if form is None:
            return
        colour = colour_of(node.state, self.filling.brand)
        if colour is not None:
            set_fill(form, colour)
            for body in shape.iter(P_TXBODY):
                set_ink(body, ink_on(colour, self.filling.brand))
        _set_ring(form, node.ring, colour_of(node.ring, self.filling.brand) if not node.ring.isdigit() else None)

    def _titles(self, group: Element, sample: Element, figure: Figure, area: Box, cells: Box) -> None:
        count = max(len(figure.categories), 1)
        for number, text in enumerate(figure.categories):
            box = _cell(cells, (0, number), (1, count))
            self._title(group, sample, text, Box(box.left, area.top, box.width, cells.top - area.top))
        count = max(len(figure.row_titles), 1)
        for number, text in enumerate(figure.row_titles):
            box = _cell(cells, (number, 0), (count, 1))
            self._title(group, sample, text, Box(area.left, box.top, cells.left - area.left, box.height))

    def _title(self, group: Element, sample: Element, text: str, box: Box) -> None:
        copy = deepcopy(sample)
        renumber(copy, self.draft)
        move_to(copy, box.left, box.top, box.width, box.height)
        body = copy.find(P_TXBODY)
        if body is not None:
            set_text(body, text)
        group.append(copy)
        self.fill_node(copy, {"title": text})

    def _remove_samples(self, group: Element, *samples: Element | None) -> None:
        for sample in samples:
            if sample is not None and sample.getparent() is group:
                group.remove(sample)


def _empty(shape: Element) -> None:
    """Leave nothing but the look of a cell without node."""
    for inner in shape.iter(etree.Element):
        inner.attrib.pop(MARK, "")
    for body in shape.iter(P_TXBODY):
        set_text(body, "")


def _view_of(node: Node) -> ViewRow:
    return ViewRow({
        "key": node.key, "label": node.label, "detail": node.detail, "state": node.state, "ring": node.ring,
        "flags": " ".join(node.flags),
    })  # fmt: skip


def _joined(nodes: Iterable[Node], row: int, column: int) -> Node:
    """Return one node for all that share a cell; an empty one for a cell without."""
    found = list(nodes)
    if not found:
        return Node(f"{row}/{column}", "", row=row, column=column)
    return replace(
        found[0],
        label="\n".join(dict.fromkeys(node.label for node in found if node.label)),
        detail="\n".join(node.detail for node in found if node.detail),
        flags=tuple(flag for node in found for flag in node.flags),
    )


def _inner_area(transform: Element | None) -> Box:
    """Return a group's frame in the coordinates of the shapes in it."""
    outer = box_of_transform(transform)
    offset = transform.find(name("a:chOff")) if transform is not None else None
    extent = transform.find(name("a:chExt")) if transform is not None else None
    if outer is None or offset is None or extent is None:
        return outer or Box(0, 0, 1, 1)
    left, top = int(offset.get("x", "0")), int(offset.get("y", "0"))
    return Box(left, top, int(extent.get("cx", "1")), int(extent.get("cy", "1")))


def _size(shape: Element) -> Box:
    return box_of_transform(transform_of(shape)) or Box(0, 0, 1_440_000, 720_000)


def _cell_area(area: Box, *, has_columns: bool, has_rows: bool) -> Box:
    """Return what the titles above and to the left leave of an area."""
    left = round(area.width * _TITLE_SHARE) if has_rows else 0
    top = min(round(area.height * _TITLE_SHARE), 360_000) if has_columns else 0
    return Box(area.left + left, area.top + top, area.width - left, area.height - top)


def _cell(cells: Box, place: tuple[int, int], counts: tuple[int, int]) -> Box:
    (row, column), (rows, columns) = place, counts
    width, height = cells.width / columns, cells.height / rows
    left, top = round(cells.left + width * column), round(cells.top + height * row)
    return Box(left, top, max(round(width) - _GAP, 1), max(round(height) - _GAP, 1))


def _set_ring(form: Element, ring: str, colour: str | None) -> None:
    if not ring or (colour is None and not ring.isdigit()):
        return
    line = form.find(name("a:ln"))
    if line is None:
        line = etree.Element(name("a:ln"))
        later = {name(f"a:{key}") for key in ("effectLst", "effectDag", "scene3d", "sp3d", "extLst")}
        form.insert(sum(1 for child in form if child.tag not in later), line)
    if colour is not None:
        set_fill(line, colour)
    else:
        line.set("w", str(round(int(ring) * 0.75 * _POINT)))
