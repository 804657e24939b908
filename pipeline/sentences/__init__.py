"""The engine's sentences, in every language it speaks: one catalogue per language beside this file.

A code begins with the name of what it is about (`file-`, `template-`, `sheet-`, `cell-` …). Every catalogue has every
code with the same placeholders. The sentence says what was found, what was expected and what to do now; the place is
told by the finding.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import cast

from pipeline.model import Text

LANGUAGES = ("en", "de", "ja")


def sentence(code: str, **arguments: object) -> Text:
    """Return the sentence of `code` in every language, its `{names}` filled with `arguments`.

    An argument that is a `Text` is filled in by language. A value is data: braces inside it stay as they are. Raise
    KeyError for an unknown code or a missing argument.
    """
    return Text({language: _filled(language, code, arguments) for language in LANGUAGES})


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every sentence of one language by its code."""
    file = Path(__file__).with_name(f"{language}.json")
    return cast("dict[str, str]", json.loads(file.read_text(encoding="utf-8")))


def _filled(language: str, code: str, arguments: dict[str, object]) -> str:
    values = {name: value.to(language) if isinstance(value, Text) else value for name, value in arguments.items()}
    return catalogue(language)[code].format_map(values)
