"""A pool of workers: jobs are handed over, wait for a free worker, and come back with a result or a reason."""

from __future__ import annotations

import pickle
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Generic, Self

from pipeline.errors import BuildFailed, BuildInterrupted, Interruption
from pipeline.model import Finding, Severity
from pipeline.sentences import sentence
from pipeline.settings import Limits, Settings
from pipeline.workers.builder import Answer, Job, LoadBuilder, Result, Task
from pipeline.workers.nursery import Nursery, NurseryDied, Worker

JOBS_PER_PROCESS = 40
"""A process is replaced after so many jobs: libraries keep memory that they do not need any more."""
_CODES = {
    Interruption.DIED: "file-ended-its-process",
    Interruption.TOO_LONG: "file-took-too-long",
    Interruption.TOO_MUCH_MEMORY: "file-took-too-much-memory",
}
_STARTS = 2
"""How often the definitions are loaded for a job when the process that loads them dies."""


class Workers:
    """A pool of warm worker processes, used as a context manager.

    `root` is the folder that holds the definitions: a workspace, or a frozen copy of its definitions. `log` takes what
    libraries print; nothing of it reaches the terminal. No process is started before the first job, or `warm_up`.
    """

    def __init__(self, load: LoadBuilder, root: Path, settings: Settings, *, jobs: int, log: Path) -> None:
        self._limits = settings.limits
        self._nursery = Nursery(Task(load, root, settings, log))
        self._waiting: SimpleQueue[Pending[Any] | None] = SimpleQueue()
        self._is_closed = False
        self._seats = [_Seat(self._waiting, self._nursery, self._limits) for _ in range(jobs)]
        for seat in self._seats:
            seat.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the pool: after what was handed over is done, or at once where something went wrong."""
        if kind is None:
            self.close()
        else:
            self.stop()

    def close(self) -> None:
        """End the pool after all that was handed over is done; come back when it has ended."""
        self._is_closed = True
        for _ in self._seats:
            self._waiting.put(None)
        for seat in self._seats:
            seat.join()
        self._nursery.end()

    def stop(self) -> None:
        """End the pool at once: what waits is dropped, processes are ended in the middle of their jobs."""
        self._is_closed = True
        for seat in self._seats:
            seat.stop()
        while not self._waiting.empty():
            with suppress(Empty):
                pending = self._waiting.get_nowait()
                if pending is not None:
                    pending.cancel()
        self._nursery.kill()
        self.close()

    def warm_up(self) -> None:
        """Begin to load the definitions, so that the first job need not wait for that."""
        self._nursery.start()

    def submit(self, job: Job[Result]) -> Pending[Result]:
        """Hand a job to the next free worker; raise RuntimeError when the pool has ended."""
        if self._is_closed:
            raise RuntimeError("these workers have ended")
        pending: Pending[Result] = Pending(job)
        self._waiting.put(pending)
        return pending

    def run(self, job: Job[Result]) -> Result:
        """Hand over a job, wait for it and return its result; raise as `Pending.result` does."""
        return self.submit(job).result()


class Pending(Generic[Result]):
    """A job under way; `future` is done when it is."""

    def __init__(self, job: Job[Result]) -> None:
        self.job = job
        self.future: Future[Result] = Future()
        self._lock = Lock()
        self._worker: Worker | None = None
        self._is_given_up = False

    def result(self) -> Result:
        """Return what the job returned; raise what it raised on purpose, BuildInterrupted or BuildFailed.

        Raise concurrent.futures.CancelledError where it was given up.
        """
        return self.future.result()

    def cancel(self) -> None:
        """Give the job up: one that waits is dropped, the process of one that runs is ended. `future` is done soon."""
        with self._lock:
            self._is_given_up = True
            if self.future.cancel():
                self.future.set_running_or_notify_cancel()  # tells whoever waits that it is over
            elif self._worker is not None:
                self._worker.kill()

    def begins(self) -> bool:
        """Note that its turn has come; return False where it was given up."""
        with self._lock:
            return not self._is_given_up and self.future.set_running_or_notify_cancel()

    def runs_in(self, worker: Worker) -> None:
        """Note the worker that does it; raise CancelledError when it was given up meanwhile."""
        with self._lock:
            if self._is_given_up:
                raise CancelledError
            self._worker = worker

    def left(self) -> bool:
        """Note that no worker does it any more; return whether it was given up, and its worker ended."""
        with self._lock:
            self._worker = None
            return self._is_given_up


class _Seat(Thread):
    """The place of one worker: does one job after the other, and replaces the worker when that is needed."""

    def __init__(self, waiting: SimpleQueue[Pending[Any] | None], nursery: Nursery, limits: Limits) -> None:
        super().__init__(name="planpress worker", daemon=True)
        self._waiting, self._nursery, self._limits = waiting, nursery, limits
        self._worker: Worker | None = None
        self._jobs = 0
        self._current: Pending[Any] | None = None
        self._is_stopped = False

    def run(self) -> None:
        """Do jobs until there are no more."""
        while (pending := self._waiting.get()) is not None:
            self._current = pending
            if self._is_stopped:
                pending.cancel()
            if pending.begins():
                self._do(pending)
            self._current = None
            del pending  # a workbook and its documents, which nobody should hold until the next one comes
        self._dismiss()

    def stop(self) -> None:
        """Give up the job under way, and do no other."""
        self._is_stopped = True
        pending = self._current
        if pending is not None:
            pending.cancel()

    def _do(self, pending: Pending[Any]) -> None:
        try:
            result = self._result(pending)
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to whoever waits for the job
            pending.future.set_exception(error)
        else:
            pending.future.set_result(result)

    def _result(self, pending: Pending[Any]) -> Any:
        job = pickle.dumps(pending.job)
        worker = self._ready_worker()
        pending.runs_in(worker)
        answer = self._answer(worker, job, pending)
        if answer.error is not None:
            raise answer.error
        return answer.value

    def _answer(self, worker: Worker, job: bytes, pending: Pending[Any]) -> Answer:
        try:
            answer = self._asked(worker, job)
        finally:
            is_given_up = pending.left()
        self._jobs += 1
        if is_given_up or isinstance(answer, Interruption) or answer.spent or self._jobs >= JOBS_PER_PROCESS:
            self._dismiss()
        if is_given_up:
            raise CancelledError
        if isinstance(answer, Interruption):
            raise self._interrupted(answer)
        return answer

    def _asked(self, worker: Worker, job: bytes) -> Answer | Interruption:
        try:
            answer = worker.ask(job, self._limits.seconds)
        except TimeoutError:
            worker.kill()
            return Interruption.TOO_LONG
        except (EOFError, OSError):
            return Interruption.DIED
        return Interruption.TOO_MUCH_MEMORY if answer.out_of_memory else answer

    def _interrupted(self, kind: Interruption) -> BuildInterrupted:
        arguments = {"seconds": f"{self._limits.seconds:g}", "megabytes": self._limits.memory_mb}
        return BuildInterrupted(Finding(_CODES[kind], Severity.ERROR, sentence(_CODES[kind], **arguments)), kind)

    def _ready_worker(self) -> Worker:
        """Return a worker that lives; an idle one may have been ended by anybody, which costs no job."""
        if self._worker is not None and not self._worker.is_alive:
            self._dismiss()
        if self._worker is None:
            self._worker, self._jobs = self._new_worker(), 0
        return self._worker

    def _new_worker(self) -> Worker:
        for _ in range(_STARTS):
            if self._is_stopped:
                raise CancelledError
            try:
                return self._nursery.worker()
            except NurseryDied:
                continue
        raise BuildFailed("The process that loads the definitions ended, or did not come to an end, twice.")

    def _dismiss(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
