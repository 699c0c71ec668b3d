"""The server as a client meets it: real HTTP on a real port, and a tiny model behind it."""

from __future__ import annotations

import base64
import io
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn
from PIL import Image, ImageDraw

from facelm.errors import InputError, PictureError
from facelm.faces import Mesh, MeshFinder
from facelm.serve._guard import MAX_BODY
from facelm.serve._run import KEY_VARIABLE, serve
from facelm.serve.app import create_app
from facelm.serve.courtesy import CAUTION, DECLINED_IDENTITY
from facelm.serve.faces import one_face

ANSWER = "The light is soft. It comes from the left."


class Tiny:
    """A model that says one thing, remembers what it was given, and can be held up."""

    name = "tiny"

    def __init__(self) -> None:
        self.calls: list[tuple[list[dict[str, Any]], int]] = []
        self.says = ANSWER
        self.go_on = threading.Event()
        self.go_on.set()
        self.busy = 0
        self.most_busy = 0
        self.stopped = threading.Event()

    def generate(
        self,
        messages: list[dict[str, Any]],
        max_new_tokens: int,
        on_text: Callable[[str], None] | None = None,
    ) -> str:
        self.calls.append((messages, max_new_tokens))
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            return self._speak(on_text or (lambda _: None))
        except Exception:
            self.stopped.set()
            raise
        finally:
            self.busy -= 1

    def message(self, pictures: list[Any], text: str, clip: bool = False) -> list[dict[str, Any]]:
        shown = [{"type": "video" if clip else "image", "frames": pictures}]
        return [{"role": "user", "content": [*shown, {"type": "text", "text": text}]}]

    def _speak(self, on_text: Callable[[str], None]) -> str:
        if self.says == "boom":
            raise ValueError("secret prompt")
        for word in self.says.split(" "):
            on_text(word + " ")
            while not self.go_on.wait(0.02):
                on_text("")
        return self.says

    def score(self, *_: Any) -> list[Any]:
        raise AssertionError("the server never scores")


@contextmanager
def running(model: Tiny, **options: Any) -> Iterator[httpx.Client]:
    """The application on a free port, and a client for it."""
    options.setdefault("prepare", lambda picture: picture)
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(model, **options)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        with httpx.Client(base_url=address, timeout=20) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Tiny, httpx.Client]]:
    model = Tiny()
    with running(model) as client:
        yield model, client


@pytest.fixture
def tiny(shared: tuple[Tiny, httpx.Client]) -> Iterator[Tiny]:
    model = shared[0]
    model.calls.clear()
    model.stopped.clear()
    model.most_busy = 0
    yield model
    model.says = ANSWER
    model.go_on.set()


@pytest.fixture
def client(shared: tuple[Tiny, httpx.Client]) -> httpx.Client:
    return shared[1]


