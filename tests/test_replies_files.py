from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swebench_lite.errors import NoAnswer
from swebench_lite.extract import Extracted, read_reply
from swebench_lite.records import Edits, Files
from swebench_lite.replies import UNNAMED

PROGRAM = "import sys\n\nprint(len(sys.stdin.read().split()))\n"


def _read(
    reply: str, *expected: str, mode: str = "strict", answer_format: str = "files"
) -> tuple[dict[str, str], Extracted]:
    found = read_reply(reply, answer_format=answer_format, expected=expected, mode=mode)
    assert isinstance(found.answer, Files)
    return dict(found.answer.contents), found


@pytest.mark.parametrize(
    "opening",
    [
        "FILE: w.py",
        "file: w.py",
        "FILE:w.py",
        "python FILE: w.py",
        "File : w.py",
        "FILE: `w.py`",
        'FILE: "w.py"',
        "  FILE: w.py  ",
    ],
)
def test_a_name_on_the_fence_line_names_the_file(opening: str) -> None:
    contents, found = _read(f"Here.\n\n```{opening}\n{PROGRAM}```\nRun it.\n", "w.py")
    assert contents == {"w.py": PROGRAM}
    assert found.reading.form == "FILE blocks"
    assert found.reading.notes == ()
    assert found.reading.parses is None


def test_a_name_reaches_to_the_end_of_its_line() -> None:
    assert _read("```FILE: my dir/a b.py\nx\n```")[0] == {"my dir/a b.py": "x\n"}


def test_the_last_block_of_a_name_wins() -> None:
    contents, found = _read("```FILE: a.py\n1\n```\n```FILE: b.py\n2\n```\n```FILE: a.py\n3\n```\n")
    assert contents == {"a.py": "3\n", "b.py": "2\n"}
    assert found.reading.notes == ("a.py more than once, the last one taken",)


@pytest.mark.parametrize("word", ["python", "py", "bash", "c++", "Rust", " go "])
def test_a_stray_language_line_is_flagged_and_only_lenient_mode_takes_it_off(word: str) -> None:
    reply = f"```FILE: w.py\n{word}\n{PROGRAM}```"
    strict, found = _read(reply)
    assert strict == {"w.py": f"{word}\n{PROGRAM}"}
    assert found.reading.notes == (f"stray language line '{word.strip()}' in w.py",)
    lenient, found = _read(reply, mode="lenient")
    assert lenient == {"w.py": PROGRAM}
    assert found.reading.notes == (f"stray language line '{word.strip()}' in w.py, taken off",)


def test_a_first_line_that_is_more_than_a_language_is_no_stray_line() -> None:
    assert not _read("```FILE: w.py\npython = 3\n```")[1].reading.notes


def test_line_ends_and_odd_bytes_of_a_file_are_as_written() -> None:
    body = "a\r\n\0b\udcff\r\n\r\n"
    assert _read(f"```FILE: w.py\r\n{body}```\r\n")[0] == {"w.py": body}


def test_a_file_may_hold_fences_of_its_own() -> None:
    inner = "# How to\n```bash\nrun\n```\nand\n\n```\nplain\n```\n"
    longer = _read(f"````FILE: README.md\n{inner}````\n")
    assert longer[0] == {"README.md": inner}
    paired = inner.replace("```\nplain", "```text\nplain")
    assert _read(f"```FILE: README.md\n{paired}```\n```FILE: b.py\nx\n```\n")[0] == {"README.md": paired, "b.py": "x\n"}


def test_indented_fences_inside_a_program_do_not_end_it() -> None:
    body = 'def f():\n    """\n    ```\n    f()\n    ```\n    """\n'
    assert _read(f"```FILE: a.py\n{body}```\n")[0] == {"a.py": body}


def test_a_file_that_holds_a_diff_is_a_file_where_files_are_asked_for() -> None:
    body = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
    assert _read(f"```FILE: fix.diff\n{body}```\n")[0] == {"fix.diff": body}


def test_a_block_that_was_not_closed_ends_where_the_next_file_begins() -> None:
    contents, found = _read("```FILE: a.py\n1\n```FILE: b.py\n2\n")
    assert contents == {"a.py": "1\n", "b.py": "2\n"}
    assert found.reading.notes == ("unclosed fence of a.py", "unclosed fence of b.py")


def test_a_fence_in_a_list_gives_the_file_without_its_indentation() -> None:
    contents, found = _read("1. So:\n   ```FILE: a.py\n   def f():\n       pass\n\n   ```\n")
    assert contents == {"a.py": "def f():\n    pass\n\n"}
    assert found.reading.notes == ("indentation taken off a.py",)


def test_an_ordinary_fence_stands_for_the_one_file_that_is_expected() -> None:
    contents, found = _read(f"Sure!\n```python\n{PROGRAM}```\n", "w.py")
    assert contents == {"w.py": PROGRAM}
    assert found.reading.form == "unnamed block"
    assert found.blocks == ((UNNAMED, PROGRAM),)


@pytest.mark.parametrize("expected", [(), ("a.py", "b.py")])
def test_an_ordinary_fence_keeps_no_name_where_not_one_file_is_expected(expected: tuple[str, ...]) -> None:
    assert _read(f"```python\n{PROGRAM}```\n", *expected)[0] == {UNNAMED: PROGRAM}


