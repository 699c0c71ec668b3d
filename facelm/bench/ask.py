"""Putting questions to a model: with their pictures, and blind, with mean grey in their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from facelm.bench.parse import letters_of, parse_published, parse_strict
from facelm.bench.plan import MAX_NEW_TOKENS, about, prompt_of
from facelm.bench.samples import Sample
from facelm.errors import PictureError
from facelm.types import Model, Question

if TYPE_CHECKING:
    from PIL.Image import Image

BATCH = 32
"""Most prompts that go to the model in one call."""

GREY = (127, 127, 127)

_Sizes = tuple[tuple[int, int], ...]
_Alike = tuple[bool, _Sizes]
"""Whether it is a clip, and how large its pictures are."""


def ask(model: Model, questions: Sequence[Question]) -> list[Sample]:
    """Ask a few questions, those about one picture together.

    Args:
        model: who is asked.
        questions: those about one picture next to each other.

    Returns:
        One sample per question, in their order: what was asked, each letter's log-probability, the
        reply, what the parsers make of it, the letter without the picture; or, where a picture
        cannot be opened or has no room in the model, "id" and "refused" only.
    """
    samples: list[Sample] = []
    blind: dict[_Alike, list[tuple[Question, Sample]]] = defaultdict(list)
    for _, same in groupby(questions, key=about):
        group = list(same)
        try:
            pictures = _open(group[0])
            seen = _score(model, pictures, group, MAX_NEW_TOKENS)
        except PictureError as error:
            samples += [{"id": q.id, "task": q.task, "refused": str(error)} for q in group]
            continue
        new = [_sample(q, *one) for q, one in zip(group, seen, strict=True)]
        sizes = tuple(picture.size for picture in pictures)
        blind[group[0].clip, sizes] += zip(group, new, strict=True)
        samples += new
    for (_, sizes), pairs in blind.items():
        _ask_blind(model, sizes, pairs)
    return samples


def _ask_blind(model: Model, sizes: _Sizes, pairs: list[tuple[Question, Sample]]) -> None:
    """Add `blind_letter`: grey pictures are alike, so all questions share them."""
    from PIL import Image

    pictures = [Image.new("RGB", size, GREY) for size in sizes]
    answers = _score(model, pictures, [question for question, _ in pairs], 1)
    for (question, sample), (numbers, _) in zip(pairs, answers, strict=True):
        sample["blind_letter"] = _best(question, numbers)


def _score(
    model: Model, pictures: list[Image], questions: list[Question], max_new_tokens: int
) -> list[tuple[list[float], str]]:
    image: Any = pictures[0] if len(pictures) == 1 else pictures
    clip = {"clip": True} if questions[0].clip else {}  # a model may know pictures alone
    answers: list[tuple[list[float], str]] = []
    for start in range(0, len(questions), BATCH):
        some = questions[start : start + BATCH]
        prompts = [prompt_of(question) for question in some]
        letters = [letters_of(question.options) for question in some]
        answers += model.score(image, prompts, letters, max_new_tokens, **clip)
    return answers


def _open(question: Question) -> list[Image]:
    from facelm.faces import open_picture

    number = len(question.images)
    return [
        open_picture(data, f"picture {place} of {number} of {question.id}")
        for place, data in enumerate(question.images, start=1)
    ]


def _sample(question: Question, numbers: list[float], reply: str) -> Sample:
    letters = letters_of(question.options)
    return {
        "id": question.id,
        "task": question.task,
        "category": question.category,
        "dataset": question.dataset,
        "images": list(question.image_ids),
        "prompt": prompt_of(question),
        "options": list(question.options),
        "truth": question.answer,
        "logprobs": dict(zip(letters, map(float, numbers), strict=True)),
        "letter": _best(question, numbers),
        "generated": reply,
        "parsed": {
            "published": parse_published(reply, question.options),
            "strict": parse_strict(reply, question.options),
        },
        "groups": question.groups,
    }


def _best(question: Question, numbers: list[float]) -> str:
    """The letter of the highest number; the first of equals."""
    return letters_of(question.options)[numbers.index(max(numbers))]