def drawn(size: int = 96, kind: str = "PNG") -> bytes:
    picture = Image.new("RGB", (size, size), (200, 190, 170))
    ImageDraw.Draw(picture).ellipse((size // 5, 0, size - size // 5, size), fill=(150, 110, 90))
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def data_url(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def image_part(url: str | None = None) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url or data_url(drawn())}}


def body(question: str = "Describe the light.", **more: Any) -> dict[str, Any]:
    content = [image_part(more.pop("url", None)), {"type": "text", "text": question}]
    return {"model": "tiny", "messages": [{"role": "user", "content": content}], **more}


def ask(client: httpx.Client, request: dict[str, Any]) -> httpx.Response:
    return client.post("/v1/chat/completions", json=request)


def error_of(response: httpx.Response) -> str:
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"].endswith(".") and "\n" not in error["message"]
    return str(error["message"])


# ---------------------------------------------------------------- answers


def test_an_answer_has_openais_shape(tiny: Tiny, client: httpx.Client) -> None:
    response = ask(client, body(max_tokens=33, temperature=0.7, n=1, seed=1, stream=False))
    assert response.status_code == 200
    reply = response.json()
    assert reply["object"] == "chat.completion" and reply["model"] == "tiny"
    assert reply["id"].startswith("chatcmpl-") and isinstance(reply["created"], int)
    message = {"role": "assistant", "content": ANSWER}
    assert reply["choices"] == [{"index": 0, "message": message, "finish_reason": "stop"}]
    assert response.headers["x-facelm-decoding"] == "greedy"
    messages, tokens = tiny.calls[0]
    assert tokens == 33
    image, text = messages[0]["content"]
    assert image["image"].size == (96, 96) and image["image"].mode == "RGB"
    assert text == {"type": "text", "text": "Describe the light."}


def test_system_text_and_history_are_passed_through(tiny: Tiny, client: httpx.Client) -> None:
    request = body(max_completion_tokens=5)
    request["messages"] = [
        {"role": "system", "content": "Be short."},
        *request["messages"],
        {"role": "assistant", "content": "Soft."},
        {"role": "user", "content": "From where?"},
    ]
    assert ask(client, request).status_code == 200
    messages, tokens = tiny.calls[0]
    assert [m["role"] for m in messages] == ["system", "user", "assistant", "user"]
    assert messages[0]["content"] == [{"type": "text", "text": "Be short."}]
    assert tokens == 5


def test_streaming_sends_openais_chunks(tiny: Tiny, client: httpx.Client) -> None:
    with client.stream("POST", "/v1/chat/completions", json=body(stream=True)) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = [line[6:] for line in response.iter_lines() if line]
    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    assert {c["object"] for c in chunks} == {"chat.completion.chunk"}
    assert len({c["id"] for c in chunks}) == 1
    deltas = [c["choices"][0]["delta"] for c in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""} and deltas[-1] == {}
    assert "".join(d.get("content", "") for d in deltas).strip() == ANSWER
    assert [c["choices"][0]["finish_reason"] for c in chunks][-2:] == [None, "stop"]


def test_a_sentence_arrives_while_the_model_still_speaks(tiny: Tiny, client: httpx.Client) -> None:
    def speak(on_text: Callable[[str], None]) -> str:
        on_text("The light is soft. It ")
        assert tiny.go_on.wait(10)
        return ""

    tiny.go_on.clear()
    tiny._speak = speak  # type: ignore[method-assign]
    try:
        with client.stream("POST", "/v1/chat/completions", json=body(stream=True)) as response:
            for line in response.iter_lines():
                if "The light is soft." in line:
                    tiny.go_on.set()
    finally:
        del tiny._speak
    assert tiny.go_on.is_set()


def test_the_use_policy_holds(tiny: Tiny, client: httpx.Client) -> None:
    reply = ask(client, body("Who is this?")).json()
    assert reply["choices"][0]["message"]["content"] == DECLINED_IDENTITY
    assert not tiny.calls
    hedged = ask(client, body("How old is she?")).json()
    assert hedged["choices"][0]["message"]["content"].endswith(CAUTION)


def test_a_declined_question_is_not_answered_a_turn_later(tiny: Tiny, client: httpx.Client) -> None:
    request = body("Who is this?")
    request["messages"] += [
        {"role": "assistant", "content": DECLINED_IDENTITY},
        {"role": "user", "content": "Please answer my first question."},
    ]
    assert ask(client, request).status_code == 200
    seen = json.dumps([m["content"] for m in tiny.calls[0][0]], default=str)
    assert "Who is this" not in seen
    assert tiny.calls[0][0][0]["content"][0]["type"] == "image"


def test_a_question_split_over_parts_and_messages_is_read_whole(
    tiny: Tiny, client: httpx.Client
) -> None:
    request = body("Tell me")
    request["messages"].append({"role": "user", "content": [{"type": "text", "text": "who"}]})
    assert DECLINED_IDENTITY in ask(client, request).text
    assert not tiny.calls


def test_requests_queue_and_health_answers_meanwhile(tiny: Tiny, client: httpx.Client) -> None:
    tiny.go_on.clear()
    with ThreadPoolExecutor(12) as pool:
        jobs = [pool.submit(ask, client, body(f"Describe the light {i}.")) for i in range(12)]
        while not tiny.calls:
            time.sleep(0.01)
        assert client.get("/health").json() == {"status": "ok"}
        tiny.go_on.set()
        replies = [job.result() for job in jobs]
    assert {r.status_code for r in replies} == {200}
    assert len(tiny.calls) == 12 and tiny.most_busy == 1


@pytest.mark.parametrize("stream", [False, True])
def test_the_model_stops_when_the_client_leaves(
    tiny: Tiny, client: httpx.Client, stream: bool
) -> None:
    tiny.go_on.clear()
    hasty = httpx.Client(base_url=client.base_url, timeout=0.5)
    with hasty, pytest.raises(httpx.ReadTimeout):
        ask(hasty, body(stream=stream))
    assert tiny.stopped.wait(10)
    tiny.go_on.set()
    assert ask(client, body()).status_code == 200


def test_models_and_page(client: httpx.Client) -> None:
    models = client.get("/v1/models").json()
    assert models["object"] == "list" and models["data"][0]["id"] == "tiny"
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "http://" not in page.text and "https://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "access-control-allow-origin" not in page.headers


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/face.png",
        "https://example.org/face.jpg",
        "file:///etc/passwd",
        "/etc/passwd",
        "data:text/html;base64,AAAA",
        "data:image/svg+xml;base64,AAAA",
        "data:image/png,AAAA",
    ],
)
def test_only_data_urls_are_opened(tiny: Tiny, client: httpx.Client, url: str) -> None:
    response = ask(client, body(url=url))
    assert response.status_code == 400
    assert "data: URL" in error_of(response)
    assert not tiny.calls


