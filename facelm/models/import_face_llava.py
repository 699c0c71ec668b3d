"""Face-LLaVA's published weights as a model of ours: Video-LLaVA and landmark modules.

The names are facts of `facelm.models._published_names`; every tensor of the checkpoint has a place
or is known to have none, and every place of ours is filled, or nothing is written.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from facelm._aside import check_new, whole_folder
from facelm._io import write_json
from facelm.errors import InputError
from facelm.models import _published_names as published
from facelm.models._checkpoint import Checkpoint
from facelm.models._hub import open_hub_layout
from facelm.models.delta import DELTA_FILE, Delta
from facelm.models.face_llava import Guide, Landmarks
from facelm.models.load import resolve

BASE = "LanguageBind/Video-LLaVA-7B-hf"
_TOWERS = ("image_tower", "video_tower")
_LISTED = 40
"""Names an error lists one by one; more of them are put together."""
_NUMBER = re.compile(r"(?<=\.)\d+(?=\.)")


def import_face_llava(checkpoint: Path, out: Path, base: str = BASE) -> dict[str, Any]:
    """Write a checkpoint of Face-LLaVA (arXiv 2504.07198) as a folder that `load` opens.

    Args:
        checkpoint: a folder with `*.safetensors`, or one such file, in the published names.
        out: folder to write, new or empty: `base/` in the hub's layout, the landmark modules
            beside it.
        base: Video-LLaVA in the hub's layout, a folder or hub id: configuration, processor, the
            rows of the tokens for pictures and clips, and every vision tower that the checkpoint
            does not hold.

    Returns:
        Which form of attention was found, what came from the base, and what was left out.

    Raises:
        InputError: a tensor is missing, has no place or another shape; the weights are pickles or
            damaged; the base is no Video-LLaVA, or `out` is not empty.
        MissingError: the base is not on this machine.
    """
    from safetensors.torch import save_file
    from transformers.utils import logging

    check_new(out)
    logging.disable_progress_bar()
    given = Checkpoint(checkpoint)
    model, processor = _open_base(base)
    form, landmarks = _landmarks(given)
    places = _places(given, model)
    _check_all(given, model, places, landmarks)
    guide = _guide_weights(given, landmarks)
    from_base = _fill(given, model, places)
    settings = Landmarks(
        published.HEADS, "none" if form == "simple" else "softmax-distance", zero_init=False
    )
    about = {"imported": "Face-LLaVA", "attention": form}
    with whole_folder(out) as folder:
        model.save_pretrained(folder / "base")
        processor.save_pretrained(folder / "base")
        save_file(guide, folder / "weights.safetensors", metadata={"format": "pt"})
        delta = Delta("base", about=about, landmarks=asdict(settings))
        write_json(folder / DELTA_FILE, asdict(delta))
    between = [name for name in given.names() if published.BETWEEN_FRAMES.fullmatch(name)]
    return {
        "out": str(out), "attention": form, "mask": settings.mask, "from_base": from_base,
        "parameters": model.num_parameters() + sum(value.numel() for value in guide.values()),
        "attention_between_frames_left_out": len(between),
    }  # fmt: skip


def _open_base(base: str) -> tuple[Any, Any]:
    model, processor = open_hub_layout(resolve(base), base)
    if model.config.model_type != "video_llava":
        raise InputError(
            f"The base '{base}' ({model.config.model_type}) is no Video-LLaVA: give {BASE} or its "
            "folder to --base."
        )
    return model, processor


def _landmarks(given: Checkpoint) -> tuple[str, dict[str, str]]:
    """The attention's form, and published names of the landmark modules with ours.

    Query, key and value of `simple` are one tensor; they are ours with a * in the name.
    """
    stacked = [f"{published.STACKED}{kind}" for kind in ("weight", "bias")]
    masked = set(published.MASKED) - set(published.SIMPLE)
    if any(name.rpartition(".")[0] in masked for name in given.names()):
        return "masked", published.landmark_parameters(published.MASKED)
    names = published.landmark_parameters(published.SIMPLE)
    ends = {name: f"model.landmarks.attention.*.{name.rpartition('_')[2]}" for name in stacked}
    return "simple", names | ends


def _places(given: Checkpoint, model: Any) -> dict[str, str]:
    """Published names with those of the base, for every tensor of the base that should be there."""
    names = {
        name: ours
        for name in given.names()
        if not _known_to_have_no_place(name) and (ours := published.in_transformers(name))
    }
    return {name: ours for name, ours in names.items() if ours in model.state_dict()}


def _known_to_have_no_place(name: str) -> bool:
    return bool(published.UNUSED.fullmatch(name) or published.BETWEEN_FRAMES.fullmatch(name))


def _check_all(
    given: Checkpoint, model: Any, places: dict[str, str], landmarks: dict[str, str]
) -> None:
    """Raises: InputError where anything is missing, left over or of another shape."""
    names = set(given.names())
    wanted = {ours: value.shape for ours, value in model.state_dict().items()}
    whole = [tower for tower in _TOWERS if _has(places, tower)]
    optional = {
        n for n in wanted for t in _TOWERS if n.startswith(f"model.{t}.") and t not in whole
    }
    missing = sorted(wanted.keys() - places.values() - optional) + sorted(landmarks.keys() - names)
    left = {n for n in names - places.keys() - landmarks.keys() if not _known_to_have_no_place(n)}
    _complain(given, "lacks", missing, "the whole checkpoint is needed")
    _complain(given, "has no place for", sorted(left), "it is of another model or version")
    width = model.config.get_text_config().hidden_size
    shapes = {name: _fits(given, name, wanted[ours], model) for name, ours in places.items()}
    ours_too = _landmark_shapes(width)
    shapes |= {name: given.shape(name) == ours_too[ours] for name, ours in landmarks.items()}
    wrong = sorted(name for name, fits in shapes.items() if not fits)
    _complain(given, "has another shape than the base in", wrong, "give the base it was made from")


def _complain(given: Checkpoint, what: str, names: list[str], remedy: str) -> None:
    if names:
        shown = ", ".join(names if len(names) <= _LISTED else _together(names))
        count = f"{len(names)} tensor" + ("s" if len(names) > 1 else "")
        raise InputError(f"{given.path} {what} {count} ({shown}): {remedy}.")


def _together(names: list[str]) -> list[str]:
    """Names that differ in numbers as one: `layers.*.norm.weight (x32)`.

    Where the numbers are not all from 0 on, they are said: `layers.*.norm.weight (x2: 3, 7)`.
    """
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(_NUMBER.sub("*", name), []).append(name)
    return [_kind(kind, same) if len(same) > 1 else same[0] for kind, same in kinds.items()]


def _kind(kind: str, names: list[str]) -> str:
    numbers = sorted(tuple(map(int, _NUMBER.findall(name))) for name in names)
    if numbers == [(number,) for number in range(len(numbers))]:
        return f"{kind} (x{len(numbers)})"
    said = ", ".join(".".join(map(str, one)) for one in numbers)
    return f"{kind} (x{len(numbers)}: {said})"


def _has(places: dict[str, str], tower: str) -> bool:
    return any(ours.startswith(f"model.{tower}.") for ours in places.values())


def _fits(given: Checkpoint, name: str, wanted: torch.Size, model: Any) -> bool:
    """Same shape; tokens for pictures and clips, which are last, may be the base's own."""
    shape = given.shape(name)
    if name in ("lm_head.weight", "model.embed_tokens.weight"):
        config = model.config
        words = min(config.image_token_index, config.video_token_index)
        return shape[1:] == wanted[1:] and shape[0] in (words, wanted[0])
    return shape == tuple(wanted)


