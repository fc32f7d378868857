from __future__ import annotations

import contextlib
import re
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from swebench_lite.errors import DatasetError, NoEnvironment, PatchRefused, Tampered
from swebench_lite.execute import END, EXIT_CODE, START, Work, execute, execution_key, reader_name, test_script
from swebench_lite.records import Asset, Environment, Execution, Instance, Limits, Patch
from swebench_lite.sandbox import Job, identity, open_sandbox
from swebench_lite.sandbox.protocol import Capability, Finished, Listener
from swebench_lite.settings import Settings

test_script.__test__ = False  # type: ignore[attr-defined]  # a stage, whatever its name suggests to pytest

DIFF = "diff --git a/f.txt b/f.txt\n--- a/f.txt\n+++ b/f.txt\n@@ -1 +1 @@\n-old\n+new\n"
TESTS = "diff --git a/t.sh b/t.sh\nnew file mode 100644\n--- /dev/null\n+++ b/t.sh\n@@ -0,0 +1 @@\n+grep new f.txt\n"
INSTANCE = Instance(instance_id="o__r-1", repo="o/r", base_commit="c" * 40, test_patch=TESTS, test_command="sh t.sh")
WORK = Work(
    instance=INSTANCE, patch=Patch(text=DIFF), environment=Environment(digest="d", rung="host"), script="echo\n"
)


def _none() -> tuple[str, ...]:
    return ()


# --- the key


def _instance(**change: Any) -> Work:
    return replace(WORK, instance=replace(INSTANCE, **change))


