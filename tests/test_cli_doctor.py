from __future__ import annotations

import re
from pathlib import Path

import pytest

from swebench_lite.settings import default_table
from tests.test_cli import NO_ENGINE, Cli, needs_node


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path, tmp_path / "cache")


def test_every_check_has_a_state_and_failures_have_advice(cli: Cli) -> None:
    document = cli.process("doctor", "--json").document
    assert {one["state"] for one in document["checks"]} <= {"ok", "warn", "fail"}
    assert [one for one in document["checks"] if one["state"] == "fail" and not one["advice"]] == []
    assert document["limits"] == dict(default_table())


def test_without_any_sandbox_it_ends_with_1(cli: Cli) -> None:
    # An empty PATH hides bubblewrap, a wrong address the engine.
    result = cli.process("doctor", PATH=str(cli.folder), DOCKER_HOST=NO_ENGINE)
    assert result.status == 1
    assert "neither docker nor the local sandbox works" in result.err
    assert "fail  sandbox docker" in result.out


def test_a_cache_that_is_a_file_is_said(cli: Cli) -> None:
    (cli.folder / "file").write_text("")
    checks = cli.process("doctor", "--json", "--cache", str(cli.folder / "file" / "cache")).document["checks"]
    assert [one["state"] for one in checks if one["name"] == "cache"] == ["fail"]


@needs_node
def test_a_toolchain_is_told_by_its_own_version(cli: Cli) -> None:
    out = cli.process("doctor").out
    if "sandbox local: bubblewrap works" not in out:
        pytest.skip("bubblewrap does not work here, so that toolchains are not asked")
    (line,) = (line for line in out.splitlines() if "toolchain node" in line)
    assert re.search(r"toolchain node: v\d+\.\d+", line)
