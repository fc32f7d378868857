from __future__ import annotations

import hashlib
import importlib
import json
import os
import tracemalloc
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swebench_lite import importers
from swebench_lite.errors import DatasetError, UsageError
from swebench_lite.importers import documents, files
from swebench_lite.importers.evidence import tell
from swebench_lite.records import Attempt, AttemptKey, Flag, Instance, Limits, Outcome, Plan
from swebench_lite.reports import official
from swebench_lite.settings import Settings
from tests.test_reports_model import RUN, attempt, plan

PATCH = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
STAMP = "2026-11-21 11:30:00,123 - INFO - "
APPLIED = f"{STAMP}>>>>> Applied Patch:\nChecking patch x...\n{STAMP}Test runtime: 1_002.50 seconds\n"
REFUSED = (
    f"{STAMP}Failed to apply patch to container: git apply --verbose\n"
    f"{STAMP}>>>>> Patch Apply Failed:\npatching file x\nHunk #1 FAILED at 1.\n"
)
NO_IMAGE = f"{STAMP}Error creating container for i: Evaluation error for i: Image acme/i not found for i\n"
TIMED_OUT = "so far\n\n\nTimeout error: 5 seconds exceeded."
ENDS = ("resolved", "unresolved", "error", "empty_patch", "incomplete")


def output(a: str = "PASSED", b: str = "PASSED", *, code: str = "0") -> str:
    return (
        f"+ : '>>>>> Start Test Output'\n{a} t.py::a\n{b} t.py::b\n+ : '>>>>> End Test Output'\n"
        f">>>>> Test Exit Code: {code}\n"
    )


def row(name: str = "i", **fields: Any) -> Instance:
    return Instance(
        instance_id=name, repo="a/a", base_commit="c", patch=PATCH, log_parser="parse_log_pytest",
        fail_to_pass=("t.py::a",), pass_to_pass=("t.py::b",), **fields,
    )  # fmt: skip


def report(name: str = "i", *, resolved: bool = True, **fields: Any) -> dict[str, Any]:
    a = {"success": ["t.py::a"], "failure": []} if resolved else {"success": [], "failure": ["t.py::a"]}
    entry = {
        "patch_is_None": False, "patch_exists": True, "patch_successfully_applied": True, "resolved": resolved,
        "tests_status": {"FAIL_TO_PASS": a, "PASS_TO_PASS": {"success": ["t.py::b"], "failure": []}},
    }  # fmt: skip
    return {name: {**entry, **fields}}


def write(folder: Path, **contents: Any) -> Path:
    """An instance's folder: report, log, run_log, patch, script; None leaves a file out."""
    names = {
        "report": "report.json", "log": "test_output.txt", "run_log": "run_instance.log", "patch": "patch.diff",
        "script": "eval.sh",
    }  # fmt: skip
    whole = {"report": report(folder.name), "log": output(), "run_log": APPLIED, "patch": PATCH, "script": "pytest\n"}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**whole, **contents}.items():
        text = json.dumps(content) if isinstance(content, dict) else content
        if text is not None:
            (folder / names[name]).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def listed(root: Path, model: str = "m", **lists: Any) -> Path:
    """A run report in which the ids of every list add up."""
    ids = {name: lists.pop(name, []) for name in ENDS}
    ids["completed"] = ids["resolved"] + ids["unresolved"]
    ids["submitted"] = ids["completed"] + ids["error"] + ids["empty_patch"]
    document = {"total_instances": sum(len(ids[name]) for name in ENDS), "schema_version": 2}
    document |= {f"{name}_instances": len(found) for name, found in ids.items() if name != "incomplete"}
    document |= {f"{name}_ids": sorted(found) for name, found in ids.items()} | lists
    path = root / f"{model}.r1.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """An official run's folder without a model in it."""
    folder = tmp_path / "site" / "logs" / "run_evaluation" / "r1"
    folder.mkdir(parents=True)
    metadata = {"dataset": "acme", "split": "test", "task_repo": None, "created_at": "2026-11-20T10:00:00+00:00"}
    (folder / "run.json").write_text(json.dumps(metadata))
    return folder


def site(run: Path) -> Path:
    return run.parents[2]


