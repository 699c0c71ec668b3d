"""Questions about several faces: who is older, which show the same, the odd one out."""

from __future__ import annotations

import heapq
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from string import ascii_uppercase
from typing import Literal

from pydantic import Field as Limited
from pydantic import model_validator

from facelm.prompts import choice_prompt
from facelm.teach._label_fields import Field, Strict
from facelm.types import Row, Turn

PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")
KEPT = 64
"""Faces of each word that others are compared with."""
_TRIES = 12
_BY_NAME = ("find", "count")
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


class Compare(Strict):
    """A question about two to six pictures; explained in styles/labels/age.yaml."""

    kind: Literal["compare"]
    name: str
    field: str
    relation: Literal["most", "same", "odd", "find", "count"]
    questions: tuple[str, ...] = Limited(min_length=1)
    answers: tuple[str, ...] = Limited(min_length=1)
    letter: str = "Answer with the option's letter only."
    fewest: int = Limited(default=2, ge=2, le=6)
    most: int = Limited(default=4, ge=2, le=6)
    gap: float = 0.0
    per_face: float = Limited(gt=0, le=1)

    @model_validator(mode="after")
    def _enough(self) -> Compare:
        if self.fewest < 3 and self.relation in ("same", "odd"):
            raise ValueError(f"the form '{self.name}' needs at least three pictures: fewest: 3")
        if self.fewest > self.most:
            raise ValueError(f"the form '{self.name}' has more pictures at fewest than at most")
        return self


@dataclass
class Pool:
    """Some faces of each word of a field, drawn by the seed whatever the order they come in."""

    seed: int
    kept: dict[str, list[tuple[int, str, Row]]] = field(default_factory=dict)
    _sorted: dict[str, list[Row]] = field(default_factory=dict, repr=False)

    def add(self, word: str, row: Row) -> None:
        """Offer one face."""
        rows = self.kept.setdefault(word, [])
        drawn = -zlib.crc32(f"{self.seed}/{row.id}".encode())
        (heapq.heappush if len(rows) < KEPT else heapq.heappushpop)(rows, (drawn, row.id, row))
        self._sorted.clear()

    def words(self) -> list[str]:
        """The words there are faces of."""
        return sorted(self.kept)

    def rows(self, word: str) -> list[Row]:
        """The faces of a word."""
        if word not in self._sorted:
            rows = sorted(self.kept.get(word, ()), key=lambda one: one[:2])
            self._sorted[word] = [row for _, _, row in rows]
        return self._sorted[word]


@dataclass(frozen=True)
class Lineup:
    """What is shown, in order, and which of the pictures the answer names (from 0)."""

    shown: tuple[Row, ...]
    answer: tuple[int, ...]
    word: str
    """What the face that all began with is."""


def line_up(
    form: Compare,
    field: Field,
    anchor: Row,
    pool: Pool,
    rng: random.Random,
) -> Lineup | None:
    """Put others beside one face so that the question has one right answer.

    Args:
        form: the question.
        field: what is compared.
        anchor: the face all begins with.
        pool: others to show beside it.
        rng: the draw.

    Returns:
        None where the pool does not hold what is needed.
    """
    word = field.word(anchor.labels)
    if word is None or (form.relation in _BY_NAME and not field.named(word)):
        return None
    for _ in range(_TRIES):
        others = rng.randint(form.fewest, form.most) - 1
        shown = [anchor, *_rows(_beside(form.relation, word, others, pool, rng), anchor, pool, rng)]
        if len(shown) <= others:
            continue
        rng.shuffle(shown)
        answer = _answer(form, field, word, shown)
        if answer is not None:
            return Lineup(tuple(shown), answer, word)
    return None


def _beside(relation: str, word: str, count: int, pool: Pool, rng: random.Random) -> list[str]:
    """Words of the faces that are shown beside one of this word; fewer where there are no more."""
    rest = [one for one in pool.words() if one != word]
    if not rest:
        return []
    if relation == "odd":
        return [rng.choice(rest)] * count
    if relation == "same":
        return [word, *rng.sample(rest, min(count - 1, len(rest)))]
    if relation == "most":
        return rng.sample(rest, min(count, len(rest)))
    alike = rng.randint(0, count) if relation == "count" else 0
    return [word] * alike + rng.choices(rest, k=count - alike)


def _rows(words: Sequence[str], anchor: Row, pool: Pool, rng: random.Random) -> list[Row]:
    """A face for each word, none twice; fewer where there are no more."""
    chosen = {anchor.id: anchor}
    for word in words:
        left = [row for row in pool.rows(word) if row.id not in chosen]
        if left:
            row = rng.choice(left)
            chosen[row.id] = row
    return list(chosen.values())[1:]


def _answer(form: Compare, field: Field, word: str, shown: list[Row]) -> tuple[int, ...] | None:
    """Which pictures the answer names; None where it is not clear."""
    if form.relation == "most":
        return _greatest([field.rank(row.labels) for row in shown], form.gap)
    words = [field.word(row.labels) for row in shown]
    if form.relation in _BY_NAME:
        named = tuple(at for at, one in enumerate(words) if one == word)
        return named if form.relation == "count" or len(named) == 1 else None
    wanted = 2 if form.relation == "same" else 1
    named = tuple(at for at, one in enumerate(words) if words.count(one) == wanted)
    return named if len(named) == wanted else None


def _greatest(ranks: list[float | None], gap: float) -> tuple[int, ...] | None:
    known = [(rank, at) for at, rank in enumerate(ranks) if rank is not None]
    if len(known) < len(ranks):
        return None
    *_, second, first = sorted(known)
    return (first[1],) if first[0] - second[0] >= max(gap, 1e-9) else None


def ask(form: Compare, field: Field, task: str, lineup: Lineup, rng: random.Random) -> Turn:
    """The question, answered by a letter as often as in words."""
    count, right = len(lineup.shown), _places(lineup.answer)
    words = {
        "count": _NUMBERS[count], "places": right, "number": str(len(lineup.answer)),
        "it": lineup.word, "it_said": field.spoken(lineup.word),
    }  # fmt: skip
    question = rng.choice(form.questions).format_map(words)
    if rng.random() < 0.5:
        answer = rng.choice(form.answers).format_map(words)
        return Turn(question, answer[:1].upper() + answer[1:], f"{task}, {form.name}")
    every = [_places(one) for one in combinations(range(count), len(lineup.answer))]
    if form.relation == "count":
        right, every = words["number"], [str(number) for number in range(1, count + 1)]
    options = every if len(every) <= 4 else _with(right, every, rng)
    text = choice_prompt(question, tuple(options), form.letter)
    return Turn(text, ascii_uppercase[options.index(right)], f"{task}, {form.name}")


def _places(at: tuple[int, ...]) -> str:
    *most, last = (PLACES[one] for one in at)
    names = f"{', '.join(most)} and {last}" if most else last
    return f"the {names} picture{'s' if most else ''}"


def _with(right: str, every: list[str], rng: random.Random) -> list[str]:
    """Four options with the right one among them, in the pictures' order."""
    wrong = rng.sample([one for one in every if one != right], 3)
    return [one for one in every if one == right or one in wrong]
