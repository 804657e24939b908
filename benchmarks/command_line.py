"""How long `--help` takes, from the start of Python to its end, against bare Typer."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time

from benchmarks.timing import ROUNDS, Timing

PRODUCT, BARE = "pipeline.cli.main", "benchmarks.bare.command_line"
_RUNS_PER_ROUND = 4
"""Starts of a process differ more than works within one: each round takes the quickest of a few."""


def help_in_turn(rounds: int = ROUNDS) -> tuple[Timing, Timing]:
    """Return the median times of `--help` of planpress and of the bare command line."""
    for module in (PRODUCT, BARE):
        _help(module)
    runs = [(_quickest(PRODUCT), _quickest(BARE)) for _ in range(rounds)]
    product, bare = (
        Timing(statistics.median(run.wall for run in side), statistics.median(run.processor for run in side))
        for side in zip(*runs, strict=True)
    )
    return product, bare


def _quickest(module: str) -> Timing:
    timings = [_help(module) for _ in range(_RUNS_PER_ROUND)]
    return Timing(min(timing.wall for timing in timings), min(timing.processor for timing in timings))


def _help(module: str) -> Timing:
    wall, processor = time.perf_counter(), _children()
    subprocess.run([sys.executable, "-m", module, "--help"], check=True, stdout=subprocess.DEVNULL)
    return Timing(time.perf_counter() - wall, _children() - processor)


def _children() -> float:
    """Return the processor seconds of all processes that were started and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