class Read:
    """What an import makes of a folder."""

    def __init__(self, path: Path, *rows: Instance, limits: Limits | None = None, run_id: str = "r1") -> None:
        self.notes = importers.Notes()
        self.survey = importers.survey(path, self.notes)
        known = {one.instance_id: one for one in rows}
        self.made = tuple(
            importers.attempts(self.survey, run_id=run_id, known=known, limits=limits or Limits(), notes=self.notes)
        )
        self.plan: Plan = importers.plan(
            self.survey, run_id=run_id, dataset=None, known=known, now=datetime(2026, 11, 21, tzinfo=UTC)
        )
        self.attempts = {one.attempt.key.instance_id: one.attempt for one in self.made}

    @property
    def only(self) -> Attempt:
        (one,) = self.made
        return one.attempt

    @property
    def outcome(self) -> Outcome:
        return self.only.verdict.outcome

    @property
    def said(self) -> str:
        return "\n".join(self.notes.problems)


def test_a_resolved_instance_is_resolved_and_unverified(run: Path) -> None:
    write(run / "m" / "i")
    found = Read(site(run), row())
    verdict = found.only.verdict
    assert (verdict.outcome, verdict.official_resolved, verdict.flags) == (Outcome.RESOLVED, True, (Flag.UNVERIFIED,))
    assert found.notes.problems == ()


def test_without_rows_a_report_is_trusted_and_still_unverified(run: Path) -> None:
    write(run / "m" / "i", log=output("FAILED"))
    found = Read(site(run))
    assert (found.outcome, found.only.verdict.flags, found.said) == (Outcome.RESOLVED, (Flag.UNVERIFIED,), "")


def test_a_failing_test_is_named_with_or_without_rows(run: Path) -> None:
    write(run / "m" / "i", report=report(resolved=False), log=output("FAILED", code="1"))
    assert Read(site(run)).only.verdict.reason == "1 of 2 required tests fail, first t.py::a"
    assert Read(site(run), row()).only.verdict.reason == "1 of 2 required tests fail, first t.py::a"


@pytest.mark.parametrize(
    ("where", "contents", "outcome"),
    [
        ("error", {"run_log": REFUSED, "log": None}, Outcome.PATCH_INVALID),
        ("error", {"log": TIMED_OUT}, Outcome.TIMEOUT),
        ("error", {"log": None, "run_log": NO_IMAGE}, Outcome.NO_ENVIRONMENT),
        ("error", {"log": None, "run_log": "Cannot connect to the Docker daemon\n"}, Outcome.INFRA),
        ("error", {}, Outcome.INFRA),
        ("unresolved", {}, Outcome.UNRESOLVED),
    ],
)
def test_without_a_report_the_logs_and_then_the_list_decide(
    run: Path, where: str, contents: dict[str, Any], outcome: Outcome
) -> None:
    write(run / "m" / "i", report=None, **contents)
    listed(site(run), **{where: ["i"]})
    found = Read(site(run))
    assert (found.outcome, found.only.verdict.official_resolved) == (outcome, False)


@pytest.mark.parametrize(("where", "outcome"), [("empty_patch", Outcome.NO_ANSWER), ("incomplete", Outcome.NOT_RUN)])
def test_what_has_no_folder_is_known_from_the_run_report(run: Path, where: str, outcome: Outcome) -> None:
    listed(site(run), **{where: ["i"]})
    found = Read(site(run))
    assert (found.outcome, found.only.patch_sha256, found.said) == (outcome, None, "")


def test_an_error_without_a_folder_is_an_infrastructure_failure(run: Path) -> None:
    listed(site(run), error=["i"])
    assert Read(site(run)).outcome is Outcome.INFRA


def test_a_folder_without_a_report_or_a_list_is_not_run_and_named(run: Path) -> None:
    write(run / "m" / "i", report=None, log=None)
    found = Read(site(run))
    assert found.outcome is Outcome.NOT_RUN
    assert "no report.json, and nothing says why: m/i" in found.said


def test_an_empty_instance_folder_is_not_lost(run: Path) -> None:
    (run / "m" / "i").mkdir(parents=True)
    assert Read(site(run)).outcome is Outcome.NOT_RUN


