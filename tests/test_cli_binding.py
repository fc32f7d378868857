from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer

from swebench_lite.cli.binding import command
from swebench_lite.errors import StoreError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    size: Annotated[int, typer.Option("--size")] = 3
    colour: Annotated[str | None, typer.Option("--colour")] = None


def status(app: typer.Typer, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app(list(arguments))
    return int(str(ended.value.code or 0))


def test_a_bundle_becomes_options() -> None:
    seen: list[tuple[str, Bundle]] = []
    app = typer.Typer()

    @command(app)
    def paint(*, name: str, bundle: Bundle) -> None:
        seen.append((name, bundle))

    assert status(app, "wall", "--colour", "red") == 0
    assert seen == [("wall", Bundle(size=3, colour="red"))]


@pytest.mark.parametrize(
    ("error", "expected"), [(UsageError("x"), 2), (StoreError("x"), 1), (KeyboardInterrupt(), 130)]
)
def test_an_error_becomes_an_exit_status(error: BaseException, expected: int) -> None:
    app = typer.Typer()

    @command(app)
    def fail() -> None:
        raise error

    assert status(app) == expected


def test_what_a_function_returns_is_the_exit_status() -> None:
    app = typer.Typer()

    @command(app)
    def wrong() -> int:
        return 1

    assert status(app) == 1
