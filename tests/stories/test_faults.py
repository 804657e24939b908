"""Disks fill up, shares vanish, clocks jump, databases stop: the watcher says so, loses nothing, goes on by itself."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil
import pytest

from pipeline.send.outbox import Outbox
from pipeline.service import session, shifts, troubles, watch
from pipeline.service.events import EventKind, WatchState
from pipeline.service.heartbeat import Heartbeat, read_heartbeat
from tests.cli.conftest import Terminal
from tests.support.faults import NEEDS_ROOT, bound_by_permissions, locked, small_disk
from tests.support.postgresql import Server
from tests.support.repository import ROOT
from tests.support.watching import QUICK, Watching, watching
from tests.support.workspace import Desk

FIRST = "internal/Contoso - first.pptx"
FULL = ("No space left on device", "disk is full")
"""As the system and as SQLite say it: either may be the first to need room."""
YEARS = timedelta(days=4000)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again sooner than anybody should."""
    monkeypatch.setattr(troubles, "FIRST_SECONDS", 0.2)
    monkeypatch.setattr(troubles, "MOST_SECONDS", 0.5)
    monkeypatch.setattr(session, "RETRY_SECONDS", 0.3)
    monkeypatch.setattr(session, "UNREADABLE_SECONDS", 0.5)
    monkeypatch.setattr(shifts, "CHECK_SECONDS", 0.3)
    monkeypatch.setattr(watch, "SUPERVISE_SECONDS", 0.3)


@pytest.fixture
def planpress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_at(tmp_path)


def desk_at(root: Path, settings: str = "") -> Desk:
    """Return a workspace in which no folder is missing, so that all is well in it."""
    for folder in ("workbook_templates", "output_templates"):
        (root / folder).mkdir()
    return Desk.at(root, QUICK + settings)


def is_built(desk: Desk, number: int, text: str | None = None, account: str = "Contoso") -> bool:
    """Return whether an account has this edition, with its document."""
    folder = f"{account} ({account[0]}-1)"
    path = desk.root / "outbox" / folder / "edition.json"
    is_edition = path.is_file() and json.loads(path.read_text("utf-8"))["edition"] == number
    return is_edition and text in (None, desk.text(f"internal/{account} - first.pptx", folder))


def is_told(watcher: Watching, topic: str, part: str) -> bool:
    """Return whether the log and `planpress status` say now what is wrong."""
    logged = any(event.topic == topic and part in event.detail for event in watcher.events)
    return logged and part in beat_of(watcher).state.troubles.get(topic, "")


def troubles_of(watcher: Watching) -> list[str]:
    """Return what `planpress status` says now that is wrong."""
    return list(beat_of(watcher).state.troubles.values())


def is_well(watcher: Watching) -> bool:
    """Return whether nothing is wrong any more."""
    state = beat_of(watcher).state
    return not state.troubles and not state.held


def beat_of(watcher: Watching) -> Heartbeat:
    """Return what the watcher said last of itself, which `planpress status` shows."""
    beat = read_heartbeat(watcher.desk.workspace.heartbeat)
    return beat or Heartbeat(0, None, watcher.desk.now, WatchState(troubles={"": "no sign of life yet"}))


def saves_news(desk: Desk, edition: int = 2) -> str:
    """Save the workbook again; return what its first document must hold then."""
    desk.save("Contoso.xlsx", texts={"first": f"news {edition}"})
    return f"news {edition}, edition {edition}"


# Full disks ---------------------------------------------------------------------------------------------------------


@NEEDS_ROOT
def test_a_full_outbox(desk: Desk, planpress: Terminal) -> None:
    with small_disk(desk.root / "outbox") as disk, watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        disk.fill()
        news = saves_news(desk)
        watcher.wait_for(lambda: is_told(watcher, "outbox", "may be full"))
        assert (
            "Trouble: Documents are ready and cannot be put into the outbox."
            in planpress("status", "--workspace", desk.root).out
        )
        assert is_built(desk, 1, "first, edition 1")
        disk.empty()
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))
        assert not [file for file in desk.files() if file.endswith(".tmp")]


