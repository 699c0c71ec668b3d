"""Questions read off labels, without a teacher: one YAML file for each task.

Face-MLLM (arXiv 2410.20717) and FaceInstruct-1M (arXiv 2504.07198) re-word the labels of classic
face datasets as questions; here the wordings are data, and the answers are as balanced as the
labels allow.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field as Limited
from pydantic import model_validator

from facelm._io import read_bytes, sha256
from facelm.teach._label_compare import Compare, Lineup, Pool, ask, line_up
from facelm.teach._label_fields import Field, Seen, Strict
from facelm.teach._label_forms import Choose, Confirm, Say, choose, confirm, say
from facelm.teach.style import find_style, parse_yaml, validated
from facelm.types import Labels, Row, Turn

LABEL_STYLES: dict[str, Path] = {
    path.stem.replace("-", " "): path
    for path in sorted((Path(__file__).parent / "styles" / "labels").glob("*.yaml"))
}
"""Task to the file of its wordings. Adding one is one file in `styles/labels`."""
Form = Annotated[Say | Choose | Confirm | Compare, Limited(discriminator="kind")]


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
        return self


@dataclass
class Survey:
    """What a dataset's rows say about one task: shares to balance by, faces to compare with."""

    seen: dict[str, Seen]
    """By field."""
    pools: dict[str, Pool]
    """By field."""


class LabelStyle:
    """One task's questions."""

    def __init__(self, task: str, digest: str, content: LabelsFile) -> None:
        """`digest`: SHA-256 of the file."""
        self.task, self.hash, self._content = task, digest, content
        forms = content.forms
        self._drawn = [form for form in forms if isinstance(form, Say | Choose)]
        self._confirms = [form for form in forms if isinstance(form, Confirm)]
        self._compares = [form for form in forms if isinstance(form, Compare)]

    def survey(self, seed: int) -> Survey:
        """An empty survey; `count` every row of the dataset before anything is asked."""
        compared = {form.field for form in self._compares}
        seen = {name: Seen() for name in self._content.fields}
        return Survey(seen, {name: Pool(seed) for name in compared})

    def count(self, survey: Survey, row: Row) -> None:
        """Add one row to a survey; memory stays flat."""
        for name, one in self._content.fields.items():
            survey.seen[name].count(one, row.labels)
            word = one.word(row.labels) if name in survey.pools else None
            if word is not None and row.media.kind == "picture":
                survey.pools[name].add(word, row)

    def turns(self, labels: Labels, survey: Survey, media: str, key: str) -> list[Turn]:
        """Questions about one face, the same for the same key.

        Args:
            labels: what is known of it.
            survey: of the dataset it belongs to.
            media: what it is called: "picture" or "video".
            key: seed and id, from which everything is drawn.
        """
        rng = random.Random(f"{key}/{self.task}")
        words = {"media": media}
        for name, one in self._content.fields.items():
            words |= one.template(name, labels)
        found = [self._ask(form, labels, survey, words, rng) for form in self._drawn]
        single = [turn for turn in found if turn]
        single = [single[at] for at in sorted(rng.sample(range(len(single)), self._most(single)))]
        for form in self._confirms:
            seen = survey.seen[form.field]
            one = self._content.fields[form.field]
            scale = form.scale(seen)
            single += confirm(form, self.task, one, labels, seen, scale, words, rng)
        return single

    def _most(self, turns: Sequence[Turn]) -> int:
        return min(len(turns), self._content.draw)

    def _ask(
        self,
        form: Say | Choose,
        labels: Labels,
        survey: Survey,
        words: Mapping[str, str],
        rng: random.Random,
    ) -> Turn | None:
        questions = self._content.questions
        if isinstance(form, Say):
            return say(form, self.task, questions, words, rng)
        one = self._content.fields[form.field]
        seen = survey.seen[form.field]
        return choose(form, self.task, questions, one, labels, seen, words, rng)

    def comparisons(self, anchor: Row, survey: Survey, key: str) -> list[tuple[Lineup, Turn]]:
        """Questions about one face beside others of the survey; `key` as for `turns`."""
        rng = random.Random(f"{key}/{self.task}/compare")
        made = []
        for form in self._compares:
            one, pool = self._content.fields[form.field], survey.pools[form.field]
            if rng.random() < form.per_face and (lineup := line_up(form, one, anchor, pool, rng)):
                made.append((lineup, ask(form, self.task, lineup, rng)))
        return made


def load_label_style(task: str) -> LabelStyle:
    """The questions of one task.

    Args:
        task: one of `LABEL_STYLES`, or the path of a YAML file.

    Raises:
        InputError: there is no such task, or the file is not one.
    """
    path = find_style(task, LABEL_STYLES, "task")
    data = read_bytes(path, "The style")
    content: LabelsFile = validated(LabelsFile, parse_yaml(data, path), path)
    return LabelStyle(path.stem.replace("-", " "), sha256(data), content)
