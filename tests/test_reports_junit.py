from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.records import Outcome
from swebench_lite.reports.junit import render
from tests.test_reports_model import attempt, example, report


def read(document: str | bytes) -> Xml.Element:
    return Xml.fromstring(document)  # noqa: S314 - our own document


def test_a_suite_counts_failures_errors_and_skipped_attempts() -> None:
    (suite,) = read(render(example()))
    counts = {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped", "time")}
    assert counts == {
        "name": "acme/one", "tests": "4", "failures": "1", "errors": "1", "skipped": "1", "time": "66.750"
    }  # fmt: skip


def test_each_model_is_a_suite() -> None:
    both = report(attempt("a", Outcome.RESOLVED, model="m1"), attempt("a", Outcome.RESOLVED, model="m2"))
    assert [suite.get("name") for suite in read(render(both))] == ["m1", "m2"]


@pytest.mark.parametrize(
    ("outcome", "element"),
    [(Outcome.RESOLVED, None), (Outcome.TAMPERED, "failure"), (Outcome.INFRA, "error"), (Outcome.NOT_RUN, "skipped")],
)
def test_an_outcome_becomes_what_build_servers_call_it(outcome: Outcome, element: str | None) -> None:
    ((case,),) = read(render(report(attempt("a", outcome))))
    assert next((child.tag for child in case), None) == element


def test_a_failure_lists_its_tests() -> None:
    ((_, case, *_),) = read(render(example()))
    failure = case.find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.text) == ("UNRESOLVED", "t.py::test_a|b")


@given(st.text(st.characters(), min_size=1, max_size=30))
def test_any_text_gives_xml_that_can_be_read(text: str) -> None:
    document = render(report(attempt(text, Outcome.UNRESOLVED, text, model=text)))
    assert read(document.encode()).tag == "testsuites"
