"""The ledger: every change of state in one transaction, before its effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from pipeline.model import Account, Audience, Status
from pipeline.store.database import answering, open_database
from pipeline.store.details import finding_from_json, finding_json, finding_rows, measure_rows
from pipeline.store.records import (
    AccountRecord,
    DocumentRecord,
    Judgement,
    KnownFile,
    NewEdition,
    PublicationRecord,
    Submission,
)
from pipeline.store.tables import (
    AccountRow,
    DocumentRow,
    EditionRow,
    FileRow,
    FindingRow,
    MeasureRow,
    PublicationRow,
    PublishedRow,
    SubmissionRow,
)


class Ledger:
    """The database that remembers submissions, editions and what must lie in the outbox.

    Used as a context manager; only one process writes at a time (the workspace's lock holds that).
    """

    def __init__(self, address: str) -> None:
        self._engine = open_database(address)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the database back."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with answering(self._engine), self._sessions.begin() as session:
            yield session

    # Submissions ----------------------------------------------------------------------------------------------------

    def receive(self, file: str, sha256: str, size: int, received: datetime) -> Submission:
        """Write down that these bytes lie in the inbox as `file`; the same bytes again are the same submission."""
        with self._transaction() as session:
            latest = session.scalars(_latest_of_file(file)).first()
            if latest is None or latest.sha256 != sha256:
                latest = SubmissionRow(file=file, sha256=sha256, size=size, received=received)
                session.add(latest)
                session.flush()
            return _submission(latest)

    def first_received(self, sha256: str, files: Iterable[str]) -> datetime | None:
        """Return when these bytes first came in under one of `files`, or None."""
        query = select(SubmissionRow.received).where(
            SubmissionRow.sha256 == sha256, SubmissionRow.file.in_(tuple(files))
        )
        with self._transaction() as session:
            return session.scalars(query.order_by(SubmissionRow.id)).first()

    def latest_submissions(self) -> dict[str, Submission]:
        """Return the latest submission of every file."""
        with self._transaction() as session:
            newest = select(func.max(SubmissionRow.id)).group_by(SubmissionRow.file)
            query = select(SubmissionRow).where(SubmissionRow.id.in_(newest)).order_by(SubmissionRow.id)
            return {row.file: _submission(row) for row in session.scalars(query)}

    # Files ----------------------------------------------------------------------------------------------------------

    def known_files(self) -> dict[str, KnownFile]:
        """Return the files of the inbox whose bytes were read, each as it was then."""
        with self._transaction() as session:
            return {row.file: _known_file(row) for row in session.scalars(select(FileRow).order_by(FileRow.file))}

    def know_file(self, file: str, size: int, mtime_ns: int, inode: int | None, sha256: str) -> None:
        """Write down how a file was when these bytes were read from it."""
        with self._transaction() as session:
            latest = session.scalars(_latest_of_file(file)).first()
            submission_id = latest.id if latest is not None and latest.sha256 == sha256 else None
            session.merge(
                FileRow(
                    file=file, size=size, mtime_ns=mtime_ns, inode=inode, sha256=sha256, submission_id=submission_id
                )
            )  # fmt: skip

    def forget_file(self, file: str) -> None:
        """Write down that a file is in the inbox no more, or must be read again."""
        with self._transaction() as session:
            session.execute(delete(FileRow).where(FileRow.file == file))

    # Accounts -------------------------------------------------------------------------------------------------------

    def owners(self) -> dict[str, str]:
        """Return the file that each account belongs to, by account id."""
        with self._transaction() as session:
            return {row.id: row.file for row in session.scalars(select(AccountRow).order_by(AccountRow.id))}

    def account(self, account_id: str) -> AccountRecord | None:
        """Return an account with the documents of its last edition, or None when it was never judged."""
        with self._transaction() as session:
            row = session.get(AccountRow, account_id)
            return None if row is None else _account(session, row)

    # Judgements -----------------------------------------------------------------------------------------------------

    def record(self, judgement: Judgement) -> int:
        """Write down all that came of a submission and return the id of the publication that must follow."""
        with self._transaction() as session:
            _write_account(session, judgement)
            _write_submission(session, judgement)
            _write_details(session, judgement)
            if judgement.edition is not None and judgement.account is not None:
                _write_edition(session, judgement, judgement.account.id, judgement.edition)
            _write_hashes(session, judgement.folder, judgement.written)
            return _write_publication(session, judgement)

    # Publications ---------------------------------------------------------------------------------------------------

    def pending(self) -> tuple[PublicationRecord, ...]:
        """Return the publications that were decided and not finished, oldest first."""
        query = select(PublicationRow).where(PublicationRow.state == "pending").order_by(PublicationRow.id)
        with self._transaction() as session:
            return tuple(_publication(row) for row in session.scalars(query))

    def publication(self, folder: str) -> PublicationRecord | None:
        """Return the latest publication into a folder, or None."""
        query = select(PublicationRow).where(PublicationRow.folder == folder).order_by(PublicationRow.id.desc())
        with self._transaction() as session:
            row = session.scalars(query.limit(1)).first()
            return None if row is None else _publication(row)

    def written(self, folder: str) -> frozenset[str]:
        """Return the hashes of all that planpress ever wrote into a folder of the outbox."""
        query = select(PublishedRow.sha256).where(PublishedRow.folder == folder)
        with self._transaction() as session:
            return frozenset(session.scalars(query))

    def finish(
        self, publication: int, content: Mapping[str, Any], status: Status, withdrawn: str | None = None
    ) -> None:
        """Write down that a publication lies in the outbox, with which outcome, and that `withdrawn` does no more."""
        with self._transaction() as session:
            row = session.get_one(PublicationRow, publication)
            row.state, row.content = "done", dict(content)
            submission = session.get_one(SubmissionRow, row.submission_id)
            submission.state, submission.status = "published", status
            account = session.get(AccountRow, row.folder)
            if account is not None:
                account.status = status
            if withdrawn is not None:
                _withdraw(session, withdrawn)

    def withdraw(self, folder: str) -> None:
        """Write down that nothing is said about a file any more."""
        with self._transaction() as session:
            _withdraw(session, folder)


def _withdraw(session: Session, folder: str) -> None:
    session.execute(update(PublicationRow).where(PublicationRow.folder == folder).values(state="withdrawn"))


def _latest_of_file(file: str) -> Any:
    return select(SubmissionRow).where(SubmissionRow.file == file).order_by(SubmissionRow.id.desc()).limit(1)


def _submission(row: SubmissionRow) -> Submission:
    status = None if row.status is None else Status(row.status)
    return Submission(
        row.id, row.file, row.sha256, row.size, row.received, row.state, row.account_id, row.claims, status,
        row.as_of, row.fingerprint, row.refreshed,
    )  # fmt: skip


def _known_file(row: FileRow) -> KnownFile:
    return KnownFile(row.size, row.mtime_ns, row.inode, row.sha256, row.submission_id)


def _account(session: Session, row: AccountRow) -> AccountRecord:
    query = select(DocumentRow).where(DocumentRow.account_id == row.id, DocumentRow.edition == row.edition)
    documents = tuple(_document(document) for document in session.scalars(query.order_by(DocumentRow.document_id)))
    account = Account(row.id, row.name, row.tier, row.currency, row.language, row.customer_language)
    return AccountRecord(account, row.file, row.edition, Status(row.status), documents)


def _document(row: DocumentRow) -> DocumentRecord:
    return DocumentRecord(
        row.document_id, row.key, row.sha256, row.size, row.file, Audience(row.audience), Status(row.status),
        row.made_in, row.workbook_sha256, tuple(finding_from_json(found) for found in row.findings),
    )  # fmt: skip


def _publication(row: PublicationRow) -> PublicationRecord:
    return PublicationRecord(row.id, row.submission_id, row.folder, row.state, row.content)


def _write_account(session: Session, judgement: Judgement) -> None:
    account = judgement.account
    if account is None:
        return
    file = session.get_one(SubmissionRow, judgement.submission_id).file
    row = session.get(AccountRow, account.id)
    if row is None:
        row = AccountRow(id=account.id)
        session.add(row)
    row.name, row.file, row.tier, row.currency = account.name, file, account.tier, account.currency
    row.language, row.customer_language = account.language, account.customer_language
    row.status = judgement.status
    if judgement.edition is not None:
        row.edition = judgement.edition.number
    session.flush()


def _write_submission(session: Session, judgement: Judgement) -> None:
    row = session.get_one(SubmissionRow, judgement.submission_id)
    row.state, row.status, row.fingerprint = "judged", judgement.status, judgement.fingerprint
    row.account_id = None if judgement.account is None else judgement.account.id
    row.claims = judgement.claims
    row.as_of, row.refreshed = judgement.as_of, judgement.refreshed
    row.saved_by, row.saved_at = judgement.saved_by, judgement.saved_at


def _write_details(session: Session, judgement: Judgement) -> None:
    for submission_id in (judgement.submission_id, *_superseded(session, judgement.submission_id)):
        for table in (FindingRow, MeasureRow):
            session.execute(delete(table).where(table.submission_id == submission_id))
    session.add_all(finding_rows(judgement.submission_id, judgement.findings))
    account = judgement.account
    if account is not None:
        measures = judgement.measures.values()
        session.add_all(measure_rows(judgement.submission_id, measures, account.language, account.currency))


def _superseded(session: Session, submission_id: int) -> tuple[int, ...]:
    """Return earlier submissions of the same file that still have details and became no edition."""
    file = session.get_one(SubmissionRow, submission_id).file
    with_details = select(FindingRow.submission_id).union(select(MeasureRow.submission_id))
    query = select(SubmissionRow.id).where(
        SubmissionRow.file == file,
        SubmissionRow.id < submission_id,
        SubmissionRow.id.in_(with_details),
        SubmissionRow.id.not_in(select(EditionRow.submission_id)),
    )
    return tuple(session.scalars(query))


def _write_edition(session: Session, judgement: Judgement, account_id: str, edition: NewEdition) -> None:
    session.add(
        EditionRow(
            account_id=account_id, number=edition.number, submission_id=judgement.submission_id,
            status=edition.status, as_of=judgement.as_of, published_at=edition.published_at,
        )
    )  # fmt: skip
    session.add_all(
        DocumentRow(
            account_id=account_id, edition=edition.number, document_id=document.id, key=document.key,
            sha256=document.sha256, size=document.size, file=document.file, audience=document.audience,
            status=document.status, made_in=document.made_in, workbook_sha256=document.workbook_sha256,
            findings=[finding_json(finding) for finding in document.findings],
        )
        for document in edition.documents
    )  # fmt: skip


def _write_hashes(session: Session, folder: str, hashes: frozenset[str]) -> None:
    known = set(session.scalars(select(PublishedRow.sha256).where(PublishedRow.folder == folder)))
    session.add_all(PublishedRow(folder=folder, sha256=sha256) for sha256 in sorted(hashes - known))


def _write_publication(session: Session, judgement: Judgement) -> int:
    earlier = update(PublicationRow).where(PublicationRow.folder == judgement.folder, PublicationRow.state == "pending")
    session.execute(earlier.values(state="superseded"))
    row = PublicationRow(
        submission_id=judgement.submission_id, folder=judgement.folder, content=dict(judgement.publication)
    )
    session.add(row)
    session.flush()
    return row.id
