"""Asking for help must not take longer than the answer is worth."""

import json
import subprocess
import sys

import pytest

from pipeline.cli.main import app
from tests.support.repository import ROOT

HEAVY = (
    "pandas", "numpy", "duckdb", "weasyprint", "sqlalchemy", "alembic", "pydantic", "openpyxl", "xlsxwriter", "pptx",
    "docx", "docxtpl", "lxml", "babel", "jinja2", "python_calamine", "prometheus_client", "psutil", "watchdog",
    "pipeline.settings",
)  # fmt: skip
COMMANDS = [str(command.name) for command in app.registered_commands]
SCRIPT = """
import contextlib, io, json, sys
from pipeline.cli.main import main
sys.argv = ["planpress", *sys.argv[1:]]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("words", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help_loads_no_heavy_library(words: list[str]) -> None:
    command = [sys.executable, "-c", SCRIPT, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    own = words[0].startswith("-")  # the arguments of a command are read by Typer with the help of pydantic
    assert "pipeline.cli.main" in loaded
    assert sorted(loaded & set(HEAVY) - ({"pydantic"} if not own else set())) == []


def test_every_command_and_option_says_what_it_does() -> None:
    command = [sys.executable, "-m", "pipeline.cli.main"]
    listing = subprocess.run([*command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in COMMANDS:
        assert f"  {name} " in listing
        text = subprocess.run([*command, name, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        options = [line for line in text.splitlines() if line.startswith("  -")]
        assert options
        assert [line for line in options if len(line.split(None, 1)) < 2] == []
