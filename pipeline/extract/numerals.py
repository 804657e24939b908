"""Numbers written as text."""

from __future__ import annotations

import re
from decimal import Decimal

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN = str.maketrans(
    {chr(code): chr(plain) for code, plain in _WIDE.items()}
    | {"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-", "▲": "-", "△": "-", "’": "'"}
    | dict.fromkeys("\u00a0\u202f\u2009\u3000", " ")
)
_TRAILING_DASHES = re.compile(r",-{1,2}$")
_POINT = re.compile(r"(?:(\d+)|([1-9]\d{0,2}(?:([,' ])\d{3})(?:\3\d{3})*))?(?:\.(\d+))?")
_COMMA = re.compile(r"(?:(\d+)|([1-9]\d{0,2}(?:([.' ])\d{3})(?:\3\d{3})*))?(?:,(\d+))?")


def plain_signs(text: str) -> str:
    """Return a text with ASCII digits, signs and spaces instead of full-width and typographic ones."""
    return text.translate(_PLAIN).strip()


def readings(text: str) -> dict[str, Decimal]:
    """Return what a text can mean as a number, by decimal mark (`.`, `,`): none, one, or two that differ.

    Thousands may be set off by the other mark, a space or an apostrophe, in groups of three; a minus may stand before
    or behind, brackets mean minus.
    """
    digits, sign = _unsigned(_TRAILING_DASHES.sub("", plain_signs(text)))
    found = {
        mark: value for mark, form in ((".", _POINT), (",", _COMMA)) if (value := _value(form, digits)) is not None
    }
    return {mark: sign * value for mark, value in found.items()}


def _unsigned(text: str) -> tuple[str, int]:
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), -1
    if text.startswith("-"):
        return text[1:].strip(), -1
    if text.endswith("-"):
        return text[:-1].strip(), -1
    return text.removeprefix("+").strip(), 1


def _value(form: re.Pattern[str], digits: str) -> Decimal | None:
    match = form.fullmatch(digits) if digits and digits.isascii() else None
    if match is None:
        return None
    whole = match[1] or (match[2] or "0").replace(match[3] or " ", "")
    return Decimal(f"{whole}.{match[4] or '0'}") if match[4] else Decimal(whole)
