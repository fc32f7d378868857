from __future__ import annotations

from pathlib import Path

import pytest

from swebench_lite.errors import StoreError, UsageError
from swebench_lite.store.locks import held


def test_a_second_holder_is_refused_with_the_given_sentence(tmp_path: Path) -> None:
    with (
        held(tmp_path, busy="come back later"),
        pytest.raises(UsageError, match="come back later"),
        held(tmp_path, busy="come back later"),
    ):
        pass


def test_a_lock_is_free_again_after_its_holder_even_if_that_failed(tmp_path: Path) -> None:
    with pytest.raises(KeyError), held(tmp_path, busy="busy"):
        raise KeyError
    with held(tmp_path, busy="busy"):
        pass


def test_a_folder_that_takes_no_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot lock"), held(tmp_path / "file", busy="busy"):
        pass
