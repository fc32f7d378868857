"""Every official reader and the official grading, side by side with the official package where that is installed.

The package is a peer to compare with, never a dependency: without it these tests are skipped. Number of examples per
reader: SWEBENCH_LITE_PARITY_EXAMPLES (default 60). test_readers_*.py and test_grade.py hold expectations that stand
without it.
"""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from swebench_lite.grade import official
from swebench_lite.records import Instance
from swebench_lite.toolchains import PER_INSTANCE, PER_VERSION, READERS, LogError, read

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("swebench", reason="the official package is not installed; it is needed only to compare with")
    from swebench.harness.constants import EvalType
    from swebench.harness.grading import get_eval_tests_report, get_logs_eval, get_resolution_status
    from swebench.harness.log_parsers import PARSER_REGISTRY

EXAMPLES = int(os.environ.get("SWEBENCH_LITE_PARITY_EXAMPLES", "60"))
OFFICIAL = sorted(name for name in READERS if name.startswith("parse_log_"))
VERSIONED = [
    *(("parse_log_lighthouse", version) for version in ("9.5", "10.2", "5.0", "2.1")),
    *(("parse_log_next", version) for version in ("1.27", "1.2")),
]
ROUTED = [(name, number) for name, numbers in PER_INSTANCE.items() for number in numbers]
CHECKS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def pool(text: str) -> list[str]:
    return text.split("|")


WORDS = pool(
    "PASSED|FAILED|SKIPPED|ERROR|XFAIL|PASS|FAIL|SKIP|ERR|OK|ok|not ok|err|skip|ignore|pass|E|F|O|.|passed|failed"
    "|pending|SUCCESS|FAILURE|FAIL:|ERROR:|..."
)
NAMES = pool(
    "test_x|t.py::test_a|t.py::test_a[1-b]|t.py::test_b[/a/b]|t.py::test_b[//a]|t.py::test_c[/a*]|t.py::test_d[x|y]|in"
    "|test_x (a.b.C)|MouseButton.LEFT|MouseButton.RIGHT|[1]|[100%]|[33m|Suite (a)|Class#test|Starting browser"
    "|-Dtest=A#b|--version is equivalent to version|x.py:f|.py:|____"
    "|Applying sites.0002_alter_domain_unique...test_no_migrations"
    "|a > b|>|1.5 s|(0.01s)|(12 ms)|3ms"
)
GLUE = pool(" |  |\t| - |: |:| ... | ...  |...|. |=|[|]|(|)| (|_|\r|\x0b|\xa0|")
MARKS = pool("✓|✕|○|\u00d7|↓|✔|✖|✘|↩|--- |test |[junit] |[ok]: |[err]: |[skip]: |BUILD |    ")
XML = pool(
    "<doctest>|</doctest>|<doctest binary='t'>|<TestSuite>|</TestSuite>|<TestCase name='c'>|<TestCase>|</TestCase>"
    "|<SubCase name='s'>|<SubCase>|</SubCase>|<Expression success='true'/>|<Expression>|<Expression success='false'>"
    "|</Expression>|<SubCase name='u'/>|&amp;"
)
PHRASES = pool(
    "Testing against Django installed in | silenced).\nok|Internal Server Error: /|/\nok|\nok|ok\n|SUMMARY:"
    "|System check identified no issues (0 silenced)|test: name: .| ... Internal Server Error: /a/\nok\n|\n...\n"
    "|test_y ... Testing against Django installed in x up to 2 silenced).\nok\n|[       OK ] A.b (0 ms)"
    "|--- PASS: T (0.0s)|test a::b ... ok|[junit] [PASS] a|A > b PASSED|Class#t. = 0.1 s = ."
    "|Feature .....F|ok 1 name|not ok 2 n"
)


def well_formed(cases: list[tuple[str, list[tuple[str, list[str]]]]]) -> str:
    body = "".join(
        f'<TestCase name="{case}">'
        + "".join(
            f'<SubCase name="{sub}">' + "".join(f'<Expression success="{ok}"/>' for ok in oks) + "</SubCase>"
            for sub, oks in subs
        )
        + "</TestCase>"
        for case, subs in cases
    )
    return f"noise\n<doctest><TestSuite>{body}</TestSuite></doctest>\nmore"


