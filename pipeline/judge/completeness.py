"""How much of what is asked for is there (measures.md section 6, `completeness` and `answered`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from pipeline.definitions.workbook_template import FieldDefinition, SheetDefinition, TableDefinition, WorkbookTemplate
from pipeline.model import Completeness, Row, SectionCompleteness, Workbook

DRAFT_ANSWERED, DRAFT_COMPLETENESS = "draft_answered", "draft_completeness"
"""The parameters that move the limits below which a plan is a draft."""
DRAFT_LIMITS = {DRAFT_ANSWERED: Decimal("0.90"), DRAFT_COMPLETENESS: Decimal("0.60")}


def required_fields(
    template: WorkbookTemplate, table: TableDefinition, tier: str | None
) -> tuple[FieldDefinition, ...]:
    """Return the required fields of a form or table that an account of `tier` is asked for."""
    return tuple(field for field in table.fields if field.required and template.asks(field.from_tier, tier))


def is_filled(row: Row, field: FieldDefinition) -> bool:
    """Return whether a row holds a value in `field`."""
    return row.values.get(field.name) not in (None, "", ())


def completeness_of(
    template: WorkbookTemplate, workbook: Workbook, tier: str | None, limits: dict[str, Decimal] | None = None
) -> Completeness:
    """Return completeness and answered share of a workbook; each section weighs the same.

    Args:
        template: what is asked.
        workbook: what is there.
        tier: of the account; decides which sheets and fields are asked for.
        limits: below which the plan is a draft, by parameter name.
    """
    sections = tuple(_sections(template, workbook, tier))
    completeness = _mean([_share(section.filled, section.required) for section in sections])
    answered = _mean([_share(section.answered, section.required) for section in sections])
    bounds = DRAFT_LIMITS | (limits or {})
    draft = answered < bounds[DRAFT_ANSWERED] or completeness < bounds[DRAFT_COMPLETENESS]
    return Completeness(sections, completeness, answered, draft)


def _sections(template: WorkbookTemplate, workbook: Workbook, tier: str | None) -> Iterator[SectionCompleteness]:
    for sheet, table in template.asked_sections(tier):
        fields = required_fields(template, table, tier)
        section = _section(sheet, table, fields, workbook)
        if section.required:
            yield section


def _section(
    sheet: SheetDefinition, table: TableDefinition, fields: Iterable[FieldDefinition], workbook: Workbook
) -> SectionCompleteness:
    fields = tuple(fields)
    found = workbook.tables.get(table.name)
    rows = found.rows if found and found.present else ()
    least = 1 if sheet.kind == "form" or not (found and found.present) else 0
    cells = [(row, field) for row in rows for field in fields]
    filled = sum(1 for row, field in cells if is_filled(row, field))
    unknown = sum(1 for row, field in cells if field.name in row.unknown and not is_filled(row, field))
    required = max(len(rows), table.min_rows, least) * len(fields)
    return SectionCompleteness(table.name, table.title or sheet.sheet, required, filled, filled + unknown)


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / Decimal(whole)


def _mean(shares: list[Decimal]) -> Decimal:
    return sum(shares, Decimal(0)) / len(shares) if shares else Decimal(1)
