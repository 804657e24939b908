r"""Names of files and folders that Windows, macOS and Linux all take, whatever a cell says.

Rules: "Naming Files, Paths, and Namespaces" (Microsoft Learn): no `<>:"/\|?*` nor control characters, no trailing dot
or space, none of the names of devices. Names beginning with `_` are the outbox's own.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 90
"""Characters of a name; keeps paths on Windows under 260."""
MOST_BYTES = 180
"""Bytes of a name in UTF-8; file systems stop at 255, and room is left for what is added."""
_DEVICE = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$", re.IGNORECASE)
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "-"))
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_JOINERS = "\u200c\u200d"


def safe_name(text: str, longest: int = LONGEST) -> str:
    """Return `text` as the name of one file or folder without ending; never empty."""
    kept = "".join(character for character in unicodedata.normalize("NFC", text) if _may_stand(character))
    name = _shortened(" ".join(kept.translate(_FORBIDDEN).split()).strip(" .").lstrip("_"), longest)
    name = name.strip(" .").lstrip("_ ")
    return f"{name} -" if _DEVICE.match(name.partition(".")[0].strip()) else name or "unnamed"


def safe_file_name(name: str, longest: int = LONGEST) -> str:
    """Return a file name whose ending survives."""
    found = _ENDING.search(name)
    ending = found[0] if found else ""
    return f"{safe_name(name.removesuffix(ending), longest)}{ending}"


def account_folder(account_id: str, account_name: str, *, marked: bool = False) -> str:
    """Return the name of an account's folder: `<account name> (<account id>)`."""
    return f"{safe_name(account_name, 60)} ({marked_id(account_id) if marked else safe_id(account_id)})"


def safe_id(account_id: str) -> str:
    """Return an account's id as it stands in its folder's name; two ids never become the same."""
    safe = safe_name(account_id, 40)
    return safe if safe == account_id else marked_id(account_id)


def marked_id(account_id: str) -> str:
    """Return the same with a mark that no other id has, for where the plain one is taken."""
    return f"{safe_name(account_id, 40)} {_mark(account_id)}"


def notice_path(file: str) -> str:
    """Return the folder below `_unreadable` for a file of the inbox, its path with each part made safe."""
    return "/".join(_notice_part(part) for part in PurePosixPath(file).parts)


def _notice_part(part: str) -> str:
    safe = safe_file_name(part)
    return safe if safe == part else f"{safe} {_mark(part)}"


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _may_stand(character: str) -> bool:
    if character.isspace() or character in _JOINERS:
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _shortened(name: str, longest: int) -> str:
    short = name[:longest]
    while len(short.encode("utf-8")) > MOST_BYTES:
        short = short[:-1]
    while short != name and short and (short[-1] in _JOINERS or unicodedata.combining(short[-1])):
        short = short[:-1]
    return short
