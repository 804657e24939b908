"""Blank workbooks for people to fill in."""

from __future__ import annotations

import re
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
    """Return the bytes of a blank workbook; raise UsageError for an unknown template, tier, language or a wrong id."""
    name = _one_of(wanted.template, template_names(workspace.root), "workbook template")
    definitions = load_definitions(workspace.root, name, workspace.settings.brand)
    template = definitions.template
    _check_account_id(wanted, template)
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
    return _one_of(tier, template.tiers, "tier")


def _language(language: str | None, template: WorkbookTemplate) -> str:
    if language is None:
        return template.languages[0]
    return _one_of(language, template.languages, "language")


def _check_account_id(wanted: Wanted, template: WorkbookTemplate) -> None:
    """Raise UsageError for an account id that the finished workbook would be refused for."""
    field = template.field(template.roles.id)
    if wanted.account_id is None or field.pattern is None or re.fullmatch(field.pattern, wanted.account_id):
        return
    help_text = field.help.to(_language(wanted.language, template)) if field.help else f"It must match {field.pattern}."
    raise UsageError(f"{wanted.account_id!r} cannot be an account id. {help_text}")


def _one_of(value: str, known: tuple[str, ...], kind: str) -> str:
    """Return the one of `known` that is meant, capitals or not; raise UsageError when there is none."""
    by_folded = {name.casefold(): name for name in known}
    if value.casefold() in by_folded:
        return by_folded[value.casefold()]
    near = get_close_matches(value.casefold(), by_folded, n=1)
    hint = f" Did you mean {by_folded[near[0]]}?" if near else ""
    raise UsageError(f"There is no {kind} {value!r}.{hint} There are: {', '.join(known) or 'none'}.")
