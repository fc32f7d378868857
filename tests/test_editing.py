from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swebench_lite.errors import NoAnswer, PatchRefused
from swebench_lite.patches.building import Built, build
from swebench_lite.patches.editing import edit
from swebench_lite.records import Answer, Edits, Place
from swebench_lite.replies import read_reply
from swebench_lite.trees import MemoryTree
from tests.test_repairs_strict import applied

SOURCE = """def f():
    x = 1
    return None


def g():
    y = 1
    return None


class A:
    def h(self):
        y = 2
        return None

    def k(self):
        return None
"""


def _built(answer: Answer, source: str = SOURCE) -> tuple[Built, str]:
    """What is built for one file, and what git makes of the file with it."""
    tree = MemoryTree({"m.py": source.encode()})
    built = build(answer, tree)
    after = applied(built.patch, dict(tree.files))
    assert after is not None
    return built, after["m.py"].decode()


def _changed(hunks: str, source: str = SOURCE) -> tuple[tuple[str, ...], str]:
    """(notes, the file afterwards) of an envelope that changes one file."""
    reply = f"*** Begin Patch\n*** Update File: m.py\n{hunks}*** End Patch\n"
    built, after = _built(read_reply(reply).answer, source)
    return built.notes, after


def _nth(old: str, new: str, number: int, source: str = SOURCE) -> str:
    """The source with the numbered occurrence of a text replaced."""
    parts = source.split(old)
    return old.join(parts[:number]) + new + old.join(parts[number:])


RETURN = "-    return None\n+    return 1\n"


def test_a_hunk_changes_what_stands_below_its_anchor() -> None:
    assert _changed(f"@@ def g():\n{RETURN}")[1] == _nth("    return None", "    return 1", 2)


def test_an_anchor_is_found_whatever_its_indentation() -> None:
    _, after = _changed("@@ def h(self):\n+        z = 3\n")
    assert after == SOURCE.replace("    def h(self):\n", "    def h(self):\n        z = 3\n")


def test_several_anchors_narrow_the_place_one_after_the_other() -> None:
    source = SOURCE + SOURCE.replace("class A", "class B")
    _, after = _changed("@@ class B:\n@@ def k(self):\n-        return None\n+        return 1\n", source)
    assert after == _nth("        return None", "        return 1", 4, source)


def test_a_hunk_without_an_anchor_lies_behind_the_one_before_it() -> None:
    _, after = _changed(f"@@\n def g():\n-    y = 1\n+    y = 5\n@@\n{RETURN}")
    assert after == _nth("    return None", "    return 1", 2).replace("    y = 1", "    y = 5")


def test_hunks_with_the_same_anchor_go_on_below_it() -> None:
    _, after = _changed(
        "@@ class A:\n-        y = 2\n+        y = 3\n@@ class A:\n-        return None\n+        return 3\n"
    )
    assert after == _nth("        return None", "        return 3", 1).replace("y = 2", "y = 3")


def test_an_anchor_above_the_hunk_before_is_looked_up_there() -> None:
    _, after = _changed(f"@@ def g():\n-    y = 1\n+    y = 5\n@@ def f():\n{RETURN}")
    assert after == _nth("    return None", "    return 1", 1).replace("    y = 1", "    y = 5")


def test_an_anchor_may_be_the_first_line_of_its_own_hunk() -> None:
    _, after = _changed("@@ def g():\n def g():\n-    y = 1\n+    y = 5\n")
    assert after == SOURCE.replace("    y = 1", "    y = 5")


def test_another_part_for_the_same_file_begins_at_its_top() -> None:
    hunk = "-    y = 1\n+    y = 5\n*** Update File: m.py\n"
    notes, after = _changed(f"@@ def g():\n{hunk}@@ def f():\n{RETURN}")
    assert after == _nth("    return None", "    return 1", 1).replace("    y = 1", "    y = 5")
    assert not any("order" in note for note in notes)


def test_the_end_of_the_file_tells_the_place() -> None:
    notes, after = _changed("@@\n-        return None\n+        return 1\n*** End of File\n")
    assert after == _nth("        return None", "        return 1", 2)
    assert not notes


def test_lines_may_be_added_at_the_end_of_the_file() -> None:
    assert _changed("@@\n+z = 1\n*** End of File\n")[1] == f"{SOURCE}z = 1\n"


def test_several_places_below_an_anchor_are_noted() -> None:
    notes, after = _changed(f"@@ def f():\n{RETURN}")
    assert after == _nth("    return None", "    return 1", 1)
    assert notes == ("a text to find stands more than once in m.py, the first one taken",)


