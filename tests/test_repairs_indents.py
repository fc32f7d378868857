from __future__ import annotations

import pytest

from swebench_lite.records import Patch
from swebench_lite.repairs import Repaired, repair
from swebench_lite.repairs.bodies import Line
from swebench_lite.repairs.indents import moved
from swebench_lite.trees import MemoryTree
from tests.test_repairs_strict import applied

SOURCE = """class A:
    def f(self, x):
        if x:
            return 1
        return 2

    def g(self):
        return 3
"""
TABS = "func f() {\n\tif x {\n\t\ta()\n\t}\n\tb()\n}\n"


def _mended(hunk: str, source: str = SOURCE) -> tuple[Repaired, str]:
    """What is repaired, and what the file reads then."""
    found = repair(Patch(text=f"--- a/m.py\n+++ b/m.py\n{hunk}"), MemoryTree({"m.py": source.encode()}))
    after = applied(found.patch, {"m.py": source.encode()})
    return found, after["m.py"].decode() if found.repairs and after else ""


def test_a_method_written_at_the_margin_lands_in_its_class() -> None:
    found, after = _mended("@@ -6,3 +6,6 @@\n \n+def h(self):\n+    return 9\n+\n def g(self):\n     return 3\n")
    assert after == SOURCE.replace("    def g", "    def h(self):\n        return 9\n\n    def g")
    assert "indentation: m.py: hunk 1: 2 added lines moved along with the lines around them" in [
        one.text for one in found.repairs
    ]


def test_added_lines_move_as_far_as_all_others() -> None:
    _, after = _mended("@@ -3,3 +3,4 @@\n if x:\n     return 1\n+x = 0\n return 2\n")
    assert after == SOURCE.replace("        return 2", "        x = 0\n        return 2")


def test_added_lines_move_back_where_the_hunk_is_too_far_in() -> None:
    _, after = _mended("@@ -2,2 +2,3 @@\n         def f(self, x):\n+            y = 1\n             if x:\n")
    assert after == SOURCE.replace("        if x", "        y = 1\n        if x")


def test_blanks_become_tabs_where_the_file_has_tabs() -> None:
    _, after = _mended("@@ -2,3 +2,4 @@\n     if x {\n         a()\n+        c()\n     }\n", TABS)
    assert after == TABS.replace("\t\ta()\n", "\t\ta()\n\t\tc()\n")


def test_a_level_that_no_line_has_is_told_from_one_that_divides_it() -> None:
    _, after = _mended("@@ -2,1 +2,4 @@\n     if x {\n+        if y {\n+            c()\n+        }\n", TABS)
    assert after == TABS.replace("{\n\t\ta", "{\n\t\tif y {\n\t\t\tc()\n\t\t}\n\t\ta")


def test_context_that_lost_its_sign_moves_nothing() -> None:
    found, after = _mended("@@ -3,3 +3,4 @@\n        if x:\n            return 1\n+        x = 0\n        return 2\n")
    assert after == SOURCE.replace("        return 2", "        x = 0\n        return 2")
    assert "indentation" not in {one.name for one in found.repairs}


def test_removed_lines_outweigh_context() -> None:
    _, after = _mended("@@ -7,2 +7,2 @@\n         def g(self):\n-        return 3\n+        return 4\n")
    assert after == SOURCE.replace("return 3", "return 4")


@pytest.mark.parametrize(
    "hunk",
    [
        "@@ -3,2 +3,3 @@\n     if x:\n     return 1\n+    y = 1\n",  # one level in the hunk, two in the file
        "@@ -8,1 +8,1 @@\n-    return 3\n+        return 4\n",  # right as it is, or right when moved along
        "@@ -8,1 +8,1 @@\n-          return 3\n+ return 4\n",  # cannot move as far back
    ],
)
def test_a_hunk_whose_added_lines_have_no_sure_level_is_given_up(hunk: str) -> None:
    found, _ = _mended(hunk)
    assert not found.repairs
    assert "indented otherwise than the file" in found.reason


def test_nothing_moves_where_nothing_is_added() -> None:
    found, after = _mended("@@ -3,3 +3,2 @@\n   if x:\n-      return 1\n     return 2\n")
    assert after == SOURCE.replace("            return 1\n", "")
    assert "indentation" not in {one.name for one in found.repairs}


def test_blank_lines_stay_blank() -> None:
    lines = [Line(" ", "a"), Line("+", ""), Line("+", "b")]
    own = [Line(" ", "    a"), Line("+", ""), Line("+", "b")]
    assert moved(lines, own) == [Line(" ", "    a"), Line("+", ""), Line("+", "    b")]
