"""What does a call over our own line cost beside one by aiohttp?

    python benchmarks/line.py [--json] [--in-flight 256] [--repeats 5]

Both post the same body of 11 kB to the scripted endpoint of `tests/`, which answers after a second,
so many at a time and in turns, on the same kind of event loop. Printed is the processor time of
this process for each call, the median of the repeats, and how many times more aiohttp takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import statistics
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from endpoint import endpoint

from facelm.teach.engine import loop
from facelm.teach.engine.line import Lines

ROUNDS = 10
Post = Callable[[bytes], Awaitable[object]]


def body() -> bytes:
    """A request about a picture of 7 kB."""
    picture = {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64," + "A" * 9300}}
    content = [picture, {"type": "text", "text": "Which way is the face turned? " * 8}]
    system = {"role": "system", "content": "You describe faces. " * 75}
    return orjson.dumps({"model": "m", "messages": [system, {"role": "user", "content": content}]})


async def cost(post: Post, in_flight: int) -> float:
    """Milliseconds of a call."""

    async def lane(rounds: int) -> None:
        await asyncio.sleep(random.random())
        for _ in range(rounds):
            await post(body())
            loop.replied(1.0)

    await asyncio.gather(*(lane(1) for _ in range(in_flight)))  # connections are made
    began = resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.gather(*(lane(ROUNDS) for _ in range(in_flight)))
    ended = resource.getrusage(resource.RUSAGE_SELF)
    seconds = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
    return 1000 * seconds / (in_flight * ROUNDS)


async def by_line(url: str, in_flight: int) -> float:
    """Ours."""
    lines = Lines(f"{url}/chat/completions", {"Content-Type": "application/json"})
    try:
        return await cost(lines.post, in_flight)
    finally:
        lines.close()


async def by_aiohttp(url: str, in_flight: int) -> float:
    """The library's."""
    import aiohttp

    limits = aiohttp.ClientTimeout(total=None, sock_connect=15)
    jar = aiohttp.DummyCookieJar()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar, timeout=limits) as one:

        async def post(data: bytes) -> None:
            async with one.post(f"{url}/chat/completions", data=data) as response:
                await response.read()

        return await cost(post, in_flight)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--in-flight", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=5)
    told = parser.parse_args()
    found: dict[str, list[float]] = {"line": [], "aiohttp": []}
    with endpoint({"latency": 1.0}) as server:
        for _ in range(told.repeats):
            found["line"].append(loop.run(by_line(server.url, told.in_flight)))
            found["aiohttp"].append(loop.run(by_aiohttp(server.url, told.in_flight)))
    result = {f"{name}_ms": round(statistics.median(ms), 3) for name, ms in found.items()}
    result["ratio"] = round(result["aiohttp_ms"] / result["line_ms"], 2)
    print(json.dumps(result) if told.json else result)


if __name__ == "__main__":
    main()
