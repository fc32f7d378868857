"""``scripts/prove-tasks``: its pure parts on small tasks, and each of its proofs once from end to end."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.catalog import CatalogTask, read_catalog, read_task
from swebench_lite.environments import host
from swebench_lite.errors import DatasetError, UsageError
from swebench_lite.records import Outcome, Patch
from swebench_lite.settings import Settings, bundled
from tests.task_folders import change, make_task
from tests.test_cli import Cli, Result

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
ANSWERS = SCRIPTS.parent / "tests" / "task_answers"
sys.path.insert(0, str(SCRIPTS))
try:
    from prove_tasks import choosing, covering, hand_made, judging, mutating, places, sampling, showing
finally:
    sys.path.remove(str(SCRIPTS))

ID = "python_feature_clamp"
FILE = "numbers_kit.py"
CATALOG = read_catalog(bundled("tasks")).tasks


@pytest.fixture
def task(tmp_path: Path) -> CatalogTask:
    return read_task(make_task(tmp_path / "all"))


def write_mutants(answers: Path, *entries: dict[str, str], task_id: str = ID) -> Path:
    """``mutants.toml`` with these entries; what an entry lacks is usual."""
    usual = {"file": FILE, "find": "min(number, high)", "replace": "min(number, low)", "why": "It is wrong."}
    place = answers / task_id
    place.mkdir(parents=True, exist_ok=True)
    text = "".join(
        "[[mutant]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in {**usual, **entry}.items())
        for entry in entries
    )
    (place / "mutants.toml").write_text(text)
    return answers


def prove(cli: Cli, *arguments: str) -> Result:
    """The script in a process of its own, as a person starts it."""
    command = [sys.executable, "-B", str(SCRIPTS / "prove_tasks"), *arguments]
    environ = {**cli.environ, "SWEBENCH_LITE_OFFLINE": "0"}
    done = subprocess.run(command, cwd=cli.folder, env=environ, capture_output=True, text=True, check=False)
    if "cannot make an environment" in done.stdout + done.stderr:
        pytest.skip("the package index does not give what the proof needs")
    return Result(done.returncode, done.stdout, done.stderr)


# Choosing tasks


def test_an_unknown_task_is_told_with_the_near_miss(tmp_path: Path) -> None:
    make_task(tmp_path)
    with pytest.raises(UsageError, match=f"did you mean '{ID}'"):
        choosing.chosen(["python_feature_clam"], tmp_path)


def test_tasks_of_other_languages_are_left_out_unless_they_are_named(tmp_path: Path) -> None:
    make_task(tmp_path)
    make_task(tmp_path, "go_feature_clamp", "go")
    assert [one.task_id for one in choosing.chosen((), tmp_path, language="python")] == [ID]
    with pytest.raises(UsageError, match="go_feature_clamp is written in go"):
        choosing.chosen(["go_feature_clamp"], tmp_path, language="python")


def test_a_folder_without_a_task_in_the_language_is_refused(tmp_path: Path) -> None:
    make_task(tmp_path, "go_feature_clamp", "go")
    with pytest.raises(UsageError, match="no task in python"):
        choosing.chosen((), tmp_path, language="python")


def test_a_broken_task_stops_the_proof_of_all_but_not_that_of_another(tmp_path: Path) -> None:
    make_task(tmp_path)
    (make_task(tmp_path, "python_feature_broken") / "metadata.json").write_text("{}")
    assert [one.task_id for one in choosing.chosen([ID], tmp_path)] == [ID]
    for names in ([], ["python_feature_broken"]):
        with pytest.raises(UsageError, match="python_feature_broken"):
            choosing.chosen(names, tmp_path)


def test_a_task_that_contradicts_itself_is_named_and_not_called_unknown(tmp_path: Path) -> None:
    place = make_task(tmp_path)
    (place / "solution" / FILE).write_text((place / "workspace" / FILE).read_text())
    with pytest.raises(UsageError, match="changes nothing of the workspace"):
        choosing.chosen([ID], tmp_path)


def test_the_solutions_files_stand_apart_from_the_workspaces_and_tests_are_neither(tmp_path: Path) -> None:
    place = make_task(tmp_path)
    for path, text in {
        "workspace/kit/other.py": "A = 1\n",
        "workspace/kit/same.py": "B = 1\n",
        "solution/kit/same.py": "B = 1\n",
        "solution/kit/new.py": "C = 1\n",
        "solution/notes.md": "words\n",
        "workspace/tests/test_old.py": "def test_it():\n    pass\n",
    }.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    assert choosing.modules(read_task(place)) == (("kit/new.py", FILE), ("kit/other.py", "kit/same.py"))


def test_tests_that_lie_beside_the_code_are_no_code_of_the_solution(tmp_path: Path) -> None:
    place = make_task(tmp_path)
    change(place, {"eval": {"command": ["python3", "-m", "pytest"], "timeout_seconds": 9, "tests_into": "."}})
    assert choosing.modules(read_task(place)) == ((FILE,), ())


# Mutants made by hand


def test_a_mutant_is_the_solution_with_one_replacement(task: CatalogTask, tmp_path: Path) -> None:
    (mutant,), problems = hand_made.read_mutants(write_mutants(tmp_path / "a", {}), task)
    assert problems == ()
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / FILE).write_text(task.workspace[FILE])
    subprocess.run(["git", "apply", "-"], cwd=tree, input=mutant.patch.text, text=True, check=True)
    assert (tree / FILE).read_text() == task.solution[FILE].replace("min(number, high)", "min(number, low)")


def test_a_file_that_the_solution_leaves_alone_can_be_mutated_beside_it(tmp_path: Path) -> None:
    place = make_task(tmp_path / "all")
    (place / "workspace" / "other.py").write_text("LIMIT = 7\n")
    answers = write_mutants(tmp_path / "a", {"file": "other.py", "find": "7", "replace": "8"})
    (mutant,), _ = hand_made.read_mutants(answers, read_task(place))
    assert "+LIMIT = 8" in mutant.patch.text
    assert "max(low, min(number, high))" in mutant.patch.text


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"find": "no such text"}, "does not occur"),
        ({"find": "number"}, "occurs more than once"),
        ({"file": "nothing.py"}, "has a file 'nothing.py'"),
        ({"replace": "min(number, high)"}, "it is the solution itself"),
    ],
)
def test_a_mutant_that_cannot_be_made_is_named_and_stops_no_other(
    task: CatalogTask, tmp_path: Path, entry: dict[str, str], said: str
) -> None:
    mutants, (problem,) = hand_made.read_mutants(write_mutants(tmp_path / "a", entry, {}), task)
    assert [one.number for one in mutants] == [2]
    assert said in problem
    assert "mutant 1 (It is wrong.)" in problem


def test_places_that_overlap_are_more_than_one(tmp_path: Path) -> None:
    place = make_task(tmp_path / "all")
    (place / "solution" / "aaa.py").write_text("# aaa\n")
    answers = write_mutants(tmp_path / "a", {"file": "aaa.py", "find": "aa"})
    _, (problem,) = hand_made.read_mutants(answers, read_task(place))
    assert "more than once" in problem


def test_a_mutant_that_is_the_untouched_workspace_is_refused(task: CatalogTask, tmp_path: Path) -> None:
    answers = write_mutants(tmp_path / "a", {"find": task.solution[FILE], "replace": task.workspace[FILE]})
    _, (problem,) = hand_made.read_mutants(answers, task)
    assert "untouched workspace" in problem


@pytest.mark.parametrize(
    "content", [b"", b"[[mutant]]\n", b"not toml", b"\xff\xfe", b"mutant = 1\n", b"[[mutant]]\nfile = 1\n"]
)
def test_a_file_of_mutants_that_cannot_be_read_is_named(task: CatalogTask, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a" / ID).mkdir(parents=True)
    (tmp_path / "a" / ID / "mutants.toml").write_bytes(content)
    with pytest.raises(DatasetError, match=r"mutants\.toml(:| cannot be read)"):
        hand_made.read_mutants(tmp_path / "a", task)


def test_an_unknown_key_of_a_mutant_is_refused(task: CatalogTask, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="because"):
        hand_made.read_mutants(write_mutants(tmp_path / "a", {"because": "of it"}), task)


def test_a_task_without_mutants_is_told(task: CatalogTask, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is not there; write mutants"):
        hand_made.read_mutants(tmp_path, task)


@pytest.mark.parametrize("real", CATALOG, ids=lambda one: one.task_id)
def test_every_mutant_of_the_catalog_can_be_made(real: CatalogTask) -> None:
    mutants, problems = hand_made.read_mutants(ANSWERS, real)
    assert problems == ()
    assert mutants


def mutant(number: int = 1, task_id: str = ID) -> hand_made.Mutant:
    return hand_made.Mutant(
        task_id=task_id, number=number, file=FILE, find="a", replace="b", why="It is wrong.", patch=Patch(text="x")
    )


def test_a_mutant_is_killed_by_failing_tests_and_by_the_time_limit_only() -> None:
    killed = {one for one in Outcome if judging.Judged(mutant=mutant(), outcome=one).killed}
    assert killed == {Outcome.UNRESOLVED, Outcome.TIMEOUT}


def test_a_mutant_that_could_not_be_judged_neither_died_nor_survived() -> None:
    row = judging.Judged(mutant=mutant(), outcome=None, reason="the engine is down")
    assert (row.killed, row.survived) == (False, False)
    (line,) = showing.mutants_lines([row])
    assert line == f"not judged: {ID}, mutant 1, {FILE}: the engine is down"


def test_survivors_are_listed_with_what_is_wrong_with_them() -> None:
    rows = [
        judging.Judged(mutant=mutant(1), outcome=Outcome.UNRESOLVED, passed=0),
        judging.Judged(mutant=mutant(2), outcome=Outcome.RESOLVED, passed=6),
        judging.Judged(mutant=mutant(1, "python_feature_other"), outcome=Outcome.TIMEOUT, passed=3),
    ]
    assert showing.mutants_lines(rows) == [f"survived: {ID}, mutant 2, {FILE}: It is wrong."]
    assert showing.mutants_table(rows)[1] == [
        (ID, "1/2", "1", "0", "1"),
        ("python_feature_other", "1/1", "0", "0", "0"),
    ]
    assert showing.mutants_sentence(rows) == "2 of 3 mutants of 2 tasks are killed"
    assert showing.mutants_document(rows, ["x"])["summary"] == {
        "tasks": 2, "mutants": 3, "killed": 2, "survived": 1, "not_judged": 0, "not_made": 1,
    }  # fmt: skip


# Coverage


@pytest.mark.parametrize(
    ("lines", "branches", "text"),
    [
        ([], [], ""),
        ([3, 7, 8, 9], [], "3, 7-9"),
        ([], [[12, 14], [5, -1]], "5->exit, 12->14"),
        ([14], [[12, 14], [14, 16], [20, 22]], "14, 20->22"),
    ],
)
def test_missing_lines_are_spans_and_their_branches_are_not_told_twice(
    lines: list[int], branches: list[list[int]], text: str
) -> None:
    assert covering.missing_text(lines, branches) == text


def test_a_file_that_the_report_does_not_know_is_an_error_and_never_full_marks() -> None:
    with pytest.raises(places.ProofError, match=r"does not report on a\.py"):
        covering.reach_of("a.py", {"files": {}})


def reach(path: str, *, lines: tuple[int, int], branches: tuple[int, int] = (0, 0)) -> covering.FileReach:
    return covering.FileReach(
        path=path,
        lines_reached=lines[0],
        lines=lines[1],
        branches_reached=branches[0],
        branches=branches[1],
        missing="",
    )


def test_lines_and_branches_of_all_files_of_a_solution_count_together() -> None:
    one, two = reach("a.py", lines=(90, 90), branches=(8, 10)), reach("b.py", lines=(0, 100))
    found = covering.Reach(task_id=ID, own=(one, two), beside=(reach("c.py", lines=(0, 500)),), seconds=1.0)
    assert found.percent == pytest.approx(49.0)
    assert covering.share(()) == 100.0


def test_a_percentage_that_misses_the_limit_does_not_look_as_if_it_met_it() -> None:
    assert showing.percent(94.99) == "94.9 %"
    assert showing.percent(95.0) == "95.0 %"
    assert showing.percent(None) == "-"


def test_a_task_below_the_limit_is_named() -> None:
    low = covering.Reach(task_id="python_low_one", own=(reach("a.py", lines=(94, 100)),), beside=(), seconds=1.0)
    full = covering.Reach(task_id=ID, own=(reach("a.py", lines=(95, 100)),), beside=(), seconds=1.0)
    assert showing.coverage_sentence([full, low]).endswith("below 95 %: python_low_one")
    assert showing.coverage_document([full, low], [])["summary"] == {"tasks": 2, "least": 95.0, "below": 1}


# Samples of machine-made mutants


def candidate(line: int, operator: str = "NumberReplacer", occurrence: int = 0, job: str = "x") -> sampling.Candidate:
    return sampling.Candidate(
        file="a.py", start=(line, 4), end=(line, 5), operator=operator, occurrence=occurrence, definition="f", job=job
    )


def test_the_same_seed_draws_the_same_sample_whatever_the_ids_and_the_order() -> None:
    one = [candidate(line, job=f"a{line}") for line in range(50)]
    two = [candidate(line, job=f"b{99 - line}") for line in reversed(range(50))]
    drawn = [[each.start for each in sampling.sample(found, limit=9, seed=3)] for found in (one, two)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != [each.start for each in sampling.sample(one, limit=9, seed=4)]


def test_every_place_has_its_turn_before_one_has_a_second() -> None:
    crowded = [candidate(1, f"Replace{number}") for number in range(30)]
    found = [*crowded, *(candidate(line) for line in range(2, 10))]
    assert {one.start[0] for one in sampling.sample(found, limit=9, seed=1)} == set(range(1, 10))
    assert len(sampling.sample(found, limit=12, seed=1)) == 12


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), unique=True), st.integers(1, 30), st.integers())
def test_a_sample_has_no_duplicates_and_is_as_large_as_it_can_be(
    pairs: list[tuple[int, int]], limit: int, seed: int
) -> None:
    found = [candidate(line, occurrence=number) for line, number in pairs]
    drawn = sampling.sample(found, limit=limit, seed=seed)
    assert len(set(drawn)) == len(drawn) == min(limit, len(found))
    assert set(drawn) <= set(found)


def test_changes_of_annotations_are_left_out_and_those_of_values_stay() -> None:
    source = 'π = "ä"; x: int | None = 1 | 2\n\ndef f(a: str | None = 3 | 4) -> int | str:\n    return 1 | 2\n'
    rows = source.splitlines()
    found = [
        sampling.Candidate(
            file="a.py", start=(row, column), end=(row, column + 1), operator="o", occurrence=0, definition="", job="j"
        )
        for row, text in enumerate(rows, start=1)
        for column, letter in enumerate(text)
        if letter == "|"
    ]
    left = sampling.without_annotations(found, {"a.py": source})
    assert len(found) == 6
    assert [rows[one.start[0] - 1][one.start[1] - 2] for one in left] == ["1", "3", "1"]


@given(st.text())
def test_any_text_has_annotations_or_none(source: str) -> None:
    assert isinstance(sampling.annotation_spans(source), tuple)


def item(line: int = 3, operator: str = "core/AddNot") -> dict[str, Any]:
    spec = {
        "module_path": "a.py", "operator_name": operator, "operator_args": {}, "occurrence": 0,
        "start_pos": [line, 4], "end_pos": [line, 9], "definition_name": None,
    }  # fmt: skip
    return {"job_id": "j", "mutations": [spec]}


def test_a_dump_is_read_with_and_without_results() -> None:
    dump = "\n".join(json.dumps([item(line), None]) for line in (1, 2)) + "\n\n"
    assert [one.start for one in sampling.candidates(dump)] == [(1, 4), (2, 4)]


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"worker_outcome": "normal", "test_outcome": "killed", "output": "", "diff": None}, "killed"),
        ({"worker_outcome": "normal", "test_outcome": "survived", "output": "", "diff": None}, "survived"),
        (
            {"worker_outcome": "exception", "test_outcome": "incompetent", "output": "Traceback", "diff": None},
            "exception",
        ),
        ({"worker_outcome": "no-test", "test_outcome": None, "output": None, "diff": None}, "no-test"),
        (None, "not run"),
    ],
)
def test_what_the_tool_could_not_run_is_neither_killed_nor_survived(
    result: dict[str, Any] | None, outcome: str
) -> None:
    assert mutating.tried(item(), result).outcome == outcome


def test_a_survivor_shows_the_lines_that_differ() -> None:
    diff = "--- mutation diff ---\n--- aa.py\n+++ bb.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 2\n"
    one = mutating.tried(item(), {"worker_outcome": "normal", "test_outcome": "survived", "output": "", "diff": diff})
    found = mutating.Mutated(task_id=ID, possible=9, tried=(one,), test_seconds=0.5, seconds=2.0)
    assert showing.mutate_lines([found]) == [
        f"survived: {ID}, a.py:3, AddNot",
        "    -    return 1",
        "    +    return 2",
    ]


def test_the_score_counts_only_mutants_that_ran() -> None:
    normal = {"worker_outcome": "normal", "diff": "", "output": ""}
    tried = (
        mutating.tried(item(1), {**normal, "test_outcome": "killed", "output": "timeout"}),
        mutating.tried(item(2), {**normal, "test_outcome": "survived"}),
        mutating.tried(item(3), None),
    )
    found = mutating.Mutated(task_id=ID, possible=9, tried=tried, test_seconds=0.5, seconds=2.0)
    empty = mutating.Mutated(task_id=ID, possible=0, tried=(), test_seconds=0.5, seconds=2.0)
    assert showing.score([found]) == 50.0
    assert showing.score([empty]) is None
    assert showing.mutate_table([found])[1] == [(ID, "50.0 %", "1", "1", "1", "1", "9", "0.5 s")]


@given(st.text(min_size=1), st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1))
def test_the_tools_settings_say_what_they_were_given(path: str, name: str) -> None:
    path = path.encode("utf-8", "replace").decode()
    read = tomllib.loads(mutating.settings_text([path], Path("/a") / name, seconds=12.345))["cosmic-ray"]
    assert read["module-path"] == [path]
    assert read["timeout"] == 12.3
    assert shlex.split(read["test-command"]) == ["sh", str(Path("/a") / name)]


def test_the_script_of_a_mutant_ends_its_tests_where_they_do_not_end_themselves(tmp_path: Path) -> None:
    tree = tmp_path / "a tree 'of' \"mine\""
    tree.mkdir()
    script = tmp_path / "tests.sh"
    script.write_text(mutating.test_script("pwd > here.txt; (exit 7)", tree, seconds=20))
    assert subprocess.run(["sh", str(script)], check=False).returncode == 7
    assert (tree / "here.txt").read_text().strip() == str(tree)
    script.write_text(mutating.test_script("sleep 600", tree, seconds=-4))
    assert subprocess.run(["sh", str(script)], check=False, timeout=60).returncode == 124


# Places


def test_the_tests_run_with_the_pytest_of_the_sandboxes() -> None:
    assert places.PYTEST == host._PYTEST


def test_a_process_beyond_its_limit_ends_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    line = f"(sleep 3; touch {mark}) & echo begun; sleep 600"
    done = places.run(["sh", "-c", line], cwd=tmp_path, environ={"PATH": "/usr/bin:/bin"}, seconds=1)
    assert (done.status, done.output) == (None, "begun\n")
    subprocess.run(["sleep", "3"], check=True)
    assert not mark.exists()


def test_output_that_is_no_text_is_read_all_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\xff\\x00ok'); sys.exit(3)"]
    done = places.run(command, cwd=tmp_path, environ={}, seconds=60)
    assert done.status == 3
    assert done.output.endswith("ok")
    assert places.tail("\n \n") == "it said nothing"


def test_test_processes_see_nothing_of_the_users_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    found = places.variables(tmp_path / "python" / "bin" / "python", tmp_path / "home")
    assert not {"PYTHONPATH", "OPENAI_API_KEY"} & found.keys()
    assert found["PATH"].startswith(str(tmp_path / "python" / "bin"))
    assert Path(found["TMPDIR"]).is_dir()


def test_the_tree_of_a_proof_is_solved_and_holds_the_hidden_tests(task: CatalogTask, tmp_path: Path) -> None:
    places.lay_out(task, tmp_path / "tree")
    assert (tmp_path / "tree" / FILE).read_text() == task.solution[FILE]
    assert (tmp_path / "tree" / "tests" / "test_numbers_kit.py").is_file()


# From end to end


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def test_help_needs_neither_an_engine_nor_an_index(cli: Cli) -> None:
    shown = prove(cli, "--help")
    assert shown.status == 0
    assert all(name in shown.out for name in ("coverage", "mutants", "mutate"))


def test_an_unknown_task_ends_with_the_status_of_a_wrong_call(cli: Cli) -> None:
    result = prove(cli, "mutants", "python_bugfix_prime_cheker")
    assert (result.status, result.out) == (2, "")
    assert "did you mean 'python_bugfix_prime_checker'" in result.err


def test_mutants_are_judged_in_the_sandbox_and_a_survivor_fails_the_proof(cli: Cli, local_settings: Settings) -> None:
    make_task(cli.folder / "all")
    answers = write_mutants(
        cli.folder / "answers",
        {"why": "the upper bound is lost"},
        {"find": "if low > high", "replace": "if low >= high", "why": "equal bounds are refused"},
        {"find": "return max(low", "replace": "return max((low", "why": "it does not compile"},
    )
    where = ("--folder", str(cli.folder / "all"), "--answers", str(answers), "--sandbox", "local", "--json")
    result = prove(cli, "mutants", ID, *where)
    assert result.status == 1, result.err
    (row,) = result.document["tasks"]
    assert [one["outcome"] for one in row["mutants"]] == ["UNRESOLVED", "RESOLVED", "UNRESOLVED"]
    assert [one["passed"] > 0 for one in row["mutants"]] == [True, True, False]
    assert (row["killed"], row["of"]) == (2, 3)
    write_mutants(answers, {"why": "the upper bound is lost"})
    assert prove(cli, "mutants", ID, *where).status == 0
    write_mutants(answers, {}, {"find": "number"})
    unmade = prove(cli, "mutants", ID, *where)
    assert (unmade.status, len(unmade.document["problems"])) == (1, 1)


TOOL = """import sys
from numbers_kit import clamp, double


