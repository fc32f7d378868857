"""``suite``: what models can do, by three suites of small tasks, and how long a text they really read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Machine, Places
from swebench_lite.cli.suite_results import Oracle, interrupted, left_out, replayed, results_file, show, suspects

if TYPE_CHECKING:
    from swebench_lite.models import Model
    from swebench_lite.records import Sampling
    from swebench_lite.reports.suites import Record
    from swebench_lite.settings import Settings

_Name = Annotated[
    str | None,
    typer.Argument(metavar="SUITE", show_default=False, help="python, cli, tooling, all of these, or needle."),
]
_Models = Annotated[
    list[str] | None,
    typer.Option(
        "-m", "--model", metavar="MODEL",
        help="ollama/…, lmstudio/…, openrouter/…, openai/…, canned:FILE, or any name with --base-url; repeatable.",
    ),
]  # fmt: skip
_Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Add a JSON line per model to this file; one in ./runs/suites unless given."
    ),
]
_Replay = Annotated[
    Path | None,
    typer.Option(
        "--replay", metavar="FILE", help="Grade the stored replies beside this results file again; nobody is asked."
    ),
]
_List = Annotated[bool, typer.Option("--list", help="Show what the servers have installed, and stop.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How models are asked."""

    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="An OpenAI-compatible server that has the models.")
    ] = None
    api_key: Annotated[
        str | None,
        typer.Option("--api-key", metavar="KEY", help="Instead of the variable's; never sent to this machine."),
    ] = None
    models_file: Annotated[
        Path | None,
        typer.Option("--models-file", metavar="FILE", help="Settings per model; ./models.toml unless given."),
    ] = None
    thinking: Annotated[
        str | None,
        typer.Option("--thinking", metavar="A,B", help="Levels (low, medium, high, a number of tokens) to sweep."),
    ] = None
    temperature: Annotated[
        float | None, typer.Option("--temperature", metavar="T", min=0.0, max=2.0, help="0.2 unless given.")
    ] = None
    max_tokens: Annotated[
        str | None,
        typer.Option(
            "--max-tokens", metavar="N", help="The most tokens of a reply; 16384 unless given (BENCH_MAX_TOKENS)."
        ),
    ] = None
    request_timeout: Annotated[
        float | None, typer.Option("--request-timeout", metavar="S", min=1.0, max=1e6, help="Seconds per request.")
    ] = None
    requests: Annotated[
        int, typer.Option("--requests", metavar="N", min=1, help="Tasks that one model works on at a time.")
    ] = 1
    oracle: Annotated[
        str | None,
        typer.Option(
            "--oracle", metavar="MODEL", help="This model must pass everything, else tasks are suspect (BENCH_ORACLE)."
        ),
    ] = None
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="Of what the tools know; drawn unless given.")
    ] = None
    sizes: Annotated[
        str | None,
        typer.Option("--sizes", metavar="A,B", help="Needle: lengths in tokens; 2k,16k,64k,100k unless given."),
    ] = None
    depths: Annotated[
        str | None, typer.Option("--depths", metavar="A,B", help="Needle: places in percent; 10,50,90 unless given.")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where answers run."""

    sandbox: Annotated[
        str | None,
        typer.Option(
            "--sandbox", metavar="NAME", help="docker or local; docker unless given, local where it does not answer."
        ),
    ] = None
    unsafe_local: Annotated[
        bool, typer.Option("--unsafe-local", help="Let the local sandbox run without bubblewrap: no wall at all.")
    ] = False


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "suite")(suite)


def suite(
    *, suite: _Name = None, model: _Models = None, asked: Asked, out: _Out = None, replay: _Replay = None,
    show_list: _List = False, ground: Ground, places: Places, as_json: Json = False,
) -> int:  # fmt: skip
    """Put models through small tasks.

    Python code, shell commands, tool calls; needle for long texts.
    Judged by running code and matching calls, never by another model. A JSON line per model is kept, with every reply beside it.
    """
    from swebench_lite.errors import UsageError

    if show_list:
        from swebench_lite.cli import models

        return models.list_models(base_url=asked.base_url, places=places, as_json=as_json)
    settings = _with_sandbox(ground, places)
    if replay is not None:
        return replayed(replay, out, suite, settings, as_json=as_json)
    names = model or ([settings.model] if settings.model else [])
    if suite is None or not names:
        what = (
            "a suite (python, cli, tooling, all or needle)"
            if suite is None
            else "a model with -m, or set DEFAULT_MODEL"
        )
        raise UsageError(f"name {what}; suite --list shows what the servers have installed")
    return _asked(suite, names, asked, out, settings, as_json=as_json)


def _asked(
    suite: str, names: Sequence[str], asked: Asked, out: Path | None, settings: Settings, *, as_json: bool
) -> int:
    import secrets

    from swebench_lite.cli import output
    from swebench_lite.errors import UsageError
    from swebench_lite.suites import Sweep, items_of, names_of, needle_suite, sweep

    seed = secrets.randbelow(2**31) if asked.seed is None else asked.seed
    items = items_of(
        names_of(suite),
        seed=seed,
        sizes=_numbers("--sizes", asked.sizes, needle_suite.SIZES),
        depths=_numbers("--depths", asked.depths, needle_suite.DEPTHS),
    )
    named = asked.oracle or settings.suite_oracle
    first = [named] if named else []
    models = _models(list(dict.fromkeys([*first, *names])), asked, settings)
    oracle = Oracle(named=named, models=tuple(one.name for one in _models(first, asked, settings)))
    run = _new_run()
    file = results_file(out) if out else (settings.runs / "suites" / f"{run}.jsonl").expanduser().absolute()
    wanted = Sweep(
        items=items,
        file=file,
        run=run,
        seed=seed,
        sampling=_sampling(asked, settings),
        requests=asked.requests,
        told=output.note,
    )
    done: list[Record] = []
    try:
        swept = sweep(models, wanted, settings, finished=done.append)
    except KeyboardInterrupt:
        interrupted(done, file, oracle, [item.name for item in items], as_json=as_json)
        raise
    output.problems("models", swept.problems)
    if not swept.records:
        raise UsageError("; ".join(swept.skipped.values()) or "there is no model to ask")
    tasks, banner = suspects(oracle, swept.records, swept.skipped, [item.name for item in items])
    show(swept.records, tasks, banner, {"run": run, "seed": seed, "file": str(file), **left_out(swept)}, as_json)
    return int(bool(tasks) or any(one.failed for record in swept.records for one in record.results))


def _models(names: Sequence[str], asked: Asked, settings: Settings) -> tuple[Model, ...]:
    from swebench_lite.cli.questions import Asking, open_models
    from swebench_lite.errors import UsageError
    from swebench_lite.suites import TRIES

    if "gold" in names:
        raise UsageError("gold has no answers to the suites; name a model, or canned:FILE with replies of your own")
    asking = Asking(
        base_url=asked.base_url,
        models_file=str(asked.models_file.expanduser().absolute()) if asked.models_file else None,
        thinking=tuple(part.strip() for part in (asked.thinking or "").split(",") if part.strip()),
        request_timeout=asked.request_timeout,
        tries=TRIES,
    )
    return open_models(names, asking, (), settings, api_key=asked.api_key)


def _sampling(asked: Asked, settings: Settings) -> Sampling:
    from swebench_lite.records import Sampling
    from swebench_lite.suites import TEMPERATURE

    temperature = TEMPERATURE if asked.temperature is None else asked.temperature
    return Sampling(temperature=temperature, max_tokens=_budget(asked.max_tokens, settings))


def _new_run() -> str:
    import secrets
    from datetime import UTC, datetime

    return f"suite_{datetime.now(UTC):%Y%m%dT%H%M%SZ}_{secrets.token_hex(3)}"


def _budget(given: str | None, settings: Settings) -> int:
    """The most tokens of a reply: the option, the variable, the default; what is no number from 1 is warned of."""
    from swebench_lite.cli import output
    from swebench_lite.suites import BUDGET

    for where, text in (("--max-tokens", given or ""), ("BENCH_MAX_TOKENS", settings.suite_tokens)):
        if not text.strip():
            continue
        plain = text.strip().replace("_", "")
        if plain.isascii() and plain.isdigit() and int(plain[:12]) > 0 and len(plain) < 12:
            return int(plain)
        output.warn(f"{where} '{text}' is no whole number from 1; replies may have {BUDGET} tokens")
        return BUDGET
    return BUDGET


def _numbers(option: str, text: str | None, usual: Sequence[int]) -> tuple[int, ...]:
    """Whole numbers with commas between them; ``16k`` is 16000. Raises UsageError."""
    from swebench_lite.errors import UsageError

    if text is None:
        return tuple(usual)
    found = []
    for part in text.replace(" ", "").split(","):
        plain, thousands = (part[:-1], 1000) if part[-1:] in {"k", "K"} else (part, 1)
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 9):
            raise UsageError(f"{option} '{text}' is no list of whole numbers; give one such as 2k,16k or 10,50,90")
        found.append(int(plain) * thousands)
    return tuple(found)


def _with_sandbox(ground: Ground, places: Places) -> Settings:
    from swebench_lite.cli import output
    from swebench_lite.cli.fallback import engine_or_local

    machine = Machine(sandbox=ground.sandbox, unsafe_local=ground.unsafe_local)
    return engine_or_local(
        machine,
        places,
        fell=lambda error: output.warn(f"{str(error).partition(';')[0]}; answers run in the local sandbox"),
    )
