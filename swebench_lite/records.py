"""The nouns: frozen, picklable records that travel between the stages.

Nothing here does any work. A record that exists is complete: constructors refuse half-built ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from swebench_lite.answers import Answer, Calls, Command, Edits, Files, Patch, Place
from swebench_lite.conversation import Arm, Exchange, FormatScore, Prompt, Reading, Sampling
from swebench_lite.outcomes import OUTCOMES, Flag, Outcome, OutcomeMeaning, Status

__all__ = [
    "OUTCOMES", "Answer", "Application", "Arm", "Asset", "Attempt", "AttemptKey", "Calls", "Command", "Edits",
    "Environment", "Exchange", "Execution", "Files", "Flag", "FormatScore", "Instance", "Limits", "Oracle", "Outcome",
    "OutcomeMeaning", "Patch", "Place", "Plan", "Prediction", "Prompt", "Reading", "Sampling", "Score", "Source", "Status",
    "TestsReport", "Verdict",
]  # fmt: skip


class Source(StrEnum):
    """Where an instance's tree comes from."""

    REPOSITORY = "repository"
    WORKSPACE = "workspace"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A binary file that a text patch cannot carry.

    belongs_to is ``patch`` or ``test_patch``; url or data says where its bytes come from.
    """

    path: str
    belongs_to: str
    url: str | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """Something to be repaired and judged: a source tree, an issue, and the tests that must pass.

    category: a word that groups instances in reports, or "". timeout: its own limit in seconds, where that is below the
    run's. dependencies: requirements of its language's package index that its tests need beside the toolchain.
    kept_tests: test files that the tree holds as they are: ``test_patch`` does not name them, and a patch must not change them.
    """

    instance_id: str
    source: Source = Source.REPOSITORY
    dataset: str = ""
    repo: str = ""
    base_commit: str = ""
    problem_statement: str = ""
    hints_text: str = ""
    patch: str = ""
    test_patch: str = ""
    fail_to_pass: tuple[str, ...] = ()
    pass_to_pass: tuple[str, ...] = ()
    created_at: str | None = None
    version: str | None = None
    environment_setup_commit: str | None = None
    image: str | None = None
    eval_script: str | None = None
    log_parser: str | None = None
    eval_type: str = "pass_and_fail"
    language: str = "python"
    test_command: str | None = None
    difficulty: str | None = None
    image_assets: tuple[Asset, ...] = ()
    category: str = ""
    timeout: float | None = None
    dependencies: tuple[str, ...] = ()
    kept_tests: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.instance_id:
            raise ValueError("an instance needs an instance_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A ready-made answer: one line of a predictions file.

    patch is None where it is null, empty or blank; blank then holds the white space that was given.
    """

    instance_id: str
    model: str
    patch: Patch | None
    blank: str = ""
    sample: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one attempt may use. Times in seconds, sizes in bytes."""

    timeout: float = 1800.0
    memory: int = 4 * 1024**3
    cpus: float = 2.0
    processes: int = 512
    output: int = 16 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What an instance's tests need.

    image: the container image, or None for the host's own toolchain (local sandbox).
    digest: identifies the contents; part of every execution key.
    rung: the step of the ladder that made it (named, official, base, dated, host).
    tree: path inside the sandbox that holds the instance's one-commit checkout.
    path: folders to search for programs before all others (host environments only).
    """

    digest: str
    rung: str
    image: str | None = None
    tree: str = "/testbed"
    path: str = ""
    detail: str = ""
    build_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What became of a patch inside the sandbox.

    step: the cascade step that won (git-apply, 3way, reject, patch, already-applied), or None.
    strict: plain ``git apply`` took the text as written. official: the official cascade took it.
    repaired: it applied after named repairs; None where none were tried.
    """

    step: str | None
    strict: bool
    official: bool
    repaired: bool | None = None
    repairs: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Evidence of one run in a sandbox. It judges nothing.

    exit_status is what the host saw (None when the process was killed at the time limit); test_status is what the test
    command returned, as the script recorded it. Seconds are wall time; overhead is everything but the test command.
    log: the capped output as text, from the first line of the test script on. apply_log: what applying printed before it.
    """

    key: str
    application: Application
    log: str
    apply_log: str = ""
    exit_status: int | None
    test_status: int | None = None
    timed_out: bool = False
    out_of_memory: bool = False
    truncated: bool = False
    test_seconds: float = 0.0
    overhead_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """The stored evidence of a gold run: status per test id, exit status, seconds, whether its log was cut."""

    digest: str
    statuses: Mapping[str, Status]
    exit_status: int | None
    seconds: float
    truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Points for tasks that are graded in points."""

    value: float
    maximum: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsReport:
    """Required tests by what became of them; ids in the dataset's order."""

    __test__ = False  # not a test class, whatever its name suggests to pytest

    f2p_success: tuple[str, ...] = ()
    f2p_failure: tuple[str, ...] = ()
    p2p_success: tuple[str, ...] = ()
    p2p_failure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Outcome and reason. resolved is strict; official_resolved follows the official rule exactly.

    graded is False where the official reader finds no gradable log (its ``patch_successfully_applied``). official_error: the
    official reader itself fails on the log, so that there is no official report.
    """

    outcome: Outcome
    reason: str
    official_resolved: bool = False
    graded: bool = False
    official_error: bool = False
    tests: TestsReport = field(default_factory=TestsReport)
    flags: tuple[Flag, ...] = ()

    @property
    def resolved(self) -> bool:
        """The strict result; never more lenient than the official one."""
        return self.outcome is Outcome.RESOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptKey:
    """The unit of work, resume and reporting."""

    run_id: str
    instance_id: str
    model: str
    arm: str = "none"
    sample: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A finished attempt: its key, what was answered, what happened, and the verdict.

    cached: the execution was taken from the cache. execution_key is empty where nothing was executed. reading and
    format_score: how the reply was read and what its shape is worth; None where no reply came. repaired_verdict: of the
    patch after repairs, where it did not apply as written and somebody asked for it. lenient_score: beside ``score``, with
    stray language lines taken out. exchange_key and
    model_seconds: the exchange that the reply came from and how long the model took.
    """

    key: AttemptKey
    verdict: Verdict
    application: Application | None = None
    patch_sha256: str | None = None
    execution_key: str = ""
    environment: str = ""
    test_seconds: float = 0.0
    overhead_seconds: float = 0.0
    cached: bool = False
    score: Score | None = None
    reading: Reading | None = None
    format_score: FormatScore | None = None
    repaired_verdict: Verdict | None = None
    lenient_score: Score | None = None
    exchange_key: str = ""
    model_seconds: float | None = None
    cost_usd: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    started_at: str = ""
    finished_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run set out to do. planned lists every attempt; provenance says with what."""

    run_id: str
    dataset: str
    planned: tuple[AttemptKey, ...]
    settings: Mapping[str, object]
    provenance: Mapping[str, object]
    created_at: str
