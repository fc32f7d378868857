from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from xml.etree import ElementTree

import pytest

from swebench_lite.records import Attempt, AttemptKey, Outcome, Plan, Verdict
from swebench_lite.store import RunStore
from tests.test_cli import LOCAL, QUICK, Cli, needs_node
from tests.test_cli_evaluate import instance_row, write_dataset, write_predictions
from tests.test_end_to_end import exiting_patch

pytestmark = needs_node


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    made = Cli(tmp_path, shared_cache)
    assert made.gold("r1").status == 0
    return made


def test_the_latest_run_is_reported_as_markdown(cli: Cli) -> None:
    result = cli("report", "latest")
    assert result.status == 0
    assert result.out.startswith("#")
    assert "required tests succeed" in result.out


@pytest.mark.parametrize("flags", [("--json",), ("--format", "json")])
def test_json_is_the_document_that_eval_printed(cli: Cli, flags: tuple[str, ...]) -> None:
    assert cli("report", "r1", *flags).document["attempts"][0]["outcome"] == "RESOLVED"


def test_junit_is_well_formed(cli: Cli) -> None:
    assert ElementTree.fromstring(cli("report", "r1", "--format", "junit").out).tag == "testsuites"  # noqa: S314 - our own file


def test_an_out_path_is_written_and_standard_output_stays_empty(cli: Cli) -> None:
    result = cli("report", "r1", "--format", "html", "--out", "deep/page.html")
    assert result.out == ""
    assert "<!doctype html>" in (cli.folder / "deep" / "page.html").read_text()


def test_the_official_files_have_the_official_layout(cli: Cli) -> None:
    cli("report", "r1", "--format", "swebench", "--out", "official")
    folder = cli.folder / "official" / "logs" / "run_evaluation" / "r1" / "gold" / QUICK
    assert json.loads((folder / "report.json").read_text())[QUICK]["resolved"] is True
    assert "Start Test Output" in (folder / "test_output.txt").read_text()
    assert json.loads((cli.folder / "official" / "gold.r1.json").read_text())["resolved_ids"] == [QUICK]


def test_the_official_files_tell_what_the_plan_of_a_run_says(cli: Cli) -> None:
    cli = Cli(cli.folder, cli.folder / "cache")
    row, endless = instance_row(), exiting_patch("for (;;) {}")
    assert cli("instances", "add", "Verified", "--from", write_dataset(cli, row)).status == 0
    (cli.folder / "few.txt").write_text(f"# dataset: verified\n{QUICK}\n")
    file = write_predictions(cli, (QUICK, "endless", endless), (QUICK, "blank", " \n"))
    cli("eval", "few.txt", "-p", file, *LOCAL, "--timeout", "3", "--run-id", "r3")
    cli("report", "r3", "--format", "swebench", "--out", "official")
    folder = cli.folder / "official" / "logs" / "run_evaluation" / "r3"
    told = json.loads((folder / "run.json").read_text())
    assert (told["dataset"], told["split"]) == ("SWE-bench/SWE-bench_Verified", "test")
    output = (folder / "endless" / QUICK / "test_output.txt").read_text()
    assert output.endswith("\n\nTimeout error: 3 seconds exceeded.")
    blank = json.loads((cli.folder / "official" / "blank.r3.json").read_text())
    assert (blank["error_ids"], blank["empty_patch_ids"]) == ([QUICK], [])


def test_a_named_split_is_in_the_official_files_and_cannot_change_on_resume(cli: Cli) -> None:
    folder = cli.folder / "rows"
    folder.mkdir()
    for name, instance_id in (("test", "other"), ("dev", QUICK)):
        (folder / f"{name}.jsonl").write_text(json.dumps(instance_row(instance_id=instance_id)) + "\n")
    assert cli("eval", "rows", "--split", "dev", "-p", "gold", *LOCAL, "--run-id", "r4").status == 0
    cli("report", "r4", "--format", "swebench", "--out", "official")
    told = json.loads((cli.folder / "official" / "logs" / "run_evaluation" / "r4" / "run.json").read_text())
    assert (told["dataset"], told["split"]) == (str(folder), "dev")
    again = cli("eval", "rows", "--split", "test", "-p", "gold", *LOCAL, "--resume", "r4")
    assert (again.status, "started with split dev, not test" in again.err) == (2, True)


