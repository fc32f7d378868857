from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swebench_lite.errors import PatchRefused
from swebench_lite.patches import LIMIT, Inspection, Problem, inspect, needs_reinstall, refuse
from swebench_lite.records import Patch

PLAIN = """\
diff --git a/src/a.py b/src/a.py
--- a/src/a.py
+++ b/src/a.py
@@ -1,5 +1,5 @@
 one
 two
-three
+THREE
 four
 five
"""
ADDED = """\
diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1,2 @@
+hello
+world
"""


def look(text: str) -> Inspection:
    return inspect(Patch(text=text))


def hard(text: str) -> list[Problem]:
    return [problem for problem in look(text).problems if not problem.harmless]


def only(text: str) -> Problem:
    problems = hard(text)
    assert len(problems) == 1, problems
    return problems[0]


def refusal(text: str) -> str:
    with pytest.raises(PatchRefused) as caught:
        refuse(look(text))
    return str(caught.value)


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent), "LC_ALL": "C"}
    return subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, check=False)


def git_reads(folder: Path, text: str) -> bool:
    """Whether git can read the patch, whatever the tree holds."""
    (folder / "patch").write_bytes(Patch(text=text).raw)
    return git(folder, "apply", "--numstat", "patch").returncode == 0


# What a patch says it does


def test_a_well_formed_patch_has_no_problem_and_is_not_refused() -> None:
    found = look(PLAIN + ADDED)
    assert found.problems == () == found.hazards
    refuse(found)


@pytest.mark.parametrize(
    ("text", "kind", "old", "new"),
    [
        (PLAIN, "modify", "src/a.py", "src/a.py"),
        (ADDED, "add", None, "new.py"),
        ("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n", "add", None, "x"),
        (
            "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
            "delete",
            "x",
            None,
        ),
        ("diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n", "rename", "x", "y"),
        ("diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n", "copy", "x", "y"),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", "mode", "x", "x"),
        ("diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZQz00IC2\n\n", "binary", "x", "x"),
        ("diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n", "add", None, "x"),
    ],
)
def test_each_kind_of_change_is_told_apart(text: str, kind: str, old: str | None, new: str | None) -> None:
    (file,) = look(text).files
    assert (file.kind, file.old, file.new) == (kind, old, new)
    assert hard(text) == []


def test_modes_are_kept() -> None:
    (file,) = look("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n").files
    assert (file.old_mode, file.new_mode) == ("100644", "100755")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (PLAIN, "src/a.py"),
        ("--- a/x.py\t2020-01-01 10:00:00 +0000\n+++ b/x.py\t2020-01-01 10:00:00 +0000\n@@ -1 +1 @@\n-a\n+b\n", "x.py"),
        ("--- a/x.py 2020-01-01 10:00:00 +0000\n+++ b/x.py 2020-01-01 10:00:00 +0000\n@@ -1 +1 @@\n-a\n+b\n", "x.py"),
        ("Index: dir/sub.c\n=====\n--- dir/other.c\n+++ dir/other.c\n@@ -1 +1 @@\n-a\n+b\n", "sub.c"),
        ('diff --git "a/caf\\303\\251.py" "b/caf\\303\\251.py"\nold mode 100644\nnew mode 100755\n', "café.py"),
        ("diff --git a/my file.py b/my file.py\nold mode 100644\nnew mode 100755\n", "my file.py"),
        ("diff --git a/src/x b/tests/x\nsimilarity index 100%\nrename from src/x\nrename to tests/x\n", "tests/x"),
        ("--- x.py\n+++ x.py\n@@ -1 +1 @@\n-a\n+b\n", "x.py"),
        ("*** a/x.c\n--- b/x.c\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n", "x.c"),
        ("  --- a/x.c\n  +++ b/x.c\n  @@ -1 +1 @@\n  -a\n  +b\n", "x.c"),
        ("--- a/x.c\r\n+++ b/x.c\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n", "x.c"),
        ("diff --git a/a//b/./c b/a//b/./c\nold mode 100644\nnew mode 100755\n", "a/b/c"),
        ("diff --git a/new b/new\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+a\n", "dev/null"),
    ],
)
def test_every_way_to_name_a_path_is_read(text: str, path: str) -> None:
    assert path in look(text).paths


