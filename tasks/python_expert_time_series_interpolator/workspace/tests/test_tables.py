"""The files of the loggers."""

import pytest

from gridseries import read_table, write_table


def test_tables_are_read_and_written():
    text = "2024-03-01T12:00:00+01:00,2.5\n2024-03-01T12:10:00+01:00,\n"
    assert write_table(read_table(text.splitlines())) == text

    assert list(read_table(["# logger 7", "", "  "])) == []

    with pytest.raises(ValueError, match="^line 2: no comma$"):
        list(read_table(["2024-03-01T12:00:00+01:00,1", "oops"]))
