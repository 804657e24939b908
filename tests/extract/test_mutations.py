"""Whatever a damaged file holds: it is read or refused with a sentence, quickly, and nothing else happens."""

import io
import pickle
import random
import re
import time
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest

from pipeline.errors import UnreadableWorkbook
from pipeline.model import Workbook
from tests.extract.small import TASKS, good, read
from tests.support.workbooks import Formula, workbook

GOOD = workbook(
    good(
        Tasks=[
            TASKS,
            ["T1", "Call", date(2026, 11, 3), 1234.5, 0.05, 3, True, "Done", "T1"],
            ["T2", Formula("=1/0", "#DIV/0!")],
        ]
    ),
    version=2,
)
ODD_NUMBERS = (b"0", b"-1", b"99999999999", b"4294967296", b"1048577", b"NaN", b"1e400")


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with one to five small damages: a byte, a hole, a repeated piece, an odd number."""
    result = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5))):
        place, other = chance.randrange(len(result)), chance.randrange(len(result))
        match chance.randrange(4):
            case 0:
                result[place] = chance.randrange(256)
            case 1:
                del result[place : place + chance.randrange(1, 30)]
            case 2:
                result[place:place] = result[other : other + 40]
            case _:
                if numbers := list(re.finditer(rb"\d+", bytes(result))):
                    number = chance.choice(numbers)
                    result[number.start() : number.end()] = chance.choice(ODD_NUMBERS)
    return bytes(result)


def damaged_files(seed: int, count: int) -> Iterator[bytes]:
    """Yield files damaged as they lie on a disk, and files with one damaged part in a sound zip."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(count):
        if chance.random() < 0.3:
            yield damaged(GOOD, chance)
            continue
        victim, buffer = chance.choice(list(parts)), io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, damaged(content, chance) if name == victim else content)
        yield buffer.getvalue()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    results: list[Workbook | str] = []
    for content in damaged_files(seed, 80):
        started = time.perf_counter()
        try:
            results.append(read(content))
        except UnreadableWorkbook as refused:
            results.append(refused.finding.message.to("ja"))
        assert time.perf_counter() - started < 2
    assert {type(result) for result in results} == {Workbook, str}
    assert "" not in results


def test_a_workbook_crosses_processes_as_it_is() -> None:
    book = read(GOOD)
    assert pickle.loads(pickle.dumps(book)) == book  # noqa: S301 - our own bytes
