"""Histories of our own instances: what ships is what it says it is, and a broken file is named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swebench_lite.errors import DatasetError
from swebench_lite.histories import fast_import_stream, histories, read_instances, submodules_of
from swebench_lite.settings import bundled

OWN = bundled("instances") / "own"
ROWS = {str(row["instance_id"]): row for row in read_instances(OWN)}
QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

COMMIT = {
    "message": "First",
    "author": "Ann Author",
    "email": "ann@example.org",
    "date": "2023-01-02T03:04:05+02:00",
    "add": "01",
}
ROW = {
    "instance_id": "own__x-1",
    "repo": "own/x",
    "language": "python",
    "base_commit": "0" * 40,
    "created_at": "2023-01-03T00:00:00Z",
    "version": "1",
    "difficulty": "<15 min fix",
    "log_parser": "parse_log_pytest",
    "test_command": "python -m pytest -rA",
    "eval_type": "pass_and_fail",
    "FAIL_TO_PASS": ["a"],
    "PASS_TO_PASS": [],
}


def git(where: Path, *arguments: str, given_input: bytes | None = None) -> bytes:
    done = subprocess.run(
        ["git", *arguments], cwd=where, input=given_input, capture_output=True, check=False, env={**os.environ, **QUIET}
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def build(history: Path, place: Path, *, submodules: Mapping[str, str] | None = None) -> str:
    """Makes the bare repository and returns the commit that main points to."""
    place.mkdir(parents=True)
    git(place, "init", "--quiet", "--bare", "-b", "main")
    git(place, "fast-import", "--quiet", given_input=fast_import_stream(history, submodules=submodules or {}))
    return git(place, "rev-parse", "main").decode().strip()


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every shipped history as a bare repository, submodules first."""
    place = tmp_path_factory.mktemp("repositories")
    found = histories(OWN)
    heads: dict[str, str] = {}
    for repo in sorted(found, key=lambda name: len(submodules_of(found[name]))):
        heads[repo] = build(found[repo], place / repo, submodules=heads)
    return {repo: place / repo for repo in found}


