from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from swebench_lite import repositories
from swebench_lite.answering import open_tree, read_answer, with_repairs
from swebench_lite.errors import ProviderError, RepositoryError
from swebench_lite.records import Application, Arm, Exchange, Instance, Patch
from swebench_lite.settings import Settings
from swebench_lite.trees import MemoryTree
from tests.test_repositories import Upstream

DIFF = "--- a/code.py\n+++ b/code.py\n@@ -1 +1 @@\n-answer = 41\n+answer = 42\n"
TREE = MemoryTree({"code.py": b"answer = 41\n", "tests/test_code.py": b"def test(): ...\n"})
INSTANCE = Instance(instance_id="some__repo-1", repo="some/repo")
ARM = Arm(name="harnessed")
REFUSED = Application(step=None, strict=False, official=False, reason="git apply: corrupt patch at line 6")
OFFICIAL = Application(step="patch", strict=False, official=True, reason="git apply: corrupt patch at line 6")


def exchange(reply: str, **more: object) -> Exchange:
    return Exchange(request="", reply=reply, model="m", **more)  # type: ignore[arg-type]


def fenced(text: str, language: str = "diff") -> str:
    return f"Here it is.\n\n```{language}\n{text}```\n"


@pytest.fixture
def instance(tmp_path: Path, settings: Settings) -> Instance:
    upstream = Upstream(tmp_path / "upstream")
    repositories.add("some/repo", upstream.folder, settings=settings)
    return replace(INSTANCE, base_commit=upstream.base)


def test_a_diff_is_taken_as_it_was_written() -> None:
    found = read_answer(exchange(fenced(DIFF)), INSTANCE, ARM, TREE)
    assert found.patch == Patch(text=DIFF)
    assert found.reading is not None
    assert (found.reading.form, found.reason, found.format_score.total) == ("fenced diff", "", 100)


def test_a_whole_file_becomes_a_diff_against_the_tree() -> None:
    reply = "```FILE: code.py\nanswer = 42\n```\n"
    found = read_answer(exchange(reply), INSTANCE, replace(ARM, answer_format="files"), TREE)
    assert found.patch is not None
    assert "-answer = 41\n+answer = 42\n" in found.patch.text


def test_a_replacement_whose_text_is_not_in_the_tree_is_refused_with_the_reason() -> None:
    reply = "code.py\n<<<<<<< SEARCH\nanswer = 7\n=======\nanswer = 42\n>>>>>>> REPLACE\n"
    found = read_answer(exchange(reply), INSTANCE, replace(ARM, answer_format="search-replace"), TREE)
    assert (found.patch, found.refused) == (None, True)
    assert "code.py" in found.reason


@pytest.mark.parametrize("reply", ["", " \n", "\0", "I would rather talk about it.", "```python\nprint()\n```\n"])
def test_a_reply_without_an_answer_says_why(reply: str) -> None:
    found = read_answer(exchange(reply), INSTANCE, ARM, TREE)
    assert (found.patch, found.refused, found.format_score.total) == (None, False, 0)
    assert found.reason


def test_the_format_score_knows_the_tree_and_what_is_protected() -> None:
    elsewhere = read_answer(exchange(fenced(DIFF.replace("code.py", "gone.py"))), INSTANCE, ARM, TREE)
    forbidden = read_answer(exchange(fenced(DIFF.replace("code.py", "tests/test_code.py"))), INSTANCE, ARM, TREE)
    assert elsewhere.format_score.total < 100
    assert forbidden.format_score.total < 100


def test_a_provider_that_failed_is_no_reply_without_an_answer() -> None:
    with pytest.raises(ProviderError, match="m did not answer: HTTP status 500"):
        read_answer(exchange("", error="HTTP status 500"), INSTANCE, ARM, TREE)


def test_a_reply_of_five_megabytes_is_read() -> None:
    body = "".join(f"+line {number} of a long new file\n" for number in range(150_000))
    diff = f"--- /dev/null\n+++ b/long.py\n@@ -0,0 +1,150000 @@\n{body}"
    assert len(diff) > 4_500_000
    assert read_answer(exchange(fenced(diff)), INSTANCE, ARM, TREE).patch == Patch(text=diff)


@given(st.text(max_size=300), st.sampled_from(["diff", "files", "search-replace"]))
@examples(deadline=None)
def test_any_reply_is_an_answer_or_a_reason(reply: str, form: str) -> None:
    found = read_answer(exchange(reply), INSTANCE, replace(ARM, answer_format=form), TREE)
    assert (found.patch is None) == bool(found.reason)


