"""What a watcher needs, looked at before it is missed."""

import os
import shutil
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from pipeline.collect import watch
from pipeline.service.doctor import FAULT, NOTE, OK, Checkup, examine
from pipeline.service.events import Event, EventKind, WatchState
from pipeline.service.health import answering
from pipeline.service.heartbeat import write_heartbeat
from pipeline.service.loopback import LOOPBACK
from tests.support.json_builder import load_builder
from tests.support.workspace import Desk


class Usage(NamedTuple):
    """As shutil answers."""

    total: int
    used: int
    free: int


class Memory(NamedTuple):
    """As psutil answers."""

    total: int


def looked_at(desk: Desk, name: str) -> Checkup:
    return looked_at_all(desk)[name]


def looked_at_all(desk: Desk) -> dict[str, Checkup]:
    return {check.name: check for check in examine(desk.workspace, load_builder)}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path)


@pytest.mark.parametrize(("free", "state"), [(99, FAULT), (100, NOTE), (999, NOTE), (1000, OK)])  # megabytes
def test_room_on_the_disk_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    (desk.root / "outbox").mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free * 1024 * 1024))
    checks = looked_at_all(desk)
    for found in (checks["Room for the state"], checks["Room for the outbox"]):
        assert (found.state, found.message.startswith(f"{free} MB are free where {desk.root}")) == (state, free < 1000)


def test_more_jobs_than_memory_is_noted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.root / "planpress.toml").write_text("jobs = 4\n[limits]\nmemory_mb = 1000\n")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory(4096 * 1024 * 1024))
    found = looked_at(desk, "Memory")
    assert found.state == NOTE
    assert found.message.startswith("4 jobs may take 5,000 MB of the 4,096 MB of this computer. Lower `jobs`")
    (desk.root / "planpress.toml").write_text("jobs = 3\n[limits]\nmemory_mb = 1000\n")
    assert looked_at(desk, "Memory").state == OK


def test_an_inbox_that_tells_of_changes_is_fine(desk: Desk) -> None:
    found = looked_at(desk, "Changes in the inbox")
    assert (found.state, found.message) == (OK, "The system tells of them at once.")


def test_a_share_is_said_to_be_polled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "file_system_of", lambda _: "cifs")
    found = looked_at(desk, "Changes in the inbox")
    assert (found.state, found.message) == (
        NOTE,
        f"{desk.root / 'inbox'} is looked at every 5 seconds: on cifs changes by others are not told.",
    )


def test_the_limit_of_watches_is_told_with_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_has_room", lambda _: False)
    found = looked_at(desk, "Changes in the inbox")
    assert found.state == NOTE
    assert "Raise fs.inotify.max_user_watches" in found.message


def test_the_port_for_monitoring_is_free_taken_or_answered(desk: Desk) -> None:
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        port = int(holder.getsockname()[1])
        (desk.root / "planpress.toml").write_text(f"metrics_port = {port}\n")
        taken = looked_at(desk, "Port for monitoring")
    assert (taken.state, "Address already in use" in taken.message) == (FAULT, True)
    assert looked_at(desk, "Port for monitoring").state == OK
    with answering(desk.workspace, now, lambda _: None):
        found = looked_at(desk, "Port for monitoring")
    assert (found.state, found.message) == (OK, f"A watcher answers at http://{LOOPBACK}:{port}/health.")


def test_the_watcher_is_looked_after(desk: Desk) -> None:
    assert looked_at(desk, "Watcher").state == NOTE
    heartbeat = desk.workspace.heartbeat
    write_heartbeat(heartbeat, WatchState(), now())
    found = looked_at(desk, "Watcher")
    assert (found.state, found.message) == (OK, f"It runs as process {os.getpid()}.")
    trouble = Event(now(), EventKind.TROUBLE, topic="inbox", detail="The share is gone.")
    write_heartbeat(heartbeat, WatchState().after(trouble), now())
    found = looked_at(desk, "Watcher")
    assert (found.state, found.message) == (FAULT, "The share is gone.")
    write_heartbeat(heartbeat, WatchState(), now() - timedelta(minutes=10))
    assert looked_at(desk, "Watcher").state == FAULT
