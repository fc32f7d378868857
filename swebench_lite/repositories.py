"""Mirrors of repositories, and checkouts that hold exactly one commit.

A mirror is a bare git directory: one of the user's own (SWEBENCH_LITE_MIRRORS, ``repos add``), one built from the histories
that this project ships, or a clone made once. A checkout has no refs, no remotes, no reflog and no object that its commit
does not need: whoever looks for the fix in it finds nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swebench_lite import histories
from swebench_lite.errors import RepositoryError, UsageError
from swebench_lite.settings import Settings, bundled

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._-]+")
# The user's own git configuration must not reach a checkout: line endings, hooks and filters would change its bytes.
_CLEAN_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_ATTR_NOSYSTEM": "1",
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
_GIT = ("env", *(part for name in _FOREIGN for part in ("-u", name)), "git")
_NO_GIT, _NOT_FOUND = "git is not installed; install it (Debian: apt-get install git)", 127
_UPLOAD_PACK = "git -c uploadpack.allowAnySHA1InWant=true -c safe.directory=* upload-pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A one-commit checkout in the cache.

    path: its folder; read-only by agreement, jobs copy it. missing: submodules that could not be had, with the reason.
    """

    path: Path
    repo: str
    commit: str
    missing: tuple[str, ...] = ()


def mirror(repo: str, *, settings: Settings) -> Path:
    """The bare git directory of a repository, cloned once when it is nowhere yet.

    Raises RepositoryError, naming what would bring it, when it is not here and cannot be fetched.
    """
    found = local_mirror(repo, settings=settings)
    if found is not None:
        return found
    if settings.offline:
        raise RepositoryError(
            f"repository {repo} is not here and --offline forbids fetching it; "
            f"bring it with `swebench-lite repos add {repo} --from PATH`, or name its folder in SWEBENCH_LITE_MIRRORS"
        )
    return _clone(repo, f"{settings.github}/{repo}.git", settings=settings)


def local_mirror(repo: str, *, settings: Settings) -> Path | None:
    """The bare git directory of a repository where it is already on this machine, else None. Fetches nothing."""
    check_name(repo)
    if repo.startswith("own/"):
        own = histories.histories(bundled("instances") / "own")
        if repo in own:
            return _from_history(repo, own, settings=settings)
    kept = _kept(repo, settings)
    if kept.is_dir():
        return kept
    plus, double = repo.replace("/", "+"), repo.replace("/", "__")
    for folder in settings.mirrors:
        for name in (f"{plus}/repo", f"{double}.git", f"{repo}.git", plus, double):
            if _is_git(folder / name):
                return folder / name
            if _is_git(folder / name / ".git"):
                return folder / name / ".git"
    return None


def add(repo: str, source: Path, *, settings: Settings) -> Path:
    """Keep a local git directory (bare or not) as the mirror of ``repo``; replaces an earlier one.

    Raises UsageError when the source is no git directory.
    """
    check_name(repo)
    folder = source if _is_git(source) else source / ".git"
    if not _is_git(folder):
        raise UsageError(f"{source} is not a git directory; give a clone or a bare repository (…/NAME.git)")
    return _clone(repo, folder.absolute().as_uri(), settings=settings, replace=True)


def known(*, settings: Settings) -> tuple[tuple[str, Path, int], ...]:
    """(repository, git directory, bytes) of every mirror in the cache and of our own histories."""
    own = sorted(histories.histories(bundled("instances") / "own"))
    kept = sorted((settings.cache / "mirrors").glob("*.git"))
    rows = [(path.name.removesuffix(".git").replace("__", "/", 1), path, _size(path)) for path in kept]
    names = {name for name, _, _ in rows}
    return (*rows, *((name, _kept(name, settings), 0) for name in own if name not in names))


def checkout(repo: str, commit: str, *, settings: Settings) -> Checkout:
    """The one-commit checkout of a repository, made once and kept in the cache; safe against parallel use.

    Raises RepositoryError when the repository or the commit (both named) is not to be had.
    """
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise RepositoryError(f"{repo}: '{commit}' is not a full commit id of 40 hex digits")
    check_name(repo)
    target = settings.cache / "checkouts" / repo.replace("/", "__") / commit
    note = target.with_name(f"{commit}.missing")
    if not target.is_dir():
        with _locked(target, settings):
            if not target.is_dir():
                missing = _make_checkout(repo, commit, target, settings=settings)
                note.write_text("\n".join(missing), encoding="utf-8")
    lines = note.read_text(encoding="utf-8").splitlines() if note.is_file() else []
    return Checkout(path=target, repo=repo, commit=commit, missing=tuple(lines))


