"""Answers that are on disk go on together, unless somebody waits for that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import virtual_time
from asking import request
from virtual_time import now

from facelm.teach.engine.company import ENOUGH, LONGEST_S, Company
from facelm.teach.engine.ledger import Ledger
from facelm.teach.engine.request import Reply


async def _joined(company: Company, number: int = 1) -> list[asyncio.Future[None]]:
    loop = asyncio.get_running_loop()
    tasks = [loop.create_future() for _ in range(number)]
    company.join(tasks)
    return tasks


def test_enough_go_on_at_once() -> None:
    async def run() -> None:
        company = Company()
        company.unless(lambda: False)
        few = await _joined(company, ENOUGH - 1)
        await asyncio.sleep(LONGEST_S / 2)
        assert not any(one.done() for one in few)
        last = await _joined(company)
        assert all(one.done() for one in (*few, *last))

    virtual_time.run(run())


def test_nobody_is_held_back_for_long() -> None:
    async def run() -> float:
        company = Company()
        company.unless(lambda: False)
        for _ in range(3):
            (first,) = await _joined(company)
            await asyncio.sleep(LONGEST_S / 4)
            (second,) = await _joined(company)
            await asyncio.gather(first, second)
        return now()

    assert virtual_time.run(run()) <= 3 * LONGEST_S + 0.001


def test_nobody_is_held_back_while_one_has_nothing_else_to_do() -> None:
    async def run() -> None:
        idle: list[str] = []
        company = Company()
        company.unless(lambda: False)
        company.unless(lambda: bool(idle))
        (first,) = await _joined(company)
        assert not first.done()
        idle.append("the rater")
        (second,) = await _joined(company)
        assert first.done() and second.done()

    virtual_time.run(run())


def test_who_was_called_off_is_let_go() -> None:
    async def run() -> None:
        company = Company()
        company.unless(lambda: False)
        one, other = await _joined(company, 2)
        one.cancel()
        company.go_on()
        assert one.cancelled() and other.done()

    virtual_time.run(run())


def test_who_is_held_back_has_its_answer_on_disk(tmp_path: Path) -> None:
    async def run() -> None:
        with Ledger(tmp_path / "ledger.sqlite") as ledger:
            ledger.company.unless(lambda: False)
            one = request("Describe.")
            keeping = asyncio.ensure_future(ledger.keep(one, Reply("A."), "host", "teacher", 0))
            while ledger.answer(one.key) is None:
                await asyncio.sleep(0.01)
            assert not keeping.done()
            await keeping

    virtual_time.run(run())
