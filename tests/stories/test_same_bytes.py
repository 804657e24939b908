"""The same workbooks, definitions and as-of date make the same bytes, wherever, whenever and by whomever."""

import difflib
import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.real_workspace import RealWorkspace, built_samples
from tests.support.repository import ROOT

FORMATS = {".pptx", ".docx", ".pdf", ".xlsx", ".html", ".json"}
SEVEN_MONTHS = 210 * 86_400
EARLIEST, LATEST = "Etc/GMT+12", "Pacific/Kiritimati"
"""Time zones in which it is never the same day."""

# Read by every Python process that finds it on its path, workers included: the clock goes ahead of the machine's.
FAST_CLOCK = """
import ctypes, datetime, gc, time

real_time, real_time_ns = time.time, time.time_ns
time.time = lambda: real_time() + SHIFT
time.time_ns = lambda: real_time_ns() + SHIFT * 10**9
def of_now(real):
    return lambda seconds=None: real(time.time() if seconds is None else seconds)

time.localtime, time.gmtime, time.ctime = of_now(time.localtime), of_now(time.gmtime), of_now(time.ctime)
real_strftime = time.strftime
time.strftime = lambda form, at=None: real_strftime(form, at or time.localtime())

def replace(name, function):
    gc.get_referents(datetime.datetime.__dict__)[0][name] = classmethod(function)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))

replace("now", lambda cls, tz=None: cls.fromtimestamp(time.time(), tz))
replace("utcnow", lambda cls: cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None))
"""


def other_surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of a machine with another hash seed, time zone and clock."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(FAST_CLOCK.replace("SHIFT", str(SEVEN_MONTHS)), encoding="utf-8")
    return {"PYTHONHASHSEED": "4242", "TZ": LATEST, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealWorkspace]:
    """Yield a second workspace at another path, built in other processes and surroundings."""
    folder = tmp_path_factory.mktemp("elsewhere")
    yield built_samples(folder / "a folder with spaces" / "é", other_surroundings(folder / "clock"))
    shutil.rmtree(folder, ignore_errors=True)


def test_the_other_clock_goes_ahead(tmp_path: Path) -> None:
    script = "import datetime, time; print(datetime.datetime.now().date(), datetime.date.today(), time.strftime('%F'))"
    environment = {**os.environ, **other_surroundings(tmp_path / "clock")}
    said = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    days = {date.fromisoformat(word) for word in said.stdout.split()}
    assert min(days) > datetime.now(UTC).date() + timedelta(days=200)


@pytest.mark.slow
def test_two_copies_of_a_workspace_give_the_same_bytes(samples: RealWorkspace, elsewhere: RealWorkspace) -> None:
    assert samples.files() == elsewhere.files()
    differences = [
        difference
        for file in samples.files()
        for difference in differing(file, (samples.outbox / file).read_bytes(), (elsewhere.outbox / file).read_bytes())
    ]
    assert differences == []
    assert {Path(file).suffix for file in samples.files()} >= FORMATS


def differing(file: str, first: bytes, second: bytes) -> Iterator[str]:
    """Yield what differs between two files: the parts of a zip by name, with the first differing lines."""
    if first == second:
        return
    if not zipfile.is_zipfile(io.BytesIO(first)):
        yield f"{file}: {_lines(first, second)}"
        return
    one, other = _parts(first), _parts(second)
    if list(one) != list(other):
        yield f"{file}: other parts or another order, {sorted(one.keys() ^ other.keys())}"
    for name in sorted(one.keys() & other.keys()):
        yield from differing(f"{file} › {name}", one[name], other[name])
    if one == other:
        yield f"{file}: the zip itself, {_entries(first)} and {_entries(second)}"


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _entries(content: bytes) -> set[tuple[object, ...]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {(item.date_time, item.compress_type, item.create_system) for item in package.infolist()}


def _lines(first: bytes, second: bytes) -> str:
    one, other = (content.decode("latin-1").replace("><", ">\n<").splitlines() for content in (first, second))
    changes = [
        line for line in difflib.unified_diff(one, other, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")
    ]
    return " | ".join(line[:160] for line in changes[:4]) or hashlib.sha256(first).hexdigest()


def test_the_day_is_that_of_the_settings(samples: RealWorkspace) -> None:
    for folder in samples.outbox.iterdir():
        assert samples.edition(folder.name.rpartition("(")[2].rstrip(")"))["as_of"] == date(2026, 11, 9).isoformat()
