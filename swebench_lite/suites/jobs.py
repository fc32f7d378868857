"""Commands in a sandbox, each in a folder of its own and under a time limit of its own; what they left comes back framed.

The lines of the record begin with a token that the script draws inside the sandbox before anything of an answer runs. What
is expected never goes in: the host compares, so whoever forges a result must know it.
"""

from __future__ import annotations

import base64
import binascii
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from swebench_lite.errors import InfraError
from swebench_lite.records import Environment, Limits
from swebench_lite.sandbox import Finished, Job

HELLO = "swebench-lite suite"
MOST = 64 * 1024  # bytes of an output that are handed out; what is longer is wrong
_MOST_WRITTEN = 16 * 1024**2  # bytes that a command may write to one file
_MOST_MEMORY = 4 * 1024**2  # of address space, in KB
_SLACK = 5.0  # seconds that the script's own work around a command may take on a busy machine
_WAIT = 6  # a command may wait this many times as long as it may compute: on a busy machine that is not its doing
_LATE: Mapping[int, str] = {124: "clock", 128 + 24: "computing"}  # the timer's own status, and SIGXCPU

_Kept = tuple[bytes | None, bool]  # an output, and whether it is too long to be handed out

_HEAD = """exec 2>&1
umask 022
export LANG=C.UTF-8 LC_ALL=C.UTF-8 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')
printf '{hello} %s\\n' "$token"
mkdir -p "/@TREE@/steps" "/@TREE@/tools" && cd "/@TREE@/steps" || exit 125
for name in {tools}; do
    place=$(command -v "$name")
    case $place in /*) ln -s "$place" "/@TREE@/tools/$name" ;; esac
done
kept() {{
    printf '\\n%s %s %s ' "$token" "$number" "$1"
    if [ -L "$2" ] || [ ! -f "$2" ] || [ ! -r "$2" ]; then echo missing
    else
        printf '%s ' "$(wc -c < "$2" | tr -d ' ')"
        head -c {most} < "$2" | base64 | tr -d '\\n'
        echo
    fi
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command. files: (path, bytes) that are in its folder. outputs: files of its folder to hand out afterwards."""

    command: str
    files: tuple[tuple[str, bytes], ...] = ()
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of a step. status: None where it never ended. late: the limit at which it was stopped, ``computing`` or
    ``clock``, or "".

    outputs: ``result`` (its descriptor 3), ``stdout``, ``stderr`` and the files asked for, by name; None for what is missing
    or longer than 64 KB, which ``too_long`` names.
    """

    status: int | None = None
    late: str = ""
    outputs: Mapping[str, bytes | None] = field(default_factory=dict)
    too_long: frozenset[str] = frozenset()


def stopped(told: Told, seconds: float) -> str:
    """A sentence for a step that was stopped. seconds: of computing that it had."""
    if told.late == "clock":
        return f"stopped at its time limit of {_WAIT * seconds:g} s by the clock"
    return f"stopped at its time limit of {seconds:g} s of computing"


def job(
    steps: Sequence[Step],
    shared: Mapping[str, bytes],
    environment: Environment,
    *,
    seconds: float,
    limits: Limits,
    tree: Path,
    name: str,
    tools: Sequence[str] = (),
) -> Job:
    """The job that runs the steps one after the other; the same arguments give the same job.

    shared: files for all of them, as ``/@INPUT@/NAME`` in their commands. seconds: of computing for each; six
    times that by the clock. tools: if there are any, the
    only programs that commands find by name.
    """
    files = list(shared.items())
    script = [_HEAD.format(hello=HELLO, tools=shlex.join(tools) or '""', most=MOST)]
    for number, step in enumerate(steps):
        files += [(f"file-{number}-{at}", data) for at, (_path, data) in enumerate(step.files)]
        script.append(_step(number, step, seconds, only="/@TREE@/tools" if tools else ""))
    script.append("printf '\\n%s done\\n' \"$token\"\n")
    room = sum(2 * MOST * (3 + len(step.outputs)) for step in steps)
    return Job(
        environment=environment,
        script="".join(script),
        files=tuple(files),
        limits=replace(
            limits,
            timeout=min(limits.timeout, len(steps) * (_WAIT * seconds + _SLACK) + _SLACK),
            output=max(limits.output, 2 * room),
        ),
        tree=tree,
        name=name,
    )


def read(finished: Finished, steps: Sequence[Step], *, name: str) -> tuple[Told, ...]:
    """What became of each step, in order. Raises InfraError where the script never came to start one."""
    first, _, rest = finished.output.partition(b"\n")
    hello, _, token = first.decode("ascii", "replace").rpartition(" ")
    if hello != HELLO or not token:
        said = finished.output[:160].decode("utf-8", "replace").strip() or "nothing printed"
        raise InfraError(f"the script of {name} did not start in the sandbox (exit {finished.exit_status}): {said}")
    mark = f"{token} ".encode()
    statuses: dict[int, int] = {}
    outputs: dict[int, dict[str, _Kept]] = {}
    for line in rest.split(b"\n"):
        words = line[len(mark) :].decode("ascii", "replace").split(" ") if line.startswith(mark) else []
        if len(words) < 3 or not words[0].isdigit():
            continue
        number = int(words[0])
        if words[1] == "status":
            statuses.setdefault(number, int(words[2]) if words[2].isdigit() else 125)
        else:
            outputs.setdefault(number, {}).setdefault(words[1], _output(words[2:]))
    return tuple(_told(number, step, statuses, outputs) for number, step in enumerate(steps))


def _told(
    number: int,
    step: Step,
    statuses: Mapping[int, int],
    outputs: Mapping[int, Mapping[str, _Kept]],
) -> Told:
    # Standard error is told of last: without it the record was cut short.
    if number not in statuses or "stderr" not in outputs.get(number, {}):
        return Told()
    found = dict(outputs[number])
    found.update({path: found.pop(f"file-{at}", (None, False)) for at, path in enumerate(step.outputs)})
    return Told(
        status=statuses[number],
        late=_LATE.get(statuses[number], ""),
        outputs={name: data for name, (data, _) in found.items()},
        too_long=frozenset(name for name, (_, long) in found.items() if long),
    )


def _step(number: int, step: Step, seconds: float, *, only: str) -> str:
    base = f"/@TREE@/steps/{number}"
    places = []
    for at, (path, _data) in enumerate(step.files):
        folder = path.rpartition("/")[0]
        places += [f"mkdir -p {shlex.quote(folder)}"] if folder else []
        places.append(f'cp "/@INPUT@/file-{number}-{at}" {shlex.quote(path)} || exit 125')
    path = f'PATH="{only}"; export PATH; ' if only else ""
    # The time limit's own program must be found before the path shrinks.
    lines = [
        f"number={number}",
        f"mkdir {number} {number}/work && cd {number}/work || exit 125",
        *places,
        "timer=$(command -v timeout) shell=$(command -v sh)",
        f"(ulimit -c 0; ulimit -f {_MOST_WRITTEN // 512}; ulimit -v {_MOST_MEMORY}; "
        # The soft limit's signal tells why it ended; at the hard one a process is merely killed.
        f"ulimit -S -t {seconds:.0f}; ulimit -H -t {seconds + 2:.0f}; {path}"
        f'exec "$timer" -k 1 {_WAIT * seconds:g} "$shell" -c {shlex.quote(step.command)}) \\',
        f'    < /dev/null > "{base}/stdout" 2> "{base}/stderr" 3> "{base}/result"',
        "status=$?",
        f'cd "{base}" || exit 125',
        'printf \'\\n%s %s status %s\\n\' "$token" "$number" "$status"',
        *(f"kept file-{at} {shlex.quote(f'./work/{path}')}" for at, path in enumerate(step.outputs)),
        "kept result ./result",
        "kept stdout ./stdout",
        "kept stderr ./stderr",
        'cd "/@TREE@/steps" || exit 125',
        f"rm -rf {number} 2> /dev/null",
        "",
    ]
    return "\n".join(lines)


def _output(words: Sequence[str]) -> _Kept:
    try:
        long = int(words[0]) > MOST
        return (None, True) if long else (base64.b64decode(words[1], validate=True), False)
    except (ValueError, IndexError, binascii.Error):
        return None, False