def main(words):
    number, low, high = map(int, words)
    if low > high:
        print("unordered")
        return 1
    print(clamp(double(number), low, high))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""
STARTS_IT = """
import subprocess
import sys


def test_the_tool_runs_without_any_variable():
    done = subprocess.run([sys.executable, "tool.py", "4", "1", "5"], env={}, capture_output=True, text=True)
    assert done.stdout == "5\\n"
"""


@pytest.mark.slow
def test_coverage_reaches_into_sub_processes_and_names_what_is_missing(cli: Cli) -> None:
    place = make_task(cli.folder / "all")
    (place / "solution" / "tool.py").write_text(TOOL)
    (place / "tests" / "test_tool.py").write_text(STARTS_IT)
    (place / "workspace" / "unused.py").write_text("A = 1\n")
    result = prove(cli, "coverage", "--folder", str(cli.folder / "all"), "--json")
    assert result.document["problems"] == []
    (row,) = result.document["tasks"]
    found = {one["path"]: one for one in row["solution"]}
    # The line of "unordered" and its return, which no test asks for.
    assert found["tool.py"]["missing"] == "8-9, 14->exit"
    assert found[FILE]["percent"] == 100
    assert [one["percent"] for one in row["workspace"]] == [0]
    assert result.status == 1


@pytest.mark.slow
def test_a_solution_whose_tests_fail_has_no_coverage_and_no_score(cli: Cli) -> None:
    place = make_task(cli.folder / "all")
    (place / "solution" / FILE).write_text("def double(number):\n    return 3 * number\n")
    for proof in ("coverage", "mutate"):
        result = prove(cli, proof, "--folder", str(cli.folder / "all"), "--json")
        (problem,) = result.document["problems"]
        assert result.status == 1
        assert problem.startswith(ID)
        assert result.document["tasks"] == []


