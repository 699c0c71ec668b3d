"""What a stage learns from: corpora opened or made, and who is asked what in them.

Texts are kept in memory; pictures are read from their corpus whenever a row is made, since all of
a large corpus would not fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from facelm._io import say
from facelm.errors import InputError
from facelm.train.recipe import Data

if TYPE_CHECKING:
    from PIL.Image import Image

    from facelm.corpus import Corpus
    from facelm.train.rows import Dialogue
    from facelm.types import Conversation, Turn

Taught = list[tuple["Corpus", Data]]
"""Corpora, each with what the recipe says of it."""


class Pictures(Protocol):
    """Where pictures are read from: a `facelm.corpus.Corpus`."""

    path: Path

    def picture(self, image_id: str) -> bytes:
        """The encoded picture with this hash."""
        ...


@dataclass(frozen=True)
class Example:
    """Pictures and, per corpus of the recipe, what is asked about them and how to draw from it."""

    home: Pictures
    image_ids: tuple[str, ...]
    pools: tuple[tuple[tuple[Dialogue, ...], Data], ...]
    clip: bool = False
    """The pictures are frames of one video."""

    def open(self) -> list[Image]:
        """Read the pictures, at full size as the benchmark and the server give them.

        Raises:
            InputError: one is gone, changed or damaged.
        """
        from facelm.faces import open_picture

        return [
            open_picture(self.home.picture(one), f"picture {one} of {self.home.path}")
            for one in self.image_ids
        ]

    def questions(self) -> Iterator[Dialogue]:
        """All that can be drawn."""
        for pool, data in self.pools:
            for turns in pool:
                if data.turns != 0 or turns[-1].category in data.always:
                    yield turns


def opened(data: Data) -> Corpus | None:
    """A recipe's corpus; None where it is yet to be made.

    Raises:
        InputError: it is damaged, or not there and nothing says how it is made.
    """
    from facelm.corpus import read_corpus

    if (data.corpus / "manifest.json").exists():
        return read_corpus(data.corpus)
    if data.make is None:
        raise InputError(f"There is no corpus at {data.corpus}: make one with `facelm annotate`.")
    return None


def made(data: Data, seed: int) -> Corpus:
    """Make a recipe's corpus and open it."""
    from facelm.annotate import annotate
    from facelm.corpus import read_corpus

    if data.make and not (data.corpus / "manifest.json").exists():  # by an entry before this one
        say(f"Making the corpus {data.corpus} from {data.make.source}.")
        annotate(out=data.corpus, seed=seed, **data.make.model_dump())
    return read_corpus(data.corpus)


def used(taught: Taught) -> Iterator[tuple[Corpus, Data, Conversation]]:
    """Every conversation that is trained on."""
    from facelm.corpus import in_part

    for corpus, wanted in taught:
        for one in corpus.conversations():
            if wanted.part is None or in_part(one, wanted.part):
                yield corpus, wanted, one


def examples_of(taught: Taught, faces: int | None, seed: int) -> list[Example]:
    """Join all corpora's turns about the same picture or pictures.

    Args:
        taught: what a stage learns from.
        faces: so many of them, drawn by the seed; None takes all.
        seed: of the draw.
    """
    asked: dict[tuple[str, ...], dict[Data, list[Any]]] = {}
    home: dict[tuple[str, ...], Corpus] = {}
    clips: set[tuple[str, ...]] = set()
    for corpus, wanted, one in used(taught):
        questions = [q for q in _questions(one) if _is_asked(q[-1], wanted)]
        if not questions:
            continue
        if one.clip:
            clips.add(one.image_ids)
        asked.setdefault(one.image_ids, {}).setdefault(wanted, []).extend(questions)
        home.setdefault(one.image_ids, corpus)
    every = (
        Example(
            home[image_ids],
            image_ids,
            tuple((tuple(pool), wanted) for wanted, pool in pools.items()),
            image_ids in clips,
        )
        for image_ids, pools in asked.items()
    )
    return _drawn([one for one in every if any(one.questions())], faces, seed)


def _is_asked(turn: Turn, wanted: Data) -> bool:
    return not wanted.only or turn.category in wanted.only


def _questions(conversation: Conversation) -> Iterator[Dialogue]:
    """Each turn with those it follows, if it does."""
    for number, turn in enumerate(conversation.turns):
        yield conversation.turns[: number + 1] if conversation.dialogue else (turn,)


def _drawn(examples: list[Example], faces: int | None, seed: int) -> list[Example]:
    if faces is None or faces >= len(examples):
        return examples
    order = np.random.default_rng((seed, 7)).permutation(len(examples))[:faces]
    return [examples[index] for index in sorted(order)]
