"""Instance, Arm -> Prompt. Pure: the same instance and arm always give the same text."""

from __future__ import annotations

import hashlib

from swebench_lite.errors import UsageError, unknown
from swebench_lite.records import Arm, Instance, Prompt

CONTRACT_VERSION = "1"
_CONTRACT = """EXECUTION CONTRACT
Your reply is read by a program, not by a person.
- Answer with exactly one fenced block that opens with ```diff and holds one unified diff against the repository's root.
- The program takes the diff out of your reply, applies it with `git apply`, runs the project's tests and compares.
- Count the lines of every hunk, keep the paths as they are in the repository, and leave the tests alone.
- Outside the block, one or two sentences at most.
"""
ARMS = {
    "harnessed": Arm(name="harnessed", contract=_CONTRACT),
    "unharnessed": Arm(name="unharnessed"),
}


def arm(name: str) -> Arm:
    """The arm of that name. Raises UsageError for an unknown one."""
    if name not in ARMS:
        raise UsageError(unknown("arm", name, ARMS))
    return ARMS[name]


def contract_version() -> str:
    """The version of the built-in contract."""
    return CONTRACT_VERSION


def contract_digest(one: Arm) -> str:
    """Hex SHA-256 of an arm's contract, so that runs can be compared."""
    return hashlib.sha256(one.contract.encode()).hexdigest()


def prompt(instance: Instance, one: Arm) -> Prompt:
    """What a model is asked: the issue, inside the arm's contract. Neither the reference patch nor the tests are in it."""
    request = (
        f"Repository: {instance.repo} at commit {instance.base_commit}\n\n"
        f"Issue:\n{instance.problem_statement.strip()}\n\n"
        "Write the change that resolves this issue.\n"
    )
    user = f"{one.contract}\n{request}" if one.contract else request
    return Prompt(system="You are a careful software engineer.", user=user)
