"""Resolved by date: a Python environment as its project would have got it on the day of the issue.

The interpreter comes from the project's own metadata and the date; packages are what the index offered that day (or on the
day by which packages had caught up with the interpreter); the project is installed in place, so that a patch takes effect
without another installation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from swebench_lite.environments.interpreters import HOME, Interpreter, date_floor, image, released, sort_key
from swebench_lite.environments.project import Project
from swebench_lite.environments.recipes import Recipe
from swebench_lite.records import Instance

# Before Python 3.10 the abstract collections could be imported under their old names; projects that never heard of 3.10
# lean on that, so they get the last interpreter that still has them.
_LAST_FORGIVING = "3.9"
# An instance that is valid under none of its four likeliest interpreters is not valid for another reason.
_MOST_INTERPRETERS = 4


def interpreter_order(project: Project, instance: Instance, there: Sequence[Interpreter]) -> tuple[Interpreter, ...]:
    """The interpreters worth trying for an instance, most likely first.

    A version that the row's own test script names comes first; then the newest that the project declares and that
    packages had caught up with by then (for projects older than 3.10, the last forgiving one); then the oldest that it
    takes, because that is what its makers tested against for longest; then the others, nearest first.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        bound = SpecifierSet(project.requires_python)
    except InvalidSpecifier:
        bound = SpecifierSet()
    day = (instance.created_at or "9999")[:10]
    allowed = [one for one in there if bound.contains(f"{one.version}.99", prereleases=True)] or list(there)
    declared = [one for one in allowed if one.version in project.pythons and date_floor(one.version) <= day]
    if released("3.10") > day or not declared:
        forgiving = [one for one in allowed if sort_key(one.version) <= sort_key(_LAST_FORGIVING)]
        first = forgiving[-1:] or allowed[:1]
    else:
        first = declared[-1:]
    named = [one for one in allowed if one.version == _named_version(instance.eval_script or "")]
    oldest = [one for one in allowed if one.version in project.pythons][:1] or allowed[:1]
    rest = sorted(allowed, key=lambda one: _distance(one, first[0]))
    return tuple(dict.fromkeys((*named, *first, *oldest, *rest)))[:_MOST_INTERPRETERS]


def recipes(
    project: Project, instance: Instance, interpreter: Interpreter, *, lock: str, activate: str, pip_conf: str
) -> Recipe:
    """The image of an instance from its lock: interpreter, packages, then the checkout installed in place.

    lock: requirement lines as resolved. activate, pip_conf: the texts that stand in for the paths test scripts expect.
    """
    packages = Recipe(
        name="packages",
        parent=image(interpreter),
        mounts=("uv", "uv-cache"),
        network=True,
        files=(("lock.txt", lock), ("activate", activate), ("pip.conf", pip_conf)),
        script=_PACKAGES_SCRIPT,
    )
    return Recipe(
        name="instance",
        parent=packages,
        checkout=(instance.repo, instance.base_commit),
        script=version_variables(instance) + (_INSTALL_SCRIPT if project.installable else "") + _SETTLE_SCRIPT,
    )


def question(project: Project, instance: Instance, interpreter: Interpreter) -> tuple[Recipe, str]:
    """The image to ask in, and the script that prints the lock for an instance."""
    day = max((instance.created_at or "2025-01-01")[:10], date_floor(interpreter.version))
    extras = "".join(f" --extra {name}" for name in project.extras)
    script = _RESOLVE_SCRIPT.format(
        version_variables=version_variables(instance),
        day=f"{day}T23:59:59Z",
        extras=extras,
        files=" ".join(project.requirement_files),
        build="\n".join(_build_requirements(project)),
        relaxed="\n".join(_relaxed(_build_requirements(project))),
        tools="\n".join(_test_tools(instance)),
        setuptools_day="2023-06-30T00:00:00Z" if sort_key(interpreter.version) < (3, 12) else f"{day}T23:59:59Z",
        env=HOME,
    )
    return image(interpreter), script


def lock_of(output: str) -> str:
    """The lock in what the question's script printed."""
    return output.partition("=== lock ===\n")[2].partition("=== end ===")[0]


def host_mounts(interpreters: Sequence[Interpreter], uv: Path, cache: Path) -> dict[str, Path]:
    """What the recipes of this module ask of the host, by name."""
    named = {one.mount: one.folder for one in interpreters if one.folder is not None}
    return {**named, "uv": uv.parent, "uv-cache": cache}


def _named_version(script: str) -> str:
    match = re.search(r"-epy3(\d{1,2})\b", script)
    return f"3.{match.group(1)}" if match else ""


def _distance(one: Interpreter, other: Interpreter) -> tuple[int, int]:
    minor, wanted = sort_key(one.version)[1], sort_key(other.version)[1]
    return abs(minor - wanted), minor


def _build_requirements(project: Project) -> tuple[str, ...]:
    plain = ("setuptools", "wheel", "pip")
    listed = tuple(line for line in project.build_requires if not re.match(r"(setuptools|wheel|pip)(?![-_\w])", line))
    return (*plain, *listed)


def _relaxed(requirements: Sequence[str]) -> tuple[str, ...]:
    names = (re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in requirements)
    return tuple(dict.fromkeys(name for name in names if name and name != "oldest-supported-numpy"))


def _test_tools(instance: Instance) -> tuple[str, ...]:
    script = instance.eval_script or ""
    tools = ["pytest"]
    if re.search(r"^tox ", script, re.MULTILINE):
        tools += ["tox", "tox-current-env"]
    return tuple(tools)


