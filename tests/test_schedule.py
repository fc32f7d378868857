from __future__ import annotations

import threading
import time
import weakref

import pytest

from swebench_lite.schedule import run_all


def test_every_piece_is_done_once_and_handed_over() -> None:
    results: list[int] = []
    run_all(range(200), lambda n: n * n, workers=7, done=results.append)
    assert sorted(results) == [n * n for n in range(200)]


def test_no_work_is_no_work() -> None:
    results: list[object] = []
    run_all([], lambda piece: piece, workers=3, done=results.append)
    assert results == []


def test_pieces_start_in_the_given_order() -> None:
    order: list[int] = []
    run_all(range(50), order.append, workers=1, done=lambda _: None)
    assert order == list(range(50))


@pytest.mark.parametrize("workers", [1, 3])
def test_no_more_than_the_workers_run_at_once(workers: int) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    run_all(range(20), work, workers=workers, done=lambda _: None)
    assert most == workers


def test_a_number_of_workers_below_one_counts_as_one() -> None:
    results: list[int] = []
    run_all([1, 2], lambda n: n, workers=0, done=results.append)
    assert results == [1, 2]


def test_results_are_handed_over_in_the_callers_thread() -> None:
    threads: list[threading.Thread] = []
    run_all(range(5), lambda n: n, workers=2, done=lambda _: threads.append(threading.current_thread()))
    assert set(threads) == {threading.current_thread()}


class Heavy:
    """A result that can be watched."""


def test_a_result_that_was_handed_over_is_let_go() -> None:
    alive: list[weakref.ref[Heavy]] = []
    most = 0

    def done(result: Heavy) -> None:
        nonlocal most
        alive.append(weakref.ref(result))
        most = max(most, sum(reference() is not None for reference in alive))

    run_all(range(60), lambda _: Heavy(), workers=2, done=done)
    assert most <= 8


def test_an_error_is_raised_after_what_is_under_way_has_ended() -> None:
    ended: list[int] = []

    def work(n: int) -> None:
        if n == 0:
            raise ValueError("the first fails")
        time.sleep(0.1)
        ended.append(n)

    with pytest.raises(ValueError, match="the first fails"):
        run_all(range(100), work, workers=2, done=lambda _: None)
    after = len(ended)
    time.sleep(0.15)
    assert len(ended) == after < 10


@pytest.mark.parametrize("kind", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_stops_what_runs_and_drops_the_rest(kind: type[BaseException]) -> None:
    stopped = threading.Event()
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        if n:
            assert stopped.wait(10)
        return n

    def done(_: int) -> None:
        raise kind

    with pytest.raises(kind):
        run_all(range(1000), work, workers=3, done=done, stop=stopped.set)
    assert stopped.is_set()
    assert len(begun) < 20


def test_a_stop_that_fails_does_not_hide_why_it_was_called() -> None:
    def stop() -> None:
        raise OSError("engine gone")

    def done(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        run_all([1], lambda n: n, workers=1, done=done, stop=stop)
    assert "engine gone" in caught.value.__notes__[0]
