from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli import Cli, needs_node

pytestmark = needs_node


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    made = Cli(tmp_path, shared_cache)
    assert made.gold("r1").status == 0
    return made


def attempt_file(cli: Cli) -> Path:
    (file,) = (cli.runs / "r1").glob("attempts/*/*/*/*/attempt.json")
    return file


def forge(cli: Cli) -> None:
    file = attempt_file(cli)
    document = json.loads(file.read_text())
    document["verdict"]["outcome"] = "UNRESOLVED"
    file.write_text(json.dumps(document))


def test_the_same_evidence_gives_the_same_verdict(cli: Cli) -> None:
    result = cli("regrade", "r1", "--json")
    assert result.document["summary"] == {"attempts": 1, "regraded": 1, "changed": 0}


def test_a_changed_verdict_is_shown_and_written_with_its_evidence(cli: Cli) -> None:
    names = sorted(path.name for path in attempt_file(cli).parent.iterdir())
    forge(cli)
    (change,) = cli("regrade", "r1", "--json").document["changed"]
    assert (change["before"]["outcome"], change["after"]["outcome"]) == ("UNRESOLVED", "RESOLVED")
    assert json.loads(attempt_file(cli).read_text())["verdict"]["outcome"] == "RESOLVED"
    assert sorted(path.name for path in attempt_file(cli).parent.iterdir()) == names


def test_a_dry_run_writes_nothing(cli: Cli) -> None:
    forge(cli)
    result = cli("regrade", "r1", "--dry-run")
    assert "1 verdicts changed; nothing was written" in result.out
    assert json.loads(attempt_file(cli).read_text())["verdict"]["outcome"] == "UNRESOLVED"


def test_changed_evidence_changes_the_verdict(cli: Cli) -> None:
    log = attempt_file(cli).parent / "test_output.txt"
    log.write_text(log.read_text().replace("ok ", "not ok ").replace("# pass", "# fail"))
    (change,) = cli("regrade", "r1", "--json").document["changed"]
    assert change["after"]["resolved"] is False


def test_an_attempt_without_evidence_keeps_its_verdict(cli: Cli) -> None:
    (attempt_file(cli).parent / "execution.json").unlink()
    result = cli("regrade", "r1")
    assert "0 attempts graded again, 1 have no evidence" in result.out


def test_damaged_evidence_is_warned_of_and_keeps_its_verdict(cli: Cli) -> None:
    (attempt_file(cli).parent / "instance.json").write_text("{torn")
    result = cli("regrade", "r1", "--json")
    assert result.document["summary"]["regraded"] == 0
    assert "keeps its verdict" in result.err
