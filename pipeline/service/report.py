"""What a build of the inbox tells whoever started it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.model import Severity, Status

Progress = Callable[[int, int, str], None]
"""Called with files done, files in all, and the file that was finished last (empty at first)."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file. `state` is built, unchanged, refused (nothing was built) or failed (our own fault, with
    a `reference` into the log); `documents` are those of edition.json, `findings` too.
    """

    file: str
    state: str
    status: Status
    account_id: str | None = None
    account_name: str | None = None
    edition: int | None = None
    documents: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    reference: str | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many findings there are of each severity."""
        counted = Counter(finding["severity"] for finding in self.findings)
        return {severity.value: counted[severity] for severity in Severity}

    @property
    def is_stopped(self) -> bool:
        """Return whether findings stopped a document or the whole file."""
        return self.status is Status.BLOCKED


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The results of all files, by path; `recovered` counts publications that an earlier run could not finish."""

    results: tuple[FileResult, ...]
    recovered: int = 0

    @property
    def exit_code(self) -> int:
        """Return 0 when all is done, 1 when findings stopped something, 3 when planpress itself failed."""
        if any(result.state == "failed" for result in self.results):
            return 3
        return 1 if any(result.is_stopped for result in self.results) else 0

    def to_json(self) -> dict[str, Any]:
        """Return the report as `--json` prints it."""
        return {"recovered": self.recovered, "files": [asdict(result) for result in self.results]}
