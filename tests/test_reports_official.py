from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swebench_lite.apply import ALREADY, STEPS
from swebench_lite.importers.evidence import tell
from swebench_lite.records import Application, Attempt, AttemptKey, Outcome, TestsReport
from swebench_lite.reports import official
from tests.test_reports_model import APPLIED, RUN, attempt, example, key, plan

SHA = "5" * 64
RESOLVED = attempt("r-1", Outcome.RESOLVED, patch_sha256=SHA, application=APPLIED)
UNRESOLVED = attempt(
    "u-1", Outcome.UNRESOLVED, patch_sha256=SHA, application=APPLIED,
    tests=TestsReport(f2p_success=("t::a",), f2p_failure=("t::b",), p2p_success=("t::c",)),
)  # fmt: skip
TIMEOUT = attempt("t-1", Outcome.TIMEOUT, patch_sha256=SHA, application=APPLIED)
EMPTY = attempt("e-1", Outcome.NO_ANSWER)
INVALID = attempt("i-1", Outcome.PATCH_INVALID, patch_sha256=SHA)
SEVERAL = (RESOLVED, UNRESOLVED, TIMEOUT, EMPTY, INVALID)


def artefacts(one: AttemptKey, name: str) -> str | None:
    output = f"output of {one.instance_id}\n"
    return {"patch.diff": "diff --git a/x b/x\n", "eval.sh": "pytest\n", "stdout.log": output}.get(name)


def export(*attempts: Attempt, **options: object) -> dict[str, str]:
    keys = [one.key for one in attempts]
    return dict(official.export(plan(*keys), attempts, artefacts, **options))  # type: ignore[arg-type]


def test_the_run_report_has_the_official_fields_in_the_official_order() -> None:
    assert list(official.run_report(SEVERAL)) == [
        "total_instances", "submitted_instances", "completed_instances", "resolved_instances", "unresolved_instances",
        "infra_failure_instances", "ambiguous_failure_instances", "empty_patch_instances", "error_instances",
        "completed_ids", "incomplete_ids", "empty_patch_ids", "submitted_ids", "resolved_ids", "unresolved_ids",
        "infra_failure_ids", "ambiguous_failure_ids", "failure_reasons", "error_ids", "schema_version",
    ]  # fmt: skip


def test_each_attempt_is_in_the_list_of_its_outcome() -> None:
    found = official.run_report(SEVERAL, dataset_ids=[one.key.instance_id for one in SEVERAL] + ["z-1"])
    assert {name: found[name] for name in found if name.endswith("_ids")} == {
        "completed_ids": ["r-1", "u-1"], "incomplete_ids": ["z-1"], "empty_patch_ids": ["e-1"],
        "submitted_ids": ["e-1", "i-1", "r-1", "t-1", "u-1"], "resolved_ids": ["r-1"], "unresolved_ids": ["u-1"],
        "infra_failure_ids": [], "ambiguous_failure_ids": [], "error_ids": ["i-1", "t-1"],
    }  # fmt: skip


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(Outcome)), st.sets(st.sampled_from("abcdefghij")))
def test_every_instance_is_in_exactly_one_list(ended: dict[str, Outcome], asked: set[str]) -> None:
    attempts = [attempt(name, outcome, patch_sha256=SHA) for name, outcome in ended.items()]
    found = official.run_report(attempts, dataset_ids=asked)
    lists = [found[f"{name}_ids"] for name in ("resolved", "unresolved", "error", "empty_patch", "incomplete")]
    assert sorted(name for one in lists for name in one) == sorted(asked)  # type: ignore[attr-defined]


def test_the_official_rule_decides_over_ours_in_official_files() -> None:
    tampered = attempt("x", Outcome.TAMPERED, patch_sha256=SHA, official_resolved=True)
    assert official.run_report([tampered])["resolved_ids"] == ["x"]


