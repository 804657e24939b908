"""Bytes by their hash: whole, once, and never taken for others."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from pipeline.errors import WorkspaceError
from pipeline.store.lock import exclusive
from pipeline.store.snapshots import Snapshots


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    sha256 = snapshots.write(b"bytes")
    assert sha256 == hashlib.sha256(b"bytes").hexdigest()
    assert (sha256 in snapshots, snapshots.read(sha256)) == (True, b"bytes")
    assert snapshots.path(sha256) == tmp_path / sha256[:2] / sha256[2:]


def test_the_same_bytes_are_kept_once_and_nothing_else(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.write(b"bytes")
    snapshots.write(b"bytes")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_torn_snapshot_is_written_again(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    sha256 = snapshots.write(b"bytes")
    snapshots.path(sha256).write_bytes(b"by")
    snapshots.write(b"bytes")
    assert snapshots.read(sha256) == b"bytes"


def test_what_a_process_that_is_gone_was_writing_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    sha256 = snapshots.write(b"bytes")
    ended = subprocess.Popen(["true"])
    ended.wait()
    for process in (ended.pid, os.getpid(), os.getppid()):
        (tmp_path / "unfinished" / f"{sha256}.{process}").write_bytes(b"by")
    snapshots.clear_unfinished()
    left = [path.suffix for path in (tmp_path / "unfinished").iterdir()]
    assert (left, snapshots.read(sha256)) == ([f".{os.getppid()}"], b"bytes")


def test_damage_is_noticed(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    sha256 = snapshots.write(b"bytes")
    snapshots.path(sha256).write_bytes(b"other")
    with pytest.raises(WorkspaceError, match="is damaged"):
        snapshots.read(sha256)
    with pytest.raises(WorkspaceError, match="cannot be read"):
        snapshots.read("0" * 64)


def test_the_lock_names_who_holds_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with (
        exclusive(lock, 1),
        pytest.raises(WorkspaceError, match=r"Another planpress \(process \d+\)"),
        exclusive(lock, 0),
    ):
        pass
    with exclusive(lock, 0):
        pass
