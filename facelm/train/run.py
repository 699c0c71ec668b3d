"""`facelm train`: a recipe in, a run folder out; interrupted runs go on where they were."""

from __future__ import annotations

import time
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._io import say
from facelm.errors import InputError
from facelm.train.examples import Taught, examples_of, made, opened, used
from facelm.train.recipe import AnswersStage, PerceptionStage, Recipe, load_recipe

if TYPE_CHECKING:
    from facelm.corpus import Corpus
    from facelm.train.ranks import Ranks
    from facelm.train.recipe import Stage
    from facelm.types import Conversation


def train(recipe: Recipe | Path | str, overrides: list[str] | None = None) -> dict[str, Any]:
    """Train what a recipe says.

    Args:
        recipe: a recipe or the path of its YAML file.
        overrides: `key=value`, `stages.0.lr=1e-4`; only with a path.

    Returns:
        `{"run", "model", "base", "stages": [{"name", "steps", "seconds"}]}`; `model` is the
        folder that `facelm bench`, `ask` and `serve` take.

    Raises:
        InputError: a recipe, corpus or module that does not fit.
    """
    from facelm.train.claim import claimed
    from facelm.train.ranks import join

    recipe = recipe if isinstance(recipe, Recipe) else load_recipe(Path(recipe), overrides)
    for stage in recipe.stages:
        recipe.learnt_in(stage)  # or it would be found out after hours
    ranks = join()
    with claimed(recipe, ranks):
        run = _Run(recipe, ranks)
        done = [run.stage(index) for index in range(len(recipe.stages))]
        if ranks.first:
            _write_lineage(recipe.folder / "lineage.parquet", run.all_of_it)
        ranks.wait()
    return {
        "run": str(recipe.folder),
        "model": str(recipe.folder / "model"),
        "base": recipe.model,
        "stages": done,
    }


class _Run:
    """A recipe with its corpora and the model that its first stage to be done starts from."""

    def __init__(self, recipe: Recipe, ranks: Ranks) -> None:
        """Look at everything that could stop the run before anything is paid or trained."""
        self._recipe, self._ranks = recipe, ranks
        there = [opened(data) for data in recipe.data]
        ranks.wait()  # or one would find what another has just made
        todo = [index for index in range(len(recipe.stages)) if not self._is_done(index)]
        # Before a corpus is made, and perhaps paid: the base may be none that can be trained.
        self._first = {todo[0]: _starting_model(recipe, todo[0])} if todo else {}
        corpora = [
            corpus or ranks.after_the_first(partial(made, data, recipe.seed))
            for corpus, data in zip(there, recipe.data, strict=True)
        ]
        self.all_of_it: Taught = list(zip(corpora, recipe.data, strict=True))
        for index in todo:
            self._check_lengths(index, *self._first[todo[0]])

    def stage(self, index: int) -> dict[str, Any]:
        """Do one stage, or what is left of it."""
        from facelm.models import release_freed_memory
        from facelm.train.loop import Schedule, fit

        stage = self._recipe.stages[index]
        if self._is_done(index):
            self._ranks.say(f"{stage.name}: done before.")
            return {"name": stage.name, "steps": 0, "seconds": 0.0}
        release_freed_memory()
        began = time.monotonic()
        first = self._first.pop(index) if index in self._first else None
        model, processor = first or _starting_model(self._recipe, index)
        taught = self._taught(index)
        objective = _objective(stage, model, processor, taught, self._recipe, self._ranks)
        schedule = Schedule(stage.lr, objective.steps, stage.warmup)
        folder = self._folder(index)
        how = (stage.weight_decay, folder, stage.save_every, stage.name, self._recipe.seed)
        fit(objective, schedule, *how, self._ranks)
        if self._ranks.first:
            _keep(self._recipe, index, objective, model, self._target(index))
        self._ranks.wait()
        seconds = round(time.monotonic() - began, 1)
        return {"name": stage.name, "steps": objective.steps, "seconds": seconds}

    def _taught(self, index: int) -> Taught:
        return [self.all_of_it[n] for n in self._recipe.learnt_in(self._recipe.stages[index])]

    def _folder(self, index: int) -> Path:
        return self._recipe.folder / f"{index + 1}-{self._recipe.stages[index].name}"

    def _target(self, index: int) -> Path:
        last = index + 1 == len(self._recipe.stages)
        return (self._recipe.folder if last else self._folder(index)) / "model"

    def _is_done(self, index: int) -> bool:
        from facelm.models.delta import DELTA_FILE

        return (self._target(index) / DELTA_FILE).exists()

    def _check_lengths(self, index: int, model: Any, processor: Any) -> None:
        from facelm.train.learning import unwrapped
        from facelm.train.lengths import check_lengths, limit_of

        stage, seed = self._recipe.stages[index], self._recipe.seed
        if isinstance(stage, AnswersStage):
            examples = examples_of(self._taught(index), stage.faces, seed)
            check_lengths(processor, examples, stage, limit_of(stage, unwrapped(model)))


