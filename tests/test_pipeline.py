from __future__ import annotations

import difflib
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from swebench_lite.arms import load_arm
from swebench_lite.asking import Asker, Question
from swebench_lite.backends import Backends
from swebench_lite.errors import NoEnvironment
from swebench_lite.kitchen import Manner
from swebench_lite.models import Canned, Model, open_model
from swebench_lite.pipeline import RETRIED, Task, run
from swebench_lite.records import Attempt, AttemptKey, Exchange, Instance, Outcome, Patch, Plan, Prompt
from swebench_lite.repositories import checkout
from swebench_lite.sandbox import Finished, Job, Sandbox
from swebench_lite.settings import Settings
from swebench_lite.store import RunStore

ONE = "own__rangeset-1"


@pytest.fixture
def one(own_instances: dict[str, Instance]) -> Instance:
    """A small Python instance of our own."""
    return own_instances[ONE]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """An empty one."""
    return RunStore(tmp_path / "runs")


def _task(instance: Instance, name: str, *, arm: str = "none", model: Model | None = None, **more: object) -> Task:
    key = AttemptKey(run_id="run", instance_id=instance.instance_id, model=name, arm=arm)
    question = Question(model=model, arm=load_arm(arm)) if model is not None else None
    return Task(key=key, instance=instance, question=question, **more)  # type: ignore[arg-type]


def _run(
    tasks: Sequence[Task], settings: Settings, store: RunStore, finished: Callable[[Attempt], None] = lambda _: None
) -> dict[str, Attempt]:
    """Run a plan of these tasks; the saved attempts by model and arm."""
    plan = Plan(
        run_id="run", dataset="own", planned=tuple(task.key for task in tasks), settings={}, provenance={},
        created_at=datetime.now(UTC).isoformat(),
    )  # fmt: skip
    store.create(plan)
    with (
        Backends(settings=settings) as backends,
        Asker(settings=settings, exchanges=store.exchanges("run")) as asker,
    ):
        run(tasks, backends, store, asker=asker, finished=finished)
    return {f"{each.key.model}/{each.key.arm}": each for each in store.attempts("run")}


def test_each_kind_of_patch_gets_its_verdict_and_a_reason(
    one: Instance, local_settings: Settings, store: RunStore
) -> None:
    gold = one.patch
    bad = {
        "nonsense": "this is no patch at all\n",
        "stale": gold.replace("\n-", "\n-#"),
        "outside": "--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-a\n+b\n",
        "hooks": "--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+evil\n",
        "half a character": gold + "\ud800",
    }
    made = _run([_task(one, name, patch=Patch(text=text)) for name, text in bad.items()], local_settings, store)
    outcomes = {name.partition("/")[0]: each.verdict.outcome for name, each in made.items()}
    assert outcomes == dict.fromkeys(bad, Outcome.PATCH_INVALID)
    assert all(each.verdict.reason for each in made.values())
    assert not [each for each in made.values() if each.verdict.official_resolved]


def test_gold_resolves_null_does_not_and_nothing_is_no_answer(
    one: Instance, local_settings: Settings, store: RunStore
) -> None:
    tasks = [
        _task(one, "gold", patch=Patch(text=one.patch)),
        _task(one, "null", untouched=True),
        _task(one, "empty"),
    ]
    outcomes = {name: each.verdict.outcome for name, each in _run(tasks, local_settings, store).items()}
    assert outcomes == {"gold/none": Outcome.RESOLVED, "null/none": Outcome.UNRESOLVED, "empty/none": Outcome.NO_ANSWER}


def test_an_instance_that_cannot_be_prepared_costs_its_own_attempts_only(
    one: Instance, local_settings: Settings, store: RunStore
) -> None:
    strange = replace(one, instance_id="strange", log_parser="parse_log_of_mars")
    homeless = replace(one, instance_id="homeless", repo="no/where")
    tasks = [_task(each, each.instance_id, patch=Patch(text=one.patch)) for each in (strange, one, homeless)]
    made = _run(tasks, local_settings, store)
    outcomes = {name.partition("/")[0]: each.verdict.outcome for name, each in made.items()}
    assert outcomes == {"strange": Outcome.NO_ENVIRONMENT, ONE: Outcome.RESOLVED, "homeless": Outcome.NO_ENVIRONMENT}
    assert "parse_log_of_mars" in made["strange/none"].verdict.reason
    assert "no/where" in made["homeless/none"].verdict.reason


