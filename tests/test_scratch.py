"""Temporary folders: removed at the end of their block, and swept when their owner was killed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from swebench_lite import scratch


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_folder_is_gone_after_its_block() -> None:
    with scratch.folder("run") as name:
        assert Path(name).is_dir()
    assert not Path(name).exists()


def test_the_folder_of_a_killed_process_is_swept(tmp_path: Path) -> None:
    code = f"import os, tempfile; tempfile.tempdir = {str(tmp_path)!r}; from swebench_lite import scratch\n"
    code += "kept = scratch.folder('job'); open(kept.name + '/tree', 'w').close(); print(kept.name, flush=True)\n"
    code += "os.kill(os.getpid(), 9)"
    left = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    assert (Path(left) / "tree").is_file()
    assert scratch.sweep() == 1
    assert not Path(left).exists()


def test_folders_of_living_processes_and_of_strangers_stay(tmp_path: Path) -> None:
    (tmp_path / "swebench-lite-run-notanumber-x").mkdir()
    (tmp_path / "swebench-lite-notes").mkdir()
    with scratch.folder("run") as name:
        assert scratch.sweep() == 0
        assert Path(name).is_dir()
    assert (tmp_path / "swebench-lite-notes").is_dir()