def test_a_patch_that_speaks_of_time_outs_is_no_time_out(run: Path) -> None:
    write(run / "m" / "i", run_log=f"{APPLIED}+    raise X('Test timed out after 5 seconds.')\n")
    assert Read(site(run), row()).outcome is Outcome.RESOLVED


def test_the_end_of_a_run_log_tells_of_a_time_out(run: Path) -> None:
    said = "swebench.harness.utils.EvaluationError: Error in evaluation for i: Test timed out after 5 seconds.\n"
    write(run / "m" / "i", report=None, log=None, run_log=APPLIED + said)
    assert Read(site(run)).outcome is Outcome.TIMEOUT


def test_a_resolved_report_of_a_run_that_timed_out_is_a_problem(run: Path) -> None:
    write(run / "m" / "i", log=TIMED_OUT)
    found = Read(site(run), row())
    assert "report.json says resolved, but the log says that the tests ran into the time limit" in found.said
    assert (found.only.verdict.official_resolved, found.only.verdict.resolved) == (True, False)


def test_a_report_that_its_log_denies_is_a_problem_and_never_resolved(run: Path) -> None:
    write(run / "m" / "i", log=output("FAILED", code="1"))
    found = Read(site(run), row())
    assert (found.outcome, found.only.verdict.official_resolved) == (Outcome.UNRESOLVED, True)
    assert "m/i: report.json says resolved, but its test_output.txt reads as unresolved" in found.said


def test_a_report_that_denies_its_log_is_a_problem_and_stays_unresolved(run: Path) -> None:
    write(run / "m" / "i", report=report(resolved=False))
    found = Read(site(run), row())
    assert (found.outcome, found.only.verdict.official_resolved) == (Outcome.UNRESOLVED, False)
    assert "report.json says unresolved, but its test_output.txt reads as resolved" in found.said


def test_a_torn_log_is_told_from_its_report(run: Path) -> None:
    write(run / "m" / "i", log=output()[:60])
    assert "report.json says resolved, but its test_output.txt reads as unresolved" in Read(site(run), row()).said


def test_a_test_that_changed_sides_is_named(run: Path) -> None:
    tests = {"FAIL_TO_PASS": {"success": [], "failure": ["t.py::a"]}, "PASS_TO_PASS": {"success": ["t.py::b"]}}
    write(run / "m" / "i", report=report(resolved=False, tests_status=tests), log=output("FAILED", "FAILED", code="1"))
    assert "disagree on t.py::b" in Read(site(run), row()).said


def test_our_stricter_rules_hold_for_imports_too(run: Path) -> None:
    # Officially nobody asks whether an exit status of nought goes with a failure in the same file.
    write(run / "m" / "i", log=output().replace("PASSED t.py::b", "PASSED t.py::b\nFAILED t.py::c - x"))
    verdict = Read(site(run), row()).only.verdict
    assert (verdict.outcome, verdict.official_resolved) == (Outcome.UNRESOLVED, True)
    assert "exit status contradicts the log" in verdict.reason


def test_a_log_that_records_no_exit_status_is_not_held_against_anybody(run: Path) -> None:
    write(run / "m" / "i", log=output().replace(">>>>> Test Exit Code: 0\n", ""))
    assert Read(site(run), row()).outcome is Outcome.RESOLVED


def test_a_row_without_a_log_reader_leaves_the_report_trusted(run: Path) -> None:
    write(run / "m" / "i")
    found = Read(site(run), replace(row(), log_parser=None))
    assert (found.outcome, found.said) == (Outcome.RESOLVED, "")
    assert any("not graded again: names no log_parser" in one for one in found.notes.remarks)


@pytest.mark.parametrize("where", [name for name in ENDS if name != "resolved"])
def test_a_list_that_contradicts_a_report_is_a_problem_and_denies_the_strict_result(run: Path, where: str) -> None:
    write(run / "m" / "i")
    listed(site(run), **{where: ["i"]})
    found = Read(site(run), row())
    assert f"m/i: report.json says resolved, the run report lists it under {where}_ids" in found.said
    assert not found.only.verdict.resolved


def test_a_list_that_claims_what_no_report_shows_is_a_problem(run: Path) -> None:
    listed(site(run), resolved=["i"])
    found = Read(site(run))
    assert "lists it under resolved_ids, but there is no report.json" in found.said
    assert (found.only.verdict.official_resolved, found.only.verdict.resolved) == (True, False)


