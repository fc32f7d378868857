from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from swebench_lite import arms, tokens
from swebench_lite.arms.checks import CONTEXTS, FORMATS
from swebench_lite.errors import RepositoryError, UsageError
from swebench_lite.load import load
from swebench_lite.prompt import ARMS, arm, contract_digest, contract_version, prompt
from swebench_lite.records import Arm, Instance, Prompt, Sampling, Source
from swebench_lite.repositories.trees import open_tree
from swebench_lite.settings import Settings, read_settings
from swebench_lite.trees import MemoryTree, Tree

HERE = Path(__file__).resolve().parent
FIXTURES = HERE / "fixtures" / "prompts"
ONE = Instance(
    instance_id="a__b-1", repo="a/b", base_commit="c" * 40, problem_statement="\nIt breaks.\n", patch="GOLD-SECRET",
    test_patch="TEST-SECRET", hints_text="HINT-SECRET", fail_to_pass=("F2P-SECRET",), pass_to_pass=("P2P-SECRET",),
)  # fmt: skip
SHOP = replace(
    ONE,
    problem_statement="The total of a cart is wrong\n\n`Cart.total` in shop/cart.py forgets the discount.\n",
    patch="--- a/shop/cart.py\n+++ b/shop/cart.py\n@@ -3,2 +3,2 @@\n def total(self):\n-        return sum(self.prices)\n"
    "+        return sum(self.prices) - self.discount  # GOLD-SECRET\n",
)
TREE = MemoryTree({
    "README.md": b"A shop with a cart, and a total.\n",
    "shop/cart.py": b"class Cart:\n    def __init__(self, prices, discount=0):\n        self.prices = prices\n"
    b"        self.discount = discount\n\n    def total(self):\n        return sum(self.prices)\n",
    "shop/till.py": b"def pay(cart):\n    return cart.total\n",
    "shop/unit.js": b"export function unit(name) {\n  return name\n}\n",
    "tests/test_cart.py": b"from shop.cart import Cart\n\nTOTAL = 'a test of the cart and its total'\n",
})  # fmt: skip
BIG = MemoryTree({f"p/m{number:03}.py": (f"value_{number} = 'breaks'\n" * 400).encode() for number in range(30)})


def ask(name: str, context: str = "none", one: Instance = SHOP, tree: Tree = TREE, **changes: object) -> Prompt:
    """What an arm asks with a context of our choice."""
    return prompt(one, replace(arm(name), context=context, **changes), tree)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ARMS)
@pytest.mark.parametrize("context", CONTEXTS)
def test_no_arm_gives_the_solution_away(name: str, context: str) -> None:
    asked = ask(name, context)
    assert "SECRET" not in asked.user + asked.system
    assert "a test of the cart" not in asked.user


