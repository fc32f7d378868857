"""Options that several commands share, in bundles that ``binding.command`` spreads out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from swebench_lite.selection import Selection
    from swebench_lite.settings import Settings

# A month of seconds: timers and leases cannot hold every number that a float can.
_LONGEST_TIMEOUT = 30 * 24 * 3600

DatasetArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="DATASET",
        show_default=False,
        help="A subset (verified-20), an alias (full, lite, verified, multilingual, multimodal), tasks, own, files, demo (of "
        "each), a Hugging Face id, or the path of a .parquet, .json or .jsonl file or folder.",
    ),
]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, the beginning of one, or latest.")]
RunsArgument = Annotated[
    list[str], typer.Argument(metavar="RUN...", help="Run ids, beginnings of them, or latest.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, and nothing else there.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done and do nothing.")]
Verbose = Annotated[
    bool, typer.Option("-v", "--verbose", help="One line per finished attempt where standard error is no terminal.")
]
RunId = Annotated[str | None, typer.Option("--run-id", metavar="ID", help="The new run's id instead of a made-up one.")]
Resume = Annotated[
    str | None,
    typer.Option("--resume", metavar="RUN", help="Continue a run: unfinished attempts and those that failed for no fault "
                 "of the model are made again; what to run comes from the stored plan."),
]  # fmt: skip


Split = Annotated[
    str | None,
    typer.Option("--split", metavar="NAME", help="Which of the dataset's splits; test unless given."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which instances of the dataset."""

    instance: Annotated[
        list[str] | None, typer.Option("-i", "--instance", metavar="ID", help="An instance id or glob; repeatable.")
    ] = None
    language: Annotated[
        list[str] | None, typer.Option("--language", metavar="NAME", help="Only this language; repeatable.")
    ] = None
    repo: Annotated[
        list[str] | None, typer.Option("--repo", metavar="OWNER/NAME", help="Only this repository or glob; repeatable.")
    ] = None
    difficulty: Annotated[
        list[str] | None, typer.Option("--difficulty", metavar="TEXT", help="Only this difficulty; repeatable.")
    ] = None
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", help="The first N of what is selected.")] = None
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", help="N drawn at random, spread over repositories.")
    ] = None
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the draw.")] = 0

    def selection(self) -> Selection:
        """As the loader takes it. Raises UsageError for numbers that select nothing."""
        from swebench_lite.selection import Selection

        return Selection(
            ids=tuple(self.instance or ()),
            languages=tuple(self.language or ()),
            repos=tuple(self.repo or ()),
            difficulties=tuple(self.difficulty or ()),
            limit=self.limit,
            sample=self.sample,
            seed=self.seed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are kept, and whether the network may be used."""

    output_dir: Annotated[
        Path | None, typer.Option("--output-dir", metavar="DIR", help="Where run folders are; ./runs unless given.")
    ] = None
    cache: Annotated[
        Path | None, typer.Option("--cache", metavar="DIR", help="The cache; ~/.cache/swebench-lite unless given.")
    ] = None
    offline: Annotated[bool, typer.Option("--offline", help="Never use the network; name what is missing.")] = False

    def settings(self, **flags: Any) -> Settings:
        """Settings from these options and other flags. Raises UsageError where a variable holds no usable value."""
        from swebench_lite.errors import UsageError, unknown
        from swebench_lite.sandbox import SANDBOXES
        from swebench_lite.settings import read_settings

        try:
            made = read_settings(
                runs=_absolute(self.output_dir), cache=_absolute(self.cache), offline=self.offline or None, **flags
            )
        except ValueError as error:
            raise UsageError(str(error)) from error
        if made.sandbox not in SANDBOXES:
            raise UsageError(unknown("sandbox", made.sandbox, SANDBOXES))
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How attempts are run."""

    sandbox: Annotated[
        str | None, typer.Option("--sandbox", metavar="NAME", help="docker or local; docker unless given.")
    ] = None
    unsafe_local: Annotated[
        bool, typer.Option("--unsafe-local", help="Let the local sandbox run without bubblewrap: no wall at all.")
    ] = False
    workers: Annotated[
        int | None, typer.Option("-j", "--workers", metavar="N", min=1, help="How many attempts at a time.")
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout", metavar="S", min=0.1, max=_LONGEST_TIMEOUT, help="Seconds per attempt; 1800 unless given."
        ),
    ] = None
    image: Annotated[
        str | None, typer.Option("--image", metavar="IMAGE", help="A container image for every instance.")
    ] = None
    install_deps: Annotated[
        bool,
        typer.Option("--install-deps", help="Install what tasks declare that their tests need; takes the network."),
    ] = False
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Run tests again even where the evidence is kept.")] = (
        False
    )

    def settings(self, places: Places) -> Settings:
        """Settings from these options, with a cache that can be written to.

        Raises UsageError as ``Places.settings`` does, StoreError where the cache's folder cannot be made.
        """
        from swebench_lite.backends import with_limits
        from swebench_lite.errors import StoreError
        from swebench_lite.store import files

        flags = {"sandbox": self.sandbox, "workers": self.workers, "unsafe_local": self.unsafe_local or None}
        flags["install_dependencies"] = self.install_deps or None
        made = with_limits(places.settings(**flags), timeout=self.timeout)
        try:
            made.cache.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{files.explain(made.cache, error)}; --cache names another cache") from error
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How models are asked. What is not given is left to the arm, then to the settings file, then to the server."""

    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="An OpenAI-compatible server that has the model.")
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
    context: Annotated[
        str | None,
        typer.Option("--context", metavar="NAME", help="Files to show: none, all, oracle, bm25 or repo-map."),
    ] = None
    include_tests: Annotated[
        bool, typer.Option("--include-tests", help="Show the tests that will run, which are hidden otherwise.")
    ] = False
    answer_format: Annotated[
        str | None, typer.Option("--answer-format", metavar="NAME", help="diff, files or search-replace.")
    ] = None
    budget: Annotated[
        int | None, typer.Option("--prompt-tokens", metavar="N", help="The most tokens of a prompt, from 1000 on.")
    ] = None
    temperature: Annotated[float | None, typer.Option("--temperature", metavar="T", min=0.0, max=2.0)] = None
    top_p: Annotated[float | None, typer.Option("--top-p", metavar="P", min=0.0, max=1.0)] = None
    max_tokens: Annotated[
        int | None, typer.Option("--max-tokens", metavar="N", min=1, help="The most tokens of a reply.")
    ] = None
    model_seed: Annotated[int | None, typer.Option("--model-seed", metavar="N", help="Asked of the server.")] = None
    request_timeout: Annotated[
        float | None, typer.Option("--request-timeout", metavar="S", min=1.0, help="Seconds per request.")
    ] = None
    tries: Annotated[
        int | None,
        typer.Option(
            "--tries", metavar="N", min=1, help="Requests per attempt, while the server fails; 6 unless given."
        ),
    ] = None
    requests: Annotated[
        int | None, typer.Option("--requests", metavar="N", min=1, help="Requests at a time; 8 unless given.")
    ] = None
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", metavar="USD", min=0.0, help="Stop asking before the run costs more.")
    ] = None
    provider: Annotated[
        list[str] | None,
        typer.Option("--provider", metavar="NAME", help="OpenRouter's providers, in order; repeatable."),
    ] = None
    sort_by_price: Annotated[
        bool,
        typer.Option("--sort-by-price", help="One model after the other, the cheapest first, unknown prices last."),
    ] = False

    def given(self) -> dict[str, object]:
        """The fields of an Asking that the user gave. Raises UsageError for numbers that are none, and what no arm takes."""
        _finite("temperature", "top_p", "request_timeout", "max_cost", given=self)
        _as_in_arms(self)
        levels = tuple(dict.fromkeys(part.strip() for part in (self.thinking or "").split(",") if part.strip()))
        file = _absolute(self.models_file)
        found: dict[str, object | None] = {
            "base_url": self.base_url, "models_file": str(file) if file else None, "thinking": levels or None,
            "context": self.context, "answer_format": self.answer_format, "budget": self.budget,
            "temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens, "seed": self.model_seed,
            "request_timeout": self.request_timeout, "tries": self.tries, "requests": self.requests,
            "max_cost": self.max_cost, "routing": tuple(self.provider) if self.provider else None,
            "sort_by_price": self.sort_by_price or None, "tests": self.include_tests or None,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """What is tried with answers that do not apply as they were written."""

    repair: Annotated[
        list[str] | None,
        typer.Option("--repair", metavar="NAME", help="Fallbacks beyond faithful repairs: rewrite, fuzzy; repeatable."),
    ] = None
    score_repaired: Annotated[
        bool, typer.Option("--score-repaired", help="Run the tests on the repaired form too, scored apart.")
    ] = False

    def given(self) -> dict[str, object]:
        """The fields of a request that the user gave. Raises UsageError for an unknown fallback."""
        from swebench_lite.errors import UsageError, unknown
        from swebench_lite.repairs import FALLBACKS

        for name in self.repair or ():
            if name not in FALLBACKS:
                raise UsageError(unknown("repair", name, FALLBACKS))
        found: dict[str, object] = {"fallbacks": tuple(dict.fromkeys(self.repair))} if self.repair else {}
        return {**found, "score_repaired": True} if self.score_repaired else found


def _finite(*names: str, given: Manners) -> None:
    """Raises UsageError for ``nan`` and ``inf``, which pass every bound that an option can have."""
    from math import isfinite

    from swebench_lite.errors import UsageError

    for name in names:
        value = getattr(given, name)
        if value is not None and not isfinite(value):
            raise UsageError(f"--{name.replace('_', '-')} {value} is no number to count with; give a finite one")


def _as_in_arms(given: Manners) -> None:
    """Raises UsageError for what the file of an arm could not say either."""
    from swebench_lite.arms.checks import FORMATS, SMALLEST_BUDGET
    from swebench_lite.errors import UsageError, unknown

    if given.answer_format is not None and given.answer_format not in FORMATS:
        raise UsageError(unknown("answer format", given.answer_format, FORMATS))
    if given.budget is not None and given.budget < SMALLEST_BUDGET:
        raise UsageError(f"--prompt-tokens {given.budget} has no room for a request; give {SMALLEST_BUDGET} or more")


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.expanduser().absolute()


def given(choice: Choice, machine: Machine, **named: object) -> dict[str, object]:
    """The fields of a request that the user gave, without those left to their defaults."""
    found = {name: value for name, value in named.items() if value is not None}
    if choice != Choice():
        found["selection"] = choice.selection()
    for name in ("sandbox", "timeout", "image"):
        if getattr(machine, name) is not None:
            found[name] = getattr(machine, name)
    if machine.no_cache:
        found["use_cache"] = False
    if machine.install_deps:
        found["install_dependencies"] = True
    return found
