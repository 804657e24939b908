"""The set-up script on machines that lack things: a copy of it runs where only the programs named here exist."""

import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.repository import ROOT

NEEDED = (
    "bash",
    "cat",
    "cut",
    "dirname",
    "env",
    "find",
    "grep",
    "head",
    "mkdir",
    "pwd",
    "rm",
    "sha256sum",
    "tail",
    "true",
)
FONTS = "fontconfig fonts-crosextra-carlito fonts-liberation fonts-noto-cjk"
EVERY_LIBRARY = "echo libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0 x"


@dataclass(frozen=True)
class Machine:
    """A folder with a copy of the script, and one with the programs of a machine."""

    repository: Path
    programs: Path

    def program(self, name: str, script: str) -> None:
        file = self.programs / name
        file.unlink(missing_ok=True)
        file.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def bootstrap(self, purpose: str) -> subprocess.CompletedProcess[str]:
        command = ["/bin/bash", str(self.repository / "scripts" / "bootstrap.sh"), purpose]
        environment = {"PATH": str(self.programs), "HOME": str(self.repository)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with Python and Pango, without fonts, apt-get, LibreOffice, and with no right to install."""
    repository, programs = tmp_path / "repository", tmp_path / "programs"
    programs.mkdir()
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, repository / name)
    shutil.copy(ROOT / "pyproject.toml", repository)
    for name in NEEDED:
        found = shutil.which(name)
        assert found, f"this test needs {name}"
        (programs / name).symlink_to(found)
    machine = Machine(repository, programs)
    machine.program("python3", f'exec {sys.executable} "$@"')
    machine.program("ldconfig", f"for name in $({EVERY_LIBRARY}); do echo $name '=>'; done")
    machine.program("id", "echo 1000")
    return machine


def test_what_is_missing_is_named_where_nothing_may_be_installed(machine: Machine) -> None:
    result = machine.bootstrap("demo")
    assert result.returncode == 1
    assert f"apt-get install --no-install-recommends {FONTS}\n" in result.stderr
    assert not (machine.repository / ".venv").exists()


def test_a_user_without_rights_never_calls_apt(machine: Machine) -> None:
    machine.program("apt-get", f"echo called >{machine.repository}/apt")
    assert machine.bootstrap("demo").returncode == 1
    assert not (machine.repository / "apt").exists()


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    machine.program("id", "echo 0")
    machine.program("apt-get", f'echo "$@" >>{machine.repository}/apt')
    result = machine.bootstrap("demo")
    calls = (machine.repository / "apt").read_text(encoding="utf-8").splitlines()
    assert calls == ["update -qq", f"install -y -qq --no-install-recommends {FONTS}"]
    assert result.returncode == 1, "the packages are still missing, so it must not go on"


def test_a_sudo_that_asks_for_no_password_is_used(machine: Machine) -> None:
    machine.program("sudo", 'shift; exec "$@"')
    machine.program("apt-get", f'echo "$@" >>{machine.repository}/apt')
    machine.bootstrap("demo")
    assert FONTS in (machine.repository / "apt").read_text(encoding="utf-8")


def test_an_old_python_is_not_taken(machine: Machine) -> None:
    machine.program("python3", "exit 1")
    machine.program("fc-list", "echo Carlito")
    result = machine.bootstrap("demo")
    assert result.returncode == 1
    assert "Python 3.11 or newer" in result.stderr
    assert "python3-venv" in result.stderr


def test_missing_programs_of_tests_are_named_but_stop_nothing(machine: Machine) -> None:
    machine.program("fc-list", "echo Carlito")
    machine.program("find", "true")
    machine.program("python3", '[[ "$*" == *"-m venv"* ]] && { echo making an environment >&2; exit 9; }; true')
    result = machine.bootstrap("test")
    assert result.returncode == 9, "it must go on to the environment"
    assert "libreoffice-calc libreoffice-impress libreoffice-writer poppler-utils qpdf" in result.stdout
    assert "will be skipped" in result.stdout


def test_an_unknown_purpose_is_wrong_usage(machine: Machine) -> None:
    result = machine.bootstrap("party")
    assert result.returncode == 2
    assert "Say demo or test" in result.stderr
