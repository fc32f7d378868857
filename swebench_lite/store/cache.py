"""Content-addressed caches: complete executions by their key, and JSON documents (environments, oracles) by digest.

An entry is whole or absent. What a crash or a full disk damaged counts as a miss and is removed.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from swebench_lite.errors import StoreError
from swebench_lite.records import Execution
from swebench_lite.store import codec, files


class ExecutionCache:
    """Executions under ``root``, one folder each: ``meta.json`` and ``log.gz``. Safe for several processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root / "executions"

    def get(self, key: str) -> Execution | None:
        """The stored evidence for an execution key, or None. A damaged entry is removed."""
        folder = self._folder(key)
        meta = folder / "meta.json"
        if not meta.is_file():
            return None
        try:
            execution = _read_entry(meta, folder / "log.gz")
            if execution.key != key:
                raise StoreError(f"{meta}: belongs to key {execution.key}")
        except (StoreError, OSError, EOFError, zlib.error):
            shutil.rmtree(folder, ignore_errors=True)
            return None
        with contextlib.suppress(OSError):  # a cache that may only be read still serves
            os.utime(meta)  # pruning takes what has not been used for longest
        return execution

    def put(self, execution: Execution) -> bool:
        """Stores complete evidence; True where it is there afterwards.

        False for what must not be kept (timed out, out of memory, no exit status), and where the disk refuses: a cache
        that cannot be written costs time later, never the run.
        """
        if execution.timed_out or execution.out_of_memory or execution.exit_status is None:
            return False
        folder = self._folder(execution.key)
        staging = self.root / files.temporary_path(self.root).name
        try:
            staging.mkdir(parents=True)
            _write_entry(staging, execution)
            folder.parent.mkdir(parents=True, exist_ok=True)
            staging.rename(folder)
        except OSError:
            return (folder / "meta.json").is_file()  # another process stored the same key first
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return True

    def remove(self, key: str) -> bool:
        """Takes one entry out; says whether it was there."""
        folder = self._folder(key)
        there = folder.is_dir()
        shutil.rmtree(folder, ignore_errors=True)
        return there

    def size(self) -> tuple[int, int]:
        """Number of entries and their bytes on disk."""
        entries = self._entries()
        return len(entries), sum(bytes_used for _, bytes_used, _ in entries)

    def prune(self, max_bytes: int) -> int:
        """Removes what was not used for longest until at most ``max_bytes`` are left; returns bytes freed."""
        files.sweep(self.root)
        entries = self._entries()
        total = sum(bytes_used for _, bytes_used, _ in entries)
        freed = 0
        for _, bytes_used, folder in entries:
            if total - freed <= max_bytes:
                break
            shutil.rmtree(folder, ignore_errors=True)
            freed += bytes_used
        return freed

    def _folder(self, key: str) -> Path:
        return self.root / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:2] / files.safe_name(key)

    def _entries(self) -> list[tuple[float, int, Path]]:
        """(last use, bytes, folder), least recently used first."""
        found = []
        for meta in self.root.glob("??/*/meta.json"):
            with contextlib.suppress(OSError):
                used = sum(path.stat().st_size for path in meta.parent.iterdir())
                found.append((meta.stat().st_mtime, used, meta.parent))
        return sorted(found)


class Documents:
    """JSON documents of one kind (``environments``, ``oracles``) by digest, under ``root``/``kind``."""

    def __init__(self, root: Path, kind: str) -> None:
        self.root = root / files.safe_name(kind)

    def get(self, digest: str) -> dict[str, object] | None:
        """The document, or None. A damaged one is removed."""
        path = self._path(digest)
        try:
            document = files.read_json(path)
        except StoreError:
            document = None
        if isinstance(document, dict) and document.get("digest") == digest:
            content = document.get("document")
            if isinstance(content, dict):
                return content
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return None

    def put(self, digest: str, document: Mapping[str, object]) -> None:
        """Stores a document, replacing an older one. Raises StoreError where it cannot be written or is no JSON."""
        files.write_json(self._path(digest), {"digest": digest, "document": dict(document)})

    def remove(self, digest: str) -> None:
        """Takes a document out, where it is there. Raises StoreError where it may not be removed."""
        path = self._path(digest)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(files.explain(path, error, doing="delete")) from error

    def digests(self) -> tuple[str, ...]:
        """The digests of all whole documents, sorted."""
        found = []
        for path in self.root.glob("??/*.json"):
            with contextlib.suppress(StoreError):
                document = files.read_json(path)
                if isinstance(document, dict) and isinstance(document.get("digest"), str):
                    found.append(document["digest"])
        return tuple(sorted(found))

    def _path(self, digest: str) -> Path:
        prefix = hashlib.sha256(digest.encode("utf-8", "surrogatepass")).hexdigest()[:2]
        return self.root / prefix / f"{files.safe_name(digest)}.json"


def _write_entry(folder: Path, execution: Execution) -> None:
    # No fsync here: the digest of the log finds a torn entry, and a lost one only runs again.
    log = execution.log.encode("utf-8", "surrogatepass")
    document = codec.to_document(replace(execution, log=""))
    document["log"] = {"bytes": len(log), "sha256": hashlib.sha256(log).hexdigest()}
    (folder / "log.gz").write_bytes(gzip.compress(log, compresslevel=4, mtime=0))
    (folder / "meta.json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _read_entry(meta: Path, packed: Path) -> Execution:
    document = files.read_json(meta)
    if not isinstance(document, dict) or not isinstance(document.get("log"), dict):
        raise StoreError(f"{meta}: says nothing about its log")
    wanted = document["log"]
    log = gzip.decompress(packed.read_bytes())
    if wanted.get("sha256") != hashlib.sha256(log).hexdigest():
        raise StoreError(f"{packed}: is not the log that {meta.name} describes")
    text = log.decode("utf-8", "surrogatepass")
    return codec.from_document(Execution, {**document, "log": text}, where=str(meta))
