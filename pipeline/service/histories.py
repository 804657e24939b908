"""What a build must know of the past, read from the ledger."""

from __future__ import annotations

from pipeline.model import History
from pipeline.send.publication import Publication
from pipeline.store.ledger import Ledger
from pipeline.store.records import AccountRecord


def history_of(
    ledger: Ledger, account_id: str | None, *, force: bool = False, fingerprint: str | None = None
) -> History:
    """Return what is known of an account; with `force` no document counts as made, so that all are made again.

    `fingerprint` names what the next workbook is judged by: where the last one was judged by the same, what it held
    tells whether the next one comes to anything else.
    """
    record = ledger.account(account_id) if account_id is not None else None
    if record is None:
        return History()
    kept = () if force else record.documents
    return History(
        (record.edition or 0) + 1,
        {document.id: document.key for document in kept},
        {document.id: document.findings for document in kept if document.findings},
        *ledger.past(record.account.id),
        None if force else _last_content(ledger, record, fingerprint),
    )


def _last_content(ledger: Ledger, record: AccountRecord, fingerprint: str | None) -> str | None:
    last = ledger.publication(record.account.id)
    if last is None or last.state != "done" or fingerprint is None or record.restored_from is not None:
        return None
    publication = Publication.from_json(last.content)
    return publication.content if publication.fingerprint == fingerprint else None


def next_edition(ledger: Ledger, account_id: str | None) -> int:
    """Return the number that the next edition of an account gets."""
    record = ledger.account(account_id) if account_id is not None else None
    return ((record.edition if record else None) or 0) + 1
