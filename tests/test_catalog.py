from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite import repositories
from swebench_lite.catalog import index_text, read_catalog, read_task, to_instance
from swebench_lite.catalog.nouns import Metadata
from swebench_lite.errors import DatasetError, UsageError
from swebench_lite.load import load
from swebench_lite.patches import inspect
from swebench_lite.records import Outcome, Patch, Source, TestsReport, Verdict
from swebench_lite.repositories.keeping import commit_id
from swebench_lite.settings import Settings, bundled
from swebench_lite.trees import MemoryTree
from swebench_lite.wrong_answers import complaint, read_wrong_answers
from tests.task_folders import change, make_task, write_answer


def test_a_task_becomes_an_instance_whose_tree_is_its_workspace(tmp_path: Path, settings: Settings) -> None:
    place = make_task(tmp_path)
    (one,) = load(str(place), settings=settings).instances
    assert (one.instance_id, one.source, one.repo) == (place.name, Source.WORKSPACE, f"tasks/{place.name}")
    assert (one.language, one.difficulty, one.category, one.timeout) == ("python", "easy", "feature_implementation", 60)
    assert one.problem_statement == (place / "instructions.md").read_text()
    assert one.test_command == "python3 -m pytest -rA -p no:cacheprovider tests"
    assert one.log_parser == "parse_log_pytest"
    assert inspect(Patch(text=one.patch)).paths == ("numbers_kit.py",)
    assert inspect(Patch(text=one.test_patch)).paths == ("tests/test_numbers_kit.py",)
    with repositories.open_tree(one.repo, one.base_commit, settings=settings) as tree:
        assert tree.paths == ("numbers_kit.py",)
        assert tree.read("numbers_kit.py") == (place / "workspace" / "numbers_kit.py").read_bytes()


def test_neither_tests_nor_solution_are_in_the_tree(tmp_path: Path, settings: Settings) -> None:
    one = load(str(make_task(tmp_path)), settings=settings).instances[0]
    folder = repositories.checkout(one.repo, one.base_commit, settings=settings).path
    texts = [file.read_text() for file in folder.rglob("*") if file.is_file() and ".git" not in file.parts]
    assert len(texts) == 1
    assert "max(low" not in texts[0]


def test_environment_and_folder_of_a_command_are_part_of_it(tmp_path: Path, settings: Settings) -> None:
    how = {
        "command": ["bash", "-c", "echo $GREETING"], "timeout_seconds": 5, "env": {"GREETING": "hello you"},
        "working_dir": "sub/folder", "tests_into": "sub/tests",
    }  # fmt: skip
    one = load(str(make_task(tmp_path, eval=how)), settings=settings).instances[0]
    assert one.test_command == "(cd sub/folder && env GREETING='hello you' bash -c 'echo $GREETING')"
    assert inspect(Patch(text=one.test_patch)).paths == ("sub/tests/test_numbers_kit.py",)


def test_the_same_files_are_the_same_commit_wherever_they_lie(tmp_path: Path, settings: Settings) -> None:
    first = load(str(make_task(tmp_path / "a")), settings=settings).instances[0]
    second = load(str(make_task(tmp_path / "b")), settings=settings).instances[0]
    assert first.base_commit == second.base_commit


def test_an_edited_workspace_is_another_commit_and_the_old_one_stays(tmp_path: Path, settings: Settings) -> None:
    place = make_task(tmp_path)
    before = load(str(place), settings=settings).instances[0]
    (place / "workspace" / "notes.txt").write_text("more\n")
    after = load(str(place), settings=settings).instances[0]
    assert before.base_commit != after.base_commit
    assert repositories.files(before.repo, before.base_commit, settings=settings) == ("numbers_kit.py",)
    assert repositories.files(after.repo, after.base_commit, settings=settings) == ("notes.txt", "numbers_kit.py")


