from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from swebench_lite.errors import NoAnswer, UsageError
from swebench_lite.extract import read_reply
from swebench_lite.records import Answer, Edits, Files, Patch
from swebench_lite.replies import ORDERS
from swebench_lite.replies.reading import READERS

DIFF = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n first line of x\n-old line of x\n+new line of x\n"
FENCED = f"```diff\n{DIFF}```\n"
INSIDE = "; a diff occurs only inside its thinking"
DRAFT = FENCED.replace("new line", "draft")


def _answer(reply: str, *, answer_format: str = "diff") -> Answer:
    return read_reply(reply, answer_format=answer_format).answer


def _reason(reply: str, *, answer_format: str = "diff") -> str:
    with pytest.raises(NoAnswer) as caught:
        read_reply(reply, answer_format=answer_format)
    return str(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>\nLet me try:\n{DRAFT}Hm.\n</think>\n\n{FENCED}",
        f"<think>{DRAFT}</think>{FENCED}",
        f"  \n<THINKING>\n```diff\nnever closed\n</THINKING>\n{FENCED}",
        f"<reasoning>a</reasoning>\n<think>{DRAFT}</think>\n{FENCED}",
        f"<seed:think>\n{DRAFT}</seed:think>\n{FENCED}",
        f"[THINK]{DRAFT}[/THINK]\n{FENCED}",
        f"\u25c1think\u25b7{DRAFT}\u25c1/think\u25b7\n{FENCED}",
        f"Let me try:\n{DRAFT}\nNo, wait.\n</think>\n\n{FENCED}",
        f"Let me try:\n```diff\n--- a/x\n+++ b/x\n</think>\n{FENCED}",
        f"I thought. </think>\n{FENCED}",
        f"Sure.\n<think>\n{DRAFT}\n</think>\n{FENCED}",
        f"<think>\nI need `</think>` at the end\n</think>\n{FENCED}",
        f"{FENCED}\n<think>\nWas that right? {DRAFT}\n</think>\n",
        f"{FENCED}\n<think>\nWas that right?\n{DRAFT}",
        f"{FENCED}\nThis handles the `</think>` tag.\n",
        f"<think>\n</think>\n\n{DIFF}",
    ],
)
def test_thinking_is_no_part_of_the_answer(reply: str) -> None:
    assert _answer(reply) == Patch(text=DIFF)


def test_thinking_that_was_left_out_is_noted() -> None:
    assert read_reply(f"<think>a</think>{FENCED}").reading.notes == ("thinking left out",)


def test_tags_in_the_lines_of_a_diff_are_code() -> None:
    body = "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n <think>\n-a\n+</think>\n+<think>\n </think>\n"
    assert _answer(f"```diff\n{body}```\n") == Patch(text=body)
    assert _answer(body) == Patch(text=body)


def test_tags_in_a_file_are_code() -> None:
    body = "<think>\n\n</think>\n"
    assert _answer(f"```FILE: t.html\n{body}```\n", answer_format="files") == Files(contents=(("t.html", body),))
    assert _answer(f"```FILE: t.html\n</think>\n{body}```\n", answer_format="files") == Files(
        contents=(("t.html", f"</think>\n{body}"),)
    )


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "the reply is empty"),
        (" \r\n\0\ufeff\n", "the reply is empty"),
        (f"<think>\n{FENCED}", f"the reply is only thinking, which never ends{INSIDE}"),
        (f"<think>\n{FENCED}</think>\n", f"the reply is only thinking{INSIDE}"),
        ("<think>hm</think>", "the reply is only thinking"),
        (f"<think>\n{FENCED}</think>\nDone!", f"the reply holds no diff, neither fenced nor bare{INSIDE}"),
        ("```diff\n\n```", "the reply has a diff fence with nothing in it"),
        ("```\n```\n", "the reply has 1 fenced block with nothing inside"),
        ("```python\nx\n```\n```\ny\n```", "the reply holds 2 fenced blocks (python, unnamed) but no diff"),
        ("I'm sorry, but I cannot\ndo that.", "the reply declines and holds no code: 'I'm sorry, but I cannot do that.'"),
        ("Just change the line.", "the reply holds no diff, neither fenced nor bare"),
    ],
)  # fmt: skip
def test_the_reason_says_what_the_reply_is_instead(reply: str, reason: str) -> None:
    assert _reason(reply) == reason


def test_the_reason_names_what_was_asked_for() -> None:
    assert _reason("Hm.", answer_format="files") == "the reply holds no file, neither fenced nor bare"
    assert _reason("Hm.", answer_format="search-replace").startswith("the reply holds no search/replace block")


@pytest.mark.parametrize("key", ["patch", "diff", "model_patch", "answer"])
@pytest.mark.parametrize("value", [DIFF, DIFF[:-1], FENCED])
def test_a_diff_inside_json_is_taken_out(key: str, value: str) -> None:
    expected = Patch(text=value if value.startswith("diff") else DIFF)
    whole = json.dumps({"explanation": "x", key: value})
    assert _answer(whole) == expected
    assert _answer(f"Here:\n```json\n{whole}\n```\n") == expected
    assert _answer(f"<think>x</think>\n{whole}") == expected
    assert read_reply(whole).reading.form == "JSON"
    assert read_reply(whole).reading.parses is True


