"""Expressions and texts with tags, compiled once and rendered per document.

Rendered texts carry markers between control characters, which never occur in data (they are taken out of every
printed value): `BREAKS` says what each opens. Each tag of a compiled text stands on a line of its own, so that the
line of a failure names the tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, pass_context
from jinja2.environment import TemplateExpression
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import DefinitionFault
from pipeline.render.characters import cleaned
from pipeline.wording import MARKS, Value, environment, names_in, plain_expression, raw

if TYPE_CHECKING:
    from jinja2 import Template

PARAGRAPH, RUN, ROW, CELL, MARK, END = "\x01", "\x02", "\x05", "\x06", "\x04", "\x03"
BREAKS = re.compile(f"([{PARAGRAPH}{RUN}{ROW}{CELL}{MARK}])([^{END}]*){END}")
PRINTED = "_printed"
"""Context name of a list that collects the values a text prints, for findings that name their cell."""

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OPENING = re.compile(r"^\{[{%][-+]?")
_UNKNOWN = re.compile(r"^there is no `([^`]+)` here$")
_NEVER_SHOWN = frozenset({"neutral", ""})


class TagError(Exception):
    """A tag or expression that cannot work: the tag as written and a sentence."""

    def __init__(self, tag: str, message: str) -> None:
        super().__init__(f"{tag}: {message}")
        self.tag = tag
        self.message = message


def tag_fault(file: str, place: str, error: TagError) -> DefinitionFault:
    """Return the fault of a tag: place, tag, sentence."""
    return DefinitionFault(file, 0, f"{place}, tag {error.tag}: {error.message}")


@lru_cache(maxsize=1)
def engine() -> ImmutableSandboxedEnvironment:
    """Return the sandbox for plain sinks, printing without control characters."""
    base = environment(markup=False)
    print_value: Callable[..., object] = base.finalize or (lambda _, value: value)

    @pass_context
    def finalize(context: Context, value: object) -> object:
        printed = context.get(PRINTED)
        if isinstance(printed, list) and isinstance(value, Value):
            printed.append(value)
        mark, text = _mark_of(context), cleaned(str(print_value(context, value)))
        return f"{MARK}{mark}{END}{text}{MARK}{END}" if mark else text

    result = base.overlay(finalize=finalize)
    if not isinstance(result, ImmutableSandboxedEnvironment):
        raise TypeError("an overlay of the sandbox is a sandbox")
    return result


def _mark_of(context: Context) -> str:
    marks = context.get(MARKS)
    if not marks:
        return ""
    mark = str(marks.pop())
    marks.clear()
    return "" if mark in _NEVER_SHOWN else mark


@dataclass(frozen=True)
class Expression:
    """One expression of a binding, as written and compiled; `names` are what it asks of the context."""

    source: str
    names: frozenset[str]
    evaluate: TemplateExpression

    def __call__(self, context: Mapping[str, object]) -> object:
        """Return the expression's value; raise TagError saying why there is none."""
        try:
            return self.evaluate(**context)
        except Exception as error:
            raise TagError(self.source, explain(error, self.source)) from error

    def holds(self, context: Mapping[str, object]) -> bool:
        """Return whether the value counts as true; an empty or n.a. value does not."""
        return bool(raw(self(context)))


def compile_expression(source: str) -> Expression:
    """Return an expression ready to be evaluated; raise TagError when it is none."""
    plain = plain_expression(source).strip()
    try:
        names = names_in(plain, expression=True)
        return Expression(source, names, engine().compile_expression(plain, undefined_to_none=False))
    except TemplateSyntaxError as error:
        raise TagError(source, _sentence(error.message)) from error


@dataclass(frozen=True)
class TextTemplate:
    """A text with tags; `tags` are those of its source in order, one a line of the compiled template.

    `names` are what it asks of the context, such as `actions` or `measures.revenue`.
    """

    template: Template
    tags: tuple[str, ...]
    names: frozenset[str]

    def render(self, context: Mapping[str, object]) -> str:
        """Return the text with its markers; raise TagError naming the tag that failed."""
        try:
            return self.template.render(context)
        except Exception as error:
            tag = self._failed_tag(error)
            raise TagError(tag, explain(error, tag)) from error

    def _failed_tag(self, error: BaseException) -> str:
        line, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
                line = trace.tb_lineno
            trace = trace.tb_next
        return self.tags[line - 2] if 2 <= line <= len(self.tags) + 1 else " ".join(self.tags[:1])


def compile_text(source: str) -> TextTemplate:
    """Return a text ready to be rendered; raise TagError naming the tag that cannot be parsed."""
    tags = tuple(match.group() for match in TAG.finditer(source))
    plain = TAG.sub(lambda match: own_line(plain_expression(match.group())), source)
    try:
        return TextTemplate(engine().from_string(plain), tags, names_in(plain))
    except TemplateSyntaxError as error:
        tag = tags[error.lineno - 2] if 2 <= error.lineno <= len(tags) + 1 else " ".join(tags)
        raise TagError(tag or source, _sentence(error.message)) from error


def own_line(tag: str) -> str:
    """Return a tag whose inner part begins on a new line; comments lose their text but keep the line."""
    if tag.startswith("{#"):
        return "{#\n#}"
    return _OPENING.sub(lambda match: match.group() + "\n", tag)


def has_tag(text: str) -> bool:
    """Return whether a text holds anything for the engine."""
    return "{{" in text or "{%" in text or "{#" in text


def pieces(rendered: str) -> Iterator[tuple[str, str, str]]:
    """Yield (marker, its argument, the text up to the next marker) of a rendered text."""
    parts = BREAKS.split(rendered)
    for position in range(1, len(parts), 3):
        yield parts[position], parts[position + 1], parts[position + 2]


def without(names: frozenset[str], own: Iterable[str]) -> frozenset[str]:
    """Return names less those that begin with a name of one's own, such as a loop's variable."""
    known = frozenset(own)
    return frozenset(name for name in names if name.partition(".")[0] not in known)


def plain(rendered: str) -> str:
    """Return a rendered text without its markers."""
    return BREAKS.sub("", rendered)


def explain(error: Exception, tag: str = "") -> str:
    """Return a sentence for a failure inside a template; `tag` helps to say what lacks a name."""
    message = str(error) or type(error).__name__
    unknown = _UNKNOWN.match(message)
    owner = re.search(rf"([\w.\[\]'\"]+)(?:\.|\[['\"]){re.escape(unknown.group(1))}\b", tag) if unknown else None
    if unknown and owner:
        return f"there is no `{unknown.group(1)}` in `{owner.group(1)}`."
    if isinstance(error, KeyError) and error.args:
        return f"there is no `{error.args[0]}` here."
    return _sentence(message)


def _sentence(message: str | None) -> str:
    return f"{(message or 'cannot be read').strip().rstrip('.')}."
