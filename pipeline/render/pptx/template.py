"""Deck templates: a .pptx compiled once, its tags and bindings found, its faults named by slide, shape and tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.render.office.bindings import Binding
from pipeline.render.office.package import Package, Part
from pipeline.render.pptx.expressions import Expression, TextTemplate, without
from pipeline.render.pptx.fit import Fit
from pipeline.render.pptx.loops import Loop
from pipeline.render.pptx.tables import TableTemplate
from pipeline.render.pptx.text_body import BodyTemplate

_GIVEN = frozenset({"page", "pages", "loop", "node", "row", "title", "logo", "logo_dark"})
"""Names that the renderer gives, not the view."""

LATE_NAMES = frozenset({"page", "pages"})
"""Names that are known only when all slides are there."""


@dataclass(frozen=True, slots=True)
class FigureReference:
    """A figure that a binding names: how it is drawn (chart, map or grid), its name, its arguments."""

    drawing: str
    name: str
    arguments: Expression | None


@dataclass(frozen=True, slots=True)
class ShapeTemplate:
    """A compiled shape: what decides whether it stands, repeats, and what is put into it.

    `place` is what a fault says of it: "slide 4, shape 'KPI tiles'". `description` is the alternative text with its
    tags, None when nothing is bound or written there.
    """

    place: str
    name: str
    binding: Binding = field(default_factory=Binding)
    condition: Expression | None = None
    loop: Loop | None = None
    body: BodyTemplate | None = None
    table: TableTemplate | None = None
    figure: FigureReference | None = None
    picture: Expression | None = None
    empty: TextTemplate | None = None
    fit: Fit | None = None
    description: TextTemplate | str = ""
    is_late: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Return the names that the shape asks the context for."""
        parts = (self.condition, self.loop, self.body, self.table, self.picture, self.empty)
        found = frozenset[str]().union(*(part.names for part in parts if part is not None))
        if isinstance(self.description, TextTemplate):
            found |= self.description.names
        return found | (self.figure.arguments.names if self.figure and self.figure.arguments else frozenset())


@dataclass(frozen=True, slots=True)
class SlideTemplate:
    """A compiled slide: its number in the template, its part, and what its notes say about repeating it."""

    number: int
    part: Part
    loop: Loop | None = None
    condition: Expression | None = None

    @property
    def place(self) -> str:
        """Return what a fault says of it."""
        return f"slide {self.number}"


@dataclass(frozen=True)
class DeckTemplate:
    """A compiled deck; safe to share between builds, since builds copy what they change."""

    name: str
    package: Package
    slides: tuple[SlideTemplate, ...]
    shapes: tuple[ShapeTemplate, ...]
    bodies: tuple[tuple[str, BodyTemplate], ...]
    targets: Mapping[str, TextTemplate]
    properties: Mapping[str, TextTemplate]

    @property
    def names(self) -> frozenset[str]:
        """Return what the deck asks of its view, such as `actions` or `measures.revenue`."""
        found = frozenset[str]().union(
            *(shape.names for shape in self.shapes), *(body.names for _, body in self.bodies)
        )
        for slide in self.slides:
            found |= slide.loop.names if slide.loop else frozenset()
            found |= slide.condition.names if slide.condition else frozenset()
        found = found.union(*(text.names for text in (*self.targets.values(), *self.properties.values())))
        return without(found, [*self._loop_variables(), *_GIVEN])

    def _loop_variables(self) -> set[str]:
        loops = [*(shape.loop for shape in self.shapes), *(slide.loop for slide in self.slides)]
        return {loop.variable for loop in loops if loop is not None}

    @property
    def figures(self) -> frozenset[str]:
        """Return the names of the figures that the deck draws."""
        return frozenset(shape.figure.name for shape in self.shapes if shape.figure)

    def bindings(self) -> Iterator[tuple[str, str]]:
        """Yield place and binding of every bound shape: nobody sees alternative texts at a glance."""
        for shape in self.shapes:
            if shape.binding:
                yield shape.place, "; ".join(f"{key}: {value}" for key, value in shape.binding.values.items())