class Broken:
    """A model with a bug of its own."""

    name, untouched = "broken", False

    def reply(self, *_: object, **__: object) -> Exchange:
        """Never returns."""
        raise ZeroDivisionError("deep inside")

    def estimate(self, _: Prompt) -> float | None:
        """Nobody knows."""
        return None


class Failing:
    """A model whose provider fails."""

    name, untouched = "failing", False

    def reply(self, prompt: Prompt, **_: object) -> Exchange:
        """An exchange with an error."""
        return Exchange(request=prompt.user, reply="", model=self.name, error="429 too many requests")

    def estimate(self, _: Prompt) -> float | None:
        """Nobody knows."""
        return None


def test_a_crash_ends_one_attempt_and_keeps_its_traceback(
    one: Instance, local_settings: Settings, store: RunStore
) -> None:
    tasks = [_task(one, "broken", arm="harnessed", model=Broken()), _task(one, "null", untouched=True)]
    made = _run(tasks, local_settings, store)
    crashed = made["broken/harnessed"]
    assert crashed.verdict.outcome is Outcome.CRASHED
    assert "ZeroDivisionError: deep inside" in crashed.verdict.reason
    assert b"deep inside" in store.artefact(crashed.key, "error.log")
    assert made["null/none"].verdict.outcome is Outcome.UNRESOLVED


class Exhausted:
    """The sandbox that it is given, until it has tried one patch: from then on it fails."""

    def __init__(self, inner: Sandbox, last: bytes) -> None:
        self.inner, self.last, self.over = inner, last, False
        self.name, self.capabilities = inner.name, inner.capabilities

    def run(self, job: Job, **how: Any) -> Finished:
        """As the inner one, or an error."""
        if self.over:
            raise NoEnvironment("the program that applies patches is gone")
        self.over = dict(job.files).get("patch.diff") == self.last
        return self.inner.run(job, **how)

    def __enter__(self) -> Exhausted:
        return self

    def __exit__(self, *how: Any) -> None:
        self.inner.__exit__(*how)


def test_what_goes_wrong_with_the_repaired_form_stays_with_it(
    one: Instance, local_settings: Settings, store: RunStore
) -> None:
    # Not the reference itself, whose evidence is in the cache by then.
    broken = re.sub(r",\d+ @@", ",999 @@", one.patch.replace("\n+  ", "\n+\n+  ", 1))
    task = _task(one, "m", patch=Patch(text=broken))
    store.create(
        Plan(
            run_id="run",
            dataset="own",
            planned=(task.key,),
            settings={},
            provenance={},
            created_at="2026-01-01T00:00:00Z",
        )
    )
    with (
        Backends(settings=local_settings) as backends,
        Asker(settings=local_settings, exchanges=store.exchanges("run")) as asker,
    ):
        backends.sandbox = Exhausted(backends.sandbox, broken.encode())
        run([task], backends, store, manner=Manner(score_repaired=True), asker=asker)
    (attempt,) = store.attempts("run")
    assert attempt.verdict.outcome is Outcome.PATCH_INVALID, attempt.verdict
    assert attempt.repaired_verdict is not None
    assert (attempt.repaired_verdict.outcome, attempt.repaired_verdict.reason) == (
        Outcome.NO_ENVIRONMENT, "the program that applies patches is gone",
    )  # fmt: skip


def test_a_failing_provider_is_not_the_models_doing(one: Instance, local_settings: Settings, store: RunStore) -> None:
    attempt = _run([_task(one, "failing", arm="harnessed", model=Failing())], local_settings, store)[
        "failing/harnessed"
    ]
    assert attempt.verdict.outcome is Outcome.PROVIDER
    assert "429" in attempt.verdict.reason
    assert not attempt.verdict.outcome.scored


