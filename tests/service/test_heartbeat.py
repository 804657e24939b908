"""The heartbeat: what a watcher says of itself, and whether it may be believed."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.service.events import Event, EventKind, WatchState
from pipeline.service.heartbeat import SILENT_AFTER, read_heartbeat, write_heartbeat
from tests.support.repository import ROOT

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def busy() -> WatchState:
    state = WatchState()
    for event in (
        Event(NOON, EventKind.STARTED),
        Event(NOON, EventKind.RECEIVED, file="a.xlsx"),
        Event(NOON, EventKind.RECEIVED, file="b.xlsx"),
        Event(NOON, EventKind.BUILDING, file="b.xlsx"),
        Event(NOON, EventKind.WAITING, file="c.xlsx", detail="The deck is held open."),
        Event(NOON, EventKind.TROUBLE, topic="inbox", detail="The share is gone."),
    ):
        state = state.after(event)
    return state


@pytest.mark.parametrize("state", [WatchState(), busy(), replace(busy(), stopping=True)])
def test_what_was_written_is_read(tmp_path: Path, state: WatchState) -> None:
    write_heartbeat(tmp_path / "watch.json", state, NOON)
    beat = read_heartbeat(tmp_path / "watch.json")
    assert beat is not None
    assert (beat.process, beat.at, beat.state) == (os.getpid(), NOON, state)
    assert [path.name for path in tmp_path.iterdir()] == ["watch.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"process": 1, "began": 2, "at": "noon", "state": {}}'])
def test_a_damaged_one_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "watch.json").write_text(text)
    assert read_heartbeat(tmp_path / "watch.json") is None


def test_none_is_none(tmp_path: Path) -> None:
    assert read_heartbeat(tmp_path / "watch.json") is None


def test_a_process_that_was_killed_is_no_longer_alive(tmp_path: Path) -> None:
    path = tmp_path / "watch.json"
    script = (
        "import sys, time, pathlib, datetime\n"
        "from pipeline.service.events import WatchState\n"
        "from pipeline.service.heartbeat import write_heartbeat\n"
        "write_heartbeat(pathlib.Path(sys.argv[1]), WatchState(), datetime.datetime.now(datetime.UTC))\n"
        "print('beating', flush=True)\n"
        "time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE, env=environment) as watcher:
        assert watcher.stdout is not None
        watcher.stdout.readline()
        beat = read_heartbeat(path)
        assert beat is not None
        assert (beat.process, beat.is_alive) == (watcher.pid, True)
        watcher.kill()
        watcher.wait()
    assert not beat.is_alive


def test_another_process_with_the_same_number_is_not_taken_for_it(tmp_path: Path) -> None:
    path = tmp_path / "watch.json"
    write_heartbeat(path, WatchState(), NOON)
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "began": told["began"] - 1}))
    beat = read_heartbeat(path)
    assert beat is not None
    assert not beat.is_alive


def test_silence_is_noticed_and_a_clock_set_back_is_none(tmp_path: Path) -> None:
    write_heartbeat(tmp_path / "watch.json", WatchState(), NOON)
    beat = read_heartbeat(tmp_path / "watch.json")
    assert beat is not None
    moments = (NOON + SILENT_AFTER, NOON + SILENT_AFTER + timedelta(seconds=1), NOON - timedelta(days=1))
    assert [beat.is_silent(now) for now in moments] == [False, True, False]
