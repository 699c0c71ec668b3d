"""The server: OpenAI's chat completions with pictures or a video, for one model, here."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from PIL import Image

from facelm.errors import choose
from facelm.faces import MeshFinder
from facelm.serve._chat import Prepare, PrepareClip
from facelm.serve._desk import Desk
from facelm.serve._errors import BROKE_OFF, add_errors, error_reply
from facelm.serve._guard import Guard
from facelm.serve._run import KEY_VARIABLE
from facelm.serve._schema import ChatRequest
from facelm.serve.courtesy import SENSITIVE, Sensitive
from facelm.serve.faces import Finder, face_in_video, one_face
from facelm.types import Model

MAX_CLIP_PIXELS = 6_000_000_000
"""Of all frames of a video: two minutes of full HD at 24 a second."""
_HEADERS = {"x-facelm-decoding": "greedy", "cache-control": "no-store"}


def create_app(
    model: Model,
    sensitive: Sensitive = "hedge",
    prepare: Prepare | None = None,
    prepare_clip: PrepareClip | None = None,
) -> FastAPI:
    """Build the application around a loaded model.

    The key, if one is wanted, is read from the environment variable FACELM_API_KEY now.

    Args:
        model: answers; called from one thread, one request at a time.
        sensitive: see `facelm.serve.courteous`.
        prepare: cuts the face out of an opened picture; None uses the face mesh. Called from
            one thread.
        prepare_clip: makes a video's bytes the frames that are shown; None takes eight and cuts
            the face out of them. Called from the same thread.

    Raises:
        InputError: `sensitive` is not one of the three.
    """
    choose("way with sensitive questions", sensitive, SENSITIVE)
    finder = cache(MeshFinder)  # half a second: at the first picture, on the pictures' thread
    cut, cut_clip = prepare or _face_cutter(finder), prepare_clip or _clip_cutter(finder)
    desk = Desk(model, sensitive, cut, cut_clip)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    # FastAPI's own documentation pages load scripts from elsewhere: off.
    app = FastAPI(title="facelm", lifespan=lifespan, openapi_url=None)
    app.add_middleware(Guard, key=os.environ.get(KEY_VARIABLE) or None)
    add_errors(app)
    _add_routes(app, desk)
    return app


def _face_cutter(finder: Callable[[], Finder]) -> Prepare:
    def prepare(picture: Image.Image) -> Image.Image:
        return one_face(picture, finder())

    return prepare


def _clip_cutter(finder: Callable[[], Finder]) -> PrepareClip:
    def prepare(video: bytes) -> list[Image.Image]:
        return face_in_video(video, finder(), most_pixels=MAX_CLIP_PIXELS)

    return prepare


# ---------------------------------------------------------------- routes


def _add_routes(app: FastAPI, desk: Desk) -> None:
    page, policy = _page()
    started = int(time.time())

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return HTMLResponse(page, headers={"content-security-policy": policy})

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        row = {"id": desk.model.name, "object": "model", "created": started, "owned_by": "facelm"}
        return {"object": "list", "data": [row]}

    @app.post("/v1/chat/completions")
    async def chat(request: ChatRequest, client: Request) -> Response:
        messages = await desk.read(request)
        if request.stream:
            events = _events(desk, request, messages)
            return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)
        text = await desk.answer(request, messages, client)
        choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return JSONResponse(_reply(desk, "chat.completion", choice), headers=_HEADERS)


async def _events(
    desk: Desk, request: ChatRequest, messages: list[dict[str, Any]]
) -> AsyncIterator[str]:
    """Server-sent events, one chunk a sentence, as OpenAI's clients read them."""
    chunk = _reply(desk, "chat.completion.chunk", {})

    def event(delta: dict[str, str], finish: str | None = None) -> str:
        chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"

    yield event({"role": "assistant", "content": ""})
    try:
        async for text in desk.pieces(request, messages):
            yield event({"content": text})
    except Exception:  # the status line is long sent: the reason has to travel in the stream
        body = bytes(error_reply(500, BROKE_OFF).body).decode()
        yield f"data: {body}\n\n"
        raise
    yield event({}, "stop")
    yield "data: [DONE]\n\n"


def _reply(desk: Desk, kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": desk.model.name,
        "choices": [{"index": 0, **choice}],
    }


def _page() -> tuple[str, str]:
    """The page, and a policy that lets it run its own script and talk to this server only."""
    page = files("facelm.serve").joinpath("page.html").read_text("utf-8")
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return page, (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    )
