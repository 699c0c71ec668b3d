"""The way through a proxy, for those whose machines have no other: by aiohttp."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from facelm.teach.engine.line import LARGEST_REPLY, Got

if TYPE_CHECKING:
    import aiohttp


def proxied(url: str) -> bool:
    """Whether the environment names a proxy for an address."""
    parts = urlsplit(url)
    return parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")


async def post(session: aiohttp.ClientSession, url: str, body: bytes) -> Got:
    """What `Lines.post` does, through the session's proxy.

    Raises:
        OSError: there is no connection, or it broke.
        EOFError: anything else is amiss with what comes.
    """
    import aiohttp

    try:
        async with session.post(url, data=body, allow_redirects=False) as response:
            return Got(response.status, response.headers, await _read(response))
    except aiohttp.ClientError as error:
        raise EOFError(type(error).__name__) from error


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """The body; None where it is larger than any answer."""
    if (response.content_length or 0) > LARGEST_REPLY:
        response.close()
        return None
    found = bytearray()
    async for piece in response.content.iter_any():
        found += piece
        if len(found) > LARGEST_REPLY:
            response.close()
            return None
    return bytes(found)
