"""Every test that asks for `address` runs on both databases."""

from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a new, empty ledger."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql_server").database()
        return url
    return f"sqlite:///{tmp_path / 'state' / 'ledger.sqlite'}"