def test_the_commit_of_files_is_the_one_that_git_makes(tmp_path: Path, settings: Settings) -> None:
    files = {"a.txt": b"1\n", "a/b.txt": b"2\n", "a-b": b"\0", "a/c/d": b"", "a0": b"\xff", "\u00e9/\u00fc": b"x"}
    commit = repositories.keep("tasks/odd", files, settings=settings)
    assert commit == commit_id(files)
    assert set(repositories.files("tasks/odd", commit, settings=settings)) == set(files)
    # Once more, beside what is there, and without git: the files are known.
    assert repositories.keep("tasks/odd", files, settings=replace(settings, path="/nowhere")) == commit


@given(
    st.dictionaries(st.sampled_from(["a", "b/c", "b/d/e", "z.py", "b.py", "b-/x"]), st.binary(max_size=20), min_size=1)
)
def test_the_id_of_files_says_nothing_of_their_order(files: dict[str, bytes]) -> None:
    assert commit_id(files) == commit_id(dict(reversed(files.items())))


def test_a_task_whose_files_are_gone_from_the_cache_says_so(tmp_path: Path, settings: Settings) -> None:
    one = load(str(make_task(tmp_path)), settings=settings).instances[0]
    shutil.rmtree(settings.cache / "mirrors")
    with pytest.raises(Exception, match="not kept here any more; name its dataset again"):
        repositories.files(one.repo, one.base_commit, settings=settings)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"language": "cobol"}, "key 'language': Input should be 'python', 'javascript'.*not \"cobol\""),
        ({"difficulty": None}, "key 'difficulty': Field required"),
        ({"tag": ["red"]}, "unknown key 'tag'; did you mean 'tags'"),
        ({"eval": {"comand": ["x"], "timeout_seconds": 9}}, "unknown key 'eval.comand'; did you mean 'eval.command'"),
        ({"task_id": "other_name"}, "'other_name' is not the name of its folder, 'python_feature_clamp'"),
        ({"task_id": "../up"}, "key 'task_id'"),
        ({"eval": {"command": [], "timeout_seconds": 5}}, "key 'eval.command'"),
        ({"eval": {"command": ["x"], "timeout_seconds": 0}}, "key 'eval.timeout_seconds'"),
        ({"eval": {"command": ["x"], "timeout_seconds": 9, "working_dir": "../.."}}, "key 'eval.working_dir'.*no plain path"),
        ({"eval": {"command": ["x"], "timeout_seconds": 9, "env": {"A B": "1"}}}, "key 'eval.env"),
        ({"FAIL_TO_PASS": ["a"], "PASS_TO_PASS": ["a"]}, "'a' is in FAIL_TO_PASS and in PASS_TO_PASS"),
        ({"FAIL_TO_PASS": []}, "key 'FAIL_TO_PASS': it names no test; .*--write"),
        ({"workspace_dir": "elsewhere"}, "elsewhere holds no files to start from"),
        ({"scoring": {"rule": "some_tests"}}, "key 'scoring.rule'"),
    ],
)  # fmt: skip
def test_metadata_that_is_wrong_is_named_by_task_file_and_key(
    tmp_path: Path, settings: Settings, changes: dict[str, object], said: str
) -> None:
    place = make_task(tmp_path)
    change(place, changes)
    with pytest.raises(DatasetError, match=f"python_feature_clamp.*{said}"):
        load(str(tmp_path), settings=settings)


def test_one_broken_task_stops_no_other(tmp_path: Path, settings: Settings) -> None:
    make_task(tmp_path, "python_feature_one")
    (make_task(tmp_path, "python_feature_two") / "metadata.json").write_text("{not json")
    (make_task(tmp_path, "python_feature_three") / "metadata.json").unlink()
    found = load(str(tmp_path), settings=settings)
    assert [one.instance_id for one in found.instances] == ["python_feature_one"]
    assert len(found.problems) == 2
    assert any("python_feature_two" in problem and "metadata.json" in problem for problem in found.problems)
    assert any("python_feature_three" in problem and "cannot be read" in problem for problem in found.problems)


