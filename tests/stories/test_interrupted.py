"""The power goes at any instant; the next start finishes the job, and nothing is done twice or lost."""

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import ROOT
from tests.support.workspace import Desk

FIRST, SECOND = "internal/Contoso - first.pptx", "internal/for approval/Contoso - second.pdf"
KILLED = 9
MOST_RENAMES = 12

# Every file that is made safe or published comes into place by one rename: the process ends just before or after it.
CUT_OFF = textwrap.dedent("""
    import os, sys
    from pathlib import Path

    place, when = int(sys.argv[2]), sys.argv[3]
    renamed, rename = 0, os.replace

    def cut_off(source, target, **more):
        global renamed
        renamed += 1
        if renamed == place and when == "before":
            os._exit(9)
        rename(source, target, **more)
        if renamed == place:
            os._exit(9)

    if __name__ == "__main__":
        os.replace = cut_off
        from tests.support.workspace import Desk

        Desk(Path(sys.argv[1])).build()
""")


@pytest.fixture(scope="module")
def saved_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with one edition, whose workbook was saved again since."""
    desk = Desk.at(tmp_path_factory.mktemp("saved"), "")
    desk.save("Contoso.xlsx")
    desk.build()
    desk.save("Contoso.xlsx", texts={"first": "news", "second": "more"}, findings=[("warning", "3", "Look here.")])
    return desk.root


def build_and_cut_off(desk: Desk, script: Path, rename: int, when: str) -> int:
    script.write_text(CUT_OFF, encoding="utf-8")
    command = [sys.executable, str(script), str(desk.root), str(rename), when]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=60)
    return done.returncode


def instants() -> Iterator[tuple[int, str]]:
    for rename in range(1, MOST_RENAMES):
        yield rename, "before"
    yield MOST_RENAMES, "after"


@pytest.mark.slow
def test_cut_off_at_any_rename_the_next_start_finishes(saved_again: Path, tmp_path: Path) -> None:
    cut_off = 0
    for number, (rename, when) in enumerate(instants()):
        folder = tmp_path / str(number)
        shutil.copytree(saved_again, folder)
        desk = Desk(folder)
        code = build_and_cut_off(desk, tmp_path / "cut_off.py", rename, when)
        if code == 0:
            break
        assert code == KILLED
        cut_off += 1
        for file in (FIRST, SECOND):  # whole at every instant: the old bytes or the new
            assert desk.text(file) in {"first, edition 1", "second, edition 1", "news, edition 2", "more, edition 2"}
        desk.build()
        assert (desk.text(FIRST), desk.text(SECOND)) == ("news, edition 2", "more, edition 2")
        assert (desk.edition()["edition"], desk.edition()["status"]) == (2, "final")
        assert desk.files("Contoso (C-1)") == ["edition.json", FIRST, SECOND, "to-do.html"]
        assert [result.state for result in desk.build().results] == ["unchanged"]
    assert cut_off > 5


def test_what_was_decided_is_published_even_when_the_workbook_is_gone(saved_again: Path, tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    shutil.copytree(saved_again, folder)
    desk = Desk(folder)
    obstacle = folder / "outbox" / "Contoso (C-1)" / "internal" / "for approval"
    shutil.rmtree(obstacle)
    obstacle.touch()  # no document can be put there now
    assert desk.build().exit_code == 3
    assert desk.edition()["edition"] == 1
    obstacle.unlink()
    (folder / "inbox" / "Contoso.xlsx").unlink()
    assert desk.build().recovered == 1
    assert (desk.text(FIRST), desk.text(SECOND)) == ("news, edition 2", "more, edition 2")
    assert desk.edition()["edition"] == 2


def test_what_still_cannot_be_published_keeps_nobody_else_waiting(saved_again: Path, tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    shutil.copytree(saved_again, folder)
    desk = Desk(folder)
    obstacle = folder / "outbox" / "Contoso (C-1)" / "internal" / "for approval"
    shutil.rmtree(obstacle)
    obstacle.touch()
    assert desk.build().exit_code == 3
    desk.save("Fabrikam.xlsx", "F-1", "Fabrikam", texts={"first": "theirs"})
    report = desk.build("Fabrikam.xlsx")
    assert (report.recovered, [result.state for result in report.results]) == (0, ["built"])
    assert desk.edition("Fabrikam (F-1)")["edition"] == 1
    obstacle.unlink()
    assert desk.build("Fabrikam.xlsx").recovered == 1
    assert (desk.text(FIRST), desk.edition()["edition"]) == ("news, edition 2", 2)


def test_a_save_that_was_made_safe_is_built_even_when_its_file_is_gone(saved_again: Path, tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    shutil.copytree(saved_again, folder)
    desk = Desk(folder)
    assert build_and_cut_off(desk, tmp_path / "cut_off.py", 2, "before") == KILLED  # the workbook is safe, no more
    (folder / "inbox" / "Contoso.xlsx").unlink()
    assert [result.state for result in desk.build().results] == ["built"]
    assert (desk.text(FIRST), desk.edition()["edition"]) == ("news, edition 2", 2)
    assert desk.build().results == ()
