"""`corpus-mcq:DIR`: the multiple-choice turns of any corpus of style `choices`.

For faces that are no published benchmark's, such as a user's own folder: whatever labels and
measurements they have became questions when the corpus was made, option set first, so a reader
that sees no picture has nothing to go by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError, choose
from facelm.types import Conversation, Question, Refused, Turn

_OPTION = re.compile(r"^\(([A-Z])\) (.+)$", re.MULTILINE)


class CorpusMcq:
    """Questions out of a corpus."""

    name = "corpus-mcq"

    def __init__(self, place: str) -> None:
        """`place` is the corpus's folder.

        Raises:
            InputError: no folder is given, or it holds no corpus.
        """
        if not place:
            raise InputError("corpus-mcq needs a corpus: write `--suite corpus-mcq:DIR`.")
        from facelm.corpus import read_corpus

        self._corpus = read_corpus(Path(place))

    def splits(self) -> tuple[str, ...]:
        """`test`: the fifth of the pictures that recipes with `part: train` leave out."""
        return ("test", "train", "all")

    def questions(self, split: str | None, seed: int) -> Iterator[Question | Refused]:
        """One question per multiple-choice turn, in the corpus's order.

        Raises:
            InputError: there is no such split.
        """
        from facelm.corpus import in_part

        wanted = choose("split", split or "test", self.splits())
        for conversation in self._corpus.conversations():
            if wanted != "all" and not in_part(conversation, wanted):
                continue
            for number, turn in enumerate(conversation.turns):
                options = tuple(_OPTION.findall(turn.question))
                if len(options) >= 2:
                    yield self._question(conversation, number, turn, options)

    def _question(
        self, about: Conversation, number: int, turn: Turn, options: tuple[tuple[str, str], ...]
    ) -> Question:
        head = turn.question[: turn.question.index(f"({options[0][0]}) ")].rstrip()
        text, _, postpend = head.rpartition("\n")
        return Question(
            id=f"{about.face_id}/{number}",
            task=turn.category,
            text=text,
            postpend=postpend,
            options=tuple(words for _, words in options),
            answer=turn.answer,
            images=tuple(self._corpus.picture(one) for one in about.image_ids),
            image_ids=about.image_ids,
            clip=bool(about.clip),
            dataset=about.source,
            groups={k: v for k, v in about.labels.items() if isinstance(v, str)},
        )