def _zero(place: Path) -> None:
    (place / "workspace" / "blob.bin").write_bytes(b"a\0b")


def _latin(place: Path) -> None:
    (place / "tests" / "data.txt").write_bytes(b"caf\xe9")


def _link(place: Path) -> None:
    (place / "workspace" / "passwd").symlink_to("/etc/passwd")


def _same(place: Path) -> None:
    shutil.copy(place / "workspace" / "numbers_kit.py", place / "solution" / "numbers_kit.py")


def _huge(place: Path) -> None:
    (place / "workspace" / "big.txt").write_text("x" * 1_100_000)


def _test_in_solution(place: Path) -> None:
    (place / "solution" / "tests").mkdir()
    (place / "solution" / "tests" / "test_numbers_kit.py").write_text("x")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_zero, "blob.bin holds a zero byte"),
        (_latin, "data.txt is not UTF-8 text"),
        (_link, "passwd is a link"),
        (_same, "the solution changes nothing"),
        (_huge, "larger than 1,000,000 bytes"),
        (_test_in_solution, "is a test and part of the solution"),
    ],
)
def test_files_that_no_task_may_hold_are_named(tmp_path: Path, spoil: object, said: str) -> None:
    place = make_task(tmp_path)
    spoil(place)  # type: ignore[operator]
    with pytest.raises(DatasetError, match=said):
        read_task(place)


def test_what_tools_leave_behind_is_no_part_of_a_task(tmp_path: Path) -> None:
    place = make_task(tmp_path)
    (place / "workspace" / "__pycache__").mkdir()
    (place / "workspace" / "__pycache__" / "numbers_kit.pyc").write_bytes(b"\0")
    assert list(read_task(place).workspace) == ["numbers_kit.py"]


def test_dependencies_are_for_languages_that_have_an_index_for_them(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="only Python and JavaScript"):
        read_task(make_task(tmp_path, "go_feature_clamp", "go", dependencies=["x"]))


def test_a_name_that_no_task_may_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot name a task"):
        make_task(tmp_path, "../escape")
    with pytest.raises(UsageError, match="did you mean 'python'"):
        make_task(tmp_path, "python_feature_clamp", "pyton")


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    make_task(tmp_path)
    with pytest.raises(UsageError, match="is there already"):
        make_task(tmp_path)


def test_wrong_answers_become_patches(tmp_path: Path) -> None:
    task = read_task(make_task(tmp_path / "tasks"))
    write_answer(tmp_path / "answers", task.task_id, "low", line="return low", fails=["a"], why="Always low.")
    one = to_instance(task, base_commit="0" * 40)
    tree = MemoryTree({path: text.encode() for path, text in task.workspace.items()})
    (answer,) = read_wrong_answers(tmp_path / "answers", one, tree)
    assert (answer.name, answer.why, answer.fails) == ("low", "Always low.", ("a",))
    assert "+    return low" in answer.patch.text
    (tmp_path / "answers" / task.task_id / "low" / "answer.toml").write_text("fails = []")
    with pytest.raises(DatasetError, match=r"answer.toml: key 'why': Field required; key 'fails'"):
        read_wrong_answers(tmp_path / "answers", one, tree)


