"""LibreOffice as a second opinion: it calculates formulas and draws documents."""

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

MISSING = "LibreOffice is not installed: apt-get install --no-install-recommends libreoffice-calc libreoffice-impress"
SECONDS = 180

requires_libreoffice = pytest.mark.libreoffice


class ConversionError(Exception):
    """LibreOffice did not write the file; the message holds what it said."""


def is_installed() -> bool:
    return shutil.which("soffice") is not None


@functools.cache
def _profile() -> tempfile.TemporaryDirectory[str]:
    """Return a profile of this process: two LibreOffices with one profile wait for each other or give up."""
    return tempfile.TemporaryDirectory(prefix="planpress-libreoffice-", ignore_cleanup_errors=True)


def convert(file: Path, suffix: str, folder: Path) -> Path:
    """Return the path of `file` converted to `suffix` ("pdf", "xlsx", …) inside `folder`.

    Formulas are calculated on the way. `folder` is made when it is not there.

    Raises:
        ConversionError: LibreOffice ended without the file, or took longer than three minutes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{file.stem}.{suffix}"
    if target.resolve() == file.resolve():
        message = f"{file} would be overwritten by its own conversion: give another folder"
        raise ConversionError(message)
    target.unlink(missing_ok=True)
    command = [
        "soffice",
        "--headless",
        "--norestore",
        f"-env:UserInstallation={Path(_profile().name).as_uri()}",
        "--convert-to",
        suffix,
        "--outdir",
        str(folder),
        str(file),
    ]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        message = f"LibreOffice did not finish {file.name} within {SECONDS} s"
        raise ConversionError(message) from error
    if not target.is_file():
        message = f"LibreOffice made no {suffix} of {file.name}: {result.stdout}{result.stderr}"
        raise ConversionError(message)
    return target
