"""Bindings: what designers write in alt texts, one `key: value` a line (docs/designers.md).

Keys ignore case; lines without a known key are ordinary alt text and stay; a near miss is a fault.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pipeline.wording import plain_expression

DECK_KEYS = frozenset(
    {
        "for", "where", "order", "limit", "group", "columns", "gap", "rows", "until", "empty", "chart", "map", "grid",
        "picture", "fit", "if", "repeat", "alt",
    }
)  # fmt: skip
DOCUMENT_KEYS = frozenset({"chart", "picture", "if", "alt"})
SLIDE_KEYS = frozenset({"for", "where", "order", "limit", "if"})
_TEXTS = frozenset({"alt", "empty"})
_LINE = re.compile(r"^[ \t]*([A-Za-z]+)[ \t]*[:：][ \t]*(.*?)[ \t]*$")
_CALL = re.compile(r"^([A-Za-z_]\w*)\s*(?:\((.*)\))?$", re.DOTALL)
_SURE = 0.8
_LONG_ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Binding:
    """Values by key, the lines that are ordinary alt text, and sentences about near misses and repeated keys."""

    values: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    problems: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values)

    def get(self, key: str) -> str | None:
        """Return the value of a key, None when it is not bound."""
        return self.values.get(key)


@dataclass(frozen=True, slots=True)
class FigureCall:
    """A figure's name and its arguments as the expression of a dict; empty without arguments."""

    name: str
    arguments: str = ""


def read_binding(text: str, keys: Collection[str] = DECK_KEYS) -> Binding:
    """Return the binding in an alt text."""
    values: dict[str, str] = {}
    kept: list[str] = []
    problems: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").split("\n"):
        match = _LINE.match(line)
        key = match.group(1).lower() if match else ""
        if match is None or key not in keys:
            kept.append(line)
            problems.extend(_near_miss(key, keys))
        elif key in values:
            problems.append(f"`{key}:` stands here twice; keep one of the two lines.")
        else:
            values[key] = match.group(2) if key in _TEXTS else plain_expression(match.group(2))
    problems.extend(f"`{key}:` has no value." for key, value in values.items() if not value and key != "alt")
    return Binding(values, "\n".join(kept).strip(), tuple(problems))


def read_leading_lines(lines: list[str]) -> tuple[Binding, int]:
    """Return the binding in the leading lines of a slide's notes, and how many lines it takes."""
    taken = 0
    for line in lines:
        match = _LINE.match(line)
        key = match.group(1).lower() if match else ""
        if key not in SLIDE_KEYS and not _near_miss(key, SLIDE_KEYS):
            break
        taken += 1
    return read_binding("\n".join(lines[:taken]), SLIDE_KEYS), taken


def read_figure_call(value: str) -> FigureCall | None:
    """Return the figure that `name` or `name(argument=expression, …)` calls, None when it is neither."""
    match = _CALL.match(value.strip())
    return FigureCall(match.group(1), f"dict({match.group(2)})" if match.group(2) else "") if match else None


def _near_miss(word: str, keys: Collection[str]) -> list[str]:
    if not word or word in keys:
        return []
    anagrams = [key for key in keys if sorted(key) == sorted(word)]
    close = difflib.get_close_matches(word, [key for key in keys if len(key) >= _LONG_ENOUGH], 1, _SURE)
    found = anagrams or (close if len(word) >= _LONG_ENOUGH else [])
    return [f"`{word}:` is no key; did you mean `{found[0]}:`?"] if found else []
