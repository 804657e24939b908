"""Worker processes: where workbooks are opened and built, warm, with limits, each death costing one job.

Nothing of a workbook is opened anywhere else. A worker touches no ledger, no outbox and no clock; it gets plain data
and gives plain data back. Limits: traps.md, "Memory and time".
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import multiprocessing
import os
import pickle
import resource
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as JobTimeout
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

import psutil
from pebble import ProcessExpired, ProcessPool

from pipeline.errors import BuildFailed, BuildInterrupted, Interruption, PlanpressError
from pipeline.model import Arrival, Build, Calendar, Finding, History, Severity
from pipeline.sentences import sentence
from pipeline.settings import Limits, Settings

JOBS_PER_PROCESS = 40
"""A process is replaced after so many jobs: libraries keep memory that they do not need any more."""
MEGABYTE = 1024 * 1024
Result = TypeVar("Result")


class Builder(Protocol):
    """What a worker executes. Made once per process from the definitions of a workspace."""

    @property
    def hash(self) -> str:
        """Return the hash of all definitions."""

    def prove(self) -> None:
        """Try every output template on an account that has nothing; raise DefinitionError with every mistake."""

    def identify(self, arrival: Arrival) -> str | None:
        """Return the account id that a workbook carries, or None when it cannot be known."""

    def build(self, arrival: Arrival, calendar: Calendar, account_id: str | None, history: History) -> Build:
        """Return all that comes of a workbook; `history` is that of the account it is taken to carry."""

    def check(self, arrival: Arrival, calendar: Calendar) -> Build:
        """Return the same without making any document."""

    def preview(self, arrival: Arrival, calendar: Calendar, document: str | None, history: History) -> Build:
        """Return the same with one document, the first where none is named; raise UsageError for an unknown one."""


Job = Callable[[Builder], Result]
"""What a worker is asked to do; picklable, so a bound dataclass or a function of a module."""
LoadBuilder = Callable[[Path, Settings], Builder]
"""Makes the builder in the worker: folder with the definitions and settings in; raises DefinitionError."""


class Workers:
    """A pool of warm worker processes, used as a context manager.

    `root` is the folder that holds the definitions: a workspace, or a frozen copy of its definitions. `log` takes what
    libraries print; nothing of it reaches the terminal.
    """

    def __init__(self, load: LoadBuilder, root: Path, settings: Settings, *, jobs: int, log: Path) -> None:
        self._limits = settings.limits
        self._pool = ProcessPool(
            max_workers=jobs,
            max_tasks=JOBS_PER_PROCESS,
            initializer=_warm_up,
            initargs=(load, root, settings, log),
            context=multiprocessing.get_context("spawn"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()  # type: ignore[no-untyped-call]
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def submit(self, job: Job[Result]) -> Pending[Result]:
        """Hand a job to the next free worker."""
        return Pending(self._pool.schedule(_execute, args=(job,), timeout=self._limits.seconds), self._limits)

    def run(self, job: Job[Result]) -> Result:
        """Hand over a job, wait for it and return its result; raise as `Pending.result` does."""
        return self.submit(job).result()


class Pending(Generic[Result]):
    """A job under way; `future` is done when it is."""

    def __init__(self, future: Future[bytes], limits: Limits) -> None:
        self.future, self._limits = future, limits

    def cancel(self) -> None:
        """Give the job up: one that waits is dropped, the process of one that runs is ended. `future` is done soon."""
        self.future.cancel()

    def result(self) -> Result:
        """Return what the job returned; raise what it raised on purpose, BuildInterrupted or BuildFailed.

        Raise concurrent.futures.CancelledError where it was given up.
        """
        try:
            answer: _Answer = pickle.loads(self.future.result())  # noqa: S301 - written by our own worker
        except JobTimeout:
            raise _interrupted(
                Interruption.TOO_LONG, "file-took-too-long", seconds=f"{self._limits.seconds:g}"
            ) from None
        except (ProcessExpired, OSError):
            raise _interrupted(Interruption.DIED, "file-ended-its-process") from None
        if answer.out_of_memory:
            kind = Interruption.TOO_MUCH_MEMORY
            raise _interrupted(kind, "file-took-too-much-memory", megabytes=self._limits.memory_mb)
        if answer.error is not None:
            raise answer.error
        return answer.value  # type: ignore[no-any-return]


class _Answer:
    """What a worker sends back: a value, or why there is none."""

    def __init__(self, value: Any = None, error: PlanpressError | None = None, *, out_of_memory: bool = False) -> None:
        self.value, self.error, self.out_of_memory = value, error, out_of_memory


def _interrupted(kind: Interruption, code: str, **arguments: object) -> BuildInterrupted:
    return BuildInterrupted(Finding(code, Severity.ERROR, sentence(code, **arguments)), kind)


# In the worker ------------------------------------------------------------------------------------------------------

_builder: Builder | PlanpressError | None = None


def _warm_up(load: LoadBuilder, root: Path, settings: Settings, log: Path) -> None:
    global _builder  # noqa: PLW0603 - a process has one builder, which all its jobs share
    _silence(log)
    # One thread per worker: the cores are shared by the workers already.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        _builder = load(root, settings)
    except PlanpressError as error:
        _builder = error
    except Exception:  # noqa: BLE001 - told by the first job, which has somebody who listens
        _builder = BuildFailed(traceback.format_exc())
    spare_what_stays()
    _limit_memory(settings.limits.memory_mb)


def spare_what_stays() -> None:
    """Let the garbage collector pass over all that is there by now: libraries and definitions stay for good.

    It would walk over them several times in each build, a tenth of its time.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # DuckDB complains of objects that are left when Python ends


def _silence(log: Path) -> None:
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:  # another user's log: what libraries print is not worth a build
        descriptor = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            with contextlib.suppress(OSError):
                os.dup2(descriptor, stream.fileno())
    os.close(descriptor)


def _limit_memory(megabytes: int) -> None:
    """Let the process take so much address space beyond what it holds now that it is warm."""
    limit = psutil.Process().memory_info().vms + megabytes * MEGABYTE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _execute(job: Job[Any]) -> bytes:
    try:
        return pickle.dumps(_answer(job))
    except Exception:  # noqa: BLE001 - a result that cannot travel is our own fault like any other
        return pickle.dumps(_Answer(error=BuildFailed(traceback.format_exc())))


def _answer(job: Job[Any]) -> _Answer:
    try:
        if isinstance(_builder, PlanpressError):
            return _Answer(error=_builder)
        return _Answer(job(_warm_builder()))
    except MemoryError:
        return _Answer(out_of_memory=True)
    except PlanpressError as error:
        return _Answer(error=error)
    except BaseException:  # noqa: BLE001 - a panic of native code is no Exception, and costs this job only
        return _Answer(error=BuildFailed(traceback.format_exc()))


def _warm_builder() -> Builder:
    if _builder is None or isinstance(_builder, PlanpressError):
        raise RuntimeError("a job reached a process that is no worker")
    return _builder