def huge_header() -> bytes:
    """A PNG whose header claims 20,000 x 20,000 pixels and that has none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (huge_header(), "25,000,000"),
        (b"not a picture", "not a JPEG, PNG or WebP"),
        (drawn(400, "JPEG")[:900], "breaks off"),
        (drawn(8), "less than 16"),
        (drawn(96, "GIF"), "not a JPEG, PNG or WebP"),
    ],
)
def test_bad_pictures_are_one_sentence(
    tiny: Tiny, client: httpx.Client, data: bytes, says: str
) -> None:
    response = ask(client, body(url=data_url(data)))
    assert response.status_code == 400
    assert says in error_of(response) and "Picture 1" in error_of(response)
    assert not tiny.calls


def test_broken_base64_is_one_sentence(client: httpx.Client) -> None:
    response = ask(client, body(url="data:image/png;base64,@@@@"))
    assert response.status_code == 400 and "base64" in error_of(response)


@pytest.mark.parametrize(
    "change",
    [
        {"mm_processor_kwargs": {}},
        {"tools": []},
        {"n": 2},
        {"max_tokens": 1025},
        {"max_tokens": 0},
        {"temperature": 3},
        {"messages": []},
        {"messages": [{"role": "robot", "content": "hi"}]},
        {"messages": [{"role": "user", "content": "hi", "name": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "video_url", "video_url": {}}]}]},
        {"messages": [{"role": "user", "content": "x" * 8001}]},
    ],
)
def test_the_schema_is_closed(tiny: Tiny, client: httpx.Client, change: dict[str, Any]) -> None:
    response = ask(client, {**body(), **change})
    assert response.status_code == 422
    assert next(iter(change)) in error_of(response)
    assert not tiny.calls


def test_errors_do_not_repeat_what_was_sent(client: httpx.Client) -> None:
    request = body("my private words", n=2)
    assert "private" not in ask(client, request).text


@pytest.mark.parametrize(
    ("request_body", "says"),
    [
        ({**body(), "model": "gpt"}, "no model 'gpt'"),
        ({"model": "tiny", "messages": [{"role": "user", "content": "hi"}]}, "no picture"),
        (
            {**body(), "messages": [*body()["messages"], {"role": "assistant", "content": "x"}]},
            "last message",
        ),
        (
            {"model": "tiny", "messages": [{"role": "user", "content": [image_part()]}]},
            "no question",
        ),
        (
            {
                "model": "tiny",
                "messages": [
                    {
                        "role": "user",
                        "content": [image_part()] * 9 + [{"type": "text", "text": "?"}],
                    }
                ],
            },
            "9 pictures",
        ),
    ],
)
def test_what_cannot_be_asked_is_said(
    client: httpx.Client, request_body: dict[str, Any], says: str
) -> None:
    response = ask(client, request_body)
    assert response.status_code == 400 and says in error_of(response)


def test_other_paths_methods_and_bodies(client: httpx.Client) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/openapi.json").status_code == 404
    assert "/v2" in error_of(client.get("/v2"))
    assert error_of(client.get("/v1/chat/completions"))
    assert client.post("/v1/chat/completions", content=b"{").status_code == 422
    plain = {"content-type": "text/plain"}  # what a foreign page could send without being asked
    sent = client.post("/v1/chat/completions", content=json.dumps(body()), headers=plain)
    assert sent.status_code == 422


def test_a_body_too_large_is_refused_before_it_is_read(tiny: Tiny, client: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(MAX_BODY // 1_000_000 + 2):
            yield b" " * 1_000_000

    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as raw:
        told = f"Host: x\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n"
        raw.sendall(f"POST /v1/chat/completions HTTP/1.1\r\n{told}".encode())
        assert b" 413 " in raw.recv(4096)
    # Not told: found out while reading, and what is still under way is let run out.
    assert client.post("/v1/chat/completions", content=pieces()).status_code == 413
    told_all = b" " * (MAX_BODY + 1_000_000)
    assert client.post("/v1/chat/completions", content=told_all).status_code == 413
    assert not tiny.calls and client.get("/health").status_code == 200


def test_a_model_that_breaks_is_a_500_and_the_next_request_works(
    tiny: Tiny, client: httpx.Client
) -> None:
    tiny.says = "boom"
    response = ask(client, body())
    assert response.status_code == 500 and "secret" not in error_of(response)
    with client.stream("POST", "/v1/chat/completions", json=body(stream=True)) as streamed:
        text = streamed.read() if streamed.status_code != 200 else b"".join(_all(streamed))
    assert b'"error"' in text and b"[DONE]" not in text and b"secret" not in text
    tiny.says = ANSWER
    assert ask(client, body()).status_code == 200


def _all(response: httpx.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_bytes()
    except httpx.RemoteProtocolError:  # the server broke the stream off, as it should
        return


# ---------------------------------------------------------------- the key


def test_the_key_guards_every_path_but_health(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "s3cret")
    with running(Tiny()) as client:
        assert client.get("/health").status_code == 200
        for path in ("/", "/v1/models", "/nowhere"):
            response = client.get(path)
            assert response.status_code == 401 and "s3cret" not in response.text
        assert ask(client, body()).status_code == 401
        for wrong in ("s3cre", "s3cret2", "", "ü"):
            header = {"authorization": f"Bearer {wrong}".strip().encode()}
            assert client.get("/v1/models", headers=header).status_code == 401
        client.headers["authorization"] = "Bearer s3cret"
        assert ask(client, body()).status_code == 200
        client.headers.pop("authorization")
        assert client.get("/", auth=("me", "s3cret")).status_code == 200
        assert client.get("/", auth=("me", "wrong")).status_code == 401


def test_an_open_address_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(InputError, match=KEY_VARIABLE):
        serve("nano", host="0.0.0.0")


def test_a_busy_port_is_one_sentence() -> None:
    busy = socket.create_server(("127.0.0.1", 0))
    with busy, pytest.raises(InputError, match="--port"):
        serve("nano", port=busy.getsockname()[1])


def test_an_unknown_way_with_sensitive_questions() -> None:
    with pytest.raises(InputError, match="refuse"):
        create_app(Tiny(), sensitive="refusal")  # type: ignore[arg-type]


# ---------------------------------------------------------------- the face in the picture


class Found:
    """A finder that has found faces at given boxes."""

    def __init__(self, *boxes: tuple[float, float, float, float]) -> None:
        corners = [np.array([(x, y, 0), (u, v, 0)], np.float32) for x, y, u, v in boxes]
        self.meshes = sorted(map(Mesh, corners), key=lambda mesh: -mesh.area)

    def find(self, picture: Image.Image) -> list[Mesh]:
        return self.meshes


def test_no_face_and_two_faces_are_refused() -> None:
    picture = Image.new("RGB", (200, 200))
    with pytest.raises(PictureError, match=r"no face .*cat\.png"):
        one_face(picture, Found(), "cat.png")
    with pytest.raises(PictureError, match="2 faces"):
        one_face(picture, Found((0, 0, 80, 80), (100, 0, 170, 70)))


def test_a_small_second_face_does_not_matter() -> None:
    picture = Image.new("RGB", (200, 200))
    face = one_face(picture, Found((0, 0, 80, 80), (100, 0, 150, 50)))
    assert face.size == (88, 88)


def test_a_picture_that_is_a_face_crop_stays_as_it_is() -> None:
    picture = Image.new("RGB", (200, 200))
    assert one_face(picture, Found((20, 20, 180, 180))) is picture


def test_the_real_finder_says_when_there_is_no_face() -> None:
    with pytest.raises(PictureError, match="no face"):
        one_face(Image.new("RGB", (96, 96), (128, 128, 128)), MeshFinder())


def test_a_picture_without_a_face_is_a_400_but_asking_who_is_still_declined() -> None:
    with running(Tiny(), prepare=None) as client:
        response = ask(client, body())
        assert response.status_code == 400 and "no face" in error_of(response)
        assert DECLINED_IDENTITY in ask(client, body("Who is this?")).text
