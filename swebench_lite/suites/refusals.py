"""Which shell commands of the cli suite are not even started, and why. The sandbox is the wall; this keeps the task honest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from swebench_lite.suites.programs import awk_problem, path_problem, python_problem, sed_problem
from swebench_lite.suites.shell import RefusedError, Simple, Word, read_command

ALLOWED = (
    "echo",
    "printf",
    "cat",
    "ls",
    "wc",
    "sort",
    "head",
    "tail",
    "grep",
    "cut",
    "awk",
    "tr",
    "sed",
    "uniq",
    "mkdir",
    "touch",
    "python3",
)
FORBIDDEN = (
    "rm",
    "sudo",
    "dd",
    "mkfs",
    "chmod",
    "chown",
    "curl",
    "wget",
    "nc",
    "ssh",
    "scp",
    "kill",
    "shutdown",
    "reboot",
)
# Options that take a value: those whose value is a path, and those whose value is anything else.
_PATHS: Mapping[str, str] = {"sort": "oT", "grep": "f", "touch": "r"}
_VALUES: Mapping[str, str] = {
    "awk": "Fv",
    "sed": "el",
    "grep": "emABCdD",
    "cut": "dfbc",
    "sort": "ktS",
    "head": "nc",
    "tail": "nc",
    "uniq": "fsw",
    "mkdir": "m",
    "touch": "dt",
    "ls": "IwT",
}
_LONG_VALUES = frozenset(
    {
        "bytes",
        "characters",
        "delimiter",
        "expression",
        "field-separator",
        "fields",
        "key",
        "lines",
        "output-delimiter",
        "regexp",
    }
)
# Where the first word that is no option is no path either.
_PATTERN_FIRST = frozenset({"awk", "sed", "grep"})
_ONLY_OPTIONS: Mapping[str, str] = {"awk": "Fv", "sed": "eEilnrsuz"}
_TEXT = frozenset({"echo", "printf"})
_LOCALE = re.compile(r"LANG|LC_[A-Z]+")
# A name that begins with a dot and has a pattern in it: it stands for the folder above, too.
_DOT_PATTERN = re.compile(r"(?:^|[/=:,])\.[^/]*[*?\[]")
_OWN_VARIABLE = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(slots=True, kw_only=True)
class _Arguments:
    options: list[tuple[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)


def refusal(command: str) -> str:
    """Why a command must not be started, in a few words; "" where it may.

    >>> refusal("sort names.txt | xargs rm"), refusal("sort names.txt > sorted.txt")
    ("'xargs' is not one of the allowed tools", '')
    """
    try:
        found = read_command(command)
        if not any(one.words for one in found):
            raise RefusedError("there is no command in it")
        for one in found:
            _check(one)
    except RefusedError as error:
        return str(error)
    return ""


def _check(simple: Simple) -> None:
    for target in simple.targets:
        _path(target.text)
    for name, value in simple.assignments:
        allowed = _LOCALE if simple.words else _OWN_VARIABLE
        if not allowed.fullmatch(name):
            raise RefusedError(f"the variable {name} must not be set")
        _path(value.text)
    if not simple.words:
        return
    first, *rest = simple.words
    if first.dynamic or not first.text:
        raise RefusedError("the name of a program must be written out")
    tool = first.text
    if tool in FORBIDDEN or tool.rpartition("/")[2] in FORBIDDEN:
        raise RefusedError(f"'{tool}' is forbidden")
    _path(tool)
    if tool not in ALLOWED:
        raise RefusedError(f"'{tool[:40]}' is not one of the allowed tools")
    _RULES.get(tool, _plain)(tool, rest)


def _path(text: str) -> None:
    if problem := path_problem(text):
        raise RefusedError(problem)
    if _DOT_PATTERN.search(text):
        raise RefusedError(f"the pattern '{text[:60]}', which can stand for '..'")


def _plain(tool: str, words: Sequence[Word]) -> None:
    arguments = _arguments(tool, words)
    skipped = tool in _PATTERN_FIRST and not any(name in {"e", "regexp"} for name, _ in arguments.options)
    for word in arguments.words[1 if skipped else 0 :]:
        _path(word.text)
    for path in arguments.paths:
        _path(path)
    if tool == "sort" and any(name.startswith("co") for name, _ in arguments.options):
        raise RefusedError("sort must not start a program (--compress-program)")


def _texts(tool: str, words: Sequence[Word]) -> None:
    for word in words:
        if not word.quoted:
            _path(word.text)


def _nothing(tool: str, words: Sequence[Word]) -> None:
    """tr takes sets of characters and no file."""


def _program(tool: str, words: Sequence[Word]) -> None:
    """awk and sed: their options are few, and their program is read."""
    arguments = _arguments(tool, words)
    for name, _ in arguments.options:
        if name not in {*_ONLY_OPTIONS[tool], "expression", "quiet", "silent", "regexp-extended", "field-separator"}:
            raise RefusedError(f"{tool} must not be started with the option '{name}'")
    scripts = [value for name, value in arguments.options if tool == "sed" and name in {"e", "expression"}]
    files = arguments.words
    if not scripts:
        if not files:
            raise RefusedError(f"{tool} is started without a program")
        if files[0].dynamic:
            raise RefusedError(f"the program of {tool} must be written out")
        scripts, files = [files[0].text], files[1:]
    elif any(word.dynamic for word in words):
        raise RefusedError(f"the program of {tool} must be written out")
    if problem := (awk_problem if tool == "awk" else sed_problem)("\n".join(scripts)):
        raise RefusedError(problem)
    for word in files:
        _path(word.text)


def _python(tool: str, words: Sequence[Word]) -> None:
    if len(words) < 2 or words[0].text != "-c":
        raise RefusedError("python3 may only be started with -c and a program")
    if words[1].dynamic:
        raise RefusedError("the program of python3 must be written out")
    if problem := python_problem(words[1].text):
        raise RefusedError(problem)
    for word in words[2:]:
        _path(word.text)


_RULES: Mapping[str, Callable[[str, Sequence[Word]], None]] = {
    "awk": _program,
    "sed": _program,
    "python3": _python,
    "tr": _nothing,
    **dict.fromkeys(_TEXT, _texts),
}


def _arguments(tool: str, words: Sequence[Word]) -> _Arguments:
    """Options and words of a command. Values of options whose value may be a path are among the paths."""
    found = _Arguments()
    values, paths = _VALUES.get(tool, ""), _PATHS.get(tool, "")
    left = list(words)
    while left:
        word = left.pop(0)
        if word.text == "--":
            found.words += left
            break
        if word.text.startswith("--"):
            name, _, value = word.text[2:].partition("=")
            found.options.append((name, value))
            if name not in _LONG_VALUES:
                found.paths.append(value)
        elif word.text.startswith("-") and len(word.text) > 1:
            _short(word.text[1:], left, found, values=values, paths=paths)
        else:
            found.words.append(word)
    return found


def _short(letters: str, left: list[Word], found: _Arguments, *, values: str, paths: str) -> None:
    for at, letter in enumerate(letters):
        if letter not in values + paths:
            found.options.append((letter, ""))
            if letters[at + 1 : at + 2] in {"/", "~", "."}:
                found.paths.append(letters[at + 1 :])
                return
            continue
        value = letters[at + 1 :] or (left.pop(0).text if left else "")
        found.options.append((letter, value))
        if letter in paths:
            found.paths.append(value)
        return
