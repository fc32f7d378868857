from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from swebench_lite import __version__
from swebench_lite.cli import main
from swebench_lite.settings import PACKAGE

# Its tests take a fifth of a second and need nothing but Node.
QUICK = "own__jobqueue-1"
NO_ENGINE = "unix:///nowhere.sock"
LOCAL = ("--sandbox", "local", "--unsafe-local")
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="the quick instance is written for Node")


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Cli:
    """The command line in a folder of its own, in this process."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder, self.cache = folder, cache

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SWEBENCH_LITE_")}
        # Child processes run in folders where an uninstalled package would not be found.
        kept["PYTHONPATH"] = str(PACKAGE.parent)
        return {**kept, "SWEBENCH_LITE_CACHE": str(self.cache), "SWEBENCH_LITE_OFFLINE": "1", "COLUMNS": "160"}

    def __call__(self, *arguments: str, **variables: str) -> Result:
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, {**self.environ, **variables}, clear=True),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = main(arguments)
        return Result(status, out.getvalue(), err.getvalue())

    def process(self, *arguments: str, **variables: str) -> Result:
        """The same in a process of its own, for what leaves traces in this one, as a search for an engine does."""
        command = [sys.executable, "-m", "swebench_lite", *arguments]
        environ = {**self.environ, **variables}
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)
        return Result(done.returncode, done.stdout, done.stderr)

    def gold(self, run_id: str, *more: str) -> Result:
        """A finished run of the quick instance's reference patch."""
        return self("eval", "own", "-p", "gold", "-i", QUICK, *LOCAL, "--run-id", run_id, *more)


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def test_the_version_is_printed_alone(cli: Cli) -> None:
    assert cli("--version") == Result(0, f"swebench-lite {__version__}\n", "")


def test_help_names_every_command(cli: Cli) -> None:
    listed = cli("--help").out
    groups = (
        "demo",
        "run",
        "eval",
        "check",
        "regrade",
        "report",
        "doctor",
        "clean",
        "runs",
        "images",
        "instances",
        "repos",
    )
    assert [name for name in groups if f"\n  {name} " not in listed] == []


def test_help_imports_no_heavy_library() -> None:
    heavy = ("datasets", "pyarrow", "docker", "git", "rich", "openai", "pandas", "numpy", "sqlite3")
    code = (
        "import sys; from swebench_lite.cli import main; main(['--help']); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "swebench_lite", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"swebench-lite {__version__}\n"


def test_an_unknown_command_is_a_usage_error(cli: Cli) -> None:
    result = cli("evaluate")
    assert (result.status, result.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("eval", "own", "-p", "gold", "--sandbox", "dokcer"), "did you mean 'docker'?"),
        (("run", "own", "-m", "golld", *LOCAL), "did you mean 'gold'?"),
        (("run", "own", "-m", "gold", "--arms", "hranessed", *LOCAL), "did you mean 'harnessed'?"),
        (("eval", "ownn", "-p", "gold", *LOCAL), "did you mean 'own'?"),
        (("eval", "own", "-p", "gold", "-i", "own__jobqueu-1", *LOCAL), "did you mean 'own__jobqueue-1'?"),
        (("images", "build", "pyhton"), "did you mean 'python'?"),
    ],
)
def test_a_name_that_is_not_known_ends_with_2_and_the_near_miss(
    cli: Cli, arguments: tuple[str, ...], hint: str
) -> None:
    result = cli(*arguments)
    assert result.status == 2
    assert hint in result.err


def test_an_error_is_one_line_on_standard_error_and_leaves_standard_output_empty(cli: Cli) -> None:
    result = cli("eval", "own", "-p", "gold", "-i", "nobody", "--json", *LOCAL)
    assert result.out == ""
    assert result.err.startswith("error: unknown instance 'nobody'")
    assert result.err.count("\n") == 1


def test_control_characters_in_a_name_do_not_reach_the_terminal(cli: Cli) -> None:
    result = cli("runs", "show", "evil\x1b[2J\nname")
    assert result.status == 2
    assert "\x1b" not in result.err


def test_a_bad_variable_is_a_usage_error(cli: Cli) -> None:
    result = cli("doctor", SWEBENCH_LITE_WORKERS="many")
    assert result.status == 2
    assert "SWEBENCH_LITE_WORKERS='many'" in result.err


def test_no_engine_at_the_start_ends_with_1_and_leaves_no_run(cli: Cli) -> None:
    arguments = ("eval", "own", "-p", "gold", "-i", QUICK, "--sandbox", "docker")
    result = cli.process(*arguments, DOCKER_HOST=NO_ENGINE)
    assert result.status == 1
    assert "no container engine answers" in result.err
    assert "install and start one" in result.err
    assert not cli.runs.exists()


@pytest.mark.parametrize("group", ["", "instances", "tasks", "images", "models", "repos", "runs"])
def test_no_sentence_is_cut_in_a_list_of_commands(cli: Cli, group: str) -> None:
    listed = cli(*group.split(), "--help", COLUMNS="100").out.partition("Commands:")[2]
    assert listed.strip()
    assert "..." not in listed
