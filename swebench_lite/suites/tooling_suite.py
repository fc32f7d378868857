"""The tooling suite: a task, ten tools, at most four steps; the calls and their arguments are held against what they must be."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from swebench_lite.conversation import Dialogue, Exchange, Turn
from swebench_lite.models.dialogue import Said, converse, described, knows_no_tools, read_calls, result_turn
from swebench_lite.replies.layout import lay_out
from swebench_lite.suites import toolbox
from swebench_lite.suites.nouns import ARM, Asker, Grade, Item, Room
from swebench_lite.suites.toolbox import Arguments, Result
from swebench_lite.suites.world import World, make_world

NAME = "tooling"
STEPS = 4
SYSTEM = (
    "You are an assistant with tools. Call a tool whenever it can find out or do what is asked, and never make up what a tool "
    "can tell. Do exactly what is asked, each thing once. When it is done, answer in one sentence without calling a tool. "
    f"You have {STEPS} replies at most, and that sentence is one of them."
)
_IN_TEXT = "tool calls written as text"
_DESCRIBED = "tools described in the text"
_AMOUNT = 1375
_SUBJECT, _BODY = "Quarterly figures", "The figures are in. Please review them by Friday."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call that must come. fits: whether its arguments are right in this world. says: what they had to be."""

    tool: str
    fits: Callable[[Arguments, World], bool]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolingItem:
    """wanted: in this order, each in a later step than the one before. forbidden: tools that must not be called; ``*`` for
    every other one."""

    key: str
    request: str
    wanted: tuple[Wanted, ...]
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A call that was made, in which step, and what it gave."""

    step: int
    name: str
    result: Result


def _city(arguments: Arguments, world: World) -> bool:
    return str(arguments["city"]).split(",")[0].strip().casefold() == "lima"


def _words(arguments: Arguments, world: World) -> bool:
    words = re.findall("[a-z]+", str(arguments["query"]).casefold())
    return {"tidal", "turbine", "maintenance"} <= {word.removesuffix("s") for word in words}


def _user(user_id: str) -> Wanted:
    return Wanted(
        tool="get_user", fits=lambda given, _: given["user_id"].strip() == user_id, says=f"the user_id {user_id}"
    )


def _same_words(one: str, other: str) -> bool:
    return one.split() == other.split()


def _product(arguments: Arguments, world: World) -> bool:
    value = toolbox.calculate(str(arguments["expression"]))
    return math.isclose(value, _AMOUNT * world.rates["USD", "NOK"], rel_tol=1e-9)


_TASKS = (
    ToolingItem(
        key="email_strict",
        request=f'Send an e-mail to dana.whitfield@orchard.example with exactly this subject: "{_SUBJECT}" and exactly this '
        f'text: "{_BODY}"',
        wanted=(
            Wanted(
                tool="send_email",
                fits=lambda given, _: (
                    dict(given) == {"to": "dana.whitfield@orchard.example", "subject": _SUBJECT, "body": _BODY}
                ),
                says="the address, subject and text of the request, to the letter",
            ),
        ),
        forbidden=("*",),
    ),
    ToolingItem(
        key="confusable_time",
        request="I want to call a colleague in Lima who only picks up in daylight. What time is it there now?",
        wanted=(Wanted(tool="get_time", fits=_city, says="the city Lima"),),
        forbidden=("get_weather",),
    ),
    ToolingItem(
        key="search_topic",
        request="Find out whether our documents say anything about tidal turbine maintenance.",
        wanted=(Wanted(tool="search", fits=_words, says="a query with tidal, turbine and maintenance"),),
    ),
    ToolingItem(
        key="lookup_then_email",
        request='Send the user U-4817 an e-mail at their own address, with the subject "Welcome" and the text "Your access is '
        'ready."',
        wanted=(
            _user("U-4817"),
            Wanted(
                tool="send_email",
                fits=lambda given, world: (
                    given["to"].strip().casefold() == world.users["U-4817"].email
                    and given["subject"].strip() == "Welcome"
                    and given["body"].strip() == "Your access is ready."
                ),
                says="the address that was looked up, and the subject and text of the request",
            ),
        ),
    ),
    ToolingItem(
        key="read_then_count",
        request="How many words does the file notes/harvest.txt have? Let the tool count them.",
        wanted=(
            Wanted(
                tool="read_file",
                fits=lambda given, _: given["path"].strip().removeprefix("./") == "notes/harvest.txt",
                says="the path notes/harvest.txt",
            ),
            Wanted(
                tool="word_count",
                fits=lambda given, world: _same_words(given["text"], world.files["notes/harvest.txt"]),
                says="the text that was read, word for word",
            ),
        ),
    ),
    ToolingItem(
        key="rate_then_calc",
        request=f"How many NOK are {_AMOUNT} USD at the current rate? Let the calculator do the sum.",
        wanted=(
            Wanted(
                tool="get_exchange_rate",
                fits=lambda given, _: (given["base"].strip().upper(), given["quote"].strip().upper()) == ("USD", "NOK"),
                says="base USD and quote NOK",
            ),
            Wanted(tool="calculator", fits=_product, says=f"{_AMOUNT} times the rate that was looked up"),
        ),
    ),
    ToolingItem(
        key="lookup_then_ticket",
        request='Open a ticket with high priority and the title "Replace key card" for the account of the user U-2096.',
        wanted=(
            _user("U-2096"),
            Wanted(
                tool="create_ticket",
                fits=lambda given, world: (
                    given["account"].strip() == world.users["U-2096"].account
                    and given["title"].strip().casefold() == "replace key card"
                    and given["priority"] == "high"
                ),
                says="the account that was looked up, and the title and priority of the request",
            ),
        ),
    ),
)


def items(seed: int) -> tuple[Item, ...]:
    """The seven items, a case each, in the world of that seed."""
    world = make_world(seed)
    return tuple(
        Item(
            suite=NAME,
            key=task.key,
            prompt=task.request,
            total=1,
            ask=partial(_ask, task, world),
            grade=partial(grade, task, world),
        )
        for task in _TASKS
    )


def _ask(task: ToolingItem, world: World, asker: Asker) -> tuple[Exchange, ...]:
    turns: list[Turn] = [Turn(role="user", text=task.request)]
    exchanges: list[Exchange] = []
    step, native = 0, False
    while step < STEPS:
        if asker.stopping.is_set():
            return ()  # half a talk must not be graded as a whole one
        in_text = asker.model.name in asker.in_text
        dialogue = Dialogue(
            system=SYSTEM, turns=tuple(turns), tools=toolbox.SPECS, in_text=in_text, sampling=asker.sampling
        )
        exchange = converse(asker.model, dialogue, instance_id=f"{NAME}:{task.key}", arm=ARM, step=len(exchanges))
        exchanges.append(exchange)
        if knows_no_tools(exchange) and not in_text:
            asker.in_text.add(asker.model.name)
            continue
        if exchange.error:
            break
        said = _said(exchange, step, native=native)
        if not said.calls:
            break
        native = native or not said.in_text
        turns += [said.turn, *_results(said, world)]
        step += 1
    return tuple(exchanges)


def _results(said: Said, world: World) -> list[Turn]:
    given = [
        result_turn(one, toolbox.call(world, one.name, one.arguments).text, in_text=said.in_text) for one in said.calls
    ]
    if not said.in_text:
        return given
    # Some models' templates take no two messages of one role in a row.
    return [Turn(role="user", text="\n".join(turn.text for turn in given))]


def _said(exchange: Exchange, step: int, *, native: bool) -> Said:
    """native: the model has made calls by the protocol before."""
    layout = lay_out(exchange.reply)
    visible = "\n".join([layout.prose, *(block.body for block in layout.blocks)])
    return read_calls(exchange, toolbox.SPECS, step=step, visible=visible, native=native)


def grade(task: ToolingItem, world: World, exchanges: Sequence[Exchange], room: Room | None = None) -> Grade:
    """1 where the right calls came with the right arguments, in time, and nothing else was changed. Runs nothing."""
    made: list[Made] = []
    flags: list[str] = []
    ended = native = False
    for step, exchange in enumerate([one for one in exchanges if not knows_no_tools(one)]):
        said = _said(exchange, step, native=native)
        ended = not said.calls
        native = native or bool(said.calls and not said.in_text)
        flags += [_DESCRIBED] if described(exchange) else []
        flags += [_IN_TEXT] if said.in_text else []
        made += [
            Made(step=step, name=one.name, result=toolbox.call(world, one.name, one.arguments)) for one in said.calls
        ]
    reason = _fault(task, made) or _missing(task, world, made)
    if not reason and not ended:
        reason = f"it did not stop calling tools within {STEPS} steps"
    return Grade(passed=0 if reason else 1, reason=reason, flags=tuple(dict.fromkeys(flags)))


def _fault(task: ToolingItem, made: Sequence[Made]) -> str:
    """A call that must not be there, or ""."""
    if not made:
        return "it called no tool"
    broken = next((one for one in made if one.result.broken), None)
    if broken is not None:
        return f"step {broken.step + 1}: {broken.result.error}"
    wanted = [one.tool for one in task.wanted]
    for one in made:
        others = "*" in task.forbidden and one.name not in wanted
        if one.name in task.forbidden or others:
            return f"step {one.step + 1}: it called {one.name}, where {wanted[0]} was to be called"
    for tool in sorted(toolbox.EFFECTS):
        count = sum(one.name == tool and not one.result.error for one in made)
        if count > wanted.count(tool):
            return f"it called {tool} {count} times, {wanted.count(tool)} was right"
    return ""


def _missing(task: ToolingItem, world: World, made: Sequence[Made]) -> str:
    """The first call that should be there and is not, or ""."""
    after = -1
    for wanted in task.wanted:
        calls = [one for one in made if one.name == wanted.tool]
        right = [one for one in calls if not one.result.error and wanted.fits(one.result.arguments or {}, world)]
        in_time = [one for one in right if one.step > after]
        if not in_time:
            if right:
                return f"{wanted.tool} was called before the result that it needs was there"
            if not calls:
                names = ", ".join(dict.fromkeys(one.name for one in made))
                return f"{wanted.tool} was not called, only {names}"
            last = calls[-1].result
            why = f" ({last.error})" if last.error else ""
            return f"{wanted.tool} was called without {wanted.says}{why}"
        after = in_time[0].step
    return ""
