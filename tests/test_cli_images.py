from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import NO_ENGINE, Cli


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path, tmp_path / "cache")


@pytest.mark.engine
def test_our_images_are_listed_and_shown(cli: Cli, image: str) -> None:
    assert image in [one["tag"] for one in cli.process("images", "list", "--json").document["images"]]
    shown = cli.process("images", "show", image, "--json").document
    assert (shown["tag"], shown["lineage"]) == (image, [image])


@pytest.mark.engine
def test_an_image_that_is_not_there_is_a_usage_error(cli: Cli, image: str) -> None:
    result = cli.process("images", "show", f"{image}0")
    assert result.status == 2
    assert f"did you mean '{image}'?" in result.err


@pytest.mark.engine
def test_pruning_dry_removes_nothing_and_keeps_bases(cli: Cli, image: str) -> None:
    gone = cli.process("images", "prune", "--dry-run", "--json").document["removed"]
    assert image not in [one["tag"] for one in gone]
    assert cli.process("images", "show", image).status == 0


def test_languages_and_instances_are_not_built_in_one_go(cli: Cli) -> None:
    result = cli("images", "build", "go", "-i", "own__lruttl-1")
    assert result.status == 2


def test_without_an_engine_images_end_with_1_and_what_to_do(cli: Cli) -> None:
    result = cli.process("images", "list", DOCKER_HOST=NO_ENGINE)
    assert result.status == 1
    assert "install and start one" in result.err
