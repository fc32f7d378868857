"""Environments: from an instance to the images its tests could run in, most likely first. Nothing here grades.

The ladder: an image that the user names, the row's official image, a language's base image, a Python environment resolved
by date (one rung per interpreter). ``pipeline.prepare`` climbs it until gold passes and null fails.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from swebench_lite.environments import bases, dated, host, images, interpreters, official, resolution
from swebench_lite.environments.dependencies import with_dependencies
from swebench_lite.environments.images import Resources
from swebench_lite.environments.project import Project, read_project
from swebench_lite.environments.recipes import Recipe, copy_tree
from swebench_lite.environments.released import with_released_modules
from swebench_lite.errors import NoEnvironment, RepositoryError
from swebench_lite.records import Environment, Instance, Source
from swebench_lite.settings import Settings

__all__ = ["Candidate", "bare", "candidates", "host_candidate", "resources"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One step of the ladder. make builds it (or finds it built) and raises NoEnvironment when it cannot be built."""

    rung: str
    detail: str
    make: Callable[[], Environment]


def resources(
    settings: Settings, checkout: Callable[[str, str], AbstractContextManager[Path]], **told: Any
) -> Resources:
    """What image builds may use: uv, caches for what they download and compile, and the interpreters of this machine.

    told: further fields of Resources, as they are.
    """
    from uv import find_uv_bin

    mounts = dated.host_mounts(interpreters.available(settings), Path(find_uv_bin()).resolve(), settings.cache)
    for name, folder in mounts.items():
        if name.endswith("-cache"):
            folder.mkdir(parents=True, exist_ok=True)
    return Resources(settings=settings, checkout=checkout, mounts=mounts, **told)


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
    python = bases.canonical(instance.language) == "python"
    if not python or (instance.test_command and not instance.eval_script):
        yield Candidate(rung="base", detail=bases.canonical(instance.language), make=lambda: _base(instance, use))
    if python and instance.source is Source.REPOSITORY:
        project = _project(instance, use)
        instance = _as_of_its_tree(instance, use)
        plain = replace(project, optional=())
        there = interpreters.available(use.settings)
        for step in dated.steps(project, instance, there):
            wanted = project if step.optional else plain
            yield Candidate(
                rung=f"dated-{step.interpreter.version}",
                detail=_detail(step),
                make=partial(_dated, wanted, instance, use, step),
            )
        if project.pythons and not {one.version for one in there} & set(project.pythons):
            yield Candidate(rung="dated", detail=", ".join(project.pythons), make=partial(_nowhere, project, there))


def bare(recipe: Recipe, settings: Settings) -> Environment:
    """An image that holds no tree, for jobs that bring their own files. Raises NoEnvironment, EngineDown, InfraError."""
    use = Resources(settings=settings, checkout=lambda _repo, _commit: nullcontext(settings.cache))
    return Environment(digest=images.ensure(recipe, use), image=recipe.tag, rung="base", detail=recipe.name)


def host_candidate(instance: Instance, settings: Settings) -> Candidate:
    """The only rung of the local sandbox: this machine's own toolchain."""
    return Candidate(
        rung="host", detail="this machine's own toolchain", make=lambda: host.environment(instance, settings)
    )


def _base(instance: Instance, use: Resources) -> Environment:
    language = bases.canonical(instance.language)
    recipe = Recipe(
        name="instance",
        parent=with_dependencies(instance, bases.base(language), use.settings),
        checkout=(instance.repo, instance.base_commit),
        script=copy_tree()
        + "cd /testbed\ngit config --global --add safe.directory '*'\ngit status --porcelain > /dev/null\n",
    )
    return Environment(digest=images.ensure(recipe, use), image=recipe.tag, rung="base", detail=f"base-{language}")


def _as_of_its_tree(instance: Instance, use: Resources) -> Instance:
    """The instance with its tree's own version, and the tree's day where that is later: issues wait, some for years."""
    tree = (instance.repo, instance.base_commit)
    made, created = use.committed(*tree), instance.created_at
    if created and made > created[:10]:
        created = f"{made}T00:00:00Z"
    return replace(
        instance, created_at=created, version=resolution.version_of(use.described(*tree)) or instance.version
    )


def _project(instance: Instance, use: Resources) -> Project:
    with use.checkout(instance.repo, instance.base_commit) as tree:
        return read_project(tree)


def _nowhere(project: Project, there: Sequence[interpreters.Interpreter]) -> Environment:
    """Says at the end of the ladder what would have been likelier than anything on it."""
    raise NoEnvironment(
        f"the project is made for Python {', '.join(project.pythons)}, and this machine has only "
        f"{', '.join(one.version for one in there)}; name a folder that holds others (as pyenv and uv keep them) in "
        f"SWEBENCH_LITE_PYTHONS, or get one with `uv python install {project.pythons[-1]}`"
    )


def _detail(step: dated.Step) -> str:
    steady = f" (steady ones: {step.steady})" if step.steady else ""
    optional = ", optional ones too" if step.optional else ""
    modules = f", extension modules of the project's {step.modules} release" if step.modules else ""
    tools = ", with tools" if step.tools else ""
    return f"Python {step.interpreter.full}, packages as of {step.day}{steady}{optional}{modules}{tools}"


def _dated(project: Project, instance: Instance, use: Resources, step: dated.Step) -> Environment:
    lock = _lock(project, instance, use, step)
    older = use.ancestor(instance.repo, instance.base_commit, f"{(instance.created_at or step.day)[:4]}-01-01")
    recipe = _recipe(project, instance, step, lock=lock, ancestor=older)
    try:
        digest = images.ensure(recipe, use)
    except RepositoryError:
        if older is None:
            raise
        # A mirror need not have more than the instance's own commit whole.
        recipe = _recipe(project, instance, step, lock=lock, ancestor=None)
        digest = images.ensure(recipe, use)
    return Environment(
        digest=digest,
        image=recipe.tag,
        rung=f"dated-{step.interpreter.version}",
        detail=f"{_detail(step)}: {lock.count('==')}",
    )


def _recipe(project: Project, instance: Instance, step: dated.Step, *, lock: str, ancestor: str | None) -> Recipe:
    made = dated.recipe(project, instance, step, lock=lock, ancestor=ancestor)
    if not step.modules:
        return made
    return with_released_modules(made, day=(instance.created_at or step.day)[:10], which=step.modules)


def _lock(project: Project, instance: Instance, use: Resources, step: dated.Step) -> str:
    """The resolved requirements, asked once and kept: the index may change its mind, a verdict must not."""
    where, script = resolution.question(project, instance, step.interpreter, day=step.day, steady=step.steady)
    checkout = (instance.repo, instance.base_commit)
    key = Recipe(name="question", parent=where, script=script, checkout=checkout).digest
    file = use.settings.cache / "locks-resolved" / f"{key}.txt"
    # One asks, the others wait for its answer: they share the question's log, too.
    with images.locked(f"lock-{key[:16]}", use.settings):
        if file.is_file():
            return file.read_text(encoding="utf-8")
        if use.settings.offline:
            raise NoEnvironment(
                f"{instance.instance_id}: its packages were never resolved for Python {step.interpreter.version}, and --offline "
                "forbids asking the index; run once without --offline"
            )
        use.progress(f"resolving packages for Python {step.interpreter.version}")
        output = images.run(where, use, script, name=f"resolve-{instance.instance_id[:60]}", checkout=checkout)
        lock = resolution.lock_of(output)
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f"{key}.{os.getpid()}-{threading.get_ident()}.new")
        new.write_text(lock, encoding="utf-8")
        new.replace(file)
    return lock
