"""What a renderer hands back: the finished file, and what a person should know about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.model import Finding


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of one document and the findings made while it was drawn, such as characters without a glyph."""

    content: bytes = field(repr=False)
    findings: tuple[Finding, ...] = ()