def test_several_places_of_a_search_are_noted_and_the_first_is_taken() -> None:
    built, after = _built(Edits(edits=(("m.py", "    return None\n", "    return 1\n"),)))
    assert after == _nth("    return None", "    return 1", 1)
    assert built.notes == ("a text to find stands more than once in m.py, the first one taken",)


def test_one_place_needs_no_note() -> None:
    assert not _built(Edits(edits=(("m.py", "    x = 1\n", "    x = 2\n"),)))[0].notes


def test_a_hunk_whose_only_place_is_above_the_one_before_is_noted() -> None:
    notes, after = _changed("@@\n-    y = 1\n+    y = 5\n@@\n-    x = 1\n+    x = 5\n")
    assert after == SOURCE.replace("    y = 1", "    y = 5").replace("    x = 1", "    x = 5")
    assert notes == ("edits of m.py are not in the order of the file",)


def test_an_anchor_that_is_not_there_is_noted_where_the_text_has_one_place() -> None:
    notes, after = _changed("@@ def gone():\n-    x = 1\n+    x = 5\n")
    assert after == SOURCE.replace("    x = 1", "    x = 5")
    assert notes == ("the mark 'def gone():' of an edit of m.py is not in the file",)


@pytest.mark.parametrize(
    ("hunks", "reason"),
    [
        (f"@@ def gone():\n{RETURN}", "stands more than once, and 'def gone"),
        ("@@ def g():\n-    x = 1\n+    x = 2\n", r"not there below 'def g\(\):'; it begins 'x = 1'"),
        ("@@ def gone():\n+    x = 2\n", "lines are to go below 'def gone"),
        (
            "@@\n-        y = 2\n+        y = 3\n@@\n-    return None\n+    return 1\n",
            "not there behind the edit before it",
        ),
    ],
)
def test_a_place_that_cannot_be_told_is_refused(hunks: str, reason: str) -> None:
    with pytest.raises(PatchRefused, match=reason):
        _changed(hunks)


def test_inserted_lines_end_as_those_around_them_do() -> None:
    source = SOURCE.replace("\n", "\r\n")
    tree = MemoryTree({"m.py": source.encode()})
    reply = "*** Begin Patch\n*** Update File: m.py\n@@ def g():\n+    z = 3\n*** End Patch\n"
    after = applied(build(read_reply(reply).answer, tree).patch, dict(tree.files))
    assert after == {"m.py": source.replace("def g():\r\n", "def g():\r\n    z = 3\r\n").encode()}


def test_lines_behind_a_last_line_without_newline_begin_a_line() -> None:
    assert _changed("@@ def f():\n+    pass\n", "def f():")[1] == "def f():\n    pass"


def test_lines_for_a_file_that_is_not_there_are_refused() -> None:
    with pytest.raises(PatchRefused, match="no such file"):
        edit("m.py", None, "", "x\n", place=Place(anchors=("a",)), last=None)


def test_places_are_given_for_all_edits_or_for_none() -> None:
    with pytest.raises(ValueError, match="2 edits with 1 places"):
        Edits(edits=(("a", "", ""), ("b", "", "")), places=(Place(),))


def test_many_edits_of_lines_that_repeat_take_no_time() -> None:
    source = "a\n" * 100_000
    started = time.process_time()
    for search in ("a\n" * 50_000, "a\r\n" * 50_000, "b\n"):
        for place in (Place(), Place(at_end=True), Place(anchors=("a",) * 20)):
            try:
                edit("m.py", source, search, "b\n", place=place, last=None)
            except PatchRefused:
                assert search == "b\n"
    assert time.process_time() - started < 10


_LINES = st.lists(st.sampled_from(["a", " a", "b", "", "a\r", "c"]), max_size=8)


@settings(max_examples=200, deadline=None)
@given(_LINES, st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), _LINES, _LINES, st.booleans()), max_size=3))
def test_any_hunks_change_the_file_or_are_refused(
    lines: list[str], hunks: list[tuple[str, list[str], list[str], bool]]
) -> None:
    written = "".join(
        f"@@ {anchor}\n"
        + "".join(f"-{line}\n" for line in old)
        + "".join(f"+{line}\n" for line in new)
        + "*** End of File\n" * end
        for anchor, old, new, end in hunks
    )
    with contextlib.suppress(NoAnswer, PatchRefused):
        notes, _ = _changed(written, "\n".join(lines))
        assert all(notes)
