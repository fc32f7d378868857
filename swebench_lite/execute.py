"""Instance, patch, environment, sandbox -> Execution: one process applies the patch and runs the tests.

The trusted tests go in last, by the instance's own script. This stage judges nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from swebench_lite import apply, patches
from swebench_lite.errors import Tampered
from swebench_lite.records import Environment, Execution, Instance, Limits, Patch
from swebench_lite.sandbox import Finished, Job, Sandbox, identity
from swebench_lite.toolchains import detect, test_files

START, END, EXIT_CODE = ">>>>> Start Test Output", ">>>>> End Test Output", ">>>>> Test Exit Code"
_STATUS = "SWEBENCH_TEST_EXIT_CODE"
# The folder of the job's input. No argument: a file that the script sources would take it for its own.
_INPUT = "SWEBENCH_LITE_INPUT"
_HEAD = ("#!/bin/bash", "set -uxo pipefail")
# Our own images tell pip that there is no network; in others' it would try for ten seconds to reach one.
_MADE_BY_OTHERS = frozenset({"named", "official"})
_FAIL_AT_ONCE = "export PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1"
# Changes whenever the same inputs could give other evidence than before.
SANDBOX_VERSION = "3"
# How an execution guards the tests against the patch; restored and instrumented modes will stand beside it.
PROTECTION = "official"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything that an execution needs, and nothing that cannot be pickled.

    patch: None runs the tests on the untouched tree. tree: the checkout's folder, for sandboxes that copy it. past: earlier
    contents of files that the patch names by their ids: with them git merges it three ways, as in a repository with its
    history.
    """

    instance: Instance
    patch: Patch | None
    environment: Environment
    limits: Limits = field(default_factory=Limits)
    tree: Path | None = None
    script: str = ""
    past: tuple[bytes, ...] = ()


_REMEMBER = 'for past in /@INPUT@/past-*; do git hash-object -w --no-filters "$past" > /dev/null 2>&1; done'


def execution_key(work: Work, sandbox: str) -> str:
    """Hex SHA-256 over base tree, tests and command, environment, exact patch bytes, protection, limits and sandbox."""
    instance, limits = work.instance, work.limits
    parts = {
        "base": [instance.repo, instance.base_commit],
        "test_patch": instance.test_patch,
        "script": work.script,
        "assets": [[asset.path, hashlib.sha256(asset.data or b"").hexdigest()] for asset in instance.image_assets],
        "environment": [work.environment.digest, work.environment.rung in _MADE_BY_OTHERS],
        "patch": work.patch.sha256 if work.patch else None,
        "protection": PROTECTION,
        "limits": [limits.timeout, limits.memory, limits.cpus, limits.processes, limits.output],
        "sandbox": [sandbox, SANDBOX_VERSION],
    }
    if work.past:
        parts["past"] = [hashlib.sha256(one).hexdigest() for one in work.past]
    # Surrogates stand for bytes that are not UTF-8; they must count, and must not stop the hash.
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def test_script(instance: Instance, files: Callable[[], tuple[str, ...]]) -> str:
    """The bash script that puts the tests in and runs them, ending with the test command's own exit status.

    A row's ``eval_script`` is taken unchanged but for what the official harness adds too: its own first lines, recording
    the exit status, and placing image assets. Rows without one get a script of the same shape; files() lists the tree, for
    finding the runner. Raises DatasetError when neither the row nor the tree tells how to run the tests.
    """
    if instance.eval_script:
        return _recorded(instance.eval_script, instance)
    command = instance.test_command
    if command is None:
        command = detect(files(), instance).command(test_files(instance.test_patch))
    return _generated(instance, command)


def reader_name(instance: Instance, files: Callable[[], tuple[str, ...]]) -> str:
    """The log reader of an instance: the row's own, else the one of the runner that its tree points to."""
    return instance.log_parser or detect(files(), instance).reader


def execute(work: Work, sandbox: Sandbox, *, scratch: Path) -> Execution:
    """Apply the patch and run the tests in a sandbox.

    scratch: a folder for the job's output while it runs. A patch that does not apply, a failing test, a time-out: all of
    these are Executions. Raises PatchRefused for a patch that must not even be tried, NoEnvironment, InfraError.
    """
    begun = time.monotonic()
    inspection = patches.inspect(work.patch) if work.patch else None
    if inspection is not None:
        patches.refuse(inspection)
    mark = f"swebench-lite-{secrets.token_hex(16)}"
    watch = _Stopwatch()
    finished = sandbox.run(_job(work, mark, inspection), scratch=scratch, listen=watch.hear)
    return _evidence(work, finished, watch, sandbox=identity(sandbox), mark=mark, inspection=inspection, begun=begun)


