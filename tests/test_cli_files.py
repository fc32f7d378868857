"""File tasks through the command line, in the local sandbox."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from swebench_lite.settings import bundled
from tests.test_cli import LOCAL, Cli

REPLIES = f"canned:{bundled('instances') / 'demo' / 'sample-replies.jsonl'}"
IDS = ["csv_to_json", "grep_lines", "json_pretty", "uniq_sort", "word_count"]
SHOUT = """\
id = "shout"
category = "loud"
difficulty = "easy"
language = "python"
file = "shout.py"
prompt = "Write shout.py, which prints standard input in upper case."
[[runs]]
stdin = "a\\n"
stdout = "A\\n"
"""


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> Cli:
    """A folder with the finished run ``both``: the sample replies in both arms."""
    cli = Cli(tmp_path_factory.mktemp("both"), shared_cache)
    assert cli("run", "files", "-m", REPLIES, *LOCAL, "--run-id", "both").status == 0
    return cli


def write_task(folder: Path, solution: str = "print(input().upper())\n", text: str = SHOUT) -> Path:
    place = folder / "mine" / "shout"
    (place / "solution").mkdir(parents=True)
    (place / "task.toml").write_text(text)
    (place / "solution" / "shout.py").write_text(solution)
    return place


def test_the_reference_answers_score_everything_in_both_arms(cli: Cli) -> None:
    found = cli("run", "files", "-m", "gold", *LOCAL, "--json").document["attempts"]
    assert sorted((one["instance_id"], one["arm"]) for one in found) == [
        (name, arm) for name in IDS for arm in ("harnessed", "unharnessed")
    ]
    assert {(one["score"]["value"], one["lenient_score"]["value"], one["outcome"]) for one in found} == {
        (3.0, 3.0, "RESOLVED")
    }


def test_the_reference_answers_are_right_as_ready_made_ones_too(cli: Cli) -> None:
    assert cli("eval", "files", "-p", "gold", *LOCAL, "--json").document["summary"]["resolved"] == len(IDS)


def test_no_answer_scores_nothing(cli: Cli) -> None:
    found = cli("eval", "files", "-p", "null", *LOCAL, "--json").document["attempts"]
    assert {(one["score"]["value"], one["outcome"]) for one in found} == {(0.0, "NO_ANSWER")}


def test_replies_are_graded_from_a_predictions_file(cli: Cli) -> None:
    fence = "```"
    row = {
        "instance_id": "word_count",
        "model_name_or_path": "m",
        "model_patch": f"{fence}python\nprint(3)\n{fence}\n",
    }
    (cli.folder / "p.jsonl").write_text(json.dumps(row))
    (found,) = cli("eval", "files", "-p", "p.jsonl", *LOCAL, "--json").document["attempts"]
    assert (found["score"]["value"], found["reading"]["form"]) == (1.0, "unnamed block")


def test_each_attempt_tells_its_scores_and_how_it_was_read(both: Cli) -> None:
    attempts = both("report", "both", "--json").document["attempts"]
    (found,) = [one for one in attempts if (one["instance_id"], one["arm"]) == ("word_count", "harnessed")]
    assert (found["score"]["value"], found["lenient_score"]["value"], found["score"]["maximum"]) == (0.0, 3.0, 3.0)
    assert "NameError" in found["score"]["reason"]
    assert found["format_score"] == {
        "total": 100.0,
        "parts": [
            {"part": "file", "points": 50.0, "of": 50.0},
            {"part": "parse", "points": 30.0, "of": 30.0},
            {"part": "invoke", "points": 20.0, "of": 20.0},
        ],
    }
    assert found["reading"]["notes"] == ["stray language line 'python' in word_count.py"]
    assert found["repaired_verdict"] is None
    assert 0 <= found["model_seconds"] < 10


def test_the_deltas_and_the_models_verdict_stand_in_every_format(both: Cli) -> None:
    (effect,) = both("report", "both", "--json").document["effects"]
    assert (effect["verdict"], effect["delta_execution"], effect["delta_format"]) == ("FORMAT_ONLY", 0.0, 69.0)
    said = "(harnessed - unharnessed: format +69.00 of 100, execution +0.00 of 3; 5 pairs)"
    assert f"sample-replies: FORMAT\\_ONLY by the noise bands {said}" in both("report", "both").out
    assert f"sample-replies: FORMAT_ONLY by the noise bands {said}" in both("report", "both", "--format", "html").out
    assert f"sample-replies: FORMAT_ONLY by the noise bands {said}" in both("compare", "both").out


def test_categories_are_told_apart_in_reports(both: Cli) -> None:
    found = both("report", "both", "--json").document["breakdowns"]["category"]
    assert [(one["name"], one["scored"], one["resolved"], one["execution_score"]) for one in found] == [
        ("data", 4, 3, 2.25), ("text", 6, 3, pytest.approx(13 / 6)),
    ]  # fmt: skip
    assert "## By category" in both("report", "both").out


def test_categories_are_told_apart_in_comparisons(both: Cli) -> None:
    found = both("compare", "both", "--json").document["per_category"]
    assert [(one["category"], one["name"], one["resolved"], one["execution_score"]) for one in found] == [
        ("data", "sample-replies · harnessed", 2, 3.0),
        ("data", "sample-replies · unharnessed", 1, 1.5),
        ("text", "sample-replies · harnessed", 1, pytest.approx(5 / 3)),
        ("text", "sample-replies · unharnessed", 2, pytest.approx(8 / 3)),
    ]
    assert "The same groups within each category." in both("compare", "both", "--format", "html").out


def test_scores_are_columns_for_spreadsheets(both: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(both("report", "both", "--format", "csv").out)))
    (found,) = [one for one in rows if (one["instance_id"], one["arm"]) == ("word_count", "harnessed")]
    assert (found["score"], found["lenient_score"], found["score_maximum"]) == ("0.0", "3.0", "3.0")
    assert found["format_score"] == "100.0"


@pytest.mark.parametrize("columns", ["80", "100", "160"])
def test_every_terminal_shows_the_scores(both: Cli, columns: str) -> None:
    out = both("run", "--resume", "both", "--unsafe-local", COLUMNS=columns).out
    table = out[out.index("\nInstance") :]
    assert "0 of 3, lenient 3" in " ".join(table.split())
    assert max(len(line.rstrip()) for line in table.partition("\n\n")[0].splitlines()) <= int(columns)


def test_a_stored_run_replays_to_the_same_scores(both: Cli) -> None:
    def scores(document: dict[str, list[dict[str, object]]]) -> list[object]:
        return [(one["instance_id"], one["arm"], one["score"], one["format_score"]) for one in document["attempts"]]

    before = both("report", "both", "--json").document
    assert scores(both("replay", "both", *LOCAL, "--json").document) == scores(before)


def test_a_ready_made_run_replays_to_the_same_scores(cli: Cli) -> None:
    assert cli("eval", "files", "-p", "gold", "-i", "uniq_sort", *LOCAL, "--run-id", "g").status == 0
    (found,) = cli("replay", "g", *LOCAL, "--json").document["attempts"]
    assert found["score"]["value"] == 3.0


def test_the_official_lists_tell_a_wrong_program_from_a_missing_one(both: Cli) -> None:
    found = both("report", "both", "--format", "swebench").document["sample-replies.harnessed.both"]
    assert (found["unresolved_ids"], found["empty_patch_ids"]) == (["grep_lines", "word_count"], [])


def test_a_folder_of_tasks_is_a_dataset(cli: Cli) -> None:
    write_task(cli.folder)
    shutil.copytree(bundled("instances") / "files" / "uniq_sort", cli.folder / "mine" / "uniq_sort")
    found = cli("run", "mine", "-m", "gold", "--arms", "harnessed", *LOCAL, "--json").document
    assert [(one["instance_id"], one["outcome"]) for one in found["attempts"]] == [
        ("shout", "RESOLVED"), ("uniq_sort", "RESOLVED"),
    ]  # fmt: skip


def test_a_single_task_is_a_dataset_and_its_run_is_resumed_from_elsewhere(cli: Cli) -> None:
    write_task(cli.folder)
    cli("run", "mine/shout", "-m", "gold", "--arms", "harnessed", *LOCAL, "--run-id", "s")
    (cli.folder / "elsewhere").mkdir()
    there = Cli(cli.folder / "elsewhere", cli.cache)
    result = there("run", "--resume", "s", "--output-dir", str(cli.runs), "--unsafe-local", "--json")
    assert result.document["summary"]["resolved"] == 1


def test_a_run_is_not_continued_with_other_inputs(cli: Cli) -> None:
    place = write_task(cli.folder)
    cli("run", "mine", "-m", "gold", "--arms", "harnessed", *LOCAL, "--run-id", "s")
    (place / "task.toml").write_text(SHOUT.replace('stdout = "A', 'stdout = "B'))
    result = cli("run", "--resume", "s", "--unsafe-local")
    assert result.status == 2
    assert "file tasks changed since run 's' began" in result.err


def test_what_is_wrong_in_a_task_is_a_usage_error(cli: Cli) -> None:
    write_task(cli.folder, text=SHOUT.replace("language", "langauge"))
    result = cli("run", "mine", "-m", "gold", *LOCAL)
    assert result.status == 2
    assert "did you mean 'language'?" in result.err


def test_file_tasks_have_no_splits(cli: Cli) -> None:
    assert "leave --split out" in cli("eval", "files", "-p", "gold", "--split", "dev").err


def test_prompts_of_both_kinds_ask_for_what_is_read(cli: Cli) -> None:
    found = cli("run", "demo", "-m", "gold", "-i", "word_count", "-i", "own__jobqueue-1", "--arms", "harnessed",
                "--dry-run", "--json").document["prompts"]  # fmt: skip
    asked = {one["instance_id"]: "FILE: demo.sh" in one["user"] for one in found}
    assert asked == {"own__jobqueue-1": False, "word_count": True}


def test_the_tasks_are_listed_with_category_and_runs(cli: Cli) -> None:
    listed = cli("instances", "list", "files", "--json").document["instances"]
    assert [(one["instance_id"], one["category"], len(one["runs"])) for one in listed] == [
        ("csv_to_json", "data", 4), ("grep_lines", "text", 5), ("json_pretty", "data", 4), ("uniq_sort", "text", 4),
        ("word_count", "text", 5),
    ]  # fmt: skip
    assert "grep_lines   text" in cli("instances", "list", "files").out


def test_both_bundled_kinds_are_listed_each_under_its_own_header(cli: Cli) -> None:
    out = cli("instances", "list", "demo").out
    assert "Repository" in out
    assert "Category" in out
    assert "22 instances of demo" in out


def test_the_bundled_names_are_known(cli: Cli) -> None:
    known = {one["name"]: one["kind"] for one in cli("instances", "list", "--json").document["datasets"]}
    assert [known.get(name) for name in ("own", "files", "demo")] == ["own"] * 3


def test_a_task_is_shown_without_saying_where(cli: Cli) -> None:
    out = cli("instances", "show", "uniq_sort").out
    assert "command:         python3 {file}" in out
    assert "Write a Python 3 program `uniq_sort.py`" in out
    assert "sys.stdin.buffer" not in out  # the solution is not the task


def test_a_bundled_name_is_not_taken_by_a_copy(cli: Cli) -> None:
    (cli.folder / "rows.jsonl").write_text("{}\n")
    result = cli("instances", "add", "files", "--from", "rows.jsonl")
    assert result.status == 2
    assert "'files' comes with swebench-lite" in result.err
