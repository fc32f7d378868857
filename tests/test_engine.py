from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker.errors
import pytest
import requests.exceptions
import urllib3.exceptions

from swebench_lite.engine import LABEL, describe, engine_errors, lease
from swebench_lite.errors import EngineDown, InfraError, NoEnvironment

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def container(engine: Any, image: str) -> Iterator[Callable[..., str]]:
    """Makes containers with given labels, none of them started; removes what the test leaves."""
    made: list[str] = []

    def make(**labels: str) -> str:
        named = {f"{LABEL}.{name}": value for name, value in labels.items()}
        one = engine.api.create_container(image, ["true"], labels={LABEL: "1", "swebench-lite-test": "1", **named})
        made.append(one["Id"])
        return str(one["Id"])

    yield make
    for each in made:
        lease.remove(each)


def _there(engine: Any, container_id: str) -> bool:
    try:
        engine.api.inspect_container(container_id)
    except docker.errors.NotFound:
        return False
    return True


def _labelled(engine: Any, label: str, *, running: bool = False) -> list[str]:
    return [each["Id"] for each in engine.api.containers(all=not running, filters={"label": [label]})]


def _eventually(holds: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


def _dead_pid() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


@pytest.mark.engine
def test_the_engine_tells_what_it_is(engine: object) -> None:
    told = describe()
    assert set(told) == {"version", "driver", "architecture", "cgroups", "containers", "root"}
    assert told["version"][0].isdigit()


@pytest.mark.engine
def test_labels_name_owner_and_deadline(engine: object) -> None:
    labels = lease.labels(lifetime=100)
    assert labels[LABEL] == "1"
    assert labels[f"{LABEL}.owner"].endswith(f":{os.getpid()}")
    assert 100 < int(labels[f"{LABEL}.deadline"]) - time.time() < 1000
    assert labels[f"{LABEL}.lease"] == lease.lease()


@pytest.mark.engine
def test_a_sweep_takes_what_nobody_owns_and_nothing_else(engine: Any, container: Callable[..., str]) -> None:
    mine = {name.partition(".")[2]: value for name, value in lease.labels(lifetime=100).items() if "." in name}
    machine = mine["owner"].rpartition(":")[0]
    future, past = str(int(time.time()) + 1000), str(int(time.time()) - 1)
    orphan = container(owner=f"{machine}:{_dead_pid()}", deadline=future)
    late = container(**{**mine, "deadline": past})
    own = container(**mine)
    elsewhere = container(owner=f"another-machine:{_dead_pid()}", deadline=future)
    by_hand = container()
    assert lease.sweep() >= 2
    assert [_there(engine, each) for each in (orphan, late, own, elsewhere, by_hand)] == [
        False,
        False,
        True,
        True,
        True,
    ]


@pytest.mark.engine
def test_a_process_of_another_namespace_is_not_taken_for_dead(engine: object, container: Callable[..., str]) -> None:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    neighbour = container(owner=f"{boot}/pid:[1]:{_dead_pid()}", deadline=str(int(time.time()) + 1000))
    lease.sweep()
    assert _there(engine, neighbour)


@pytest.mark.engine
def test_removing_twice_is_removing_once(engine: Any, container: Callable[..., str]) -> None:
    one = container()
    lease.remove(one)
    lease.remove(one)
    assert not _there(engine, one)


@pytest.mark.engine
def test_removing_mine_leaves_the_others(engine: Any, container: Callable[..., str]) -> None:
    mine, other = container(lease=lease.lease()), container(lease="another")
    assert lease.remove_mine() >= 1
    assert [_there(engine, each) for each in (mine, other)] == [False, True]


# What a harness does while it is killed: one job that sleeps longer than anyone waits.
_HARNESS = """
import sys, pathlib
from swebench_lite.records import Environment, Limits
from swebench_lite.sandbox import Job, open_sandbox
from swebench_lite.settings import read_settings
with open_sandbox("docker", read_settings()) as sandbox:
    job = Job(environment=Environment(digest="x", rung="test", image=sys.argv[1]), script=sys.argv[3], name=sys.argv[2])
    sandbox.run(job, scratch=pathlib.Path(sys.argv[4]))
"""


def _harness(image: str, name: str, script: str, scratch: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _HARNESS, image, name, script, str(scratch)], cwd=ROOT)