def test_a_log_on_which_the_official_reader_fails_is_an_error_without_a_report() -> None:
    failed = attempt("x", Outcome.UNRESOLVED, patch_sha256=SHA)
    failed = replace(failed, verdict=replace(failed.verdict, official_error=True))
    assert official.run_report([failed])["error_ids"] == ["x"]
    assert not [name for name in export(failed) if name.endswith("report.json") and "x" in name.split("/")]


def test_a_provider_failure_is_incomplete_and_not_submitted() -> None:
    found = official.run_report([attempt("x", Outcome.PROVIDER)])
    assert (found["incomplete_ids"], found["submitted_ids"]) == (["x"], [])


def test_a_prediction_that_never_ran_is_an_error() -> None:
    found = official.run_report([attempt("x", Outcome.NOT_RUN)], predicted=["x"])
    assert (found["error_ids"], found["submitted_ids"]) == (["x"], ["x"])


def test_causes_of_failures_are_named_for_failures_only() -> None:
    causes = {"r-1": ("missing_module", "ambiguous"), "u-1": ("out_of_memory", "environment")}
    found = official.run_report(SEVERAL, causes=causes)
    assert found["failure_reasons"] == {"u-1": "out_of_memory"}
    assert (found["infra_failure_ids"], found["ambiguous_failure_ids"]) == (["u-1"], [])


def test_an_instance_report_lists_tests_by_what_became_of_them() -> None:
    assert official.instance_report(UNRESOLVED) == {
        "u-1": {
            "patch_is_None": False, "patch_exists": True, "patch_successfully_applied": True, "resolved": False,
            "infra_failure": False,
            "tests_status": {
                "FAIL_TO_PASS": {"success": ["t::a"], "failure": ["t::b"]},
                "PASS_TO_PASS": {"success": ["t::c"], "failure": []},
                "FAIL_TO_FAIL": {"success": [], "failure": []},
                "PASS_TO_FAIL": {"success": [], "failure": []},
            },
        }
    }  # fmt: skip


def test_a_log_that_cannot_be_graded_names_the_likely_cause() -> None:
    ungraded = replace(UNRESOLVED, verdict=replace(UNRESOLVED.verdict, graded=False))
    found = official.instance_report(ungraded, log="Could not resolve host: x")["u-1"]
    assert found == {
        "patch_is_None": False, "patch_exists": True, "patch_successfully_applied": False, "resolved": False,
        "infra_failure": True, "infra_failure_reason": "network_unreachable",
    }  # fmt: skip


def test_an_export_has_the_official_paths() -> None:
    folder = f"logs/run_evaluation/{RUN}"
    names = ("patch.diff", "eval.sh", "test_output.txt", "run_instance.log", "report.json")
    assert set(export(RESOLVED, INVALID, EMPTY)) == {
        f"{folder}/run.json", f"acme__one.{RUN}.json", *(f"{folder}/acme__one/r-1/{name}" for name in names),
        *(f"{folder}/acme__one/i-1/{name}" for name in names[:-1]),
    }  # fmt: skip


def test_the_metadata_says_what_was_graded() -> None:
    assert json.loads(export(RESOLVED)[f"logs/run_evaluation/{RUN}/run.json"]) == {
        "dataset": "verified-20", "split": "test", "task_repo": None, "created_at": "2026-11-21T11:30:00+00:00"
    }  # fmt: skip


def test_a_time_out_is_told_as_the_official_log_tells_it() -> None:
    output = export(TIMEOUT)[f"logs/run_evaluation/{RUN}/acme__one/t-1/test_output.txt"]
    assert output == "output of t-1\n\n\nTimeout error: 1800 seconds exceeded."


def test_each_model_gets_a_set_of_its_own() -> None:
    files = export(RESOLVED, attempt("r-1", Outcome.RESOLVED, patch_sha256=SHA, model="other"))
    assert {path for path in files if "/" not in path} == {f"acme__one.{RUN}.json", f"other.{RUN}.json"}


