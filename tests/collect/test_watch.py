"""Noticing changes: events where the system tells them, a timer where it does not, and never silence."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.collect import watch as watching
from pipeline.collect.watch import Watch
from tests.support.repository import ROOT

SOON = 5.0
"""Seconds within which an event comes even on a busy machine; as a rule it takes less than one hundredth of that."""


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox" / "north").mkdir(parents=True)
    return tmp_path / "inbox"


@pytest.fixture
def watch(inbox: Path) -> Iterator[Watch]:
    with Watch([inbox]) as watch:
        assert watch.wait(SOON), "to begin is a reason to look"
        yield watch


def test_every_change_of_a_file_is_noticed(inbox: Path, watch: Watch) -> None:
    file = inbox / "north" / "a.xlsx"
    file.write_bytes(b"one")
    assert watch.wait(SOON)
    rest(watch)
    with file.open("r+b") as stream:
        stream.write(b"two")
    assert watch.wait(SOON)
    rest(watch)
    file.rename(inbox / "b.xlsx")
    assert watch.wait(SOON)
    rest(watch)
    (inbox / "b.xlsx").unlink()
    assert watch.wait(SOON)


def test_what_lies_in_a_new_folder_is_noticed(inbox: Path, watch: Watch) -> None:
    (inbox / "south" / "east").mkdir(parents=True)
    assert watch.wait(SOON)
    rest(watch)
    (inbox / "south" / "east" / "a.xlsx").write_bytes(b"one")
    assert watch.wait(SOON)


def test_looking_is_no_reason_to_look_again(inbox: Path, watch: Watch) -> None:
    (inbox / "a.xlsx").write_bytes(b"one")
    rest(watch)
    (inbox / "a.xlsx").read_bytes()
    list(inbox.iterdir())
    assert not watch.wait(0.5)


def test_nothing_is_wrong_while_nothing_is(watch: Watch) -> None:
    assert (watch.supervise(), watch.polled()) == ((), ())
    assert not watch.changed.is_set()


def test_an_inbox_that_vanishes_is_told_and_watched_again_when_it_is_back(inbox: Path, watch: Watch) -> None:
    shutil.rmtree(inbox)
    assert watch.wait(SOON)
    assert watch.supervise() == (f"{inbox} cannot be watched: No such file or directory. It is tried again.",)
    rest(watch)
    watch.supervise()
    assert not watch.changed.is_set(), "it was told already"
    inbox.mkdir()
    assert watch.supervise() == ()
    assert watch.changed.is_set(), "what happened meanwhile was not told"
    rest(watch)
    (inbox / "a.xlsx").write_bytes(b"one")
    assert watch.wait(SOON)


def test_another_folder_in_the_place_of_the_inbox_is_watched(inbox: Path, watch: Watch) -> None:
    inbox.rename(inbox.with_name("old"))
    inbox.mkdir()
    rest(watch)
    assert watch.supervise() == ()
    assert watch.wait(0)
    (inbox / "a.xlsx").write_bytes(b"one")
    assert watch.wait(SOON)


def test_each_thread_of_an_observer_that_dies_is_noticed(inbox: Path, watch: Watch) -> None:
    for number in range(len(threads(watch))):
        stop = threads(watch)[number]
        stop.stop()
        stop.join()
        assert watch.supervise() == ()
        assert watch.wait(0), "what happened meanwhile was not told"
        (inbox / "a.xlsx").write_bytes(bytes(number))
        assert watch.wait(SOON)
        rest(watch)


def test_a_timer_is_a_reason_to_look_again_and_again(inbox: Path) -> None:
    with Watch([inbox], poll=0.01) as watch:
        assert all(watch.wait(SOON) for _ in range(3))
        assert watch.supervise() == ()
        assert watch.polled() == (f"{inbox} is looked at every 0.01 seconds: the settings say so.",)


@pytest.mark.parametrize("file_system", ["cifs", "nfs4", "fuse.sshfs", "fuse.smbnetfs", "virtiofs"])
def test_a_share_is_polled(inbox: Path, monkeypatch: pytest.MonkeyPatch, file_system: str) -> None:
    monkeypatch.setattr(watching, "file_system_of", lambda _: file_system)
    with Watch([inbox]) as watch:
        assert watch.supervise() == ()
        assert watch.polled() == (
            f"{inbox} is looked at every 5 seconds: on {file_system} changes by others are not told.",
        )


@pytest.mark.parametrize("file_system", ["ext4", "overlay", "tmpfs", "fuseblk", "ntfs", "apfs", ""])
def test_a_local_disk_is_listened_to(inbox: Path, monkeypatch: pytest.MonkeyPatch, file_system: str) -> None:
    monkeypatch.setattr(watching, "file_system_of", lambda _: file_system)
    with Watch([inbox]) as watch:
        assert watch.polled() == ()


def test_it_leaves_nothing_running_and_nothing_open(inbox: Path) -> None:
    with Watch([inbox]) as watch:
        watch.supervise()
    settled = (threading.active_count(), psutil.Process().num_fds())
    for _ in range(5):
        with Watch([inbox]) as watch:
            watch.supervise()
    assert (threading.active_count(), psutil.Process().num_fds()) == settled


IN_A_NAMESPACE = ["unshare", "--user", "--map-root-user"]
"""A user namespace has limits of its own, so that a test may lower them and nobody else notices."""
LIMITED = """
import sys
from pathlib import Path
from pipeline.collect.watch import Watch

inbox, limit = Path(sys.argv[1]), Path("/proc/sys/user", sys.argv[2])
limit.write_text(sys.argv[3])
with Watch([inbox]) as watch:
    print(*watch.supervise(), sep="\\n")
    limit.write_text("10000")
    print(watch.supervise(), watch.polled(), watch.wait(0))
    (inbox / "north" / "a.xlsx").touch()
    print(watch.wait(5))
"""


@pytest.mark.parametrize(("limit", "count"), [("max_inotify_watches", "2"), ("max_inotify_instances", "0")])
def test_the_limit_of_the_system_is_told_and_left_behind_when_it_is_raised(inbox: Path, limit: str, count: str) -> None:
    if (
        not shutil.which("unshare")
        or subprocess.run([*IN_A_NAMESPACE, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this machine grants no user namespace with limits of its own (unshare --user)")
    told = subprocess.run(
        [*IN_A_NAMESPACE, sys.executable, "-W", "error", "-c", LIMITED, str(inbox), limit, count],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert told.splitlines() == [
        (
            f"{inbox} is looked at every 5 seconds: this system's limit of watched folders is reached. Raise "
            "fs.inotify.max_user_watches and fs.inotify.max_user_instances with sysctl; planpress notices by itself."
        ),
        "() () True",
        "True",
    ]


def threads(watch: Watch) -> list[Any]:
    """Return the threads that watch the inbox."""
    guard: Any = watch._lookouts[0]._guard
    return list(guard._threads)


def rest(watch: Watch) -> None:
    """Wait until all that happened was told."""
    while watch.wait(0.2):
        pass
