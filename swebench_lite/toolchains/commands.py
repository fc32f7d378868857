"""Test runners: the command that runs given test files, and the reader for what it prints."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """One test runner.

    command: paths of test files, relative to the tree, in; one shell command line, to be run in the tree, out. With
    no files it runs the whole suite. reader: a name for ``toolchains.reader``. exit_tells: the command's exit status is
    zero exactly when no test failed.
    """

    name: str
    language: str
    reader: str
    command: Callable[[Sequence[str]], str]
    exit_tells: bool = True


def _with_files(prefix: str, files: Sequence[str]) -> str:
    return " ".join([prefix, *(shlex.quote(file) for file in files)])


def _pytest(files: Sequence[str]) -> str:
    return _with_files("pytest -rA", files)


def _unittest(files: Sequence[str]) -> str:
    return _with_files("python -m unittest -v", [_module(file) for file in files])


def _django(files: Sequence[str]) -> str:
    labels = [_module(file.removeprefix("tests/")) for file in files]
    return _with_files("./tests/runtests.py --verbosity 2 --settings=test_sqlite --parallel 1", labels)


def _sympy(files: Sequence[str]) -> str:
    warnings = "PYTHONWARNINGS='ignore::UserWarning,ignore::SyntaxWarning'"
    return _with_files(f"{warnings} bin/test -C --verbose", files)


def _go(files: Sequence[str]) -> str:
    packages = dict.fromkeys(f"./{PurePosixPath(file).parent}" for file in files)
    return _with_files("go test -v", [package.removesuffix("/.") for package in packages] or ["./..."])


def _cargo(files: Sequence[str]) -> str:
    paths = [PurePosixPath(file) for file in files]
    # Only tests/NAME.rs is a target of its own; anything else is part of one that has no name to select it by.
    separate = bool(paths) and all(path.parent == PurePosixPath("tests") and path.suffix == ".rs" for path in paths)
    targets = [word for path in paths if separate for word in ("--test", path.stem)]
    return _with_files("cargo test --no-fail-fast", targets)


def _ctest(_: Sequence[str]) -> str:
    return "cmake -S . -B build && cmake --build build && ctest --test-dir build --output-on-failure"


def _node_test(files: Sequence[str]) -> str:
    return _with_files("node --test --test-reporter=tap", files)


def _node_script(files: Sequence[str]) -> str:
    scripts = [_with_files("node", [file]) for file in files] or ["npm test --silent"]
    if len(scripts) == 1:
        return scripts[0]
    # Every script runs, and the status is that of a failing one if there is any.
    return f"(status=0; {' '.join(f'{script} || status=1;' for script in scripts)} exit $status)"


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


TOOLCHAINS: Mapping[str, Toolchain] = {
    chain.name: chain
    for chain in (
        Toolchain(name="pytest", language="python", reader="parse_log_pytest", command=_pytest),
        Toolchain(name="unittest", language="python", reader="unittest", command=_unittest),
        Toolchain(name="django", language="python", reader="parse_log_django", command=_django),
        Toolchain(name="sympy", language="python", reader="parse_log_sympy", command=_sympy),
        Toolchain(name="go", language="go", reader="parse_log_gotest", command=_go),
        Toolchain(name="cargo", language="rust", reader="parse_log_cargo", command=_cargo),
        Toolchain(name="ctest", language="cpp", reader="ctest", command=_ctest),
        Toolchain(name="node_test", language="node", reader="node_test", command=_node_test),
        Toolchain(name="node_script", language="node", reader="node_script", command=_node_script, exit_tells=False),
    )
}
