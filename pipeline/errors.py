"""Everything that stops planpress, as one tree.

Faults of data are not here: they are findings (`pipeline.model.Finding`).

    PlanpressError
    ├── SettingsError            planpress.toml or the environment is wrong            exit 2
    ├── UsageError               a command was called with something that cannot be    exit 2
    ├── DefinitionError          template, rules, output set or brand are wrong        exit 2
    ├── WorkspaceError           a folder is missing, locked, remote or not writable   exit 2
    │   ├── LedgerUnavailable    the database does not answer now                      exit 2, a watcher waits for it
    │   ├── SnapshotLost         kept bytes are missing or damaged                         what needs them waits
    │   └── InboxGone            the inbox cannot be looked into now                   exit 2, a watcher waits for it
    ├── UnreadableWorkbook       bytes that must not or cannot be opened               a finding of the file
    ├── RenderError              a template could not be filled                        exit 3
    ├── BuildInterrupted         a worker died, ran out of time or out of memory       a finding of the file
    └── BuildFailed              a fault in our own code, met in a worker              exit 3, after all other files
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.model import Finding


class PlanpressError(Exception):
    """Return the root of all errors that planpress raises on purpose."""


class SettingsError(PlanpressError):
    """A setting is unknown, missing or out of range."""


class UsageError(PlanpressError):
    """A command was asked for something that does not exist or cannot be done."""


class WorkspaceError(PlanpressError):
    """The folder is no workspace, or a part of it cannot be used."""


class LedgerUnavailable(WorkspaceError):
    """The ledger's database is locked, full, read-only, shutting down or gone: trying again later may do."""


class SnapshotLost(WorkspaceError):
    """Bytes that were kept cannot be read any more, or are no longer what they were."""


class InboxGone(WorkspaceError):
    """The inbox vanished or cannot be read; what lies in it is unknown, which is not the same as nothing."""

    def __init__(self, inbox: Path, reason: str) -> None:
        super().__init__(
            f"The inbox {inbox} cannot be looked into: {reason}. Mount its share or correct its permissions; nothing "
            f"is lost, and what was saved meanwhile is built then."
        )


class RenderError(PlanpressError):
    """A template could not be filled although its check passed."""


class BuildFailed(PlanpressError):
    """Our own code failed in a worker process; carries the traceback for the log."""

    def __init__(self, trace: str) -> None:
        super().__init__(trace)
        self.trace = trace


class _FileError(PlanpressError):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.id)
        self.finding = finding

    def __reduce__(self) -> tuple[type[_FileError], tuple[Finding, *tuple[object, ...]]]:
        """Return how a worker process hands it over."""
        return type(self), (self.finding,)


class UnreadableWorkbook(_FileError):
    """The bytes of a file are not a workbook that may be read; carries the finding that says why."""


class Interruption(StrEnum):
    """How the process that built a workbook ended."""

    DIED = "died"
    TOO_LONG = "too long"
    TOO_MUCH_MEMORY = "too much memory"


class BuildInterrupted(_FileError):
    """The process that built a workbook died or passed its limit of time or memory; carries the finding."""

    def __init__(self, finding: Finding, kind: Interruption = Interruption.DIED) -> None:
        super().__init__(finding)
        self.kind = kind

    def __reduce__(self) -> tuple[type[BuildInterrupted], tuple[Finding, Interruption]]:
        """Return how a worker process hands it over."""
        return type(self), (self.finding, self.kind)


@dataclass(frozen=True, slots=True, order=True)
class DefinitionFault:
    """One mistake in a definition: file (relative to the workspace), line from 1 (0: the whole file), sentence."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class DefinitionError(PlanpressError):
    """One or more mistakes in definitions, all found at once, in order of file and line."""

    def __init__(self, faults: Sequence[DefinitionFault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[DefinitionError], tuple[tuple[DefinitionFault, ...]]]:
        """Return how a worker process hands it over."""
        return type(self), (self.faults,)
