"""The host's own toolchain as an environment, for the local sandbox."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from swebench_lite.environments.bases import canonical
from swebench_lite.environments.dependencies import check
from swebench_lite.errors import NoEnvironment
from swebench_lite.records import Environment, Instance
from swebench_lite.settings import Settings, tool

# (program, arguments that make it tell its version, how to get it): git for all, then by language, then by what a test
# command names. patch counts where it is here: most patches never come to the step that needs it.
_GIT = ("git", ("--version",), "git")
_PATCH = ("patch", ("--version",), "patch")
_NAMED = {"cmake": ("cmake", ("--version",), "cmake"), "make": ("make", ("--version",), "make")}
_PROGRAMS: dict[str, tuple[tuple[str, tuple[str, ...], str], ...]] = {
    "python": (),
    "go": (("go", ("version",), "golang-go"),),
    "rust": (("cargo", ("--version",), "cargo"), ("rustc", ("--version",), "rustc")),
    "cpp": (("g++", ("--version",), "g++"),),
    "node": (("node", ("--version",), "nodejs"),),
}
_PYTEST = "pytest==8.4.2"


def environment(instance: Instance, settings: Settings) -> Environment:
    """The host's toolchain for an instance's language.

    Python gets a virtual environment of its own with pytest, made once. Raises NoEnvironment naming what is missing.
    """
    language = canonical(instance.language)
    check(instance, settings)
    if instance.dependencies and language != "python":
        raise NoEnvironment(
            f"{instance.instance_id}: its dependencies are installed in containers only; use --sandbox docker"
        )
    if language not in _PROGRAMS:
        raise NoEnvironment(f"{instance.instance_id}: the local sandbox has no toolchain for '{instance.language}'")
    rows = [_GIT, *_PROGRAMS[language]]
    rows += [_PATCH] if tool("patch", settings) else []
    rows += [row for name, row in _NAMED.items() if name in (instance.test_command or "").split()]
    versions = [_version(*row, settings) for row in rows]
    path = ""
    if language == "python":
        packages = (_PYTEST, *instance.dependencies)
        folder = _python(settings, packages)
        path = str(folder / "bin")
        versions.append(f"{sys.version.split()[0]} {' '.join(packages)}")
    digest = hashlib.sha256("\n".join(versions).encode()).hexdigest()
    return Environment(digest=f"host:{digest}", rung="host", path=path, detail=_detail(versions, language))


def _detail(versions: Sequence[str], language: str) -> str:
    """The versions for people: those of the language first, for a column that holds no more."""
    if language == "python":
        own, others = [f"Python {versions[-1]}"], versions[:-1]
    else:
        end = 1 + len(_PROGRAMS[language])
        own, others = [*versions[1:end]], [versions[0], *versions[end:]]
    return "; ".join((*own, *others))


def version_commands(language: str) -> tuple[str, ...]:
    """The shell commands by which a language's toolchain says which versions it is made of; some say it on stderr."""
    name = canonical(language)
    if name == "python":
        return ("python3 --version 2>&1", "python3 -m pytest --version 2>&1")
    return tuple(
        f"{program} {' '.join(arguments)} 2>&1 | head -n 1" for program, arguments, _ in _PROGRAMS.get(name, ())
    )


def _version(program: str, arguments: tuple[str, ...], package: str, settings: Settings) -> str:
    found = tool(program, settings)
    if found is None:
        raise NoEnvironment(
            f"{program} is not on this machine; install it (Debian: apt-get install {package}) or use --sandbox docker"
        )
    try:
        done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoEnvironment(f"{found} does not tell its version ({error}); mend it or use --sandbox docker") from error
    return (done.stdout or done.stderr).strip().splitlines()[0] if (done.stdout or done.stderr).strip() else program


def _python(settings: Settings, packages: tuple[str, ...]) -> Path:
    from filelock import FileLock
    from uv import find_uv_bin

    name = f"python-{sys.version_info.major}.{sys.version_info.minor}-{_PYTEST.replace('==', '-')}"
    if packages != (_PYTEST,):
        name += f"-{hashlib.sha256(chr(10).join(packages).encode()).hexdigest()[:16]}"
    folder, locks = settings.cache / "host" / name, settings.cache / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    ready = folder / "ready"
    with FileLock(locks / f"host-{name}.lock"):
        if ready.is_file():
            return folder
        base = getattr(sys, "_base_executable", sys.executable)
        for command in (
            [find_uv_bin(), "venv", "--quiet", "--clear", "--python", base, str(folder)],
            [find_uv_bin(), "pip", "install", "--quiet", "--python", str(folder / "bin/python"), *packages,
             *(["--offline"] if settings.offline else [])],
        ):  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
            if done.returncode:
                said = " ".join(part.strip() for part in done.stderr.strip().splitlines()) or "no message"
                raise NoEnvironment(
                    f"cannot make the local sandbox's Python with {', '.join(packages)} from "
                    f"{settings.index or 'the public package index'}: {said[:300]}; "
                    f"see that the index can be reached (UV_DEFAULT_INDEX names another), then run again"
                )
        ready.write_text("")
    return folder
