from __future__ import annotations

from datetime import UTC, datetime

import pytest

from swebench_lite.errors import UsageError
from swebench_lite.store import names


def test_a_new_run_id_is_one() -> None:
    assert names.is_run_id(names.new_run_id(datetime.now(UTC)))


def test_a_stamped_id_is_as_old_as_it_says_and_any_other_as_its_file() -> None:
    assert names.age("run_20261121T113000Z_ab12cd", 5)[0] == "20261121T113000Z"
    assert names.age("mine", 0)[0] == "19700101T000000Z"


def test_an_attempts_own_file_may_be_read_but_not_brought_along() -> None:
    names.check_artefact("attempt.json", reading=True)
    with pytest.raises(UsageError, match="no artefact name"):
        names.check_artefact("attempt.json")
