"""The soak: many saves of many accounts through one watcher, whose memory and open files must not grow.

Every save must be published before its account is saved again. What was done is kept beside the workspace, so that
a soak that was interrupted goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, field, fields
from pathlib import Path
from subprocess import Popen
from threading import Event, Thread
from typing import IO, TypeAlias

import psutil

from pipeline.settings import Workspace
from tests.support import agreement
from tests.support.packed import packed
from tests.support.repository import ROOT
from tests.support.saving import WAYS, save, seeded
from tests.support.storm_saver import Saved
from tests.support.tiny import tiny_workbook, tiny_workspace

MOST_GROWTH = 1.10
SETTINGS = "jobs = 2\nsettle_seconds = 0.2\nmin_interval = 0\n"
PATIENCE_SECONDS = 300.0
"""How long a batch of saves may take until all of them are published."""
REST_SECONDS = 1.0
_MEGABYTE = 1024 * 1024
Workbook: TypeAlias = Callable[[str, int], bytes]
"""Returns the bytes of the so-manieth save of an account."""


@dataclass(frozen=True)
class Figures:
    """Resident megabytes and open files: of the watcher at rest, of its workers at most while the last saves came."""

    watcher_megabytes: float
    watcher_files: int
    workers_megabytes: float
    workers_files: int

    def growth(self, first: Figures) -> dict[str, float]:
        """Return each figure as a multiple of what it was first."""
        names = [figure.name for figure in fields(self)]
        return {name: now / then for name, now, then in zip(names, astuple(self), astuple(first), strict=True)}

    def told(self) -> str:
        """Return them in words."""
        return (
            f"watcher {self.watcher_megabytes:.1f} MB, {self.watcher_files} files; "
            f"workers {self.workers_megabytes:.1f} MB, {self.workers_files} files"
        )


@dataclass(frozen=True)
class Plan:
    """How much is saved, `at_once` accounts at the same time; figures are taken after each `first` saves."""

    accounts: int = 200
    saves: int = 2000
    first: int = 200
    at_once: int = 20
    seed: int = 1


@dataclass
class Progress:
    """What was done: `hashes` are those of the last save of each account, `first` the figures after the first saves."""

    saves: int = 0
    starts: int = 0
    hashes: dict[str, str] = field(default_factory=dict)
    first: Figures | None = None
    last: Figures | None = None

    @classmethod
    def read(cls, path: Path) -> Progress:
        """Return what a file says, a beginning where there is none."""
        if not path.is_file():
            return cls()
        told = json.loads(path.read_text(encoding="utf-8"))
        figures = {name: Figures(**told[name]) if told[name] else None for name in ("first", "last")}
        return cls(told["saves"], told["starts"], told["hashes"], **figures)

    def write(self, path: Path) -> None:
        """Keep it, whole at every instant."""
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self)), encoding="utf-8")
        beside.replace(path)


class Soak:
    """A workspace, its watcher (started by `command`), and what was saved in it."""

    def __init__(self, root: Path, plan: Plan, workbook: Workbook, command: list[str]) -> None:
        self._root, self._plan, self._workbook, self._command = root, plan, workbook, command
        self._state = root / "soak.json"
        self.progress = Progress.read(self._state)

    def run(self, tell: Callable[[str], None]) -> None:
        """Save what is left to be saved; the figures stand in `progress`."""
        if self.progress.saves >= self._plan.saves:
            return
        self.progress.starts += 1
        with self._watching() as watcher:
            while self.progress.saves < self._plan.saves:
                with _peaks(watcher) as workers:
                    self._save_many(watcher)
                self._take_figures(watcher, workers)
                tell(f"{self.progress.saves} saves: {self.progress.last.told() if self.progress.last else ''}")

    def faults(self) -> list[str]:
        """Return what grew too much, what is not published as it was saved, and how many editions are missing."""
        first, last, workspace = self.progress.first, self.progress.last, Workspace.open(self._root, {})
        assert first is not None
        assert last is not None
        saved = [_saved(account, sha256) for account, sha256 in self.progress.hashes.items()]
        editions = agreement.editions(workspace, saved)
        return [
            *(f"{name} grew by {share - 1:.0%}" for name, share in last.growth(first).items() if share > MOST_GROWTH),
            *(f"{entry.file} is not published" for entry in saved if not agreement.is_current(workspace, entry)),
            *([] if editions == self.progress.saves else [f"{editions} editions of {self.progress.saves} saves"]),
        ]

    @contextmanager
    def _watching(self) -> Iterator[psutil.Process]:
        with (self._root / "watcher.log").open("a", encoding="utf-8") as log:
            process = Popen(self._command, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)

    # Saving -----------------------------------------------------------------------------------------------------------

    def _save_many(self, watcher: psutil.Process) -> None:
        """Save as often as figures are wanted, a few accounts at a time."""
        end = min(self._plan.saves, self.progress.saves + self._plan.first)
        while self.progress.saves < end:
            numbers = range(self.progress.saves, min(end, self.progress.saves + self._plan.at_once))
            saved = [self._save(number) for number in numbers]
            self._wait_until_published(watcher, saved)
            self.progress.saves = numbers.stop
            self.progress.write(self._state)

    def _save(self, number: int) -> Saved:
        account = f"L-{number % self._plan.accounts:03d}"
        chance = seeded(self._plan.seed * 1_000_000 + number)
        content = self._workbook(account, number)
        saved = _saved(account, hashlib.sha256(content).hexdigest())
        save(chance.choice(WAYS), self._root / "inbox" / saved.file, content, chance)
        self.progress.hashes[account] = saved.sha256
        return saved

    def _wait_until_published(self, watcher: psutil.Process, saved: list[Saved]) -> None:
        workspace, latest = Workspace.open(self._root, {}), time.monotonic() + PATIENCE_SECONDS
        waiting = saved
        while waiting := [entry for entry in waiting if not agreement.is_current(workspace, entry)]:
            assert watcher.is_running(), "the watcher ended"
            assert time.monotonic() < latest, f"{[entry.file for entry in waiting]} are not published"
            time.sleep(0.1)

    # Measuring --------------------------------------------------------------------------------------------------------

    def _take_figures(self, watcher: psutil.Process, workers: _Peaks) -> None:
        time.sleep(REST_SECONDS)
        with watcher.oneshot():
            megabytes, files = watcher.memory_info().rss / _MEGABYTE, watcher.num_fds()
        figures = Figures(megabytes, files, workers.megabytes, workers.files)
        self.progress.first = self.progress.first or figures
        self.progress.last = figures
        self.progress.write(self._state)


def _saved(account: str, sha256: str) -> Saved:
    return Saved(account, f"{account}.xlsx", sha256)


@dataclass
class _Peaks:
    """The most that all workers of a watcher took together."""

    megabytes: float = 0.0
    files: int = 0

    def look(self, watcher: psutil.Process) -> None:
        megabytes, files = 0.0, 0
        for process in watcher.children(recursive=True):
            try:
                megabytes += process.memory_info().rss / _MEGABYTE
                files += process.num_fds()
            except psutil.NoSuchProcess:
                continue
        self.megabytes, self.files = max(self.megabytes, megabytes), max(self.files, files)


@contextmanager
def _peaks(watcher: psutil.Process) -> Iterator[_Peaks]:
    """Look at the workers again and again until the block ends."""
    peaks, over = _Peaks(), Event()

    def look() -> None:
        while not over.wait(0.2):
            peaks.look(watcher)

    looking = Thread(target=look, daemon=True)
    looking.start()
    try:
        yield peaks
    finally:
        over.set()
        looking.join()


# Two kinds of workspaces ----------------------------------------------------------------------------------------------


def cheap_soak(root: Path, plan: Plan) -> Soak:
    """Return a soak with workbooks that cost nothing to build: the watcher alone is looked at."""
    if not (root / "planpress.toml").is_file():
        for folder in ("workbook_templates", "rules", "output_templates", "inbox"):
            (root / folder).mkdir()
        (root / "planpress.toml").write_text(SETTINGS, encoding="utf-8")
        (root / "rules" / "definitions.txt").write_text("one", encoding="utf-8")

    def workbook(account: str, number: int) -> bytes:
        return packed({"id": account, "name": f"Customer {account}", "texts": {"first": f"save {number}"}})

    return Soak(root, plan, workbook, [sys.executable, "-m", "tests.support.packed", str(root)])


def real_soak(root: Path, plan: Plan) -> Soak:
    """Return a soak of the command itself, with real workbooks, reports and PDFs of the small template."""
    if not (root / "planpress.toml").is_file():
        settings = tiny_workspace(root).root / "planpress.toml"
        settings.write_text(settings.read_text("utf-8").replace("jobs = 1\n", SETTINGS), encoding="utf-8")

    def workbook(account: str, number: int) -> bytes:
        return tiny_workbook(account, f"Lift {account}", pruefungen={"befund": f"Prüfung {number}"})

    command = [sys.executable, "-m", "pipeline.cli.main", "watch", "--workspace", str(root)]
    return Soak(root, plan, workbook, command)


def main() -> int:
    """Soak as the command line says; return 1 when something grew or is missing."""
    parser = argparse.ArgumentParser(description="Save many workbooks through one watcher and look at its memory.")
    parser.add_argument("--saves", type=int, default=2000)
    parser.add_argument("--folder", type=Path, default=Path("build/soak"))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the watcher ends, too
    options.folder.mkdir(parents=True, exist_ok=True)
    soak = real_soak(options.folder.resolve(), Plan(saves=options.saves))
    _tell(sys.stdout, f"{soak.progress.saves} saves were done before")
    soak.run(lambda line: _tell(sys.stdout, line))
    faults = soak.faults()
    if soak.progress.first and soak.progress.last:
        _tell(sys.stdout, f"after the first {Plan.first}: {soak.progress.first.told()}")
        _tell(sys.stdout, f"in the end: {soak.progress.last.told()}, in {soak.progress.starts} starts")
    for fault in faults or ["nothing grew by more than 10 %, and every save was published"]:
        _tell(sys.stdout, fault)
    return 1 if faults else 0


def _tell(stream: IO[str], line: str) -> None:
    stream.write(f"{line}\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
