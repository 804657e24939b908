"""Workers are replaced when they end, and end when nobody is left that they work for."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, wait
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from pipeline.errors import BuildFailed, BuildInterrupted, Interruption
from pipeline.service.load import load_builder as load_real_builder
from pipeline.settings import Settings, Workspace
from pipeline.workers import Builder, Workers
from pipeline.workers.pool import JOBS_PER_PROCESS
from tests.support.json_builder import load_builder
from tests.support.repository import ROOT
from tests.support.workspace import Desk

SECONDS = 20


@dataclass(frozen=True)
class TellProcesses:
    """A job that says which process does it, and which one made that."""

    def __call__(self, _: Builder) -> tuple[int, int]:
        return os.getpid(), os.getppid()


@dataclass(frozen=True)
class CountThreads:
    """A job that says how many threads its process has: as many as the nursery, of which it is a copy, or fewer."""

    def __call__(self, _: Builder) -> tuple[int, int]:
        return psutil.Process().num_threads(), psutil.Process(os.getppid()).num_threads()


@dataclass(frozen=True)
class Sleep:
    """A job that takes a while, and writes its process ids into a file first."""

    file: Path
    seconds: float = 60

    def __call__(self, builder: Builder) -> str:
        self.file.write_text(f"{os.getpid()} {os.getppid()}")
        sleep(self.seconds)
        return builder.hash


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path)


@pytest.fixture
def workers(desk: Desk) -> Iterator[Workers]:
    with Workers(load_builder, desk.root, Settings(), jobs=1, log=desk.root / "log") as pool:
        yield pool


def until(condition: Callable[[], bool], what: str) -> None:
    end = monotonic() + SECONDS
    while not condition():
        assert monotonic() < end, f"waited in vain until {what}"
        sleep(0.02)


def processes_in(file: Path) -> tuple[int, int]:
    until(lambda: file.is_file() and " " in file.read_text(), "the job runs")
    worker, nursery = map(int, file.read_text().split())
    return worker, nursery


def is_running(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def others() -> set[int]:
    """Return the processes of other tests that run beside this one, such as a server's."""
    return {process.pid for process in psutil.Process().children()}


def test_no_process_is_started_before_it_is_needed(others: set[int], workers: Workers) -> None:
    assert {process.pid for process in psutil.Process().children()} == others
    workers.warm_up()
    assert len({process.pid for process in psutil.Process().children()} - others) == 1


def test_a_worker_is_replaced_after_its_jobs(workers: Workers) -> None:
    pending = [workers.submit(TellProcesses()) for _ in range(JOBS_PER_PROCESS + 1)]
    made = [job.result() for job in pending]
    assert len({worker for worker, _ in made[:JOBS_PER_PROCESS]}) == 1
    assert made[-1][0] != made[0][0]
    assert len({nursery for _, nursery in made}) == 1


def test_the_death_of_an_idle_worker_costs_no_job(workers: Workers) -> None:
    worker, _ = workers.run(TellProcesses())
    os.kill(worker, signal.SIGKILL)
    until(lambda: not is_running(worker), "it is dead")
    assert workers.run(TellProcesses())[0] != worker


def test_the_death_of_a_busy_worker_costs_its_job(workers: Workers, tmp_path: Path) -> None:
    pending = workers.submit(Sleep(tmp_path / "processes"))
    os.kill(processes_in(tmp_path / "processes")[0], signal.SIGKILL)
    with pytest.raises(BuildInterrupted) as caught:
        pending.result()
    assert caught.value.kind is Interruption.DIED
    assert workers.run(TellProcesses())


@dataclass(frozen=True)
class Die:
    """A job that ends its process."""

    def __call__(self, _: Builder) -> None:
        os.abort()


def test_nothing_stays_open_of_workers_that_ended(workers: Workers) -> None:
    def die_and_go_on() -> tuple[int, int]:
        for _ in range(5):
            with pytest.raises(BuildInterrupted):
                workers.run(Die())
            workers.run(TellProcesses())
        nursery = psutil.Process(workers.run(TellProcesses())[1])
        return psutil.Process().num_fds(), nursery.num_fds()

    assert die_and_go_on() == die_and_go_on()


def test_definitions_are_loaded_again_when_the_process_that_holds_them_dies(workers: Workers) -> None:
    worker, nursery = workers.run(TellProcesses())
    os.kill(nursery, signal.SIGKILL)
    until(lambda: not is_running(worker) and not is_running(nursery), "both are dead")
    assert workers.run(TellProcesses())[1] != nursery


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_running_job_is_finished_when_all_processes_are_told_to_stop(
    workers: Workers, tmp_path: Path, told: signal.Signals
) -> None:
    pending = workers.submit(Sleep(tmp_path / "processes", seconds=1))
    for process in processes_in(tmp_path / "processes"):
        os.kill(process, told)
    assert pending.result() == "one"