def test_a_folder_that_no_list_names_is_a_problem(run: Path) -> None:
    write(run / "m" / "i")
    write(run / "m" / "j")
    listed(site(run), resolved=["i"])
    found = Read(site(run))
    assert "in a folder but in no list of the run report: m/j" in found.said
    assert set(found.attempts) == {"i", "j"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"resolved_instances": 7}, "resolved_instances is 7, but resolved_ids names 1"),
        ({"total_instances": 7}, "total_instances is 7, but the lists name 1"),
        ({"resolved_ids": "i"}, "resolved_ids is text; it must be a list"),
        ({"error_ids": ["i"], "error_instances": 1}, "i is in resolved_ids and error_ids at once"),
        ({"error_ids": [1, None], "error_instances": 0}, "error_ids holds 2 entries twice or that are no ids"),
        ({"schema_version": 3}, "schema_version 3 is newer than 2"),
    ],
)
def test_a_run_report_that_contradicts_itself_is_a_problem(run: Path, changes: dict[str, Any], said: str) -> None:
    write(run / "m" / "i")
    listed(site(run), resolved=["i"], **changes)
    assert said in Read(site(run)).said


def test_predictions_outside_of_the_selection_are_counted_and_left_out(run: Path) -> None:
    write(run / "m" / "i")
    listed(site(run), resolved=["i"], submitted_ids=["i", "other"], submitted_instances=2)
    found = Read(site(run))
    assert set(found.attempts) == {"i"}
    assert any("1 predictions are for instances that were not selected" in one for one in found.notes.remarks)


def test_an_older_run_report_without_a_version_is_read(run: Path) -> None:
    write(run / "m" / "i")
    (site(run) / "m.r1.json").write_text(
        json.dumps({"resolved_ids": ["i"], "error_ids": ["j"], "resolved_instances": 1})
    )
    found = Read(site(run))
    assert (found.attempts["j"].verdict.outcome, found.said) == (Outcome.INFRA, "")


@pytest.mark.parametrize(
    "torn", ["", "{", '{"i": {"resolved"', "[]", "null", '{"j": {"resolved": true}}', '{"i": {"resolved": "yes"}}', "\xff",
             "[" * 100_000, '{"i": {"resolved": true, "tests_status": {"FAIL_TO_PASS": {"success": "x"}}}}'],
)  # fmt: skip
def test_a_torn_report_is_named_and_counts_for_nothing(run: Path, torn: str) -> None:
    write(run / "m" / "i", report=torn.encode("latin-1"))
    listed(site(run), error=["i"])
    found = Read(site(run))
    assert "m/i: report.json" in found.said
    assert (found.outcome, found.only.verdict.official_resolved) == (Outcome.INFRA, False)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda one: (
            st.lists(one)
            | st.dictionaries(
                st.sampled_from(
                    ["i", "resolved", "tests_status", "FAIL_TO_PASS", "success", "resolved_ids", "schema_version"]
                ),
                one,
            )
        ),
    )
)
def test_any_json_is_a_report_or_named(document: object) -> None:  # fmt: skip
    notes = importers.Notes()
    for read in (
        lambda: documents.instance_report(document, "i"),
        lambda: documents.run_lists(document, "m.r1.json", notes),
        lambda: documents.metadata(document, notes),
    ):
        try:
            named = read() is not None
        except DatasetError as error:
            named = bool(str(error))
        assert named


@given(st.text(), st.none() | st.text())
def test_any_log_tells_something(run_log: str, log: str | None) -> None:
    assert tell(run_log, log).test_seconds == 0.0


def test_a_torn_run_report_and_run_json_are_named(run: Path) -> None:
    write(run / "m" / "i")
    (run / "run.json").write_text("{")
    (site(run) / "m.r1.json").write_text("{")
    found = Read(site(run))
    assert "logs/run_evaluation/r1/run.json is torn" in found.said
    assert "m.r1.json is torn" in found.said
    assert (found.outcome, found.plan.dataset) == (Outcome.RESOLVED, "unknown")


