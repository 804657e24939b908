"""Proof of templates before any workbook: each is filled for two specimens, an account that has nothing and one that
has something everywhere, and its names are looked up.

What a template asks for and no view gives, for its audience, is a mistake of the template; it must never wait for the
account that meets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pipeline.definitions.output_set import DocumentDefinition
from pipeline.engine import CompiledSet, Engine
from pipeline.errors import DefinitionError, DefinitionFault, RenderError
from pipeline.formats import Formatter
from pipeline.judge import judge, view
from pipeline.judge.specimens import empty_specimen, full_specimen
from pipeline.model import Audience, Calendar, Change, Plan, PlanView, Status
from pipeline.render.asked_at import asked_at
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
    {"measures", "headlines", "variances", "texts", "sections", "brand", "document", "completeness", "since", "before"}
)
_PLACE = re.compile(r"^([\w./-]+):(\d+): (.*)$", re.DOTALL)
_SOME_CHANGE = Change("table", ("X1",), "changed", "field", "old", "new")
_SOME_CALENDAR = Calendar(date(2000, 1, 31), date(2000, 1, 31), date(2000, 1, 1), date(2000, 12, 31))


def template_faults(engine: Engine) -> list[DefinitionFault]:
    """Return every mistake of the output templates that can be known without a workbook."""
    return [fault for compiled in engine.sets.values() for fault in _set_faults(compiled)]


def _set_faults(compiled: CompiledSet) -> Iterator[DefinitionFault]:
    template = compiled.definitions.template
    empty = judge(empty_specimen(template), compiled.prepared, _SOME_CALENDAR)
    full = judge(full_specimen(template, _SOME_CALENDAR.as_of), compiled.prepared, _SOME_CALENDAR)
    plans = (empty, replace(full, changes=(_SOME_CHANGE,)))
    for document in compiled.documents:
        yield from dict.fromkeys(map(compiled.definitions.placed, _document_faults(compiled, document, plans)))


def _document_faults(
    compiled: CompiledSet, document: CompiledDocument, plans: Sequence[Plan]
) -> Iterator[DefinitionFault]:
    """Yield the faults of one document, tried in each of its languages; filled only where all its names are known."""
    for position, language in enumerate(document.definition.languages):
        # What an account without anything leaves out is the same in all languages.
        tried = plans if position == 0 else plans[-1:]
        views = [_seen(compiled, plan, document.definition, language) for plan in tried]
        unknown = list(_unknown_names(compiled, document, views[0]))
        yield from unknown
        for seen in views if not unknown else ():
            yield from _filling_faults(compiled, document, seen)


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
            message = f"there is no `{name}` for a document of audience {seen.audience.value}."
            yield asked_at(document, name, compiled.definitions.files).fault(message)


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
        template = document.definition.template
        return DefinitionFault(template, 0, message.removeprefix(f"{template}, "))
    return DefinitionFault(match.group(1), int(match.group(2)), match.group(3))
