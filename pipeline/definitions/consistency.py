"""What one file alone cannot tell: names that must be unique, or must exist elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.definitions.base import Definition
from pipeline.definitions.output_set import OutputSet
from pipeline.definitions.rule_set import RuleSet
from pipeline.definitions.workbook_template import FieldDefinition, WorkbookTemplate
from pipeline.errors import DefinitionFault


def consistency_faults(template: WorkbookTemplate, rules: RuleSet, outputs: OutputSet) -> list[DefinitionFault]:
    """Return the faults of names within and between the definitions, in no particular order."""
    return [
        *_template_faults(template),
        *_repeated("rule", [*rules.measures, *rules.variances]),
        *_repeated("check", rules.checks),
        *_repeated("alert", rules.alerts),
        *_repeated("headline", rules.headlines),
        *_repeated("parameter", [*rules.parameters, *rules.views]),
        *_repeated("document", outputs.documents),
        *_repeated("figure", outputs.figures),
        *_unknown_sheets(template, rules),
        *_unknown_measures(rules, outputs),
        *_unknown_documents(rules, outputs),
    ]


def _repeated(kind: str, definitions: Iterable[Definition]) -> Iterator[DefinitionFault]:
    seen: set[str] = set()
    for definition in definitions:
        name = str(getattr(definition, "id"))  # noqa: B009 - every definition of these lists has an id
        if name in seen:
            yield definition.place.fault(f"{kind} `{name}` is defined twice.", "id")
        seen.add(name)


def _template_faults(template: WorkbookTemplate) -> Iterator[DefinitionFault]:
    names = Counter(table.name for sheet in template.sheets for table in sheet.sections)
    for sheet in template.sheets:
        for table in sheet.sections:
            if names[table.name] > 1:
                yield sheet.place.fault(f"table `{table.name}` is defined twice.")
            for field in table.fields:
                yield from _field_faults(template, table.name, field)
    yield from _prefix_faults(template)
    yield from _role_faults(template)


def _field_faults(template: WorkbookTemplate, table: str, field: FieldDefinition) -> Iterator[DefinitionFault]:
    for target in field.to:
        if target not in template.tables:
            yield field.place.fault(f"{table}.{field.name} refers to table `{target}`, which does not exist.", "to")
    if field.from_tier is not None and field.from_tier not in template.tiers:
        yield field.place.fault(f"{table}.{field.name}: `{field.from_tier}` is none of the tiers.", "from_tier")


def _prefix_faults(template: WorkbookTemplate) -> Iterator[DefinitionFault]:
    owners: dict[str, str] = {}
    for table in template.tables.values():
        if table.prefix and owners.setdefault(table.prefix, table.name) != table.name:
            yield table.place.fault(f"prefix {table.prefix} of `{table.name}` is that of `{owners[table.prefix]}`.")


def _role_faults(template: WorkbookTemplate) -> Iterator[DefinitionFault]:
    for role, path in template.roles:
        if isinstance(path, str):
            table, _, name = path.partition(".")
            if table not in template.tables or name not in template.tables[table].by_name:
                yield template.roles.place.fault(f"role {role}: `{path}` is no field.", role)


def _unknown_sheets(template: WorkbookTemplate, rules: RuleSet) -> Iterator[DefinitionFault]:
    for measure in rules.measures:
        for name in measure.sheets:
            if name not in template.tables:
                yield measure.place.fault(f"measure `{measure.id}` stands on `{name}`: no table or form.", "sheets")


def _unknown_measures(rules: RuleSet, outputs: OutputSet) -> Iterator[DefinitionFault]:
    known = {measure.id for measure in rules.measures}
    for figure in outputs.figures:
        if figure.measure is not None and figure.measure not in known:
            yield figure.place.fault(f"figure `{figure.id}` names measure `{figure.measure}`: unknown.", "measure")


def _unknown_documents(rules: RuleSet, outputs: OutputSet) -> Iterator[DefinitionFault]:
    known = {document.id for document in outputs.documents}
    for check in rules.checks:
        for name in check.blocks:
            if name not in known:
                yield check.place.fault(f"check `{check.id}` blocks document `{name}`, which does not exist.", "blocks")
