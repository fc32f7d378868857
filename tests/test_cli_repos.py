from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import Cli


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path, tmp_path / "cache")


def make_repository(folder: Path) -> None:
    import git

    with git.Repo.init(folder) as repo:
        (folder / "a.txt").write_text("a\n")
        repo.index.add(["a.txt"])
        author = git.Actor("A", "a@example.org")
        repo.index.commit("first", author=author, committer=author)


def test_a_local_repository_is_kept_and_listed(cli: Cli) -> None:
    make_repository(cli.folder / "clone")
    assert cli("repos", "add", "me/thing", "--from", "clone").status == 0
    assert "me/thing" in [one["repo"] for one in cli("repos", "list", "--json").document["repos"]]


def test_a_folder_that_is_no_repository_is_a_usage_error(cli: Cli) -> None:
    result = cli("repos", "add", "me/thing", "--from", ".")
    assert result.status == 2
    assert "is not a git directory" in result.err


def test_a_name_without_an_owner_is_a_usage_error(cli: Cli) -> None:
    assert cli("repos", "add", "thing", "--from", ".").status == 2
