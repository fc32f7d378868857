"""Ten tools that really compute: their specifications, and one function that makes a call and gives its result."""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from swebench_lite.conversation import ToolSpec
from swebench_lite.errors import unknown
from swebench_lite.suites.world import World

_LONGEST, _MOST_POWER, _LARGEST = 200, 64, 1e30
_SHOWN = 80
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a call gave. text: for the model, JSON. arguments: None where they are no JSON object. error: why the call
    failed, or "". broken: the call itself is wrong, an unknown tool or arguments that are no JSON object."""

    text: str
    arguments: Arguments | None = None
    value: Any = None
    error: str = ""
    broken: bool = False


class _ToolError(Exception):
    """A tool cannot do what it was asked for; the message is its answer."""


def call(world: World, name: str, arguments: str) -> Result:
    """Make a call. arguments: as the model wrote them. Never raises; whatever is wrong is in the result."""
    if name not in TOOLS:
        return _failed(unknown("tool", name[:_SHOWN], TOOLS), broken=True)
    try:
        given = json.loads(arguments) if arguments.strip() else {}
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return _failed(f"the arguments are no JSON object: {arguments[:_SHOWN]!r}", broken=True)
    spec, run = TOOLS[name]
    problem = _misfit(spec, given)
    if problem:
        return _failed(problem, given)
    try:
        value = run(world, given)
    except _ToolError as error:
        return _failed(str(error), given)
    return Result(text=json.dumps(value), arguments=given, value=value)


def calculate(expression: str) -> float | int:
    """The value of an expression of numbers, + - * / // % ** and brackets. Raises ValueError with the reason."""
    if len(expression) > _LONGEST:
        raise ValueError(f"the expression is longer than {_LONGEST} characters")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError("the expression cannot be read; use numbers, + - * / // % ** and brackets") from error
    try:
        value = _value(tree.body)
    except ArithmeticError as error:
        raise ValueError(str(error)) from error
    return round(value, 12) if isinstance(value, float) else value


def _failed(why: str, arguments: Arguments | None = None, *, broken: bool = False) -> Result:
    return Result(text=json.dumps({"error": why}), arguments=arguments, error=why, broken=broken)


def _misfit(spec: ToolSpec, given: Arguments) -> str:
    """Why arguments do not fit a specification, or ""; every parameter is a required text here."""
    wanted = _properties(spec)
    missing = [name for name in wanted if name not in given]
    if missing:
        return f"the argument '{missing[0]}' is missing"
    for name, value in given.items():
        if name not in wanted:
            return unknown("argument", str(name)[:_SHOWN], wanted)
        if not isinstance(value, str):
            return f"the argument '{name}' must be a text"
        choices = wanted[name].get("enum")
        if choices and value not in choices:
            return unknown(f"{name}", value[:_SHOWN], choices)
    return ""


def _properties(spec: ToolSpec) -> Mapping[str, Mapping[str, Any]]:
    found = spec.parameters["properties"]
    assert isinstance(found, dict)  # _spec has made it so
    return found


