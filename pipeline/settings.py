"""Settings of a workspace, from `planpress.toml` and the environment, and its folders.

Each setting stands here once, with its default and a sentence; the environment (`PLANPRESS_TIME_ZONE`,
`PLANPRESS_LIMITS_SECONDS`) wins over the file. Every mistake is reported, all at once.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from pipeline.errors import SettingsError, WorkspaceError
from pipeline.model import Calendar

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SETTINGS_FILE = "planpress.toml"
STATE_FOLDER = ".planpress"
ENVIRONMENT_PREFIX = "PLANPRESS_"
MOUNT_TABLE = Path("/etc/fstab")
"""Names what should be mounted; where there is none, nothing is known about that."""
OTHER_VARIABLES = frozenset({"PLANPRESS_WORKSPACE"})
"""Variables of the command line, which are no settings."""
NETWORK_FILE_SYSTEMS = frozenset({
    "9p", "afpfs", "ceph", "cifs", "davfs", "drvfs", "fuse.davfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
    "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs", "webdav",
})  # fmt: skip
"""File systems on which SQLite's write-ahead log does not work."""

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True)


class Limits(_Table):
    """What one job may take before it is ended, so that one workbook never stops the others."""

    seconds: float = Field(default=120, gt=0)
    """Seconds that reading or building one workbook may take."""
    memory_mb: int = Field(default=1200, ge=200)
    """Megabytes that a job may take on top of what its warm process holds."""
    file_mb: int = Field(default=64, ge=1)
    """Megabytes that a file in the inbox may have."""


class Retention(_Table):
    """How long bytes are kept; what stands in the outbox and the newest save of every workbook always are."""

    days: int = Field(default=730, ge=1)
    """Days for which earlier editions and saved workbooks are kept, and what is known of their rows and measures."""
    editions: int = Field(default=100, ge=1)
    """Editions of each account, and saves of each workbook, of which bytes are kept; of more the oldest go."""


class Settings(_Table):
    """All settings of a workspace."""

    brand: str = "planpress"
    """Folder in output_templates/brands/ whose colours, fonts and logo the documents wear."""
    time_zone: str = "UTC"
    """IANA time zone that decides on which day a workbook was received, such as Europe/Berlin."""
    as_of: date | None = None
    """Day by which every plan is judged; without it the day on which its workbook was received."""
    last_closed: Month | None = None
    """Last month closed by finance, such as "2026-10"; without it reckoned from close_days."""
    close_days: int = Field(default=10, ge=0, le=60)
    """Days after a month's end until its figures count as closed."""
    close_dates: dict[Month, date] = Field(default_factory=dict)
    """Days on which single months are closed, where close_days does not fit."""
    fiscal_year_start: int = Field(default=1, ge=1, le=12)
    """Month in which our fiscal year begins, 1 to 12."""
    jobs: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 4), ge=1, le=64)
    """Workbooks that are built at the same time; without it one for each processor, at most four."""
    limits: Limits = Limits()
    """What one job may take."""
    retention: Retention = Retention()
    """How long bytes are kept."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Values of rule parameters that differ from those in rules/."""
    inbox: Path = Path("inbox")
    """Folder into which workbooks are saved, relative to the workspace or absolute."""
    outbox: Path = Path("outbox")
    """Folder in which documents are published, relative to the workspace or absolute."""
    ledger: str | None = None
    """Database URL of the ledger; without it an SQLite file in .planpress/."""
    settle_seconds: float = Field(default=2.0, gt=0, le=3600)
    """Seconds that a saved workbook must have stood still before a watcher takes it."""
    min_interval: float = Field(default=60, ge=0)
    """Seconds between two editions of one account while watching; of what is saved meanwhile the newest counts."""
    refresh: bool = True
    """Whether a watcher judges all plans again once a day, since due dates pass without a save."""
    poll_seconds: float | None = Field(default=None, gt=0)
    """Seconds between two looks into an inbox that tells of no changes, such as a share; without it reckoned."""
    rescan_seconds: float = Field(default=300, gt=0)
    """Seconds after which a watcher looks through the whole inbox although it was told of no change."""
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """Port of this computer on which a watcher answers /health and /metrics; without it none."""

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("expected an IANA time zone such as Europe/Berlin") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone."""
        return ZoneInfo(self.time_zone)


def load_settings(root: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings of the workspace at `root`; raise SettingsError with every mistake, a line each."""
    values = _read_file(root / SETTINGS_FILE)
    faults = list(_unknown_keys(values))
    overrides, unknown = _from_environment(environment)
    faults += unknown
    try:
        settings = Settings.model_validate(_merged(values, overrides))
    except ValidationError as error:
        faults += _sentences(error, overrides)
        settings = None
    if settings is None or faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path.name} is not UTF-8 text. Save it in this encoding.") from error
    except OSError as error:
        raise SettingsError(
            f"{path.name} cannot be read: {error.strerror or error}. Correct its permissions."
        ) from error


