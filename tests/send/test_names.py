"""Names that every system takes."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.send.names import account_folder, notice_path, safe_file_name, safe_id, safe_name


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Contoso", "Contoso (C-1)"),
        ("../../x", "-..-x (C-1)"),
        ("CON", "CON - (C-1)"),
        ('A/B: "C"', "A-B- -C- (C-1)"),
        ("Trailing dots...", "Trailing dots (C-1)"),
        ("_unreadable", "unreadable (C-1)"),
        ("  two\t lines\n here ", "two lines here (C-1)"),
        ("株式会社みらい", "株式会社みらい (C-1)"),
        ("Rocket 🚀 GmbH", "Rocket 🚀 GmbH (C-1)"),
        ("evil\u202egpj.exe", "evilgpj.exe (C-1)"),
        ("...", "unnamed (C-1)"),
        ("x" * 300, "x" * 60 + " (C-1)"),
    ],
)
def test_an_account_name_becomes_a_folder(name: str, folder: str) -> None:
    assert account_folder("C-1", name) == folder


def test_a_file_keeps_its_ending() -> None:
    assert safe_file_name("y" * 300 + " - account plan.pptx").endswith(".pptx")
    assert safe_file_name("../a/b.docx") == "-a-b.docx"
    assert safe_file_name("nul.pdf") == "nul -.pdf"


def test_ids_that_look_alike_do_not_share_a_folder() -> None:
    assert safe_id("A-B") == "A-B"
    assert len({safe_id("A/B"), safe_id("A:B"), safe_id("A-B")}) == 3


def test_a_notice_lies_at_the_path_of_its_file() -> None:
    assert notice_path("north/Broken.xlsx") == "north/Broken.xlsx"
    assert notice_path("north/a:b.xlsx").startswith("north/a-b.xlsx ")


@given(st.text(max_size=400))
def test_any_text_becomes_a_name_that_windows_takes(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name.encode()) <= 182
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(ord(character) < 32 for character in name)
    assert not name.endswith((".", " "))
    assert not name.startswith((".", "_", " "))
    assert PurePosixPath(name).name == name
    assert safe_name(name) == name
