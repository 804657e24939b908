"""`pip install .` brings all that `planpress init` needs outside the repository, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.repository import ROOT, tracked_files

STARTER_FOLDERS = ("workbook_templates", "rules", "output_templates")


@pytest.fixture(scope="module")
def wheel_files(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = Path(folder).glob("planpress-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_only_the_package_is_installed(wheel_files: set[str]) -> None:
    assert {name.partition("/")[0] for name in wheel_files if ".dist-info" not in name} == {"pipeline"}


def test_every_module_is_installed(wheel_files: set[str]) -> None:
    assert {str(file) for file in tracked_files() if file.parts[0] == "pipeline"} - wheel_files == set()


@pytest.mark.parametrize("folder", STARTER_FOLDERS)
def test_a_starter_set_travels_with_the_package(folder: str, wheel_files: set[str]) -> None:
    files = {f"pipeline/starter/{file.as_posix()}" for file in tracked_files() if file.parts[0] == folder}
    assert files
    assert files - wheel_files == set()


def test_the_starter_settings_travel_with_the_package(wheel_files: set[str]) -> None:
    assert "pipeline/starter/planpress.toml" in wheel_files
