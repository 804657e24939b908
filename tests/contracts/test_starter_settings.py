"""The settings file of a new workspace names every setting, with the default it really has."""

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.settings import SETTINGS_FILE, Limits, Retention, Settings, load_settings
from tests.support.repository import ROOT

STARTER = ROOT / "pipeline" / "starter" / SETTINGS_FILE
EXAMPLES = {"as_of", "close_dates", "jobs", "last_closed", "ledger", "metrics_port", "parameters", "poll_seconds"}
"""Settings without a default, or with one that depends on the machine."""


def shown_settings() -> str:
    """Return the starter file with its commented settings switched on."""
    text = STARTER.read_text(encoding="utf-8")
    return re.sub(r"^# (?=\[\w+\]$|\w+ = )", "", text, flags=re.MULTILINE)


def test_a_new_workspace_starts_with_the_defaults() -> None:
    assert load_settings(STARTER.parent, {}) == Settings()


@pytest.mark.parametrize(("name", "table"), [("", Settings), ("limits", Limits), ("retention", Retention)])
def test_every_setting_is_shown(name: str, table: type[Settings | Limits | Retention]) -> None:
    shown = tomllib.loads(shown_settings())
    assert set(table.model_fields) - set(shown[name] if name else shown) == set()


def test_what_is_shown_is_valid_and_the_default(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(shown_settings(), encoding="utf-8")
    shown = load_settings(tmp_path, {})
    assert shown.model_dump(exclude=EXAMPLES) == Settings().model_dump(exclude=EXAMPLES)