def version_variables(instance: Instance) -> str:
    """Shell text that tells a project its version, after the row's own."""
    # A one-commit checkout has no tags, so tools that read the version from them must be told it.
    version = instance.version or ""
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        version = "0.1"
    return f"export SETUPTOOLS_SCM_PRETEND_VERSION={version} PBR_VERSION={version}\n"


_RESOLVE_SCRIPT = r"""
{version_variables}cd /testbed
cat > /tmp/tools.in <<'LIST'
{tools}
LIST
cat > /tmp/build.in <<'LIST'
{build}
LIST
cat > /tmp/relaxed.in <<'LIST'
{relaxed}
LIST
# A package whose every release was uploaded later (deleted and put back, say) is taken as it is now known; an extra that
# only looked like one is dropped.
ask() {{
    late='' without=' '
    for _ in 1 2 3 4 5 6 7 8; do
        words='' extra=''
        for word in "$@"; do
            if [ "$word" = --extra ]; then extra=1; continue; fi
            if [ -z "$extra" ]; then words="$words $word"; continue; fi
            extra=''
            case "$without" in *" $word "*) ;; *) words="$words --extra $word" ;; esac
        done
        # shellcheck disable=SC2086
        if uv pip compile --quiet --python {env}/bin/python --exclude-newer {day} --no-header --no-annotate \
            --no-strip-markers --exclude-newer-package setuptools={setuptools_day} $late $words \
            -o /tmp/lock.txt 2> /tmp/why; then return 0; fi
        cat /tmp/why
        unknown=$(sed -n 's/.*Requested extra not found: \([A-Za-z0-9._-]*\).*/\1/p' /tmp/why | head -n 1)
        if [ -n "$unknown" ]; then without="$without$unknown "; continue; fi
        hint='s/.*`\([^`]*\)` was filtered by `exclude-newer`.*published at \([0-9-]*\)T.*/\1=\2T23:59:59Z/p'
        next=$(sed -n "$hint" /tmp/why | head -n 1)
        case "$late" in *" $next"*) return 1 ;; esac
        [ -n "$next" ] || return 1
        late="$late --exclude-newer-package $next"
    done
    return 1
}}
project=''
for name in pyproject.toml setup.py setup.cfg; do
    if [ -f "$name" ]; then project="$name"; break; fi
done
if [ "$project" = pyproject.toml ] && ! grep -q '^\[project\]' pyproject.toml && [ -f setup.py ]; then project=setup.py; fi
# From everything that the project asks for down to the bare test runner: the first that resolves. Build requirements that
# contradict what the project runs with are for an isolated build; without them it is built against what it runs with.
files=$(printf '%s ' {files})
# shellcheck disable=SC2086
{{ [ -n "$project" ] && ask "$project"{extras} /tmp/tools.in /tmp/build.in $files; }} ||
    {{ [ -n "$project" ] && ask "$project"{extras} /tmp/tools.in /tmp/relaxed.in $files; }} ||
    {{ [ -n "$project" ] && ask "$project"{extras} /tmp/tools.in /tmp/relaxed.in; }} ||
    {{ [ -n "$project" ] && ask "$project" /tmp/tools.in /tmp/relaxed.in; }} ||
    ask /tmp/tools.in /tmp/relaxed.in $files ||
    ask /tmp/tools.in /tmp/relaxed.in
echo '=== lock ==='
cat /tmp/lock.txt
echo '=== end ==='
"""

_PACKAGES_SCRIPT = rf"""
get() {{ uv pip install --quiet --break-system-packages --python {HOME}/bin/python --no-deps "$@"; }}
# A package that does not build (a client of a server nobody runs here) must not cost all the others.
cp /swebench-lite-build/lock.txt /tmp/lock.txt
until get -r /tmp/lock.txt 2> /tmp/why; do
    cat /tmp/why
    bad=$(sed -n 's/.*Failed to build `\([A-Za-z0-9._-]*\)[=@].*/\1/p' /tmp/why | head -n 1)
    [ -n "$bad" ] && grep -q "^$bad==" /tmp/lock.txt || exit 1
    echo "left out: $bad"
    grep -v "^$bad==" /tmp/lock.txt > /tmp/rest.txt
    mv /tmp/rest.txt /tmp/lock.txt
done
rm -f /tmp/lock.txt /tmp/why
mkdir -p /opt/miniconda3/bin
cp /swebench-lite-build/activate /opt/miniconda3/bin/activate
cp /swebench-lite-build/pip.conf {HOME}/pip.conf
{HOME}/bin/python -m compileall -q -j 0 {HOME}/lib > /dev/null 2>&1 || true
"""

# In place, so that a patch takes effect at once; each way serves projects that the ones before it do not.
_INSTALL_SCRIPT = f"""
export PATH={HOME}/bin:$PATH
cd /testbed
git config --global --add safe.directory /testbed
python -m pip install -q --no-deps --no-build-isolation -e . ||
    python -m pip install -q --no-deps --no-build-isolation --no-use-pep517 -e . ||
    python setup.py -q develop --no-deps ||
    python -m pip install -q --no-deps --no-build-isolation .
"""

# What the installation itself left in tracked files is undone, bytecode is made once, and git's index is refreshed.
_SETTLE_SCRIPT = f"""
cd /testbed
git config --global --add safe.directory /testbed
git checkout -q -- .
{HOME}/bin/python -m compileall -q -j 0 . > /dev/null 2>&1 || true
git status --porcelain > /dev/null
"""
