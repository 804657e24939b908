"""A document's key: the hash of all that decides its bytes, but for edition number and as-of date.

Equal key, equal document: the old bytes stay, with what is printed on them (docs/architecture.md). So the key is made
of what the document asks of its view, and of nothing else in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from pipeline import __version__
from pipeline.model import PlanView
from pipeline.wording import Value, ViewList, ViewRow, own_text, raw

_PRINTED_ONLY = frozenset({"edition", "as_of"})
"""Names that a document prints but that do not make it another document."""
_DEFINED = frozenset({"texts", "figures", "brand"})
"""Names that files of the output set decide, whose hash is in the key; what texts and figures ask is asked too."""
_ALWAYS = frozenset({"document"})
"""Names that a renderer shows whether the template asks or not: a draft is marked on every page."""


def document_key(asked: Iterable[str], view: PlanView, look: str) -> str:
    """Return the key of a document (SHA-256, hexadecimal).

    Args:
        asked: the names it asks of its view, through its texts and figures too, such as `actions`, `measures.revenue`.
        view: the completed view it is drawn from.
        look: the hash of all files that decide how it looks.
    """
    content = _Content()
    for name in sorted({*asked, *_ALWAYS}):
        if name.partition(".")[0] not in _PRINTED_ONLY | _DEFINED:
            content.add(name, _found(view.names, name))
    about = f"{__version__} {look} {view.language} {view.currency}"
    return hashlib.sha256(f"{about}{content}".encode()).hexdigest()


def _found(names: Mapping[str, object], name: str) -> object:
    """Return what a name of one or two levels stands for: the whole group where it has no such part."""
    first, _, rest = name.partition(".")
    group = names.get(first)
    return group[rest] if isinstance(group, ViewRow) and rest in group else group


class _Content:
    """What names stand for, written so that it differs wherever a template could tell a difference.

    Rows are written once and numbered, since references lead from row to row, in circles too.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._numbers: dict[int, int] = {}
        self._waiting: list[ViewRow] = []

    def __str__(self) -> str:
        return "".join(self._pieces)

    def add(self, name: str, value: object) -> None:
        """Write a name, its value, and the rows that lead on from it."""
        self._pieces.append(f"\n{name}=")
        self._write(value)
        while self._waiting:
            row = self._waiting.pop()
            self._pieces.append(f"\n{self._numbers[id(row)]}:")
            for field in row:
                self._pieces.append(f"{field}=")
                self._write(row[field])

    def _write(self, value: object) -> None:
        if isinstance(value, Value):
            # How a type prints follows from language, currency and the version of the program.
            self._pieces.append(f"{value.kind}:{raw(value)!r}:{value.reason}:{own_text(value)!r}:{value.label!r};")
            if value.target is not None:
                self._write(value.target)
        elif isinstance(value, ViewRow):
            self._pieces.append(f"{self._number(value)};")
        elif isinstance(value, ViewList | tuple | list):
            self._pieces.append("[")
            for item in value:
                self._write(item)
            self._pieces.append("]")
        elif value is None or isinstance(value, str | int | Decimal | date):
            self._pieces.append(f"{value!r};")
        else:
            raise TypeError(f"a view may not hold {type(value).__name__}")

    def _number(self, row: ViewRow) -> str:
        # The view holds all rows while this runs, so that no two of them share an id.
        if id(row) not in self._numbers:
            self._numbers[id(row)] = len(self._numbers)
            self._waiting.append(row)
        return f"row {self._numbers[id(row)]}"
