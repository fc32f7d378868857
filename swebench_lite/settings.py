"""Flags, ``.env`` and the environment become one frozen Settings; nothing else reads the environment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from swebench_lite.records import Limits, Sampling

PACKAGE = Path(__file__).resolve().parent
# The variables that may hold a key, and where each provider answers unless its variable says otherwise.
KEYS = ("OPENROUTER_API_KEY", "OPENAI_API_KEY", "LMSTUDIO_API_KEY", "OLLAMA_API_KEY", "SWEBENCH_LITE_API_KEY")
_HOTTEST = 2.0  # the highest temperature that providers take
SERVERS = {
    "openai": ("OPENAI_BASE_URL", "https://api.openai.com/v1"),
    "openrouter": ("OPENROUTER_BASE_URL", "https://openrouter.ai/api/v1"),
    "ollama": ("OLLAMA_BASE_URL", "http://127.0.0.1:11434/v1"),
    "lmstudio": ("LMSTUDIO_BASE_URL", "http://127.0.0.1:1234/v1"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that a command needs to know about this machine and its user's wishes.

    cache: mirrors, images' logs, datasets, executions. runs: where run directories go.
    mirrors, pythons: folders that hold local git directories and interpreters by version.
    install_dependencies: install what instances declare that their tests need beside the toolchain.
    offline: never touch the network; what is missing is named instead.
    certificates: a CA bundle to hand to image builds, where this machine uses one of its own. index: likewise the address
    of a package index (from UV_DEFAULT_INDEX, UV_INDEX_URL or PIP_INDEX_URL), or "" for the public one.
    keys: API keys by the variable that held them. servers: base URLs by provider (openai, openrouter, ollama, lmstudio).
    model, sampling: what to ask and how, where the user says nothing (DEFAULT_MODEL, DEFAULT_TEMPERATURE, DEFAULT_MAX_TOKENS).
    suite_tokens, suite_oracle: BENCH_MAX_TOKENS and BENCH_ORACLE as they are written; the suites make sense of them.
    """

    cache: Path
    runs: Path
    mirrors: tuple[Path, ...] = ()
    pythons: tuple[Path, ...] = ()
    offline: bool = False
    install_dependencies: bool = False
    sandbox: str = "docker"
    workers: int = 2
    unsafe_local: bool = False
    limits: Limits = field(default_factory=Limits)
    github: str = "https://github.com"
    certificates: Path | None = None
    index: str = ""
    debian_mirror: str = "http://deb.debian.org/debian"
    home: Path = Path("/nonexistent")
    path: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    servers: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    suite_tokens: str = ""
    suite_oracle: str = ""


def bundled(name: str) -> Path:
    """A folder that the project ships (``instances``, ``tasks``): in a checkout or inside the installed wheel.

    Returns a path that may not exist when a broken installation lost it; callers name it in their error.
    """
    checkout = PACKAGE.parent / name
    return checkout if (PACKAGE.parent / "pyproject.toml").is_file() else PACKAGE / "_bundled" / name


