"""The cli suite: one shell command for a goal. What must not be started is refused; then what the command did decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from swebench_lite.errors import NoAnswer
from swebench_lite.extract import read_exchange
from swebench_lite.records import Command, Exchange
from swebench_lite.replies.layout import lay_out
from swebench_lite.suites import jobs
from swebench_lite.suites.nouns import Asker, Grade, Item, Room
from swebench_lite.suites.refusals import ALLOWED, refusal

NAME = "cli"
SECONDS = 2.0  # of computing for one run of a command
SYSTEM = "You are a careful user of the Unix shell."
_SHELLS = frozenset({"sh", "bash", "shell", "zsh", "console", "shell-session", "terminal", ""})
_INLINE = re.compile(r"(?<!`)(`{1,2})(?!`)([^\n]+?)(?<!`)\1(?!`)")
_PROMPT = re.compile(r"^\$ ", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One hidden input. files: what is in the folder. expected: words on standard output, or lines of ``CliItem.output``."""

    files: tuple[tuple[str, str], ...]
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CliItem:
    """output: the file that the command has to write, or "" for standard output."""

    key: str
    goal: str
    output: str
    samples: tuple[Sample, ...]


_TASKS = (
    CliItem(
        key="count_lines",
        goal="Print how many lines the file journal.txt has: the number alone, nothing else. The file ends with a newline.",
        output="",
        samples=(
            Sample(files=(("journal.txt", "rain\n\nsun at last\nfog\n \nwind\nrain\n"),), expected=("7",)),
            Sample(files=(("journal.txt", "".join(f"day {day}\n" for day in range(1, 214))),), expected=("213",)),
        ),
    ),
    CliItem(
        key="second_column",
        goal="stock.csv has lines of fields with commas between them; no field holds a comma, a quote or a blank. Write the "
        "second field of every line, the first line included, to the file second.txt, one to a line and in the same order.",
        output="second.txt",
        samples=(
            Sample(
                files=(("stock.csv", "id,colour,count\n17,teal,4\n3,amber,250\n44,teal,1\n"),),
                expected=("colour", "teal", "amber", "teal"),
            ),
            Sample(files=(("stock.csv", "k7,left\nk2,right,9,x\n,up,\n"),), expected=("left", "right", "up")),
        ),
    ),
    CliItem(
        key="sort_names",
        goal="names.txt has a name on every line. Write them to the file sorted.txt in alphabetical order, one to a line; a "
        "name that occurs twice stays there twice. names.txt stays as it is.",
        output="sorted.txt",
        samples=(
            Sample(
                files=(("names.txt", "Mila\nAnton\nZoe\nBela\nMila\nGeorg\n"),),
                expected=("Anton", "Bela", "Georg", "Mila", "Mila", "Zoe"),
            ),
            Sample(files=(("names.txt", "Yara\nNils\nYann\nIda\n"),), expected=("Ida", "Nils", "Yann", "Yara")),
        ),
    ),
)


def items(seed: int) -> tuple[Item, ...]:
    """The three items, a case each; the seed decides nothing here."""
    return tuple(
        Item(
            suite=NAME,
            key=task.key,
            prompt=prompt(task),
            total=1,
            ask=partial(_ask, task),
            grade=partial(grade, task),
            runs=True,
        )
        for task in _TASKS
    )


def prompt(task: CliItem) -> str:
    """What a model is asked."""
    return f"""Write one shell command (POSIX sh) for this goal:

{task.goal}

Rules: pipes, lists and redirections are fine. Only these tools: {", ".join(ALLOWED)} (python3 only as python3 -c). Name
files relative to the working folder, without / at the beginning (not even /dev/null), ~ or .. in them. Reply with the command
in one fenced ```sh block, and nothing else in that block."""


def _ask(task: CliItem, asker: Asker) -> tuple[Exchange, ...]:
    return (asker.once(f"{NAME}:{task.key}", SYSTEM, prompt(task)),)


