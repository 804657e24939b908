"""Proof of templates before any workbook: each is filled for an account that has nothing, and its names are looked up.

What a template asks for and no view gives, for its audience, is a mistake of the template; it must never wait for the
account that meets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pipeline.definitions.output_set import DocumentDefinition
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.engine import CompiledSet, Engine
from pipeline.errors import DefinitionError, DefinitionFault, RenderError
from pipeline.formats import Formatter
from pipeline.judge import judge, view
from pipeline.model import Audience, Calendar, Plan, PlanView, Row, Scalar, Status, Table, Workbook
from pipeline.render.documents import (
    CompiledDocument,
    completed_view,
    document_file,
    parameter_rows,
    render_document,
)
from pipeline.wording import Value, ViewRow

_GIVEN_LATE = frozenset({"page", "pages", "figure"})
"""Names that a renderer adds: page numbers, and the figure that a description speaks of."""
_ROWS_BY_NAME = frozenset(
    {"measures", "headlines", "variances", "texts", "sections", "brand", "document", "completeness"}
)
_PLACE = re.compile(r"^([\w./-]+):(\d+): (.*)$", re.DOTALL)
_NOBODY = "X-000"
_SOME_CALENDAR = Calendar(date(2000, 1, 31), date(2000, 1, 31), date(2000, 1, 1), date(2000, 12, 31))


def template_faults(engine: Engine) -> list[DefinitionFault]:
    """Return every mistake of the output templates that can be known without a workbook."""
    return [fault for compiled in engine.sets.values() for fault in _set_faults(compiled)]


def _set_faults(compiled: CompiledSet) -> Iterator[DefinitionFault]:
    plan = judge(_nothing(compiled.definitions.template), compiled.prepared, _SOME_CALENDAR)
    for document in compiled.documents:
        for language in document.definition.languages:
            seen = _seen(compiled, plan, document.definition, language)
            unknown = list(_unknown_names(compiled, document, seen))
            yield from unknown
            if not unknown:
                yield from _filling_faults(compiled, document, seen)


def _nothing(template: WorkbookTemplate) -> Workbook:
    """Return a workbook with empty tables, of an account that has an id and a name and nothing else."""
    tables = {}
    for number, table in enumerate(template.tables.values()):
        values: dict[str, Scalar] = {field.name: None for field in table.fields}
        for path in (template.roles.id, template.roles.name):
            owner, _, field = path.partition(".")
            if owner == table.name:
                values[field] = _NOBODY
        rows = (Row(number, values),) if template.is_form(table.name) else ()
        tables[table.name] = Table(table.name, table.name, rows)
    return Workbook("", "", template.template, template.version, "en", tables)


def _seen(compiled: CompiledSet, plan: Plan, definition: DocumentDefinition, language: str) -> PlanView:
    names: dict[str, object] = {"edition": Value(1, "integer", Formatter(language))}
    if definition.audience is Audience.INTERNAL:
        names["parameters"] = parameter_rows(compiled.prepared.rules, compiled.prepared.parameters, language)
    shown = view(plan, compiled.prepared, definition.audience, language, names)
    return completed_view(shown, compiled.definitions, definition, Status.DRAFT)


def _unknown_names(compiled: CompiledSet, document: CompiledDocument, seen: PlanView) -> Iterator[DefinitionFault]:
    figures = {figure.id: figure for figure in compiled.definitions.outputs.figures}
    customer = seen.audience is Audience.CUSTOMER
    shown = {key for key, figure in figures.items() if not customer or figure.customer == "yes"}
    for name in sorted(document.names):
        first, _, rest = name.partition(".")
        known: Iterable[str] = shown if first == "figures" else _known_in(seen.names, first)
        if first == "figures" or first in seen.names:
            missing = bool(rest) and first in {*_ROWS_BY_NAME, "figures"} and rest not in known
        else:
            missing = first not in _GIVEN_LATE
        if missing:
            yield _fault(document, f"there is no `{name}` for a document of audience {seen.audience.value}.")


def _known_in(names: Mapping[str, object], first: str) -> Iterable[str]:
    found = names.get(first)
    return found if isinstance(found, ViewRow) else ()


def _filling_faults(compiled: CompiledSet, document: CompiledDocument, seen: PlanView) -> Iterator[DefinitionFault]:
    try:
        document_file(document.definition, seen)
        render_document(document, seen, compiled.definitions)
    except DefinitionError as error:
        yield from error.faults
    except RenderError as error:
        yield _placed(document, str(error))


def _placed(document: CompiledDocument, message: str) -> DefinitionFault:
    """Return a fault with the line that a renderer put before its message, where it did."""
    match = _PLACE.match(message)
    if match is None:
        return _fault(document, message.removeprefix(f"{document.definition.template}, "))
    return DefinitionFault(match.group(1), int(match.group(2)), match.group(3))


def _fault(document: CompiledDocument, message: str) -> DefinitionFault:
    return DefinitionFault(document.definition.template, 0, message)
