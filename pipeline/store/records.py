"""What the ledger hands out and takes in: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pipeline.model import Account, Audience, Finding, Measure, RowState, Status


@dataclass(frozen=True, slots=True)
class Submission:
    """One saved state of a file. `state` is received, judged or published; `fingerprint` names all that its judgement
    rested on besides the bytes, `refreshed` the day on which it was judged again without having been saved.
    """

    id: int
    file: str
    sha256: str
    size: int
    received: datetime
    state: str
    account_id: str | None = None
    claims: str | None = None
    status: Status | None = None
    as_of: date | None = None
    fingerprint: str | None = None
    refreshed: date | None = None


class EditionTaken(Exception):
    """An account got another edition between deciding and recording: somebody brought an earlier one back."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of the inbox as it was when its bytes were last read: size in bytes, time of change in nanoseconds, number
    in its file system (None: unknown), hash and submission of these bytes. `ctime_ns` is the time that nobody can put
    back, as `mtime_ns` is by some programs (None: unknown).
    """

    size: int
    mtime_ns: int
    inode: int | None
    sha256: str
    submission_id: int | None
    ctime_ns: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One document of an edition; `made_in` is the edition that rendered its bytes, `file` its path in the account's
    folder, `findings` were made while it was drawn.
    """

    id: str
    key: str
    sha256: str
    size: int
    file: str
    audience: Audience
    status: Status
    made_in: int
    workbook_sha256: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account as last judged: the file it belongs to, its last edition (None: none yet) with its documents.

    `restored_from` is the earlier edition that the last one brought back, if any, `restored_over` the save that was the
    last one then.
    """

    account: Account
    file: str
    edition: int | None
    status: Status
    documents: tuple[DocumentRecord, ...] = ()
    restored_from: int | None = None
    restored_over: int | None = None


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """An edition that was published: `restored_from` is the earlier one that it brought back, if any; from
    `submission_id` on, the saved workbook that it was made from.
    """

    number: int
    status: Status
    as_of: date
    published_at: datetime
    restored_from: int | None
    submission_id: int
    file: str
    sha256: str
    received: datetime
    saved_by: str | None
    saved_at: datetime | None
    documents: tuple[DocumentRecord, ...]


@dataclass(frozen=True, slots=True)
class NewEdition:
    """An edition to be written down; `documents` are all of it, those kept from earlier editions too."""

    number: int
    status: Status
    published_at: datetime
    documents: tuple[DocumentRecord, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that came of one submission, written down in one transaction before the outbox is touched.

    `folder` names the place in the outbox (an account's id, or a path below `_unreadable`), `publication` what must lie
    there, `written` the hashes of the files it brings. `claims` is the account id that the workbook carries. `states`
    are what the rows of its edition hold, None where that is what they held before. `same_as` is the submission whose
    findings and measures are its own too, where it holds the same. `follows` is the number of the edition that was the
    last when this was decided, 0 where there was none (None: whichever is).
    """

    submission_id: int
    account: Account | None
    as_of: date
    status: Status
    fingerprint: str
    findings: tuple[Finding, ...]
    folder: str
    publication: Mapping[str, Any]
    written: frozenset[str]
    claims: str | None = None
    measures: Mapping[str, Measure] = field(default_factory=dict)
    edition: NewEdition | None = None
    saved_by: str | None = None
    saved_at: datetime | None = None
    refreshed: date | None = None
    states: tuple[RowState, ...] | None = None
    last_closed: date | None = None
    same_as: int | None = None
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class PublicationRecord:
    """What must lie in one folder of the outbox; `state` is pending, done, superseded or withdrawn."""

    id: int
    submission_id: int
    folder: str
    state: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MeasureRecord:
    """A measure as explained to people: each row has `keys` by dimension, `series` (name -> {value, reason}) and
    `sources` (addresses such as `Financials!G5:G14`).
    """

    id: str
    label: Mapping[str, str]
    unit: str
    formula: str
    by: tuple[str, ...]
    inputs: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
