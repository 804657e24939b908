"""What must be kept, and thinning out the ledger of what need not be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.store.tables import (
    AccountRow,
    ApprovalRow,
    DocumentRow,
    EditionRow,
    FindingRow,
    MeasureRow,
    PublicationRow,
    RowVersionRow,
    SubmissionRow,
)


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept besides what is needed now: since an instant, and at most so many editions or saves."""

    since: datetime
    most: int


def needed_hashes(session: Session, keep: Keep) -> Iterator[str]:
    """Yield the hashes of all bytes that must stay, some more than once.

    They are those of kept editions and saves, of the newest save of every workbook, of what lies in the outbox or is
    to be published there, and of what was ever decided on for a customer.
    """
    yield from session.scalars(_kept_editions(select(DocumentRow.sha256), keep))
    yield from session.scalars(_kept_editions(select(DocumentRow.workbook_sha256), keep))
    of_editions = select(SubmissionRow.sha256).where(SubmissionRow.id.in_(_submissions_of_editions(keep)))
    yield from session.scalars(of_editions)
    yield from session.scalars(_kept_submissions(keep))
    newest = select(PublicationRow.content).where(PublicationRow.id.in_(_newest_publications()))
    for content in session.scalars(newest.execution_options(yield_per=200)):
        yield from (file["sha256"] for file in content["files"])
    yield from session.scalars(select(ApprovalRow.sha256))


def thin_out_rows(session: Session, keep: Keep) -> None:
    """Delete what the ledger knows of editions and saves that are kept no longer, all but its lines of history."""
    _delete_details(session, keep)
    _delete_publications(session)
    for account_id, begins in session.execute(_accounts_with_more(keep)).all():
        _delete_versions(session, account_id, begins)


def _kept_editions(query: Select[str], keep: Keep) -> Select[str]:
    """Return a query over documents, narrowed to those of the current edition and of kept ones."""
    is_of = and_(EditionRow.account_id == DocumentRow.account_id, EditionRow.number == DocumentRow.edition)
    accounts = query.join(AccountRow, AccountRow.id == DocumentRow.account_id).join(EditionRow, is_of)
    return accounts.where(_is_kept(keep)).distinct()


def _submissions_of_editions(keep: Keep) -> Select[int]:
    joined = select(EditionRow.submission_id).join(AccountRow, AccountRow.id == EditionRow.account_id)
    return joined.where(_is_kept(keep))


def _is_kept(keep: Keep) -> ColumnElement[bool]:
    is_current = EditionRow.number == AccountRow.edition
    is_recent = and_(EditionRow.published_at >= keep.since, EditionRow.number > AccountRow.edition - keep.most)
    return or_(is_current, is_recent)


def _kept_submissions(keep: Keep) -> Select[str]:
    """Return a query for the newest save of every workbook and for those that are not yet too old or too many."""
    rank = func.row_number().over(partition_by=SubmissionRow.file, order_by=SubmissionRow.id.desc())
    ranked = select(SubmissionRow.sha256, SubmissionRow.received, rank.label("rank")).subquery()
    is_recent = and_(ranked.c.received >= keep.since, ranked.c.rank <= keep.most)
    return select(ranked.c.sha256).where(or_(ranked.c.rank == 1, is_recent)).distinct()


def _newest_publications() -> Select[int]:
    return select(func.max(PublicationRow.id)).group_by(PublicationRow.folder)


def _delete_details(session: Session, keep: Keep) -> None:
    """Delete findings and measures of saves that stand for no kept edition, are not the newest, nor published last.

    What was published last is what a newer save that holds the same takes them over from.
    """
    newest = select(func.max(SubmissionRow.id)).group_by(SubmissionRow.file)
    published = select(PublicationRow.submission_id).where(PublicationRow.id.in_(_newest_publications()))
    for table in (FindingRow, MeasureRow):
        session.execute(
            delete(table).where(
                table.submission_id.not_in(newest),
                table.submission_id.not_in(published),
                table.submission_id.not_in(_submissions_of_editions(keep)),
            ),
            execution_options={"synchronize_session": False},
        )


def _delete_publications(session: Session) -> None:
    """Delete what once lay in the outbox and lies there no more."""
    over = PublicationRow.id.not_in(_newest_publications())
    session.execute(
        delete(PublicationRow).where(PublicationRow.state != "pending", over),
        execution_options={"synchronize_session": False},
    )


def _accounts_with_more(keep: Keep) -> Select[str, int]:
    """Return a query for the accounts of which more is known than is kept, with the edition where the past begins.

    That is the first one young enough, or the current one.
    """
    young = (
        select(EditionRow.account_id, func.min(EditionRow.number).label("number"))
        .where(EditionRow.published_at >= keep.since)
        .group_by(EditionRow.account_id)
        .subquery()
    )
    begins = func.coalesce(young.c.number, AccountRow.edition)
    return (
        select(AccountRow.id, begins)
        .join(RowVersionRow, RowVersionRow.account_id == AccountRow.id)
        .outerjoin(young, young.c.account_id == AccountRow.id)
        .where(RowVersionRow.first_edition < begins)
        .distinct()
    )


def _delete_versions(session: Session, account_id: str, begins: int) -> None:
    """Forget what rows held before an edition."""
    of_account = RowVersionRow.account_id == account_id
    for statement in (
        delete(RowVersionRow).where(of_account, RowVersionRow.last_edition < begins),
        update(RowVersionRow).where(of_account, RowVersionRow.first_edition < begins).values(first_edition=begins),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
