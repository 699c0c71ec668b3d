"""Where a request becomes an answer: the ledger first, then the budget, then the endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from facelm.errors import FacelmError
from facelm.teach.engine.ledger import Ledger
from facelm.teach.engine.purse import Purse
from facelm.teach.engine.request import Reply, Request
from facelm.teach.engine.wire import Wire
from facelm.teach.usage import Usage

USUAL_REPLY_TOKENS = 200
"""What a dry run takes a reply to have; FairFaceGPT's answers have some 150."""


class NotAskedError(Exception):
    """The request has no answer yet and none was asked for: a dry run, or a batch to come."""


class SpentError(FacelmError):
    """The next call might pass the budget."""


class Desk(Protocol):
    """Who answers requests: an endpoint, a batch, or a dry run."""

    @property
    def tally(self) -> Tally:
        """What it did so far."""
        ...

    async def ask(self, request: Request) -> Reply:
        """The answer to a request.

        Raises:
            NotAskedError: there is none yet.
            SpentError: the budget does not allow to ask.
            PictureError: this request cannot be answered.
            EndpointError: none can.
        """
        ...


@dataclass
class Tally:
    """What a run did so far."""

    asked: int = 0
    """Answers that were paid for and are on disk."""
    found: int = 0
    """Answers that the ledger had."""
    dollars: float = 0.0
    usage: Usage = field(default_factory=Usage)

    def add(self, usage: Usage, dollars: float) -> None:
        """Count one answer that was paid for."""
        self.asked += 1
        self.dollars += dollars
        self.usage += usage

    def report(self, calls: int, priced: bool) -> dict[str, Any]:
        """As results have it.

        Args:
            calls: how many were sent, those sent again included.
            priced: whether the prices of all of them are known.
        """
        return {
            "calls": calls, "asked": self.asked, "from_ledger": self.found,
            "prompt_tokens": self.usage.prompt, "cached_tokens": self.usage.cached,
            "completion_tokens": self.usage.completion, "dollars": round(self.dollars, 6),
            "priced": priced,
        }  # fmt: skip

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.asked + other.asked,
            self.found + other.found,
            self.dollars + other.dollars,
            self.usage + other.usage,
        )


class PaidDesk:
    """`Desk` before an endpoint: no answer is paid for twice, not by another run either."""

    def __init__(self, wire: Wire, ledger: Ledger, purse: Purse, purpose: str) -> None:
        """`purpose`: `teacher`, `rater` or `judge`; the ledger notes it."""
        self._wire, self._ledger, self._purse, self._purpose = wire, ledger, purse, purpose
        self._under_way: dict[bytes, asyncio.Future[Reply]] = {}
        self._fresh = True  # nothing was sent yet
        ledger.company.unless(lambda: wire.pace.short)
        self.tally = Tally()

    async def ask(self, request: Request) -> Reply:
        """From the ledger, else from the endpoint; on disk when it returns."""
        if (same := self._under_way.get(request.key)) is not None:
            return await asyncio.shield(same)
        promise = asyncio.get_running_loop().create_future()
        self._under_way[request.key] = promise
        try:
            reply = await self._claimed(request)
        except BaseException as error:
            promise.set_exception(error)
            promise.exception()  # nobody may be waiting for it
            raise
        else:
            promise.set_result(reply)
            return reply
        finally:
            del self._under_way[request.key]

    async def _claimed(self, request: Request) -> Reply:
        await self._ledger.claim(request.key)
        try:  # only who holds the key knows whether it is there: another run may be asking
            if reply := self._ledger.answer(request.key):
                self.tally.found += 1
                return reply
            return await self._paid(request)
        finally:
            self._ledger.release(request.key)

    async def _paid(self, request: Request) -> Reply:
        reserved = await self._purse.secure(request)
        if reserved is None:
            raise SpentError("The budget is spent: raise it and run the same command again.")
        if self._fresh:
            self._fresh = False
            self._wire.proven = self._ledger.answered_like(request, self._wire.host)
        usage = None
        try:
            reply = await self._wire.send(request)
            usage = reply.usage
        finally:
            dollars = self._purse.settle(reserved, usage)
        await self._ledger.keep(request, reply, self._wire.host, self._purpose, dollars)
        self.tally.add(reply.usage, dollars)
        return reply


class DryDesk:
    """`Desk` that asks nothing and counts what it would ask: tokens and cost are estimates."""

    def __init__(self, ledger: Ledger, purse: Purse) -> None:
        """`ledger`: what is in it would not be asked again."""
        self._ledger, self._purse = ledger, purse
        self.tally = Tally()

    async def ask(self, request: Request) -> Reply:
        """From the ledger, or not at all."""
        if reply := self._ledger.answer(request.key):
            self.tally.found += 1
            return reply
        prompt, _ = self._purse.expect(request)
        usage = Usage(prompt, _usual_reply(request.schema))
        self.tally.add(usage, self._purse.dollars(usage))
        raise NotAskedError


def _usual_reply(schema: Mapping[str, Any] | None) -> int:
    """Tokens of a reply: some for each text in it, few for each word out of a list."""
    if schema is None:
        return USUAL_REPLY_TOKENS
    if "properties" in schema:
        return sum(_usual_reply(one) for one in schema["properties"].values())
    return 10 if "enum" in schema or schema.get("type") == "integer" else USUAL_REPLY_TOKENS
