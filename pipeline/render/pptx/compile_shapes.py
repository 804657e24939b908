"""Compiling shapes: bindings in alternative texts, tags in texts and tables, each fault with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from pipeline.errors import DefinitionFault
from pipeline.render.office.bindings import Binding, read_binding, read_figure_call
from pipeline.render.office.chart_fill import sample_faults
from pipeline.render.office.names import Element, name
from pipeline.render.office.package import Part
from pipeline.render.pptx.expressions import (
    Expression,
    TagError,
    TextTemplate,
    compile_expression,
    compile_text,
    has_tag,
    tag_fault,
)
from pipeline.render.pptx.fit import read_fit
from pipeline.render.pptx.loops import Loop, compile_loop
from pipeline.render.pptx.pictures import split_mode
from pipeline.render.pptx.shape_names import (
    CHOICE_BLOCK,
    MARK,
    P_CONNECTOR,
    P_FRAME,
    P_GROUP,
    P_PIC,
    P_TXBODY,
    chart_reference,
    graphic_kind,
    placeholder_of,
    properties_of,
    shapes_in,
    table_of,
)
from pipeline.render.pptx.tables import TableTemplate, compile_table
from pipeline.render.pptx.template import LATE_NAMES, FigureReference, ShapeTemplate
from pipeline.render.pptx.text_body import A_P, BodyTemplate, compile_body

Result = TypeVar("Result")
R_ID = name("r:id")
_DRAWINGS = ("chart", "map", "grid")
_CARRIERS = {
    "for": ("table", "group"), "columns": ("group",), "gap": ("group",), "rows": ("table",), "until": ("table",),
    "empty": ("table",), "map": ("group",), "grid": ("group",), "group": ("table",),
    "picture": ("picture", "placeholder"), "fit": ("text", "placeholder", "table"),
    "chart": ("chart", "text", "placeholder", "picture", "group"),
}  # fmt: skip


@dataclass
class Compilation:
    """What compiling a template gathers: shapes and texts by their mark, faults of all places."""

    file: str
    shapes: list[ShapeTemplate] = field(default_factory=list)
    bodies: list[tuple[str, BodyTemplate]] = field(default_factory=list)
    faults: list[DefinitionFault] = field(default_factory=list)

    def fault(self, place: str, message: str) -> None:
        """Note a fault of a place in the file."""
        self.faults.append(DefinitionFault(self.file, 0, f"{place}: {message}"))

    def tag_fault(self, place: str, error: TagError) -> None:
        """Note a tag that cannot work."""
        self.faults.append(tag_fault(self.file, place, error))

    def tree(self, part: Part, tree: Element, place: str) -> None:
        """Compile all shapes in a tree or group, inner ones too."""
        for shape in shapes_in(tree):
            self._shape(part, shape, place)
            if shape.tag == P_GROUP:
                self.tree(part, shape, place)
        for block in tree.iterchildren(CHOICE_BLOCK):
            self._refuse_new_charts(block, place)

    def texts(self, root: Element, place: str) -> None:
        """Compile all texts of a part that is no slide: chart titles, notes, drawings in charts, SmartArt."""
        parents = (paragraph.getparent() for paragraph in root.iter(A_P))
        for body in dict.fromkeys(parent for parent in parents if parent is not None):
            template = self._guarded(place, partial(compile_body, body))
            if template is not None:
                body.set(MARK, str(len(self.bodies)))
                self.bodies.append((place, template))

    def _shape(self, part: Part, shape: Element, slide: str) -> None:
        properties = properties_of(shape)
        place = f"{slide}, shape '{properties.get('name', '')}'"
        text = properties.get("descr") or properties.get("title") or ""
        binding = read_binding(text)
        for problem in binding.problems:
            self.fault(place, problem)
        self._refuse_wrong_carrier(shape, binding, place)
        template = self._compiled(part, shape, binding, place)
        if _matters(template):
            shape.set(MARK, str(len(self.shapes)))
            self.shapes.append(template)
            _forget_description(properties)

    def _compiled(self, part: Part, shape: Element, binding: Binding, place: str) -> ShapeTemplate:
        loop: Loop | None = self._guarded(place, lambda: compile_loop(binding))
        table, body = table_of(shape), shape.find(P_TXBODY)
        compiled_table: TableTemplate | None = None
        if table is not None and (loop is not None or not binding.get("for")):
            compiled_table = self._guarded(place, lambda: compile_table(table, loop))
        compiled_body = self._guarded(place, lambda: compile_body(body)) if body is not None else None
        template = ShapeTemplate(
            place=place,
            name=properties_of(shape).get("name", ""),
            binding=binding,
            condition=self._expression(place, binding.get("if")),
            loop=loop,
            body=compiled_body,
            table=compiled_table,
            figure=self._figure(part, shape, binding, place),
            picture=self._expression(place, split_mode(binding.get("picture") or "")[0]),
            empty=self._guarded(place, lambda: compile_text(binding.get("empty") or ""))
            if binding.get("empty")
            else None,
            fit=self._guarded(place, lambda: read_fit(binding.get("fit") or "")) if binding.get("fit") else None,
            description=self._description(place, binding),
        )
        is_late = bool((compiled_body.names if compiled_body else frozenset()) & LATE_NAMES)
        return replace(template, is_late=True) if is_late else template

    def _expression(self, place: str, source: str | None) -> Expression | None:
        return self._guarded(place, lambda: compile_expression(source)) if source else None

    def _description(self, place: str, binding: Binding) -> TextTemplate | str:
        source = binding.get("alt") if binding.get("alt") is not None else binding.description
        if not source or not has_tag(source):
            return source or ""
        return self._guarded(place, lambda: compile_text(source)) or ""

    def _figure(self, part: Part, shape: Element, binding: Binding, place: str) -> FigureReference | None:
        for drawing in _DRAWINGS:
            value = binding.get(drawing)
            if not value:
                continue
            call = read_figure_call(value)
            if call is None:
                self.fault(
                    place, f"`{drawing}: {value}`: expected a figure such as `revenue` or `revenue(product=p.name)`."
                )
                return None
            self._check_sample(part, shape, place)
            return FigureReference(drawing, call.name, self._expression(place, call.arguments))
        return None

    def _check_sample(self, part: Part, shape: Element, place: str) -> None:
        reference = chart_reference(shape)
        if reference is None:
            return
        chart = part.relationships[str(reference.get(R_ID))].part
        for problem in sample_faults(chart.root):
            self.fault(place, problem)
        if any(item.kind.endswith("/oleObject") for item in chart.relationships.values()):
            self.fault(place, "this chart is linked to a file; paste it again as a chart with its own data.")

    def _refuse_wrong_carrier(self, shape: Element, binding: Binding, place: str) -> None:
        kind = shape_kind(shape)
        for key in binding.values:
            allowed = _CARRIERS.get(key)
            if allowed is not None and kind not in allowed:
                self.fault(place, f"`{key}:` cannot stand on a {kind}; it belongs on a {' or '.join(allowed)}.")

    def _refuse_new_charts(self, block: Element, place: str) -> None:
        if any("chartex" in str(data.get("uri", "")) for data in block.iter(name("a:graphicData"))):
            message = "waterfall, funnel, treemap and their kin of Office 2016 cannot be filled; use stacked columns."
            self.fault(place, message)

    def _guarded(self, place: str, make: Callable[[], Result | None]) -> Result | None:
        try:
            return make()
        except TagError as error:
            self.tag_fault(place, error)
            return None


def shape_kind(shape: Element) -> str:
    """Return what a designer would call a shape: text, placeholder, table, chart, picture, group, line."""
    if shape.tag == P_FRAME:
        return graphic_kind(shape) or "object"
    if shape.tag == P_PIC:
        return "picture"
    if placeholder_of(shape) is not None:
        return "placeholder"
    return {P_GROUP: "group", P_CONNECTOR: "line"}.get(shape.tag, "text")


def _matters(template: ShapeTemplate) -> bool:
    parts = (template.binding, template.body, template.table)
    return any(parts) or isinstance(template.description, TextTemplate)


def _forget_description(properties: Element) -> None:
    for key in ("descr", "title"):
        if key in properties.attrib:
            del properties.attrib[key]