def _tables() -> dict[str, type[BaseModel]]:
    return {"limits": Limits, "retention": Retention}


def _unknown_keys(values: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown_in("", values, Settings)
    for name, table in _tables().items():
        if isinstance(values.get(name), dict):
            yield from _unknown_in(f"{name}.", values[name], table)


def _unknown_in(prefix: str, values: Mapping[str, Any], table: type[BaseModel]) -> Iterator[str]:
    for key in values:
        if key not in table.model_fields:
            yield f"{SETTINGS_FILE}: `{prefix}{key}` is no setting.{_near(key, table.model_fields, prefix)}"


def _near(key: str, known: Mapping[str, object], prefix: str = "") -> str:
    matches = get_close_matches(key, known, n=3, cutoff=0.75)
    if not matches:
        return f" Settings here are {', '.join(known)}."
    return f" Did you mean {' or '.join(f'`{prefix}{match}`' for match in matches)}?"


def _variables(prefix: str = ENVIRONMENT_PREFIX) -> dict[str, tuple[str, ...]]:
    """Return the path of every setting that the environment may give, by the variable's name."""
    tables = {*_tables(), "parameters", "close_dates"}
    paths: list[tuple[str, ...]] = [(name,) for name in Settings.model_fields if name not in tables]
    paths += [(name, key) for name, table in _tables().items() for key in table.model_fields]
    return {prefix + "_".join(path).upper(): path for path in paths}


def _from_environment(environment: Mapping[str, str]) -> tuple[dict[tuple[str, ...], str], list[str]]:
    known, overrides, faults = _variables(), {}, []
    for name in sorted(environment):
        if name in known:
            overrides[known[name]] = environment[name]
        elif name.startswith(ENVIRONMENT_PREFIX) and name not in OTHER_VARIABLES:
            near = _near(name.removeprefix(ENVIRONMENT_PREFIX), _variables(""), ENVIRONMENT_PREFIX)
            faults.append(f"Environment: {name} is no setting.{near}")
    return overrides, faults


def _merged(values: Mapping[str, Any], overrides: Mapping[tuple[str, ...], str]) -> dict[str, Any]:
    merged = {key: value for key, value in values.items() if key in Settings.model_fields}
    for name, table in _tables().items():
        if isinstance(merged.get(name), dict):
            merged[name] = {key: value for key, value in merged[name].items() if key in table.model_fields}
    for (first, *rest), value in overrides.items():
        if rest:
            merged[first] = {**merged.get(first, {}), rest[0]: value}
        else:
            merged[first] = value
    return merged


def _sentences(error: ValidationError, overrides: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    for detail in error.errors():
        path = tuple(str(step) for step in detail["loc"] if step != "[key]")
        place = "Environment" if path in overrides else SETTINGS_FILE
        yield f"{place}: `{'.'.join(path)}`: {_expected(detail)} (found {detail['input']!r})."


def _expected(detail: ErrorDetails) -> str:
    """Return what should stand where a setting is wrong, in words of this file, not of pydantic."""
    kind = detail["type"]
    bound = next((word for word in _BOUNDS if word in detail.get("ctx", {})), None)
    if bound is not None:
        return f"expected {_BOUNDS[bound]} {detail['ctx'][bound]:g}"
    for beginning, words in _KINDS.items():
        if kind.startswith(beginning):
            return f"expected {words}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{message[0].lower()}{message[1:]}"


_BOUNDS = {"ge": "at least", "le": "at most", "gt": "more than"}
_KINDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "date": "a day such as 2026-11-21",
    "string_pattern": 'a month such as "2026-10"',
    "string": "a text in quotes",
    "path": "a folder in quotes",
    "model": "a table of settings",
    "dict": "a table of settings",
}
"""What is expected, by the beginning of the name that pydantic gives to a mistake."""


# The days a plan is judged by ---------------------------------------------------------------------------------------


def calendar(settings: Settings, received: datetime) -> Calendar:
    """Return the calendar for a workbook received at `received` (with time zone); see measures.md 1.4."""
    as_of = settings.as_of or received.astimezone(settings.zone).date()
    last_closed = _month_end(*_closed_month(settings, as_of))
    begins = last_closed.year if last_closed.month >= settings.fiscal_year_start else last_closed.year - 1
    year_start = date(begins, settings.fiscal_year_start, 1)
    year_end = date(begins + 1, settings.fiscal_year_start, 1) - timedelta(days=1)
    return Calendar(as_of, last_closed, year_start, year_end)


def _closed_month(settings: Settings, as_of: date) -> tuple[int, int]:
    if settings.last_closed is not None:
        return int(settings.last_closed[:4]), int(settings.last_closed[5:])
    year, month = as_of.year, as_of.month
    while _close_date(settings, year, month) > as_of:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return year, month


def _close_date(settings: Settings, year: int, month: int) -> date:
    given = settings.close_dates.get(f"{year:04}-{month:02}")
    return given or _month_end(year, month) + timedelta(days=settings.close_days)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


# Folders ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Workspace:
    """A folder with `planpress.toml`, its settings and its parts; `root` is absolute."""

    root: Path
    settings: Settings

    @classmethod
    def open(cls, root: Path, environment: Mapping[str, str]) -> Workspace:
        """Return the workspace at `root`; raise WorkspaceError or SettingsError when it cannot be used."""
        root = root.resolve()
        if not (root / SETTINGS_FILE).is_file():
            raise WorkspaceError(_no_workspace(root))
        workspace = cls(root, load_settings(root, environment))
        workspace.check_folders()
        return workspace

    @cached_property
    def inbox(self) -> Path:
        """Return the folder of workbooks."""
        return (self.root / self.settings.inbox).resolve()

    @cached_property
    def outbox(self) -> Path:
        """Return the folder of published documents."""
        return (self.root / self.settings.outbox).resolve()

    @property
    def state(self) -> Path:
        """Return the folder of ledger, snapshots and log."""
        return self.root / STATE_FOLDER

    @property
    def snapshots(self) -> Path:
        """Return the folder that keeps bytes by their hash."""
        return self.state / "snapshots"

    @property
    def log(self) -> Path:
        """Return the folder of log files."""
        return self.state / "log"

    @property
    def snapshots_lock(self) -> Path:
        """Return the lock of whoever relies on snapshots that may be thinned out, and of who does that."""
        return self.state / "snapshots.lock"

    @property
    def heartbeat(self) -> Path:
        """Return the file in which a watcher says that it lives and what it does."""
        return self.state / "watch.json"

    @property
    def ledger_url(self) -> str:
        """Return the database URL of the ledger."""
        return self.settings.ledger or f"sqlite:///{self.state / 'ledger.sqlite'}"

    def check_folders(self) -> None:
        """Raise WorkspaceError when folders lie where they must not."""
        if self.outbox == self.inbox or self.inbox in self.outbox.parents:
            raise WorkspaceError(
                f"The outbox ({self.outbox}) lies inside the inbox ({self.inbox}), so documents would be taken for "
                f"workbooks. Set `outbox` in {SETTINGS_FILE} to a folder outside it."
            )
        file_system = file_system_of(self.state)
        if file_system in NETWORK_FILE_SYSTEMS:
            raise WorkspaceError(
                f"{self.state} lies on a network file system ({file_system}), where the ledger could be damaged. Keep "
                f"the workspace on a local disk; only `inbox` and `outbox` in {SETTINGS_FILE} may be on a share."
            )

    def create_folders(self) -> None:
        """Create the folders that are missing; raise WorkspaceError when one cannot be made or used.

        An inbox or outbox outside the workspace is not made: its share may not be mounted yet, and a folder in its
        place would pass for an empty one.
        """
        self.prepare_state()
        for folder in (self.inbox, self.outbox, self.snapshots):
            if self.root in folder.parents:
                _make(folder)
        self.check_inbox()
        _must_be_there(self.outbox)
        _must_allow(os.W_OK, "written to", self.outbox, f", or set `outbox` in {SETTINGS_FILE} to another folder")
        _must_allow(os.W_OK, "written to", self.snapshots)

    def prepare_state(self) -> None:
        """Create the folders of ledger and log where they are missing; raise WorkspaceError when that is refused."""
        for folder in (self.state, self.log):
            _make(folder)
            _must_allow(os.W_OK, "written to", folder)

    def check_inbox(self) -> None:
        """Raise WorkspaceError for an inbox that may not be looked into: it must never pass for an empty one."""
        if self.inbox.exists():
            _must_allow(os.R_OK, "read", self.inbox, f", or set `inbox` in {SETTINGS_FILE} to another folder")

    def record_failure(self, trace: str) -> str:
        """Write a traceback into the log and return the reference by which it is found there."""
        return record_failure(self.log, trace)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error


def _must_be_there(folder: Path) -> None:
    if not folder.is_dir():
        raise WorkspaceError(f"The folder {folder} is not there. Mount its share, or make the folder.")
    is_bare = os.access(folder, os.R_OK) and not any(folder.iterdir())
    if is_bare and (reason := why_not_mounted(folder)):
        raise WorkspaceError(f"The folder {folder} is empty, since {reason}. Mount its share.")


def _must_allow(right: int, verb: str, folder: Path, way_out: str = "") -> None:
    if not folder.is_dir() or not os.access(folder, right | os.X_OK):
        raise WorkspaceError(f"{folder} cannot be {verb}. Correct its permissions{way_out}.")


def record_failure(folder: Path, trace: str) -> str:
    """Write a traceback into a file of `folder` and return its reference: the same failure has the same one."""
    reference = f"P-{hashlib.sha256(trace.encode(errors='replace')).hexdigest()[:8].upper()}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{reference}.log").write_text(trace, encoding="utf-8", errors="replace")
    return reference


