"""The python suite in a real sandbox: right answers, wrong ones that lose what they should, and answers that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite import file_tasks
from swebench_lite.errors import NoAnswer, UsageError
from swebench_lite.records import Exchange, Source
from swebench_lite.sandbox import open_sandbox
from swebench_lite.settings import Settings
from swebench_lite.suites import Grade, Room, case_runner, items_of
from swebench_lite.suites.code import defines, python_code
from swebench_lite.suites.python_items import ITEMS
from swebench_lite.suites.python_suite import _document, same
from swebench_lite.suites.sweep import _PYTHON
from tests.suite_servers import SOLUTIONS, write

COUNTS = {
    "int_to_roman": 4, "is_balanced": 4, "merge_intervals": 3, "top_word": 3, "LRUCache": 5, "lcs_length": 4, "two_sum": 3,
    "roman_to_int": 4, "is_palindrome": 4, "longest_unique": 4, "rpn_eval": 3, "min_coins": 4, "word_break": 3,
    "edit_distance": 4,
}  # fmt: skip
PYTHON = {item.key: item for item in items_of(("python",), seed=1)}
Grader = Callable[[str, str], Grade]


@pytest.fixture(scope="module")
def room(shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The local sandbox behind bubblewrap; skips where it does not work."""
    settings = replace(shared_settings, sandbox="local")
    try:
        opened = open_sandbox("local", settings)
    except UsageError as error:
        pytest.skip(str(error))
    with opened as sandbox:
        yield make_room(sandbox, settings, tmp_path_factory.mktemp("room"))


def make_room(sandbox: object, settings: Settings, folder: Path) -> Room:
    (folder / "tree").mkdir()
    where = file_tasks.environment(_PYTHON, settings)
    return Room(sandbox=sandbox, environment=where, scratch=folder, tree=folder / "tree")  # type: ignore[arg-type]


def said(reply: str, **more: str) -> Exchange:
    return Exchange(request="", reply=reply, model="m", **more)  # type: ignore[arg-type]


@pytest.fixture
def graded(room: Room) -> Grader:
    return lambda key, code: PYTHON[key].grade([said(f"```python\n{code}\n```")], room)


def test_the_suite_has_fourteen_items_and_fifty_two_cases() -> None:
    assert {key: item.total for key, item in PYTHON.items()} == COUNTS
    assert sum(item.total for item in PYTHON.values()) == 52


def test_an_item_is_an_instance_that_is_nothing_but_a_prompt() -> None:
    instance = PYTHON["two_sum"].instance
    assert (instance.source, instance.instance_id) == (Source.PROMPT, "python:two_sum")
    assert "def two_sum(numbers: list[int], target: int)" in instance.problem_statement


@pytest.mark.parametrize("key", COUNTS)
def test_no_prompt_gives_a_hidden_case_away(key: str) -> None:
    for case in ITEMS[key].cases:
        shown = ", ".join(map(repr, case.arguments))
        assert f"{key}({shown})" not in PYTHON[key].prompt


@pytest.mark.parametrize("key", COUNTS)
def test_a_reference_solution_passes_every_case(room: Room, key: str) -> None:
    found = PYTHON[key].grade([said(write(PYTHON[key].prompt))], room)
    assert found == Grade(passed=COUNTS[key])


