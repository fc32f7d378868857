import pytest
from flowsim import CycleError, Task, WorkflowError, check, simulate


def waiting(**edges):
    return [Task(name=name, needs=tuple(needs)) for name, needs in edges.items()]


def problems(tasks):
    with pytest.raises(WorkflowError) as caught:
        check(tasks)
    return caught.value.problems


def cycle(tasks):
    with pytest.raises(CycleError) as caught:
        check(tasks)
    return caught.value.cycle


def test_a_good_workflow_passes():
    assert check(waiting(a=[], b=["a"], c=["a"], d=["b", "c"])) is None
    assert check([]) is None


def test_names_given_twice_are_no_error():
    check([Task(name="a"), Task(name="b", needs=("a", "a"), after=("a", "a"))])


def test_a_duplicate_is_told_once():
    assert problems([Task(name="a"), Task(name="a"), Task(name="a")]) == ("duplicate task 'a'",)


def test_all_problems_are_told_in_order():
    tasks = [
        Task(name="a", needs=("x", "b", "w", "x"), after=("x", "v")),
        Task(name="b", after=("y",)),
        Task(name="a", needs=("z",)),
        Task(name="b"),
    ]
    assert problems(tasks) == (
        "task 'a' needs unknown task 'x'",
        "task 'a' needs unknown task 'w'",
        "task 'a' runs after unknown task 'x'",
        "task 'a' runs after unknown task 'v'",
        "task 'b' runs after unknown task 'y'",
        "duplicate task 'a'",
        "task 'a' needs unknown task 'z'",
        "duplicate task 'b'",
    )


def test_unknown_names_come_before_cycles():
    with pytest.raises(WorkflowError) as caught:
        check(waiting(a=["b"], b=["a", "ghost"]))
    assert not isinstance(caught.value, CycleError)
    assert caught.value.problems == ("task 'b' needs unknown task 'ghost'",)


def test_a_task_that_waits_for_itself():
    assert cycle(waiting(a=[], b=["b", "a"])) == ("b", "b")


def test_a_cycle_begins_with_its_smallest_name():
    error_cycle = cycle(waiting(start=["c"], c=["b"], b=["a"], a=["c"], end=["start"]))
    assert error_cycle == ("a", "c", "b", "a")


def test_a_cycle_goes_through_after_too():
    tasks = [
        Task(name="p", needs=("q",)),
        Task(name="q", after=("r",)),
        Task(name="r", needs=("p",)),
    ]
    assert cycle(tasks) == ("p", "q", "r", "p")


def test_the_shortest_cycle_is_told():
    tasks = waiting(a=["b"], b=["c"], c=["a"], y=["z", "a"], z=["y"])
    assert cycle(tasks) == ("y", "z", "y")


def test_the_shortest_cycle_through_a_shared_task():
    tasks = waiting(a=["b", "e"], b=["c"], c=["d"], d=["a"], e=["f"], f=["a"])
    assert cycle(tasks) == ("a", "e", "f", "a")


def test_of_equal_cycles_the_first_by_names_is_told():
    tasks = waiting(m=["z", "k"], z=["m"], k=["m"], n=["l"], l=["n"])
    assert cycle(tasks) == ("k", "m", "k")
    tasks = waiting(a=["d", "c"], c=["y"], d=["b"], y=["a"], b=["a"])
    assert cycle(tasks) == ("a", "c", "y", "a")


def test_the_order_of_declaration_does_not_choose_the_cycle():
    forward = waiting(a=["d", "b"], b=["e"], d=["f"], e=["a"], f=["a"], g=["h"], h=["i"], i=["g"])
    assert cycle(forward) == cycle(forward[::-1]) == ("a", "b", "e", "a")


def test_a_ring_of_thousands_is_told():
    names = [f"t{number:04}" for number in range(3000)]
    tasks = [Task(name=n, needs=(names[i - 1],)) for i, n in enumerate(names)]
    assert cycle(tasks) == ("t0000", *reversed(names))


def test_a_chain_of_thousands_is_good():
    chain = [Task(name=f"t{i}", needs=(f"t{i - 1}",) if i else ()) for i in range(5000)]
    check(task for task in chain)
    check(reversed(chain))


@pytest.mark.parametrize("tasks", [waiting(a=["a"]), waiting(a=["x"])], ids=["cycle", "unknown"])
def test_simulate_checks_before_it_runs_anything(tasks):
    calls = []
    with pytest.raises(WorkflowError):
        simulate([Task(name="free"), *tasks], run=lambda task, attempt: calls.append(task))
    assert calls == []