def test_arms_and_samples_do_not_overwrite_each_other() -> None:
    second = replace(RESOLVED, key=replace(RESOLVED.key, arm="harnessed", sample=1))
    assert set(official.models([RESOLVED, second])) == {"acme__one.none.0", "acme__one.harnessed.1"}


def test_models_whose_official_names_agree_are_kept_apart() -> None:
    names = official.models([attempt("a", Outcome.RESOLVED, model=name) for name in ("a/b", "a__b")])
    assert [[one.key.model for one in own] for own in names.values()] == [["a/b"], ["a__b"]]


@given(
    st.lists(
        st.builds(
            AttemptKey, run_id=st.just(RUN), instance_id=st.sampled_from(["a/b", "a__b", "a_b"]),
            model=st.sampled_from(["m", "m.a", "a/b", "a__b", "m.0"]), arm=st.sampled_from(["a.b", "b", "a"]),
            sample=st.sampled_from([0, 1]),
        ),
        unique=True,
    )
)  # fmt: skip
def test_no_two_attempts_share_a_folder_and_no_two_models_a_report(keys: list[AttemptKey]) -> None:
    attempts = [replace(RESOLVED, key=one) for one in keys]
    paths = [path for path, _ in official.export_files(plan(*keys), attempts, artefacts)]
    assert len(paths) == len(set(paths))
    assert sum(path.endswith("/patch.diff") for path in paths) == len(keys)
    assert sum(len(own) for own in official.models(attempts).values()) == len(keys)


@pytest.mark.parametrize("step", [*(name for name, _ in STEPS), ALREADY, None])
def test_how_a_patch_applied_is_read_back_from_the_exported_log(step: str | None) -> None:
    told = Application(step=step, strict=step == "git-apply", official=step is not None)
    one = replace(UNRESOLVED if step else INVALID, application=told)
    log = export(one)[f"logs/run_evaluation/{RUN}/acme__one/{one.key.instance_id}/run_instance.log"]
    read = tell(log, "x").application
    assert read is not None
    assert (read.step, read.strict, read.official) == (told.step, told.strict, told.official)


@pytest.mark.parametrize("step", [*(name for name, _ in STEPS), None])
def test_the_exported_log_names_failed_steps_in_the_words_of_the_official_package(step: str | None) -> None:
    constants = pytest.importorskip("swebench.harness.run_evaluation")
    told = Application(step=step, strict=False, official=step is not None)
    one = replace(UNRESOLVED if step else INVALID, application=told)
    log = export(one)[f"logs/run_evaluation/{RUN}/acme__one/{one.key.instance_id}/run_instance.log"]
    failed = [name for name, _ in STEPS].index(step) if step else len(STEPS)
    lines = [f"Failed to apply patch to container: {command}" for command in constants.GIT_APPLY_CMDS[:failed]]
    assert [line for line in log.splitlines() if line.startswith("Failed to apply")] == lines


def test_what_is_known_of_an_attempt_that_never_applied_stays_in_its_log() -> None:
    one = replace(INVALID, verdict=replace(INVALID.verdict, outcome=Outcome.INFRA), application=None)
    told = {"apply.log": "Image acme not found for i-1"}
    files = official.export(plan(one.key), [one], lambda _, name: told.get(name))
    assert "Image acme not found" in files[f"logs/run_evaluation/{RUN}/acme__one/i-1/run_instance.log"]


@pytest.mark.parametrize("outcome", [Outcome.UNRESOLVED, Outcome.TIMEOUT, Outcome.NO_ENVIRONMENT, Outcome.INFRA])
def test_no_change_on_purpose_is_an_empty_patch_officially_however_it_ended(outcome: Outcome) -> None:
    found = official.run_report([attempt("x", outcome, model="null")])
    assert (found["empty_patch_ids"], found["submitted_ids"], found["error_ids"]) == (["x"], ["x"], [])


@given(model=st.text(st.characters(), max_size=30), instance=st.text(st.characters(), min_size=1, max_size=30))
def test_no_name_leads_out_of_the_exported_folder(model: str, instance: str) -> None:
    for path in export(attempt(instance, Outcome.RESOLVED, model=model, patch_sha256=SHA)):
        parts = PurePosixPath(path).parts
        assert len(parts) in {1, 4, 6}
        assert not {"..", "."} & set(parts)
        assert path.isprintable()


