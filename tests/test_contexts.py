from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swebench_lite import tokens
from swebench_lite.contexts import STRATEGIES, Ranking, excerpt, strategy_of
from swebench_lite.contexts.candidates import LIMIT, candidates, is_prose, is_test, is_wanted
from swebench_lite.contexts.outlines import outline
from swebench_lite.contexts.ranking import ranked, words
from swebench_lite.errors import RepositoryError
from swebench_lite.records import Arm, Instance, Source
from swebench_lite.trees import MemoryTree

TREE = MemoryTree({
    "README.md": b"Reading a csv file: read_table splits each row of the table.\n" * 3,
    "shop/__init__.py": b"",
    "shop/cart.py": b"class Cart:\n    def total(self):\n        return 1\n\n\ndef empty(cart):\n    return not cart\n",
    "shop/table.py": b"import csv\n\n\ndef read_table(path, *, comma=','):\n    return list(csv.reader(open(path)))\n",
    "shop/data.bin": b"\0\1\2",
    "tests/test_table.py": b"from shop.table import read_table\n\n\ndef test_read_table():\n    assert read_table('x')\n",
})  # fmt: skip
GOLD = """--- a/shop/table.py
+++ b/shop/table.py
@@ -1,2 +1,3 @@
 import csv
+SECRET = "the answer that nobody may see"
 import os
--- a/shop/cart.py
+++ b/shop/cart.py
@@ -1,2 +1,2 @@
-class Cart:
+class Basket:
     def total(self):
--- /dev/null
+++ b/shop/fresh.py
@@ -0,0 +1 @@
+NEW = 1
"""
ONE = Instance(instance_id="a__b-1", repo="a/b", problem_statement="read_table fails on a csv file", patch=GOLD)


def rank(name: str, tree: MemoryTree = TREE, one: Instance = ONE) -> Ranking:
    """What a strategy chooses."""
    return STRATEGIES[name].rank(one, tree)


def shown(name: str, tree: MemoryTree = TREE, one: Instance = ONE) -> list[str]:
    """The paths that a strategy chooses."""
    return [file.path for file in rank(name, tree, one).files]


def test_no_context_shows_nothing() -> None:
    assert shown("none") == []


def test_the_oracle_shows_what_gold_touches_at_the_base_commit_small_files_first() -> None:
    assert shown("oracle") == ["shop/cart.py", "shop/table.py"]
    assert all("SECRET" not in file.text for file in rank("oracle").files)


def test_the_oracle_says_what_it_cannot_show() -> None:
    patch = "--- a/shop/data.bin\n+++ b/shop/data.bin\n@@ -1 +1 @@\n-a\n+b\n--- a/gone.py\n+++ b/gone.py\n@@ -1 +1 @@\n-a\n+b\n"
    found = rank("oracle", one=Instance(instance_id="x", patch=patch))
    assert found.total == 0
    assert [remark.split()[0] for remark in found.remarks] == ["shop/data.bin", "gone.py"]


@pytest.mark.parametrize("patch", ["", " \n", "no diff at all"])
def test_an_oracle_without_gold_shows_nothing(patch: str) -> None:
    assert shown("oracle", one=Instance(instance_id="x", patch=patch)) == []


def test_bm25_puts_the_file_with_the_issues_words_first_and_documentation_last() -> None:
    assert shown("bm25") == ["shop/table.py", "README.md"]


def test_bm25_shows_no_tests() -> None:
    assert "tests/test_table.py" not in shown("bm25")


def test_bm25_looks_at_neither_gold_nor_hints_nor_tests() -> None:
    told = Instance(
        instance_id="x", problem_statement=ONE.problem_statement, patch="--- a/shop/cart.py\n+++ b/shop/cart.py\n",
        test_patch="cart empty total", hints_text="cart empty total", fail_to_pass=("cart",),
    )  # fmt: skip
    assert shown("bm25", one=told) == shown("bm25")


def test_bm25_shows_at_most_twenty_files() -> None:
    tree = MemoryTree({f"m{number:02}.py": b"read_table = 1\n" for number in range(50)})
    assert shown("bm25", tree) == [f"m{number:02}.py" for number in range(20)]


