"""Make every sample account again: fill the blank workbook, let LibreOffice calculate and save it.

The same sources make the same bytes: chance is seeded, and the clock that LibreOffice writes is set to the day on
which the account manager is said to have saved.
"""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.definitions.brand import Brand
from pipeline.definitions.source import Model, PlacedDict, read_yaml, validate
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.errors import DefinitionError, DefinitionFault
from tests.support.libreoffice import convert
from tools.samples.fill import filled_workbook

ROOT = Path(__file__).parents[2]
ACCOUNTS = Path(__file__).parent / "accounts"
INBOX = ROOT / "inbox"
LARGEST = 500_000
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
BAR_ID = re.compile(rb"(<x14:id>|<x14:cfRule [^>]*id=\")(\{[0-9A-F-]{36}\})")


def definition(model: type[Model], file: str) -> Model:
    """Return one definition of the repository."""
    faults: list[DefinitionFault] = []
    value = read_yaml(file, (ROOT / file).read_text("utf-8"), faults)
    found = validate(model, file, value, faults) if isinstance(value, PlacedDict) else None
    if found is None:
        raise DefinitionError(faults)
    return found


def saved_by_office(content: bytes, account: Mapping[str, Any]) -> bytes:
    """Return the workbook as LibreOffice saves it, formulas calculated, with a fixed date of saving."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "sample.xlsx"
        source.write_bytes(content)
        saved = convert(source, "xlsx", Path(folder) / "saved")
        return _dated(saved, account)


def _dated(saved: Path, account: Mapping[str, Any]) -> bytes:
    target = saved.with_suffix(".dated")
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _core_properties(content.decode(), account).encode()
            if name.startswith("xl/worksheets/"):
                content = _with_fixed_ids(content)
            new.writestr(zipfile.ZipInfo(name, ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return target.read_bytes()


def _with_fixed_ids(sheet: bytes) -> bytes:
    """Return a sheet whose data bars carry numbered ids: LibreOffice draws them by lot, twice each."""
    numbers: dict[bytes, int] = {}
    return BAR_ID.sub(
        lambda found: b"%s{00000000-0000-4000-8000-%012d}" % (found[1], numbers.setdefault(found[2], len(numbers) + 1)),
        sheet,
    )


def _core_properties(xml: str, account: Mapping[str, Any]) -> str:
    xml = re.sub(r"(<dcterms:created[^>]*>)[^<]*", r"\g<1>2025-11-17T08:30:00Z", xml)
    xml = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{account['saved_at']:%Y-%m-%dT%H:%M:%SZ}", xml)
    return re.sub(r"(<cp:lastModifiedBy>)[^<]*", rf"\g<1>{account['saved_by']}", xml)


def main(names: list[str]) -> None:
    """Make the accounts whose file names begin with one of `names`, all without names."""
    template = definition(WorkbookTemplate, "workbook_templates/account_plan/template.yaml")
    brand = definition(Brand, "output_templates/brands/planpress/brand.yaml")
    logo = (ROOT / "output_templates/brands/planpress/logo.png").read_bytes()
    for file in sorted(ACCOUNTS.glob("*.yaml")):
        if names and not file.stem.startswith(tuple(names)):
            continue
        account = YAML(typ="safe").load(file)
        content = saved_by_office(filled_workbook(template, brand, account, logo), account)
        if len(content) > LARGEST:
            sys.exit(f"{account['file']} has {len(content)} bytes; a sample may have {LARGEST}.")
        (INBOX / account["file"]).write_bytes(content)
        print(f"{account['file']}: {len(content) // 1000} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