def test_the_official_summary_goes_to_standard_output(cli: Cli) -> None:
    assert cli("report", "r1", "--format", "swebench").document["schema_version"] == 2


def test_several_runs_make_one_json_document(cli: Cli) -> None:
    cli.gold("r2")
    assert [one["run_id"] for one in cli("report", "r1", "r2", "--json").document["runs"]] == ["r1", "r2"]


def test_several_runs_in_a_format_for_one_need_a_folder(cli: Cli) -> None:
    cli.gold("r2")
    assert cli("report", "r1", "r2", "--format", "csv").status == 2
    assert cli("report", "r1", "r2", "--format", "csv", "--out", "both").status == 0
    assert sorted(path.name for path in (cli.folder / "both").iterdir()) == ["r1.csv", "r2.csv"]


def test_the_document_is_printed_beside_what_is_written(cli: Cli) -> None:
    result = cli("report", "r1", "--json", "--out", "r1.json")
    assert result.document == json.loads((cli.folder / "r1.json").read_text())
    official = cli("report", "r1", "--json", "--format", "swebench", "--out", "official")
    assert official.document == result.document
    assert (cli.folder / "official" / "gold.r1.json").is_file()


def test_two_formats_do_not_share_standard_output(cli: Cli) -> None:
    result = cli("report", "r1", "--json", "--format", "html")
    assert (result.status, result.out) == (2, "")
    assert "json and html are asked for at once" in result.err


def test_an_unknown_format_is_named_with_its_near_miss(cli: Cli) -> None:
    result = cli("report", "r1", "--format", "htm")
    assert result.status == 2
    assert "did you mean 'html'?" in result.err


def test_a_path_that_cannot_be_written_is_one_line(cli: Cli) -> None:
    (cli.folder / "file").write_text("")
    result = cli("report", "r1", "--out", "file/page.md")
    assert result.status == 1
    assert result.err.startswith("error: cannot write")


def stored(cli: Cli, count: int, log: bytes) -> RunStore:
    """A run of attempts with bytes in their patch that are no UTF-8."""
    store = RunStore(cli.runs)
    keys = [AttemptKey(run_id="bytes", instance_id=f"i-{number}", model="m") for number in range(count)]
    store.create(
        Plan(run_id="bytes", dataset="d", planned=tuple(keys), settings={}, provenance={}, created_at="2026-11-21")
    )
    for key in keys:
        verdict = Verdict(outcome=Outcome.UNRESOLVED, reason="x")
        made = Attempt(key=key, verdict=verdict, patch_sha256="5" * 64)
        store.save(made, artefacts={"patch.diff": b"+caf\xe9\n", "test_output.txt": log})
    return store


def test_an_official_patch_has_the_bytes_of_the_patch(cli: Cli) -> None:
    stored(cli, 1, b"\xff")
    assert cli("report", "bytes", "--format", "swebench", "--out", "official").status == 0
    folder = cli.folder / "official" / "logs" / "run_evaluation" / "bytes" / "m" / "i-0"
    assert (folder / "patch.diff").read_bytes() == b"+caf\xe9\n"
    assert (folder / "test_output.txt").read_bytes() == b"\xff"


def test_official_files_are_written_without_holding_all_logs(cli: Cli) -> None:
    stored(cli, 24, b"x" * 1_000_000)
    cli("report", "r1", "--format", "swebench", "--out", "warm")
    tracemalloc.start()
    try:
        assert cli("report", "bytes", "--format", "swebench", "--out", "official").status == 0
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12_000_000


def test_a_replay_of_predictions_has_the_official_lists_of_the_run(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "blank", " \n"))
    cli("eval", "own", "-p", file, *LOCAL, "--run-id", "r2")
    assert cli("replay", "r2", *LOCAL, "--run-id", "r3").status == 0
    one, other = (cli("report", run, "--format", "swebench").document for run in ("r2", "r3"))
    assert one == other
    assert one["error_ids"] == [QUICK]