@pytest.mark.parametrize("issue", ["", "zebra", "\ud800", "?!", "中文"])
def test_an_issue_without_a_word_in_common_chooses_nothing(issue: str) -> None:
    assert shown("bm25", one=Instance(instance_id="x", problem_statement=issue)) == []


def test_an_empty_tree_has_nothing_to_show() -> None:
    assert [shown(name, MemoryTree()) for name in ("bm25", "repo-map", "none")] == [[], [], []]


def test_the_order_does_not_depend_on_the_order_of_the_tree() -> None:
    items = [(f"p{number}.py", f"word{number % 3} table row\n".encode() * (number % 5 + 1)) for number in range(60)]
    items.sort(key=lambda item: item[0][::-1])
    one = Instance(instance_id="x", problem_statement="table word1")
    first, second = (shown("bm25", MemoryTree(dict(order)), one) for order in (items, sorted(items)))
    assert first == second


@pytest.mark.parametrize("issue", [
    "In shop/cart.py something is odd", "File \"/usr/lib/site-packages/shop/cart.py\", line 3", "shop.cart.Cart is odd",
    "import shop.cart", "b/shop/cart.py#L20", "..\\shop\\cart.py",
])  # fmt: skip
def test_a_file_that_the_issue_names_comes_before_its_equals(issue: str) -> None:
    files = [(f"shop/{name}.py", "shop cart py odd import\n") for name in ("bart", "cart", "dart")]
    assert ranked(issue, files)[0][0] == "shop/cart.py"


def test_a_name_that_only_ends_alike_is_not_named() -> None:
    files = [("other/cart.py", "cart odd\n"), ("shop/cart.py", "cart odd\n")]
    scores = {path: score for path, _, score in ranked("shop/cart.py cart odd", files)}
    assert scores["shop/cart.py"] > 1.3 * scores["other/cart.py"]


def test_words_are_identifiers_and_their_parts() -> None:
    assert words("getBaseURL read_table x2 HTTPServer") == [
        "getbaseurl", "get", "base", "url", "read_table", "read", "table", "x2", "httpserver", "http", "server",
    ]  # fmt: skip


def test_the_map_lists_every_file_with_its_classes_and_functions() -> None:
    files = {file.path: file.text for file in rank("repo-map").files}
    assert list(files) == ["shop/table.py", "shop/cart.py", "README.md"]
    assert files["shop/cart.py"] == "  class Cart\n  def empty(cart)\n"
    assert files["shop/table.py"] == "  def read_table(path, *, comma)\n"


