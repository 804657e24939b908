"""Filling a slide's shapes: what stands, what repeats, and what is put into texts, tables, charts and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model import Figure
from pipeline.render.characters import cleaned
from pipeline.render.office.chart_fill import ChartFault, fill_chart
from pipeline.render.office.names import Element
from pipeline.render.pptx.copies import R_ID, drop_shape
from pipeline.render.pptx.drawn_figures import draw_in_frame
from pipeline.render.pptx.expressions import TagError, TextTemplate, plain
from pipeline.render.pptx.filling import FilledShape, Filling, Names, SlideDraft, TableOnSlide
from pipeline.render.pptx.loose_texts import fill_part
from pipeline.render.pptx.marks import colour_cell, colour_text
from pipeline.render.pptx.node_figures import NodePainter
from pipeline.render.pptx.place_pictures import place_picture
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
from pipeline.render.pptx.tiles import loop_names, repeat_group
from pipeline.wording import Value, ViewRow


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
        template = self.filling.template.shapes[int(mark)] if mark is not None else None
        if template is None:
            if shape.tag == P_GROUP:
                self.tree(shape, names)
            return
        if template.is_late and not self.late:
            return
        del shape.attrib[MARK]
        try:
            self._fill(shape, template, names)
        except TagError as error:
            self.filling.fault(template.place, error)

    def _fill(self, shape: Element, template: ShapeTemplate, names: Names) -> None:
        context = self.filling.context(names)
        if template.loop is not None and shape.tag == P_GROUP:
            self._tiles(shape, template, names)
            return
        if template.condition is not None and not template.condition.holds(context):
            drop_shape(shape, self.draft)
            return
        if template.binding.get("repeat"):
            self.draft.repeated.add(properties_of(shape).get("id", ""))
        description = self._description(template, context)
        if template.figure is not None:
            self._figure(shape, template, template.figure, names)
            return
        shown = self._filled(shape, template, names)
        if shown is not None and description:
            properties_of(shown).set("descr", description)

    def _filled(self, shape: Element, template: ShapeTemplate, names: Names) -> Element | None:
        """Fill picture, table or text; return the shape that shows it, None when it is gone."""
        if template.picture is not None:
            return place_picture(self.filling, self.draft, shape, template, names)
        if template.table is not None:
            self._table(shape, template, names)
        elif template.body is not None:
            self._text(shape, template, names)
        if shape.tag == P_GROUP:
            self.tree(shape, names)
        return shape

    def _description(self, template: ShapeTemplate, context: Mapping[str, object]) -> str:
        if isinstance(template.description, TextTemplate):
            return plain(template.description.render(context)).strip()
        return template.description

    def _tiles(self, group: Element, template: ShapeTemplate, names: Names) -> None:
        if template.loop is None:
            return
        variable = template.loop.variable
        items = template.loop.items(self.filling.context(names))
        if template.condition is not None:
            holds = template.condition.holds
            items = [item for item in items if holds(self.filling.context({**names, variable: item}))]
        self.draft.has_lost |= not items
        copies = repeat_group(self.filling, self.draft, group, template, items)
        for position, (copy, item) in enumerate(zip(copies, items, strict=True)):
            own = {**names, **loop_names(variable, item, position, len(items))}
            if template.description:
                properties_of(copy).set("descr", self._description(template, self.filling.context(own)))
            self.tree(copy, own)

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
            self.draft.has_lost = True
            return
        self.draft.tables.append(TableOnSlide(shape, table, template, filled, printed))

    def _show_empty_line(self, table: Element, template: ShapeTemplate, filled: FilledTable, names: Names) -> bool:
        source = template.empty
        if source is None or template.table is None:
            return False
        text = plain(source.render(self.filling.context(names))).strip()
        write_empty_line(table, template.table, filled, text)
        return True

    def _figure(self, shape: Element, template: ShapeTemplate, reference: FigureReference, names: Names) -> None:
        """Draw the figure; a shape without data goes."""
        figure = self._figure_data(template, reference, names)
        if figure is None:
            return
        if figure.is_empty:
            self._chart_texts(shape, figure, names)
            drop_shape(shape, self.draft)
            self.draft.has_lost = True
            return
        drawn = self._drawn(shape, template, reference, figure, names)
        description = self._description(template, self.filling.context(names)) or cleaned(figure.description)
        if drawn is not None and description:
            properties_of(drawn).set("descr", description)

    def _drawn(
        self, shape: Element, template: ShapeTemplate, reference: FigureReference, figure: Figure, names: Names
    ) -> Element | None:
        chart = chart_reference(shape)
        if reference.drawing != "chart":
            painter = NodePainter(self.filling, self.draft, template, self.shape)
            draw = painter.draw_tree if reference.drawing == "map" else painter.draw_grid
            draw(shape, figure, names)
            return shape
        if chart is None:
            return draw_in_frame(self.filling, self.draft, shape, template, figure)
        try:
            part = self.draft.part.relationships[str(chart.get(R_ID))].part
            self._chart_texts(shape, figure, names)
            fill_chart(self.filling.package, part, figure, self.filling.view.language)
        except ChartFault as fault:
            self.filling.problem(template.place, f"`chart: {figure.id}`: {fault}")
        return shape

    def _chart_texts(self, shape: Element, figure: Figure, names: Names) -> None:
        """Fill the texts inside a chart, such as its title; they may name `figure.title` and `figure.unit`."""
        chart = chart_reference(shape)
        if chart is not None:
            part = self.draft.part.relationships[str(chart.get(R_ID))].part
            fill_part(self.filling, part, {**names, "figure": _about(figure)})

    def _figure_data(self, template: ShapeTemplate, reference: FigureReference, names: Names) -> Figure | None:
        arguments = reference.arguments(self.filling.context(names)) if reference.arguments else {}
        try:
            return self.filling.figures(reference.name, arguments if isinstance(arguments, Mapping) else {})
        except KeyError as error:
            missing = error.args[0] if error.args else reference.name
            message = f"figure `{reference.name}` cannot be drawn: there is no `{missing}` for this document."
            self.filling.problem(template.place, message)
            return None


def _about(figure: Figure) -> ViewRow:
    """Return what texts inside a chart, such as its title, may say of the figure."""
    return ViewRow({"title": cleaned(figure.title), "unit": cleaned(figure.unit_label)})
