"""One suite over every sandbox. A test that leans on a capability runs where the sandbox declares it, and only there."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from swebench_lite.errors import NoEnvironment, UsageError
from swebench_lite.records import Environment, Limits
from swebench_lite.sandbox import SANDBOXES, Capability, Finished, Job, Sandbox, open_sandbox
from swebench_lite.settings import Settings

LIMITS = Limits(timeout=60.0, memory=256 * 1024**2, cpus=2.0, processes=128, output=1024**2)
KINDS = (pytest.param("docker", marks=pytest.mark.engine), "bubblewrap", "unsafe")


class Bench:
    """A sandbox under test, with what a job for it needs."""

    def __init__(self, sandbox: Sandbox, kind: str, environment: Environment, tree: Path, scratch: Path) -> None:
        self.sandbox, self.kind, self.environment, self.tree, self.scratch = sandbox, kind, environment, tree, scratch

    def job(self, script: str, *files: tuple[str, bytes], **limits: float) -> Job:
        """A job in this sandbox's environment."""
        return Job(
            environment=self.environment,
            script=f"exec 2>&1\n{script}\n",
            files=files,
            limits=replace(LIMITS, **limits),
            tree=self.tree,
        )

    def run(self, script: str, *files: tuple[str, bytes], **limits: float) -> Finished:
        """Run a script to its end."""
        return self.sandbox.run(self.job(script, *files, **limits), scratch=self.scratch)

    def needs(self, capability: Capability) -> None:
        """Skip where the sandbox makes no such promise."""
        if capability not in self.sandbox.capabilities:
            pytest.skip(f"{self.kind} does not declare: {capability}")


