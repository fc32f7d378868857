"""The nouns of the suites: an item that is asked, and the grade of what was answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from swebench_lite.models import Model
from swebench_lite.records import Environment, Exchange, Instance, Limits, Prompt, Sampling, Source
from swebench_lite.sandbox import Finished, Job, Sandbox
from swebench_lite.sandbox.patience import patiently

DATASET = "suites"
ARM = "suite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """How many of an item's cases passed, why not all of them, and remarks that change nothing."""

    passed: int
    reason: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Whom an item asks, and how. in_text: models whose servers turned tools down, by name; items add to it."""

    model: Model
    sampling: Sampling
    in_text: set[str] = field(default_factory=set)
    stopping: threading.Event = field(default_factory=threading.Event)

    def once(self, item: str, system: str, user: str) -> Exchange:
        """One prompt and its reply; a failure is in the exchange's ``error``."""
        # A rough count will do: it only keeps a reply's bound within the context of a model whose context is known.
        tokens = (len(system) + len(user)) // 4
        prompt = Prompt(system=system, user=user, tokens=tokens, sampling=self.sampling)
        return self.model.reply(prompt, instance_id=item, arm=ARM, sample=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where answers run. scratch: a folder for the output of jobs. tree: an empty one, for sandboxes that copy a tree."""

    sandbox: Sandbox
    environment: Environment
    scratch: Path
    tree: Path
    limits: Limits = field(default_factory=Limits)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, job: Job) -> Finished:
        """Run a job; a sandbox that fails is tried again. Raises InfraError, EngineDown and NoEnvironment."""
        return patiently(lambda: self.sandbox.run(job, scratch=self.scratch), stopping=self.stopping)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One task of a suite.

    total: its cases; they count whatever becomes of the reply. ask: all exchanges of one attempt, none where it was stopped
    on the way. grade: what they are
    worth; needs no model, so stored exchanges are graded again in the same way. runs: grading needs a room.
    """

    suite: str
    key: str
    prompt: str
    total: int
    ask: Callable[[Asker], tuple[Exchange, ...]]
    grade: Callable[[Sequence[Exchange], Room | None], Grade]
    runs: bool = False

    @property
    def name(self) -> str:
        """``suite:key``."""
        return f"{self.suite}:{self.key}"

    @property
    def instance(self) -> Instance:
        """The item as an instance that is nothing but a prompt."""
        return Instance(instance_id=self.name, source=Source.PROMPT, dataset=DATASET, problem_statement=self.prompt)
