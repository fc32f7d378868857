"""Models by name: whatever answers a prompt. ``open_model("gold", instances)`` gives one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from swebench_lite.errors import UsageError, unknown
from swebench_lite.models.canned import Canned, from_file, gold, null
from swebench_lite.models.protocol import Model
from swebench_lite.records import Instance

__all__ = ["MODELS", "Canned", "Model", "open_model"]

MODELS: dict[str, Callable[[Sequence[Instance]], Model]] = {"gold": gold, "null": null}


def open_model(name: str, instances: Sequence[Instance]) -> Model:
    """The model of that name: ``gold``, ``null`` or ``canned:FILE``.

    Raises UsageError for an unknown name, DatasetError for a file of replies that cannot be read.
    """
    if name.startswith("canned:"):
        return from_file(name)
    if name not in MODELS:
        raise UsageError(unknown("model", name, (*MODELS, "canned:FILE")))
    return MODELS[name](instances)
