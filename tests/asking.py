"""What the tests of paid teachers have in common: cases, asks, scripted replies, a desk."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from endpoint import Endpoint
from PIL import Image

from facelm.teach import Means, Patience, Style, open_teacher
from facelm.teach.budget import Budget
from facelm.teach.engine.desk import PaidDesk
from facelm.teach.engine.ledger import Ledger
from facelm.teach.engine.pace import Pace
from facelm.teach.engine.purse import Purse
from facelm.teach.engine.request import Request, Sent
from facelm.teach.engine.wire import Wire
from facelm.teach.prices import Price
from facelm.types import Answer, Ask, Case, Evidence, Face, Labels

QUICK = Patience(
    timeout_s=10, attempts=5, first_wait_s=0.01, longest_wait_s=0.05, outage_s=0.5, quota_s=2
)
"""So that a test of an endpoint that stays down does not take minutes."""


@cache
def picture(kind: str = "JPEG", shade: int = 200) -> bytes:
    """A small plain picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), (shade, 120, 90)).save(buffer, kind)
    return buffer.getvalue()


def case(name: str = "a", image: bytes = b"", labels: Labels | None = None) -> Case:
    """One face, as a teacher is shown it."""
    image = image or picture()
    return Case(Face(name, image, labels or {}), (image,), Evidence())


def ask(category: str = "face pose", task: str = "Describe.", **more: Any) -> Ask:
    """One question."""
    return Ask(category, f"What of the {category}?", task, **more)


def request(text: str = "Describe.", **more: Any) -> Request:
    """One request about a small picture."""
    told = {"model": "m", "system": "Be brief.", "pictures": (Sent.of(picture()),), **more}
    return Request(text=text, **told)


def completion(text: Any, **choice: Any) -> dict[str, Any]:
    """A chat completion with these words."""
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 100, "completion_tokens": 10}
    return {"choices": [{"message": message, "finish_reason": "stop", **choice}], "usage": usage}


def says(*replies: Any, first: int = 1, **more: Any) -> dict[str, Any]:
    """A script whose n-th call gets the n-th reply: a text, a status, or a fault; then its own."""
    faults = [_fault(one) | {"call": number} for number, one in enumerate(replies, first)]
    return {"keep": True, "faults": faults, **more}


def _fault(reply: Any) -> dict[str, Any]:
    if isinstance(reply, str):
        return {"status": 200, "body": completion(reply)}
    return {"status": reply} if isinstance(reply, int) else reply


def answer(
    server: Endpoint, folder: Path, asks: list[Ask], one: Case | None = None,
    style: Style | None = None, **means: Any,
) -> list[Answer]:  # fmt: skip
    """What the `openai:m` teacher says about one face; its ledger is in the folder."""
    given = {"ledger": folder / "ledger.sqlite", "patience": QUICK, **means}

    async def run() -> list[Answer]:
        async with open_teacher("openai:m", server.url, 0, style, Means(**given)) as teacher:
            return await teacher.answer(one or case(), asks)

    return asyncio.run(run())


def wire(
    url: str, patience: Patience = QUICK, in_flight: int = 64, trust_proxies: bool = False
) -> Wire:
    """The way to an endpoint."""
    return Wire(
        url, None, Pace(in_flight), patience=patience, key_variable="OPENAI_API_KEY",
        trust_proxies=trust_proxies,
    )  # fmt: skip


@asynccontextmanager
async def desk(
    url: str, folder: Path, budget: Budget | None = None, price: Price | None = None,
    patience: Patience = QUICK, in_flight: int = 64,
) -> AsyncIterator[PaidDesk]:  # fmt: skip
    """A desk before an endpoint, with a ledger in the folder."""
    with Ledger(folder / "ledger.sqlite") as ledger:
        async with wire(url, patience, in_flight) as way:
            yield PaidDesk(way, ledger, Purse(budget or Budget(), price), "teacher")


def parts(call: dict[str, Any]) -> list[tuple[str, str]]:
    """What a recorded request holds, in order: role and text, or role and `picture`."""
    found = []
    for message in call["request"]["messages"]:
        content = message["content"]
        for part in [{"text": content}] if isinstance(content, str) else content:
            found.append((message["role"], part.get("text", "picture")))
    return found
