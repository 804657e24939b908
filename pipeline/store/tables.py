"""Tables of the ledger; `migrations/` makes and changes them, a test holds that both agree."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, MetaData, String, Text
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


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own


class SubmissionRow(Base):
    """One saved state of a file. `state`: received (its bytes are safe), judged (its result too), published.

    `claims` is the account id that the workbook carries, also where the account belongs to another file.
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
    status: Mapped[str | None] = mapped_column(String(16))
    fingerprint: Mapped[str | None] = mapped_column(String(64))


class AccountRow(Base):
    """An account and the file it belongs to. `edition` is the last published one."""

    __tablename__ = "accounts"
    __table_args__ = (Index(None, "file"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    file: Mapped[str] = mapped_column(Text)
    tier: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    customer_language: Mapped[str] = mapped_column(String(8))
    edition: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(16))


class EditionRow(Base):
    """One numbered, published state of an account's documents."""

    __tablename__ = "editions"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    status: Mapped[str] = mapped_column(String(16))
    as_of: Mapped[date]
    published_at: Mapped[datetime]


class DocumentRow(Base):
    """One document of an edition; `made_in` is the edition that rendered its bytes."""

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
