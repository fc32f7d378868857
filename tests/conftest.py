"""What several test modules share: settings that touch nothing of the user's, and an engine where there is one."""

from __future__ import annotations

import os
import signal
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from swebench_lite.environments import Resources, bases, host, images
from swebench_lite.errors import EngineDown, NoEnvironment, UsageError
from swebench_lite.load import load
from swebench_lite.records import Instance
from swebench_lite.sandbox import open_sandbox
from swebench_lite.settings import Settings, read_settings


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Several workers take a file at a time, and one of them all the files that use the engine, one after the other.

    So what a module or the session makes once is made once, and no two tests build the same image.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Lanes(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "engine" if file in engine_files else file

    root = config.rootpath
    engine_files = {
        file.relative_to(root).as_posix()
        for file in (root / "tests").rglob("test_*.py")
        if "pytest.mark.engine" in file.read_text(encoding="utf-8")
    }
    return Lanes(config, log)


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A shell that starts the tests in the background has them ignore interrupts, and whatever they start inherits that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the whole session: what is dear to make (a virtual environment, images' logs) is made once."""
    return tmp_path_factory.mktemp("shared-cache")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A cache of the test's own, offline; this machine's PATH and home, for its toolchains."""
    return read_settings(machine(tmp_path / "cache"), directory=tmp_path, offline=True)


@pytest.fixture(scope="session")
def shared_settings(shared_cache: Path) -> Settings:
    """Offline, with the session's cache."""
    return read_settings(machine(shared_cache), directory=shared_cache, offline=True)


@pytest.fixture(scope="session")
def engine() -> object:
    """The engine's client; skips where none answers."""
    from swebench_lite.engine import connect

    try:
        return connect()
    except EngineDown as error:
        pytest.skip(f"no container engine: {error}")


@pytest.fixture(scope="session")
def image(engine: object, shared_cache: Path) -> str:
    """A small image with sh, bash, git and patch: the project's own base image, built where it is not here yet."""
    online = read_settings(machine(shared_cache), directory=shared_cache)
    recipe = bases.debian()
    try:
        images.ensure(recipe, Resources(settings=online, checkout=lambda _repo, _commit: nullcontext(shared_cache)))
    except NoEnvironment as error:
        pytest.skip(f"no base image: {error}")
    return recipe.tag


@pytest.fixture
def local_settings(settings: Settings, shared_cache: Path) -> Settings:
    """The local sandbox with a cache of the test's own; only its Python, dear to make, is the session's.

    Skips where bubblewrap does not work, or where no package index gives pytest.
    """
    online = read_settings(machine(shared_cache), directory=shared_cache)
    try:
        open_sandbox("local", settings)
        host.environment(Instance(instance_id="any"), online)
    except (NoEnvironment, UsageError) as error:
        pytest.skip(f"no local sandbox: {error}")
    settings.cache.mkdir(parents=True)
    (settings.cache / "host").symlink_to(shared_cache / "host")
    return replace(settings, sandbox="local", limits=replace(settings.limits, timeout=60.0))


@pytest.fixture(scope="session")
def own_instances() -> dict[str, Instance]:
    """Our own repository instances by id."""
    dataset = load("own", settings=read_settings({}, directory=Path(), offline=True))
    return {one.instance_id: one for one in dataset.instances}


def machine(cache: Path) -> dict[str, str]:
    """The variables of this machine that tests may see, with a cache of their own."""
    kept = ("PATH", "HOME", "SSL_CERT_FILE", "SWEBENCH_LITE_DEBIAN")
    return {"SWEBENCH_LITE_CACHE": str(cache), **{name: os.environ[name] for name in kept if name in os.environ}}
