"""`python -m benchmarks.watching`: from a save to what is published, against the same build in a warm worker.

In each round the fullest sample is saved with another account name (all documents are new), then once more with the
same bytes, then with other bytes that hold the same; a warm worker does the first build directly. What a watcher waits
until a file has stood still is not counted. Starts are measured over inboxes in which nothing changed.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import statistics
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from benchmarks.product import ROOT, Product
from benchmarks.starting import Start, measured_start
from benchmarks.table import table, write_results
from benchmarks.timing import ROUNDS
from pipeline.model import Arrival
from pipeline.service.events import Event, EventKind
from pipeline.service.histories import history_of
from pipeline.service.jobs import BuildDocuments
from pipeline.service.load import load_builder
from pipeline.service.watch import watch_inbox
from pipeline.settings import Workspace, calendar
from pipeline.store.ledger import Ledger
from pipeline.workers import Workers

SECTION = "watching"
SETTLE_SECONDS = 0.5
PATIENCE_SECONDS = 120.0
INBOXES = (100, 1_000, 10_000)
SAVE_LIMIT, SAME_BYTES_LIMIT, SAME_VALUES_LIMIT = 1.15, 0.03, 0.40
ENDS = (EventKind.BUILT, EventKind.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds on the wall: the build called directly, and from saves to the end of what followed them."""

    direct: float
    saved: float
    same_bytes: float
    same_values: float


def measure(rounds: int) -> list[Round]:
    """Return the rounds after one that warms up."""
    name = Product.warm().plan.account.name
    content = next(path for path in sorted((ROOT / "inbox").glob("*.xlsx")) if name in path.stem).read_bytes()
    with TemporaryDirectory() as folder:
        workspace = _workspace(Path(folder) / "workspace")
        log = Path(folder) / "workers.log"
        with (
            Workers(load_builder, workspace.root, workspace.settings, jobs=1, log=log) as workers,
            _watcher(workspace) as told,
        ):
            contents = (_named(content, name, number) for number in range(rounds + 1))
            return [_round(workspace, workers, told, one) for one in contents][1:]


def _round(workspace: Workspace, workers: Workers, told: _Told, content: bytes) -> Round:
    received = datetime.now(workspace.settings.zone)
    days = calendar(workspace.settings, received)
    arrival = Arrival("Account.xlsx", content, hashlib.sha256(content).hexdigest(), received)
    with Ledger(workspace.ledger_url) as ledger:
        account_id = next(iter(ledger.owners()), None)
        history = history_of(ledger, account_id, force=True)
    start = time.perf_counter()
    build = workers.run(BuildDocuments(arrival, days, account_id, history))
    direct = time.perf_counter() - start
    assert all(document.content is not None for document in build.documents)
    path = workspace.inbox / arrival.file
    saved = told.seconds_after_saving(path, content, EventKind.BUILT)
    same_bytes = told.seconds_after_saving(path, content, EventKind.UNCHANGED)
    same_values = told.seconds_after_saving(path, _repacked(content), EventKind.BUILT)
    return Round(direct, saved, same_bytes, same_values)


class _Told:
    """Hears what a watcher does, and when."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self._ends: list[tuple[float, EventKind]] = []
        self.started = threading.Event()

    def __call__(self, event: Event) -> None:
        if event.kind is EventKind.STARTED:
            self.started.set()
        if event.kind in ENDS:
            with self._heard:
                self._ends.append((time.perf_counter(), event.kind))
                self._heard.notify_all()

    def seconds_after_saving(self, path: Path, content: bytes, expected: EventKind) -> float:
        """Return the seconds from a save to the end of what followed, without those in which the file stood still."""
        self._ends.clear()
        start = time.perf_counter()
        path.write_bytes(content)
        with self._heard:
            assert self._heard.wait_for(lambda: self._ends, PATIENCE_SECONDS), "nothing happened"
            end, kind = self._ends[0]
        assert kind is expected, kind
        return end - start - SETTLE_SECONDS


@contextmanager
def _watcher(workspace: Workspace) -> Iterator[_Told]:
    told, stop = _Told(), threading.Event()

    def watch() -> None:
        zone = workspace.settings.zone
        watch_inbox(workspace, load_builder, lambda: datetime.now(zone), once=False, listeners=[told], stop=stop)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        assert told.started.wait(PATIENCE_SECONDS)
        yield told
    finally:
        stop.set()
        thread.join()


def _workspace(root: Path) -> Workspace:
    for name in ("workbook_templates", "rules", "output_templates"):
        copytree(ROOT / name, root / name)
    (root / "inbox").mkdir()
    settings = (ROOT / "planpress.toml").read_text(encoding="utf-8")
    quick = f"settle_seconds = {SETTLE_SECONDS}\nmin_interval = 0\njobs = 1\n"
    (root / "planpress.toml").write_text(quick + settings, encoding="utf-8")
    return Workspace.open(root, {})


def _named(content: bytes, name: str, number: int) -> bytes:
    """Return the workbook with another name of the account, which stands in every document."""
    return _repacked(content, (name, f"{name} {number}"))


def _repacked(content: bytes, change: tuple[str, str] | None = None) -> bytes:
    """Return a workbook with other bytes; `change` replaces a text in all of its parts."""
    packed = io.BytesIO()
    level = zipfile.ZIP_DEFLATED if change else zipfile.ZIP_STORED
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", level) as new:
        for item in old.infolist():
            part = old.read(item)
            new.writestr(item.filename, part.replace(change[0].encode(), change[1].encode()) if change else part)
    return packed.getvalue()


def text(rounds: Sequence[Round], starts: Sequence[Start]) -> str:
    """Return the results in Markdown."""
    direct = statistics.median(one.direct for one in rounds)
    works = (
        ("saved, all documents new", [one.saved for one in rounds], SAVE_LIMIT),
        ("saved with the same bytes", [one.same_bytes for one in rounds], SAME_BYTES_LIMIT),
        ("saved with other bytes that hold the same", [one.same_values for one in rounds], SAME_VALUES_LIMIT),
    )
    rows = [("the build in a warm worker, directly", f"{direct * 1000:,.0f} ms", "", "", "")]
    for work, seconds, limit in works:
        ratio = statistics.median(own / one.direct for own, one in zip(seconds, rounds, strict=True))
        kept = "yes" if ratio <= limit else "**no**"
        rows.append((work, f"{statistics.median(seconds) * 1000:,.0f} ms", f"{ratio:.1%}", f"{limit:.0%}", kept))
    saves = table(("", "on the wall", "of the build", "at most", "kept"), rows, right=(1, 2, 3))
    return f"{saves}\n\n{_starts(starts)}"


def _starts(starts: Sequence[Start]) -> str:
    rows = [
        (f"{one.workbooks:,}", f"{one.seconds:.2f} s", f"{one.milliseconds_each:.3f} ms", f"{one.megabytes:.0f} MB",
         str(one.read), str(one.built))
        for one in starts
    ]  # fmt: skip
    head = ("workbooks, unchanged", "start", "each", "memory at most", "read", "built")
    return f"Starts over inboxes in which nothing changed:\n\n{table(head, rows, right=(0, 1, 2, 3, 4, 5))}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watching", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of which the median counts")
    parser.add_argument("--write", action="store_true", help="also write the tables into docs/benchmarks.md")
    options = parser.parse_args()
    result = text(measure(options.rounds), [measured_start(count) for count in INBOXES])
    print(result)
    if options.write:
        write_results(ROOT / "docs" / "benchmarks.md", result, SECTION)


if __name__ == "__main__":
    main()
