"""What one file alone cannot tell: names that must be unique, or must exist elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from pipeline.definitions.base import Definition
from pipeline.definitions.output_set import FigureDefinition, OutputSet
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
        *_unknown_figure_fields(template, rules, outputs),
        *_same_files(outputs),
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


def _unknown_figure_fields(template: WorkbookTemplate, rules: RuleSet, outputs: OutputSet) -> Iterator[DefinitionFault]:
    """Yield a fault for each table and each field that a figure names and that is not there."""
    for figure in outputs.figures:
        if (figure.measure is None) == (figure.table is None):
            yield figure.place.fault(f"figure `{figure.id}` needs either `measure` or `table`.")
        elif figure.table is not None and figure.table not in template.tables:
            yield figure.place.fault(f"figure `{figure.id}` names table `{figure.table}`: unknown.", "table")
        else:
            known = _names_of_rows(figure, template, rules)
            for key, name in _named_fields(figure):
                if known and name.partition(".")[0] not in known:
                    near = get_close_matches(name, known, n=1)
                    hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(known)}."
                    yield figure.place.fault(f"figure `{figure.id}`: its rows have no `{name}`. {hint}", key)


def _names_of_rows(figure: FigureDefinition, template: WorkbookTemplate, rules: RuleSet) -> tuple[str, ...]:
    """Return what the rows hold that a figure draws: a table's fields, or a measure's dimensions and series."""
    if figure.table is not None:
        return tuple(template.tables[figure.table].by_name)
    measure = next((measure for measure in rules.measures if measure.id == figure.measure), None)
    computed = measure.value or measure.formula if measure else None
    series = tuple(computed) if isinstance(computed, dict) else ("value",)
    return (*measure.by, *series) if measure else ()


def _named_fields(figure: FigureDefinition) -> Iterator[tuple[str, str]]:
    """Yield each key of a figure that names a field of its rows, with the field."""
    for key in ("category", "key", "label", "detail", "parent", "row", "column", "state", "ring"):
        name = getattr(figure, key)
        if name is not None:
            yield key, name
    for part in (figure.order or "").split(","):
        if part.strip():
            yield "order", part.split()[0]
    for code in figure.series:
        yield "series", code
    if "split" in figure.options:
        yield "options", str(figure.options["split"])


def _same_files(outputs: OutputSet) -> Iterator[DefinitionFault]:
    """Yield a fault for each document whose file is called like that of another one, in any language."""
    taken: dict[tuple[str, str], str] = {}
    for document in outputs.documents:
        for language, name in document.file.by_language.items():
            owner = taken.setdefault((language, name.casefold()), document.id)
            if owner != document.id:
                yield document.place.fault(f"document `{document.id}` has the file name of `{owner}`: {name}", "file")


def _unknown_documents(rules: RuleSet, outputs: OutputSet) -> Iterator[DefinitionFault]:
    known = {document.id for document in outputs.documents}
    for check in rules.checks:
        for name in check.blocks:
            if name not in known:
                yield check.place.fault(f"check `{check.id}` blocks document `{name}`, which does not exist.", "blocks")
