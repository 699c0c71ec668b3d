"""`fairface-mcq`: age, gender and race of FairFace's pictures as multiple choice.

The words are FairFace's own: annotators' impressions of a picture, not facts about a person.
Unlike FaceXBench's FairFace questions, the options give nothing away (see `facelm.bench.draw`).
"""

from __future__ import annotations

from collections.abc import Iterator

from facelm.bench.draw import Task, draw
from facelm.errors import choose
from facelm.sources import open_source
from facelm.types import (
    FAIRFACE_AGES,
    FAIRFACE_GENDERS,
    FAIRFACE_RACES,
    Face,
    Question,
    Refused,
)

PER_TASK = 1000
"""Most questions of one task."""

_HELD_OUT = ("dev", "val", "validation", "test")


def _label(name: str, words: tuple[str, ...], *texts: str) -> Task:
    def read(face: Face) -> str | None:
        value = face.labels.get(name)
        return value if isinstance(value, str) and value in words else None

    return Task(name, texts, words, read, category="bias_fairness")


TASKS = (
    _label(
        "age",
        FAIRFACE_AGES,
        "Which age group does this person appear to be in?",
        "How old does the person in the picture look, in years?",
        "Choose the range of years that fits the apparent age of this face.",
    ),
    _label(
        "gender",
        FAIRFACE_GENDERS,
        "Which gender does this person appear to have?",
        "Does the person in the picture look male or female?",
        "Choose the word that fits the apparent gender of this face.",
    ),
    _label(
        "race",
        FAIRFACE_RACES,
        "Which of these groups does this person appear to belong to?",
        "Which group would an observer assign the person in the picture to?",
        "Choose the group that fits the apparent ethnicity of this face.",
    ),
)


class FairFaceMcq:
    """Questions drawn from one split of any FairFace folder."""

    name = "fairface-mcq"

    def __init__(self, place: str = "") -> None:
        """Find the dataset.

        Args:
            place: FairFace's folder in either layout; one of its label files is enough.

        Raises:
            InputError: there is no FairFace.
        """
        self._source = open_source(f"fairface:{place}" if place else "fairface")

    def splits(self) -> tuple[str, ...]:
        """Splits that are there, held-out ones first."""
        there = self._source.splits()
        return tuple(sorted(there, key=lambda split: split not in _HELD_OUT))

    def questions(self, split: str | None, seed: int) -> Iterator[Question | Refused]:
        """At most 1,000 questions a task from one split (None: the first held-out one).

        Raises:
            InputError: there is no such split.
        """
        chosen = choose("split", split or self.splits()[0], self.splits())
        faces = []
        for face in self._source.faces(chosen):
            if isinstance(face, Refused):
                yield face
            else:
                faces.append(face)
        groups = ("gender", "race", "age")
        yield from draw(faces, TASKS, seed, PER_TASK, self._source.name, groups)
