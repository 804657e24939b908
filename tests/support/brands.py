"""The shipped brand, for tests that need one."""

from functools import lru_cache

from pipeline.definitions.brand import Brand
from pipeline.definitions.source import read_yaml, validate
from tests.support.repository import ROOT


@lru_cache(maxsize=1)
def shipped_brand() -> Brand:
    """Return the brand `planpress`."""
    path = ROOT / "output_templates/brands/planpress/brand.yaml"
    found = validate(Brand, "brand.yaml", read_yaml("brand.yaml", path.read_text(encoding="utf-8"), []), [])
    assert found is not None
    return found
