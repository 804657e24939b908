"""Bringing an earlier edition back: its documents into the outbox, as the next edition, or its workbook into a file."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.model import Finding, Severity, Status
from pipeline.send.edition import finding_entries, restored_manifest
from pipeline.send.outbox import Outbox
from pipeline.send.planning import DocumentState, kept_state, planned_files, stale_paths
from pipeline.send.publication import PlannedFile, Publication
from pipeline.sentences import sentence
from pipeline.service.paths import save
from pipeline.service.publisher import Clock, Publisher
from pipeline.settings import Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.lock import Locked, exclusive
from pipeline.store.queries import Queries
from pipeline.store.records import AccountRecord, EditionRecord, PublicationRecord
from pipeline.store.snapshots import Snapshots

PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it: the edition brought back, its new number, and whether its documents lie in the outbox yet."""

    account_id: str
    before: int
    number: int
    is_published: bool


@dataclass(frozen=True, slots=True)
class Past:
    """An edition, why it was made (saved, judged again, restored), and whether its documents are still kept."""

    edition: EditionRecord
    why: str
    is_kept: bool


def find_account(workspace: Workspace, name: str) -> str:
    """Return the id of the account whose id, or the beginning of whose name, is `name`; else raise UsageError."""
    with Queries(workspace.ledger_url) as queries:
        return queries.account_id(name)


def past_editions(workspace: Workspace, name: str) -> tuple[str, tuple[Past, ...]]:
    """Return the id of an account and its editions, the newest first; raise UsageError for an unknown one."""
    snapshots = Snapshots(workspace.snapshots)
    with Queries(workspace.ledger_url) as queries:
        account_id = queries.account_id(name)
        editions = queries.editions(account_id)
    pairs = zip(editions, [*editions[1:], None], strict=False)
    return account_id, tuple(
        Past(edition, _why(edition, before), is_kept(edition, snapshots)) for edition, before in pairs
    )


def _why(edition: EditionRecord, before: EditionRecord | None) -> str:
    if edition.restored_from is not None:
        return "restored"
    return "judged again" if before and before.submission_id == edition.submission_id else "saved"


def restore(workspace: Workspace, account_id: str, number: int, clock: Clock) -> Restored:
    """Publish an earlier edition of an account again, as its next edition.

    The decision is one transaction of the ledger; whoever holds the workspace's lock carries it out. Raise UsageError
    for an edition that is unknown, kept no longer, or the current one.
    """
    workspace.create_folders()
    snapshots = Snapshots(workspace.snapshots)
    with Ledger(workspace.ledger_url) as ledger, exclusive(workspace.snapshots_lock, PATIENCE_SECONDS):
        account, before = _account(ledger, account_id), _edition(ledger, account_id, number)
        if number == account.edition:
            raise UsageError(f"Edition {number} of {account_id} is the one that stands now.")
        _must_be_kept(before, snapshots)
        after = (account.edition or 0) + 1
        publication = _publication(ledger, account, before, after, clock)
        ledger.restore(account_id, before, after, clock(), publication.to_json())
        is_published = _carry_out(workspace, ledger, account_id, clock)
    return Restored(account_id, number, after, is_published)


def save_workbook(workspace: Workspace, account_id: str, number: int, file: Path) -> EditionRecord:
    """Write the workbook that an edition was made from into `file`; raise UsageError when it is kept no longer."""
    snapshots = Snapshots(workspace.snapshots)
    with Ledger(workspace.ledger_url) as ledger:
        edition = _edition(ledger, account_id, number)
    if edition.sha256 not in snapshots:
        raise UsageError(f"The workbook of edition {number} of {account_id} is kept no longer: see `retention`.")
    save(file, snapshots.read(edition.sha256))
    return edition


def is_kept(edition: EditionRecord, snapshots: Snapshots) -> bool:
    """Return whether the bytes of all documents of an edition are still there."""
    return all(document.sha256 in snapshots for document in edition.documents)


def _account(ledger: Ledger, account_id: str) -> AccountRecord:
    account = ledger.account(account_id)
    if account is None:
        raise UsageError(f"There is no account {account_id!r}.")
    return account


def _edition(ledger: Ledger, account_id: str, number: int) -> EditionRecord:
    editions = {edition.number: edition for edition in ledger.editions(account_id)}
    if number not in editions:
        has = f"Its editions are 1 to {max(editions)}" if editions else "It has none yet"
        raise UsageError(f"{account_id} has no edition {number}. {has}; `planpress history {account_id}` lists them.")
    return editions[number]


def _must_be_kept(edition: EditionRecord, snapshots: Snapshots) -> None:
    if not is_kept(edition, snapshots):
        raise UsageError(
            f"The documents of edition {edition.number} are kept no longer: see `retention` in planpress.toml. "
            "`planpress history` shows which editions are."
        )


def _publication(
    ledger: Ledger, account: AccountRecord, before: EditionRecord, number: int, clock: Clock
) -> Publication:
    """Return what must lie in the folder: the documents of the edition before, beside what was last told."""
    record = ledger.publication(account.account.id)
    if record is None:
        raise UsageError(f"Nothing of {account.account.id} was ever published.")
    last = Publication.from_json(record.content)
    states = tuple(_states(before, last.manifest or {}))
    kept = {document.id: document for document in account.documents}
    told = finding_entries([_told(before)], account.account.language)
    manifest = restored_manifest(last.manifest or {"findings": []}, number, states, told)
    return replace(
        last,
        day=clock().date(),
        files=(*_files(states), *_pages(last)),
        stale=stale_paths(states, kept),
        manifest=manifest,
        findings=(*last.findings, *told),
    )


def _told(before: EditionRecord) -> Finding:
    number = before.restored_from or before.number
    return Finding("edition-restored", Severity.WARNING, sentence("edition-restored", edition=number))


def _states(before: EditionRecord, manifest: Any) -> list[DocumentState]:
    """Return the documents as they stand again; one that the workbook stops now is its last good one."""
    stopped = {told["id"] for told in manifest.get("documents", ()) if told["status"] == Status.BLOCKED}
    return [
        kept_state(document, Status.BLOCKED if document.id in stopped else document.status)
        for document in before.documents
    ]


def _files(states: tuple[DocumentState, ...]) -> list[PlannedFile]:
    """Return the documents as files that replace what lies in the outbox."""
    return [replace(file, fresh=True) for file in planned_files(states)]


def _pages(last: Publication) -> list[PlannedFile]:
    """Return the to-do lists, which stay."""
    return [file for file in last.files if file.id == file.path]


# Carrying it out ----------------------------------------------------------------------------------------------------


def _carry_out(workspace: Workspace, ledger: Ledger, account_id: str, clock: Clock) -> bool:
    """Publish what was decided, or see a watcher do it; return whether it was done in time."""
    try:
        with exclusive(workspace.state / "lock", PATIENCE_SECONDS):
            record = _pending(ledger, account_id)
            if record is not None:
                publisher = Publisher(ledger, Snapshots(workspace.snapshots), Outbox(workspace.outbox), clock)
                publisher.finish(record)
            return True
    except Locked:
        return _is_done_by_another(ledger, account_id)


def _is_done_by_another(ledger: Ledger, account_id: str) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _pending(ledger, account_id) is not None:
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _pending(ledger: Ledger, account_id: str) -> PublicationRecord | None:
    return next((record for record in ledger.pending() if record.folder == account_id), None)
