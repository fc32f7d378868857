"""The cli suite: what is refused and why, what is not, where the command stands in a reply, and what its effect is worth."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import NoAnswer
from swebench_lite.suites import Grade, Room, items_of, jobs
from swebench_lite.suites.cli_suite import command_of
from swebench_lite.suites.programs import awk_problem, python_problem, sed_problem
from swebench_lite.suites.refusals import ALLOWED, FORBIDDEN, refusal
from tests.suite_servers import write
from tests.test_suites_python import room, said

__all__ = ["room"]
CLI = {item.key: item for item in items_of(("cli",), seed=1)}
Grader = Callable[[str, str], Grade]


@pytest.fixture
def graded(room: Room) -> Grader:
    return lambda key, command: CLI[key].grade([said(f"```sh\n{command}\n```")], room)


def test_the_suite_has_three_items_of_one_case() -> None:
    assert {key: item.total for key, item in CLI.items()} == {"count_lines": 1, "second_column": 1, "sort_names": 1}


def test_the_tools_are_those_that_the_task_promises() -> None:
    promised = "echo printf cat ls wc sort head tail grep cut awk tr sed uniq mkdir touch python3"
    assert " ".join(ALLOWED) == promised
    assert all(tool in CLI["sort_names"].prompt for tool in ALLOWED)


FINE = r"""wc -l < journal.txt
cat journal.txt | wc -l
awk 'END{print NR}' journal.txt
awk -F, '{print $2}' stock.csv > second.txt
awk -F',' '{ print $2 > "second.txt" }' stock.csv
awk "BEGIN{FS=\",\"} {print \$2}" stock.csv > second.txt
awk -F/ '{n = split($0, a, "/"); print n/2}' a
awk '/a|b/ {n++} END {print n/2}' x
cut -d, -f2 stock.csv > second.txt
cut -d / -f2 < stock.csv > second.txt
sed 's/^[^,]*,\([^,]*\).*/\1/' stock.csv > second.txt
sed -E 's/^[^,]+,([^,]+).*$/\1/' stock.csv >second.txt
sed -n '$=' journal.txt
sed '/^$/d;s/a/b/g' x
sed -e 's/e/w/' -e 1d x
LC_ALL=C sort names.txt > sorted.txt
sort names.txt -o sorted.txt
n=$(wc -l < journal.txt); echo $n
echo "$(wc -l < journal.txt)"
echo `wc -l < journal.txt`
grep -c "" journal.txt
awk '{ if (NR > 1) n = $1 / 2; else print /x|y/ } END { print n++ / 1 }' a
ls ./*.txt
python3 -c 'f = open("a"); f.readline(); print(*[1].copy())'
python3 -c 'import pathlib, re; print(re.sub(".*,", "", pathlib.Path("a").read_text()))'
grep '/x' names.txt
wc -l journal.txt | tr -d ' a-z./'
(head -1 a; sort b) > c
python3 -c 'import sys; print(len(open("journal.txt").readlines()))'
mkdir -p out && sort names.txt > out/x || echo no
echo $((1+2))
tail -n +2 a.csv 2>&1
printf '/%s\n' x
wc -l \
  < journal.txt  # the lines""".replace("\\\n", "\0").split("\n")  # fmt: skip


@pytest.mark.parametrize("command", FINE)
def test_an_honest_command_is_not_refused(command: str) -> None:
    assert refusal(command.replace("\0", "\\\n")) == ""


BAD = {
    r"cat /etc/passwd": "the absolute path '/etc/passwd'",
    r"cat < /etc/passwd": "the absolute path",
    r"echo hi > /tmp/x": "the absolute path",
    r"cat ~/x": "'~'",
    r"cat a/../../x": "'..'",
    r"sort -o/etc/x y": "the absolute path",
    r"ls --x=/etc": "the absolute path",
    r"a=/etc; cat $a/passwd": "the absolute path",
    r"cat $HOME/x": "the variable '$HOME'",
    r"PATH=. ls": "the variable PATH",
    r"LD_PRELOAD=x.so ls": "the variable LD_PRELOAD",
    r"PATH=x; ls": "the variable PATH",
    r"sort names.txt | xargs rm": "'xargs' is not one",
    r"ls; rm x": "'rm' is forbidden",
    r"ls && rm x": "'rm' is forbidden",
    "ls\nrm x": "'rm' is forbidden",
    r"echo $(rm x)": "'rm' is forbidden",
    r'echo "$(echo "$(rm x)")"': "'rm' is forbidden",
    r"echo `echo \`rm x\``": "'rm' is forbidden",
    r"(ls; rm x)": "'rm' is forbidden",
    r'"r"m x': "'rm' is forbidden",
    r"r\m x": "'rm' is forbidden",
    "r\\\nm x": "'rm' is forbidden",
    r"/bin/rm x": "'/bin/rm' is forbidden",
    r"$(echo rm) x": "must be written out",
    r"ls & rm x": "in the background",
    r"eval ls": "'eval' is not one",
    r"env rm x": "'env' is not one",
    r"awk 'BEGIN{system(\"rm x\")}'": "awk must not use system",
    r"awk 'BEGIN{\"date\" | getline x}'": "awk must not use",
    r"awk '{print | \"sh\"}' x": "awk must not use pipes",
    r"awk '{print > \"/etc/x\"}' x": "the absolute path",
    r"awk -f x y": "the option 'f'",
    r"awk '@load \"filefuncs\"' y": "awk must not use @load",
    r"sed '1e date' x": "its command e",
    r"sed '1,3 e' x": "its command e",
    r"sed 's/a/b/;e' x": "its command e",
    r"sed 's/a/b/e' x": "the flags e and w",
    r"sed 's/a/b/ew out' x": "the flags e and w",
    r"sed 'w /etc/x' x": "its command w",
    r"sed -f s x": "the option 'f'",
    r"python3 x.py": "only be started with -c",
    r"python3 -c 'import os'": "must not import os",
    r"python3 -c 'from subprocess import run'": "must not import subprocess",
    r"python3 -c '__import__(\"os\")'": "must not use __import__",
    r"python3 -c 'x = ().__class__'": "must not use __class__",
    r"python3 -c \"open('/etc/passwd')\"": "the absolute path",
    r"sort --compress-program=sh x": "must not start a program",
    r"sort --co sh x": "must not start a program",
    r"grep -f /etc/passwd x": "the absolute path",
    r"touch -r /etc/passwd x": "the absolute path",
    r"python3 -c 'import fileinput; fileinput.os.system(\"id\")'": "must not use os",
    r"python3 -c 'import pathlib; pathlib.os.remove(\"a\")'": "must not use os",
    r"python3 -c 'import statistics; statistics.random._os.system(\"id\")'": "must not use _os",
    r"python3 -c 'from fileinput import os'": "must not use os",
    r"python3 -c 'import sys; sys.modules[\"os\"].system(\"id\")'": "must not use modules",
    r"python3 -c 'import fileinput; getattr(fileinput, \"o\" + \"s\")'": "must not use getattr",
    'awk \'BEGIN { x = 1\n/"a/ ; system("echo B") #"\n}\'': "awk must not use system",
    'awk \'BEGIN { x = 1\n/"a/ ; print 1 | "sh" #"\n}\'': "awk must not use pipes",
    "awk 'BEGIN { x = 1 \\\n/ 2; print 1 | \"sh\"; y = 1 / 2 }'": "awk must not use pipes",
    "awk 'BEGIN { y = x++ /1; print 1 | \"sh\"; z = 1 /2 }'": "awk must not use pipes",
    'awk \'{ if (0) y; else print /"a/ ; print 1 | "sh" #"\n}\'': "awk must not use pipes",
    "awk '{ x               / 2; print 1 | \"sh\"; y = 1 / 2 }'": "awk must not use pipes",
    r"cat .?/stdout": "can stand for '..'",
    r"ls .*": "can stand for '..'",
    r"ls a/.[.]/": "can stand for '..'",
    "cat <<EOF\nx\nEOF": "here-documents",
    r"cat <(ls)": "here-documents",
    r"$'rm' x": "$'...' is not allowed",
    r"echo 'abc": "a quote is never closed",
    r"echo $(ls": "a bracket is never closed",
    "": "there is no command",
    "# only a remark": "there is no command",
    "echo " + "x" * 5000: "longer than",
    "echo " + "$(echo " * 20 + ")" * 20: "nested too deeply",
}


def test_a_pattern_at_the_beginning_of_a_line_of_awk_is_no_division() -> None:
    assert refusal("awk 'BEGIN { x = 4 }\n/a|b/ { x = x \\\n / 2 }' a") == ""


@pytest.mark.parametrize("command", BAD)
def test_a_command_that_reaches_out_is_refused_with_the_reason(command: str) -> None:
    assert BAD[command] in refusal(command.replace('\\"', '"')), refusal(command.replace('\\"', '"'))


@pytest.mark.parametrize("tool", FORBIDDEN)
def test_every_forbidden_tool_is_refused_wherever_it_stands(tool: str) -> None:
    for command in (f"{tool} x", f"ls | {tool}", f"echo `{tool}`", f"x=$({tool}) ; ls", f"! {tool}"):
        assert refusal(command)


def test_a_word_that_is_only_an_argument_is_no_forbidden_tool() -> None:
    assert refusal("grep rm names.txt | sort") == ""


@given(st.text(alphabet=st.sampled_from("ab ;|&<>()$`'\"\\\n{}#/~.=-13ew,[]sy"), max_size=60))
def test_any_text_at_all_is_refused_or_not(text: str) -> None:
    assert isinstance(refusal(text), str)
    assert isinstance(refusal(f"awk '{text}' x; sed '{text}'"), str)


@given(st.text(max_size=80))
def test_any_program_at_all_is_looked_at(program: str) -> None:
    for look in (awk_problem, sed_problem, python_problem):
        assert isinstance(look(program), str)


def test_long_programs_are_looked_at_to_their_end() -> None:
    for program in ("/" * 4000, '"' * 4001, "[" * 4000, "{" * 4000, "s" * 4000, "\\" * 4000):
        for look in (awk_problem, sed_problem, python_problem):
            assert isinstance(look(program), str)


@pytest.mark.parametrize("key", CLI)
def test_a_right_command_passes(room: Room, key: str) -> None:
    assert CLI[key].grade([said(write(CLI[key].prompt))], room) == Grade(passed=1)


RIGHT = {
    "count_lines": [
        "awk 'END{print NR}' journal.txt",
        "wc -l journal.txt | cut -d' ' -f1",
        'n=$(wc -l < journal.txt); echo "$n"',
        "python3 -c 'print(sum(1 for _ in open(\"journal.txt\")))'",
        "sed -n '$=' journal.txt",
    ],
    "second_column": [
        "awk -F, '{print $2}' stock.csv > second.txt",
        r"sed -E 's/^[^,]*,([^,]*).*/\1/' stock.csv > second.txt",
        "awk -F, '{print $2 > \"second.txt\"}' stock.csv",
    ],
    "sort_names": [
        "sort -o sorted.txt names.txt",
        "cat names.txt | sort > sorted.txt",
        "python3 -c 'print(*sorted(open(\"names.txt\").read().split()), sep=chr(10))' > sorted.txt",
    ],
}
OFF = {
    "count_lines": {
        "python3 -c 'print(1000000 * \"ab\")'": "it prints more than 64 KB",
        "wc -l journal.txt": "it prints '7 journal.txt'",
        "echo 7": "it prints '7'",
        "grep -c . journal.txt": "it prints '6'",
        "cat": "it prints ''",
        "rm journal.txt": "refused before it was run: 'rm' is forbidden",
    },
    "second_column": {
        "cut -d, -f2 stock.csv": "there is no file second.txt",
        "cut -f2 stock.csv > second.txt": "second.txt holds",
        "cut -d, -f2 stock.csv | tail -n +2 > second.txt": "second.txt holds",
    },
    "sort_names": {
        "python3 -c 'print(1000000 * \"ab\")' > sorted.txt": "sorted.txt is longer than 64 KB",
        "sort -u names.txt > sorted.txt": "sorted.txt holds",
        "sort -r names.txt > sorted.txt": "sorted.txt holds",
        "sort -o names.txt names.txt; cat names.txt > sorted.txt": "names.txt is not what it was",
        "sort names.txt >> /dev/null": "refused before it was run",
        "sort nams.txt > sorted.txt": "No such file",
    },
}