LEAVES_A_MARK = """
from pathlib import Path


def test_nobody_was_here_before():
    mark = Path("mark.txt")
    was_there = mark.exists()
    mark.write_text("x")
    assert not was_there
"""


@pytest.mark.slow
def test_tests_that_trip_over_what_an_earlier_run_left_prove_nothing(cli: Cli) -> None:
    place = make_task(cli.folder / "all")
    (place / "tests" / "test_mark.py").write_text(LEAVES_A_MARK)
    result = prove(cli, "mutate", "--folder", str(cli.folder / "all"), "--limit", "1", "--json")
    (problem,) = result.document["problems"]
    assert (result.status, result.document["tasks"]) == (1, [])
    assert "test_nobody_was_here_before" in problem


@pytest.mark.slow
def test_machine_made_mutants_are_sampled_tried_and_told(cli: Cli) -> None:
    place = make_task(cli.folder / "all")
    text = (place / "solution" / FILE).read_text() + "\n\ndef unseen(number: int) -> int:\n    return number + 7\n"
    (place / "solution" / FILE).write_text(text)
    before = {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}
    ask = ("mutate", "--folder", str(cli.folder / "all"), "--limit", "6", "--seed", "5", "--json")
    result = prove(cli, *ask)
    assert (result.status, result.document["problems"]) == (0, [])
    (row,) = result.document["tasks"]
    assert len(row["mutants"]) == row["killed"] + row["survived"] == 6
    survivors = {one["definition"] for one in row["mutants"] if one["outcome"] == "survived"}
    assert "unseen" in survivors
    assert all(one["diff"] for one in row["mutants"])
    assert {file: file.read_bytes() for file in place.rglob("*") if file.is_file()} == before


