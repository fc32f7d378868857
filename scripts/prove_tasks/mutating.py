"""A Python task -> what became of a sample of mutants that a tool (cosmic-ray) makes of its solution."""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prove_tasks import sampling
from prove_tasks.choosing import modules
from prove_tasks.places import (
    PYTEST,
    ProofError,
    environment,
    lay_out,
    require,
    run,
    tail,
    test_line,
    variables,
)
from swebench_lite.catalog import CatalogTask

COSMIC_RAY = "cosmic-ray==8.7.0"
_KEEP = Path(__file__).resolve().with_name("keep.py")
# A mutant that never ends is killed by its limit; machines are slower at times, and that must kill none.
_SPARE_SECONDS, _SLOWER = 15.0, 6.0
_MEMORY_KB = 8_000_000  # of addresses; a mutant may collect without end
_SESSION_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A mutant that was tried. outcome: killed, survived, or what kept the tool from trying it. diff: its lines with - and +.

    timed_out: killed by its time limit and not by a test.
    """

    file: str
    line: int
    definition: str
    operator: str
    outcome: str
    timed_out: bool
    diff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutated:
    """What became of a task's sample. possible: how many mutants the tool can make beside those of annotations.

    test_seconds: the tests on the solution itself. seconds: everything.
    """

    task_id: str
    possible: int
    tried: tuple[Tried, ...]
    test_seconds: float
    seconds: float

    def count(self, outcome: str) -> int:
        """How many ended so."""
        return sum(one.outcome == outcome for one in self.tried)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """Where a task's mutants are made. tool: the interpreter of its environment. environ: that of the tests."""

    tool: Path
    tree: Path
    settings: Path
    session: Path
    environ: Mapping[str, str]

    def cosmic_ray(self, *words: str, seconds: float = _SESSION_SECONDS) -> str:
        """Run the tool; what it says. Raises ProofError where it fails."""
        done = run(
            [str(self.tool.with_name("cosmic-ray")), *words], cwd=self.tree, environ=self.environ, seconds=seconds
        )
        if done.status != 0:
            raise ProofError(f"cosmic-ray {words[0]} ends with status {done.status}: {tail(done.output)}")
        return done.output


def tool_environment(folder: Path) -> Path:
    """An environment with the mutation tool, for ``mutate``. Raises ProofError."""
    require("timeout")
    return environment(folder, (COSMIC_RAY,))


