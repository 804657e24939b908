"""The processes themselves: the nursery, which loads the definitions once, and the workers, which are copies of it.

The nursery opens no workbook. It has one thread, so that a copy of it holds no lock of another; its end, like that of
the process it works for, ends all workers at once, whatever they are doing.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import gc
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import psutil

from pipeline.errors import BuildFailed, PlanpressError
from pipeline.workers.builder import Answer, Builder, Job, Task

MEGABYTE = 1024 * 1024
LOADING_MB = 4096
"""Megabytes of address space that loading may take: libraries want a third of it, a rule may want any amount."""
PID_BYTES = 8
_PR_SET_PDEATHSIG = 1

Loaded = Builder | PlanpressError
"""The builder, or why there is none, which every job is told."""


def spare_what_stays() -> None:
    """Let the garbage collector pass over all that is there by now: libraries and definitions stay for good.

    It would walk over them several times in each build, a tenth of its time.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # DuckDB complains of objects that are left when Python ends


# The nursery --------------------------------------------------------------------------------------------------------


def run_nursery(control: int, lifeline: int) -> NoReturn:
    """Load the definitions that standard input names, then make a worker for each message on socket `control`.

    A message brings the socket on which the worker gets its jobs; the answer is the worker's process id. The other end
    of the pipe `lifeline` is held by the process that all this is done for.
    """
    _end_with(lifeline)
    # Whoever stops planpress (Ctrl-C, systemd) tells all its processes; a running job is brought to its end first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process
    _silence(task.log)
    _limit_memory(LOADING_MB)
    loaded = _load(task)
    spare_what_stays()
    libc = ctypes.CDLL(None)
    with socket.socket(fileno=control) as requests:
        while (jobs := _next_request(requests)) is not None:
            _reap()
            _flush()
            pid = os.fork()
            if pid == 0:
                requests.close()
                _run_worker(Connection(jobs), loaded, task.settings.limits.memory_mb, libc)
            os.close(jobs)
            requests.sendall(pid.to_bytes(PID_BYTES, "little"))
    os._exit(0)


def _end_with(lifeline: int) -> None:
    """Have the kernel end this process as soon as the other end of a pipe is closed, even while it is busy."""
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    os.set_blocking(lifeline, False)
    with contextlib.suppress(BlockingIOError):  # open: there is nothing to read, and never will be
        os.read(lifeline, 1)
        os._exit(0)


def _silence(log: Path) -> None:
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:  # another user's log: what libraries print is not worth a build
        descriptor = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def _load(task: Task) -> Loaded:
    try:
        return task.load(task.root, task.settings)
    except PlanpressError as error:
        return error
    except Exception:  # noqa: BLE001 - told by the first job, which has somebody who listens
        return BuildFailed(traceback.format_exc())


def _next_request(requests: socket.socket) -> int | None:
    """Return the socket for the jobs of a new worker, or None when no more is wanted."""
    message, descriptors, _, _ = socket.recv_fds(requests, 1, 1)
    return descriptors[0] if message else None


def _reap() -> None:
    """Let go of workers that ended. Their ids stay theirs until then, so that no other process can be taken for one."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


# A worker -----------------------------------------------------------------------------------------------------------


def _run_worker(jobs: Connection, loaded: Loaded, megabytes: int, libc: ctypes.CDLL) -> NoReturn:
    try:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _limit_memory(megabytes)
        while True:
            answer = _execute(jobs.recv_bytes(), loaded)
            _flush()
            jobs.send_bytes(answer)
            del answer
    except (EOFError, OSError):
        os._exit(0)  # nobody asks or listens any more
    except BaseException:  # noqa: BLE001 - it must never go on as if it were the nursery
        traceback.print_exc()
        _flush()
        os._exit(1)


def _limit_memory(megabytes: int) -> None:
    """Let the process take so much address space beyond what it holds now."""
    limit = psutil.Process().memory_info().vms + megabytes * MEGABYTE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _execute(job: bytes, loaded: Loaded) -> bytes:
    try:
        return pickle.dumps(_answer(pickle.loads(job), loaded))  # noqa: S301 - written by our own process
    except MemoryError:
        return pickle.dumps(Answer(out_of_memory=True, spent=True))
    except Exception:  # noqa: BLE001 - a result that cannot travel is our own fault like any other
        return pickle.dumps(Answer(error=BuildFailed(traceback.format_exc()), spent=True))


def _answer(job: Job[Any], loaded: Loaded) -> Answer:
    if isinstance(loaded, PlanpressError):
        return Answer(error=loaded)
    try:
        return Answer(job(loaded))
    except MemoryError:
        return Answer(out_of_memory=True, spent=True)
    except PlanpressError as error:
        return Answer(error=error)
    except BaseException:  # noqa: BLE001 - a panic of native code is no Exception, and costs this job only
        return Answer(error=BuildFailed(traceback.format_exc()), spent=True)
