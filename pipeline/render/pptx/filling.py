"""What filling one deck carries along: the view's context, the package being made, faults and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.definitions.brand import Brand
from pipeline.errors import DefinitionFault
from pipeline.formats import Formatter
from pipeline.model import Figure, Finding, PlanView
from pipeline.render.fonts import Ruler
from pipeline.render.office.names import Element, name
from pipeline.render.office.package import Package, Part
from pipeline.render.pptx.expressions import PRINTED, TagError, tag_fault
from pipeline.render.pptx.shape_names import P_FRAME, P_GROUP, placeholder_of, shape_tree, shapes_in
from pipeline.render.pptx.tables import FilledTable
from pipeline.render.pptx.template import DeckTemplate, ShapeTemplate, SlideTemplate
from pipeline.wording import Value, context_of

Figures = Callable[[str, Mapping[str, object]], Figure]
Names = Mapping[str, object]


@dataclass
class Filling:
    """One deck in the making."""

    template: DeckTemplate
    view: PlanView
    figures: Figures
    brand: Brand
    files: Mapping[str, bytes]
    package: Package
    faults: list[DefinitionFault] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    media: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.formatter = Formatter(self.view.language, self.view.currency)
        self.ruler = Ruler(self.brand.fonts.substitutes, self.brand.fonts.east_asian)

    def context(self, names: Names, printed: list[Value] | None = None, *, in_table: bool = False) -> dict[str, object]:
        """Return the context of a rendering: the view's names, loop variables, and a list of what is printed."""
        context = context_of({**self.view.names, **names}, self.formatter, in_table=in_table, marks=[])
        context[PRINTED] = printed
        return context

    def fault(self, place: str, error: TagError) -> None:
        """Note a tag that failed."""
        self.faults.append(tag_fault(self.template.name, place, error))

    def problem(self, place: str, message: str) -> None:
        """Note what a template asks for and cannot have."""
        self.faults.append(DefinitionFault(self.template.name, 0, f"{place}: {message}"))


@dataclass
class FilledShape:
    """A shape whose text was filled, with the values printed in it."""

    element: Element
    template: ShapeTemplate
    printed: list[Value]


@dataclass
class TableOnSlide:
    """A filled table in its frame, before it is cut into pages."""

    frame: Element
    table: Element
    template: ShapeTemplate
    filled: FilledTable
    printed: list[Value]


@dataclass
class SlideDraft:
    """A slide of the new deck: its part, the template it came from, its loop variables, and what was filled.

    `repeated` are the ids of shapes that stay on continuation slides; `page_of` says which of how many pages it is;
    `has_lost` that something was dropped for want of data.
    """

    part: Part
    source: SlideTemplate
    names: Names
    texts: list[FilledShape] = field(default_factory=list)
    tables: list[TableOnSlide] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)
    page_of: tuple[int, int] = (1, 1)
    has_lost: bool = False
    _last_id: int = 0

    @property
    def tree(self) -> Element:
        """Return the slide's shape tree."""
        return shape_tree(self.part.root)

    def next_id(self) -> int:
        """Return a shape id that the slide has not used."""
        if not self._last_id:
            self._last_id = max((int(node.get("id", "0")) for node in self.part.root.iter(name("p:cNvPr"))), default=1)
        self._last_id += 1
        return self._last_id

    def is_emptied(self) -> bool:
        """Return whether a table, figure or group was dropped for want of data and nothing else is shown."""
        if not self.has_lost:
            return False
        shown = [filled for filled in self.texts if filled.printed and placeholder_of(filled.element) is None]
        shapes = [shape for shape in shapes_in(self.tree) if shape.tag in (P_FRAME, P_GROUP)]
        return not shapes and not any(filled.element.getparent() is not None for filled in shown)
