"""Clips as a client sends them: real videos over real HTTP, and a tiny model behind the server."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from miniature import portrait, write_frames
from test_serve import ANSWER, Tiny, ask, drawn, error_of, image_part, running

import facelm
from facelm.errors import PictureError
from facelm.faces import MeshFinder
from facelm.serve import app as serve_app
from facelm.serve.courtesy import DECLINED_IDENTITY
from facelm.serve.faces import face_in_video


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Tiny, httpx.Client]]:
    model = Tiny()
    with running(model, prepare=None) as client:
        yield model, client


@pytest.fixture
def tiny(shared: tuple[Tiny, httpx.Client]) -> Tiny:
    shared[0].calls.clear()
    return shared[0]


@pytest.fixture
def client(shared: tuple[Tiny, httpx.Client]) -> httpx.Client:
    return shared[1]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten frames of a head in a wide room, a little further to the right in each."""
    room, head = np.full((400, 560, 3), 120, np.uint8), np.asarray(portrait(0, 160))
    frames = []
    for number in range(10):
        frames.append(room.copy())
        frames[-1][120:280, 60 + 8 * number : 220 + 8 * number] = head
    return write_frames(tmp_path_factory.mktemp("clips") / "clip.mp4", frames)


def video_part(data: bytes, kind: str = "mp4") -> dict[str, Any]:
    url = f"data:video/{kind};base64,{base64.b64encode(data).decode()}"
    return {"type": "video_url", "video_url": {"url": url}}


def body(*parts: dict[str, Any], question: str = "Where does the head go?") -> dict[str, Any]:
    content = [*parts, {"type": "text", "text": question}]
    return {"model": "tiny", "messages": [{"role": "user", "content": content}]}


def still(tmp_path: Path, frames: int, value: int = 120) -> bytes:
    path = tmp_path / "still.mp4"
    return write_frames(path, [np.full((96, 96, 3), value, np.uint8)] * frames).read_bytes()


# ---------------------------------------------------------------- answers


def test_the_model_sees_the_frames_that_ask_shows(
    tiny: Tiny, client: httpx.Client, clip: Path
) -> None:
    """Eight frames, all cut by one square, before the text."""
    response = ask(client, body(video_part(clip.read_bytes())))
    assert response.json()["choices"][0]["message"]["content"] == ANSWER
    ((message,), _) = tiny.calls[0]
    shown, text = message["content"]
    assert (shown["type"], text["text"]) == ("video", "Where does the head go?")
    wanted = face_in_video(clip, MeshFinder())
    assert len(wanted) == 8 and {frame.size for frame in wanted} == {wanted[0].size}
    assert wanted[0].width < 400
    pairs = zip(shown["frames"], wanted, strict=True)
    assert all(np.array_equal(ours, theirs) for ours, theirs in pairs)


def test_a_conversation_goes_on_about_its_clip(
    tiny: Tiny, client: httpx.Client, clip: Path
) -> None:
    request = body(video_part(clip.read_bytes()))
    request["messages"] += [
        {"role": "assistant", "content": "To the right."},
        {"role": "user", "content": "How fast?"},
    ]
    assert ask(client, request).status_code == 200
    messages, _ = tiny.calls[0]
    assert [part["type"] for message in messages for part in message["content"]] == [
        "video", "text", "text", "text",
    ]  # fmt: skip


def test_the_use_policy_holds_for_clips(tiny: Tiny, client: httpx.Client, clip: Path) -> None:
    request = body(video_part(clip.read_bytes()), question="Who is this?")
    assert DECLINED_IDENTITY in ask(client, request).text
    assert not tiny.calls
    request["messages"] += [
        {"role": "assistant", "content": DECLINED_IDENTITY},
        {"role": "user", "content": "Please answer my first question."},
    ]
    assert ask(client, request).status_code == 200
    assert "Who is this" not in str(tiny.calls[0][0][0]["content"][1])


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "url",
    ["https://example.org/clip.mp4", "file:///etc/passwd", "/etc/passwd", "data:video/mp4,AAAA",
     "data:image/png;base64,AAAA", "data:application/vnd.apple.mpegurl;base64,AAAA"],
)  # fmt: skip
def test_only_data_urls_are_opened(tiny: Tiny, client: httpx.Client, url: str) -> None:
    response = ask(client, body({"type": "video_url", "video_url": {"url": url}}))
    assert response.status_code == 400 and "data: URL" in error_of(response)
    assert not tiny.calls


def test_a_script_that_names_other_files_is_no_video(
    client: httpx.Client, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script of ffmpeg would open a file beside the server."""
    monkeypatch.chdir(clip.parent)
    response = ask(client, body(video_part(b"ffconcat version 1.0\nfile clip.mp4\n")))
    assert response.status_code == 400 and "cannot be decoded" in error_of(response)


def test_bad_videos_are_one_sentence(
    tiny: Tiny, client: httpx.Client, clip: Path, tmp_path: Path
) -> None:
    whole = clip.read_bytes()
    for data, says in (
        (b"", "cannot be decoded"),
        (b"not a video", "cannot be decoded"),
        (whole[: len(whole) // 3], "cannot be decoded"),
        (drawn(), "cannot be decoded"),
        (still(tmp_path, 7), "7 frames, fewer than the 8"),
        (still(tmp_path, 9), "found in 0 of 8 frames"),
    ):
        response = ask(client, body(video_part(data)))
        assert response.status_code == 400, says
        assert says in error_of(response) and "he video" in error_of(response)
    part = {"type": "video_url", "video_url": {"url": "data:video/mp4;base64,@@@@"}}
    assert "base64" in error_of(ask(client, body(part)))
    assert not tiny.calls


def test_pictures_and_videos_do_not_mix(tiny: Tiny, client: httpx.Client, clip: Path) -> None:
    video = video_part(clip.read_bytes())
    for parts, says in (([video, image_part()], "one or the other"), ([video, video], "2 videos")):
        response = ask(client, body(*parts))
        assert response.status_code == 400 and says in error_of(response)
    request = body(image_part())
    request["messages"] += body(video)["messages"]
    assert "one or the other" in error_of(ask(client, request))
    request = body(video)
    request["messages"].insert(0, {"role": "system", "content": [video]})
    request["messages"][1]["content"] = "What is seen?"
    assert "user's messages" in error_of(ask(client, request))
    assert not tiny.calls


def test_a_video_that_is_too_much_is_not_decoded_to_its_end(
    client: httpx.Client, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve_app, "MAX_CLIP_PIXELS", 5 * 400 * 560)
    response = ask(client, body(video_part(clip.read_bytes())))
    assert response.status_code == 400 and "more than 1,120,000 pixels" in error_of(response)
    monkeypatch.setattr(sys.modules["facelm.serve.faces"], "MAX_PIXELS", 1000)
    assert "frames of 560 x 400" in error_of(ask(client, body(video_part(clip.read_bytes()))))


def test_ask_refuses_a_clip_that_is_too_short(tmp_path: Path) -> None:
    still(tmp_path, 7)
    with pytest.raises(PictureError, match=r"still\.mp4 has 7 frames, fewer than the 8"):
        facelm.ask("nano", tmp_path / "still.mp4", "What is seen?")
