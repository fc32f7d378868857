"""Instance, Arm, Tree -> Prompt. Pure: the same instance, arm and tree always give the same text.

A prompt holds the arm's contract, the repository's name and commit, the issue, the files that the arm's strategy chooses, and the
request. Hints, the gold patch, its tests (unless the arm shows them) and everything after the base commit stay out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from swebench_lite import arms, tokens
from swebench_lite.contexts import EMPTY, STRATEGIES, Ranking, Shown, Strategy, excerpt, strategy_of
from swebench_lite.errors import UsageError, unknown
from swebench_lite.records import Arm, Instance, Prompt, Source
from swebench_lite.trees import Tree

ARMS = {name: arms.load_arm(name) for name in arms.ARMS}
contract_digest = arms.digest
_REQUESTS = {
    Source.REPOSITORY: ("Issue", "Write the change that resolves this issue.\n"),
    Source.WORKSPACE: ("Task", "Write the files that this task asks for.\n"),
    Source.PROMPT: ("", ""),
}
_ON_WORKSPACE = ("Task", "Write the change to these files that does what the task asks for.\n")
_TESTS = "Tests that will run on the result, as the change that puts them in:"
_SLACK = 16  # tokens by which texts that are joined may count for more than each for itself
_LEAST = 200  # tokens of a file that are worth showing
_LONGEST = 128  # characters of the longest token


def arm(name: str) -> Arm:
    """The arm of that name, or in that .toml file. Raises UsageError."""
    return arms.load_arm(name)


def contract_version() -> str:
    """The edition of the built-in contract."""
    return ARMS["harnessed"].contract_version


def prompt(instance: Instance, arm: Arm, tree: Tree | None = None) -> Prompt:
    """What a model is asked under an arm's conditions, within its budget.

    tree: the instance's files at its base commit; only an arm without context does without. Where the budget is short, files go
    first, from the last in the ranking on, then part of the last that stays, then the middle of the issue. Built-in arms
    are cut alike, with contract or without: the request has the same room in both. Raises UsageError where the tree is
    missing, the strategy unknown, or the budget too small for the contract, and RepositoryError where the tree is broken.
    """
    context = strategy_of(instance, arm)
    strategy = _strategy(context, arm, tree)
    room, frame = _room(arm), _frame(instance, arm)
    issue, cut = _issue(_clean(instance.problem_statement).strip(), room - tokens.count(frame("", "")), arm)
    left = room - tokens.count(frame(issue, "")) - tokens.count(strategy.heading)
    ranking = Ranking() if cut else strategy.rank(instance, tree or EMPTY)
    shown = _fill(strategy, ranking, _clean(instance.problem_statement), left)
    if cut and context != "none":
        shown = _Filled(cuts=("no file is shown: the issue alone is longer than the budget",))
    files = f"{strategy.heading}\n\n{shown.text}" if shown.text else ""
    request = _clean(frame(issue, files))
    user = f"{arm.contract}\n{request}" if arm.contract else request
    return Prompt(
        system=arm.system,
        user=user,
        context=context,
        files=shown.paths,
        tokens=tokens.count(arm.system) + tokens.count(user),
        tokenizer=tokens.name(),
        truncated=(*cut, *ranking.remarks, *shown.cuts),
        sampling=arm.sampling,
        thinking=arm.thinking,
    )


def issue_cut(instance: Instance, arm: Arm) -> tuple[str, ...]:
    """What the budget takes from the issue itself, a sentence each; it takes no tree to know.

    Raises UsageError where there is no room for any of it.
    """
    room = _room(arm) - tokens.count(_frame(instance, arm)("", ""))
    return _issue(_clean(instance.problem_statement).strip(), room, arm)[1]


def _room(arm: Arm) -> int:
    """Tokens that are left for the request: the same with a contract or without."""
    return arm.budget - tokens.count(arm.system) - max(tokens.count(arm.contract), _contract_room()) - _SLACK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filled:
    text: str = ""
    paths: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()


def _strategy(context: str, arm: Arm, tree: Tree | None) -> Strategy:
    if context not in STRATEGIES:
        raise UsageError(f"arm '{arm.name}': {unknown('context', context, STRATEGIES)}")
    if tree is None and context != "none":
        raise UsageError(f"arm '{arm.name}' shows files ({context}), and there is no tree; give the instance's tree")
    return STRATEGIES[context]


@functools.cache
def _contract_room() -> int:
    """Tokens that every request leaves to a contract, used or not: else arms would differ in what they show as well."""
    return max(map(tokens.count, arms.contracts().values()))


def _frame(instance: Instance, arm: Arm) -> Callable[[str, str], str]:
    """The request as a function of the issue's text and the files' text."""
    from_workspace = instance.source is Source.WORKSPACE and bool(instance.repo)
    title, ending = _ON_WORKSPACE if from_workspace else _REQUESTS[instance.source]
    named = instance.repo and not from_workspace
    place = f"Repository: {instance.repo} at commit {instance.base_commit}\n\n" if named else ""
    heading = f"{title}:\n" if title else ""
    shown = arm.tests and instance.test_patch.strip()
    tests = f"{_TESTS}\n\n{_fenced(_clean(instance.test_patch))}" if shown else ""

    def framed(issue: str, files: str) -> str:
        body = f"{place}{heading}{issue}\n"
        return "\n".join(part for part in (body, files, tests, ending) if part)

    return framed


def _fenced(text: str) -> str:
    ticks = "`" * max(3, max((len(run) + 1 for run in re.findall("`{3,}", text)), default=3))
    return f"{ticks}diff\n{text if text.endswith(chr(10)) else text + chr(10)}{ticks}\n"


def _issue(text: str, room: int, arm: Arm) -> tuple[str, tuple[str, ...]]:
    """The issue, or its head and tail with a mark between them; what was cut, in words."""
    if len(text) <= room * _LONGEST and tokens.count(text) <= room:
        return text, ()
    least, most = 0, min(len(text), max(room, 0) * _LONGEST)
    while least < most:
        middle = (least + most + 1) // 2
        if tokens.count(_without_middle(text, middle)) <= room:
            least = middle
        else:
            most = middle - 1
    if least == 0:
        raise UsageError(
            f"arm '{arm.name}': a budget of {arm.budget:,} tokens has no room for an issue beside the contract; raise it"
        )
    return _without_middle(text, least), (
        f"the middle of the issue: {len(text) - least:,} of {len(text):,} characters left out",
    )


def _without_middle(text: str, kept: int) -> str:
    head = (kept + 1) // 2
    tail = text[len(text) - (kept - head) :]
    return f"{text[:head]}\n[{len(text) - kept:,} characters of the issue are left out here]\n{tail}"


def _fill(strategy: Strategy, ranking: Ranking, issue: str, left: int) -> _Filled:
    """Files in their order as long as they fit, then what fits of the next one."""
    blocks: list[str] = []
    paths: list[str] = []
    cuts: list[str] = []
    for one in ranking.files:
        block, note = strategy.show(one), ""
        cost = tokens.count(block) + 1
        if cost > left and strategy.whole and left >= _LEAST:
            block, note = _shortened(strategy, one, issue, left)
            cost = tokens.count(block) + 1
        if not block or cost > left:
            break
        blocks.append(block)
        paths.append(one.path)
        cuts.extend([note] if note else [])
        left -= cost
        if note:
            break
    gone = ranking.total - len(paths)
    if gone:
        cuts.append(f"{gone:,} of {ranking.total:,} files that were chosen are not shown: the budget is spent")
    return _Filled(text=("\n" if strategy.whole else "").join(blocks), paths=tuple(paths), cuts=tuple(cuts))


def _shortened(strategy: Strategy, one: Shown, issue: str, left: int) -> tuple[str, str]:
    frame = tokens.count(strategy.show(Shown(path=one.path, text="")))
    found = excerpt(one.text, issue, left - frame - 2)
    if found is None:
        return "", ""
    return strategy.show(Shown(path=one.path, text=found.text)), f"{one.path}: {found.gone} left out"


def _clean(text: str) -> str:
    """The text without surrogates, which no request could carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
