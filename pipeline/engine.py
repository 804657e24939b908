"""All definitions of a workspace, compiled once per process: SQL bound, templates parsed, names checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.definitions.load import Definitions
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.errors import DefinitionError, DefinitionFault
from pipeline.judge import Prepared, prepare
from pipeline.model import Audience
from pipeline.render.documents import CompiledDocument, compile_document

_WORD = re.compile(r"\w+")
_COMPUTED = frozenset({"measures", "variances", "before"})
_SUMMARISING = frozenset(
    {"measures", "variances", "before", "headlines", "alerts", "findings", "completeness", "sources"}
)


@dataclass(frozen=True)
class CompiledSet:
    """One workbook template with all that follows from it, ready for workbooks."""

    definitions: Definitions
    prepared: Prepared
    documents: tuple[CompiledDocument, ...]

    @cached_property
    def uses(self) -> Mapping[str, frozenset[str]]:
        """Return what each document shows or computes from, by document id: tables, and forms or fields of them."""
        return {document.definition.id: frozenset(_used_sections(self, document)) for document in self.documents}

    @cached_property
    def _reads(self) -> Mapping[str, frozenset[str]]:
        """Return the forms and tables that each measure and variance reads."""
        prepared = self.prepared
        reads = {measure.definition.id: measure.tables for measure in prepared.measures}
        reads |= {variance.definition.id: variance.tables for variance in prepared.variances}
        for formula in prepared.formulas:
            reads[formula.definition.id] = frozenset().union(*(reads.get(name, frozenset()) for name in formula.inputs))
        return reads

    def reads(self, identity: str) -> frozenset[str]:
        """Return the forms and tables that one measure or variance reads; none for an unknown one."""
        return self._reads.get(identity, frozenset())

    def headline_reads(self, identity: str) -> frozenset[str]:
        """Return the forms and tables behind the measures that a headline's conditions and sentences name."""
        headline = next((item for item in self.definitions.rules.headlines if item.id == identity), None)
        texts = (
            [text for case in headline.cases for text in (case.when, *case.say.by_language.values())]
            if headline
            else []
        )
        words = {word for text in texts for word in _WORD.findall(text)}
        return frozenset().union(*(self.reads(word) for word in words & self._reads.keys()))

    def all_reads(self, audience: Audience) -> frozenset[str]:
        """Return the forms and tables that any measure or variance of an audience reads."""
        seen = self.prepared.customer_measures if audience is Audience.CUSTOMER else self._reads.keys()
        return frozenset().union(*(self._reads.get(name, frozenset()) for name in seen))


@dataclass(frozen=True)
class Engine:
    """The compiled sets of a workspace by the name of their workbook template; `hash` is that of all definitions."""

    sets: Mapping[str, CompiledSet]
    hash: str

    @property
    def templates(self) -> Mapping[str, WorkbookTemplate]:
        """Return the workbook templates by name."""
        return {name: compiled.definitions.template for name, compiled in self.sets.items()}


def compile_engine(definitions: Iterable[Definitions], parameters: Mapping[str, object]) -> Engine:
    """Return the engine for these definitions; `parameters` replace values of the rules.

    Raises:
        DefinitionError: with every mistake of all sets.
    """
    sets: dict[str, CompiledSet] = {}
    faults: list[DefinitionFault] = []
    digest = hashlib.sha256(repr(sorted(parameters.items())).encode())
    for one in definitions:
        digest.update(one.hash.encode())
        compiled = _compiled_set(one, parameters, faults)
        if compiled is not None:
            sets[one.template.template] = compiled
    if faults:
        raise DefinitionError(faults)
    return Engine(sets, digest.hexdigest())


def _compiled_set(
    definitions: Definitions, parameters: Mapping[str, object], faults: list[DefinitionFault]
) -> CompiledSet | None:
    prepared, documents = None, []
    try:
        prepared = prepare(definitions.template, definitions.rules, parameters)
    except DefinitionError as error:
        faults.extend(error.faults)
    for document in definitions.outputs.documents:
        try:
            documents.append(compile_document(document, definitions))
        except DefinitionError as error:
            faults.extend(definitions.placed(fault) for fault in error.faults)
    return CompiledSet(definitions, prepared, tuple(documents)) if prepared is not None else None


def _used_sections(compiled: CompiledSet, document: CompiledDocument) -> Iterator[str]:
    figures = {figure.id: figure for figure in compiled.definitions.outputs.figures}
    template = compiled.definitions.template
    for name in document.names:
        first, _, rest = name.partition(".")
        if first in template.tables:
            yield name if rest and template.is_form(first) else first
        elif first == "figures" and rest in figures:
            figure = figures[rest]
            yield from [figure.table] if figure.table else compiled.reads(figure.measure or "")
        elif first in _COMPUTED and rest:
            yield from compiled.reads(rest)
        elif first == "headlines" and rest:
            yield from compiled.headline_reads(rest)
        elif first in _SUMMARISING:
            yield from compiled.all_reads(document.definition.audience)
