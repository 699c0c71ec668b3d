"""Drawing multiple-choice questions whose options say nothing about the answer.

The set of options is drawn first, then the label that is right among them, each with the same
chance, then a face that carries it, then the options' order. Whatever the label frequencies are,
a reader who sees only question and options is right one time in as many as there are options.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from facelm._io import sha256
from facelm.bench.parse import letters_of
from facelm.types import Face, Question, Refused


@dataclass(frozen=True)
class Task:
    """One kind of question about one label."""

    name: str
    texts: tuple[str, ...]
    """Phrasings; each question gets one of them at random."""
    words: tuple[str, ...]
    """All answers there are."""
    read: Callable[[Face], str | None]
    """The right word for a face, None where the question cannot be asked about it."""
    options: int = 4
    category: str = ""


@dataclass(frozen=True)
class _Drawn:
    task: Task
    face: Face
    text: str
    options: tuple[str, ...]
    truth: str


def draw(
    faces: Sequence[Face],
    tasks: Sequence[Task],
    seed: int,
    per_task: int | None = None,
    dataset: str = "",
    groups: Sequence[str] = (),
    clips: Mapping[str, tuple[bytes, ...]] | None = None,
) -> Iterator[Question | Refused]:
    """Questions about faces, those about one picture together.

    A task gets as many questions as its labels can carry with each face used about once, at most
    `per_task`; which faces, options, orders and phrasings is decided by `seed` alone.

    Args:
        faces: labelled faces.
        tasks: what to ask.
        seed: of the draw.
        per_task: most questions of one task; None: as many as there are faces.
        dataset: name of the faces' source, for the record.
        groups: label names by which accuracy is to be reported.
        clips: face id to the frames of its clip, which are shown in place of the face's picture.

    Yields:
        Questions; `Refused` for a task whose faces carry fewer than two of its words.
    """
    faces = sorted(faces, key=lambda face: face.id)
    random.Random(f"{seed}/order").shuffle(faces)
    place = {face.id: index for index, face in enumerate(faces)}
    drawn: list[_Drawn] = []
    for task in tasks:
        some = _draw_task(task, faces, len(faces) if per_task is None else per_task, seed)
        if not some:
            yield Refused(task.name, "the faces carry fewer than two of the task's answers")
        drawn += some
    drawn.sort(key=lambda one: place[one.face.id])
    times: dict[str, int] = defaultdict(int)
    for one in drawn:
        name = f"{one.task.name}/{one.face.id}"
        times[name] += 1
        name = name if times[name] == 1 else f"{name}#{times[name]}"
        frames = (clips or {}).get(one.face.id, ())
        yield _question(one, name, frames, dataset, groups)


def _question(
    one: _Drawn, name: str, frames: tuple[bytes, ...], dataset: str, groups: Sequence[str]
) -> Question:
    labels, images = one.face.labels, frames or (one.face.image,)
    return Question(
        id=name,
        task=one.task.name,
        text=one.text,
        options=one.options,
        answer=letters_of(one.options)[one.options.index(one.truth)],
        images=images,
        category=one.task.category,
        dataset=dataset,
        groups={label: str(labels[label]) for label in groups if label in labels},
        image_ids=tuple(map(sha256, images)),
        clip=bool(frames),
    )


def _draw_task(task: Task, faces: Sequence[Face], most: int, seed: int) -> list[_Drawn]:
    rng = random.Random(f"{seed}/{task.name}")
    pools = _pools(task, faces)
    words = [word for word in task.words if word in pools]
    size = min(task.options, len(words))
    if size < 2:
        return []
    counts = [len(pools[word]) for word in words]
    number = _carried(counts, size, most)
    odds = dict(zip(words, _odds(counts, size, number), strict=True))
    supply = {word: cycle(pools[word]) for word in words}
    drawn = []
    for _ in range(number):
        options = _draw_set(odds, rng)
        truth = rng.choice(options)
        rng.shuffle(options)
        text = rng.choice(task.texts)
        drawn.append(_Drawn(task, next(supply[truth]), text, tuple(options), truth))
    return drawn


def _pools(task: Task, faces: Sequence[Face]) -> dict[str, list[Face]]:
    """Faces by right word; in one order for all tasks, so that they ask about the same faces."""
    pools: dict[str, list[Face]] = defaultdict(list)
    for face in faces:
        if (word := task.read(face)) is not None:
            pools[word].append(face)
    return pools


def _carried(counts: list[int], size: int, most: int) -> int:
    """The most questions that use no face twice, on average.

    A label is right in at most one of `size` questions, for it is right as often as each of the
    others it stands beside.
    """
    number = min(most, sum(counts))
    while number and sum(min(count, number / size) for count in counts) < number - 1e-9:
        number -= 1
    return number


def _odds(counts: list[int], size: int, number: int) -> list[float]:
    """Chance of each label to be among the options: even, but for labels with few faces.

    Shares of the right answers are filled like cups from one jug: all alike until the smaller are
    full. A label is among the options `size` times as often as it is right.
    """
    cups = [min(count, number / size) for count in counts]
    left, level = float(number), max(cups)
    for index, cup in enumerate(sorted(cups)):
        level = left / (len(cups) - index)
        if cup >= level:
            break
        left -= cup
    return [size * min(cup, level) / number for cup in cups]


def _draw_set(odds: dict[str, float], rng: random.Random) -> list[str]:
    """A set of fixed size in which each word is with its own chance.

    Systematic sampling in random order (Madow 1949): the words are laid end to end, each as long
    as its chance, and every whole step from a random start picks the one it falls on.
    """
    words = list(odds)
    rng.shuffle(words)
    end, step, chosen = 0.0, rng.random() * (1 - 1e-9), []  # rounding must not lose the last
    for word in words:
        end += odds[word]
        if step < end:
            chosen.append(word)
            step += 1.0
    return chosen