def test_a_byte_that_is_no_utf_8_is_kept_and_named(run: Path) -> None:
    log = output().encode().replace(b"PASSED t.py::b\n", b"PASSED t.py::b\n\xff\xfe\n")
    write(run / "m" / "i", log=log)
    found = Read(site(run), row())
    assert found.outcome is Outcome.RESOLVED
    assert found.made[0].artefacts["test_output.txt"] == log
    assert any("no UTF-8" in one and "m/i" in one for one in found.notes.remarks)


@pytest.mark.parametrize("name", ["patch", "log"])
def test_a_missing_file_is_named(run: Path, name: str) -> None:
    write(run / "m" / "i", **{name: None})
    found = Read(site(run), row())
    assert found.said == f"{'patch.diff' if name == 'patch' else 'test_output.txt'} is missing: m/i"
    assert found.outcome is Outcome.RESOLVED


def test_a_patch_that_is_not_there_is_not_an_empty_patch(run: Path) -> None:
    write(run / "m" / "i", report=report(resolved=False), log=output("FAILED", code="1"), patch=None)
    assert official.official_list(Read(site(run)).only) == "unresolved"


def test_an_empty_patch_is_no_answer(run: Path) -> None:
    write(run / "m" / "i", report=report(resolved=False), patch="")
    assert Read(site(run)).outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize("name", ["report.json", "test_output.txt", "patch.diff"])
def test_a_linked_file_is_not_followed_and_named(run: Path, tmp_path: Path, name: str) -> None:
    folder = write(run / "m" / "i")
    secret = tmp_path / "secret"
    secret.write_bytes((folder / name).read_bytes())
    (folder / name).unlink()
    (folder / name).symlink_to(secret)
    found = Read(site(run))
    assert f"m/i: {name} is a symbolic link and was not followed" in found.said
    assert name not in found.made[0].artefacts


def test_a_linked_folder_is_not_followed_and_named(run: Path, tmp_path: Path) -> None:
    write(run / "m" / "i")
    (run / "m" / "j").symlink_to(write(tmp_path / "j"))
    (run / "other").symlink_to(tmp_path)
    found = Read(site(run))
    assert set(found.attempts) == {"i"}
    assert "j in m is a symbolic link" in found.said
    assert "other in r1 is a symbolic link" in found.said


@pytest.mark.parametrize("name", ["logs", "logs/run_evaluation"])
def test_linked_logs_are_refused_by_name(run: Path, tmp_path: Path, name: str) -> None:
    write(run / "m" / "i")
    (tmp_path / "other" / name).parent.mkdir(parents=True)
    (tmp_path / "other" / name).symlink_to(site(run) / name)
    with pytest.raises(UsageError, match="in other is a symbolic link and was not followed"):
        Read(tmp_path / "other")


def test_a_linked_run_report_is_not_followed(run: Path, tmp_path: Path) -> None:
    write(run / "m" / "i")
    (site(run) / "m.r1.json").symlink_to(listed(tmp_path, error=["i"]))
    assert "m.r1.json is a symbolic link" in Read(site(run)).said


def test_a_named_pipe_does_not_hang_the_import(run: Path) -> None:
    os.mkfifo(write(run / "m" / "i", log=None) / "test_output.txt")
    assert "test_output.txt is no plain file" in Read(site(run)).said


def test_a_long_log_is_cut_like_ours_and_read_with_little_memory(tmp_path: Path) -> None:
    log = tmp_path / "test_output.txt"
    with log.open("wb") as stream:
        stream.write(b"head")
        stream.truncate(60_000_000)
        stream.seek(0, os.SEEK_END)
        stream.write(b"tail")
    tracemalloc.start()
    found = files.read_log(log, limit=4_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.truncated, found.size, len(found.data) < 4_000_100, peak < 16_000_000) == (
        True,
        60_000_004,
        True,
        True,
    )
    assert found.data.startswith(b"head")
    assert found.data.endswith(b"tail")
    assert found.sha256 == hashlib.sha256(log.read_bytes()).hexdigest()


