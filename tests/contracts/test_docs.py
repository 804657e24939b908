"""The documentation keeps up: commands, links and make targets that it names are there, and the other way round."""

import re
from pathlib import Path

import pytest
import typer

from tests.support.repository import ROOT

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