def mutate(task: CatalogTask, tool: Path, *, limit: int, seed: int) -> Mutated:
    """Try a sample of mutants of a task's solution in a temporary copy. tool: the interpreter of ``tool_environment``.

    Raises ProofError where the hidden tests do not pass on the solution there, or the tool fails.
    """
    own, _ = modules(task)
    with tempfile.TemporaryDirectory(prefix="prove-tasks-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        tree = folder / "tree"
        lay_out(task, tree)
        python = environment(folder / "python", (PYTEST, *task.metadata.dependencies))
        environ = variables(python, folder / "home")
        test_seconds = _baseline(task, tree, environ)
        each = _SPARE_SECONDS + _SLOWER * test_seconds
        script = folder / "tests.sh"
        script.write_text(test_script(test_line(task), tree, seconds=each))
        settings = folder / "cosmic-ray.toml"
        settings.write_text(settings_text(own, script, seconds=each), encoding="utf-8")
        bench = _Bench(tool=tool, tree=tree, settings=settings, session=folder / "session.sqlite", environ=environ)
        possible = _choose(bench, {path: task.solution[path] for path in own}, limit=limit, seed=seed)
        budget = _SESSION_SECONDS + limit * 2 * each
        bench.cosmic_ray("exec", str(settings), str(bench.session), seconds=budget)
        dump = bench.cosmic_ray("dump", str(bench.session))
        # What one mutant leaves behind in the tree would be in the way of all that follow.
        _baseline(task, tree, environ)
    ran = tuple(tried(item, result) for item, result in sampling.pairs(dump) if not _left_out(result))
    return Mutated(
        task_id=task.task_id,
        possible=possible,
        tried=tuple(sorted(ran, key=lambda one: (one.file, one.line, one.operator))),
        test_seconds=round(test_seconds, 2),
        seconds=0.0,
    )


def tried(item: Mapping[str, Any], result: Mapping[str, Any] | None) -> Tried:
    """A work item of the tool and its result. One that was not run at all has the outcome "not run"."""
    one = sampling.candidate(item)
    said = result or {"worker_outcome": "not run", "test_outcome": None, "diff": "", "output": ""}
    outcome = said["test_outcome"] if said["worker_outcome"] == "normal" else said["worker_outcome"]
    changed = [
        line
        for line in (said["diff"] or "").splitlines()
        if line[:1] in {"-", "+"} and not line.startswith(("---", "+++"))
    ]
    return Tried(
        file=one.file,
        line=one.start[0],
        definition=one.definition,
        operator=one.operator,
        outcome=outcome or "not run",
        # The tests' own output goes nowhere, so that this can only be the tool's word.
        timed_out=said["output"] == "timeout",
        diff="\n".join(changed),
    )


def test_script(line: str, tree: Path, *, seconds: float) -> str:
    """The script that the tool runs for each mutant: the test command in the tree, ended after its first failure.

    It has a limit of its own beside the tool's: if the tool is killed, its test run must not go on for ever.
    """
    inner = f"ulimit -v {_MEMORY_KB}; {line}"
    return (
        f"cd {shlex.quote(str(tree))} || exit 99\n"
        f"exec timeout -k 1 {seconds + 5:.0f} sh -c {shlex.quote(inner)} > /dev/null 2>&1\n"
    )


def settings_text(files: Sequence[str], script: Path, *, seconds: float) -> str:
    """The tool's settings file. files: what to mutate, relative to the tree."""
    lines = {
        "module-path": f"[{', '.join(map(_quoted, files))}]",
        "timeout": f"{seconds:.1f}",
        "excluded-modules": "[]",
        "test-command": _quoted(f"sh {shlex.quote(str(script))}"),
    }
    body = "\n".join(f"{name} = {value}" for name, value in lines.items())
    return f'[cosmic-ray]\n{body}\n[cosmic-ray.distributor]\nname = "local"\n'


def _quoted(text: str) -> str:
    """A TOML string. JSON writes letters beyond the first plane as two halves, and DEL as it is; TOML allows neither."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _baseline(task: CatalogTask, tree: Path, environ: dict[str, str]) -> float:
    """How long the tests take on the solution; from then on they stop at their first failure, which is all that counts."""
    environ["PYTEST_ADDOPTS"] = "-x"
    seconds = task.metadata.eval.timeout_seconds
    done = run(["sh", "-c", test_line(task)], cwd=tree, environ=environ, seconds=seconds)
    if done.status != 0:
        raise ProofError(f"{task.task_id}: the tests do not pass on the solution: {tail(done.output)}")
    return done.seconds


def _choose(bench: _Bench, sources: Mapping[str, str], *, limit: int, seed: int) -> int:
    """Leave the sample in the session, and nothing else; how many mutants there were to choose from."""
    if not sources:
        raise ProofError("the solution changes no Python file, so there is nothing to mutate")
    bench.cosmic_ray("init", str(bench.settings), str(bench.session))
    found = sampling.candidates(bench.cosmic_ray("dump", str(bench.session)))
    found = sampling.without_annotations(found, sources)
    wanted = bench.session.with_name("wanted.txt")
    wanted.write_text("".join(f"{one.job}\n" for one in sampling.sample(found, limit=limit, seed=seed)))
    line = f"{shlex.join([str(bench.tool), str(_KEEP), str(bench.session)])} < {shlex.quote(str(wanted))}"
    done = run(["sh", "-c", line], cwd=bench.tree, environ=bench.environ, seconds=_SESSION_SECONDS)
    if done.status != 0:
        raise ProofError(f"the sample cannot be written to the session: {tail(done.output)}")
    return len(found)


def _left_out(result: Mapping[str, Any] | None) -> bool:
    return result is not None and result["worker_outcome"] == "skipped"