@pytest.mark.parametrize("name", ["../../x", "..", "/etc", "a\\b", "\x1b[1m", "y" * 300])
def test_hostile_model_names_become_harmless_folders(name: str) -> None:
    for path in export(attempt("i", Outcome.RESOLVED, model=name, patch_sha256=SHA)):
        assert not path.startswith("/")
        assert ".." not in PurePosixPath(path).parts
        assert all(len(part) <= 200 for part in PurePosixPath(path).parts)


def test_the_format_gives_one_report_or_one_per_model() -> None:
    assert json.loads(official.render(example()))["schema_version"] == 2


BLANK = attempt("b-1", Outcome.NO_ANSWER, "the prediction holds no patch, only white space", patch_sha256=SHA)


def test_a_blank_patch_is_an_error_officially_and_has_the_files_of_one_that_does_not_apply() -> None:
    files = export(BLANK)
    folder = f"logs/run_evaluation/{RUN}/acme__one/b-1"
    assert json.loads(files[f"acme__one.{RUN}.json"])["error_ids"] == ["b-1"]
    assert ">>>>> Patch Apply Failed" in files[f"{folder}/run_instance.log"]
    assert f"{folder}/report.json" not in files


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, ("SWE-bench/SWE-bench_Verified", "test")),
        ({"official": {"dataset": "/data/mine.jsonl", "split": "dev"}}, ("/data/mine.jsonl", "dev")),
        ({"official": {"dataset": "", "split": ""}}, ("SWE-bench/SWE-bench_Verified", "test")),
    ],
)
def test_the_dataset_has_the_name_that_official_tools_know(settings: dict[str, object], told: tuple[str, str]) -> None:
    made = replace(plan(RESOLVED.key), dataset="verified", settings=settings)
    document = json.loads(official.export(made, [RESOLVED], artefacts)[f"logs/run_evaluation/{RUN}/run.json"])
    assert (document["dataset"], document["split"]) == told


def test_a_time_out_that_the_output_tells_of_already_is_not_told_twice() -> None:
    told = "x\n\nTimeout error: 7 seconds exceeded."
    files = official.export(plan(TIMEOUT.key), [TIMEOUT], lambda _, name: told if name == "stdout.log" else None)
    assert files[f"logs/run_evaluation/{RUN}/acme__one/t-1/test_output.txt"] == told


@pytest.fixture(scope="module")
def reporting() -> Iterator[SimpleNamespace]:
    pytest.importorskip("swebench")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the other package's own affair
        names = ("reporting", "grading")
        yield SimpleNamespace(**{name: importlib.import_module(f"swebench.harness.{name}") for name in names})


LOGS = ["ok\n", "ModuleNotFoundError: x\n", "Killed\n", "Could not resolve host\n"]
ENDS = st.tuples(
    st.sampled_from([Outcome.RESOLVED, Outcome.UNRESOLVED, Outcome.TIMEOUT, Outcome.PATCH_INVALID, Outcome.NO_ANSWER,
                     Outcome.TAMPERED, Outcome.INFRA, Outcome.CRASHED]),
    st.sampled_from(LOGS),
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ended=st.dictionaries(st.sampled_from("abcdef"), ENDS, min_size=1),
    blank=st.sets(st.sampled_from("abcdef")),
    unasked=st.booleans(),
)
def test_the_official_package_writes_the_same_run_report_from_our_export(
    reporting: SimpleNamespace,
    tmp_path_factory: pytest.TempPathFactory,
    ended: dict[str, tuple[Outcome, str]],
    blank: set[str],
    unasked: bool,
) -> None:
    def logs(one: AttemptKey, name: str) -> str | None:
        return ended[one.instance_id][1] if name == "stdout.log" else None

    attempts = [
        attempt(name, outcome, patch_sha256=None if outcome is Outcome.NO_ANSWER and name not in blank else SHA)
        for name, (outcome, _) in ended.items()
    ]
    asked = sorted(ended) + (["z"] if unasked else [])
    folder = tmp_path_factory.mktemp("official")
    files = official.export(plan(*(one.key for one in attempts)), attempts, logs, dataset_ids=asked)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    theirs = official_run_report(reporting, folder, attempts, asked)
    ours = files[f"acme__one.{RUN}.json"]
    assert list(json.loads(ours)) == list(json.loads(theirs))
    assert ours == theirs


