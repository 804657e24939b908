"""Bringing what was judged into the ledger and the outbox, in this order, so that no interruption loses anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from pipeline.errors import SnapshotLost
from pipeline.model import Account, Build, Calendar, Document, Finding, Severity, Status
from pipeline.send.edition import finding_entries, manifest, workbook_entry
from pipeline.send.files import HeldOpen
from pipeline.send.outbox import UNREADABLE, Outbox
from pipeline.send.planning import DocumentState, document_states, planned_files, stale_paths
from pipeline.send.publication import Outcome, PlannedFile, Publication
from pipeline.send.todo import TODO_PAGE, todo_page
from pipeline.sentences import sentence
from pipeline.service.report import FileResult
from pipeline.store.ledger import Ledger
from pipeline.store.records import (
    AccountRecord,
    DocumentRecord,
    Judgement,
    NewEdition,
    PublicationRecord,
    Submission,
)
from pipeline.store.snapshots import Snapshots

WITHOUT_ACCOUNT_LANGUAGE = "en"
CANNOT_PUBLISH = (OSError, HeldOpen, SnapshotLost)
"""What keeps documents from being brought into the outbox now and nothing else from going on."""
Clock = Callable[[], datetime]


class NotPublished(Exception):
    """What was decided is in the ledger and not in the outbox yet; the cause says why."""


@dataclass(frozen=True)
class Judged:
    """A submission with what came of it. `account` is None when it is not known or belongs to another file; `told` are
    findings that no worker could know; `claims` is the account id that the workbook carries; `refreshed` is the day on
    which it is judged again without having been saved.
    """

    submission: Submission
    build: Build
    calendar: Calendar
    account: Account | None
    claims: str | None
    fingerprint: str
    told: tuple[Finding, ...] = ()
    state: str = "built"
    reference: str | None = None
    refreshed: date | None = None


class Publisher:
    """Writes ledger and outbox; `clock` tells the time, with zone."""

    def __init__(self, ledger: Ledger, snapshots: Snapshots, outbox: Outbox, clock: Clock) -> None:
        self._ledger, self._snapshots, self._outbox, self._clock = ledger, snapshots, outbox, clock

    def finish(self, record: PublicationRecord) -> Outcome:
        """Publish once more what was decided, where it could not be or a target was held open.

        Raise OSError or HeldOpen where it still cannot be.
        """
        return self._carry_out(record.id, _decided(record))

    def publish(self, judged: Judged) -> FileResult:
        """Record and publish a submission and return what came of it.

        Raise NotPublished when it is in the ledger and not in the outbox. Whatever else is raised, nothing of it is in
        the ledger, and the submission is still to be judged; so by EditionTaken, when the account got another edition
        at this moment.
        """
        record = self._record_of(judged)
        if judged.build.is_same and record is not None:
            return self._publish_same(judged, record)
        judged = self._as_restored(judged, record)
        plan = _Plan(judged, record, self._unplaced(record), self._clock())
        findings = (*judged.told, *judged.build.findings, *self._edited_findings(plan))
        todo = self._todo(judged, findings)
        publication = plan.publication(findings, {name: self._snapshots.write(page) for name, page in todo.items()})
        for document in plan.fresh_documents():
            self._snapshots.write(document.content or b"")
        number = self._ledger.record(plan.judgement(findings, publication))
        return _result(judged, plan.edition, self._delivered(number, publication), publication)

    def _unplaced(self, record: AccountRecord | None) -> frozenset[str]:
        """Return the ids of the documents that were made and are not in their places yet."""
        last = self._ledger.publication(record.account.id) if record else None
        return frozenset(file.id for file in _decided(last).files if file.fresh) if last else frozenset()

    def _publish_same(self, judged: Judged, record: AccountRecord) -> FileResult:
        """Let all that was published stand; only edition.json names the newer workbook."""
        last = self._ledger.publication(record.account.id)
        if last is None:
            raise RuntimeError("a workbook was taken to hold what another did that was never published")
        before = _decided(last)
        publication = replace(
            before, day=self._clock().date(),
            manifest={**(before.manifest or {}), "workbook": workbook_entry(judged.submission, judged.build.saved_at)},
        )  # fmt: skip
        number = self._ledger.record(_same_judgement(judged, record, publication, last.submission_id))
        return _result(judged, record.edition, self._delivered(number, publication), publication)

    def _record_of(self, judged: Judged) -> AccountRecord | None:
        return None if judged.account is None else self._ledger.account(judged.account.id)

    def _as_restored(self, judged: Judged, record: AccountRecord | None) -> Judged:
        """Let the documents that were brought back stand until the workbook is saved again, and say so."""
        if record is None or record.restored_from is None or record.restored_over != judged.submission.id:
            return judged
        standing = {document.id for document in record.documents}
        documents = tuple(replace(made, content=None) for made in judged.build.documents if made.id in standing)
        told = _told("edition-restored", edition=record.restored_from)
        return replace(judged, build=replace(judged.build, documents=documents), told=(*judged.told, told))

    def _delivered(self, number: int, publication: Publication) -> Outcome:
        try:
            return self._carry_out(number, publication)
        except CANNOT_PUBLISH as error:
            raise NotPublished from error

    def _carry_out(self, number: int, publication: Publication) -> Outcome:
        folder = folder_key(publication.account_id, publication.file)
        placed = self._outbox.publish(publication, self._snapshots.read, self._ledger.written(folder))
        status = Status(placed.manifest["status"]) if placed.manifest else Status.BLOCKED
        told_before = None if publication.account_id is None else folder_key(None, publication.file)
        # What lies there now is edited from now on by people: it is put there again, and never moved aside, by a retry.
        files = tuple(replace(file, fresh=file.fresh and file.id in placed.waiting) for file in publication.files)
        content = {**replace(publication, files=files).to_json(), "manifest": placed.manifest}
        if placed.waiting:
            content["decided"] = publication.manifest
        self._ledger.finish(number, content, status, withdrawn=told_before)
        return placed

    def _edited_findings(self, plan: _Plan) -> Iterator[Finding]:
        """Yield what is to be told of documents edited by hand; nothing while the outbox cannot be looked into."""
        account_id = plan.account_id
        if account_id is None:
            return
        written = self._ledger.written(account_id)
        with suppress(OSError):
            for path, aside in self._outbox.edited(account_id, plan.replaced_paths(), written, plan.day):
                yield _told("document-edited", file=_name(path), aside=_name(aside))
            for path in self._outbox.asides(account_id):
                yield _told("document-edited-before", aside=_name(path))

    def _todo(self, judged: Judged, findings: tuple[Finding, ...]) -> dict[str, bytes]:
        if not findings:
            return {}
        page = partial(todo_page, findings, file=judged.submission.file, as_of=judged.calendar.as_of)
        is_draft = judged.build.status is Status.DRAFT
        titles = {document.id: document.title for document in judged.build.documents if document.title}
        account = judged.account
        title = account.name if account else _name(judged.submission.file)
        language = account.language if account else WITHOUT_ACCOUNT_LANGUAGE
        return {**judged.build.todo, TODO_PAGE: page(title=title, language=language, documents=titles, draft=is_draft)}


class _Plan:
    """What becomes of one account's folder, computed from a submission and the edition before."""

    def __init__(self, judged: Judged, record: AccountRecord | None, unplaced: frozenset[str], now: datetime) -> None:
        self._judged, self._unplaced, self._now = judged, unplaced, now
        self._kept = {document.id: document for document in record.documents} if record else {}
        before = self._before = (record.edition if record else None) or 0
        self._states = document_states(judged.build, self._kept, before + 1) if judged.account else ()
        self._is_edition = any(state.fresh for state in self._states)
        self.edition = before + 1 if self._is_edition else before or None

    @property
    def account_id(self) -> str | None:
        return self._judged.account.id if self._judged.account else None

    @property
    def day(self) -> date:
        return self._now.date()

    def replaced_paths(self) -> tuple[str, ...]:
        fresh = tuple(state.path for state in self._states if self._is_placed_now(state) and state.path)
        return (*fresh, *stale_paths(self._states, self._kept))

    def _is_placed_now(self, state: DocumentState) -> bool:
        return state.fresh or state.id in self._unplaced

    def _documents(self) -> Iterator[PlannedFile]:
        """Yield the documents as files, those that no publication has put in their places yet as fresh ones."""
        return (replace(file, fresh=file.fresh or file.id in self._unplaced) for file in planned_files(self._states))

    def fresh_documents(self) -> Iterator[Document]:
        fresh = {state.id for state in self._states if state.fresh}
        return (document for document in self._judged.build.documents if document.id in fresh)

    def publication(self, findings: tuple[Finding, ...], todo: Mapping[str, str]) -> Publication:
        judged, account = self._judged, self._judged.account
        pages = tuple(PlannedFile(name, name, sha256, None, fresh=True) for name, sha256 in sorted(todo.items()))
        language = account.language if account else WITHOUT_ACCOUNT_LANGUAGE
        return Publication(
            account.id if account else None,
            account.name if account else None,
            judged.submission.file,
            self.day,
            (*self._documents(), *pages),
            (*stale_paths(self._states, self._kept), *_absent_todo(todo)),
            self._manifest(account, findings) if account else None,
            tuple(finding_entries(findings, language, self._states)),
            judged.fingerprint,
            judged.build.content,
        )

    def _manifest(self, account: Account, findings: tuple[Finding, ...]) -> dict[str, Any]:
        judged = self._judged
        workbook = workbook_entry(judged.submission, judged.build.saved_at)
        as_of = judged.calendar.as_of
        return manifest(account, workbook, as_of, self.edition, self._states, findings, judged.build.plan)

    def judgement(self, findings: tuple[Finding, ...], publication: Publication) -> Judgement:
        judged = self._judged
        plan = judged.build.plan
        status = Status(publication.manifest["status"]) if publication.manifest else Status.BLOCKED
        return Judgement(
            judged.submission.id,
            judged.account,
            judged.calendar.as_of,
            status,
            judged.fingerprint,
            findings,
            folder_key(self.account_id, judged.submission.file),
            publication.to_json(),
            frozenset(file.sha256 for file in publication.files),
            judged.claims,
            plan.measures if plan and judged.account else {},
            self._new_edition(status) if self._is_edition else None,
            judged.build.saved_by,
            judged.build.saved_at,
            judged.refreshed,
            plan.states if plan else None,
            judged.calendar.last_closed,
            follows=self._before,
        )

    def _new_edition(self, status: Status) -> NewEdition:
        documents = tuple(record for state in self._states if (record := _document_record(state)))
        return NewEdition(self.edition or 1, status, self._now, documents)


