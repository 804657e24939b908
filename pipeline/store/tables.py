"""Tables of the ledger; `migrations/` makes and changes them, a test holds that both agree."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC: SQLite knows no time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the moment in UTC without zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the moment with zone UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class FileNumber(TypeDecorator[int]):
    """A number that a file system gives a file, up to 2**64 - 1: databases know only signed ones."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, _dialect: Dialect) -> int | None:
        """Return the signed number with the same 64 bits."""
        return value if value is None or value < 2**63 else value - 2**64

    def process_result_value(self, value: int | None, _dialect: Dialect) -> int | None:
        """Return the number as the file system gave it."""
        return value if value is None or value >= 0 else value + 2**64


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own


class SubmissionRow(Base):
    """One saved state of a file. `state`: received (its bytes are safe), judged (its result too), published; overtaken
    by a save of its account in another file.

    `claims` is the account id that the workbook carries, also where the account belongs to another file. `refreshed` is
    the day on which it was judged again without having been saved.
    """

    __tablename__ = "submissions"
    __table_args__ = (Index(None, "file", "id"), Index(None, "sha256"), Index(None, "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    received: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="received")
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    claims: Mapped[str | None] = mapped_column(Text)
    saved_by: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[datetime | None]
    as_of: Mapped[date | None]
    refreshed: Mapped[date | None]
    status: Mapped[str | None] = mapped_column(String(16))
    fingerprint: Mapped[str | None] = mapped_column(String(64))


class FileRow(Base):
    """A file of the inbox as it was when its bytes were last read: what has still this stamp need not be read again."""

    __tablename__ = "files"

    file: Mapped[str] = mapped_column(Text, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    inode: Mapped[int | None] = mapped_column(FileNumber)
    ctime_ns: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"))


class AccountRow(Base):
    """An account and the file it belongs to. `edition` is the last published one, `retired_at` when it was ended."""

    __tablename__ = "accounts"
    __table_args__ = (Index(None, "file"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    file: Mapped[str] = mapped_column(Text)
    tier: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    customer_language: Mapped[str] = mapped_column(Text)
    edition: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(16))
    retired_at: Mapped[datetime | None]


class EditionRow(Base):
    """One numbered, published state of an account's documents; `restored_from` is the earlier one it brings back.

    `restored_over` is the save that was the last one then: this edition stands until another comes.
    """

    __tablename__ = "editions"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    status: Mapped[str] = mapped_column(String(16))
    as_of: Mapped[date]
    published_at: Mapped[datetime]
    restored_from: Mapped[int | None]
    restored_over: Mapped[int | None]
    last_closed: Mapped[date | None]


class DocumentRow(Base):
    """One document of an edition; `made_in` is the edition that rendered its bytes, with which findings."""

    __tablename__ = "documents"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    file: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    made_in: Mapped[int]
    workbook_sha256: Mapped[str] = mapped_column(String(64))
    findings: Mapped[list[Any]] = mapped_column(default=list)


class RowVersionRow(Base):
    """What one row of a workbook held, from one edition to another (a slowly changing dimension of type 2).

    `section` is the form or table, or `measures`, whose rows are numbers; `row_key` the values of the row's key as a
    JSON list, empty for a form; `content` its values by field as exact texts, empty ones left out. `last_edition` is
    None while the account's last edition still holds it, `position` its place among the rows of the first one.
    """

    __tablename__ = "row_versions"
    __table_args__ = (Index(None, "account_id", "last_edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)  # a row's key may be longer than what an index takes
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    section: Mapped[str] = mapped_column(Text)
    row_key: Mapped[str] = mapped_column(Text)
    first_edition: Mapped[int]
    last_edition: Mapped[int | None]
    position: Mapped[int]
    content: Mapped[dict[str, Any]]


class FindingRow(Base):
    """One finding of a submission, in its order; `message` is a text by language."""

    __tablename__ = "findings"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(String(16))
    sheet: Mapped[str | None] = mapped_column(Text)
    cell: Mapped[str | None] = mapped_column(Text)
    message: Mapped[dict[str, Any]]
    blocks: Mapped[list[Any]]


class MeasureRow(Base):
    """One measure of a submission: `rows` hold keys, series and places, `inputs` the measures it was computed from."""

    __tablename__ = "measures"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    measure_id: Mapped[str] = mapped_column(Text, primary_key=True)
    label: Mapped[dict[str, Any]]
    unit: Mapped[str] = mapped_column(Text)
    formula: Mapped[str] = mapped_column(Text)
    by: Mapped[list[Any]]
    inputs: Mapped[list[Any]]
    rows: Mapped[list[Any]]


class PublicationRow(Base):
    """What must lie in the outbox after a submission, decided before anything is written there."""

    __tablename__ = "publications"
    __table_args__ = (Index(None, "state"), Index(None, "folder", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    folder: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="pending")
    content: Mapped[dict[str, Any]]


class PublishedRow(Base):
    """A hash that planpress has written into a folder of the outbox: how it knows its own files from edited ones."""

    __tablename__ = "published"

    folder: Mapped[str] = mapped_column(Text, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)


class ApprovalRow(Base):
    """What somebody decided about the bytes of a document. `decision`: approved or rejected."""

    __tablename__ = "approvals"
    __table_args__ = (Index(None, "account_id", "document_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    document_id: Mapped[str] = mapped_column(Text)
    edition: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(Text)


class DeliveryRow(Base):
    """One message to one recipient; its id is fixed before the first try, so that nobody gets it twice."""

    __tablename__ = "deliveries"
    __table_args__ = (Index(None, "approval_id"), Index(None, "state"))

    message_id: Mapped[str] = mapped_column(Text, primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    recipient: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    tried_at: Mapped[datetime | None]
    detail: Mapped[str | None] = mapped_column(Text)
