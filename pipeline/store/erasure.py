"""Forgetting a person: what the ledger says of them, all but the state that stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.store.person import Person
from pipeline.store.tables import (
    AccountRow,
    ApprovalRow,
    Base,
    DeliveryRow,
    DocumentRow,
    EditionRow,
    FindingRow,
    MeasureRow,
    PublicationRow,
    RowVersionRow,
    SubmissionRow,
)

SPARED = frozenset({"file", "files", "stale", "path"})
"""Keys of a publication under which names of files stand, which nobody can change in the ledger."""
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands now for workbooks that lie in the inbox, and is left as it is: saves, publications, accounts, and
    the hashes of the bytes that belong to them.
    """

    submissions: frozenset[int]
    publications: frozenset[int]
    accounts: frozenset[str]
    hashes: frozenset[str]


def standing(session: Session, present: Collection[str]) -> Standing:
    """Return what stands for the files that are present in the inbox."""
    newest = select(SubmissionRow).where(
        SubmissionRow.id.in_(select(func.max(SubmissionRow.id)).group_by(SubmissionRow.file))
    )
    submissions = {row.id: row.sha256 for row in session.scalars(newest) if row.file in present}
    accounts = {row.id for row in session.scalars(select(AccountRow)) if row.file in present}
    publications = {row.id: row.content for row in _last_publications(session) if _is_standing(row, accounts, present)}
    written = {file["sha256"] for content in publications.values() for file in content["files"]}
    return Standing(
        frozenset(submissions), frozenset(publications), frozenset(accounts),
        frozenset({*submissions.values(), *written}),
    )  # fmt: skip


def _last_publications(session: Session) -> Iterator[PublicationRow]:
    last = select(func.max(PublicationRow.id)).group_by(PublicationRow.folder)
    yield from session.scalars(select(PublicationRow).where(PublicationRow.id.in_(last)))


def _is_standing(row: PublicationRow, accounts: Collection[str], present: Collection[str]) -> bool:
    return row.state == "pending" or row.folder in accounts or row.content["file"] in present


def erase_rows(session: Session, person: Person, spared: Standing) -> Counter[str]:
    """Cut a person out of the ledger and return how many lines of which kind were touched.

    A row that is about the person, whose key or whose first value names them, is forgotten whole; elsewhere the name
    alone is cut out.
    """
    counts: Counter[str] = Counter()
    counts["saves"] += _cut(session, person, SubmissionRow.saved_by, blank=True)
    counts["findings"] += _cut(session, person, FindingRow.message, spared.submissions)
    counts["measures"] += _cut(session, person, MeasureRow.rows, spared.submissions)
    counts["publications"] += _cut(session, person, PublicationRow.content, spared.publications)
    counts["documents"] += _cut_documents(session, person, spared)
    for column in (ApprovalRow.decided_by, ApprovalRow.note):
        counts["approvals"] += _cut(session, person, column)
    for column in (DeliveryRow.recipient, DeliveryRow.detail):
        counts["deliveries"] += _cut(session, person, column)
    counts["rows"] += _cut_rows(session, person, spared)
    return +counts


def _cut(
    session: Session,
    person: Person,
    column: InstrumentedAttribute[Any],
    spared: Collection[int] = frozenset(),
    *,
    blank: bool = False,
) -> int:
    table, name = column.class_, column.key
    touched = 0
    query = select(table).where(column.is_not(None))
    for row in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        if _owner(row) in spared:
            continue
        before = getattr(row, name)
        after = person.cut(before, SPARED)
        if after != before:
            setattr(row, name, None if blank else after)
            touched += 1
    session.flush()
    return touched


def _owner(row: Base) -> int | None:
    """Return the save or publication that a line belongs to."""
    if isinstance(row, PublicationRow):
        return row.id
    return row.submission_id if isinstance(row, FindingRow | MeasureRow) else None


def _cut_documents(session: Session, person: Person, spared: Standing) -> int:
    touched = 0
    query = select(DocumentRow, AccountRow.edition).join(AccountRow, AccountRow.id == DocumentRow.account_id)
    for row, current in session.execute(query.execution_options(yield_per=AT_ONCE)):
        if row.account_id in spared.accounts and row.edition == current:
            continue
        after = person.cut(row.findings, SPARED)
        if after != row.findings:
            row.findings = after
            touched += 1
    session.flush()
    return touched


def _cut_rows(session: Session, person: Person, spared: Standing) -> int:
    touched = 0
    query = select(RowVersionRow).execution_options(yield_per=AT_ONCE)
    for row in session.scalars(query):
        if row.account_id in spared.accounts and row.last_edition is None:
            continue
        if _is_about(person, row):
            session.delete(row)
            touched += 1
        elif (after := person.cut(row.content)) != row.content:
            row.content = after
            touched += 1
    session.flush()
    return touched


def _is_about(person: Person, row: RowVersionRow) -> bool:
    """Return whether a row's key names a person, or its first value besides the key is nothing but their name."""
    if person.is_in(row.row_key):
        return True
    keys = {str(part) for part in json.loads(row.row_key)}
    first = next((str(value) for value in row.content.values() if str(value) not in keys), "")
    return person.is_all_of(first)


def places_of(session: Session) -> dict[str, tuple[str, ...]]:
    """Return by hash what the bytes were: `Contoso.xlsx`, `C-1, edition 3, deck`."""
    places: dict[str, list[str]] = {}
    for sha256, file in session.execute(select(SubmissionRow.sha256, SubmissionRow.file).distinct()):
        places.setdefault(sha256, []).append(file)
    columns = (DocumentRow.sha256, DocumentRow.account_id, DocumentRow.edition, DocumentRow.document_id)
    made = select(*columns).join(EditionRow, EditionRow.account_id == DocumentRow.account_id)
    for sha256, account_id, edition, document in session.execute(made.where(EditionRow.number == DocumentRow.edition)):
        places.setdefault(sha256, []).append(f"{account_id}, edition {edition}, {document}")
    return {sha256: tuple(sorted(found)) for sha256, found in places.items()}
