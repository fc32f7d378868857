from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from swebench_lite.errors import NoAnswer
from swebench_lite.extract import Extracted, read_reply
from swebench_lite.records import Patch

DIFF = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n first line of x\n-old line of x\n+new line of x\n"
OTHER = DIFF.replace("x\n", "y\n").replace("/x ", "/y ")
REVISED = DIFF.replace("+new line", "+better line")


def _text(reply: str) -> str:
    return _read(reply)[0]


def _read(reply: str) -> tuple[str, Extracted]:
    found = read_reply(reply)
    assert isinstance(found.answer, Patch)
    return found.answer.text, found


@pytest.mark.parametrize(
    "reply",
    [
        f"```text\n{DIFF}```",
        f"~~~diff\n{DIFF}~~~\n",
        f"````\n{DIFF}````",
        f"``` diff title=fix\n{DIFF}```",
        f"```{{.diff}}\n{DIFF}```",
        f"```udiff\n{DIFF}```",
        f"\ufeff```diff\n{DIFF}```",
        f"\ufeff{DIFF}",
        f"Before.\n\n{DIFF}\nAfter it, a word.\n",
        f"Before.\n\n{DIFF}\nWhat I did:\n- changed a line\n- nothing else\n",
        f"<patch>\n{DIFF}</patch>\n",
        f"{DIFF}```\nThat is all.\n",
        f"```diff\n{DIFF}\nThis never ends, and explains.",
        f"```diff\n{DIFF}```diff\n\n```\n",
        f"A list:\n\n1. The change:\n   ```diff\n{''.join(f'   {line}' for line in DIFF.splitlines(True))}   ```\n2. More\n",
        f"- ```diff\n{''.join(f'  {line}' for line in DIFF.splitlines(True))}  ```\n",
        f"   ```diff\n{DIFF}   ```\n",
        f"As code:\n\n{''.join(f'    {line}' for line in DIFF.splitlines(True))}\nDone.\n",
        "".join(f"> {line}" for line in DIFF.splitlines(True)),
        f"```markdown\nHere:\n```diff\n{DIFF}```\n```\n",
        f"```python\nx = 1\n```\n\n{DIFF}",
        f"```python\nprint('never closed')\n\n```diff\n{DIFF}```\n",
        f"```diff\n{DIFF}```\n```diff\n{DIFF}```\n",
        f"{DIFF}\nOnce more:\n\n{DIFF}",
        f"Draft:\n```diff\n{DIFF}```\nThe key line:\n```diff\n-old\n+new\n```\n",
        f"```diff\n-old\n+new\n```\nIn full:\n```diff\n{DIFF}```\n",
        f"```bash\ngit apply fix.diff\n```\n```FILE: fix.diff\n{DIFF}```\n",
        f"--- Notes ---\n\n+++ plus\n\n```diff\n{DIFF}```",
    ],
)  # fmt: skip
def test_the_diff_is_found_exactly(reply: str) -> None:
    assert _text(reply).rstrip("\n") == DIFF.rstrip("\n")


@pytest.mark.parametrize("ending", ["", "\n", "\n\n"])
def test_the_end_of_a_bare_diff_is_as_written(ending: str) -> None:
    assert _text(DIFF[:-1] + ending) == DIFF[:-1] + ending


def test_a_fenced_diff_keeps_its_blank_lines_and_carriage_returns() -> None:
    body = f"\n{DIFF}\n \n".replace("\n", "\r\n")
    assert _text(f"```diff\r\n{body}```\r\n") == body


def test_bytes_that_are_no_text_are_kept() -> None:
    body = DIFF.replace("new", "n\0w\udcff")
    text, found = _read(f"```diff\n{body}```")
    assert text == body
    assert "NUL bytes" in found.reading.notes


def test_html_entities_are_noted_and_left() -> None:
    body = DIFF.replace("new line", "if a &lt; b &amp;&amp; c:")
    text, found = _read(f"```diff\n{body}```")
    assert text == body
    assert "HTML entities, left as they are" in found.reading.notes


def test_entities_beside_what_they_stand_for_are_none_of_ours() -> None:
    body = DIFF.replace("new line", "<b>&lt;</b>")
    assert not _read(f"```diff\n{body}```")[1].reading.notes


