"""A reply -> Python source that defines a name. Pure."""

from __future__ import annotations

import ast
import re
import warnings

from swebench_lite.errors import NoAnswer
from swebench_lite.extract import read_exchange
from swebench_lite.records import Exchange, Files
from swebench_lite.replies import files
from swebench_lite.replies.layout import lay_out

FILE = "answer.py"
_START = re.compile(
    r"^(?:def |class |import |from \S+ import |@|async def |[A-Za-z_]\w* *(?::[^=\n]*)?= )", re.MULTILINE
)
_LONGEST_BARE = 100_000  # characters


def python_code(exchange: Exchange, entry: str) -> tuple[str, tuple[str, ...]]:
    """The source in a reply, and what was odd about it. entry: the function or class that it has to define.

    Fenced blocks go first, an unclosed fence included; of several, the last one that defines the entry, for models correct
    themselves. A reply without fences is taken as it stands, from its first line of code on. Raises NoAnswer with the reason.
    """
    try:
        found = read_exchange(exchange, answer_format="files", expected=(FILE,), mode="lenient")
    except NoAnswer:
        bare = _bare(exchange.reply, entry)
        if bare is None:
            raise
        return bare, ("no fence",)
    blocks = [block for block in files.ordinary(lay_out(exchange.reply)) if block.body.strip()]
    texts = [text for _, text in files.as_files([(str(at), block) for at, block in enumerate(blocks)], "lenient")[0]]
    if isinstance(found.answer, Files):
        texts = [*(text for _, text in found.answer.contents), *texts]
    defining = [text for text in texts if defines(text, entry)]
    if not defining:
        bare = _bare(exchange.reply, entry)
        if bare is not None:
            return bare, (*found.reading.notes, "no fence")
    chosen = defining[-1] if defining else max(texts, key=len, default="")
    if not chosen:
        raise NoAnswer("the reply holds a diff or edits where a program was asked for")
    return chosen, found.reading.notes


def defines(source: str, entry: str) -> bool:
    """Whether a text defines a function, a class or a name at its top level, as far as its lines tell."""
    return bool(re.search(rf"^(?:(?:async )?def|class)\s+{entry}\b|^{entry}\s*(?::[^=\n]*)?=", source, re.MULTILINE))


def _bare(reply: str, entry: str) -> str | None:
    """The code of a reply without fences: from the first line that looks like code to the last with which it parses."""
    text = lay_out(reply[:_LONGEST_BARE]).prose.replace("\r\n", "\n")
    start = _START.search(text)
    if start is None or not defines(text, entry):
        return None
    lines = text[start.start() :].rstrip().split("\n")
    # A reply ends in prose more often than not; whole paragraphs of it are taken off until what is left is a program.
    while lines:
        source = "\n".join(lines) + "\n"
        if parses(source):
            return source if defines(source, entry) else None
        last = max((at for at, line in enumerate(lines) if not line.strip()), default=0)
        lines = lines[:last]
    return text[start.start() :]


def parses(source: str) -> bool:
    """Whether a text is Python to the interpreter that runs this."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
