"""Mistakes of output templates are found before any workbook meets them, and told where they stand."""

from pathlib import Path

import pytest

from pipeline.definitions.load import load_definitions
from pipeline.engine import compile_engine
from pipeline.errors import DefinitionError
from pipeline.proof import template_faults
from pipeline.render.asked_at import asked_at
from pipeline.render.documents import CompiledDocument, compile_document
from tests.support.repository import ROOT
from tests.support.tiny import BRAND, NAME, tiny_workspace

SET = f"output_templates/{NAME}"


def faults(root: Path, file: str, old: str, new: str) -> list[str]:
    """Return what is said of the small set after one change in one of its files."""
    path = tiny_workspace(root).root / SET / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        return [str(fault) for fault in template_faults(compile_engine([load_definitions(root, NAME, BRAND)], {}))]
    except DefinitionError as error:
        return [str(fault) for fault in error.faults]


def test_the_small_set_is_fine(tmp_path: Path) -> None:
    assert faults(tmp_path, "merkblatt.html", "<h1>", "<h1 >") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("merkblatt.html", "anlage.standort", "anlage.standrot", "merkblatt.html:12: there is no `standrot` here."),
        ("merkblatt.html", "anlage.standort", "anlage.vermerk", "merkblatt.html:12: there is no `vermerk` here."),
        ("merkblatt.html", "in pruefungen", "in prufungen", "merkblatt.html:16: there is no `prufungen` for a"),
        ("merkblatt.html", "pruefung.befund", "pruefung.befnud", "merkblatt.html:17: there is no `befnud` here."),
        ("merkblatt.html", "{% endfor %}", "", "merkblatt.html:17: Unexpected end of template."),
        ("merkblatt.html", "as_of | date", "as_of | datum", "merkblatt.html:12: No filter named 'datum'."),
        ("merkblatt.html", "texts.titel", "texts.title", "merkblatt.html:5: there is no `texts.title` for a"),
        ("bericht.yaml", "headlines.ergebnis", "headlines.x", "bericht.yaml:13: there is no `headlines.x` for a"),
        ("bericht.yaml", "actual: ertrag", "actual: umsatz", "bericht.yaml:18: there is no `measures.umsatz` for a"),
        ("bericht.yaml", "kind: comparison", "kind: x", "bericht.yaml:20: sheets > Posten > kind: input should be"),
        ("documents.yaml", "anlage.bezeichnung }} - M", "anlage.name }} - M", "documents.yaml:4: document merkblatt: "),
        ("documents.yaml", "merkblatt.html", "blatt.html", "documents.yaml:5: There is no template `blatt.html`."),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    found = faults(tmp_path, file, old, new)
    assert found
    assert found[0].startswith(f"{SET}/{told}")


@pytest.fixture(scope="module")
def shipped() -> dict[str, CompiledDocument]:
    """Return the shipped documents by id."""
    definitions = load_definitions(ROOT, "account_plan", "planpress")
    return {item.id: compile_document(item, definitions) for item in definitions.outputs.documents}


@pytest.mark.parametrize(
    ("document", "name", "place"),
    [
        ("deck", "measures.health_band_reached", "slide 3, shape '"),
        ("deck", "figures.deck_health_bar", "slide 3, shape 'Health bar'"),
        ("plan", "texts.plan_cells", "paragraph “{{ texts.plan_cells }}"),
        ("plan", "figures.deck_revenue_months", "drawing “Revenue by month”"),
        ("deck", "figures.no_such", ""),
    ],
)
def test_a_name_is_found_where_an_office_file_asks_for_it(
    shipped: dict[str, CompiledDocument], document: str, name: str, place: str
) -> None:
    words = asked_at(shipped[document], name, {}).words
    assert words.startswith(place) if place else not words
