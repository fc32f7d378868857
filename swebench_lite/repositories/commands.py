"""git, shielded from its user's configuration and from the repository that this process may run inside of."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from swebench_lite.errors import RepositoryError
from swebench_lite.settings import Settings

# The user's own git configuration must not reach a checkout: line endings, hooks and filters would change its bytes.
CLEAN_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_DEFAULT_HASH": "sha1",
    "GIT_CONFIG_COUNT": "3",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
    "GIT_CONFIG_KEY_1": "core.autocrlf",
    "GIT_CONFIG_VALUE_1": "false",
    "GIT_CONFIG_KEY_2": "core.attributesFile",
    "GIT_CONFIG_VALUE_2": os.devnull,
}
# Inside a git hook or a rebase these name the user's own repository; there our commands would work on that one.
_FOREIGN = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_DIR", "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)  # fmt: skip
GIT = ("env", *(part for name in _FOREIGN for part in ("-u", name)), "git")
_NO_GIT, _NOT_FOUND = "git is not installed; install it (Debian: apt-get install git)", 127
UPLOAD_PACK = "git -c uploadpack.allowAnySHA1InWant=true -c safe.directory=* upload-pack"


def git_in(folder: Path) -> Any:
    try:
        import git
    except ImportError as error:  # the library refuses to load where there is no git at all
        raise RepositoryError(_NO_GIT) from error
    command = git.Git(str(folder))
    command.update_environment(**CLEAN_GIT)
    return command


def run(git: Any, doing: str, *arguments: str) -> str:
    import git as library

    try:
        return str(git.execute([*GIT, *arguments]))
    except library.GitCommandError as error:
        if error.status == _NOT_FOUND:
            raise RepositoryError(_NO_GIT) from error
        said = re.sub(r"^\s*stderr: '|'\s*$", "", str(error.stderr))
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        raise RepositoryError(
            f"git failed while {doing}: {lines[-1] if lines else f'status {error.status}'}"
        ) from error


def has_commit(folder: Path, commit: str) -> bool:
    status, _, _ = git_in(folder).execute(
        [*GIT, "cat-file", "-e", f"{commit}^{{tree}}"], with_extended_output=True, with_exceptions=False
    )
    return bool(status == 0)


def is_git(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()


@contextmanager
def locked(target: Path, settings: Settings) -> Iterator[None]:
    from filelock import FileLock

    locks = settings.cache / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    name = "-".join(target.relative_to(settings.cache).parts)
    with FileLock(locks / f"{name}.lock"):
        yield


@contextmanager
def used(target: Path, settings: Settings, *, last: Callable[[], None]) -> Iterator[None]:
    """Keep a folder of the cache from being dropped while anyone uses it; ``last`` is called when nobody does any more.

    Users share a lock (other threads and processes alike); only who can have it alone may drop.
    """
    locks = settings.cache / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / f"{'-'.join(target.relative_to(settings.cache).parts)}.use").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        try:
            yield
        finally:
            try:
                # Converting gives the shared lock up first: of two last users one drops, or both find it dropped.
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                last()
