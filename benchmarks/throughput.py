"""`python -m benchmarks.throughput`: two workers against two bare processes, the same builds in the same run.

A bare process loads the definitions and builds one workbook after the other, each half of them, and gives nothing back.
The workers get jobs, bring back all documents, and are replaced on the way. Both are warm before the clock starts.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from benchmarks.table import table, write_results
from benchmarks.timing import ROUNDS
from pipeline.model import Arrival, History
from pipeline.service.jobs import BuildDocuments
from pipeline.service.load import load_builder
from pipeline.settings import Settings, Workspace, calendar
from pipeline.workers import Workers
from pipeline.workers.process import spare_what_stays

ROOT = Path(__file__).resolve().parents[1]
SECTION = "throughput"
PROCESSES = 2
WORKBOOKS = 200
LIMIT = 0.85
_RECEIVED = datetime(2026, 11, 9, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Throughput:
    """Seconds that as many workbooks took, round by round."""

    workbooks: Sequence[int]
    workers: Sequence[float]
    bare: Sequence[float]

    @property
    def ratio(self) -> float:
        """Return which part of the bare processes' throughput the workers reach: the median of all rounds."""
        return statistics.median(bare / own for own, bare in zip(self.workers, self.bare, strict=True))

    def text(self) -> str:
        """Return the result as a table in Markdown."""
        built = sum(self.workbooks)
        rows = [
            ("two workers", f"{built}", f"{sum(self.workers):,.1f} s", f"{built / sum(self.workers) * 60:,.0f}"),
            ("two bare processes", f"{built}", f"{sum(self.bare):,.1f} s", f"{built / sum(self.bare) * 60:,.0f}"),
        ]
        kept = "kept" if self.ratio >= LIMIT else "**not kept**"
        compared = table(("", "workbooks", "on the wall", "workbooks a minute"), rows, right=(1, 2, 3))
        rounds = ", ".join(f"{bare / own:.0%}" for own, bare in zip(self.workers, self.bare, strict=True))
        return (
            f"{compared}\n\nThe workers reach {self.ratio:.0%} of the bare processes' throughput (median of "
            f"{len(self.workers)} rounds: {rounds}), at least {LIMIT:.0%}: {kept}."
        )


def measure(workbooks: int, rounds: int) -> Throughput:
    """Return what workers and bare processes need for as many workbooks, in turn (A B A B …)."""
    settings = Workspace.open(ROOT, {}).settings
    jobs = list(_jobs(settings, workbooks))
    parts = [part for start in range(rounds) if (part := jobs[start::rounds])]
    own, bare = [], []
    with ExitStack() as stack:
        log = Path(stack.enter_context(TemporaryDirectory())) / "workers.log"
        workers = stack.enter_context(Workers(load_builder, ROOT, settings, jobs=PROCESSES, log=log))
        processes = [stack.enter_context(BareProcess()) for _ in range(PROCESSES)]
        warming = jobs[: 2 * PROCESSES]
        _seconds_of_workers(workers, warming)
        _seconds_of_bare_processes(processes, warming)
        for number, part in enumerate(parts, start=1):
            own.append(_seconds_of_workers(workers, part))
            bare.append(_seconds_of_bare_processes(processes, part))
            print(f"round {number}: {bare[-1] / own[-1]:.0%} of {len(part)} workbooks", file=sys.stderr)
    return Throughput([len(part) for part in parts], own, bare)


def _jobs(settings: Settings, count: int) -> Iterator[BuildDocuments]:
    """Yield builds of the samples in turn, each of another file."""
    contents = [path.read_bytes() for path in sorted((ROOT / "inbox").glob("*.xlsx"))]
    days = calendar(settings, _RECEIVED)
    for number in range(count):
        content = contents[number % len(contents)]
        arrival = Arrival(f"{number}.xlsx", content, hashlib.sha256(content).hexdigest(), _RECEIVED)
        yield BuildDocuments(arrival, days, None, History())


def _seconds_of_workers(workers: Workers, jobs: Sequence[BuildDocuments]) -> float:
    start = time.perf_counter()
    pending = [workers.submit(job) for job in jobs]
    wait([one.future for one in pending])
    seconds = time.perf_counter() - start
    for one in pending:
        assert one.result().account is not None
    return seconds


class BareProcess:
    """A process that builds what it is told, in a loop, without a pool."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "benchmarks.throughput", "--bare"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def begin(self, jobs: Sequence[BuildDocuments]) -> None:
        """Hand over builds."""
        assert self._process.stdin is not None
        pickle.dump(list(jobs), self._process.stdin)
        self._process.stdin.flush()

    def wait(self) -> None:
        """Come back when they are done."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"done\n"


def _seconds_of_bare_processes(processes: Sequence[BareProcess], jobs: Sequence[BuildDocuments]) -> float:
    start = time.perf_counter()
    for number, process in enumerate(processes):
        process.begin(jobs[number :: len(processes)])
    for process in processes:
        process.wait()
    return time.perf_counter() - start


def _be_bare() -> None:
    """Build what standard input brings until it ends."""
    builder = load_builder(ROOT, Workspace.open(ROOT, {}).settings)
    spare_what_stays()
    while True:
        try:
            jobs: list[BuildDocuments] = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the benchmark
        except EOFError:
            return
        for job in jobs:
            assert job(builder).account is not None
        print("done", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description=__doc__)
    parser.add_argument("--workbooks", type=int, default=WORKBOOKS, help="how many are built by either side")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="parts in which that is done, in turn")
    parser.add_argument("--write", action="store_true", help="also write the table into docs/benchmarks.md")
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        _be_bare()
        return
    text = measure(options.workbooks, options.rounds).text()
    print(text)
    if options.write:
        write_results(ROOT / "docs" / "benchmarks.md", text, SECTION)


if __name__ == "__main__":
    main()