@pytest.mark.parametrize("name", ARMS)
def test_every_arm_names_repository_commit_and_issue(name: str) -> None:
    user = prompt(ONE, arm(name)).user
    assert all(part in user for part in ("a/b", "c" * 40, "It breaks."))


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_arms_differ_in_the_contract_alone(context: str) -> None:
    with_contract, without = ask("harnessed", context), ask("unharnessed", context)
    assert with_contract.user == f"{ARMS['harnessed'].contract}\n{without.user}"
    assert with_contract.system == without.system


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("budget", [1_000, 1_700, 3_000, 9_000])
@pytest.mark.parametrize("form", FORMATS)
def test_the_arms_differ_in_the_contract_alone_where_the_budget_is_short(context: str, budget: int, form: str) -> None:
    patch = "".join(f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-a\n+b\n" for path in BIG.paths[:9])
    one = replace(ONE, problem_statement="It breaks in value_7.\n" * 80, patch=patch)
    found = [
        prompt(one, replace(arms.load_arm(name, answer_format=form), context=context, budget=budget), BIG)
        for name in ARMS
    ]
    assert found[0].user == f"{arms.contracts()[form]}\n{found[1].user}"
    assert found[0].truncated == found[1].truncated


def test_an_arm_of_the_users_own_keeps_its_contract() -> None:
    assert prompt(ONE, Arm(name="mine", contract="MY RULES")).user.startswith("MY RULES\n")


def test_an_arm_may_be_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\ncontract = "MY RULES"')
    assert arm(str(tmp_path / "mine.toml")) == Arm(name="mine", contract="MY RULES")


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_same_instance_arm_and_tree_give_the_same_text(context: str) -> None:
    assert ask("harnessed", context) == ask("harnessed", context)


def test_contracts_are_told_apart_by_their_digest() -> None:
    assert contract_digest(arm("harnessed")) != contract_digest(arm("unharnessed"))
    assert len(contract_digest(arm("harnessed"))) == 64
    assert contract_version() == arm("harnessed").contract_version != ""


def test_an_unknown_arm_names_the_near_miss() -> None:
    with pytest.raises(UsageError, match="did you mean 'harnessed'"):
        arm("harnesed")


def test_sampling_and_thinking_reach_the_prompt() -> None:
    asked = ask("harnessed", sampling=Sampling(temperature=0.5, seed=3), thinking="high")
    assert (asked.sampling, asked.thinking) == (Sampling(temperature=0.5, seed=3), "high")


@pytest.mark.parametrize("context", CONTEXTS)
def test_tokens_are_those_of_both_texts(context: str) -> None:
    asked = ask("harnessed", context)
    assert asked.tokens == tokens.count(asked.system) + tokens.count(asked.user)
    assert (asked.tokenizer, asked.context) == (tokens.name(), context)


def test_the_files_of_a_prompt_are_those_that_it_shows() -> None:
    assert {context: ask("unharnessed", context).files for context in CONTEXTS} == {
        "none": (),
        "all": ("README.md", "shop/cart.py", "shop/till.py", "shop/unit.js"),
        "oracle": ("shop/cart.py",),
        "bm25": ("shop/cart.py", "shop/till.py", "shop/unit.js", "README.md"),
        "repo-map": ("shop/cart.py", "shop/till.py", "shop/unit.js", "README.md"),
    }


def test_a_context_without_a_tree_is_refused() -> None:
    with pytest.raises(UsageError, match=r"arm 'harnessed' shows files \(bm25\), and there is no tree"):
        prompt(ONE, replace(arm("harnessed"), context="bm25"))


def test_an_unknown_context_names_the_near_miss() -> None:
    with pytest.raises(UsageError, match="did you mean 'bm25'"):
        prompt(ONE, Arm(name="x", context="bm52"), TREE)


def test_whole_files_go_from_the_end_and_one_is_cut() -> None:
    one = replace(ONE, problem_statement="It breaks in value_7 and value_9.")
    asked = ask("unharnessed", "bm25", one, BIG, budget=12_000)
    assert asked.files[:2] == ("p/m007.py", "p/m009.py")
    *_, cut, gone = asked.truncated
    assert cut.startswith(f"{asked.files[-1]}: lines ")
    assert gone == f"{20 - len(asked.files)} of 20 files that were chosen are not shown: the budget is spent"
    assert asked.user.count("left out here]") == 1
    assert 11_000 < asked.tokens <= 12_000


def test_a_prompt_that_fits_says_that_nothing_was_cut() -> None:
    assert ask("harnessed", "bm25").truncated == ()


def test_a_map_is_cut_at_whole_files() -> None:
    tree = MemoryTree({f"p/m{number:03}.py": b"def first(): ...\ndef second(): ...\n" for number in range(300)})
    asked = ask("unharnessed", "repo-map", ONE, tree, budget=2_000)
    gone = 300 - len(asked.files)
    assert 0 < gone < 300
    assert asked.truncated == (f"{gone} of 300 files that were chosen are not shown: the budget is spent",)
    assert asked.user.count("  def second()\n") == len(asked.files)


def test_an_issue_too_long_for_the_budget_loses_its_middle_and_all_files() -> None:
    one = replace(SHOP, problem_statement="START " + "It breaks. " * 50_000 + " END")
    asked = ask("harnessed", "oracle", one, budget=2_000)
    assert "\nSTART It breaks." in asked.user
    assert "It breaks.  END\n" in asked.user
    assert "characters of the issue are left out here]" in asked.user
    assert asked.files == ()
    assert [cut.split(":")[0] for cut in asked.truncated] == ["the middle of the issue", "no file is shown"]
    assert 1_900 < asked.tokens <= 2_000


def test_the_issue_is_whole_where_only_files_are_too_much() -> None:
    one = replace(ONE, problem_statement="It breaks.\n" * 90)
    asked = ask("harnessed", "bm25", one, BIG, budget=1_500)
    assert one.problem_statement.strip() in asked.user
    assert asked.tokens <= 1_500


def test_a_budget_without_room_for_an_issue_is_refused() -> None:
    with pytest.raises(UsageError, match="a budget of 400 tokens has no room"):
        ask("harnessed", budget=400)


@given(
    st.text(max_size=4_000), st.integers(1_000, 2_500), st.sampled_from(CONTEXTS), st.sampled_from(sorted(ARMS)),
    st.dictionaries(
        st.text(max_size=12),
        st.binary(max_size=900) | st.text(max_size=3_000).map(lambda text: text.encode("utf-8", "replace")), max_size=8,
    ),
)  # fmt: skip
@hypothesis_settings(deadline=None, max_examples=60)
def test_no_text_and_no_tree_breaks_the_budget(
    issue: str, budget: int, context: str, name: str, files: Mapping[str, bytes]
) -> None:
    asked = ask(name, context, replace(SHOP, problem_statement=issue), MemoryTree(files), budget=budget)
    assert asked.tokens <= budget
    assert asked.user.encode("utf-8")


@pytest.mark.parametrize("issue", ["x" * 3_000_000, "\n" * 3_000_000, "é\ud800" * 400_000, "a b\n" * 900_000])
def test_an_enormous_issue_is_cut_to_the_budget(issue: str) -> None:
    asked = ask("harnessed", one=replace(ONE, problem_statement=f"start{issue}end"), budget=3_000)
    assert asked.tokens <= 3_000
    assert asked.user.encode("utf-8")


def test_a_prompt_of_a_suite_is_asked_as_it_is() -> None:
    one = Instance(instance_id="q", source=Source.PROMPT, problem_statement="Write a program.")
    assert prompt(one, arm("unharnessed")).user == "Write a program.\n"


def test_a_workspace_task_asks_for_files() -> None:
    one = Instance(instance_id="q", source=Source.WORKSPACE, problem_statement="Write it.")
    assert prompt(one, arm("unharnessed")).user == "Task:\nWrite it.\n\nWrite the files that this task asks for.\n"


WORKSPACE = MemoryTree(
    {"src/clock.py": b"def now(): ...\n", "tests/test_clock.py": b"# visible\n", "logo.png": b"\x89\0"}
)
TASK = Instance(
    instance_id="t", source=Source.WORKSPACE, repo="tasks/t", base_commit="0" * 40, problem_statement="Tell the time.",
    test_patch="diff --git a/tests/test_now.py b/tests/test_now.py\n+assert now() == '```'\n",
)  # fmt: skip


def test_a_task_from_the_catalog_shows_its_whole_workspace_and_no_hidden_test() -> None:
    asked = prompt(TASK, arm("unharnessed"), WORKSPACE)
    assert (asked.context, asked.files) == ("all", ("src/clock.py", "tests/test_clock.py"))
    assert asked.user.startswith("Task:\nTell the time.\n\nFiles of the project:\n")
    assert "# visible" in asked.user
    assert "assert now()" not in asked.user
    assert "Repository:" not in asked.user
    assert asked.truncated == ("logo.png is not shown: it is no text",)


def test_the_tests_are_shown_to_an_arm_that_asks_for_them() -> None:
    asked = prompt(TASK, replace(arm("unharnessed"), tests=True), WORKSPACE)
    assert "Tests that will run on the result" in asked.user
    assert "````diff\ndiff --git a/tests/test_now.py" in asked.user


CASES = [
    *((name, context, "diff") for name in ("harnessed", "unharnessed") for context in CONTEXTS),
    *(("harnessed", "none", form) for form in FORMATS[1:]),
]


@pytest.mark.parametrize(("name", "context", "form"), CASES)
def test_a_whole_prompt_reads_as_it_is_kept(name: str, context: str, form: str) -> None:
    asked = prompt(SHOP, replace(arms.load_arm(name, answer_format=form), context=context), TREE)
    whole = f"{asked.system}\n\n{asked.user}"
    file = FIXTURES / f"{name}-{context}-{form}.txt"
    if os.environ.get("SWEBENCH_LITE_RENEW"):
        FIXTURES.mkdir(exist_ok=True)
        file.write_text(whole, encoding="utf-8")
    assert whole == file.read_text(encoding="utf-8")


def added(patch: str) -> set[str]:
    """The lines that a patch adds, those that are long enough to be told from chance."""
    lines = (line[1:].strip() for line in patch.splitlines() if line.startswith("+") and not line.startswith("+++ "))
    return {line for line in lines if len(line) >= 20}


def leaked(one: Instance, asked: Prompt, tree: Tree | None) -> set[str]:
    """Added lines of gold and its tests in a prompt that are neither in the issue nor in the base tree."""
    found = {line for line in added(one.patch) | added(one.test_patch) if line in asked.user or line in asked.system}
    found = {line for line in found if line not in one.problem_statement}
    if found and tree is not None:
        base = b"\n".join(tree.read(path) or b"" for path in tree.paths)
        found = {line for line in found if line.encode("utf-8", "surrogateescape") not in base}
    return found


def test_a_prompt_that_holds_gold_would_be_found() -> None:
    bad = replace(prompt(SHOP, arm("unharnessed")), user="return sum(self.prices) - self.discount  # GOLD-SECRET")
    assert leaked(SHOP, bad, TREE) == {"return sum(self.prices) - self.discount  # GOLD-SECRET"}


@pytest.mark.parametrize("context", [name for name in CONTEXTS if name != "oracle"])
def test_nothing_of_gold_or_its_tests_is_in_a_prompt_of_our_own_instances(
    context: str, own_instances: dict[str, Instance], shared_settings: Settings
) -> None:
    assert sum(len(added(one.patch) | added(one.test_patch)) for one in own_instances.values()) > 50
    for one in own_instances.values():
        with open_tree(one.repo, one.base_commit, settings=shared_settings) as tree:
            for name in ARMS:
                asked = prompt(one, replace(arm(name), context=context), tree)
                assert bool(asked.files) == (context != "none"), one.instance_id
                assert leaked(one, asked, tree) == set(), one.instance_id


@pytest.fixture(scope="module")
def verified(shared_settings: Settings) -> tuple[Instance, ...]:
    """The rows of Verified, where a file of them is named."""
    file = os.environ.get("SWEBENCH_LITE_VERIFIED")
    if not file:
        pytest.skip("SWEBENCH_LITE_VERIFIED names no file of the Verified rows")
    return load(file, settings=shared_settings).instances


def test_nothing_of_gold_or_its_tests_is_in_a_prompt_of_verified(verified: tuple[Instance, ...]) -> None:
    assert len(verified) == 500
    asked = [(one, prompt(one, arm(name))) for one in verified for name in ARMS]
    assert {one.instance_id: lines for one, found in asked if (lines := leaked(one, found, None))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("context", ["bm25", "repo-map"])
def test_nothing_of_gold_is_in_the_files_that_a_sample_of_verified_shows(
    context: str, verified: tuple[Instance, ...], shared_settings: Settings
) -> None:
    mirrors = os.environ.get("SWEBENCH_LITE_MIRRORS")
    if not mirrors:
        pytest.skip("SWEBENCH_LITE_MIRRORS names no folder of repositories")
    named = read_settings({"SWEBENCH_LITE_MIRRORS": mirrors}).mirrors
    settings = replace(shared_settings, mirrors=named)
    asked = 0
    for one in sorted(verified, key=lambda one: one.instance_id)[::60]:
        try:
            with open_tree(one.repo, one.base_commit, settings=settings) as tree:
                found = prompt(one, replace(arm("harnessed"), context=context), tree)
                assert found.files
                assert leaked(one, found, tree) == set(), one.instance_id
        except RepositoryError as error:
            print(f"{one.instance_id}: {error}")
            continue
        asked += 1
    if not asked:
        pytest.skip("SWEBENCH_LITE_MIRRORS has none of the repositories")
