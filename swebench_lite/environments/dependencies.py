"""What an instance declares that its tests need beside the toolchain: installed only where the user agrees to it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence

from swebench_lite.environments import bases
from swebench_lite.environments.recipes import Recipe
from swebench_lite.errors import NoEnvironment
from swebench_lite.records import Instance
from swebench_lite.settings import Settings


def with_dependencies(instance: Instance, base: Recipe, settings: Settings) -> Recipe:
    """The recipe of a language's base image with an instance's dependencies on top.

    Raises NoEnvironment where it declares any and nobody said that they may be installed, or its language has no way to.
    """
    if not instance.dependencies:
        return base
    check(instance, settings)
    language = bases.canonical(instance.language)
    if language not in _INSTALL:
        raise NoEnvironment(
            f"{instance.instance_id} declares dependencies ({', '.join(instance.dependencies)}), and nothing installs them for "
            f"'{instance.language}'; name an image that has them with --image"
        )
    script = _INSTALL[language](instance.dependencies)
    return Recipe(name="dependencies", parent=base, script=script, mounts=("uv", "uv-cache"), network=True)


def check(instance: Instance, settings: Settings) -> None:
    """Raises NoEnvironment where an instance declares dependencies and the user has not agreed to install any."""
    if instance.dependencies and not settings.install_dependencies:
        raise NoEnvironment(
            f"{instance.instance_id} declares dependencies ({', '.join(instance.dependencies)}); --install-deps installs them"
        )


def _python(names: Sequence[str]) -> str:
    return f"uv pip install --quiet --break-system-packages --python /usr/bin/python3 {shlex.join(names)}\n"


def _node(names: Sequence[str]) -> str:
    # Modules are looked for in every folder above the tree, the root included, where npm itself refuses to work.
    get_npm = "apt-get update -qq\napt-get install -y -qq --no-install-recommends npm\n"
    install = f"npm install --no-save --no-audit --no-fund --loglevel=error {shlex.join(names)}\n"
    place = "/opt/dependencies"
    return f"{get_npm}mkdir -p {place}\ncd {place}\n{install}ln -s {place}/node_modules /node_modules\n"


_INSTALL: Mapping[str, Callable[[Sequence[str]], str]] = {"python": _python, "node": _node}
