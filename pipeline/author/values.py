"""Values as people read and write them in a workbook: labels instead of codes, in the workbook's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from pipeline.author.words import NO, YES
from pipeline.definitions.workbook_template import FieldDefinition
from pipeline.model import Text

Written = str | int | float | Decimal | date


def as_written(field: FieldDefinition, value: object, language: str) -> Written:
    """Return a value of a definition (code, flag, scalar, text by language) as it stands in a cell."""
    if isinstance(value, Mapping):
        return Text({str(key): str(text) for key, text in value.items()}).to(language)
    if isinstance(value, Text):
        return value.to(language)
    if field.type == "yes_no":
        return (YES if value in (True, "yes") else NO).to(language)
    if field.type == "choice":
        label = field.choices.get(str(value))
        return str(value) if label is None else label.to(language)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, (str, int, float, Decimal, date)):
        return value
    raise TypeError(f"{field.name} cannot be written from {type(value).__name__}")