def test_a_deleted_line_that_looks_like_a_header_names_no_path() -> None:
    text = "diff --git a/q.sql b/q.sql\n--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1 @@\n--- a/secret\n kept\n"
    assert look(text).paths == ("q.sql",)


def test_a_header_that_hides_in_a_miscounted_hunk_is_found() -> None:
    text = PLAIN.replace("-1,5 +1,5", "-1,9 +1,9") + "--- a/hidden.py\n+++ b/hidden.py\n@@ -1 +1 @@\n-a\n+b\n"
    assert "hidden.py" in look(text).paths


def test_a_name_without_a_folder_makes_all_plain_names_count_as_written() -> None:
    text = "--- x.py\n+++ x.py\n@@ -1 +1 @@\n-a\n+b\n--- a/y.py\n+++ a/y.py\n@@ -1 +1 @@\n-a\n+b\n"
    assert set(look(text).paths) == {"x.py", "y.py", "a/y.py"}


# What is wrong with it


def test_too_many_declared_lines_are_named_with_hunk_and_path() -> None:
    problem = only(PLAIN.replace("-1,5 +", "-1,6 +"))
    assert (problem.line, problem.hunk, problem.path) == (4, 1, "src/a.py")
    assert str(problem) == "hunk 1 of src/a.py declares 6 old lines, found 5 when the patch ends (line 4)"


def test_too_few_declared_lines_are_found_although_git_would_drop_the_rest() -> None:
    assert only(PLAIN.replace("-1,5 +1,5", "-1,4 +1,4")).what == "declares 4 old and 4 new lines, found 5 and 5"


def test_counts_are_right_when_another_file_follows_without_a_git_header() -> None:
    second = "--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-a\n+b\n"
    assert (
        only(PLAIN.replace("-1,5 +1,5", "-1,6 +1,6") + second).what == "declares 6 old and 6 new lines, found 5 and 5"
    )


def test_a_patch_that_stops_in_a_hunk_is_called_cut_off() -> None:
    problem = only(PLAIN[: PLAIN.index(" four")])
    assert problem.what == "declares 5 old and 5 new lines, found 3 and 3 when the patch ends"


@pytest.mark.parametrize("header", ["@@ ... @@", "@@", "@@ -1 @@", "@@ -a,b +c,d @@", f"@@ -{'9' * 5000},1 +1,1 @@"])
def test_an_unreadable_hunk_header_is_named(header: str) -> None:
    problem = only(PLAIN.replace("@@ -1,5 +1,5 @@", header))
    assert problem.line == 4
    assert "unreadable header" in problem.what


def test_a_line_without_its_leading_space_is_named_by_its_own_line() -> None:
    problem = only(PLAIN.replace(" four", "four"))
    assert problem.line == 9
    assert "starts with 'f'" in problem.what


def test_a_context_line_that_starts_with_a_tab_is_named() -> None:
    problem = only(PLAIN.replace(" two", "\ttwo"))
    assert (problem.line, "'\\t'" in problem.what) == (6, True)


def test_a_missing_final_newline_is_a_problem_inside_a_hunk() -> None:
    assert only(PLAIN.rstrip("\n")).what == "the last line has no newline, as if cut off"


def test_a_missing_final_newline_is_harmless_behind_the_last_hunk() -> None:
    found = look(PLAIN + "-- \n2.39.5").problems
    assert [problem.harmless for problem in found] == [True]