def _no_workspace(root: Path) -> str:
    sentence = f"{root} is no planpress workspace: there is no {SETTINGS_FILE} in it."
    for parent in root.parents:
        if (parent / SETTINGS_FILE).is_file():
            return f"{sentence} Did you mean `--workspace {parent}`?"
    return f"{sentence} Make a new workspace with `planpress init DIR`, or name one with `--workspace DIR`."


def why_not_mounted(folder: Path) -> str:
    """Return, as the end of a sentence, that a share should be mounted which holds this folder and is not."""
    mount_points = _mount_points()
    missing = (point for point in (folder, *folder.parents) if point in mount_points and not point.is_mount())
    return next((f"nothing is mounted at {point}, which {MOUNT_TABLE} names" for point in missing), "")


def _mount_points() -> frozenset[Path]:
    r"""Return the folders at which something should be mounted; the table writes a space as `\040` (fstab(5))."""
    try:
        lines = MOUNT_TABLE.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    fields = (line.split() for line in lines if not line.lstrip().startswith("#"))
    return frozenset(Path(found[1].replace("\\040", " ")) for found in fields if len(found) > 1)


def file_system_of(path: Path) -> str:
    """Return the type of the file system that holds `path` (which may not exist yet), empty when unknown."""
    import psutil

    mounts = {Path(part.mountpoint): part.fstype for part in psutil.disk_partitions(all=True)}
    holders = [folder for folder in (path, *path.parents) if folder in mounts]
    return mounts[holders[0]].lower() if holders else ""
