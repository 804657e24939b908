"""`planpress watch`, as an administrator, a service and a timer run it."""

import http.client
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psutil
import pytest

from pipeline.service.heartbeat import read_heartbeat
from tests.cli.conftest import Terminal
from tests.support.ports import free_port
from tests.support.repository import ROOT
from tests.support.watching import QUICK
from tests.support.workspace import Desk

PATIENCE_SECONDS = 60.0
SCRIPT = """
import pipeline.service.load
from pipeline.cli.main import main
from tests.support.json_builder import load_builder
pipeline.service.load.load_builder = load_builder
main()
"""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    (desk.root / "planpress.toml").write_text(f"jobs = 1\n{QUICK}")
    for folder in ("workbook_templates", "output_templates"):
        (desk.root / folder).mkdir()
    return desk


def command(desk: Desk, *words: str) -> list[str | Path]:
    return [sys.executable, "-c", SCRIPT, "watch", "--workspace", desk.root, *words]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}


class Service:
    """A watcher without a terminal, and its log as far as it was read."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process, self._log = process, log

    @property
    def log(self) -> list[dict[str, Any]]:
        text = self._log.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def wait_for(self, event: str, file: str | None = None) -> dict[str, Any]:
        """Return the line of an event as soon as it is there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            for told in self.log:
                if told["event"] == event and file in (None, told.get("file")):
                    return told
            time.sleep(0.05)
        raise AssertionError(f"waited in vain for {event}; the log is\n{self._log.read_text()}")

    def end(self, number: signal.Signals) -> int:
        """Send a signal to it and its workers, as a terminal does, and return how it ended."""
        os.killpg(self.process.pid, number)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def service(desk: Desk, *words: str) -> Iterator[Service]:
    """Run a watcher as a service manager does: no terminal, standard error in a file."""
    log = desk.root / "service.log"
    with log.open("w") as stream, subprocess.Popen(
        command(desk, *words), env=environment(), stdout=subprocess.PIPE, stderr=stream, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield Service(process, log)
        finally:
            process.kill()


# Once ---------------------------------------------------------------------------------------------------------------


def test_once_builds_what_is_new_and_ends_with_the_table_of_a_build(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    answer = planpress("watch", "--once")
    assert answer.code == 0
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in answer.lines]
    assert cells[2] == ["Contoso (C-1)", "final", "1", "1 final, 1 for approval", "–"]
    events = [json.loads(line)["event"] for line in answer.err.splitlines()]
    assert (events[0], events[-1], "built" in events) == ("started", "stopped", True)
    assert "No watcher runs since " in planpress("status").out


def test_once_opens_no_port(desk: Desk, planpress: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        (desk.root / "planpress.toml").write_text(f"jobs = 1\n{QUICK}metrics_port = {taken.getsockname()[1]}\n")
        answer = planpress("watch", "--once")
    assert [json.loads(line)["event"] for line in answer.err.splitlines()] == ["started", "stopped"]


def test_once_prints_its_report_as_json(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx")
    desk.save("Fabrikam.xlsx", "F-1", "Fabrikam", findings=[("error", "7", "Wrong.", "first")])
    answer = planpress("watch", "--once", "--json")
    assert answer.code == 1
    assert [(file["file"], file["status"]) for file in answer.json["files"]] == [
        ("Contoso.xlsx", "final"),
        ("Fabrikam.xlsx", "blocked"),
    ]


def test_the_log_says_why_a_workbook_was_not_built_and_nothing_of_what_is_in_it(
    desk: Desk, planpress: Terminal
) -> None:
    desk.save("Fabrikam.xlsx", "F-1", "Fabrikam", findings=[("error", "7", "Ana Prado said no.", "first")])
    desk.save("Contoso.xlsx")
    desk.save("Copy of Contoso.xlsx")
    desk.save("Wide.xlsx", "W-1", "Wide", does="stumble")
    answer = planpress("watch", "--once", "--json")
    assert answer.code == 3
    lines = {
        told["file"]: told["message"] for line in answer.err.splitlines() if (told := json.loads(line)).get("file")
    }
    assert lines["Fabrikam.xlsx"] == "Fabrikam.xlsx: built, blocked: 1 error"
    assert lines["Contoso.xlsx"].startswith("Contoso.xlsx: cannot be built: “Copy of Contoso.xlsx” carries the same")
    reference = lines["Wide.xlsx"].removeprefix("Wide.xlsx: failed in planpress itself: Its reference in the log is ")
    assert (desk.root / ".planpress" / "log" / f"{reference.removesuffix('.')}.log").is_file()


def test_mistakes_in_the_definitions_are_refused_at_the_start(desk: Desk, planpress: Terminal) -> None:
    (desk.root / "rules" / "definitions.txt").write_text("mistake")
    answer = planpress("watch", "--once")
    assert answer.code == 2
    assert "rules/definitions.txt:1: Expected something else." in answer.err


# Staying ------------------------------------------------------------------------------------------------------------


def test_a_service_builds_what_is_saved_and_ends_with_sigterm(desk: Desk, planpress: Terminal) -> None:
    with service(desk) as watcher:
        watcher.wait_for("started")
        desk.save("Contoso.xlsx")
        built = watcher.wait_for("built", "Contoso.xlsx")
        assert (built["account"], built["status"], built["level"]) == ("C-1", "final", "info")
        assert built["seconds"].keys() == {"queued", "built", "published"}
        assert f"(process {watcher.process.pid}): 0 being built, 0 waiting." in planpress("status").out
        watcher.process.terminate()
        assert watcher.process.wait(PATIENCE_SECONDS) == 0
        assert [told["event"] for told in watcher.log][-2:] == ["stopping", "stopped"]
    assert "No watcher runs since " in planpress("status").out


def test_a_second_watcher_is_refused_and_the_first_is_named(desk: Desk, planpress: Terminal) -> None:
    with service(desk) as watcher:
        watcher.wait_for("started")
        answer = planpress("watch")
        assert (answer.code, answer.out) == (2, "")
        assert f"process {watcher.process.pid}" in answer.err.splitlines()[-1]


def test_what_is_being_built_is_finished_before_the_end(desk: Desk) -> None:
    desk.save("Contoso.xlsx", does="rest")
    with service(desk) as watcher:
        watcher.wait_for("building", "Contoso.xlsx")
        assert watcher.end(signal.SIGINT) == 0
        assert [told["event"] for told in watcher.log][-3:] == ["stopping", "built", "stopped"]
    assert desk.edition()["edition"] == 1


def test_a_second_interrupt_ends_it_and_its_workers_at_once(desk: Desk, planpress: Terminal) -> None:
    desk.save("Contoso.xlsx", does="hang")
    with service(desk) as watcher:
        watcher.wait_for("building", "Contoso.xlsx")
        os.killpg(watcher.process.pid, signal.SIGINT)
        watcher.wait_for("stopping")
        began = time.monotonic()
        assert watcher.end(signal.SIGINT) == -signal.SIGINT
        wait_until(lambda: still_running(watcher.process.pid) == [])
        assert time.monotonic() - began < 10  # the job would have hung for a minute
    assert "No watcher runs since " in planpress("status").out


def test_a_killed_watcher_is_missed(desk: Desk, planpress: Terminal) -> None:
    with service(desk) as watcher:
        watcher.wait_for("started")
        wait_until(lambda: read_heartbeat(desk.workspace.heartbeat) is not None)
        watcher.end(signal.SIGKILL)
    assert "The watcher ended unexpectedly after " in planpress("status").out


def test_monitoring_is_answered_while_it_runs(desk: Desk) -> None:
    port = free_port()
    with (desk.root / "planpress.toml").open("a") as settings:
        settings.write(f"metrics_port = {port}\n")
    with service(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for("built", "Contoso.xlsx")
        told = json.loads(asked(port, "/health"))
        assert (told["status"], told["waiting"], told["building"]) == ("ok", 0, 0)
        assert 'planpress_builds_total{status="final"} 1.0' in asked(port, "/metrics").splitlines()


def still_running(session: int) -> list[int]:
    """Return the processes of a session that have not ended."""
    running = []
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                running.append(process.pid)
    return running


def asked(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    with connection.getresponse() as answer:
        text = answer.read().decode()
    connection.close()
    return text


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# On a terminal ------------------------------------------------------------------------------------------------------


def test_on_a_terminal_it_is_seen_at_work_and_leaves_the_terminal_as_it_was(desk: Desk) -> None:
    desk.save("Contoso.xlsx")
    desk.drop("Broken.xlsx", b"no workbook")
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as screen, subprocess.Popen(
        command(desk), env=environment(), stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    ) as watcher:  # fmt: skip
        os.close(follower)
        try:
            seen = watch_screen(screen, lambda text: "Went wrong" in text and "Contoso.xlsx: built, final" in text)
            assert f"Watching {desk.root / 'inbox'}" in seen
            os.killpg(watcher.pid, signal.SIGINT)
            rest = watch_screen(screen, lambda text: "stopped" in text and "\x1b[?25h" in text)
            assert watcher.wait(PATIENCE_SECONDS) == 0
        finally:
            watcher.kill()
    assert rest.rpartition("\x1b[?25")[2].startswith("h")  # the last word about the cursor is that it is shown


def watch_screen(screen: IO[bytes], is_enough: Callable[[str], bool]) -> str:
    """Return what appears on a terminal until it is enough, with its commands for the cursor but without colours."""
    seen, deadline = "", time.monotonic() + PATIENCE_SECONDS
    while not is_enough(seen) and time.monotonic() < deadline:
        try:
            if select.select([screen], [], [], 0.5)[0]:
                seen += re.sub(r"\x1b\[[0-9;]*m", "", screen.read(65536).decode(errors="replace"))
        except OSError:  # the other side is closed
            break
    assert is_enough(seen), seen
    return seen
