"""Definitions are data: no id of a shipped set occurs in the engine, except the engine's own words.

A word occurs as an identifier (name, attribute, argument, keyword, definition, import) or in a string: as the whole of
it, as a part of a literal without spaces ("account.name"), or anywhere, where only an id looks like it (`revenue_ytd`).
Docstrings do not count. The engine's own words stand in engine_words.txt, each with its reason.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.repository import ROOT, python_files

ENGINE_WORDS = Path(__file__).with_name("engine_words.txt")
RULES = ("checks", "measures", "variances", "alerts", "headlines")
TOKEN = re.compile(r"[^\W\d][\w-]*")


def load(file: Path) -> dict[str, Any]:
    content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return content if isinstance(content, dict) else {}


def ids(entries: Any, key: str) -> Iterator[str]:
    """Yield the value of `key` of each entry of a list, in every language it is given in."""
    for entry in entries or []:
        value = entry.get(key) if isinstance(entry, dict) else None
        yield from value.values() if isinstance(value, dict) else [value] if isinstance(value, str) else []


def template_words(definition: dict[str, Any]) -> Iterator[str]:
    """Yield name of template, sheets, tables and fields."""
    yield definition["template"]
    sheets = definition.get("sheets") or []
    yield from ids(sheets, "sheet")
    for sheet in sheets:
        for holder in [sheet, *(sheet.get("tables") or [])]:
            yield from ids([holder], "name")
            yield from ids(holder.get("fields"), "name")


@cache
def shipped_words() -> dict[str, str]:
    """Return each id of the shipped sets with the file that defines it, relative to the root."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "workbook_templates").rglob("template.yaml")):
        found |= dict.fromkeys(template_words(load(file)), str(file.relative_to(ROOT)))
    for folder, lists in (("rules", RULES), ("output_templates", ("documents", "figures"))):
        for file in sorted((ROOT / folder).rglob("*.yaml")):
            definition = load(file)
            words = [
                word for name in lists if isinstance(definition.get(name), list) for word in ids(definition[name], "id")
            ]
            found |= dict.fromkeys(words, str(file.relative_to(ROOT)))
    return found


def engine_words() -> dict[str, str]:
    """Return the engine's own words with their reasons."""
    lines = ENGINE_WORDS.read_text(encoding="utf-8").splitlines()
    entries = [line.partition("#") for line in lines if line.strip() and not line.startswith("#")]
    return {word.strip(): reason.strip() for word, _, reason in entries}


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """Return the constants that are docstrings: of modules, classes, functions, and below a constant or field."""
    expressions = (node for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return {node.value for node in expressions if isinstance(node.value, ast.Constant)}


def identifiers(node: ast.AST) -> Iterator[str]:
    """Yield the identifiers that a node itself brings in."""
    for attribute in ("id", "attr", "arg", "name", "asname", "rest", "kwd_attrs", "names", "module"):
        value = getattr(node, attribute, None)
        values = value if isinstance(value, list) else [value]
        for word in values:
            if isinstance(word, str):
                yield from word.split(".")


def words_in(text: str) -> Iterator[str]:
    """Yield what in a string may be an id: all of it, its tokens when it has no spaces, else its compound tokens."""
    yield text
    for token in TOKEN.findall(text):
        if not re.search(r"\s", text) or "_" in token or "-" in token:
            yield token


def occurrences(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, word) for every identifier and every word of a string literal in Python source."""
    tree = ast.parse(source)
    ignored = docstrings(tree)
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        yield from ((line, word) for word in identifiers(node))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in ignored:
            yield from ((line, word) for word in words_in(node.value))


@cache
def engine_occurrences() -> dict[str, list[str]]:
    """Return each word of the engine with the places where it occurs."""
    found: dict[str, list[str]] = {}
    for file in python_files("pipeline"):
        for line, word in occurrences(file.read_text(encoding="utf-8")):
            found.setdefault(word, []).append(f"{file.relative_to(ROOT)}:{line}")
    return found


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("revenue_ytd = 1", "revenue_ytd"),
        ("plan.measures.revenue_ytd", "revenue_ytd"),
        ("def f(revenue_ytd): ...", "revenue_ytd"),
        ("f(revenue_ytd=1)", "revenue_ytd"),
        ("from x import revenue_ytd", "revenue_ytd"),
        ("measures['revenue_ytd']", "revenue_ytd"),
        ("f('select revenue_ytd from x')", "revenue_ytd"),
        ("f(x + 'account.name')", "account"),
        ("f('Start here')", "Start here"),
        ("match x:\n case {'actions': actions}: pass", "actions"),
        ("f(f'{x} open-past-close')", "open-past-close"),
    ],
)
def test_an_id_is_seen_wherever_it_hides(source: str, word: str) -> None:
    assert word in {found for _, found in occurrences(source)}


@pytest.mark.parametrize(
    "source", ['"""The revenue_ytd."""', 'def f():\n    """Return revenue_ytd."""', "f('a line of text')"]
)
def test_prose_is_left_alone(source: str) -> None:
    assert {"revenue_ytd", "line"} & {found for _, found in occurrences(source)} == set()


@pytest.mark.parametrize("word", sorted(shipped_words()))
def test_an_id_of_a_shipped_set_is_not_in_the_engine(word: str) -> None:
    places = engine_occurrences().get(word, [])
    assert word in engine_words() or not places, f"{word} ({shipped_words()[word]}) occurs in {', '.join(places)}"


@pytest.mark.parametrize("word", sorted(engine_words()))
def test_a_word_of_the_engine_has_a_reason_and_is_needed(word: str) -> None:
    assert engine_words()[word], f"say after # why {word} is the engine's own"
    assert word in shipped_words(), f"{word} is no id of a shipped set (any more): take it out"
    assert word in engine_occurrences(), f"{word} does not occur in the engine (any more): take it out"
