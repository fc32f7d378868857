from datetime import date

import pytest
from timesheet.entries import BadRecord, Entry, parse_entry
from timesheet.readers import read_csv

HEADER = "day,person,project,minutes,note\n"


def test_a_record_becomes_an_entry():
    record = {"day": "2024-05-31", "person": " Ada", "project": "engine", "minutes": "60", "x": 1}
    assert parse_entry(record) == Entry(date(2024, 5, 31), "Ada", "engine", 60)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"person": ""}, "person is missing"),
        ({"project": 3}, "project is not text: 3"),
        ({"minutes": "0"}, "minutes is not a whole number above 0: '0'"),
        ({"minutes": 1.5}, "minutes is not a whole number above 0: 1.5"),
        ({"day": "31.5.2024"}, "day is not a date: '31.5.2024'"),
        ({"day": "2024-02-30"}, "day is not a date: '2024-02-30'"),
    ],
    ids=["person", "project", "zero", "float", "shape", "calendar"],
)
def test_a_bad_record_says_why(change, message):
    record = {"day": "2024-05-31", "person": "Ada", "project": "engine", "minutes": 60}
    with pytest.raises(BadRecord) as caught:
        parse_entry({**record, **change})
    assert str(caught.value) == message


def test_lines_are_counted_from_where_a_record_begins():
    text = HEADER + '2024-05-31,Ada,engine,60,"two\nlines"\n\n2024-05-31,Ada,engine\n'
    (first, entry), (second, error) = read_csv(text.splitlines(keepends=True))
    assert (first, entry.note) == (2, "two\nlines")
    assert (second, str(error)) == (5, "3 fields where the header has 5")
