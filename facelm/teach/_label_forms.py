"""Questions about one face whose answers are read off its labels."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import Literal

from pydantic import Field as Limited

from facelm.prompts import choice_prompt
from facelm.teach._label_fields import Field, Seen, Strict, fitting, simple
from facelm.types import Labels, Turn

_NEVER = (0.0, 0.0)


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


class Rate(Strict):
    """How strong one of the flags is, where they are whole numbers."""

    kind: Literal["rate"]
    name: str
    field: str
    questions: tuple[str, ...] = Limited(min_length=1)
    answers: tuple[str, ...] = ("{level}",)
    how: str = ""


class Confirm(Strict):
    """Yes or no, each asked equally often of every word or flag."""

    kind: Literal["confirm"]
    name: str
    field: str
    questions: tuple[str, ...] = Limited(min_length=1)
    agree: tuple[str, ...] = Limited(default=("Yes",), min_length=1)
    deny: tuple[str, ...] = Limited(default=("No",), min_length=1)
    how: str = ""
    per_face: float = Limited(gt=0)
    clauses: dict[str, str] = Limited(default_factory=dict)
    otherwise: str = "'{it_said}' applies"

    def clause(self, word: str, said: str) -> str:
        """What is asked about, as a clause."""
        found = self._clauses.get(simple(word))
        return found or self.otherwise.format_map({"it": word, "it_said": said})

    @cached_property
    def _clauses(self) -> dict[str, str]:
        return {simple(word): clause for word, clause in self.clauses.items()}


@dataclass(frozen=True)
class Told:
    """One face as the forms see it."""

    task: str
    labels: Labels
    words: Mapping[str, str]
    """What the templates may say."""
    known: frozenset[str]
    """The names of these words."""
    questions: tuple[str, ...]
    """For forms without questions of their own."""
    fields: Mapping[str, Field]
    seen: Mapping[str, Seen]
    """What the dataset's faces say, by field."""


def say(form: Say, told: Told, rng: random.Random) -> Turn | None:
    """One open question; None where the labels do not give what its answers need."""
    asked = fitting(form.questions or told.questions, told.known)
    given = fitting(form.answers, told.known)
    if not asked or not given:
        return None
    return _turn(form, told, rng.choice(asked), rng.choice(given), told.words)


def choose(form: Choose, told: Told, rng: random.Random) -> Turn | None:
    """One question with options; None where there is nothing to choose between."""
    found = _right_and_wrong(told.fields[form.field], told, told.seen[form.field], form, rng)
    asked = fitting(form.questions or told.questions, told.known)
    if found is None or not asked:
        return None
    right, options = found[0], list(found)
    rng.shuffle(options)
    question, how = (text.format_map(told.words) for text in (rng.choice(asked), form.how))
    text = choice_prompt(question, tuple(options), how)
    return Turn(text, ascii_uppercase[options.index(right)], f"{told.task}, {form.name}")


def rate(form: Rate, told: Told, rng: random.Random) -> Turn | None:
    """How strong one flag is: a level that the face has is drawn first, so that 0 is not usual."""
    levels = told.fields[form.field].levels(told.labels)
    if not levels:
        return None
    level = rng.choice(sorted(set(levels.values())))
    flag = rng.choice([name for name, value in levels.items() if value == level])
    words = {**told.words, **_it(told.fields[form.field], flag), "level": str(level)}
    return _turn(form, told, rng.choice(form.questions), rng.choice(form.answers), words)


def confirm(form: Confirm, told: Told, rng: random.Random) -> list[Turn]:
    """Yes-or-no questions; over a dataset every word gets as much of one as of the other."""
    field, seen = told.fields[form.field], told.seen[form.field]
    states = _states(field, told.labels, seen)
    chances = seen.chances(form.per_face) if states else {}
    turns = []
    for word, state in states.items():
        if rng.random() < chances.get(word, _NEVER)[state]:
            named = _it(field, word)
            words = {**told.words, **named, "clause": form.clause(word, named["it_said"])}
            answer = rng.choice(form.agree if state else form.deny)
            turns.append(_turn(form, told, rng.choice(form.questions), answer, words))
    return turns


def _turn(
    form: Say | Rate | Confirm, told: Told, question: str, answer: str, words: Mapping[str, str]
) -> Turn:
    asked = f"{question} {form.how}" if form.how else question
    name = f"{told.task}, {form.name}"
    return Turn(asked.format_map(words), answer.format_map(words), name)


def _it(field: Field, word: str) -> dict[str, str]:
    return {"it": word, "it_said": field.spoken(word)}


def _states(field: Field, labels: Labels, seen: Seen) -> dict[str, bool]:
    if field.kind == "flags":
        return field.flags(labels)
    word = field.word(labels)
    if word is None:
        return {}
    return {one: one == word for one in seen.words() if field.named(one)}


def _right_and_wrong(
    field: Field, told: Told, seen: Seen, form: Choose, rng: random.Random
) -> list[str] | None:
    """The right option, then the wrong ones.

    Wrong ones are drawn by how often they are right elsewhere, so that the options alone do not
    tell which one it is.
    """
    if field.kind == "flags":
        states = field.flags(told.labels)
        there = [(one, 1 - seen.share(one)) for one, state in states.items() if state]
        absent = [(one, seen.share(one)) for one, state in states.items() if not state]
        options = [*_drawn(there, 1, rng), *_drawn(absent, form.shown - 1, rng)]
        return [field.spoken(one) for one in options] if there and absent else None
    word = field.word(told.labels)
    known = field.bins or seen.words()
    wrong = [(one, seen.share(one)) for one in known if one != word]
    return [word, *_drawn(wrong, form.shown - 1, rng)] if word is not None and wrong else None


def _drawn(weighed: Iterable[tuple[str, float]], count: int, rng: random.Random) -> list[str]:
    """Some of the words, each once, by their weights (Efraimidis and Spirakis, IPL 2006)."""
    keys = [(math.log(1 - rng.random()) / (weight or 1e-9), word) for word, weight in weighed]
    return [word for _, word in sorted(keys, reverse=True)[:count]]