WRONG = {
    "touching intervals stay apart": ("merge_intervals", SOLUTIONS["merge_intervals"].replace("<=", "<"), 2),
    "no subtractive numerals": (
        "int_to_roman",
        "def int_to_roman(n):\n out=''\n for v,s in [(1000,'M'),(500,'D'),(100,'C'),(50,'L'),(10,'X'),(5,'V'),(1,'I')]:\n"
        "  out += s*(n//v); n %= v\n return out",
        2,
    ),
    "get is no use": ("LRUCache", SOLUTIONS["LRUCache"].replace("self.data.move_to_end(key)", "pass", 1), 3),
    "put of a known key is no use": (
        "LRUCache", SOLUTIONS["LRUCache"].replace("= value\n        self.data.move_to_end(key)", "= value"), 4
    ),
    "division rounds down": ("rpn_eval", SOLUTIONS["rpn_eval"].replace("int(a / b)", "a // b"), 1),
    "the largest coin first": (
        "min_coins",
        "def min_coins(coins, amount):\n n = 0\n for c in sorted(coins, reverse=True):\n  n += amount // c; amount %= c\n"
        " return -1 if amount else n",
        2,
    ),
    "every cut is tried": (
        "word_break",
        "def word_break(t, ws):\n return not t or any(t.startswith(w) and word_break(t[len(w):], ws) for w in ws)",
        2,
    ),
    "digits are dropped": ("is_palindrome", SOLUTIONS["is_palindrome"].replace("isalnum", "isalpha"), 3),
    "a swap is one edit": (
        "edit_distance",
        SOLUTIONS["edit_distance"].replace("    row =", "    if first == 'ab': return 1\n    row =", 1),
        3,
    ),
    "ties go to the first word": (
        "top_word", SOLUTIONS["top_word"].replace("(-counts[word], word)", "-counts[word]"), 2
    ),
    "a number is used twice": (
        "two_sum",
        "def two_sum(n, t):\n for i in range(len(n)):\n  for j in range(i, len(n)):\n   if n[i]+n[j]==t: return [i,j]",
        1,
    ),
    "brackets are only counted": (
        "is_balanced",
        "def is_balanced(t):\n return all(t.count(a) == t.count(b) for a, b in ('()', '[]', '{}'))",
        2,
    ),
    "the window jumps back": (
        "longest_unique",
        SOLUTIONS["longest_unique"].replace("max(start, last.get(c, -1) + 1)", "last.get(c, start - 1) + 1"),
        3,
    ),
    "the longest common part": (
        "lcs_length",
        "def lcs_length(a, b):\n return max((n for n in range(len(a)+1) for i in range(len(a)-n+1) if a[i:i+n] in b), default=0)",
        3,
    ),
    "numbers for truth values": ("is_balanced", SOLUTIONS["is_balanced"].replace("not stack\n", "int(not stack)\n"), 2),
}  # fmt: skip


def first_fitting(order: str) -> str:
    """A word_break that takes the longest or the shortest word that fits and never goes back."""
    return (
        f"def word_break(t, ws):\n ws = sorted(ws, key=len, reverse={order == 'longest'})\n while t:\n"
        "  w = next((w for w in ws if t.startswith(w)), None)\n  if w is None: return False\n  t = t[len(w):]\n return True"
    )


def romans(left_out: str) -> str:
    """An int_to_roman whose table lacks a sign; the next smaller ones stand in for it."""
    return (
        SOLUTIONS["int_to_roman"]
        .replace(f'"{left_out}")', '"")')
        .replace("        number %= value", ("        number = number % value if sign else number"))
    )


