"""What a Python project's own files say of the environment that it wants. Reads text, runs nothing."""

from __future__ import annotations

import configparser
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import InvalidRequirement, Requirement

_TEST_EXTRAS = ("test", "tests", "testing", "test_extra", "dev")
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.\d+)")
_IMPORT = re.compile(r"^\s*(?:from|import)\s+([A-Za-z_]\w*)", re.MULTILINE)
# Modules that every environment of ours has, or that only Python 2 had.
_ALWAYS_THERE = frozenset((
    "distutils", "pip", "pkg_resources", "setuptools", "wheel",
    "ConfigParser", "StringIO", "__builtin__", "cPickle", "commands", "urllib2",
))  # fmt: skip
_CIMPORT = re.compile(
    r"^[ \t]*(?:cimport[ \t]+([A-Za-z]\w*)|from[ \t]+([A-Za-z]\w*)[\w.]*[ \t]+cimport\b)", re.MULTILINE
)
# What Cython brings along itself.
_CYTHON_OWN = frozenset({"cython", "cpython", "libc", "libcpp", "openmp", "posix"})
_REQUIRES = re.compile(r"python_requires\s*=\s*[\"']?([<>=!~0-9., *]+)")
# Where projects keep what their tests need, most telling first.
_REQUIREMENT_FILES = (
    "tests/requirements/py3.txt", "requirements/tests.txt", "requirements/test.txt", "requirements-test.txt",
    "requirements_test.txt", "requirements_test_min.txt", "test-requirements.txt", "test_requirements.txt",
    "tests/requirements.txt", "requirements/testing.txt", "requirements/testing/all.txt", "requirements/dev.txt",
    "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt",
)  # fmt: skip
# Where projects that develop with conda list everything that their tests can make use of.
_CONDA_FILES = (
    "environment.yml", "environment.yaml", "ci/environment.yml", "ci/requirements/environment.yml",
    "requirements/environment.yml",
)  # fmt: skip
# One file per interpreter in place of one for all; the newest stands for them.
_CONDA_PATTERN = ("ci/requirements", re.compile(r"(?:environment-)?py3\d+\.ya?ml"))
# Where a project says what its tests are run with, and the programs that tests call where they are there.
_CI_FILES = (".travis.yml", "azure-pipelines.yml", ".circleci/config.yml", ".github/workflows/*.y*ml")
_TOOLS = re.compile(r"\b(ghostscript|graphviz|imagemagick|ffmpeg|dvipng|texlive-[a-z]+)\b")
# How the template of a project's build options offers a system library in place of its own.
_SYSTEM_OPTION = re.compile(r"^#* *system_[a-z]* *=", re.MULTILINE)
_CONDA_LINE = re.compile(r"(?:[\w.-]+::)?([A-Za-z0-9][\w.-]*)\s*(.*)")
# What conda calls otherwise than the index, and what is no package of the index at all.
_CONDA_NAMES = {"pytables": "tables", "iris": "scitools-iris", "pytorch": "torch", "python": "", "pip": "", "conda": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The build-relevant facts of a Python source tree.

    pythons: versions that it says it supports. requires_python: its own bound, as written, or "".
    build_requires: its build system's requirements. setup_imports: what a setup.py without a build system imports all the
    same and has to find installed. extras: its extras that are for tests, as far as they can be read.
    requirement_files: files that list what its tests need, relative to the root.
    optional: requirement lines for what its tests can make use of, from the conda environment that it is developed in.
    own_libraries: whether it compiles third-party libraries of its own choice, unless told to use the system's.
    tools: whether its continuous integration installs programs that its tests call where they are (see ``_TOOLS``).
    installable: whether it has a setup.py or a pyproject.toml with a build system at all.
    """

    pythons: tuple[str, ...] = ()
    requires_python: str = ""
    build_requires: tuple[str, ...] = ()
    setup_imports: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    requirement_files: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    own_libraries: bool = False
    tools: bool = False
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
    requires = _build_requires(pyproject, setup_py, cfg)
    return Project(
        pythons=tuple(dict.fromkeys(_CLASSIFIER.findall(both))),
        requires_python=bound,
        build_requires=(*requires, *_cython_requires(requires, tree)),
        setup_imports=_setup_imports(setup_py, tree) if "build-system" not in pyproject else (),
        extras=_extras(pyproject, setup_py, cfg),
        requirement_files=tuple(name for name in _REQUIREMENT_FILES if (tree / name).is_file()),
        optional=_optional(tree),
        tools=any(_TOOLS.search(_text(path)) for name in _CI_FILES for path in sorted(tree.glob(name))),
        own_libraries=any(_SYSTEM_OPTION.search(_text(path)) for path in sorted(tree.glob("*.cfg.template"))),
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


def _cython_requires(listed: tuple[str, ...], tree: Path) -> tuple[str, ...]:
    """What Cython's sources need to be compiled, whether or not the project says so: Cython, and what they cimport."""
    sources = sorted(path for ending in ("pyx", "pxd") for path in tree.rglob(f"*.{ending}"))
    if not any(path.suffix == ".pyx" for path in sources):
        return ()
    named = {name for path in sources for pair in _CIMPORT.findall(_text(path)) for name in pair if name}
    # A module beside the one that names it is found without its package's name.
    own = {path.stem for path in sources} | {path.name for path in (*tree.iterdir(), *tree.glob("src/*"))}
    said = {match.group().lower() for line in listed if (match := re.match(r"[\w-]+", line))}
    return tuple(sorted({"cython", *named - own - _CYTHON_OWN} - said))


def _setup_imports(setup_py: str, tree: Path) -> tuple[str, ...]:
    def foreign(name: str) -> bool:
        own = (tree / name).is_dir() or (tree / f"{name}.py").is_file() or (tree / "src" / name).is_dir()
        return not own and name not in sys.stdlib_module_names and name not in _ALWAYS_THERE

    return tuple(dict.fromkeys(filter(foreign, _IMPORT.findall(setup_py))))


def _extras(pyproject: dict[str, Any], setup_py: str, cfg: configparser.ConfigParser) -> tuple[str, ...]:
    named = set(_table(_table(pyproject, "project"), "optional-dependencies"))
    named |= set(cfg["options.extras_require"]) if cfg.has_section("options.extras_require") else set()
    if "extras_require" in setup_py:
        named |= {name for name in _TEST_EXTRAS if re.search(rf"[\"']{name}[\"']\s*[:\],]", setup_py)}
    return tuple(name for name in _TEST_EXTRAS if name in named)


def _optional(tree: Path) -> tuple[str, ...]:
    files = [tree / name for name in _CONDA_FILES if (tree / name).is_file()]
    folder, pattern = _CONDA_PATTERN
    if not files and (tree / folder).is_dir():
        files = sorted(path for path in (tree / folder).iterdir() if pattern.fullmatch(path.name))[-1:]
    listed = _yaml(files[0]).get("dependencies") if files else None
    lines: list[str] = []
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, str):
            lines.append(_requirement(entry))
        elif isinstance(entry, dict) and isinstance(entry.get("pip"), list):
            lines += [
                str(line) for line in entry["pip"] if re.match(r"[A-Za-z0-9]", str(line)) and "://" not in str(line)
            ]
    return tuple(dict.fromkeys(line for line in lines if line))


def _requirement(entry: str) -> str:
    """A line of a conda environment as a requirement, or "" where the index has no such thing."""
    match = _CONDA_LINE.fullmatch(entry.strip())
    if match is None:
        return ""
    name = re.sub(r"-(base|core)$", "", match.group(1))
    name = _CONDA_NAMES.get(name, name)
    bound = match.group(2).split(" ")[0].strip()
    if re.fullmatch(r"=[\d.]+\*?", bound):  # conda's one equals sign: this release series
        bound = f"={bound.rstrip('.*')}.*"
    if bound[:1].isdigit():  # conda's other form, `name version build`, is its own affair
        bound = ""
    try:
        Requirement(f"{name}{bound}")
    except InvalidRequirement:
        return name
    return f"{name}{bound}" if name else ""


def _yaml(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(_text(path))
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


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