def _starting_model(recipe: Recipe, index: int) -> tuple[Any, Any]:
    """The base, with what the stages before have learnt."""
    import torch

    from facelm.models.delta import apply_delta
    from facelm.models.face_llava import Landmarks, attach
    from facelm.models.load import load
    from facelm.train.learning import check_stages

    torch.manual_seed(recipe.seed)
    loaded = load(recipe.model, crop_to_patches=recipe.crop_to_patches)
    model = loaded.model
    if recipe.landmarks:
        attach(model, Landmarks(**recipe.landmarks.model_dump()))
    check_stages(model, recipe.stages)
    if index:
        before = recipe.stages[index - 1]
        model = apply_delta(model, recipe.folder / f"{index}-{before.name}" / "model", merge=False)
    return model, loaded.processor


def _objective(
    stage: Stage, model: Any, processor: Any, taught: Taught, recipe: Recipe, ranks: Ranks
) -> Any:
    import torch

    from facelm.train.adapted import adapted_kinds, in_short
    from facelm.train.answers import Answers
    from facelm.train.learning import prepare, unwrapped
    from facelm.train.optimizer import trained

    if isinstance(stage, PerceptionStage):
        return _perception(stage, unwrapped(model), processor, taught, recipe.seed)
    torch.manual_seed(recipe.seed)  # whatever was drawn since the model was loaded
    model = prepare(model, stage)
    for line in in_short(adapted_kinds(trained(unwrapped(model)))):
        ranks.say(f"{stage.name}: LoRA on {line}")
    examples = examples_of(taught, stage.faces, recipe.seed)
    return Answers(model, processor, examples, stage, recipe.seed, ranks)


def _perception(
    stage: PerceptionStage, model: Any, processor: Any, taught: Taught, seed: int
) -> Any:
    from facelm.train.perception import PerceptionObjective
    from facelm.train.targets import collect_targets

    about: dict[str, list[Conversation]] = {}
    home: dict[str, Corpus] = {}
    for corpus, _, one in used(taught):
        if len(one.image_ids) == 1:  # what is said of several is no label of any one
            about.setdefault(one.image_ids[0], []).append(one)
            home.setdefault(one.image_ids[0], corpus)
    if not about:
        raise InputError(
            f"The stage '{stage.name}' has no picture to learn from: look at the recipe's `data`."
        )
    pictures = (home[image_id].picture(image_id) for image_id in about)
    targets = collect_targets(list(about.values()))
    return PerceptionObjective(model, processor.tokenizer, pictures, targets, stage, seed)


def _keep(recipe: Recipe, index: int, objective: Any, model: Any, target: Path) -> None:
    """Write everything trained up to this stage as one delta on the recipe's base."""
    from facelm.models.delta import Delta, save_delta
    from facelm.models.face_llava import NAME
    from facelm.train.learning import PERCEPTION, open_module, unwrapped

    stages = recipe.stages[: index + 1]
    wrapped = objective.module if isinstance(recipe.stages[index], AnswersStage) else model
    base = unwrapped(wrapped)
    for stage in stages:
        modules = stage.train
        if isinstance(stage, PerceptionStage):
            modules = PERCEPTION
        for name in modules:
            open_module(base, name)
    about = {"stages": [stage.model_dump(mode="json") for stage in stages], "seed": recipe.seed}
    landmarks = None
    if recipe.landmarks:  # new with this run, so they are part of it, trained or not
        landmarks = recipe.landmarks.model_dump()
        open_module(base, NAME)
    delta = Delta(recipe.model, recipe.name, about, recipe.crop_to_patches, landmarks)
    save_delta(wrapped, target, delta)


def _write_lineage(path: Path, taught: Taught) -> None:
    """What the model was trained on; a picture that went away since has no perceptual hash."""
    from facelm.corpus.lineage import write_lineage

    origins = {
        (one.source, one.split, image_id, one.licence)
        for _, _, one in used(taught)
        for image_id in one.image_ids
    }
    pictures = (corpus.pictures(lambda _, error: say(str(error))) for corpus, _ in taught)
    write_lineage(path, origins, chain.from_iterable(pictures))
