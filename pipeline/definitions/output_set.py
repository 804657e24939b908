"""Output sets: which documents are made, their figures and texts (`output_templates/<set>/*.yaml`)."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field

from pipeline.definitions.base import Definition, LocalText
from pipeline.model import Audience

FigureKind = Literal[
    "columns_vs_reference", "columns", "line", "bullet", "sparkline", "stacked_columns", "bars", "bridge", "parts",
    "tree", "grid", "matrix",
]  # fmt: skip
_NAME = r"^[a-z][a-z0-9_]*$"


class DocumentDefinition(Definition):
    """One output: `file` is a Jinja text over the view; the template's ending decides the renderer.

    `languages` are those it is complete in; an account in another one gets the first. `template` may be given by
    language where layouts differ.
    """

    id: str = Field(pattern=_NAME)
    title: LocalText
    file: LocalText
    template: str
    audience: Audience
    approval: Literal["required", "none"] = "none"
    mail: str | None = None
    languages: tuple[str, ...] = Field(default=("en",), min_length=1)

    @property
    def format(self) -> str:
        """Return the template's ending without dot: pptx, docx, html or yaml."""
        return PurePosixPath(self.template).suffix.lstrip(".").lower()


class FigureDefinition(Definition):
    """A figure: names a `measure` (with `by`) or a `table`; holds no SQL.

    Charts: `category` is the dimension along the axis, `series` maps series codes of the measure to names printed.
    Trees, grids and matrices take `table` and the fields for `key`, `label`, `detail`, `parent`, `row`, `column`,
    `state`, `ring`; `flags` maps a mark to the condition (Jinja expression over `row`) under which it stands.
    A row without a value for `row` or `column` has no place and is left out.
    `where` and `order` are Jinja expressions and field names as in bindings.
    """

    id: str = Field(pattern=_NAME)
    kind: FigureKind
    title: LocalText
    description: LocalText | None = None
    measure: str | None = None
    table: str | None = None
    category: str | None = None
    series: dict[str, LocalText] = Field(default_factory=dict)
    unit: str | None = None
    customer: Literal["yes", "no"] = "no"
    where: str | None = None
    order: str | None = None
    limit: int | None = None
    key: str | None = None
    label: str | None = None
    detail: str | None = None
    parent: str | None = None
    row: str | None = None
    column: str | None = None
    state: str | None = None
    ring: str | None = None
    flags: dict[str, str] = Field(default_factory=dict)
    options: dict[str, str | int | bool] = Field(default_factory=dict)


class OutputSet(Definition):
    """The documents that belong together, their figures, and their texts by language (`texts.NAME` in templates)."""

    documents: tuple[DocumentDefinition, ...] = Field(min_length=1)
    figures: tuple[FigureDefinition, ...] = ()
    texts: dict[str, LocalText] = Field(default_factory=dict)
