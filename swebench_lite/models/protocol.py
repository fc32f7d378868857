"""What a model is to the pipeline: something with a name that answers a prompt."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from swebench_lite.records import Exchange, Prompt

UNSENT = "the run was stopped before this was sent"  # the error of such an exchange, whose ``tries`` is 0


class Model(Protocol):
    """Answers prompts. untouched: it stands for no change at all, so the tests run on the tree as it is."""

    @property
    def name(self) -> str: ...

    @property
    def untouched(self) -> bool: ...

    def reply(self, prompt: Prompt, *, instance_id: str, arm: str, sample: int) -> Exchange:
        """One exchange. A provider's failure is in its ``error``, never an exception. Thread-safe."""
        ...

    def estimate(self, prompt: Prompt, /) -> float | None:
        """The most that one reply to this prompt should cost, in USD; None where the model's price is not known."""
        ...


@runtime_checkable
class InTurn(Protocol):
    """A model that has to wait until its server has room for it."""

    def turn(self) -> AbstractContextManager[Model]:
        """The model to ask within the block, where nothing more has to be waited for. Raises nothing; it says so itself where
        it cannot be asked."""
        ...


@runtime_checkable
class Thinking(Protocol):
    """A model that can be asked to think more or less."""

    def check_thinking(self, level: str) -> None:
        """Raises UsageError where a prompt that wants this level cannot be sent."""
        ...
