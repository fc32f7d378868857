from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite import arms
from swebench_lite.arms import load_arm
from swebench_lite.arms.checks import CONTEXTS, FORMATS
from swebench_lite.contexts import STRATEGIES
from swebench_lite.errors import UsageError
from swebench_lite.extract import extract
from swebench_lite.records import Arm, Exchange, Patch, Sampling

WHERE = Path("mine.toml")
WHOLE = """
name = "mine"
contract = "RULES"
contract_version = "7"
system = "You are terse."
context = "bm25"
answer_format = "search-replace"
budget = 8_000
thinking = "high"
[sampling]
temperature = 0
top_p = 0.5
max_tokens = 900
seed = 3
"""


def read(text: str) -> Arm:
    """The arm of a text that lies in no file."""
    return arms.from_toml(text, WHERE)


def test_the_built_in_arms_differ_in_their_contract_alone() -> None:
    one, other = (load_arm(name) for name in arms.ARMS)
    assert (one.name, other.name) == ("harnessed", "unharnessed")
    assert one.contract.startswith("EXECUTION CONTRACT\n")
    assert other.contract == other.contract_version == ""
    same = ("system", "context", "answer_format", "budget", "sampling", "thinking")
    assert [getattr(one, key) for key in same] == [getattr(other, key) for key in same]


def test_every_answer_format_has_a_contract_of_the_same_edition() -> None:
    found = [load_arm("harnessed", answer_format=name) for name in FORMATS]
    assert len({one.contract for one in found}) == len(FORMATS)
    assert {one.contract_version for one in found} == {"2"}
    assert [one.answer_format for one in found] == list(FORMATS)
    assert arms.contracts() == {one.answer_format: one.contract for one in found}


@pytest.mark.parametrize("name", FORMATS)
def test_every_contract_explains_the_way_to_the_verdict(name: str) -> None:
    contract = load_arm("harnessed", answer_format=name).contract
    steps = [
        contract.index(f"{number}. {step}")
        for number, step in enumerate(("extract", ("write" if name == "files" else "apply"), "execute", "compare"), 1)
    ]
    assert steps == sorted(steps)
    assert "Leave the tests alone" in contract


