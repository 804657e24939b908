"""What holds for all tests: programs that a machine may lack."""

import os

import pytest

from tests.support import libreoffice


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a missing program, with the reason; under CI such a test fails instead, so nothing hides."""
    if libreoffice.is_installed() or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("libreoffice"):
            item.add_marker(pytest.mark.skip(reason=libreoffice.MISSING))
