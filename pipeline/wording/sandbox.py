"""The Jinja environments of all templates: the immutable sandbox with strict undefined names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.formats import EN_DASH, Formatter
from pipeline.wording.filters import FILTERS, FORMATTER, MARKS
from pipeline.wording.values import Value

EMPTY_MARK = "_empty_mark"
"""Context name of what an empty value prints as: an en dash in table cells, nothing elsewhere."""


@pass_context
def _finalize(context: Context, value: object) -> object:
    """Return what an expression prints: never None; an empty value as the sink's mark for it."""
    if value is None or (isinstance(value, Value) and value.is_empty):
        return context.get(EMPTY_MARK) or ""
    return value


class UnknownName(StrictUndefined):
    """A name that is not there: an error wherever it is used, in words for whoever wrote the template."""

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or f"there is no `{self._undefined_name}` here"


@lru_cache(maxsize=4)
def environment(*, markup: bool) -> ImmutableSandboxedEnvironment:
    """Return the Jinja environment for markup sinks (autoescape: HTML, Word's XML) or for plain ones.

    It is shared by all templates of a process and holds nothing of any account: the language comes with the context
    (`context_of`).
    """
    result = ImmutableSandboxedEnvironment(autoescape=markup, undefined=UnknownName, finalize=_finalize)
    result.filters.update(FILTERS)
    return result


def context_of(
    names: Mapping[str, object], formatter: Formatter, *, in_table: bool = False, marks: list[str] | None = None
) -> dict[str, object]:
    """Return the context for rendering: the view's names and what the filters need to know."""
    return {**names, FORMATTER: formatter, EMPTY_MARK: EN_DASH if in_table else "", MARKS: marks}