def test_the_diff_in_the_contract_is_one_that_git_takes(tmp_path: Path) -> None:
    contract = load_arm("harnessed").contract
    # Inline, the contract speaks of fences as well; a reply that followed it would hold the example's fence alone.
    shape = contract[contract.index("The shape of the block:") :]
    found = extract(Exchange(request="", reply=shape, model="m"))
    assert isinstance(found, Patch)
    old = "\n".join(line[1:] for line in found.text.splitlines()[3:] if line[0] in " -")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "cart.py").write_text("#\n" * 9 + old + "\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=found.raw, check=True)
    assert "discount = self.discount()" in (tmp_path / "shop" / "cart.py").read_text()


def test_the_files_contract_asks_for_names_on_the_fence_and_a_demo() -> None:
    contract = load_arm("harnessed", answer_format="files").contract
    assert "\n```FILE: shop/cart.py\ndef total" in contract
    assert "\n```FILE: demo.sh\n" in contract
    assert "no line with the name of a language" in contract


def test_the_search_replace_contract_shows_its_marks() -> None:
    contract = load_arm("harnessed", answer_format="search-replace").contract
    parts = ("FILE: shop/cart.py\n<<<<<<< SEARCH\n", "\n=======\n", "\n>>>>>>> REPLACE\n")
    assert [contract.count(part) for part in parts] == [1, 1, 1]


def test_the_contract_of_this_edition_is_still_the_same_text() -> None:
    """Whoever changes the text raises contract_version and puts the new digests here: runs are compared by them."""
    assert {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, text in arms.contracts().items()} == DIGESTS


DIGESTS = {"diff": "c76809c0c8a8", "files": "68d96f61d9d6", "search-replace": "ee782faf410d"}


def test_the_digest_is_that_of_the_contract() -> None:
    assert arms.digest(Arm(name="x", contract="RULES")) == hashlib.sha256(b"RULES").hexdigest()
    assert arms.digest(Arm(name="x")) == hashlib.sha256(b"").hexdigest()


def test_a_contract_with_a_surrogate_has_a_digest_too() -> None:
    assert len(arms.digest(Arm(name="x", contract="\ud800"))) == 64


def test_every_key_of_a_file_reaches_the_arm() -> None:
    assert read(WHOLE) == Arm(
        name="mine", contract="RULES", contract_version="7", system="You are terse.", context="bm25",
        answer_format="search-replace", budget=8_000, thinking="high",
        sampling=Sampling(temperature=0.0, top_p=0.5, max_tokens=900, seed=3),
    )  # fmt: skip


def test_a_name_is_enough() -> None:
    assert read('name = "mine"') == Arm(name="mine")


def test_an_arm_may_build_on_a_built_in_one() -> None:
    found = read('name = "mine"\nbase = "harnessed"\ncontext = "bm25"\nanswer_format = "files"\n')
    assert found.contract == arms.contracts()["files"]
    assert (found.contract_version, found.context) == ("2", "bm25")


def test_a_contract_of_its_own_does_not_carry_the_number_of_its_base() -> None:
    found = read('name = "mine"\nbase = "harnessed"\ncontract = "RULES"')
    assert (found.contract, found.contract_version) == ("RULES", "")


@pytest.mark.parametrize("empty", ['""', '" \\n "', "'''\n'''"])
def test_an_empty_contract_is_allowed(empty: str) -> None:
    assert read(f'name = "mine"\nbase = "harnessed"\ncontract = {empty}').contract == ""


def test_a_contract_may_lie_in_a_file_beside_the_arm(tmp_path: Path) -> None:
    (tmp_path / "rules.txt").write_bytes("\ufeffRULES\r\nÄ\r\n".encode())
    (tmp_path / "mine.toml").write_text('name = "mine"\ncontract_file = "rules.txt"')
    assert load_arm(tmp_path / "mine.toml").contract == "RULES\nÄ\n"


def test_a_contract_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\ncontract_file = "rules.txt"')
    with pytest.raises(UsageError, match=r"contract_file': cannot read .*rules\.txt: No such file"):
        load_arm(str(tmp_path / "mine.toml"))


@pytest.mark.parametrize(("data", "said"), [(b"\xff\xfe", "not UTF-8"), (b"x" * 1_000_001, "larger than")])
def test_a_contract_file_that_is_no_contract_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "rules.txt").write_bytes(data)
    with pytest.raises(UsageError, match=said):
        arms.from_toml('name = "mine"\ncontract_file = "rules.txt"', tmp_path / "mine.toml")


