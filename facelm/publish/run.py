"""A finished run on disk, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facelm.corpus.lineage import LINEAGE
from facelm.errors import InputError
from facelm.models.configs import find_base
from facelm.models.delta import DELTA_FILE, Delta, read_delta
from facelm.models.merged import LANDMARKS_KEY

_RECIPE = "recipe.yaml"


@dataclass(frozen=True)
class Run:
    """A finished run."""

    folder: Path
    """With `lineage.parquet` and the benchmarks."""
    model: Path
    """With `facelm.json` and the weights."""
    deltas: tuple[Delta, ...]
    """Of this run, and of those it was made from."""
    bases: tuple[str, ...]
    """What it started from, what that started from, …; the last is no run."""
    landmarks: bool
    """There are landmark modules in it, its own or a base's."""

    @property
    def delta(self) -> Delta:
        """Its own."""
        return self.deltas[0]

    @property
    def name(self) -> str:
        """The recipe's, else the folder's."""
        return self.delta.recipe or self.folder.resolve().name


def find_run(place: Path | str) -> Run:
    """The run in a folder, or the one whose `model` folder this is.

    Raises:
        InputError: there is none, it is not finished, or it is damaged.
    """
    path = Path(place)
    for model in (path / "model", path):
        if (model / DELTA_FILE).is_file():
            return _finished(model)
    if (path / _RECIPE).is_file():
        raise _unfinished(path)
    if (path / "config.json").is_file():
        raise InputError(
            f"{path} is a whole model already, so nothing is to be exported: give the folder of a "
            "run that `facelm train` wrote."
        )
    raise InputError(f"There is no run in {path}: give a folder that `facelm train` wrote.")


def _finished(model: Path) -> Run:
    folder = model.resolve().parent if model.resolve().name == "model" else model
    if (folder / _RECIPE).is_file() and not (folder / LINEAGE).is_file():
        raise _unfinished(folder)
    deltas = tuple(_below(read_delta(model)))
    bases = tuple(delta.base for delta in deltas)
    kept = find_base(bases[-1]).config.get(LANDMARKS_KEY)
    return Run(folder, model, deltas, bases, bool(kept) or any(one.landmarks for one in deltas))


def _unfinished(folder: Path) -> InputError:
    return InputError(
        f"The run in {folder} is not finished: run the same `facelm train` again, which goes on "
        "where it was."
    )


def _below(delta: Delta) -> Iterator[Delta]:
    """The run and those it was made from."""
    seen = set[str]()
    while True:
        yield delta
        places = (Path(delta.base), Path(delta.base) / "model")
        run = next((place for place in places if (place / DELTA_FILE).is_file()), None)
        if run is None or delta.base in seen:
            return
        seen.add(delta.base)
        delta = read_delta(run)
