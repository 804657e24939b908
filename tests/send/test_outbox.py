"""Publishing: whole files or nothing, edition.json last, and what is in use or was edited is left alone."""

import errno
import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.send.outbox import Outbox
from pipeline.send.publication import PlannedFile, Publication

DAY = date(2026, 11, 21)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Shelf:
    """An outbox with one account, whose published texts are remembered."""

    def __init__(self, root: Path) -> None:
        self.root, self.texts = root, dict[str, str]()
        self.held: set[str] = set()
        self.renamed: list[str] = []
        self.outbox = Outbox(root, self._replace)

    def _replace(self, source: Path, target: Path) -> None:
        if target.name in self.held or source.name in self.held:
            raise PermissionError(errno.EACCES, "in use", str(target))
        self.renamed.append(target.name)
        source.replace(target)

    def plan(self, edition: int, name: str = "Contoso", **texts: str) -> Publication:
        files = tuple(
            PlannedFile(document, f"internal/{document}.pptx", sha(text), edition, fresh=True)
            for document, text in texts.items()
        )
        self.texts |= {sha(text): text for text in texts.values()}
        documents = [{"id": file.id, "file": file.path, "status": "final"} for file in files]
        manifest = {
            "edition": edition, "status": "final", "account": {"id": "C-1", "name": name}, "documents": documents,
        }  # fmt: skip
        return Publication("C-1", name, "Contoso.xlsx", DAY, files, (), manifest)

    def publish(self, publication: Publication) -> set[str]:
        """Publish and return the ids of what waits."""
        outcome = self.outbox.publish(publication, lambda found: self.texts[found].encode(), frozenset(self.texts))
        return set(outcome.waiting)

    @property
    def folder(self) -> Path:
        (folder,) = self.root.iterdir()
        return folder

    def content(self) -> dict[str, str]:
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.name != "edition.json")
        return {path.relative_to(self.folder).as_posix(): path.read_text() for path in sorted(files)}

    def edition(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / "edition.json").read_text())
        return found


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_edition_json_is_written_last(shelf: Shelf) -> None:
    shelf.publish(shelf.plan(1, first="a", second="b"))
    assert shelf.renamed == ["first.pptx", "second.pptx", "edition.json"]


def test_publishing_twice_changes_nothing(shelf: Shelf) -> None:
    shelf.publish(shelf.plan(1, first="a"))
    before = shelf.content()
    shelf.renamed.clear()
    shelf.publish(shelf.plan(1, first="a"))
    assert (shelf.content(), shelf.renamed) == (before, ["edition.json"])


def test_a_file_held_open_gets_its_successor_beside_it_until_it_is_free(shelf: Shelf) -> None:
    shelf.publish(shelf.plan(3, first="a"))
    shelf.held = {"first.pptx"}
    assert shelf.publish(shelf.plan(4, first="b")) == {"first"}
    assert shelf.content() == {"internal/first.pptx": "a", "internal/first (edition 4).pptx": "b"}
    assert (shelf.edition()["status"], shelf.edition()["edition"]) == ("waiting", 4)
    shelf.publish(shelf.plan(5, first="c"))
    assert shelf.content() == {"internal/first.pptx": "a", "internal/first (edition 5).pptx": "c"}
    shelf.held = set()
    assert shelf.publish(shelf.plan(5, first="c")) == set()
    assert shelf.content() == {"internal/first.pptx": "c"}
    assert shelf.edition()["status"] == "final"


def test_a_file_that_is_edited_and_open_stays_as_it_is(shelf: Shelf) -> None:
    shelf.publish(shelf.plan(1, first="a"))
    (shelf.folder / "internal" / "first.pptx").write_text("mine")
    shelf.held = {"first.pptx"}
    assert shelf.publish(shelf.plan(2, first="b")) == {"first"}
    assert shelf.content() == {"internal/first.pptx": "mine", "internal/first (edition 2).pptx": "b"}


def test_edited_twice_on_one_day_both_versions_are_kept(shelf: Shelf) -> None:
    for edition, text in enumerate("abc", start=1):
        shelf.publish(shelf.plan(edition, first=text))
        (shelf.folder / "internal" / "first.pptx").write_text(f"mine {edition}")
    assert shelf.content() == {
        "internal/first (edited by hand 2026-11-21).pptx": "mine 1",
        "internal/first (edited by hand 2026-11-21 2).pptx": "mine 2",
        "internal/first.pptx": "mine 3",
    }


def test_stale_documents_go_but_edited_ones_are_kept(shelf: Shelf) -> None:
    shelf.publish(shelf.plan(1, first="a", second="b"))
    (shelf.folder / "internal" / "second.pptx").write_text("mine")
    shelf.publish(replace(shelf.plan(2, third="c"), stale=("internal/first.pptx", "internal/second.pptx")))
    assert shelf.content() == {
        "internal/second (edited by hand 2026-11-21).pptx": "mine",
        "internal/third.pptx": "c",
    }


def test_a_stale_name_that_is_the_new_document_itself_is_left_alone(shelf: Shelf) -> None:
    shelf.publish(shelf.plan(1, first="a"))
    (shelf.folder / "internal" / "FIRST.pptx").hardlink_to(shelf.folder / "internal" / "first.pptx")
    shelf.publish(replace(shelf.plan(1, first="a"), stale=("internal/FIRST.pptx",)))
    assert shelf.content() == {"internal/FIRST.pptx": "a", "internal/first.pptx": "a"}


def test_what_an_interrupted_write_left_is_taken_away(shelf: Shelf) -> None:
    shelf.publish(shelf.plan(1, first="a"))
    (shelf.folder / "internal" / ".planpress-0123456789abcdef.tmp").write_text("half")
    shelf.publish(shelf.plan(1, first="a"))
    assert shelf.content() == {"internal/first.pptx": "a"}


def test_a_folder_is_found_by_its_id_and_gets_the_new_name(shelf: Shelf) -> None:
    shelf.publish(shelf.plan(1, first="a"))
    shelf.publish(shelf.plan(2, "Contoso Europe", first="b"))
    assert (shelf.folder.name, shelf.content()) == ("Contoso Europe (C-1)", {"internal/first.pptx": "b"})


def test_a_folder_with_another_accounts_edition_is_left_alone(shelf: Shelf) -> None:
    stranger = shelf.root / "Contoso (C-1)"
    stranger.mkdir()
    (stranger / "edition.json").write_text('{"account": {"id": "c-1"}}')
    shelf.publish(shelf.plan(1, first="a"))
    mine = shelf.outbox.folder("C-1")
    assert mine is not None
    assert mine != stranger
    assert [path.name for path in stranger.iterdir()] == ["edition.json"]


def test_a_full_disk_is_no_held_file(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr(shelf, "_replace", full)
    shelf.outbox = Outbox(shelf.root, full)
    with pytest.raises(OSError, match="No space left"):
        shelf.publish(shelf.plan(1, first="a"))
    assert shelf.content() == {}