def test_a_file_header_without_hunks_is_named() -> None:
    problem = only(PLAIN + "diff --git a/b.py b/b.py\nindex 111..222 100644\n--- a/b.py\n+++ b/b.py\n")
    assert str(problem) == "b.py has a file header but no hunk (line 11)"


def test_prose_before_the_diff_is_harmless_and_named() -> None:
    (problem,) = look("Here is the fix:\n\n" + PLAIN).problems
    assert (problem.line, problem.harmless) == (1, True)


def test_a_text_without_a_diff_says_so() -> None:
    assert only("I would change the second line.\n").what.startswith("there is no diff in the text")


def test_crlf_headers_are_named_once() -> None:
    assert only((PLAIN + ADDED).replace("\n", "\r\n")).what == "the headers end in carriage returns (CRLF)"


def test_carriage_returns_in_the_content_alone_are_no_problem() -> None:
    assert hard(PLAIN.replace("three\n", "three\r\n").replace("THREE\n", "THREE\r\n")) == []


def test_bytes_that_are_not_utf8_are_harmless_and_located() -> None:
    text = PLAIN.encode().replace(b"THREE", b"\xe9t\xe9").decode("utf-8", "surrogateescape")
    (problem,) = look(text).problems
    assert (problem.line, problem.harmless, problem.what) == (8, True, "the patch is not UTF-8")


def test_a_nul_byte_is_located() -> None:
    assert only(PLAIN.replace("THREE", "TH\0REE")).line == 8


def test_a_binary_change_without_its_data_is_named() -> None:
    text = "diff --git a/x.png b/x.png\nindex 111..222 100644\nBinary files a/x.png and b/x.png differ\n"
    assert str(only(text)) == "x.png is binary and its data is not in the patch (line 3)"


def test_a_hunk_that_changes_nothing_is_named() -> None:
    assert only("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n b\n").what == "changes nothing"


def test_a_hunk_behind_a_blank_line_is_named_because_git_loses_its_file(tmp_path: Path) -> None:
    text = PLAIN + "\n@@ -9 +9 @@\n-a\n+b\n"
    assert only(text).what.startswith("is a hunk that does not follow")
    assert not git_reads(tmp_path, text)


def test_a_new_file_without_its_mode_line_is_explained(tmp_path: Path) -> None:
    text = ADDED.replace("new file mode 100644\n", "")
    assert "git reads dev/null" in only(text).what
    assert b"dev/null: No such file" in git(tmp_path, "init").stdout + _applied(tmp_path, text).stderr


def _applied(folder: Path, text: str) -> subprocess.CompletedProcess[bytes]:
    (folder / "patch").write_bytes(Patch(text=text).raw)
    return git(folder, "apply", "patch")


def test_the_signature_of_a_mailed_patch_is_no_problem() -> None:
    assert look(PLAIN + "-- \n2.39.5\n\n").problems == ()


def test_a_million_broken_lines_give_a_bounded_list_of_problems() -> None:
    assert len(look("--- a/x\n+++ b/x\n" + "@@ bad\n" * 5000).problems) <= 100


# What is refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAIN.replace("b/src/a.py\n@", "../../etc/passwd\n@"), "line 3: path '../../etc/passwd' leaves the tree"),
        (PLAIN.replace("+++ b/src/a.py", "+++ b/src/../../a.py"), "line 3: path 'b/src/../../a.py' leaves the tree"),
        ("--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-a\n+b\n", "line 1: path '/etc/passwd' is absolute"),
        ("Index: ../x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "line 1: path '../x' leaves the tree"),
        (ADDED.replace("b/new.py\n@", "b/x/../../y\n@"), "line 4: path 'b/x/../../y' leaves the tree"),
        (
            "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to ../y\n",
            "line 4: path '../y' leaves the tree",
        ),
        ("  --- a/x\n  +++ b/../../x\n", "line 2: path 'b/../../x' leaves the tree"),
        ("*** a/x\n--- ../x\n***************\n", "line 2: path '../x' leaves the tree"),
    ],
)
def test_a_path_out_of_the_tree_is_refused_with_line_and_path(text: str, message: str) -> None:
    assert refusal(text) == f"patch refused: {message}"


