"""Real network shares on this machine alone: another side saves, this side looks at a mounted folder.

`SshShare` needs sshfs and OpenSSH's sftp-server, which speak through pipes: no port, no key, no account.
`SambaShare` needs smbd and rclone, which speak SMB on a port of the loopback interface. The kernel of many a virtual
machine has neither NFS nor CIFS, but mounts by FUSE.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

_SFTP_SERVERS = (
    "/usr/lib/openssh/sftp-server",
    "/usr/libexec/openssh/sftp-server",
    "/usr/lib/ssh/sftp-server",
    "/usr/libexec/sftp-server",
)
_PATIENCE_SECONDS = 20.0


def missing_for_ssh() -> str:
    """Return why no SshShare can be had here, or nothing."""
    return _missing("sshfs", "fusermount3") or ("" if _sftp_server() else "OpenSSH's sftp-server is not installed")


def missing_for_samba() -> str:
    """Return why no SambaShare can be had here, or nothing."""
    needs_root = "" if os.geteuid() == 0 else "smbd needs root here"
    return _missing("smbd", "rclone", "fusermount3") or needs_root


@dataclass
class SshShare:
    """`there` as the other side has it, `here` where it is mounted."""

    there: Path
    here: Path
    _programs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def mount(self) -> None:
        """Mount it; what was seen before is not remembered."""
        server_in, to_server = os.pipe()
        from_server, server_out = os.pipe()
        uncached = "passive,dir_cache=no,attr_timeout=0,entry_timeout=0,negative_timeout=0"
        mounting = ["sshfs", "-f", "-o", uncached, f":{self.there}", str(self.here)]
        self._programs = [
            subprocess.Popen([_sftp_server()], stdin=server_in, stdout=server_out, stderr=subprocess.DEVNULL),
            subprocess.Popen(mounting, stdin=from_server, stdout=to_server, stderr=subprocess.DEVNULL),
        ]
        for descriptor in (server_in, to_server, from_server, server_out):
            os.close(descriptor)
        _wait_until_mounted(self.here)

    def lose_connection(self) -> None:
        """End the other side: the share unmounts itself, and an empty folder is left."""
        self._programs[0].kill()
        self._programs[1].wait(_PATIENCE_SECONDS)

    def break_down(self) -> None:
        """End this side: the folder is there and answers nothing but errors."""
        self._programs[1].kill()
        self._programs[1].wait(_PATIENCE_SECONDS)

    def unmount(self) -> None:
        """Unmount it, in whatever state it is."""
        _unmount(self.here, self._programs)


@dataclass
class SambaShare:
    """`there` is the folder that smbd serves, `here` where rclone mounts it."""

    there: Path
    here: Path
    _programs: list[subprocess.Popen[bytes]] = field(default_factory=list)
    # A socket of smbd lies in it, whose path may have 107 bytes at most: a test's own folder is too deep.
    _state: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="samba")))

    def mount(self) -> None:
        """Serve it and mount it."""
        port = _free_port()
        self._serve(port)
        _wait_until(lambda: _listens(port), "smbd does not listen")
        remote = f":smb,host=127.0.0.1,port={port},user=guest,domain=TEST:share"
        options = ["--vfs-cache-mode", "full", "--dir-cache-time", "100ms", "--attr-timeout", "0s", "--config", ""]
        cache = ["--cache-dir", str(self._state / "rclone")]
        mounting = ["rclone", "mount", remote, str(self.here), *options, *cache]
        self._programs.append(_started(mounting))
        _wait_until_mounted(self.here)

    def unmount(self) -> None:
        """Unmount it and end the server."""
        _unmount(self.here, self._programs)
        shutil.rmtree(self._state)

    def _serve(self, port: int) -> None:
        folders = (
            "private dir",
            "lock directory",
            "state directory",
            "cache directory",
            "pid directory",
            "ncalrpc dir",
        )
        lines = [f"{name} = {self._state / name.replace(' ', '_')}" for name in folders]
        for name in folders:
            (self._state / name.replace(" ", "_")).mkdir(parents=True)
        (self._state / "smb.conf").write_text(
            _SMB_CONF.format(port=port, there=self.there, state=self._state, folders="\n".join(lines))
        )
        serving = ["smbd", "--foreground", "--no-process-group", "--configfile", str(self._state / "smb.conf")]
        self._programs.append(_started(serving))


_SMB_CONF = """[global]
workgroup = TEST
netbios name = LOOPBACK
server role = standalone server
interfaces = 127.0.0.1
bind interfaces only = yes
smb ports = {port}
map to guest = Bad User
guest account = root
disable spoolss = yes
load printers = no
log file = {state}/log
{folders}
[share]
path = {there}
guest ok = yes
read only = no
force user = root
"""


Share = TypeVar("Share", SshShare, SambaShare)


@contextlib.contextmanager
def mounted(share: Share) -> Iterator[Share]:
    """Make the folders of a share, mount it, and leave nothing of it in the end."""
    for folder in (share.there, share.here):
        folder.mkdir(parents=True)
    try:
        share.mount()
        yield share
    finally:
        share.unmount()


def _missing(*programs: str) -> str:
    for program in programs:
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return "" if os.access("/dev/fuse", os.R_OK | os.W_OK) else "this machine grants no FUSE (/dev/fuse)"


def _sftp_server() -> str:
    return next((path for path in _SFTP_SERVERS if Path(path).exists()), "")


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    silent = subprocess.DEVNULL
    # smbd ends its whole process group when it is ended, which must not be that of the tests.
    return subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True)


def _unmount(folder: Path, programs: list[subprocess.Popen[bytes]]) -> None:
    subprocess.run(["fusermount3", "-uz", str(folder)], check=False, capture_output=True)
    for program in programs:
        with contextlib.suppress(ProcessLookupError):
            os.kill(program.pid, signal.SIGTERM)
    for program in programs:
        program.wait(_PATIENCE_SECONDS)
    programs.clear()


def _wait_until_mounted(folder: Path) -> None:
    _wait_until(lambda: os.path.ismount(folder), f"{folder} is not mounted")


def _wait_until(condition: Callable[[], bool], complaint: str) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{complaint} after {_PATIENCE_SECONDS:g} seconds")
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
