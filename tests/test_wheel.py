"""An installed wheel works outside a checkout: the instances come along and their histories survive packing."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from swebench_lite.settings import PACKAGE
from tests.test_cli import LOCAL, needs_node


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked and compiled wheel, as an installer leaves it; skips where it cannot be built."""
    uv = pytest.importorskip("uv")
    folder = tmp_path_factory.mktemp("wheel")
    command = [uv.find_uv_bin(), "build", "--wheel", "--no-progress", "--out-dir", str(folder), str(PACKAGE.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode and "build-system.requires" in done.stderr:
        pytest.skip(f"the build backend cannot be had: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    # An installer unpacks, loses links and modes, and compiles whatever ends in .py.
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    compileall.compile_dir(folder / "site", quiet=2)
    (folder / "empty").mkdir()
    return folder


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SWEBENCH_LITE_")}
    environ |= {"PYTHONPATH": str(installed / "site"), "SWEBENCH_LITE_CACHE": str(installed / "cache")}
    command = [sys.executable, "-m", "swebench_lite", *arguments]
    return subprocess.run(command, cwd=installed / "empty", env=environ, capture_output=True, text=True, check=False)


def test_the_wheel_brings_every_instance_and_the_subsets(installed: Path) -> None:
    bundled = installed / "site" / "swebench_lite" / "_bundled" / "instances"
    source = PACKAGE.parent / "instances"
    assert {path.parent.name for path in bundled.glob("own/*/instance.json")} == {
        path.parent.name for path in source.glob("own/*/instance.json")
    }
    assert {path.name for path in bundled.glob("*.txt")} == {path.name for path in source.glob("*.txt")}


def test_an_installed_package_lists_its_instances_from_an_empty_folder(installed: Path) -> None:
    done = run(installed, "instances", "list", "own", "--json")
    assert done.returncode == 0, done.stderr
    assert "own__jobqueue-1" in done.stdout


@needs_node
def test_an_installed_package_imports_histories_and_runs_tests(installed: Path) -> None:
    """Every history is imported from what the wheel holds, and must give the commits that the instances name."""
    done = run(installed, "check", "own", "--language", "node", *LOCAL, "--offline", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0, document
    assert document["summary"]["valid"] == document["summary"]["total"] > 0


def test_the_wheel_brings_the_whole_catalog_and_nothing_that_tools_left(installed: Path) -> None:
    bundled, source = installed / "site" / "swebench_lite" / "_bundled" / "tasks", PACKAGE.parent / "tasks"
    there = {path.relative_to(bundled) for path in bundled.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    wanted = {
        path.relative_to(source) for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert there == wanted


def test_an_installed_package_starts_a_task(installed: Path) -> None:
    done = run(installed, "tasks", "new", "rust_feature_first", "--language", "rust", "--json")
    assert done.returncode == 0, done.stderr
    assert (installed / "empty" / "rust_feature_first" / "metadata.json").is_file()


@needs_node
def test_an_installed_package_checks_a_task(installed: Path) -> None:
    done = run(installed, "check", "tasks", "-i", "javascript_bugfix_titlecase", *LOCAL, "--offline", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