CHANGES: dict[str, Work] = {
    "repository": _instance(repo="o/other"),
    "base commit": _instance(base_commit="d" * 40),
    "test patch": _instance(test_patch=TESTS + " "),
    "an image asset": _instance(image_assets=(Asset(path="a.png", belongs_to="test_patch", data=b"1"),)),
    "another image asset": _instance(image_assets=(Asset(path="a.png", belongs_to="test_patch", data=b"2"),)),
    "script": replace(WORK, script="echo \n"),
    "no patch": replace(WORK, patch=None),
    "one byte of the patch": replace(WORK, patch=Patch(text=DIFF + "\n")),
    "environment": replace(WORK, environment=Environment(digest="e", rung="host")),
    "an image made by others": replace(WORK, environment=Environment(digest="d", rung="official")),
    "time limit": replace(WORK, limits=Limits(timeout=1)),
    "memory limit": replace(WORK, limits=Limits(memory=1)),
    "CPU limit": replace(WORK, limits=Limits(cpus=1)),
    "process limit": replace(WORK, limits=Limits(processes=1)),
    "output limit": replace(WORK, limits=Limits(output=2)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_could_change_the_evidence_changes_the_key(what: str) -> None:
    assert execution_key(CHANGES[what], "local") != execution_key(WORK, "local")


def test_all_changes_give_keys_of_their_own() -> None:
    assert len({execution_key(work, "local") for work in (WORK, *CHANGES.values())}) == len(CHANGES) + 1


def test_the_sandbox_is_part_of_the_key() -> None:
    assert execution_key(WORK, "local") != execution_key(WORK, "docker")


@pytest.mark.parametrize(
    "change",
    [
        {"instance_id": "x"},
        {"problem_statement": "x"},
        {"fail_to_pass": ("x",)},
        {"pass_to_pass": ("x",)},
        {"hints_text": "x"},
    ],
    ids=str,
)
def test_what_only_grading_needs_is_not_in_the_key(change: dict[str, Any]) -> None:
    assert execution_key(_instance(**change), "local") == execution_key(WORK, "local")


def test_the_folder_of_the_checkout_is_not_in_the_key() -> None:
    assert execution_key(replace(WORK, tree=Path("/elsewhere")), "local") == execution_key(WORK, "local")


def test_bytes_that_are_no_text_have_a_key_too() -> None:
    keys = {execution_key(_instance(test_patch=TESTS + end), "local") for end in ("\udce9", "\udcea", "é")}
    assert len(keys) == 3


# --- the script


def _run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "eval.sh").write_text(script)
    return subprocess.run(
        ["bash", "eval.sh"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "SWEBENCH_LITE_INPUT": str(folder), **variables},
    )


@pytest.mark.parametrize("status", [0, 1, 5])
def test_a_rows_script_records_the_test_commands_status_and_ends_with_it(status: int, tmp_path: Path) -> None:
    row = f"echo before\n: '{START}'\necho '{START}'\nsh -c 'exit {status}'\n: '{END}'\necho after\n"
    done = _run(test_script(replace(INSTANCE, eval_script=row), _none), tmp_path)
    assert done.returncode == status
    assert done.stdout.splitlines()[0] == "before"
    assert done.stdout.splitlines()[-2:] == [f"{EXIT_CODE}: {status}", "after"]


def test_a_rows_script_without_an_end_only_gets_the_official_first_lines() -> None:
    head = "#!/bin/bash\nset -uxo pipefail\n"
    assert test_script(replace(INSTANCE, eval_script="echo hello\n"), _none) == f"{head}echo hello\n"


def test_a_rows_script_that_leaves_its_marks_to_tracing_prints_them(tmp_path: Path) -> None:
    done = _run(test_script(replace(INSTANCE, eval_script=f": '{START}'\ntrue\n: '{END}'\n"), _none), tmp_path)
    assert f"+ : '{START}'" in done.stderr
    assert f"+ : '{END}'" in done.stderr


def test_a_script_with_the_official_first_lines_keeps_every_byte_of_what_was_recorded_before() -> None:
    row = f"#!/bin/bash\nset -uxo pipefail\n: '{START}'\npytest\n: '{END}'\ngit checkout x\n"
    status = "SWEBENCH_TEST_EXIT_CODE"
    assert test_script(replace(INSTANCE, eval_script=row), _none) == (
        f"#!/bin/bash\nset -uxo pipefail\n: '{START}'\npytest\n{status}=$?\n: '{END}'\n"
        f'echo "{EXIT_CODE}: ${status}"\ngit checkout x\n\nexit "${status}"'
    )


LINES = ["#!/bin/bash", "set -uxo pipefail", "set -x", "", "  ", f": '{START}'", "pytest", f": '{END}'", "\r", "done"]


@settings_of_hypothesis(deadline=None)  # importing the other package takes its time
@given(st.lists(st.sampled_from(LINES), min_size=1).map("\n".join).filter(str.strip))
def test_a_rows_script_is_the_official_one_but_for_its_last_line(row: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the other package's own affair
        utils = pytest.importorskip("swebench.harness.utils")
    fields = {"instance_id": "x", "image": "", "repo": "", "version": "", "log_parser": "", "eval_type": ""}
    theirs = utils.make_test_spec({**fields, "eval_script": row, "FAIL_TO_PASS": [], "PASS_TO_PASS": []}).eval_script
    ours = test_script(replace(INSTANCE, eval_script=row), _none).removesuffix('exit "$SWEBENCH_TEST_EXIT_CODE"')
    assert ours.rstrip() == theirs.rstrip()


def test_a_rows_lines_all_stay_in_their_order() -> None:
    row = f"#!/bin/bash\nset -uxo pipefail\n: '{START}'\npytest -rA\n: '{END}'\ngit checkout x\n"
    ours = test_script(replace(INSTANCE, eval_script=row), _none).split("\n")
    positions = [ours.index(line) for line in row.splitlines()]
    assert positions == sorted(positions)


def test_assets_are_put_in_before_the_tests_start(tmp_path: Path) -> None:
    row = f": '{START}'\ncat 'deep er/a.png'\n: '{END}'\n"
    instance = replace(
        INSTANCE, eval_script=row, image_assets=(Asset(path="deep er/a.png", belongs_to="test_patch", data=b"PNG"),)
    )
    (tmp_path / "asset-0").write_text("PNG")
    assert "PNG" in _run(test_script(instance, _none), tmp_path).stdout


def test_without_a_command_the_tree_tells_how_to_run_the_tests() -> None:
    bare = replace(INSTANCE, test_command=None, test_patch=TESTS.replace("t.sh", "tests/test_a.py"))
    script = test_script(bare, lambda: ("setup.py", "tests/test_a.py"))
    assert "pytest" in script
    assert "tests/test_a.py" in script


def test_where_nothing_tells_how_to_run_the_tests_the_instance_is_named() -> None:
    with pytest.raises(DatasetError, match="o__r-1"):
        test_script(replace(INSTANCE, test_command=None, language="cobol"), lambda: ("README",))


def test_the_rows_own_reader_comes_first() -> None:
    assert reader_name(replace(INSTANCE, log_parser="parse_log_django"), _none) == "parse_log_django"


# --- one execution


class Recorded:
    """A sandbox that runs nothing: it keeps the job and gives what the test says."""

    name = "recorded"
    capabilities: frozenset[Capability] = frozenset()

    def __init__(self, answer: Callable[[Job], Finished]) -> None:
        self.answer = answer
        self.jobs: list[Job] = []

    def __enter__(self) -> Recorded:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def run(self, job: Job, *, listen: Listener | None = None, **_: object) -> Finished:
        self.jobs.append(job)
        finished = self.answer(job)
        if listen is not None:
            listen(finished.output)
        return finished


def _recorded(log: str, *, scratch: Path, work: Work = WORK, **facts: Any) -> Execution:
    def answer(job: Job) -> Finished:
        mark = next(
            word
            for word in job.script.replace("'", " ").replace(";", " ").replace("=", " ").split()
            if word.startswith("swebench-lite-")
        )
        output = f"\n{mark} applied git-apply\n{mark} tests begin\n{log}".encode("utf-8", "surrogateescape")
        return Finished(**{"exit_status": 0, "output": output, **facts})

    return execute(work, Recorded(answer), scratch=scratch)


def test_evidence_holds_what_the_sandbox_saw(tmp_path: Path) -> None:
    log = f"{START}\n1 passed\n{END}\n{EXIT_CODE}: 4\n"
    execution = _recorded(log, scratch=tmp_path, exit_status=4, out_of_memory=True, truncated=True)
    assert (execution.log, execution.exit_status, execution.test_status) == (log, 4, 4)
    assert (execution.out_of_memory, execution.truncated, execution.timed_out) == (True, True, False)
    assert execution.application.strict
    assert execution.key == execution_key(WORK, "recorded, no walls")


def test_the_last_recorded_status_counts(tmp_path: Path) -> None:
    forged = f"{START}\n{EXIT_CODE}: 0\n{END}\n{EXIT_CODE}: 0\n{EXIT_CODE}: 1\n"
    assert _recorded(forged, scratch=tmp_path).test_status == 1


@pytest.mark.parametrize(
    "log", ["", START, f"{EXIT_CODE}: 0", f"x {EXIT_CODE}: 0\n", f"\n{EXIT_CODE}: many\n", f"\n{EXIT_CODE}: "]
)
def test_a_log_without_a_status_has_none(log: str, tmp_path: Path) -> None:
    assert _recorded(log, scratch=tmp_path).test_status is None


@pytest.mark.parametrize("printed", ["²", "--1", "٣", "9" * 5000, "1_0", "0x1", "+1"])
def test_a_test_that_prints_an_odd_status_breaks_nothing(printed: str, tmp_path: Path) -> None:
    log = f"{START}\nFAILED t\n{EXIT_CODE}: {printed}\n"
    execution = _recorded(log, scratch=tmp_path, exit_status=1)
    assert (execution.log, execution.test_status) == (log, None)


def test_evidence_of_a_sandbox_without_walls_is_another(tmp_path: Path) -> None:
    walled = Recorded(lambda _: Finished(exit_status=0, output=b""))
    walled.capabilities = frozenset({Capability.PRIVATE_FILES})
    assert identity(walled) != identity(Recorded(walled.answer))


def test_a_file_that_a_rows_script_sources_gets_no_argument_of_ours(tmp_path: Path) -> None:
    (tmp_path / "activate").write_text('echo "activating: $*"\n')
    row = f". ./activate\n: '{START}'\ntrue\n: '{END}'\n"
    job: list[Job] = []
    sandbox = Recorded(lambda one: (job.append(one), Finished(exit_status=0, output=b""))[1])
    with contextlib.suppress(Exception):
        execute(replace(WORK, script=row), sandbox, scratch=tmp_path)
    (last,) = [line for line in job[0].script.splitlines() if "eval.sh" in line]
    (tmp_path / "eval.sh").write_text(test_script(replace(INSTANCE, eval_script=row), _none))
    done = subprocess.run(
        ["bash", "-c", last.replace("/@INPUT@", str(tmp_path))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "activating: \n" in done.stdout


def test_test_files_that_the_tree_holds_already_are_put_back(tmp_path: Path) -> None:
    for word in ("init -q", "config user.name n", "config user.email e"):
        subprocess.run(["git", *word.split()], cwd=tmp_path, check=True)
    (tmp_path / "kept.sh").write_text("exit 1\n")
    (tmp_path / "gone.sh").write_text("exit 1\n")
    for word in ("add -A", "commit -qm m"):
        subprocess.run(["git", *word.split()], cwd=tmp_path, check=True)
    (tmp_path / "kept.sh").write_text("exit 0\n")
    (tmp_path / "gone.sh").unlink()
    instance = replace(
        INSTANCE, test_patch="", test_command="sh kept.sh; sh gone.sh", kept_tests=("kept.sh", "gone.sh")
    )
    assert _run(test_script(instance, _none), tmp_path).returncode == 1
    assert (tmp_path / "kept.sh").read_text() == (tmp_path / "gone.sh").read_text() == "exit 1\n"


def test_a_log_that_is_no_text_is_evidence_all_the_same(tmp_path: Path) -> None:
    assert _recorded("caf\udce9 \0 end\n", scratch=tmp_path).log == "caf\ufffd \0 end\n"


def test_tampering_keeps_what_was_printed(tmp_path: Path) -> None:
    def answer(job: Job) -> Finished:
        mark = re.findall(r"swebench-lite-[0-9a-f]{32}", job.script)[0]
        output = f"patching\n{mark} tampered .git/hooks\n{mark} tests begin\n{START}\nfine\n"
        return Finished(exit_status=0, output=output.encode())

    with pytest.raises(Tampered) as caught:
        execute(WORK, Recorded(answer), scratch=tmp_path)
    assert "patching" in caught.value.evidence["apply.log"]
    assert caught.value.evidence["test_output.txt"] == f"{START}\nfine\n"


def test_a_time_out_is_evidence(tmp_path: Path) -> None:
    execution = _recorded(f"{START}\nslow", scratch=tmp_path, exit_status=None, timed_out=True, seconds=3.0)
    assert (execution.timed_out, execution.exit_status, execution.test_status) == (True, None, None)


def test_a_dangerous_patch_reaches_no_sandbox(tmp_path: Path) -> None:
    sandbox = Recorded(lambda _: Finished(exit_status=0, output=b""))
    evil = replace(WORK, patch=Patch(text=DIFF.replace("f.txt", ".git/hooks/post-checkout")))
    with pytest.raises(PatchRefused):
        execute(evil, sandbox, scratch=tmp_path)
    assert sandbox.jobs == []


@pytest.mark.parametrize(("rung", "told"), [("official", True), ("named", True), ("dated-3.9", False), ("base", False)])
def test_only_images_made_by_others_are_told_that_there_is_no_index(rung: str, told: bool, tmp_path: Path) -> None:
    sandbox = Recorded(lambda _: Finished(exit_status=0, output=b""))
    environment = Environment(digest="d", rung=rung, image="i")
    execute(replace(WORK, patch=None, environment=environment), sandbox, scratch=tmp_path)
    assert ("export PIP_NO_INDEX=1" in sandbox.jobs[0].script) is told


def test_a_rows_script_is_marked_as_a_strangers(tmp_path: Path) -> None:
    for eval_script, expected in ((None, False), ("echo\n", True)):
        sandbox = Recorded(lambda _: Finished(exit_status=0, output=b""))
        execute(
            replace(WORK, patch=None, instance=replace(INSTANCE, eval_script=eval_script)), sandbox, scratch=tmp_path
        )
        assert sandbox.jobs[0].untrusted_script is expected


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one file, ``f.txt``."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "f.txt").write_text("old\n")
    commit = ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "x"]
    for command in (["init", "-q"], ["add", "."], commit):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def _for_real(tree: Path, settings: Settings, patch: str | None, tmp_path: Path) -> Execution:
    work = Work(
        instance=INSTANCE, patch=Patch(text=patch) if patch else None, environment=Environment(digest="d", rung="host"),
        tree=tree, script=test_script(INSTANCE, _none), limits=Limits(timeout=60),
    )  # fmt: skip
    try:
        with open_sandbox("local", settings) as sandbox:
            return execute(work, sandbox, scratch=tmp_path)
    except NoEnvironment as error:
        pytest.skip(str(error))


def test_a_good_patch_is_applied_and_tested(tree: Path, local_settings: Settings, tmp_path: Path) -> None:
    execution = _for_real(tree, local_settings, DIFF, tmp_path)
    assert (execution.exit_status, execution.test_status, execution.application.step) == (0, 0, "git-apply")
    assert (tree / "f.txt").read_text() == "old\n"


def test_without_a_patch_the_tests_run_on_the_tree_as_it_is(
    tree: Path, local_settings: Settings, tmp_path: Path
) -> None:
    execution = _for_real(tree, local_settings, None, tmp_path)
    assert (execution.exit_status, execution.test_status, execution.application.step) == (1, 1, None)


def test_a_patch_that_does_not_apply_is_not_tested(tree: Path, local_settings: Settings, tmp_path: Path) -> None:
    execution = _for_real(tree, local_settings, DIFF.replace("-old", "-other"), tmp_path)
    assert not execution.application.official
    assert execution.application.reason
    assert START not in execution.log


def test_a_patch_cannot_replace_its_own_exam(tree: Path, local_settings: Settings, tmp_path: Path) -> None:
    cheat = "diff --git a/t.sh b/t.sh\nnew file mode 100644\n--- /dev/null\n+++ b/t.sh\n@@ -0,0 +1 @@\n+exit 0\n"
    execution = _for_real(tree, local_settings, cheat, tmp_path)
    assert (execution.application.strict, execution.test_status) == (True, 1)
