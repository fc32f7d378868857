"""Runs independent pieces of work on threads, hands each result over as it comes, and stops cleanly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def run_all(
    work: Sequence[Piece],
    do: Callable[[Piece], Result],
    *,
    workers: int,
    done: Callable[[Result], None],
    stop: Callable[[], None] = lambda: None,
) -> None:
    """Do every piece, at most ``workers`` at a time, in the given order of starting.

    done: called in the caller's thread with each result as it comes, so that only the caller writes.
    stop: called once when the caller is interrupted or done() fails; it must make running pieces end soon.
    Whatever do() raises is raised here after the pieces under way have ended; pieces not yet begun are dropped.
    """
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="worker") as pool:
        futures: list[Future[Result]] = [pool.submit(do, piece) for piece in work]
        try:
            for future in as_completed(futures):
                done(future.result())
        except BaseException:
            for future in futures:
                future.cancel()
            stop()
            raise
