"""What must lie in one folder of the outbox, as plain data that the ledger can keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

EDITION_FILE = "edition.json"
INTERNAL, FOR_APPROVAL = "internal", "internal/for approval"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file: its path in the folder (posix), the hash of its bytes, the edition that made them.

    A `fresh` one was made by this submission and replaces what lies there; another is only put back where it is
    missing. `id` is the document's, or the file name of a to-do list.
    """

    id: str
    path: str
    sha256: str
    edition: int | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """The state of one folder: of an account, or of a file whose account is not known (`account_id` None).

    `file` is the path in the inbox, `day` the day of publication, `stale` are paths of earlier editions that nothing
    names any more, `manifest` becomes edition.json. `fingerprint` and `content` name what it was judged by and what the
    workbook held, None where that does not tell a later one whether it comes to the same.
    """

    account_id: str | None
    account_name: str | None
    file: str
    day: date
    files: tuple[PlannedFile, ...]
    stale: tuple[str, ...] = ()
    manifest: Mapping[str, Any] | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    fingerprint: str | None = None
    content: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as the ledger keeps it."""
        return {**asdict(self), "day": self.day.isoformat()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Publication:
        """Return what `to_json` made."""
        return cls(
            content["account_id"], content["account_name"], content["file"], date.fromisoformat(content["day"]),
            tuple(PlannedFile(**file) for file in content["files"]), tuple(content["stale"]), content["manifest"],
            tuple(content["findings"]), content.get("fingerprint"), content.get("content"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a publication: ids of files whose target is held open, edited files moved aside (path, new path),
    and the manifest as it was written.
    """

    waiting: frozenset[str]
    moved: tuple[tuple[str, str], ...]
    manifest: Mapping[str, Any] | None
