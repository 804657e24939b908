"""Messages of rules: Jinja texts in several languages, checked when the rules are loaded, filled when they are used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from jinja2 import Template, TemplateError, TemplateSyntaxError, meta, nodes

from pipeline.formats import Formatter
from pipeline.judge.binding import Binder, Spot
from pipeline.model import Text
from pipeline.wording import context_of, environment

Known = Mapping[str, Collection[str] | None]
"""Names a message may use, each with the names behind its dot (None: any)."""


class MessageFailed(Exception):
    """A message could not be filled although its names are known; says in which language and why."""


@dataclass(frozen=True)
class Message:
    """A checked message: its compiled text by language, and the measures it prints."""

    templates: Mapping[str, Template]
    names: frozenset[tuple[str, str]]
    """What it prints as (name, name behind the dot), such as ("measures", "revenue_ytd")."""


def bind_message(binder: Binder, spot: Spot, key: str, text: Text, known: Known) -> Message | None:
    """Return a message ready to be filled, or None after adding a fault for each unknown name."""
    faults: dict[str, None] = {}
    templates: dict[str, Template] = {}
    names: set[tuple[str, str]] = set()
    for language, source in text.by_language.items():
        try:
            tree = environment(markup=False).parse(source)
            templates[language] = environment(markup=False).from_string(source)
        except TemplateSyntaxError as error:
            faults[f"the message cannot be read: {error.message}"] = None
            continue
        names |= _members(tree)
        faults |= dict.fromkeys(_unknown_names(tree, known))
    binder.faults.extend(spot.fault(message, key) for message in faults)
    return None if faults else Message(templates, frozenset(names))


def _unknown_names(tree: nodes.Template, known: Known) -> list[str]:
    undeclared = sorted(meta.find_undeclared_variables(tree) - set(known))
    unknown = [f"`{name}` is not known in this message" for name in undeclared]
    for owner, member in sorted(_members(tree)):
        members = known.get(owner)
        if members is not None and member not in members:
            unknown.append(f"`{owner}.{member}` is not known")
    return unknown


def _members(tree: nodes.Template) -> set[tuple[str, str]]:
    found = {(node.node.name, node.attr) for node in tree.find_all(nodes.Getattr) if isinstance(node.node, nodes.Name)}
    for node in tree.find_all(nodes.Getitem):
        if isinstance(node.node, nodes.Name) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            found.add((node.node.name, node.arg.value))
    return found


def fill(
    message: Message, names_in: Callable[[str], Mapping[str, object]], formatter: Callable[[str], Formatter]
) -> Text:
    """Return a message in each of its languages.

    Args:
        message: the checked message.
        names_in: gives the names with values that print in a language.
        formatter: gives the formatter of a language.

    Raises:
        MessageFailed: the text asks for something that the values cannot give.
    """
    filled = {}
    for language, template in message.templates.items():
        try:
            filled[language] = template.render(context_of(names_in(language), formatter(language)))
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise MessageFailed(f"the message in {language} cannot be filled: {error}") from error
    return Text({language: " ".join(text.split()) for language, text in filled.items()})