def test_the_program_is_told_from_how_it_is_run_and_what_it_prints() -> None:
    reply = (
        f"```python\n{PROGRAM}```\nRun:\n```bash\necho {'word ' * 50} | python w.py\n```\nIt prints:\n```\n50\n```\n"
    )
    contents, found = _read(reply, "w.py")
    assert contents == {"w.py": PROGRAM}
    assert found.reading.notes == ()


def test_a_shell_script_is_the_program_where_one_is_expected() -> None:
    assert _read("```bash\necho 1\n```\n```python\nprint('longer than that')\n```\n", "run.sh")[0] == {
        "run.sh": "echo 1\n"
    }


def test_of_several_programs_the_longest_is_taken() -> None:
    contents, found = _read(f"```python\n{PROGRAM}```\nUse:\n```python\nw()\n```\n", "w.py")
    assert contents == {"w.py": PROGRAM}
    assert found.reading.notes == ("2 unnamed blocks, the longest taken",)


@pytest.mark.parametrize(
    "line", ["### src/w.py", "**src/w.py**", "`src/w.py`:", "File: src/w.py", "src/w.py", "1. `src/w.py`"]
)
def test_a_line_that_is_only_a_name_names_the_block_below_it(line: str) -> None:
    contents, found = _read(f"Two files.\n\n{line}\n```python\n{PROGRAM}```\n", "src/w.py", "b.py")
    assert contents == {"src/w.py": PROGRAM}
    assert found.reading.form == "named blocks"


def test_a_sentence_with_a_name_names_no_block() -> None:
    assert _read(f"This goes into `w.py` then:\n```python\n{PROGRAM}```\n")[0] == {UNNAMED: PROGRAM}


def test_named_files_win_over_a_program_without_a_name() -> None:
    assert _read(f"```python\n{PROGRAM}```\n```FILE: w.py\nx = 1\n```\n", "w.py")[0] == {"w.py": "x = 1\n"}


def test_where_a_diff_is_asked_for_named_files_are_taken_only_without_one() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
    assert _read("```FILE: a.py\nx\n```\n", answer_format="diff")[0] == {"a.py": "x\n"}
    both = read_reply(f"```FILE: a.py\nx\n```\n```diff\n{diff}```\n")
    assert both.reading.form == "fenced diff"


def test_blocks_and_prose_are_reported_for_those_who_score_the_shape() -> None:
    found = read_reply(
        "Run `sh demo.sh`.\n```FILE: a.py\nx\n```\nDone.\n```demo\ny\n```\n", answer_format="files", expected=("a.py",)
    )
    assert found.blocks == (("a.py", "x\n"), (UNNAMED, "y\n"))
    assert found.prose == "Run `sh demo.sh`.\nDone.\n"


@pytest.mark.parametrize(
    "reply", ["```FILE: a.py\n```\n", "```FILE: a.py\n\n \n```", "```python\n```\n", "FILE: a.py\n"]
)
def test_files_without_anything_in_them_are_no_answer(reply: str) -> None:
    with pytest.raises(NoAnswer):
        read_reply(reply, answer_format="files", expected=("a.py",))


def test_an_empty_file_beside_another_is_meant() -> None:
    assert _read("```FILE: p/__init__.py\n```\n```FILE: p/a.py\nx\n```\n")[0] == {"p/__init__.py": "", "p/a.py": "x\n"}


def test_a_fence_line_of_any_length_takes_no_time() -> None:
    assert _read(f"```{' file' * 200_000}\nx\n```", "a.py")[0] == {"a.py": "x\n"}


_NAMES = st.from_regex(r"\A[a-z][a-z0-9_]{0,6}(/[a-z]{1,4})?\.[a-z]{1,3}\Z")
_TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=60).map(
    lambda text: f"x{text.replace('`', '')}\n"
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_NAMES, _TEXTS, min_size=1, max_size=4))
def test_files_come_out_of_their_blocks_as_they_went_in(contents: dict[str, str]) -> None:
    reply = "".join(f"Some words.\n\n```FILE: {name}\n{text}```\n" for name, text in contents.items())
    assert _read(reply)[0] == contents


@pytest.mark.parametrize("answer_format", ["diff", "files", "search-replace"])
@pytest.mark.parametrize(
    "program",
    [
        'A = """\n*** Begin Patch\n*** Update File: a\n"""\n',
        'A = """\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"""\n',
    ],
)
def test_a_named_file_may_hold_the_marks_of_other_forms(program: str, answer_format: str) -> None:
    found = read_reply(f"```FILE: prog.py\n{program}```\n", answer_format=answer_format)
    assert found.answer == Files(contents=(("prog.py", program),))


def test_a_named_block_that_is_an_edit_and_nothing_else_is_no_file() -> None:
    edit = "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"
    found = read_reply(f"```FILE: prog.py\n{edit}```\n", answer_format="files")
    assert found.answer == Edits(edits=(("prog.py", "x\n", "y\n"),))


@pytest.mark.parametrize("text", ["# T\n```\nmake\n```\nend\n", 'x = """\n```\ny = """\n'])
def test_a_file_that_a_fence_inside_it_cuts_short_is_noted(text: str) -> None:
    found = read_reply(f"```FILE: a.md\n{text}```\n", answer_format="files")
    assert "a.md may be cut short by a fence inside it" in found.reading.notes


def test_a_block_that_shows_how_to_run_a_file_cuts_nothing() -> None:
    found = read_reply("```FILE: a.py\nx\n```\n\nRun it:\n\n```\npython a.py\n```\n", answer_format="files")
    assert not found.reading.notes
