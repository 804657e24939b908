"""The nursery and its workers, seen from the process they work for."""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from threading import Lock

from pipeline.errors import BuildFailed
from pipeline.workers.builder import Answer, Task
from pipeline.workers.process import PID_BYTES, run_nursery

LOADING_SECONDS = 300.0
"""How long the definitions may be loading: a rule may hold what no database comes to an end with."""
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[3]); "
    f"from {run_nursery.__module__} import {run_nursery.__name__} as run; run(int(sys.argv[1]), int(sys.argv[2]))"
)


class NurseryDied(Exception):
    """The process that loads the definitions ended, or came to no end, before it had made a worker."""


class Nursery:
    """Makes worker processes. Its own process is started when first needed, and again when it was ended."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._lock = Lock()
        self._running: _NurseryProcess | None = None
        self._is_over = False

    def start(self) -> None:
        """Begin to load the definitions; come back at once."""
        with self._lock:
            self._started()

    def worker(self) -> Worker:
        """Return a new worker, warm as soon as the definitions are loaded; raise NurseryDied."""
        with self._lock:
            nursery = self._started()
            if self._is_over:
                nursery.process.kill()
            try:
                return nursery.worker()
            except OSError as error:
                self._running = None
                nursery.end()
                raise NurseryDied from error

    def _started(self) -> _NurseryProcess:
        if self._running is None:
            self._running = _NurseryProcess(self._task)
        return self._running

    def kill(self) -> None:
        """End the nursery and all its workers at once, whatever they do; none is made any more."""
        self._is_over = True  # without the lock: it is held while the definitions are loaded
        nursery = self._running
        if nursery is not None:
            nursery.process.kill()

    def end(self) -> None:
        """End the nursery; all workers must have ended."""
        with self._lock:
            if self._running is not None:
                self._running.end()
                self._running = None


class _NurseryProcess:
    def __init__(self, task: Task) -> None:
        self._requests, control = socket.socketpair()
        self._requests.settimeout(LOADING_SECONDS)
        lifeline, self._lifeline = os.pipe()
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own code
            [sys.executable, "-c", _START, str(control.fileno()), str(lifeline), json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            pass_fds=(control.fileno(), lifeline),
            # One thread per worker: the cores are shared by the workers already.
            env={"OPENBLAS_NUM_THREADS": "1", **os.environ},
        )
        control.close()
        os.close(lifeline)
        with suppress(BrokenPipeError):  # it has ended already, which the first request finds
            self._tell(task)

    def _tell(self, task: Task) -> None:
        stdin = self.process.stdin
        if stdin is not None:
            with stdin:
                pickle.dump(task, stdin)

    def worker(self) -> Worker:
        """Ask for a worker; raise OSError when the nursery has ended."""
        ours, theirs = Pipe()
        with theirs:
            socket.send_fds(self._requests, [b"w"], [theirs.fileno()])
            answer = self._requests.recv(PID_BYTES, socket.MSG_WAITALL)
        if len(answer) < PID_BYTES:
            ours.close()
            raise BrokenPipeError
        return Worker(ours, int.from_bytes(answer, "little"))

    def end(self) -> None:
        """End it, if it has not ended yet, and let go of it."""
        self._requests.close()
        os.close(self._lifeline)
        self.process.wait()


class Worker:
    """A worker process, idle until it is asked something."""

    def __init__(self, jobs: Connection, pid: int) -> None:
        self._jobs = jobs
        try:
            # The nursery lets go of a process id when it is asked for the next worker: it cannot be another's yet.
            self._process = os.pidfd_open(pid)
        except OSError as error:
            jobs.close()
            raise BuildFailed(f"Worker processes need Linux 5.3 or newer, with pidfd_open allowed: {error}.") from error

    @property
    def is_alive(self) -> bool:
        """Return whether an idle worker is still there."""
        return not self._jobs.poll(0)  # it says nothing unasked: what can be read is the end

    def ask(self, job: bytes, seconds: float) -> Answer:
        """Return the answer to a job; raise TimeoutError, or EOFError or OSError when the worker died."""
        self._jobs.send_bytes(job)
        if not self._jobs.poll(seconds):
            raise TimeoutError
        answer: Answer = pickle.loads(self._jobs.recv_bytes())  # noqa: S301 - written by our own worker
        return answer

    def kill(self) -> None:
        """End the process, whatever it does."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def close(self) -> None:
        """Let go of the process, which ends when it is idle."""
        self._jobs.close()
        os.close(self._process)
