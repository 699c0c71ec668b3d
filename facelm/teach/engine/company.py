"""Lets tasks whose answers are on disk go on some at a time, which costs half of one by one.

What follows an answer (checks, the next request, the corpus) is much code and many patterns, which
a processor that did something else meanwhile has in no cache: the checks of one answer take 0.3 ms
when it is alone and 0.1 among a hundred. Nobody waits for that but the end of the run, as long as
there are requests in the queue before the endpoint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

ENOUGH = 128
LONGEST_S = 2.0


class Company:
    """Holds back tasks until enough of them, or the first of them for long enough, have waited."""

    def __init__(self) -> None:
        """Hold back nobody, until somebody says when not to."""
        self._waiting: list[asyncio.Future[None]] = []
        self._hurried: list[Callable[[], bool]] = []
        self._timer: asyncio.TimerHandle | None = None

    def unless(self, hurried: Callable[[], bool]) -> None:
        """Hold back nobody while somebody has nothing else to do."""
        self._hurried.append(hurried)

    def hurried(self) -> bool:
        """Whether nobody is held back now."""
        return not self._hurried or any(hurried() for hurried in self._hurried)

    def join(self, tasks: Iterable[asyncio.Future[None]]) -> None:
        """Hold back who waits for these futures."""
        self._waiting += tasks
        if len(self._waiting) >= ENOUGH or self.hurried():
            self.go_on()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LONGEST_S, self.go_on)

    def go_on(self) -> None:
        """Hold them back no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)
