"""All that may be wrong with a workbook is saved at once while the inbox is watched; who saved a good one waits for
nobody else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.stories.test_bad_input import (
    DAMAGED,
    GOOD,
    NAMES,
    TWINS,
    UNREADABLE,
    account_of,
    fill_inbox,
    text_of,
)
from tests.support.real_workspace import RealWorkspace
from tests.support.repository import ROOT
from tests.support.tiny import tiny_workbook, tiny_workspace

PATIENCE_SECONDS = 120.0
IN_TIME_SECONDS = 60.0
"""Less than one workbook may take (`limits.seconds`), for a queue of forty on a busy machine."""
ENDS = {"built", "unchanged", "refused", "failed"}


@dataclass(frozen=True)
class Service:
    """A watcher in a process of its own, and its log."""

    workspace: RealWorkspace
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def events(self) -> list[dict[str, Any]]:
        text = self.log.read_text("utf-8")
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def wait_for(self, holds: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Wait until something can be said of its events."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds(self.events):
            assert self.process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < deadline, self.log.read_text("utf-8")
            time.sleep(0.1)


def ended(events: list[dict[str, Any]]) -> set[str]:
    """Return the files of which something came."""
    return {event["file"] for event in events if event["event"] in ENDS}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Yield a running watcher, after all of it was saved into its inbox and something came of each file."""
    workspace = tiny_workspace(tmp_path_factory.mktemp("watched") / "workspace")
    with (workspace.root / "planpress.toml").open("a", encoding="utf-8") as settings:
        settings.write("settle_seconds = 0.5\nmin_interval = 0\n")
    log = workspace.root / "watch.log"
    command = [sys.executable, "-m", "pipeline.cli.main", "watch", "--workspace", str(workspace.root)]
    with log.open("wb") as stream, subprocess.Popen(
        command, cwd=workspace.root, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=stream,
        stdout=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        service = Service(workspace, process, log)
        try:
            aside = RealWorkspace(workspace.root.with_name("aside"))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl says that it drops what it does not know
                fill_inbox(aside)
            service.wait_for(lambda events: "started" in [event["event"] for event in events])
            for path in (aside.root / "inbox").iterdir():
                path.rename(workspace.root / "inbox" / path.name)
            service.wait_for(lambda events: ended(events) >= set(saved()))
            yield service
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def saved() -> list[str]:
    return [*UNREADABLE, *DAMAGED, *GOOD, *TWINS, *(f"name {number}.xlsx" for number in range(len(NAMES)))]


@pytest.fixture(scope="module")
def status(watched: Service) -> Mapping[str, Mapping[str, Any]]:
    """Return what `planpress status --json` says of each file while the watcher runs."""
    told = watched.workspace.planpress("status", "--json")
    assert (told.code, json.loads(told.out)["not_built"]) == (0, [])
    return {found["file"]: found for found in json.loads(told.out)["accounts"]}


@pytest.fixture(scope="module")
def lines(watched: Service) -> list[str]:
    """Return what people see of `planpress status`."""
    return watched.workspace.planpress("status", environment={"COLUMNS": "400"}).out.splitlines()


@pytest.mark.parametrize(("file", "account"), GOOD.items())
def test_the_good_ones_are_published(watched: Service, file: str, account: tuple[str, str]) -> None:
    edition = watched.workspace.edition(account[0])
    assert (edition["workbook"]["file"], edition["status"], edition["findings"]) == (file, "final", [])
    received, built = (moment(watched, kind, file) for kind in ("received", "built"))
    assert built - received < timedelta(seconds=IN_TIME_SECONDS)


def moment(watched: Service, kind: str, file: str) -> datetime:
    """Return when something happened to a file first."""
    return next(
        datetime.fromisoformat(event["at"])
        for event in watched.events
        if (event["event"], event.get("file")) == (kind, file)
    )


@pytest.mark.parametrize("file", UNREADABLE)
def test_what_nobody_can_read_has_its_sentence(
    watched: Service, status: Mapping[str, Mapping[str, Any]], lines: list[str], file: str
) -> None:
    (finding,) = status[file]["findings"]
    assert UNREADABLE[file][1] in finding["message"]
    assert f"Stopped: {file}: {finding['message']}" in lines
    assert finding["message"] in text_of(watched.workspace.to_do(file))


@pytest.mark.parametrize("file", [file for file, (_, _, sentence) in DAMAGED.items() if sentence])
def test_what_has_an_account_has_its_sentence(
    watched: Service, status: Mapping[str, Mapping[str, Any]], lines: list[str], file: str
) -> None:
    _, ends, sentence = DAMAGED[file]
    (finding,) = status[file]["findings"]
    assert (status[file]["status"], str(sentence) in finding["message"]) == (ends, True)
    assert (f"Stopped: {file}: {finding['message']}" in lines) == (ends == "blocked")
    folder = watched.workspace.folder(account_of(file))
    assert str(sentence) in text_of((folder / "to-do.html").read_text("utf-8"))


@pytest.mark.parametrize(("file", "other"), TWINS.items())
def test_two_files_of_one_account_name_each_other(
    status: Mapping[str, Mapping[str, Any]], file: str, other: str
) -> None:
    """Which of them was seen first, if not both at once, nobody can say."""
    (finding,) = status[file]["findings"]
    assert (other in finding["message"], "L-700" in finding["message"]) == (True, True)


def test_the_watcher_stays_up_and_the_next_good_one_follows(watched: Service) -> None:
    watched.workspace.drop("später.xlsx", tiny_workbook("L-003", "Lift Süd"))
    watched.wait_for(lambda events: "später.xlsx" in ended(events))
    assert watched.workspace.edition("L-003")["status"] == "final"
    assert watched.process.poll() is None
    told = [event["event"] for event in watched.events]
    assert {"trouble", "failed", "retried", "set_aside"}.isdisjoint(told)
    assert "Traceback" not in watched.log.read_text("utf-8") + watched.workspace.log()
