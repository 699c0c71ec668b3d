"""What stands before every route: the key, and a limit on what a request may carry."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facelm.serve._errors import error_reply

MAX_BODY = 42_000_000
"""Bytes of a request: a picture or video of 30 MB in base64, and some text."""
BODIES_AT_ONCE = 8
"""Requests read into memory at the same time; others wait unread, without an error."""
BODY_SECONDS = 60.0
LINGER_SECONDS = 5.0
LINGER_BYTES = 2 * MAX_BODY
"""How long, and how much, a refused client may go on sending before it is cut off."""


class Guard:
    """ASGI middleware: every path but /health needs the key, and bodies are bounded."""

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        """Wrap an application; `key` None lets everybody in."""
        self._app, self._key = app, key
        self._places = asyncio.Semaphore(BODIES_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] != "http" or scope["path"] == "/health":
            await self._app(scope, receive, send)
        elif self._key is not None and not _has_key(dict(scope["headers"]), self._key):
            await _no_key()(scope, receive, send)
        elif scope["method"] != "POST":
            await self._app(scope, receive, send)
        else:
            async with self._places:
                await self._bounded(scope, receive, send)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(receive, dict(scope["headers"]))
        except _TooLargeError:
            await _too_large()(scope, receive, _lingering(receive, send))
        except TimeoutError:
            await _too_slow()(scope, receive, send)
        else:
            if body is not None:
                await self._app(scope, _again(body, receive), send)


class _TooLargeError(Exception):
    pass


async def _read(receive: Receive, headers: dict[bytes, bytes]) -> bytes | None:
    """The whole body, None where the client went away."""
    told = headers.get(b"content-length", b"0")
    if not told.isdigit() or int(told) > MAX_BODY:
        raise _TooLargeError
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise _TooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Give the body once more, then listen to the client as before."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _lingering(receive: Receive, send: Send) -> Send:
    """Send a reply at once, but read on for a while before its connection closes.

    A connection closed on unread bytes is reset, and many clients then lose the reply.
    """

    async def sending(message: Message) -> None:
        if message["type"] != "http.response.body":
            return await send(message)
        await send({**message, "more_body": True})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                await _drain(receive)
        return await send({"type": "http.response.body", "body": b""})

    return sending


async def _drain(receive: Receive) -> None:
    read, more = 0, True
    while more and read < LINGER_BYTES:
        message = await receive()
        read += len(message.get("body", b""))
        more = message.get("more_body", False)


def _has_key(headers: dict[bytes, bytes], key: str) -> bool:
    """Bearer as OpenAI's clients send it; Basic (any user name) as a browser asks for it."""
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"basic":
        try:
            given = base64.b64decode(given, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return False
    elif scheme.lower() != b"bearer":
        return False
    return hmac.compare_digest(given.strip(), key.encode())


def _no_key() -> JSONResponse:
    message = "The key is missing or wrong: send it as 'Authorization: Bearer KEY'."
    return error_reply(401, message, {"www-authenticate": 'Bearer, Basic realm="facelm"'})


def _too_large() -> JSONResponse:
    message = f"The request is larger than {MAX_BODY:,} bytes: send a smaller picture or video."
    return error_reply(413, message, {"connection": "close"})


def _too_slow() -> JSONResponse:
    message = f"The request did not arrive within {BODY_SECONDS:g} seconds: send it again."
    return error_reply(408, message, {"connection": "close"})
