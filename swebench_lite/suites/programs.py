"""The little programs that awk, sed and python3 take in their arguments: why one must not run, or "". Pure."""

from __future__ import annotations

import ast
import re
import sys
import warnings

# Modules that a text tool of one line may need; none of them starts a process or opens a connection by itself.
_MODULES = frozenset({
    "collections", "csv", "fileinput", "functools", "io", "itertools", "json", "math", "operator", "pathlib", "re",
    "statistics", "string", "sys", "textwrap", "unicodedata",
})  # fmt: skip
# Modules that hold other modules under their names, among them those that start processes; these names are methods, too.
_METHODS = frozenset({"copy", "glob", "readline", "stat"})
_INNER = (sys.stdlib_module_names - _MODULES - _METHODS) | {"modules", "attrgetter", "methodcaller"}
_NAMES = frozenset({
    "__import__", "breakpoint", "compile", "delattr", "eval", "exec", "getattr", "globals", "locals", "setattr", "vars",
    "__builtins__", "__loader__",
})  # fmt: skip
_AWK_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
_AWK_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/")
_AWK_COMMENT = re.compile(r"#[^\n]*")
# Behind these a slash begins an expression and divides nothing.
_AWK_WORD = re.compile(r"\b(?:print|printf|return|exit|else|do|case) ?$")
_AWK_VALUE = re.compile(r"(?:[\w)\]$\"]|\+\+|--) ?$")
# What is an expression and what a division only awk's grammar tells, so these are not to be anywhere, text or not.
_AWK_START = re.compile(r"\b(?:system\s*\(|getline\b)")
_AWK_CALL = re.compile(r"\b(system|getline|close|fflush)\b|@\s*(?:load|include|[A-Za-z_])")
_UNREADABLE = "the sed script cannot be read"
_SED_PLAIN = frozenset("=dDgGhHlnNpPxqQzF")
_SED_TEXT, _SED_LABEL, _SED_FILE = frozenset("aic"), frozenset("bTt:"), frozenset("rRwW")


def path_problem(text: str) -> str:
    """Why a word must not be used as a path, or "".

    >>> path_problem("--file=/etc/passwd"), path_problem("a/../../b"), path_problem("a.txt")
    ("the absolute path '/etc/passwd'", "'..' in 'a/../../b'", '')
    """
    for part in re.split(r"[=:,]", text):
        if part.startswith("/"):
            return f"the absolute path '{part[:60]}'"
        if part.startswith("~"):
            return f"'~' in '{text[:60]}'"
        if ".." in part.split("/"):
            return f"'..' in '{text[:60]}'"
    return ""


def awk_problem(program: str) -> str:
    """Starting programs and leaving the folder are refused; so are the functions that could."""
    if called := _AWK_START.search(program):
        return f"awk must not use {called[0].split('(')[0].strip()}"
    rest: list[str] = []
    at, before = 0, ""
    while at < len(program):
        mark = program[at]
        if program.startswith("\\\n", at):
            at += 2
            continue
        value_before = bool(_AWK_VALUE.search(before)) and not _AWK_WORD.search(before)
        found = None
        if mark == '"':
            found = _AWK_STRING.match(program, at)
            if found and len(found[0]) > 3 and (problem := path_problem(found[0][1:-1])):
                return f"awk uses {problem}"
            if found is None:
                return "the awk program has a text that never ends"
        elif mark == "#":
            found = _AWK_COMMENT.match(program, at)
        elif mark == "/" and not value_before:
            found = _AWK_REGEX.match(program, at)
        rest.append(('"' if mark == '"' else "0" if mark == "/" and found else " ") if found else mark)
        # A line's end ends what could be divided, unless a backslash takes it away.
        before = "" if mark == "\n" else re.sub(r"\s+", " ", before + rest[-1])[-16:]
        at = found.end() if found else at + 1
    code = "".join(rest)
    if called := _AWK_CALL.search(code):
        return f"awk must not use {called[0].split('(')[0].strip()}"
    return "awk must not use pipes" if re.search(r"(?<!\|)\|(?!\|)", code) else ""