def folder_key(account_id: str | None, file: str) -> str:
    """Return how the ledger names a folder of the outbox: an account's by its id, a file's by its path."""
    return f"{UNREADABLE}/{file}" if account_id is None else account_id


def _decided(record: PublicationRecord) -> Publication:
    """Return a publication as it was decided, whatever was held open when it was carried out."""
    content = {**record.content, "manifest": record.content.get("decided", record.content["manifest"])}
    return Publication.from_json(content)


def _same_judgement(judged: Judged, record: AccountRecord, publication: Publication, same_as: int) -> Judgement:
    """Return what is to be written down of a workbook that holds what the one before did."""
    status = Status((publication.manifest or {})["status"])
    return Judgement(
        judged.submission.id, judged.account, judged.calendar.as_of, status, judged.fingerprint, (),
        record.account.id, publication.to_json(), frozenset(), judged.claims, saved_by=judged.build.saved_by,
        saved_at=judged.build.saved_at, refreshed=judged.refreshed, same_as=same_as, follows=record.edition or 0,
    )  # fmt: skip


def _document_record(state: DocumentState) -> DocumentRecord | None:
    if state.path is None or state.sha256 is None or state.size is None:
        return None
    return DocumentRecord(
        state.id, state.key, state.sha256, state.size, state.path, state.audience, state.status,
        state.edition or 1, state.workbook_sha256 or "", state.findings,
    )  # fmt: skip


def _absent_todo(todo: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in (TODO_PAGE, "to-do.xlsx") if name not in todo)


def _told(code: str, **arguments: object) -> Finding:
    return Finding(code, Severity.WARNING, sentence(code, **arguments))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _result(judged: Judged, edition: int | None, placed: Outcome, publication: Publication) -> FileResult:
    written = placed.manifest
    return FileResult(
        judged.submission.file,
        judged.state,
        Status(written["status"]) if written else Status.BLOCKED,
        publication.account_id,
        publication.account_name,
        edition,
        tuple(written["documents"]) if written else (),
        publication.findings,
        judged.reference,
    )
