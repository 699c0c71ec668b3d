"""Questions about one face whose answers are read off its labels."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Literal

from pydantic import Field as Limited

from facelm.prompts import choice_prompt
from facelm.teach._label_fields import Field, Seen, Strict
from facelm.types import Labels, Turn

_WORD = re.compile(r"\{(\w+)\}")


class Say(Strict):
    """An open question, answered by a template."""

    kind: Literal["say"]
    name: str
    answers: tuple[str, ...] = Limited(min_length=1)
    questions: tuple[str, ...] = ()
    how: str = ""


class Choose(Strict):
    """A multiple-choice question in FaceXBench's layout (arXiv 2501.10360)."""

    kind: Literal["choose"]
    name: str
    field: str
    questions: tuple[str, ...] = ()
    how: str = "Answer with the option's letter only."
    shown: int = Limited(default=4, ge=2, le=26)


class Confirm(Strict):
    """Yes or no, each asked equally often of every word or flag."""

    kind: Literal["confirm"]
    name: str
    field: str
    questions: tuple[str, ...] = Limited(min_length=1)
    agree: tuple[str, ...] = ("Yes",)
    deny: tuple[str, ...] = ("No",)
    how: str = ""
    per_face: float = Limited(gt=0)
    clauses: dict[str, str] = Limited(default_factory=dict)

    def scale(self, seen: Seen) -> float:
        """How often a kept question is asked, so that `per_face` come to a face on average."""
        expected = sum(2 * min(share, 1 - share) for share in map(seen.share, seen.words()))
        return min(1.0, self.per_face / expected) if expected else 0.0


def words_of(templates: tuple[str, ...]) -> set[str]:
    """The template words that texts need."""
    return {word for text in templates for word in _WORD.findall(text)}


def say(
    form: Say, task: str, questions: tuple[str, ...], words: Mapping[str, str], rng: random.Random
) -> Turn | None:
    """One open question; None where the labels do not give what its answers need."""
    asked = [text for text in form.questions or questions if words_of((text,)) <= words.keys()]
    given = [text for text in form.answers if words_of((text,)) <= words.keys()]
    if not asked or not given:
        return None
    question = " ".join(filter(None, (rng.choice(asked).format(**words), form.how)))
    return Turn(question, rng.choice(given).format(**words), f"{task}, {form.name}")


def choose(
    form: Choose,
    task: str,
    questions: tuple[str, ...],
    field: Field,
    labels: Labels,
    seen: Seen,
    words: Mapping[str, str],
    rng: random.Random,
) -> Turn | None:
    """One question with options; None where there is nothing to choose between."""
    found = _right_and_wrong(field, labels, seen, rng)
    if found is None:
        return None
    right, wrong = found
    options = [right, *rng.sample(wrong, min(len(wrong), form.shown - 1))]
    rng.shuffle(options)
    asked = [text for text in form.questions or questions if words_of((text,)) <= words.keys()]
    text = choice_prompt(rng.choice(asked).format(**words), tuple(options), form.how)
    return Turn(text, ascii_uppercase[options.index(right)], f"{task}, {form.name}")


def _right_and_wrong(
    field: Field, labels: Labels, seen: Seen, rng: random.Random
) -> tuple[str, list[str]] | None:
    if field.kind == "flags":
        states = field.flags(labels)
        there = [field.spoken(name) for name, state in states.items() if state]
        absent = [field.spoken(name) for name, state in states.items() if not state]
        return (rng.choice(there), absent) if there and absent else None
    word = field.word(labels)
    known = list(field.bins) if field.bins else list(seen.words())
    wrong = [one for one in known if one != word]
    return (word, wrong) if word is not None and wrong else None


def confirm(
    form: Confirm,
    task: str,
    field: Field,
    labels: Labels,
    seen: Seen,
    scale: float,
    words: Mapping[str, str],
    rng: random.Random,
) -> list[Turn]:
    """Yes-or-no questions; over a dataset every word gets as much of one as of the other."""
    turns = []
    for word, state in _states(field, labels, seen).items():
        share = seen.share(word)
        against, favour = (share, 1 - share) if state else (1 - share, share)
        if rng.random() * against < scale * min(against, favour):
            clause = form.clauses.get(word, field.spoken(word))
            named = {**words, "it": word, "it_said": field.spoken(word), "clause": clause}
            question = rng.choice(form.questions).format(**named)
            answer = rng.choice(form.agree if state else form.deny).format(**named)
            asked = " ".join(filter(None, (question, form.how)))
            turns.append(Turn(asked, answer, f"{task}, {form.name}"))
    return turns


def _states(field: Field, labels: Labels, seen: Seen) -> dict[str, bool]:
    if field.kind == "flags":
        return field.flags(labels)
    word = field.word(labels)
    return {} if word is None else {one: one == word for one in seen.words()}
