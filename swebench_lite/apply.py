"""Patch -> a shell text for the sandbox; the evidence it prints -> Application. Pure: nothing is started or opened."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

from swebench_lite.errors import AttemptError, NoEnvironment, Tampered
from swebench_lite.patches import Inspection
from swebench_lite.records import Application

# The official cascade, in its order: (step, command before the patch file's name).
STEPS = (
    ("git-apply", "git apply --verbose"),
    ("3way", "git apply --verbose --3way"),
    ("reject", "git apply --verbose --reject"),
    ("patch", "patch --batch --forward --fuzz=5 -p1 -i"),
)
ALREADY = "already-applied"  # no step took the patch, yet its reverse would apply

# What only the environment can be blamed for: (word in the evidence, what to do about it).
_MISSING = {
    "git": "the environment has no git; install git in its image",
    "patch": "the environment has no patch program, which the last step needs; install GNU patch in its image",
    "tree": "the image has no folder for the checkout; give one whose repository lies in /testbed",
    "repository": "the tree is a folder inside another git repository; make it the top of a repository of its own",
}
_MARK = re.compile(r"[A-Za-z0-9_-]{16,}")
_NOISE = "error: while searching for:"  # followed by lines of the patch; the place comes later
_LONGEST_REASON = 400

# Output is kept to a head and a tail, so that a huge patch cannot push the closing line out of a capped log.
_FUNCTIONS = """\
set +eux
LC_ALL=C; export LC_ALL
say() { printf '\\n%s %s\\n' "$mark" "$*"; }
show() {
  if [ "${#1}" -le 24000 ]; then printf '%s\\n' "$1"; return; fi
  printf '%s' "$1" | head -c 16000
  printf '\\n[...]\\n'
  printf '%s\\n' "$1" | tail -c 8000
}
kept() { ls -lnAR "$folder/$1"; cksum "$folder/$1" "$folder/$1"/* "$folder/$1"/.[!.]*; }
reset() { git checkout -- . </dev/null >/dev/null 2>&1; git clean -fd </dev/null >/dev/null 2>&1; }
try() {
  step=$1; shift
  say "apply $step begin"
  { output=$("$@" "$file" </dev/null 2>&1); status=$?; } 2>/dev/null
  show "$output" 2>/dev/null
  say "apply $step status $status"
  return "$status"
}
"""
_CASCADE = """\
cascade() {{
{steps}
  try {already} git apply --check --reverse && return
  step=; return 1
}}
command -v git >/dev/null 2>&1 || {{ say missing git; say apply failed; exit 2; }}
[ -z "$(git rev-parse --show-prefix 2>/dev/null)" ] || {{ say missing repository; say apply failed; exit 2; }}
[ -r "$file" ] || {{ say missing file; say apply failed; exit 2; }}
folder=$(git rev-parse --git-common-dir 2>/dev/null) || folder=.git
config=$(kept config 2>/dev/null); hooks=$(kept hooks 2>/dev/null); info=$(kept info 2>/dev/null)
cascade; applied=$?
[ "$(kept config 2>/dev/null)" = "$config" ] || {{ say tampered .git/config; applied=3; }}
[ "$(kept hooks 2>/dev/null)" = "$hooks" ] || {{ say tampered .git/hooks; applied=3; }}
[ "$(kept info 2>/dev/null)" = "$info" ] || {{ say tampered .git/info; applied=3; }}
if [ -n "$step" ]; then say "applied $step"; else say apply failed; fi
exit "$applied"
"""


def cascade(*, patch_file: str, mark: str) -> str:
    """POSIX shell text that applies a patch as the official harness does, to be run in the tree.

    patch_file: absolute path inside the sandbox, outside the tree. mark: a token of 16 or more letters, digits, - or _
    that nobody could know beforehand; it begins each line of evidence on standard output. The text works in a subshell,
    whose status is 0 (applied), 1 (not applied), 2 (the environment lacks something) or 3 (git's own files changed).
    Raises ValueError for any other mark or path.
    """
    if not patch_file.startswith("/") or "\0" in patch_file:
        raise ValueError(f"patch file {patch_file!r} is not an absolute path; name where it is inside the sandbox")
    lines = []
    for number, (step, command) in enumerate(STEPS):
        program = command.split()[0]
        lines += ["  reset"] if number else []
        lines += [f"  command -v {program} >/dev/null 2>&1 || say missing {program}"] if program != "git" else []
        lines += [f"  try {step} {command} && return"]
    body = _CASCADE.format(steps="\n".join(lines), already=ALREADY)
    return f"(\nmark={_checked(mark)}; file={shlex.quote(patch_file)}\n{_FUNCTIONS}{body})\n"


def no_patch(mark: str) -> str:
    """The same for an attempt without a patch: the tree stays as it is, and the evidence says so."""
    return f"printf '\\n%s applied none\\n' {_checked(mark)}\n"


def read(evidence: str, *, mark: str, inspection: Inspection | None) -> Application:
    """What the text of ``cascade`` or ``no_patch`` printed, as an Application; lines after its closing one are ignored.

    strict: the first step took the patch. official: any step did, or the patch was in the tree already. reason says why
    the first step did not. An attempt without a patch (inspection None) counts as applied, with no step. Raises
    NoEnvironment where a program or the repository is missing, Tampered where git's own files were changed, and
    AttemptError where the patch never reached the sandbox.
    """
    said = _Evidence.of(evidence, mark)
    if said.tampered:
        raise Tampered(f"applying the patch changed {', '.join(said.tampered)}, which is git's own")
    if said.closing == "applied none":
        return Application(step=None, strict=True, official=True)
    step = said.closing.removeprefix("applied ") if said.closing.startswith("applied ") else None
    if step is None:
        _blame_environment(said)
    if not said.closing:
        where = f"during step {said.begun[-1]}" if said.begun else "before its first step"
        return Application(step=None, strict=False, official=False, reason=f"applying the patch was cut off {where}")
    strict = step == STEPS[0][0]
    reason = "" if strict else _reason(said, inspection)
    return Application(step=step, strict=strict, official=step is not None, reason=reason)


class _Evidence(NamedTuple):
    """The marked lines up to the closing one, and what the first step printed."""

    begun: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    tampered: tuple[str, ...] = ()
    first_output: tuple[str, ...] = ()
    first_status: str = ""
    closing: str = ""

    @classmethod
    def of(cls, evidence: str, mark: str) -> _Evidence:
        found: dict[str, list[str]] = {"begin": [], "missing": [], "tampered": [], "status": []}
        output: list[str] = []
        closing = ""
        for line, words in _lines(evidence, f"{_checked(mark)} "):
            if not words:
                if len(found["begin"]) == 1 and not found["status"]:
                    output.append(line)
            elif words[0] in {"missing", "tampered"}:
                found[words[0]].append(" ".join(words[1:]))
            elif words[0] == "applied" or words == ["apply", "failed"]:
                closing = " ".join(words)
                break
            elif len(words) > 2 and words[2] in found:
                found[words[2]].append(words[-1] if words[2] == "status" else words[1])
        return cls(
            begun=tuple(found["begin"]),
            missing=tuple(found["missing"]),
            tampered=tuple(found["tampered"]),
            first_output=tuple(output),
            first_status=found["status"][0] if found["status"] else "",
            closing=closing,
        )


def _lines(evidence: str, prefix: str) -> Iterator[tuple[str, list[str]]]:
    """Each line with the words behind the mark; no words where the mark is not at its start."""
    for line in evidence.split("\n"):
        yield line, line[len(prefix) :].split() if line.startswith(prefix) else []


def _blame_environment(said: _Evidence) -> None:
    for name in said.missing:
        if name == "file":
            raise AttemptError("the patch file was not readable inside the sandbox; copy it there before applying")
        raise NoEnvironment(_MISSING[name])


def _reason(said: _Evidence, inspection: Inspection | None) -> str:
    """Git's first error of the first step, then our own first explanation; both on one line."""
    told = (line for line in said.first_output if line.startswith(("error: ", "fatal: ")))
    errors = (line for line in told if not line.startswith(_NOISE))
    first = next(errors, f"exited with status {said.first_status or 'unknown'}").removeprefix("error: ")
    problems = inspection.problems if inspection else ()
    ours = next((problem for problem in problems if not problem.harmless), None)
    text = f"git apply: {first}; {ours}" if ours else f"git apply: {first}"
    return "".join(character if character.isprintable() else " " for character in text)[:_LONGEST_REASON].strip()


def _checked(mark: str) -> str:
    if not _MARK.fullmatch(mark):
        raise ValueError(f"mark {mark!r} can be guessed or breaks the script; use 16 or more letters, digits, - or _")
    return mark