def _job(work: Work, mark: str, inspection: patches.Inspection | None) -> Job:
    instance = work.instance
    files = [("eval.sh", work.script.encode("utf-8", "surrogateescape"))]
    if work.patch is not None:
        files.append(("patch.diff", work.patch.raw))
    if not instance.eval_script:
        files.append(("test.patch", instance.test_patch.encode("utf-8", "surrogateescape")))
    files += [(f"past-{number}", content) for number, content in enumerate(work.past)]
    files += [(f"asset-{number}", asset.data or b"") for number, asset in enumerate(instance.image_assets)]
    reinstall = inspection is not None and patches.needs_reinstall(inspection.paths)
    applying = apply.cascade(patch_file="/@INPUT@/patch.diff", mark=mark) if work.patch else apply.no_patch(mark)
    driver = f"""exec 2>&1
cd /@TREE@ || {{ echo '{mark} missing tree'; exit 125; }}
{_REMEMBER if work.past else ""}
{applying.rstrip()} || exit 125
printf '%s tests begin\\n' '{mark}'
{_FAIL_AT_ONCE if work.environment.rung in _MADE_BY_OTHERS else ""}
{"export SWEBENCH_LITE_REINSTALL=1" if reinstall else ""}
export {_INPUT}=/@INPUT@
exec bash /@INPUT@/eval.sh
"""
    return Job(
        environment=work.environment,
        script=driver,
        files=tuple(files),
        limits=work.limits,
        tree=work.tree,
        untrusted_script=bool(instance.eval_script),
        name=instance.instance_id,
    )


def _evidence(
    work: Work,
    finished: Finished,
    watch: _Stopwatch,
    *,
    sandbox: str,
    mark: str,
    inspection: patches.Inspection | None,
    begun: float,
) -> Execution:
    text = finished.output.decode("utf-8", "replace")
    before, _, log = text.partition(f"{mark} tests begin\n")
    apply_log = before.replace(mark, "==")
    try:
        application = apply.read(before, mark=mark, inspection=inspection)
    except Tampered as error:
        error.evidence = {"apply.log": apply_log, "test_output.txt": log}
        raise
    seconds = watch.seconds(until=begun + finished.started + finished.seconds)
    return Execution(
        key=execution_key(work, sandbox),
        application=application,
        log=log,
        apply_log=apply_log,
        exit_status=finished.exit_status,
        test_status=_recorded_status(log),
        timed_out=finished.timed_out,
        out_of_memory=finished.out_of_memory,
        truncated=finished.truncated,
        test_seconds=round(seconds, 4),
        overhead_seconds=round(max(0.0, time.monotonic() - begun - seconds), 4),
    )


def _recorded_status(log: str) -> int | None:
    # The last one: the script prints it after everything that the tests could print.
    _, found, tail = log.rpartition(f"\n{EXIT_CODE}: ")
    # Tests print what they like: digits of other scripts and numbers without end are no exit status.
    digits = re.fullmatch(r"-?[0-9]{1,6}", tail.partition("\n")[0].strip())
    return int(digits[0]) if found and digits else None


def _recorded(script: str, instance: Instance) -> str:
    """The row's script with the test command's status kept and made the script's own."""
    # The marks that grading looks for are printed by tracing alone, in many rows.
    lines = [*_HEAD, *(line for line in script.lstrip().split("\n") if line not in _HEAD)]
    starts = [number for number, line in enumerate(lines) if START in line]
    ends = [number for number, line in enumerate(lines) if END in line]
    if ends:
        at = ends[0]
        lines[at : at + 1] = [f"{_STATUS}=$?", lines[at], f'echo "{EXIT_CODE}: ${_STATUS}"']
        lines.append(f'exit "${_STATUS}"')
    if starts:
        lines[starts[0] : starts[0]] = _asset_lines(instance)
    return "\n".join(lines)


def _asset_lines(instance: Instance) -> list[str]:
    lines = []
    for number, asset in enumerate(instance.image_assets):
        path = shlex.quote(asset.path)
        lines.append(f'mkdir -p "$(dirname {path})" && cp "${_INPUT}/asset-{number}" {path}')
    return lines


def _generated(instance: Instance, command: str) -> str:
    touched = patches.inspect(Patch(text=instance.test_patch)).paths if instance.test_patch.strip() else ()
    # Whatever the patch left where a test belongs goes first: it must not overwrite, or stand in the way of, its own exam.
    places = [
        f"git checkout -q HEAD -- {shlex.quote(path)} 2>/dev/null || rm -rf -- {shlex.quote(path)}"
        for path in (*touched, *instance.kept_tests)
    ]
    lines = [
        "#!/bin/bash",
        "set -uo pipefail",
        *places,
        *([f'git apply -v "${_INPUT}/test.patch"'] if touched else []),
        *_asset_lines(instance),
        f"echo '{START}'",
        command,
        f"{_STATUS}=$?",
        f"echo '{END}'",
        f'echo "{EXIT_CODE}: ${_STATUS}"',
        f'exit "${_STATUS}"',
        "",
    ]
    return "\n".join(lines)


class _Stopwatch:
    """Times the test command by the moments at which its markers arrive. For figures only; grading never looks."""

    def __init__(self) -> None:
        self._tail = b""
        self._start: float | None = None
        self._end: float | None = None

    def hear(self, piece: bytes) -> None:
        """Look for the markers in a piece of output, also where one is cut in two."""
        if self._end is not None:
            return
        seen = self._tail + piece
        if self._start is None and START.encode() in seen:
            self._start = time.monotonic()
            seen = seen.partition(START.encode())[2]
        if self._start is not None and END.encode() in seen:
            self._end = time.monotonic()
        self._tail = seen[-len(START) :]

    def seconds(self, *, until: float) -> float:
        """Seconds between the markers; up to ``until`` where the end was never reached, 0 where the start was not."""
        if self._start is None:
            return 0.0
        return (self._end if self._end is not None else max(until, self._start)) - self._start
