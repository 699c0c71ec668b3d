"""Does every question fit? Known before the first step, at next to no cost.

A text has no more tokens than UTF-8 bytes. So the face's own tokens and the template's are counted
once for each kind of example, and what fits even if each byte were a token is done with. Of what
is left the text alone is tokenised, and only what then still could be too long goes the way that it
goes in training.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from facelm._io import progress
from facelm.errors import InputError
from facelm.models.load import context_length
from facelm.train.examples import Example
from facelm.train.recipe import AnswersStage
from facelm.train.rows import Dialogue, make_row
from facelm.types import Turn

Size = tuple[int, int]
_SHAPES: tuple[Size, ...] = ((448, 448), (96, 96), (1280, 960), (500, 1500))
"""Width and height: where these all take the same tokens, so does every picture."""
_SEAM = 8
"""Tokens a turn, for words that are cut otherwise where text and template meet."""


def limit_of(stage: AnswersStage, base: Any) -> int:
    """Most tokens of a question with its pictures and answer."""
    return min(stage.max_tokens, context_length(base))


def check_lengths(processor: Any, examples: list[Example], stage: AnswersStage, limit: int) -> None:
    """See that every question of a stage fits with its pictures and answer.

    Args:
        processor: the model's.
        examples: what the stage learns from.
        stage: for its name.
        limit: in tokens, from `limit_of`.

    Raises:
        InputError: one does not, or there is none; or a picture cannot be read.
    """
    if not examples:
        raise InputError(
            f"The stage '{stage.name}' has no question to learn from: look at the recipe's `data`."
        )
    kinds: dict[tuple[int, bool], list[Example]] = {}
    for example in examples:
        kinds.setdefault((len(example.image_ids), example.clip), []).append(example)
    for some in kinds.values():
        _Kind(processor, some, stage.name, limit).check()


class _Kind:
    """Examples of as many pictures each, all of them clips or none."""

    def __init__(self, processor: Any, examples: list[Example], stage: str, limit: int) -> None:
        self._processor, self._examples, self._limit = processor, examples, limit
        self._stage = stage
        self._count, self._clip = len(examples[0].image_ids), examples[0].clip

    def check(self) -> None:
        every = [(one, turns) for one in self._examples for turns in one.questions()]
        longest = max(every, key=lambda one: _bytes(one[1]))
        self._exactly(*longest)  # in any case: it also shows what cannot be done at all
        doubtful = [one for one in every if self._could_be_longer(one[1], _bytes)]
        bar = progress(doubtful, "Long questions", len(doubtful), "questions") if doubtful else ()
        for example, turns in bar:
            if self._could_be_longer(turns, self._tokens):
                self._exactly(example, turns)

    def _could_be_longer(self, turns: Dialogue, size: Callable[[Dialogue], int]) -> bool:
        around = self._face + (len(turns) - 1) * self._turn + len(turns) * _SEAM
        return around + size(turns) > self._limit

    def _exactly(self, example: Example, turns: Dialogue) -> None:
        pictures = example.open()
        try:
            make_row(self._processor, pictures, [turns], self._limit, self._clip)
        except InputError as error:
            raise InputError(f"The stage '{self._stage}' cannot be done. {error}") from error

    def _tokens(self, turns: Dialogue) -> int:
        texts = [text for turn in turns for text in (turn.question, turn.answer)]
        ids = self._processor.tokenizer(texts, add_special_tokens=False)["input_ids"]
        return sum(map(len, ids))

    @cached_property
    def _face(self) -> int:
        """Tokens of the pictures and of the template around one turn, at most."""
        shapes = {self._around(size) for size in _SHAPES}
        if len(shapes) == 1:
            return shapes.pop()
        return max(self._around(size) for size in self._sizes())

    @cached_property
    def _turn(self) -> int:
        """Tokens of the template around each further turn."""
        return self._around(_SHAPES[0], 2) - self._around(_SHAPES[0])

    def _around(self, size: Size, turns: int = 1) -> int:
        from PIL import Image

        blank = [Image.new("RGB", size)] * self._count
        asked = (Turn("?", "."),) * turns
        return len(make_row(self._processor, blank, [asked], sys.maxsize, self._clip))

    def _sizes(self) -> set[Size]:
        """Of all pictures: only where their tokens depend on it."""
        bar = progress(self._examples, "Sizes of the pictures", len(self._examples))
        return {size for example in bar for size in _sizes_of(example)}


def _bytes(turns: Dialogue) -> int:
    return sum(len(turn.question.encode()) + len(turn.answer.encode()) for turn in turns)


def _sizes_of(example: Example) -> Iterable[Size]:
    """Width and height of each picture, upright; from its header alone."""
    import io

    from PIL import Image, UnidentifiedImageError

    for image_id in example.image_ids:
        try:
            with Image.open(io.BytesIO(example.home.picture(image_id))) as picture:
                width, height = picture.size
                lying = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
            yield from (one.size for one in example.open())  # says what is wrong with it
            return
        yield (height, width) if lying else (width, height)
