"""Prompt and respond for the attempts of a run, ahead of the sandbox: each reply is kept the moment it is there.

Requests wait for servers and sandboxes for this machine, so each has workers of its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from swebench_lite import repositories
from swebench_lite.backends import Stopped
from swebench_lite.contexts import strategy_of
from swebench_lite.errors import StoreError, UsageError
from swebench_lite.models import Model
from swebench_lite.models.protocol import Thinking
from swebench_lite.prompt import prompt
from swebench_lite.records import Arm, AttemptKey, Exchange, Instance, Prompt
from swebench_lite.respond import Budget, NoReply, respond
from swebench_lite.settings import Settings
from swebench_lite.store import Exchanges

_PROMPTS_KEPT = 64  # samples and models share a prompt; a large context takes seconds to choose


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whom to ask, and in which arm."""

    model: Model
    arm: Arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply with the prompt it answers; None for a stored reply of which only the text is known."""

    exchange: Exchange
    prompt: Prompt | None = None


class Asked(Protocol):
    """What an Asker needs to know of an attempt."""

    @property
    def key(self) -> AttemptKey: ...

    @property
    def instance(self) -> Instance: ...

    @property
    def question(self) -> Question | None: ...


@dataclass(slots=True)
class Asker:
    """Asks for the replies of many attempts, in their order. Use in a ``with`` block.

    exchanges: where replies are kept and looked for first. workers: requests at a time over all models; each model has its
    own limits besides. budget: what they may cost together. stopping: once set, nothing new is asked; what is under way is
    waited for, because it is paid. over: hears, from any thread, of each attempt that asks nobody any more, however it ended.
    """

    settings: Settings
    exchanges: Exchanges
    workers: int = 8
    budget: Budget | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    over: Callable[[AttemptKey], None] = lambda _: None
    _pool: ThreadPoolExecutor = field(init=False)
    _futures: dict[AttemptKey, Future[None]] = field(init=False, default_factory=dict)
    _prompts: OrderedDict[tuple[str, str], Prompt] = field(init=False, default_factory=OrderedDict)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _each: dict[tuple[str, str], threading.Lock] = field(init=False, default_factory=dict)

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(max_workers=max(1, self.workers), thread_name_prefix="asker")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self, wanted: Iterable[Asked]) -> None:
        """Start asking, in the given order; those that ask nobody are passed over."""
        for one in wanted:
            if one.question is not None:
                future = self._pool.submit(self._ask, one.key, one.instance, one.question)
                future.add_done_callback(partial(self._ended, one.key))
                self._futures[one.key] = future

    def _ended(self, key: AttemptKey, _: Future[None]) -> None:
        self.over(key)

    def reply(self, key: AttemptKey) -> Reply:
        """Wait for the reply of an attempt that ``begin`` was told of; it is handed over once.

        Raises NoReply (a ProviderError) where the provider failed, BudgetSpent, RepositoryError where the context cannot be
        read, StoreError where the reply cannot be kept, and Stopped where the run is being interrupted.
        """
        future = self._futures.pop(key)
        try:
            future.result()
        except CancelledError as error:
            raise Stopped("interrupted") from error
        # Replies come far ahead of the sandbox: they wait on the disk, or memory would grow with the run.
        kept = self.exchanges.get(key)
        if kept is None or kept.answer is None:
            raise StoreError(f"the reply to {key.instance_id} was kept and cannot be read any more; resume the run")
        return Reply(exchange=kept.answer, prompt=kept.prompt)

    def _ask(self, key: AttemptKey, instance: Instance, question: Question) -> None:
        kept = self.exchanges.get(key)
        if kept is not None and kept.answer is not None:
            # A kill between the two leaves the note of a request whose reply is there.
            self.exchanges.not_asked(key)
            return
        if self.stopping.is_set():
            raise Stopped("interrupted")
        asked = self.prompt(instance, question.arm)
        self.exchanges.asking(key)
        try:
            exchange = respond(
                asked,
                question.model,
                instance_id=instance.instance_id,
                arm=key.arm,
                sample=key.sample,
                budget=self.budget,
                stopping=self.stopping,
            )
        except NoReply as error:
            if not error.exchange.tries and self.stopping.is_set():
                self.exchanges.not_asked(key)
                raise Stopped("interrupted") from error
            self.exchanges.put(key, asked, error.exchange)
            raise
        except BaseException:
            self.exchanges.not_asked(key)
            raise
        self.exchanges.put(key, asked, exchange)

    def prompt(self, instance: Instance, arm: Arm) -> Prompt:
        """The prompt of an instance in an arm, made once for all its samples and models."""
        name = (instance.instance_id, arm.name)
        with self._lock:
            own = self._each.setdefault(name, threading.Lock())
        with own:
            with self._lock:
                if name in self._prompts:
                    self._prompts.move_to_end(name)
                    return self._prompts[name]
            made = make_prompt(instance, arm, self.settings)
            with self._lock:
                self._prompts[name] = made
                if len(self._prompts) > _PROMPTS_KEPT:
                    self._prompts.popitem(last=False)
            return made


def check_thinking(questions: Iterable[Question]) -> None:
    """Raises UsageError where a model cannot be asked for the thinking level of its arm; asks nobody."""
    pairs = {(one.model.name, one.arm.name): one for one in questions}
    for (name, arm), one in pairs.items():
        if isinstance(one.model, Thinking):
            try:
                one.model.check_thinking(one.arm.thinking)
            except UsageError as error:
                raise UsageError(f"{name} cannot be asked in the arm '{arm}': {error}") from error


def make_prompt(instance: Instance, arm: Arm, settings: Settings) -> Prompt:
    """The prompt of an instance in an arm, with the context that the arm wants, read from the repository's mirror.

    Raises RepositoryError where the tree is not to be had.
    """
    reads = bool(instance.repo) and strategy_of(instance, arm) != "none"
    opened = repositories.open_tree(instance.repo, instance.base_commit, settings=settings) if reads else nullcontext()
    with opened as tree:
        return prompt(instance, arm, tree)
