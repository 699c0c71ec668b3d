"""Starting the review page on this machine, and nowhere else."""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from facelm._io import say
from facelm.errors import InputError

HOST = "127.0.0.1"


def review(
    corpus: Path | str,
    *,
    reviewer: str = "reviewer",
    sample: int | None = None,
    port: int = 0,
    browser: bool = True,
    seed: int = 0,
    ready: Callable[[dict[str, Any]], None] = lambda _: None,
) -> dict[str, Any]:
    """Open a page to accept, correct or reject a corpus's answers, until it is interrupted.

    Every decision is on the disk before the page says so, in the corpus's folder, in
    `reviews/NAME.jsonl`.

    Args:
        corpus: the corpus's folder.
        reviewer: a short name under which the decisions are kept.
        sample: go through so many conversations, drawn by the seed; None through all. The same
            seed draws the same for every reviewer.
        port: TCP port on 127.0.0.1; 0 takes a free one.
        browser: open it in a browser.
        seed: another seed draws others.
        ready: told `corpus`, `url`, `reviewer`, `conversations` and `reviewed` when it listens.

    Returns:
        `corpus`, `reviewer`, `conversations`, `reviewed` (of them, in all sittings), `new`
        (decisions of this sitting).

    Raises:
        InputError: no such corpus, it is not finished or empty, the name cannot be used or is in
            use, or the port is taken.
        FacelmError: the corpus's folder cannot be written.
    """
    from facelm.corpus._copy import finished
    from facelm.corpus.history import Book
    from facelm.review.app import create_app
    from facelm.review.deck import Deck

    opened = finished(corpus)
    with Book(opened.path, reviewer) as book, _bound(port) as listening:
        deck = Deck(opened, book, sample, seed)
        where, token = listening.getsockname()[1], secrets.token_urlsafe(24)
        url = f"http://{HOST}:{where}/{token}/"
        about = {"corpus": str(corpus), "reviewer": reviewer}
        # Made before anybody is told: a Ctrl-C in the midst of an import can go unheard.
        server = _server(create_app(deck, token, where))
        # From the first word on, for whoever reads it can press Ctrl-C before the server runs.
        with _ended_by_ctrl_c(server):
            ready({**about, "url": url, **deck.progress()})
            say(f"Reviewing {corpus} as {reviewer}: {url} (Ctrl-C ends it).")
            if browser:
                _open_browser(url)
            server.run(sockets=[listening])
        return {**about, **deck.progress(), "new": book.written}


@contextlib.contextmanager
def _ended_by_ctrl_c(server: Any) -> Iterator[None]:
    """Let Ctrl-C set the server's mark; as an exception it is lost in a finaliser or an import."""
    if threading.current_thread() is not threading.main_thread():  # who cannot be interrupted
        yield
        return
    before = signal.signal(signal.SIGINT, server.handle_exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _server(app: Any) -> Any:
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False,
            timeout_graceful_shutdown=3,
        )
    )  # fmt: skip


def _bound(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise InputError(
            f"The page cannot be on {HOST} port {port} ({error}): choose another --port."
        ) from error


def _open_browser(url: str) -> None:
    """Open a window of a browser; one that runs inside the terminal is left alone."""
    with contextlib.suppress(webbrowser.Error):
        found = webbrowser.get()
        inside = isinstance(found, webbrowser.GenericBrowser) and not isinstance(
            found, webbrowser.BackgroundBrowser
        )
        if not inside:
            found.open(url)
