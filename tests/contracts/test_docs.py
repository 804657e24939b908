"""The documentation keeps up: commands, links and make targets that it names are there, and the other way round."""

import re
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel

from pipeline.cli.main import OUR_FAILURE, WRONG_USAGE
from pipeline.definitions.brand import Brand, Colours, Fonts
from pipeline.definitions.load import load_definitions
from pipeline.definitions.output_set import DocumentDefinition, FigureDefinition, FigureKind, OutputSet
from pipeline.definitions.rule_set import (
    AlertDefinition,
    Check,
    CommentaryMatch,
    HeadlineCase,
    HeadlineDefinition,
    Materiality,
    MeasureDefinition,
    Parameter,
    RuleFile,
    RuleSet,
    SharedView,
    Unit,
    VarianceDefinition,
)
from pipeline.definitions.source import read_yaml, validate
from pipeline.definitions.workbook_template import (
    FieldDefinition,
    FieldType,
    Roles,
    SheetDefinition,
    SheetKind,
    WorkbookTemplate,
)
from pipeline.errors import DefinitionFault
from pipeline.judge import judge, prepare, view
from pipeline.judge.specimens import full_specimen
from pipeline.model import Audience, Calendar, Change, Status
from pipeline.render.documents import completed_view
from pipeline.render.office.bindings import DECK_KEYS, DOCUMENT_KEYS
from pipeline.render.xlsx.report import Column, ColumnKind, ReportSheet, Words
from pipeline.service.report import BuildReport, FileResult
from pipeline.settings import Limits, Retention, Settings
from pipeline.wording import ViewRow
from pipeline.wording.filters import FILTERS
from tests.support.repository import ROOT
from tests.support.tiny import BRAND, NAME, tiny_workspace

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ENTRANCE = ROOT / "pipeline" / "cli" / "main.py"

