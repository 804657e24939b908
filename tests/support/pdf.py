"""What checkers say about a PDF: is it sound, and is it accessible by PDF/UA-1 (ISO 14289-1)?"""

import io
import tempfile
from collections.abc import Iterator

import page
import pdfua
import pikepdf

# Rules of a checker that cannot run with the library versions of the lock, each with what stands in for it.
UNABLE_RULES = {
    "UA-14-001": "asks pikepdf for an attribute that it took away; page-validation judges heading levels as well",
}


def pdf_faults(document: bytes) -> list[str]:
    """Return what is damaged in a PDF or breaks PDF/UA-1; an empty list is what one wants.

    qpdf's own check (by pikepdf) and two independent PDF/UA checkers. A checker's guesses, which ask a person to look,
    are left out; a rule that could not be judged is a fault, since silence would look like success.
    """
    return [*_damages(document), *_page_faults(document), *_pdfua_faults(document)]


def _damages(document: bytes) -> Iterator[str]:
    try:
        with pikepdf.open(io.BytesIO(document)) as pdf:
            yield from (f"qpdf: {problem}" for problem in pdf.check_pdf_syntax())
    except pikepdf.PdfError as error:
        yield f"qpdf: {error}"


def _page_faults(document: bytes) -> Iterator[str]:
    try:
        report = page.validate_pdf_bytes(document, profile=page.ValidationProfile.PDF_UA_1)
    except page.PageError as error:
        yield f"page-validation: {error}"
    else:
        yield from (f"page-validation {failure.rule_id}: {failure.message}" for failure in report.failures)


def _pdfua_faults(document: bytes) -> Iterator[str]:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(document)
        file.flush()
        try:
            report = pdfua.validate(file.name)
        except pdfua.PdfuaError as error:
            yield f"pdfua: {error}"
            return
    for finding in report.findings:
        if finding.confidence is pdfua.Confidence.CERTAIN and finding.severity >= pdfua.Severity.WARNING:
            yield f"pdfua {finding.rule_id}: {finding.message} ({finding.location.describe()})"
    for outcome in report.skipped:
        if outcome.rule_id not in UNABLE_RULES:
            yield f"pdfua {outcome.rule_id}: could not be judged, {outcome.skipped_reason}"