@given(st.binary(max_size=300), st.integers(2, 100))
def test_a_cut_log_keeps_head_and_tail(tmp_path_factory: pytest.TempPathFactory, data: bytes, limit: int) -> None:
    path = tmp_path_factory.getbasetemp() / "log"
    path.write_bytes(data)
    found = files.read_log(path, limit=limit)
    head, tail = data[: limit // 2], data[-(limit - limit // 2) :]
    assert found.data == data if len(data) <= limit else found.data.startswith(head) and found.data.endswith(tail)


def test_a_disagreement_with_a_cut_log_is_only_remarked(run: Path) -> None:
    write(run / "m" / "i", log="x" * 5000 + output() + "y" * 5000)
    found = Read(site(run), row(), limits=Limits(output=2000))
    assert found.said == ""
    assert any("too long to be read whole" in one for one in found.notes.remarks)
    assert (found.only.verdict.official_resolved, found.only.verdict.resolved) == (True, False)


@pytest.mark.parametrize("up", [0, 1, 2, 3, 4])
def test_a_run_is_found_from_any_of_its_folders(run: Path, up: int) -> None:
    write(run / "m" / "i")
    listed(site(run), resolved=["i"], empty_patch=["e"])
    path = (run / "m", run, run.parent, site(run), site(run) / "logs" / "..")[up]
    found = Read(path)
    assert {name: one.verdict.outcome for name, one in found.attempts.items()} == {
        "i": Outcome.RESOLVED, "e": Outcome.NO_ANSWER,
    }  # fmt: skip
    assert found.plan.dataset == "acme"


def test_a_published_folder_gives_the_model_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "20260101_acme__one"
    write(folder / "logs" / "i", report=report()["i"])
    (folder / "results").mkdir()
    results = {"resolved": ["i"], "no_generation": ["e"], "no_logs": ["n"]}
    (folder / "results" / "results.json").write_text(json.dumps(results))
    for path in (folder, folder / "logs"):
        found = Read(path, row())
        ended = {name: one.verdict.outcome for name, one in found.attempts.items()}
        assert ended == {"i": Outcome.RESOLVED, "e": Outcome.NO_ANSWER, "n": Outcome.INFRA}
        assert {one.key.model for one in found.attempts.values()} == {"20260101_acme__one"}
        assert found.said == ""


def test_several_models_make_one_run(run: Path) -> None:
    write(run / "a__one" / "i")
    write(run / "b" / "i", report=report(resolved=False), log=output("FAILED", code="1"))
    found = Read(site(run))
    assert [(key.model, key.instance_id) for key in found.plan.planned] == [("a__one", "i"), ("b", "i")]
    assert any("model a__one keeps its folder's name" in one for one in found.notes.remarks)


def test_the_report_of_a_run_with_a_longer_name_is_not_taken(run: Path) -> None:
    write(run / "m" / "i")
    (run.parent / "x.r1").mkdir()
    (site(run) / "m.x.r1.json").write_text("{}")
    assert [model.name for model in importers.survey(run, importers.Notes()).layout.models] == ["m"]


def test_several_runs_are_refused_by_name(run: Path) -> None:
    (run.parent / "r2").mkdir()
    with pytest.raises(UsageError, match=r"holds 2 runs \(r1, r2\); name the folder of one"):
        Read(site(run))


@pytest.mark.parametrize("make", ["nothing", "a file", "an empty folder", "one instance"])
def test_what_is_no_run_is_refused_with_advice(tmp_path: Path, make: str) -> None:
    path = tmp_path / "x"
    if make == "a file":
        path.write_text("")
    elif make == "an empty folder":
        path.mkdir()
    elif make == "one instance":
        write(path)
    with pytest.raises(UsageError, match="name "):
        Read(path)


def test_the_plan_says_where_it_comes_from(run: Path) -> None:
    write(run / "m" / "i")
    path = listed(site(run), resolved=["i"])
    found = Read(site(run)).plan
    origin: Any = found.provenance["imported"]
    assert (origin["format"], origin["folder"], origin["run_id"]) == ("swebench", "site", "r1")
    assert origin["sha256"]["m.r1.json"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.created_at == "2026-11-20T10:00:00+00:00"


def test_each_attempt_says_where_its_files_come_from(run: Path) -> None:
    folder = write(run / "m" / "i")
    origin = json.loads(Read(site(run)).made[0].artefacts["imported.json"])
    assert origin["folder"] == "logs/run_evaluation/r1/m/i"
    whole = hashlib.sha256((folder / "patch.diff").read_bytes()).hexdigest()
    assert origin["files"]["patch.diff"] == {"sha256": whole, "bytes": len(PATCH), "whole": True}


def test_files_of_no_known_name_are_remarked(run: Path) -> None:
    (write(run / "m" / "i") / "image_assets").mkdir()
    assert any("image_assets is no file of the harness's results" in one for one in Read(site(run)).notes.remarks)


def test_a_folder_name_that_is_no_utf_8_can_be_stored(run: Path) -> None:
    write(Path(os.fsdecode(os.fsencode(run) + b"/m\xff/i")))
    assert Read(site(run)).only.key.model == "m\\xff"


def test_the_step_that_applied_is_read_from_the_log() -> None:
    tried = "".join(
        f"{STAMP}Failed to apply patch to container: {step}\n" for step in ("git apply", "git apply --3way")
    )
    found = tell(tried + APPLIED, None)
    assert found.application is not None
    assert (found.application.step, found.application.strict, found.test_seconds) == ("reject", False, 1002.5)


def test_rows_are_loaded_from_the_dataset_that_run_json_names(run: Path, settings: Settings, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    fields = {"repo": "a/a", "instance_id": "i", "base_commit": "c", "FAIL_TO_PASS": "[]", "PASS_TO_PASS": "[]"}
    rows.write_text(json.dumps(fields))
    write(run / "m" / "i")
    (run / "run.json").write_text(json.dumps({"dataset": str(rows)}))
    notes = importers.Notes()
    found = importers.survey(run, notes)
    assert set(importers.rows(found, dataset=None, settings=settings, notes=notes)) == {"i"}


def test_rows_that_cannot_be_had_are_remarked_and_only_refused_where_they_were_named(
    run: Path, settings: Settings
) -> None:
    write(run / "m" / "i")
    notes = importers.Notes()
    found = importers.survey(run, notes)
    assert importers.rows(found, dataset=None, settings=settings, notes=notes) == {}
    assert any("the rows are not known" in one and "regrade" in one for one in notes.remarks)
    with pytest.raises(UsageError):
        importers.rows(found, dataset="nowhere.jsonl", settings=settings, notes=notes)


MADE = st.tuples(
    st.sampled_from(Outcome),
    st.sampled_from(["ok\n", "ModuleNotFoundError: x\n", "Killed\n", "Could not resolve host\n", output()]),
    st.booleans(),
)


def exported(
    folder: Path, attempts: list[Attempt], asked: list[str], logs: dict[str, str], run_id: str
) -> dict[str, Any]:
    """The export of a run, written into a folder; its run reports by name."""

    def artefacts(one: AttemptKey, name: str) -> str | None:
        found = {"stdout.log": logs[one.instance_id], "patch.diff": PATCH, "apply.log": "Checking patch x...\n"}
        return found.get(name)

    made = replace(plan(*(one.key for one in attempts)), run_id=run_id)
    contents = official.export(made, attempts, artefacts, dataset_ids=asked)
    for path, text in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return {path: json.loads(text) for path, text in contents.items() if "/" not in path}


def exported_again(found: Read) -> dict[str, Any]:
    """The run reports of what was imported."""
    kept = {one.attempt.key: one.artefacts for one in found.made}

    def artefacts(one: AttemptKey, name: str) -> str | None:
        data = kept[one].get({"stdout.log": "test_output.txt"}.get(name, name))
        return data.decode() if isinstance(data, bytes) else data

    asked = found.plan.settings["instance_ids"]
    assert isinstance(asked, list)
    contents = official.export(found.plan, [one.attempt for one in found.made], artefacts, dataset_ids=asked)
    return {path: json.loads(text) for path, text in contents.items() if "/" not in path}


@settings(max_examples=60, deadline=None)
@given(
    ended=st.dictionaries(st.sampled_from("abcdef"), MADE, min_size=1),
    models=st.lists(st.sampled_from(["acme/one", "b", "c__d"]), min_size=1, unique=True),
    unasked=st.booleans(),
)
def test_an_export_that_is_imported_gives_the_same_official_lists(
    tmp_path_factory: pytest.TempPathFactory,
    ended: dict[str, tuple[Outcome, str, bool]],
    models: list[str],
    unasked: bool,
) -> None:
    attempts = [
        attempt(
            name, outcome, model=model, official_resolved=outcome is Outcome.RESOLVED or (
                outcome in {Outcome.TAMPERED, Outcome.UNRESOLVED} and officially
            ),
            patch_sha256=None if outcome in {Outcome.NO_ANSWER, Outcome.TRUNCATED} else "5" * 64,
        )
        for name, (outcome, _, officially) in ended.items() for model in models
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("export")
    asked = sorted(ended) + (["z"] if unasked else [])
    logs = {name: log for name, (_, log, _) in ended.items()}
    first = exported(folder, attempts, asked, logs, RUN)
    assert exported_again(Read(folder, run_id=RUN)) == first


@pytest.fixture(scope="module")
def harness() -> Iterator[SimpleNamespace]:
    pytest.importorskip("swebench", reason="the official package is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the other package's own affair
        names = ("reporting", "grading", "run_evaluation")
        yield SimpleNamespace(**{name: importlib.import_module(f"swebench.harness.{name}") for name in names})


OFFICIAL = {
    "good": (output(), APPLIED), "bad": (output("FAILED", code="1"), APPLIED), "slow": (TIMED_OUT, APPLIED),
    "refused": (None, REFUSED), "broken": (None, NO_IMAGE), "lost": (None, None), "mute": ("Killed\n", APPLIED),
    "false": (output(code="1"), APPLIED), "skipped": (output("SKIPPED"), APPLIED), "xfail": (output("XFAIL"), APPLIED),
}  # fmt: skip


def official_run(harness: SimpleNamespace, folder: Path) -> dict[str, Any]:
    """A run as the official package's own functions write it; its run report."""
    predictions = {
        name: {"instance_id": name, "model_name_or_path": "acme/one", "model_patch": PATCH} for name in OFFICIAL
    }
    predictions["empty"] = {"instance_id": "empty", "model_name_or_path": "acme/one", "model_patch": ""}
    with pytest.MonkeyPatch.context() as patched, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patched.chdir(folder)
        harness.run_evaluation.write_run_metadata("r1", "acme", "test", None)
        for name, (log, run_log) in OFFICIAL.items():
            here = Path("logs/run_evaluation/r1/acme__one", name)
            if run_log is None:
                continue
            write(here, report=None, log=log, run_log=run_log)
            if log is None or log is TIMED_OUT:
                continue
            spec = SimpleNamespace(
                instance_id=name, log_parser="parse_log_pytest", FAIL_TO_PASS=["t.py::a"], PASS_TO_PASS=["t.py::b"],
                eval_type="pass_and_fail",
            )  # fmt: skip
            made = harness.grading.get_eval_report(spec, predictions[name], here / "test_output.txt", True)
            (here / "report.json").write_text(json.dumps(made, indent=4))
        dataset = [{"instance_id": name} for name in (*predictions, "unanswered")]
        written: Path = harness.reporting.make_run_report(predictions, dataset, "r1")
        found: dict[str, Any] = json.loads(written.read_text())
        return found


def test_a_run_by_the_official_package_is_imported_with_its_verdicts(harness: SimpleNamespace, tmp_path: Path) -> None:
    theirs = official_run(harness, tmp_path)
    found = Read(tmp_path, *(row(name) for name in OFFICIAL))
    assert found.notes.problems == ()
    assert (
        sorted(name for name, one in found.attempts.items() if one.verdict.official_resolved) == theirs["resolved_ids"]
    )
    assert {name: one.verdict.outcome.value for name, one in found.attempts.items()} == {
        "good": "RESOLVED", "bad": "UNRESOLVED", "slow": "TIMEOUT", "refused": "PATCH_INVALID",
        "broken": "NO_ENVIRONMENT", "lost": "INFRA", "mute": "UNRESOLVED", "false": "UNRESOLVED",
        "skipped": "UNRESOLVED", "xfail": "RESOLVED", "empty": "NO_ANSWER", "unanswered": "NOT_RUN",
    }  # fmt: skip


def test_a_run_by_the_official_package_is_exported_as_it_was(harness: SimpleNamespace, tmp_path: Path) -> None:
    theirs = official_run(harness, tmp_path)
    ours = exported_again(Read(tmp_path, *(row(name) for name in OFFICIAL)))
    assert ours == {"acme__one.r1.json": theirs}