def sed_problem(script: str) -> str:
    """Commands that run programs or name files are refused (e, r, R, w, W, and the flags e and w of s)."""
    at = 0
    while at < len(script):
        if script[at] in " \t\n;{}!":
            at += 1
            continue
        after = _line_end(script, at) if script[at] == "#" else _sed_address(script, at)
        after = _sed_command(script, at) if after == at else after
        if isinstance(after, str):
            return after
        at = after
    return ""


def _sed_command(script: str, at: int) -> int | str:
    """Where a command ends, or why it must not be there."""
    command = script[at]
    if command == "e" or command in _SED_FILE:
        return f"sed must not use its command {command}"
    if command in _SED_TEXT:
        return _line_end(script, at)
    if command in _SED_LABEL:
        return min(end for end in (_line_end(script, at), script.find(";", at)) if end >= 0)
    if command in "sy":
        end = _sed_replaced(script, at + 1)
        if end is None:
            return _UNREADABLE
        flags = re.compile(r"[a-zA-Z0-9]*").match(script, end)
        assert flags is not None  # it matches the empty text too
        return "sed must not use the flags e and w" if command == "s" and set(flags[0]) & {"e", "w"} else flags.end()
    if command not in _SED_PLAIN:
        return _UNREADABLE
    at += 1
    while at < len(script) and script[at].isdigit():
        at += 1
    return at


def python_problem(code: str) -> str:
    """Imports beyond a list, names that run text as code, and texts that are paths out of the folder are refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "the python3 program cannot be read"
    for node in nodes:
        modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            if module.split(".")[0] not in _MODULES:
                return f"python3 must not import {module}"
        taken = [one.name for one in node.names] if isinstance(node, ast.ImportFrom) else []
        taken += [node.attr] if isinstance(node, ast.Attribute) else []
        for name in taken:
            if name.startswith("__") or name.lstrip("_") in _INNER:
                return f"python3 must not use {name}"
        if isinstance(node, ast.Name) and node.id in _NAMES:
            return f"python3 must not use {node.id}"
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and len(text) > 1 and (problem := path_problem(text)):
            return f"python3 uses {problem}"
    return ""


def _line_end(script: str, at: int) -> int:
    end = script.find("\n", at)
    return len(script) if end < 0 else end


def _sed_address(script: str, at: int) -> int | str:
    """Where an address, or the comma between two, ends; the same place where there is none."""
    mark = script[at]
    if mark in "$,~+" or mark.isdigit():
        return at + 1
    if mark == "/" or (mark == "\\" and at + 1 < len(script)):
        start = at + 1 if mark == "/" else at + 2
        end = _closing(script, start, "/" if mark == "/" else script[at + 1])
        if end is None:
            return _UNREADABLE
        while end < len(script) and script[end] in "IM":
            end += 1
        return end
    return at


def _sed_replaced(script: str, at: int) -> int | None:
    """Where the two parts behind an s or y end, the last delimiter included."""
    if at >= len(script) or script[at] in "\\\n":
        return None
    middle = _closing(script, at + 1, script[at])
    return None if middle is None else _closing(script, middle, script[at])


def _closing(script: str, at: int, delimiter: str) -> int | None:
    """Behind the next delimiter that is not escaped and stands in no bracket expression."""
    brackets = False
    while at < len(script):
        mark = script[at]
        if mark == "\\":
            at += 2
            continue
        if mark == delimiter:
            # Delimiters end a part even inside brackets for some seds: what follows is then read as flags and refused.
            if not brackets:
                return at + 1
        elif mark == "[" and not brackets:
            brackets = "]" in script[at + 2 :]
            at += 2 if script[at + 1 : at + 2] == "]" else 1
            continue
        elif mark == "]":
            brackets = False
        at += 1
    return None
