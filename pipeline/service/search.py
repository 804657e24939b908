"""Looking for a person in a file, in whatever form it keeps its texts."""

from __future__ import annotations

from pipeline.store.person import Person

_CLOSED = b"\xd0\xcf\x11\xe0"
"""How an Office file with a password begins, and one of a format from before 2007."""


def says(person: Person, name: str, content: bytes) -> bool | None:
    """Return whether a file names a person in its texts, properties or name; None when it cannot be looked into.

    For a worker: the bytes are foreign, and what is damaged raises whatever its library raises.
    """
    from pipeline.render.scan_texts import visible_texts

    if person.is_in(name):
        return True
    if content.startswith(_CLOSED):
        return None
    return any(person.is_in(text) for text in visible_texts(content))