@pytest.mark.parametrize(
    "name",
    [
        "b/.git/hooks/pre-commit",
        "b/.GIT/config",
        "b/git~1/config",
        "b/.git./config",
        "b/.git /config",
        "b/sub/.git/hooks/x",
        "b/.g\u200cit/config",
        "b/.git::$INDEX_ALLOCATION/config",
        '"b/\\056git/hooks/x"',
        '"b/.g\\342\\200\\214it/config"',
        "b/./.git/config",
    ],
)
def test_git_s_own_folder_is_refused_however_it_is_spelt(name: str) -> None:
    assert "is in git's own folder" in refusal(ADDED.replace("b/new.py\n@", f"{name}\n@"))


@pytest.mark.parametrize(
    "name", [".gitignore", ".github/workflows/x.yml", "a.git/x", "git/x", "x..y", "...", ".gitattributes"]
)
def test_names_that_only_look_dangerous_are_not_refused(name: str) -> None:
    found = look(ADDED.replace("new.py", name))
    refuse(found)
    assert found.hazards == ()


@pytest.mark.parametrize("name", ["b/x\0y", '"b/x\\000y"'])
def test_a_nul_in_a_path_is_refused(name: str) -> None:
    assert "holds a NUL byte" in refusal(ADDED.replace("b/new.py\n@", f"{name}\n@"))


def link(target: str, path: str = "sub/link", mode: str = "120000") -> str:
    return (
        f"diff --git a/{path} b/{path}\nnew file mode {mode}\n--- /dev/null\n+++ b/{path}\n"
        f"@@ -0,0 +1 @@\n+{target}\n\\ No newline at end of file\n"
    )


@pytest.mark.parametrize("target", ["/etc/passwd", "../../x", "a/../../../x", "../.git/hooks"])
def test_a_symbolic_link_out_of_the_tree_is_refused(target: str) -> None:
    assert refusal(link(target)) == f"patch refused: line 1: symbolic link 'sub/link' to '{target}' leaves the tree"


@pytest.mark.parametrize("target", ["x", "../x", "a/../../x"])
def test_a_symbolic_link_within_the_tree_is_not_refused(target: str) -> None:
    found = look(link(target))
    refuse(found)
    assert found.hazards == ()


@pytest.mark.parametrize("mode", ["0120000", "120777", " 120000"])
def test_a_symbolic_link_is_known_by_the_kind_bits_of_its_mode(mode: str) -> None:
    assert "leaves the tree" in refusal(link("/etc", mode=mode))


def test_a_symbolic_link_whose_target_cannot_be_read_is_refused() -> None:
    text = "diff --git a/l b/l\nnew file mode 120000\nindex 0..1\nGIT binary patch\nliteral 4\nLcmYdgVPXIP0sjC5\n\n"
    assert "has a target that cannot be read" in refusal(text)


def test_an_existing_symbolic_link_that_is_pointed_elsewhere_is_refused() -> None:
    text = "diff --git a/l b/l\nindex 111..222 120000\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n-x\n+/etc\n"
    assert "symbolic link 'l' to '/etc' leaves the tree" in refusal(text)


def test_deleting_a_symbolic_link_is_not_refused() -> None:
    found = look("diff --git a/l b/l\ndeleted file mode 120000\n--- a/l\n+++ /dev/null\n@@ -1 +0,0 @@\n-/etc\n")
    refuse(found)
    assert found.hazards == ()


def test_writing_through_a_symbolic_link_of_the_same_patch_is_refused() -> None:
    text = link("src", path="door") + ADDED.replace("new.py", "door/new.py")
    assert "path 'door/new.py' goes through symbolic link 'door' of the same patch" in refusal(text)