@pytest.fixture(scope="module", params=KINDS)
def bench(
    request: pytest.FixtureRequest, shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """Each sandbox in turn."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "tree").mkdir()
    (folder / "tree" / "kept.txt").write_text("as it was\n")
    (folder / "scratch").mkdir()
    settings, name, reference = shared_settings, "local", None
    if request.param == "docker":
        reference, name = request.getfixturevalue("image"), "docker"
    elif request.param == "unsafe":
        settings = replace(settings, unsafe_local=True, path=_path_without_bwrap(folder, settings.path))
    try:
        opened = open_sandbox(name, settings)
    except UsageError as error:
        pytest.skip(str(error))
    environment = Environment(
        digest="test", rung="test", image=reference, tree="/testbed" if reference is None else "/tmp"
    )
    with opened as sandbox:
        yield Bench(sandbox, request.param, environment, folder / "tree", folder / "scratch")


def _path_without_bwrap(folder: Path, path: str) -> str:
    """A PATH with the same programs but bubblewrap, so that the sandbox finds none."""
    programs = folder / "programs"
    programs.mkdir()
    for name in (
        "sh",
        "bash",
        "env",
        "cat",
        "sleep",
        "setsid",
        "head",
        "seq",
        "printf",
        "rm",
        "ls",
        "dd",
        "yes",
        "kill",
        "cksum",
        "wc",
        "tail",
        "grep",
        "mkdir",
        "timeout",
    ):
        found = shutil.which(name, path=path)
        if found:
            (programs / name).symlink_to(found)
    return str(programs)


# Where a statement must hold for every byte value.
EVERY_BYTE = bytes(range(256)) * 3


@pytest.mark.parametrize(
    ("script", "status"), [("exit 0", 0), ("exit 3", 3), ("false", 1), ("kill -9 $$", 137), ("kill -15 $$", 143)]
)
def test_the_exit_status_is_passed_on(bench: Bench, script: str, status: int) -> None:
    finished = bench.run(script)
    assert finished.exit_status == status
    assert not finished.timed_out


def test_output_and_errors_arrive_in_the_order_written(bench: Bench) -> None:
    assert bench.run("echo one; echo two >&2; echo three; echo four >&2").output == b"one\ntwo\nthree\nfour\n"


def test_what_is_no_text_arrives_byte_for_byte(bench: Bench) -> None:
    finished = bench.run("cat /@INPUT@/raw", ("raw", EVERY_BYTE))
    assert finished.output == EVERY_BYTE


def test_an_empty_input_file_is_there_and_empty(bench: Bench) -> None:
    finished = bench.run('[ -f /@INPUT@/none ] && [ ! -s /@INPUT@/none ] && echo "there and empty"', ("none", b""))
    assert finished.output == b"there and empty\n"


def test_an_input_of_twenty_megabytes_arrives_whole(bench: Bench) -> None:
    data = secrets.token_bytes(1024) * 20 * 1024
    assert bench.run("cat /@INPUT@/big | cksum", ("big", data)).output.split()[1] == str(len(data)).encode()


def test_the_listener_hears_all_of_a_short_output(bench: Bench) -> None:
    heard: list[bytes] = []
    bench.sandbox.run(bench.job("echo heard"), scratch=bench.scratch, listen=heard.append)
    assert b"".join(heard) == b"heard\n"


def test_a_job_works_on_a_copy_of_the_tree(bench: Bench) -> None:
    if bench.environment.image is not None:
        pytest.skip("the image carries the tree")
    first = bench.run("cd /@TREE@ && cat kept.txt && echo changed > kept.txt && echo new > new.txt && ls")
    second = bench.run("cd /@TREE@ && cat kept.txt && ls")
    assert first.output == b"as it was\nkept.txt\nnew.txt\n"
    assert second.output == b"as it was\nkept.txt\n"
    assert sorted(path.name for path in bench.tree.iterdir()) == ["kept.txt"]


def test_nothing_of_a_job_reaches_the_next(bench: Bench) -> None:
    name = f"left-{secrets.token_hex(8)}"
    where = "/@TREE@"
    assert bench.run(f"echo x > {where}/{name} && ls {where}/{name} > /dev/null").exit_status == 0
    assert bench.run(f"[ ! -e {where}/{name} ]").exit_status == 0


def test_a_long_output_keeps_head_and_tail_and_says_so(bench: Bench) -> None:
    finished = bench.run("echo first; seq 1 300000; echo last", output=64 * 1024)
    assert finished.truncated
    assert finished.output.startswith(b"first\n1\n2\n")
    assert finished.output.endswith(b"300000\nlast\n")
    assert len(finished.output) < 64 * 1024 + 200
    assert b"bytes left out here" in finished.output


def test_two_hundred_megabytes_of_output_leave_memory_flat(bench: Bench) -> None:
    bench.run("echo warm")
    limit = 16 * 1024**2
    with _Watermark() as memory:
        finished = bench.run("yes 0123456789abcdef0123456789abcdef | head -c 200000000", output=limit)
    assert finished.exit_status == 0
    assert finished.truncated
    assert memory.growth < 64 * 1024**2


def test_a_job_ends_at_its_time_limit(bench: Bench) -> None:
    begun = time.monotonic()
    finished = bench.run("echo started; sleep 300", timeout=1.0)
    assert finished.timed_out
    assert finished.exit_status is None
    assert finished.output == b"started\n"
    assert time.monotonic() - begun < 10.0


# Each leaves a process whose arguments carry the mark; all try to outlive the job.
STUBBORN = {
    "ignores the signal to end": "trap '' TERM HUP INT; sh -c 'trap \"\" TERM HUP INT; while :; do sleep {mark}; done'",
    "detaches twice": "setsid sh -c 'setsid sleep {mark} > /dev/null 2>&1 < /dev/null &' & sleep 300",
    "detaches and keeps the output open": "setsid sh -c 'setsid sleep {mark} &' & sleep 300",
    "hides behind nohup": "trap '' HUP; sleep {mark} & sleep 300",
}


@pytest.mark.parametrize("how", STUBBORN)
def test_no_process_outlives_the_time_limit(bench: Bench, how: str) -> None:
    mark = _mark()
    finished = bench.run(STUBBORN[how].format(mark=mark), timeout=1.0)
    assert finished.timed_out
    assert _gone(mark)


def test_a_daemon_neither_holds_its_job_up_nor_outlives_it(bench: Bench) -> None:
    mark = _mark()
    begun = time.monotonic()
    finished = bench.run(f"setsid sh -c 'setsid sleep {mark} &' & sleep 0.3; echo done; exit 5", timeout=100.0)
    assert (finished.exit_status, finished.output) == (5, b"done\n")
    assert time.monotonic() - begun < 15.0
    assert _gone(mark)


def test_a_daemon_without_the_jobs_environment_does_not_hold_it_up(bench: Bench) -> None:
    mark = _mark()
    try:
        begun = time.monotonic()
        finished = bench.run(f"setsid env -i /bin/sleep {mark} & sleep 0.3; echo done", timeout=100.0)
        assert (finished.exit_status, finished.output) == (0, b"done\n")
        assert time.monotonic() - begun < 15.0
        if Capability.PRIVATE_PROCESSES in bench.sandbox.capabilities:
            assert _gone(mark)
    finally:
        _kill(mark)


def test_a_daemon_that_never_stops_writing_does_not_hold_its_job_up(bench: Bench) -> None:
    mark = _mark()
    try:
        begun = time.monotonic()
        script = f"setsid env -i /bin/sh -c 'while :; do echo {mark}; done' & sleep 0.3; exit 4"
        assert bench.run(script, timeout=100.0).exit_status == 4
        assert time.monotonic() - begun < 15.0
    finally:
        _kill(mark)


def test_the_network_is_out_of_reach(bench: Bench) -> None:
    bench.needs(Capability.NO_NETWORK)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert _connects("127.0.0.1", port), "the test's own server must answer outside the sandbox"
        script = _try_connecting("127.0.0.1", port) + _try_connecting("1.1.1.1", 53)
        assert bench.run(script).output == b"refused\nrefused\n"


@pytest.mark.parametrize("name", ["localhost", '"$(uname -n)"'])
def test_a_sandbox_without_a_network_knows_its_own_names(bench: Bench, name: str) -> None:
    bench.needs(Capability.NO_NETWORK)
    assert bench.run(f"getent hosts {name}").output.split()[:1] in ([b"127.0.0.1"], [b"::1"])


def test_the_host_environment_is_not_visible(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = secrets.token_hex(16)
    monkeypatch.setenv("SECRET_OF_THE_HOST", secret)
    finished = bench.run('env; cat /proc/self/environ; echo "[${SECRET_OF_THE_HOST:-unset}]"')
    assert b"[unset]" in finished.output
    assert secret.encode() not in finished.output


def test_the_host_files_are_out_of_reach(bench: Bench, tmp_path: Path) -> None:
    bench.needs(Capability.PRIVATE_FILES)
    secret = secrets.token_hex(16)
    places = [tmp_path / "secret", Path.home() / f".secret-{secrets.token_hex(4)}"]
    try:
        for place in places:
            place.write_text(secret)
        script = "\n".join(f"cat '{place}' && echo READ" for place in places)
        finished = bench.run(f"{script}\ngrep -rs {secret} /tmp /var/tmp && echo READ; true")
        assert b"READ" not in finished.output
    finally:
        places[1].unlink()


def test_password_hashes_of_the_host_are_out_of_reach(bench: Bench) -> None:
    bench.needs(Capability.PRIVATE_FILES)
    shadow = Path("/etc/shadow")
    if not os.access(shadow, os.R_OK):
        pytest.skip("this user could not read them outside either")
    finished = bench.run("cat /etc/shadow")
    assert shadow.read_bytes() not in finished.output or not shadow.read_bytes()


def test_host_files_cannot_be_written(bench: Bench, tmp_path: Path) -> None:
    bench.needs(Capability.PRIVATE_FILES)
    target = Path("/usr") / f"planted-{secrets.token_hex(6)}"
    bench.run(f"echo planted > {target}; mkdir -p '{tmp_path}'; echo planted > '{tmp_path}/planted'")
    assert not target.exists()
    assert list(tmp_path.iterdir()) == []


def test_host_processes_are_out_of_sight(bench: Bench) -> None:
    bench.needs(Capability.PRIVATE_PROCESSES)
    finished = bench.run(
        f"kill -0 {os.getpid()} 2>/dev/null && [ -d /proc/{os.getpid()} ] && cat /proc/{os.getpid()}/cmdline"
    )
    assert b"pytest" not in finished.output


def test_a_job_above_its_memory_limit_is_killed_and_reported(bench: Bench) -> None:
    bench.needs(Capability.MEMORY_LIMIT)
    # One line without an end, which tail must keep whole.
    finished = bench.run("exec tail /dev/zero", memory=128 * 1024**2)
    assert finished.out_of_memory
    assert finished.exit_status == 137
    assert not finished.timed_out


def test_a_job_that_kills_itself_is_not_out_of_memory(bench: Bench) -> None:
    bench.needs(Capability.MEMORY_LIMIT)
    assert not bench.run("kill -9 $$").out_of_memory


def test_a_fork_bomb_stays_within_its_process_limit(bench: Bench) -> None:
    bench.needs(Capability.PROCESS_LIMIT)
    mark = _mark()
    most = 0
    stop = threading.Event()

    def count() -> None:
        nonlocal most
        while not stop.wait(0.1):
            most = max(most, len(_with_argument(mark)))

    counter = threading.Thread(target=count)
    counter.start()
    try:
        finished = bench.run(f"exec bash -c 'while :; do sleep {mark} & done'", timeout=3.0, processes=40)
    finally:
        stop.set()
        counter.join()
    assert 0 < most <= 40
    assert finished.timed_out or finished.exit_status != 0
    assert _gone(mark)
    assert bench.run("echo alive").output == b"alive\n"


def test_a_strangers_script_runs_in_containers_only(bench: Bench) -> None:
    job = replace(bench.job("echo ran"), untrusted_script=True)
    if Capability.IMAGES in bench.sandbox.capabilities:
        assert bench.sandbox.run(job, scratch=bench.scratch).output == b"ran\n"
        return
    with pytest.raises(NoEnvironment, match="--sandbox docker"):
        bench.sandbox.run(job, scratch=bench.scratch)


def test_what_the_sandbox_needs_and_has_not_is_named(bench: Bench) -> None:
    if Capability.IMAGES in bench.sandbox.capabilities:
        missing = replace(
            bench.job("true"), environment=replace(bench.environment, image="swebench-lite/no-such:image")
        )
        nothing = replace(bench.job("true"), environment=replace(bench.environment, image=None))
        with pytest.raises(NoEnvironment, match="swebench-lite/no-such:image is not here"):
            bench.sandbox.run(missing, scratch=bench.scratch)
        with pytest.raises(NoEnvironment, match="needs an image"):
            bench.sandbox.run(nothing, scratch=bench.scratch)
        return
    with pytest.raises(NoEnvironment, match="needs a checkout"):
        bench.sandbox.run(replace(bench.job("true"), tree=None), scratch=bench.scratch)


def test_jobs_side_by_side_do_not_mix(bench: Bench) -> None:
    number = 16 if Capability.IMAGES in bench.sandbox.capabilities else 100

    def one(index: int) -> Finished:
        return bench.run("cat /@INPUT@/number; exit $(( $(cat /@INPUT@/number) % 7 ))", ("number", str(index).encode()))

    with ThreadPoolExecutor(max_workers=8) as pool:
        finished = list(pool.map(one, range(number)))
    assert [(each.output, each.exit_status) for each in finished] == [(str(n).encode(), n % 7) for n in range(number)]


def test_a_job_leaves_no_scratch_file(bench: Bench) -> None:
    bench.run("echo done")
    assert list(bench.scratch.iterdir()) == []


def test_a_listener_that_fails_leaves_no_process(bench: Bench) -> None:
    mark = _mark()

    def fail(_: bytes) -> None:
        raise LookupError("the listener's own")

    with pytest.raises(LookupError):
        bench.sandbox.run(bench.job(f"echo heard; sleep {mark}"), scratch=bench.scratch, listen=fail)
    assert _gone(mark)


def test_an_unknown_sandbox_names_the_near_miss(settings: Settings) -> None:
    with pytest.raises(UsageError, match="unknown sandbox 'dokcer'; did you mean 'docker'"):
        open_sandbox("dokcer", settings)


def test_every_sandbox_is_in_this_suite() -> None:
    assert set(SANDBOXES) == {"docker", "local"}


def test_without_bubblewrap_the_user_must_insist(settings: Settings, tmp_path: Path) -> None:
    bare = replace(settings, path=_path_without_bwrap(tmp_path, settings.path))
    with pytest.raises(UsageError, match=r"install bubblewrap.*--unsafe-local"):
        open_sandbox("local", bare)


def test_bubblewrap_that_does_not_work_counts_as_absent(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(UsageError, match="does not work here"):
        open_sandbox("local", replace(settings, path=str(tmp_path)))


@pytest.mark.parametrize("insisted", [False, True])
def test_interrupting_ends_the_local_jobs_of_this_process(bench: Bench, insisted: bool) -> None:
    from swebench_lite.sandbox.processes import kill_children

    if bench.sandbox.name != "local" or insisted is not (bench.kind == "unsafe"):
        pytest.skip("the other sandbox's test")
    mark = _mark()
    results: list[Finished] = []
    thread = threading.Thread(target=lambda: results.append(bench.run(f"sleep {mark}")))
    thread.start()
    assert _eventually(lambda: bool(_with_argument(mark)))
    kill_children(os.getpid())
    thread.join(timeout=10)
    assert results
    assert results[0].exit_status == 137
    assert _gone(mark)


class _Watermark:
    """How far this process's resident memory rose above where it stood."""

    def __init__(self) -> None:
        self.growth = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> _Watermark:
        self._start = _resident()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            self.growth = max(self.growth, _resident() - self._start)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _mark() -> str:
    """Seconds to sleep that nobody else sleeps: findable among the host's processes, whatever walls there are."""
    return str(100_000_000 + secrets.randbelow(900_000_000))


def _with_argument(mark: str) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if arguments[:2] and mark.encode() in b" ".join(arguments) and b"pytest" not in b" ".join(arguments):
            found.append(int(entry.name))
    return found


def _kill(mark: str) -> None:
    for pid in _with_argument(mark):
        os.kill(pid, 9)


def _gone(mark: str) -> bool:
    return _eventually(lambda: not _with_argument(mark))


def _eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10.0
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def _try_connecting(host: str, port: int) -> str:
    return f"(timeout 5 bash -c 'exec 3<>/dev/tcp/{host}/{port}') 2>/dev/null && echo connected || echo refused\n"


def _connects(host: str, port: int) -> bool:
    with socket.create_connection((host, port), timeout=5):
        return True
