"""A shell command read into its simple commands, as far as it takes to say which programs it starts on which words. Pure.

Pipes, lists, subshells, redirections, quotes, ``$( )`` and backticks are read; what is not understood is refused, because a
command that is read wrongly is one that is not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_REDIRECTION = re.compile(r"[0-9]?(?:>>|>\||<>|>&|<&|>|<)")
_BLANK = " \t"
_ENDS = " \t\n;|&<>()"
_DEEPEST = 8
_LONGEST = 4000  # characters


class RefusedError(Exception):
    """A command must not be run; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word without its quotes. quoted: it begins with a quote. dynamic: parts of it are known only when it runs."""

    text: str
    quoted: bool = False
    dynamic: bool = False


@dataclass(slots=True, kw_only=True)
class Simple:
    """A simple command: its assignments, its words, and the files that it is redirected from and to."""

    assignments: list[tuple[str, Word]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    targets: list[Word] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was read yet."""
        return not (self.assignments or self.words or self.targets)


def read_command(text: str) -> list[Simple]:
    """Every simple command in a text, those inside ``$( )`` and backticks too, in the order in which they end.

    Raises RefusedError for what is too long, unfinished or not understood.
    """
    if len(text) > _LONGEST:
        raise RefusedError(f"the command is longer than {_LONGEST:,} characters")
    if "\0" in text:
        raise RefusedError("the command holds a NUL character")
    reader = _Reader(text=text)
    reader.commands(closing="")
    return reader.found


@dataclass(slots=True, kw_only=True)
class _Reader:
    text: str
    at: int = 0
    depth: int = 0
    found: list[Simple] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def commands(self, *, closing: str) -> None:
        """Reads a list of commands up to the closing bracket, or to the end where there is none to come."""
        if self.depth > _DEEPEST:
            raise RefusedError("commands are nested too deeply")
        now, subshells = Simple(), 0
        while self.at < len(self.text):
            mark = self.text[self.at]
            if mark in _BLANK or self.text.startswith("\\\n", self.at):
                self.at += 1 if mark in _BLANK else 2
            elif mark == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif mark == ")" and not subshells:
                if not closing:
                    raise RefusedError("there is a ')' too many")
                self.at += 1
                self.end(now)
                return
            elif mark in "()":
                if mark == "(" and now.words:
                    raise RefusedError("'(' behind a word is not understood")
                subshells += 1 if mark == "(" else -1
                self.at += 1
                now = self.end(now)
            elif mark in "\n;|&":
                self.separator()
                now = self.end(now)
            else:
                self.part(now)
        if closing or subshells:
            raise RefusedError("a bracket is never closed")
        self.end(now)

    def separator(self) -> None:
        two = self.text[self.at : self.at + 2]
        if two in {"||", "&&"}:
            self.at += 2
        elif two[0] == "&" or two in {"|&", ";;"}:
            raise RefusedError(
                "commands in the background are not allowed" if two[0] == "&" else f"'{two}' is not understood"
            )
        else:
            self.at += 1

    def part(self, now: Simple) -> None:
        redirection = _REDIRECTION.match(self.text, self.at)
        if redirection is None:
            assigned = None if now.words else _ASSIGNMENT.match(self.text, self.at)
            if assigned:
                self.at = assigned.end()
                now.assignments.append((assigned[0][:-1], self.word()))
                self.known.add(assigned[0][:-1])
            else:
                now.words.append(self.word())
            return
        self.at = redirection.end()
        if self.text[self.at : self.at + 1] in {"<", "("}:
            raise RefusedError("here-documents and process substitutions are not allowed")
        while self.text[self.at : self.at + 1] in {" ", "\t"}:
            self.at += 1
        target = self.word()
        if not target.text and not target.quoted:
            raise RefusedError("a redirection has no target")
        if not (redirection[0].endswith("&") and re.fullmatch(r"[0-9]|-", target.text)):
            now.targets.append(target)

    def end(self, now: Simple) -> Simple:
        if not now.empty:
            self.found.append(now)
        return Simple()

    def word(self) -> Word:
        """The word at this place; an empty one where there is none."""
        quoted = self.text[self.at : self.at + 1] in {"'", '"'}
        parts: list[str] = []
        dynamic = False
        while self.at < len(self.text) and self.text[self.at] not in _ENDS:
            mark = self.text[self.at]
            if mark == "'":
                parts.append(self.until_quote())
            elif mark == '"':
                inner, more = self.double()
                parts.append(inner)
                dynamic = dynamic or more
            elif mark == "\\":
                parts.append(self.text[self.at + 1 : self.at + 2].replace("\n", ""))
                self.at += 2
            elif mark in "$`":
                literal = self.expansion()
                parts.append(literal)
                dynamic = dynamic or not literal
            else:
                parts.append(mark)
                self.at += 1
        return Word(text="".join(parts), quoted=quoted, dynamic=dynamic)

    def until_quote(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise RefusedError("a quote is never closed")
        inner, self.at = self.text[self.at + 1 : end], end + 1
        return inner

    def double(self) -> tuple[str, bool]:
        """What stands between double quotes, and whether some of it is known only when it runs."""
        parts: list[str] = []
        dynamic = False
        self.at += 1
        while self.at < len(self.text):
            mark = self.text[self.at]
            if mark == '"':
                self.at += 1
                return "".join(parts), dynamic
            if mark == "\\":
                escaped = self.text[self.at + 1 : self.at + 2]
                parts.append("" if escaped == "\n" else escaped if escaped in set('$`"\\') else f"\\{escaped}")
                self.at += 2
            elif mark in "$`":
                literal = self.expansion()
                parts.append(literal)
                dynamic = dynamic or not literal
            else:
                parts.append(mark)
                self.at += 1
        raise RefusedError("a double quote is never closed")

    def expansion(self) -> str:
        """Reads past an expansion and the commands in it; returns ``$`` where it is only that, else ""."""
        if self.text[self.at] == "`":
            self.backticks()
            return ""
        rest = self.text[self.at + 1 : self.at + 3]
        if rest == "((":
            self.arithmetic()
        elif rest[:1] == "(":
            self.at += 2
            self.depth += 1
            self.commands(closing=")")
            self.depth -= 1
        elif rest[:1] == "'":
            raise RefusedError("$'...' is not allowed")
        else:
            return self.variable()
        return ""

    def variable(self) -> str:
        braces = self.text.startswith("${", self.at)
        name = _NAME.match(self.text, self.at + 1 + braces)
        following = self.text[self.at + 1 : self.at + 2]
        if name is None and not braces and (not following or following in ' \t\n"/|,.:)'):
            self.at += 1
            return "$"
        if name is None or name[0] not in self.known or (braces and self.text[name.end() : name.end() + 1] != "}"):
            shown = name[0] if name else following
            raise RefusedError(f"the variable '${shown}' is not one that the command sets")
        self.at = name.end() + braces
        return ""

    def arithmetic(self) -> None:
        end = self.text.find("))", self.at)
        inner = self.text[self.at + 3 : max(end, 0)]
        if end < 0 or "`" in inner or "$(" in inner:
            raise RefusedError("this arithmetic is not understood")
        self.at = end + 2

    def backticks(self) -> None:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise RefusedError("a backtick is never closed")
        inner = re.sub(r"\\([\\`$])", r"\1", self.text[self.at + 1 : end])
        nested = _Reader(text=inner, depth=self.depth + 1, found=self.found, known=self.known)
        nested.commands(closing="")
        self.at = end + 1
