"""Characters that no document may hold, whatever a cell says."""

from __future__ import annotations

import re

_LINE_BREAK = re.compile("\r\n?|[\v\x85]")
_CONTROL = re.compile("[\x00-\x08\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def cleaned(text: str) -> str:
    """Return a text without what XML does not allow or discourages (XML 1.0, 2.2); every line break is a line feed."""
    return _CONTROL.sub("", _LINE_BREAK.sub("\n", text))
