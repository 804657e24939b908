"""Which names in the inbox are those of workbooks."""

from __future__ import annotations

from pathlib import PurePosixPath

WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
"""Files that somebody may take for a workbook; all others in the inbox are nobody's business."""
_FEED_PREFIX = "_"
"""Folders of the inbox whose names begin so hold files of other systems, not workbooks."""
_IGNORED_BEGINNINGS = (".", "~$", "(a document being saved by ")
"""Hidden files, owner files of Office, and the folder in which a Mac keeps a file until it is saved."""
_IGNORED_ENDINGS = (".tmp", ".part", ".partial", ".crdownload")
_IGNORED_FOLDERS = frozenset({"#recycle", "#snapshot", "$recycle.bin", "@eadir", "@recycle", "~snapshot"})
"""Where file servers and Windows keep what was deleted and what was: nobody saved it there."""


def is_workbook(file: PurePosixPath) -> bool:
    """Return whether a path in the inbox is that of a workbook, not of a program's own or a feed's file."""
    if any(_is_ignored(part) for part in file.parts) or not _is_utf8(str(file)):
        return False
    in_feed = any(part.startswith(_FEED_PREFIX) for part in file.parts[:-1])
    return not in_feed and file.suffix.lower() in WORKBOOK_ENDINGS


def holds_workbooks(folder: str) -> bool:
    """Return whether workbooks may lie in a folder of this name."""
    return not (_is_ignored(folder) or folder.startswith(_FEED_PREFIX)) and _is_utf8(folder)


def _is_ignored(name: str) -> bool:
    name = name.lower()
    return name.startswith(_IGNORED_BEGINNINGS) or name.endswith(_IGNORED_ENDINGS) or name in _IGNORED_FOLDERS


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
