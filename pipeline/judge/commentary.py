"""What the account team wrote about differences: the rows of a commentary table, found by span and dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipeline.definitions.rule_set import VarianceDefinition
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.errors import DefinitionFault
from pipeline.judge.binding import Spot
from pipeline.model import Row, Scalar, Workbook

BLOCK = "block"
"""The field of a commentary match that holds the span's name."""


class CommentaryTexts:
    """Texts by the values of the fields they are matched on."""

    def __init__(self, definition: VarianceDefinition, template: WorkbookTemplate, workbook: Workbook) -> None:
        """Take the commentary that a variance rule names, if it names any."""
        self._period = definition.period
        self._match: tuple[str, ...] = ()
        self._texts: dict[tuple[Scalar, ...], str] = {}
        settings = definition.commentary
        table = workbook.tables.get(settings.table) if settings else None
        if settings is None or table is None:
            return
        self._match = settings.match
        fields = settings.text or tuple(
            field.name for field in template.tables[settings.table].fields
            if field.type in ("text", "long_text") and field.name not in settings.match
        )  # fmt: skip
        for row in table.rows:
            text = "; ".join(str(row.values[name]) for name in fields if row.values.get(name))
            if text:
                self._texts[tuple(_normal(name, row, self._period) for name in self._match)] = text

    def text(self, span: str, last_closed: date, dimensions: Mapping[str, Scalar]) -> str | None:
        """Return what was written about a line of a span; a subtotal's dimensions are blank in the commentary."""
        known: dict[str, Scalar] = {BLOCK: span, self._period: last_closed.replace(day=1), **dimensions}
        return self._texts.get(tuple(known.get(name) for name in self._match)) if self._match else None


def _normal(name: str, row: Row, period: str) -> Scalar:
    value = row.values.get(name)
    return value.replace(day=1) if name == period and isinstance(value, date) else value


def commentary_faults(definition: VarianceDefinition, template: WorkbookTemplate) -> list[DefinitionFault]:
    """Return a fault for each name of a commentary match that does not exist."""
    settings = definition.commentary
    if settings is None:
        return []
    spot = Spot(definition.place, f"variance {definition.id}")
    table = template.tables.get(settings.table)
    if table is None:
        return [spot.fault(f"commentary names table `{settings.table}`, which does not exist", "commentary")]
    known = set(table.by_name)
    unknown = [name for name in (*settings.match, *settings.text) if name not in known]
    strange = [name for name in settings.match if name not in (BLOCK, definition.period, *definition.by)]
    owner = settings.table
    return [
        *(spot.fault(f"commentary names `{owner}.{name}`, which is no field", "commentary") for name in unknown),
        *(spot.fault(f"commentary cannot be matched on `{name}`: it is neither block, {definition.period} nor in `by`",
                     "commentary") for name in strange),
    ]  # fmt: skip
