"""The ledger: every change of state in one transaction, before its effect."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session, sessionmaker

from pipeline.errors import UsageError
from pipeline.model import Account, PastEdition, RowVersion, Status
from pipeline.store.database import answering, open_database, sweep
from pipeline.store.details import finding_rows, measure_rows
from pipeline.store.editions import document_record, document_row, editions_of, write_restored
from pipeline.store.erasure import Standing, erase_rows, places_of, standing
from pipeline.store.person import Person
from pipeline.store.records import (
    AccountRecord,
    EditionRecord,
    EditionTaken,
    Judgement,
    KnownFile,
    NewEdition,
    PublicationRecord,
    Submission,
)
from pipeline.store.retention import Keep, needed_hashes, thin_out_rows
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
from pipeline.store.values import past_of, write_versions


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

    def pass_over(self, submission: int, claims: str) -> None:
        """Write down that nothing comes of a submission, since its account was saved again elsewhere."""
        with self._transaction() as session:
            row = session.get_one(SubmissionRow, submission)
            row.state, row.claims = "overtaken", claims

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

    def know_file(
        self, file: str, size: int, mtime_ns: int, inode: int | None, sha256: str, ctime_ns: int | None = None
    ) -> None:
        """Write down how a file was when these bytes were read from it."""
        with self._transaction() as session:
            latest = session.scalars(_latest_of_file(file)).first()
            submission_id = latest.id if latest is not None and latest.sha256 == sha256 else None
            session.merge(
                FileRow(
                    file=file, size=size, mtime_ns=mtime_ns, inode=inode, ctime_ns=ctime_ns, sha256=sha256,
                    submission_id=submission_id,
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

    def retired(self) -> frozenset[str]:
        """Return the ids of the accounts that were ended."""
        with self._transaction() as session:
            return frozenset(session.scalars(select(AccountRow.id).where(AccountRow.retired_at.is_not(None))))

    def retire(self, account_id: str, now: datetime | None) -> bool:
        """Write down that an account ended, or with None that it goes on; return whether that is something new."""
        with self._transaction() as session:
            row = session.get_one(AccountRow, account_id)
            is_new = (row.retired_at is None) != (now is None)
            row.retired_at = now if is_new else row.retired_at
            return is_new

    def account(self, account_id: str) -> AccountRecord | None:
        """Return an account with the documents of its last edition, or None when it was never judged."""
        with self._transaction() as session:
            row = session.get(AccountRow, account_id)
            return None if row is None else _account(session, row)

    def past(self, account_id: str) -> tuple[tuple[PastEdition, ...], tuple[RowVersion, ...]]:
        """Return the editions of an account whose content is known, oldest first, and every state of their rows."""
        with self._transaction() as session:
            return past_of(session, account_id)

    # Judgements -----------------------------------------------------------------------------------------------------

    def record(self, judgement: Judgement) -> int:
        """Write down all that came of a submission and return the id of the publication that must follow.

        Raise EditionTaken where its account got another edition since this was decided.
        """
        with self._transaction() as session:
            _write_account(session, judgement)
            _write_submission(session, judgement)
            _write_details(session, judgement)
            if judgement.edition is not None and judgement.account is not None:
                _write_edition(session, judgement, judgement.account.id, judgement.edition)
                if judgement.states is not None:
                    write_versions(session, judgement.account.id, judgement.edition.number, judgement.states)
            _write_hashes(session, judgement.folder, judgement.written)
            return _write_publication(session, judgement)

    def editions(self, account_id: str) -> tuple[EditionRecord, ...]:
        """Return the editions of an account with their documents, the newest first."""
        with self._transaction() as session:
            return editions_of(session, account_id)

    def restore(
        self, account_id: str, before: EditionRecord, number: int, now: datetime, publication: Mapping[str, Any]
    ) -> int:
        """Write down that an earlier edition is edition `number` now; return the id of the publication to follow.

        Raise UsageError when this is not the next number any more.
        """
        with self._transaction() as session:
            if session.get_one(AccountRow, account_id, with_for_update=True).edition != number - 1:
                raise UsageError(f"{account_id} got another edition at this moment. Look at it, then restore again.")
            return write_restored(session, account_id, before, number, now, publication)

    # Publications ---------------------------------------------------------------------------------------------------

    def pending(self) -> tuple[PublicationRecord, ...]:
        """Return the publications that were decided and not finished, oldest first."""
        query = select(PublicationRow).where(PublicationRow.state == "pending").order_by(PublicationRow.id)
        with self._transaction() as session:
            return tuple(_publication(row) for row in session.scalars(query))

    def waiting(self) -> tuple[PublicationRecord, ...]:
        """Return the last publication of each account of which a document is held open."""
        with self._transaction() as session:
            accounts = session.scalars(select(AccountRow.id).where(AccountRow.status == Status.WAITING)).all()
        found = (self.publication(account_id) for account_id in accounts)
        return tuple(record for record in found if record is not None and record.state == "done")

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

    # Retention ------------------------------------------------------------------------------------------------------

    def thin_out(self, keep: Keep) -> frozenset[bytes]:
        """Forget what is kept no longer, and return the hashes of all bytes that must stay."""
        with self._transaction() as session:
            thin_out_rows(session, keep)
            return frozenset(bytes.fromhex(sha256) for sha256 in needed_hashes(session, keep))

    # Erasure --------------------------------------------------------------------------------------------------------

    def standing(self, present: Collection[str]) -> Standing:
        """Return what stands for the files that are present in the inbox."""
        with self._transaction() as session:
            return standing(session, present)

    def places(self) -> dict[str, tuple[str, ...]]:
        """Return by hash what the bytes were: a workbook, or a document of an edition."""
        with self._transaction() as session:
            return places_of(session)

    def erase(self, person: Person, spared: Standing, *, is_trial: bool = False) -> Mapping[str, int]:
        """Cut a person out of all but what stands, and return how many lines of which kind that touched.

        As a trial nothing is changed.
        """
        with self._transaction() as session:
            counts = erase_rows(session, person, spared)
            if is_trial:
                session.rollback()
        return counts

    def sweep(self) -> None:
        """Overwrite what was deleted, so that it is not in the database's files any more either."""
        sweep(self._engine)


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
    return KnownFile(row.size, row.mtime_ns, row.inode, row.sha256, row.submission_id, row.ctime_ns)


