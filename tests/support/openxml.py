"""The Open XML validator's errors, judged against what the unfilled template already had."""

import re
import tempfile
from functools import cache
from pathlib import Path

from openxml_audit import OpenXmlValidator, ValidationError


@cache
def _validator() -> OpenXmlValidator:
    return OpenXmlValidator(max_errors=0)


def validation_errors(document: bytes) -> list[ValidationError]:
    """Return every error of a .pptx, .docx or .xlsx (ECMA-376 schemas, Office 2019, semantic rules)."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(document)
        file.flush()
        return list(_validator().validate(Path(file.name)).errors)


def new_errors(document: bytes, baseline: bytes) -> list[str]:
    """Return the errors of `document` of a kind that `baseline` has not.

    A kind is the sort of part, the path of element names and the description with its numbers and quoted values
    taken out: a template's slide may be repeated twenty times without being twenty new errors.
    """
    known = {kind_of(error) for error in validation_errors(baseline)}
    return [str(error) for error in validation_errors(document) if kind_of(error) not in known]


def kind_of(error: ValidationError) -> tuple[str, str, str]:
    """Return sort of part, path of element names, and description without numbers and quoted values."""
    part = re.sub(r"\d+", "", error.part_uri)
    path = re.sub(r"\[\d+\]", "", error.path)
    return part, path, re.sub(r"-?\d+|'[^']*'(?=:)", "…", error.description)
