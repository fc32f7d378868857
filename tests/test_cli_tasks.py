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


def test_a_new_task_is_in_the_language_that_its_name_says(cli: Cli) -> None:
    made = cli("tasks", "new", "rust_feature_fresh", "--folder", str(cli.folder / "new"))
    assert "holds a small rust task" in made.out
    assert json.loads((cli.folder / "new" / "rust_feature_fresh" / "metadata.json").read_text())["language"] == "rust"
    other = cli("tasks", "new", "rust_feature_other", "--language", "go", "--folder", str(cli.folder / "new"))
    assert other.status == 2
    assert "is named for rust, not go" in other.err


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


KEPT = "tests/test_numbers_kit.py"
GUTTED = "def test_double_still_works():\n    pass\n"


def with_kept_test(cli: Cli) -> Path:
    """A task whose workspace holds its one test of what works already, just as the hidden tests do."""
    place = make_task(cli.folder / "all")
    whole = (place / "tests" / "test_numbers_kit.py").read_text()
    head, _, double = whole.partition("def test_double_still_works")
    (place / "tests" / "test_clamp.py").write_text(head)
    for folder in ("tests", "workspace/tests"):
        (place / folder).mkdir(exist_ok=True)
        (place / folder / "test_numbers_kit.py").write_text(
            f"from numbers_kit import double\n\n\ndef test_double_still_works{double}"
        )
    ids = [
        one.replace("test_numbers_kit", "test_clamp")
        for one in json.loads((place / "metadata.json").read_text())["FAIL_TO_PASS"]
    ]
    change(place, {"FAIL_TO_PASS": ids})
    return place


def patch_of(before: dict[str, str], after: dict[str, str]) -> str:
    text = ""
    for path in sorted({*before, *after}):
        old, new = before.get(path, ""), after.get(path, "")
        names = (f"a/{path}" if path in before else "/dev/null", f"b/{path}" if path in after else "/dev/null")
        text += "".join(difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), *names))
    return text


def predict(cli: Cli, place: Path, files: dict[str, str | None]) -> dict[str, object]:
    """What becomes of the task's workspace with files changed, added or, where None, removed."""
    root = place / "workspace"
    before = {file.relative_to(root).as_posix(): file.read_text() for file in root.rglob("*.py")}
    after = {path: text for path, text in {**before, **files}.items() if text is not None}
    row = {"instance_id": ID, "model_name_or_path": "m", "model_patch": patch_of(before, after)}
    (cli.folder / "predictions.jsonl").write_text(json.dumps(row) + "\n")
    run = cli("eval", str(cli.folder / "all"), "-p", "predictions.jsonl", *LOCAL, "--json").document
    found: dict[str, object] = run["attempts"][0]
    return found


@pytest.mark.parametrize("test", [GUTTED, None])
def test_a_test_that_the_workspace_holds_too_cannot_be_gutted_or_deleted(cli: Cli, test: str | None) -> None:
    place = with_kept_test(cli)
    solution = (place / "solution" / "numbers_kit.py").read_text()
    broken = solution.replace("2 * number", "3 * number")
    assert predict(cli, place, {"numbers_kit.py": broken, KEPT: test})["outcome"] == "UNRESOLVED"
    assert predict(cli, place, {"numbers_kit.py": solution, KEPT: test})["outcome"] == "RESOLVED"


def test_a_wrong_answer_that_only_deletes_a_file_of_the_solution_is_judged_without_it(cli: Cli) -> None:
    place, answers = make_task(cli.folder / "all"), cli.folder / "answers"
    (place / "workspace" / "bounds.py").write_text("LOW = 'low'\n")
    text = (place / "solution" / "numbers_kit.py").read_text()
    (place / "solution" / "numbers_kit.py").write_text(
        text.replace("    if low", "    from bounds import LOW  # noqa\n    if low")
    )
    note = answers / ID / "gone"
    note.mkdir(parents=True)
    (note / "answer.toml").write_text(f"why = 'The file is gone.'\nfails = ['{HIGH}']\n")
    (note / "answer.diff").write_text("--- a/bounds.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-LOW = 'low'\n")
    result = cli("tasks", "check", str(place), "--answers", str(answers), *LOCAL, "--json")
    assert (result.status, result.document["summary"]["wrong_answers_caught"]) == (0, 1), result.document


def test_a_faulty_wrong_answer_leaves_what_gold_and_the_others_showed(cli: Cli) -> None:
    place, answers = make_task(cli.folder / "all"), cli.folder / "answers"
    write_answer(answers, ID, "high", line="return max(low, min(number, high - 1))", fails=[HIGH])
    for name, file in (("latin", "answer.diff"), ("typo", "answers.toml")):
        (answers / ID / name).mkdir()
        (answers / ID / name / file).write_bytes(b"--- a/caf\xe9\n")
    (answers / ID / "latin" / "answer.toml").write_text("why = 'x'\nfails = ['y']\n")
    result = cli("tasks", "check", str(place), "--answers", str(answers), *LOCAL, "--json")
    (row,) = result.document["instances"]
    assert (result.status, row["gold"], row["null"], row["valid"]) == (1, "RESOLVED", "UNRESOLVED", False)
    assert [one["complaint"] for one in row["wrong_answers"]] == [""]
    assert "wrong answer latin: " in row["reason"]
    assert "answer.diff is not UTF-8 text" in row["reason"]
    assert "typo holds no answer.toml" in row["reason"]


