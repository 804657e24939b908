"""How the bytes of workbooks are claimed."""

import hashlib
from pathlib import Path

import pytest

from pipeline.collect.claim import FileChanging, claim, inbox_files


def test_the_inbox_is_listed_with_its_folders(tmp_path: Path) -> None:
    for file in ("b.xlsx", "a/c.xlsx", "a/~$c.xlsx", "_finance/d.xlsx"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "folder.xlsx").mkdir()
    assert list(inbox_files(tmp_path)) == ["a/c.xlsx", "b.xlsx"]


def test_a_claim_has_bytes_and_their_hash(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"bytes")
    claimed = claim(tmp_path, "a.xlsx", 1)
    assert (claimed.content, claimed.sha256) == (b"bytes", hashlib.sha256(b"bytes").hexdigest())


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "a.xlsx").open("wb") as file:
        file.truncate(3 << 20)
    claimed = claim(tmp_path, "a.xlsx", 2)
    assert claimed.finding is not None
    assert claimed.finding.message.to("en").startswith("This file has 3 MB; at most 2 MB are read.")


def test_a_file_that_vanished_has_no_bytes(tmp_path: Path) -> None:
    with pytest.raises(FileChanging):
        claim(tmp_path, "a.xlsx", 2)


def test_a_file_that_is_written_while_it_is_read_has_no_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"old")
    read = Path.read_bytes

    def read_while_somebody_writes(path: Path) -> bytes:
        content = read(path)
        path.write_bytes(b"new")
        return content

    monkeypatch.setattr(Path, "read_bytes", read_while_somebody_writes)
    with pytest.raises(FileChanging):
        claim(tmp_path, "a.xlsx", 2)


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()
    claimed = claim(tmp_path, "a.xlsx", 2)
    assert claimed.finding is not None
    assert "(Is a directory)" in claimed.finding.message.to("en")