def grade(task: CliItem, exchanges: Sequence[Exchange], room: Room | None) -> Grade:
    """1 where the command does what it should on every hidden input. Raises what the sandbox raises when it fails itself."""
    try:
        command = command_of(exchanges[-1])
    except NoAnswer as error:
        return Grade(passed=0, reason=str(error))
    if why := refusal(command.text):
        return Grade(passed=0, reason=f"refused before it was run: {why}", flags=("refused",))
    assert room is not None  # the item says that it runs
    steps = [
        jobs.Step(
            command=command.text,
            files=tuple((path, text.encode()) for path, text in sample.files),
            outputs=tuple(path for path, _ in sample.files) + ((task.output,) if task.output else ()),
        )
        for sample in task.samples
    ]
    work = jobs.job(
        steps, {}, room.environment, seconds=SECONDS, limits=room.limits, tree=room.tree, name=f"{NAME}:{task.key}",
        tools=ALLOWED,
    )  # fmt: skip
    told = jobs.read(room.run(work), steps, name=work.name)
    for sample, one in zip(task.samples, told, strict=True):
        if problem := _problem(task, sample, one):
            return Grade(passed=0, reason=f"{problem}; the command was: {command.text[:200]}")
    return Grade(passed=1)


def command_of(exchange: Exchange) -> Command:
    """The command in a reply: its fenced block, else its code in backticks, else the only line. Raises NoAnswer."""
    layout = lay_out(exchange.reply)
    blocks = [block for block in layout.blocks if block.fenced and block.body.strip()]
    shells = [block for block in blocks if block.language in _SHELLS]
    if blocks:
        return _command((shells or blocks)[0].body)
    text = layout.prose.strip()
    if not text:
        read_exchange(exchange)  # says why there is nothing
        raise NoAnswer("the reply holds no command")
    whole = _INLINE.fullmatch(text)
    if whole:
        return _command(whole[2])
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and _begins(lines[0]):
        return _command(lines[0])
    inline = [found[2] for found in _INLINE.finditer(text) if _begins(found[2])]
    bare = [line for line in lines if _begins(line)]
    if inline or bare:
        return _command(max(inline, key=len) if inline else bare[0])
    raise NoAnswer("the reply holds no command, neither fenced nor in backticks")


def _begins(text: str) -> bool:
    """Whether a line looks like a command: a name, and then what prose does not have behind its first word."""
    first, _, rest = text.strip().removeprefix("$ ").partition(" ")
    return first.lstrip("(").rpartition("/")[2] in ALLOWED and bool(rest)


def _command(text: str) -> Command:
    # What is no character cannot be in a script; JSON can hold it all the same.
    plain = text.encode("utf-8", "replace").decode()
    return Command(text=_PROMPT.sub("", plain.replace("\r\n", "\n").strip()))


def _problem(task: CliItem, sample: Sample, told: jobs.Told) -> str:
    """What is wrong with the effect on one input, or ""."""
    if told.status is None:
        return "it took the sandbox's own script down with it"
    if told.late:
        return jobs.stopped(told, SECONDS)
    for path, text in sample.files:
        if told.outputs.get(path) != text.encode():
            return f"{path} is not what it was"
    said = _text(told.outputs.get("stderr")).strip().splitlines()[-1:]
    hint = f" ({said[0][:120]})" if said else ""
    if not task.output:
        if "stdout" in told.too_long:
            return f"it prints more than {jobs.MOST // 1024} KB"
        words = _text(told.outputs.get("stdout")).split()
        shown = " ".join(words)[:80]
        return "" if tuple(words) == sample.expected else f"it prints '{shown}'{hint}, which is not right"
    raw = told.outputs.get(task.output)
    if raw is None:
        if task.output in told.too_long:
            return f"{task.output} is longer than {jobs.MOST // 1024} KB"
        return f"there is no file {task.output}{hint}"
    lines = tuple(line.strip() for line in _text(raw).splitlines() if line.strip())
    shown = " | ".join(lines)[:80]
    return "" if lines == sample.expected else f"{task.output} holds '{shown}'{hint}, which is not right"


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
