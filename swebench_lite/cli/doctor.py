"""``doctor``: what works on this machine, and what to do about the rest."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Places

if TYPE_CHECKING:
    from swebench_lite.settings import Settings

_ROOM_BYTES = 10 * 1000**3  # a base image per language and a few instances take about that
_TOOLCHAINS = ("node", "go", "rust", "cpp")
_TSAN = (
    "tests that need it are skipped; install libtsan for this g++, or lower vm.mmap_rnd_bits (28 works with older ones)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. state is ok, warn or fail; advice says what to do where it is not ok."""

    name: str
    state: str
    detail: str
    advice: str = ""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "doctor")(doctor)


def doctor(*, places: Places, as_json: Json = False) -> int:
    """Say what works on this machine.

    Exit status 1 where neither docker nor the local sandbox works.
    """
    from swebench_lite.cli import output
    from swebench_lite.settings import default_table

    settings = places.settings()
    findings = [one for look in _LOOKS for one in look(settings)]
    usable = any(one.name.startswith("sandbox ") and one.state != "fail" for one in findings)
    limits = default_table()
    if as_json:
        rows = [asdict(one) for one in findings]
        output.document({"usable": usable, "checks": rows, "limits": dict(limits)})
        return int(not usable)
    for name in ("ok", "warn", "fail"):
        for one in findings:
            if one.state == name:
                output.line(f"{name:5} {one.name}: {one.detail}")
                if one.advice:
                    output.line(f"      -> {one.advice}")
    output.line(f"per attempt: {', '.join(f'{name} {value}' for name, value in limits)}")
    if not usable:
        output.error("neither docker nor the local sandbox works here; nothing can be evaluated until one does")
    return int(not usable)


def _python(settings: Settings) -> list[Finding]:
    from uv import find_uv_bin

    from swebench_lite.environments.interpreters import available
    from swebench_lite.settings import tool

    found = [Finding(name="python", state="ok", detail=f"{platform.python_version()} on {platform.platform()}")]
    git = tool("git", settings)
    found.append(
        Finding(name="git", state="ok", detail=git)
        if git
        else Finding(name="git", state="fail", detail="not found", advice="install it (Debian: apt-get install git)")
    )
    try:
        found.append(Finding(name="uv", state="ok", detail=find_uv_bin()))
    except FileNotFoundError:
        found.append(Finding(name="uv", state="fail", detail="not found", advice="install it: pip install uv"))
    versions = ", ".join(one.full for one in available(settings))
    advice = (
        "" if "," in versions else "name folders of interpreters in SWEBENCH_LITE_PYTHONS, or `uv python install 3.9`"
    )
    found.append(Finding(name="interpreters", state="warn" if advice else "ok", detail=versions, advice=advice))
    return found


def _docker(settings: Settings) -> list[Finding]:
    from swebench_lite.engine import INSTALL_HINT, describe
    from swebench_lite.errors import InfraError

    try:
        facts = describe()
    except InfraError as error:
        return [Finding(name="sandbox docker", state="fail", detail=str(error).partition(";")[0], advice=INSTALL_HINT)]
    detail = f"engine {facts['version']}, {facts['driver']}, cgroups {facts['cgroups']}, {facts['architecture']}"
    wrong = "" if facts["architecture"] in {"x86_64", "amd64"} else "official images are for x86_64"
    found = [Finding(name="sandbox docker", state="warn" if wrong else "ok", detail=detail, advice=wrong)]
    # A remote engine's folder is not here to be measured.
    return [*found, *([_room("disk of the engine", Path(facts["root"]))] if Path(facts["root"]).is_dir() else [])]


def _local(settings: Settings) -> list[Finding]:
    from dataclasses import replace

    from swebench_lite.errors import SwebenchLiteError
    from swebench_lite.sandbox import open_sandbox

    try:
        open_sandbox("local", replace(settings, unsafe_local=False))
    except SwebenchLiteError as error:
        why, _, advice = str(error).partition("; ")
        return [Finding(name="sandbox local", state="fail", detail=why, advice=advice)]
    return [
        Finding(name="sandbox local", state="ok", detail="bubblewrap works"),
        *_toolchains(settings),
        *_sanitizer(settings),
    ]


def _toolchains(settings: Settings) -> list[Finding]:
    from swebench_lite.environments.host import environment
    from swebench_lite.errors import NoEnvironment
    from swebench_lite.records import Instance

    found = []
    for language in _TOOLCHAINS:
        name = f"toolchain {language}"
        try:
            versions = environment(Instance(instance_id="doctor", language=language), settings).detail.split("; ")
            # git and patch serve every language; git has a line of its own.
            detail = "; ".join(one for one in versions if not one.startswith(("git version", "GNU patch")))
            found.append(Finding(name=name, state="ok", detail=detail))
        except NoEnvironment as error:
            what, _, advice = str(error).partition("; ")
            found.append(Finding(name=name, state="warn", detail=what, advice=advice))
    return found


def _sanitizer(settings: Settings) -> list[Finding]:
    """Whether programs built with the thread sanitizer run here: tests of threads in C++ use it where they do."""
    import subprocess
    import tempfile

    from swebench_lite.settings import tool

    compiler, name = tool("g++", settings), "thread sanitizer"
    if compiler is None:
        return []  # the toolchain's own line says how to get it
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder) / "trivial")
        for command, what in (
            ([compiler, "-fsanitize=thread", "-x", "c++", "-", "-o", program], "is not built"),
            ([program], "does not run"),
        ):
            try:
                done = subprocess.run(
                    command, input=b"int main() {}\n", capture_output=True, check=False, timeout=60, cwd=folder
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                return [Finding(name=name, state="warn", detail=f"a program with it {what}: {error}", advice=_TSAN)]
            if done.returncode:
                said = done.stderr.decode("utf-8", "replace").strip().splitlines()
                why = f": {said[-1][:120]}" if said else ""
                return [Finding(name=name, state="warn", detail=f"a program with it {what}{why}", advice=_TSAN)]
    return [Finding(name=name, state="ok", detail="works with this machine's g++")]


def _disk(settings: Settings) -> list[Finding]:
    place = _nearest(settings.cache)
    writable = os.access(place, os.W_OK | os.X_OK)
    advice = "" if writable else "make it writable, or set SWEBENCH_LITE_CACHE or --cache to a folder that is"
    state = "ok" if writable else "fail"
    detail = f"{settings.cache}{'' if writable else ' cannot be written'}"
    return [Finding(name="cache", state=state, detail=detail, advice=advice), _room("disk of the cache", place)]


def _room(name: str, place: Path) -> Finding:
    from swebench_lite.cli import output

    free = shutil.disk_usage(place).free
    advice = "" if free >= _ROOM_BYTES else "make room; `swebench-lite clean --dry-run --all` says what can go"
    return Finding(
        name=name, state="warn" if advice else "ok", detail=f"{output.size(free)} free at {place}", advice=advice
    )


def _nearest(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())


_LOOKS: tuple[Callable[[Settings], list[Finding]], ...] = (_python, _docker, _local, _disk)
