from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from swebench_lite import repositories
from swebench_lite.errors import RepositoryError, UsageError
from swebench_lite.repositories import checkout
from swebench_lite.settings import Settings, bundled

ROOT = Path(__file__).resolve().parent.parent
PLAIN = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "PATH": os.environ["PATH"],
}  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    """What git prints, in a world without anyone's settings."""
    done = subprocess.run(["git", *arguments], cwd=folder, env=PLAIN, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


class Upstream:
    """A repository with a bug, its base commit, and the fix that nobody may find."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
        self.write("old.txt", b"gone later\n")
        self.commit("first")
        (folder / "old.txt").unlink()
        self.write("code.py", b"answer = 41\n")
        self.write("windows.txt", b"one\r\ntwo\r\n")
        self.write("mixed.bin", bytes(range(256)))
        self.write("run.sh", b"#!/bin/sh\n")
        (folder / "run.sh").chmod(0o755)
        (folder / "link").symlink_to("code.py")
        self.base = self.commit("base")
        self.write("code.py", b"answer = 42\n")
        self.fix = self.commit("the fix")
        git(folder, "tag", "v1.0")

    def write(self, name: str, data: bytes) -> None:
        """Put a file into the work tree."""
        (self.folder / name).write_bytes(data)

    def commit(self, message: str) -> str:
        """Commit everything; the commit's id."""
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", message)
        return git(self.folder, "rev-parse", "HEAD")


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    """A fresh one."""
    return Upstream(tmp_path / "upstream")


@pytest.fixture
def added(upstream: Upstream, settings: Settings) -> Upstream:
    """One that is kept as the mirror of own-er/name."""
    repositories.add("some/repo", upstream.folder, settings=settings)
    return upstream


def _all_objects(tree: Path) -> set[str]:
    return set(git(tree, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split())


def _needed(source: Path, commit: str) -> set[str]:
    listed = git(source, "ls-tree", "-r", "-t", commit).splitlines()
    blobs_and_trees = {line.split()[2] for line in listed if " commit " not in line}
    return {commit, git(source, "rev-parse", f"{commit}^{{tree}}"), *blobs_and_trees}


def assert_one_commit(tree: Path, source: Path, commit: str) -> None:
    """Nothing but the commit and its tree, by any way that git offers to look."""
    assert _all_objects(tree) == _needed(source, commit)
    assert git(tree, "rev-list", "--all") == commit
    assert git(tree, "log", "--format=%H") == commit
    assert git(tree, "for-each-ref") == ""
    assert git(tree, "remote") == ""
    assert git(tree, "reflog", "show", "--all") == ""
    assert git(tree, "status", "--porcelain", "--ignored") == ""
    assert not [name for name in ("FETCH_HEAD", "ORIG_HEAD", "packed-refs", "logs") if (tree / ".git" / name).exists()]


def test_a_checkout_holds_one_commit_and_nothing_else(added: Upstream, settings: Settings) -> None:
    tree = checkout("some/repo", added.base, settings=settings).path
    assert_one_commit(tree, added.folder, added.base)


def test_the_fix_is_not_in_the_checkout(added: Upstream, settings: Settings) -> None:
    tree = checkout("some/repo", added.base, settings=settings).path
    with pytest.raises(subprocess.CalledProcessError):
        git(tree, "cat-file", "-e", added.fix)
    found = subprocess.run(["grep", "-r", "42", str(tree)], capture_output=True, text=True, check=False)
    assert "answer" not in found.stdout


def test_bytes_links_and_modes_are_those_of_the_commit(added: Upstream, settings: Settings) -> None:
    tree = checkout("some/repo", added.base, settings=settings).path
    assert (tree / "windows.txt").read_bytes() == b"one\r\ntwo\r\n"
    assert (tree / "mixed.bin").read_bytes() == bytes(range(256))
    assert (tree / "link").readlink() == Path("code.py")
    assert os.access(tree / "run.sh", os.X_OK)


def test_the_users_git_settings_do_not_reach_a_checkout(
    added: Upstream, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    hook = home / "hooks" / "post-checkout"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho hooked > hooked.txt\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(
        f"[core]\n\tautocrlf = true\n\teol = crlf\n\thooksPath = {hook.parent}\n\tsymlinks = false\n"
        '[url "file:///nowhere/"]\n\tinsteadOf = file:///\n'
    )
    (home / ".config" / "git" / "attributes").write_text("* text eol=crlf\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    tree = checkout("some/repo", added.base, settings=settings).path
    assert (tree / "code.py").read_bytes() == b"answer = 41\n"
    assert (tree / "windows.txt").read_bytes() == b"one\r\ntwo\r\n"
    assert (tree / "link").is_symlink()
    assert not (tree / "hooked.txt").exists()


def test_inside_a_git_hook_the_users_repository_is_left_alone(
    added: Upstream, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoy = Upstream(tmp_path / "decoy")
    before = sorted((str(path), path.stat().st_mtime_ns) for path in decoy.folder.rglob("*"))
    monkeypatch.setenv("GIT_DIR", str(decoy.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(decoy.folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(decoy.folder / ".git" / "index"))
    tree = checkout("some/repo", added.base, settings=settings).path
    assert (tree / "code.py").is_file()
    assert sorted((str(path), path.stat().st_mtime_ns) for path in decoy.folder.rglob("*")) == before


def test_a_checkout_is_made_once(added: Upstream, settings: Settings) -> None:
    first = checkout("some/repo", added.base, settings=settings)
    stamp = (first.path / "code.py").stat().st_mtime_ns
    assert checkout("some/repo", added.base, settings=settings) == first
    assert (first.path / "code.py").stat().st_mtime_ns == stamp


_PARALLEL = """
import sys, pathlib
from swebench_lite.repositories import checkout
from swebench_lite.settings import Settings
cache, repo, commit, github = sys.argv[1:]
print(checkout(repo, commit, settings=Settings(cache=pathlib.Path(cache), runs=pathlib.Path(cache), github=github)).path)
"""


def test_processes_that_want_the_same_checkout_share_one(
    upstream: Upstream, settings: Settings, tmp_path: Path
) -> None:
    bare = tmp_path / "hub" / "some" / "repo.git"
    git(tmp_path, "clone", "-q", "--mirror", str(upstream.folder), str(bare))
    arguments = [str(settings.cache), "some/repo", upstream.base, (tmp_path / "hub").as_uri()]
    command = [sys.executable, "-c", _PARALLEL, *arguments]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    places = {process.communicate(timeout=60)[0].strip() for process in running}
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    assert len(places) == 1
    assert_one_commit(Path(places.pop()), upstream.folder, upstream.base)
    assert [path.name for path in (settings.cache / "mirrors").iterdir()] == ["some__repo.git"]
    left = [path.name for path in (settings.cache / "checkouts" / "some__repo").iterdir()]
    assert sorted(left) == [upstream.base, f"{upstream.base}.kept", f"{upstream.base}.missing"]


def test_a_repository_is_cloned_from_where_the_settings_say(
    upstream: Upstream, settings: Settings, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--mirror", str(upstream.folder), str(tmp_path / "hub" / "some" / "repo.git"))
    online = replace(settings, offline=False, github=(tmp_path / "hub").as_uri())
    tree = checkout("some/repo", upstream.base, settings=online).path
    assert_one_commit(tree, upstream.folder, upstream.base)


def test_a_repository_is_cloned_over_http(upstream: Upstream, settings: Settings, tmp_path: Path) -> None:
    bare = tmp_path / "hub" / "some" / "repo.git"
    git(tmp_path, "clone", "-q", "--mirror", str(upstream.folder), str(bare))
    git(bare, "update-server-info")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    handler = functools.partial(Quiet, directory=str(tmp_path / "hub"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        online = replace(settings, offline=False, github=f"http://127.0.0.1:{server.server_port}")
        tree = checkout("some/repo", upstream.base, settings=online).path
        server.shutdown()
    assert_one_commit(tree, upstream.folder, upstream.base)


def test_a_kept_mirror_fetches_a_commit_that_came_later(upstream: Upstream, settings: Settings, tmp_path: Path) -> None:
    bare = tmp_path / "hub" / "some" / "repo.git"
    git(tmp_path, "clone", "-q", "--mirror", str(upstream.folder), str(bare))
    online = replace(settings, offline=False, github=(tmp_path / "hub").as_uri())
    checkout("some/repo", upstream.base, settings=online)
    upstream.write("later.txt", b"later\n")
    later = upstream.commit("later")
    git(bare, "fetch", "-q", str(upstream.folder), "+refs/*:refs/*")
    assert (checkout("some/repo", later, settings=online).path / "later.txt").is_file()


@pytest.mark.parametrize(
    "name",
    [
        "some+repo/repo",
        "some__repo.git",
        "some/repo.git",
        "some+repo",
        "some__repo",
        "some__repo/.git",
        "some+repo/.git",
    ],
)
def test_mirrors_are_found_in_every_form_of_folder(
    name: str, upstream: Upstream, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "my mirrors" / name
    git(tmp_path, "clone", "-q", "--mirror", str(upstream.folder), str(folder))
    with_mirrors = replace(settings, mirrors=(tmp_path / "empty", tmp_path / "my mirrors"))
    assert repositories.local_mirror("some/repo", settings=with_mirrors) == folder
    tree = checkout("some/repo", upstream.base, settings=with_mirrors).path
    assert_one_commit(tree, upstream.folder, upstream.base)


def test_a_shallow_mirror_serves_the_commit_that_it_has(upstream: Upstream, settings: Settings, tmp_path: Path) -> None:
    git(upstream.folder, "checkout", "-q", "-b", "old", upstream.base)
    shallow = tmp_path / "mirrors" / "some__repo.git"
    git(tmp_path, "clone", "-q", "--bare", "--depth=1", "--branch=old", upstream.folder.as_uri(), str(shallow))
    tree = checkout("some/repo", upstream.base, settings=replace(settings, mirrors=(shallow.parent,))).path
    assert_one_commit(tree, upstream.folder, upstream.base)


def test_a_commit_that_no_branch_holds_can_be_checked_out(upstream: Upstream, settings: Settings) -> None:
    git(upstream.folder, "reset", "-q", "--hard", upstream.base)
    git(upstream.folder, "tag", "-d", "v1.0")
    git(upstream.folder, "branch", "-q", "-f", "other", upstream.base)
    settings = replace(settings, mirrors=(upstream.folder.parent / "mirrors",))
    settings.mirrors[0].mkdir()
    (settings.mirrors[0] / "some__repo").symlink_to(upstream.folder)
    assert (checkout("some/repo", upstream.fix, settings=settings).path / "code.py").read_bytes() == b"answer = 42\n"


def test_adding_again_replaces_the_mirror(added: Upstream, settings: Settings, tmp_path: Path) -> None:
    other = Upstream(tmp_path / "other")
    other.write("only-here.txt", b"x\n")
    newest = other.commit("newest")
    with pytest.raises(RepositoryError):
        checkout("some/repo", newest, settings=settings)
    kept = repositories.add("some/repo", other.folder / ".git", settings=settings)
    assert (checkout("some/repo", newest, settings=settings).path / "only-here.txt").is_file()
    assert [path.name for path in kept.parent.iterdir()] == ["some__repo.git"]


def test_what_is_no_git_directory_is_not_added(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a git directory"):
        repositories.add("some/repo", tmp_path, settings=settings)


def test_added_mirrors_and_own_histories_are_listed(added: Upstream, settings: Settings) -> None:
    listed = {name: size for name, _, size in repositories.known(settings=settings)}
    assert listed["some/repo"] > 0
    assert "own/rangeset" in listed


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../b", "a", "a/b/c", "/etc/passwd", "a/..", "", "a b/c", "-x/y", "a/b\n", "https://h/a/b", "a/b;c"],
)
def test_what_is_no_repository_name_is_refused(name: str, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="is not a repository name"):
        repositories.local_mirror(name, settings=settings)
    with pytest.raises(RepositoryError, match="is not a repository name"):
        repositories.add(name, tmp_path, settings=settings)


@pytest.mark.parametrize("commit", ["main", "abc123", "", "--upload-pack=x", "A" * 40, "0" * 39, "0" * 41])
def test_what_is_no_full_commit_id_is_refused(commit: str, added: Upstream, settings: Settings) -> None:
    with pytest.raises(RepositoryError, match="is not a full commit id"):
        checkout("some/repo", commit, settings=settings)


def test_offline_a_missing_repository_is_named_with_what_brings_it(settings: Settings) -> None:
    with pytest.raises(RepositoryError, match=r"repository some/repo is not here.*repos add some/repo --from"):
        checkout("some/repo", "0" * 40, settings=settings)


def test_a_missing_commit_is_named_with_its_repository(added: Upstream, settings: Settings) -> None:
    for each in (settings, replace(settings, offline=False)):
        with pytest.raises(RepositoryError, match=r"1111.*some/repo"):
            checkout("some/repo", "1" * 40, settings=each)


def test_a_repository_that_the_server_does_not_have_is_named(settings: Settings, tmp_path: Path) -> None:
    online = replace(settings, offline=False, github=tmp_path.as_uri())
    with pytest.raises(RepositoryError, match="some/repo"):
        checkout("some/repo", "0" * 40, settings=online)
    assert not list((settings.cache / "mirrors").glob("*")), "a failed clone must leave nothing behind"


def test_without_git_the_message_says_how_to_get_it(added: Upstream, settings: Settings, tmp_path: Path) -> None:
    script = _PARALLEL.replace("print(", "from swebench_lite.errors import RepositoryError\ntry: print(")
    script += "except RepositoryError as error: print(error)\n"
    arguments = [str(settings.cache), "some/repo", added.base, "file:///nowhere"]
    (tmp_path / "env").symlink_to("/usr/bin/env")
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "git is not installed; install it" in done.stdout


def _with_submodule(upstream: Upstream, inner: Upstream, url: str) -> str:
    upstream.write(".gitmodules", f'[submodule "in"]\n\tpath = deep/in ner\n\turl = {url}\n'.encode())
    git(upstream.folder, "update-index", "--add", "--cacheinfo", f"160000,{inner.base},deep/in ner")
    git(upstream.folder, "add", ".gitmodules")
    git(upstream.folder, "commit", "-q", "-m", "a submodule")
    return git(upstream.folder, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    "url", ["https://github.com/other/inner.git", "git@github.com:other/inner", "https://x.org/other/inner/"]
)
def test_a_submodule_with_a_mirror_is_checked_out_at_its_commit(
    url: str, upstream: Upstream, settings: Settings, tmp_path: Path
) -> None:
    inner = Upstream(tmp_path / "inner")
    commit = _with_submodule(upstream, inner, url)
    repositories.add("some/repo", upstream.folder, settings=settings)
    repositories.add("other/inner", inner.folder, settings=settings)
    made = checkout("some/repo", commit, settings=settings)
    assert made.missing == ()
    assert (made.path / "deep/in ner/code.py").read_bytes() == b"answer = 41\n"
    assert_one_commit(made.path / "deep/in ner", inner.folder, inner.base)
    assert git(made.path, "status", "--porcelain") == ""


def test_a_submodule_without_a_mirror_is_said_and_not_fatal(
    upstream: Upstream, settings: Settings, tmp_path: Path
) -> None:
    commit = _with_submodule(upstream, Upstream(tmp_path / "inner"), "https://github.com/other/inner.git")
    repositories.add("some/repo", upstream.folder, settings=settings)
    for _ in range(2):
        made = checkout("some/repo", commit, settings=settings)
        assert len(made.missing) == 1
        assert "deep/in ner" in made.missing[0]
        assert "other/inner" in made.missing[0]
    assert (made.path / "code.py").is_file()


def test_a_lent_tree_tells_which_submodules_it_lacks(upstream: Upstream, settings: Settings, tmp_path: Path) -> None:
    commit = _with_submodule(upstream, Upstream(tmp_path / "inner"), "https://github.com/other/inner.git")
    repositories.add("some/repo", upstream.folder, settings=settings)
    with repositories.borrowed("some/repo", commit, settings=settings):
        (said,) = repositories.missing("some/repo", commit, settings=settings)
    assert "other/inner" in said
    assert repositories.missing("some/repo", commit, settings=settings) == ()


def test_our_own_histories_give_the_commits_that_their_instances_name(settings: Settings) -> None:
    from swebench_lite import histories

    rows = histories.read_instances(bundled("instances") / "own")
    for row in rows[:3]:
        tree = checkout(str(row["repo"]), str(row["base_commit"]), settings=settings).path
        mirror = repositories.mirror(str(row["repo"]), settings=settings)
        assert_one_commit(tree, mirror, str(row["base_commit"]))


def test_checkouts_of_real_mirrors_hold_one_commit(settings: Settings) -> None:
    folders = [Path(part) for part in os.environ.get("SWEBENCH_LITE_MIRRORS", "").split(os.pathsep) if part]
    found = [(each, path) for each in folders if each.is_dir() for path in sorted(each.glob("*+*/repo"))][:2]
    if not found:
        pytest.skip("SWEBENCH_LITE_MIRRORS names no folder with OWNER+NAME/repo in it")
    for folder, path in found:
        name = path.parent.name.replace("+", "/")
        commit = git(path, "rev-list", "-1", "--skip=50", "--all")
        tree = checkout(name, commit, settings=replace(settings, mirrors=(folder,))).path
        assert git(tree, "rev-list", "--all") == commit
        assert git(tree, "log", "--format=%H") == commit
        assert _all_objects(tree) == _needed(path, commit)


# --- trees that are lent


def test_a_lent_checkout_is_gone_when_its_last_user_is(added: Upstream, settings: Settings) -> None:
    with repositories.borrowed("some/repo", added.base, settings=settings) as first:
        with repositories.borrowed("some/repo", added.base, settings=settings) as second:
            assert first == second
        assert_one_commit(first, added.folder, added.base)
    assert not first.exists()
    assert [path.name for path in (settings.cache / "checkouts" / "some__repo").iterdir()] == []


def test_a_checkout_that_somebody_keeps_is_not_dropped_by_who_borrowed_it(added: Upstream, settings: Settings) -> None:
    with repositories.borrowed("some/repo", added.base, settings=settings):
        kept = checkout("some/repo", added.base, settings=settings).path
    assert_one_commit(kept, added.folder, added.base)


def test_a_lent_checkout_survives_an_error_of_one_of_its_users(added: Upstream, settings: Settings) -> None:
    with repositories.borrowed("some/repo", added.base, settings=settings) as tree:
        with pytest.raises(ZeroDivisionError), repositories.borrowed("some/repo", added.base, settings=settings):
            raise ZeroDivisionError
        assert tree.is_dir()


_BORROW = """
import sys, time
from pathlib import Path
from swebench_lite.repositories import borrowed
from swebench_lite.settings import Settings

settings = Settings(cache=Path(sys.argv[1]), runs=Path(sys.argv[1]))
for _ in range(12):
    with borrowed("some/repo", sys.argv[2], settings=settings) as tree:
        assert (tree / "code.py").read_bytes() == b"answer = 41\\n"
        time.sleep(0.01)
"""


def test_processes_that_lend_and_drop_the_same_tree_never_lose_it(added: Upstream, settings: Settings) -> None:
    command = [sys.executable, "-c", _BORROW, str(settings.cache), added.base]
    started = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [one.communicate(timeout=60)[1] for one in started] == [""] * 4
    assert [one.returncode for one in started] == [0] * 4
    assert not (settings.cache / "checkouts" / "some__repo" / added.base).exists()


# --- what a mirror tells without a checkout


def test_the_files_of_a_commit_are_listed_without_a_checkout(added: Upstream, settings: Settings) -> None:
    listed = repositories.files("some/repo", added.base, settings=settings)
    assert listed == ("code.py", "link", "mixed.bin", "run.sh", "windows.txt")
    assert not (settings.cache / "checkouts").exists()


def test_files_whose_names_no_encoding_explains_are_listed_too(
    upstream: Upstream, settings: Settings, tmp_path: Path
) -> None:
    (Path(os.fsdecode(os.fsencode(upstream.folder) + b"/\xff.txt"))).write_text("x")
    commit = upstream.commit("odd name")
    repositories.add("some/repo", upstream.folder, settings=settings)
    assert len(repositories.files("some/repo", commit, settings=settings)) == 6


def test_an_ancestor_is_the_newest_before_the_day(upstream: Upstream, settings: Settings) -> None:
    dates = ("2019-06-01", "2020-12-31", "2021-01-01", "2021-05-01")
    commits = []
    for day in dates:
        upstream.write("code.py", day.encode())
        git(upstream.folder, "add", "-A")
        stamp = f"{day}T12:00:00Z"
        subprocess.run(
            ["git", "commit", "-q", "-m", day], cwd=upstream.folder, check=True,
            env={**PLAIN, "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp},
        )  # fmt: skip
        commits.append(git(upstream.folder, "rev-parse", "HEAD"))
    repositories.add("some/repo", upstream.folder, settings=settings)
    assert repositories.ancestor("some/repo", commits[3], "2021-01-01", settings=settings) == commits[1]
    assert repositories.ancestor("some/repo", commits[3], "2019-01-01", settings=settings) is None
    assert [repositories.committed("some/repo", one, settings=settings) for one in commits] == list(dates)


def test_the_nearest_tag_before_a_commit_is_told_with_the_steps_since(added: Upstream, settings: Settings) -> None:
    added.write("code.py", b"answer = 43\n")
    later = added.commit("more")
    repositories.add("some/repo", added.folder, settings=settings)
    assert repositories.described("some/repo", later, settings=settings).startswith("v1.0-1-g")
    assert repositories.described("some/repo", added.base, settings=settings) == ""


def test_a_mirror_of_a_single_commit_knows_no_ancestor(upstream: Upstream, settings: Settings, tmp_path: Path) -> None:
    shallow = tmp_path / "mirrors" / "some__repo.git"
    git(tmp_path, "clone", "-q", "--bare", "--depth=1", upstream.folder.as_uri(), str(shallow))
    use = replace(settings, mirrors=(tmp_path / "mirrors",))
    head = git(shallow, "rev-parse", "HEAD")
    assert repositories.ancestor("some/repo", head, "2001-01-01", settings=use) is None
    assert "code.py" in repositories.files("some/repo", head, settings=use)


def test_a_directory_that_lacks_objects_serves_the_commits_that_it_has_whole(
    upstream: Upstream, settings: Settings
) -> None:
    blob = git(upstream.folder, "rev-parse", f"{upstream.base}~:old.txt")
    (upstream.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    repositories.add("some/repo", upstream.folder, settings=settings)
    tree = checkout("some/repo", upstream.base, settings=settings).path
    assert (tree / "code.py").read_bytes() == b"answer = 41\n"
    with pytest.raises(RepositoryError, match="some/repo"):
        checkout("some/repo", git(upstream.folder, "rev-parse", f"{upstream.base}~"), settings=settings)


FILES = {"a.txt": b"1\n", "b/c.txt": b"2\n"}


def test_kept_files_stay_known_when_their_refs_are_packed(settings: Settings) -> None:
    commit = repositories.keep("tasks/one", FILES, settings=settings)
    git(settings.cache / "mirrors" / "tasks__one.git", "pack-refs", "--all")
    assert repositories.keep("tasks/one", FILES, settings=settings) == commit
    assert repositories.files("tasks/one", commit, settings=settings) == ("a.txt", "b/c.txt")


def test_a_ref_without_its_commit_is_no_proof_that_files_are_kept(settings: Settings) -> None:
    commit = repositories.keep("tasks/one", FILES, settings=settings)
    (settings.cache / "mirrors" / "tasks__one.git" / "refs" / "trees" / commit).write_text("")
    assert repositories.keep("tasks/one", FILES, settings=settings) == commit
    assert repositories.files("tasks/one", commit, settings=settings) == ("a.txt", "b/c.txt")


def test_kept_files_are_read_where_the_user_prefers_another_format(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    commit = repositories.keep("tasks/one", FILES, settings=settings)
    assert (repositories.checkout("tasks/one", commit, settings=settings).path / "b" / "c.txt").read_bytes() == b"2\n"


def test_a_mirror_of_kept_files_in_another_format_is_made_anew(settings: Settings) -> None:
    place = settings.cache / "mirrors" / "tasks__one.git"
    place.mkdir(parents=True)
    git(place, "init", "-q", "--bare", "--object-format=sha256")
    commit = repositories.keep("tasks/one", FILES, settings=settings)
    assert repositories.files("tasks/one", commit, settings=settings) == ("a.txt", "b/c.txt")


def test_of_kept_files_that_are_gone_the_message_names_the_dataset_and_no_mirror(settings: Settings) -> None:
    repositories.keep("tasks/one", FILES, settings=settings)
    with pytest.raises(RepositoryError, match="name its dataset again") as caught:
        repositories.checkout("tasks/one", "0" * 40, settings=settings)
    assert "repos add" not in str(caught.value)