def check_name(repo: str) -> None:
    """Raises RepositoryError unless ``repo`` has the form OWNER/NAME."""
    if not _NAME.fullmatch(repo) or ".." in repo:
        raise RepositoryError(f"'{repo}' is not a repository name; the form is OWNER/NAME")


def _make_checkout(repo: str, commit: str, target: Path, *, settings: Settings) -> tuple[str, ...]:
    source = mirror(repo, settings=settings)
    source = _with_commit(repo, commit, source, settings=settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
        tree = Path(folder) / "tree"
        git = _init(tree)
        _run(git, f"checking out {repo} at {commit}", "fetch", "--quiet", "--no-tags", "--depth=1",
             f"--upload-pack={_UPLOAD_PACK}", source.as_uri(), commit)  # fmt: skip
        _run(git, f"checking out {repo} at {commit}", "checkout", "--quiet", "--detach", commit)
        missing = _submodules(git, tree, settings=settings)
        _forget_history(tree / ".git")
        tree.rename(target)
    return missing


def _init(tree: Path) -> Any:
    tree.mkdir()
    git = _git(tree)
    _run(git, "starting a checkout", "init", "--quiet", "--template=", "--initial-branch=main")
    # Image layers and copies change inode numbers and ctimes; without these every `git status` reads every file again.
    # Official scripts call `git show`; on a commit without a parent that would print the whole tree (log.showRoot).
    for name, value in (("core.checkStat", "minimal"), ("core.trustctime", "false"), ("gc.auto", "0"),
                        ("core.logAllRefUpdates", "false"), ("log.showRoot", "false")):  # fmt: skip
        _run(git, "configuring a checkout", "config", name, value)
    return git


def _forget_history(git_folder: Path) -> None:
    for name in ("FETCH_HEAD", "ORIG_HEAD", "packed-refs"):
        (git_folder / name).unlink(missing_ok=True)
    for name in ("logs", "branches"):
        shutil.rmtree(git_folder / name, ignore_errors=True)
    (git_folder / "hooks").mkdir(exist_ok=True)


def _submodules(git: Any, tree: Path, *, settings: Settings) -> tuple[str, ...]:
    listed = _run(git, "listing the tree", "ls-tree", "-r", "-z", "HEAD").split("\0")
    links = [
        (line.partition("\t")[0].split()[2], line.partition("\t")[2]) for line in listed if line.startswith("160000 ")
    ]
    if not links:
        return ()
    urls = _submodule_urls(git, tree)
    missing = []
    for commit, path in links:
        repo = _repo_of(urls.get(path, ""))
        try:
            if repo is None:
                raise RepositoryError(f"its address {urls.get(path, '')!r} names no repository")
            source = checkout(repo, commit, settings=settings).path
        except RepositoryError as error:
            # The official images leave submodules empty; a missing one is said, not fatal.
            missing.append(f"submodule {path}: {error}")
            continue
        shutil.copytree(source, tree / path, symlinks=True, dirs_exist_ok=True)
    return tuple(missing)


def _submodule_urls(git: Any, tree: Path) -> Mapping[str, str]:
    if not (tree / ".gitmodules").is_file():
        return {}
    question = ("config", "--file", ".gitmodules", "-z", "--get-regexp", r"^submodule\..*\.(path|url)$")
    try:
        text = _run(git, "reading .gitmodules", *question)
    except RepositoryError:
        return {}  # it names none, or is no configuration file at all
    found: dict[str, dict[str, str]] = {}
    for line in filter(None, text.split("\0")):
        key, _, value = line.partition("\n")
        section, _, field = key.rpartition(".")
        found.setdefault(section, {})[field] = value
    return {entry["path"]: entry["url"] for entry in found.values() if {"path", "url"} <= entry.keys()}


def _repo_of(url: str) -> str | None:
    match = re.search(r"(?:^|[/:])([A-Za-z0-9][\w.-]*/[\w.-]+?)(?:\.git)?/?$", url)
    return match.group(1) if match else None


def _with_commit(repo: str, commit: str, source: Path, *, settings: Settings) -> Path:
    """A mirror that holds the commit: ``source``, or the kept one after fetching once more."""
    if _has(source, commit):
        return source
    if not settings.offline and source == _kept(repo, settings) and not repo.startswith("own/"):
        with _locked(source, settings):
            _run(_git(source), f"fetching {repo}", "fetch", "--quiet", "--tags", "origin", "+refs/*:refs/*")
            if not _has(source, commit):
                # Commits of rewritten branches hang from no ref, but a server may still give them by name.
                _run(_git(source), f"fetching {commit} of {repo}", "fetch", "--quiet", "origin", commit)
        if _has(source, commit):
            return source
    raise RepositoryError(
        f"commit {commit} is not in the mirror of {repo} ({source}); bring a mirror that has it with "
        f"`swebench-lite repos add {repo} --from PATH`"
    )


def _clone(repo: str, url: str, *, settings: Settings, replace: bool = False) -> Path:
    target = _kept(repo, settings)
    with _locked(target, settings):
        if target.is_dir() and not replace:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
            git = _git(Path(folder))
            _run(git, f"cloning {repo} from {url}", "clone", "--quiet", "--mirror", url, "new.git")
            if target.is_dir():
                target.rename(Path(folder) / "old.git")
            (Path(folder) / "new.git").rename(target)
    return target


def _from_history(repo: str, own: Mapping[str, Path], *, settings: Settings) -> Path:
    target = _kept(repo, settings)
    heads = {name: _head(_from_history(name, own, settings=settings))
             for name in histories.submodules_of(own[repo]).values()}  # fmt: skip
    stream = histories.fast_import_stream(own[repo], submodules=heads)
    import hashlib

    # The stream's digest is kept beside the mirror: an edited history is built again, an old mirror never lingers.
    stamp, digest = target.with_suffix(".sha256"), hashlib.sha256(stream).hexdigest()
    with _locked(target, settings):
        if target.is_dir() and stamp.is_file() and stamp.read_text() == digest:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as folder:
            git = _git(Path(folder))
            _run(git, f"making {repo}", "init", "--quiet", "--bare", "--template=", "--initial-branch=main")
            done = subprocess.run(
                [*_GIT, "fast-import", "--quiet"], cwd=folder, input=stream, capture_output=True, check=False,
                env={**os.environ, **_CLEAN_GIT},
            )  # fmt: skip
            if done.returncode:
                raise RepositoryError(
                    f"the history of {repo} does not import: {done.stderr.decode(errors='replace')[-300:]}"
                )
            shutil.copytree(folder, target)
        stamp.write_text(digest)
    return target


def _head(mirror_path: Path) -> str:
    return _run(_git(mirror_path), "asking for its head", "rev-parse", "refs/heads/main")


def _git(folder: Path) -> Any:
    try:
        import git
    except ImportError as error:  # the library refuses to load where there is no git at all
        raise RepositoryError(_NO_GIT) from error
    command = git.Git(str(folder))
    command.update_environment(**_CLEAN_GIT)
    return command


def _run(git: Any, doing: str, *arguments: str) -> str:
    import git as library

    try:
        return str(git.execute([*_GIT, *arguments]))
    except library.GitCommandError as error:
        if error.status == _NOT_FOUND:
            raise RepositoryError(_NO_GIT) from error
        lines = [line for line in str(error.stderr).strip().strip("'").splitlines() if line.strip()]
        raise RepositoryError(
            f"git failed while {doing}: {lines[-1].strip() if lines else f'status {error.status}'}"
        ) from error


def _has(folder: Path, commit: str) -> bool:
    status, _, _ = _git(folder).execute(
        [*_GIT, "cat-file", "-e", f"{commit}^{{tree}}"], with_extended_output=True, with_exceptions=False
    )
    return bool(status == 0)


def _is_git(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()


def _kept(repo: str, settings: Settings) -> Path:
    return settings.cache / "mirrors" / f"{repo.replace('/', '__')}.git"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def _locked(target: Path, settings: Settings) -> Iterator[None]:
    from filelock import FileLock

    locks = settings.cache / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    name = "-".join(target.relative_to(settings.cache).parts)
    with FileLock(locks / f"{name}.lock"):
        yield
