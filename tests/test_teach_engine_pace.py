"""How many calls at once: `Pace` before simulated endpoints, in a time that only they pass."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
import virtual_time
from virtual_time import now

from facelm._flow import in_order
from facelm.teach.engine.pace import START, Pace

TURNED_AWAY_S = 0.01


@dataclass
class Simulated:
    """An endpoint that answers `limit` calls at once, and 429 beyond."""

    limit: int
    latency: tuple[float, float] = (1, 1)
    storm: tuple[float, float] = (0, 0)
    """From when to when it does something else to every call: `does`."""
    does: str = "refused"
    wait: float | None = None
    in_flight: int = 0
    most: int = 0
    ended: list[tuple[float, str]] = field(default_factory=list)
    _random: random.Random = field(default_factory=lambda: random.Random(1))

    async def call(self) -> str:
        storm = self.storm[0] <= now() < self.storm[1]
        if storm or self.in_flight >= self.limit:
            await asyncio.sleep(TURNED_AWAY_S)
            return self._end(self.does if storm else "refused")
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        await asyncio.sleep(self._random.uniform(*self.latency))
        self.in_flight -= 1
        return self._end("good")

    def _end(self, how: str) -> str:
        self.ended.append((now(), how))
        return how

    def count(self, how: str, begin: float, end: float) -> int:
        return sum(how == one and begin <= at < end for at, one in self.ended)


async def _work(pace: Pace, simulated: Simulated, until: float) -> None:
    """One of many who always have something to ask, and say to the pace what `Wire` would."""
    failures = 0
    while now() < until:
        number = await pace.enter()
        try:
            got = await simulated.call()
            if got == "good":
                pace.good()
            elif got == "refused":
                pace.refused(number, simulated.wait)
            else:
                pace.failed()
        finally:
            pace.leave()
        failures = 0 if got == "good" else failures + 1
        await asyncio.sleep(min(0.5 * 2**failures, 5) if failures else 0)


def worked(simulated: Simulated, until: float, most: int = 512) -> Pace:
    """Have 600 workers ask for some seconds."""

    async def all_of_them() -> Pace:
        pace = Pace(most, now)
        await asyncio.gather(*(_work(pace, simulated, until) for _ in range(600)))
        return pace

    return virtual_time.run(all_of_them())


# ---------------------------------------------------------------- finding the level


def test_it_begins_with_a_few_and_doubles_in_a_round_trip() -> None:
    simulated = Simulated(limit=10_000)
    seen = []

    async def watched() -> None:
        pace = Pace(512, now)
        workers = asyncio.gather(*(_work(pace, simulated, 6) for _ in range(600)))
        for _ in range(6):
            await asyncio.sleep(0.5)
            seen.append(simulated.in_flight)
            await asyncio.sleep(0.5)
        await workers

    virtual_time.run(watched())
    assert seen == [START * 2**trip for trip in range(6)]


@pytest.mark.parametrize("latency", [(1, 1), (0.5, 1.5)], ids=["even", "uneven"])
@pytest.mark.parametrize("limit", [1, 5, 64, 200])
def test_it_finds_a_limit_and_stays_at_it(limit: int, latency: tuple[float, float]) -> None:
    simulated = Simulated(limit, latency)
    pace = worked(simulated, 90)
    assert pace.level == limit == simulated.most
    # It got there within half a minute, and from then on leaves nothing out …
    assert simulated.count("good", 30, 90) >= 0.97 * limit * 60 - 2
    # … while it hardly runs into the limit.
    assert simulated.count("refused", 30, 90) <= 3
    assert simulated.count("refused", 0, 90) <= limit + 20


def test_it_never_asks_more_at_once_than_it_may() -> None:
    for most in (3, 20):
        simulated = Simulated(limit=1000)
        pace = worked(simulated, 20, most)
        assert simulated.most == pace.level == most


def test_it_finds_a_limit_that_was_raised() -> None:
    simulated = Simulated(limit=20)

    async def raised() -> None:
        pace = Pace(512, now)
        workers = asyncio.gather(*(_work(pace, simulated, 200) for _ in range(600)))
        await asyncio.sleep(30)
        simulated.limit = 150
        await workers

    virtual_time.run(raised())
    assert simulated.count("good", 0, 30) <= 30 * 20
    assert simulated.count("good", 140, 200) >= 0.97 * 150 * 60


# ---------------------------------------------------------------- bad times


@pytest.mark.parametrize(("does", "wait"), [("refused", None), ("refused", 3.0), ("failed", None)])
def test_it_is_back_at_the_limit_after_a_storm(does: str, wait: float | None) -> None:
    simulated = Simulated(64, (0.5, 1.5), (40, 60), does, wait)
    worked(simulated, 180)
    assert simulated.count("good", 20, 40) >= 0.8 * 64 * 20
    assert simulated.count("good", 120, 180) >= 0.94 * 64 * 60  # a try at more may cost a wait


def test_it_asks_little_while_everything_is_refused() -> None:
    simulated = Simulated(64, storm=(0, 300))
    worked(simulated, 300)
    assert simulated.count("refused", 0, 10) >= 2
    assert simulated.count("refused", 60, 300) <= 9 * START  # a handful every half minute


def test_a_pause_lets_nobody_in() -> None:
    entered: list[float] = []

    async def one(pace: Pace) -> None:
        await pace.enter()
        entered.append(now())
        pace.leave()

    async def paused() -> None:
        pace = Pace(4, now)
        await one(pace)
        pace.pause(5)
        waiting = asyncio.gather(*(one(pace) for _ in range(6)))
        await asyncio.sleep(4)
        pace.pause(3)  # longer than what is left
        pace.pause(0.5)  # shorter
        await waiting

    virtual_time.run(paused())
    assert entered[0] == 0 and len(entered) == 7
    assert entered[1:] == pytest.approx([7] * 6)


# ---------------------------------------------------------------- places


@pytest.mark.parametrize("when", ["waiting", "just let in"])
def test_who_is_cancelled_gives_the_place_back(when: str) -> None:
    async def cancelled() -> None:
        pace = Pace(1, now)
        await pace.enter()
        first, second = (asyncio.ensure_future(pace.enter()) for _ in range(2))
        await asyncio.sleep(0)
        assert pace.waiting == 2
        if when == "just let in":
            pace.leave()  # the place is the first one's, who has not heard of it yet
        first.cancel()
        if when == "waiting":
            pace.leave()
        await asyncio.wait_for(second, 1)
        assert first.cancelled() and pace.in_flight == 1 and not pace.waiting
        pace.leave()
        assert pace.in_flight == 0

    virtual_time.run(cancelled())


def test_first_come_first_served() -> None:
    order: list[int] = []

    async def one(pace: Pace, number: int) -> None:
        await pace.enter()
        order.append(number)
        await asyncio.sleep(1)
        pace.leave()

    async def many() -> None:
        pace = Pace(3, now)
        await asyncio.gather(*(one(pace, number) for number in range(20)))

    virtual_time.run(many())
    assert order == list(range(20))


# ---------------------------------------------------------------- results in order


async def _gathered(flow: AsyncIterator[tuple[int, Any]]) -> list[tuple[int, Any]]:
    return [one async for one in flow]


def _timed(seconds: Callable[[int], float]) -> Callable[[int], Awaitable[int]]:
    async def work(item: int) -> int:
        await asyncio.sleep(seconds(item))
        return item * item

    return work


def test_results_come_in_the_items_order() -> None:
    shuffled = random.Random(1).sample(range(40), 40)

    async def flow() -> tuple[float, list[tuple[int, int]]]:
        work = _timed(lambda item: 1 + shuffled[item] / 40)
        found = await _gathered(in_order(range(40), work, lambda _: True, 100))
        return now(), found

    ended, found = virtual_time.run(flow())
    assert found == [(item, item * item) for item in range(40)]
    assert ended <= 2.5  # side by side: one after another would take a minute


def test_no_more_is_begun_than_there_is_room_for() -> None:
    begun: list[int] = []
    taken: list[int] = []
    most = 0
    under_way = 0

    def items() -> Iterable[int]:
        for item in range(30):
            taken.append(item)
            yield item

    async def work(item: int) -> int:
        nonlocal most, under_way
        begun.append(item)
        under_way += 1
        most = max(most, under_way)
        assert len(taken) <= len(begun) + 1  # items are fetched when they are wanted
        await asyncio.sleep(1)
        under_way -= 1
        return item

    virtual_time.run(_gathered(in_order(items(), work, lambda number: number < 4, 100)))
    assert begun == list(range(30)) and most == 4


def test_one_that_takes_long_holds_up_only_so_many() -> None:
    begun: list[tuple[int, float]] = []

    async def work(item: int) -> int:
        begun.append((item, now()))
        await asyncio.sleep(100 if item == 0 else 1)
        return item

    async def flow() -> list[tuple[int, int]]:
        return await _gathered(in_order(range(50), work, lambda _: True, 10))

    found = virtual_time.run(flow())
    assert [item for item, _ in found] == list(range(50))
    assert sum(at < 99 for _, at in begun) == 10


def test_an_error_ends_the_rest() -> None:
    cancelled: list[int] = []

    async def work(item: int) -> int:
        try:
            await asyncio.sleep(1 if item < 5 else 60)
        except asyncio.CancelledError:
            cancelled.append(item)
            raise
        if item == 4:
            raise ValueError("no")
        return item

    found: list[int] = []

    async def flow() -> None:
        async for item, _ in in_order(range(20), work, lambda _: True, 100):
            found.append(item)

    with pytest.raises(ValueError, match="no"):
        virtual_time.run(flow())
    assert found == [0, 1, 2, 3]
    assert cancelled == list(range(5, 20))


def test_who_stops_listening_leaves_nothing_running() -> None:
    async def flow() -> int:
        results = in_order(range(20), _timed(lambda item: item), lambda _: True, 100)
        async for item, _ in results:
            if item == 3:
                break
        await results.aclose()
        return len(asyncio.all_tasks())

    assert virtual_time.run(flow()) == 1


def test_room_that_comes_while_none_ends_is_used() -> None:
    """Calls of pieces of work end, and leave the queue, long before the whole pieces do."""
    pace, begun = Pace(4), []

    async def work(item: int) -> int:
        begun.append(now())
        for _ in range(6):
            await pace.enter()
            await asyncio.sleep(1)
            pace.leave()
        return item

    async def flow() -> int:
        results = in_order(range(40), work, lambda _: not pace.waiting, 100, pace.wanting)
        return len([one async for one in results])

    assert virtual_time.run(flow()) == 40
    assert begun[4] < 6  # the first piece ends later


def test_a_queue_that_is_short_is_filled_up() -> None:
    async def run() -> None:
        pace = Pace(START)
        calls = [asyncio.ensure_future(pace.enter()) for _ in range(START)]
        await asyncio.gather(*calls)
        assert pace.room(START) and pace.short
        waiting = []
        while pace.room(START):
            waiting.append(asyncio.ensure_future(pace.enter()))
            await asyncio.sleep(0)
        assert not pace.short and pace.waiting > START
        pace.wanting.clear()
        while not pace.wanting.is_set():
            assert not pace.short
            pace.leave()
        assert pace.short and pace.waiting
        for one in waiting:
            one.cancel()

    virtual_time.run(run())
