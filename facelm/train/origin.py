"""What a recipe starts from, before anything is there: also the run that a recipe beside it makes.

Stages that are recipes of their own (`recipes/face-llava/2-instruct.yaml`) start from a run's
folder. Until that run has been made, what will be in it can be read off the recipe that makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError
from facelm.models.configs import Base, find_base, grown
from facelm.models.delta import DELTA_FILE
from facelm.train.recipe import Recipe, load_recipe


def starting_base(recipe: Recipe, path: Path) -> Base:
    """The base of a recipe, as the recipes before it would leave it.

    Args:
        recipe: read from `path`.
        path: a run that is not there yet is looked for among the recipes of the same folder.

    Raises:
        InputError: there is no such base; it is a run that is not there and that no recipe there
            makes.
    """
    return _before(recipe, path, {path})


def _before(recipe: Recipe, path: Path, passed: set[Path]) -> Base:
    run = Path(recipe.model)
    if _finished(run):
        return find_base(recipe.model)
    for place, other in _beside(path):
        if place not in passed and run in (other.folder, other.folder / "model"):
            base = _before(other, place, passed | {place})
            landmarks = other.landmarks.model_dump() if other.landmarks else None
            return grown(base, landmarks, str(place))
    if _is_of_a_run(run):
        raise InputError(
            f"{path} starts from the run {run}, which is not there or not finished, and no other "
            f"recipe in {path.parent} makes it: train that run first, put the recipe that makes it "
            "beside this one, or give `model` the folder of a finished run."
        )
    return find_base(recipe.model)


def _finished(run: Path) -> bool:
    return any((place / DELTA_FILE).exists() for place in (run, run / "model"))


def _is_of_a_run(place: Path) -> bool:
    """Whether it is a run's folder that was meant, and not a hub id: both are `a/b`."""
    unfinished = (place / "recipe.yaml").exists()
    return unfinished or (place.parent.name == "runs" and not (place / "config.json").exists())


def _beside(path: Path) -> Iterator[tuple[Path, Recipe]]:
    """The recipes of a folder; a file that is none is nobody's base."""
    for place in sorted(path.parent.glob("*.y*ml")):
        try:
            yield place, load_recipe(place, fill=False)
        except InputError:
            continue