CODE = re.compile(r"^```.*?^```|`[^`\n]+`", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", flags=re.MULTILINE)


def commands() -> list[str]:
    """Return the names of all commands that `planpress` knows."""
    if not ENTRANCE.exists():
        return []
    from pipeline.cli.main import app  # the pages are checked before there is an entrance, too

    group = typer.main.get_command(app)
    return sorted(group.list_commands(typer.Context(group)))  # type: ignore[attr-defined]  # an app with commands is a group


def code_of(page: Path) -> str:
    """Return all code of a page, blocks and spans, one after the other."""
    return "\n".join(CODE.findall(page.read_text(encoding="utf-8")))


def named_after(word: str) -> list[tuple[str, str]]:
    """Return (page, name) for each name that stands after `word` in the code of a page."""
    pattern = re.compile(rf"(?<![\w./-]){word} ([a-z][a-z-]*)")
    return sorted({(page.name, name) for page in PAGES for name in pattern.findall(code_of(page))})


def anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings make."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links() -> list[tuple[Path, str]]:
    """Return (page, target) for each link that stays inside the repository."""
    found = [(page, target) for page in PAGES for target in LINK.findall(page.read_text(encoding="utf-8"))]
    return [(page, target) for page, target in found if "://" not in target and not target.startswith("mailto:")]


@pytest.mark.parametrize("command", commands())
def test_a_command_is_described(command: str) -> None:
    assert command in {name for _, name in named_after("planpress")}


@pytest.mark.parametrize(("page", "command"), named_after("planpress"))
def test_a_described_command_is_there(page: str, command: str) -> None:
    assert command in commands(), f"{page} names `planpress {command}`, which is no command"


@pytest.mark.parametrize(("page", "target"), named_after("make"))
def test_a_named_make_target_is_there(page: str, target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"{page} names `make {target}`, which is no target"


@pytest.mark.parametrize(("page", "target"), links(), ids=lambda value: getattr(value, "name", value))
def test_a_link_leads_somewhere(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    file = page.parent / path if path else page
    assert file.exists()
    assert not anchor or anchor in anchors(file)


def test_every_page_can_be_found_from_the_first_one() -> None:
    reached = {ROOT / "README.md"}
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        targets = {(page.parent / target.partition("#")[0]).resolve() for source, target in links() if source == page}
        waiting.extend(targets & set(PAGES) - reached)
        reached |= targets
    assert [page.name for page in PAGES if page not in reached] == []


# What pages list ----------------------------------------------------------------------------------------------------


def words_of(page: str) -> set[str]:
    """Return the words in the code of a page."""
    return set(re.findall(r"[^\W\d]\w*", code_of(ROOT / "docs" / page)))


def lines_under(page: str, heading: str) -> list[str]:
    """Return the lines between a heading of a page and the next one."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0].splitlines()


def default_of(field: Any) -> str:
    """Return a setting's default as planpress.toml would write it, a dash where it has none of its own."""
    if field.default_factory is not None or field.default is None:
        return "–"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return f"`{field.default}`" if isinstance(field.default, int | float) else f'`"{field.default}"`'


def settings_rows() -> Iterator[str]:
    """Yield the rows of the table of settings."""
    for prefix, table in (("", Settings), ("limits.", Limits), ("retention.", Retention)):
        for name, field in table.model_fields.items():
            if name not in ("limits", "retention"):
                yield f"| `{prefix}{name}` | {default_of(field)} | {field.description} |"


def test_the_table_of_settings_is_that_of_the_code() -> None:
    table = [line for line in lines_under("administrators.md", "Settings") if line.startswith("| `")]
    assert table == list(settings_rows())


def test_the_unit_of_systemd_starts_a_watcher_and_lets_it_finish_what_it_builds() -> None:
    text = (ROOT / "docs" / "administrators.md").read_text(encoding="utf-8")
    unit = ConfigParser(interpolation=None, delimiters="=")
    (block,) = re.findall(r"^```ini\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    unit.read_string(block)
    service = unit["Service"]
    assert service["ExecStart"].split()[1:] == ["watch", "--workspace", unit["Unit"]["RequiresMountsFor"]]
    assert service["KillMode"] == "mixed"  # a signal to a worker would end its job
    assert int(service["TimeoutStopSec"]) > Limits().seconds


def test_exit_codes_are_those_of_the_code() -> None:
    told = [line.split("|")[1].strip() for line in lines_under("administrators.md", "Run it") if line.startswith("| ")]
    results = (FileResult("a", "built", status) for status in (Status.FINAL, Status.BLOCKED))
    codes = [BuildReport((result,)).exit_code for result in results]
    assert told[1:] == [str(code) for code in (*codes, WRONG_USAGE, OUR_FAILURE)]


@pytest.mark.parametrize(
    ("page", "definition"),
    [
        *(
            ("sales-operations.md", item)
            for item in (
                WorkbookTemplate, Roles, SheetDefinition, FieldDefinition, RuleFile, Parameter, SharedView, Check,
                MeasureDefinition, VarianceDefinition, Materiality, CommentaryMatch, AlertDefinition,
                HeadlineDefinition, HeadlineCase,
            )
        ),
        *(
            ("designers.md", item)
            for item in (DocumentDefinition, FigureDefinition, ReportSheet, Column, Words)
        ),
    ],
)  # fmt: skip
def test_every_key_of_a_definition_is_described(page: str, definition: type[BaseModel]) -> None:
    assert set(definition.model_fields) - words_of(page) == set()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("sales-operations.md", get_args(FieldType)),
        ("sales-operations.md", get_args(SheetKind)),
        ("sales-operations.md", get_args(Unit)),
        ("designers.md", get_args(FigureKind)),
        ("designers.md", get_args(ColumnKind)),
        ("designers.md", FILTERS),
    ],
    ids=["types", "sheets", "units", "figures", "columns", "filters"],
)
def test_every_word_of_a_list_is_described(page: str, words: Iterable[str]) -> None:
    assert set(words) - words_of(page) == set()


def test_a_described_filter_is_there() -> None:
    rows = [line.split("|")[1] for line in lines_under("designers.md", "Filters") if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)", row)} == set(FILTERS)


@pytest.mark.parametrize(("heading", "keys"), [("Charts, tables, repeated slides", DECK_KEYS), ("Word", DOCUMENT_KEYS)])
def test_binding_keys_are_those_of_the_code(heading: str, keys: frozenset[str]) -> None:
    rows = [line.split("|")[1] for line in lines_under("designers.md", heading) if line.startswith("| `")]
    assert {key for row in rows for key in re.findall(r"`([a-z]+):", row)} == keys


def test_every_part_of_a_brand_is_described() -> None:
    text = " ".join(lines_under("designers.md", "Brand"))
    assert [name for part in (Brand, Colours, Fonts) for name in part.model_fields if name not in text] == []


CALENDAR = Calendar(date(2026, 4, 30), date(2026, 3, 31), date(2026, 1, 1), date(2026, 12, 31))


def view_names(root: Path, audience: Audience) -> dict[str, Any]:
    """Return what a template of the small set finds besides forms and tables."""
    definitions = load_definitions(tiny_workspace(root).root, NAME, BRAND)
    prepared = prepare(definitions.template, definitions.rules, {})
    plan = judge(full_specimen(definitions.template, CALENDAR.last_closed), prepared, CALENDAR)
    plan = replace(plan, changes=(Change("table", ("X1",), "added"),))
    seen = view(plan, prepared, audience, "de", {"edition": 1})
    names = completed_view(seen, definitions, definitions.outputs.documents[0], Status.FINAL).names
    return {name: value for name, value in names.items() if name not in definitions.template.tables}


def described_names(*, customer: bool) -> set[str]:
    """Return the names of the designers' table, those that a customer's template has or all."""
    rows = [line.split("|") for line in lines_under("designers.md", "Names") if line.startswith("| `")]
    return {name for row in rows if not customer or row[3].strip() != "no" for name in re.findall(r"`(\w+)`", row[1])}


@pytest.mark.parametrize("audience", list(Audience))
def test_the_names_of_templates_are_those_of_the_view(tmp_path: Path, audience: Audience) -> None:
    given_late = {"page", "pages"} | ({"parameters"} if audience is Audience.INTERNAL else set())
    described = described_names(customer=audience is Audience.CUSTOMER)
    assert described == set(view_names(tmp_path, audience)) | given_late


def test_the_names_inside_are_described(tmp_path: Path) -> None:
    names = view_names(tmp_path, Audience.INTERNAL)
    rows = [
        names["document"],
        names["brand"],
        names["since"],
        names["completeness"],
        *names["completeness"]["sections"],
    ]
    rows += [row for name in ("alerts", "findings", "changes", "traced") for row in names[name]]
    lines = [line for key in names["variances"] for line in names["variances"][key]]
    assert lines
    rows += lines
    rows += [names["materiality"][key][span] for key in names["materiality"] for span in names["materiality"][key]]
    inside = {name for row in rows if isinstance(row, ViewRow) for name in row}
    assert inside - words_of("designers.md") - {"posten"} == set()


# Examples -----------------------------------------------------------------------------------------------------------


def examples(page: str) -> list[Any]:
    """Return the YAML blocks of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    faults: list[DefinitionFault] = []
    found = [
        read_yaml(page, block, faults) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    ]
    assert faults == []
    return found


def test_the_examples_of_sales_operations_work() -> None:
    faults: list[DefinitionFault] = []
    shown_template, shown_rules = examples("sales-operations.md")
    template = validate(WorkbookTemplate, "template.yaml", shown_template, faults)
    rules = validate(RuleSet, "rules.yaml", shown_rules, faults)
    assert faults == []
    assert template is not None
    assert rules is not None
    plan = judge(full_specimen(template, date(2026, 4, 1)), prepare(template, rules, {}), CALENDAR)
    assert plan.headlines["actions"].message.to("en") == "1 actions are open"


def test_the_examples_of_designers_work() -> None:
    faults: list[DefinitionFault] = []
    documents, figures = examples("designers.md")
    assert validate(OutputSet, "documents.yaml", {**documents, **figures}, faults) is not None, faults
