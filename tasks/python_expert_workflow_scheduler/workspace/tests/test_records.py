import pytest
from flowsim import CycleError, Event, Result, Task, Trace, load, timeline


def test_a_document_becomes_tasks_in_its_order():
    tasks = load('{"tasks": [{"name": "b", "needs": ["a"]}, {"name": "a", "duration": 4}]}')
    assert tasks == [Task(name="b", needs=("a",)), Task(name="a", duration=4)]


def test_an_unknown_field_is_named():
    with pytest.raises(ValueError, match="unknown field 'colour' of task 'a'"):
        load('{"tasks": [{"name": "a", "colour": "red"}]}')


def test_a_negative_duration_is_refused():
    with pytest.raises(ValueError, match="duration is negative"):
        Task(name="a", duration=-1)


def test_a_cycle_error_tells_the_cycle():
    error = CycleError(("a", "b", "a"))
    assert str(error) == "cycle: a -> b -> a"
    assert error.problems == ("cycle: a -> b -> a",)


def test_a_timeline_has_a_line_for_each_attempt():
    events = (
        Event(0, "start", "a", 1, 0),
        Event(2, "fail", "a", 1, 0),
        Event(2, "skip", "b"),
    )
    results = {
        "a": Result(name="a", status="failed", attempts=1, started=0, finished=2),
        "b": Result(name="b", status="skipped", attempts=0, started=None, finished=2, blame="a"),
    }
    trace = Trace(events=events, results=results, makespan=2)
    assert timeline(trace) == "t=0..2 a#1 on 0: failed\nt=2 b skip"
