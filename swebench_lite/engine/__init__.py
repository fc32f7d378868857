"""The container engine: one connection, its errors in our words, and leases so that nothing leaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from swebench_lite.errors import EngineDown, InfraError

# Every container and image of ours carries this label; sweeps look at nothing else.
LABEL = "swebench-lite"
INSTALL_HINT = (
    "install and start one (Debian: apt-get install docker.io; elsewhere Docker Desktop or Podman with its Docker socket), "
    "point DOCKER_HOST at one, or use --sandbox local for tasks and your own instances"
)

_lock = threading.Lock()
_client: Any = None


def connect() -> Any:
    """The process's one client (docker.DockerClient), checked to be alive when it is first made.

    Raises EngineDown, with what to do, when no engine answers.
    """
    global _client  # noqa: PLW0603 - one connection pool per process, made late so that --help needs no engine
    with _lock:
        if _client is None:
            import docker

            try:
                client = docker.from_env(timeout=120, max_pool_size=64)
                client.ping()
            except Exception as error:
                raise EngineDown(f"no container engine answers ({_first_line(error)}); {INSTALL_HINT}") from error
            _client = client
    return _client


def forget() -> None:
    """Drop the connection, so that the next use connects anew (after a fork, or when the engine was restarted)."""
    global _client  # noqa: PLW0603 - see connect
    with _lock:
        _client = None


@contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """Turn the client library's errors into ours: EngineDown when it does not answer, else InfraError.

    doing: what was being done, for the message.
    """
    import docker.errors
    import requests.exceptions
    import urllib3.exceptions

    try:
        yield
    except (requests.exceptions.ConnectionError, urllib3.exceptions.HTTPError, ConnectionError) as error:
        forget()
        raise EngineDown(
            f"the container engine went away while {doing} ({_first_line(error)}); {INSTALL_HINT}"
        ) from error
    except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as error:
        raise InfraError(f"the container engine failed while {doing}: {_first_line(error)}") from error


@contextmanager
def attached(container: str) -> Iterator[Iterator[bytes]]:
    """What a container prints, from now on, in pieces as they arrive; its connection is closed in the end.

    To be entered before the container is started, so that not one byte is missed.
    """
    import docker.errors

    stream = connect().api.attach(container, stdout=True, stderr=True, stream=True, logs=False)
    try:
        yield stream
    finally:
        # The stream's own close() leaves the descriptor to the garbage collector; its response's does not.
        with suppress(OSError, docker.errors.DockerException):
            getattr(stream, "_response", stream).close()


def describe() -> dict[str, str]:
    """What the engine says of itself: version, storage driver, architecture, cgroup version. Raises EngineDown."""
    client = connect()
    with engine_errors("asking for its version"):
        info = client.info()
    return {
        "version": str(info.get("ServerVersion", "?")),
        "driver": str(info.get("Driver", "?")),
        "architecture": str(info.get("Architecture", "?")),
        "cgroups": str(info.get("CgroupVersion", "1")),
        "containers": str(info.get("Containers", "?")),
        "root": str(info.get("DockerRootDir", "?")),
    }


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