@pytest.mark.engine
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_containers_go_with_their_harness_however_it_dies(engine: Any, image: str, tmp_path: Path, how: int) -> None:
    name = f"killed-{os.getpid()}-{how}"
    label = f"{LABEL}.job={name}"
    with _harness(image, name, "sleep 600", tmp_path) as process:
        assert _eventually(lambda: bool(_labelled(engine, label, running=True)), 30)
        process.send_signal(how)
        process.wait()
    assert _eventually(lambda: not _labelled(engine, label), 60)


@pytest.mark.engine
def test_a_harness_that_ends_in_order_leaves_nothing_and_waits_for_nothing(
    engine: Any, image: str, tmp_path: Path
) -> None:
    name = f"ended-{os.getpid()}"
    begun = time.monotonic()
    with _harness(image, name, "true", tmp_path) as process:
        assert process.wait(timeout=60) == 0
    assert _labelled(engine, f"{LABEL}.job={name}") == []
    assert time.monotonic() - begun < 20


@pytest.mark.engine
def test_jobs_leave_no_descriptor_open(engine: object, image: str, shared_settings: Any, tmp_path: Path) -> None:
    from swebench_lite.records import Environment
    from swebench_lite.sandbox import Job, open_sandbox

    job = Job(environment=Environment(digest="x", rung="test", image=image), script="true")
    counts = []
    for _ in range(3):
        with open_sandbox("docker", shared_settings) as sandbox:
            for _ in range(3):
                sandbox.run(job, scratch=tmp_path)
        counts.append(len(list(Path("/proc/self/fd").iterdir())))
    assert counts[-1] <= counts[0]


@pytest.mark.parametrize("host", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:9", "not-an-address://x"])
def test_an_engine_that_is_not_there_is_named_with_what_to_do(host: str) -> None:
    script = (
        "from swebench_lite.engine import connect\nfrom swebench_lite.errors import EngineDown\n"
        "try: connect()\nexcept EngineDown as error: print(error)"
    )
    variables = {**os.environ, "DOCKER_HOST": host}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("no container engine answers (")
    assert all(hint in done.stdout for hint in ("docker.io", "DOCKER_HOST", "--sandbox local"))


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (requests.exceptions.ConnectionError("gone"), EngineDown),
        (urllib3.exceptions.ProtocolError("cut"), EngineDown),
        (ConnectionResetError("reset"), EngineDown),
        (requests.exceptions.ReadTimeout("slow"), InfraError),
        (docker.errors.APIError("no space left"), InfraError),
        (docker.errors.NotFound("container went away"), InfraError),
        (OSError("disk"), InfraError),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_the_clients_errors_become_ours(raised: Exception, expected: type[Exception]) -> None:
    with pytest.raises(InfraError) as caught, engine_errors("doing a thing"):
        raise raised
    assert type(caught.value) is expected
    assert "doing a thing" in str(caught.value)
    assert caught.value.__cause__ is raised


@pytest.mark.parametrize("raised", [NoEnvironment("no image"), ValueError("a bug"), KeyboardInterrupt()])
def test_what_is_not_the_engines_passes_through(raised: BaseException) -> None:
    with pytest.raises(type(raised)) as caught, engine_errors("doing a thing"):
        raise raised
    assert caught.value is raised


_BUILDER = """
import pathlib, sys
from swebench_lite.environments import Resources, images
from swebench_lite.environments.recipes import Recipe
from swebench_lite.settings import Settings
place = pathlib.Path(sys.argv[2])
images.ensure(
    Recipe(name="test", image=sys.argv[1], script="sleep 600"),
    Resources(settings=Settings(cache=place, runs=place), checkout=None),
)
"""


@pytest.mark.engine
def test_a_build_goes_with_its_harness_too(engine: Any, image: str, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _BUILDER, image, str(tmp_path)], cwd=ROOT) as process:
        label = f"{LABEL}.owner={lease.labels(lifetime=1)[f'{LABEL}.owner'].rpartition(':')[0]}:{process.pid}"
        assert _eventually(lambda: bool(_labelled(engine, label, running=True)), 30)
        process.kill()
        process.wait()
    assert _eventually(lambda: not _labelled(engine, label), 60)
