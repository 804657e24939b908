"""Text of cells: what is kept of it, and the few words that mean something in every field."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_SHORTEST_LINE_BREAKS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_REMOVED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]"
)
"""Control characters, invisible marks, and directional ones that reach beyond their cell."""

UNKNOWN_WORDS: Final = frozenset(
    {"unknown", "not known", "unbekannt", "nicht bekannt", "不明", "未確認", "inconnu", "inconnue", "desconocido"}
)
_LONGEST_UNKNOWN: Final = max(map(len, UNKNOWN_WORDS))
YES_WORDS: Final = frozenset(
    {"yes", "y", "true", "x", "✓", "✔", "ja", "j", "wahr", "はい", "有", "oui", "vrai", "sí", "si"}
)
NO_WORDS: Final = frozenset({"no", "n", "false", "nein", "falsch", "いいえ", "無", "non", "faux"})
TOTAL_WORDS: Final = frozenset(
    {"total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "合計", "総計", "somme"}
)
_EXACT: Final = 2**53
"""Up to here a binary number holds every whole one."""


def cleaned(text: str) -> str:
    """Return the text of a cell without surrounding space, control characters and stray marks, lines kept apart."""
    if text.isprintable():
        return text.strip()
    text = _SHORTEST_LINE_BREAKS.sub("\n", text)
    return _REMOVED.sub("", text).replace("\t", " ").strip()


def one_line(text: str) -> str:
    """Return a text whose line breaks became spaces."""
    return " ".join(text.split("\n")) if "\n" in text else text


def means_unknown(text: str) -> bool:
    """Return whether a cleaned text marks a known gap."""
    return len(text) <= _LONGEST_UNKNOWN and text.casefold() in UNKNOWN_WORDS


def shown(value: object, longest: int = 60) -> str:
    """Return what a cell holds as a short text for a message."""
    text = one_line(cleaned(value)) if isinstance(value, str) else plain(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def plain(value: object) -> str:
    """Return a cell that is no text as people read it in Excel: numbers without `.0`, dates as ISO."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return plain_number(float(value))
    return str(value)


def plain_number(value: float) -> str:
    """Return a number as its digits, without exponent: fractions with the fifteen that Excel keeps."""
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return format(Decimal(format(value, ".15g")), "f")