def test_a_wrong_answer_may_be_a_change_to_the_solution(tmp_path: Path) -> None:
    task = read_task(make_task(tmp_path / "tasks"))
    place = tmp_path / "answers" / task.task_id / "open_end"
    place.mkdir(parents=True)
    (place / "answer.toml").write_text("why = 'The end is cut.'\nfails = ['a']\n")
    diff = (
        "--- a/numbers_kit.py\n+++ b/numbers_kit.py\n@@ -12,1 +12,1 @@\n-    return max(low, min(number, high))\n"
        "+    return max(low, min(number, high - 1))\n"
    )
    (place / "answer.diff").write_text(diff)
    tree = MemoryTree({path: text.encode() for path, text in task.workspace.items()})
    one = to_instance(task, base_commit="0" * 40)
    (answer,) = read_wrong_answers(tmp_path / "answers", one, tree)
    assert "+    return max(low, min(number, high - 1))" in answer.patch.text
    assert "-    raise NotImplementedError" in answer.patch.text
    (place / "answer.diff").write_text(diff.replace("max(low, min(number, high))", "nothing of the kind"))
    with pytest.raises(DatasetError, match=r"answer.diff does not apply to the task's solution"):
        read_wrong_answers(tmp_path / "answers", one, tree)
    (place / "numbers_kit.py").write_text("x = 1\n")
    with pytest.raises(DatasetError, match="keep one of the two"):
        read_wrong_answers(tmp_path / "answers", one, tree)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict(outcome=Outcome.RESOLVED, reason=""), "a wrong answer passes"),
        (Verdict(outcome=Outcome.TIMEOUT, reason="too long"), "it ended as TIMEOUT: too long"),
        (Verdict(outcome=Outcome.UNRESOLVED, reason=""), "it passes no test at all"),
        (
            Verdict(outcome=Outcome.UNRESOLVED, reason="", tests=TestsReport(f2p_success=("b",))),
            "'a' is none of the task's tests",
        ),
        (
            Verdict(outcome=Outcome.UNRESOLVED, reason="", tests=TestsReport(f2p_success=("a",), p2p_failure=("b",))),
            "a passes, though it should fail",
        ),
        (Verdict(outcome=Outcome.UNRESOLVED, reason="", tests=TestsReport(f2p_failure=("a",), p2p_success=("b",))), ""),
    ],
)
def test_a_wrong_answer_must_fail_where_it_says_and_pass_some_tests(
    tmp_path: Path, verdict: Verdict, said: str
) -> None:
    task = read_task(make_task(tmp_path / "tasks"))
    write_answer(tmp_path / "answers", task.task_id, "low", line="return low", fails=["a"])
    tree = MemoryTree({path: text.encode() for path, text in task.workspace.items()})
    (answer,) = read_wrong_answers(tmp_path / "answers", to_instance(task, base_commit="0" * 40), tree)
    assert complaint(answer, verdict).startswith(said)
    assert bool(complaint(answer, verdict)) is bool(said)


def _answer(folder: Path, task_id: str, diff: bytes) -> Path:
    place = folder / task_id / "one"
    place.mkdir(parents=True)
    (place / "answer.toml").write_text("why = 'It is.'\nfails = ['a']\n")
    (place / "answer.diff").write_bytes(diff)
    return place


def test_a_wrong_answer_may_take_a_file_away(tmp_path: Path) -> None:
    folder = make_task(tmp_path / "tasks")
    (folder / "workspace" / "notes.txt").write_text("one\n")
    task = read_task(folder)
    _answer(tmp_path, task.task_id, b"--- a/notes.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n")
    tree = MemoryTree({path: text.encode() for path, text in task.workspace.items()})
    (answer,) = read_wrong_answers(tmp_path, to_instance(task, base_commit="0" * 40), tree)
    assert "deleted file mode 100644\n--- a/notes.txt" in answer.patch.text
    assert "+    return max(low, min(number, high))" in answer.patch.text


def test_a_wrong_answer_that_is_no_text_is_named(tmp_path: Path) -> None:
    task = read_task(make_task(tmp_path / "tasks"))
    _answer(tmp_path, task.task_id, b"--- a/caf\xe9\n")
    with pytest.raises(DatasetError, match=r"answer.diff is not UTF-8"):
        read_wrong_answers(tmp_path, to_instance(task, base_commit="0" * 40), MemoryTree())


def test_a_folder_of_a_wrong_answer_without_its_note_is_named(tmp_path: Path) -> None:
    task = read_task(make_task(tmp_path / "tasks"))
    place = _answer(tmp_path, task.task_id, b"x")
    (place / "answer.toml").rename(place / "answers.toml")
    with pytest.raises(DatasetError, match=r"one holds no answer.toml"):
        read_wrong_answers(tmp_path, to_instance(task, base_commit="0" * 40), MemoryTree())


