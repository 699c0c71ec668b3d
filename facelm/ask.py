"""`facelm ask`: one picture, one question, one answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from facelm._io import read_bytes
from facelm.errors import PictureError

if TYPE_CHECKING:
    from PIL.Image import Image

VIDEO_SUFFIXES = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".flv")
"""Files that are taken for videos."""


def ask(
    model: str,
    image: Path | str,
    question: str,
    *,
    max_tokens: int = 120,
    sensitive: Literal["refuse", "hedge", "answer"] = "hedge",
) -> str:
    """Answer a question about the face in a picture or a video.

    Args:
        model: see `facelm.models.load`.
        image: path of a JPEG, PNG or WebP picture with one face, or of a video
            (`VIDEO_SUFFIXES`), of which eight frames are shown.
        question: in words; naming or matching a person is declined.
        max_tokens: length limit of the answer.
        sensitive: `refuse`, `hedge` or `answer` for demographic and emotion questions.

    Raises:
        PictureError: the picture cannot be used, or does not show exactly one face.
        InputError: there is no such model or setting.
    """
    from facelm.serve.courtesy import courteous, declines

    if declined := declines(question, sensitive):
        return declined
    path = Path(image)
    clip = path.suffix.lower() in VIDEO_SUFFIXES
    shown = _frames(path) if clip else [_face(path)]

    def answer(text: str) -> str:
        from facelm.models import load_model

        asked = load_model(model)
        return asked.generate(asked.message(shown, text, clip), max_tokens)

    return courteous(question, answer, sensitive)


def _face(path: Path) -> Image:
    from facelm.faces import MeshFinder, open_picture
    from facelm.serve.faces import one_face

    picture = open_picture(read_bytes(path, "The picture"), str(path))
    return one_face(picture, MeshFinder(), str(path))


def _frames(path: Path) -> list[Image]:
    from facelm.faces import MeshFinder
    from facelm.serve.faces import face_in_video

    if not path.is_file():
        raise PictureError(f"There is no video at {path}: check the path.")
    return face_in_video(path, MeshFinder(), str(path))
