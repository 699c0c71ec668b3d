"""`facelm ask`: one picture, one question, one answer."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from facelm._io import read_bytes


def ask(
    model: str,
    image: Path | str,
    question: str,
    *,
    max_tokens: int = 120,
    sensitive: Literal["refuse", "hedge", "answer"] = "hedge",
) -> str:
    """Answer a question about the face in a picture.

    Args:
        model: see `facelm.models.load`.
        image: path of a JPEG, PNG or WebP picture with one face.
        question: in words; naming or matching a person is declined.
        max_tokens: length limit of the answer.
        sensitive: `refuse`, `hedge` or `answer` for demographic and emotion questions.

    Raises:
        PictureError: the picture cannot be used, or does not show exactly one face.
        InputError: there is no such model or setting.
    """
    from facelm.faces import MeshFinder, open_picture
    from facelm.serve.courtesy import courteous, declines
    from facelm.serve.faces import one_face

    if declined := declines(question, sensitive):
        return declined
    path = Path(image)
    picture = open_picture(read_bytes(path, "The picture"), str(path))
    face = one_face(picture, MeshFinder(), str(path))

    def answer(text: str) -> str:
        from facelm.models import load_model, user_message

        return load_model(model).generate(user_message([face], text), max_tokens)

    return courteous(question, answer, sensitive)
