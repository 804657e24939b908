"""Messages of rules: texts with tags in several languages, checked when rules are loaded, filled when they are used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from pipeline.formats import Formatter
from pipeline.judge.binding import Binder, Spot
from pipeline.model import Text
from pipeline.wording import PlainText, UnusableText, context_of, plain_text

Known = Mapping[str, Collection[str] | None]
"""Names a message may use, each with the names behind its dot (None: any)."""


class MessageFailed(Exception):
    """A message could not be filled although its names are known; says in which language and why."""


@dataclass(frozen=True)
class Message:
    """A checked message: its compiled text by language."""

    texts: Mapping[str, PlainText]


def bind_message(binder: Binder, spot: Spot, key: str, text: Text, known: Known) -> Message | None:
    """Return a message ready to be filled, or None after adding a fault for each unknown name."""
    faults: dict[str, None] = {}
    texts: dict[str, PlainText] = {}
    for language, source in text.by_language.items():
        try:
            texts[language] = plain_text(source)
        except UnusableText as error:
            faults[f"the message cannot be read: {error}"] = None
            continue
        faults |= dict.fromkeys(_unknown_names(texts[language].names, known))
    binder.faults.extend(spot.fault(message, key) for message in faults)
    return None if faults else Message(texts)


def _unknown_names(names: Collection[str], known: Known) -> Iterator[str]:
    for name in sorted(names):
        owner, separator, member = name.partition(".")
        members = known.get(owner)
        if owner not in known:
            yield f"`{owner}` is not known in this message"
        elif separator and members is not None and member not in members:
            yield f"`{name}` is not known"


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
    for language, text in message.texts.items():
        try:
            filled[language] = text.fill(context_of(names_in(language), formatter(language)))
        except UnusableText as error:
            raise MessageFailed(f"the message in {language} cannot be filled: {error}") from error
    return Text({language: " ".join(text.split()) for language, text in filled.items()})
