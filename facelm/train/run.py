"""`facelm train`: a recipe in, a run folder out; interrupted runs go on where they were."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._io import say, write_text
from facelm.errors import InputError
from facelm.train.recipe import AnswersStage, Data, PerceptionStage, Recipe, load_recipe

if TYPE_CHECKING:
    from facelm.corpus import Corpus
    from facelm.train.recipe import Stage
    from facelm.types import Conversation, Turn


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
    recipe = recipe if isinstance(recipe, Recipe) else load_recipe(Path(recipe), overrides)
    for stage in recipe.stages:
        recipe.learnt_in(stage)  # or it would be found out after hours
    _claim(recipe)
    corpora = [_corpus(data, recipe.seed) for data in recipe.data]
    done = [_run_stage(recipe, index, corpora) for index in range(len(recipe.stages))]
    _write_lineage(recipe.folder / "lineage.parquet", corpora, recipe.data)
    return {
        "run": str(recipe.folder),
        "model": str(recipe.folder / "model"),
        "base": recipe.model,
        "stages": done,
    }


def _claim(recipe: Recipe) -> None:
    """A run folder belongs to one recipe: going on with another would mix two runs."""
    import yaml

    text = yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False)
    path = recipe.folder / "recipe.yaml"
    if path.exists() and _training(path.read_text()) != _training(text):
        raise InputError(
            f"{recipe.folder} holds a run of another recipe: give output=NEW_FOLDER, or remove it."
        )
    write_text(path, text)


def _training(text: str) -> str:
    """What a recipe's text says of training: other exams make no other model."""
    return text.partition("\nexams:")[0].rstrip()


def _corpus(data: Data, seed: int) -> Corpus:
    from facelm.corpus import read_corpus

    if not (data.corpus / "manifest.json").exists():
        if data.make is None:
            raise InputError(
                f"There is no corpus at {data.corpus}: make one with `facelm annotate`."
            )
        from facelm.annotate import annotate

        say(f"Making the corpus {data.corpus} from {data.make.source}.")
        annotate(out=data.corpus, seed=seed, **data.make.model_dump())
    return read_corpus(data.corpus)


def _run_stage(recipe: Recipe, index: int, corpora: list[Corpus]) -> dict[str, Any]:
    from facelm.models import release_freed_memory
    from facelm.models.delta import DELTA_FILE
    from facelm.train.loop import Schedule, fit

    release_freed_memory()
    stage = recipe.stages[index]
    folder = recipe.folder / f"{index + 1}-{stage.name}"
    target = recipe.folder / "model" if index + 1 == len(recipe.stages) else folder / "model"
    if (target / DELTA_FILE).exists():
        say(f"{stage.name}: done before.")
        return {"name": stage.name, "steps": 0, "seconds": 0.0}
    began = time.monotonic()
    model, processor = _starting_model(recipe, index)
    learnt = recipe.learnt_in(stage)
    taught = [(corpora[n], recipe.data[n]) for n in learnt]
    objective = _objective(stage, model, processor, taught, recipe)
    schedule = Schedule(stage.lr, objective.steps, stage.warmup)
    fit(objective, schedule, stage.weight_decay, folder, stage.save_every, stage.name)
    _keep(recipe, index, objective, model, target)
    seconds = round(time.monotonic() - began, 1)
    return {"name": stage.name, "steps": objective.steps, "seconds": seconds}


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
    stage: Stage, model: Any, processor: Any, taught: list[tuple[Corpus, Data]], recipe: Recipe
) -> Any:
    if isinstance(stage, PerceptionStage):
        from facelm.train.learning import unwrapped
        from facelm.train.perception import PerceptionObjective
        from facelm.train.targets import collect_targets

        about: dict[str, list[Conversation]] = {}
        home: dict[str, Corpus] = {}
        for corpus, _, one in _used(taught):
            if len(one.image_ids) == 1:  # what is said of several is no label of any one
                about.setdefault(one.image_ids[0], []).append(one)
                home.setdefault(one.image_ids[0], corpus)
        pictures = [home[image_id].picture(image_id) for image_id in about]
        targets = collect_targets(list(about.values()))
        return PerceptionObjective(
            unwrapped(model), processor.tokenizer, pictures, targets, stage, recipe.seed
        )
    from facelm.train.answers import Answers
    from facelm.train.learning import prepare

    examples = _examples(taught)
    return Answers(prepare(model, stage), processor, examples, stage, recipe.seed)


def _used(taught: list[tuple[Corpus, Data]]) -> Iterator[tuple[Corpus, Data, Conversation]]:
    """Every conversation that is trained on."""
    from facelm.corpus import in_part

    for corpus, wanted in taught:
        for one in corpus.conversations():
            if wanted.part is None or in_part(one, wanted.part):
                yield corpus, wanted, one


def _examples(taught: list[tuple[Corpus, Data]]) -> list[Any]:
    """Join all corpora's turns about the same picture or pictures."""
    from facelm.train.answers import Example

    asked: dict[tuple[str, ...], dict[Data, list[Any]]] = {}
    home: dict[str, Corpus] = {}
    clips: set[tuple[str, ...]] = set()
    for corpus, wanted, one in _used(taught):
        questions = [q for q in _questions(one) if _is_asked(q[-1], wanted)]
        if not questions:
            continue
        if one.clip:
            clips.add(one.image_ids)
        asked.setdefault(one.image_ids, {}).setdefault(wanted, []).extend(questions)
        for image_id in one.image_ids:
            home.setdefault(image_id, corpus)
    return [
        Example(
            tuple(home[image_id].picture(image_id) for image_id in image_ids),
            tuple((tuple(pool), wanted) for wanted, pool in pools.items()),
            image_ids in clips,
        )
        for image_ids, pools in asked.items()
    ]


def _is_asked(turn: Turn, wanted: Data) -> bool:
    return not wanted.only or turn.category in wanted.only


def _questions(conversation: Conversation) -> Iterator[tuple[Turn, ...]]:
    """Each turn with those it follows, if it does."""
    for number, turn in enumerate(conversation.turns):
        yield conversation.turns[: number + 1] if conversation.dialogue else (turn,)


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


def _write_lineage(path: Path, corpora: list[Corpus], data: tuple[Data, ...]) -> None:
    """What the model was trained on; a picture that went away since has no perceptual hash."""
    from facelm.corpus.lineage import write_lineage

    origins = {
        (one.source, one.split, image_id, one.licence)
        for _, _, one in _used(list(zip(corpora, data, strict=True)))
        for image_id in one.image_ids
    }
    pictures = (one.pictures(lambda _, error: say(str(error))) for one in corpora)
    write_lineage(path, origins, chain.from_iterable(pictures))
