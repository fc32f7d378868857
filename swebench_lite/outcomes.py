"""How tests and attempts end, and what each ending counts as: one table maps outcomes to rates and official lists."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """What one test did, in the words of the official log readers."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    ERROR = "ERROR"
    XFAIL = "XFAIL"


class OutcomeMeaning(NamedTuple):
    """How one outcome counts.

    scored: it is the model's doing and belongs in its rate.
    status: the word for it in run summaries (passed, failed, error, api_error).
    official: the official run report's id list it falls into, without the ``_ids`` ending.
    """

    scored: bool
    status: str
    official: str


class Outcome(StrEnum):
    """How an attempt ended. The outcomes of a run add up to its plan."""

    RESOLVED = "RESOLVED"
    UNRESOLVED = "UNRESOLVED"
    NO_ANSWER = "NO_ANSWER"
    PATCH_INVALID = "PATCH_INVALID"
    TAMPERED = "TAMPERED"
    TIMEOUT = "TIMEOUT"
    TRUNCATED = "TRUNCATED"
    PROVIDER = "PROVIDER"
    NO_ENVIRONMENT = "NO_ENVIRONMENT"
    INFRA = "INFRA"
    CRASHED = "CRASHED"
    NOT_RUN = "NOT_RUN"

    @property
    def scored(self) -> bool:
        """Whether the outcome is the model's doing and counts in its rate."""
        return OUTCOMES[self].scored


# The one table that says what each outcome means to rates, run summaries and official id lists.
OUTCOMES: Mapping[Outcome, OutcomeMeaning] = {
    Outcome.RESOLVED: OutcomeMeaning(True, "passed", "resolved"),
    Outcome.UNRESOLVED: OutcomeMeaning(True, "failed", "unresolved"),
    Outcome.NO_ANSWER: OutcomeMeaning(True, "error", "empty_patch"),
    Outcome.PATCH_INVALID: OutcomeMeaning(True, "error", "error"),
    Outcome.TAMPERED: OutcomeMeaning(True, "failed", "unresolved"),
    Outcome.TIMEOUT: OutcomeMeaning(True, "failed", "error"),
    Outcome.TRUNCATED: OutcomeMeaning(True, "error", "empty_patch"),
    Outcome.PROVIDER: OutcomeMeaning(False, "api_error", "incomplete"),
    Outcome.NO_ENVIRONMENT: OutcomeMeaning(False, "error", "error"),
    Outcome.INFRA: OutcomeMeaning(False, "error", "error"),
    Outcome.CRASHED: OutcomeMeaning(False, "error", "error"),
    Outcome.NOT_RUN: OutcomeMeaning(False, "error", "incomplete"),
}


class Flag(StrEnum):
    """Remarks that accompany an outcome and never change it."""

    SUSPECT = "SUSPECT"
    FLAKY = "FLAKY"
    UNVERIFIED = "UNVERIFIED"
    NETWORK = "NETWORK"