def test_a_link_to_another_repository_is_refused() -> None:
    text = "diff --git a/m b/m\nnew file mode 160000\n--- /dev/null\n+++ b/m\n@@ -0,0 +1 @@\n+Subproject commit 1\n"
    assert "line 2: 'm' is a link to another repository (mode 160000)" in refusal(text)


def test_a_patch_above_the_limit_is_refused_unread() -> None:
    assert "is above the limit of 10,485,760" in refusal("+" * (LIMIT + 1))


def test_a_character_that_no_file_can_hold_is_refused() -> None:
    assert "line 8: character '\\ud800' cannot be written" in refusal(PLAIN.replace("THREE", "\ud800"))


def test_ten_megabytes_are_read_in_linear_time() -> None:
    def seconds(copies: int) -> float:
        started = time.process_time()
        header = f"@@ -1,{copies * 5} +1,{copies * 5} @@\n"
        found = look(PLAIN.replace("@@ -1,5 +1,5 @@\n", header + " x\n" * 5 * (copies - 1)))
        assert found.problems == ()
        return time.process_time() - started

    small, large = seconds(60_000), seconds(600_000)
    assert large < 25 * small + 0.5


# What has to be built again


@pytest.mark.parametrize(
    "path",
    [
        "pyproject.toml",
        "setup.py",
        "lib/setup.cfg",
        "requirements-dev.txt",
        "requirements/test.txt",
        "src/_fast.pyx",
        "a/b.cpp",
        "include/x.h",
        "meson.build",
        "Cargo.toml",
        "package.json",
        "go.mod",
        "loss/_loss.pyx.tp",
        "tests/probe.c",
    ],
)
def test_build_files_and_compiled_sources_need_a_reinstall(path: str) -> None:
    assert needs_reinstall(["README.md", path])


@pytest.mark.parametrize(
    "path", ["src/a.py", "docs/requirements.txt", "tests/fixtures/setup.py", "setup.py.md", "a/chart.css"]
)
def test_ordinary_files_and_test_data_need_no_reinstall(path: str) -> None:
    assert not needs_reinstall([path])


# Properties

LINES = (PLAIN + ADDED + link("x") + "diff --git a/x b/y\nrename from x\nrename to y\n").splitlines()


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A patch with lines deleted, doubled, swapped or changed, and stray bytes."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 6))):
        at, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["delete", "double", "swap", "count", "bytes", "cut"]))
        if how == "delete" and len(lines) > 2:
            del lines[at]
        elif how == "double":
            lines.insert(other, lines[at])
        elif how == "swap":
            other %= len(lines)
            at %= len(lines)
            lines[at], lines[other] = lines[other], lines[at]
        elif how == "count":
            lines[at] = lines[at].replace("1", str(draw(st.integers(0, 99))))
        elif how == "bytes":
            lines[at] += draw(st.binary(max_size=6)).decode("utf-8", "surrogateescape")
        else:
            lines[at] = lines[at][: draw(st.integers(0, 12))]
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


def judged(text: str) -> bool:
    """Whether a text is taken, or refused with a line; what is wrong with it has a line and words."""
    found = look(text)
    assert all(problem.line >= 1 and str(problem) for problem in (*found.problems, *found.hazards))
    try:
        refuse(found)
    except PatchRefused as refused:
        return str(refused).startswith("patch refused: line ")
    return True


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_a_mutated_patch_passes_or_is_refused_with_a_reason(text: str) -> None:
    if text.strip():
        assert judged(text)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=300).filter(str.strip))
def test_any_text_at_all_is_inspected_without_an_error(text: str) -> None:
    assert judged("--- " + text + "\n+++ " + text + "\n@@ " + text)
    assert judged("diff --git " + text)


NAMES = ["f.txt", "d/g.txt", "a/f.txt", "my file.txt", "t\tb.txt", "é.txt", 'q"q.txt', "new.txt", "b/d/e.txt"]
CONTENT = "one\ntwo\nthree\nfour\nfive\n"


