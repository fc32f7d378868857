"""Mirrors: bare git directories of the user's own, built from our histories, or cloned once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from swebench_lite import histories
from swebench_lite.errors import RepositoryError, UsageError
from swebench_lite.repositories.commands import CLEAN_GIT, GIT, git_in, has_commit, is_git, locked, run
from swebench_lite.settings import Settings, bundled

# Repositories that are made of files on this machine: nothing brings them from anywhere else.
MADE_HERE = ("own/", "tasks/")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._-]+")


def mirror(repo: str, *, settings: Settings) -> Path:
    """The bare git directory of a repository, cloned once when it is nowhere yet.

    Raises RepositoryError, naming what would bring it, when it is not here and cannot be fetched.
    """
    found = local_mirror(repo, settings=settings)
    if found is not None:
        return found
    if repo.startswith(MADE_HERE):
        raise RepositoryError(
            f"the files of {repo} are not kept here any more; name its dataset again, which keeps them anew"
        )
    if settings.offline:
        raise RepositoryError(
            f"repository {repo} is not here and --offline forbids fetching it; "
            f"bring it with `swebench-lite repos add {repo} --from PATH`, or name its folder in SWEBENCH_LITE_MIRRORS"
        )
    try:
        return _clone(repo, f"{settings.github}/{repo}.git", settings=settings)
    except RepositoryError as error:
        raise RepositoryError(
            f"{error}; bring it yourself with `swebench-lite repos add {repo} --from PATH`"
        ) from error


def local_mirror(repo: str, *, settings: Settings) -> Path | None:
    """The bare git directory of a repository where it is already on this machine, else None. Fetches nothing."""
    check_name(repo)
    if repo.startswith("own/"):
        own = histories.histories(bundled("instances") / "own")
        if repo in own:
            return _from_history(repo, own, settings=settings)
    kept = kept_place(repo, settings)
    if kept.is_dir():
        return kept
    plus, double = repo.replace("/", "+"), repo.replace("/", "__")
    for folder in settings.mirrors:
        for name in (f"{plus}/repo", f"{double}.git", f"{repo}.git", plus, double):
            if is_git(folder / name):
                return folder / name
            if is_git(folder / name / ".git"):
                return folder / name / ".git"
    return None


def add(repo: str, source: Path, *, settings: Settings) -> Path:
    """Keep a local git directory (bare or not) as the mirror of ``repo``; replaces an earlier one.

    Raises UsageError when the source is no git directory.
    """
    check_name(repo)
    folder = source if is_git(source) else source / ".git"
    if not is_git(folder):
        raise UsageError(f"{source} is not a git directory; give a clone or a bare repository (…/NAME.git)")
    # As a path and not as an address: git then takes the objects as they are, in a moment, and a directory that lacks some
    # (a partial clone, say) still serves the commits that it has whole.
    return _clone(repo, str(folder.absolute()), settings=settings, replace=True)


def known(*, settings: Settings) -> tuple[tuple[str, Path, int], ...]:
    """(repository, git directory, bytes) of every mirror in the cache and of our own histories."""
    own = sorted(histories.histories(bundled("instances") / "own"))
    kept = sorted((settings.cache / "mirrors").glob("*.git"))
    rows = [(path.name.removesuffix(".git").replace("__", "/", 1), path, _size(path)) for path in kept]
    names = {name for name, _, _ in rows}
    return (*rows, *((name, kept_place(name, settings), 0) for name in own if name not in names))


def check_name(repo: str) -> None:
    """Raises RepositoryError unless ``repo`` has the form OWNER/NAME."""
    if not _NAME.fullmatch(repo) or ".." in repo:
        raise RepositoryError(f"'{repo}' is not a repository name; the form is OWNER/NAME")


def check_commit(repo: str, commit: str) -> None:
    """Raises RepositoryError unless ``repo`` has the form OWNER/NAME and ``commit`` is a full commit id."""
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise RepositoryError(f"{repo}: '{commit}' is not a full commit id of 40 hex digits")
    check_name(repo)


def with_commit(repo: str, commit: str, source: Path, *, settings: Settings) -> Path:
    """A mirror that holds the commit: ``source``, or the kept one after fetching once more."""
    if has_commit(source, commit):
        return source
    if not settings.offline and source == kept_place(repo, settings) and not repo.startswith(MADE_HERE):
        with locked(source, settings):
            run(git_in(source), f"fetching {repo}", "fetch", "--quiet", "--tags", "origin", "+refs/*:refs/*")
            if not has_commit(source, commit):
                # Commits of rewritten branches hang from no ref, but a server may still give them by name.
                run(git_in(source), f"fetching {commit} of {repo}", "fetch", "--quiet", "origin", commit)
        if has_commit(source, commit):
            return source
    if repo.startswith("tasks/"):
        raise RepositoryError(
            f"commit {commit} of {repo} is not kept here any more; name its dataset again, which keeps its files anew"
        )
    raise RepositoryError(
        f"commit {commit} is not in the mirror of {repo} ({source}); bring a mirror that has it with "
        f"`swebench-lite repos add {repo} --from PATH`"
    )


def _clone(repo: str, url: str, *, settings: Settings, replace: bool = False) -> Path:
    target = kept_place(repo, settings)
    with locked(target, settings):
        if target.is_dir() and not replace:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
            git = git_in(Path(folder))
            run(git, f"cloning {repo} from {url}", "clone", "--quiet", "--mirror", url, "new.git")
            if target.is_dir():
                target.rename(Path(folder) / "old.git")
            (Path(folder) / "new.git").rename(target)
    return target


def _from_history(repo: str, own: Mapping[str, Path], *, settings: Settings) -> Path:
    target = kept_place(repo, settings)
    heads = {name: _head(_from_history(name, own, settings=settings))
             for name in histories.submodules_of(own[repo]).values()}  # fmt: skip
    stream = histories.fast_import_stream(own[repo], submodules=heads)
    import hashlib

    # The stream's digest is kept beside the mirror: an edited history is built again, an old mirror never lingers.
    stamp, digest = target.with_suffix(".sha256"), hashlib.sha256(stream).hexdigest()
    with locked(target, settings):
        if target.is_dir() and stamp.is_file() and stamp.read_text() == digest:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
            git = git_in(Path(folder))
            run(git, f"making {repo}", "init", "--quiet", "--bare", "--template=", "--initial-branch=main")
            done = subprocess.run(
                [*GIT, "fast-import", "--quiet"], cwd=folder, input=stream, capture_output=True, check=False,
                env={**os.environ, **CLEAN_GIT},
            )  # fmt: skip
            if done.returncode:
                raise RepositoryError(
                    f"the history of {repo} does not import: {done.stderr.decode(errors='replace')[-300:]}"
                )
            shutil.copytree(folder, target)
        stamp.write_text(digest)
    return target


def _head(mirror_path: Path) -> str:
    return run(git_in(mirror_path), "asking for its head", "rev-parse", "refs/heads/main")


def kept_place(repo: str, settings: Settings) -> Path:
    """Where the cache keeps the mirror of a repository, there or not."""
    return settings.cache / "mirrors" / f"{repo.replace('/', '__')}.git"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
