"""Errors must survive the way home from a worker process."""

import pickle

import pytest

from pipeline.errors import (
    BuildFailed,
    BuildInterrupted,
    DefinitionError,
    DefinitionFault,
    PlanpressError,
    UnreadableWorkbook,
)
from pipeline.model import Finding, Severity, Text

ERRORS = [
    DefinitionError([DefinitionFault("rules/a.yaml", 3, "b"), DefinitionFault("rules/a.yaml", 1, "c")]),
    UnreadableWorkbook(Finding("no-zip", Severity.ERROR, Text.plain("This is no workbook."))),
    BuildInterrupted(Finding("file-took-too-long", Severity.ERROR, Text.plain("It took too long."))),
    BuildFailed("Traceback …"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_comes_back_from_a_worker_as_it_was(error: PlanpressError) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - bytes made one call before
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))
