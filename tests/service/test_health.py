"""How a watcher is, asked as monitoring asks: over a port of this computer."""

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.service import loopback
from pipeline.service.events import Event, EventKind, Listener, WatchState
from pipeline.service.health import PORT_TROUBLE, answering
from pipeline.service.heartbeat import SILENT_AFTER, write_heartbeat
from pipeline.settings import Workspace
from tests.support.ports import free_port

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Watched:
    """A workspace whose health is asked for; `now` is its clock."""

    workspace: Workspace
    port: int
    now: datetime = NOON
    told: list[Event] = field(default_factory=list)
    listeners: tuple[Listener, ...] = ()

    def clock(self) -> datetime:
        return self.now

    def happens(self, kind: EventKind, file: str | None = None, **more: Any) -> None:
        for listener in self.listeners:
            listener(Event(self.now, kind, file, **more))

    def get(self, path: str, host: str | None = None) -> tuple[int, str, str]:
        """Return status, type and content of what is answered."""
        connection = http.client.HTTPConnection(loopback.LOOPBACK, self.port, timeout=10)
        connection.request("GET", path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        with answer:
            told = answer.status, answer.headers["Content-Type"], answer.read().decode()
        connection.close()
        return told

    def health(self) -> Any:
        return json.loads(self.get("/health")[2])

    def figure(self, name: str, **labels: str) -> float:
        families = text_string_to_metric_families(self.get("/metrics")[2])
        (value,) = (
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == name and sample.labels == labels
        )
        return float(value)


def workspace_with(root: Path, port: int) -> Workspace:
    (root / "planpress.toml").write_text(f"metrics_port = {port}\n")
    workspace = Workspace.open(root, {})
    workspace.create_folders()
    return workspace


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    port = free_port()
    watched = Watched(workspace_with(tmp_path, port), port)
    with answering(watched.workspace, watched.clock, watched.told.append) as listeners:
        watched.listeners = listeners
        yield watched


def test_health_tells_what_the_watcher_does(watched: Watched) -> None:
    assert watched.health()["status"] == "starting"
    watched.happens(EventKind.STARTED)
    watched.happens(EventKind.RECEIVED, "a.xlsx")
    watched.happens(EventKind.BUILDING, "a.xlsx")
    watched.now += timedelta(seconds=3)
    watched.happens(EventKind.RECEIVED, "b.xlsx")
    status, kind, _ = watched.get("/health")
    assert (status, kind) == (200, "application/json")
    told = watched.health()
    assert (told["status"], told["waiting"], told["building"], told["oldest_unbuilt_seconds"]) == ("ok", 1, 1, 3.0)
    assert told["since"] == NOON.isoformat()


def test_troubles_are_named_until_they_heal(watched: Watched) -> None:
    watched.happens(EventKind.STARTED)
    watched.happens(EventKind.TROUBLE, topic="inbox", detail="The share is gone.")
    assert watched.health()["status"] == "troubled"
    assert watched.health()["troubles"] == {"inbox": "The share is gone."}
    assert watched.get("/health")[0] == 200  # a restart would not help
    watched.happens(EventKind.HEALED, topic="inbox", detail="It is back.")
    assert (watched.health()["status"], watched.health()["troubles"]) == ("ok", {})


def test_a_watcher_that_hangs_is_told_with_503(watched: Watched) -> None:
    watched.happens(EventKind.STARTED)
    watched.now += SILENT_AFTER + timedelta(seconds=1)
    assert (watched.get("/health")[0], watched.health()["status"]) == (503, "stuck")
    assert watched.figure("planpress_watcher_alive") == 0
    write_heartbeat(watched.workspace.heartbeat, WatchState(), watched.now)
    assert (watched.get("/health")[0], watched.health()["status"]) == (200, "ok")
    assert watched.figure("planpress_watcher_alive") == 1


def test_a_watcher_that_stops_says_so(watched: Watched) -> None:
    watched.happens(EventKind.STARTED)
    watched.happens(EventKind.STOPPING)
    assert watched.health()["status"] == "stopping"


def test_figures_count_what_happened(watched: Watched) -> None:
    assert watched.figure("planpress_builds_total", status="final") == 0
    watched.happens(EventKind.STARTED)
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        watched.happens(EventKind.RECEIVED, name)
    watched.happens(EventKind.BUILDING, "a.xlsx", seconds={"queued": 0.3})
    watched.happens(EventKind.BUILT, "a.xlsx", status="final", seconds={"queued": 0.3, "built": 1.5})
    watched.happens(EventKind.BUILDING, "b.xlsx")
    watched.happens(EventKind.FAILED, "b.xlsx")
    watched.now += timedelta(seconds=7)
    assert watched.figure("planpress_builds_total", status="final") == 1
    assert watched.figure("planpress_failures_total") == 1
    assert watched.figure("planpress_events_total", kind="received") == 3
    assert watched.figure("planpress_queue_length") == 1
    assert watched.figure("planpress_building") == 0
    assert watched.figure("planpress_oldest_unbuilt_seconds") == 7
    assert watched.figure("planpress_stage_seconds_count", stage="queued") == 1
    assert watched.figure("planpress_stage_seconds_sum", stage="built") == 1.5
    assert watched.figure("process_resident_memory_bytes") > 1e6


def test_every_figure_is_described(watched: Watched) -> None:
    described = (Path(__file__).parents[2] / "docs" / "administrators.md").read_text(encoding="utf-8")
    families = {family.name for family in text_string_to_metric_families(watched.get("/metrics")[2])}
    rows = set(re.findall(r"^\| `(planpress_\w+?)(?:_total)?` \|", described, flags=re.MULTILINE))
    assert rows == {name for name in families if name.startswith("planpress_")} - {"planpress_info"}


def test_nothing_else_is_answered(watched: Watched) -> None:
    assert watched.get("/")[0] == 404
    assert watched.get("/health/../metrics")[0] == 404
    assert watched.get("/health?verbose=1")[0] == 200


def test_a_page_of_the_web_that_points_its_own_name_here_learns_nothing(watched: Watched) -> None:
    assert watched.get("/health", host="evil.example")[0] == 403
    assert watched.get("/health", host=f"evil.example:{watched.port}")[0] == 403
    assert watched.get("/health", host=f"localhost:{watched.port}")[0] == 200


def test_no_other_address_is_open(watched: Watched) -> None:
    with socket.socket() as other:
        other.settimeout(5)
        assert other.connect_ex(("127.0.0.2", watched.port)) != 0


def test_without_a_port_nobody_is_answered(tmp_path: Path) -> None:
    (tmp_path / "planpress.toml").write_text("")
    with answering(Workspace.open(tmp_path, {}), lambda: NOON, lambda _: None) as listeners:
        assert listeners == ()


def test_a_port_that_is_taken_is_told_and_opened_when_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback, "RETRY_SECONDS", 0.05)
    with socket.socket() as holder:
        holder.bind((loopback.LOOPBACK, 0))
        holder.listen()
        port = int(holder.getsockname()[1])
        watched = Watched(workspace_with(tmp_path, port), port)
        with answering(watched.workspace, watched.clock, watched.told.append) as watched.listeners:
            (event,) = watched.told
            assert (event.kind, event.topic) == (EventKind.TROUBLE, PORT_TROUBLE)
            assert event.detail.startswith(f"Port {port} cannot be opened (Address already in use)")
            time.sleep(0.2)
            assert len(watched.told) == 1
            holder.close()
            patience = time.monotonic() + 10
            while len(watched.told) == 1 and time.monotonic() < patience:
                time.sleep(0.02)
            assert [event.kind for event in watched.told] == [EventKind.TROUBLE, EventKind.HEALED]
            assert watched.health()["troubles"] == {}


def test_the_port_is_free_again_afterwards(tmp_path: Path) -> None:
    port = free_port()
    watched = Watched(workspace_with(tmp_path, port), port)
    for _ in range(2):
        with answering(watched.workspace, watched.clock, watched.told.append) as watched.listeners:
            assert watched.health()["status"] == "starting"
    assert watched.told == []