@NEEDS_ROOT
def test_a_full_disk_under_ledger_and_snapshots(desk: Desk, planpress: Terminal) -> None:
    with small_disk(desk.root / ".planpress", 8192) as disk, watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1) and is_well(watcher))
        disk.fill()
        news = saves_news(desk)
        watcher.wait_for(lambda: any(word in told for told in troubles_of(watcher) for word in FULL))
        answer = planpress("status", "--workspace", desk.root)
        assert any(word in answer.out + answer.err for word in FULL)
        disk.empty()
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


# Permissions --------------------------------------------------------------------------------------------------------


def test_an_outbox_without_the_right_to_write(desk: Desk) -> None:
    with bound_by_permissions(), watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        folders = [desk.root / "outbox", *(desk.root / "outbox").rglob("*/")]
        for folder in folders:
            folder.chmod(0o555)
        news = saves_news(desk)
        desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
        watcher.wait_for(lambda: is_told(watcher, "outbox", "read-only"))
        for folder in folders:
            folder.chmod(0o755)
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_built(desk, 1, account="Fabrikam") and is_well(watcher))


def test_an_inbox_without_the_right_to_read(desk: Desk) -> None:
    with bound_by_permissions(), watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        (desk.root / "inbox").chmod(0o300)
        news = saves_news(desk)
        watcher.wait_for(lambda: is_told(watcher, "inbox", "Permission denied"))
        (desk.root / "inbox").chmod(0o755)
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))
        assert EventKind.GONE not in watcher.kinds()


def test_one_workbook_without_the_right_to_read(desk: Desk) -> None:
    with bound_by_permissions(), watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        path = desk.root / "inbox" / "Contoso.xlsx"
        news = saves_news(desk)
        path.chmod(0)
        desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
        watcher.wait_for_kind(EventKind.REFUSED, "Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1, account="Fabrikam"))
        assert "Permission denied" in desk.text("to-do.html")
        path.chmod(0o644)
        watcher.wait_for(lambda: is_built(desk, 2, news))
        assert "to-do.html" not in desk.files("Contoso (C-1)")


@NEEDS_ROOT
def test_an_outbox_on_a_disk_that_becomes_read_only(desk: Desk) -> None:
    with small_disk(desk.root / "outbox") as disk, watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        disk.remount("ro")
        news = saves_news(desk)
        watcher.wait_for(lambda: is_told(watcher, "outbox", "read-only"))
        disk.remount("rw")
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


def test_ledger_and_snapshots_without_the_right_to_write(desk: Desk) -> None:
    state = desk.root / ".planpress"
    with bound_by_permissions(), watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1) and is_well(watcher))
        folders = [state, *state.rglob("*/")]
        for folder in folders:
            folder.chmod(0o555)
        news = saves_news(desk)
        watcher.wait_for(lambda: {"disk", "heartbeat"} <= {event.topic for event in watcher.events})
        for folder in folders:
            folder.chmod(0o755)
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


# Shares that vanish -------------------------------------------------------------------------------------------------


@NEEDS_ROOT
def test_an_inbox_that_is_unmounted_and_mounted_again(desk: Desk) -> None:
    with small_disk(desk.root / "inbox") as disk, watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        elsewhere = disk.hide()
        watcher.wait_for(lambda: is_told(watcher, "inbox", "no longer on the file system"))
        workbook = {"id": "C-1", "name": "Contoso", "texts": {"first": "news"}}
        (elsewhere / "Contoso.xlsx").write_text(json.dumps(workbook), encoding="utf-8")
        disk.show()
        watcher.wait_for(lambda: is_built(desk, 2, "news, edition 2") and is_well(watcher))
        assert EventKind.GONE not in watcher.kinds()


@NEEDS_ROOT
def test_an_outbox_that_is_unmounted_and_mounted_again(desk: Desk) -> None:
    with small_disk(desk.root / "outbox") as disk, watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        disk.hide()
        news = saves_news(desk)
        watcher.wait_for(lambda: is_told(watcher, "outbox", "not mounted"))
        assert desk.files() == []  # nothing is put where the share should be
        disk.show()
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


def test_an_outbox_that_is_renamed_and_renamed_back(desk: Desk) -> None:
    outbox, elsewhere = desk.root / "outbox", desk.root / "elsewhere"
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        outbox.rename(elsewhere)
        news = saves_news(desk)
        watcher.wait_for(lambda: is_told(watcher, "outbox", "not mounted"))
        assert not outbox.exists()
        elsewhere.rename(outbox)
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


