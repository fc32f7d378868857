from __future__ import annotations

import difflib
import json
import shutil
import sys
from pathlib import Path

import pytest

from swebench_lite.settings import Settings
from tests.task_folders import change, make_task, write_answer
from tests.test_cli import Cli, needs_node

# Behind bubblewrap: the fixture skips where it does not work.
LOCAL = ("--sandbox", "local")
ID = "python_feature_clamp"
HIGH = "tests/test_numbers_kit.py::test_bounds_belong_to_the_range"


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path, local_settings: Settings) -> Cli:
    # The settings are asked for because they make the session's Python with pytest, which the command line then finds.
    return Cli(tmp_path, shared_cache)


def test_the_catalog_is_listed_with_what_it_asks(cli: Cli) -> None:
    rows = cli("tasks", "list", "--json").document["tasks"]
    assert len(rows) == 31
    assert {"task_id", "language", "type", "difficulty", "title", "fail_to_pass"} <= rows[0].keys()


def test_a_language_is_enough_to_choose_by(cli: Cli) -> None:
    rows = cli("tasks", "list", "--language", "javascript", "--json").document["tasks"]
    assert len(rows) == 6
    assert {one["language"] for one in rows} == {"javascript"}


def test_a_task_is_shown_without_its_solution_and_tests(cli: Cli) -> None:
    make_task(cli.folder)
    shown = cli("tasks", "show", str(cli.folder / ID), "--json").document
    assert list(shown["workspace"]) == ["numbers_kit.py"]
    assert "max(low" not in json.dumps(shown)
    assert "# Clamp" in shown["instructions"]


def test_an_unknown_task_is_a_usage_error_with_the_near_miss(cli: Cli) -> None:
    result = cli("tasks", "show", "python_bugfix_prime_cheker")
    assert result.status == 2
    assert "did you mean 'python_bugfix_prime_checker'" in result.err


def test_a_path_without_a_task_is_not_taken_for_a_name(cli: Cli) -> None:
    result = cli("tasks", "check", str(cli.folder / "nowhere"))
    assert result.status == 2
    assert "nowhere holds no metadata.json; name a task's folder" in result.err


@pytest.mark.parametrize(
    "language", ["python", pytest.param("javascript", marks=needs_node), pytest.param("html", marks=needs_node)]
)
def test_a_new_task_is_valid_as_it_is(cli: Cli, language: str) -> None:
    name = f"{language}_feature_fresh"
    assert cli("tasks", "new", name, "--language", language, "--folder", str(cli.folder)).status == 0
    result = cli("tasks", "check", str(cli.folder / name), *LOCAL, "--json")
    assert (result.status, result.document["summary"]["valid"]) == (0, 1), result.document


def test_the_lists_of_tests_are_written_from_a_run(cli: Cli) -> None:
    place = make_task(cli.folder)
    before = json.loads((place / "metadata.json").read_text())
    change(place, {"FAIL_TO_PASS": [], "PASS_TO_PASS": []})
    assert cli("tasks", "check", str(place), "--write", *LOCAL).status == 0
    after = json.loads((place / "metadata.json").read_text())
    assert set(after["FAIL_TO_PASS"]) == set(before["FAIL_TO_PASS"])
    assert after["PASS_TO_PASS"] == before["PASS_TO_PASS"]


def test_nothing_is_written_where_the_solution_fails(cli: Cli) -> None:
    place = make_task(cli.folder)
    text = (place / "solution" / "numbers_kit.py").read_text().replace("2 * number", "3 * number")
    (place / "solution" / "numbers_kit.py").write_text(text)
    before = (place / "metadata.json").read_text()
    result = cli("tasks", "check", str(place), "--write", *LOCAL)
    assert result.status == 2
    assert "the solution fails 1 of 6 tests, first tests/test_numbers_kit.py::test_double_still_works" in result.err
    assert (place / "metadata.json").read_text() == before


