"""The inbox lies on a network share: saved on the other side, built on this one, and nothing lost while it is away."""

import json
from pathlib import Path

import pytest

from pipeline.errors import InboxGone
from pipeline.service.events import EventKind
from tests.support.saving import save, save_as_excel, seeded
from tests.support.shares import SambaShare, SshShare
from tests.support.watching import QUICK, Watching, watching
from tests.support.workspace import Desk

LATER = "two, which is longer"
"""A share tells times in whole seconds: within one, only its size tells a save from the one before."""


def desk_over(share: SshShare | SambaShare, root: Path) -> Desk:
    """Return a workspace whose inbox is a share."""
    for folder in (root, root / "workbook_templates", root / "output_templates"):
        folder.mkdir()
    return Desk.at(root, f'{QUICK}poll_seconds = 0.2\ninbox = "{share.here}"\n')


def save_there(share: SshShare | SambaShare, text: str) -> None:
    """Save in Excel on the other side."""
    content = json.dumps({"id": "C-1", "name": "Contoso", "texts": {"first": text}}).encode()
    save(save_as_excel, share.there / "Contoso.xlsx", content, seeded(len(text)), longest_pause=0.01)


def is_published(desk: Desk, text: str) -> bool:
    document = desk.root / "outbox" / "Contoso (C-1)" / "internal" / "Contoso - first.pptx"
    return document.is_file() and document.read_text("utf-8").startswith(f"{text}, edition ")


def troubles(watcher: Watching) -> list[str]:
    return [event.detail for event in watcher.events if event.kind is EventKind.TROUBLE]


def test_what_is_saved_on_the_other_side_of_ssh_is_built(ssh: SshShare, tmp_path: Path) -> None:
    desk = desk_over(ssh, tmp_path / "desk")
    with watching(desk) as watcher:
        save_there(ssh, "one")
        watcher.wait_for(lambda: is_published(desk, "one"))
        save_there(ssh, LATER)
        watcher.wait_for(lambda: is_published(desk, LATER))
        assert troubles(watcher) == []
    assert desk.edition()["edition"] == 2


def test_what_is_saved_on_the_other_side_of_smb_is_built(samba: SambaShare, tmp_path: Path) -> None:
    desk = desk_over(samba, tmp_path / "desk")
    with watching(desk) as watcher:
        save_there(samba, "one")
        watcher.wait_for(lambda: is_published(desk, "one"))
        save_there(samba, LATER)
        watcher.wait_for(lambda: is_published(desk, LATER))
        assert troubles(watcher) == []


def test_a_build_without_its_share_stops_and_changes_nothing(tmp_path: Path) -> None:
    share, root = tmp_path / "share", tmp_path / "desk"
    for folder in (share, root):
        folder.mkdir()
    desk = Desk.at(root, f'inbox = "{share}"\n')
    (share / "Contoso.xlsx").write_text('{"id": "C-1", "name": "Contoso"}', encoding="utf-8")
    (share / "Bad.xlsx").write_bytes(b"torn")
    desk.build()
    files = desk.files()
    share.rename(tmp_path / "away")
    for asked in ((), ("Contoso.xlsx",)):
        with pytest.raises(InboxGone, match=f"The inbox {share} cannot be looked into: No such file or directory"):
            desk.build(*asked)
    assert (desk.files(), share.exists()) == (files, False)
    (tmp_path / "away").rename(share)
    assert [(result.file, result.edition) for result in desk.build().results] == [
        ("Bad.xlsx", None),
        ("Contoso.xlsx", 1),
    ]


@pytest.mark.parametrize("way", ["lose_connection", "break_down"])
def test_a_share_that_goes_away_is_told_and_what_was_saved_meanwhile_is_built(
    ssh: SshShare, tmp_path: Path, way: str
) -> None:
    desk = desk_over(ssh, tmp_path / "desk")
    with watching(desk) as watcher:
        save_there(ssh, "one")
        watcher.wait_for(lambda: is_published(desk, "one"))
        getattr(ssh, way)()
        watcher.wait_for(lambda: any("The inbox" in told for told in troubles(watcher)))
        save_there(ssh, LATER)
        ssh.unmount()
        ssh.mount()
        watcher.wait_for(lambda: is_published(desk, LATER))
        watcher.wait_for_kind(EventKind.HEALED)
        assert EventKind.GONE not in watcher.kinds()
    content = json.loads((desk.root / "outbox" / "Contoso (C-1)" / "edition.json").read_text("utf-8"))
    assert (content["edition"], content["findings"]) == (2, [])
