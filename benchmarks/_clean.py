"""Clean replies: a third from the `measured` teacher, the others from a grammar of their own."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from _truth import Known

from facelm.teach import load_style
from facelm.teach.measured import Measured

PHRASINGS = Path(__file__).parent / "phrasings"
FILES = {
    "dev": (
        "clean.yaml",
        "clean-apart.yaml",
        "clean-wide.yaml",
        "clean-third.yaml",
        "clean-fourth.yaml",
        "clean-fifth.yaml",
        "clean-sixth.yaml",
        "clean-seventh.yaml",
        "clean-eighth.yaml",
        "clean-ninth.yaml",
        "clean-tenth.yaml",
        "clean-eleventh.yaml",
        "clean-twelfth.yaml",
    ),
    "unseen": ("clean-unseen.yaml",),
}
"""Half to the files of its clean sentences, each by a hand of its own."""
ALIKE = 0.4
"""Share that two replies have of all the runs of three words in either; above it one is left
out, since it may be called a repetition."""
_LONG = (60, 150)
_PICK = re.compile(r"\[([^\[\]]+)\]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_TRIES = 60


@dataclass(frozen=True)
class Reply:
    """A clean reply about a face, sentence by sentence, each with what it is about."""

    known: Known
    category: str
    parts: tuple[tuple[str, str], ...]
    """Topic ("" for the measured teacher's) and sentence."""

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(sentence for _, sentence in self.parts)


def runs(text: str) -> frozenset[tuple[str, ...]]:
    """All runs of three words, without case and punctuation."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def clean_replies(faces: list[Known], number: int, rng: random.Random, half: str) -> list[Reply]:
    """That many replies over the eight categories, no two of a category much alike.

    Fewer where the faces are too few for so many different ones. `half`: `dev` or `unseen`; the
    sentences of one half are none of the other's, as with the errors.
    """
    categories = list(_grammars(half)[0]["categories"])
    kept: list[Reply] = []
    before: dict[str, list[frozenset[tuple[str, ...]]]] = defaultdict(list)
    for turn in range(number * _TRIES):
        if len(kept) == number:
            break
        category = categories[len(kept) % len(categories)]
        measured = len(kept) // len(categories) % 3 == 0 and turn % 20 != 19
        # The measured teacher has only so many ways to say a category: then another one may.
        category = rng.choice(categories) if measured else category
        known = rng.choice(faces)
        reply = (
            _from_teacher(known, category, rng)
            if measured
            else _from_grammar(known, category, rng, half)
        )
        if reply and not _alike(shingles := runs(reply.text), before[category]):
            before[category].append(shingles)
            kept.append(reply)
    return kept


def _alike(
    new: frozenset[tuple[str, ...]], before: list[frozenset[tuple[str, ...]]]
) -> bool:  # fmt: skip
    return any((both := len(new & old)) > ALIKE * (len(new) + len(old) - both) for old in before)


def _from_teacher(known: Known, category: str, rng: random.Random) -> Reply | None:
    asks = [ask for ask in _style().asks(known.face, 0) if ask.category == category]
    text = Measured(rng.randrange(1000)).say(known.face, known.evidence, asks)[0]
    return Reply(known, category, tuple(("", one) for one in _SENTENCE.split(text or "")))


@cache
def _style() -> Any:
    return load_style("fairfacegpt")


@cache
def _grammars(half: str) -> list[dict[str, Any]]:
    """The sentences for one half, a grammar a file, of which none is in the other half."""
    texts = [(PHRASINGS / name).read_text(encoding="utf-8") for name in FILES[half]]
    return [yaml.safe_load(text) for text in texts]


def _from_grammar(known: Known, category: str, rng: random.Random, half: str) -> Reply | None:
    grammar = rng.choice(_grammars(half))
    parts = [
        (topic, _said(sentence, known, rng))
        for topic, most, always in _topics(grammar, category)
        for sentence in _drawn(grammar, topic, known, rng, most if always else rng.randint(0, most))
    ]
    words = sum(len(sentence.split()) for _, sentence in parts)
    return Reply(known, category, tuple(parts)) if _LONG[0] <= words <= _LONG[1] else None


def _topics(grammar: dict[str, Any], category: str) -> Iterator[tuple[str, int, bool]]:
    for entry in grammar["categories"][category]:
        topic, most = entry.rsplit(" ", 1)
        yield topic.rstrip("*"), int(most), topic.endswith("*")


def _drawn(
    grammar: dict[str, Any], topic: str, known: Known, rng: random.Random, number: int
) -> list[str]:
    fitting = [
        one["say"]
        for one in grammar["sentences"][topic]
        if set(str(one.get("when", "")).split()) <= known.when
    ]
    return rng.sample(fitting, min(number, len(fitting)))


def _said(sentence: str, known: Known, rng: random.Random) -> str:
    labels = known.face.labels
    text = _PICK.sub(lambda match: rng.choice(match[1].split("|")), sentence)
    male = labels["sex"] == "male"
    plain = random.Random(known.face.id).random() < 0.3
    he, his = ("the person", "their") if plain else ("he", "his") if male else ("she", "her")
    words = {
        "he": he, "his": his, "He": he.capitalize(),
        "His": "The person's" if plain else his.capitalize(),
        "stage_noun": labels["age_stage"], "background": labels["background"],
        "hair_colour": labels["hair_colour"], "eye_colour": labels["eye_colour"],
    }  # fmt: skip
    return text.format_map(words)
