"""Docker, or the local sandbox where no engine answers: for commands that run bundled work and need no engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swebench_lite.cli.options import Machine, Places
    from swebench_lite.errors import EngineDown
    from swebench_lite.settings import Settings


def engine_or_local(machine: Machine, places: Places, *, fell: Callable[[EngineDown], None]) -> Settings:
    """The settings, with the local sandbox where no engine answers and the user named none; ``fell`` hears why."""
    from swebench_lite.engine import connect
    from swebench_lite.errors import EngineDown

    settings = machine.settings(places)
    if machine.sandbox is not None or settings.sandbox != "docker":
        return settings
    try:
        connect()
    except EngineDown as error:
        fell(error)
        return replace(settings, sandbox="local")
    return settings
