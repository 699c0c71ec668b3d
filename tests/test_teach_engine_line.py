"""The lines that calls go over, against a server that answers with whatever bytes it is told."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import ssl
import subprocess
from collections.abc import Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asking import wire

from facelm.errors import EndpointError
from facelm.teach.engine.line import LARGEST_REPLY, Got, Lines
from facelm.teach.engine.request import Request

BODY = b'{"said": "yes"}'
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\nX-Said: Twice\r\n\r\n" + BODY
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n" + BODY[:9]
CHUNKED += b"\r\n6\r\n" + BODY[9:] + b"\r\n0\r\n\r\n"


class Server:
    """Sends one scripted answer a request, closing where the script says so."""

    def __init__(self, answers: Iterable[tuple[bytes, bool]]) -> None:
        self.answers = iter(answers)
        self.requests: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while head := await _head(reader):
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self.requests.append(head + await reader.readexactly(length))
            answer, ends = next(self.answers)
            for piece in (answer[:30], answer[30:]):  # no reply comes in one piece
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)
            if ends:
                break
        writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


@asynccontextmanager
async def serving(*answers: tuple[bytes, bool], tls: ssl.SSLContext | None = None) -> Any:
    made = Server(answers)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    yield made, f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}/v1/chat"
    server.close()


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 20))  # type: ignore[arg-type]


def asked(*answers: tuple[bytes, bool]) -> tuple[list[Got | str], Server]:
    """What a post to each answer gave, or the name of its error, and the server."""
    found: list[Got | str] = []
    met: list[Server] = []

    async def work() -> None:
        async with serving(*answers) as (server, url):
            met.append(server)
            lines = Lines(url, {"Authorization": "Bearer k"})
            for _ in answers:
                try:
                    found.append(await lines.post(b"{}"))
                except (OSError, EOFError) as error:
                    found.append(type(error).__name__)
            lines.close()

    run(work)
    return found, met[0]


def test_a_connection_is_kept_and_every_reply_is_its_own() -> None:
    other = PLAIN.replace(b"yes", b"no!")
    found, server = asked((PLAIN, False), (CHUNKED, False), (other, False))
    assert [one.data for one in found if isinstance(one, Got)] == [BODY, BODY, b'{"said": "no!"}']
    assert isinstance(found[0], Got) and found[0].headers["x-said"] == "Twice"
    assert server.connections == 1
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/chat HTTP/1.1\r\nHost: localhost:") and body == b"{}"
    assert b"Authorization: Bearer k" in head


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n\r\n" + BODY,  # until the connection closes
        b"HTTP/1.0 200 OK\r\nContent-Length: 15\r\n\r\n" + BODY,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 15\r\n\r\n" + BODY,
    ],
)
def test_a_reply_that_closes_its_connection_is_whole(answer: bytes) -> None:
    found, server = asked((answer, True), (PLAIN, False))
    assert [one.data for one in found if isinstance(one, Got)] == [BODY, BODY]
    assert server.connections == 2


def test_what_comes_before_the_reply_is_passed_over() -> None:
    found, _ = asked((b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN, False))
    assert isinstance(found[0], Got) and (found[0].status, found[0].data) == (200, BODY)


def test_a_second_reply_that_nobody_asked_for_is_nobodys() -> None:
    second = PLAIN.replace(b"yes", b"no!")
    found, server = asked((PLAIN + second, False), (PLAIN, False))
    assert [one.data for one in found if isinstance(one, Got)] == [BODY, BODY]
    assert server.connections == 2


def test_compressed_replies_are_read_and_bombs_are_not() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    small, bomb = gzip.compress(BODY), gzip.compress(bytes(3 * LARGEST_REPLY))
    wrong = b"not gzip at all"
    found, _ = asked(*((head % len(one) + one, False) for one in (small, bomb, wrong)))
    assert isinstance(found[0], Got) and found[0].data == BODY
    assert isinstance(found[1], Got) and found[1].data is None
    assert found[2] == "EOFError"


def test_what_is_too_large_is_not_waited_for() -> None:
    told = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\nabc"
    untold = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    untold += b"%x\r\n%b\r\n" % (LARGEST_REPLY + 1, bytes(LARGEST_REPLY + 1))
    found, server = asked((told, False), (untold, False), (PLAIN, False))
    assert [one.data for one in found if isinstance(one, Got)] == [None, None, BODY]
    assert server.connections == 3


@pytest.mark.parametrize(
    "answer", [b"", PLAIN[:-4], CHUNKED[:-5], b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 2"]
)
def test_a_reply_that_is_none_is_an_error_and_the_next_is_not(answer: bytes) -> None:
    found, server = asked((answer, True), (PLAIN, False))
    assert found[0] in ("EOFError", "ConnectionResetError")
    assert isinstance(found[1], Got) and found[1].data == BODY
    assert server.connections == 2


def test_a_call_that_is_given_up_leaves_nothing_behind() -> None:
    async def work() -> None:
        async with serving((b"HTTP/1.1 200 OK\r\n", False), (PLAIN, False)) as (server, url):
            lines = Lines(url, {})
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await lines.post(b"{}")
            assert (await lines.post(b"{}")).data == BODY
            assert server.connections == 2
            lines.close()

    run(work)


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a certificate")
def test_a_certificate_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
         certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost"], check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)

    async def work() -> None:
        async with serving((PLAIN, False), tls=tls) as (_, url):
            with pytest.raises(ssl.SSLCertVerificationError):
                await Lines(url, {}).post(b"{}")
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            lines = Lines(url, {})
            assert (await lines.post(b"{}")).data == BODY
            lines.close()

    run(work)


def test_a_proxy_of_the_environment_is_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = b'{"error": {"message": "the proxy says no"}}'
    answer = b"HTTP/1.1 401 No\r\nContent-Length: %d\r\n\r\n%b" % (len(refusal), refusal)
    request = Request("m", "", (), "Which way?")

    async def work() -> None:
        async with serving((answer, False)) as (proxy, url):
            monkeypatch.setenv("http_proxy", url.removesuffix("/v1/chat"))
            async with wire("http://teacher.example/v1", trust_proxies=True) as through:
                with pytest.raises(EndpointError, match="the proxy says no"):
                    await through.send(request)
            assert b"POST http://teacher.example/v1/chat/completions" in proxy.requests[0]

    run(work)