def test_a_folder_is_no_contract(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        arms.from_toml('name = "mine"\ncontract_file = "."', tmp_path / "mine.toml")


def test_a_file_may_hold_a_contract_for_each_answer_format() -> None:
    text = 'name = "mine"\nanswer_format = "files"\n[contracts]\nfiles = "F"\ndiff = "D"\n'
    assert read(text).contract == "F"
    assert arms.from_toml(text, WHERE, answer_format="diff").contract == "D"
    with pytest.raises(UsageError, match="no part for the answer format 'search-replace'"):
        arms.from_toml(text, WHERE, answer_format="search-replace")


def test_every_context_that_an_arm_may_name_is_a_strategy() -> None:
    assert tuple(STRATEGIES) == CONTEXTS


@pytest.mark.parametrize(("line", "said"), [
    ("contrat = 'x'", "unknown key 'contrat'; did you mean 'contract'"),
    ("context = 'bm52'", "key 'context': unknown context 'bm52'; did you mean 'bm25'"),
    ("answer_format = 'dif'", "unknown answer format 'dif'; did you mean 'diff'"),
    ("base = 'harnesed'", "unknown built-in arm 'harnesed'; did you mean 'harnessed'"),
    ("budget = 999", "999 is not a whole number from 1,000 on"),
    ("budget = true", "True is not a whole number"),
    ("budget = '32000'", "'32000' is not a whole number"),
    ("thinking = 'very high'", "'very high' must be one of none, minimal, low"),
    ("thinking = 'hihg'", "'hihg' must be one of"),
    ("thinking = 1_000_001", "'1000001' must be .* a number of tokens up to 1,000,000"),
    ("thinking = -1", "'-1' must be one of"),
    ("thinking = false", "False is not text"),
    ("contract = 5", "key 'contract': 5 is not text"),
    ("contract_file = []", "key 'contract_file': .* is not text"),
    ("contract = 'x'\ncontract_file = 'y'", "gives contract and contract_file; keep one"),
    ("contracts = 'x'", "key 'contracts': 'x' is no table"),
    ("contracts = {dif = 'x'}", "unknown answer format 'dif'"),
    ("contracts = {diff = 1}", "contracts.diff': 1 is not text"),
    ("sampling = 3", "3 is no table"),
    ("sampling = {temprature = 1}", "unknown key 'temprature'; did you mean 'temperature'"),
    ("sampling = {temperature = 2.1}", "2.1 is not a number from 0 to 2"),
    ("sampling = {temperature = nan}", "nan is not a number"),
    ("sampling = {max_tokens = 0}", "0 is not a whole number from 1"),
    ("sampling = {seed = 1.5}", "1.5 is not a whole number"),
    ("= 3", "is not TOML"),
    ("name = 'twice'", "is not TOML"),
])  # fmt: skip
def test_a_key_that_is_wrong_is_named_with_its_place(line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read(f'name = "mine"\n{line}\n')
    assert str(caught.value).startswith("mine.toml")


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", ".x", "x" * 65, "harnessed", "unharnessed"])
def test_a_name_that_cannot_be_a_folder_or_is_taken_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="key 'name'"):
        read(f'name = "{name}"')


def test_an_arm_without_a_name_is_refused() -> None:
    with pytest.raises(UsageError, match="names no arm"):
        read("budget = 9000")


def test_an_unknown_arm_names_the_near_miss_and_the_other_way() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'harnessed'.*or give the path of a \.toml file"):
        load_arm("harnesed")


@pytest.mark.parametrize("name", ["gone.toml", "\0.toml", "x" * 5_000 + ".toml"])
def test_a_file_that_cannot_be_read_is_named(name: str) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        load_arm(name)


def test_an_unknown_answer_format_is_refused_for_built_in_arms_too() -> None:
    with pytest.raises(UsageError, match="unknown answer format 'patch'"):
        load_arm("harnessed", answer_format="patch")


@given(st.text())
def test_garbage_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(UsageError):
        read(text)


@given(
    st.recursive(
        st.one_of(st.booleans(), st.integers(), st.floats(), st.text(alphabet="abc", max_size=3)),
        lambda inner: st.lists(inner, max_size=2),
    ),
    st.sampled_from(["contract", "base", "context", "budget", "thinking", "sampling", "system", "contracts"]),
)
def test_a_value_of_any_type_is_taken_or_refused(value: object, key: str) -> None:
    try:
        found, said = read(f"name = 'mine'\n{key} = {toml(value)}\n").name, ""
    except UsageError as error:
        found, said = "", str(error)
    assert found == "mine" or key in said


def toml(value: object) -> str:
    """A value in TOML."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) or "." in repr(value) else repr(value).replace("e", ".0e")
    return repr(value)


def test_a_number_that_is_too_long_to_read_is_refused() -> None:
    with pytest.raises(UsageError, match="is not TOML"):
        read(f"name = 'mine'\nbudget = {'9' * 5_000}")


@pytest.mark.parametrize(("written", "level"), [("'High'", "high"), ("8_000", "8000"), ("0", "0"), ("''", "")])
def test_a_level_is_kept_as_models_know_it(written: str, level: str) -> None:
    assert read(f"name = 'mine'\nthinking = {written}").thinking == level


def test_a_deeply_nested_file_is_refused() -> None:
    with pytest.raises(UsageError):
        read("name = " + "[" * 100_000)
