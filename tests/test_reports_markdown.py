from __future__ import annotations

from swebench_lite.records import Outcome
from swebench_lite.reports import markdown
from tests.test_reports_model import attempt, example, report

EXPECTED = """\
# Run run\\_20261121T113000Z\\_ab12cd

- Dataset: verified-20, 2026-11-21T11:30:00+00:00
- 1 of 2 scored attempts resolved: 50.0 % (95 % interval 9.5 % to 90.5 %, n = 2)
- Strict: 1 of 4 planned: 25.0 %; what was not scored counts as a failure
- By the official rule: 1 resolved
- Outcomes: 1 RESOLVED, 1 UNRESOLVED, 1 PROVIDER, 1 NOT_RUN; together 4
- 1 executions, 1 from the cache, 1 min 15 s, cost $0.7500

| Group | Planned | Scored | Resolved | Official | Rate | 95 % interval | Strict rate | Cost |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| acme/one | 4 | 2 | 1 | 1 | 50.0 % | 9.5 % to 90.5 % | 25.0 % | $0.7500 |

## By repository

| Group | Planned | Scored | Resolved | Official | Rate | 95 % interval | Strict rate | Cost |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| a/a | 1 | 1 | 0 | 0 | 0.0 % | 0.0 % to 79.3 % | 0.0 % | $0.5000 |
| b/b | 3 | 1 | 1 | 1 | 100.0 % | 20.7 % to 100.0 % | 33.3 % | $0.2500 |

## Attempts

| Instance | Attempt | Outcome | Reason | Tests | Overhead | Applied by | Flags |
| --- | --- | --- | --- | --- | --- | --- | --- |
| b\\_\\_b-2 | acme/one | RESOLVED | all 3 required tests pass | 1.2 s | 0.5 s | git-apply |  |
| a\\_\\_a-1 | acme/one | UNRESOLVED | 1 of 2 required tests fail, first t.py::test\\_a\\|b | 1 min 05 s | 0.0 s | \
patch after hunk-counts | FLAKY, cached |
| d\\_\\_d-4 | acme/one | PROVIDER | the provider answered 503 | 0.0 s | 0.0 s | - |  |
| c\\_\\_c-3 | acme/one | NOT\\_RUN | not run; resume the run to get it | 0.0 s | 0.0 s | - |  |
"""


def test_a_run_reads_like_this() -> None:
    assert markdown.render(example()) == EXPECTED


def test_text_from_outside_formats_nothing() -> None:
    shown = markdown.render(report(attempt("<script>|[x](javascript:1)\n# h", Outcome.TIMEOUT)))
    assert "\\<script\\>\\|\\[x\\](javascript:1) \\# h" in shown


def test_attempts_outside_the_plan_are_mentioned() -> None:
    from dataclasses import replace

    assert "2 stored attempts are not in the plan" in markdown.render(replace(example(), unplanned=2))
