"""Somebody types templates, markup and formulas into every cell: in all four formats they stay what was typed."""

from __future__ import annotations

import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest

from pipeline.definitions.workbook_template import FieldDefinition, TableDefinition
from tests.support.canaries import Canaries, Searched, given_values
from tests.support.filling import filled
from tests.support.found_texts import texts_of_file
from tests.support.office_checks import office_faults
from tests.support.pdf import pdf_faults
from tests.support.real_workspace import RealWorkspace
from tests.support.workbooks import shipped_template

ACCOUNT = "ATTACK-1"
# What is typed, and what must be read; control characters are written as Excel writes them into its files.
AS_TYPED = (
    "{{ 7171*7 }}",
    "{% for x in range(9999999) %}{{ x }}{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "{# weg #}",
    "{{r account.tier }}",
    "{%tr endfor %}",
    "<img src=file:///etc/passwd>",
    "<script>alert(1)</script>",
    "</w:t></w:r><w:br/>",
    '=HYPERLINK("http://evil.example","hier")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1+1)",
    'R&D <EMEA> "x"',
    "&lt;b&gt; &amp; &#65;",
    "]]>",
    "100% %s {0} ${home} \\n",
    "„Zitat“ « mot » ‘x’",
    "http://evil.example/?a=1&b=2",
    "שלום עולם",
)
# Control characters as Excel writes them into its files, and marks that turn what follows around.
CLEANED = {
    "eins_x000B_zwei_x000C_drei_x0007_vier": "einszweidreivier",
    "\u202edrawkcab\u202c \u200bleer\ufeff": "drawkcab leer",
}
ATTACKS = {**{text: text for text in AS_TYPED}, **CLEANED}
KEYS = {
    "lists_lines.name (shared)": "=1+1",
    "lists_lines.name (hidden)": "+SUM(A1:A9)",
    "lists_lines.name (pointing)": "@x {{ 7171*7 }}",
    "lists_products.name (shared)": '=HYPERLINK("http://evil.example")',
    "lists_products.name (hidden)": 'R&D <EMEA> "x"',
    "lists_products.name (pointing)": "{{ 7171*7 }} <img src=file:///etc/passwd>",
}
EVALUATED = ("50197", "50,197", "50.197", "root:x:0:0", "<class 'str'>")
FORMATS = {"deck": ".pptx", "plan": ".docx", "joint_plan": ".pdf", "variance_report": ".xlsx"}


@pytest.fixture(scope="module")
def typed() -> Mapping[str, str]:
    """Return what must be read of each attacked cell, by the word that finds it."""
    return {}


@pytest.fixture(scope="module")
def workspace(typed: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> RealWorkspace:
    """Return a workspace in which a workbook was built that attacks with every text."""
    workspace = RealWorkspace.at(tmp_path_factory.mktemp("attacks") / "workspace")
    canaries = Canaries(shipped_template(), {**given_values(ACCOUNT, "en"), **KEYS})
    values = attacked(canaries, typed)
    blank = workspace.blank("account_plan", "--tier", "Strategic")
    workspace.drop("attack.xlsx", filled(blank, shipped_template(), "en", values, "Strategic"))
    answer = workspace.build()
    assert answer.code == 0, answer.out + answer.err
    return workspace


def attacked(canaries: Canaries, typed: dict[str, str]) -> Mapping[str, Any]:
    """Return the values of a workbook in which each word stands beside an attack."""
    template, attacks = shipped_template(), itertools.cycle(ATTACKS.items())
    values: dict[str, Any] = {}
    for name, found in canaries.values.items():
        table = template.tables[name]
        if template.is_form(name):
            values[name] = {key: attack(table, key, value, attacks, typed) for key, value in found.items()}
        else:
            rows = [
                [attack(table, key, value, attacks, typed) for key, value in zip(found["fields"], row, strict=True)]
                for row in found["rows"]
            ]
            values[name] = {"fields": found["fields"], "rows": rows}
    return values


def attack(
    table: TableDefinition, name: str, value: Any, attacks: Iterator[tuple[str, str]], typed: dict[str, str]
) -> Any:
    if not isinstance(value, str) or not takes_any_text(table, table.by_name[name]):
        return value
    written, read = next(attacks)
    typed[value] = f"{read} {value}"
    return f"{written} {value}"


def takes_any_text(table: TableDefinition, field: FieldDefinition) -> bool:
    return field.type in ("text", "long_text", "person") and field.pattern is None and table.key != (field.name,)


@pytest.fixture(params=FORMATS)
def document(request: pytest.FixtureRequest, workspace: RealWorkspace) -> Path:
    """Return each of the four documents in turn."""
    return workspace.document(ACCOUNT, str(request.param))


def test_what_was_typed_is_what_is_read(document: Path, typed: Mapping[str, str]) -> None:
    texts = Searched(texts_of_file(document))
    found = {word: read for word, read in typed.items() if Searched([word]).tight in texts.tight}
    assert len(found) >= (1 if document.suffix == ".xlsx" else 20)
    assert [read for read in found.values() if not is_read(read, texts)] == []


def is_read(read: str, texts: Searched) -> bool:
    """Return whether a text stands there; words from right to left in whatever order the page has them."""
    is_turned = any(unicodedata.bidirectional(letter) == "R" for letter in read)
    return all(Searched([part]).tight in texts.tight for part in (read.split() if is_turned else [read]))


def test_nothing_was_calculated_fetched_or_shown_of_this_machine(document: Path) -> None:
    texts = Searched(texts_of_file(document))
    assert [found for found in EVALUATED if Searched([found]).spaced in texts.spaced] == []


def test_the_files_are_sound(document: Path) -> None:
    content = document.read_bytes()
    assert (pdf_faults(content) if document.suffix == ".pdf" else office_faults(content)) == []


def test_no_link_leads_out(document: Path) -> None:
    content = document.read_bytes()
    links = list(pdf_links(content) if document.suffix == ".pdf" else office_links(content))
    assert [link for link in links if not link.startswith("mailto:qx")] == []


def pdf_links(content: bytes) -> Iterator[str]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.attachments) == 0
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/URI" in item:
                yield str(item["/URI"])


def office_links(content: bytes) -> Iterator[str]:
    """Yield the targets outside the file, and the codes of Word's fields that lead there."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            text = package.read(name).decode("utf-8", errors="replace")
            if name.endswith(".rels"):
                yield from re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"', text)
                yield from re.findall(r'TargetMode="External"[^>]*Target="([^"]*)"', text)
            yield from re.findall(r"<w:instrText[^>]*>\s*((?:HYPERLINK|INCLUDE|DDE)[^<]*)", text)


def test_no_cell_of_ours_is_a_formula_that_somebody_typed(workspace: RealWorkspace) -> None:
    files = [workspace.document(ACCOUNT, "variance_report"), workspace.folder(ACCOUNT) / "to-do.xlsx"]
    for content in (*(file.read_bytes() for file in files), *embedded_workbooks(workspace)):
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
                assert not re.search(r"evil|cmd|\+SUM|@x|7171", str(cell.value)), f"{sheet.title}!{cell.coordinate}"


def embedded_workbooks(workspace: RealWorkspace) -> Iterator[bytes]:
    for name in ("deck", "plan"):
        with zipfile.ZipFile(workspace.document(ACCOUNT, name)) as package:
            found = [part for part in package.namelist() if part.endswith(".xlsx")]
            assert found
            yield from (package.read(part) for part in found)


def test_the_to_do_list_shows_it_as_text(workspace: RealWorkspace) -> None:
    page = (workspace.folder(ACCOUNT) / "to-do.html").read_text("utf-8")
    assert "&lt;" in page
    assert not re.search(r"<(img|script|w:br)\b", page)
