"""Every case of examples/cases.json, which the documentation shows too."""

import json
from pathlib import Path

import pytest

from rangeset import RangeSet

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case):
    numbers = RangeSet(case["add"])
    assert [list(pair) for pair in numbers.ranges()] == case["expect"]
