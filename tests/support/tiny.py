"""A workspace of another trade, which looks after lifts: small, quick to load, and none of the shipped words in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from pipeline.service.blank import Wanted, blank
from pipeline.settings import Workspace
from tests.support.filling import filled
from tests.support.real_workspace import DEFINITIONS, SETTINGS, RealWorkspace
from tests.support.repository import ROOT
from tests.support.workbooks import template

SET = Path(__file__).parent / "tiny_set"
NAME, BRAND = "aufzugsakte", "planpress"
Change = Mapping[str, object]
"""Values by field that are typed instead of the usual ones."""

COSTS: tuple[tuple[date, str, int, int], ...] = (
    (date(2026, 1, 1), "Wartung", 1400, 1500),
    (date(2026, 2, 1), "Ersatzteile", 420, 200),
    (date(2026, 3, 1), "Wartung", 1550, 1500),
    (date(2026, 4, 1), "Wartung", 9999, 1500),  # April is not closed
)
CHECKS: tuple[tuple[str, date, str, str, bool, float, bool], ...] = (
    ("U1", date(2026, 2, 3), "Maja Prüfer", "Bremse: in Ordnung", True, 1.5, True),
    ("U2", date(2026, 3, 2), "Maja Prüfer", "Türkontakt erneuert", False, 2.25, True),
    ("U3", date(2026, 3, 30), "Maja Prüfer", "Seil wird dünn", False, 0.5, False),
)


def tiny_workspace(root: Path) -> RealWorkspace:
    """Return a new workspace with the small template alone, in the shipped brand."""
    for name in DEFINITIONS:
        shutil.copytree(SET / name, root / name)
    shutil.copytree(ROOT / "output_templates/brands" / BRAND, root / "output_templates/brands" / BRAND)
    shutil.copyfile(SET / SETTINGS, root / SETTINGS)
    (root / "inbox").mkdir()
    return RealWorkspace(root)


@lru_cache(maxsize=1)
def tiny_blank() -> bytes:
    """Return the blank workbook of the small template."""
    with tempfile.TemporaryDirectory() as folder:
        tiny_workspace(Path(folder) / "workspace")
        return blank(Workspace.open(Path(folder) / "workspace", {}), Wanted(NAME))


def tiny_workbook(
    account_id: str,
    name: str,
    *,
    anlage: Change | None = None,
    pruefungen: Change | None = None,
    kosten: Change | None = None,
) -> bytes:
    """Return a filled workbook; `anlage` changes the form, `pruefungen` and `kosten` the first rows of their tables."""
    form = {
        "kennung": account_id,
        "bezeichnung": name,
        "standort": "Bahnhofstraße 1",
        "waehrung": "EUR",
        "baujahr": 1987,
        "vermerk": "Zahlt schlecht.",
        **(anlage or {}),
    }
    fields = ["nr", "geprueft_am", "pruefer", "befund", "bestanden", "dauer", "freigegeben"]
    checks: list[dict[str, object]] = [dict(zip(fields, row, strict=True)) for row in CHECKS]
    checks[0] |= pruefungen or {}
    amounts = ["monat", "posten", "ist", "soll"]
    costs: list[dict[str, object]] = [dict(zip(amounts, row, strict=True)) for row in COSTS]
    costs[0] |= kosten or {}
    values = {
        "anlage": form,
        "pruefungen": {"fields": fields, "rows": [list(row.values()) for row in checks]},
        "kosten": {"fields": amounts, "rows": [list(row.values()) for row in costs]},
    }
    definition = template((SET / "workbook_templates" / NAME / "template.yaml").read_text(encoding="utf-8"))
    return filled(tiny_blank(), definition, "de", values)