def _account(session: Session, row: AccountRow) -> AccountRecord:
    query = select(DocumentRow).where(DocumentRow.account_id == row.id, DocumentRow.edition == row.edition)
    documents = [document_record(document) for document in session.scalars(query)]
    documents.sort(key=lambda document: document.id)  # not by the database, which may have other ideas of an alphabet
    account = Account(row.id, row.name, row.tier, row.currency, row.language, row.customer_language)
    edition = None if row.edition is None else session.get_one(EditionRow, (row.id, row.edition))
    restored = (edition.restored_from, edition.restored_over) if edition else ()
    return AccountRecord(account, row.file, row.edition, Status(row.status), tuple(documents), *restored)


def _publication(row: PublicationRow) -> PublicationRecord:
    return PublicationRecord(row.id, row.submission_id, row.folder, row.state, row.content)


def _write_account(session: Session, judgement: Judgement) -> None:
    account = judgement.account
    if account is None:
        return
    file = session.get_one(SubmissionRow, judgement.submission_id).file
    row = session.get(AccountRow, account.id, with_for_update=True)
    if judgement.follows not in (None, (row.edition or 0) if row else 0):
        raise EditionTaken(account.id)
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
    if judgement.same_as is not None:
        _copy_details(session, judgement.same_as, judgement.submission_id)
        return
    for submission_id in (judgement.submission_id, *_superseded(session, judgement.submission_id)):
        for table in (FindingRow, MeasureRow):
            session.execute(delete(table).where(table.submission_id == submission_id))
    session.add_all(finding_rows(judgement.submission_id, judgement.findings))
    account = judgement.account
    if account is not None:
        measures = judgement.measures.values()
        session.add_all(measure_rows(judgement.submission_id, measures, account.language, account.currency))


def _copy_details(session: Session, source: int, target: int) -> None:
    for table in (FindingRow, MeasureRow):
        session.execute(delete(table).where(table.submission_id == target))
        columns = [column for column in table.__table__.columns if column.name != "submission_id"]
        copied = select(literal(target), *columns).where(table.submission_id == source)
        session.execute(insert(table).from_select(["submission_id", *(column.name for column in columns)], copied))
    for submission_id in _superseded(session, target):
        for table in (FindingRow, MeasureRow):
            session.execute(delete(table).where(table.submission_id == submission_id))


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
            last_closed=judgement.last_closed,
        )
    )  # fmt: skip
    session.add_all(document_row(account_id, edition.number, document) for document in edition.documents)


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