def official_run_report(reporting: SimpleNamespace, folder: Path, attempts: list[Attempt], asked: list[str]) -> str:
    predictions = {
        one.key.instance_id: {
            "instance_id": one.key.instance_id, "model_name_or_path": one.key.model,
            "model_patch": None if one.patch_sha256 is None else " \n" if one.verdict.outcome is Outcome.NO_ANSWER else "diff",
        }
        for one in attempts
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        dataset = [{"instance_id": name} for name in asked]
        written: Path = reporting.reporting.make_run_report(predictions, dataset, RUN, report_dir="theirs")
        return written.read_text()


@pytest.mark.parametrize(
    "body",
    [
        "PASSED t.py::a\nPASSED t.py::b\n",
        "PASSED t.py::a\nFAILED t.py::b - x\n",
        "Could not resolve host\n",
        "ModuleNotFoundError: x\n",
        "nothing\n",
    ],
)
def test_the_official_package_writes_the_same_instance_report(
    reporting: SimpleNamespace, tmp_path: Path, body: str
) -> None:
    log = tmp_path / "test_output.txt"
    log.write_text(f"+ : '>>>>> Start Test Output'\n{body}+ : '>>>>> End Test Output'\n")
    spec = SimpleNamespace(
        instance_id="x", log_parser="parse_log_pytest", FAIL_TO_PASS=["t.py::a"], PASS_TO_PASS=["t.py::b"],
        eval_type="pass_and_fail",
    )  # fmt: skip
    prediction = {"instance_id": "x", "model_name_or_path": "m", "model_patch": "diff"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = reporting.grading.get_eval_report(spec, prediction, log, include_tests_status=True)
    passed = [name for name in ("t.py::a", "t.py::b") if f"PASSED {name}" in body]
    graded = "t.py" in body
    tests = TestsReport(
        f2p_success=("t.py::a",) if "t.py::a" in passed else (),
        p2p_success=("t.py::b",) if "t.py::b" in passed else (),
        p2p_failure=("t.py::b",) if "FAILED t.py::b" in body else (),
    )  # fmt: skip
    mine = attempt("x", Outcome.RESOLVED if len(passed) == 2 else Outcome.UNRESOLVED, tests=tests, patch_sha256=SHA)
    mine = replace(mine, verdict=replace(mine.verdict, graded=graded))
    ours = official.instance_report(mine, log=log.read_text())
    assert json.dumps(ours) == json.dumps(theirs)


@pytest.mark.parametrize(
    "told", [{"command": "eval", "request": {"predictions": "/x/preds.jsonl"}}, {"command": "evaluate"}]
)
def test_a_ready_made_prediction_that_never_got_its_turn_is_an_error_officially(told: dict[str, object]) -> None:
    made = replace(plan(RESOLVED.key, key("later")), settings=told)
    found = json.loads(official.export(made, [RESOLVED], artefacts)[f"acme__one.{RUN}.json"])
    assert (found["error_ids"], found["incomplete_ids"]) == (["later"], [])
    assert found["submitted_ids"] == ["later", "r-1"]


def test_a_key_that_was_planned_but_never_ran_is_incomplete_in_the_export() -> None:
    files = official.export(plan(RESOLVED.key, key("later")), [RESOLVED], artefacts)
    assert json.loads(files[f"acme__one.{RUN}.json"])["incomplete_ids"] == ["later"]
