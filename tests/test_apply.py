from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swebench_lite.apply import STEPS, cascade, no_patch, read
from swebench_lite.errors import AttemptError, NoEnvironment, Tampered
from swebench_lite.patches import Inspection, inspect
from swebench_lite.records import Application, Outcome, Patch

MARK = "mark-0123456789abcdef"
BASE = "".join(f"line {number}\n" for number in range(1, 21))
CHANGED = BASE.replace("line 10\n", "line ten\n")
OTHER = "".join(f"other {number}\n" for number in range(1, 11))


def git(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    name = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent), "LC_ALL": "C"}
    command = ["git", *name, *arguments]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of one commit with a few files."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a.py").write_text(BASE)
    (folder / "b.py").write_text(OTHER)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    assert git(folder, "commit", "-q", "-m", "base").returncode == 0
    return folder


def difference(tree: Path, **contents: str) -> str:
    """What git calls the difference once files hold these contents; the tree is put back."""
    for name, content in contents.items():
        (tree / name.replace("_", ".")).write_text(content)
    git(tree, "add", "-A")
    text = git(tree, "diff", "--cached").stdout
    git(tree, "reset", "-q", "--hard")
    assert text
    return text


def run(tree: Path, text: str, *, path: str | None = None, interpreter: str = "sh") -> subprocess.CompletedProcess[str]:
    patch = tree.parent / "the patch's.diff"
    patch.write_bytes(Patch(text=text).raw)
    script = cascade(patch_file=str(patch), mark=MARK)
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent), "PATH": path or os.environ["PATH"]}
    program = shutil.which(interpreter) or interpreter
    done = subprocess.run([program, "-c", script], cwd=tree, env=environment, capture_output=True, check=False)
    output = done.stdout.decode("utf-8", "surrogateescape")
    return subprocess.CompletedProcess(done.args, done.returncode, output, done.stderr.decode())


def applied(tree: Path, text: str, *, path: str | None = None) -> Application:
    return read(run(tree, text, path=path).stdout, mark=MARK, inspection=inspect(Patch(text=text)))


def official(tree: Path, text: str) -> str | None:
    """The official cascade spelt out once more, command by command, as the yardstick; returns the step that won."""
    patch = tree.parent / "official.diff"
    patch.write_bytes(Patch(text=text).raw)
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)}

    def succeeds(*command: str) -> bool:
        nothing = subprocess.DEVNULL
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False, stdin=nothing)
        return done.returncode == 0

    commands = {
        "git-apply": ["git", "apply", "--verbose"],
        "3way": ["git", "apply", "--verbose", "--3way"],
        "reject": ["git", "apply", "--verbose", "--reject"],
        "patch": ["patch", "--batch", "--forward", "--fuzz=5", "-p1", "-i"],
    }
    for step, command in commands.items():
        if step != "git-apply":
            succeeds("/bin/bash", "-c", "git checkout -- . ; git clean -fd")
        if succeeds(*command, str(patch)):
            return step
    return "already-applied" if succeeds("git", "apply", "--check", "--reverse", str(patch)) else None


def contents(tree: Path) -> dict[str, bytes]:
    files = (path for path in tree.rglob("*") if path.is_file() and ".git" not in path.relative_to(tree).parts)
    return {str(path.relative_to(tree)): path.read_bytes() for path in files}


# Trees and patches for which exactly one step wins


def plain(tree: Path) -> str:
    return difference(tree, a_py=CHANGED)


def merged(tree: Path) -> str:
    """The context has changed since, but the repository still holds the file that the patch was made for."""
    text = difference(tree, a_py=CHANGED)
    (tree / "a.py").write_text(BASE.replace("line 7\n", "line seven\n").replace("line 14\n", "line fourteen\n"))
    git(tree, "commit", "-q", "-a", "-m", "next")
    return text.replace("@@ -7,7", "@@ -6,8").replace("+7,7", "+6,8").replace(" line 7\n", " line 6\n line 7\n")


def rejected(tree: Path) -> str:
    """A dirty file stops the first step and is reset; an ignored file, which the index lacks, stops the second."""
    text = difference(tree, a_py=CHANGED) + "--- a/made.txt\n+++ b/made.txt\n@@ -1 +1 @@\n-made\n+remade\n"
    (tree / ".gitignore").write_text("made.txt\n")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "ignore")
    (tree / "made.txt").write_text("made\n")
    (tree / "a.py").write_text("dirty\n")
    return text


