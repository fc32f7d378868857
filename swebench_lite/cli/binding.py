"""Makes commands of functions: bundles of options become options, errors become one line and an exit status."""

from __future__ import annotations

import dataclasses
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_type_hints

import typer

from swebench_lite.cli import interrupts, output
from swebench_lite.errors import SwebenchLiteError, UsageError

Function = TypeVar("Function", bound=Callable[..., int | None])


def command(app: typer.Typer, name: str | None = None) -> Callable[[Function], Function]:
    """Register a function as a command of ``app``.

    A parameter whose type is a dataclass becomes one option per field of it, so that commands share options without
    repeating them. What the function returns is the exit status, None meaning 0. Errors of ours are printed as one
    line: UsageError ends with 2, any other with 1, an interrupt with 130.
    """

    def register(function: Function) -> Function:
        hints = get_type_hints(function, include_extras=True)
        parameters = inspect.signature(function).parameters
        bundles = {name: hints[name] for name in parameters if dataclasses.is_dataclass(hints[name])}

        def invoke(**given: Any) -> None:
            _guarded(function, _bundled(given, bundles))

        flat = [one for name, given in parameters.items() for one in _flat(given, hints[name])]
        # Click wants no order between options; inspect wants defaults last.
        flat.sort(key=lambda one: one.default is not inspect.Parameter.empty)
        invoke.__signature__ = inspect.Signature(flat)  # type: ignore[attr-defined]
        invoke.__annotations__ = {one.name: one.annotation for one in flat}
        invoke.__doc__ = function.__doc__
        invoke.__name__ = function.__name__
        app.command(name)(invoke)
        return function

    return register


def _flat(parameter: inspect.Parameter, hint: Any) -> list[inspect.Parameter]:
    if not dataclasses.is_dataclass(hint):
        return [parameter.replace(annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY)]
    hints = get_type_hints(hint, include_extras=True)
    return [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
        )
        for field in dataclasses.fields(hint)
    ]


def _bundled(given: Mapping[str, Any], bundles: Mapping[str, Any]) -> dict[str, Any]:
    fields = {field.name: name for name, kind in bundles.items() for field in dataclasses.fields(kind)}
    arguments = {name: value for name, value in given.items() if name not in fields}
    for name, kind in bundles.items():
        arguments[name] = kind(**{field.name: given[field.name] for field in dataclasses.fields(kind)})
    return arguments


def _guarded(function: Callable[..., int | None], arguments: Mapping[str, Any]) -> None:
    try:
        with interrupts.handled():
            status = function(**arguments) or 0
            sys.stdout.flush()
    except KeyboardInterrupt:
        output.note("interrupted")
        raise typer.Exit(130) from None
    except SwebenchLiteError as error:
        output.error(str(error))
        raise typer.Exit(_status(error)) from None
    except BrokenPipeError:
        # Whoever read the result has seen enough; the interpreter must not stumble over the pipe once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    raise typer.Exit(status)


def _status(error: SwebenchLiteError) -> int:
    if interrupts.seen():
        return 130
    return 2 if isinstance(error, UsageError) else 1
