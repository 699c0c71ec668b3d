"""`heads-clips-mcq`: what changes in the clips of the synthetic heads, as multiple choice.

Each question is about time: no single frame answers it for sure. What is right is known by
construction. The frames are those that a corpus of `heads-clips` has.
"""

from __future__ import annotations

from collections.abc import Iterator

from facelm.bench.draw import Task, draw
from facelm.errors import PictureError, choose
from facelm.sources import frames, open_source
from facelm.types import Face, Question, Refused

FRAMES = 8
"""Of a clip, evenly over its time."""
_EXPRESSIONS = ("neutral", "happy", "sad", "angry", "surprised", "disgusted")


def _task(label: str, words: dict[str, str], *texts: str) -> Task:
    def read(face: Face) -> str | None:
        return words.get(str(face.labels.get(label)))

    return Task(label, texts, tuple(words.values()), read, category="heads")


TASKS = (
    _task(
        "head_turn",
        {"to_left": "to the left", "still": "it is held still", "to_right": "to the right"},
        "Which way does the head turn in the video, as the viewer sees it?",
        "Where does the head turn while the video runs?",
    ),
    _task(
        "light_turn",
        {"to_left": "to the left", "still": "it stays where it is", "to_right": "to the right"},
        "Which way does the light wander in the video, as the viewer sees it?",
        "Where does the light move while the video runs?",
    ),
    _task(
        "expression_from",
        {word: word for word in _EXPRESSIONS},
        "Which expression does the face show when the video begins?",
        "Which word describes the expression at the beginning of the video best?",
    ),
    _task(
        "expression_to",
        {word: word for word in _EXPRESSIONS},
        "Which expression does the face show when the video ends?",
        "Which word describes the expression at the end of the video best?",
    ),
)


class HeadsClipsMcq:
    """Questions drawn from one split of the clips of the synthetic heads."""

    name = "heads-clips-mcq"

    def __init__(self, place: str = "") -> None:
        """Find the clips.

        Args:
            place: another folder in the same layout; none for the shipped one.

        Raises:
            MissingError: the shipped clips are not installed.
            InputError: `place` does not hold the layout.
        """
        self._source = open_source(f"heads-clips:{place}" if place else "heads-clips")

    def splits(self) -> tuple[str, ...]:
        """Splits that are there, `test` first."""
        return tuple(sorted(self._source.splits(), key=lambda split: split != "test"))

    def questions(self, split: str | None, seed: int) -> Iterator[Question | Refused]:
        """About one question per clip and task from one split (None: `test`).

        Raises:
            InputError: there is no such split.
        """
        chosen = choose("split", split or self.splits()[0], self.splits())
        faces, clips = [], {}
        for row in self._source.rows(chosen):
            if isinstance(row, Refused):
                yield row
                continue
            try:
                shown = tuple(frames(row.media, FRAMES))
            except PictureError as error:
                yield Refused(row.id, str(error))
                continue
            clips[row.id] = shown
            faces.append(Face(row.id, shown[FRAMES // 2], row.labels, self._source.name))
        groups = ("sex", "age_stage", "morph_group")
        yield from draw(faces, TASKS, seed, None, self._source.name, groups, clips)
