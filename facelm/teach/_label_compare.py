"""Questions about several faces: who is older, which show the same, the odd one out."""

from __future__ import annotations

import heapq
import random
import zlib
from dataclasses import dataclass, field
from itertools import combinations
from string import ascii_uppercase
from typing import Literal

from pydantic import Field as Limited

from facelm.prompts import choice_prompt
from facelm.teach._label_fields import Field, Strict
from facelm.types import Labels, Row, Turn

PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")
KEPT = 64
"""Faces of each word that others are compared with."""
_TRIES = 12


class Compare(Strict):
    """A question about two to six pictures; explained in styles/labels/age.yaml."""

    kind: Literal["compare"]
    name: str
    field: str
    relation: Literal["most", "same", "odd"]
    questions: tuple[str, ...] = Limited(min_length=1)
    answers: tuple[str, ...] = Limited(min_length=1)
    letter: str = "Answer with the option's letter only."
    fewest: int = Limited(default=2, ge=2, le=6)
    most: int = Limited(default=4, ge=2, le=6)
    gap: float = 0.0
    per_face: float = Limited(gt=0, le=1)


@dataclass
class Pool:
    """Some faces of each word of a field, drawn by the seed whatever the order they come in."""

    seed: int
    kept: dict[str, list[tuple[int, str, Row]]] = field(default_factory=dict)

    def add(self, word: str, row: Row) -> None:
        """Offer one face."""
        rows = self.kept.setdefault(word, [])
        drawn = -zlib.crc32(f"{self.seed}/{row.id}".encode())
        (heapq.heappush if len(rows) < KEPT else heapq.heappushpop)(rows, (drawn, row.id, row))

    def words(self) -> list[str]:
        """The words there are faces of."""
        return sorted(self.kept)

    def rows(self, word: str) -> list[Row]:
        """The faces of a word."""
        return [row for _, _, row in sorted(self.kept.get(word, ()), key=lambda one: one[:2])]


@dataclass(frozen=True)
class Lineup:
    """What is shown, in order, and which of the pictures the answer names (from 0)."""

    shown: tuple[Row, ...]
    answer: tuple[int, ...]


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
    if word is None:
        return None
    for _ in range(_TRIES):
        count = rng.randint(form.fewest, form.most)
        others = _others(form.relation, word, count, anchor, pool, rng)
        if others is None:
            continue
        shown = [anchor, *others]
        rng.shuffle(shown)
        answer = _answer(form, field, [one.labels for one in shown])
        if answer is not None:
            return Lineup(tuple(shown), answer)
    return None


def _others(
    relation: str,
    word: str,
    count: int,
    anchor: Row,
    pool: Pool,
    rng: random.Random,
) -> list[Row] | None:
    rest = [one for one in pool.words() if one != word]
    if relation == "odd":
        words = [rng.choice(rest)] * (count - 1) if rest else []
    elif relation == "same":
        words = [word, *rng.sample(rest, min(count - 2, len(rest)))]
    else:
        words = rng.sample(rest, min(count - 1, len(rest)))
    if len(words) < count - 1:
        return None
    chosen: list[Row] = []
    for one in words:
        taken = {anchor.id, *(row.id for row in chosen)}
        left = [row for row in pool.rows(one) if row.id not in taken]
        if not left:
            return None
        chosen.append(rng.choice(left))
    return chosen


def _answer(form: Compare, field: Field, shown: list[Labels]) -> tuple[int, ...] | None:
    """Which pictures the answer names; None where it is not clear."""
    if form.relation == "most":
        ranked = sorted(range(len(shown)), key=lambda at: _rank(field, shown[at]))
        ahead = _rank(field, shown[ranked[-1]]) - _rank(field, shown[ranked[-2]])
        return (ranked[-1],) if ahead >= max(form.gap, 1e-9) else None
    words = [field.word(labels) for labels in shown]
    wanted = 2 if form.relation == "same" else 1
    named = tuple(at for at, word in enumerate(words) if words.count(word) == wanted)
    return named if len(named) == wanted else None


def _rank(field: Field, labels: Labels) -> float:
    """A number as it is; a word by its place in `said`, which then lists them in order."""
    found = field.value(labels)
    return found if isinstance(found, float) else float(list(field.said).index(str(found)))


def ask(form: Compare, task: str, lineup: Lineup, rng: random.Random) -> Turn:
    """The question, answered by a letter as often as in words."""
    count = len(lineup.shown)
    question = rng.choice(form.questions).format(count=_NUMBERS[count])
    right = _places(lineup.answer)
    if rng.random() < 0.5:
        answer = rng.choice(form.answers).format(places=right)
        return Turn(question, answer[:1].upper() + answer[1:], f"{task}, {form.name}")
    every = [_places(one) for one in combinations(range(count), len(lineup.answer))]
    options = every if len(every) <= 4 else _with(right, every, rng)
    text = choice_prompt(question, tuple(options), form.letter)
    return Turn(text, ascii_uppercase[options.index(right)], f"{task}, {form.name}")


_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def _places(at: tuple[int, ...]) -> str:
    names = " and the ".join(PLACES[one] for one in at)
    return f"the {names} picture{'s' if len(at) > 1 else ''}"


def _with(right: str, every: list[str], rng: random.Random) -> list[str]:
    """Four options with the right one among them, in the pictures' order."""
    wrong = rng.sample([one for one in every if one != right], 3)
    return [one for one in every if one == right or one in wrong]
