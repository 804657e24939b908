"""What differs between two editions of an account: rows, cells and numbers, matched by the rows' keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.definitions.load import load_template, template_names
from pipeline.definitions.workbook_template import TableDefinition, WorkbookTemplate
from pipeline.errors import UsageError
from pipeline.formats import NOT_AVAILABLE, Formatter
from pipeline.model import ExactText, PastEdition, RowState
from pipeline.row_states import (
    MEASURES,
    VALUE,
    RowDifference,
    content_of,
    differences,
    measure_value,
    printed,
    states_in,
)
from pipeline.settings import Workspace
from pipeline.store.queries import Queries
from pipeline.store.records import MeasureRecord

_BETWEEN_KEYS = " · "


@dataclass(frozen=True, slots=True)
class CellDifference:
    """A field of a row with its exact values before and after (None: empty), and as they print."""

    field: str
    label: str
    before: ExactText | None
    after: ExactText | None
    before_text: str
    after_text: str


@dataclass(frozen=True, slots=True)
class RowChanged:
    """A row that was added, removed or changed, with the cells that differ; `name` is what people call the row."""

    section: str
    title: str
    key: tuple[str, ...]
    key_text: str
    name: str
    kind: str
    cells: tuple[CellDifference, ...]


@dataclass(frozen=True, slots=True)
class MeasureMoved:
    """A number that is another one; None and `n.a.` where there is none."""

    id: str
    label: str
    before: ExactText | None
    after: ExactText | None
    before_text: str
    after_text: str


@dataclass(frozen=True, slots=True)
class EditionsCompared:
    """All that differs between two editions of an account."""

    account_id: str
    before: PastEdition
    after: PastEdition
    rows: tuple[RowChanged, ...]
    measures: tuple[MeasureMoved, ...]


def compare_editions(
    workspace: Workspace, account: str, before: int | None = None, after: int | None = None
) -> EditionsCompared:
    """Return what differs between two editions of an account (its id, or the beginning of its name).

    Without numbers these are its last two; without the second one, that edition and the last. Raises UsageError for
    an account or an edition that is not there, and where there is only one.
    """
    with Queries(workspace.ledger_url) as queries:
        account_id = queries.account_id(account)
        editions, versions = queries.past(account_id)
        shown, measures = queries.printed_as(account_id), queries.measures(account_id)
    first, second = _chosen(account_id, editions, before, after)
    formatter = Formatter(shown.language, shown.currency)
    printer = _Printer(_template(workspace, shown.template), measures, formatter)
    old, new = (list(states_in(versions, edition.number)) for edition in (first, second))
    rows = sorted(differences(content_of(old), content_of(new)), key=printer.place)
    moved = tuple(printer.measures(_numbers(old), _numbers(new)))
    return EditionsCompared(account_id, first, second, tuple(map(printer.row, rows)), moved)


def _chosen(
    account_id: str, editions: Sequence[PastEdition], before: int | None, after: int | None
) -> tuple[PastEdition, PastEdition]:
    known = {edition.number: edition for edition in editions}
    if not known:
        raise UsageError(f"{account_id} has no edition whose content is known. There is nothing to compare.")
    if before is None and len(known) == 1:
        only = editions[0].number
        raise UsageError(f"{account_id} has no edition but {only}. There is nothing to compare it with yet.")
    last = editions[-1].number
    wanted = (last - 1 if before is None else before, last if after is None else after)
    missing = [number for number in wanted if number not in known]
    if missing:
        kept = f"{editions[0].number} to {last}" if len(known) > 1 else str(last)
        raise UsageError(f"{account_id} has no edition {missing[0]}. What it held is known of edition {kept}.")
    return known[wanted[0]], known[wanted[1]]


def _template(workspace: Workspace, name: str | None) -> WorkbookTemplate | None:
    """Return the workbook template that an account's values print by, None where it is there no more."""
    return load_template(workspace.root, name) if name in template_names(workspace.root) else None


def _numbers(states: Sequence[RowState]) -> dict[str, ExactText | None]:
    return {state.key[0]: state.values.get(VALUE) for state in states if state.section == MEASURES}


@dataclass(frozen=True)
class _Printer:
    """Prints what differs in the words of the account's workbook template; where it is gone, as it is kept."""

    template: WorkbookTemplate | None
    known: Mapping[str, MeasureRecord]
    formatter: Formatter

    def place(self, found: RowDifference) -> tuple[int, str]:
        """Return where a section stands among all: in the order of the template."""
        order = list(self.template.tables) if self.template else []
        return (order.index(found.section) if found.section in order else len(order), found.section)

    def row(self, found: RowDifference) -> RowChanged:
        table = self.template.tables.get(found.section) if self.template else None
        title = found.section
        if self.template and table:
            title = (table.title or self.template.sheet_of[found.section].sheet).to(self.formatter.language)
        cells = tuple(self._cells(table, found))
        return RowChanged(
            found.section, title, found.key, self._key(table, found.key), self._name(table, found), found.kind, cells
        )

    def _cells(self, table: TableDefinition | None, found: RowDifference) -> Iterator[CellDifference]:
        for name, before, after in found.cells():
            field = table.by_name.get(name) if table else None
            label = field.label.to(self.formatter.language) if field else name
            yield CellDifference(
                name, label, before, after, self._value(table, name, before), self._value(table, name, after)
            )

    def _value(self, table: TableDefinition | None, name: str, kept: ExactText | None) -> str:
        field = table.by_name.get(name) if table else None
        return printed(field, kept, self.formatter) if field else self.formatter.print(kept, "text")

    def _key(self, table: TableDefinition | None, key: tuple[str, ...]) -> str:
        names = table.key if table else ()
        parts = (
            self._value(table, names[place], text) if place < len(names) else text for place, text in enumerate(key)
        )
        return _BETWEEN_KEYS.join(part for part in parts if part)

    def _name(self, table: TableDefinition | None, found: RowDifference) -> str:
        if table is None or table.named_by is None:
            return ""
        values = found.after if found.after is not None else found.before
        return self._value(table, table.named_by, (values or {}).get(table.named_by))

    def measures(
        self, before: Mapping[str, ExactText | None], after: Mapping[str, ExactText | None]
    ) -> Iterator[MeasureMoved]:
        """Yield the numbers that differ, as far as both editions know them."""
        for name in (name for name in after if name in before and before[name] != after[name]):
            known = self.known.get(name)
            label = _text_in(known.label, self.formatter.language) if known else name
            texts = (self._number(known, value) for value in (before[name], after[name]))
            yield MeasureMoved(name, label, before[name], after[name], *texts)

    def _number(self, known: MeasureRecord | None, kept: ExactText | None) -> str:
        if kept is None:
            return NOT_AVAILABLE
        return self.formatter.print(measure_value(known.unit, kept), known.unit) if known else str(kept)


def _text_in(texts: Mapping[str, Any], language: str) -> str:
    return str(texts.get(language) or texts.get("en") or next(iter(texts.values()), ""))