@NEEDS_ROOT
def test_ledger_and_snapshots_that_are_unmounted_and_mounted_again(desk: Desk) -> None:
    with small_disk(desk.root / ".planpress", 8192) as disk, watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1) and is_well(watcher))
        disk.hide()
        news = saves_news(desk)
        watcher.wait_for(lambda: is_told(watcher, "disk", "is not the folder any more that it was at the start"))
        assert [path.name for path in (desk.root / ".planpress").iterdir()] == ["watch.json"]
        disk.show()
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


IN_A_NAMESPACE = ["unshare", "--user", "--map-root-user"]
"""A user namespace has limits of its own, so that a test may lower them and nobody else notices."""
LIMITED = """
import sys
from pathlib import Path
from pipeline.service import watch
from pipeline.service.heartbeat import read_heartbeat
from tests.support.repository import ROOT
from tests.support.watching import watching
from tests.support.workspace import Desk

watch.SUPERVISE_SECONDS = 0.3
desk, limit = Desk(Path(sys.argv[1])), Path("/proc/sys/user/max_inotify_watches")
limit.write_text("2")
with watching(desk) as watcher:
    desk.save("Contoso.xlsx")
    watcher.wait_for(lambda: desk.files("Contoso (C-1)"))
    told = read_heartbeat(desk.workspace.heartbeat).state.troubles["folders"]
    assert "limit of watched folders is reached" in told, told
    limit.write_text("10000")
    watcher.wait_for(lambda: not read_heartbeat(desk.workspace.heartbeat).state.troubles)
"""