LABEL = st.sampled_from(["a", "b", "c d"])
DOCTESTS = st.lists(
    st.tuples(
        LABEL, st.lists(st.tuples(LABEL, st.lists(st.sampled_from(["true", "false", ""]), max_size=3)), max_size=3)
    ),
    max_size=3,
).map(well_formed)
PIECES = st.one_of(
    *(st.sampled_from(pool) for pool in (WORDS, NAMES, GLUE, GLUE, MARKS, PHRASES)),
    st.text(alphabet="ab .:[]()=>_/-\t\n✔F0", max_size=6),
)
LINES = st.lists(PIECES, min_size=1, max_size=9).map("".join)
LOGS = st.one_of(
    st.lists(LINES, max_size=8).map("\n".join), st.lists(st.sampled_from(XML), max_size=14).map("".join), DOCTESTS
)


def outcome(call: Any) -> dict[str, str] | str:
    """The reading as plain words in order, or the fact that there is none."""
    try:
        return {str(name): str(word) for name, word in call().items()}
    except (LogError, ValueError, IndexError, SyntaxError, AttributeError, KeyError, TypeError):
        return "no reading"


def same_reading(name: str, log: str, instance_id: str = "x__x-1", version: str = "") -> bool:
    """Whether ours and theirs read a log alike, in the same order; a difference is shown by the assertion in here."""
    spec = SimpleNamespace(instance_id=instance_id, version=version)
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = outcome(lambda: PARSER_REGISTRY[name](log, spec))
    ours = outcome(lambda: read(name, log, instance_id=instance_id, version=version))
    assert ours == theirs
    return list(ours) == list(theirs)


@pytest.mark.parametrize("name", OFFICIAL)
def test_an_official_reader_reads_any_log_as_the_official_package_does(name: str) -> None:
    @CHECKS
    @given(LOGS)
    @example("")
    @example(
        "test_x ...\nTesting against Django installed in a ... Testing against Django installed in b silenced).\nok"
    )
    @example("a ... Internal Server Error: /b\n...\nInternal Server Error: /c/\nok")
    @example("[err]:  in x")
    @example("[err]: a  in  b in c (3 ms)")
    @example("____ a/b.py:test_x ____ __")
    def check(log: str) -> None:
        assert same_reading(name, log)

    check()


