"""The bare scripts do the work that planpress does: the same texts, tables and charts, the same help."""

from __future__ import annotations

import io
import json
from typing import Any

import pypdf
import pytest
from typer.testing import CliRunner

from benchmarks.bare import command_line
from benchmarks.bare.reading import read_with_calamine, read_with_openpyxl
from benchmarks.comparisons import Pair, deck, joint_plan, plan, variance_report
from benchmarks.content.deck import deck_content
from benchmarks.content.plan import plan_content
from benchmarks.content.report import report_content
from benchmarks.product import ROOT, Product
from pipeline.cli.main import app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def product() -> Product:
    return Product.warm()


def test_the_deck_by_hand_has_the_same_texts_tables_and_charts(product: Product) -> None:
    own, bare = _both(deck(product), deck_content)
    assert [_reader_sees(slide) for slide in bare["slides"]] == [_reader_sees(slide) for slide in own["slides"]]
    assert sum(shape["kind"] == "chart" for slide in own["slides"] for shape in slide["shapes"]) > 10
    assert sum(shape["kind"] == "table" for slide in own["slides"] for shape in slide["shapes"]) > 10


def test_the_plan_by_hand_has_the_same_paragraphs_tables_and_charts(product: Product) -> None:
    own, bare = _both(plan(product), plan_content)
    assert bare == own
    assert any("chart" in drawing for block in own["blocks"] for drawing in block.get("drawings", ()))
    assert sum(block["kind"] == "table" for block in own["blocks"]) > 10


def test_the_variance_report_by_hand_has_the_same_cells_formulas_looks_and_charts(product: Product) -> None:
    own, bare = _both(variance_report(product), report_content)
    assert bare == own
    assert any(sheet["charts"] for sheet in own["sheets"])
    assert sum(cell[2] == "formula" for sheet in own["sheets"] for cell in sheet["cells"]) > 100


def test_the_joint_plan_by_hand_has_the_same_pages(product: Product) -> None:
    own, bare = _both(joint_plan(product), _pages)
    assert bare == own
    assert len(own) > 3


def test_both_readers_see_the_values_that_planpress_reads(product: Product) -> None:
    cells = {
        (place.sheet, place.row, place.column): row.values[name]
        for table in product.workbook.tables.values()
        for row in table.rows
        for name, place in row.cells.items()
        if isinstance(row.values[name], str)
    }
    for read in (read_with_calamine, read_with_openpyxl):
        sheets = read(product.arrival.content)
        texts = {str(value).strip() for rows in sheets.values() for row in rows for value in row}
        typed = {str(value) for (sheet, _, _), value in cells.items() if sheet in sheets}
        assert len(typed & texts) > 500


@pytest.mark.parametrize("command", ["", *(str(command.name) for command in app.registered_commands)])
def test_the_command_line_by_hand_helps_with_the_same_words(command: str) -> None:
    words = [*command.split(), "--help"]
    own, bare = (CliRunner().invoke(one, words, prog_name="planpress").output for one in (app, command_line.app))
    assert bare == own, "benchmarks/bare/command_line.py is to say what pipeline/cli says"


def test_the_command_line_by_hand_has_every_command() -> None:
    own, bare = ({str(found.name or found.callback.__name__) for found in one.registered_commands if found.callback}
                 for one in (app, command_line.app))  # fmt: skip
    assert bare == own


def test_bare_scripts_import_nothing_of_planpress() -> None:
    scripts = sorted((ROOT / "benchmarks" / "bare").glob("*.py"))
    assert len(scripts) > 5
    for script in scripts:
        assert "pipeline" not in script.read_text(encoding="utf-8"), script.name


def _both(pair: Pair, content: Any) -> tuple[Any, Any]:
    """Return what is in both documents, as JSON would carry it to a script."""
    own, bare = (json.loads(json.dumps(content(make()))) for make in (pair.product, pair.bare))
    return own, bare


def _reader_sees(slide: dict[str, Any]) -> tuple[list[str], str]:
    """Return texts, tables and charts of a slide, whatever their order, and its notes."""
    texts = (json.dumps(_words(shape)) for shape in slide["shapes"] if any(_words(shape)))
    return sorted(texts), slide["notes"]


def _words(shape: dict[str, Any]) -> list[Any]:
    if shape["kind"] == "chart":
        return [shape["chart"]]
    if shape["kind"] == "table":
        return [[_text(cell) for cell in row] for row in shape["table"]["rows"]]
    return [_text(shape)] if shape.get("paragraphs") else []


def _text(holder: dict[str, Any]) -> str:
    return "\n".join("".join(run["text"] for run in paragraph["runs"]) for paragraph in holder["paragraphs"])


def _pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
