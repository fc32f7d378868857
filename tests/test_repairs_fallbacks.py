from __future__ import annotations

import pytest

from swebench_lite.records import Patch
from swebench_lite.repairs import Repaired, repair
from swebench_lite.trees import MemoryTree
from tests.test_repairs_strict import applied

LAST = "def the_only_one_like_this(argument):\n    return None\n"
LINES = [
    f"def function_{word}(argument):\n    return {number} * argument\n" for number, word in enumerate("abcdefgh")
] + [LAST]
FILES = {"f.py": "".join(LINES).encode(), "bare.txt": b"one\ntwo"}
HEAD = "--- a/f.py\n+++ b/f.py\n"


def mended(text: str, *allowed: str) -> Repaired:
    return repair(Patch(text=text), MemoryTree(FILES), fallbacks=frozenset(allowed))


FUZZY = HEAD + "@@\n-def the_only_ones_like_this(argument):\n+def other():\n     return None\n"


def test_lines_that_are_only_alike_match_where_that_is_allowed() -> None:
    assert mended(FUZZY).repairs == ()
    found = mended(FUZZY, "fuzzy")
    assert "fuzzy" in {one.name for one in found.repairs}
    assert applied(found.patch, FILES) == {**FILES, "f.py": FILES["f.py"].replace(LAST.encode()[:37], b"def other():")}


def test_a_fuzzy_match_says_how_alike_the_lines_are() -> None:
    (told,) = [one.text for one in mended(FUZZY, "fuzzy").repairs if one.name == "fuzzy"]
    assert told == "fuzzy: f.py: hunk 1: 1 lines taken from the file, which are 99% alike"


def test_two_places_that_are_equally_alike_are_not_guessed_between() -> None:
    assert mended(HEAD + "@@\n-def function_x(argument):\n+pass\n", "fuzzy").repairs == ()


def test_lines_that_are_not_alike_enough_match_nowhere() -> None:
    assert mended(HEAD + "@@\n-    give back two times the argument\n+    return 3\n", "fuzzy").repairs == ()


def test_a_removed_line_that_is_unlike_the_file_s_is_never_taken_for_it() -> None:
    body = "".join(f" {line}\n" for line in "".join(LINES[:6]).split("\n")[:11])
    assert mended(f"{HEAD}@@\n{body}-    x = 1\n+    x = 2\n", "fuzzy").repairs == ()


@pytest.mark.parametrize(
    "head",
    [
        "--- /dev/null\n+++ b/f.py\n@@ -0,0 +1,9 @@\n",
        "diff --git a/f.py b/f.py\nnew file mode 100644\n--- /dev/null\n+++ b/f.py\n@@ -0,0 +1,2 @@\n",
        "--- a/f.py\n+++ b/f.py\n@@ -1,18 +1,2 @@\n",
    ],
)
def test_a_whole_file_is_replaced_where_that_is_allowed(head: str) -> None:
    text = f"{head}+x = 1\n+y = 2\n"
    assert "allow the fallback 'rewrite'" in mended(text, "fuzzy").reason
    assert applied(mended(text, "rewrite").patch, FILES) == {**FILES, "f.py": b"x = 1\ny = 2\n"}


def test_a_rewritten_file_keeps_the_end_that_each_side_has() -> None:
    text = "--- /dev/null\n+++ b/bare.txt\n@@ -0,0 +1,1 @@\n+three\n\\ No newline at end of file\n"
    assert applied(mended(text, "rewrite").patch, FILES) == {**FILES, "bare.txt": b"three"}


def test_lines_that_are_added_further_down_are_no_whole_file() -> None:
    assert mended(HEAD + "@@ -7,3 +7,4 @@\n+x = 1\n", "rewrite").repairs == ()


def test_a_whole_file_that_is_there_already_changes_nothing() -> None:
    added = "".join(f"+{line}\n" for line in FILES["f.py"].decode().splitlines())
    assert "as it is already" in mended(f"--- /dev/null\n+++ b/f.py\n@@ -0,0 +1,16 @@\n{added}", "rewrite").reason


@pytest.mark.parametrize("numbers", ["-0,0 +1,2", "-1,0 +1,2", "-1,3 +1,5", "-1 +1,3", "-1,18 +1,20"])
def test_lines_that_are_added_at_the_top_are_no_whole_file(numbers: str) -> None:
    assert mended(f"{HEAD}@@ {numbers} @@\n+import os\n+import sys\n", "rewrite").repairs == ()


def test_a_file_that_is_mostly_there_again_is_a_whole_file_although_no_old_line_is_counted() -> None:
    lines = FILES["f.py"].decode().replace("return 3", "return 33")
    added = "".join(f"+{line}\n" for line in lines.splitlines())
    found = mended(f"{HEAD}@@ -0,0 +1,18 @@\n{added}", "rewrite")
    assert applied(found.patch, FILES) == {**FILES, "f.py": lines.encode()}