# Fragments that meet in the corner cases of the rules that we keep linear by other means than one pattern.
FOCUS = {
    "django": " ... | ...\n|\n...\n|\n|a|Testing against Django installed in | silenced).\nok"
    "|Internal Server Error: /|/|\nok"
    "|System check identified no issues (0 silenced)|x|ok|\n",
    "sympy": " |_|.py:|a|\n|test_|\t| F| ok| E",
    "minitest": "a|. |=|.|F|E|\n| ",
    "cucumber": "a| |.|F|\n",
    "googletest": "[| |OK|FAILED|]|(|)|a|\n|\t",
    "redis": "[err]: |[ok]: |a| in | in|in | |\t|(3 ms)| (|\n",
    "gradle_custom": "a|>| |PASSED|FAILED|\n|\t",
    "maven": "-Dtest=|a|BUILD SUCCESS|BUILD FAILURE| |\n",
    "karma": "Starting browser\n|  a\n|    b\n|      c\n|✔ |✖ | |✔|d|\n|SUMMARY:|\t",
    "phpunit": "S| (|x|)|✔|✘|↩| |\n|\t",
    "ruby_unit": "test: |a|: |:|.|E|F|O|x| |\n",
    "pytest_options": "PASSED |FAILED |a|[|]|/|*|//| - | |\n",
    "pytest_v2": "PASSED|FAILED|a|[32m|\x1b|SKIPPED|[1]| - | |\n",
    "seaborn": "PASSED|FAILED|a| |\n|SKIPPED",
    "vitest": "✓|\u00d7|↓| |12|ms|s|m|[skipped]|a|\n",
    "jest": "✓|✕|○| |(|12|ms|s|)|a|\n",
    "calypso": " ./node_modules/.bin/jest |  ✓ |  ✕ |✓ |(5ms)|a|b|\n|\n|  s|\n    t|Test Suites|  ● |\t",
    "carbon": "PASS|FAIL| |a|\n| (|1.5|ms)|s)| s)|)|\t|\r",
    "react_pdf": "PASS|FAIL| |a|\n| (|1.5|ms)|s)| s)|)|\t",
    "grommet": "PASS|FAIL| |a|\n|\n| (|1.5|ms)|s)| ms)|)|\t",
    "bpmn_js": "2KPhantomJS 2.1 (Linux 0.0) |2KPhantomJS 2 (Linux x86_64)\n|Chrome Headless | (Linux x86_64) |"
    "\n(Linux x86_64)\n|HeadlessChrome 1.0 (Linux 0.0.0) |a| |FAILED|\n|\n|(Linux|\tx86_64)| FAILED\n",
    "chart_js": "Chrome 1.0 (a) |Chrome 2 (|Chrome\n10.0 (|) |)|b| a |FAILED|FAILED\n|FAILED\r\n|\x1b[31m| x|\n|() ",
    "openlayers": "Chrome Headless 1.0 (Linux x86_64) |Chrome 1 (Linux (a) |Chrome\n2 (Linux b)\n| a | FAILED|FAILED\n|\n| "
    "|  1)|Error:|case |: mismatch|:\nmismatch|(Linux )|\tFAILED\n",
    "eslint": "  1)| 2)|\n|  |a|Error|Type|: | 3)\n|\t|\n  4)| b",
    "highlightjs": "✓ |✔| |  |    |a|(5ms)|\n|\n|1) |)|\n  2 passing|passing| 3 |b",
    "marked": "1)|2) | |a|\n|)",
    "p5js": "  1) a\n    b:\n|1)|\n|\n| |  |   |a|:|{|}|[|]|<b>|</b>|<i>|</i>|<|>|b>|/b>|\x1b[0m|{}\n|}\n|\n{\n",
    "prismjs": './node_modules/.bin/mocha tests/run.js --reporter json|{"passes": [{"fullTitle": "a"}], "failures": []}'
    '|{"passes": [], "failures": [{"fullTitle": "b"}]}|{|}|\n|[]|{"passes": [1], "failures": []}|x',
    "quarto_cli": "[smoke]|[unit]| > |a|...|32mok|31mFAILED|\n|\n|/tmp/ab.qmd|/tmp/cd/|/tmp/ab/x.qmd|ERRORS|failures:"
    "|test result:|passed|failed|steps|34mINFO| ",
    "gotest": "--- |PASS|FAIL|: |a| (|)|(|\n| ",
}


@pytest.mark.parametrize("name", FOCUS)
def test_a_rewritten_rule_agrees_with_the_official_one_in_its_corner_cases(name: str) -> None:
    @settings(CHECKS, max_examples=2 * EXAMPLES)
    @given(st.lists(st.sampled_from(pool(FOCUS[name])), max_size=24).map("".join))
    def check(log: str) -> None:
        assert same_reading(f"parse_log_{name}", log)

    check()


LIGHTHOUSE = (
    "running 2 test files|✔ |1) |a|b| (5ms)|(12mms)|\n|\n|  |    |\t|3 passing|4\npassing|PASS |FAIL | (1.5 s)"
    '|./node_modules/.bin/mocha --reporter json|"passes": [|"failures": [|"fullTitle": "|"fullTitle":\n"|",\n|],|]|11'
)
NEXT = (
    " xvfb-run |Starting browser Chrome|\n|\n|  a|    b|✗|✓| |c|TOTAL|  ERROR|  in|AssertionError:|AssertionError: #|\n\n"
    "|\x1b[32m|Running:|x)|\n\n\n  |Running: f (1)\n\n\n  s\n|    1) |    ✓ |(2ms)|\t|\n\n\n\n\n|(|)"
)


@pytest.mark.parametrize(("name", "version"), VERSIONED)
def test_a_reader_by_version_reads_as_the_official_package_does(name: str, version: str) -> None:
    pieces = pool(LIGHTHOUSE if name == "parse_log_lighthouse" else NEXT)

    @settings(CHECKS, max_examples=3 * EXAMPLES)
    @given(st.one_of(LOGS, st.lists(st.sampled_from(pieces), max_size=30).map("".join)))
    def check(log: str) -> None:
        assert same_reading(name, log, version=version)

    check()


@pytest.mark.parametrize(("name", "number"), ROUTED)
def test_a_reader_by_instance_reads_as_the_official_package_does(name: str, number: str) -> None:
    @CHECKS
    @given(LOGS)
    def check(log: str) -> None:
        assert same_reading(name, log, f"owner__project-{number}")

    check()