def test_a_test_that_the_workspace_holds_as_it_is_is_kept_for_the_exam(tmp_path: Path, settings: Settings) -> None:
    place = make_task(tmp_path)
    shutil.copytree(place / "tests", place / "workspace" / "tests")
    (one,) = load(str(place), settings=settings).instances
    assert (one.test_patch, one.kept_tests) == ("", ("tests/test_numbers_kit.py",))
    (place / "tests" / "test_more.py").write_text("def test_a():\n    pass\n")
    (one,) = load(str(place), settings=settings).instances
    assert inspect(Patch(text=one.test_patch)).paths == ("tests/test_more.py",)
    assert one.kept_tests == ("tests/test_numbers_kit.py",)


def test_tests_and_solution_keep_their_own_line_ends(tmp_path: Path, settings: Settings) -> None:
    place = make_task(tmp_path)
    (place / "workspace" / "tests").mkdir()
    (place / "workspace" / "tests" / "test_numbers_kit.py").write_bytes(b"def test_a():\r\n    pass\r\n")
    (place / "workspace" / "numbers_kit.py").write_bytes(b"def double(number):\r\n    return 2 * number\r\n")
    (one,) = load(str(place), settings=settings).instances
    for patch in (one.patch, one.test_patch):
        added = [line for line in patch.split("\n") if line.startswith("+")]
        assert not [line for line in added if line.endswith("\r")]


@pytest.mark.parametrize("name", ["metadata.json", "instructions.md", "workspace", "tests", "solution"])
def test_a_link_in_the_place_of_a_part_is_refused(tmp_path: Path, name: str) -> None:
    place = make_task(tmp_path)
    (place / name).rename(tmp_path / name)
    (place / name).symlink_to(tmp_path / name)
    with pytest.raises(DatasetError, match=f"{name} is a link"):
        read_task(place)


def test_a_link_on_the_way_to_a_part_is_refused(tmp_path: Path) -> None:
    place = make_task(tmp_path, workspace_dir="deep/workspace")
    (tmp_path / "elsewhere").mkdir()
    (place / "workspace").rename(tmp_path / "elsewhere" / "workspace")
    (place / "deep").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="deep is a link"):
        read_task(place)


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"a\nb.txt", b"a\tb.txt", b'"a".txt', b".git/config", b".GIT/x"])
def test_a_name_that_git_would_not_keep_is_a_problem_of_its_task_alone(
    tmp_path: Path, settings: Settings, name: bytes
) -> None:
    make_task(tmp_path, "python_feature_one")
    place = make_task(tmp_path, "python_feature_two")
    file = Path(os.fsdecode(os.fsencode(place / "workspace") + b"/" + name))
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    except OSError:
        pytest.skip("this file system has no such names")
    found = load(str(tmp_path), settings=settings)
    assert [one.instance_id for one in found.instances] == ["python_feature_one"]
    assert "a name that no file of a task may have" in found.problems[0]
    found.problems[0].encode()


def test_names_in_other_alphabets_are_kept(tmp_path: Path, settings: Settings) -> None:
    place = make_task(tmp_path)
    (place / "workspace" / "\u00fcbung \u65e5.txt").write_text("x\n")
    (one,) = load(str(place), settings=settings).instances
    assert repositories.files(one.repo, one.base_commit, settings=settings) == (
        "numbers_kit.py",
        "\u00fcbung \u65e5.txt",
    )


def test_a_link_to_a_task_beside_it_is_the_same_task_again(tmp_path: Path, settings: Settings) -> None:
    place = make_task(tmp_path)
    (tmp_path / "another").symlink_to(place)
    found = load(str(tmp_path), settings=settings)
    assert len(found.instances) == 1
    assert "another is the task 'python_feature_clamp' again, like" in found.problems[0]
    assert read_catalog(tmp_path).tasks[0].folder == place


