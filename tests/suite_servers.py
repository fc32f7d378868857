"""Scripted models behind a real HTTP server, for the tests of the suites, and right answers to all of their items.

with serving(Scripted()) as server:
    model = open_model("good", (), settings=..., access=Access(base_url=f"{server.url}/v1"))
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SOLUTIONS: Mapping[str, str] = {
    "int_to_roman": """
def int_to_roman(number):
    parts = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
             (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    out = ""
    for value, sign in parts:
        out += sign * (number // value)
        number %= value
    return out
""",
    "is_balanced": """
def is_balanced(text):
    pairs = {")": "(", "]": "[", "}": "{"}
    stack = []
    for c in text:
        if c in "([{":
            stack.append(c)
        elif c in pairs and (not stack or stack.pop() != pairs[c]):
            return False
    return not stack
""",
    "merge_intervals": """
def merge_intervals(intervals):
    out = []
    for start, end in sorted(intervals):
        if out and start <= out[-1][1]:
            out[-1][1] = max(out[-1][1], end)
        else:
            out.append([start, end])
    return out
""",
    "top_word": """
import re
from collections import Counter
def top_word(text):
    counts = Counter(re.findall("[a-z]+", text.lower()))
    return min(counts, key=lambda word: (-counts[word], word), default="")
""",
    "LRUCache": """
from collections import OrderedDict
class LRUCache:
    def __init__(self, capacity):
        self.capacity, self.data = capacity, OrderedDict()
    def get(self, key):
        if key not in self.data:
            return -1
        self.data.move_to_end(key)
        return self.data[key]
    def put(self, key, value):
        self.data[key] = value
        self.data.move_to_end(key)
        if len(self.data) > self.capacity:
            self.data.popitem(last=False)
""",
    "lcs_length": """
def lcs_length(first, second):
    row = [0] * (len(second) + 1)
    for a in first:
        before = 0
        for at, b in enumerate(second, 1):
            before, row[at] = row[at], before + 1 if a == b else max(row[at], row[at - 1])
    return row[-1]
""",
    "two_sum": """
def two_sum(numbers, target):
    seen = {}
    for at, number in enumerate(numbers):
        if target - number in seen:
            return [seen[target - number], at]
        seen[number] = at
""",
    "roman_to_int": """
def roman_to_int(numeral):
    values = dict(zip("IVXLCDM", [1, 5, 10, 50, 100, 500, 1000]))
    total, before = 0, 0
    for sign in reversed(numeral):
        value = values[sign]
        total += value if value >= before else -value
        before = max(before, value)
    return total
""",
    "is_palindrome": """
def is_palindrome(text):
    kept = [c for c in text.lower() if c.isalnum()]
    return kept == kept[::-1]
""",
    "longest_unique": """
def longest_unique(text):
    last, start, best = {}, 0, 0
    for at, c in enumerate(text):
        start = max(start, last.get(c, -1) + 1)
        last[c] = at
        best = max(best, at - start + 1)
    return best
""",
    "rpn_eval": """
def rpn_eval(tokens):
    stack = []
    for token in tokens:
        if token in "+-*/":
            b, a = stack.pop(), stack.pop()
            stack.append({"+": a + b, "-": a - b, "*": a * b}[token] if token != "/" else int(a / b))
        else:
            stack.append(int(token))
    return stack.pop()
""",
    "min_coins": """
def min_coins(coins, amount):
    best = [0] + [amount + 1] * amount
    for value in range(1, amount + 1):
        best[value] = min([best[value - coin] + 1 for coin in coins if coin <= value], default=amount + 1)
    return best[amount] if best[amount] <= amount else -1
""",
    "word_break": """
def word_break(text, words):
    reach = {0}
    for at in range(len(text)):
        if at in reach:
            reach |= {at + len(word) for word in words if text.startswith(word, at)}
    return len(text) in reach
""",
    "edit_distance": """
def edit_distance(first, second):
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
""",
}
COMMANDS: Mapping[str, str] = {
    "journal.txt": "wc -l < journal.txt",
    "stock.csv": "cut -d, -f2 stock.csv > second.txt",
    "names.txt": "LC_ALL=C sort names.txt > sorted.txt",
}
Call = tuple[str, dict[str, Any]]
# A word of the request, and the calls of each step; a function makes them of the results before.
PLANS: Mapping[str, Sequence[Callable[[list[Any]], Call]]] = {
    "dana.whitfield": (
        lambda _: (
            "send_email",
            {"to": "dana.whitfield@orchard.example", "subject": "Quarterly figures",
             "body": "The figures are in. Please review them by Friday."},
        ),
    ),
    "Lima": (lambda _: ("get_time", {"city": "Lima"}),),
    "tidal": (lambda _: ("search", {"query": "tidal turbine maintenance"}),),
    "U-4817": (
        lambda _: ("get_user", {"user_id": "U-4817"}),
        lambda said: ("send_email", {"to": said[0]["email"], "subject": "Welcome", "body": "Your access is ready."}),
    ),
    "harvest.txt": (
        lambda _: ("read_file", {"path": "notes/harvest.txt"}),
        lambda said: ("word_count", {"text": said[0]["text"]}),
    ),
    "NOK": (
        lambda _: ("get_exchange_rate", {"base": "USD", "quote": "NOK"}),
        lambda said: ("calculator", {"expression": f"1375 * {said[0]['rate']}"}),
    ),
    "U-2096": (
        lambda _: ("get_user", {"user_id": "U-2096"}),
        lambda said: (
            "create_ticket", {"account": said[0]["account"], "title": "Replace key card", "priority": "high"}
        ),
    ),
}  # fmt: skip
# What a model that remembers or makes up would say where it should have looked.
GUESSES: Mapping[str, Call] = {
    "U-4817": ("send_email", {"to": "user4817@example.com", "subject": "Welcome", "body": "Your access is ready."}),
    "harvest.txt": ("word_count", {"text": "the harvest was good this year"}),
    "NOK": ("calculator", {"expression": "1375 * 10.5"}),
    "U-2096": ("create_ticket", {"account": "AC-2096", "title": "Replace key card", "priority": "high"}),
}


class Scripted:
    """Answers everything well. ``talk`` may be replaced by another of this module's functions, and the rest is flags.

    faults: HTTP statuses for the first requests, one each. no_tools: turns down requests that have tools. Every body is kept
    in ``bodies``.
    """

    def __init__(
        self,
        talk: Callable[[str, list[Any], int], Sequence[tuple[str, str]]] | None = None,
        *,
        faults: Sequence[int] = (),
        no_tools: bool = False,
        reply: Callable[[str], str] | None = None,
    ) -> None:
        self.talk, self.faults, self.no_tools = talk or good, list(faults), no_tools
        self.reply = reply or write
        self.bodies: list[dict[str, Any]] = []
        self.lock = threading.Lock()

    def __call__(self, _: str, path: str, body: Any) -> tuple[int, object]:
        if not path.endswith("/chat/completions"):
            return 404, {"error": {"message": f"no such path {path}"}}
        with self.lock:
            self.bodies.append(body)
            fault = self.faults.pop(0) if self.faults else 0
        if fault:
            return fault, {"error": {"message": f"told to say {fault}"}}
        if body.get("tools") and self.no_tools:
            return 400, {"error": {"message": f"{body['model']} does not support tools"}}
        return 200, self.completion(body)

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        messages = body["messages"]
        request = next(one["content"] for one in messages if one["role"] == "user")
        in_text = "You can call tools" in messages[0]["content"]
        message: dict[str, Any] = {"role": "assistant", "content": ""}
        if body.get("tools") or in_text:
            step = sum(one["role"] == "assistant" for one in messages)
            calls = self.talk(request, _results(messages), step)
            if calls and in_text:
                message["content"] = "\n".join(f'{{"name": "{name}", "arguments": {args}}}' for name, args in calls)
            elif calls:
                message |= {"content": None, "tool_calls": [
                    {"id": f"id_{step}_{at}", "type": "function", "function": {"name": name, "arguments": args}}
                    for at, (name, args) in enumerate(calls)
                ]}  # fmt: skip
            else:
                message["content"] = "It is done."
        else:
            message["content"] = self.reply(request)
        return {
            "id": "chatcmpl-1",
            "model": body["model"],
            "choices": [
                {"index": 0, "message": message, "finish_reason": "tool_calls" if message.get("tool_calls") else "stop"}
            ],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20},
        }


def _results(messages: Sequence[Mapping[str, Any]]) -> list[Any]:
    found = [json.loads(one["content"]) for one in messages if one["role"] == "tool"]
    for one in messages:
        if one["role"] == "user" and one["content"].startswith("Result of "):
            found += [json.loads(line.partition(": ")[2]) for line in one["content"].splitlines()]
    return found


def write(request: str) -> str:
    """The right answer to an item of the python or the cli suite, or to a needle."""
    entry = re.search(r"^    (?:def|class) (\w+)", request, re.MULTILINE)
    if entry:
        return f"Here it is.\n\n```python{SOLUTIONS[entry[1]]}```\n\nIt is quick."
    needle = re.search(r"code of the west archive is (\d\d-[a-z]+-\d{4})\.", request)
    if needle:
        return f"The code is {needle[1]}."
    command = next(command for word, command in COMMANDS.items() if word in request)
    return f"```sh\n{command}\n```"


def plan_of(request: str) -> tuple[str, Sequence[Callable[[list[Any]], Call]]]:
    """The word that tells a tooling request from the others, and its plan."""
    return next((word, plan) for word, plan in PLANS.items() if word in request)


def good(request: str, results: list[Any], step: int) -> Sequence[tuple[str, str]]:
    """The right calls, one a step, and then none."""
    plan = plan_of(request)[1]
    return [_written(plan[step](results))] if step < len(plan) else []


def wrong_tools(request: str, results: list[Any], step: int) -> Sequence[tuple[str, str]]:
    """Always asks for the weather."""
    return [("get_weather", '{"city": "Lima"}')] if step == 0 else []


def broken(request: str, results: list[Any], step: int) -> Sequence[tuple[str, str]]:
    """The right tool, its arguments cut off; then the right call."""
    plan = plan_of(request)[1]
    if step == 0:
        name, arguments = _written(plan[0](results))
        return [(name, arguments[:-2])]
    return good(request, [one for one in results if "error" not in one], step - 1)


def unknown_tool(request: str, results: list[Any], step: int) -> Sequence[tuple[str, str]]:
    """A tool that is not there."""
    return [("browse_web", '{"url": "x"}')] if step == 0 else []


def never_stops(request: str, results: list[Any], step: int) -> Sequence[tuple[str, str]]:
    """The right calls, and then the search, for ever."""
    return good(request, results, step) or [("search", '{"query": "tidal turbine maintenance"}')]


def guesses(request: str, results: list[Any], step: int) -> Sequence[tuple[str, str]]:
    """All calls at once: what an earlier result should give is made up."""
    word, plan = plan_of(request)
    if step:
        return []
    return [_written(plan[0]([])), *([_written(GUESSES[word])] if word in GUESSES else [])]


def _written(call: Call) -> tuple[str, str]:
    return call[0], json.dumps(call[1])
