"""Definitions that were read before are taken as they were read, and only those."""

from pathlib import Path

import pytest

from pipeline.definitions.load import Definitions, load_definitions
from pipeline.definitions.parsed import ParsedDefinitions
from pipeline.service.frozen import frozen_definitions, parsed_definitions
from pipeline.settings import Workspace
from tests.support.tiny import BRAND, NAME, tiny_workspace


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Definitions:
    return load_definitions(tiny_workspace(tmp_path_factory.mktemp("tiny")).root, NAME, BRAND)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "parsed"


def kept_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_what_was_kept_comes_back_the_same_with_its_places(folder: Path, definitions: Definitions) -> None:
    ParsedDefinitions(folder, "a").write(NAME, BRAND, definitions)
    found = ParsedDefinitions(folder, "a").read(NAME, BRAND)
    assert found == definitions
    assert found.template.sheets[0].place == definitions.template.sheets[0].place
    assert found.rules.measures[0].place.keys == definitions.rules.measures[0].place.keys


def test_another_state_template_or_brand_is_read_anew(folder: Path, definitions: Definitions) -> None:
    ParsedDefinitions(folder, "a").write(NAME, BRAND, definitions)
    assert ParsedDefinitions(folder, "b").read(NAME, BRAND) is None
    assert ParsedDefinitions(folder, "a").read("other", BRAND) is None
    assert ParsedDefinitions(folder, "a").read(NAME, "other") is None


def test_what_is_damaged_is_ignored(folder: Path, definitions: Definitions) -> None:
    parsed = ParsedDefinitions(folder, "a")
    parsed.write(NAME, BRAND, definitions)
    file = kept_file(folder)
    whole = file.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(damaged)
        assert parsed.read(NAME, BRAND) is None


def test_what_somebody_else_could_have_written_is_ignored(folder: Path, definitions: Definitions) -> None:
    parsed = ParsedDefinitions(folder, "a")
    parsed.write(NAME, BRAND, definitions)
    file = kept_file(folder)
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o620)
    assert parsed.read(NAME, BRAND) is None


def test_a_link_to_another_file_is_ignored(folder: Path, definitions: Definitions) -> None:
    parsed = ParsedDefinitions(folder, "a")
    parsed.write(NAME, BRAND, definitions)
    file = kept_file(folder)
    moved = file.rename(folder.parent / "elsewhere")
    file.symlink_to(moved)
    assert parsed.read(NAME, BRAND) is None


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path, definitions: Definitions) -> None:
    (tmp_path / "parsed").write_text("a file, no folder")
    parsed = ParsedDefinitions(tmp_path / "parsed", "a")
    parsed.write(NAME, BRAND, definitions)
    assert parsed.read(NAME, BRAND) is None


def test_only_a_frozen_copy_keeps_what_was_read_of_it(tmp_path: Path) -> None:
    workspace = tiny_workspace(tmp_path).root
    frozen = frozen_definitions(Workspace.open(workspace, {}))
    assert parsed_definitions(frozen.root) is not None
    assert parsed_definitions(workspace) is None
    next((frozen.root / "rules").rglob("*.yaml")).write_text("edited")
    assert parsed_definitions(frozen.root) is None