def test_fences_in_the_lines_of_a_diff_do_not_end_it() -> None:
    body = "--- a/r.md\n+++ b/r.md\n@@ -1,3 +1,6 @@\n ```python\n-a\n+b\n+```\n+\n+~~~\n ```\n"
    assert _text(f"```diff\n{body}```\n") == body
    assert _text(body) == body
    assert _text(f"See.\n\n{body}\nDone: `x`.\n").rstrip("\n") == body.rstrip("\n")


def test_diffs_of_several_files_are_joined_in_order() -> None:
    text, found = _read(f"One:\n```diff\n{DIFF}```\nTwo:\n```\n{OTHER}```\n")
    assert text == DIFF + OTHER
    assert found.reading.notes == ("2 diffs joined",)
    assert found.reading.parses is True


def test_bare_diffs_with_words_between_are_joined() -> None:
    assert _text(f"One:\n\n{DIFF}\nAnd then the other:\n\n{OTHER}") == DIFF + OTHER


def test_a_later_version_of_a_diff_takes_the_place_of_its_draft() -> None:
    text, found = _read(f"Draft:\n```diff\n{DIFF}```\nWait, better:\n```diff\n{REVISED}```\n")
    assert text == REVISED
    assert "earlier version of x left out" in found.reading.notes


def test_a_later_version_is_known_by_its_lines_where_the_numbers_were_wrong() -> None:
    moved = REVISED.replace("@@ -1,2 +1,2 @@", "@@ -400,2 +400,2 @@")
    assert _text(f"```diff\n{DIFF}```\nThe line numbers, corrected:\n```diff\n{moved}```\n") == moved


def test_only_the_file_that_is_said_anew_is_left_out() -> None:
    assert _text(f"```diff\n{DIFF}{OTHER}```\nBetter for x:\n```diff\n{REVISED}```\n") == OTHER + REVISED


def test_other_places_of_the_same_file_are_all_kept() -> None:
    place = DIFF.replace("-1,2 +1,2", "-90,2 +90,2").replace("line of", "other thing in")
    text, found = _read(f"```diff\n{DIFF}```\nand below:\n```diff\n{place}```\n")
    assert text == DIFF + place
    assert "x in more than one diff" in found.reading.notes


def test_a_brace_in_common_does_not_make_two_hunks_the_same() -> None:
    one = "--- a/m.go\n+++ b/m.go\n@@ -10,2 +10,3 @@\n }\n \n+first()\n"
    two = "--- a/m.go\n+++ b/m.go\n@@ -30,2 +31,3 @@\n }\n \n+second()\n"
    assert _text(f"```diff\n{one}```\n```diff\n{two}```\n") == one + two


def test_hunks_in_a_fence_of_their_own_go_on_with_the_diff_before() -> None:
    more = "@@ -50,1 +50,1 @@\n-something else\n+something new\n"
    assert _text(f"```diff\n{DIFF}```\nand\n```diff\n{more}```\n") == DIFF + more


def test_the_same_file_twice_inside_one_fence_is_as_written() -> None:
    assert _text(f"```diff\n{DIFF}{REVISED}```\n") == DIFF + REVISED


@pytest.mark.parametrize(
    "body",
    [
        DIFF.replace("-1,2 +1,2", "-1,9 +1,9"),
        DIFF.replace(" first", "first"),
        DIFF.replace("@@ -1,2 +1,2 @@", "@@ ... @@"),
        "--- a/x\n+++ b/x\n",
        "-old\n+new\n",
        "*** a/x\n--- b/x\n",
    ],
)
def test_a_diff_that_git_could_not_read_is_taken_and_said_not_to_parse(body: str) -> None:
    text, found = _read(f"```diff\n{body}```")
    assert text == body
    assert found.reading.parses is False


@pytest.mark.parametrize(
    "body",
    [
        DIFF,
        DIFF[:-1],
        DIFF + OTHER,
        DIFF.replace("diff --git a/x b/x\n", ""),
        DIFF.replace("\n", "\r\n"),
        "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n",
        "diff --git a/e b/e\nnew file mode 100644\nindex 0000000..e69de29\n",
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n",
        "From 123 Mon Sep 17 00:00:00 2001\nSubject: x\n---\n x | 2 +-\n\n" + DIFF + "-- \n2.40.1\n\n",
    ],
)
def test_a_diff_that_is_right_parses(body: str) -> None:
    assert (
        _read(f"```diff\n{body}\n```" if not body.endswith("\n") else f"```diff\n{body}```")[1].reading.parses is True
    )


