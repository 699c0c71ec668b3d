"""A run's folder belongs to one recipe, and to one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from facelm._io import hold, let_go, write_text
from facelm.errors import InputError
from facelm.train.loop import CHECKPOINT
from facelm.train.ranks import ALONE, Ranks
from facelm.train.recipe import Recipe

_TRAINED = ("model", "*/model", f"*/{CHECKPOINT}", "*/metrics.jsonl")
"""What a folder has once something was trained in it."""


@contextmanager
def claimed(recipe: Recipe, ranks: Ranks = ALONE) -> Iterator[None]:
    """Hold the run's folder for this recipe and against others; the first process does it for all.

    A folder in which nothing was trained yet belongs to nobody: a first try may have failed, and
    its recipe been mended.

    Raises:
        InputError: another process trains there, or it holds a run of another recipe.
    """
    if not ranks.first:
        yield
        return
    try:
        lock = hold(recipe.folder)
    except InputError as error:
        raise InputError(
            f"Another process is training in {recipe.folder}: wait for it, or give "
            "output=NEW_FOLDER."
        ) from error
    try:
        _write_down(recipe)
        yield
    finally:
        let_go(lock)


def _write_down(recipe: Recipe) -> None:
    """Going on with another recipe would mix two runs."""
    text = yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False)
    path = recipe.folder / "recipe.yaml"
    other = path.exists() and _training(path.read_text()) != _training(text)
    if other and _anything_trained(recipe.folder):
        raise InputError(
            f"{recipe.folder} holds a run of another recipe: give output=NEW_FOLDER, or remove it."
        )
    write_text(path, text)


def _training(text: str) -> str:
    """What a recipe's text says of training: other exams make no other model."""
    return text.partition("\nexams:")[0].rstrip()


def _anything_trained(folder: Path) -> bool:
    return any(any(folder.glob(pattern)) for pattern in _TRAINED)
