"""Filling a slide's shapes: what stands, what repeats, and what is put into texts, tables, charts and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model import Figure
from pipeline.render.office.chart_fill import ChartFault, fill_chart
from pipeline.render.office.names import Element
from pipeline.render.pptx.copies import R_ID, drop_shape
from pipeline.render.pptx.expressions import TagError, TextTemplate, clean, plain
from pipeline.render.pptx.filling import FilledShape, Filling, Names, SlideDraft, TableOnSlide
from pipeline.render.pptx.marks import colour_cell, colour_text
from pipeline.render.pptx.shape_names import (
    MARK,
    P_GROUP,
    P_TXBODY,
    chart_reference,
    properties_of,
    shapes_in,
    table_of,
)
from pipeline.render.pptx.tables import FilledTable, fill_table, write_empty_line
from pipeline.render.pptx.template import FigureReference, ShapeTemplate
from pipeline.render.pptx.text_body import fill_body
from pipeline.wording import Value


@dataclass
class ShapeFiller:
    """Fills the shapes of one slide, layout or master; `late` when all slides are there."""

    filling: Filling
    draft: SlideDraft
    late: bool = False

    def tree(self, tree: Element, names: Names) -> None:
        """Fill all shapes directly in a tree or group."""
        for shape in shapes_in(tree):
            self.shape(shape, names)

    def shape(self, shape: Element, names: Names) -> None:
        """Fill one shape and what is in it."""
        mark = shape.get(MARK)
        if mark is None:
            if shape.tag == P_GROUP:
                self.tree(shape, names)
            return
        template = self.filling.template.shapes[int(mark)]
        if template.is_late and not self.late:
            return
        del shape.attrib[MARK]
        try:
            self._fill(shape, template, names)
        except TagError as error:
            self.filling.fault(template.place, error)

    def _fill(self, shape: Element, template: ShapeTemplate, names: Names) -> None:
        context = self.filling.context(names)
        if template.condition is not None and not template.condition.holds(context):
            drop_shape(shape, self.draft)
            return
        description = self._description(template, context)
        if template.binding.get("repeat"):
            self.draft.repeated.add(properties_of(shape).get("id", ""))
        if template.figure is not None:
            description = self._figure(shape, template, template.figure, names) or description
        elif template.table is not None:
            self._table(shape, template, names)
        elif template.body is not None:
            self._text(shape, template, names)
        if shape.tag == P_GROUP:
            self.tree(shape, names)
        if description:
            properties_of(shape).set("descr", description)

    def _description(self, template: ShapeTemplate, context: Mapping[str, object]) -> str:
        if isinstance(template.description, TextTemplate):
            return plain(template.description.render(context)).strip()
        return template.description

    def _text(self, shape: Element, template: ShapeTemplate, names: Names) -> None:
        body = shape.find(P_TXBODY)
        if body is None or template.body is None:
            return
        printed: list[Value] = []
        marks = fill_body(body, template.body, self.filling.context(names, printed))
        for mark in marks:
            colour_text(mark, self.filling.brand)
        self.draft.texts.append(FilledShape(shape, template, printed))

    def _table(self, shape: Element, template: ShapeTemplate, names: Names) -> None:
        table = table_of(shape)
        if table is None or template.table is None:
            return
        printed: list[Value] = []
        filled = fill_table(table, template.table, self.filling.context(names, printed, in_table=True))
        for cell_mark in filled.marks:
            colour_cell(cell_mark, self.filling.brand)
        if filled.items == 0 and not self._show_empty_line(table, template, filled, names):
            drop_shape(shape, self.draft)
            return
        self.draft.tables.append(TableOnSlide(shape, table, template, filled, printed))

    def _show_empty_line(self, table: Element, template: ShapeTemplate, filled: FilledTable, names: Names) -> bool:
        source = template.empty
        if source is None or template.table is None:
            return False
        text = plain(source.render(self.filling.context(names))).strip()
        write_empty_line(table, template.table, filled, text)
        return True

    def _figure(self, shape: Element, template: ShapeTemplate, reference: FigureReference, names: Names) -> str:
        """Draw the figure; return its description, an empty text when it was dropped for want of data."""
        figure = self._figure_data(template, reference, names)
        if figure is None:
            return ""
        if figure.is_empty:
            drop_shape(shape, self.draft)
            return ""
        chart = chart_reference(shape)
        try:
            if chart is not None:
                part = self.draft.part.relationships[str(chart.get(R_ID))].part
                fill_chart(self.filling.package, part, figure, self.filling.view.language)
        except ChartFault as fault:
            self.filling.problem(template.place, f"chart `{figure.id}`: {fault}")
        own = template.description
        return "" if own else clean(figure.description)

    def _figure_data(self, template: ShapeTemplate, reference: FigureReference, names: Names) -> Figure | None:
        arguments = reference.arguments(self.filling.context(names)) if reference.arguments else {}
        try:
            return self.filling.figures(reference.name, arguments if isinstance(arguments, Mapping) else {})
        except KeyError as error:
            missing = error.args[0] if error.args else reference.name
            message = f"figure `{reference.name}` cannot be drawn: there is no `{missing}` for this document."
            self.filling.problem(template.place, message)
            return None
