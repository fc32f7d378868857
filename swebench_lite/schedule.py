"""Runs independent pieces of work on threads, hands each result over as it comes, and stops cleanly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
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
    workers = max(1, workers)
    pieces = iter(work)
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="worker") as pool:
        # A window, not the whole plan: a finished result must be let go once it is handed over, or memory grows with the run.
        under_way: set[Future[Result]] = set()
        try:
            while True:
                under_way |= {pool.submit(do, piece) for piece in islice(pieces, 2 * workers - len(under_way))}
                if not under_way:
                    return
                ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                while ended:
                    done(ended.pop().result())
        except BaseException as error:
            for future in under_way:
                future.cancel()
            try:
                stop()
            except Exception as failed:
                error.add_note(f"stopping what runs failed too: {failed}")
            raise
