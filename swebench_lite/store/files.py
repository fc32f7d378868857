"""Files that are whole or absent: temporary name, fsync, rename, fsync of the folder."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from swebench_lite.errors import StoreError

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+=@-]{0,99}")
_UNUSUAL = re.compile(r"[^A-Za-z0-9._+=@-]+")
_TEMPORARY = re.compile(r"\.(\d+)-[0-9a-f]{16}\.tmp(?:-journal)?")

# What to do about the failures that users meet.
_ADVICE: Mapping[int, str] = {
    errno.ENOSPC: "the disk is full; free some space, then resume the run",
    errno.EDQUOT: "the disk quota is used up; free some space, then resume the run",
    errno.EACCES: "no permission; make the folder writable or choose another one",
    errno.EPERM: "no permission; make the folder writable or choose another one",
    errno.EROFS: "the file system is read-only; choose another folder",
    errno.ENOTDIR: "a file stands where a folder is needed; move it away or choose another folder",
}


def safe_name(text: str) -> str:
    """A name for one file or folder, for any text from outside.

    Text that is a harmless name of at most 100 characters stays as it is. Anything else is cleaned, cut, and given a
    ``~`` with a hash of the whole text; harmless names hold no ``~``, so two texts never share a name.
    """
    if _PLAIN_NAME.fullmatch(text) and ".." not in text:
        return text
    cleaned = re.sub(r"\.{2,}", "_", _UNUSUAL.sub("_", text)).strip("._")[:60]
    return f"{cleaned}~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def to_bytes(data: bytes | str) -> bytes:
    """Text as UTF-8; bytes that could not be decoded on their way in come out as they were."""
    if isinstance(data, bytes):
        return data
    try:
        return data.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a surrogate pair, as JSON escapes can spell it, is no byte of anything
        return data.encode("utf-8", "backslashreplace")


def write_atomic(path: Path, data: bytes | str) -> None:
    """Writes one file so that a reader, a kill or a power cut sees the old or the new content, never a part.

    Missing folders are made. Raises StoreError naming the path and what to do; no temporary file stays behind.
    """
    write_many(path.parent, {path.name: data})


def write_json(path: Path, document: object) -> None:
    """Writes a JSON document atomically. Raises StoreError where it cannot be written or is no JSON."""
    try:
        text = json.dumps(document, indent=1, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StoreError(f"cannot write {path}: the document is no JSON ({error}); report this as a bug") from error
    write_atomic(path, text + "\n")


def write_many(folder: Path, contents: Mapping[str, bytes | str]) -> None:
    """Writes files of one folder, each atomically, in the given order, and makes them durable together.

    Raises StoreError as ``write_atomic`` does; files that were complete by then stay.
    """
    path = folder
    try:
        make_folder(folder)
        for name, data in contents.items():
            path = folder / name
            _replace(path, to_bytes(data))
        sync_folder(folder)
    except OSError as error:
        raise StoreError(explain(path, error)) from error


def clear(folder: Path, *, first: str) -> None:
    """Takes the files of a folder away, if there is one. first: the file that vouches for the others, and goes before them.

    Raises StoreError naming the folder.
    """
    if not folder.is_dir():
        return
    try:
        (folder / first).unlink(missing_ok=True)
        for path in folder.iterdir():
            path.unlink()
    except OSError as error:
        raise StoreError(explain(folder, error, doing="replace")) from error


def make_folder(folder: Path) -> None:
    """Makes a folder and its parents, so that they outlive a power cut. Raises OSError."""
    missing = [folder]
    while not missing[-1].exists():
        missing.append(missing[-1].parent)
    for child in reversed(missing[:-1]):
        child.mkdir(exist_ok=True)
        sync_folder(child.parent)


def sync_folder(folder: Path) -> None:
    """Makes renames inside a folder durable, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder may be writable and still not readable; its files are synced all the same
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def explain(path: Path, error: OSError, *, doing: str = "write") -> str:
    """One sentence for an operating system error: what, which path, what to do next."""
    advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}; see that the folder exists and is writable")
    return f"cannot {doing} {path}: {advice}"


def read_json(path: Path) -> object:
    """The document in a JSON file. Raises StoreError, naming the file, where it is missing, torn or no JSON."""
    try:
        return json.loads(path.read_bytes(), parse_constant=_no_constant)
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"cannot read {path}: it is torn or no JSON ({error}); delete it to redo it") from error


def temporary_path(folder: Path) -> Path:
    """A fresh name in a folder that ``sweep`` recognises should this process die before renaming it."""
    return folder / f".{os.getpid()}-{secrets.token_hex(8)}.tmp"


def sweep(folder: Path, *, deep: bool = False) -> int:
    """Removes what killed processes left in a folder, or anywhere under it; what live processes write stays.

    Returns how many files and folders went.
    """
    removed = 0
    for path in list(folder.rglob(".*.tmp*") if deep else folder.glob(".*.tmp*")):
        found = _TEMPORARY.fullmatch(path.name)
        if found and not _alive(int(found[1])):
            with contextlib.suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed += 1
    return removed


def _replace(path: Path, data: bytes) -> None:
    temporary = temporary_path(path.parent)
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