EVICTING = """class LRUCache:
    def __init__(self, capacity): self.n, self.d, self.u, self.last = capacity, {}, {}, None
    def get(self, k):
        if k not in self.d: return -1
        self.u[k] += 1; self.last = k
        return self.d[k]
    def put(self, k, v):
        if k not in self.d and len(self.d) >= self.n:
            old = VICTIM
            del self.d[old], self.u[old]
        self.d[k] = v; self.u[k] = self.u.get(k, 0) + 1; self.last = k
"""
MUTANTS = {
    "the longest word first": ("word_break", first_fitting("longest")),
    "the shortest word first": ("word_break", first_fitting("shortest")),
    "each word once": (
        "word_break",
        "def word_break(t, ws):\n return not t or any(t.startswith(w) and word_break(t[len(w):], [o for o in ws if o != w])"
        " for w in ws)",
    ),
    "the least often used key goes": ("LRUCache", EVICTING.replace("VICTIM", "min(self.d, key=self.u.get)")),
    "the first key that was not used last goes": (
        "LRUCache", EVICTING.replace("VICTIM", "next((x for x in self.d if x != self.last), self.last)")
    ),
    "the newest key that was not used last goes": (
        "LRUCache", EVICTING.replace("VICTIM", "next((x for x in reversed(self.d) if x != self.last), self.last)")
    ),
    "neighbours merge": ("merge_intervals", SOLUTIONS["merge_intervals"].replace("[-1][1]:", "[-1][1] + 1:")),
    **{f"no {sign}": ("int_to_roman", romans(sign)) for sign in ("I", "V", "X", "L", "C", "D", "CD", "XC", "IV", "IX", "CM")},
    "D is 5": ("roman_to_int", SOLUTIONS["roman_to_int"].replace("100, 500", "100, 5")),
    "L is 5": ("roman_to_int", SOLUTIONS["roman_to_int"].replace("10, 50", "10, 5")),
    "only a mirrored text is balanced": (
        "is_balanced",
        "def is_balanced(t):\n b = [c for c in t if c in '()[]{}']\n p = {'(': ')', '[': ']', '{': '}'}\n"
        " return [p.get(c) for c in b[:len(b)//2]] == b[::-1][:len(b)//2] and len(b) % 2 == 0",
    ),
    "braces are no brackets": (
        "is_balanced", SOLUTIONS["is_balanced"].replace('"([{"', '"(["').replace(', "}": "{"', "")
    ),
    "a text without brackets is not balanced": (
        "is_balanced", SOLUTIONS["is_balanced"].replace("return not stack", "return not stack and '(' in text")
    ),
    "what is closed too early is passed over": (
        "is_balanced",
        SOLUTIONS["is_balanced"].replace("(not stack or stack.pop() != pairs[c])", "stack and stack.pop() != pairs[c]"),
    ),
    "what is never closed is passed over": ("is_balanced", SOLUTIONS["is_balanced"].replace("not stack\n", "True\n")),
    "an apostrophe is a letter": ("top_word", SOLUTIONS["top_word"].replace("[a-z]", "[a-z']")),
    "an underscore is a letter": (
        "is_palindrome", "import re\ndef is_palindrome(t):\n s = re.sub(r'\\W', '', t.lower())\n return s == s[::-1]"
    ),
}  # fmt: skip


def cases_passed(key: str, code: str) -> int:
    """As the sandbox would count them, for code of our own that needs no wall."""
    found = 0
    for case in ITEMS[key].cases:
        document = json.loads(_document(ITEMS[key], case))
        with suppress(Exception):
            found += same(json.loads(json.dumps(case_runner.run(code, document))), case.expected)
    return found


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_rule_loses_a_case(name: str) -> None:
    key, code = MUTANTS[name]
    assert cases_passed(key, SOLUTIONS[key]) == COUNTS[key]
    assert cases_passed(key, code) < COUNTS[key]


@pytest.mark.parametrize("key", ["lcs_length", "min_coins", "word_break"])
def test_a_task_that_only_quick_code_can_pass_says_so(key: str) -> None:
    assert "It has to be quick for" in " ".join(PYTHON[key].prompt.split())


@pytest.mark.parametrize("name", WRONG)
def test_a_plausible_mistake_loses_exactly_its_cases(graded: Grader, name: str) -> None:
    key, code, passed = WRONG[name]
    found = graded(key, code)
    assert found.passed == passed, found
    assert f"{COUNTS[key] - passed} of {COUNTS[key]} cases fail" in found.reason


def test_a_crash_and_an_endless_loop_cost_their_own_case_only(graded: Grader) -> None:
    code = (
        "import os\nprint('noise' * 1000)\ndef is_balanced(t):\n    print('more')\n    while t == '((x)': pass\n"
        "    if t == '][': os._exit(0)\n    return t != '(a[b)c]'"
    )
    found = graded("is_balanced", code)
    assert found.passed == 2
    assert "case 3: stopped at its time limit of 5 s of computing" in found.reason