def _landmark_shapes(width: int) -> dict[str, tuple[int, ...]]:
    """Of our landmark modules at this width, query, key and value also behind one another."""
    with torch.device("meta"):
        own = Guide(width, Landmarks(heads=published.HEADS)).state_dict()
    shapes = {f"model.landmarks.{name}": tuple(value.shape) for name, value in own.items()}
    stacked = "model.landmarks.attention.*"
    return shapes | {f"{stacked}.weight": (3 * width, width), f"{stacked}.bias": (3 * width,)}


def _guide_weights(given: Checkpoint, landmarks: dict[str, str]) -> dict[str, Tensor]:
    """The landmark modules by our names."""
    weights: dict[str, Tensor] = {}
    for name, ours in landmarks.items():
        tensor = given.read(name)
        if ".*." in ours:
            parts = zip(("query", "key", "value"), tensor.chunk(3), strict=True)
            weights |= {ours.replace("*", part): one.clone() for part, one in parts}
        else:
            weights[ours] = tensor
    join, value = "model.landmarks.attention.join", "model.landmarks.attention.value"
    if f"{join}.weight" not in weights:  # the form with a mask has no layer after the heads
        weights[f"{join}.weight"] = torch.eye(len(weights[f"{value}.weight"])).to(tensor.dtype)
        weights[f"{join}.bias"] = torch.zeros_like(weights[f"{value}.bias"])
    return weights


def _fill(given: Checkpoint, model: Any, places: dict[str, str]) -> list[str]:
    """Put the checkpoint's tensors into the base; says which parts stayed the base's."""
    model.to(given.read("lm_head.weight").dtype)
    own = model.state_dict()
    for name, ours in places.items():
        tensor = given.read(name)
        own[ours][: len(tensor)].copy_(tensor) if tensor.dim() else own[ours].copy_(tensor)
    kept = [tower for tower in _TOWERS if not _has(places, tower)]
    rows = len(own["lm_head.weight"]) - given.shape("lm_head.weight")[0]
    return kept + ([f"{rows} rows of the vocabulary"] if rows else [])