def test_the_limit_of_watched_folders(desk: Desk) -> None:
    if (
        not shutil.which("unshare")
        or subprocess.run([*IN_A_NAMESPACE, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this machine grants no user namespace with limits of its own (unshare --user)")
    done = subprocess.run(
        [*IN_A_NAMESPACE, sys.executable, "-c", LIMITED, str(desk.root)], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# Clocks -------------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_ahead_and_back(desk: Desk) -> None:
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
        watcher.wait_for(lambda: as_of(desk) == ("2026-11-21", "2026-11-21"))
        desk.now += YEARS
        watcher.wait_for(lambda: as_of(desk) == ("2037-11-03", "2037-11-03"))
        watcher.wait_for(lambda: is_told(watcher, "clock", "was set to 2037-11-03 12:00"))
        news = saves_news(desk)
        watcher.wait_for(lambda: is_built(desk, 2, news))
        desk.now -= YEARS
        watcher.wait_for(lambda: as_of(desk) == ("2026-11-21", "2026-11-21") and is_well(watcher))
        news = saves_news(desk, 3)
        watcher.wait_for(lambda: is_built(desk, 3, news))
        assert len(list((desk.root / ".planpress" / "snapshots").rglob("??/*"))) == 8  # all workbooks and documents


def as_of(desk: Desk) -> tuple[str, ...]:
    """Return by which day the plans of both accounts were judged."""
    paths = [desk.root / "outbox" / folder / "edition.json" for folder in ("Contoso (C-1)", "Fabrikam (F-1)")]
    return tuple(json.loads(path.read_text("utf-8"))["as_of"] if path.exists() else "" for path in paths)


def test_a_clock_that_was_wrong_at_the_start(desk: Desk) -> None:
    right = desk.now
    desk.now -= YEARS
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        desk.now = right
        watcher.wait_for(lambda: desk.edition()["as_of"] == "2026-11-21")
        news = saves_news(desk)
        watcher.wait_for(lambda: is_built(desk, 2, news))


# Workers ------------------------------------------------------------------------------------------------------------


def test_a_worker_that_is_killed_from_outside(desk: Desk) -> None:
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx", does="rest")
        watcher.wait_for_kind(EventKind.BUILDING, "Contoso.xlsx")
        kill_workers()
        watcher.wait_for_kind(EventKind.RETRIED, "Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        assert "to-do.html" not in desk.files("Contoso (C-1)")


def kill_workers() -> None:
    """Kill the workers and what they come from, as an administrator or a system short of memory does."""
    for process in psutil.Process().children(recursive=True):
        if any("pipeline.workers" in word for word in process.cmdline()):
            process.send_signal(signal.SIGKILL)


# The ledger ---------------------------------------------------------------------------------------------------------


def test_a_ledger_that_is_locked_for_longer_than_its_patience(tmp_path: Path) -> None:
    ledger = tmp_path / ".planpress" / "ledger.sqlite"
    desk = desk_at(tmp_path, f'ledger = "sqlite:///{ledger}?timeout=0.2"\n')
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        with locked(ledger):
            news = saves_news(desk)
            watcher.wait_for(lambda: is_told(watcher, "ledger", "database is locked"))
            assert is_built(desk, 1)
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


def test_a_ledger_whose_disk_is_gone_and_comes_back(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "database", tmp_path / "elsewhere"
    desk = desk_at(tmp_path, f'ledger = "sqlite:///{folder}/ledger.sqlite?timeout=0.2"\n')
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        with locked(folder / "ledger.sqlite"):
            news = saves_news(desk)
            watcher.wait_for(lambda: is_told(watcher, "ledger", "database is locked"))
            folder.rename(elsewhere)
        watcher.wait_for(lambda: is_told(watcher, "ledger", "is not there any more"))
        assert not folder.exists()  # no new, empty one is begun in its place
        elsewhere.rename(folder)
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


@pytest.mark.postgresql
def test_a_ledger_whose_server_stops_and_starts_again(tmp_path: Path, postgresql_server: Server) -> None:
    desk = desk_at(tmp_path, f'ledger = "{postgresql_server.database()}"\n')
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        postgresql_server.stop()
        try:
            news = saves_news(desk)
            watcher.wait_for(lambda: is_told(watcher, "ledger", "does not answer"))
        finally:
            postgresql_server.start()
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


def test_a_snapshot_that_is_damaged_before_its_document_is_published(desk: Desk) -> None:
    outbox, elsewhere = desk.root / "outbox", desk.root / "elsewhere"
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        outbox.rename(elsewhere)
        news = saves_news(desk)
        watcher.wait_for(lambda: is_told(watcher, "outbox", "not mounted"))
        (snapshot,) = (path for path in (desk.root / ".planpress/snapshots").rglob("??/*") if path.read_text() == news)
        snapshot.write_text("damaged")
        elsewhere.rename(outbox)
        desk.save("Fabrikam.xlsx", "F-1", "Fabrikam")
        watcher.wait_for(lambda: is_built(desk, 1, account="Fabrikam"))  # nobody else waits for it
        watcher.wait_for(lambda: "is damaged" in beat_of(watcher).state.held.get("Contoso.xlsx", ""))
        assert is_built(desk, 1, "first, edition 1")
        snapshot.write_text(news)
        watcher.wait_for(lambda: is_built(desk, 2, news) and is_well(watcher))


# Documents in use ---------------------------------------------------------------------------------------------------


@contextmanager
def watching_beside(desk: Desk, in_use: set[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    """Watch while files with the names `in_use` cannot be replaced, as on Windows where somebody has them open."""

    def replace(source: Path, target: Path) -> None:
        if target.name in in_use:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        source.replace(target)

    monkeypatch.setattr(watch, "Outbox", partial(Outbox, replace=replace))
    with watching(desk) as watcher:
        yield watcher


def test_a_published_document_that_is_held_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    in_use: set[str] = set()
    with watching_beside(desk, in_use, monkeypatch) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        in_use.add("Contoso - first.pptx")
        news = saves_news(desk)
        watcher.wait_for(lambda: is_built(desk, 2) and desk.edition()["status"] == "waiting")
        assert desk.text(FIRST) == "first, edition 1"
        assert desk.text("internal/Contoso - first (edition 2).pptx") == news
        watcher.wait_for(lambda: "In use" in beat_of(watcher).state.held.get("Contoso.xlsx", ""))
        in_use.clear()
        watcher.wait_for(lambda: is_built(desk, 2, news) and desk.edition()["status"] == "final" and is_well(watcher))
        assert len(desk.files("Contoso (C-1)")) == 3


def test_a_published_document_edited_by_hand(desk: Desk) -> None:
    with watching(desk) as watcher:
        desk.save("Contoso.xlsx")
        watcher.wait_for(lambda: is_built(desk, 1))
        (desk.root / "outbox" / "Contoso (C-1)" / FIRST).write_text("polished", encoding="utf-8")
        news = saves_news(desk)
        watcher.wait_for(lambda: is_built(desk, 2, news))
        assert desk.text("internal/Contoso - first (edited by hand 2026-11-21).pptx") == "polished"
        assert "edited by hand" in desk.text("to-do.html")
