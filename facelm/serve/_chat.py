"""From a request to what the model and the use policy need."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image

from facelm.errors import InputError, PictureError
from facelm.faces import open_picture
from facelm.serve._schema import ChatRequest, ImagePart, Message
from facelm.serve.courtesy import kind_of

MAX_PICTURES = 8
_DATA_URL = re.compile(r"data:image/(?:jpeg|jpg|png|webp);base64,", re.IGNORECASE)
_WITHHELD = "(A question that is not answered here.)"

Prepare = Callable[[Image.Image], Image.Image]


def check(request: ChatRequest, model_name: str) -> None:
    """Refuse what no model could answer, before a picture is decoded.

    Raises:
        InputError: another model, no question at the end, too many or no pictures.
    """
    if request.model != model_name:
        raise InputError(
            f"There is no model '{request.model[:80]}' here: this server has '{model_name}'."
        )
    if request.messages[-1].role != "user":
        raise InputError("The last message has to be the user's: put the question there.")
    if not question_of(request).strip():
        raise InputError("There is no question in the last message: add it as text.")
    pictures = [m.role for m in request.messages for part in m.parts if isinstance(part, ImagePart)]
    if not pictures:
        raise InputError("There is no picture in the messages: add one as an image_url part.")
    if len(pictures) > MAX_PICTURES:
        raise InputError(f"There are {len(pictures)} pictures, more than {MAX_PICTURES}.")
    if set(pictures) != {"user"}:
        raise InputError("Pictures belong into the user's messages: move them there.")


def question_of(request: ChatRequest) -> str:
    """What is being asked: the user's text since the model last spoke."""
    asked: list[str] = []
    for message in reversed(request.messages):
        if message.role == "assistant":
            break
        if message.role == "user":
            asked.insert(0, message.text)
    return "\n".join(asked)


def chat_messages(request: ChatRequest, prepare: Prepare) -> list[dict[str, Any]]:
    """The conversation in `transformers`' chat format, pictures opened and cut to the face.

    Earlier questions that were declined are withheld here too, or "answer my first question"
    would lead round the use policy.

    Raises:
        PictureError: a picture cannot be read, or does not show one face.
    """
    numbers = iter(range(1, MAX_PICTURES + 1))
    return [_message(message, prepare, numbers) for message in request.messages]


def _message(message: Message, prepare: Prepare, numbers: Iterator[int]) -> dict[str, Any]:
    declined = message.role == "user" and kind_of(message.text) in ("identity", "private")
    content: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, ImagePart):
            picture = prepare(_picture(part.image_url.url, f"Picture {next(numbers)}"))
            content.append({"type": "image", "image": picture})
        elif not declined:
            content.append({"type": "text", "text": part.text})
    if declined:
        content.append({"type": "text", "text": _WITHHELD})
    return {"role": "system" if message.role == "developer" else message.role, "content": content}


def _picture(url: str, name: str) -> Image.Image:
    """Only what stands in the request itself is opened: no address, no path."""
    match = _DATA_URL.match(url)
    if not match:
        raise PictureError(
            f"{name} is not given as a data: URL (JPEG, PNG or WebP in base64): addresses and "
            "file paths are never opened by the server."
        )
    try:
        data = base64.b64decode(url[match.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError(f"{name} is not whole base64: encode the file again.") from error
    return open_picture(data, name)
