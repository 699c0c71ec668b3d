"""Was the model trained on the questions' pictures?

What a model was trained on stands in the `lineage.parquet` of its run; what its base was trained
on, in that of the base's run; and so on, down to a base whose pictures nobody listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from facelm._io import sha256
from facelm.corpus.lineage import LINEAGE, read_lineage
from facelm.corpus.overlap import VIEWS, Hashed, Match, find_overlap, hash_pictures
from facelm.types import Question, Refused


@dataclass(frozen=True)
class Lineage:
    """All that is known of the pictures a model was trained on."""

    pictures: list[Hashed]
    known: list[str]
    """Models whose lineages these are: the model, its base, that one's base."""
    unknown: list[str]
    """Those of them without a lineage."""


def lineage_of(model: str) -> Lineage:
    """What a model and those it was made from were trained on.

    Args:
        model: `nano`, a run's folder or the `model` in it; of any other name nothing is known.

    Raises:
        InputError: a lineage or a run's description is damaged.
    """
    files = dict(lineage_files(model))
    pictures: dict[str, Hashed] = {}
    for file in files.values():
        pictures |= {one.sha256: one for one in read_lineage(file)} if file else {}
    known = [name for name, file in files.items() if file]
    return Lineage(list(pictures.values()), known, [name for name in files if name not in known])


def lineage_files(model: str) -> Iterator[tuple[str, Path | None]]:
    """The model, its base and so on, each with the file of its lineage, None where it has none."""
    from facelm.models import MODELS
    from facelm.models.delta import DELTA_FILE, read_delta
    from facelm.models.home import SHIPPED

    name, seen = model, set[str]()
    while name not in seen:
        seen.add(name)
        folder = SHIPPED / name if name in MODELS else Path(name)
        run = folder.parent if folder.name == "model" else folder
        yield name, next((f for f in (folder / LINEAGE, run / LINEAGE) if f.is_file()), None)
        for place in (folder, folder / "model"):
            if (place / DELTA_FILE).is_file():
                name = read_delta(place).base


@dataclass(frozen=True)
class Overlap:
    """What of a benchmark was trained on."""

    compared: int
    """Different training pictures."""
    by_bytes_only: int
    """Those of them without a perceptual hash: of them only the same bytes are found."""
    pictures: int
    """Different pictures of the benchmark."""
    questions_in_all: int
    matches: list[Match]
    questions: dict[str, str]
    """Questions about a picture that was trained on: id to `exact` or `near`."""

    def counts(self) -> dict[str, int]:
        """The numbers, as results state them."""
        exact = sum(match.kind == "exact" for match in self.matches)
        return {
            "compared": self.compared,
            "by_bytes_only": self.by_bytes_only,
            "pictures": self.pictures,
            "exact": exact,
            "near": len(self.matches) - exact,
            "questions": len(self.questions),
        }


def pictures_of(question: Question) -> Iterator[tuple[str, bytes]]:
    """A question's pictures, each with a name: the question's id, and its place among several."""
    for place, data in enumerate(question.images, start=1):
        several = len(question.images) > 1
        yield f"{question.id}, picture {place}" if several else question.id, data


class Pictures:
    """A benchmark's pictures, hashed as its questions go by; no pixels are kept."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rows: dict[str, Hashed] = {}
        """By SHA-256, in the order of the questions; the first question's id is the name."""
        self.unreadable: list[Refused] = []
        self._asked: dict[str, tuple[str, ...]] = {}

    def add(self, question: Question) -> None:
        """Hash those of a question's pictures that are new."""
        shas = (self._hash(name, data) for name, data in pictures_of(question))
        self._asked[question.id] = tuple(shas)

    def _hash(self, name: str, data: bytes) -> str:
        key = sha256(data)
        if key not in self.rows:
            (self.rows[key],) = hash_pictures([(name, data)], self.unreadable, VIEWS)
        return key

    def among(self, train: Iterable[Hashed]) -> Overlap:
        """Look for them among training pictures."""
        known = list(train)
        matches = find_overlap(known, self.rows.values())
        kinds = {match.benchmark: match.kind for match in matches}
        questions: dict[str, str] = {}
        for question, shas in self._asked.items():
            found = {kinds[name] for sha in shas if (name := self.rows[sha].id) in kinds}
            if found:
                questions[question] = min(found)  # "exact" before "near"
        return Overlap(
            compared=len(known),
            by_bytes_only=sum(not one.near for one in known),
            pictures=len(self.rows),
            questions_in_all=len(self._asked),
            matches=matches,
            questions=questions,
        )
