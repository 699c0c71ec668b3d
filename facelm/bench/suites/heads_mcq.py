"""`heads-mcq`: the synthetic heads' own settings as multiple choice.

What is right is known by construction. Sex morph, age stage and morph group are settings of the
generator that drew the heads, never facts about a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from facelm.bench.draw import Task, draw
from facelm.errors import choose
from facelm.sources import open_source
from facelm.types import Face, LabelValue, Question, Refused


@dataclass(frozen=True)
class _Words:
    """From a label's value to the option that stands for it; other values are not asked about."""

    label: str
    words: dict[LabelValue, str]

    def __call__(self, face: Face) -> str | None:
        value = face.labels.get(self.label)
        return None if value is None else self.words.get(value)


def _task(name: str, words: dict[LabelValue, str], *texts: str, label: str = "") -> Task:
    return Task(name, texts, tuple(words.values()), _Words(label or name, words), category="heads")


TASKS = (
    _task(
        "sex",
        {"female": "Female", "male": "Male"},
        "Does this head look female or male?",
        "Which sex does the face in the picture appear to have?",
    ),
    _task(
        "age_stage",
        {"baby": "baby", "child": "child", "young": "young adult", "old": "old adult"},
        "Which stage of life does this face appear to be in?",
        "How old does the face in the picture look?",
    ),
    _task(
        "morph_group",
        {"african": "African", "asian": "Asian", "caucasian": "Caucasian"},
        "Which group does the shape of this head look like?",
        "Which of these groups does the face in the picture resemble most?",
    ),
    _task(
        "expression",
        {word: word for word in ("neutral", "happy", "sad", "angry", "surprised", "disgusted")},
        "Which expression does this face show?",
        "Which word describes the expression on the face best?",
    ),
    _task(
        "head_pose",
        {
            "left": "turned to the left",
            "front": "facing the camera",
            "right": "turned to the right",
        },
        "Which way is the face turned, as the viewer sees it?",
        "Where is the head facing?",
        label="facing",
    ),
    _task(
        "light",
        {"left": "from the left", "front": "from the front", "right": "from the right"},
        "Where does the light come from, as the viewer sees it?",
        "From which side is the face lit?",
        label="light_side",
    ),
    _task(
        "glasses",
        {True: "glasses", False: "no glasses"},
        "Does this person wear glasses?",
        "Is the face shown with glasses?",
    ),
    _task(
        "beard",
        {True: "bearded", False: "clean-shaven"},
        "Is the chin bearded or clean-shaven?",
        "How do the chin and the jaw look?",
    ),
    _task(
        "hair_colour",
        {word: word for word in ("black", "brown", "blond", "red", "grey")},
        "What colour is the hair?",
        "Which colour of hair does this head have?",
    ),
)


class HeadsMcq:
    """Questions drawn from one split of the synthetic heads."""

    name = "heads-mcq"

    def __init__(self, place: str = "") -> None:
        """Find the heads.

        Args:
            place: another folder in the same layout; none for the shipped one.

        Raises:
            MissingError: the shipped heads are not installed.
            InputError: `place` does not hold the layout.
        """
        self._source = open_source(f"heads:{place}" if place else "heads")

    def splits(self) -> tuple[str, ...]:
        """Splits that are there, `test` first."""
        return tuple(sorted(self._source.splits(), key=lambda split: split != "test"))

    def questions(self, split: str | None, seed: int) -> Iterator[Question | Refused]:
        """About one question per picture and task from one split (None: `test`).

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
        groups = ("sex", "age_stage", "morph_group")
        yield from draw(faces, TASKS, seed, None, self._source.name, groups)
