"""Turning values into words: the Jinja environments of all templates, and values that print themselves.

Every environment is the immutable sandbox with strict undefined names. Text from a workbook is data: it is printed,
never rendered again. What templates may say is described in docs/designers.md.
"""

from pipeline.wording.filters import MARKS, sort_rows
from pipeline.wording.sandbox import context_of, environment
from pipeline.wording.sources import (
    PlainText,
    UnusableText,
    names_in,
    names_of,
    plain_expression,
    plain_tags,
    plain_text,
)
from pipeline.wording.values import Value, ViewList, ViewRow, own_text, raw, source_of

__all__ = [
    "MARKS",
    "PlainText",
    "UnusableText",
    "Value",
    "ViewList",
    "ViewRow",
    "context_of",
    "environment",
    "names_in",
    "names_of",
    "own_text",
    "plain_expression",
    "plain_tags",
    "plain_text",
    "raw",
    "sort_rows",
    "source_of",
]
