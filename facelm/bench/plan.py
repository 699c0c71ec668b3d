"""Which questions are asked: the choice under a limit, and a fingerprint of all that is asked."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Any

from facelm.bench.parse import PARSERS
from facelm.prompts import choice_prompt
from facelm.types import Question, Refused, Suite

MAX_NEW_TOKENS = 16
"""Length of the free replies: enough for a letter, its option's text and a few words more."""


@dataclass(frozen=True)
class Plan:
    """The questions of one run, without their pictures."""

    ids: tuple[str, ...]
    """In the order in which they are asked; those about one picture together."""
    refused: tuple[Refused, ...]
    """What the suite could not use."""
    fingerprint: str
    """SHA-256 over suite, split, seed, parsers, reply length and each question as it is asked."""


@dataclass(frozen=True)
class _Entry:
    id: str
    task: str
    images: tuple[str, ...]
    asked: str


def prompt_of(question: Question) -> str:
    """The text that goes to the model with the pictures."""
    return choice_prompt(question.text, question.options, question.postpend, question.context)


def about(question: Question) -> tuple[str, ...]:
    """What a question is about; those with the same are put to the model together.

    Frames of a clip are not the same as those pictures shown one beside another.
    """
    shown = question.image_ids or (question.id,)
    return ("clip", *shown) if question.clip else shown


def make_plan(suite: Suite, split: str | None, seed: int, limit: int | None) -> Plan:
    """Go through a suite once and decide what is asked.

    Args:
        suite: the benchmark.
        split: one of its splits; None where it has none.
        seed: of the suite's draw and of the choice under a limit.
        limit: number of questions in all; None asks all of them.
    """
    entries: list[_Entry] = []
    refused: list[Refused] = []
    for question in suite.questions(split, seed):
        if isinstance(question, Refused):
            refused.append(question)
        else:
            asked = [prompt_of(question), question.answer]
            entries.append(_Entry(question.id, question.task, about(question), json.dumps(asked)))
    chosen = entries if limit is None else limited(entries, limit, seed)
    head = [suite.name, split, seed, PARSERS, MAX_NEW_TOKENS]
    return Plan(tuple(e.id for e in chosen), tuple(refused), _fingerprint(head, chosen))


def limited(entries: list[_Entry], limit: int, seed: int) -> list[_Entry]:
    """`limit` entries, spread evenly over the tasks, in their order.

    Pictures come up in random order and each task takes the first that it asks about until it has
    its share. So tasks mostly ask about the same pictures, which costs least, for a model runs a
    picture only once; and no task's choice depends on what is right, not even through another
    task that is only asked about some faces.
    """
    room = _shares(Counter(entry.task for entry in entries), limit)
    pictures = [list(same) for _, same in groupby(entries, key=lambda e: e.images)]
    random.Random(f"{seed}/limit").shuffle(pictures)
    kept: set[str] = set()
    for entry in (entry for picture in pictures for entry in picture):
        if room[entry.task] > 0:
            room[entry.task] -= 1
            kept.add(entry.id)
    return [entry for entry in entries if entry.id in kept]


def _shares(sizes: Counter[str], limit: int) -> Counter[str]:
    """How many of each task: one more each in turn, until the limit or the tasks are used up."""
    shares: Counter[str] = Counter()
    while shares.total() < min(limit, sizes.total()):
        for task in sizes:
            if shares[task] < sizes[task] and shares.total() < limit:
                shares[task] += 1
    return shares


def in_batches(questions: Iterable[Question], size: int) -> Iterator[list[Question]]:
    """Consecutive questions in batches of at most `size`, those about one picture undivided."""
    batch: list[Question] = []
    for _, same in groupby(questions, key=about):
        group = list(same)
        if batch and len(batch) + len(group) > size:
            yield batch
            batch = []
        batch += group
    if batch:
        yield batch


def _fingerprint(head: list[Any], entries: list[_Entry]) -> str:
    digest = sha256(json.dumps(head).encode())
    for entry in entries:
        digest.update(json.dumps([entry.id, entry.task, entry.images, entry.asked]).encode())
    return digest.hexdigest()
