"""Templates as they were written: cleaned of what word processors do to tags, and read for the names they ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Template, TemplateError, TemplateSyntaxError, meta, nodes

from pipeline.wording.sandbox import environment

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PLAIN = str.maketrans({
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "＂": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'",
    "‹": "'", "›": "'", "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u3000": " ",
})  # fmt: skip


def plain_expression(source: str) -> str:
    """Return an expression with what word processors make of quotes, spaces, dots and dashes undone."""
    return source.translate(_PLAIN).replace("…", "...").replace("–", "-").replace("—", "--")


def plain_tags(source: str) -> str:
    """Return a text whose tags are undone as in `plain_expression`; text outside tags stays as it is."""
    return _TAG.sub(lambda match: plain_expression(match.group()), source)


@lru_cache(maxsize=4096)
def names_in(source: str, *, expression: bool = False) -> frozenset[str]:
    """Return what a template (or a bare expression) asks of its context, one or two levels deep.

    `{{ measures.revenue_ytd.value }}` asks for `measures.revenue_ytd`, a loop over `actions` for `actions`; names
    that the template sets itself (loop variables) are left out. Raises jinja2.TemplateSyntaxError.
    """
    if not expression and "{" not in source:
        return frozenset()
    text = f"{{{{ {source} }}}}" if expression else source
    return names_of(environment(markup=False).parse(text))


def names_of(tree: nodes.Template) -> frozenset[str]:
    """Return the same of a parsed template, for whoever parses with a loader of their own."""
    # By scope: a loop variable may be called like a name of the view that stands elsewhere in the same template.
    free = meta.find_undeclared_variables(tree)
    asked: set[str] = set()
    _collect_names(tree, free, asked)
    return frozenset(asked)


class UnusableText(ValueError):
    """A text with tags cannot be read, or cannot be filled from what it is given; the message says why."""


@dataclass(frozen=True)
class PlainText:
    """A text with tags for a place that is no markup, such as a message: compiled once, filled often."""

    names: frozenset[str]
    _template: Template

    def fill(self, context: Mapping[str, object]) -> str:
        """Return the text filled from a context; raise UnusableText where it asks for what is not there."""
        try:
            return self._template.render(context)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise UnusableText(str(error)) from error


def plain_text(source: str) -> PlainText:
    """Return a text with tags, compiled, with the names it asks for; raise UnusableText where it cannot be read."""
    try:
        return PlainText(names_in(source), environment(markup=False).from_string(source))
    except TemplateSyntaxError as error:
        raise UnusableText(error.message or str(error)) from error


def _collect_names(node: nodes.Node, free: set[str], asked: set[str]) -> None:
    path = _dotted(node)
    if path is not None:
        if path[0] in free:
            asked.add(".".join(path[:2]))
        return
    for child in node.iter_child_nodes():
        _collect_names(child, free, asked)


def _dotted(node: nodes.Node) -> tuple[str, ...] | None:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        base = _dotted(node.node)
        return None if base is None else (*base, node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        base = _dotted(node.node)
        return None if base is None else (*base, str(node.arg.value))
    return None