def test_a_key_that_is_given_twice_is_named(tmp_path: Path) -> None:
    place = make_task(tmp_path)
    file = place / "metadata.json"
    file.write_text(file.read_text().replace('"title"', '"difficulty": "expert", "title"', 1))
    with pytest.raises(DatasetError, match=r"metadata.json: key 'difficulty' is given twice"):
        read_task(place)


def test_a_byte_order_mark_is_named(tmp_path: Path) -> None:
    place = make_task(tmp_path)
    file = place / "metadata.json"
    file.write_text(file.read_text(), encoding="utf-8-sig")
    with pytest.raises(DatasetError, match="starts with a byte order mark; save it as UTF-8 without one"):
        read_task(place)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"solution_dir": "workspace/solution"}, r"'solution_dir' \(workspace/solution\) lies in 'workspace_dir'"),
        ({"tests_dir": "workspace"}, "'workspace_dir' .* lies in 'tests_dir'"),
        ({"workspace_dir": "."}, r"'tests_dir' \(tests\) lies in 'workspace_dir' \(.\)"),
        ({"dependencies": ["--index-url=http://x"]}, "a requirement starts with the name of a package"),
        ({"dependencies": ["./setup"]}, "a requirement starts with the name of a package"),
        ({"dependencies": ["/tmp/wheel.whl"]}, "a requirement starts with the name of a package"),
        ({"FAIL_TO_PASS": ["a", "b", "a"]}, "key 'FAIL_TO_PASS': 'a' stands in it twice"),
        ({"PASS_TO_PASS": ["b", "b"]}, "key 'PASS_TO_PASS': 'b' stands in it twice"),
        (
            {"eval": {"command": ["x"], "timeout_seconds": 5, "may_skip": ["t"]}},
            "key 'eval.may_skip': 't' cannot be found in the log when it is skipped",
        ),
    ],
)  # fmt: skip
def test_metadata_that_would_do_harm_is_refused(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    place = make_task(tmp_path)
    change(place, changes)
    with pytest.raises(DatasetError, match=said):
        read_task(place)


def test_folders_whose_names_begin_alike_lie_apart(tmp_path: Path) -> None:
    place = make_task(tmp_path)
    (place / "solution").rename(place / "workspace_solved")
    change(place, {"solution_dir": "workspace_solved"})
    assert read_task(place).solution


def test_rows_at_the_top_make_a_folder_a_dataset_of_rows(tmp_path: Path, settings: Settings) -> None:
    make_task(tmp_path)
    row = {"instance_id": "a__b-1", "repo": "a/b", "base_commit": "0" * 40, "problem_statement": "It fails.",
           "patch": "x", "test_patch": "x", "FAIL_TO_PASS": ["t"], "PASS_TO_PASS": []}  # fmt: skip
    (tmp_path / "test.jsonl").write_text(json.dumps(row) + "\n")
    assert [one.instance_id for one in load(str(tmp_path), settings=settings).instances] == ["a__b-1"]


def test_an_index_at_the_top_makes_a_folder_no_dataset_of_rows(tmp_path: Path, settings: Settings) -> None:
    make_task(tmp_path)
    (tmp_path / "catalog.json").write_text(index_text(read_catalog(tmp_path).tasks))
    (tmp_path / "replies.jsonl").write_text("{}\n")
    assert [one.instance_id for one in load(str(tmp_path), settings=settings).instances] == ["python_feature_clamp"]


def test_a_new_task_in_a_place_where_none_can_be_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "afile").write_text("")
    with pytest.raises(UsageError, match="afile is no folder"):
        make_task(tmp_path / "afile")
    (tmp_path / "python_feature_clamp").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="is there already"):
        make_task(tmp_path)


# The catalog that comes along.

