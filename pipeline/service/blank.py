"""Blank workbooks for people to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePosixPath

from pipeline.author import blank_workbook
from pipeline.definitions.load import Definitions, load_definitions, template_names
from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.errors import UsageError
from pipeline.settings import Workspace


@dataclass(frozen=True)
class Wanted:
    """The workbook somebody asks for; None leaves a choice to the template."""

    template: str
    tier: str | None = None
    language: str | None = None
    account_id: str | None = None
    account_name: str | None = None


def blank(workspace: Workspace, wanted: Wanted) -> bytes:
    """Return the bytes of a blank workbook; raise UsageError for an unknown template, tier or language."""
    names = template_names(workspace.root)
    _must_be(wanted.template, names, "workbook template")
    definitions = load_definitions(workspace.root, wanted.template, workspace.settings.brand)
    template = definitions.template
    return blank_workbook(
        template,
        definitions.brand,
        tier=_tier(wanted.tier, template),
        language=_language(wanted.language, template),
        account_id=wanted.account_id,
        name=wanted.account_name,
        logo=_logo(definitions),
    )


def _logo(definitions: Definitions) -> bytes | None:
    """Return the brand's logo as a picture that Excel can draw: the PNG beside the SVG."""
    file = definitions.brand.logo
    return definitions.files.get(f"brand/{PurePosixPath(file).with_suffix('.png')}") if file else None


def _tier(tier: str | None, template: WorkbookTemplate) -> str | None:
    if tier is None:
        return None
    known = {name.casefold(): name for name in template.tiers}
    _must_be(tier.casefold(), tuple(known), "tier", template.tiers)
    return known[tier.casefold()]


def _language(language: str | None, template: WorkbookTemplate) -> str:
    if language is None:
        return template.languages[0]
    _must_be(language, template.languages, "language")
    return language


def _must_be(value: str, known: tuple[str, ...], kind: str, shown: tuple[str, ...] = ()) -> None:
    if value in known:
        return
    near = get_close_matches(value, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    there = ", ".join(shown or known) or "none"
    raise UsageError(f"There is no {kind} {value!r}.{hint} There are: {there}.")