def test_a_patch_that_applies_as_written_is_left_alone(instance: Instance, settings: Settings) -> None:
    applied = Application(step="git-apply", strict=True, official=True)
    found = with_repairs(applied, Patch(text=DIFF), instance, settings, fallbacks=frozenset())
    assert found == (replace(applied, repaired=True), None)


@pytest.mark.parametrize("before", [REFUSED, OFFICIAL])
def test_a_repair_is_named_and_its_result_handed_over(
    before: Application, instance: Instance, settings: Settings
) -> None:
    wrong = Patch(text=DIFF.replace("@@ -1 +1 @@", "@@ -1,3 +1,3 @@"))
    application, repaired = with_repairs(before, wrong, instance, settings, fallbacks=frozenset())
    assert (application.strict, application.official, application.step) == (False, before.official, before.step)
    assert application.repaired is True
    assert application.repairs[0].startswith("counts: code.py: hunk 1: ")
    assert repaired is not None
    assert repaired.patch.text.replace("1,1", "1") == DIFF
    assert application.reason == before.reason


def test_what_cannot_be_repaired_says_why(instance: Instance, settings: Settings) -> None:
    stale = Patch(text=DIFF.replace("41", "7"))
    application, repaired = with_repairs(REFUSED, stale, instance, settings, fallbacks=frozenset())
    assert (application.repaired, application.repairs, repaired) == (False, (), None)
    assert application.reason.startswith(f"{REFUSED.reason}; not repaired: hunk 1 of code.py has a line")


def test_what_applies_officially_counts_as_repaired_without_any_repair(instance: Instance, settings: Settings) -> None:
    stale = Patch(text=DIFF.replace("41", "7"))
    application, repaired = with_repairs(OFFICIAL, stale, instance, settings, fallbacks=frozenset())
    assert (application.repaired, repaired, application.reason) == (True, None, OFFICIAL.reason)


def test_without_the_tree_nobody_knows_what_repairs_could_do(instance: Instance, settings: Settings) -> None:
    lost = replace(instance, base_commit="0" * 40)
    assert with_repairs(REFUSED, Patch(text=DIFF), lost, settings, fallbacks=frozenset())[0].repaired is None
    assert with_repairs(OFFICIAL, Patch(text=DIFF), lost, settings, fallbacks=frozenset())[0].repaired is True


def test_a_fallback_is_used_only_where_it_is_allowed(instance: Instance, settings: Settings) -> None:
    rewrite = Patch(text="--- /dev/null\n+++ b/code.py\n@@ -0,0 +1 @@\n+answer = 42\n")
    without = with_repairs(REFUSED, rewrite, instance, settings, fallbacks=frozenset())[0]
    allowed = with_repairs(REFUSED, rewrite, instance, settings, fallbacks=frozenset({"rewrite"}))[0]
    assert (without.repaired, allowed.repaired) == (False, True)


@given(st.binary(max_size=200))
@examples(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_at_all_leave_a_reason_on_one_line(instance: Instance, settings: Settings, data: bytes) -> None:
    patch = Patch(text="x" + data.decode("utf-8", "surrogateescape"))
    application, _ = with_repairs(REFUSED, patch, instance, settings, fallbacks=frozenset({"fuzzy", "rewrite"}))
    assert application.reason.isprintable()


def test_a_tree_that_is_not_to_be_had_is_named(settings: Settings) -> None:
    with (
        pytest.raises(RepositoryError, match="some/repo is not here"),
        open_tree(replace(INSTANCE, base_commit="0" * 40), settings),
    ):
        pass


FILE = "```FILE: code.py\nanswer = 42\n```\n"
EDIT = "code.py\n<<<<<<< SEARCH\nanswer = 41\n=======\nanswer = 42\n>>>>>>> REPLACE\n"
ENVELOPE = "*** Begin Patch\n*** Add File: new.py\n+answer = 42\n*** End Patch\n"


@pytest.mark.parametrize(
    ("form", "reply", "points"),
    [
        ("diff", fenced(DIFF), 100), ("diff", FILE, 0), ("diff", EDIT, 0), ("diff", ENVELOPE, 0),
        ("files", FILE, 100), ("files", fenced(DIFF), 0), ("files", EDIT, 0), ("files", ENVELOPE, 0),
        ("search-replace", EDIT, 100), ("search-replace", fenced(DIFF), 0), ("search-replace", FILE, 0),
    ],
)  # fmt: skip
def test_only_the_form_that_the_arm_asks_for_earns_a_format_score(form: str, reply: str, points: int) -> None:
    found = read_answer(exchange(reply), INSTANCE, replace(ARM, answer_format=form), TREE)
    assert found.patch is not None
    assert found.format_score.total == points
