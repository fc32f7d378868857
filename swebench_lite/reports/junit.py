"""A run as JUnit XML, for build servers: one suite per model and arm, one case per attempt."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as Xml

from swebench_lite.records import Attempt, Outcome
from swebench_lite.reports.model import RunReport
from swebench_lite.reports.rates import contestant
from swebench_lite.reports.text import clean

# What JUnit calls an outcome: the model's failures fail, everybody else's are errors, what never ran is skipped.
_ELEMENTS: Mapping[Outcome, str | None] = {
    outcome: None if outcome is Outcome.RESOLVED
    else "skipped" if outcome is Outcome.NOT_RUN
    else "failure" if outcome.scored
    else "error"
    for outcome in Outcome
}  # fmt: skip


def render(report: RunReport) -> str:
    """The XML document; text is escaped and freed from characters that XML cannot hold."""
    root = Xml.Element("testsuites", {"name": clean(report.plan.run_id)})
    suites: dict[str, list[Attempt]] = {}
    for attempt in report.attempts:
        suites.setdefault(contestant(attempt.key), []).append(attempt)
    for name, attempts in suites.items():
        root.append(_suite(name, attempts, report))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _suite(name: str, attempts: list[Attempt], report: RunReport) -> Xml.Element:
    kinds = [_ELEMENTS[attempt.verdict.outcome] for attempt in attempts]
    total = sum(attempt.test_seconds + attempt.overhead_seconds for attempt in attempts)
    suite = Xml.Element("testsuite", {
        "name": clean(name), "tests": str(len(attempts)), "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")), "skipped": str(kinds.count("skipped")), "time": f"{total:.3f}",
    })  # fmt: skip
    for attempt in attempts:
        suite.append(_case(attempt, report))
    return suite


def _case(attempt: Attempt, report: RunReport) -> Xml.Element:
    key, verdict = attempt.key, attempt.verdict
    instance = report.instances.get(key.instance_id)
    sample = f" [sample {key.sample}]" if key.sample else ""
    case = Xml.Element("testcase", {
        "classname": clean((instance.repo if instance else "") or report.plan.dataset),
        "name": clean(key.instance_id) + sample,
        "time": f"{attempt.test_seconds + attempt.overhead_seconds:.3f}",
    })  # fmt: skip
    element = _ELEMENTS[verdict.outcome]
    if element is not None:
        reason = Xml.SubElement(case, element, {"message": clean(verdict.reason)})
        failed = (*verdict.tests.f2p_failure, *verdict.tests.p2p_failure)
        reason.text = "\n".join(clean(test) for test in failed) or None
        if element != "skipped":
            reason.set("type", verdict.outcome.value)
    return case
