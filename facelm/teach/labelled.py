"""Questions read off labels, without a teacher: one YAML file for each task.

Face-MLLM (arXiv 2410.20717) and FaceInstruct-1M (arXiv 2504.07198) re-word the labels of classic
face datasets as questions; here the wordings are data, and the answers are as balanced as the
labels allow.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field as Limited
from pydantic import model_validator

from facelm._io import sha256
from facelm.teach._label_compare import Compare, Lineup, Pool, ask, line_up
from facelm.teach._label_fields import Field, Seen, Strict, names, words_of
from facelm.teach._label_forms import (
    Choose,
    Confirm,
    Rate,
    Say,
    Told,
    choose,
    confirm,
    rate,
    say,
)
from facelm.teach.style import find_style, style_file
from facelm.types import Labels, Row, Turn

LABEL_STYLES: dict[str, Path] = {
    path.stem.replace("-", " "): path
    for path in sorted((Path(__file__).parent / "styles" / "labels").glob("*.yaml"))
}
"""Task to the file of its wordings. Adding one is one file in `styles/labels`."""
Form = Annotated[Say | Choose | Rate | Confirm | Compare, Limited(discriminator="kind")]

_DRAWN: Mapping[str, Callable[[Any, Told, random.Random], Turn | None]] = {
    "say": say, "choose": choose, "rate": rate,
}  # fmt: skip
_OWN_WORDS: Mapping[str, set[str]] = {
    "rate": {"media", "it", "it_said", "level"},
    "confirm": {"media", "it", "it_said", "clause"},
    "compare": {"it", "it_said", "count", "places", "number"},
}


class LabelsFile(Strict):
    """The YAML file; its parts are explained in styles/labels/age.yaml."""

    kind: Literal["labels"]
    draw: int = Limited(ge=1)
    fields: dict[str, Field] = Limited(min_length=1)
    questions: tuple[str, ...] = ()
    forms: tuple[Form, ...] = Limited(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> LabelsFile:
        for form in self.forms:
            name = getattr(form, "field", None)
            if name is not None and name not in self.fields:
                raise ValueError(f"the form '{form.name}' asks about '{name}', which is no field")
            if not form.questions and not self.questions:
                raise ValueError(f"the form '{form.name}' has no questions")
            _require(form.name, _texts(form), self._known_to(form))
            _require(form.name, (getattr(form, "otherwise", ""),), {"it", "it_said"})
        _require("questions", self.questions, self._words())
        return self

    def _known_to(self, form: Form) -> set[str]:
        """Template words; what is asked of one word or of several faces knows no fields."""
        return self._words() if form.kind in ("say", "choose") else _OWN_WORDS[form.kind]

    def _words(self) -> set[str]:
        return {"media"}.union(*(names(name) for name in self.fields))


def _texts(form: Strict) -> Iterator[str]:
    """Everything in a form that is a template."""
    yield getattr(form, "how", "")
    for name in ("questions", "answers", "agree", "deny"):
        yield from getattr(form, name, ())


def _require(where: str, texts: Iterator[str] | tuple[str, ...], known: set[str]) -> None:
    for text in texts:
        try:
            unknown = words_of(text) - known
        except ValueError as error:
            raise ValueError(f"'{text}' of '{where}': {error}") from error
        if unknown:
            raise ValueError(f"'{text}' of '{where}' needs {{{min(unknown)}}}, which is no word")


@dataclass
class Survey:
    """What a dataset's rows say about one task: shares to balance by, faces to compare with."""

    seed: int
    seen: dict[str, Seen]
    """By field."""
    pools: dict[tuple[str, str], Pool] = field(default_factory=dict)
    """By field and split: a picture of a test has no business in a question for training."""


class LabelStyle:
    """One task's questions."""

    def __init__(self, task: str, digest: str, content: LabelsFile) -> None:
        """`digest`: SHA-256 of the file."""
        self.task, self.hash, self._content = task, digest, content
        forms = content.forms
        self._drawn = [form for form in forms if form.kind in _DRAWN]
        self._confirms = [form for form in forms if isinstance(form, Confirm)]
        self._compares = [form for form in forms if isinstance(form, Compare)]
        self._compared = {form.field for form in self._compares}

    def survey(self, seed: int) -> Survey:
        """An empty survey; `count` every row of the dataset before anything is asked."""
        return Survey(seed, {name: Seen() for name in self._content.fields})

    def reads(self, labels: Labels) -> bool:
        """Whether a face has a label that this task asks about."""
        return any(one.known(labels) for one in self._content.fields.values())

    def count(self, survey: Survey, row: Row) -> None:
        """Add one row to a survey; memory stays flat."""
        for name, one in self._content.fields.items():
            survey.seen[name].count(one, row.labels)
            word = one.word(row.labels) if name in self._compared else None
            if word is not None and row.media.kind == "picture":
                pool = survey.pools.setdefault((name, row.split), Pool(survey.seed))
                pool.add(word, row)

    def turns(self, labels: Labels, survey: Survey, media: str, key: str) -> list[Turn]:
        """Questions about one face, the same for the same key.

        Args:
            labels: what is known of it.
            survey: of the dataset it belongs to.
            media: what it is called: "picture" or "video".
            key: seed and id, from which everything is drawn.
        """
        words = {"media": media}
        for name, one in self._content.fields.items():
            words |= one.template(name, labels)
        told = Told(
            self.task, labels, words, frozenset(words), self._content.questions,
            self._content.fields, survey.seen,
        )  # fmt: skip
        rng = random.Random(f"{key}/{self.task}")
        turns = list(islice(self._single(told, rng), self._content.draw))
        for form in self._confirms:
            turns += confirm(form, told, rng)
        return turns

    def _single(self, told: Told, rng: random.Random) -> Iterator[Turn]:
        """Turns of the forms that are drawn among, in an order that is drawn."""
        for form in rng.sample(self._drawn, len(self._drawn)):
            turn = _DRAWN[form.kind](form, told, rng)
            if turn is not None:
                yield turn

    def comparisons(self, anchor: Row, survey: Survey, key: str) -> list[tuple[Lineup, Turn]]:
        """Questions about one face beside others of the survey; `key` as for `turns`."""
        if not self._compares:
            return []
        rng = random.Random(f"{key}/{self.task}/compare")
        made = []
        for form in self._compares:
            one = self._content.fields[form.field]
            pool = survey.pools.get((form.field, anchor.split), Pool(survey.seed))
            if rng.random() < form.per_face and (lineup := line_up(form, one, anchor, pool, rng)):
                made.append((lineup, ask(form, one, self.task, lineup, rng)))
        return made


def load_label_style(task: str) -> LabelStyle:
    """The questions of one task.

    Args:
        task: one of `LABEL_STYLES`, or the path of a YAML file.

    Raises:
        InputError: there is no such task, or the file is not one.
    """
    path = find_style(task, LABEL_STYLES, "task")
    file = style_file(path)
    content = file.held_to(LabelsFile, file.table())
    return LabelStyle(path.stem.replace("-", " "), sha256(file.data), content)
