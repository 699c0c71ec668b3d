"""The recipe: one YAML file says what is trained, on what, how; one schema reads it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from facelm.errors import InputError
from facelm.train._recipe_words import sentence


def _names_a_folder(name: str) -> str:
    if name != name.strip() or name in ("", ".", "..") or re.search(r'[/\\:*?"<>|\x00-\x1f]', name):
        raise ValueError(f"'{name}' cannot name a folder: use letters, digits, '-' and '_'.")
    if len(name) > _LONGEST:
        raise ValueError(f"a name has at most {_LONGEST} letters: shorten it.")
    return name


_LONGEST = 100
_FolderName = Annotated[str, AfterValidator(_names_a_folder)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Make(_Strict):
    """How a corpus is made when it is not there yet; the fields of `facelm annotate`."""

    source: str
    """`NAME[:PATH]`; environment variables are filled in."""
    split: str | None = None
    style: str = "fairfacegpt"
    teacher: str = "measured"
    limit: PositiveInt | None = None


class Data(_Strict):
    """One corpus and how much of it each epoch draws."""

    corpus: Path
    name: str = ""
    """What the stages call it that learn from it."""
    make: Make | None = None
    turns: NonNegativeInt | None = None
    """Questions drawn anew per face and epoch; None takes all."""
    always: tuple[str, ...] = ()
    """Categories that are drawn every time, in addition to `turns` of the others."""
    only: tuple[str, ...] = ()
    """Categories that are asked at all; every one without."""
    part: Literal["train"] | None = None
    """`train` leaves out a fifth of the pictures, by their hash (`facelm.corpus.part_of`)."""


class Lora(_Strict):
    """LoRA (arXiv 2106.09685) on all linear layers of the language model, its head excepted.

    One run has one: a later stage that asks for the same goes on training it, one without leaves
    it in the model as it is.
    """

    rank: PositiveInt = 16
    alpha: PositiveFloat = 32
    dropout: float = Field(default=0.0, ge=0, lt=1)
    also: tuple[str, ...] = ()
    """Other parts whose linear layers get adapters too, by name: `vision_tower`, …"""


class LandmarkModules(_Strict):
    """Face-LLaVA's modules behind the vision projector (`facelm.models.face_llava.Landmarks`).

    They are a module named `landmarks`: a stage trains them by naming it in `train`.
    """

    heads: PositiveInt = 8
    mask: Literal["none", "softmax-distance", "negative-distance"] = "negative-distance"
    zero_init: bool = True


class _Stage(_Strict):
    name: _FolderName
    epochs: PositiveFloat = 1
    lr: PositiveFloat
    warmup: float = Field(default=0.03, ge=0, le=1)
    """Share of the steps over which the rate rises from zero."""
    weight_decay: NonNegativeFloat = 0.0
    train: tuple[str, ...] = ()
    """Modules trained whole, by name: `vision_tower`, `multi_modal_projector`, …"""
    data: tuple[str, ...] = ()
    """Names of the corpora it learns from; all of the recipe's without."""
    max_steps: PositiveInt | None = None
    save_every: PositiveInt = 200
    """Steps between checkpoints."""


class PerceptionStage(_Stage):
    """Encoder and connector learn to read labels and measurements (no language model runs)."""

    kind: Literal["perception"]
    batch: PositiveInt = 64
    """Pictures per step."""


class AnswersStage(_Stage):
    """The whole model learns to answer; loss on the answers only."""

    kind: Literal["answers"]
    lora: Lora | None = None
    batch: PositiveInt = 4
    """Faces per step; all questions drawn about one face share its picture."""
    accumulation: PositiveInt = 1
    """Do a step in this many parts, one after the other: the same step in less memory."""
    checkpointing: bool = False
    """Work out again on the way back what a layer made, instead of keeping it: a third more time
    for a fraction of the memory."""
    loss: Literal["token", "answer"] = "token"
    """Mean over all answer tokens, or over answers of each one's mean."""
    faces: PositiveInt | None = None
    """Use only this many faces, drawn by the seed."""
    max_tokens: PositiveInt = 2048
    """Of a question with its pictures and answer; a longer one is an error, nothing is cut."""


Stage = Annotated[PerceptionStage | AnswersStage, Field(discriminator="kind")]


