"""The lowest layer: a minimal Debian, from a registry when one answers within seconds, else by debootstrap."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from swebench_lite import scratch
from swebench_lite.engine import LABEL, connect, engine_errors
from swebench_lite.errors import NoEnvironment
from swebench_lite.settings import Settings, tool

_REGISTRY_ANSWER_SECONDS = 8
_DEBOOTSTRAP_SECONDS = 1200


def start_image(suite: str, settings: Settings, progress: Callable[[str], None]) -> str:
    """The id of the minimal image of a Debian release, got once and kept under ``swebench-lite/debian:<suite>``.

    Raises NoEnvironment, with every way that was tried, when there is none.
    """
    import docker.errors
    from filelock import FileLock

    tag = f"swebench-lite/debian:{suite}"
    locks = settings.cache / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / f"debian-{suite}.lock"), engine_errors(f"getting Debian {suite}"):
        try:
            return str(connect().api.inspect_image(tag)["Id"])
        except docker.errors.ImageNotFound:
            pass
        if settings.offline:
            raise NoEnvironment(f"image {tag} is not here and --offline forbids making it; run once without --offline")
        tried: list[str] = []
        if _pulled(suite, tag, progress, tried) or _bootstrapped(suite, tag, settings, progress, tried):
            return str(connect().api.inspect_image(tag)["Id"])
    raise NoEnvironment(f"no Debian {suite} image is to be had: {'; '.join(tried)}")


def _pulled(suite: str, tag: str, progress: Callable[[str], None], tried: list[str]) -> bool:
    import docker
    import docker.errors
    import requests.exceptions

    reference = f"debian:{suite}-slim"
    progress(f"asking the registry for {reference}")
    impatient = docker.from_env(timeout=_REGISTRY_ANSWER_SECONDS)
    try:
        # Asked first with little patience: a pull from a registry that hangs would wait for minutes.
        impatient.api.inspect_distribution(reference)
        connect().images.pull("debian", tag=f"{suite}-slim").tag(*tag.split(":"))
    except (docker.errors.DockerException, requests.exceptions.RequestException) as error:
        tried.append(f"the registry did not give {reference} ({str(error).splitlines()[0][:120]})")
        return False
    finally:
        impatient.close()
    return True


def _bootstrapped(suite: str, tag: str, settings: Settings, progress: Callable[[str], None], tried: list[str]) -> bool:
    debootstrap = tool("debootstrap", settings) or shutil.which("debootstrap", path="/usr/sbin:/sbin")
    if debootstrap is None:
        tried.append("debootstrap is not installed (Debian: apt-get install debootstrap)")
        return False
    if os.geteuid() != 0:
        tried.append("debootstrap needs root")
        return False
    progress(f"bootstrapping Debian {suite}")
    with scratch.folder("debian") as folder:
        command = [debootstrap, "--variant=minbase", suite, folder, settings.debian_mirror]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_DEBOOTSTRAP_SECONDS)
        except subprocess.TimeoutExpired:
            tried.append(f"debootstrap was not done after {_DEBOOTSTRAP_SECONDS} s")
            return False
        if done.returncode:
            last = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:]
            tried.append(f"debootstrap failed ({' '.join(last)[:200]})")
            return False
        _import(Path(folder), tag)
    return True


def _import(folder: Path, tag: str) -> None:
    excluded = ("./var/cache/apt/archives/*.deb", "./var/lib/apt/lists/*", "./dev/*", "./proc/*", "./sys/*")
    command = ["tar", "-C", str(folder), *(f"--exclude={name}" for name in excluded), "-c", "."]
    repository, _, version = tag.partition(":")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as archive:
        connect().api.import_image_from_stream(archive.stdout, repository=repository, tag=version,
                                               changes=[f"LABEL {LABEL}=1", 'CMD ["/bin/sh"]'])  # fmt: skip
