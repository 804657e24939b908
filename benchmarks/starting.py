"""The start of a watcher over an inbox in which nothing changed, in a process of its own.

The ledger is filled as if each workbook had been saved and built before; the files are as small as can be, since none
is to be opened.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, insert

from benchmarks.timing import peak_megabytes
from pipeline.collect.claim import claim
from pipeline.model import Arrival, Build, Calendar, History
from pipeline.service import scheduler
from pipeline.service.events import Event, EventKind
from pipeline.service.task import days_of
from pipeline.service.unchanged import definitions_hash, fingerprint
from pipeline.service.watch import watch_inbox
from pipeline.settings import Settings, Workspace
from pipeline.store.ledger import Ledger
from pipeline.store.tables import FileRow, SubmissionRow

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Start:
    """A start: how many workbooks lay there, seconds until all were looked at, resident memory in megabytes at most,
    how many were read and how many were built.
    """

    workbooks: int
    seconds: float
    megabytes: float
    read: int
    built: int

    @property
    def milliseconds_each(self) -> float:
        """Return the time for one workbook."""
        return self.seconds * 1000 / self.workbooks


def measured_start(workbooks: int) -> Start:
    """Return the start as measured by a new process."""
    command = [sys.executable, "-m", "benchmarks.starting", str(workbooks)]
    return Start(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


class _Builder:
    """Builds nothing: it is not to be asked."""

    hash = "none"

    def prove(self) -> None:
        """Find nothing wrong."""

    def identify(self, arrival: Arrival) -> str | None:
        raise NotImplementedError

    def build(self, arrival: Arrival, calendar: Calendar, account_id: str | None, history: History) -> Build:
        raise NotImplementedError

    def check(self, arrival: Arrival, calendar: Calendar) -> Build:
        raise NotImplementedError

    def preview(self, arrival: Arrival, calendar: Calendar, document: str | None, history: History) -> Build:
        raise NotImplementedError


def load_nothing(_root: Path, _settings: Settings) -> _Builder:
    """Return a builder in no time, so that what is measured is the look at the inbox."""
    return _Builder()


def _measure(workbooks: int) -> Start:
    with TemporaryDirectory() as folder:
        workspace = _filled(Path(folder), workbooks)
        heard: list[Event] = []
        read: list[str] = []

        def counted(inbox: Path, file: str, most_megabytes: int) -> object:
            read.append(file)
            return claim(inbox, file, most_megabytes)

        setattr(scheduler, "claim", counted)  # noqa: B010 - mypy knows it as a function
        start = time.perf_counter()
        watch_inbox(workspace, load_nothing, lambda: NOW, once=True, listeners=[heard.append], stop=threading.Event())
        seconds = time.perf_counter() - start
        built = sum(event.kind is EventKind.BUILDING for event in heard)
        return Start(workbooks, seconds, peak_megabytes(), len(read), built)


def _filled(root: Path, workbooks: int) -> Workspace:
    """Return a workspace whose ledger knows every workbook of its inbox as built and published."""
    (root / "planpress.toml").write_text("", encoding="utf-8")
    workspace = Workspace.open(root, {})
    workspace.create_folders()
    Ledger(workspace.ledger_url).close()
    days = days_of(workspace.settings, NOW, None)
    judged_by = fingerprint(workspace.settings, definitions_hash(root), days, ())
    submissions, files = [], []
    for number in range(1, workbooks + 1):
        path = workspace.inbox / f"{number % 100:02}" / f"Account {number}.xlsx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(str(number).encode())
        name, status = path.relative_to(workspace.inbox).as_posix(), path.stat()
        content = sha256(path.read_bytes()).hexdigest()
        submissions.append(
            {"id": number, "file": name, "sha256": content, "size": status.st_size, "received": NOW,
             "state": "published", "claims": f"C-{number}", "as_of": days.as_of, "status": "final",
             "fingerprint": judged_by}
        )  # fmt: skip
        files.append(
            {"file": name, "size": status.st_size, "mtime_ns": status.st_mtime_ns, "inode": status.st_ino,
             "ctime_ns": status.st_ctime_ns, "sha256": content, "submission_id": number}
        )  # fmt: skip
    with create_engine(workspace.ledger_url).begin() as connection:
        connection.execute(insert(SubmissionRow), submissions)
        connection.execute(insert(FileRow), files)
    return workspace


def print_start(workbooks: int) -> None:
    """Measure a start in this process and print it."""
    print(json.dumps(asdict(_measure(workbooks))))


if __name__ == "__main__":
    # Workers import the builder from the module of this name, which the main module is not.
    from benchmarks.starting import print_start as print_start_of_module

    print_start_of_module(int(sys.argv[1]))
