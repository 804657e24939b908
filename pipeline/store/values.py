"""What rows held from edition to edition: one line in the ledger for each state of a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.model import PastEdition, RowState, RowVersion
from pipeline.store.tables import EditionRow, RowVersionRow


def past_of(session: Session, account_id: str) -> tuple[tuple[PastEdition, ...], tuple[RowVersion, ...]]:
    """Return the editions of an account whose content is known, oldest first, and every state of their rows."""
    versions = tuple(_versions(session, account_id))
    known = versions[0].first_edition if versions else 0
    query = select(EditionRow.number, EditionRow.as_of, EditionRow.last_closed).where(
        EditionRow.account_id == account_id
    )
    editions = session.execute(query.order_by(EditionRow.number)).all()
    return tuple(PastEdition(*edition) for edition in editions if versions and edition.number >= known), versions


def _versions(session: Session, account_id: str) -> Iterator[RowVersion]:
    """Yield the states of rows in the order they were written down."""
    table = RowVersionRow
    columns = (table.section, table.row_key, table.content, table.first_edition, table.last_edition)
    query = select(*columns).where(table.account_id == account_id).order_by(table.first_edition, table.position)
    for section, key, content, first, last in session.execute(query):
        yield RowVersion(RowState(section, tuple(json.loads(key)), content), first, last)


def write_versions(session: Session, account_id: str, edition: int, states: Iterable[RowState]) -> None:
    """Write down what the rows hold from this edition on; what is as it was in the edition before stays as it is."""
    found = {(state.section, _key(state)): (position, state) for position, state in enumerate(states)}
    query = select(RowVersionRow).where(RowVersionRow.account_id == account_id, RowVersionRow.last_edition.is_(None))
    for row in session.scalars(query):
        _, state = found.get((row.section, row.row_key), (0, None))
        if state is not None and state.values == row.content:
            del found[row.section, row.row_key]
        else:
            row.last_edition = edition - 1
    session.add_all(
        RowVersionRow(
            account_id=account_id, section=section, row_key=key, first_edition=edition, last_edition=None,
            position=position, content=dict(state.values),
        )
        for (section, key), (position, state) in found.items()
    )  # fmt: skip


def _key(state: RowState) -> str:
    return json.dumps(state.key, ensure_ascii=False)
