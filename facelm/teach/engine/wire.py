"""One OpenAI-compatible endpoint over HTTP: sent until it says yes, or no for good.

Calls go over lines of our own (`line`), or through a proxy by aiohttp, which also carries batches:
at 256 calls under way httpx reaches a sixth of the rate, and the openai package spends six times
the processor time (`python benchmarks/teacher.py`).
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from facelm.errors import EndpointError, PictureError
from facelm.teach.engine.late import Late
from facelm.teach.engine.line import CONNECT_S, LARGEST_REPLY, Got, Lines
from facelm.teach.engine.loop import replied
from facelm.teach.engine.pace import Pace
from facelm.teach.engine.proxied import post, proxied
from facelm.teach.engine.request import Reply, Request
from facelm.teach.engine.spoken import (
    LONGEST_PAUSE_S,
    Trouble,
    asked_to_wait,
    code_of,
    parsed,
    reply_in,
    seconds_of,
    withheld,
)
from facelm.teach.keys import redacted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from facelm.teach.keys import Secret


@dataclass(frozen=True)
class Patience:
    """How long to bear with an endpoint; seconds."""

    timeout_s: float = 300.0
    """Until a reply must be whole."""
    attempts: int = 5
    """A request that fails so often while others are answered is given up."""
    first_wait_s: float = 0.5
    """Before the second attempt; doubled before each further one, with jitter."""
    longest_wait_s: float = 30.0
    outage_s: float = 180.0
    """An endpoint that has worked may fail so long before the run ends."""
    quota_s: float = 900.0
    """An endpoint may answer so long nothing but "later"."""


MOST_LOST = 100
"""So many requests in a row may be given up without a single answer."""
# What a server says of one request rather than of all of them.
_THIS_REQUEST = (400, 413, 415, 422)
_USED_UP = ("insufficient_quota", "billing_hard_limit_reached")


class Wire:
    """Calls to one endpoint. Open it with `async with`, in the loop it is used in."""

    def __init__(
        self,
        base_url: str,
        key: Secret | None,
        pace: Pace,
        *,
        patience: Patience,
        key_variable: str,
        trust_proxies: bool,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: for example `http://127.0.0.1:8000/v1`.
            key: sent to that address and nowhere else.
            pace: how many calls may be under way.
            patience: how long it is borne with.
            key_variable: what errors call the key's place.
            trust_proxies: send through the environment's proxies.
        """
        self.base_url = base_url.rstrip("/")
        self.host = urlsplit(base_url).hostname or ""
        self.pace = pace
        self.calls = 0
        """Requests that were sent, those sent again included."""
        self.proven = False
        """An earlier run got answers to such requests: what it rejects now, it rejects alone."""
        self._key, self._key_variable = key, key_variable
        self._patience = patience
        self._proxied = trust_proxies and proxied(base_url)
        self._late = Late(patience.timeout_s)
        self._random = random.Random()  # only waits depend on it
        self._good_at = time.monotonic()
        self._goods = 0
        self._lost = 0
        self._strict = True

    async def __aenter__(self) -> Wire:
        self._good_at = time.monotonic()
        return self

    async def __aexit__(self, *error: object) -> None:
        if "_lines" in self.__dict__:
            self._lines.close()
        if "session" in self.__dict__:
            await self.session.close()

    @cached_property
    def _lines(self) -> Lines:
        """What calls go over."""
        return Lines(f"{self.base_url}/chat/completions", self._headers())

    @cached_property
    def session(self) -> aiohttp.ClientSession:
        """What everything else goes through; made when it is wanted."""
        import aiohttp

        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers(),
            timeout=aiohttp.ClientTimeout(total=self._patience.timeout_s, sock_connect=CONNECT_S),
            trust_env=self._proxied,
            auto_decompress=True,
        )

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "facelm"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return headers

    @property
    def patience(self) -> Patience:
        """How long it is borne with."""
        return self._patience

    async def send(self, request: Request) -> Reply:
        """One call, tried again where that can help.

        Raises:
            PictureError: the endpoint works, but not with this request.
            EndpointError: it is down, says no, or answers out of its protocol.
        """
        tries = _Tries(self._goods, time.monotonic())
        while True:
            got = await self._try(request)
            if isinstance(got, Reply):
                return got
            tries.count(got)
            if error := await self._verdict(got, tries):
                raise error
            await asyncio.sleep(self._wait(got, tries))
            tries.goods = self._goods if not got.busy else tries.goods

    def _wait(self, trouble: Trouble, tries: _Tries) -> float:
        """Seconds until the next attempt; for want of room the pace makes everybody wait."""
        patience = self._patience
        longest = patience.longest_wait_s / (6 if trouble.busy else 1)
        doubled = patience.first_wait_s * 2 ** min(tries.refusals + tries.failures - 1, 10)
        return min(doubled, longest) * (0.5 + self._random.random())

    async def _verdict(self, trouble: Trouble, tries: _Tries) -> Exception | None:
        """The error that ends a request's attempts; None when it is to be sent again."""
        if trouble.final:
            alone = (self._goods > 0 or self.proven) and trouble.status in _THIS_REQUEST
            return self._given_up(trouble, tries, alone)
        now, patience = time.monotonic(), self._patience
        if trouble.busy:
            late = now - max(self._good_at, tries.began) > patience.quota_s
            return self._given_up(trouble, tries, False) if late else None
        if tries.failures < patience.attempts:
            return None
        if self._goods > tries.goods:  # others were answered since its last attempt
            return self._given_up(trouble, tries, True)
        outage = patience.outage_s / (1 if self._goods else 10)
        if now - max(self._good_at, tries.began) < outage and (self._goods or await self._alive()):
            return None
        return self._given_up(trouble, tries, self._lost < MOST_LOST and await self._alive())

    async def _alive(self) -> bool:
        """Whether the endpoint answers anything: then the trouble may be the request's own."""
        import aiohttp

        limit = aiohttp.ClientTimeout(total=CONNECT_S)
        try:
            async with self.session.get(
                f"{self.base_url}/models", timeout=limit, allow_redirects=False
            ) as response:
                return response.status < 500
        except (aiohttp.ClientError, OSError):  # TimeoutError among them
            return False

    async def _try(self, request: Request) -> Reply | Trouble:
        number = await self.pace.enter()
        began = time.monotonic()
        try:
            got = await self._once(request)
            if isinstance(got, Reply):
                replied(time.monotonic() - began)
                self._goods += 1
                self._lost = 0
                self._good_at = time.monotonic()
                self.pace.good()
            elif got.busy:
                self.pace.refused(number, got.wait)
            elif not got.final:
                self.pace.failed()
                self.pace.pause(got.wait or 0)
            return got
        finally:
            self.pace.leave()

    async def _once(self, request: Request) -> Reply | Trouble:
        self.calls += 1
        strict = self._strict
        try:
            with self._late:
                got = await self._post(request.body(strict))
        except TimeoutError:
            return Trouble(f"gave no whole reply within {self._patience.timeout_s:g} s")
        except (OSError, EOFError) as error:
            return Trouble(f"cannot be reached or breaks off ({type(error).__name__})")
        return self._understood(got, strict and request.schema is not None)

    async def _post(self, body: bytes) -> Got:
        if self._proxied:
            return await post(self.session, f"{self.base_url}/chat/completions", body)
        return await self._lines.post(body)

    def _understood(self, got: Got, held: bool) -> Reply | Trouble:
        """`held`: the request asked the endpoint to hold the reply to a schema."""
        status, headers, data = got
        self._heed(headers)
        if data is None:
            return Trouble(f"sends a reply of more than {LARGEST_REPLY:,} bytes")
        if status == 200:
            return reply_in(data)
        found = parsed(data)
        if status == 400 and withheld(found):
            return Reply("", "content_filter")
        said = self.said(found)
        if status in (400, 422) and held and "response_format" in said:
            self._strict = False  # it knows no schemas; ours are checked here anyway
            return Trouble(f"answers {status}{said}")
        return self.trouble(status, headers, found)

    def trouble(self, status: int, headers: Mapping[str, str], found: Any) -> Trouble:
        """Why a call of any kind brought nothing; `found`: what came instead, parsed."""
        said = self.said(found)
        if status == 429 and code_of(found) not in _USED_UP:
            return Trouble(f"answers 429{said}", busy=True, wait=asked_to_wait(headers))
        again = status in (408, 409) or status >= 500
        return Trouble(
            f"answers {status}{said}", status=status, final=not again,
            wait=asked_to_wait(headers) if again else None,
        )  # fmt: skip

    def _heed(self, headers: Mapping[str, str]) -> None:
        """Wait before a limit that the endpoint announces, rather than run into it."""
        for what in ("requests", "tokens"):
            if headers.get(f"x-ratelimit-remaining-{what}") == "0":
                reset = seconds_of(headers.get(f"x-ratelimit-reset-{what}", ""))
                self.pace.pause(min(reset, LONGEST_PAUSE_S))

    def said(self, found: Any) -> str:
        """The server's own words, in either of the usual shapes, without the key."""
        error = found.get("error", found) if isinstance(found, dict) else found
        if isinstance(error, dict):
            error = error.get("message") or error.get("detail") or ""
        words = " ".join(error.split()) if isinstance(error, str) else ""
        words = redacted(words, self._key)
        return f' and says "{words[:200]}"' if words else ""

    def broken(self, trouble: Trouble, attempts: int) -> EndpointError:
        """The end of a call that concerns everybody."""
        advice = _advice(trouble.status, self._key_variable)
        return EndpointError(f"{self._what(trouble, attempts)}: {advice}.")

    def _given_up(self, trouble: Trouble, tries: _Tries, only_this: bool) -> Exception:
        """One request's own trouble, or everybody's."""
        attempts = tries.failures + tries.refusals
        if not only_this:
            return self.broken(trouble, attempts)
        self._lost += 1
        what = self._what(trouble, attempts)
        return PictureError(f"{what}: run again to ask again, or look at the picture.")

    def _what(self, trouble: Trouble, attempts: int) -> str:
        times = f" ({attempts} attempts)" if attempts > 1 else ""
        return f"The endpoint {self.base_url} {trouble.what}{times}"


@dataclass
class _Tries:
    """How one request has fared."""

    goods: int
    """Calls the endpoint had answered at its last failure."""
    began: float
    failures: int = 0
    refusals: int = 0

    def count(self, trouble: Trouble) -> None:
        self.refusals += trouble.busy
        self.failures += not trouble.busy


def _advice(status: int, key_variable: str) -> str:
    """What a person can do about it."""
    later = "start the server or correct its address, then run the same command again"
    return {
        0: later,
        400: "change what it rejects",
        401: f"set {key_variable} to a key it accepts",
        403: f"set {key_variable} to a key that may use the model",
        404: "check that the address ends as it should (often in /v1) and serves the model",
        429: "wait, or raise the limit with the provider, then run the same command again",
    }.get(status, "run the same command again later" if status >= 500 else "change that")
