"""The prompt of a judge: a YAML file whose hash stands in every result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

import facelm.teach.style
from facelm._io import sha256
from facelm._yaml_file import YamlFile
from facelm.teach.style import find_style
from facelm.types import Conversation

PROMPTS: dict[str, Path] = {
    path.stem: path
    for path in sorted((Path(facelm.teach.style.__file__).parent / "judges").glob("*.yaml"))
}
"""The prompts that come with facelm, by name."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Strict):
    """One of the numbers that are asked for."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    ask: str
    needs: Literal["labels"] | None = None
    """Asked only where the row has that."""


class _Shown(_Strict):
    picture: str
    pictures: str
    clip: str


class _File(_Strict):
    """What stands in the file; explained in judges/faceinstruct.yaml."""

    system: str
    prompt: str
    shown: _Shown
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    parameters: dict[str, Any] = {}
    again: str
    rule: str

    @model_validator(mode="after")
    def _whole(self) -> _File:
        lacking = [name for name in ("{criteria}", "{data}", "{fields}") if name not in self.prompt]
        if lacking:
            raise ValueError(f"the prompt has no {lacking[0]}")
        if len({one.name for one in self.criteria}) < len(self.criteria):
            raise ValueError("two criteria have one name")
        return self


@dataclass(frozen=True)
class JudgePrompt:
    """A prompt that was read."""

    name: str
    hash: str
    """SHA-256 of the file, in hex."""
    _file: _File

    @property
    def system(self) -> str:
        """The same for every answer."""
        return self._file.system

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Sampling parameters."""
        return self._file.parameters

    @property
    def criteria(self) -> tuple[str, ...]:
        """Names of all criteria."""
        return tuple(one.name for one in self._file.criteria)

    def about(self) -> dict[str, Any]:
        """What a result says of it."""
        return {
            "name": self.name, "sha256": self.hash, "parameters": dict(self.parameters),
            "rule": self._file.rule,
        }  # fmt: skip

    def asked(self, one: Conversation) -> tuple[str, ...]:
        """The criteria that are asked about a conversation's answers."""
        criteria = self._file.criteria
        return tuple(each.name for each in criteria if each.needs is None or one.labels)

    def text(self, one: Conversation, turn: int) -> str:
        """What the judge is told about one answer, after the pictures."""
        names = self.asked(one)
        listed = [f"- {each.name}: {each.ask}" for each in self._file.criteria
                  if each.name in names]  # fmt: skip
        text = self._file.prompt.replace("{shown}", self._seen(one))
        text = text.replace("{criteria}", "\n".join(listed)).replace("{fields}", _quoted(names))
        return text.replace("{data}", _data(one, turn))

    def again(self, names: Sequence[str]) -> str:
        """What is said to a reply that cannot be read."""
        return self._file.again.replace("{fields}", _quoted(names))

    def _seen(self, one: Conversation) -> str:
        shown, count = self._file.shown, len(one.image_ids)
        text = shown.clip if one.clip else shown.picture if count == 1 else shown.pictures
        return text.replace("{count}", str(count))


def load_prompt(name_or_path: str | Path) -> JudgePrompt:
    """Read a judge's prompt.

    Args:
        name_or_path: one of `PROMPTS`, or the path of a YAML file.

    Raises:
        InputError: there is none of that name, or the file is no such prompt.
    """
    path = find_style(str(name_or_path), PROMPTS, "judge's prompt")
    file = YamlFile.read("The judge's prompt", path, "facelm/teach/judges/faceinstruct.yaml")
    return JudgePrompt(path.stem, sha256(file.data), file.held_to(_File, file.content()))


def _data(one: Conversation, turn: int) -> str:
    """What is judged, as one line of JSON: no text in it can end it."""
    judged = one.turns[turn]
    told: dict[str, Any] = {"labels": one.labels} if one.labels else {}
    if one.dialogue and turn:
        told["earlier"] = [[each.question, each.answer] for each in one.turns[:turn]]
    told |= {"question": judged.question, "answer": judged.answer}
    return orjson.dumps(told).decode()


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