def test_a_solution_that_fails_is_named_and_the_others_still_run(cli: Cli) -> None:
    make_task(cli.folder / "all", "python_feature_good")
    bad = make_task(cli.folder / "all", "python_feature_bad")
    (bad / "solution" / "numbers_kit.py").write_text("def double(number):\n    return 2 * number\n")
    (make_task(cli.folder / "all", "python_feature_broken") / "metadata.json").write_text("{}")
    result = cli("check", str(cli.folder / "all"), *LOCAL, "--json")
    rows = {row["instance_id"]: row for row in result.document["instances"]}
    assert result.status == 1
    assert rows["python_feature_good"]["valid"] is True
    assert "gold does not pass" in rows["python_feature_bad"]["reason"]
    assert "python_feature_broken" in result.document["problems"][0]


def test_wrong_answers_must_fail_where_they_say(cli: Cli) -> None:
    place, answers = make_task(cli.folder / "all"), cli.folder / "answers"
    write_answer(
        answers, ID, "high", line="return max(low, min(number, high - 1))", fails=[HIGH], why="The end is cut."
    )
    right = "if low > high:\n        raise ValueError('low')\n    return max(low, min(number, high))"
    good = cli("tasks", "check", str(place), "--answers", str(answers), *LOCAL, "--json")
    assert (good.status, good.document["summary"]["wrong_answers_caught"]) == (0, 1)
    (row,) = good.document["instances"][0]["wrong_answers"]
    assert (row["why"], row["outcome"], row["passed"] > 0) == ("The end is cut.", "UNRESOLVED", True)
    write_answer(answers, ID, "right", line=right, fails=[HIGH])
    bad = cli("tasks", "check", str(place), "--answers", str(answers), *LOCAL, "--json")
    assert bad.status == 1
    assert "wrong answer right: a wrong answer passes" in bad.document["instances"][0]["reason"]


HANG = "import time\n\ndef test_it():\n    time.sleep(600)\n"
FORK = """import os

def test_it():
    for _ in range(50):
        if os.fork() == 0:
            os.setsid()
            os.execvp("sleep", ["sleep", "600"])
    assert False
"""
OUTSIDE = "from pathlib import Path\n\ndef test_it():\n    Path('{target}').write_text('out')\n"


@pytest.mark.parametrize(("test", "outcome"), [(HANG, "TIMEOUT"), (FORK, "UNRESOLVED"), (OUTSIDE, None)])
def test_tests_that_hang_fork_or_write_outside_harm_nobody(cli: Cli, test: str, outcome: str | None) -> None:
    place, target = make_task(cli.folder / "all"), cli.folder / "outside.txt"
    (place / "tests" / "test_numbers_kit.py").write_text(test.replace("{target}", str(target)))
    how = {"command": ["python3", "-m", "pytest", "-rA", "tests"], "timeout_seconds": 6}
    change(place, {"eval": how, "FAIL_TO_PASS": ["tests/test_numbers_kit.py::test_it"], "PASS_TO_PASS": []})
    make_task(cli.folder / "all", "python_feature_good")
    result = cli("check", str(cli.folder / "all"), *LOCAL, "--json")
    rows = {row["instance_id"]: row for row in result.document["instances"]}
    assert result.status == 1
    assert (rows[ID]["valid"], rows["python_feature_good"]["valid"]) == (False, True)
    assert outcome is None or rows[ID]["gold"] == outcome
    assert not target.exists()


def test_a_spot_check_runs_the_easiest_and_the_hardest_with_versions(cli: Cli) -> None:
    for name, level in (("one", "medium"), ("two", "easy"), ("three", "expert"), ("four", "medium")):
        make_task(cli.folder / "all", f"python_feature_{name}", difficulty=level)
    result = cli("check", str(cli.folder / "all"), "--language", "python", *LOCAL, "--json")
    assert [row["instance_id"] for row in result.document["instances"]] == [
        "python_feature_three",
        "python_feature_two",
    ]
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in result.document["toolchains"]["python"]
    assert all(row["gold_seconds"] > 0 for row in result.document["instances"])
    whole = cli("check", str(cli.folder / "all"), "--language", "python", "--every", *LOCAL, "--json")
    assert whole.document["summary"]["total"] == 4


