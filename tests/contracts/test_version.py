"""The version stands in two places, which must agree."""

import tomllib

from pipeline import __version__
from tests.support.repository import ROOT


def test_the_package_knows_its_own_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
