"""What lies in the inbox, and what must never pass for an empty one."""

import os
import shutil
from pathlib import Path

import pytest

from pipeline.collect.claim import inbox_files
from pipeline.collect.scan import Listing, Stamp, scan, stamp_of
from pipeline.errors import InboxGone


def put(inbox: Path, *files: str) -> None:
    for file in files:
        (inbox / file).parent.mkdir(parents=True, exist_ok=True)
        (inbox / file).write_bytes(b"bytes")


def test_workbooks_are_found_in_all_folders_but_those_of_others(tmp_path: Path) -> None:
    put(tmp_path, "b.xlsx", "north/a.XLSM", "north/east/株式会社.ods", "~$b.xlsx", "_finance/d.xlsx", "notes.txt")
    put(tmp_path, ".sync/e.xlsx", "north/_crm/f.xlsx", "copying.part/g.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    assert list(scan(tmp_path)) == ["b.xlsx", "north/a.XLSM", "north/east/株式会社.ods"]
    assert list(scan(tmp_path)) == list(inbox_files(tmp_path))


def test_a_stamp_is_that_of_the_file(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx")
    status = (tmp_path / "a.xlsx").stat()
    assert scan(tmp_path)["a.xlsx"] == Stamp(5, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)
    assert scan(tmp_path)["a.xlsx"] == stamp_of(tmp_path / "a.xlsx")


def test_a_file_with_its_old_size_and_time_has_another_stamp(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx")
    before, status = scan(tmp_path)["a.xlsx"], (tmp_path / "a.xlsx").stat()
    (tmp_path / "a.xlsx").write_bytes(b"other")
    os.utime(tmp_path / "a.xlsx", ns=(status.st_atime_ns, status.st_mtime_ns))
    after = scan(tmp_path)["a.xlsx"]
    assert (after.size, after.mtime_ns) == (before.size, before.mtime_ns)
    assert after != before
    assert not after.stands(before)


def test_an_inbox_that_is_not_there_is_not_empty(tmp_path: Path) -> None:
    with pytest.raises(InboxGone) as gone:
        scan(tmp_path / "inbox")
    assert str(gone.value) == (
        f"The inbox {tmp_path / 'inbox'} cannot be looked into: No such file or directory. Mount its share or correct "
        "its permissions; nothing is lost, and what was saved meanwhile is built then."
    )


def test_a_file_in_the_place_of_the_inbox_is_not_an_empty_one(tmp_path: Path) -> None:
    put(tmp_path, "inbox")
    with pytest.raises(InboxGone, match="Not a directory"):
        scan(tmp_path / "inbox")


def test_an_inbox_whose_workbooks_were_all_deleted_is_empty(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx")
    before = scan(tmp_path)
    (tmp_path / "a.xlsx").unlink()
    assert not scan(tmp_path, before)


def test_a_mount_point_that_lost_its_share_is_not_an_empty_inbox(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx")
    before = scan(tmp_path)
    (tmp_path / "a.xlsx").unlink()
    elsewhere = Listing(before.files, device=before.device + 1)
    with pytest.raises(InboxGone, match="it is empty and no longer on the file system on which the workbooks lay"):
        scan(tmp_path, elsewhere)


def test_a_share_that_was_not_mounted_at_the_start_is_not_an_empty_inbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share, table = tmp_path / "key accounts", tmp_path / "fstab"
    (share / "inbox").mkdir(parents=True)
    named = str(share).replace(" ", "\\040")
    table.write_text(f"# shares\n//server/plans {named} cifs ro 0 0\nproc /proc proc defaults 0 0\n", encoding="utf-8")
    monkeypatch.setattr("pipeline.settings.MOUNT_TABLE", table)
    with pytest.raises(InboxGone, match=rf"it is empty, since nothing is mounted at {share}, which {table} names"):
        scan(share / "inbox")
    put(share / "inbox", "a.xlsx")
    assert list(scan(share / "inbox")) == ["a.xlsx"], "somebody uses the folder itself"


def test_an_empty_inbox_on_a_mounted_disk_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fstab").write_text("/dev/sda1 / ext4 defaults 0 1\n", encoding="utf-8")
    monkeypatch.setattr("pipeline.settings.MOUNT_TABLE", tmp_path / "fstab")
    (tmp_path / "inbox").mkdir()
    assert not scan(tmp_path / "inbox")


def test_a_folder_that_cannot_be_listed_is_told_and_hides_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.xlsx", "locked/b.xlsx")
    list_folder = os.scandir

    def refuse(folder: os.PathLike[str]) -> object:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied")
        return list_folder(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    listing = scan(tmp_path)
    assert (list(listing), listing.blind) == (["a.xlsx"], {"locked": "Permission denied"})
    assert listing.lying(["locked/b.xlsx", "gone.xlsx"]) == {"a.xlsx", "locked/b.xlsx"}
    with pytest.raises(InboxGone, match=rf"The inbox {tmp_path / 'locked'} cannot be looked into: Permission denied"):
        inbox_files(tmp_path)


def test_what_points_nowhere_or_elsewhere_is_followed_only_to_files(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a.xlsx", "inbox/b.xlsx")
    inbox = tmp_path / "inbox"
    (inbox / "linked.xlsx").symlink_to(tmp_path / "elsewhere/a.xlsx")
    (inbox / "dangling.xlsx").symlink_to(tmp_path / "nothing.xlsx")
    (inbox / "round").symlink_to(inbox)
    assert list(scan(inbox)) == ["b.xlsx", "linked.xlsx"]


def test_an_inbox_that_moves_away_while_it_is_read_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "inbox/a.xlsx")
    list_folder = os.scandir

    def replace(folder: os.PathLike[str]) -> object:
        shutil.move(tmp_path / "inbox", tmp_path / "old")
        (tmp_path / "inbox").mkdir()
        return list_folder(folder)

    monkeypatch.setattr(os, "scandir", replace)
    with pytest.raises(InboxGone, match="another folder took its place"):
        scan(tmp_path / "inbox")
