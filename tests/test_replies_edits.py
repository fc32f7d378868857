from __future__ import annotations

import pytest

from swebench_lite.errors import NoAnswer
from swebench_lite.extract import Extracted, read_reply
from swebench_lite.patches.building import as_patch
from swebench_lite.records import Edits, Files, Place
from swebench_lite.trees import MemoryTree

BLOCK = "<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE\n"
EDIT = ("src/x.py", "a = 1\n", "a = 2\n")


def _edits(reply: str, *expected: str, answer_format: str = "search-replace") -> tuple[tuple[str, str, str], ...]:
    return _read(reply, *expected, answer_format=answer_format)[0]


def _read(
    reply: str, *expected: str, answer_format: str = "search-replace"
) -> tuple[tuple[tuple[str, str, str], ...], Extracted]:
    found = read_reply(reply, answer_format=answer_format, expected=expected)
    assert isinstance(found.answer, Edits)
    return found.answer.edits, found


@pytest.mark.parametrize(
    "reply",
    [
        f"src/x.py\n```python\n{BLOCK}```\n",
        f"```python\nsrc/x.py\n{BLOCK}```\n",
        f"```python src/x.py\n{BLOCK}```\n",
        f"```FILE: src/x.py\n{BLOCK}```\n",
        f"FILE: src/x.py\n{BLOCK}",
        f"src/x.py\n{BLOCK}",
        f"### `src/x.py`\n\n```\n{BLOCK}```\n",
        f"**src/x.py**\n~~~\n{BLOCK}~~~\n",
        f"Change `src/x.py` so:\n\n```diff\n{BLOCK}```\n",
        f"```python\n# src/x.py\n{BLOCK}```\n",
        f"src/x.py\n```python\n{BLOCK.replace('<<<<<<<', '<<<<<').replace('>>>>>>>', '>>>>>')}```\n",
        f"1. First\n   src/x.py\n   ```python\n{''.join(f'   {line}' for line in BLOCK.splitlines(True))}   ```\n",
        f"src/x.py\n{''.join(f'    {line}' for line in BLOCK.splitlines(True))}",
    ],
)
@pytest.mark.parametrize("answer_format", ["search-replace", "diff", "files"])
def test_an_edit_is_found_with_its_path(reply: str, answer_format: str) -> None:
    assert _edits(reply, answer_format=answer_format) == (EDIT,)


def test_edits_keep_their_order_and_a_path_stands_until_the_next() -> None:
    second = BLOCK.replace("a = ", "b = ")
    reply = f"src/x.py\n```python\n{BLOCK}\n{second}```\n\nThen again:\n\n```python\n{BLOCK}```\ny.py\n```\n{BLOCK}```"
    assert _edits(reply) == (
        EDIT,
        ("src/x.py", "b = 1\n", "b = 2\n"),
        EDIT,
        ("y.py", "a = 1\n", "a = 2\n"),
    )  # fmt: skip


def test_the_single_expected_file_stands_for_a_path_that_is_missing() -> None:
    assert _edits(f"```\n{BLOCK}```", "src/x.py") == (EDIT,)


def test_an_edit_without_any_path_is_no_answer() -> None:
    with pytest.raises(NoAnswer, match="names no file"):
        read_reply(f"```\n{BLOCK}```", answer_format="search-replace")


def test_fences_inside_an_edit_do_not_end_its_block() -> None:
    reply = "README.md\n```markdown\n<<<<<<< SEARCH\n```bash\nold\n```\n=======\n```bash\nnew\n```\n>>>>>>> REPLACE\n```\nDone.\n"
    assert _edits(reply) == (("README.md", "```bash\nold\n```\n", "```bash\nnew\n```\n"),)


def test_headings_underlined_with_equal_signs_do_not_divide() -> None:
    reply = "d.rst\n<<<<<<< SEARCH\nTitle\n=====\n=======\nTopic\n=====\n>>>>>>> REPLACE\n"
    assert _edits(reply) == (("d.rst", "Title\n=====\n", "Topic\n=====\n"),)


def test_two_dividing_lines_are_noted() -> None:
    edits, found = _read("d.rst\n<<<<<<< SEARCH\na\n=======\nb\n=======\nc\n>>>>>>> REPLACE\n")
    assert edits == (("d.rst", "a\n", "b\n=======\nc\n"),)
    assert found.reading.notes == ("more than one dividing line, the first one taken",)


def test_an_edit_that_was_cut_off_is_left_out() -> None:
    edits, found = _read(f"src/x.py\n{BLOCK}```\n{BLOCK}<<<<<<< SEARCH\nb\n=======\n```\n")
    assert edits == (EDIT, EDIT)
    assert found.reading.form == "search/replace"
    assert "an edit without end left out" in found.reading.notes