def test_json_whose_strings_hold_line_breaks_is_understood() -> None:
    assert _answer('{"patch": "' + DIFF + '"}') == Patch(text=DIFF)


def test_files_and_edits_may_come_as_json() -> None:
    assert _answer('{"files": {"a.py": "x\\n"}}') == Files(contents=(("a.py", "x\n"),))
    assert _answer('{"files": [{"path": "a.py", "content": "x"}, 3, {"path": 4}]}') == Files(contents=(("a.py", "x"),))
    assert _answer('{"edits": [{"path": "a", "search": "x", "replace": "y"}, {"path": "b"}]}') == Edits(
        edits=(("a", "x", "y"),)
    )


@pytest.mark.parametrize(
    "reply",
    [
        '{"patch": 3}',
        '{"patch": null}',
        "{}",
        "{",
        '{"a":' * 100_000,
        '{"a": ' + "9" * 5000 + "}",
        '{"files": 3, "edits": {}}',
    ],
)
def test_other_json_is_no_answer(reply: str) -> None:
    assert _reason(reply)


def test_the_tables_of_readers_fit_each_other() -> None:
    assert {name for order in ORDERS.values() for name in order} == set(READERS)


def test_unknown_formats_and_modes_are_refused_with_the_near_miss() -> None:
    with pytest.raises(UsageError, match="did you mean 'files'"):
        read_reply("x", answer_format="file")
    with pytest.raises(UsageError, match="did you mean 'lenient'"):
        read_reply("x", mode="leniant")


_TOKENS = st.sampled_from(
    ["`", "```", "~~~", "\n", " ", "\t", "diff", "FILE: a.py", "file:", "--- a/x\n", "+++ b/x\n", "@@ -1 +1 @@\n", "@@\n",
     "-", "+", "<think>", "</think>", "<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n", "*** Begin Patch\n", "*** End Patch",
     "\r\n", "*** Update File: a\n", "*** Add File: b\n", "diff --git a/x b/x\n", "{", '"patch":', "}",
     "\0", "\udcff", "\ud800", "\u2028",
     "GIT binary patch\n", "literal 3\n", "Index: x\n", "1. ", "> ", "x.py\n", "rename from ", "\\ No newline\n", "\ufeff", "a b"]
)  # fmt: skip
_REPLIES = st.one_of(st.lists(_TOKENS, max_size=40).map("".join), st.text(max_size=200))


@settings(max_examples=500, deadline=None)
@given(_REPLIES, st.sampled_from(sorted(ORDERS)), st.sampled_from([(), ("a.py",), ("a", "b")]), st.booleans())
@example("@@ -1 +1 @@\n\n" * 3, "diff", (), False)
def test_any_text_is_an_answer_or_none(
    reply: str, answer_format: str, expected: tuple[str, ...], lenient: bool
) -> None:
    mode = "lenient" if lenient else "strict"
    try:
        found = read_reply(reply, answer_format=answer_format, expected=expected, mode=mode)
    except NoAnswer:
        return
    assert found.reading.form
    assert (found.reading.parses is not None) == isinstance(found.answer, Patch)


_HUGE = {
    "a diff": "--- a/x\n+++ b/x\n@@ -0,0 +1,500000 @@\n" + "+abcdefgh\n" * 500_000,
    "fences": "```python\nx\n```\n" * 100_000,
    "open fences": "```python\n" * 100_000,
    "fences in fences": "```a\n" + "```b\n```\n" * 50_000,
    "ever longer fences": "".join("`" * width + "a\n" for width in range(3, 3000)),
    "ever shorter fences": "".join("`" * width + "a\n" for width in range(3000, 3, -1)),
    "backticks": "`" * 5_000_000,
    "backticks and blanks": "``` " * 1_250_000,
    "blank lines": "\n" * 5_000_000,
    "blanks": "x" + " " * 5_000_000,
    "prose": "Lorem ipsum dolor sit amet, consectetur.\n" * 120_000,
    "thoughts": "<think>a</think>\n" * 100_000,
    "thoughts without their own end": "x\n" + "<think>\n</thinking>\n" * 100_000,
    "heredocs": "```bash\n" + "cat <<EOF\n--- a\n+++ b\n@@ -1 +1 @@\nEOF\n" * 50_000 + "```\n",
    "tags": "<p>--- a\n+++ b\n" * 100_000,
    "ends of thoughts": "a</think>\n" * 400_000,
    "beginnings of edits": "<<<<<<< SEARCH\n" * 100_000 + ">>>>>>> REPLACE\n",
    "envelopes": "*** Begin Patch\n" * 200_000,
    "rules": "--- x\n" * 500_000,
    "indexes": "Index: x\n" * 300_000,
    "indented rules": "    --- x\n" * 200_000,
    "headers of hunks": "@@ -1,9999 +1,9999 @@\n" * 50_000,
    "braces": '{"a":' * 1_000_000,
}


@pytest.mark.parametrize("what", sorted(_HUGE))
def test_no_reply_takes_long(what: str) -> None:
    # Processor time, as others may work beside the test. Files are asked for because most readers are tried then.
    started = time.process_time()
    with contextlib.suppress(NoAnswer):
        read_reply(_HUGE[what], answer_format="files", expected=("a.py",))
    assert time.process_time() - started < 20  # what grows with the square takes minutes
