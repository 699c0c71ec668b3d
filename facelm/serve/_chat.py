"""From a request to what the model and the use policy need."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from facelm.errors import InputError, PictureError
from facelm.faces import open_picture
from facelm.serve._schema import ChatRequest, ImagePart, Message, TextPart, VideoPart
from facelm.serve.courtesy import kind_of
from facelm.types import Model

MAX_PICTURES = 8
_PICTURE_URL = re.compile(r"data:image/(?:jpeg|jpg|png|webp);base64,", re.IGNORECASE)
_VIDEO_URL = re.compile(
    r"data:video/(?:mp4|quicktime|webm|x-matroska|matroska|x-msvideo|x-flv);base64,", re.IGNORECASE
)
_PICTURES, _VIDEOS = "JPEG, PNG or WebP", "MP4, MOV, WebM, MKV, AVI or FLV"
_WITHHELD = "(A question that is not answered here.)"

Prepare = Callable[[Image.Image], Image.Image]
PrepareClip = Callable[[bytes], list[Image.Image]]


@dataclass(frozen=True)
class Eyes:
    """How what a request shows becomes what the model sees."""

    picture: Prepare
    clip: PrepareClip
    """From a video's bytes to its frames."""
    model: Model
    """Knows how a clip's frames stand in a message."""


def check(request: ChatRequest, model_name: str) -> None:
    """Refuse what no model could answer, before a picture is decoded.

    Raises:
        InputError: another model, no question at the end, too many or no pictures, a video beside
            pictures or a second one.
    """
    if request.model != model_name:
        raise InputError(
            f"There is no model '{request.model[:80]}' here: this server has '{model_name}'."
        )
    if request.messages[-1].role != "user":
        raise InputError("The last message has to be the user's: put the question there.")
    if not question_of(request).strip():
        raise InputError("There is no question in the last message: add it as text.")
    _check_shown(_showing(request, ImagePart), _showing(request, VideoPart))


def _showing(request: ChatRequest, kind: type[ImagePart | VideoPart]) -> list[str]:
    """Whose messages the pictures, or the videos, are in."""
    return [m.role for m in request.messages for part in m.parts if isinstance(part, kind)]


def _check_shown(pictures: list[str], videos: list[str]) -> None:
    if not pictures and not videos:
        raise InputError(
            "There is no picture in the messages: add one as an image_url part, or a video as a "
            "video_url part."
        )
    if len(pictures) > MAX_PICTURES:
        raise InputError(f"There are {len(pictures)} pictures, more than {MAX_PICTURES}.")
    if pictures and videos:
        raise InputError("There are a video and pictures in the messages: show one or the other.")
    if len(videos) > 1:
        raise InputError(f"There are {len(videos)} videos in the messages: show one.")
    if {*pictures, *videos} != {"user"}:
        raise InputError("Pictures and videos belong into the user's messages: move them there.")


def question_of(request: ChatRequest) -> str:
    """What is being asked: the user's text since the model last spoke."""
    asked: list[str] = []
    for message in reversed(request.messages):
        if message.role == "assistant":
            break
        if message.role == "user":
            asked.insert(0, message.text)
    return "\n".join(asked)


def chat_messages(request: ChatRequest, eyes: Eyes) -> list[dict[str, Any]]:
    """The conversation in `transformers`' chat format, pictures opened and cut to the face.

    A video stands before its message's text, as it did in training.

    Earlier questions that were declined are withheld here too, or "answer my first question"
    would lead round the use policy.

    Raises:
        PictureError: a picture or video cannot be read, or does not show one face.
    """
    numbers = iter(range(1, MAX_PICTURES + 1))
    return [_message(message, eyes, numbers) for message in request.messages]


def _message(message: Message, eyes: Eyes, numbers: Iterator[int]) -> dict[str, Any]:
    declined = message.role == "user" and kind_of(message.text) in ("identity", "private")
    if message.video:
        frames = eyes.clip(_sent(message.video.video_url.url, _VIDEO_URL, _VIDEOS, "The video"))
        return eyes.model.message(frames, _WITHHELD if declined else message.text, True)[0]
    content: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, ImagePart):
            name = f"Picture {next(numbers)}"
            picture = open_picture(_sent(part.image_url.url, _PICTURE_URL, _PICTURES, name), name)
            content.append({"type": "image", "image": eyes.picture(picture)})
        elif isinstance(part, TextPart) and not declined:
            content.append({"type": "text", "text": part.text})
    if declined:
        content.append({"type": "text", "text": _WITHHELD})
    return {"role": "system" if message.role == "developer" else message.role, "content": content}


def _sent(url: str, form: re.Pattern[str], kinds: str, name: str) -> bytes:
    """Only what stands in the request itself is opened: no address, no path."""
    match = form.match(url)
    if not match:
        raise PictureError(
            f"{name} is not given as a data: URL ({kinds} in base64): addresses and file paths are "
            "never opened by the server."
        )
    try:
        return base64.b64decode(url[match.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError(f"{name} is not whole base64: encode the file again.") from error
