from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import InfraError
from swebench_lite.sandbox.output import CappedOutput

PIECES = st.lists(st.binary(max_size=60), max_size=30)


def _through(pieces: list[bytes], limit: int) -> tuple[bytes, bool]:
    with tempfile.TemporaryDirectory() as folder, CappedOutput(Path(folder) / "out", limit) as output:
        for piece in pieces:
            output.write(piece)
        return output.read(), output.truncated


@given(PIECES, st.integers(min_value=2, max_value=200))
def test_head_and_tail_survive_however_the_output_is_cut(pieces: list[bytes], limit: int) -> None:
    whole = b"".join(pieces)
    kept, truncated = _through(pieces, limit)
    assert truncated is (len(whole) > limit)
    if not truncated:
        assert kept == whole
        return
    head, tail = limit // 2, limit - limit // 2
    notice = f"\n[... {len(whole) - limit:,} bytes left out here; head and tail are kept ...]\n".encode()
    assert kept == whole[:head] + notice + whole[-tail:]


@given(PIECES, st.integers(min_value=2, max_value=200))
def test_the_file_never_grows_beyond_the_limit(pieces: list[bytes], limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out"
        with CappedOutput(path, limit) as output:
            for piece in pieces:
                output.write(piece)
                output.read()
                assert path.stat().st_size <= limit


def test_reading_does_not_end_writing(tmp_path: Path) -> None:
    with CappedOutput(tmp_path / "out", 100) as output:
        output.write(b"one ")
        assert output.read() == b"one "
        output.write(b"two")
        assert output.read() == b"one two"


def test_the_file_is_gone_afterwards_even_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(LookupError), CappedOutput(tmp_path / "out", 100):
        raise LookupError
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_with_the_folder_and_leaves_no_file(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no device that is always full")
    link = tmp_path / "out"
    link.symlink_to(full)
    with CappedOutput(link, 1 << 20) as output:
        output.write(b"x" * 100)
        with pytest.raises(InfraError, match=f"output in {tmp_path}: No space left"):
            output.read()
    assert not link.is_symlink()
