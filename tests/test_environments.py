from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.engine import LABEL
from swebench_lite.environments import (
    Resources,
    activation,
    bases,
    candidates,
    debian,
    host,
    images,
    interpreters,
    official,
)
from swebench_lite.environments.dated import interpreter_order
from swebench_lite.environments.interpreters import Interpreter, available, date_floor, released, sort_key
from swebench_lite.environments.project import Project, read_project
from swebench_lite.environments.recipes import Recipe, copy_tree
from swebench_lite.environments.resolution import lock_of, split, version_of
from swebench_lite.errors import NoEnvironment
from swebench_lite.records import Instance
from swebench_lite.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "swebench_lite"


# --- interpreters


def _interpreter(folder: Path, name: str, version: str | None = None) -> Path:
    prefix = folder / name
    (prefix / "bin").mkdir(parents=True)
    wanted = version or ".".join(name.removeprefix("cpython-").split(".")[:2])
    (prefix / "bin" / f"python{wanted}").write_text("")
    return prefix


def _found(settings: Settings) -> dict[str, str]:
    return {one.version: one.full for one in available(settings)}


@pytest.fixture
def bare(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a machine without any interpreter of its own."""
    return replace(settings, pythons=(), home=tmp_path / "no-home")


def test_without_interpreters_the_distributions_own_remains(bare: Settings) -> None:
    assert _found(bare) == {"3.11": "3.11-debian"}


def test_the_newest_patch_release_of_each_version_wins(bare: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "pythons"
    for name in ("3.9.2", "3.9.18", "3.9.9", "3.10.1", "3.8.1"):
        _interpreter(folder, name)
    found = available(replace(bare, pythons=(folder,)))
    assert [one.full for one in found] == ["3.8.1", "3.9.18", "3.10.1", "3.11-debian"]
    assert found[1].folder == folder / "3.9.18"


def test_an_earlier_folder_wins_over_a_later_one(bare: Settings, tmp_path: Path) -> None:
    _interpreter(tmp_path / "first", "3.9.1")
    _interpreter(tmp_path / "second", "3.9.18")
    settings = replace(bare, pythons=(tmp_path / "first", tmp_path / "second"))
    assert _found(settings)["3.9"] == "3.9.1"


def test_the_folders_of_pyenv_and_uv_are_looked_into(bare: Settings, tmp_path: Path) -> None:
    _interpreter(tmp_path / "home/.pyenv/versions", "3.7.17")
    _interpreter(tmp_path / "home/.local/share/uv/python", "cpython-3.12.1-linux-x86_64-gnu", "3.12")
    assert _found(replace(bare, home=tmp_path / "home")) == {"3.7": "3.7.17", "3.11": "3.11-debian", "3.12": "3.12.1"}


def test_an_interpreter_of_the_machine_replaces_the_distributions(bare: Settings, tmp_path: Path) -> None:
    _interpreter(tmp_path / "p", "3.11.4")
    assert _found(replace(bare, pythons=(tmp_path / "p",)))["3.11"] == "3.11.4"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("pypy3.9-7.3.1", "3.9"),
        ("3.13.0rc1", "3.13"),
        ("3.8-dev", "3.8"),
        ("cpython-3.13.0+freethreaded-linux-x86_64-gnu", "3.13"),
        ("miniconda3-4.7", "3.7"),
        ("3.9.18", "3.8"),
    ],
)
def test_what_is_no_plain_release_of_cpython_does_not_count(
    name: str, version: str, bare: Settings, tmp_path: Path
) -> None:
    _interpreter(tmp_path / "p", name, version)
    assert _found(replace(bare, pythons=(tmp_path / "p",))) == {"3.11": "3.11-debian"}


def test_a_link_to_an_interpreter_is_not_a_second_one(bare: Settings, tmp_path: Path) -> None:
    real = _interpreter(tmp_path / "p", "3.9.18")
    (tmp_path / "p" / "3.9.20").symlink_to(real)
    assert _found(replace(bare, pythons=(tmp_path / "p",)))["3.9"] == "3.9.18"


def test_versions_are_ordered_as_numbers() -> None:
    assert sorted(["3.10", "3.9", "3.13", "3.6"], key=sort_key) == ["3.6", "3.9", "3.10", "3.13"]


def test_no_version_catches_up_before_it_is_released() -> None:
    versions = [f"3.{minor}" for minor in range(6, 14)]
    assert all(released(version) < date_floor(version) for version in versions)
    assert [released(version) for version in versions] == sorted(released(version) for version in versions)


# --- the order in which interpreters are tried

THERE = tuple(Interpreter(version=f"3.{minor}", full=f"3.{minor}.1", folder=Path("/p")) for minor in range(6, 14))


def _order(project: Project, *, day: str | None = "2022-06-01", script: str = "") -> list[str]:
    instance = Instance(instance_id="x", created_at=f"{day}T00:00:00Z" if day else None, eval_script=script or None)
    return [one.version for one in interpreter_order(project, instance, THERE)]


def test_no_interpreter_is_tried_twice_and_not_all_are() -> None:
    order = _order(Project())
    assert len(set(order)) == len(order)
    assert 3 <= len(order) < len(THERE)


def test_a_version_that_the_test_script_names_comes_first() -> None:
    script = "cd /testbed\npython -m tox -epy38 -v -- tests\n"
    assert _order(Project(pythons=("3.9", "3.10")), script=script)[0] == "3.8"
    assert _order(Project(), script="tox --current-env -epy310 -v")[0] == "3.10"


def test_a_bound_of_the_project_is_kept() -> None:
    assert set(_order(Project(requires_python=">=3.8,<3.11"))) == {"3.8", "3.9", "3.10"}


@pytest.mark.parametrize("bound", [">=", "nonsense", ">=4", "<3"])
def test_a_bound_that_cannot_be_kept_counts_as_none(bound: str) -> None:
    assert _order(Project(requires_python=bound)) == _order(Project())


def test_a_version_that_was_not_out_yet_does_not_come_first() -> None:
    declared = Project(pythons=("3.9", "3.10", "3.11", "3.12"))
    assert sort_key(_order(declared, day="2022-06-01")[0]) <= (3, 10)


def test_before_the_collections_were_renamed_the_last_forgiving_one_comes_first() -> None:
    assert _order(Project(pythons=("3.6", "3.7")), day="2019-01-01")[0] in {"3.6", "3.7", "3.8", "3.9"}


def test_the_first_choices_neighbours_come_before_the_far_ones() -> None:
    order = [sort_key(version)[1] for version in _order(Project(pythons=("3.8",)), day="2024-06-01")]
    assert order[0] == 8
    distances = [abs(minor - order[0]) for minor in order]
    assert distances == sorted(distances)


def test_the_lock_is_what_stands_between_its_marks() -> None:
    assert lock_of("noise\n=== lock ===\na==1\nb==2\n=== end ===\nnoise\n") == "a==1\nb==2\n"
    assert lock_of("nothing") == ""


@pytest.mark.parametrize(
    ("described", "version"),
    [
        ("v0.12.3-88-g69c7e01e5", "0.12.4.dev88"),
        ("5.4.0-0-gabc", "5.4.0"),
        ("v3.5.0rc1-12-gabc", "3.5.0.dev12"),
        ("release-2.1-3-gabc", "2.2.dev3"),
        ("nightly-3-gabc", ""),
        ("", ""),
    ],
)
def test_a_version_on_the_way_to_the_next_is_told_from_the_tag_before_it(described: str, version: str) -> None:
    assert version_of(described) == version


def test_a_lock_is_split_by_how_widely_it_is_shared() -> None:
    lock = "Babel==2.9\nbabelfish==1.0\nnumpy==1.20 ; python_version < '4'\n# of the day itself\npip==20\npytest==7.0\n"
    assert split(lock) == (
        "Babel==2.9\nnumpy==1.20 ; python_version < '4'\n",
        "babelfish==1.0\n",
        "pip==20\npytest==7.0\n",
    )
    assert split("numpy==1.20\npytest==7.0\n") == ("numpy==1.20\npytest==7.0\n",)
    assert split("pytest==7.0\n# of the day itself\n") == ("pytest==7.0\n",)
    assert split("") == ()


def _project(folder: Path, **files: str) -> Project:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return read_project(folder)


def test_an_empty_tree_says_nothing(tmp_path: Path) -> None:
    assert read_project(tmp_path) == Project(installable=False)


def test_pyproject_tables_are_read(tmp_path: Path) -> None:
    text = (
        '[build-system]\nrequires = ["setuptools>=61", "Cython<3"]\n[project]\nname = "x"\nrequires-python = ">=3.8"\n'
        'classifiers = ["Programming Language :: Python :: 3.8", "Programming Language :: Python :: 3.10"]\n'
        '[project.optional-dependencies]\ntest = ["pytest"]\ndocs = ["sphinx"]\n'
    )
    read = _project(tmp_path, pyproject__toml=text)
    assert read == Project(
        pythons=("3.8", "3.10"),
        requires_python=">=3.8",
        build_requires=("setuptools>=61", "Cython<3"),
        extras=("test",),
    )


def test_setup_py_is_read_without_being_run(tmp_path: Path) -> None:
    text = (
        "raise SystemExit('must not run')\nsetup(name='x', python_requires='>=3.6', setup_requires=['numpy>=1.13', 'cython'],\n"
        "extras_require={'dev': ['x'], \"testing\": ['pytest']}, classifiers=['Programming Language :: Python :: 3.7'])\n"
    )
    read = _project(tmp_path, setup__py=text)
    assert read == Project(
        pythons=("3.7",), requires_python=">=3.6", build_requires=("numpy>=1.13", "cython"), extras=("testing", "dev")
    )


def test_what_setup_py_imports_without_asking_for_it_is_found(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "helper.py").write_text("")
    text = """import os, sys
from setuptools import setup
import own.version
from helper import x
import ConfigParser
def configuration():
    from numpy.distutils.core import setup
    import Cython
    import numpy
"""
    (tmp_path / "setup.py").write_text(text)
    assert read_project(tmp_path).setup_imports == ("numpy", "Cython")
    (tmp_path / "pyproject.toml").write_text("[build-system]\nrequires = ['setuptools']\n")
    assert read_project(tmp_path).setup_imports == ()


def test_sources_in_cython_need_cython(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "fast.pyx").write_text("")
    assert read_project(tmp_path).build_requires == ("cython",)
    (tmp_path / "pyproject.toml").write_text("[build-system]\nrequires = ['Cython>=0.28']\n")
    assert read_project(tmp_path).build_requires == ("Cython>=0.28",)


def test_what_cython_sources_cimport_is_there_when_they_are_built(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "fast.pyx").write_text(
        "# cimport commented\nfrom libc.math cimport sqrt\ncimport numpy as np\nfrom scipy.linalg.cython_blas cimport ddot\n"
        "cimport cython\nfrom _near cimport Near\nfrom .beside cimport Beside\nfrom package.other cimport Other\nimport pandas\n"
    )
    (tmp_path / "package" / "_near.pxd").write_text("cdef extern from 'x.h':\n    pass\nfrom h5py cimport defs\n")
    assert read_project(tmp_path).build_requires == ("cython", "h5py", "numpy", "scipy")
    (tmp_path / "pyproject.toml").write_text("[build-system]\nrequires = ['NumPy>=1.13', 'cython>=0.28']\n")
    assert read_project(tmp_path).build_requires == ("NumPy>=1.13", "cython>=0.28", "h5py", "scipy")


def test_headers_of_cython_alone_need_nothing(tmp_path: Path) -> None:
    (tmp_path / "api.pxd").write_text("from scipy cimport linalg\n")
    assert read_project(tmp_path).build_requires == ()


def test_setup_cfg_is_read(tmp_path: Path) -> None:
    text = "[options]\npython_requires = >=3.7, <4\n[options.extras_require]\ntest =\n    pytest\nother = x\n"
    read = _project(tmp_path, setup__cfg=text, setup__py="from setuptools import setup\nsetup()\n")
    assert (read.requires_python, read.extras, read.installable) == (">=3.7, <4", ("test",), True)


def test_requirement_files_for_tests_are_found(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "tests.txt").write_text("pytest\n")
    assert _project(tmp_path, **{"requirements-dev__txt": "x\n", "requirements__txt": "y\n"}).requirement_files == (
        "requirements/tests.txt",
        "requirements-dev.txt",
    )


@pytest.mark.parametrize(
    "text",
    [
        "project = 3\n",
        "[project]\noptional-dependencies = 3\n",
        "build-system = []\n",
        "[build-system]\nrequires = 3\n",
        "[[project]]\n",
        "not toml at all",
        "[project]\nrequires-python = 3\n",
        "\ufeff[project]\n",
        'a = "\\ud800"\n',
    ],
)
def test_a_pyproject_that_makes_no_sense_says_nothing(text: str, tmp_path: Path) -> None:
    read = _project(tmp_path, pyproject__toml=text)
    assert (read.pythons, read.build_requires, read.extras) == ((), (), ())


@given(st.binary(max_size=200), st.text(max_size=200))
def test_no_tree_stops_the_reading(tmp_path_factory: pytest.TempPathFactory, data: bytes, text: str) -> None:
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_bytes(data)
    (folder / "setup.cfg").write_text(text, errors="replace")
    (folder / "setup.py").mkdir()
    assert isinstance(read_project(folder), Project)


# --- recipes

BASE = Recipe(name="below", suite="bookworm", script="true\n")
RECIPE = Recipe(
    name="x", parent=BASE, script="echo\n", files=(("a", "b"),), mounts=("uv",), checkout=("o/r", "c" * 40), network=True
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"parent": replace(BASE, script="false\n")}, {"parent": replace(BASE, suite="trixie")}, {"parent": None}, {"suite": "s"},
        {"image": "i"}, {"script": "echo \n"}, {"files": (("a", "c"),)}, {"files": ()}, {"mounts": ("uv", "python:3.9.1")},
        {"checkout": ("o/r", "d" * 40)}, {"checkout": None}, {"network": False},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_decides_the_result_changes_the_digest(change: dict[str, Any]) -> None:
    assert replace(RECIPE, **change).digest != RECIPE.digest


def test_a_name_for_people_does_not_change_the_digest() -> None:
    assert replace(RECIPE, name="other").digest == RECIPE.digest
    assert replace(RECIPE, parent=replace(BASE, name="other")).digest == RECIPE.digest


def test_the_tag_carries_name_and_digest() -> None:
    assert RECIPE.tag == f"swebench-lite/x:{RECIPE.digest[:16]}"
    assert RECIPE.lineage == (BASE, RECIPE)


@pytest.mark.parametrize("language", bases.languages())
def test_every_language_stands_on_the_same_ground(language: str) -> None:
    assert bases.base(language).parent == bases.debian()


@pytest.mark.parametrize(
    ("spelled", "name"),
    [("JavaScript", "node"), ("typescript", "node"), ("C++", "cpp"), ("c", "cpp"), ("Go", "go"), ("PY", "python")],
)
def test_languages_are_known_by_the_names_that_datasets_use(spelled: str, name: str) -> None:
    assert bases.canonical(spelled) == name


def test_a_language_without_a_base_image_is_named() -> None:
    with pytest.raises(NoEnvironment, match=r"'cobol'.*--image"):
        bases.base("cobol")


def test_an_interpreters_image_depends_on_its_exact_release() -> None:
    one, other = (Interpreter(version="3.9", full=f"3.9.{patch}", folder=Path("/p")) for patch in (1, 2))
    moved = replace(one, folder=Path("/elsewhere"))
    assert interpreters.image(one).digest != interpreters.image(other).digest
    assert interpreters.image(one).digest == interpreters.image(moved).digest


def test_no_rung_names_a_repository() -> None:
    names = (
        "astropy",
        "django",
        "flask",
        "matplotlib",
        "pylint",
        "requests/",
        "scikit-learn",
        "sklearn",
        "seaborn",
        "sphinx",
        "sympy",
        "xarray",
        "pytest-dev",
        "psf/",
        "pallets",
        "pydata",
        "mwaskom",
    )
    pattern = re.compile("|".join(re.escape(name) for name in names), re.IGNORECASE)
    files = sorted((PACKAGE / "environments").rglob("*.py"))
    assert files
    found = [(file.name, line) for file in files for line in file.read_text().splitlines() if pattern.search(line)]
    assert found == []


# --- the ladder


def test_an_image_that_the_user_names_is_the_only_rung(settings: Settings, tmp_path: Path) -> None:
    use = Resources(settings=settings, checkout=lambda _repo, _commit: nullcontext(tmp_path))
    rungs = list(candidates(Instance(instance_id="x", image="official/x"), use, image="mine"))
    assert [(rung.rung, rung.detail) for rung in rungs] == [("named", "mine")]


def test_the_ladder_begins_with_the_official_image(bare: Settings, tmp_path: Path) -> None:
    use = Resources(settings=bare, checkout=lambda _repo, _commit: nullcontext(tmp_path))
    rungs = list(candidates(Instance(instance_id="x", image="official/x", eval_script="tox"), use))
    assert [rung.rung for rung in rungs] == ["official", "dated-3.11"]


def test_an_issue_older_than_its_tree_gets_the_packages_of_the_tree(bare: Settings, tmp_path: Path) -> None:
    def days(committed: str) -> set[str]:
        use = Resources(
            settings=bare,
            checkout=lambda _repo, _commit: nullcontext(tmp_path),
            committed=lambda _repo, _commit: committed,
        )
        old = Instance(instance_id="x", created_at="2023-06-01T00:00:00Z", eval_script="true")
        return {rung.detail.partition("as of ")[2][:10] for rung in candidates(old, use)}

    assert days("2024-03-05") == {"2024-03-05"}
    assert days("2021-03-05") == days("") == {"2023-06-01"}


def test_other_languages_stand_on_their_base(bare: Settings, tmp_path: Path) -> None:
    use = Resources(settings=bare, checkout=lambda _repo, _commit: nullcontext(tmp_path))
    assert [rung.rung for rung in candidates(Instance(instance_id="x", language="go"), use)] == ["base"]


def test_rungs_further_up_are_not_worked_out_ahead(settings: Settings) -> None:
    def refuse(_repo: str, _commit: str) -> Path:
        raise AssertionError("too early")

    ladder = candidates(Instance(instance_id="x", image="official/x"), Resources(settings=settings, checkout=refuse))
    assert next(ladder).rung == "official"


@pytest.mark.parametrize(
    ("reference", "registry"),
    [
        ("a/b:latest", "docker.io"),
        ("ubuntu", "docker.io"),
        ("ghcr.io/a/b", "ghcr.io"),
        ("localhost/x", "localhost"),
        ("h:5000/x", "h:5000"),
    ],
)
def test_the_registry_of_a_reference_is_told(reference: str, registry: str) -> None:
    assert official._registry(reference) == registry


@pytest.mark.engine
def test_an_image_that_only_carries_the_official_name_is_not_taken_for_it(
    engine: Any, image: str, settings: Settings
) -> None:
    engine.images.get(image).tag("swebench-lite-test/official", tag="latest")
    try:
        with pytest.raises(NoEnvironment, match="no registry gave it"):
            official.official("swebench-lite-test/official:latest", settings)
        assert official.named("swebench-lite-test/official:latest").rung == "named"
    finally:
        engine.api.remove_image("swebench-lite-test/official:latest")


@pytest.mark.engine
def test_images_that_are_not_here_are_named(engine: object, settings: Settings) -> None:
    with pytest.raises(NoEnvironment, match="swebench-lite-test/gone is not here"):
        official.named("swebench-lite-test/gone")
    with pytest.raises(NoEnvironment, match="swebench-lite-test/gone is neither here"):
        official.official("swebench-lite-test/gone", settings)


# --- images

Make = Callable[..., Recipe]


@pytest.fixture
def recipe(engine: Any, image: str) -> Iterator[Make]:
    """Recipes on the small image; what was built from them is removed afterwards."""
    made: list[Recipe] = []

    def make(script: str, **more: Any) -> Recipe:
        one = Recipe(name="test", image=image, script=f"# {os.urandom(8).hex()}\n{script}", **more)
        made.append(one)
        return one

    yield make
    for one in made:
        if images.find(one.tag):
            engine.api.remove_image(one.tag)


def _resources(settings: Settings, tree: Path | None = None) -> Resources:
    return Resources(settings=settings, checkout=lambda _repo, _commit: nullcontext(tree or Path("/nonexistent")))


@pytest.mark.engine
def test_a_recipe_is_built_once_and_found_again(engine: object, recipe: Make, settings: Settings) -> None:
    told: list[str] = []
    one = recipe("echo made > /made.txt\n")
    use = replace(_resources(settings), progress=told.append)
    first = images.ensure(one, use)
    assert images.ensure(one, use) == first == images.find(one.tag)
    assert told == ["building test"]


@pytest.mark.engine
def test_the_image_holds_the_tree_owned_by_root_and_no_trace_of_its_making(
    engine: Any, recipe: Make, settings: Settings, tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.txt").write_text("a")
    (tree / "link").symlink_to("a.txt")
    one = recipe(
        copy_tree() + "cat /testbed/a.txt > /copy.txt\ncat /swebench-lite-build/note > /note.txt\n",
        checkout=("o/r", "c" * 40),
        files=(("note", "n"),),
    )
    certificates = tmp_path / "ca.pem"
    certificates.write_text("SECRET CERTIFICATE")
    built = images.ensure(one, _resources(replace(settings, certificates=certificates), tree))
    script = (
        "stat -c %U /testbed/a.txt; readlink /testbed/link; cat /copy.txt /note.txt; ls -A /swebench-lite-build; env; "
        "grep -rh 'SECRET CERTIFICATE' /etc /tmp /swebench-lite-build"
    )
    told = engine.containers.run(built, ["sh", "-c", f"{script}; true"], remove=True, network_mode="none").decode()
    assert told.startswith("root\na.txt\nan")
    assert "SECRET" not in told
    assert "SSL_CERT_FILE" not in told
    assert "uv-cache" not in told


@pytest.mark.engine
def test_a_step_that_fails_names_its_log(engine: object, recipe: Make, settings: Settings) -> None:
    one = recipe("echo the reason\nexit 7\n")
    with pytest.raises(NoEnvironment, match=r"status 7.*the reason.*whole log: ") as caught:
        images.ensure(one, _resources(settings))
    log = Path(str(caught.value).rpartition("whole log: ")[2])
    assert log == images.log_file(one, settings)
    assert log.read_text() == "the reason\n"
    assert images.find(one.tag) is None


@pytest.mark.engine
def test_a_build_leaves_no_container(engine: Any, recipe: Make, settings: Settings) -> None:
    from swebench_lite.engine.lease import lease

    for script in ("true\n", "false\n"):
        try:
            images.ensure(recipe(script), _resources(settings))
        except NoEnvironment:
            continue
    left = engine.api.containers(all=True, filters={"label": [f"{LABEL}.lease={lease()}"]})
    assert [each for each in left if f"{LABEL}.job" not in each["Labels"]] == []


@pytest.mark.engine
def test_a_build_without_leave_has_no_network(engine: object, recipe: Make, settings: Settings) -> None:
    script = "ls /sys/class/net > /net.txt\ncat /net.txt\n"
    images.ensure(one := recipe(script), _resources(settings))
    assert images.log_file(one, settings).read_text().split() == ["lo"]


@pytest.mark.engine
def test_what_a_recipe_needs_of_the_machine_and_is_not_there_is_named(
    engine: object, recipe: Make, settings: Settings
) -> None:
    with pytest.raises(NoEnvironment, match=r"needs 'python:3\.5\.1'"):
        images.ensure(recipe("true\n", mounts=("python:3.5.1",)), _resources(settings))


@pytest.mark.engine
def test_a_start_that_is_not_here_is_named(engine: object, settings: Settings) -> None:
    with pytest.raises(NoEnvironment, match="image no/such is not here"):
        images.ensure(Recipe(name="test", image="no/such"), _resources(settings))


@pytest.mark.engine
def test_offline_a_minimal_system_is_not_made(engine: object, settings: Settings) -> None:
    with pytest.raises(NoEnvironment, match="--offline"):
        debian.start_image("no-such-suite", settings, lambda _: None)


_BUILD_IN_ANOTHER = """
import pathlib, sys
from swebench_lite.environments import Resources, images
from swebench_lite.environments.recipes import Recipe, copy_tree
from swebench_lite.environments.resolution import lock_of, split, version_of
from swebench_lite.settings import Settings
image, script, cache = sys.argv[1:]
use = Resources(settings=Settings(cache=pathlib.Path(cache), runs=pathlib.Path(cache)), checkout=None, progress=print)
print(images.ensure(Recipe(name="test", image=image, script=script), use))
"""


@pytest.mark.engine
def test_processes_that_prepare_the_same_build_it_once(
    engine: object, image: str, recipe: Make, settings: Settings
) -> None:
    one = recipe("sleep 1\n")
    command = [sys.executable, "-c", _BUILD_IN_ANOTHER, image, one.script, str(settings.cache)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lines = [process.communicate(timeout=60)[0].splitlines() for process in running]
    assert sorted(len(each) for each in lines) == [1, 2], "one builds, the other waits and finds"
    assert {each[-1] for each in lines} == {images.find(one.tag)}


@pytest.mark.engine
def test_pruning_keeps_what_whole_languages_stand_on(engine: object, recipe: Make, settings: Settings) -> None:
    one = recipe("true\n")
    images.ensure(one, _resources(settings))
    gone = {each.tag for each in images.prune(dry_run=True)}
    assert one.tag in gone
    assert bases.debian().tag not in gone
    assert not [
        tag for tag in gone if tag.startswith(("swebench-lite/debian", "swebench-lite/python-", "swebench-lite/base"))
    ]
    assert images.find(one.tag) is not None
    assert bases.debian().tag in {each.tag for each in images.prune(keep_bases=False, dry_run=True)}


@pytest.mark.engine
def test_images_are_listed_with_their_digest(engine: object, recipe: Make, settings: Settings) -> None:
    one = recipe("true\n")
    built = images.ensure(one, _resources(settings))
    listed = {each.tag: each for each in images.list_images()}
    assert (listed[one.tag].id, listed[one.tag].digest) == (built, one.digest)
    assert listed[one.tag].size > 0


# --- the host's own toolchain


def test_a_missing_program_is_named_with_its_package(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NoEnvironment, match="git is not on this machine; install it"):
        host.environment(Instance(instance_id="x", language="cpp"), replace(settings, path=str(tmp_path)))


def test_a_language_without_a_local_toolchain_is_named(settings: Settings) -> None:
    with pytest.raises(NoEnvironment, match="no toolchain for 'java'"):
        host.environment(Instance(instance_id="x", language="java"), settings)


def test_another_version_of_a_program_is_another_environment(settings: Settings, tmp_path: Path) -> None:
    digests = set()
    for version in ("1", "2", "1"):
        for name in ("git", "patch", "g++"):
            (tmp_path / name).write_text(f"#!/bin/sh\necho {name} {version}\n")
            (tmp_path / name).chmod(0o755)
        made = host.environment(Instance(instance_id="x", language="c++"), replace(settings, path=str(tmp_path)))
        digests.add((made.digest, made.image, made.rung))
    assert len(digests) == 2


def test_the_versions_of_the_language_come_before_those_of_git(settings: Settings, tmp_path: Path) -> None:
    for name in ("git", "patch", "g++"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name} 1\n")
        (tmp_path / name).chmod(0o755)
    made = host.environment(Instance(instance_id="x", language="c++"), replace(settings, path=str(tmp_path)))
    assert made.detail == "g++ 1; git 1; patch 1"


def test_a_program_that_does_not_start_is_named(settings: Settings, tmp_path: Path) -> None:
    for name in ("git", "patch", "g++"):
        (tmp_path / name).write_text("#!/no/such/interpreter\n")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(NoEnvironment, match="does not tell its version"):
        host.environment(Instance(instance_id="x", language="c++"), replace(settings, path=str(tmp_path)))


# --- what stands in for the paths that official scripts source


def _sourced(folder: Path, script: str, **variables: str) -> list[str]:
    (folder / "activate").write_text(activation.ACTIVATE)
    (folder / "bin").mkdir(exist_ok=True)
    for name in ("python", "pip"):
        (folder / "bin" / name).write_text(f'#!/bin/sh\necho "real {name} $*"\n')
        (folder / "bin" / name).chmod(0o755)
    text = f'PATH="{folder}/bin:$PATH"\nsource {folder}/activate\nconda activate testbed\n{script}'
    done = subprocess.run(
        ["bash", "-u", "-e", "-c", text],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_activation_puts_the_environment_first_and_only_once(tmp_path: Path) -> None:
    told = _sourced(tmp_path, f'source {tmp_path}/activate\necho "$PATH"\necho "$CONDA_DEFAULT_ENV $CONDA_PREFIX"\n')
    assert told[0].split(":")[0] == "/opt/miniconda3/envs/testbed/bin"
    assert told[0].count("/opt/miniconda3/envs/testbed/bin") == 1
    assert told[1] == "testbed /opt/miniconda3/envs/testbed"


INSTALLS = (
    "python -m pip install -e .",
    "python setup.py develop",
    "python setup.py install",
    "pip install -e .[test]",
)


@pytest.mark.parametrize("command", INSTALLS)
def test_an_installation_is_skipped_where_nothing_that_it_reads_has_changed(command: str, tmp_path: Path) -> None:
    assert _sourced(tmp_path, command) == [
        f"swebench-lite: skipped, nothing that an installation reads has changed: {command}"
    ]


@pytest.mark.parametrize("command", INSTALLS)
def test_an_installation_is_made_where_the_patch_asks_for_it(command: str, tmp_path: Path) -> None:
    program, _, arguments = command.partition(" ")
    assert _sourced(tmp_path, command, SWEBENCH_LITE_REINSTALL="1") == [f"real {program} {arguments}"]


@pytest.mark.parametrize(
    "command", ["python -m pytest tests", "python setup.py test", "pip list", "python -c 'pip install'"]
)
def test_everything_else_runs_as_it_is(command: str, tmp_path: Path) -> None:
    assert _sourced(tmp_path, command)[0].startswith(f"real {command.split(maxsplit=1)[0]} ")
