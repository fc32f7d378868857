"""Whole commands on bad input, hostile patches and broken surroundings: every case ends in one clear verdict or line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swebench_lite.engine import connect
from swebench_lite.errors import InfraError
from swebench_lite.records import Environment, Outcome
from swebench_lite.sandbox import Job, open_sandbox
from swebench_lite.settings import Settings
from tests.test_cli import LOCAL, QUICK, Cli, Result, needs_node
from tests.test_cli_evaluate import gold_patch, instance_row, write_dataset, write_predictions

pytestmark = needs_node

SUMMARY = {"planned", "resolved", "official_resolved", "by_outcome", "seconds", "executions", "cache_hits", "cost_usd"}
ATTEMPT = {
    "instance_id", "model", "arm", "sample", "outcome", "reason", "resolved", "official_resolved", "apply_step",
    "strict_applies", "official_applies", "repaired_applies", "repairs", "f2p_failed", "p2p_failed", "test_seconds",
    "overhead_seconds", "cached", "flags",
}  # fmt: skip
CHECK_SUMMARY = {"total", "valid", "gold_resolved", "null_resolved", "flaky", "network"}
CHECKED = {"instance_id", "gold", "null", "valid", "flaky", "reason", "environment", "rung", "build_seconds"}

NEW = "\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n"
SPECIAL = (
    "diff --git a/{0} b/{0}\nnew file mode {1}\n--- /dev/null\n+++ b/{0}\n@@ -0,0 +1 @@\n+{2}\n"
    "\\ No newline at end of file\n"
)


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def valid_run(result: Result) -> dict[str, dict[str, Any]]:
    """The attempts of a run's document by model, once everything about its form holds."""
    document = result.document
    assert set(document) >= {"run_id", "dataset", "summary", "attempts"}
    assert set(document["summary"]) >= SUMMARY
    assert set(document["summary"]["by_outcome"]) == {outcome.value for outcome in Outcome}
    assert (
        sum(document["summary"]["by_outcome"].values()) == document["summary"]["planned"] == len(document["attempts"])
    )
    for attempt in document["attempts"]:
        assert set(attempt) >= ATTEMPT
        assert attempt["reason"]
        assert attempt["resolved"] == (attempt["outcome"] == "RESOLVED")
        assert attempt["official_resolved"] or not attempt["resolved"], "strict is never more lenient"
    unscored = sum(document["summary"]["by_outcome"][one.value] for one in Outcome if not one.scored)
    assert result.status == int(unscored > 0)
    return {attempt["model"]: attempt for attempt in document["attempts"]}


def hostile_patches() -> dict[str, tuple[str, str, str]]:
    """(patch, outcome, what the reason must name) by kind."""
    gold = gold_patch()
    cut = gold[: gold.rindex("\n+") + 1]
    header = next(line for line in gold.splitlines() if line.startswith("@@"))
    return {
        "cut off": (cut, "PATCH_INVALID", "hunk"),
        "counts": (gold.replace(header, "@@ -1,1 +1,1 @@", 1), "PATCH_INVALID", "hunk 1"),
        "crlf": (gold.replace("\n", "\r\n"), "RESOLVED", "succeed"),
        # Git refuses it, GNU patch mends it: officially such a patch counts.
        "no last newline": (gold.rstrip("\n"), "RESOLVED", "succeed"),
        "bytes": (gold + NEW.format(path="caf\udce9.txt"), "RESOLVED", "succeed"),
        "parent": (gold + NEW.format(path="../../evil"), "PATCH_INVALID", "../../evil"),
        "absolute": (gold + NEW.format(path="x").replace("b/x", "/tmp/evil"), "PATCH_INVALID", "/tmp/evil"),
        "hooks": (gold + NEW.format(path=".git/hooks/pre-commit"), "PATCH_INVALID", ".git/hooks/pre-commit"),
        "link inside": (gold + SPECIAL.format("here", "120000", "package.json"), "RESOLVED", "succeed"),
        "link outside": (gold + SPECIAL.format("there", "120000", "/etc/passwd"), "PATCH_INVALID", "/etc/passwd"),
        "submodule": (gold + SPECIAL.format("sub", "160000", f"Subproject commit {'1' * 40}"), "PATCH_INVALID", "sub"),
        "too large": (gold + "\n# " + "x" * 10 * 1024**2, "PATCH_INVALID", "above the limit"),
        "only a hunk": ("@@ -1 +1 @@\n-a\n+b\n", "PATCH_INVALID", "hunk"),
        "bare header": ("--- a/package.json\n+++ b/package.json\n@@\n-a\n+b\n", "PATCH_INVALID", "unreadable header"),
        "prose": ("Sort the queue first.\n", "PATCH_INVALID", "no diff"),
        "no such file": ("--- a/gone.js\n+++ b/gone.js\n@@ -1 +1 @@\n-a\n+b\n", "PATCH_INVALID", "gone.js"),
        "blank": (" \n\n", "NO_ANSWER", "no patch"),
    }