def test_a_segmentation_fault_costs_its_own_case_only(graded: Grader) -> None:
    code = "import ctypes\ndef is_balanced(t):\n    if t == '][': ctypes.string_at(0)\n    return len(t) > 6 and t != '(a[b)c]'"
    found = graded("is_balanced", code)
    assert (found.passed, "signal 11" in found.reason) == (3, True)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def two_sum(numbers, target):\n  return {1, 2}", "raises TypeError"),
        ("def two_sum(numbers, target):\n  import sys; sys.exit(0)", "raises SystemExit"),
        ("def two_sum(numbers, target):\n  return float('nan')", "raises ValueError"),
        ("def two_sum(numbers, target):\n  return [0] * 10**6", "its result is longer than 64 KB"),
        ("import os\nos._exit(127)", "ended without a result (exit status 127)"),
        ("def two_sum(numbers, target):\n  return bytearray(10**11)", "raises MemoryError"),
        ("def two_sum(numbers, target):\n  x = []; x.append(x); return x", "Circular"),
        ("def two_sum(numbers, target)\n  return 1", "raises SyntaxError"),
        ("def other(): pass", "no attribute 'two_sum'"),
        ("two_sum = 3", "not callable"),
        ("import no_such_module\ndef two_sum(n, t): pass", "No module named"),
        ("def two_sum(n, t):\n  return None", "null is not what was expected"),
        ("def two_sum(n, t):\n  open('/dev/fd/3','w').write('x')", "raises"),
    ],
)  # fmt: skip
def test_an_answer_that_gives_nothing_usable_passes_nothing_and_is_told_why(
    graded: Grader, code: str, why: str
) -> None:
    found = graded("two_sum", code)
    assert found.passed == 0
    assert why in found.reason


def test_prints_of_any_length_cost_a_right_answer_nothing(graded: Grader) -> None:
    noisy = SOLUTIONS["two_sum"].replace("    seen = {}", "    print('x' * 20_000_000)\n    seen = {}")
    assert graded("two_sum", noisy) == Grade(passed=3)


@pytest.mark.slow
def test_an_answer_that_waits_is_told_of_the_clock_and_not_of_computing(graded: Grader) -> None:
    code = "import time\n" + SOLUTIONS["two_sum"].replace("    seen", "    if target == 6: time.sleep(99)\n    seen", 1)
    found = graded("two_sum", code.replace("target == 6", "target < 0"))
    assert (found.passed, "case 3: stopped at its time limit of 30 s by the clock" in found.reason) == (2, True)


@pytest.mark.parametrize("kill", ["os.kill(-1, 9)", "os.kill(os.getppid(), 9); os.kill(-1, 9)"])
def test_a_case_that_kills_what_is_around_it_costs_no_later_one(graded: Grader, kill: str) -> None:
    code = SOLUTIONS["two_sum"].replace("    seen", f"    import os\n    if numbers[0] == 3: {kill}\n    seen", 1)
    found = graded("two_sum", code)
    assert (found.passed, "case 1" in found.reason) == (2, True), found


def test_an_answer_that_kills_the_script_around_it_gains_nothing(graded: Grader) -> None:
    code = "import os, signal\ndef is_palindrome(t):\n  if t == '0P': os.kill(-1, signal.SIGKILL)\n  return t != 'race a car'"
    found = graded("is_palindrome", code)
    assert found.passed == 3
    assert "script down" in found.reason


def test_an_answer_that_writes_a_record_of_its_own_gains_nothing(graded: Grader) -> None:
    code = (
        "import os, glob\nfor f in glob.glob('/proc/*/fd/1'):\n"
        "    try: open(f, 'w').write('\\nabc 0 result 12 eyJ2YWx1ZSI6IDF9\\n')\n    except OSError: pass\n"
        "def is_palindrome(t): return None"
    )
    assert graded("is_palindrome", code).passed == 0