def test_all_is_ended_at_once_when_something_goes_wrong(desk: Desk, tmp_path: Path) -> None:
    start = monotonic()
    with (  # noqa: PT012 - the end of the pool is what is tested
        pytest.raises(ZeroDivisionError),
        Workers(load_builder, desk.root, Settings(), jobs=1, log=desk.root / "log") as workers,
    ):
        running, waiting = workers.submit(Sleep(tmp_path / "processes")), workers.submit(TellProcesses())
        processes = processes_in(tmp_path / "processes")
        raise ZeroDivisionError
    assert monotonic() - start < SECONDS
    assert (running.future.done(), waiting.future.cancelled()) == (True, True)
    until(lambda: not any(is_running(process) for process in processes), "all are gone")


def test_nothing_stays_when_the_process_that_all_is_done_for_is_killed(desk: Desk, tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from pipeline.settings import Settings
from pipeline.workers import Workers
from tests.support.json_builder import load_builder
from {__name__} import Sleep
folder = Path({str(tmp_path)!r})
with Workers(load_builder, Path({str(desk.root)!r}), Settings(), jobs=2, log=folder / "log") as workers:
    for name in ("first", "second"):
        workers.submit(Sleep(folder / name))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment) as started:
        processes = {*processes_in(tmp_path / "first"), *processes_in(tmp_path / "second")}
        assert len(processes) == 3
        started.kill()
    until(lambda: not any(is_running(process) for process in processes), "all are gone")


def test_a_pool_that_is_still_loading_is_ended_at_once(desk: Desk, tmp_path: Path) -> None:
    load = LoadSlowly(tmp_path / "processes")
    workers = Workers(load, desk.root, Settings(), jobs=1, log=desk.root / "log")
    pending = workers.submit(TellProcesses())
    nursery, _ = processes_in(tmp_path / "processes")
    workers.stop()
    with pytest.raises(CancelledError):
        pending.result()
    assert not is_running(nursery)


def test_a_pool_that_has_ended_takes_no_job(workers: Workers) -> None:
    workers.close()
    workers.stop()  # ending it twice does no harm
    with pytest.raises(RuntimeError, match="ended"):
        workers.submit(TellProcesses())


def test_whoever_waits_for_a_job_learns_that_it_was_given_up(workers: Workers, tmp_path: Path) -> None:
    running, waiting = workers.submit(Sleep(tmp_path / "processes")), workers.submit(TellProcesses())
    processes_in(tmp_path / "processes")
    waiting.cancel()
    assert wait([waiting.future], timeout=1).done == {waiting.future}
    running.cancel()
    assert wait([running.future], timeout=SECONDS).done == {running.future}


@dataclass(frozen=True)
class LoadSlowly:
    """Makes a builder, after a while in which the process is busy."""

    file: Path

    def __call__(self, root: Path, settings: Settings) -> Builder:
        self.file.write_text(f"{os.getpid()} {os.getppid()}")
        end = monotonic() + 60
        while monotonic() < end:
            pass
        return load_builder(root, settings)


@dataclass(frozen=True)
class LoadWithoutEnd:
    """Makes no builder: it wants all memory there is, or ends its process."""

    does: str

    def __call__(self, _: Path, __: Settings) -> Builder:
        if self.does == "die":
            os.abort()
        raise AssertionError(len(bytearray(1 << 40)))


@pytest.mark.parametrize(("does", "told"), [("die", "ended, or did not come to an end"), ("eat", "MemoryError")])
def test_definitions_that_cannot_be_loaded_at_all_are_a_failure_that_says_so(desk: Desk, does: str, told: str) -> None:
    with (
        Workers(LoadWithoutEnd(does), desk.root, Settings(), jobs=1, log=desk.root / "log") as workers,
        pytest.raises(BuildFailed, match=told),
    ):
        workers.run(TellProcesses())


def test_loading_ends_too_when_the_process_that_it_is_done_for_is_killed(desk: Desk, tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from time import sleep
from pipeline.settings import Settings
from pipeline.workers import Workers
from {__name__} import {LoadSlowly.__name__}
load = {LoadSlowly.__name__}(Path({str(tmp_path / "processes")!r}))
with Workers(load, Path({str(desk.root)!r}), Settings(), jobs=1, log=Path({str(tmp_path / "log")!r})) as workers:
    workers.warm_up()
    sleep(60)
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment) as started:
        nursery, _ = processes_in(tmp_path / "processes")
        started.kill()
    until(lambda: not is_running(nursery), "it is gone")


@pytest.mark.slow
def test_no_thread_runs_beside_the_definitions(tmp_path: Path) -> None:
    settings = Workspace.open(ROOT, {}).settings
    with Workers(load_real_builder, ROOT, settings, jobs=1, log=tmp_path / "log") as workers:
        assert workers.run(CountThreads()) == (1, 1)