def test_a_diff_and_file_blocks_both_answer_a_task(cli: Cli) -> None:
    make_task(cli.folder / "all", "python_feature_one")
    make_task(cli.folder / "all", "python_feature_two")
    solution = (cli.folder / "all" / "python_feature_one" / "solution" / "numbers_kit.py").read_text()
    gold = cli("eval", str(cli.folder / "all"), "-p", "gold", *LOCAL, "--json").document
    assert gold["summary"]["resolved"] == 2
    two = cli.folder / "all" / "python_feature_two"
    diff = "".join(difflib.unified_diff(
        (two / "workspace" / "numbers_kit.py").read_text().splitlines(keepends=True), solution.splitlines(keepends=True),
        "a/numbers_kit.py", "b/numbers_kit.py",
    ))  # fmt: skip
    replies = [
        {"instance_id": "python_feature_one", "reply": f"Here:\n```FILE: numbers_kit.py\n{solution}```\n"},
        {"instance_id": "python_feature_two", "reply": f"```diff\n{diff}```\n"},
    ]
    file = cli.folder / "replies.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in replies))
    run = cli(
        "run", str(cli.folder / "all"), "-m", f"canned:{file}", "--arms", "unharnessed", *LOCAL, "--json"
    ).document
    assert [row["outcome"] for row in run["attempts"]] == ["RESOLVED", "RESOLVED"]


def test_a_dry_run_shows_the_workspace_and_the_tests_only_when_asked(cli: Cli) -> None:
    make_task(cli.folder / "all")
    asked = ("run", str(cli.folder / "all"), "-m", "gold", "--arms", "unharnessed", "--dry-run", "--json")
    (hidden,) = cli(*asked).document["prompts"]
    (shown,) = cli(*asked, "--include-tests").document["prompts"]
    assert (hidden["context"], hidden["files"]) == ("all", ["numbers_kit.py"])
    assert "test_bounds_belong" not in hidden["user"]
    assert "test_bounds_belong" in shown["user"]


def test_declared_dependencies_are_installed_only_when_agreed_to(cli: Cli) -> None:
    make_task(cli.folder / "all", dependencies=["iniconfig"])
    result = cli("check", str(cli.folder / "all"), *LOCAL, "--json")
    assert result.status == 1
    assert (
        "declares dependencies (iniconfig); --install-deps installs them" in result.document["instances"][0]["reason"]
    )


def test_a_run_that_is_continued_remembers_what_was_agreed_to(cli: Cli) -> None:
    make_task(cli.folder / "all", dependencies=["iniconfig"])
    asked = ("eval", str(cli.folder / "all"), "-p", "gold", *LOCAL, "--json")
    assert cli(*asked, "--run-id", "d1").document["summary"]["by_outcome"]["NO_ENVIRONMENT"] == 1
    agreed = cli("eval", "--resume", "d1", "--install-deps", "--json")
    assert agreed.document["summary"]["resolved"] == 1, agreed.document["attempts"]
    cli(*asked, "--run-id", "d2", "--install-deps")
    shutil.rmtree(cli.runs / "d2" / "attempts")
    again = cli("eval", "--resume", "d2", "--no-cache", "--json")
    assert again.document["summary"]["resolved"] == 1, again.document["attempts"]


def test_the_index_is_checked_and_written(cli: Cli) -> None:
    make_task(cli.folder / "all")
    folder = ("--folder", str(cli.folder / "all"))
    assert cli("tasks", "catalog", *folder).status == 1
    assert cli("tasks", "catalog", "--write", *folder).status == 0
    assert cli("tasks", "catalog", *folder, "--json").document["current"] is True


def test_the_catalog_by_category_and_language_in_a_report(cli: Cli) -> None:
    make_task(cli.folder / "all", "python_feature_one")
    make_task(cli.folder / "all", "python_bugfix_two", type="bug_fix")
    run = cli("eval", str(cli.folder / "all"), "-p", "gold", *LOCAL, "--json").document
    text = cli("report", run["run_id"], "--format", "md").out
    assert "bug\\_fix" in text
    assert "feature\\_implementation" in text