def test_a_bare_diff_whose_context_lost_its_blanks_is_taken_whole() -> None:
    body = "--- a/x\n+++ b/x\n@@ -1,6 +1,6 @@\ndef f():\n-    return 1\n+    return 2\nclass A:\n+    y = 2\n"
    assert _text(f"Look:\n{body}") == body


def test_a_rule_behind_a_bare_diff_is_no_part_of_it() -> None:
    assert _text(f"{DIFF}\n---\n\n- one point\n").rstrip("\n") == DIFF.rstrip("\n")


def test_bare_hunks_without_a_file_are_an_answer_that_cannot_parse() -> None:
    body = "@@ -1 +1 @@\n-a\n+b\n"
    text, found = _read(f"Change it so:\n\n{body}")
    assert text == body
    assert found.reading.parses is False
    assert "no file name" in found.reading.notes


def test_the_unclosed_fence_is_noted() -> None:
    assert "unclosed fence" in _read(f"```diff\n{DIFF}")[1].reading.notes


@pytest.mark.parametrize(
    "reply",
    [
        "--- a rule\n",
        "--- a\n\nb\n",
        "+++ b/x\n",
        "Index: of things\n",
        "diff --git is a header\nas you know\n",
        "@@ hunk\n-a\n+b\n",
    ],
)
def test_prose_that_looks_a_little_like_a_diff_is_none(reply: str) -> None:
    with pytest.raises(NoAnswer):
        read_reply(reply)


_PIECES = st.sampled_from(
    ["Index: x\n", "```diff\n", "```\n", "````\n", "~~~\n", "```python\n", DIFF, OTHER, REVISED, "--- a/x\n", "+++ b/x\n",
     "@@ -1,3 +1,2 @@\n",     "-a\n", "+b\n", " c\n", "\n", "word\n", "- bullet\n", "<think>\n", "</think>\n", "    ", "> ",
     "\r\n",     "```diff",     "*** Begin Patch\n", "*** End Patch\n", "<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n",
     "\0", "\ufeff",
     "{", '{"patch": "']
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=14).map("".join))
@example("Index: \nIndex: \nIndex: \nIndex: \n" * 1000)
def test_a_reply_of_nothing_but_the_fenced_answer_has_the_same_answer(reply: str) -> None:
    try:
        answer = read_reply(reply).answer
    except NoAnswer:
        return
    if isinstance(answer, Patch) and answer.text.endswith("\n"):
        assert _text(f"``````````diff\n{answer.text}``````````") == answer.text


@pytest.mark.parametrize("before", ["<patch>", "Here it is: <patch>", "<answer><patch>", "<think>a</think>\n<diff>"])
def test_a_diff_that_begins_on_the_line_of_its_tag_is_found_whole(before: str) -> None:
    for text in (HEREDOC, f"diff --git a/m.py b/m.py\n{HEREDOC}"):
        assert read_reply(f"{before}{text}</patch>\n").answer == Patch(text=text)


HEREDOC = "--- a/m.py\n+++ b/m.py\n@@ -1,3 +1,3 @@\n def f():\n-    x = 1\n+    x = 2\n     return None\n"


@pytest.mark.parametrize(
    "command",
    [
        "git apply <<'EOF'\n{}EOF\n",
        "cat > fix.patch << EOF\n{}EOF\ngit apply fix.patch\n",
        'patch -p1 <<"X_1"\n{}X_1\n',
        "patch <<E\n{}",
    ],
)
@pytest.mark.parametrize("language", ["bash", "sh", ""])
def test_a_diff_that_a_command_is_given_is_the_answer(command: str, language: str) -> None:
    for answer_format in ("diff", "files", "search-replace"):
        found = read_reply(f"Run:\n```{language}\n{command.format(HEREDOC)}```\n", answer_format=answer_format)
        assert found.answer == Patch(text=HEREDOC)
        assert found.reading.form == "heredoc diff"


def test_a_fenced_diff_comes_before_one_in_a_command() -> None:
    other = HEREDOC.replace("x = 2", "x = 3")
    reply = f"```bash\ngit apply <<'EOF'\n{HEREDOC}EOF\n```\n```diff\n{other}```\n"
    assert read_reply(reply).answer == Patch(text=other)


def test_a_program_in_a_command_is_no_diff() -> None:
    with pytest.raises(NoAnswer):
        read_reply("```bash\ncat > a.py <<EOF\nprint(1)\nEOF\n```\n")
