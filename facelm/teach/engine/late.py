"""Ends calls that take too long: one look at all of them now and then, not a timer for each."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Any

_SHORTEST_S, _LONGEST_S = 0.02, 1.0


class Late:
    """`with late:` around what a task waits for; raises TimeoutError in it after so many seconds.

    A task may be inside once at a time. Like `asyncio.timeout`, of which each costs a timer.
    """

    def __init__(self, limit_s: float) -> None:
        """`limit_s`: kept to within a twentieth, at most a second."""
        self._limit_s = limit_s
        self._look_s = min(max(limit_s / 20, _SHORTEST_S), _LONGEST_S)
        self._ends: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        self._ends[_task()] = time.monotonic() + self._limit_s
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._look_s, self._look)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task = _task()
        self._ends.pop(task, None)
        if task in self._ended:
            self._ended.discard(task)
            if not task.uncancel() and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def _look(self) -> None:
        now = time.monotonic()
        for task in [task for task, end in self._ends.items() if end <= now]:
            del self._ends[task]
            self._ended.add(task)
            task.cancel()
        self._timer = None
        if self._ends:
            self._timer = asyncio.get_running_loop().call_later(self._look_s, self._look)


def _task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None, "only a task can be late"
    return task
