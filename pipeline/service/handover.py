"""Handing a build over to the watcher of the same workspace: a request as a file, and its answer beside it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.model import Status
from pipeline.send.files import place
from pipeline.service.report import BuildReport, FileResult

FOLDER = "requests"
_ASKED, _ANSWERED = ".json", ".answer"
FETCHED_SECONDS = 600
"""An answer that lies longer is one that nobody waits for any more."""


@dataclass(frozen=True)
class Request:
    """What to build: `files` are paths in the inbox (None: all of them); `force` renders what is unchanged too, `as_of`
    judges by that day.
    """

    files: tuple[str, ...] | None = None
    force: bool = False
    as_of: date | None = None


class Handover:
    """The folder in which requests and answers lie."""

    def __init__(self, state: Path) -> None:
        self._folder = state / FOLDER

    # Who asks -------------------------------------------------------------------------------------------------------

    def ask(self, request: Request) -> str:
        """Leave a request and return its name."""
        name = uuid.uuid4().hex
        told = {**asdict(request), "as_of": request.as_of.isoformat() if request.as_of else None}
        place(self._folder / f"{name}{_ASKED}", json.dumps(told).encode())
        return name

    def answer(self, name: str) -> BuildReport | None:
        """Return the answer to a request and take it away, None while there is none."""
        path = self._folder / f"{name}{_ANSWERED}"
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        path.unlink()
        return BuildReport(tuple(_result(result) for result in told["files"]), told["recovered"])

    def withdraw(self, name: str) -> None:
        """Take a request back."""
        for ending in (_ASKED, _ANSWERED):
            (self._folder / f"{name}{ending}").unlink(missing_ok=True)

    # Who is asked ---------------------------------------------------------------------------------------------------

    def requests(self) -> Iterator[tuple[str, Request]]:
        """Yield the requests that wait. Each waits until it is answered: whoever takes it up may be cut off."""
        for path in sorted(self._folder.glob(f"*{_ASKED}")) if self._folder.is_dir() else ():
            try:
                told = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            yield path.stem, _request(told)

    def reply(self, name: str, report: BuildReport) -> None:
        """Leave the answer to a request, unless whoever asked has taken it back."""
        asked = self._folder / f"{name}{_ASKED}"
        if asked.exists():
            place(asked.with_suffix(_ANSWERED), json.dumps(report.to_json(), ensure_ascii=False).encode())
            asked.unlink(missing_ok=True)

    def clear(self) -> None:
        """Take away answers that nobody fetched: whoever waits for one fetches it at once."""
        for path in self._folder.glob(f"*{_ANSWERED}") if self._folder.is_dir() else ():
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > FETCHED_SECONDS:
                    path.unlink()


def _request(told: dict[str, Any]) -> Request:
    files, as_of = told["files"], told["as_of"]
    return Request(
        None if files is None else tuple(files), told["force"], None if as_of is None else date.fromisoformat(as_of)
    )  # fmt: skip


def _result(told: dict[str, Any]) -> FileResult:
    documents, findings = tuple(told.pop("documents")), tuple(told.pop("findings"))
    return FileResult(**{**told, "status": Status(told["status"])}, documents=documents, findings=findings)
