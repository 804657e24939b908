"""What a build must know of the past, read from the ledger."""

from __future__ import annotations

from pipeline.model import History
from pipeline.store.ledger import Ledger


def history_of(ledger: Ledger, account_id: str | None, *, force: bool = False) -> History:
    """Return what is known of an account; with `force` no document counts as made, so that all are made again."""
    record = ledger.account(account_id) if account_id is not None else None
    if record is None:
        return History()
    kept = () if force else record.documents
    return History(
        (record.edition or 0) + 1,
        {document.id: document.key for document in kept},
        {document.id: document.findings for document in kept if document.findings},
        *ledger.past(record.account.id),
    )