def test_the_same_patch_from_two_arms_is_executed_once(
    one: Instance, local_settings: Settings, store: RunStore
) -> None:
    settings = replace(local_settings, workers=1)
    other = one.patch.replace("\n+", "\n+ \n+", 1)
    model = Canned(name="m", replies={(ONE, None, None): f"```diff\n{other}```\n"})
    tasks = [_task(one, "m", arm=arm, model=model) for arm in ("harnessed", "unharnessed")]
    made = _run(tasks, settings, store)
    assert [made[f"m/{arm}"].cached for arm in ("harnessed", "unharnessed")] == [False, True]
    assert len({each.execution_key for each in made.values()}) == 1


def test_the_gold_patch_needs_no_execution_of_its_own(one: Instance, local_settings: Settings, store: RunStore) -> None:
    model = open_model("gold", [one])
    made = _run([_task(one, "gold", arm="harnessed", model=model)], local_settings, store)
    assert made["gold/harnessed"].cached
    assert made["gold/harnessed"].verdict.resolved


def test_every_attempt_keeps_the_evidence_that_grading_again_takes(
    one: Instance, local_settings: Settings, store: RunStore
) -> None:
    from swebench_lite.grade import grade
    from swebench_lite.records import Execution, Oracle
    from swebench_lite.store import codec

    attempt = _run([_task(one, "m", patch=Patch(text=one.patch))], local_settings, store)["m/none"]

    def kept(name: str) -> dict[str, object]:
        return dict(json.loads(store.artefact(attempt.key, name)))

    log = store.artefact(attempt.key, "test_output.txt").decode()
    execution = codec.from_document(Execution, {**kept("execution.json"), "log": log}, where="execution.json")
    instance = codec.from_document(Instance, kept("instance.json"), where="instance.json")
    oracle = codec.from_document(Oracle, kept("oracle.json"), where="oracle.json")
    again = grade(instance, execution, oracle)
    assert (again.outcome, again.reason, again.tests) == (
        attempt.verdict.outcome,
        attempt.verdict.reason,
        attempt.verdict.tests,
    )
    assert store.artefact(attempt.key, "patch.diff") == one.patch.encode()


def test_what_was_not_the_models_doing_is_tried_again_on_resume() -> None:
    assert {outcome.value for outcome in RETRIED} == {"PROVIDER", "NO_ENVIRONMENT", "INFRA", "CRASHED", "NOT_RUN"}


def test_an_interrupt_keeps_what_is_saved_and_leaves_no_process(
    one: Instance, local_settings: Settings, store: RunStore
) -> None:
    slow = replace(one, instance_id="slow", test_command="sleep 54321", patch="", fail_to_pass=("x",))
    empty = _task(one, "empty")
    tasks = [_task(slow, "slow", untouched=True), empty]

    def interrupt(_: Attempt) -> None:
        until = time.monotonic() + 20
        while not _sleeping() and time.monotonic() < until:
            time.sleep(0.05)
        assert _sleeping(), "the slow attempt must be under way"
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        _run(tasks, replace(local_settings, workers=2), store, interrupt)
    assert time.monotonic() - begun < 40
    assert not _sleeping()
    assert [each.key for each in store.attempts("run")] == [empty.key]


def _sleeping() -> bool:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(entry.read_bytes())
        except OSError:
            continue
    return b"sleep\0" + b"54321\0" in found


def test_a_patch_that_hangs_runs_into_the_time_limit(one: Instance, local_settings: Settings, store: RunStore) -> None:
    name = "rangeset/core.py"
    tree = checkout(one.repo, one.base_commit, settings=local_settings).path
    before = (tree / name).read_text().splitlines(keepends=True)
    after = [*before, "import time\n", "time.sleep(600)\n"]
    hang = "".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"))
    settings = replace(local_settings, limits=replace(local_settings.limits, timeout=8.0))
    attempt = _run([_task(one, "m", patch=Patch(text=hang))], settings, store)["m/none"]
    assert attempt.verdict.outcome is Outcome.TIMEOUT, attempt.verdict.reason
    assert attempt.verdict.outcome.scored
    assert not attempt.cached


def test_the_runs_own_scratch_folder_is_gone_afterwards(local_settings: Settings) -> None:
    with Backends(settings=local_settings) as backends:
        folder = Path(backends._scratch.name)
        assert folder.is_dir()
    assert not folder.exists()
