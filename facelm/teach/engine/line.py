"""HTTP/1.1 to one endpoint: a JSON body out, its reply in, connections kept for the next call.

That is all a chat endpoint needs, and it takes half of the processor time that aiohttp takes for it
(`python benchmarks/line.py`). What is parsed is parsed by llhttp, through httptools. Ways through a
proxy, files and batches go by aiohttp (`Wire`).
"""

from __future__ import annotations

import asyncio
import ssl
import time
import zlib
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import httptools

CONNECT_S = 15.0
LARGEST_REPLY = 4_000_000
"""Bytes."""
# Servers and routers forget connections that nothing was said on for long.
_IDLE_S = 15.0
_ANY_WRAPPER = 47  # zlib's word for gzip and deflate alike


class Got(NamedTuple):
    """What an endpoint sent."""

    status: int
    headers: Mapping[str, str]
    """By their names in small letters."""
    data: bytes | None
    """The body; None where it is larger than any answer."""


class Lines:
    """Connections to one address, each with one call at a time. One event loop."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: what is posted to.
            headers: sent with every call; no line breaks in them.
        """
        where = urlsplit(url)
        self._host = where.hostname or ""
        self._tls = ssl.create_default_context() if where.scheme == "https" else None
        self._port = where.port or (443 if self._tls else 80)
        told = {"Host": where.netloc.encode("idna").decode(), "Accept": "*/*", **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        path = quote(where.path, safe="/%:@!$&'()*+,;=~")
        self._head = f"POST {path} HTTP/1.1\r\n{lines}Content-Length: ".encode("ascii")
        self._idle: list[_Line] = []

    async def post(self, body: bytes) -> Got:
        """Send a body and wait for what comes back; nothing is sent twice.

        Raises:
            OSError: there is no connection, or it broke.
            EOFError: the reply ends before its end, or is no HTTP.
        """
        line = self._free() or await self._new()
        try:
            got = await line.call(b"%b%d\r\n\r\n" % (self._head, len(body)), body)
        except BaseException:
            line.close()
            raise
        if line.lasts:
            self._idle.append(line)
        return got

    def close(self) -> None:
        """Close what nobody waits at."""
        for line in self._idle:
            line.close()

    def _free(self) -> _Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.lasts and time.monotonic() - line.since < _IDLE_S:
                return line
            line.close()
        return None

    async def _new(self) -> _Line:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_S):
                _, line = await loop.create_connection(
                    _Line, self._host, self._port, ssl=self._tls, happy_eyeballs_delay=0.25
                )
        except TimeoutError as error:
            raise ConnectionError(f"no connection within {CONNECT_S:g} s") from error
        return line


class _Line(asyncio.Protocol):
    """One connection."""

    _transport: asyncio.Transport
    _parser: httptools.HttpResponseParser
    _headers: dict[str, str]
    _parts: list[bytes]
    _status: int
    _size: int
    """Of the body, as announced, else of what has come."""
    _whole: bool
    _second: bool

    def __init__(self) -> None:
        self.lasts = False
        """It can take another call."""
        self.since = 0.0
        """When its last reply came, by the monotonic clock."""
        self._told: asyncio.Future[Got] | None = None
        self._forget()

    def call(self, head: bytes, body: bytes) -> asyncio.Future[Got]:
        """Send a request; the reply comes with the future."""
        self._parser = httptools.HttpResponseParser(self)
        self._told = asyncio.get_running_loop().create_future()
        self.lasts = False
        self._forget()
        self._transport.writelines((head, body))
        return self._told

    def close(self) -> None:
        """Not to be used again."""
        self.lasts = False
        self._transport.abort()

    # What the event loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A part of a reply, or something that nobody asked for."""
        if self._told is None or self._told.done():
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(EOFError("no HTTP"))
            self.close()
        else:
            if self._whole or self._size > LARGEST_REPLY:
                self._tell()

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed, by whomever; a reply whose length nobody announced ends here."""
        self.lasts = False
        if self._status >= 200 and error is None and not self._announced():
            self._tell()
        self._fail(error or EOFError("closed"))

    # What the parser says.

    def on_message_begin(self) -> None:
        """Perhaps a second one, which nobody asked for."""
        self._second = self._whole

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if not self._second:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """All of them."""
        if self._second:
            return
        self._status = self._parser.get_status_code()
        length = self._headers.get("content-length", "")
        self._size = int(length) if length.isdecimal() else 0

    def on_body(self, data: bytes) -> None:
        """A part of the body."""
        if self._second:
            return
        if not self._headers.get("content-length"):
            self._size += len(data)
        if self._size <= LARGEST_REPLY:
            self._parts.append(data)

    def on_message_complete(self) -> None:
        """All of it, or a "go on" before it."""
        if self._status < 200:
            self._forget()
        else:
            self._whole = True
            sent = not self._transport.get_write_buffer_size()
            self.lasts = sent and not self._second and self._parser.should_keep_alive()

    # What comes of it.

    def _forget(self) -> None:
        self._status = self._size = 0
        self._headers, self._parts = {}, []
        self._whole = self._second = False

    def _announced(self) -> bool:
        return "content-length" in self._headers or "transfer-encoding" in self._headers

    def _tell(self) -> None:
        self.since = time.monotonic()
        try:
            data = None if self._size > LARGEST_REPLY else self._unwrapped(b"".join(self._parts))
        except zlib.error:
            self._fail(EOFError("no gzip"))
        else:
            if self._told and not self._told.done():
                self._told.set_result(Got(self._status, self._headers, data))
        if not self.lasts:
            self.close()

    def _unwrapped(self, data: bytes) -> bytes | None:
        """Without compression, which some servers use unasked."""
        if self._headers.get("content-encoding", "").lower() not in ("gzip", "deflate"):
            return data
        plain = zlib.decompressobj(_ANY_WRAPPER).decompress(data, LARGEST_REPLY + 1)
        return plain if len(plain) <= LARGEST_REPLY else None

    def _fail(self, error: Exception) -> None:
        if self._told and not self._told.done():
            self._told.set_exception(error)