def test_every_official_reader_is_here() -> None:
    assert PARSER_REGISTRY.keys() <= {*READERS, *PER_INSTANCE, *PER_VERSION}


@pytest.mark.parametrize("name", sorted({*READERS, *PER_INSTANCE, *PER_VERSION}))
def test_every_name_that_looks_official_is_official(name: str) -> None:
    assert name in PARSER_REGISTRY or not name.startswith("parse_log_")


@pytest.mark.parametrize("name", OFFICIAL)
def test_stored_logs_read_as_the_official_package_reads_them(name: str) -> None:
    logs = sorted((Path(__file__).parent / "fixtures" / "logs").glob("*.log"))
    assert logs
    for file in logs:
        assert same_reading(name, file.read_text(encoding="utf-8"))


MARKERS = st.sampled_from(
    pool(
        ">>>>> Start Test Output|>>>>> End Test Output|>>>>> Test Exit Code: 1|>>>>> Test Exit Code:0"
        "|>>>>> Tests Errored"
        "|\n>>>>> Start Test Output\nPASSED a[b c]\n>>>>> End Test Output\n>>>>> Test Exit Code: 0|\r|\r\n"
        "|Executed 3 of 4|Executed 0 of 0|10 passing|0 passing|Tests:  1|# tests 2|x': ok\n"
        "|2 specs, 0 failures|TOTAL: 3 SUCCESS"
        "|PASSED a\n|Test Suites: 1 failed, 2 total|FAILED a\n|SKIPPED b\n|XFAIL c\n|ERROR: no\n"
        "|PASSEDx a\n|\n|PASSED a[b\n"
        "|FAILED a[b-2]\n|SKIPPED a[b-3]\n|XFAIL a[b-4]\n"
    )
)
CONTENTS = st.one_of(
    st.lists(MARKERS, max_size=12).map("".join),
    st.lists(MARKERS, max_size=8).map(
        lambda parts: ">>>>> Start Test Output\n" + "".join(parts) + ">>>>> End Test Output\n"
    ),
    st.lists(MARKERS, max_size=5).map(
        lambda parts: "".join(parts) + "\n>>>>> Start Test Output\nPASSED a\n>>>>> End Test Output\n"
    ),
)
IDS = st.lists(st.sampled_from(["a", "b", "c", "a[b", "a[b-2]", "no", "z"]), max_size=4).map(tuple)


@settings(CHECKS, max_examples=max(200, EXAMPLES))
@given(
    content=CONTENTS,
    f2p=IDS,
    p2p=IDS,
    kind=st.sampled_from(["pass_and_fail", "fail_only"]),
    reader=st.sampled_from(["pytest", "pytest_v2", "doctest"]),
)
def test_grading_agrees_with_the_official_package(
    tmp_path: Path,
    *,
    content: str,
    f2p: tuple[str, ...],
    p2p: tuple[str, ...],
    kind: str,
    reader: str,
) -> None:
    file = tmp_path / "test_output.txt"
    file.write_text(content, newline="")
    instance = Instance(
        instance_id="x__x-1", fail_to_pass=f2p, pass_to_pass=p2p, eval_type=kind, log_parser=f"parse_log_{reader}"
    )
    ours = official(instance, content)
    try:
        words, graded = get_logs_eval(SimpleNamespace(log_parser=instance.log_parser, instance_id="x__x-1"), str(file))
    except (ValueError, SyntaxError):
        assert not ours.graded
        return
    assert ours.graded is graded
    assert dict(ours.words) == words
    if graded:
        required = {"FAIL_TO_PASS": list(f2p), "PASS_TO_PASS": list(p2p)}
        report = get_eval_tests_report(words, required, eval_type=EvalType(kind))
        assert ours.resolved is (get_resolution_status(report) == "RESOLVED_FULL")
        assert list(ours.tests.f2p_success) == report["FAIL_TO_PASS"]["success"]
        assert list(ours.tests.f2p_failure) == report["FAIL_TO_PASS"]["failure"]
        assert list(ours.tests.p2p_success) == report["PASS_TO_PASS"]["success"]
        assert list(ours.tests.p2p_failure) == report["PASS_TO_PASS"]["failure"]
