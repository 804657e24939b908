"""What holds for all tests: programs that a machine may lack, and what takes so long that it is made once."""

import os

import pytest

from tests.support import libreoffice
from tests.support.real_workspace import RealWorkspace, shared_samples


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a missing program, with the reason; under CI such a test fails instead, so nothing hides."""
    if libreoffice.is_installed() or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("libreoffice"):
            item.add_marker(pytest.mark.skip(reason=libreoffice.MISSING))


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> RealWorkspace:
    """Return a workspace in which all sample accounts were built; tests look at it and leave it as it is."""
    return shared_samples(tmp_path_factory)
