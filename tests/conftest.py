"""What holds for all tests: programs that a machine may lack, and what takes so long that it is made once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import libreoffice, postgresql
from tests.support.real_workspace import RealWorkspace, shared_samples
from tests.support.shares import SambaShare, SshShare, missing_for_samba, missing_for_ssh, mounted


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a missing program, with the reason; under CI such a test fails instead, so nothing hides."""
    if os.environ.get("CI"):
        return
    for program in (libreoffice, postgresql):
        if not program.is_installed():
            _skip(items, program.__name__.rpartition(".")[2], program.MISSING)


def _skip(items: list[pytest.Item], marker: str, reason: str) -> None:
    for item in items:
        if item.get_closest_marker(marker):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """Return a server that all tests of a process share; each takes a database of its own."""
    with postgresql.running_server() as server:
        yield server


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> RealWorkspace:
    """Return a workspace in which all sample accounts were built; tests look at it and leave it as it is."""
    return shared_samples(tmp_path_factory)


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[SshShare]:
    """Return a folder of this machine, mounted over SFTP."""
    if missing := missing_for_ssh():
        pytest.skip(missing)
    with mounted(SshShare(tmp_path / "there", tmp_path / "here")) as share:
        yield share


@pytest.fixture
def samba(tmp_path: Path) -> Iterator[SambaShare]:
    """Return a folder of this machine, mounted over SMB."""
    if missing := missing_for_samba():
        pytest.skip(missing)
    with mounted(SambaShare(tmp_path / "there", tmp_path / "here")) as share:
        yield share