@pytest.mark.parametrize(("key", "command"), [(key, one) for key, some in RIGHT.items() for one in some])
def test_every_way_to_the_goal_passes(graded: Grader, key: str, command: str) -> None:
    assert graded(key, command) == Grade(passed=1)


@pytest.mark.parametrize(("key", "command"), [(key, one) for key, some in OFF.items() for one in some])
def test_a_wrong_effect_is_told(graded: Grader, key: str, command: str) -> None:
    found = graded(key, command)
    assert found.passed == 0
    assert OFF[key][command] in found.reason


def test_half_a_character_in_a_command_does_no_harm(graded: Grader) -> None:
    assert graded("count_lines", "wc -l < journal.txt # \ud800") == Grade(passed=1)


def test_a_command_that_computes_for_ever_is_stopped(graded: Grader) -> None:
    found = graded("count_lines", "awk 'BEGIN { while (1) n++ }'")
    assert (found.passed, "stopped at its time limit" in found.reason) == (0, True)


@pytest.mark.slow
def test_a_command_that_never_ends_is_stopped(graded: Grader) -> None:
    found = graded("count_lines", "tail -f journal.txt")
    assert (found.passed, "stopped at its time limit of 12 s by the clock" in found.reason) == (0, True)


def test_a_tool_that_is_not_allowed_is_not_even_found_in_the_sandbox(room: Room) -> None:
    steps = [jobs.Step(command="rm a; ls a; echo $PATH", files=(("a", b"1"),))]
    work = jobs.job(
        steps, {}, room.environment, seconds=2, limits=room.limits, tree=room.tree, name="any", tools=ALLOWED
    )
    (told,) = jobs.read(room.run(work), steps, name="any")
    assert (told.outputs["stdout"] or b"").split()[0] == b"a"
    assert b"rm" in (told.outputs["stderr"] or b"")


REPLIES = {
    "```sh\nwc -l < a\n```": "wc -l < a",
    "Run this:\n\n```bash\n$ wc -l < a\n```\nIt prints:\n```\n12\n```": "wc -l < a",
    "```\nwc -l < a": "wc -l < a",
    "wc -l < a": "wc -l < a",
    "`wc -l < a`": "wc -l < a",
    "Use `wc -l < a` for it; `wc` counts.": "wc -l < a",
    "You can do this:\n\nwc -l < a\n\nThat is all.": "wc -l < a",
    "<think>rm x</think>\n`wc -l < a`": "wc -l < a",
    "```text\nnote\n```\n```sh\nwc -l < a\n```": "wc -l < a",
}


@pytest.mark.parametrize("reply", REPLIES)
def test_the_command_is_found_in_every_form_of_reply(reply: str) -> None:
    assert command_of(said(reply)).text == REPLIES[reply]


@pytest.mark.parametrize("reply", ["", "I would count the lines.", "<think>wc -l", "cat\n\nsort"])
def test_a_reply_without_a_command_is_no_answer(reply: str) -> None:
    with pytest.raises(NoAnswer):
        command_of(said(reply))