def test_only_cut_off_edits_are_no_answer() -> None:
    with pytest.raises(NoAnswer):
        read_reply("x.py\n<<<<<<< SEARCH\na\n=======\nb\n", answer_format="search-replace")


def test_nothing_to_find_is_a_new_file() -> None:
    edits = _edits("new.py\n```\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n```")
    assert edits == (("new.py", "", "x\n"),)
    assert "+x" in as_patch(Edits(edits=edits), MemoryTree()).text


def test_line_ends_of_an_edit_are_as_written() -> None:
    assert _edits(f"src/x.py\r\n```\r\n{BLOCK}```\r\n".replace("\r\n", "\n").replace("\n", "\r\n")) == (
        ("src/x.py", "a = 1\r\n", "a = 2\r\n"),
    )


def _envelope(body: str) -> str:
    return f"*** Begin Patch\n{body}*** End Patch\n"


UPDATE = _envelope("*** Update File: src/x.py\n@@ def f():\n     b\n-    c\n+    d\n")


@pytest.mark.parametrize(
    "reply",
    [
        UPDATE,
        f"```\n{UPDATE}```",
        f"```diff\n{UPDATE}```",
        f"```bash\napply_patch <<'EOF'\n{UPDATE}EOF\n```\n",
        f"I do:\n\n{UPDATE}\nand that is it.\n",
        UPDATE.removesuffix("*** End Patch\n"),
        UPDATE.replace("*** End Patch", "*** End of File\n*** End Patch"),
        UPDATE.replace("@@ def f():", "--- a/src/x.py\n+++ b/src/x.py\n@@ -1,2 +1,2 @@"),
        UPDATE.replace("@@ def f():\n", ""),
    ],
)
@pytest.mark.parametrize("answer_format", ["diff", "files", "search-replace"])
def test_an_envelope_is_read_as_edits(reply: str, answer_format: str) -> None:
    edits, found = _read(reply, answer_format=answer_format)
    assert edits == (("src/x.py", "    b\n    c\n", "    b\n    d\n"),)
    assert found.reading.form == "apply_patch"
    assert found.reading.parses is None


def test_an_envelope_that_only_adds_is_files() -> None:
    found = read_reply(_envelope("*** Add File: a.py\n+x\n+\n+y\n*** Add File: b.py\n+z\n"))
    assert found.answer == Files(contents=(("a.py", "x\n\ny\n"), ("b.py", "z\n")))


def test_an_envelope_may_add_delete_and_change() -> None:
    reply = _envelope("*** Add File: a.py\n+x\n*** Delete File: b.py\n*** Update File: c.py\n@@\n-1\n+2\n@@\n 3\n+4\n")
    edits = _edits(reply)
    assert edits == (("a.py", "", "x\n"), ("b.py", "", ""), ("c.py", "1\n", "2\n"), ("c.py", "3\n", "3\n4\n"))
    tree = MemoryTree({"b.py": b"gone\n", "c.py": b"1\n3\n"})
    text = as_patch(Edits(edits=edits), tree).text
    assert "deleted file mode" in text
    assert "+4" in text


def test_lines_to_insert_go_behind_their_place_mark() -> None:
    edits, found = _read(_envelope("*** Update File: c.py\n@@ import os\n+import sys\n"))
    assert edits == (("c.py", "", "import sys\n"),)
    assert isinstance(found.answer, Edits)
    assert found.answer.places == (Place(anchors=("import os",)),)
    assert found.reading.notes == ("lines inserted behind their place mark",)


def test_marks_and_order_of_an_envelope_are_kept() -> None:
    body = "@@ class A:\n@@   def f(): @@\n-1\n+2\n@@ -7,1 +7,1 @@ class B:\n-3\n+4\n@@\n-5\n+6\n*** End of File\n"
    found = read_reply(_envelope(f"*** Update File: c.py\n{body}"))
    assert isinstance(found.answer, Edits)
    assert found.answer.places == (
        Place(anchors=("class A:", "def f():")),
        Place(anchors=("class B:",), follows=True),
        Place(follows=True, at_end=True),
    )


def test_an_envelope_of_context_alone_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        read_reply(_envelope("*** Update File: c.py\n@@\n a\n"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("*** Update File: c.py\n*** Move to: d.py\n@@\n-a\n+b\n", "moves c.py to d.py"),
        ("*** Update File: c.py\n@@\n+import sys\n", "does not say where"),
    ],
)
def test_what_edits_cannot_say_is_no_answer(body: str, reason: str) -> None:
    with pytest.raises(NoAnswer, match=reason):
        read_reply(_envelope(body))


def test_another_reader_may_find_an_answer_where_one_gave_up() -> None:
    found = read_reply(f"```\n{BLOCK}```\n```FILE: a.py\nx\n```\n", answer_format="search-replace")
    assert found.answer == Files(contents=(("a.py", "x\n"),))
