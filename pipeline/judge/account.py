"""Who a workbook is about: the values at the template's roles."""

from __future__ import annotations

from pipeline.definitions.workbook_template import WorkbookTemplate
from pipeline.model import FALLBACK_LANGUAGE, Account, Scalar, Workbook


def account_of(workbook: Workbook, template: WorkbookTemplate) -> Account | None:
    """Return the account of a workbook, or None when its id or name is empty."""
    roles = template.roles
    identity, name = _text(workbook, roles.id), _text(workbook, roles.name)
    if identity is None or name is None:
        return None
    language = _text(workbook, roles.language) or workbook.language or FALLBACK_LANGUAGE
    return Account(
        id=identity,
        name=name,
        tier=_text(workbook, roles.tier),
        currency=_text(workbook, roles.currency),
        language=language,
        customer_language=_text(workbook, roles.customer_language) or language,
    )


def role_value(workbook: Workbook, path: str | None) -> Scalar:
    """Return the value at `form.field`, None where there is none."""
    form, _, field = (path or "").partition(".")
    table = workbook.tables.get(form)
    return table.rows[0].values.get(field) if table and table.rows else None


def _text(workbook: Workbook, path: str | None) -> str | None:
    value = role_value(workbook, path)
    return None if value is None else str(value)