@pytest.mark.parametrize("path", [
    "tests/x.py", "a/test/x.js", "test_a.py", "a/b_test.go", "x.spec.ts", "x.test.tsx", "CartTest.java", "conftest.py",
    "__tests__/a.js", "spec/a_spec.rb", "testing/helpers.py", "tests.py", "pkg/tests.py", "lib/fixtures/a.json", "Tests/a.cs",
])  # fmt: skip
def test_tests_are_known_by_their_paths(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize(
    "path", ["contest.py", "latest/a.py", "attestation.go", "src/protest.py", "detest.js", "Fastest.java"]
)
def test_a_name_that_only_sounds_like_a_test_is_none(path: str) -> None:
    assert not is_test(path)


@pytest.mark.parametrize("path", [
    "node_modules/a/b.js", "vendor/x.go", "a/_vendor/b.py", "third_party/z.c", "app.min.js", "package-lock.json", "yarn.lock",
    "go.sum", "a.pb.go", "a_pb2.py", "logo.PNG", "x.pyc", "de.po", "a.ipynb", "astropy/extern/six.py", "dist/a.js",
])  # fmt: skip
def test_what_was_not_written_here_by_hand_is_left_out(path: str) -> None:
    assert not is_wanted(path)


@pytest.mark.parametrize("path", ["Makefile", "a.py", ".gitignore", "setup.cfg", "src/vendoring.py", "distance/a.py"])
def test_what_was_written_here_by_hand_stays(path: str) -> None:
    assert is_wanted(path)


@pytest.mark.parametrize("path", ["README", "docs/a.py", "doc/x.rst", "a.md", "examples/run.py", "src/examples/run.js"])
def test_documentation_and_examples_are_known_by_their_paths(path: str) -> None:
    assert is_prose(path)


@pytest.mark.parametrize("data", [
    b"a\0b", b"x" * (LIMIT + 1), b"\xff\xfe" * 500, b"", b" \n", b"// Code generated by x. DO NOT EDIT.\n", b"y" * 5_000,
], ids=["nul", "huge", "no text", "empty", "blank", "generated", "one long line"])  # fmt: skip
def test_what_cannot_be_read_is_left_out(data: bytes) -> None:
    assert list(candidates(MemoryTree({"a.py": data}))) == []


def test_a_file_in_an_old_encoding_is_shown_with_its_odd_bytes_replaced() -> None:
    assert list(candidates(MemoryTree({"a.py": b"# Jos\xe9 wrote this file\nx = 1\n"}))) == [
        ("a.py", "# Jos\ufffd wrote this file\nx = 1\n")
    ]


class Broken:
    """A tree of a mirror that lacks some objects."""

    def __init__(self, lost: int) -> None:
        self.lost = lost
        self.paths = tuple(f"m{number:02}.py" for number in range(20))

    def read(self, path: str) -> bytes | None:
        if int(path[1:3]) < self.lost:
            raise RepositoryError(f"{path} cannot be read")
        return b"x = 1\n"


@pytest.mark.parametrize(
    "data",
    [b"# @generated by a tool. DO NOT EDIT\nx = 1\n", b"x" * 10_000, b"", b"\n", b"caf\xe9\n", b"\xff" * 40 + b"\n"],
)
def test_a_workspace_is_shown_whole_whatever_its_files_say_of_themselves(data: bytes) -> None:
    one = Instance(instance_id="t", source=Source.WORKSPACE, repo="tasks/t")
    tree = MemoryTree({"Cargo.lock": data, "src/lib.rs": b"pub fn a() {}\n"})
    assert shown("all", tree, one) == ["Cargo.lock", "src/lib.rs"]
    assert rank("all", tree, one).remarks == ()


def test_a_few_files_that_a_mirror_lacks_are_let_go() -> None:
    assert len(list(candidates(Broken(3)))) == 17


def test_a_mirror_that_lacks_more_is_an_error() -> None:
    with pytest.raises(RepositoryError, match=r"m03\.py cannot be read"):
        list(candidates(Broken(4)))


@pytest.mark.parametrize(("path", "text", "lines"), [
    ("a.py", "class A(B, metaclass=M):\n  def inner(self): ...\nasync def f(a, /, b, *c, d, **e): ...\n",
     ("class A(B)", "def f(a, b, *c, d, **e)")),
    ("a.py", "print 'two'\ndef old(a, (b, c)):\n    pass\n", ("def old(a, (b, c))",)),
    ("a.py", "x = '\\d \\' \\\\'\ny = \\\n  2\ndef f(): return '\\w'\n", ("def f()",)),
    ("a.py", '"""\ndef no():\n"""\n', ()),
    ("a.js", "export default class A extends B {\nfunction f(a) {\nconst g = async (x) => {\n  const h = (y) => 1\nlet i = 3\n",
     ("export default class A extends B", "function f(a)", "const g = async (x) =>")),
    ("a.ts", "export interface I<T> {\nexport type X = 1;\nenum E {\n",
     ("export interface I<T>", "export type X = 1;", "enum E")),
    ("a.go", "package a\n\nfunc (s *S) Get(x int) error {\n\treturn nil\n}\ntype S struct {\n",
     ("func (s *S) Get(x int) error", "type S struct")),
    ("a.rs", "pub fn f<T>(x: T) -> T {\nimpl<T> A for B {\npub(crate) struct S;\n    fn inner() {\n",
     ("pub fn f<T>(x: T) -> T", "impl<T> A for B", "pub(crate) struct S;")),
    ("A.java", "public final class A<T> extends B {\n    private int x;\n", ("public final class A<T> extends B",)),
    ("a.c", "static int add(int a, int b)\n{\n  return add(1, 2);\n}\nstruct s {\nint x;\n",
     ("static int add(int a, int b)", "struct s")),
    ("a.rb", "module M\n  class C\n    def x\n", ("module M", "class C")),
    ("a.php", "abstract class A {\nfunction f($x) {\n", ("abstract class A", "function f($x)")),
    ("a.unknown", "class A\n", ()),
])  # fmt: skip
def test_an_outline_names_what_stands_at_the_top(path: str, text: str, lines: tuple[str, ...]) -> None:
    assert outline(path, text) == lines


def test_an_outline_is_cut_where_it_is_long() -> None:
    text = f"def f({', '.join(f'argument{number}' for number in range(40))}): ...\n" + "def g(): ...\n" * 90
    found = outline("a.py", text)
    assert (len(found), len(found[0]), found[-1]) == (61, 120, "… and 31 more")


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "x = " + "-" * 90_000 + "1", "def f(" * 9_000, "\0", "class " * 30_000, "a(" * 90_000]
)
@pytest.mark.parametrize("ending", ["py", "js", "c", "java", "rs", "php"])
def test_an_outline_of_garbage_comes_soon(text: str, ending: str) -> None:
    started = time.monotonic()
    assert len(outline(f"a.{ending}", text)) <= 61
    assert time.monotonic() - started < 10


