"""One bad job costs that job only."""

from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from json import dumps
from pathlib import Path
from time import monotonic, sleep

import pytest

from pipeline.errors import BuildFailed, BuildInterrupted, DefinitionError, Interruption, UsageError
from pipeline.model import Arrival, Build, Calendar, History
from pipeline.service.jobs import BuildDocuments, Identify, NameDefinitions, Preview
from pipeline.settings import Limits, Settings
from pipeline.workers import Builder, Workers
from tests.support.json_builder import load_builder
from tests.support.workspace import Desk

DAYS = Calendar(date(2026, 11, 21), date(2026, 10, 31), date(2026, 1, 1), date(2026, 12, 31))
TIGHT = Settings(limits=Limits(seconds=8, memory_mb=300))
ROOMY = Settings()


def arrival(**workbook: str) -> Arrival:
    content = dumps({"id": "C-1", "name": "Contoso", **workbook}).encode()
    return Arrival("Contoso.xlsx", content, sha256(content).hexdigest(), datetime(2026, 11, 21, tzinfo=UTC))


def job(**workbook: str) -> BuildDocuments:
    return BuildDocuments(arrival(**workbook), DAYS, None, History())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path)


@pytest.fixture
def workers(desk: Desk) -> Iterator[Workers]:
    with Workers(load_builder, desk.root, ROOMY, jobs=1, log=desk.root / "workers.log") as pool:
        yield pool


@pytest.fixture
def limited_workers(desk: Desk) -> Iterator[Workers]:
    with Workers(load_builder, desk.root, TIGHT, jobs=1, log=desk.root / "workers.log") as pool:
        yield pool


def test_a_job_returns_what_the_builder_returns(workers: Workers) -> None:
    assert workers.run(NameDefinitions()) == "one"
    assert workers.run(Identify(arrival())) == "C-1"
    build = workers.run(job())
    assert [document.content for document in build.documents] == [b"first, edition 1", b"second, edition 1"]


@pytest.mark.parametrize(
    ("does", "code", "kind"),
    [
        ("die", "file-ended-its-process", Interruption.DIED),
        ("hang", "file-took-too-long", Interruption.TOO_LONG),
        ("eat", "file-took-too-much-memory", Interruption.TOO_MUCH_MEMORY),
    ],
)
def test_what_kills_or_outgrows_a_worker_is_a_finding_and_the_next_job_is_fine(
    limited_workers: Workers, does: str, code: str, kind: Interruption
) -> None:
    bad, good = limited_workers.submit(job(does=does)), limited_workers.submit(job())
    with pytest.raises(BuildInterrupted) as caught:
        bad.result()
    assert (caught.value.finding.id, caught.value.kind) == (code, kind)
    assert isinstance(good.result(), Build)


@pytest.mark.parametrize("does", ["stumble", "panic"])
def test_a_fault_of_our_own_brings_its_traceback(workers: Workers, does: str) -> None:
    with pytest.raises(BuildFailed, match="_misbehave"):
        workers.run(job(does=does))
    assert isinstance(workers.run(job()), Build)


def test_errors_on_purpose_come_back_as_they_are(workers: Workers) -> None:
    with pytest.raises(UsageError, match="There is no document 'third'"):
        workers.run(Preview(arrival(), DAYS, "third", History()))


def test_mistakes_in_definitions_are_told_by_the_first_job(desk: Desk) -> None:
    (desk.root / "rules" / "definitions.txt").write_text("a mistake")
    with (
        Workers(load_builder, desk.root, ROOMY, jobs=1, log=desk.root / "log") as pool,
        pytest.raises(DefinitionError) as caught,
    ):
        pool.run(NameDefinitions())
    assert [str(fault) for fault in caught.value.faults] == ["rules/definitions.txt:1: Expected something else."]


@dataclass(frozen=True)
class Chatter:
    """A job that prints, as libraries do."""

    def __call__(self, builder: Builder) -> str:
        print("said by a library")  # noqa: T201 - what is tested
        return builder.hash


def test_what_libraries_print_goes_into_the_log(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    log = desk.root / "log" / "workers.log"
    with Workers(load_builder, desk.root, ROOMY, jobs=1, log=log) as pool:
        pool.run(Chatter())
    assert "said by a library" in log.read_text()
    assert capfd.readouterr().out == ""


@dataclass(frozen=True)
class Untransportable:
    """A job whose result cannot leave its process."""

    def __call__(self, builder: Builder) -> object:
        return lambda: builder


def test_a_result_that_cannot_travel_is_a_fault_of_our_own(workers: Workers) -> None:
    with pytest.raises(BuildFailed, match="pickle"):
        workers.run(Untransportable())
    assert workers.run(NameDefinitions()) == "one"


def test_a_job_that_waits_is_dropped_when_it_is_given_up(workers: Workers) -> None:
    first, second = workers.submit(job(does="rest")), workers.submit(job(does="die"))
    second.cancel()
    with pytest.raises(CancelledError):
        second.result()
    assert isinstance(first.result(), Build)


def test_a_job_that_runs_is_ended_when_it_is_given_up(desk: Desk) -> None:
    with Workers(load_builder, desk.root, ROOMY, jobs=1, log=desk.root / "log") as workers:
        workers.run(NameDefinitions())
        running = workers.submit(job(does="hang"))
        sleep(0.5)
        running.cancel()
        start = monotonic()
        assert isinstance(workers.run(job()), Build)
        assert monotonic() - start < 20  # it would hang for a minute
        with pytest.raises(CancelledError):
            running.result()
