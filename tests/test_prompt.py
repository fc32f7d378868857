from __future__ import annotations

import pytest

from swebench_lite.errors import UsageError
from swebench_lite.prompt import ARMS, arm, contract_digest, contract_version, prompt
from swebench_lite.records import Arm, Instance

ONE = Instance(
    instance_id="a__b-1", repo="a/b", base_commit="c" * 40, problem_statement="\nIt breaks.\n", patch="GOLD-SECRET",
    test_patch="TEST-SECRET", hints_text="HINT-SECRET", fail_to_pass=("F2P-SECRET",), pass_to_pass=("P2P-SECRET",),
)  # fmt: skip


@pytest.mark.parametrize("name", ARMS)
def test_no_arm_gives_the_solution_away(name: str) -> None:
    asked = prompt(ONE, arm(name))
    assert "SECRET" not in asked.user + asked.system


@pytest.mark.parametrize("name", ARMS)
def test_every_arm_names_repository_commit_and_issue(name: str) -> None:
    user = prompt(ONE, arm(name)).user
    assert all(part in user for part in ("a/b", "c" * 40, "It breaks."))


def test_the_arms_differ_in_the_contract_alone() -> None:
    with_contract, without = prompt(ONE, arm("harnessed")), prompt(ONE, arm("unharnessed"))
    assert with_contract.user == f"{ARMS['harnessed'].contract}\n{without.user}"
    assert with_contract.system == without.system


def test_an_arm_of_the_users_own_keeps_its_contract() -> None:
    assert prompt(ONE, Arm(name="mine", contract="MY RULES")).user.startswith("MY RULES\n")


def test_the_same_instance_and_arm_give_the_same_text() -> None:
    assert prompt(ONE, arm("harnessed")) == prompt(ONE, arm("harnessed"))


def test_contracts_are_told_apart_by_their_digest() -> None:
    assert contract_digest(arm("harnessed")) != contract_digest(arm("unharnessed"))
    assert len(contract_digest(arm("harnessed"))) == 64
    assert contract_version()


def test_an_unknown_arm_names_the_near_miss() -> None:
    with pytest.raises(UsageError, match="did you mean 'harnessed'"):
        arm("harnesed")
