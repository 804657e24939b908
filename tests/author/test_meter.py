"""The completeness meter counts what planpress counts, in Excel itself."""

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook.workbook import Workbook

from pipeline.author.layout import Layout
from pipeline.author.words import UNKNOWN_WORDS
from pipeline.definitions.workbook_template import FieldDefinition, WorkbookTemplate
from pipeline.extract import extract
from pipeline.extract import words as reading
from pipeline.judge.completeness import completeness_of
from tests.author.paper import address, blank, calculated, garden, opened, typed
from tests.author.plain_count import totals
from tests.support.libreoffice import requires_libreoffice
from tests.support.workbooks import arrival, shipped_template

FILLED, ANSWERED = "I5", "I6"


def meter(workbook: Workbook) -> tuple[float, float]:
    """Return the two totals of the guidance sheet."""
    sheet = workbook.worksheets[0]
    return sheet[FILLED].value, sheet[ANSWERED].value


def placed(definition: WorkbookTemplate, values: Mapping[str, Any], language: str = "en") -> dict[str, Any]:
    """Return values given as `table.field` or `table.field 2` by their cell."""
    cells = {}
    for path, value in values.items():
        field, _, row = path.partition(" ")
        cells[address(definition, field, int(row or 1), language)] = value
    return cells


def a_value(field: FieldDefinition, chance: random.Random, language: str) -> Any:
    """Return a value that is valid for its type, now and then the word for a known gap."""
    if chance.random() < 0.15:
        return chance.choice(["unknown", "Unbekannt ", "不明"])
    if field.type == "choice":
        return chance.choice([label.to(language) for label in field.choices.values()])
    fixed = {
        "yes_no": {"en": "yes", "de": "ja", "ja": "はい"}[language], "percent": 0.25, "email": "ana@contoso.example",
        "date": date(2026, 5, 1), "month": date(2026, 5, 1), "integer": int(field.min or 1),
        "number": float(field.min or 3), "money": float(field.min or 3),
    }  # fmt: skip
    return fixed.get(field.type, f"text {chance.randint(1, 999)}")


def random_state(definition: WorkbookTemplate, tier: str, language: str, seed: int) -> dict[str, Any]:
    """Return cells of a workbook that somebody has filled in here and there, with gaps in rows and between rows."""
    chance, cells = random.Random(seed), {}  # noqa: S311 - a test draws the same cells each time
    layout = Layout(definition, language, tier)
    role = layout.role(definition.roles.tier)
    density = chance.choice([0.2, 0.6, 0.95])
    for section in layout.sections.values():
        for row in range(1, 2 if section.is_form else chance.randint(1, 5)):
            for field in section.table.fields:
                is_tier = role is not None and role == (section, field)
                if chance.random() < density and not is_tier and not section.is_numbered(field) and not field.pattern:
                    path = f"{section.table.name}.{field.name}"
                    cells[address(definition, path, row, language)] = a_value(field, chance, language)
    return cells


@requires_libreoffice
@pytest.mark.parametrize("tier", ["small", "medium", "large"])
def test_a_blank_workbook_shows_its_true_value_before_anybody_calculates(tier: str, tmp_path: Path) -> None:
    content = blank(tier=tier, account_id="0042", name="Weidenhof")
    written, again = opened(content, values=True), calculated(content, tmp_path)
    for title in ("Read me", "_calculations"):
        before = [[cell.value for cell in row] for row in written[title].iter_rows()]
        after = [[cell.value for cell in row] for row in again[title].iter_rows()]
        assert [[pytest.approx(cell) if isinstance(cell, float) else cell for cell in row] for row in after] == before


