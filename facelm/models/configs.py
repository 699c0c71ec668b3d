"""What a base model is, without its weights: from a folder, or from facts kept in this package.

No hub can be counted on, so the configurations of the bases that recipes name are kept as facts in
`facelm/data/configs`, one file each, with where every number was read and which are unknown.
Nothing that comes with a model is executed, and no weights are read.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from facelm._io import read_bytes
from facelm._yaml_file import YamlFile
from facelm.errors import InputError, choose

_FACTS = Path(__file__).parent.parent / "data" / "configs"
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


@dataclass(frozen=True)
class Base:
    """A base model's configuration, and how sure it is."""

    name: str
    config: dict[str, Any]
    """In the keys of `transformers`, as `config.json` has them."""
    source: str
    """Where the configuration is: a folder, or a file of facts."""
    unknown: tuple[str, ...] = ()
    """What is in the facts without having been read anywhere."""
    published: int | None = None
    """Parameters as published, where the size of the weights was found."""
    licence: str = ""
    """As its authors state it, where that was found."""
    folder: Path | None = None
    """Where its weights would be, for a model on this machine."""
    landmarks: dict[str, Any] | None = None
    """Settings of the landmark modules in it, for a run of ours that has them."""


@functools.cache
def published() -> dict[str, Base]:
    """The bases whose configurations are kept in this package, by hub id."""
    bases = {}
    for path in sorted(_FACTS.glob("*.yaml")):
        facts = YamlFile.read("The facts", path, "another file beside it").table()
        total = facts["published"]["parameters"]
        bases[facts["id"]] = Base(
            facts["id"],
            facts["config"],
            f"facelm/data/configs/{path.name}",
            tuple(facts["unknown"]),
            None if total is None else round(total),
            facts.get("licence", {}).get("stated", ""),
        )
    return bases


def find_base(name: str) -> Base:
    """The base behind a name: a word of ours, a run, a folder with `config.json`, or a hub id.

    A hub id that has been downloaded is read from the cache; one that has not, from the facts.

    Raises:
        InputError: there is nothing by that name, or its `config.json` cannot be read.
    """
    from facelm.models.delta import DELTA_FILE, read_delta
    from facelm.models.load import resolve

    place = resolve(name)
    if isinstance(place, str):
        folder = _in_cache(place)
        return _of_folder(name, folder) if folder else published()[_known(place)]
    if (place / DELTA_FILE).exists():
        delta = read_delta(place)
        return grown(find_base(delta.base), delta.landmarks, str(place))
    return _of_folder(name, place)


def grown(base: Base, landmarks: dict[str, Any] | None, by: str) -> Base:
    """What a run makes of its base: the same shapes, for adapters go into the weights.

    Args:
        base: what the run starts from.
        landmarks: settings of the modules that it adds, None where it adds none.
        by: the run, or the recipe that would make it.
    """
    has = landmarks or base.landmarks
    return replace(
        base,
        source=f"{base.source}, as {by} leaves it",
        published=None if has else base.published,
        landmarks=has,
    )


def pickled_only(base: Base) -> str | None:
    """Name of a pickle, where a model's folder holds weights in no other form."""
    if base.folder is None:
        return None
    files = sorted(path.name for path in base.folder.iterdir() if path.is_file())
    if any(name.endswith(".safetensors") for name in files):
        return None
    return next((name for name in files if name.endswith(_PICKLES)), None)


def _known(name: str) -> str:
    try:
        return choose("published configuration", name, list(published()))
    except InputError as error:
        raise InputError(
            f"{str(error).rstrip('.?')}? Or fetch its config.json where there is a network "
            f"(`hf download {name} config.json --local-dir DIR`) and give DIR."
        ) from error


def _in_cache(name: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(name, "config.json")
    return Path(found).parent if isinstance(found, str) else None


def _of_folder(name: str, folder: Path) -> Base:
    from facelm.models.merged import LANDMARKS_KEY

    path = folder / "config.json"
    try:
        config = json.loads(read_bytes(path, "The configuration"))
    except ValueError as error:
        raise InputError(f"{path} is not JSON ({error}): copy it again.") from error
    if not isinstance(config, dict) or "model_type" not in config:
        raise InputError(f"{path} names no model_type: it is not the configuration of a model.")
    return Base(name, config, str(path), folder=folder, landmarks=config.get(LANDMARKS_KEY))
