"""What a Python project's own files say of the environment that it wants. Reads text, runs nothing."""

from __future__ import annotations

import configparser
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TEST_EXTRAS = ("test", "tests", "testing", "test_extra", "dev")
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.\d+)")
_REQUIRES = re.compile(r"python_requires\s*=\s*[\"']?([<>=!~0-9., *]+)")
# Where projects keep what their tests need, most telling first.
_REQUIREMENT_FILES = (
    "tests/requirements/py3.txt", "requirements/tests.txt", "requirements/test.txt", "requirements-test.txt",
    "requirements_test.txt", "requirements_test_min.txt", "test-requirements.txt", "test_requirements.txt",
    "tests/requirements.txt", "requirements/testing.txt", "requirements/testing/all.txt", "requirements/dev.txt",
    "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The build-relevant facts of a Python source tree.

    pythons: versions that it says it supports. requires_python: its own bound, as written, or "".
    build_requires: its build system's requirements. extras: its extras that are for tests, as far as they can be read.
    requirement_files: files that list what its tests need, relative to the root.
    installable: whether it has a setup.py or a pyproject.toml with a build system at all.
    """

    pythons: tuple[str, ...] = ()
    requires_python: str = ""
    build_requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    requirement_files: tuple[str, ...] = ()
    installable: bool = True

    @property
    def version_from_git(self) -> bool:
        """Whether its version is worked out from git's tags, which a one-commit checkout does not have."""
        return any(re.match(r"(setuptools[-_]scm|pbr|hatch-vcs|versioningit)\b", line) for line in self.build_requires)


def read_project(tree: Path) -> Project:
    """The facts of the project at ``tree``; what cannot be read counts as not said."""
    pyproject = _toml(tree / "pyproject.toml")
    setup_py, setup_cfg = _text(tree / "setup.py"), _text(tree / "setup.cfg")
    cfg = _ini(setup_cfg)
    both = "\n".join((setup_py, setup_cfg, _text(tree / "pyproject.toml")))
    bound = str(_table(pyproject, "project").get("requires-python", ""))
    if not bound:
        match = _REQUIRES.search(both)
        bound = match.group(1).strip(" ,") if match else ""
    return Project(
        pythons=tuple(dict.fromkeys(_CLASSIFIER.findall(both))),
        requires_python=bound,
        build_requires=_build_requires(pyproject, setup_py, cfg),
        extras=_extras(pyproject, setup_py, cfg),
        requirement_files=tuple(name for name in _REQUIREMENT_FILES if (tree / name).is_file()),
        installable=bool(setup_py) or "build-system" in pyproject or "project" in pyproject,
    )


def _build_requires(pyproject: dict[str, Any], setup_py: str, cfg: configparser.ConfigParser) -> tuple[str, ...]:
    requires = _table(pyproject, "build-system").get("requires", ())
    listed = [str(line) for line in requires] if isinstance(requires, (list, tuple)) else []
    listed += re.split(r"[\n;]", cfg.get("options", "setup_requires", fallback=""))
    listed += ["setuptools_scm"] if "use_scm_version" in setup_py else []
    for block in re.findall(r"setup_requires\s*=\s*\[([^\]]*)\]", setup_py):
        listed += re.findall(r"[\"']([A-Za-z][^\"']*)[\"']", block)
    return tuple(dict.fromkeys(line.strip() for line in listed if line.strip()))


def _extras(pyproject: dict[str, Any], setup_py: str, cfg: configparser.ConfigParser) -> tuple[str, ...]:
    named = set(_table(_table(pyproject, "project"), "optional-dependencies"))
    named |= set(cfg["options.extras_require"]) if cfg.has_section("options.extras_require") else set()
    if "extras_require" in setup_py:
        named |= {name for name in _TEST_EXTRAS if re.search(rf"[\"']{name}[\"']\s*[:\],]", setup_py)}
    return tuple(name for name in _TEST_EXTRAS if name in named)


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _ini(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        # Not every setup.cfg of the last fifteen years parses; then it says nothing.
        return configparser.ConfigParser(interpolation=None)
    return parser


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError:
        return {}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
