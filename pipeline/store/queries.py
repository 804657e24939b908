"""What people ask the ledger: accounts, their findings, their measures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from types import TracebackType
from typing import Any, Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from pipeline.errors import UsageError
from pipeline.model import PastEdition, RowVersion
from pipeline.store.address import database_url, is_missing
from pipeline.store.database import answering, open_database
from pipeline.store.editions import editions_of
from pipeline.store.records import EditionRecord, MeasureRecord
from pipeline.store.tables import AccountRow, MeasureRow, PublicationRow, SubmissionRow
from pipeline.store.values import past_of


@dataclass(frozen=True, slots=True)
class FolderState:
    """What the outbox says about one file of the inbox: `manifest` is the content of edition.json, None for a file
    whose account is not known; `notice` then holds its findings. `retired_at` is when the account was ended.
    """

    file: str
    account_id: str | None
    account_name: str | None
    received: datetime
    manifest: dict[str, Any] | None
    notice: dict[str, Any]
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PrintedAs:
    """What decides how an account's values print: its workbook template (None: unknown), language and currency."""

    template: str | None
    language: str
    currency: str | None


class Queries:
    """Reads the ledger; an empty answer where there is none yet."""

    def __init__(self, address: str) -> None:
        self._engine = None if is_missing(database_url(address)) else open_database(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine is not None:
            self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Session | None]:
        if self._engine is None:
            yield None
            return
        sessions = sessionmaker(self._engine.execution_options(reads_only=True))
        with answering(self._engine), sessions() as session:
            yield session

    def folders(self) -> tuple[FolderState, ...]:
        """Return the state of every account by name, then of every file without account."""
        with self._reading() as session:
            if session is None:
                return ()
            newest = select(func.max(PublicationRow.id)).group_by(PublicationRow.folder)
            query = (
                select(PublicationRow, SubmissionRow, AccountRow.retired_at)
                .join(SubmissionRow, PublicationRow.submission_id == SubmissionRow.id)
                .outerjoin(AccountRow, AccountRow.id == PublicationRow.folder)
                .where(PublicationRow.id.in_(newest), PublicationRow.state != "withdrawn")
                .order_by(PublicationRow.id)
            )
            states = [_folder_state(*found) for found in session.execute(query)]
        return tuple(
            sorted(states, key=lambda state: (state.account_id is None, (state.account_name or "").casefold()))
        )

    def account_id(self, name: str) -> str:
        """Return the id of the account whose id, or the beginning of whose name, is `name`; else raise UsageError."""
        with self._reading() as session:
            accounts = {} if session is None else {row.id: row.name for row in session.scalars(select(AccountRow))}
        if name in accounts:
            return name
        wanted = name.casefold()
        found = sorted(
            account_id
            for account_id, account_name in accounts.items()
            if account_id.casefold() == wanted or account_name.casefold().startswith(wanted)
        )
        if len(found) == 1:
            return found[0]
        raise UsageError(_no_account(name, found, accounts))

    def source(self, account_id: str) -> tuple[str, int | None]:
        """Return the file of an account, relative to the inbox, and its last edition."""
        with self._reading() as session:
            row = None if session is None else session.get(AccountRow, account_id)
        if row is None:
            raise UsageError(f"There is no account {account_id!r}.")
        return row.file, row.edition

    def editions(self, account_id: str) -> tuple[EditionRecord, ...]:
        """Return the editions of an account with their documents, the newest first."""
        with self._reading() as session:
            return () if session is None else editions_of(session, account_id)

    def past(self, account_id: str) -> tuple[tuple[PastEdition, ...], tuple[RowVersion, ...]]:
        """Return the editions of an account whose content is known, oldest first, and every state of their rows."""
        with self._reading() as session:
            return ((), ()) if session is None else past_of(session, account_id)

    def printed_as(self, account_id: str) -> PrintedAs:
        """Return how the values of an account print, as last judged; raise UsageError for an unknown one."""
        newest = select(PublicationRow).where(PublicationRow.folder == account_id).order_by(PublicationRow.id.desc())
        with self._reading() as session:
            row = None if session is None else session.get(AccountRow, account_id)
            publication = None if session is None else session.scalars(newest.limit(1)).first()
        if row is None:
            raise UsageError(f"There is no account {account_id!r}.")
        manifest = (publication.content.get("manifest") if publication else None) or {}
        return PrintedAs(manifest.get("template"), row.language, row.currency)

    def measures(self, account_id: str) -> dict[str, MeasureRecord]:
        """Return the measures of an account as last judged, by id."""
        with self._reading() as session:
            if session is None:
                return {}
            submissions = select(MeasureRow.submission_id).join(
                SubmissionRow, MeasureRow.submission_id == SubmissionRow.id
            )
            newest = session.scalars(
                submissions.where(SubmissionRow.account_id == account_id).order_by(SubmissionRow.id.desc()).limit(1)
            ).first()
            rows = session.scalars(select(MeasureRow).where(MeasureRow.submission_id == newest))
            return {row.measure_id: _measure(row) for row in rows}

    def chain(self, account_id: str, measure: str) -> dict[str, MeasureRecord]:
        """Return a measure and all that it is computed from, itself first; raise UsageError for an unknown one."""
        measures = self.measures(account_id)
        if measure not in measures:
            near = get_close_matches(measure, measures, n=3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            listing = f"`planpress explain {account_id}` lists those it has."
            raise UsageError(f"{account_id} has no measure {measure!r}.{hint} {listing}")
        found: dict[str, MeasureRecord] = {}
        waiting = [measure]
        while waiting:
            name = waiting.pop(0)
            if name in measures and name not in found:
                found[name] = measures[name]
                waiting.extend(measures[name].inputs)
        return found


def _folder_state(publication: PublicationRow, submission: SubmissionRow, retired_at: datetime | None) -> FolderState:
    manifest = publication.content.get("manifest")
    account = manifest["account"] if manifest else {}
    return FolderState(
        submission.file, account.get("id"), account.get("name"), submission.received, manifest, publication.content,
        retired_at,
    )  # fmt: skip


def _no_account(name: str, found: list[str], accounts: dict[str, str]) -> str:
    if found:
        listed = ", ".join(f"{account_id} ({accounts[account_id]})" for account_id in found)
        return f"Several accounts begin with {name!r}: {listed}. Give the id."
    if not accounts:
        return "No workbook has been built yet. Run `planpress build` first."
    listed = ", ".join(f"{account_id} ({accounts[account_id]})" for account_id in sorted(accounts)[:8])
    more = f" and {len(accounts) - 8} more" if len(accounts) > 8 else ""
    return f"There is no account {name!r}. Accounts are {listed}{more}."


def _measure(row: MeasureRow) -> MeasureRecord:
    return MeasureRecord(
        row.measure_id, row.label, row.unit, row.formula, tuple(row.by), tuple(row.inputs), tuple(row.rows)
    )
