"""An inbox on a network share, mounted from this very machine: who saves is on the other side."""

from pathlib import Path

import pytest

from pipeline.collect.scan import scan
from pipeline.collect.watch import Watch
from pipeline.errors import InboxGone
from pipeline.settings import file_system_of
from tests.support.onlooker import Onlooker
from tests.support.saving import WAYS, Way, save, seeded
from tests.support.shares import SambaShare, SshShare
from tests.support.workbooks import workbook

NAME = "Contoso.xlsx"
OLD = workbook({"Account": [["Account ID", "CON-1"]]})
NEW = workbook({"Account": [["Account ID", "CON-1"], ["Customer", "Contoso"]]})
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def test_a_share_is_recognised_and_polled(ssh: SshShare) -> None:
    assert file_system_of(ssh.here) == "fuse.sshfs"
    with Watch([ssh.here]) as watch:
        assert watch.supervise() == ()
        assert watch.polled() == (
            f"{ssh.here} is looked at every 5 seconds: on fuse.sshfs changes by others are not told.",
        )


@each_way
@pytest.mark.parametrize("side", ["there", "here"])
def test_every_way_of_saving_on_either_side_is_taken_in(ssh: SshShare, way: Way, side: str) -> None:
    saved_at: Path = getattr(ssh, side) / NAME
    saved_at.write_bytes(OLD)
    onlooker = Onlooker(ssh.here)
    onlooker.rest()
    for seed in range(2):
        content, chance = [NEW, OLD][seed], seeded(seed)
        for _ in way(saved_at, content, chance):
            onlooker.wait(chance.uniform(0, 1.8))
        onlooker.rest()
        assert onlooker.taken[-1] == (NAME, content)
    assert {file for file, _ in onlooker.taken} == {NAME}
    assert {content for _, content in onlooker.taken} == {OLD, NEW}
    assert onlooker.gone == []


def test_a_share_that_unmounts_itself_is_not_an_empty_inbox(ssh: SshShare) -> None:
    (ssh.there / NAME).write_bytes(OLD)
    onlooker = Onlooker(ssh.here)
    onlooker.rest()
    ssh.lose_connection()
    for _ in range(5):
        with pytest.raises(InboxGone, match="it is empty and no longer on the file system"):
            onlooker.wait(10)
    (ssh.there / NAME).write_bytes(NEW)
    ssh.unmount()
    ssh.mount()
    onlooker.rest()
    assert (onlooker.taken, onlooker.gone) == ([(NAME, OLD), (NAME, NEW)], [])


def test_a_share_that_answers_nothing_but_errors_is_told_and_taken_up_again(ssh: SshShare) -> None:
    (ssh.there / NAME).write_bytes(OLD)
    with Watch([ssh.here]) as watch:
        ssh.break_down()
        with pytest.raises(InboxGone, match="Transport endpoint is not connected"):
            scan(ssh.here)
        told = f"{ssh.here} cannot be watched: Transport endpoint is not connected. It is tried again."
        assert watch.supervise() == (told,)
        ssh.unmount()
        ssh.mount()
        watch.changed.clear()
        assert watch.supervise() == ()
        assert watch.changed.is_set(), "nobody told what happened meanwhile"
        assert len(watch.polled()) == 1
        assert list(scan(ssh.here)) == [NAME]


@each_way
def test_every_way_of_saving_over_smb_is_taken_in(samba: SambaShare, way: Way) -> None:
    assert file_system_of(samba.here) == "fuse.rclone"
    (samba.here / NAME).write_bytes(OLD)
    onlooker = Onlooker(samba.here)
    onlooker.rest()
    save(way, samba.here / NAME, NEW, seeded(1), longest_pause=0.01)
    onlooker.rest()
    assert onlooker.taken == [(NAME, OLD), (NAME, NEW)]


def test_what_is_saved_over_smb_into_a_folder_of_this_machine_is_noticed_at_once(samba: SambaShare) -> None:
    with Watch([samba.there]) as watch:
        watch.changed.clear()
        (samba.here / NAME).write_bytes(NEW)
        assert watch.wait(20)
        assert (watch.polled(), watch.supervise()) == ((), ())