class Recipe(_Strict):
    """A whole training run."""

    name: _FolderName
    model: str = Field(min_length=1)
    seed: NonNegativeInt = 0
    crop_to_patches: bool = False
    """Let the model's processor cut large pictures into tiles, in training and whenever the run is
    asked; without, every picture is one tile."""
    landmarks: LandmarkModules | None = None
    """Add landmark modules to the model; one that has them keeps them without this."""
    output: Path | None = None
    """Run folder; None is `runs/NAME`."""
    data: tuple[Data, ...] = Field(min_length=1)
    stages: tuple[Stage, ...] = Field(min_length=1)
    exams: tuple[str, ...] = ("heads-mcq",)
    """Suites the model will be scored on, as `facelm bench --suite` names them: the training
    pictures are compared with theirs."""

    @model_validator(mode="after")
    def _stages_fit_together(self) -> Recipe:
        names = [stage.name for stage in self.stages]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"stages: two are called '{twice}': give each a name of its own.")
        adapted = [one for one in self.stages if isinstance(one, AnswersStage) and one.lora]
        for later in adapted[1:]:
            _require_same_lora(adapted[0], later)
        return self

    @property
    def folder(self) -> Path:
        """Where the run is kept."""
        return self.output or Path("runs") / self.name

    def learnt_in(self, stage: PerceptionStage | AnswersStage) -> list[int]:
        """Which of `data` a stage learns from.

        Raises:
            InputError: it names one that is not there.
        """
        known = [data.name for data in self.data]
        for name in stage.data:
            if name not in known:
                raise InputError(
                    f"The stage '{stage.name}' learns from '{name}', which is no `name` among the "
                    f"recipe's data: {', '.join(filter(None, known)) or 'none has one'}."
                )
        return [n for n, name in enumerate(known) if not stage.data or name in stage.data]


def _require_same_lora(first: AnswersStage, later: AnswersStage) -> None:
    one, other = (
        {**stage.lora.model_dump(), "also": sorted(set(stage.lora.also))}
        for stage in (first, later)
        if stage.lora
    )
    for key, value in other.items():
        if value != one[key]:
            raise ValueError(
                f"the stage '{later.name}' asks for LoRA with {key}: {value}, and '{first.name}' "
                f"puts it into the model with {key}: {one[key]}: give both the same, or make "
                f"'{later.name}' a recipe of its own whose `model` is this run's folder."
            )


def load_recipe(path: Path, overrides: list[str] | None = None, fill: bool = True) -> Recipe:
    """Read a recipe.

    Args:
        path: of the YAML file.
        overrides: `key=value` or `stages.1.lr=1e-4`, values in YAML.
        fill: in environment variables; without, `$NAME` stays (where no data is read).

    Raises:
        InputError: no such file, not YAML, an unknown key (with the nearest known one), a value
            of the wrong kind.
    """
    return parse_recipe(_with_overrides(_read(path), overrides or []), str(path), fill)


def parse_recipe(values: dict[str, Any], where: str, fill: bool = True) -> Recipe:
    """Check a recipe given as a dictionary; errors name `where`."""
    try:
        return Recipe.model_validate(_expanded(values) if fill else values)
    except ValidationError as error:
        raise InputError(f"{where}: {sentence(error, _KEYS)}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text())
    except OSError as error:
        raise InputError(f"The recipe {path} cannot be read ({error.strerror}).") from error
    except yaml.YAMLError as error:
        line = str(error).replace("\n", " ")
        raise InputError(f"The recipe {path} is not YAML: {line}.") from error
    if not isinstance(values, dict):
        raise InputError(f"The recipe {path} is not a table of keys and values.")
    return values


def _with_overrides(values: dict[str, Any], overrides: list[str]) -> dict[str, Any]:
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals:
            raise InputError(f"'{override}' is not key=value: write for example seed=1.")
        _assign(values, key.split("."), yaml.safe_load(value), override)
    return values


def _assign(values: Any, keys: list[str], value: Any, override: str) -> None:
    try:
        for key in keys[:-1]:
            values = values[int(key)] if isinstance(values, list) else values[key]
        values[int(keys[-1]) if isinstance(values, list) else keys[-1]] = value
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise InputError(f"'{override}' names no place in the recipe.") from error


def _expanded(value: Any) -> Any:
    """Fill in `$NAME` from the environment in every text."""
    if isinstance(value, dict):
        return {key: _expanded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_expanded(one) for one in value]
    if not isinstance(value, str):
        return value
    filled = os.path.expandvars(value)
    missing = re.search(r"\$(\w+)", filled)
    if missing:
        raise InputError(
            f"The recipe needs the environment variable {missing[1]}: `export {missing[1]}=…`."
        )
    return filled


_PLACES: dict[str, type[BaseModel]] = {
    "": Recipe, "data": Data, "make": Make, "lora": Lora, "landmarks": LandmarkModules,
    "perception": PerceptionStage, "answers": AnswersStage,
}  # fmt: skip
_KEYS = {place: tuple(model.model_fields) for place, model in _PLACES.items()}
"""What a recipe may say, by place."""
