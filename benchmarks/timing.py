"""Times of works done in turn: A B A B …, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds on the wall and of processor time."""

    wall: float
    processor: float


def peak_megabytes() -> float:
    """Return the most resident memory that this process ever held, in megabytes.

    The system's own account of a process (`getrusage`) begins with what its parent held.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def in_turn(works: Sequence[Callable[[], object]], rounds: int = ROUNDS) -> tuple[Timing, ...]:
    """Return the median times of each work: a warm-up, then `rounds` rounds with one run of each."""
    for work in works:
        work()
    runs = [[timed(work) for work in works] for _ in range(rounds)]
    return tuple(median([run[position] for run in runs]) for position in range(len(works)))


def timed(work: Callable[[], object]) -> Timing:
    """Return the times of one run; what earlier runs left behind is collected before."""
    gc.collect()
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Timing(time.perf_counter() - wall, time.process_time() - processor)


def median(timings: Sequence[Timing]) -> Timing:
    """Return the median of each kind of time."""
    return Timing(
        statistics.median(timing.wall for timing in timings), statistics.median(timing.processor for timing in timings)
    )
