"""One pass over the whole catalog: every solution passes, every untouched workspace and wrong answers fail."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TypeGuard

import pytest

from swebench_lite.backends import Backends
from swebench_lite.catalog import read_catalog
from swebench_lite.cli.checking import check_all
from swebench_lite.environments import host_candidate
from swebench_lite.errors import EngineDown, NoEnvironment, UsageError
from swebench_lite.folders import instance_of
from swebench_lite.records import Instance, Outcome
from swebench_lite.reports.check import CheckRow
from swebench_lite.sandbox import open_sandbox
from swebench_lite.settings import Settings, bundled, read_settings
from swebench_lite.wrong_answers import answer_places
from tests.conftest import machine

ANSWERS = Path(__file__).parent / "task_answers"
TASKS = read_catalog(bundled("tasks")).tasks
pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def where(shared_cache: Path) -> Settings:
    """Containers where an engine answers, else this machine's own toolchains behind bubblewrap."""
    from swebench_lite.engine import connect

    try:
        connect()
        return read_settings(machine(shared_cache), directory=shared_cache)
    except EngineDown:
        settings = read_settings(machine(shared_cache), directory=shared_cache, sandbox="local")
    try:
        open_sandbox("local", settings)
    except UsageError as error:
        pytest.skip(f"neither an engine nor bubblewrap: {error}")
    return settings


@pytest.fixture(scope="module")
def rows(
    where: Settings, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, CheckRow | str]:
    """The row of every task that was asked for, or why it cannot be checked here; all in one go, two at a time."""
    asked = {item.callspec.params["task_id"] for item in request.session.items if _is_ours(item)}
    instances = [instance_of(task, where) for task in TASKS if task.task_id in asked]
    lacking = {one.instance_id: why for one in instances if (why := _lacking(one, where))}
    here = [one for one in instances if one.instance_id not in lacking]
    answers = tmp_path_factory.mktemp("answers")
    for one in here:
        for place in answer_places(ANSWERS, one.instance_id)[: _tried(one)]:
            shutil.copytree(place, answers / one.instance_id / place.name)
    with Backends(settings=where) as backends:
        report = check_all(here, backends, answers=answers)
    return {**lacking, **{row.instance_id: row for row in report.rows}}


def _tried(instance: Instance) -> int:
    """How many wrong answers are tried here: fewer where each is compiled. `check tasks` and scripts/stress try them all."""
    return 1 if instance.language in {"cpp", "go", "rust"} else 3


def _is_ours(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return isinstance(item, pytest.Function) and item.path == Path(__file__)


def _lacking(instance: Instance, where: Settings) -> str:
    if where.sandbox != "local":
        return ""
    try:
        host_candidate(instance, where).make()
    except NoEnvironment as error:
        return str(error)
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("task_id", [one.task_id for one in TASKS])
def test_the_tests_of_a_task_tell_right_from_wrong(task_id: str, rows: Mapping[str, CheckRow | str]) -> None:
    row = rows[task_id]
    if isinstance(row, str):
        pytest.skip(row)
    assert row.valid, row.reason
    assert (row.gold, row.null) == (Outcome.RESOLVED, Outcome.UNRESOLVED)
    assert len(row.answers) in {1, 3}
    assert all(one.outcome is Outcome.UNRESOLVED and one.passed and not one.complaint for one in row.answers)
