"""Environments: from an instance to the images its tests could run in, most likely first. Nothing here grades.

The ladder: an image that the user names, the row's official image, a language's base image, a Python environment resolved
by date (one rung per interpreter). ``pipeline.prepare`` climbs it until gold passes and null fails.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from swebench_lite.environments import activation, bases, dated, host, images, interpreters, official
from swebench_lite.environments.images import Resources
from swebench_lite.environments.project import read_project
from swebench_lite.environments.recipes import Recipe
from swebench_lite.errors import NoEnvironment
from swebench_lite.records import Environment, Instance
from swebench_lite.settings import Settings

__all__ = ["Candidate", "candidates", "host_candidate", "resources"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One step of the ladder. make builds it (or finds it built) and raises NoEnvironment when it cannot be built."""

    rung: str
    detail: str
    make: Callable[[], Environment]


def resources(
    settings: Settings, checkout: Callable[[str, str], Path], progress: Callable[[str], None] = lambda _: None
) -> Resources:
    """What image builds may use: uv and its cache, and the interpreters of this machine."""
    from uv import find_uv_bin

    cache = settings.cache / "uv"
    cache.mkdir(parents=True, exist_ok=True)
    mounts = dated.host_mounts(interpreters.available(settings), Path(find_uv_bin()).resolve(), cache)
    return Resources(settings=settings, checkout=checkout, mounts=mounts, progress=progress)


def candidates(instance: Instance, use: Resources, *, image: str | None = None) -> Iterator[Candidate]:
    """The ladder for an instance, lazily: a rung is worked out only when those before it did not do.

    image: an image that the user names; then it is the only rung. Raises RepositoryError when the tree is not to be had.
    """
    if image is not None:
        yield Candidate(rung="named", detail=image, make=lambda: official.named(image))
        return
    if instance.image:
        reference = instance.image
        yield Candidate(rung="official", detail=reference, make=lambda: official.official(reference, use.settings))
    tree = use.checkout(instance.repo, instance.base_commit)
    python = bases.canonical(instance.language) == "python"
    if not python or (instance.test_command and not instance.eval_script):
        yield Candidate(rung="base", detail=bases.canonical(instance.language), make=lambda: _base(instance, use))
    if python:
        project = read_project(tree)
        there = interpreters.available(use.settings)
        for interpreter in dated.interpreter_order(project, instance, there):
            yield Candidate(
                rung=f"dated-{interpreter.version}",
                detail=f"Python {interpreter.full}, packages as of {(instance.created_at or 'today')[:10]}",
                make=lambda one=interpreter: _dated(instance, use, one),  # type: ignore[misc]
            )


def host_candidate(instance: Instance, settings: Settings) -> Candidate:
    """The only rung of the local sandbox: this machine's own toolchain."""
    return Candidate(
        rung="host", detail="this machine's own toolchain", make=lambda: host.environment(instance, settings)
    )


def _base(instance: Instance, use: Resources) -> Environment:
    language = bases.canonical(instance.language)
    recipe = Recipe(
        name="instance",
        parent=bases.base(language),
        checkout=(instance.repo, instance.base_commit),
        script="cd /testbed\ngit config --global --add safe.directory '*'\ngit status --porcelain > /dev/null\n",
    )
    return Environment(digest=images.ensure(recipe, use), image=recipe.tag, rung="base", detail=f"base-{language}")


def _dated(instance: Instance, use: Resources, interpreter: interpreters.Interpreter) -> Environment:
    project = read_project(use.checkout(instance.repo, instance.base_commit))
    lock = _lock(instance, use, interpreter)
    version = dated.version_variables(instance) if project.version_from_git else ""
    activate = activation.activation(instance.eval_script or "", version=version)
    recipe = dated.recipes(project, instance, interpreter, lock=lock, activate=activate, pip_conf=activation.PIP_CONF)
    return Environment(
        digest=images.ensure(recipe, use),
        image=recipe.tag,
        rung=f"dated-{interpreter.version}",
        detail=f"Python {interpreter.full}; {len(lock.splitlines())} packages",
    )


def _lock(instance: Instance, use: Resources, interpreter: interpreters.Interpreter) -> str:
    """The resolved requirements, asked once and kept: the index may change its mind, a verdict must not."""
    project = read_project(use.checkout(instance.repo, instance.base_commit))
    where, script = dated.question(project, instance, interpreter)
    checkout = (instance.repo, instance.base_commit)
    key = Recipe(name="question", parent=where, script=script, checkout=checkout).digest
    file = use.settings.cache / "locks-resolved" / f"{key}.txt"
    # One asks, the others wait for its answer: they share the question's log, too.
    with images.locked(f"lock-{key[:16]}", use.settings):
        if file.is_file():
            return file.read_text(encoding="utf-8")
        if use.settings.offline:
            raise NoEnvironment(
                f"{instance.instance_id}: its packages were never resolved for Python {interpreter.version}, and --offline "
                "forbids asking the index; run once without --offline"
            )
        use.progress(f"resolving packages for Python {interpreter.version}")
        output = images.run(where, use, script, name=f"resolve-{instance.instance_id[:60]}", checkout=checkout)
        lock = dated.lock_of(output)
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f"{key}.{os.getpid()}-{threading.get_ident()}.new")
        new.write_text(lock, encoding="utf-8")
        new.replace(file)
    return lock