def quoted(name: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\t": "\\t"}
    octal = (c if c.isascii() else "".join(f"\\{b:03o}" for b in c.encode()) for c in name)
    return '"' + "".join(escapes.get(c, c) for c in octal) + '"'


def wild(seed: int) -> str:
    """One or two files' worth of diff in one of the styles that git and patch read, sometimes damaged."""
    pick = random.Random(seed)  # noqa: S311
    lines: list[str] = []
    for _ in range(pick.randint(1, 2)):
        old = pick.choice(NAMES)
        new = old if pick.random() < 0.8 else pick.choice(NAMES)
        left = pick.choice(["a/"] * 5 + ["", "x/", "w v/", "./", "a//"])
        right = pick.choice(["b/"] * 5 + ["", "x/", "b/./"])
        shown = quoted if pick.random() < 0.3 else str
        dated = pick.choice([""] * 4 + ["\t", "\t2020-01-01 10:00:00 +0000", " 2020-01-01 10:00:00 +0000", "\r"])
        style = pick.choice(["git", "plain", "index", "rename", "copy", "empty", "delete"])
        if style not in {"plain", "index"}:
            lines.append(f"diff --git {shown(left + old)} {shown(right + new)}")
        lines += [f"Index: {shown(old)}"] if style == "index" else []
        lines += [f"{style} from {shown(old)}", f"{style} to {shown(new)}"] if style in {"rename", "copy"} else []
        if style == "empty":
            lines += ["new file mode 100644", "index 0000000..e69de29"]
            continue
        if style == "delete":
            lines += ["deleted file mode 100644", f"--- {shown(left + old)}{dated}", "+++ /dev/null", "@@ -1,5 +0,0 @@"]
            lines += [f"-{line}" for line in CONTENT.split()]
            continue
        lines += [f"--- {shown(left + old)}{dated}", f"+++ {shown(right + new)}{dated}"]
        lines += ["@@ -1,5 +1,5 @@", " one", " two", "-three", "+THREE", " four", " five"]
    if pick.random() < 0.3:
        lines.pop(pick.randrange(len(lines)))
    return "\n".join(lines) + "\n"


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode) for path in files}


def written(folder: Path, command: list[str], text: str) -> set[str]:
    """The paths that a command changes in a fresh folder when it is given a patch."""
    tree = folder / "tree"
    tree.mkdir()
    for name in NAMES:
        path = tree / name
        if name != "new.txt":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(CONTENT)
    patch = folder / "patch"
    patch.write_bytes(Patch(text=text).raw)
    before = snapshot(tree)
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder), "LC_ALL": "C"}
    nothing = subprocess.DEVNULL
    subprocess.run([*command, str(patch)], cwd=tree, env=environment, capture_output=True, check=False, stdin=nothing)
    after = snapshot(tree)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return {name for name in changed if not name.endswith((".orig", ".rej"))}


@pytest.mark.parametrize("command", [["git", "apply"], ["patch", "--batch", "--forward", "--fuzz=5", "-p1", "-i"]])
def test_every_path_that_a_tool_really_writes_was_foreseen(command: list[str], tmp_path: Path) -> None:
    root, seen = tmp_path, []

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.integers(0, 10**6))
    def foreseen(seed: int) -> None:
        text = wild(seed)
        folder = root / f"{len(seen)}"
        folder.mkdir()
        changed = written(folder, command, text)
        seen.append(len(changed))
        assert changed <= set(look(text).paths)

    foreseen()
    assert any(seen)


def test_what_git_cannot_read_always_has_an_explanation(tmp_path: Path) -> None:
    pick = random.Random(7)  # noqa: S311
    for _ in range(60):
        lines = (PLAIN + ADDED).splitlines()
        del lines[pick.randrange(4, len(lines))]
        text = "\n".join(lines) + "\n"
        if not git_reads(tmp_path, text):
            assert hard(text), text
