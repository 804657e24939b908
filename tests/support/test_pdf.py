import pytest
import weasyprint

from tests.support.pdf import pdf_faults

PICTURE = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='5' height='5'/></svg>"
)
SOUND = f"""<h1>Joint plan</h1><h2>Objectives</h2><p>One.</p><img alt="A square" src="{PICTURE}">
<table><thead><tr><th scope="col">Action</th></tr></thead><tbody><tr><td>Call</td></tr></tbody></table>"""


def pdf(body: str, *, variant: str | None = "pdf/ua-1") -> bytes:
    page = f'<html lang="en"><head><title>Joint plan</title></head><body>{body}</body></html>'
    document = weasyprint.HTML(string=page).write_pdf(pdf_variant=variant)
    assert isinstance(document, bytes)
    return document


def test_a_sound_document_has_no_fault() -> None:
    assert pdf_faults(pdf(SOUND)) == []


def test_a_document_without_tags_is_found_by_both_checkers() -> None:
    faults = pdf_faults(pdf(SOUND, variant=None))
    assert any(fault.startswith("page-validation PDFUA1-STRUCT-TREE-ROOT") for fault in faults)
    assert any(fault.startswith("pdfua UA-01") for fault in faults)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>Joint plan</h1><h3>Too deep</h3>", "HEADING-NESTING"),
        (f'<h1>Joint plan</h1><img src="{PICTURE}">', "ALTERNATIVE-TEXT"),
    ],
)
def test_a_planted_fault_is_found(body: str, fault: str) -> None:
    assert any(fault in found for found in pdf_faults(pdf(body)))


def test_a_damaged_file_is_found() -> None:
    assert any(fault.startswith("qpdf") for fault in pdf_faults(pdf(SOUND)[:-400]))


def test_what_is_no_pdf_is_found() -> None:
    assert any(fault.startswith("qpdf") for fault in pdf_faults(b"a letter"))