def test_lists_that_a_run_contradicts_are_told(cli: Cli) -> None:
    place = make_task(cli.folder / "all")
    document = json.loads((place / "metadata.json").read_text())
    mend, keep = document["FAIL_TO_PASS"], document["PASS_TO_PASS"]
    sound = cli("tasks", "check", str(place), *LOCAL, "--json").document["instances"][0]
    assert sound["reason"] == ""
    change(place, {"FAIL_TO_PASS": [*mend[1:], *keep], "PASS_TO_PASS": [mend[0]]})
    file = place / "tests" / "test_numbers_kit.py"
    file.write_text(f"{file.read_text()}\n\ndef test_more():\n    assert clamp(1, 2, 3) == 5\n")
    result = cli("tasks", "check", str(place), *LOCAL, "--json")
    reason = result.document["instances"][0]["reason"]
    assert result.status == 0
    assert f"{KEPT}::test_more is in neither list (it fails on the solution)" in reason
    assert f"{keep[0]} is in FAIL_TO_PASS, and belongs in PASS_TO_PASS" in reason
    assert f"{mend[0]} is in PASS_TO_PASS, and fails untouched" in reason
    assert "`tasks check --write` brings the lists up to date" in reason


def test_wrong_answers_that_would_not_be_tried_are_a_usage_error(cli: Cli) -> None:
    place, answers = make_task(cli.folder / "all"), cli.folder / "answers"
    write_answer(answers, ID, "high", line="return max(low, min(number, high - 1))", fails=[HIGH])
    deep = cli("tasks", "check", str(place), "--answers", str(answers / ID), *LOCAL)
    assert (deep.status, f"name the folder above it, {answers}" in deep.err) == (2, True)
    spot = cli("check", str(cli.folder / "all"), "--language", "python", "--answers", str(answers), *LOCAL)
    assert (spot.status, "add --every" in spot.err) == (2, True)
    every = ("check", str(cli.folder / "all"), "--language", "python", "--every", "--answers", str(answers))
    assert cli(*every, *LOCAL, "--json").document["summary"]["wrong_answers_caught"] == 1
    rows = cli("check", "own", "--answers", str(answers), *LOCAL)
    assert (rows.status, "'own' holds none" in rows.err) == (2, True)
    nobody = cli("check", str(cli.folder / "all"), "--answers", "~nobody-here/x", *LOCAL)
    assert (nobody.status, "there is no such folder" in nobody.err) == (2, True)


def test_the_answers_of_a_checkout_are_found_from_within_a_task(cli: Cli) -> None:
    place = make_task(cli.folder / "tasks")
    write_answer(cli.folder / "tests" / "task_answers", ID, "high", line="return low", fails=[HIGH])
    result = Cli(place, cli.cache)("tasks", "check", ".", *LOCAL, "--json")
    assert result.document["summary"]["wrong_answers_caught"] == 1


def test_a_broken_task_that_nobody_asked_for_is_no_failure(cli: Cli) -> None:
    make_task(cli.folder / "all", "python_feature_good")
    (make_task(cli.folder / "all", "python_feature_broken") / "metadata.json").write_text("{}")
    assert cli("check", str(cli.folder / "all"), "-i", "python_feature_good", *LOCAL).status == 0


def test_a_list_with_a_broken_task_ends_with_1_and_names_it(cli: Cli) -> None:
    make_task(cli.folder / "all", "python_feature_good")
    (make_task(cli.folder / "all", "python_feature_broken") / "metadata.json").write_text("{}")
    result = cli("tasks", "list", "--folder", str(cli.folder / "all"), "--json")
    assert (result.status, len(result.document["tasks"])) == (1, 1)
    assert "python_feature_broken" in result.document["problems"][0]
    assert cli("tasks", "list", "--folder", str(cli.folder / "all"), "-i", "python_feature_good").status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "a" * 400), "unknown task"),
        (("show", f"x/{'a' * 400}"), "holds no metadata.json"),
        (("show", "~nobody-here/x"), "holds no metadata.json"),
        (("list", "--folder", "~nobody-here"), "~nobody-here holds no task"),
        (("new", "python_a_b", "--folder", "/proc/x"), "cannot write /proc/x/python_a_b"),
        (("new", "python_a_b", "--folder", "afile"), "afile is no folder"),
    ],
)
def test_what_cannot_be_is_a_usage_error(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    (cli.folder / "afile").write_text("")
    result = cli("tasks", *arguments)
    assert result.status == 2
    assert said in result.err
    assert "this is a bug" not in result.err


def test_an_index_that_is_no_text_is_not_current(cli: Cli) -> None:
    make_task(cli.folder / "all")
    (cli.folder / "all" / "catalog.json").write_bytes(b"\xff\xfe{}")
    result = cli("tasks", "catalog", "--folder", str(cli.folder / "all"), "--json")
    assert (result.status, result.document["current"]) == (1, False)


def test_a_skipped_python_test_is_left_out_of_the_lists(cli: Cli) -> None:
    place = make_task(cli.folder)
    file = place / "tests" / "test_numbers_kit.py"
    file.write_text(f"{file.read_text()}\n\n@pytest.mark.skip\ndef test_rare():\n    pass\n")
    assert cli("tasks", "check", str(place), "--write", *LOCAL).status == 0
    assert "test_rare" not in (place / "metadata.json").read_text()
