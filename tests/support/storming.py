"""The storm: accounts are saved in all ways by several processes while the watcher is killed again and again.

What a seed repeats is what is saved in which order, and where it is killed; not the instants of several processes.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import IO, Self

import psutil

from pipeline.settings import Workspace
from tests.support import agreement, postgresql
from tests.support.repository import ROOT
from tests.support.saving import seeded
from tests.support.storm_saver import Order, Saved, read_saved, write_saved
from tests.support.storm_watcher import FREQUENT, POINTS

SETTINGS = "jobs = 2\nsettle_seconds = 0.05\nmin_interval = 0\n"
RANDOM_INSTANT = "a random instant"
REST_SECONDS = 300.0
"""How long the watcher may take in the end, when nobody saves any more."""
PATIENCE_LIVES = 6
"""How many long lives a watcher may have until it has passed its point."""
REST_LOOK_SECONDS = 0.3
ORPHAN_SECONDS = 10.0
"""How long the worker processes of a killed watcher may outlive it."""


@dataclass(frozen=True)
class Plan:
    """How hard it storms: each process saves so often, or so many seconds, in a round."""

    seed: int
    accounts: int = 50
    processes: int = 3
    saves: int = 10_000
    seconds: float = 60.0
    longest_pause: float = 0.06
    longest_life: float = 2.5


@dataclass
class Figures:
    """What happened so far."""

    rounds: int = 0
    saves: int = 0
    editions: int = 0
    starts: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    slowest_rest: float = 0.0
    losses: int = 0

    def told(self) -> str:
        """Return one line."""
        kills = sum(self.kills.values())
        reached = sum(self.kills[point] > 0 for point in POINTS)
        return (
            f"round {self.rounds}: {self.saves} saves, {kills} kills ({self.kills[RANDOM_INSTANT]} at random instants, "
            f"{kills - self.kills[RANDOM_INSTANT]} at {reached} of {len(POINTS)} named points), {self.starts} starts, "
            f"{self.editions} editions, rest after {self.slowest_rest:.1f} s at most, losses = {self.losses}"
        )

    def by_point(self) -> Iterator[str]:
        """Yield how often each named point ended the watcher."""
        for point in (*POINTS, RANDOM_INSTANT):
            yield f"{self.kills[point]:6d}  {point}"


class Storm:
    """A workspace in which it storms, round after round; each ends in a calm in which all is compared. A context."""

    def __init__(self, root: Path, plan: Plan, ledger: str | None = None) -> None:
        self._root, self._plan, self._chance = root, plan, seeded(plan.seed)
        self.figures = Figures()
        self._points: list[str] = []
        self._watchers = Watchers(root)
        self._prepare(ledger)

    def __enter__(self) -> Self:
        self._watchers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watchers.__exit__(kind, error, trace)

    def _prepare(self, ledger: str | None) -> None:
        address = f"ledger = {json.dumps(ledger)}\n" if ledger else ""
        (self._root / "planpress.toml").write_text(SETTINGS + address, encoding="utf-8")
        for folder in ("workbook_templates", "rules", "output_templates", "inbox", "saved"):
            (self._root / folder).mkdir()
        (self._root / "rules" / "definitions.txt").write_text("one", encoding="utf-8")
        for number in range(self._plan.processes):
            accounts = range(number, self._plan.accounts, self._plan.processes)
            write_saved(self._state(number), [Saved(f"A-{one:02d}", f"A-{one:02d}.xlsx") for one in accounts])

    def _state(self, number: int) -> Path:
        return self._root / "saved" / f"{number}.json"

    @property
    def workspace(self) -> Workspace:
        """Return the workspace."""
        return Workspace.open(self._root, {})

    @property
    def saved(self) -> tuple[Saved, ...]:
        """Return what was saved last of each account; complete only when nobody saves."""
        return tuple(entry for number in range(self._plan.processes) for entry in read_saved(self._state(number)))

    # A round ---------------------------------------------------------------------------------------------------------

    def round(self) -> list[str]:
        """Let it storm, then let the watcher come to rest; return what is wrong then."""
        self.figures.rounds += 1
        savers = [self._start_saver(number) for number in range(self._plan.processes)]
        faults = []
        try:
            with self._looking_on() as seen:
                while any(saver.poll() is None for saver in savers):
                    faults += self._live_and_die()
            faults += [] if all(saver.wait() == 0 for saver in savers) else ["a saver failed"]
        finally:
            for saver in savers:
                saver.kill()
        faults += [*sorted(seen), *self._rest()]
        self._count()
        self.figures.losses += len(faults)
        return faults

    @contextmanager
    def _looking_on(self) -> Iterator[set[str]]:
        """Read what is published, as its readers do, until the block ends; yield what was torn at any instant."""
        seen: set[str] = set()
        over = Event()
        chance = seeded(self._plan.seed)

        def look() -> None:
            while not over.wait(0.02):
                seen.update(agreement.torn(self._root / "outbox", chance))

        looking = Thread(target=look, daemon=True)
        looking.start()
        try:
            yield seen
        finally:
            over.set()
            looking.join()

    def _start_saver(self, number: int) -> subprocess.Popen[str]:
        plan = self._plan
        order = Order(
            str(self._root / "inbox"), str(self._state(number)), self._chance.randrange(2**32), plan.saves,
            plan.seconds, plan.longest_pause,
        )  # fmt: skip
        return _start("tests.support.storm_saver", json.dumps(asdict(order)))

    def _live_and_die(self) -> list[str]:
        """Let a watcher work and end: at a named point, or at an instant nobody chose."""
        point = self._next_point()
        is_frequent = point.partition(" ")[2] in FREQUENT
        watcher = self._start_watcher(point, self._chance.choice((1, 2, 3, 5, 9) if is_frequent else (1, 1, 2)))
        life = self._plan.longest_life
        ended = watcher.wait(self._chance.uniform(0, life) if point == RANDOM_INSTANT else PATIENCE_LIVES * life)
        if ended is None:
            point = RANDOM_INSTANT
            ended = watcher.kill()
        self.figures.kills[point] += 1
        if ended != -signal.SIGKILL:
            return [f"the watcher ended by itself with code {ended}"]
        return watcher.orphans()

    def _next_point(self) -> str:
        """Return where to kill next: each named point in turn, in an order by chance, a random instant in between."""
        if self._chance.random() < 0.25:
            return RANDOM_INSTANT
        if not self._points:
            self._points = self._chance.sample(POINTS, len(POINTS))
        return self._points.pop()

    def _start_watcher(self, point: str, passing: int = 1) -> Watcher:
        self.figures.starts += 1
        return self._watchers.watcher(point, passing)

    # The calm ---------------------------------------------------------------------------------------------------------

    def _rest(self) -> list[str]:
        """Let a watcher work undisturbed until it has nothing to do, end it, and return what is wrong then."""
        saved, began = self.saved, time.monotonic()
        watcher = self._start_watcher("nowhere")
        while watcher.wait(REST_LOOK_SECONDS) is None and time.monotonic() < began + REST_SECONDS:
            if self._is_at_rest(saved):
                break
        self.figures.slowest_rest = max(self.figures.slowest_rest, time.monotonic() - began)
        ended = watcher.terminate(REST_SECONDS)
        faults = [] if ended == 0 else [f"the watcher ended with code {ended} when it was told to stop"]
        return faults + agreement.faults(self.workspace, saved)

    def _is_at_rest(self, saved: tuple[Saved, ...]) -> bool:
        try:
            is_current = all(agreement.is_current(self.workspace, entry) for entry in saved)
            return is_current and not agreement.faults(self.workspace, saved)
        except FileNotFoundError:  # something was renamed while it was looked at
            return False

    def _count(self) -> None:
        saved = self.saved
        self.figures.saves = sum(len(entry.hashes) for entry in saved)
        self.figures.editions = agreement.editions(self.workspace, saved)


def _start(module: str, *words: str, pipes: int | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", module, *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=pipes, stdout=pipes)


class Watchers:
    """Makes watchers of one workspace, one after the other; a context that ends what is left of them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __enter__(self) -> Self:
        self._process = _start("tests.support.storm_watcher", str(self._root), pipes=subprocess.PIPE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def watcher(self, point: str, passing: int) -> Watcher:
        """Return a new watcher."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([point, passing]) + "\n")
        stdin.flush()
        return Watcher(int(stdout.readline()), stdout)


class Watcher:
    """A watcher's process; how it ended is read from `end`."""

    def __init__(self, pid: int, end: IO[str]) -> None:
        self._process, self._end = psutil.Process(pid), end
        self._ended: int | None = None
        self._children: dict[int, psutil.Process] = {}

    def wait(self, seconds: float) -> int | None:
        """Return its exit code as soon as it has ended, None when it has not within so many seconds."""
        latest = time.monotonic() + seconds
        while self._ended is None:
            self._look_at_children()
            readable, _, _ = select.select([self._end], [], [], max(0.0, min(0.1, latest - time.monotonic())))
            if readable:
                self._ended = int(self._end.readline())
            elif time.monotonic() >= latest:
                break
        return self._ended

    def kill(self) -> int | None:
        """End it at once."""
        self._look_at_children()
        with suppress(psutil.NoSuchProcess):  # it has just ended at its point
            self._process.send_signal(signal.SIGKILL)
        return self.wait(ORPHAN_SECONDS)

    def terminate(self, seconds: float) -> int | None:
        """Tell it to stop."""
        with suppress(psutil.NoSuchProcess):
            self._process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def orphans(self) -> list[str]:
        """Return which of its processes live on."""
        _, alive = psutil.wait_procs(list(self._children.values()), ORPHAN_SECONDS)
        return [f"{process} outlived its watcher" for process in alive if process.status() != psutil.STATUS_ZOMBIE]

    def _look_at_children(self) -> None:
        with suppress(psutil.NoSuchProcess):
            self._children |= {child.pid: child for child in self._process.children(recursive=True)}


# The long form --------------------------------------------------------------------------------------------------------


def main() -> int:
    """Storm for as long as the command line says, round after round; return 1 as soon as anything is lost."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and nothing of it goes on
    folder = Path(tempfile.mkdtemp(prefix="planpress-storm-"))
    plan = Plan(seed=options.seed, seconds=options.round_seconds)
    options.log.parent.mkdir(parents=True, exist_ok=True)
    with options.log.open("a", encoding="utf-8", buffering=1) as log, _ledger(options.ledger) as ledger:
        tell = partial(_tell, log)
        kind = "PostgreSQL" if ledger else "SQLite"
        tell(f"seed {options.seed}, {options.minutes:g} minutes on {kind}, {plan.accounts} accounts")
        began = time.monotonic()
        with Storm(folder, plan, ledger) as storm:
            while time.monotonic() < began + 60 * options.minutes and not storm.figures.losses:
                for fault in storm.round():
                    tell(f"LOSS {fault}")
                tell(storm.figures.told())
        for line in storm.figures.by_point():
            tell(line)
        tell(f"{(time.monotonic() - began) / 60:.1f} minutes, losses = {storm.figures.losses}")
        if storm.figures.losses:
            tell(f"the workspace is kept in {folder}")
            return 1
    shutil.rmtree(folder)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill a watcher again and again while accounts are saved.")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--round-seconds", type=float, default=60)
    parser.add_argument(
        "--ledger", default="sqlite", help="sqlite, postgresql (a server is started), or a database URL"
    )
    parser.add_argument("--log", type=Path, default=Path("build/storm.log"))
    return parser.parse_args()


@contextmanager
def _ledger(wanted: str) -> Iterator[str | None]:
    """Yield the URL of an empty ledger, None for the SQLite file in the workspace."""
    if wanted == "postgresql":
        with postgresql.running_server() as server:
            yield server.database()
    else:
        yield None if wanted == "sqlite" else wanted


def _tell(log: IO[str], line: str) -> None:
    for stream in (log, sys.stdout):
        stream.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
        stream.flush()


if __name__ == "__main__":
    sys.exit(main())