@given(st.text(), st.sampled_from(["a.py", "a.ts", "a.go", "a.rs", "a.java", "a.cpp", "a.rb", "a.sh", "a.ex", "a.r"]))
def test_an_outline_of_any_text_is_lines(text: str, path: str) -> None:
    assert all(line and len(line) <= 120 for line in outline(path, text))


LONG = "".join(f"def step_{number}(value):\n    return value + {number}\n\n\n" for number in range(2_000))


def test_an_excerpt_is_the_part_that_the_issue_speaks_of() -> None:
    found = excerpt(LONG, "step_1234 returns a wrong value", 400)
    assert found is not None
    assert "def step_1234(value):" in found.text
    assert tokens.count(found.text) <= 400


def test_an_excerpt_says_what_is_left_out_at_its_ends() -> None:
    found = excerpt("a = 1\n" * 500 + "zebra = 2\n" + "b = 3\n" * 500, "the zebra", 300)
    assert found is not None
    first, *inner, last = found.text.splitlines()
    assert first.startswith("[line")
    assert last.endswith("of 1001 left out here]")
    assert "zebra = 2" in inner
    assert found.gone.endswith("of 1001")


def test_an_excerpt_starts_at_the_top_where_the_issue_says_nothing_of_the_file() -> None:
    found = excerpt(LONG, "", 300)
    assert found is not None
    assert found.text.startswith("def step_0(value):")


def test_a_room_too_small_for_a_line_gives_no_excerpt() -> None:
    assert excerpt(LONG, "step_5", 40) is None
    assert excerpt("x" * 100_000, "x", 300) is None
    assert excerpt("", "x", 300) is None


@given(st.lists(st.text(max_size=60), max_size=40), st.text(max_size=60), st.integers(-5, 400))
@settings(deadline=None)
def test_an_excerpt_fits_and_is_made_of_the_texts_own_lines(lines: list[str], issue: str, room: int) -> None:
    text = "\n".join(lines)
    found = excerpt(text, issue, room)
    if found is not None:
        assert tokens.count(found.text) <= room
        assert all(line in text for line in found.text.splitlines() if not line.startswith("[line"))


def test_a_large_tree_is_ranked_in_seconds() -> None:
    names = [f"name_{number}" for number in range(3_000)]
    files = {f"p/m{number}.py": "\n".join(names[number * 7 % 1_500 :][:1_500]).encode() for number in range(600)}
    one = Instance(instance_id="x", problem_statement="name_1700 and name_1499 " + "log line\n" * 100_000)
    started = time.monotonic()
    assert len(shown("bm25", MemoryTree(files), one)) == 20
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("source", [Source.PROMPT, Source.WORKSPACE])
@pytest.mark.parametrize("context", STRATEGIES)
def test_where_there_is_no_tree_nothing_is_shown_whatever_the_arm_shows(source: Source, context: str) -> None:
    instance = Instance(instance_id="word_count", source=source, problem_statement="Write it.")
    assert strategy_of(instance, Arm(name="mine", context=context)) == "none"