def test_every_kind_of_patch_gets_a_verdict_that_names_its_reason(cli: Cli) -> None:
    kinds = hostile_patches()
    file = write_predictions(cli, *((QUICK, kind, text) for kind, (text, _, _) in kinds.items()))
    found = valid_run(cli("eval", "own", "-p", file, *LOCAL, "--json"))
    assert {kind: found[kind]["outcome"] for kind in kinds} == {
        kind: outcome for kind, (_, outcome, _) in kinds.items()
    }
    assert [kind for kind, (_, _, named) in kinds.items() if named not in found[kind]["reason"]] == []
    assert not any("\n" in one["reason"] for one in found.values())


def exiting_patch(statement: str) -> str:
    """The reference patch with a statement at the top of each file that it changes."""
    lines = gold_patch().splitlines(keepends=True)
    (path,) = {line[6:].strip() for line in lines if line.startswith("+++ b/")}
    return f"--- a/{path}\n+++ b/{path}\n@@ -0,0 +1 @@\n+{statement}\n"


@pytest.mark.parametrize(
    "statement",
    [
        "process.exit(0);",
        "process.kill(process.ppid, 'SIGKILL');",
        "require('fs').rmSync('.', {recursive: true, force: true});",
        "process.stdout.write(Buffer.from([0xff, 0xfe, 0x1b, 0x5b])); process.exit(3);",
        "console.log('>>>>> Patch Apply Failed');",
        "require('fs').writeSync(1, 'y'.repeat(40000000)); process.exit(1);",
    ],
)
def test_code_that_fights_its_judge_is_not_resolved_and_stops_nothing(cli: Cli, statement: str) -> None:
    file = write_predictions(cli, (QUICK, "hostile", exiting_patch(statement)), (QUICK, "honest", gold_patch()))
    found = valid_run(cli("eval", "own", "-p", file, "--timeout", "30", *LOCAL, "--json"))
    assert found["hostile"]["outcome"] == "UNRESOLVED"
    assert found["honest"]["outcome"] == "RESOLVED"


def test_code_that_never_ends_is_stopped_at_the_time_limit(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "hostile", exiting_patch("for (;;) {}")))
    found = valid_run(cli("eval", "own", "-p", file, "--timeout", "3", *LOCAL, "--json"))
    assert found["hostile"]["outcome"] == "TIMEOUT"


def test_one_bad_row_never_stops_the_others(cli: Cli) -> None:
    bad: list[dict[str, object]] = [
        instance_row(instance_id="reader", log_parser="parse_log_nodee"),
        instance_row(instance_id="commit", base_commit="f" * 40),
        instance_row(instance_id="option", base_commit="--upload-pack=x"),
        instance_row(instance_id="stranger", repo="nobody/nowhere"),
        instance_row(instance_id="path", repo="../../etc"),
        instance_row(instance_id="script", eval_script="echo hi"),
        {**instance_row(instance_id="easy"), "FAIL_TO_PASS": []},
    ]
    broken: list[dict[str, object]] = [
        {**instance_row(instance_id="list"), "FAIL_TO_PASS": '["a", '},
        {"instance_id": "x"},
    ]
    file = write_dataset(cli, *bad, *broken, instance_row(), instance_row())
    text = (cli.folder / file).read_text()
    (cli.folder / file).write_text(f"\ufeff\n{text}\n\n{{torn\n")
    result = cli("eval", file, "-p", "gold", *LOCAL, "--json")
    valid_run(result)
    ended = {one["instance_id"]: one["outcome"] for one in result.document["attempts"]}
    assert ended == {**{str(row["instance_id"]): "NO_ENVIRONMENT" for row in bad}, QUICK: "RESOLVED"}
    assert result.err.count("warning: dataset:") == 4


def test_check_prints_one_document_with_the_fixed_names(cli: Cli) -> None:
    file = write_dataset(cli, instance_row(), instance_row(instance_id="commit", base_commit="f" * 40))
    result = cli("check", file, *LOCAL, "--json")
    assert result.status == 1
    assert set(result.document["summary"]) >= CHECK_SUMMARY
    assert all(set(row) >= CHECKED for row in result.document["instances"])
    assert [row["valid"] for row in result.document["instances"]] == [True, False]


@pytest.mark.parametrize("seconds", ["inf", "nan", "1e300", "0"])
def test_a_time_limit_that_no_timer_can_hold_is_a_usage_error(cli: Cli, seconds: str) -> None:
    result = cli("eval", "own", "-p", "gold", *LOCAL, "--timeout", seconds)
    assert (result.status, result.out) == (2, "")
    assert "--timeout" in result.err


