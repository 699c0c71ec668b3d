"""Many pieces of work at once, their results in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
# Turns of the loop in which what was begun comes to where it waits, and is seen to.
_STEPS = 3


async def in_order(
    items: Iterable[T], work: Callable[[T], Awaitable[R]], room: Callable[[int], bool], ahead: int,
    wanting: asyncio.Event | None = None,
) -> AsyncIterator[tuple[T, R]]:  # fmt: skip
    """Work on several items at once; give their results in the items' order.

    Args:
        items: taken one by one, when there is room for another.
        work: what to do with each; its errors end everything, after the others were cancelled.
        room: whether another may be begun beside so many; asked when one ends.
        ahead: so many results may wait for one that takes long.
        wanting: set where there may be room although none has ended.
    """
    queue: deque[tuple[T, asyncio.Task[R]]] = deque()
    under_way = 0
    ended = wanting or asyncio.Event()

    def end(task: asyncio.Task[R]) -> None:
        nonlocal under_way
        under_way -= 1
        ended.set()

    try:
        for item in items:
            task = asyncio.ensure_future(work(item))
            under_way += 1
            task.add_done_callback(end)
            queue.append((item, task))
            for _ in range(_STEPS):
                await asyncio.sleep(0)
            while queue and (queue[0][1].done() or not room(under_way) or len(queue) >= ahead):
                if queue[0][1].done():
                    done = queue.popleft()
                    yield done[0], done[1].result()
                else:
                    ended.clear()
                    await ended.wait()
        while queue:
            done = queue.popleft()
            yield done[0], await done[1]
    finally:
        for _, task in queue:
            task.cancel()
        await asyncio.gather(*(task for _, task in queue), return_exceptions=True)