@pytest.fixture(params=sorted(ROWS))
def row(request: pytest.FixtureRequest) -> dict[str, object]:
    return ROWS[request.param]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A history of one commit with two files."""
    return write_history(tmp_path / "history", [COMMIT], {"01/a.txt": b"one\ntwo\n", "01/run": b"#!/bin/sh\n"})


def write_history(place: Path, commits: object, files: Mapping[str, bytes], **more: object) -> Path:
    place.mkdir(parents=True)
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    (place / "history.json").write_text(json.dumps({"commits": commits, **more}), encoding="utf-8")
    return place


def write_instance(folder: Path, **changes: object) -> Path:
    place = folder / "own__x-1"
    place.mkdir(parents=True)
    values = {name: value for name, value in {**ROW, **changes}.items() if value is not None}
    (place / "instance.json").write_text(json.dumps(values), encoding="utf-8")
    for name in ("issue.md", "gold.patch", "test.patch"):
        (place / name).write_text("x\n", encoding="utf-8")
    return place


def base_tree(row: Mapping[str, object], repositories: Mapping[str, Path]) -> dict[str, str]:
    """Path -> mode of everything at the base commit."""
    lines = git(repositories[str(row["repo"])], "ls-tree", "-r", str(row["base_commit"])).decode().splitlines()
    return {line.split("\t")[1]: line.split(" ")[0] for line in lines}


def touched(patch: object) -> list[str]:
    return re.findall(r"^diff --git a/(\S+) b/", str(patch), flags=re.MULTILINE)


# What ships


def test_the_base_commit_is_the_last_commit_before_the_future(
    row: dict[str, object], repositories: dict[str, Path]
) -> None:
    repo = str(row["repo"])
    future = json.loads((histories(OWN)[repo] / "history.json").read_bytes()).get("future", [])
    assert git(repositories[repo], "rev-parse", f"main~{len(future)}").decode().strip() == row["base_commit"]


def test_a_built_repository_is_sound(row: dict[str, object], repositories: dict[str, Path]) -> None:
    assert b"error" not in git(repositories[str(row["repo"])], "fsck", "--strict", "--full")


def test_a_history_has_three_to_five_commits_up_to_the_base(
    row: dict[str, object], repositories: dict[str, Path]
) -> None:
    count = git(repositories[str(row["repo"])], "rev-list", "--count", str(row["base_commit"]))
    assert 3 <= int(count) <= 5


@pytest.mark.parametrize("order", [("patch", "test_patch"), ("test_patch", "patch")], ids=["gold first", "test first"])
def test_both_patches_apply_at_the_base_with_plain_git_apply(
    row: dict[str, object], repositories: dict[str, Path], tmp_path: Path, order: tuple[str, str]
) -> None:
    git(tmp_path, "clone", "--quiet", "--no-checkout", str(repositories[str(row["repo"])]), "work")
    work = tmp_path / "work"
    git(work, "checkout", "--quiet", str(row["base_commit"]))
    for name in order:
        git(work, "apply", "-", given_input=str(row[name]).encode("utf-8", "surrogateescape"))
    changed = {line[3:] for line in git(work, "status", "--porcelain", "-uall").decode().splitlines()}
    assert changed == {*touched(row["patch"]), *touched(row["test_patch"])}


def test_gold_and_test_patch_touch_different_files(row: dict[str, object]) -> None:
    assert not set(touched(row["patch"])) & set(touched(row["test_patch"]))


def test_an_instance_has_tests_of_both_kinds_and_none_of_two_kinds(row: dict[str, object]) -> None:
    fail, passing = row["FAIL_TO_PASS"], row["PASS_TO_PASS"]
    assert isinstance(fail, list)
    assert isinstance(passing, list)
    assert fail
    assert len(passing) > 1
    assert len({*fail, *passing}) == len(fail) + len(passing)


def test_there_are_enough_instances_in_every_language() -> None:
    languages = [row["language"] for row in ROWS.values()]
    least = {"python": 3, "go": 2, "rust": 1, "cpp": 2, "node": 2}
    assert {name: min(languages.count(name), count) for name, count in least.items()} == least


def test_some_gold_patch_touches_several_files() -> None:
    assert any(len(touched(row["patch"])) > 1 for row in ROWS.values())


@pytest.mark.parametrize("what", ["new file mode", "deleted file mode"])
def test_some_gold_patch_adds_a_file_and_some_deletes_one(what: str) -> None:
    assert any(re.search(rf"^{what} 100644$", str(row["patch"]), flags=re.MULTILINE) for row in ROWS.values())


@pytest.mark.parametrize("mode", ["120000", "160000", "100755"], ids=["symlink", "submodule", "executable"])
def test_some_base_tree_holds_an_entry_of_each_mode(mode: str, repositories: dict[str, Path]) -> None:
    assert any(mode in base_tree(row, repositories).values() for row in ROWS.values())


def test_some_gold_patch_edits_a_file_with_crlf_line_ends(repositories: dict[str, Path]) -> None:
    def is_crlf(row: Mapping[str, object], path: str) -> bool:
        blob = git(repositories[str(row["repo"])], "cat-file", "blob", f"{row['base_commit']}:{path}")
        return blob.count(b"\n") == blob.count(b"\r\n") > 0

    edited = [(row, path) for row in ROWS.values() for path in touched(row["patch"])]
    assert any(is_crlf(row, path) for row, path in edited if path in base_tree(row, repositories))


def test_at_least_two_histories_go_on_after_the_base(repositories: dict[str, Path]) -> None:
    heads = {name: git(repositories[str(row["repo"])], "rev-parse", "main").decode() for name, row in ROWS.items()}
    assert sum(heads[name].strip() != row["base_commit"] for name, row in ROWS.items()) >= 2


def test_a_future_holds_the_fix(repositories: dict[str, Path], tmp_path: Path) -> None:
    row = ROWS["own__lruttl-1"]
    git(tmp_path, "clone", "--quiet", "--no-checkout", str(repositories["own/lruttl"]), "work")
    git(tmp_path / "work", "checkout", "--quiet", str(row["base_commit"]))
    for name in ("patch", "test_patch"):
        git(tmp_path / "work", "apply", "--index", "-", given_input=str(row[name]).encode())
    assert git(tmp_path / "work", "write-tree") == git(tmp_path / "work", "rev-parse", "origin/main^{tree}")


def test_a_submodule_entry_names_a_commit_of_the_repository_that_gitmodules_names(
    repositories: dict[str, Path],
) -> None:
    for repo, history in histories(OWN).items():
        for path, name in submodules_of(history).items():
            entry = git(repositories[repo], "rev-parse", f"main:{path}").decode().strip()
            assert git(repositories[name], "cat-file", "-t", entry) == b"commit\n"
            text = git(repositories[repo], "cat-file", "blob", "main:.gitmodules").decode()
            assert text == f'[submodule "{path}"]\n\tpath = {path}\n\turl = https://github.com/{name}\n'


def test_the_history_of_a_submodule_is_found_by_its_name() -> None:
    found = histories(OWN)
    names = {name for history in found.values() for name in submodules_of(history).values()}
    assert names
    assert names <= set(found)


# Streams


def test_a_stream_is_the_same_every_time(history: Path) -> None:
    assert fast_import_stream(history, submodules={}) == fast_import_stream(history, submodules={})


def test_a_commit_keeps_author_date_and_message(history: Path, tmp_path: Path) -> None:
    build(history, tmp_path / "bare")
    shown = git(tmp_path / "bare", "log", "--format=%an|%ae|%aI|%cn|%cI|%B", "main").decode().strip()
    when = "2023-01-02T03:04:05+02:00"
    assert shown == f"Ann Author|ann@example.org|{when}|Ann Author|{when}|First"


def test_modes_line_ends_and_links_come_from_the_history_file(tmp_path: Path) -> None:
    commit = {**COMMIT, "crlf": ["a.txt"], "executable": ["run"], "symlinks": {"link": "a.txt"}}
    history = write_history(tmp_path / "h", [commit], {"01/a.txt": b"one\r\ntwo\n", "01/run": b"#!/bin/sh\n"})
    build(history, tmp_path / "bare")
    tree = git(tmp_path / "bare", "ls-tree", "main").decode().splitlines()
    assert [line.split(" ")[0] + line.split("\t")[1] for line in tree] == ["100644a.txt", "120000link", "100755run"]
    assert git(tmp_path / "bare", "cat-file", "blob", "main:a.txt") == b"one\r\ntwo\r\n"
    assert git(tmp_path / "bare", "cat-file", "blob", "main:link") == b"a.txt"


def test_a_later_commit_deletes_and_overwrites(tmp_path: Path) -> None:
    commits = [COMMIT, {**COMMIT, "add": "02", "delete": ["b"]}]
    files = {"01/a": b"old", "01/b": b"gone", "02/a": b"new"}
    build(write_history(tmp_path / "h", commits, files), tmp_path / "bare")
    assert git(tmp_path / "bare", "ls-tree", "--name-only", "main") == b"a\n"
    assert git(tmp_path / "bare", "cat-file", "blob", "main:a") == b"new"


def test_a_deleted_submodule_takes_its_gitmodules_along(tmp_path: Path) -> None:
    first = {**COMMIT, "submodule": {"path": "lib", "repo": "own/lib"}}
    commits = [first, {**COMMIT, "add": "02", "delete": ["lib"]}]
    history = write_history(tmp_path / "h", commits, {"01/a": b"a", "02/a": b"b"})
    build(history, tmp_path / "bare", submodules={"own/lib": "1" * 40})
    assert git(tmp_path / "bare", "ls-tree", "--name-only", "main~1") == b".gitmodules\na\nlib\n"
    assert git(tmp_path / "bare", "ls-tree", "--name-only", "main") == b"a\n"


def test_compiled_files_of_an_installer_are_no_part_of_the_history(history: Path) -> None:
    before = fast_import_stream(history, submodules={})
    (history / "01" / "__pycache__").mkdir()
    (history / "01" / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"\0")
    assert fast_import_stream(history, submodules={}) == before


def test_file_modes_on_disk_do_not_count(history: Path) -> None:
    before = fast_import_stream(history, submodules={})
    (history / "01" / "run").chmod(0o755)
    assert fast_import_stream(history, submodules={}) == before


@settings(max_examples=15, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_of_a_file_arrive_unchanged(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        build(write_history(place / "h", [COMMIT], {"01/ä b": data}), place / "bare")
        assert git(place / "bare", "cat-file", "blob", "main:ä b") == data


# Broken files


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mesage": "x"}, r"unknown key 'commits\[0\].mesage'; did you mean 'commits\[0\].message'"),
        ({"message": ""}, r"key 'commits\[0\].message': String should have at least 1 character"),
        ({"author": "A <b>"}, r"key 'commits\[0\].author'"),
        ({"author": "A\0B"}, r"key 'commits\[0\].author'"),
        ({"date": "2020-01-01T00:00:00+23:59"}, r"key 'commits\[0\].date': git knows no zone farther from UTC"),
        ({"date": "2023-01-02T03:04:05"}, r"key 'commits\[0\].date'.*timezone"),
        ({"date": "yesterday"}, r"key 'commits\[0\].date'"),
        ({"add": "02"}, r"key 'commits\[0\].add': there are no files in"),
        ({"add": "../01"}, r"key 'commits\[0\].add': this is no plain path.*\"../01\""),
        ({"delete": ["b.txt"]}, r"key 'commits\[0\].delete': unknown path 'b.txt'"),
        ({"delete": "a.txt"}, r"key 'commits\[0\].delete': Input should be a valid array"),
        ({"crlf": ["b.txt"]}, r"key 'commits\[0\].crlf': unknown file 'b.txt'; did you mean 'a.txt'"),
        ({"executable": ["rum"]}, r"key 'commits\[0\].executable': unknown file 'rum'; did you mean 'run'"),
        ({"symlinks": {"a.txt": "run"}}, r"key 'commits\[0\].symlinks': 'a.txt' is a file"),
        ({"symlinks": {"/etc/x": "run"}}, r"key 'commits\[0\].symlinks./etc/x.*no plain path"),
        ({"symlinks": {".git/x": "run"}}, r"key 'commits\[0\].symlinks..git/x.*no plain path"),
        ({"symlinks": ["a"]}, r"key 'commits\[0\].symlinks': Input should be an object"),
        ({"submodule": {"path": "lib"}}, r"key 'commits\[0\].submodule.repo': Field required"),
        (
            {"submodule": {"path": "lib", "repo": "own/lob"}},
            r"key 'commits\[0\].submodule': unknown repository 'own/lob'",
        ),
    ],
)
def test_a_malformed_commit_is_named_with_its_key(history: Path, changes: dict[str, object], words: str) -> None:
    (history / "history.json").write_text(json.dumps({"commits": [{**COMMIT, **changes}]}), encoding="utf-8")
    with pytest.raises(DatasetError, match=rf"history\.json: .*{words}"):
        fast_import_stream(history, submodules={"own/lib": "1" * 40})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Invalid JSON"),
        ("[]", "Input should be an object"),
        ("{}", "key 'commits': Field required"),
        ('{"commits": [], "future": [{}]}', "key 'commits': Tuple should have at least 1 item"),
        ('{"commits": {}}', "key 'commits': Input should be a valid array"),
        ('{"commits": [1]}', "key 'commits[0]': Input should be an object, not 1"),
        ('{"commit": []}', "unknown key 'commit'; did you mean 'commits'"),
        ('{"commits": ["\\ud800"]}', "Invalid JSON"),
    ],
)
def test_a_malformed_history_file_is_named(history: Path, text: str, words: str) -> None:
    (history / "history.json").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=rf"history\.json.*{re.escape(words)}"):
        fast_import_stream(history, submodules={})


def test_a_history_without_its_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"history\.json: cannot be read"):
        submodules_of(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*COMMIT, "delete", "symlinks", "crlf", "submodule", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(changes=st.dictionaries(st.sampled_from([*COMMIT, "delete", "symlinks", "crlf", "submodule"]), JSON))
def test_any_history_file_gives_a_stream_or_a_dataset_error(changes: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = write_history(Path(folder) / "h", [{**COMMIT, **changes}], {"01/a": b"a"})
        try:
            end = fast_import_stream(history, submodules={})[-5:]
        except DatasetError as error:
            end = str(error).split(": ")[0][-12:].encode()
        assert end in {b"done\n", b"history.json"}


# Rows


def test_a_row_has_the_columns_of_a_swebench_row() -> None:
    columns = {"repo", "instance_id", "base_commit", "patch", "test_patch", "problem_statement", "hints_text"}
    columns |= {"created_at", "version", "FAIL_TO_PASS", "PASS_TO_PASS", "environment_setup_commit", "log_parser"}
    assert all(columns | {"eval_type", "difficulty", "language", "test_command"} <= set(row) for row in ROWS.values())


def test_line_ends_and_undecodable_bytes_of_a_patch_survive(tmp_path: Path) -> None:
    raw = b"--- a/x\r\n+++ b/x\r\n-\xe9\r\n+\xc3\xa9\n"
    (write_instance(tmp_path) / "gold.patch").write_bytes(raw)
    (row,) = read_instances(tmp_path)
    assert str(row["patch"]).encode("utf-8", "surrogateescape") == raw


def test_folders_that_start_with_a_dot_or_underscore_are_no_instances(tmp_path: Path) -> None:
    write_instance(tmp_path)
    (tmp_path / "_submodules").mkdir()
    (tmp_path / ".cache").mkdir()
    assert [row["instance_id"] for row in read_instances(tmp_path)] == ["own__x-1"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"repo": None}, "key 'repo': Field required"),
        ({"instance_id": "own__y-1"}, "key 'instance_id': 'own__y-1' is not the name of its folder"),
        ({"language": "pyhton"}, "key 'language': Input should be 'python', 'go'"),
        ({"eval_type": "fail"}, "key 'eval_type': Input should be"),
        ({"base_commit": "abc"}, "key 'base_commit': String should match pattern"),
        ({"FAIL_TO_PASS": []}, "key 'FAIL_TO_PASS': List should have at least 1 item"),
        ({"FAIL_TO_PASS": "a"}, "key 'FAIL_TO_PASS': Input should be a valid array"),
        ({"PASS_TO_PASS": None}, "key 'PASS_TO_PASS': Field required"),
        ({"test_comand": "x"}, "unknown key 'test_comand'; did you mean 'test_command'"),
    ],
)
def test_a_malformed_instance_is_named_with_its_key(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    write_instance(tmp_path, **changes)
    with pytest.raises(DatasetError, match=rf"own__x-1/instance\.json.*{re.escape(words)}"):
        read_instances(tmp_path)


@pytest.mark.parametrize("name", ["instance.json", "issue.md", "gold.patch", "test.patch"])
def test_a_missing_file_of_an_instance_is_named(tmp_path: Path, name: str) -> None:
    (write_instance(tmp_path) / name).unlink()
    with pytest.raises(DatasetError, match=rf"{re.escape(name)}: cannot be read"):
        read_instances(tmp_path)


def test_an_empty_patch_is_refused(tmp_path: Path) -> None:
    (write_instance(tmp_path) / "test.patch").write_text("\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"test\.patch: is empty"):
        read_instances(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder of instances"):
        read_instances(tmp_path / "none")


def second_instance(folder: Path, change: Callable[[Path], object]) -> None:
    """Two instances of one repository; change decides who has a history."""
    write_instance(folder)
    (folder / "own__x-1").rename(folder / "own__x-2")
    (folder / "own__x-2" / "instance.json").write_text(json.dumps({**ROW, "instance_id": "own__x-2"}), encoding="utf-8")
    change(write_instance(folder))


def test_two_instances_of_a_repository_share_one_history(tmp_path: Path) -> None:
    second_instance(tmp_path, lambda first: (first / "history").mkdir())
    assert histories(tmp_path) == {"own/x": tmp_path / "own__x-1" / "history"}


def test_a_repository_with_two_histories_is_refused(tmp_path: Path) -> None:
    second_instance(tmp_path, lambda first: (first / "history").mkdir())
    (tmp_path / "own__x-2" / "history").mkdir()
    with pytest.raises(DatasetError, match=r"own/x has its history in .*own__x-1/history already"):
        histories(tmp_path)


def test_a_repository_without_a_history_is_refused(tmp_path: Path) -> None:
    write_instance(tmp_path)
    with pytest.raises(DatasetError, match="no folder holds the history of own/x"):
        histories(tmp_path)