@requires_libreoffice
def test_the_meter_by_hand(tmp_path: Path) -> None:
    """Garden: code, name, size of three. Beds: two rows at least, No., plant, light each; one is filled, one begun."""
    values = {"garden.code": "0042", "beds.plant": "Bean", "beds.light": "unknown", "beds.plant 2": "Rose"}
    book = calculated(typed(blank(), placed(garden(), values)), tmp_path)
    filled, answered = meter(book)
    # "Unknown" is a choice of light, hence a value; B1 and B2 carry their numbers: 3 + 2 of 6 cells.
    assert filled == pytest.approx((2 / 3 + 5 / 6) / 2)
    assert answered == filled
    assert [cell.value for cell in book["Read me"][9]][3:9] == ["●", "Garden", 2, 3, 1, pytest.approx(2 / 3)]
    assert [cell.value for cell in book["Read me"][10]][3:9] == ["●", "Beds", 5, 6, 1, pytest.approx(5 / 6)]


@requires_libreoffice
def test_a_known_gap_is_answered_and_not_filled(tmp_path: Path) -> None:
    values = {"garden.code": "unknown", "garden.name": " Unbekannt ", "beds.plant": "nicht bekannt"}
    filled, answered = meter(calculated(typed(blank(), placed(garden(), values)), tmp_path))
    assert filled == pytest.approx((1 / 3 + 1 / 6) / 2)
    assert answered == pytest.approx((3 / 3 + 2 / 6) / 2)


@requires_libreoffice
def test_the_tier_typed_decides_what_is_needed(tmp_path: Path) -> None:
    values = {"garden.size": "Large", "garden.budget": 10, "paths.text 3": "To the gate"}
    book = calculated(typed(blank(tier="small"), placed(garden(), values)), tmp_path)
    assert [row[4].value for row in book["Read me"].iter_rows(min_row=9, max_row=12)] == [
        "Garden",
        "Beds",
        "Tools & co.",
        "Paths",
    ]
    assert [row[6].value for row in book["Read me"].iter_rows(min_row=9, max_row=12)] == [5, 8, None, 2]
    assert meter(book)[0] == pytest.approx((2 / 5 + 0 / 8 + 2 / 2) / 3)


@requires_libreoffice
def test_a_number_and_a_default_alone_make_no_row(tmp_path: Path) -> None:
    values = {"beds.shared": "no", "beds.shared 2": "nein", "beds.shared 3": "yes"}
    book = calculated(typed(blank(), placed(garden(), values)), tmp_path)
    assert [row[5].value for row in book["Read me"].iter_rows(min_row=10, max_row=10)] == [1]
    assert [row[6].value for row in book["Read me"].iter_rows(min_row=10, max_row=10)] == [6]


@requires_libreoffice
@pytest.mark.parametrize(
    ("tier", "language", "seed"),
    [("Strategic", "en", 1), ("Key", "de", 2), ("Growth", "ja", 3), ("Strategic", "de", 4)],
)
def test_the_meter_equals_a_plain_count_and_the_product(tier: str, language: str, seed: int, tmp_path: Path) -> None:
    definition = shipped_template()
    content = typed(blank(definition, tier, language), random_state(definition, tier, language, seed))
    book = calculated(content, tmp_path)
    filled, answered = meter(book)
    plain = [float(share) for share in totals(book, definition, tier, language)]
    assert [filled, answered] == pytest.approx(plain, rel=1e-12)  # a workbook holds fifteen digits
    product = completeness_of(definition, extract(arrival(content), {definition.template: definition}), tier)
    assert filled == pytest.approx(float(product.completeness))
    assert answered == pytest.approx(float(product.answered))


@requires_libreoffice
@pytest.mark.parametrize("seed", range(4))
def test_the_meter_of_another_template_equals_a_plain_count(seed: int, tmp_path: Path) -> None:
    tier = ("small", "medium", "large")[seed % 3]
    content = typed(blank(tier=tier), random_state(garden(), tier, "en", seed))
    book = calculated(content, tmp_path)
    assert list(meter(book)) == pytest.approx([float(share) for share in totals(book, garden(), tier)])


def test_the_words_for_a_known_gap_are_those_of_reading() -> None:
    assert set(UNKNOWN_WORDS) == set(reading.UNKNOWN_WORDS)
