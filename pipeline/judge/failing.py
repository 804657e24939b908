"""Rules that fail on values: a fault of the rule with file and line, never of the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipeline.definitions.source import Place
from pipeline.errors import DefinitionError
from pipeline.judge.sql import explanation


@contextmanager
def rule_failing(place: Place, about: str, key: str | None = None) -> Iterator[None]:
    """Turn an error of DuckDB while a rule is asked into a DefinitionError at that rule.

    Binding finds most of a rule's mistakes beforehand; what depends on values, such as a cast of free text or a sum
    that grows beyond its type, shows only here.
    """
    try:
        yield
    except duckdb.Error as error:
        message = f"{about} failed on the values of a workbook: {explanation(error).rstrip('.')}."
        raise DefinitionError([place.fault(message, key)]) from error
