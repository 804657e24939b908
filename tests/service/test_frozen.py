"""Workers load a copy of the definitions, so that what is edited meanwhile is used whole or not at all."""

import os
from errno import ENOSPC
from pathlib import Path

import pytest

from pipeline.errors import DefinitionError
from pipeline.service.frozen import FOLDER, frozen_definitions
from pipeline.service.unchanged import DefinitionFiles, definitions_hash
from tests.support.workspace import Desk

LONG_AGO = 1_600_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.at(tmp_path)


def write(desk: Desk, text: str, file: str = "rules/definitions.txt") -> Path:
    path = desk.root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_copy_keeps_what_was_there_when_it_was_made(desk: Desk) -> None:
    write(desk, "picture", "output_templates/brands/ours/logo.svg")
    frozen = frozen_definitions(desk.workspace)
    assert frozen.hash == definitions_hash(desk.root)
    write(desk, "two")
    assert (frozen.root / "rules" / "definitions.txt").read_text() == "one"
    assert (frozen.root / "output_templates" / "brands" / "ours" / "logo.svg").read_text() == "picture"


def test_the_same_definitions_have_one_copy(desk: Desk) -> None:
    first = frozen_definitions(desk.workspace)
    made = (first.root / "rules" / "definitions.txt").stat().st_ino
    assert frozen_definitions(desk.workspace) == first
    assert (first.root / "rules" / "definitions.txt").stat().st_ino == made


def test_a_copy_that_was_damaged_is_made_again(desk: Desk) -> None:
    copied = frozen_definitions(desk.workspace).root / "rules" / "definitions.txt"
    copied.write_text("damaged")
    assert frozen_definitions(desk.workspace).root / "rules" / "definitions.txt" == copied
    assert copied.read_text() == "one"


def test_the_two_newest_copies_stay(desk: Desk) -> None:
    roots = []
    for position, text in enumerate(("one", "two", "three")):
        write(desk, text)
        roots.append(frozen_definitions(desk.workspace).root)
        os.utime(roots[-1], (LONG_AGO + position, LONG_AGO + position))
    assert [root.is_dir() for root in roots] == [False, True, True]


def test_folders_that_are_links_are_copied_too(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "template.yaml").write_text("linked")
    (elsewhere / "around").symlink_to(elsewhere)  # a circle must not be walked for ever
    (desk.root / "workbook_templates").mkdir()
    (desk.root / "workbook_templates" / "plan").symlink_to(elsewhere)
    copy = frozen_definitions(desk.workspace).root / "workbook_templates"
    assert (copy / "plan" / "template.yaml").read_text() == "linked"
    assert not (copy / "plan" / "template.yaml").is_symlink()
    assert len(list(copy.rglob("template.yaml"))) == 1


def test_a_copy_that_is_held_stays(desk: Desk) -> None:
    held = frozen_definitions(desk.workspace)
    os.utime(held.root, (LONG_AGO, LONG_AGO))
    for text in ("two", "three", "four"):
        write(desk, text)
        frozen_definitions(desk.workspace)
    assert held.root.is_dir()
    root = held.root
    del held
    os.utime(root, (LONG_AGO, LONG_AGO))
    frozen_definitions(desk.workspace)
    assert not root.is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_definition_that_cannot_be_read_is_named(desk: Desk) -> None:
    write(desk, "secret", "rules/other.txt").chmod(0)
    with pytest.raises(DefinitionError, match=r"rules/other\.txt: This file cannot be read: Permission denied"):
        frozen_definitions(desk.workspace)


def test_what_could_not_be_written_whole_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path, __: Path) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="No space left"):
        frozen_definitions(desk.workspace)
    assert list((desk.workspace.state / FOLDER).iterdir()) == []


def test_a_copy_that_was_cut_off_is_removed_when_nobody_can_be_writing_it(desk: Desk) -> None:
    copies = desk.workspace.state / FOLDER
    for name in ("unfinished-old", "unfinished-now"):
        (copies / name).mkdir(parents=True)
    os.utime(copies / "unfinished-old", (LONG_AGO, LONG_AGO))
    frozen = frozen_definitions(desk.workspace)
    assert sorted(path.name for path in copies.iterdir()) == sorted([frozen.hash, "unfinished-now"])


def test_the_note_of_who_is_editing_is_no_change(desk: Desk) -> None:
    before = definitions_hash(desk.root)
    write(desk, "Ana", "output_templates/set/~$deck.pptx")
    write(desk, "Ana", "output_templates/set/.~lock.deck.pptx#")
    assert definitions_hash(desk.root) == before


def test_a_hash_follows_every_change(desk: Desk) -> None:
    files = DefinitionFiles(desk.root)
    hashes = [files.hash()]
    other = write(desk, "new", "rules/other.txt")
    hashes.append(files.hash())
    write(desk, "two")  # the same size as before, within the same tick
    hashes.append(files.hash())
    other.unlink()
    hashes.append(files.hash())
    assert len(set(hashes)) == len(hashes)
    assert hashes[-1] == definitions_hash(desk.root)


def test_what_has_not_changed_is_not_read_again(desk: Desk) -> None:
    path = write(desk, "one")
    os.utime(path, (LONG_AGO, LONG_AGO))
    files = DefinitionFiles(desk.root)
    first = files.hash()
    content = path.stat()
    path.write_text("two")
    os.utime(path, ns=(content.st_atime_ns, content.st_mtime_ns))
    assert files.hash() == first
    assert definitions_hash(desk.root) != first