CATALOG = read_catalog(bundled("tasks"))
IDS = {
    *["python_bugfix_interval_overlap", "python_bugfix_prime_checker", "python_expert_async_cache"],
    *["python_expert_time_series_interpolator", "python_expert_workflow_scheduler", "python_feature_batched_iterator"],
    *["python_feature_cli_reporter", "python_feature_moving_average", "python_tool_weather_cli"],
    *["javascript_bugfix_titlecase", "javascript_expert_markdown_toc", "javascript_expert_promise_pool"],
    *["javascript_expert_worker_scheduler", "javascript_feature_cli_todo", "javascript_feature_wait_for"],
    *["go_bugfix_interval_overlap", "go_expert_lru_cache", "go_expert_scheduler", "go_expert_token_bucket"],
    *["go_feature_todo_service", "go_feature_wordcount"],
    *[
        "rust_bugfix_prime_checker",
        "rust_expert_async_rate_limiter",
        "rust_expert_lru_cache",
        "rust_expert_time_bucketer",
    ],
    *["rust_feature_chunk_iter", "rust_feature_config_parser", "cpp_expert_sparse_matrix", "cpp_expert_thread_pool"],
    *["html_expert_form_validator", "html_expert_heatmap_renderer"],
}


def test_the_catalog_has_its_31_tasks_in_six_languages() -> None:
    assert CATALOG.problems == ()
    assert {one.task_id for one in CATALOG.tasks} == IDS
    assert len({one.metadata.language for one in CATALOG.tasks}) == 6


def test_the_index_says_what_the_folders_say() -> None:
    assert (bundled("tasks") / "catalog.json").read_text() == index_text(CATALOG.tasks)


@pytest.mark.parametrize("task", CATALOG.tasks, ids=lambda one: one.task_id)
def test_a_task_is_what_its_name_says(task: object) -> None:
    assert hasattr(task, "metadata")
    metadata: Metadata = task.metadata
    language, kind, *_ = metadata.task_id.split("_")
    assert metadata.language == language
    assert (metadata.difficulty == "expert") is (kind == "expert")
    assert (metadata.type == "bug_fix") is (kind == "bugfix") or kind == "expert"
    assert len(metadata.FAIL_TO_PASS) >= 3
    assert metadata.tags


@pytest.mark.parametrize("task", CATALOG.tasks, ids=lambda one: one.task_id)
def test_instructions_say_nothing_of_how_they_are_judged(task: object) -> None:
    assert hasattr(task, "instructions")
    lowered = task.instructions.lower()
    for word in ("hidden test", "benchmark", "fail_to_pass", "/testbed", "swebench"):
        assert word not in lowered


@pytest.mark.parametrize("task", CATALOG.tasks, ids=lambda one: one.task_id)
def test_every_task_has_at_least_three_wrong_answers_for_three_reasons(task: object) -> None:
    from swebench_lite.catalog import CatalogTask

    assert isinstance(task, CatalogTask)
    place = Path(__file__).parent / "task_answers"
    if not place.is_dir():
        pytest.skip("the wrong answers are not here")
    tree = MemoryTree({path: text.encode() for path, text in task.workspace.items()})
    answers = read_wrong_answers(place, to_instance(task, base_commit="0" * 40), tree)
    known = {*task.metadata.FAIL_TO_PASS, *task.metadata.PASS_TO_PASS}
    assert len(answers) >= 3
    assert len({one.why for one in answers}) == len(answers)
    assert all(set(one.fails) <= known for one in answers)


def test_no_file_of_the_catalog_was_left_out_of_version_control() -> None:
    names = [
        os.path.relpath(file, bundled("tasks")) for file in bundled("tasks").rglob("*") if file.suffix in {".pyc", ".o"}
    ]
    assert [name for name in names if "__pycache__" not in name] == []


def test_the_index_is_json_that_programs_read() -> None:
    document = json.loads(index_text(CATALOG.tasks))
    assert {one["task_id"] for one in document["tasks"]} == IDS