def fuzzy(tree: Path) -> str:
    """A context line that is not in the file, and no index line to merge by."""
    text = difference(tree, a_py=CHANGED).replace(" line 8\n", " line eight\n")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("index "))


def already(tree: Path) -> str:
    text = fuzzy(tree).replace("line eight", "line 8")
    (tree / "a.py").write_text(CHANGED)
    git(tree, "commit", "-q", "-a", "-m", "applied")
    return text


def hopeless(tree: Path) -> str:
    return difference(tree, a_py=CHANGED).replace("line ", "words ").replace("index ", "index 0")


WINNERS = [
    (plain, "git-apply"),
    (merged, "3way"),
    (rejected, "reject"),
    (fuzzy, "patch"),
    (already, "already-applied"),
    (hopeless, None),
]


@pytest.mark.parametrize(("prepare", "step"), WINNERS, ids=[str(step) for _, step in WINNERS])
def test_each_step_of_the_cascade_can_win_and_leaves_the_official_tree(prepare, step, tree, tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = prepare(tree)
    twin = tmp_path / "twin"
    shutil.copytree(tree, twin, symlinks=True)
    outcome = applied(tree, text)
    assert outcome.step == step == official(twin, text)
    assert (outcome.strict, outcome.official) == (step == "git-apply", step is not None)
    assert contents(tree) == contents(twin)


def test_in_a_clean_tree_without_ignored_files_reject_never_wins_because_it_repeats_the_first_step(tree: Path) -> None:
    texts = [plain(tree), fuzzy(tree), hopeless(tree)]
    for text in texts:
        patch = tree.parent / "patch"
        patch.write_text(text)
        first = git(tree, "apply", str(patch)).returncode == 0
        git(tree, "reset", "-q", "--hard")
        third = git(tree, "apply", "--reject", str(patch)).returncode == 0
        git(tree, "reset", "-q", "--hard")
        git(tree, "clean", "-qfd")
        assert first == third


@pytest.mark.parametrize(
    ("damage", "step"),
    [
        (lambda text: text.rstrip("\n"), "patch"),
        (lambda text: text.replace("-7,7 +7,7", "-7,9 +7,9"), "patch"),
        (lambda text: text.replace("-7,7 +7,7", "-7,12 +7,12"), None),
        (lambda text: text.replace("-7,7 +7,7", "..."), "patch"),  # which finds nothing to do and is content
        (lambda text: text.replace("\n", "\r\n"), "patch"),
        (lambda text: "Here you go:\n\n" + text, "git-apply"),
        (lambda text: text.replace("-", "~"), None),
        (lambda text: text[: text.index("+line ten")], None),
    ],
    ids=[
        "no-final-newline",
        "counts-off-by-two",
        "counts-far-off",
        "no-numbers",
        "crlf",
        "prose",
        "no-diff",
        "truncated",
    ],
)
def test_damaged_patches_fare_exactly_as_officially(damage, step, tree, tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = damage(plain(tree))
    twin = tmp_path / "twin"
    shutil.copytree(tree, twin, symlinks=True)
    outcome = applied(tree, text)
    assert outcome.step == official(twin, text) == step
    assert bool(outcome.reason) is (step != "git-apply")


def test_strict_is_what_plain_git_apply_says(tree: Path) -> None:
    for prepare in (plain, fuzzy, hopeless):
        text = prepare(tree)
        (tree.parent / "check").write_text(text)
        expected = git(tree, "apply", "--check", str(tree.parent / "check")).returncode == 0
        assert applied(tree, text).strict is expected
        git(tree, "reset", "-q", "--hard")


# Reasons


def test_the_reason_joins_git_s_first_error_with_the_line_hunk_and_path_of_ours(tree: Path) -> None:
    text = plain(tree).replace("-7,7 +7,7", "-7,12 +7,12")
    assert applied(tree, text).reason == (
        "git apply: corrupt patch at line 14; "
        "hunk 1 of a.py declares 12 old and 12 new lines, found 7 and 7 when the patch ends (line 5)"
    )


def test_the_reason_names_the_place_where_a_well_formed_patch_does_not_fit(tree: Path) -> None:
    assert applied(tree, hopeless(tree)).reason == "git apply: patch failed: a.py:7"


def test_a_patch_for_a_missing_file_says_so(tree: Path) -> None:
    text = plain(tree).replace("a.py", "nowhere.py")
    assert "nowhere.py: No such file or directory" in applied(tree, text).reason


def test_a_patch_that_only_a_later_step_took_says_why_the_first_did_not(tree: Path) -> None:
    outcome = applied(tree, fuzzy(tree))
    assert (outcome.official, outcome.reason) == (True, "git apply: patch failed: a.py:7")


def test_a_reason_stays_on_one_short_line_whatever_the_file_is_called() -> None:
    told = f"error: \x1b[31m{'x' * 2000}"
    evidence = f"{MARK} apply git-apply begin\n{told}\n{MARK} apply git-apply status 1\n{MARK} apply failed\n"
    reason = read(evidence, mark=MARK, inspection=Inspection()).reason
    assert len(reason) <= 400
    assert reason.isprintable()


# Evidence


def test_evidence_without_a_closing_line_is_a_patch_that_was_cut_off_not_one_that_applied() -> None:
    evidence = f"{MARK} apply git-apply begin\n{MARK} apply git-apply status 0\n"
    outcome = read(evidence, mark=MARK, inspection=Inspection())
    assert (outcome.step, outcome.strict, outcome.official) == (None, False, False)
    assert outcome.reason == "applying the patch was cut off during step git-apply"


def test_no_evidence_at_all_is_cut_off_before_the_first_step() -> None:
    assert "before its first step" in read("", mark=MARK, inspection=Inspection()).reason


def test_an_image_without_a_checkout_is_the_environments_fault() -> None:
    with pytest.raises(NoEnvironment, match="/testbed"):
        read(f"{MARK} missing tree\n", mark=MARK, inspection=None)


def test_lines_behind_the_closing_one_are_not_believed(tree: Path) -> None:
    evidence = run(tree, hopeless(tree)).stdout + f"{MARK} applied git-apply\n{MARK} missing git\n"
    assert not read(evidence, mark=MARK, inspection=Inspection()).official


def test_evidence_of_another_mark_is_not_believed() -> None:
    outcome = read("other-mark-0123456789 applied git-apply\n", mark=MARK, inspection=Inspection())
    assert not outcome.official


def test_a_mark_inside_a_line_is_not_evidence() -> None:
    assert not read(f"x {MARK} applied git-apply\n", mark=MARK, inspection=Inspection()).official


@settings(max_examples=200)
@given(st.text())
def test_any_evidence_is_read_without_an_error(text: str) -> None:
    outcome = read(text, mark=MARK, inspection=None)
    assert outcome.official or outcome.reason


def test_a_null_attempt_counts_as_applied_with_no_step(tree: Path) -> None:
    before = contents(tree)
    done = subprocess.run(["sh", "-c", no_patch(MARK)], cwd=tree, capture_output=True, text=True, check=True)
    assert read(done.stdout, mark=MARK, inspection=None) == Application(step=None, strict=True, official=True)
    assert contents(tree) == before


def test_ten_megabytes_of_a_patch_that_does_not_fit_leave_a_short_evidence(tree: Path) -> None:
    count = 200_000
    body = "".join(f"-a line that is nowhere {number:20}\n" for number in range(count))
    text = f"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,{count} +1 @@\n{body}+x\n"
    evidence = run(tree, text).stdout
    assert len(evidence) < 200_000
    assert read(evidence, mark=MARK, inspection=None).reason == "git apply: patch failed: a.py:1"


def test_latin1_content_applies_as_written(tree: Path) -> None:
    text = plain(tree).encode().replace(b"line ten", b"z\xe9ro").decode("utf-8", "surrogateescape")
    assert applied(tree, text).strict
    assert b"z\xe9ro\n" in (tree / "a.py").read_bytes()


def test_the_script_says_the_same_in_bash_as_in_sh(tree: Path) -> None:
    text = fuzzy(tree)
    in_sh = run(tree, text).stdout
    git(tree, "reset", "-q", "--hard")
    git(tree, "clean", "-qfd")
    assert run(tree, text, interpreter="bash").stdout == in_sh


@pytest.mark.parametrize(("prepare", "status"), [(plain, 0), (hopeless, 1)])
def test_the_script_s_status_says_whether_the_patch_is_in(prepare, status, tree) -> None:  # type: ignore[no-untyped-def]
    assert run(tree, prepare(tree)).returncode == status


# The environment's and the attacker's doing


def tools(folder: Path, *names: str) -> str:
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(shutil.which(name) or name)
    return str(folder)


def test_a_missing_git_is_the_environment_s_fault(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(NoEnvironment, match="install git"):
        applied(tree, plain(tree), path=tools(tmp_path / "bin", "sh", "ls", "cksum", "head", "tail"))


def test_a_missing_patch_program_is_the_environment_s_fault_once_it_is_needed(tree: Path, tmp_path: Path) -> None:
    path = tools(tmp_path / "bin", "sh", "git", "ls", "cksum", "head", "tail")
    assert applied(tree, plain(tree), path=path).strict
    git(tree, "reset", "-q", "--hard")
    with pytest.raises(NoEnvironment, match="install GNU patch"):
        applied(tree, hopeless(tree), path=path)


def test_a_tree_inside_another_repository_is_left_alone(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "p.diff").write_text(plain(tree))
    (tree / "a.py").write_text("precious work\n")
    (tree / "inner").mkdir()
    script = cascade(patch_file=str(tmp_path / "p.diff"), mark=MARK)
    done = subprocess.run(["sh", "-c", script], cwd=tree / "inner", capture_output=True, text=True, check=False)
    with pytest.raises(NoEnvironment, match="repository of its own"):
        read(done.stdout, mark=MARK, inspection=Inspection())
    assert (tree / "a.py").read_text() == "precious work\n"


def test_a_patch_that_never_arrived_is_nobody_s_verdict(tree: Path) -> None:
    script = cascade(patch_file="/nonexistent/p.diff", mark=MARK)
    done = subprocess.run(["sh", "-c", script], cwd=tree, capture_output=True, text=True, check=False)
    with pytest.raises(AttemptError, match="not readable") as caught:
        read(done.stdout, mark=MARK, inspection=Inspection())
    assert caught.value.outcome is Outcome.CRASHED


def test_an_apply_that_changes_git_s_own_files_is_refused_afterwards(tree: Path, tmp_path: Path) -> None:
    path = tools(tmp_path / "bin", "sh", "git", "ls", "cksum", "head", "tail")
    fake = tmp_path / "bin" / "patch"
    fake.write_text("#!/bin/sh\n[ -d .git/hooks ] || exit 1\necho evil > .git/hooks/pre-commit\nexit 0\n")
    fake.chmod(0o755)
    with pytest.raises(Tampered, match=r"changed \.git/hooks"):
        applied(tree, fuzzy(tree), path=path)


def test_a_patch_that_slips_past_the_refusal_is_still_caught_by_the_comparison(tree: Path) -> None:
    text = "--- a/.git/hooks/evil\n+++ b/.git/hooks/evil\n@@ -0,0 +1 @@\n+#!/bin/sh\n"
    evidence = run(tree, text)
    assert (tree / ".git" / "hooks" / "evil").exists()
    assert evidence.returncode == 3
    with pytest.raises(Tampered, match=r"changed \.git/hooks"):
        read(evidence.stdout, mark=MARK, inspection=Inspection())


@pytest.mark.parametrize(
    "mark", ["", "short", "with space 0123456789", "quote'0123456789abcd", "$(id)0123456789abcdef"]
)
def test_a_mark_that_could_be_guessed_or_breaks_the_script_is_rejected(mark: str) -> None:
    with pytest.raises(ValueError, match="use 16 or more"):
        cascade(patch_file="/tmp/p", mark=mark)


@pytest.mark.parametrize("path", ["p.diff", "-p", ""])
def test_a_patch_file_must_be_an_absolute_path(path: str) -> None:
    with pytest.raises(ValueError, match="not an absolute path"):
        cascade(patch_file=path, mark=MARK)


def test_the_steps_are_the_official_ones_in_their_order() -> None:
    assert [step for step, _ in STEPS] == ["git-apply", "3way", "reject", "patch"]
