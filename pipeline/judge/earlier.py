"""Earlier editions as tables that rules may read: what rows and measures held, in which editions, and what is new.

`earlier_<table>` has the columns of a form or table and the first and last edition that held a row like that;
`earlier_measures` the same for numbers, `earlier_editions` the editions, `earlier_changes` when each section changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition, WorkbookTemplate
from pipeline.judge.load import LIST_SEPARATOR, insertion
from pipeline.judge.schema import column_type
from pipeline.model import ExactText, History, PastEdition, RowVersion
from pipeline.row_states import MEASURES, VALUE, Content, RowKey, content_of, states_in

PREFIX = "earlier_"
"""No form or table of a template may have a name that begins like this."""
_SPAN = {"_first_edition": "BIGINT", "_last_edition": "BIGINT", "_first_as_of": "DATE", "_last_as_of": "DATE"}
_EDITIONS, _MEASURES, _CHANGES = (PREFIX + name for name in ("editions", MEASURES, "changes"))
_OTHERS: Mapping[str, Mapping[str, str]] = {
    _EDITIONS: {"edition": "BIGINT", "as_of": "DATE", "last_closed": "DATE", "compared": "BOOLEAN"},
    _MEASURES: {"measure": "VARCHAR", "value": "DECIMAL(38,12)", "text": "VARCHAR", **_SPAN},
    _CHANGES: {"section": "VARCHAR", "changed_on": "DATE", "filled": "BOOLEAN", "freshness_days": "BIGINT"},
}


def earlier_columns(fields: Iterable[FieldDefinition]) -> dict[str, str]:
    """Return the columns of `earlier_<table>`: those fields, first and last edition and their as-of dates."""
    return {**{field.name: column_type(field) for field in fields}, **_SPAN}


def earlier_tables(template: WorkbookTemplate) -> dict[str, Mapping[str, str]]:
    """Return the columns of every table of earlier editions, by its name."""
    rows = {PREFIX + name: earlier_columns(table.fields) for name, table in template.tables.items()}
    return {**rows, **_OTHERS}


@dataclass(frozen=True)
class Past:
    """The editions before, beside what the workbook holds now, judged as of a day."""

    history: History
    now: Content
    as_of: date

    @cached_property
    def days(self) -> Mapping[int, date]:
        """Return the as-of date of each edition."""
        return {edition.number: edition.as_of for edition in self.history.editions}

    @cached_property
    def last(self) -> Content:
        """Return what the last edition held."""
        editions = self.history.editions
        return content_of(states_in(self.history.versions, editions[-1].number)) if editions else {}

    @cached_property
    def compared(self) -> PastEdition | None:
        """Return the edition that what is there now is compared with: the last one that held anything else.

        While nothing changes it stays the same, so that a document which tells the changes stays the same too.
        """
        editions = {edition.number: edition for edition in self.history.editions}
        if not editions:
            return None
        if self.last != self.now:
            return self.history.editions[-1]
        moves = (move for section, move in self._moves.items() if section != MEASURES)
        return editions.get(max(moves, default=0) - 1)

    def changed_on(self, section: str) -> date | None:
        """Return as of when a section holds what it holds now; None without earlier editions."""
        if not self.history.editions:
            return None
        if self._sections_before.get(section) != self._sections.get(section):
            return self.as_of
        return self.days.get(self._moves.get(section, self.history.editions[0].number))

    def holds(self, section: str) -> bool:
        """Return whether any row of a section holds a value now."""
        return any(self._sections.get(section, {}).values())

    @cached_property
    def _sections(self) -> Mapping[str, Content]:
        return _by_section(self.now)

    @cached_property
    def _sections_before(self) -> Mapping[str, Content]:
        return _by_section(self.last)

    @cached_property
    def _moves(self) -> Mapping[str, int]:
        """Return the last edition in which any row of a section came to be as it is, or went."""
        moves: dict[str, int] = {}
        for version in self.history.versions:
            section = version.state.section
            moves[section] = max(moves.get(section, 0), _latest_move(version))
        return moves


def _latest_move(version: RowVersion) -> int:
    """Return the last edition in which a row came to be like that, or to be so no more."""
    return version.first_edition if version.last_edition is None else version.last_edition + 1


def _by_section(content: Content) -> dict[str, Content]:
    found: dict[str, dict[RowKey, Mapping[str, ExactText]]] = {}
    for key, values in content.items():
        found.setdefault(key[0], {})[key] = values
    return dict(found)


def fill_earlier(
    connection: duckdb.DuckDBPyConnection, template: WorkbookTemplate, past: Past, names: Iterable[str]
) -> None:
    """Insert what earlier editions held into those tables of `earlier_tables` that rules name; they must be empty."""
    tables = earlier_tables(template)
    for name in names:
        rows = list(_rows(template, past, name))
        if rows:
            columns = tables[name]
            lists = [[row.get(column) for row in rows] for column in columns]
            connection.execute(insertion(name, columns, cast="TRY_CAST"), lists)


def _rows(template: WorkbookTemplate, past: Past, name: str) -> Iterator[dict[str, str | None]]:
    """Yield the rows of one table of earlier editions, each value as the text that DuckDB casts."""
    if name == _EDITIONS:
        yield from _edition_rows(past)
    elif name == _CHANGES:
        yield from _change_rows(template, past)
    else:
        section = name.removeprefix(PREFIX)
        for version in past.history.versions:
            if version.state.section == section:
                yield {**_values(version), **_span(past, version)}


def _edition_rows(past: Past) -> Iterator[dict[str, str | None]]:
    for edition in past.history.editions:
        compared = "true" if edition == past.compared else "false"
        closed = edition.last_closed.isoformat() if edition.last_closed else None
        yield {
            "edition": str(edition.number), "as_of": edition.as_of.isoformat(), "last_closed": closed,
            "compared": compared,
        }  # fmt: skip


def _change_rows(template: WorkbookTemplate, past: Past) -> Iterator[dict[str, str | None]]:
    for sheet, table in template.asked_sections(None):
        changed_on = past.changed_on(table.name)
        if changed_on is not None:
            filled = "true" if past.holds(table.name) else "false"
            yield {
                "section": table.name, "changed_on": changed_on.isoformat(), "filled": filled,
                "freshness_days": str(sheet.freshness_days),
            }  # fmt: skip


def _values(version: RowVersion) -> dict[str, str | None]:
    values: dict[str, str | None] = {name: _text(value) for name, value in version.state.values.items()}
    if version.state.section != MEASURES:
        return values
    return {"measure": version.state.key[0], "value": values.get(VALUE), "text": values.get(VALUE)}


def _text(value: ExactText) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return LIST_SEPARATOR.join(value) if isinstance(value, list) else value


def _span(past: Past, version: RowVersion) -> dict[str, str | None]:
    last = past.history.editions[-1].number if version.last_edition is None else version.last_edition
    return {
        "_first_edition": str(version.first_edition),
        "_last_edition": str(last),
        "_first_as_of": _day(past, version.first_edition),
        "_last_as_of": _day(past, last),
    }


def _day(past: Past, edition: int) -> str | None:
    day = past.days.get(edition)
    return None if day is None else day.isoformat()


def seen_earlier(
    tables: Iterable[tuple[TableDefinition, list[FieldDefinition]]],
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the tables of earlier editions that measures for customers may read, with their columns."""
    yield _EDITIONS, _OTHERS[_EDITIONS]
    for table, fields in tables:
        yield PREFIX + table.name, earlier_columns(fields)
