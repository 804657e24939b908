"""What all definitions share: frozen models that know their place, texts by language, names."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, model_validator

from pipeline.definitions.source import NOWHERE, Place, PlacedDict
from pipeline.model import Text

Name = Annotated[str, BeforeValidator(str)]
Mark = Literal["yes", "no", "never"]


def _as_text(value: Any) -> Any:
    if isinstance(value, Text):
        return value
    if isinstance(value, dict):
        if not value or not all(isinstance(item, str) for item in value.values()):
            raise ValueError("expected a text, or a map of language to text such as {en: …, de: …}")
        return Text(dict(value))
    if value is None or isinstance(value, list):
        raise ValueError("expected a text, or a map of language to text such as {en: …, de: …}")
    return Text.plain(str(value))


LocalText = Annotated[Text, BeforeValidator(_as_text)]
"""A string, or a map by language."""


class Definition(BaseModel):
    """A frozen piece of a definition; unknown keys are faults; `place` says where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    _place: Place = PrivateAttr(default=NOWHERE)

    @model_validator(mode="wrap")
    @classmethod
    def _remember_place(cls, data: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        instance = handler(data)
        if isinstance(data, PlacedDict):
            instance._place = data.place  # noqa: SLF001 - its own class
        return instance

    @property
    def place(self) -> Place:
        """Return the file and lines this was read from."""
        return self._place