_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return _bounded(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _value(node.operand)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _value(node.left), _value(node.right)
        if isinstance(node.op, ast.Pow) and abs(right) > _MOST_POWER:
            raise ValueError(f"powers go up to {_MOST_POWER}")
        return _bounded(_OPERATORS[type(node.op)](left, right))
    raise ValueError("only numbers, + - * / // % ** and brackets are understood")


def _bounded(value: Any) -> Any:
    if isinstance(value, complex) or not -_LARGEST <= value <= _LARGEST:
        raise ValueError("the value is too large, or no real number")
    return value


def _get_user(world: World, given: Arguments) -> Any:
    user = world.users.get(given["user_id"].strip())
    if user is None:
        raise _ToolError(f"there is no user '{given['user_id'][:_SHOWN]}'")
    return {"user_id": user.user_id, "name": user.name, "email": user.email, "account": user.account}


def _send_email(world: World, given: Arguments) -> Any:
    if "@" not in given["to"]:
        raise _ToolError(f"'{given['to'][:_SHOWN]}' is no address")
    return {"sent": True, "to": given["to"]}


def _city(table: str, says: str) -> Callable[[World, Arguments], Any]:
    def look(world: World, given: Arguments) -> Any:
        name = given["city"].split(",")[0].strip()
        found: Mapping[str, str] = getattr(world, table)
        if name.casefold() not in found:
            raise _ToolError(f"there is no city '{name[:_SHOWN]}' here")
        return {"city": name, says: found[name.casefold()]}

    return look


def _search(world: World, given: Arguments) -> Any:
    words = given["query"].casefold().split()
    hits = [path for path, text in world.files.items() if any(word in f"{path} {text}".casefold() for word in words)]
    return {"query": given["query"], "hits": hits}


def _read_file(world: World, given: Arguments) -> Any:
    path = given["path"].strip().removeprefix("./")
    if path not in world.files:
        raise _ToolError(f"there is no file '{path[:_SHOWN]}'; there are {', '.join(world.files)}")
    return {"path": path, "text": world.files[path]}


def _rate(world: World, given: Arguments) -> Any:
    base, quote = given["base"].strip().upper(), given["quote"].strip().upper()
    if (base, quote) not in world.rates:
        raise _ToolError(f"there is no rate from '{base[:_SHOWN]}' to '{quote[:_SHOWN]}'")
    return {"base": base, "quote": quote, "rate": world.rates[base, quote]}


def _calculator(world: World, given: Arguments) -> Any:
    try:
        return {"value": calculate(given["expression"])}
    except ValueError as error:
        raise _ToolError(str(error)) from error


def _create_ticket(world: World, given: Arguments) -> Any:
    return {"created": True, "account": given["account"], "title": given["title"], "priority": given["priority"]}


def _spec(name: str, description: str, *choices: tuple[str, tuple[str, ...]], **parameters: str) -> ToolSpec:
    """A specification in which every parameter is a required text. choices: the values that one may have."""
    limited = dict(choices)
    properties = {
        key: {"type": "string", "description": says, **({"enum": list(limited[key])} if key in limited else {})}
        for key, says in parameters.items()
    }
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return ToolSpec(name=name, description=description, parameters=schema)


_TABLE: tuple[tuple[ToolSpec, Callable[[World, Arguments], Any]], ...] = (
    (_spec("get_user", "Look a user up: name, e-mail address and account.", user_id="Such as U-1234."), _get_user),
    (_spec("send_email", "Send an e-mail.", to="The address.", subject="The subject.", body="The text."), _send_email),
    (_spec("get_weather", "The weather in a city now.", city="The city's name."), _city("skies", "weather")),
    (_spec("get_time", "The local time in a city now.", city="The city's name."), _city("times", "time")),
    (_spec("search", "Search the documents; gives the paths of those that fit.", query="Words to look for."), _search),
    (_spec("read_file", "Read a text file.", path="Its path."), _read_file),
    (
        _spec("word_count", "Count the words of a text.", text="The text itself, not a path."),
        lambda _world, given: {"words": len(given["text"].split())},
    ),
    (
        _spec("get_exchange_rate", "What one unit of a currency is worth in another.", base="Such as USD.", quote="Such as EUR."),
        _rate,
    ),
    (_spec("calculator", "Work out an expression of numbers.", expression="Such as (2 + 3) * 4.5."), _calculator),
    (
        _spec(
            "create_ticket",
            "Open a ticket for an account.",
            ("priority", ("low", "normal", "high")),
            account="The account, such as AC-12345-X1.",
            title="What it is about.",
            priority="How urgent it is.",
        ),
        _create_ticket,
    ),
)  # fmt: skip
TOOLS: Mapping[str, tuple[ToolSpec, Callable[[World, Arguments], Any]]] = {row[0].name: row for row in _TABLE}
SPECS: tuple[ToolSpec, ...] = tuple(spec for spec, _ in _TABLE)
EFFECTS = frozenset({"send_email", "create_ticket"})  # tools that change something: one call too many is wrong
