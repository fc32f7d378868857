"""Which runner fits an instance whose row does not say, and which files its tests are in.

Rows of older datasets carry neither a test command nor a reader's name. Both follow from the repository's files and
from the shape of the test ids: ids look the way the reader made them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from swebench_lite.errors import DatasetError
from swebench_lite.records import Instance
from swebench_lite.toolchains.commands import TOOLCHAINS, Toolchain

_HEADER = re.compile(r"^diff --git a/.* b/(.*)$", re.MULTILINE)
_DATA = (".json", ".png", "csv", ".txt", ".md", ".jpg", ".jpeg", ".pkl", ".yml", ".yaml", ".toml")
_UNITTEST_ID = re.compile(r"\w+ \([\w.]+\)")
_BARE_ID = re.compile(r"test_\w+")
_NUMBERED_BUTTON = re.compile(r"\[(?:.*-)?[13](?:-.*)?\]?$")

Files = Collection[str]
Ids = Sequence[str]


def test_files(test_patch: str) -> tuple[str, ...]:
    """The files of a test patch that a runner can be given: all but data files, in the patch's order."""
    names = (name.rstrip("\r") for name in _HEADER.findall(test_patch))
    return tuple(name for name in names if not name.endswith(_DATA))


def detect(files: Files, instance: Instance) -> Toolchain:
    """The runner for an instance, from its tree's file list (paths relative to the tree) and its test ids.

    The toolchain's reader is the instance's own ``log_parser`` where it has one. Raises DatasetError if nothing fits.
    """
    known = frozenset(files)
    ids = (*instance.fail_to_pass, *instance.pass_to_pass)
    for name, fits in _RULES:
        if fits(known, ids):
            chain = TOOLCHAINS[name]
            wanted = instance.log_parser or (pytest_reader(ids) if name == "pytest" else chain.reader)
            return replace(chain, reader=wanted)
    raise DatasetError(
        f"no known test runner fits {instance.instance_id}: neither its {len(known)} files nor its {len(ids)} test ids "
        "point to one; give the row a test_command and a log_parser"
    )


def pytest_reader(ids: Ids) -> str:
    """The official pytest reader that ids of this shape come from.

    Ids with spaces were read as whole lines. Absolute paths that are one level deep, all of them, were shortened. Ids
    with a number where a mouse button could be may have been an enum's name; everything else is read the same by all.
    """
    if any(" " in name for name in ids):
        return "parse_log_pytest_v2"
    if _all_shortened(ids):
        return "parse_log_pytest_options"
    named = any("MouseButton." in name for name in ids)
    numbered = any(_NUMBERED_BUTTON.search(name) for name in ids)
    return "parse_log_matplotlib" if numbered and not named else "parse_log_pytest"


def _all_shortened(ids: Ids) -> bool:
    parameters = [name.partition("[")[2] for name in ids if "[" in name]
    paths = [text for text in parameters if text.startswith("/") and not text.startswith("//") and "*" not in text]
    return bool(paths) and all("/" not in path[1:] for path in paths)


def _has(*names: str) -> Callable[[Files, Ids], bool]:
    return lambda files, _: any(name in files for name in names)


def _is_django(files: Files, ids: Ids) -> bool:
    return "tests/runtests.py" in files and not any("::" in name for name in ids)


def _is_sympy(files: Files, ids: Ids) -> bool:
    return "bin/test" in files and any(_BARE_ID.fullmatch(name) for name in ids)


def _is_pytest(_: Files, ids: Ids) -> bool:
    return any(".py::" in name for name in ids)


def _is_unittest(_: Files, ids: Ids) -> bool:
    return any(_UNITTEST_ID.fullmatch(name) for name in ids)


def _is_node_script(files: Files, _: Ids) -> bool:
    return "package.json" in files and not _is_node_test(files, _)


def _is_node_test(files: Files, _: Ids) -> bool:
    return "package.json" in files and any(re.search(r"[.-]test\.[cm]?[jt]s$", file) for file in files)


def _is_python(files: Files, _: Ids) -> bool:
    return any(name in files for name in ("pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini"))


# The first that fits wins: ids say more than files, and a manifest says more than the mere presence of a language.
_RULES: tuple[tuple[str, Callable[[Files, Ids], bool]], ...] = (
    ("pytest", _is_pytest),
    ("django", _is_django),
    ("sympy", _is_sympy),
    ("unittest", _is_unittest),
    ("go", _has("go.mod")),
    ("cargo", _has("Cargo.toml")),
    ("ctest", _has("CMakeLists.txt")),
    ("node_test", _is_node_test),
    ("node_script", _is_node_script),
    ("pytest", _is_python),
)
