"""The house stays as docs/architecture.md draws it: who may import whom, and which library lives where."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.support.repository import ROOT, python_files

# Library -> the places of `pipeline/` that may import it (docs/architecture.md, "Homes of libraries").
HOMES = {
    "alembic": ("store/",),
    "babel": ("formats.py",),
    "docx": ("render/docx/",),
    "docxtpl": ("render/docx/",),
    "duckdb": ("judge/",),
    "jinja2": ("wording/", "render/"),  # renderers look for names in templates; environments see below
    "openpyxl": ("author/",),
    "pandas": ("judge/",),
    "prometheus_client": ("service/metrics.py",),
    "pptx": (
        "render/pptx/",
        "render/docx/",
    ),  # python-docx knows no charts: the chart writers of python-pptx serve both
    "pypdf": ("render/",),
    "python_calamine": ("extract/",),
    "resvg_py": ("render/",),
    "rich": ("cli/",),
    "smtplib": ("send/",),
    "sqlalchemy": ("store/",),
    "typer": ("cli/",),
    "watchdog": ("collect/",),
    "weasyprint": ("render/pdf/",),
    "xlsxwriter": ("author/", "render/"),
}


def imported_libraries(file: Path) -> set[str]:
    """Return the top-level names of all that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_imports_point_down_and_neighbours_never_import_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    code = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert code == 0, capsys.readouterr().out


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_in_its_home(library: str) -> None:
    files = [file for file in python_files("pipeline") if library in imported_libraries(file)]
    places = [file.relative_to(ROOT / "pipeline").as_posix() for file in files]
    assert [place for place in places if not place.startswith(HOMES[library])] == []


def called_names(file: Path) -> set[str]:
    """Return the last name of all that a file calls."""
    calls = (node.func for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return {ast.unparse(call).rpartition(".")[2] for call in calls}


def test_only_wording_makes_template_environments() -> None:
    """One sandbox for all: an environment made elsewhere could run what a template must not."""
    made = {"Environment", "SandboxedEnvironment", "ImmutableSandboxedEnvironment", "NativeEnvironment", "Template"}
    users = [file for file in python_files("pipeline") if "jinja2" in imported_libraries(file)]
    files = [file for file in users if made & called_names(file)]
    assert [file.relative_to(ROOT / "pipeline").as_posix() for file in files] == ["wording/sandbox.py"]
