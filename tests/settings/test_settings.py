"""Settings: each once, from the file and the environment, every mistake named."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.errors import SettingsError, WorkspaceError
from pipeline.settings import Settings, Workspace, calendar, load_settings


def settings_file(folder: Path, text: str) -> Path:
    (folder / "planpress.toml").write_text(text, encoding="utf-8")
    return folder


def day(year: int, month: int, number: int, hour: int = 12) -> datetime:
    return datetime(year, month, number, hour, tzinfo=UTC)


def test_without_any_setting_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(settings_file(tmp_path, ""), {})
    assert (settings.brand, settings.time_zone, settings.close_days) == ("planpress", "UTC", 10)


def test_the_settings_of_a_watcher_have_their_defaults_and_may_come_from_the_environment(tmp_path: Path) -> None:
    settings = load_settings(settings_file(tmp_path, ""), {})
    assert (settings.settle_seconds, settings.min_interval, settings.refresh) == (2.0, 60, True)
    assert (settings.poll_seconds, settings.rescan_seconds, settings.metrics_port) == (None, 300, None)
    said = {"PLANPRESS_REFRESH": "false", "PLANPRESS_METRICS_PORT": "9187", "PLANPRESS_POLL_SECONDS": "0.5"}
    settings = load_settings(tmp_path, said)
    assert (settings.refresh, settings.metrics_port, settings.poll_seconds) == (False, 9187, 0.5)


def test_every_setting_has_a_sentence() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_a_misspelt_key_is_named_with_its_file_and_what_it_may_have_been(tmp_path: Path) -> None:
    settings_file(tmp_path, 'time_zne = "UTC"\n[limits]\nsecond = 3\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {"PLANPRESS_JOB": "2"})
    assert str(caught.value).splitlines() == [
        "planpress.toml: `time_zne` is no setting. Did you mean `time_zone`?",
        "planpress.toml: `limits.second` is no setting. Did you mean `limits.seconds`?",
        "Environment: PLANPRESS_JOB is no setting. Did you mean `PLANPRESS_JOBS`?",
    ]


def test_wrong_values_are_all_reported_at_once(tmp_path: Path) -> None:
    settings_file(tmp_path, 'time_zone = "Moon"\nlast_closed = "2026-13"\nclose_days = 99\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    message = str(caught.value)
    assert "`time_zone`: expected an IANA time zone such as Europe/Berlin (found 'Moon')." in message
    assert "`last_closed`: expected a month such as \"2026-10\" (found '2026-13')." in message
    assert "`close_days`: expected at most 60 (found 99)." in message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("brand = 3", "`brand`: expected a text in quotes (found 3)."),
        ('as_of = "yesterday"', "`as_of`: expected a day such as 2026-11-21 (found 'yesterday')."),
        ('jobs = "many"', "`jobs`: expected a whole number (found 'many')."),
        ("limits = 3", "`limits`: expected a table of settings (found 3)."),
        ("[limits]\nseconds = 0", "`limits.seconds`: expected more than 0 (found 0)."),
        ('close_dates = { "2026-13" = 2026-12-01 }', "`close_dates.2026-13`: expected a month such as"),
        ('refresh = "sometimes"', "`refresh`: expected true or false (found 'sometimes')."),
        ("settle_seconds = 0", "`settle_seconds`: expected more than 0 (found 0)."),
        ("metrics_port = 70000", "`metrics_port`: expected at most 65535 (found 70000)."),
        ("inbox = 3", "`inbox`: expected a folder in quotes (found 3)."),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_expected(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(settings_file(tmp_path, text), {})
    assert f"planpress.toml: {sentence}" in str(caught.value)


def test_a_file_in_another_encoding_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "planpress.toml").write_bytes('brand = "Müller"'.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"planpress\.toml is not UTF-8 text"):
        load_settings(tmp_path, {})


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    settings_file(tmp_path, 'brand = "planpress"\nbrand\n')
    with pytest.raises(SettingsError, match=r"planpress\.toml is not valid TOML: .*line 2"):
        load_settings(tmp_path, {})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings_file(tmp_path, 'time_zone = "UTC"\n[limits]\nseconds = 5\nmemory_mb = 900\n')
    settings = load_settings(tmp_path, {"PLANPRESS_TIME_ZONE": "Asia/Tokyo", "PLANPRESS_LIMITS_SECONDS": "7.5"})
    assert (settings.time_zone, settings.limits.seconds, settings.limits.memory_mb) == ("Asia/Tokyo", 7.5, 900)


def test_a_day_may_be_a_toml_date_or_a_text(tmp_path: Path) -> None:
    assert load_settings(settings_file(tmp_path, "as_of = 2026-10-31"), {}).as_of == date(2026, 10, 31)
    assert load_settings(settings_file(tmp_path, 'as_of = "2026-10-31"'), {}).as_of == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("as_of", "last_closed"),
    [
        (date(2026, 11, 9), date(2026, 9, 30)),
        (date(2026, 11, 10), date(2026, 10, 31)),
        (date(2026, 1, 5), date(2025, 11, 30)),
        (date(2024, 3, 10), date(2024, 2, 29)),
    ],
)
def test_a_month_is_closed_ten_days_after_its_end(as_of: date, last_closed: date) -> None:
    assert calendar(Settings(as_of=as_of), day(2020, 1, 1)).last_closed == last_closed


def test_a_given_close_date_wins_over_the_days() -> None:
    settings = Settings(as_of=date(2026, 11, 12), close_dates={"2026-10": date(2026, 11, 13)})
    assert calendar(settings, day(2026, 11, 12)).last_closed == date(2026, 9, 30)


def test_a_given_last_closed_month_wins_over_everything() -> None:
    settings = Settings(as_of=date(2026, 11, 21), last_closed="2026-08")
    assert calendar(settings, day(2026, 11, 21)).last_closed == date(2026, 8, 31)


@pytest.mark.parametrize(
    ("start", "year_start", "year_end"),
    [
        (1, date(2026, 1, 1), date(2026, 12, 31)),
        (4, date(2026, 4, 1), date(2027, 3, 31)),
        (11, date(2025, 11, 1), date(2026, 10, 31)),
    ],
)
def test_the_fiscal_year_is_that_of_the_last_closed_month(start: int, year_start: date, year_end: date) -> None:
    found = calendar(Settings(last_closed="2026-10", fiscal_year_start=start), day(2026, 11, 21))
    assert (found.year_start, found.year_end) == (year_start, year_end)


def test_the_day_received_is_that_of_the_workspace() -> None:
    settings = Settings(time_zone="Asia/Tokyo")
    assert calendar(settings, day(2026, 11, 21, 20)).as_of == date(2026, 11, 22)


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="is no planpress workspace"):
        Workspace.open(tmp_path, {})


def test_inside_a_workspace_its_root_is_proposed(tmp_path: Path) -> None:
    inbox = settings_file(tmp_path, "") / "inbox"
    inbox.mkdir()
    with pytest.raises(WorkspaceError, match=f"--workspace {tmp_path}"):
        Workspace.open(inbox, {})


@pytest.mark.parametrize("outbox", ["inbox", "inbox/out"])
def test_an_outbox_inside_the_inbox_is_refused(tmp_path: Path, outbox: str) -> None:
    settings_file(tmp_path, f'outbox = "{outbox}"')
    with pytest.raises(WorkspaceError, match="lies inside the inbox"):
        Workspace.open(tmp_path, {})


def test_the_folders_of_a_workspace_are_made(tmp_path: Path) -> None:
    workspace = Workspace.open(settings_file(tmp_path, 'inbox = "in box"'), {})
    workspace.create_folders()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [".planpress", "in box", "outbox"]


def test_the_place_of_a_share_that_is_not_mounted_is_not_taken_by_a_folder(tmp_path: Path) -> None:
    root, share = tmp_path / "desk", tmp_path / "share"
    root.mkdir()
    workspace = Workspace.open(settings_file(root, f'inbox = "{share / "inbox"}"\noutbox = "{share / "outbox"}"'), {})
    with pytest.raises(WorkspaceError) as caught:
        workspace.create_folders()
    told = f"The folder {share / 'outbox'} is not there. Mount its share, or make the folder."
    assert (str(caught.value), share.exists()) == (told, False)


def test_an_empty_outbox_whose_share_is_not_mounted_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, outbox = tmp_path / "fstab", tmp_path / "outbox"
    outbox.mkdir()
    table.write_text(f"//server/documents {outbox} cifs rw 0 0\n", encoding="utf-8")
    monkeypatch.setattr("pipeline.settings.MOUNT_TABLE", table)
    workspace = Workspace.open(settings_file(tmp_path, ""), {})
    with pytest.raises(WorkspaceError, match=rf"outbox is empty, since nothing is mounted at {outbox}, which {table}"):
        workspace.create_folders()
    (outbox / "Contoso (C-1)").mkdir()
    workspace.create_folders()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    workspace = Workspace.open(settings_file(tmp_path, ""), {})
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(WorkspaceError, match=f"The folder {tmp_path / 'outbox'} cannot be made"):
        workspace.create_folders()


@pytest.mark.parametrize(
    ("name", "right", "sentence"),
    [
        ("inbox", os.R_OK, "cannot be read. Correct its permissions, or set `inbox`"),
        ("outbox", os.W_OK, "cannot be written to. Correct its permissions, or set `outbox`"),
        (".planpress", os.W_OK, "cannot be written to. Correct its permissions."),
    ],
)
def test_a_folder_without_the_right_to_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, right: int, sentence: str
) -> None:
    # Tests may run as root, whom no permission stops: the answer of the system is all that is replaced.
    folder = tmp_path / name
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == folder and mode & right))
    workspace = Workspace.open(settings_file(tmp_path, ""), {})
    with pytest.raises(WorkspaceError) as caught:
        workspace.create_folders()
    assert str(caught.value).startswith(f"{folder} {sentence}")