@pytest.mark.parametrize("command", [("eval", "own", "-p", "gold"), ("check", "own"), ("run", "own", "-m", "gold")])
def test_a_cache_that_cannot_be_made_is_said_before_anything_runs(cli: Cli, command: tuple[str, ...]) -> None:
    (cli.folder / "taken").write_text("")
    result = cli(*command, *LOCAL, "--cache", str(cli.folder / "taken"))
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"error: cannot write {cli.folder / 'taken'}")
    assert not cli.runs.exists()


def test_a_run_id_that_is_none_is_quoted_once(cli: Cli) -> None:
    assert cli.gold("../x").err.startswith("error: '../x' is no run id")


def test_models_without_predictions_are_named_up_to_a_number(cli: Cli) -> None:
    file = write_predictions(cli, *((QUICK, f"model-{number:02}", None) for number in range(25)))
    result = cli("eval", "own", "-p", file, *LOCAL, "--json")
    assert len(result.document["without_prediction"]) == 25
    assert result.err.count("have no prediction") == 10
    assert "15 more models" in result.err


def start(cli: Cli, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "swebench_lite", *arguments]
    return subprocess.Popen(
        command, cwd=cli.folder, env=cli.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "what was waited for never came"
        time.sleep(0.05)


def test_a_killed_run_is_resumed_without_losing_or_repeating_what_was_saved(cli: Cli) -> None:
    slow = instance_row(
        instance_id="slow", test_command=f"{instance_row()['test_command']}; kept=$?; sleep 1; (exit $kept)"
    )
    dataset = write_dataset(cli, slow)
    file = write_predictions(cli, *(("slow", f"m{number}", f"{gold_patch()}\n# {number}\n") for number in range(4)))
    process = start(cli, "eval", dataset, "-p", file, *LOCAL, "--run-id", "k", "-j", "1", "--no-cache")

    def saved() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in cli.runs.glob("k/attempts/*/*/*/*/attempt.json")}

    wait_for(lambda: len(saved()) >= 2)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = saved()
    found = valid_run(cli("eval", "--resume", "k", "--unsafe-local", "--json"))
    assert {one["outcome"] for one in found.values()} == {"RESOLVED"}
    assert len(found) == len(saved()) == 4
    assert {path: time_ns for path, time_ns in saved().items() if path in before} == before


def test_two_runs_at_once_share_cache_and_folder(cli: Cli) -> None:
    arguments = ("eval", "own", "-p", "gold", "-i", QUICK, *LOCAL, "--no-cache", "--json", "--run-id")
    processes = [start(cli, *arguments, name) for name in ("left", "right")]
    outputs = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert [json.loads(out)["summary"]["resolved"] for out, _ in outputs] == [1, 1]
    listed = cli("runs", "list", "--json").document
    assert {"left", "right"} <= set(json.dumps(listed).replace('"', " ").split())


def test_grading_again_leaves_every_byte_as_it_was(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "good", gold_patch()), (QUICK, "bad", "prose\n"), (QUICK, "none", None))
    cli("eval", "own", "-p", file, *LOCAL, "--run-id", "again")

    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (cli.runs / "again").rglob("*") if path.is_file()}

    before = contents()
    assert cli("regrade", "again", "--json").document["changed"] == []
    assert contents() == before


@pytest.mark.engine
def test_an_image_without_a_checkout_is_no_environment(cli: Cli, image: str) -> None:
    result = cli("eval", "own", "-p", "gold", "-i", QUICK, "--image", image, "--json")
    (attempt,) = result.document["attempts"]
    assert (result.status, attempt["outcome"]) == (1, "NO_ENVIRONMENT")
    assert "/testbed" in attempt["reason"]


@pytest.mark.engine
def test_a_container_killed_from_outside_is_not_the_models_doing(
    image: str, tmp_path: Path, settings: Settings
) -> None:
    environment = Environment(digest="any", rung="named", image=image, tree="/tmp")
    job = Job(environment=environment, script="echo begun; sleep 60", name="outsider")
    begun = threading.Event()

    def kill() -> None:
        begun.wait(60)
        api = connect().api
        for entry in api.containers(filters={"label": ["swebench-lite.job=outsider"]}):
            api.kill(entry["Id"], signal="SIGKILL")

    killer = threading.Thread(target=kill)
    killer.start()
    with open_sandbox("docker", settings) as sandbox, pytest.raises(InfraError, match="killed from outside"):
        sandbox.run(job, scratch=tmp_path, listen=lambda _: begun.set())
    killer.join()


@pytest.mark.engine
def test_a_job_that_kills_itself_is_its_own_doing(image: str, tmp_path: Path, settings: Settings) -> None:
    environment = Environment(digest="any", rung="named", image=image, tree="/tmp")
    job = Job(environment=environment, script="kill -9 $$", name="suicide")
    with open_sandbox("docker", settings) as sandbox:
        assert sandbox.run(job, scratch=tmp_path).exit_status == 137