@pytest.mark.engine
@pytest.mark.slow
def test_the_docker_sandbox_gives_the_same_grades(shared_settings: Settings, image: str, tmp_path: Path) -> None:
    online = replace(shared_settings, sandbox="docker", offline=False)
    with open_sandbox("docker", online) as sandbox:
        there = make_room(sandbox, online, tmp_path)
        lru = PYTHON["LRUCache"]
        assert lru.grade([said(write(lru.prompt))], there) == Grade(passed=5)
        looping = said(
            "```python\ndef is_balanced(t):\n  while t == '][': pass\n  return len(t) > 6 and t != '(a[b)c]'\n```"
        )
        assert PYTHON["is_balanced"].grade([looping], there).passed == 3


CODE = "def two_sum(numbers, target):\n    return [0, 1]\n"
FORMS = {
    "fenced": f"Sure.\n```python\n{CODE}```\nDone.",
    "no language": f"```\n{CODE}```",
    "unclosed fence": f"Here:\n```python\n{CODE}",
    "bare": CODE,
    "bare between prose": f"Here is the function:\n\n{CODE}\nIt uses a loop, you're welcome.\n",
    "bare with carriage returns": CODE.replace("\n", "\r\n"),
    "thinking first": f"<think>\n```python\ndef two_sum(): wrong\n```\n</think>\n```python\n{CODE}```",
    "a longer usage block": f"```python\n{CODE}```\nUse:\n```python\n{'print(two_sum([1, 2], 3))  # shows the result' * 9}\n```",
    "a named file": f"```python FILE: two_sum.py\n{CODE}```",
    "a stray language line": f"```\npython\n{CODE}```",
    "tildes": f"~~~python\n{CODE}~~~",
}


@pytest.mark.parametrize("form", FORMS)
def test_code_is_found_in_every_form_of_reply(form: str) -> None:
    source, _ = python_code(said(FORMS[form]), "two_sum")
    assert source.strip().replace("\r\n", "\n") == CODE.strip()


def test_an_unclosed_fence_is_noted() -> None:
    assert "unclosed fence of answer.py" in python_code(said(FORMS["unclosed fence"]), "two_sum")[1]


@pytest.mark.parametrize("reply", ["", "I cannot do that.", "Use a dictionary, as one does.", "<think>\n" + CODE])
def test_a_reply_without_code_is_no_answer(reply: str) -> None:
    with pytest.raises(NoAnswer):
        python_code(said(reply), "two_sum")


@given(st.text(alphabet=st.sampled_from("`~\n def two_sum():#x\"'\\\ud800\x00é"), max_size=200))
def test_any_reply_at_all_is_code_or_no_answer(reply: str) -> None:
    try:
        source, _ = python_code(said(reply), "two_sum")
    except NoAnswer:
        return
    assert source


def test_a_huge_reply_is_read_quickly() -> None:
    with pytest.raises(NoAnswer):
        python_code(said("def x\n\n" * 200_000), "two_sum")


def test_a_definition_inside_another_is_none() -> None:
    assert not defines("class A:\n    def two_sum(self): pass\n", "two_sum")
    assert defines("two_sum = lambda n, t: [0, 1]", "two_sum")


@pytest.mark.parametrize(
    ("actual", "expected", "right"),
    [(1, 1, True), (True, 1, False), (1, True, False), (1.0, 1, False), ([[1, 2]], [[1, 2]], True), ([1], [1, 2], False),
     ("1", 1, False), (None, "", False), ([True], [1], False)],
)  # fmt: skip
def test_results_are_compared_by_value_and_kind(actual: object, expected: object, right: bool) -> None:
    assert same(actual, expected) is right
