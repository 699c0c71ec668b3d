"""One model, many people: requests queue before it, and those who left are not served."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.requests import Request

from facelm.serve._chat import Eyes, Prepare, PrepareClip, chat_messages, check, question_of
from facelm.serve._schema import ChatRequest
from facelm.serve.courtesy import Sensitive, Sink, courteous_stream, declines
from facelm.types import Model

_LOOK_UP_SECONDS = 0.5


class _GoneError(Exception):
    """Nobody waits for this answer any more."""


class Desk:
    """Reads pictures on one thread and asks the model on another, one request at a time each."""

    def __init__(
        self, model: Model, sensitive: Sensitive, prepare: Prepare, prepare_clip: PrepareClip
    ) -> None:
        """Take a loaded model; `prepare` and `prepare_clip` need not be thread-safe."""
        self.model = model
        self._sensitive, self._prepare, self._prepare_clip = sensitive, prepare, prepare_clip
        self._eyes = ThreadPoolExecutor(1, "facelm-pictures")
        self._voice = ThreadPoolExecutor(1, "facelm-model")
        self._closing = threading.Event()

    def close(self) -> None:
        """Stop a running answer at its next piece, and forget those that wait."""
        self._closing.set()
        self._eyes.shutdown(wait=False, cancel_futures=True)
        self._voice.shutdown(wait=False, cancel_futures=True)

    async def read(self, request: ChatRequest) -> list[dict[str, Any]]:
        """Check a request and open its pictures.

        Raises:
            InputError: the request cannot be answered.
            PictureError: a picture or video cannot be used.
        """
        check(request, self.model.name)
        return await asyncio.get_running_loop().run_in_executor(self._eyes, self._read, request)

    def _read(self, request: ChatRequest) -> list[dict[str, Any]]:
        if declines(question_of(request), self._sensitive):
            return chat_messages(request, Eyes(lambda picture: picture, lambda _: [], self.model))
        return chat_messages(request, Eyes(self._prepare, self._prepare_clip, self.model))

    async def answer(
        self, request: ChatRequest, messages: list[dict[str, Any]], client: Request
    ) -> str:
        """The whole answer; the model is stopped when the client goes away."""
        gone = threading.Event()
        job = self._begin(request, messages, gone, lambda _: None)
        while not (await asyncio.wait([job], timeout=_LOOK_UP_SECONDS))[0]:
            if await client.is_disconnected():
                gone.set()
        with contextlib.suppress(_GoneError):
            return await job
        return ""

    async def pieces(
        self, request: ChatRequest, messages: list[dict[str, Any]]
    ) -> AsyncIterator[str]:
        """The answer sentence by sentence; closing the iterator stops the model."""
        gone = threading.Event()
        said: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(text: str) -> None:
            loop.call_soon_threadsafe(said.put_nowait, text)

        job = self._begin(request, messages, gone, put)
        job.add_done_callback(lambda _: said.put_nowait(None))
        try:
            while (text := await said.get()) is not None:
                yield text
            await job
        finally:
            gone.set()

    def _begin(
        self,
        request: ChatRequest,
        messages: list[dict[str, Any]],
        gone: threading.Event,
        on_text: Sink,
    ) -> asyncio.Future[str]:
        def ask(_: str, feed: Sink) -> str:
            def hear(piece: str) -> None:
                if gone.is_set() or self._closing.is_set():
                    raise _GoneError
                feed(piece)

            hear("")  # gone while waiting
            return self.model.generate(messages, request.tokens, hear)

        job = asyncio.get_running_loop().run_in_executor(
            self._voice, courteous_stream, question_of(request), ask, on_text, self._sensitive
        )
        job.add_done_callback(lambda done: done.cancelled() or done.exception())  # seen, not lost
        return job
