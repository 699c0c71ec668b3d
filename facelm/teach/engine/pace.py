"""How many calls are under way at once: the level an endpoint bears, found while working.

It begins with a few, and each good answer lets one more in, which doubles them in a round trip.
The first refusal (429) says how many were too many: the level falls to what was accepted, goes
up to just below what was refused in a few round trips, and now and then one more is tried. If that
one is borne for two round trips, the level may rise freely again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

START = 8
# Seconds until one call more is tried than was refused; doubled each time it is tried in vain.
PROBE_S = (5.0, 80.0)
# Seconds to wait when an endpoint refuses while it works on nothing of ours; doubled likewise.
DROUGHT_S = (0.5, 30.0)
# What is left of the level when calls fail rather than are refused.
CUT = 0.7


class Pace:
    """A queue, first come first served, before a level that moves. One event loop, no threads."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`most`: never more at once than this."""
        self._most, self._clock = most, clock
        self.level = min(START, most)
        """How many may be under way now."""
        self.in_flight = 0
        self.wanting = asyncio.Event()
        """Set when the queue has become `short`."""
        self._ceiling = most
        self._good_ones = 0
        self._probing = 0  # good answers still to come before one more counts as borne
        self._probe_at, self._probe_wait = 0.0, PROBE_S[0]
        self._drought_wait = DROUGHT_S[0]
        self._cut_at = 0.0
        self._free_at = 0.0
        self._queue: deque[asyncio.Future[int]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many are in the queue."""
        return len(self._queue)

    @property
    def short(self) -> bool:
        """Whether so few are in the queue that places may stay empty."""
        return len(self._queue) < self._fewest

    def room(self, under_way: int) -> bool:
        """Whether another piece of work, of one call or several, should be begun beside so many.

        Once the queue is `short` it is filled up: work that is begun together costs less.
        """
        full = self._fewest + self.level
        return under_way < 2 * self.level + START and len(self._queue) < full

    @property
    def _fewest(self) -> int:
        return max(START, self.level // 2)

    async def enter(self) -> int:
        """Wait for a place. Returns how many are under way with this one, for `refused`."""
        if not self._queue and self._open():
            self.in_flight += 1
            return self.in_flight
        place: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        self._let_in()
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give the place back."""
        self.in_flight -= 1
        self._let_in()

    def good(self) -> None:
        """A call was answered. Said before `leave`."""
        self._drought_wait = DROUGHT_S[0]
        if self.in_flight < self.level:
            return  # the level is not what holds it back
        if self._probing:
            self._probing -= 1
            if not self._probing:
                self._ceiling, self._probe_wait = self._most, PROBE_S[0]
        elif self._ceiling == self._most:
            self.level = min(self.level + 1, self._most)
        elif self.level < self._ceiling:
            self._step()
        elif self._clock() >= self._probe_at and self.level < self._most:
            self.level = self._ceiling = self._ceiling + 1
            self._probing = 2 * self.level

    def _step(self) -> None:
        """Up to what was refused, in a few round trips: how many that were is known roughly."""
        self._good_ones += 1
        if self._good_ones >= self.level:
            self._good_ones = 0
            self.level += 1 + (self._ceiling - self.level) // 8

    def refused(self, number: int, wait: float | None) -> None:
        """A call was refused for now (429). Said before `leave`.

        Args:
            number: what `enter` gave it.
            wait: seconds the endpoint asks to wait; None where it says nothing.
        """
        accepted = self.in_flight - 1
        if wait is not None:
            self.pause(wait)
        elif not accepted and self._clock() >= self._free_at:
            self.pause(self._drought_wait)
            self._drought_wait = min(2 * self._drought_wait, DROUGHT_S[1])
        if not accepted:  # a limit by time, not by number: begin again when it is over
            self.level, self._ceiling, self._probing = min(START, self._most), self._most, 0
            return
        if self._probing or self._ceiling == self._most:
            self._probe_at = self._clock() + self._probe_wait
            self._probe_wait = min(2 * self._probe_wait, PROBE_S[1])
        self._ceiling = max(1, min(self._ceiling, number - 1))
        self.level = max(1, min(self.level, self._ceiling, accepted))
        self._probing = 0

    def failed(self) -> None:
        """A call failed otherwise (5xx, a broken connection); calls of one moment count once."""
        if self._clock() >= self._cut_at:
            self._cut_at = self._clock() + 1
            self.level = min(self.level, max(START, int(self.level * CUT)))

    def pause(self, seconds: float) -> None:
        """Let nobody in for a while."""
        self._free_at = max(self._free_at, self._clock() + seconds)

    def _open(self) -> bool:
        return self.in_flight < self.level and self._clock() >= self._free_at

    def _let_in(self) -> None:
        while self._queue and self._open():
            place = self._queue.popleft()
            if not place.done():
                self.in_flight += 1
                place.set_result(self.in_flight)
        if self.short:
            self.wanting.set()
        wait = self._free_at - self._clock()
        if self._queue and wait > 0 and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._let_in()
