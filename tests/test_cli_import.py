from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import pytest

from swebench_lite.store import RunStore
from tests.test_cli import Cli
from tests.test_importers import PATCH, listed, output, report, write


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An official run of one model: a solved instance, a failed one, an empty patch; its rows beside it."""
    run = tmp_path / "site" / "logs" / "run_evaluation" / "r1"
    write(run / "m" / "good")
    write(run / "m" / "bad", report=report("bad", resolved=False), log=output("FAILED", code="1"))
    rows = [
        {
            "repo": "a/a", "instance_id": name, "base_commit": "c", "patch": PATCH, "log_parser": "parse_log_pytest",
            "FAIL_TO_PASS": ["t.py::a"], "PASS_TO_PASS": ["t.py::b"],
        }
        for name in ("good", "bad", "empty")
    ]  # fmt: skip
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (run / "run.json").write_text(json.dumps({"dataset": "rows.jsonl", "split": "test"}))
    listed(run.parents[2], resolved=["good"], unresolved=["bad"], empty_patch=["empty"])
    return run.parents[2]


def spoil(site: Path) -> None:
    """Have a log deny its report."""
    (site / "logs/run_evaluation/r1/m/good/test_output.txt").write_text(output("FAILED", code="1"))


def test_an_import_is_a_run_like_any_other(cli: Cli, site: Path) -> None:
    result = cli("runs", "import", "site", "--format", "swebench", "--json")
    assert (result.status, result.err) == (0, "")
    shown = cli("runs", "show", "r1", "--json").document
    assert {name: result.document[name] for name in shown} == shown
    ended = {one["instance_id"]: one["outcome"] for one in shown["attempts"]}
    assert ended == {"good": "RESOLVED", "bad": "UNRESOLVED", "empty": "NO_ANSWER"}


def test_people_see_the_run_and_where_it_is(cli: Cli, site: Path) -> None:
    result = cli("runs", "import", "site")
    assert "1 RESOLVED, 1 UNRESOLVED, 1 NO_ANSWER" in result.out
    assert f"run folder: {cli.runs / 'r1'}" in result.out


def test_an_imported_run_is_graded_again_to_the_same_verdicts(cli: Cli, site: Path) -> None:
    cli("runs", "import", "site")
    assert cli("regrade", "r1", "--json").document["summary"] == {"attempts": 3, "regraded": 2, "changed": 0}


def test_a_regraded_import_finds_what_was_edited_since(cli: Cli, site: Path) -> None:
    cli("runs", "import", "site")
    (log,) = cli.runs.glob("r1/attempts/m/none/good/0/test_output.txt")
    log.write_text(output("FAILED", code="1"))
    (change,) = cli("regrade", "r1", "--json").document["changed"]
    assert (change["instance_id"], change["after"]["resolved"]) == ("good", False)


def test_the_official_report_of_an_import_is_the_official_report(cli: Cli, site: Path) -> None:
    cli("runs", "import", "site")
    assert cli("report", "r1", "--format", "swebench", "--out", "again").status == 0
    first, again = (json.loads((folder / "m.r1.json").read_text()) for folder in (site, cli.folder / "again"))
    assert {name: again[name] for name in first} == first


def test_the_evidence_is_kept_with_the_run(cli: Cli, site: Path) -> None:
    cli("runs", "import", "site")
    folder = cli.runs / "r1/attempts/m/none/good/0"
    assert sorted(path.name for path in folder.iterdir()) == [
        "apply.log", "attempt.json", "eval.sh", "execution.json", "imported.json", "instance.json", "patch.diff",
        "report.json", "test_output.txt",
    ]  # fmt: skip


def test_a_disagreement_fails_the_command_and_is_stored_all_the_same(cli: Cli, site: Path) -> None:
    spoil(site)
    result = cli("runs", "import", "site", "--json")
    assert result.status == 1
    (problem,) = result.document["problems"]
    assert problem.startswith("m/good: report.json says resolved, but its test_output.txt reads as unresolved")
    assert problem in result.err
    assert (cli.runs / "r1" / "summary.json").is_file()


def test_without_rows_nothing_is_read_again_and_that_is_said(cli: Cli, site: Path) -> None:
    spoil(site)
    (cli.folder / "rows.jsonl").unlink()
    result = cli("runs", "import", "site")
    assert result.status == 0
    assert "the rows are not known" in result.err
    assert "`regrade` has nothing to read" in result.err
    assert cli("regrade", "r1", "--json").document["summary"]["regraded"] == 0


def test_other_rows_may_be_named(cli: Cli, site: Path) -> None:
    (cli.folder / "rows.jsonl").rename(cli.folder / "other.jsonl")
    document = cli("runs", "import", "site", "--dataset", "other.jsonl", "--json").document
    assert (document["dataset"], document["provenance"]["imported"]["rows_from"]) == ("rows.jsonl", "other.jsonl")
    assert document["provenance"]["imported"]["rows_known"] == 3


def test_named_rows_that_are_not_there_are_refused(cli: Cli, site: Path) -> None:
    assert cli("runs", "import", "site", "--dataset", "gone.jsonl").status == 2
    assert not cli.runs.exists()


def test_a_run_of_the_same_name_is_refused_with_the_way_out(cli: Cli, site: Path) -> None:
    cli("runs", "import", "site")
    result = cli("runs", "import", "site")
    assert result.status == 2
    assert "run 'r1' exists already; give --run-id for another id" in result.err
    assert cli("runs", "import", "site", "--run-id", "r2").status == 0


def test_a_name_that_is_no_run_id_can_be_replaced(cli: Cli, site: Path) -> None:
    run = site / "logs/run_evaluation/r1"
    run.rename(run.with_name("my run"))
    result = cli("runs", "import", "site")
    assert result.status == 2
    assert "--run-id gives the imported run another one" in result.err
    assert cli("runs", "import", "site", "--run-id", "mine").status == 0


def test_a_dry_run_writes_nothing(cli: Cli, site: Path) -> None:
    result = cli("runs", "import", "site", "--dry-run")
    assert result.status == 0
    assert result.out.endswith("nothing was written\n")
    assert not (cli.runs / "r1").exists()


def test_an_unknown_format_is_refused_with_the_near_miss(cli: Cli, site: Path) -> None:
    result = cli("runs", "import", "site", "--format", "swebnech")
    assert result.status == 2
    assert "did you mean 'swebench'?" in result.err


def test_what_is_no_run_is_refused(cli: Cli) -> None:
    assert cli("runs", "import", "nowhere").status == 2


def test_half_an_import_is_taken_away_again(cli: Cli, site: Path) -> None:
    saved = RunStore.save

    def interrupted(store: RunStore, attempt: object, **more: object) -> None:
        saved(store, attempt, **more)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with mock.patch.object(RunStore, "save", interrupted):
        result = cli("runs", "import", "site")
    assert result.status == 130
    assert "r1 was taken away again" in result.err
    assert not (cli.runs / "r1").exists()


def test_control_characters_in_names_do_not_reach_the_terminal(cli: Cli, site: Path) -> None:
    run = site / "logs/run_evaluation/r1"
    (run / "m").rename(run / "m\x1b[2J__x")
    result = cli("runs", "import", "site")
    assert "\x1b" not in result.out + result.err


@pytest.mark.parametrize("name", ["../../../x", "a/b", "\ud800", "\x00", "y" * 400, "/etc/passwd"])
def test_hostile_ids_in_a_run_report_stay_inside_the_run(cli: Cli, site: Path, name: str) -> None:
    listed(site, resolved=["good"], unresolved=["bad"], empty_patch=["empty"], error=[name])
    result = cli("runs", "import", "site", "--json")
    assert (result.status, result.document["summary"]["planned"]) == (0, 4)
    assert sorted(path.name for path in cli.folder.iterdir()) == ["rows.jsonl", "runs", "site"]
    assert len(list(cli.runs.glob("r1/attempts/m/none/*/0/attempt.json"))) == 4


def regraded(cli: Cli) -> dict[str, object]:
    summary = cli("regrade", "r1", "--json").document["summary"]
    assert isinstance(summary, dict)
    return summary


def test_grading_again_does_not_resolve_what_was_officially_an_error(cli: Cli, site: Path) -> None:
    (site / "logs/run_evaluation/r1/m/good/report.json").unlink()
    listed(site, error=["good"], unresolved=["bad"], empty_patch=["empty"])
    cli("runs", "import", "site")
    assert regraded(cli)["changed"] == 0
    good = next(one for one in cli("runs", "show", "r1", "--json").document["attempts"] if one["instance_id"] == "good")
    assert (good["outcome"], good["official_resolved"]) == ("INFRA", False)


def test_grading_again_does_not_resolve_what_its_report_calls_unresolved(cli: Cli, site: Path) -> None:
    (site / "logs/run_evaluation/r1/m/bad/test_output.txt").write_text(output())
    cli("runs", "import", "site")
    assert regraded(cli) == {"attempts": 3, "regraded": 2, "changed": 0}


def test_an_import_graded_again_after_an_edit_keeps_the_official_verdict(cli: Cli, site: Path) -> None:
    cli("runs", "import", "site")
    (log,) = cli.runs.glob("r1/attempts/m/none/good/0/test_output.txt")
    log.write_text(output("FAILED", code="1"))
    (change,) = cli("regrade", "r1", "--json").document["changed"]
    assert change["after"]["official_resolved"] is True


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("report.json", json.dumps(report("bad", resolved=True)), "report.json is another one than was imported"),
        ("report.json", None, "report.json is gone"),
        ("test_output.txt", None, "test_output.txt is gone"),
        ("imported.json", "{", "imported.json is torn or no JSON"),
        ("imported.json", "[]", "imported.json does not say which files were imported"),
    ],
)
def test_an_import_without_its_evidence_keeps_its_verdicts(
    cli: Cli, site: Path, name: str, text: str | None, said: str
) -> None:
    cli("runs", "import", "site")
    (file,) = cli.runs.glob(f"r1/attempts/m/none/bad/0/{name}")
    file.unlink() if text is None else file.write_text(text)
    result = cli("regrade", "r1", "--json")
    assert result.document["summary"] == {"attempts": 3, "regraded": 1, "changed": 0}
    assert said in result.err


def test_a_run_that_is_being_made_is_not_graded_again(cli: Cli, site: Path) -> None:
    cli("runs", "import", "site")
    with RunStore(cli.runs).alone("r1"):
        result = cli("regrade", "r1")
        assert cli("regrade", "r1", "--dry-run").status == 0
    assert result.status == 2
    assert "is being made by another process" in result.err


def test_an_exported_import_is_imported_again_with_the_same_steps_of_applying(cli: Cli, site: Path) -> None:
    tried = "".join(
        f"Failed to apply patch to container: {one}\n" for one in ("git apply --verbose", "git apply --3way")
    )
    (site / "logs/run_evaluation/r1/m/bad/run_instance.log").write_text(f"{tried}>>>>> Applied Patch:\nx\n")
    first = cli("runs", "import", "site", "--json").document["attempts"]
    cli("report", "r1", "--format", "swebench", "--out", "again")
    again = cli("runs", "import", "again", "--run-id", "r2", "--json").document["attempts"]
    assert {one["apply_step"] for one in first} == {"git-apply", "reject", None}
    for name in ("instance_id", "outcome", "apply_step", "strict_applies", "official_applies"):
        assert [one[name] for one in again] == [one[name] for one in first]