def read_settings(
    environ: Mapping[str, str] | None = None, *, directory: Path | None = None, **flags: object
) -> Settings:
    """Settings from flags, then the shell's environment, then ``.env`` in the working directory.

    A flag that is None counts as not given. Raises ValueError where a variable holds no usable value.
    """
    shell = dict(os.environ if environ is None else environ)
    where = Path.cwd() if directory is None else directory
    variables = {**_dot_env(where / ".env"), **shell}
    home = Path(variables.get("HOME") or "/")
    cache = (
        variables.get("SWEBENCH_LITE_CACHE")
        or Path(variables.get("XDG_CACHE_HOME") or home / ".cache") / "swebench-lite"
    )
    values: dict[str, object] = {
        "cache": Path(cache).expanduser().absolute(),
        "runs": Path(variables.get("SWEBENCH_LITE_RUNS") or where / "runs").expanduser().absolute(),
        "mirrors": _folders(variables.get("SWEBENCH_LITE_MIRRORS")),
        "pythons": _folders(variables.get("SWEBENCH_LITE_PYTHONS")),
        "offline": _truth(variables, "SWEBENCH_LITE_OFFLINE"),
        "sandbox": variables.get("SWEBENCH_LITE_SANDBOX") or "docker",
        "github": (variables.get("SWEBENCH_LITE_GITHUB") or "https://github.com").rstrip("/"),
        "debian_mirror": (variables.get("SWEBENCH_LITE_DEBIAN") or "http://deb.debian.org/debian").rstrip("/"),
        "certificates": _certificates(variables),
        "index": next(filter(None, map(variables.get, ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"))), ""),
        "workers": _number(variables, "SWEBENCH_LITE_WORKERS", default=max(1, min(4, os.cpu_count() or 1))),
        "home": home,
        "path": variables.get("PATH", ""),
        "keys": {name: variables[name] for name in KEYS if variables.get(name)},
        "servers": {name: (variables.get(variable) or url).rstrip("/") for name, (variable, url) in SERVERS.items()},
        "model": variables.get("DEFAULT_MODEL", "").strip(),
        "suite_tokens": variables.get("BENCH_MAX_TOKENS", "").strip(),
        "suite_oracle": variables.get("BENCH_ORACLE", "").strip(),
        "sampling": Sampling(
            temperature=_float(variables, "DEFAULT_TEMPERATURE"), max_tokens=_whole(variables, "DEFAULT_MAX_TOKENS")
        ),
    }
    values.update({name: value for name, value in flags.items() if value is not None})
    return Settings(**values)  # type: ignore[arg-type]


def default_table() -> tuple[tuple[str, str], ...]:
    """The defaults of one attempt, for ``--help`` and the docs: one table, one owner."""
    limits = Limits()
    return (
        ("time limit", f"{limits.timeout:,.0f} s"),
        ("memory", f"{limits.memory // 1024**3} GB"),
        ("CPUs", f"{limits.cpus:g}"),
        ("processes", str(limits.processes)),
        ("output kept", f"{limits.output // 1024**2} MB, head and tail"),
    )


def tool(name: str, settings: Settings) -> str | None:
    """The path of a program on the user's PATH, or None."""
    return shutil.which(name, path=settings.path or None)


def _dot_env(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    from dotenv import dotenv_values

    return {key: value for key, value in dotenv_values(file).items() if value is not None}


def _folders(text: str | None) -> tuple[Path, ...]:
    return tuple(Path(part).expanduser().absolute() for part in (text or "").split(os.pathsep) if part.strip())


def _truth(variables: Mapping[str, str], name: str) -> bool:
    text = variables.get(name, "").strip().lower()
    if text in {"", "0", "no", "false", "off"}:
        return False
    if text in {"1", "yes", "true", "on"}:
        return True
    raise ValueError(f"{name}={text!r} is neither yes nor no; use 1 or 0")


def _number(variables: Mapping[str, str], name: str, *, default: int) -> int:
    found = _whole(variables, name)
    return default if found is None else found


def _whole(variables: Mapping[str, str], name: str) -> int | None:
    text = variables.get(name, "").strip()
    if not text:
        return None
    if not text.isdigit() or int(text) < 1:
        raise ValueError(f"{name}={text!r} is not a whole number from 1")
    return int(text)


def _float(variables: Mapping[str, str], name: str) -> float | None:
    text = variables.get(name, "").strip()
    try:
        found = float(text) if text else None
    except ValueError:
        found = -1.0
    if found is not None and not 0 <= found <= _HOTTEST:
        raise ValueError(f"{name}={text!r} is not a number from 0 to {_HOTTEST:g}")
    return found


def _certificates(variables: Mapping[str, str]) -> Path | None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if variables.get(name) and Path(variables[name]).is_file():
            return Path(variables[name])
    return None
