"""An event loop that lets events gather for a moment, which halves the work of each.

Replies that come one by one wake the process, find its caches cold and are committed one by one;
handled a few at a time they cost half as much (`python benchmarks/teacher.py` has the processor
time of a call). The moment is a fiftieth of what a reply takes, which is what it costs of the rate
at most.
"""

from __future__ import annotations

import asyncio
import gc
import selectors
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
SHARE = 0.02
LONGEST_S = 0.02
_COLLECT = (50_000, 20, 100)


class _Gathering(selectors.DefaultSelector):
    wait_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout)
        if not ready or not self.wait_s or (timeout is not None and timeout <= self.wait_s):
            return ready
        time.sleep(self.wait_s)
        return super().select(0)  # those that were ready are so still


class GatheringLoop(asyncio.SelectorEventLoop):
    """Knows how long replies take, and gathers events for a share of it."""

    def __init__(self) -> None:
        """Gather nothing until a reply has come."""
        self._gathering = _Gathering()
        self._latency_s = 0.0
        super().__init__(self._gathering)

    def replied(self, seconds: float) -> None:
        """A reply took so long."""
        self._latency_s += ((seconds - self._latency_s) / 16) if self._latency_s else seconds
        self._gathering.wait_s = min(SHARE * self._latency_s, LONGEST_S)


def run(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` in such a loop."""
    with _seldom_collected(), asyncio.Runner(loop_factory=GatheringLoop) as runner:
        return runner.run(work)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Hardly anything here is left in cycles; looking for them often is a tenth of a call."""
    usual = gc.get_threshold()
    gc.set_threshold(*_COLLECT)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def replied(seconds: float) -> None:
    """Tell the running loop, if it is such a one, how long a reply took."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, GatheringLoop):
        loop.replied(seconds)
