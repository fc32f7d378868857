from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import StoreError
from swebench_lite.store import files

HOSTILE = ["", ".", "..", "../../etc/passwd", "a/b", "a\x00b", "\x1b[31mred", "x" * 300, "CON:", "ü", "\ud800", "a..b"]


@given(st.text(st.characters(), max_size=400))
def test_every_text_becomes_one_harmless_file_name(text: str) -> None:
    name = files.safe_name(text)
    assert 0 < len(name.encode()) <= 100
    assert "/" not in name
    assert ".." not in name
    assert not name.startswith(".")
    assert name.isprintable()
    assert name.isascii()


@given(st.text(st.characters(), max_size=50), st.text(st.characters(), max_size=50))
def test_two_texts_never_share_a_name(first: str, second: str) -> None:
    assert (files.safe_name(first) == files.safe_name(second)) == (first == second)


@given(st.text(st.characters(), max_size=50))
def test_a_changed_name_cannot_be_given_as_a_text_of_its_own(text: str) -> None:
    name = files.safe_name(text)
    assert name == text or files.safe_name(name) != name


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_can_be_made_as_folders(tmp_path: Path, text: str) -> None:
    folder = tmp_path / files.safe_name(text)
    folder.mkdir()
    assert folder.resolve().parent == tmp_path.resolve()


def test_ordinary_names_stay_readable() -> None:
    assert files.safe_name("django__django-11099") == "django__django-11099"


def test_a_written_file_holds_exactly_the_given_bytes(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / "new" / "folder" / "patch.diff", b"\xff\r\n\x00")
    assert (tmp_path / "new" / "folder" / "patch.diff").read_bytes() == b"\xff\r\n\x00"


def test_undecodable_bytes_in_text_come_out_as_they_went_in(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / "log", b"\xff\xfeok".decode("utf-8", "surrogateescape"))
    assert (tmp_path / "log").read_bytes() == b"\xff\xfeok"


def test_half_a_surrogate_pair_does_not_stop_a_write(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / "log", "\ud800")
    assert (tmp_path / "log").read_bytes() == b"\\ud800"


def test_nothing_but_the_file_is_left_after_a_write(tmp_path: Path) -> None:
    files.write_many(tmp_path, {"a": "1", "b": "2"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_document_that_is_no_json_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no JSON"):
        files.write_json(tmp_path / "x.json", {"rate": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_a_path_below_a_file_is_refused_with_the_path_and_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot write .*file/x.*choose another folder"):
        files.write_atomic(tmp_path / "file" / "x", "y")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_named_with_advice(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match=r"no permission; make the folder writable"):
        files.write_atomic(tmp_path / "x", "y")


@pytest.mark.parametrize("number", sorted(files._ADVICE))
def test_every_known_failure_says_what_to_do(number: int) -> None:
    message = files.explain(Path("/runs/x"), OSError(number, os.strerror(number)))
    assert message.startswith("cannot write /runs/x: ")
    assert "; " in message


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Path:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a tmpfs cannot be mounted here")
    yield disk  # type: ignore[misc]
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_keeps_the_old_file_and_leaves_nothing_torn(tiny_disk: Path) -> None:
    files.write_atomic(tiny_disk / "log", "old")
    with pytest.raises(StoreError, match=r"disk/log: the disk is full; free some space, then resume the run"):
        files.write_atomic(tiny_disk / "log", b"x" * 1_000_000)
    assert [(path.name, path.read_text()) for path in tiny_disk.iterdir()] == [("log", "old")]


def test_a_torn_json_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"a": [1,')
    with pytest.raises(StoreError, match=r"run\.json: it is torn or no JSON"):
        files.read_json(tmp_path / "run.json")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "[" * 100_000, "\xff", ""])
def test_what_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError, match="cannot read"):
        files.read_json(tmp_path / "x")


def test_a_sweep_takes_what_the_dead_left_and_nothing_of_the_living(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    left = tmp_path / f".{dead.pid}-{'0' * 16}.tmp"
    mine = files.temporary_path(tmp_path)
    for path in (left, mine, tmp_path / ".hidden"):
        path.write_text("x")
    assert files.sweep(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([".hidden", mine.name])


WRITER = """
import sys, itertools, pathlib
from swebench_lite.store.files import write_atomic
target = pathlib.Path(sys.argv[1])
for number in itertools.count():
    write_atomic(target, f"{number % 10}" * 200_000)
    if number == 0:
        print("started", flush=True)
"""


def test_a_file_is_whole_whenever_its_writer_is_killed(tmp_path: Path) -> None:
    for number in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "file")], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.004 * number)
            process.send_signal(signal.SIGKILL)
        content = (tmp_path / "file").read_text()
        assert len(content) == 200_000
        assert len(set(content)) == 1
    files.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_emptied_but_not_taken_away(tmp_path: Path) -> None:
    for name in ("attempt.json", "a", ".b"):
        (tmp_path / name).write_text("x")
    files.clear(tmp_path, first="attempt.json")
    assert list(tmp_path.iterdir()) == []
    files.clear(tmp_path / "absent", first="x")


def test_what_cannot_be_emptied_loses_first_what_vouches_for_the_rest(tmp_path: Path) -> None:
    (tmp_path / "attempt.json").write_text("x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot replace"):
        files.clear(tmp_path, first="attempt.json")
    assert not (tmp_path / "attempt.json").exists()
