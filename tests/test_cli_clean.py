from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import NO_ENGINE, Cli, needs_node


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path, tmp_path / "cache")


def counts(cli: Cli, *flags: str) -> dict[str, int]:
    cleaned = cli.process("clean", *flags, "--json", DOCKER_HOST=NO_ENGINE).document["cleaned"]
    return {one["what"]: one["count"] for one in cleaned}


@needs_node
def test_executions_and_checkouts_go_and_runs_stay(cli: Cli) -> None:
    cli.gold("kept")
    flags = ("--executions", "--checkouts")
    assert counts(cli, *flags, "--dry-run")["executions"] == 2
    assert counts(cli, *flags) == {"containers": None, "executions": 2, "checkouts": 1}
    assert counts(cli, *flags) == {"containers": None, "executions": 0, "checkouts": 0}
    assert (cli.runs / "kept" / "run.json").is_file()


def test_a_missing_engine_is_a_remark_unless_images_were_asked_for(cli: Cli) -> None:
    assert cli.process("clean", DOCKER_HOST=NO_ENGINE).status == 0
    result = cli.process("clean", "--images", DOCKER_HOST=NO_ENGINE)
    assert result.status == 1
    assert "warning: images: no container engine answers" in result.err
