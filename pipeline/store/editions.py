"""The editions of an account: who saved what when, and an earlier one brought back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from pipeline.model import Audience, RowState, Status
from pipeline.store.details import finding_from_json, finding_json
from pipeline.store.records import DocumentRecord, EditionRecord
from pipeline.store.tables import AccountRow, DocumentRow, EditionRow, PublicationRow, RowVersionRow, SubmissionRow
from pipeline.store.values import write_versions


def editions_of(session: Session, account_id: str) -> tuple[EditionRecord, ...]:
    """Return the editions of an account with their documents, the newest first."""
    documents: dict[int, list[DocumentRecord]] = {}
    kept = select(DocumentRow).where(DocumentRow.account_id == account_id)
    for row in session.scalars(kept):
        documents.setdefault(row.edition, []).append(document_record(row))
    query = select(EditionRow, SubmissionRow).join(SubmissionRow, EditionRow.submission_id == SubmissionRow.id)
    found = session.execute(query.where(EditionRow.account_id == account_id).order_by(EditionRow.number.desc()))
    return tuple(_edition(edition, saved, documents.get(edition.number, ())) for edition, saved in found)


def document_record(row: DocumentRow) -> DocumentRecord:
    """Return a document as the ledger hands it out."""
    return DocumentRecord(
        row.document_id, row.key, row.sha256, row.size, row.file, Audience(row.audience), Status(row.status),
        row.made_in, row.workbook_sha256, tuple(finding_from_json(found) for found in row.findings),
    )  # fmt: skip


def document_row(account_id: str, edition: int, document: DocumentRecord) -> DocumentRow:
    """Return a document as a line of an edition."""
    return DocumentRow(
        account_id=account_id, edition=edition, document_id=document.id, key=document.key, sha256=document.sha256,
        size=document.size, file=document.file, audience=document.audience, status=document.status,
        made_in=document.made_in, workbook_sha256=document.workbook_sha256,
        findings=[finding_json(finding) for finding in document.findings],
    )  # fmt: skip


def _edition(row: EditionRow, saved: SubmissionRow, documents: Sequence[DocumentRecord]) -> EditionRecord:
    return EditionRecord(
        row.number, Status(row.status), row.as_of, row.published_at, row.restored_from, saved.id, saved.file,
        saved.sha256, saved.received, saved.saved_by, saved.saved_at,
        tuple(sorted(documents, key=lambda document: document.id)),
    )  # fmt: skip


def write_restored(
    session: Session, account_id: str, before: EditionRecord, number: int, now: datetime, publication: Mapping[str, Any]
) -> int:
    """Write down edition `number` with what stood in the one `before`; return the id of the publication to follow."""
    last = _last_publication(session, account_id)
    session.add(
        EditionRow(
            account_id=account_id, number=number, submission_id=before.submission_id, status=before.status,
            as_of=before.as_of, published_at=now, restored_from=before.restored_from or before.number,
            restored_over=last.submission_id,
            last_closed=session.get_one(EditionRow, (account_id, before.number)).last_closed,
        )
    )  # fmt: skip
    session.add_all(document_row(account_id, number, document) for document in before.documents)
    write_versions(session, account_id, number, _states_at(session, account_id, before.number))
    session.get_one(AccountRow, account_id).edition = number
    return _write_publication(session, last, publication)


def _states_at(session: Session, account_id: str, number: int) -> Iterator[RowState]:
    """Yield what the rows of an edition held, in the order in which they stood."""
    table = RowVersionRow
    query = select(table).where(
        table.account_id == account_id,
        table.first_edition <= number,
        or_(table.last_edition.is_(None), table.last_edition >= number),
    )
    for row in session.scalars(query.order_by(table.position)).all():
        yield RowState(row.section, tuple(json.loads(row.row_key)), row.content)


def _last_publication(session: Session, account_id: str) -> PublicationRow:
    query = select(PublicationRow).where(PublicationRow.folder == account_id).order_by(PublicationRow.id.desc())
    return session.scalars(query.limit(1)).one()


def _write_publication(session: Session, last: PublicationRow, content: Mapping[str, Any]) -> int:
    waiting = update(PublicationRow).where(PublicationRow.folder == last.folder, PublicationRow.state == "pending")
    session.execute(waiting.values(state="superseded"))
    row = PublicationRow(submission_id=last.submission_id, folder=last.folder, content=dict(content))
    session.add(row)
    session.flush()
    return row.id