STEP = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/{up}calls.txt"
case "$*" in *{fails}*) exit {status} ;; esac
"""


def stress(folder: Path, *arguments: str, fails: str = "nothing", status: int = 0) -> tuple[Result, list[str]]:
    """``scripts/stress`` in a checkout whose commands only note how they were called, and the calls."""
    for path, up in ((".venv/bin/python", "../../"), ("scripts/prove-tasks", "../")):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(STEP.format(up=up, fails=fails, status=status))
        file.chmod(0o755)
    shutil.copy(SCRIPTS / "stress", folder / "scripts" / "stress")
    done = subprocess.run([str(folder / "scripts" / "stress"), *arguments], capture_output=True, text=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr), (folder / "calls.txt").read_text().splitlines()


def test_the_long_proof_takes_every_step_and_says_what_each_took(tmp_path: Path) -> None:
    result, calls = stress(tmp_path, "--sandbox", "local")
    assert calls == [
        "-m swebench_lite check tasks --repeat 4 --no-cache --sandbox local",
        "mutants --sandbox local",
        "coverage",
        "mutate --limit 40",
    ]
    assert result.status == 0
    assert [line.split()[0] for line in result.out.splitlines() if line] == ["check", "mutants", "coverage", "mutate"]


def test_the_quick_proof_is_half_of_the_long_one(tmp_path: Path) -> None:
    _, calls = stress(tmp_path, "--quick")
    assert (calls[0], calls[3]) == ("-m swebench_lite check tasks --repeat 2 --no-cache", "mutate --limit 20")


def test_the_long_proof_goes_on_after_a_failure_and_ends_with_the_worst_status(tmp_path: Path) -> None:
    result, calls = stress(tmp_path, fails="mutants", status=2)
    assert (result.status, len(calls)) == (2, 4)
    assert "exit status 2" in result.out


def test_an_interrupt_ends_the_long_proof(tmp_path: Path) -> None:
    result, calls = stress(tmp_path, fails="mutants", status=130)
    assert (result.status, len(calls)) == (130, 2)
