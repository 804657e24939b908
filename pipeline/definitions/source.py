"""YAML 1.2 files as plain values that remember their line.

A mapping becomes a `PlacedDict`, so that each definition made from it knows its file and line, and each key's.
Decimal points become `Decimal`, never float; a repeated key is a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pipeline.errors import DefinitionFault

Model = TypeVar("Model", bound=BaseModel)
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a definition stands: file relative to the workspace, its first line, and the line of each of its keys."""

    file: str
    line: int
    keys: dict[str, int] = field(default_factory=dict)

    def fault(self, message: str, key: str | None = None, offset: int = 0) -> DefinitionFault:
        """Return a fault at this definition, or at one of its keys, `offset` lines below it."""
        return DefinitionFault(self.file, self.keys.get(key or "", self.line) + offset, message)


NOWHERE = Place("", 0)


class PlacedDict(dict[str, Any]):
    """A mapping read from YAML, with its place."""

    place: Place


class PlacedList(list[Any]):
    """A sequence read from YAML, with the line of each item."""

    lines: list[int]


def read_yaml(file: str, text: str, faults: list[DefinitionFault]) -> Any:
    """Return the content of a YAML file, or None after adding a fault for what cannot be parsed."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faults.append(DefinitionFault(file, line, f"This is not YAML: {error.problem or error.context}."))
        return None
    except YAMLError as error:
        faults.append(DefinitionFault(file, 0, f"This is not YAML: {str(error).splitlines()[0]}."))
        return None
    return None if node is None else _value(file, node, faults)


def _value(file: str, node: Node, faults: list[DefinitionFault]) -> Any:
    if isinstance(node, MappingNode):
        return _mapping(file, node, faults)
    if isinstance(node, SequenceNode):
        items = PlacedList(_value(file, item, faults) for item in node.value)
        items.lines = [item.start_mark.line + 1 for item in node.value]
        return items
    return _scalar(cast("ScalarNode", node))


def _mapping(file: str, node: MappingNode, faults: list[DefinitionFault]) -> PlacedDict:
    result = PlacedDict()
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in result:
            faults.append(DefinitionFault(file, line, f"`{key}` stands here twice."))
        result[key] = _value(file, value_node, faults)
        lines[key] = line
    result.place = Place(file, node.start_mark.line + 1, lines)
    return result


def _scalar(node: ScalarNode) -> object:
    readers: dict[str, Callable[[str], object]] = {
        f"{_TAG}null": lambda _: None,
        f"{_TAG}bool": lambda text: text.lower() == "true",
        f"{_TAG}int": lambda text: int(text.replace("_", ""), 0) if text.startswith("0x") else int(text),
        f"{_TAG}float": Decimal,
        f"{_TAG}timestamp": _date_or_text,
    }
    return readers.get(str(node.tag), str)(node.value)


def _date_or_text(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def validate(model: type[Model], file: str, value: Any, faults: list[DefinitionFault]) -> Model | None:
    """Return `value` as `model`, or None after adding a fault with the line of each mistake."""
    try:
        return TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        for detail in _causes(error.errors()):
            where, line, trail = _place_of(file, value, detail["loc"])
            faults.append(DefinitionFault(where, line, f"{trail}: {_sentence(detail)}"))
        return None


def _causes(details: list[Any]) -> list[Any]:
    """Return the mistakes without those that only follow: a list too short for its items were all at fault."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail in details
        if detail["type"] != "too_short" or not any(_is_inside(place, detail["loc"]) for place in places)
    ]


def _is_inside(place: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


def _place_of(file: str, value: Any, location: tuple[int | str, ...]) -> tuple[str, int, str]:
    line, trail = 1, []
    for step in location:
        if isinstance(value, PlacedDict):
            file, line = value.place.file, value.place.line
        if isinstance(value, PlacedDict) and isinstance(step, str) and step in value:
            line, value = value.place.keys[step], value[step]
        elif isinstance(value, PlacedList) and isinstance(step, int) and step < len(value):
            line, value = value.lines[step], value[step]
        elif not (isinstance(step, str) and isinstance(value, PlacedDict) and _is_required_key(step, location)):
            continue
        trail.append(_named(value, step))
    return file, line, " > ".join(trail) or "this file"


def _is_required_key(step: str, location: tuple[int | str, ...]) -> bool:
    return step == location[-1]


def _named(value: Any, step: int | str) -> str:
    if isinstance(value, PlacedDict) and isinstance(step, int):
        own = value.get("id") or value.get("name") or value.get("sheet")
        named = next(iter(own.values()), None) if isinstance(own, dict) else own  # a title by language
        return str(named or f"number {step + 1}")
    return f"number {step + 1}" if isinstance(step, int) else step


def _sentence(detail: Any) -> str:
    kind, message, found = detail["type"], detail["msg"], detail.get("input")
    if kind == "extra_forbidden":
        return "this key is not known here."
    if kind == "missing":
        return "this key is missing."
    if kind == "value_error":
        return str(message).removeprefix("Value error, ")
    shown = "" if isinstance(found, dict | list) else f" (found {found!r})"
    return f"{message[0].lower()}{message[1:]}{shown}."
