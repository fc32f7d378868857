"""Plain files become a mirror: one commit without a parent, whose id follows from the files alone."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from swebench_lite.errors import RepositoryError
from swebench_lite.repositories.commands import CLEAN_GIT, GIT, git_in, locked, run
from swebench_lite.repositories.mirrors import check_name, kept_place
from swebench_lite.settings import Settings

# Nobody and never: another author or day would be another commit.
_WHO = "swebench-lite <nobody@localhost> 1577836800 +0000"
_HEADER = f"author {_WHO}\ncommitter {_WHO}\n"
_MESSAGE = "The files as they are given\n"
_REF = "refs/trees"


def keep(repo: str, files: Mapping[str, bytes], *, settings: Settings) -> str:
    """Keep files as a commit of the mirror of ``repo``, beside those that are there; returns the commit's id.

    files: bytes by path, with slashes. Raises RepositoryError where git or the cache refuses.
    """
    check_name(repo)
    commit = commit_id(files)
    target = kept_place(repo, settings)
    if _known(target, commit):
        return commit
    try:
        with locked(target, settings):
            if not _known(target, commit):
                _import(repo, commit, files, target)
    except OSError as error:
        raise RepositoryError(f"cannot keep the files of {repo} in {target}: {error.strerror or error}") from error
    return commit


def commit_id(files: Mapping[str, bytes]) -> str:
    """The id of the commit that ``keep`` makes of files, as git computes it."""
    body = f"tree {_tree(files)}\n{_HEADER}\n{_MESSAGE}"
    return _object("commit", body.encode())


def _tree(files: Mapping[str, bytes]) -> str:
    """A tree's id: entries sorted by name, a folder's as if it ended in a slash (gitformat-index, "tree object")."""
    inner: dict[str, dict[str, bytes]] = {}
    entries: list[tuple[bytes, bytes]] = []
    for path, data in files.items():
        folder, _, rest = path.partition("/")
        if rest:
            inner.setdefault(folder, {})[rest] = data
        else:
            name = path.encode()
            entries.append((name, b"100644 " + name + b"\0" + bytes.fromhex(_object("blob", data))))
    for folder, below in inner.items():
        name = folder.encode()
        entries.append((name + b"/", b"40000 " + name + b"\0" + bytes.fromhex(_tree(below))))
    return _object("tree", b"".join(line for _, line in sorted(entries)))


def _object(kind: str, body: bytes) -> str:
    # git's own names for contents, which are no secret and protect none.
    return hashlib.sha1(f"{kind} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()


def _known(target: Path, commit: str) -> bool:
    return target.is_dir() and _has(target, commit)


def _has(place: Path, commit: str) -> bool:
    """Whether a repository keeps the commit. Git says so: a ref may be packed, broken, or without its object."""
    ref = f"{_REF}/{commit}"
    asked = [*GIT, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"]
    done = subprocess.run(asked, cwd=place, capture_output=True, check=False, env={**os.environ, **CLEAN_GIT})
    return done.returncode == 0 and done.stdout.decode(errors="replace").strip() == commit


def _import(repo: str, commit: str, files: Mapping[str, bytes], target: Path) -> None:
    """Add the commit to the mirror; one that cannot take it, for it is broken or of another format, is made anew."""
    if target.is_dir() and not _fed(target, commit, files):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
        place = Path(folder) / "new.git"
        place.mkdir()
        run(git_in(place), f"making {repo}", "init", "--quiet", "--bare", "--template=", "--initial-branch=main")
        if said := _fed(place, commit, files):
            raise RepositoryError(f"the files of {repo} cannot be kept as a commit: {said}")
        if target.is_dir():
            target.rename(Path(folder) / "old.git")
        place.rename(target)


def _fed(place: Path, commit: str, files: Mapping[str, bytes]) -> str:
    """Make the commit in a repository; returns what went wrong, or ""."""
    done = subprocess.run(
        [*GIT, "fast-import", "--quiet", "--force"], cwd=place, input=_stream(commit, files), capture_output=True,
        check=False, env={**os.environ, **CLEAN_GIT},
    )  # fmt: skip
    if not done.returncode and _has(place, commit):
        return ""
    return done.stderr.decode(errors="replace").strip()[-300:] or "git made another one"


def _stream(commit: str, files: Mapping[str, bytes]) -> bytes:
    message = _MESSAGE.encode()
    parts = [f"feature done\ncommit {_REF}/{commit}\n{_HEADER}data {len(message)}\n".encode() + message]
    for path in sorted(files):
        parts.append(f"M 100644 inline {path}\ndata {len(files[path])}\n".encode() + files[path] + b"\n")
    return b"".join((*parts, b"done\n"))
