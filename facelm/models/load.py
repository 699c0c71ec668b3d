"""From a name to a loaded model: `nano`, a run, a folder in the hub's layout, or a hub id."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from facelm._io import sha256
from facelm.errors import InputError, MissingError
from facelm.models._hub import open_hub_layout, show_one_tile
from facelm.models.delta import DELTA_FILE, apply_delta, read_delta
from facelm.models.face_llava import Landmarks, attach, landmarks_of
from facelm.models.home import SHIPPED, home
from facelm.models.merged import add_kept, kept_tiles
from facelm.models.nano import build_base


@dataclass
class Loaded:
    """A model with its processor, and the name it was asked by."""

    name: str
    model: Any
    """A `transformers` image-text-to-text model, in eval mode."""
    processor: Any


MODELS: dict[str, Callable[[], Path]] = {
    "nano": lambda: _prepared("nano", lambda: _with_delta(SHIPPED / "nano")),
    "nano-base": lambda: _prepared("nano-base", build_base),
}
"""Models known by a word of ours; everything else is a path or a hub id."""


def load(
    name: str, dtype: torch.dtype | None = None, crop_to_patches: bool | None = None
) -> Loaded:
    """Load a model for answering or for training.

    Args:
        name: `nano`, a run's folder, a folder in the hub's layout, or a hub id.
        dtype: of the language model; None takes bfloat16 where this machine multiplies it
            natively, else float32. Vision towers and connectors stay in float32 on a CPU (in
            nearly all models).
        crop_to_patches: cut large pictures into tiles, as the processor is set up to do; None: as
            the run was trained, exported or not, and one tile where the model is no run of ours.

    Raises:
        InputError: there is no such model, or its files cannot be used.
        MissingError: its weights cannot be had here.
    """
    _no_bars()
    folder = resolve(name)
    if isinstance(folder, Path) and (folder / DELTA_FILE).exists():
        model, processor = _with_delta(folder, crop_to_patches)
    else:
        model, processor = open_hub_layout(folder, name)
        add_kept(model, folder, name)
        if not kept_tiles(model, name, crop_to_patches):
            show_one_tile(model, processor)
    return Loaded(name, _placed(model, dtype or best_dtype()).eval(), processor)


def resolve(name: str) -> Path | str:
    """The folder (or hub id) behind a name.

    Raises:
        InputError: neither a word of ours, nor a model folder, nor shaped like a hub id.
    """
    if name in MODELS:
        return MODELS[name]()
    path = Path(name)
    for folder in (path, path / "model"):
        if (folder / "config.json").exists() or (folder / DELTA_FILE).exists():
            return folder
    if path.exists() or name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise InputError(
            f"There is no model '{name}': give nano, the folder of a finished run, a folder with "
            "config.json, or a hub id like OpenGVLab/InternVL3-1B-hf."
        )
    return name


def best_dtype() -> torch.dtype:
    """bfloat16 on a GPU and on CPUs that multiply it natively, else float32."""
    if torch.cuda.is_available():
        return torch.bfloat16
    native = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if native else torch.float32


def device() -> torch.device:
    """The first GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def language_part(model: Any) -> Any:
    """The decoder inside an image-text-to-text model, without its output layer."""
    return model.get_decoder()


def context_length(model: Any) -> int:
    """Tokens that the language model has positions for; without a limit where none is named."""
    return int(getattr(model.config.get_text_config(), "max_position_embeddings", sys.maxsize))


def _no_bars() -> None:
    """Loading takes a second; transformers would draw three bars for it."""
    from transformers.utils import logging

    logging.disable_progress_bar()


def _placed(model: Any, dtype: torch.dtype) -> Any:
    """Language model and output layer in `dtype`; on a CPU all that sees pixels in float32."""
    on_gpu = device().type == "cuda"
    model.to(dtype if on_gpu or not _mixes_types(model) else torch.float32)
    language_part(model).to(dtype)
    model.get_output_embeddings().to(dtype)
    if guide := landmarks_of(model):
        guide.float()  # points in bfloat16 would be rounded to 1/256 of the picture
    return model.to(device())


def _mixes_types(model: Any) -> bool:
    """Whether what is seen is cast to the words' type where the two meet, as nearly everywhere.

    Idefics and its children cast it to the vision tower's; all of such a model has to be of one.
    """
    return model.config.model_type not in ("idefics2", "idefics3", "smolvlm")


def _with_delta(folder: Path, crop_to_patches: bool | None = None) -> tuple[Any, Any]:
    delta = read_delta(folder)
    tiles = delta.crop_to_patches if crop_to_patches is None else crop_to_patches
    base = load(delta.base, torch.float32, tiles)
    if delta.landmarks:
        attach(base.model, Landmarks(**delta.landmarks))
    return apply_delta(base.model, folder, merge=True), base.processor


def _prepared(word: str, build: Callable[[], tuple[Any, Any]]) -> Path:
    """Build a model of ours once, whole and in the hub's layout, and keep it for fast starts."""
    folder = home() / f"{word}-{_fingerprint(word)}"
    if (folder / "config.json").exists():
        return folder
    if word != "nano-base" and not (SHIPPED / word / DELTA_FILE).exists():
        raise MissingError(
            f"The weights of '{word}' are not in this package: train them with "
            f"`facelm train recipes/{word}.yaml`."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        model, processor = build()
        _placed(model, torch.bfloat16).save_pretrained(temporary)
        processor.save_pretrained(temporary)
        if not folder.exists():
            shutil.move(temporary, folder)
            Path(temporary).mkdir()  # the context manager removes it
    return folder


def _fingerprint(word: str) -> str:
    """Changes whenever the shipped weights or the architecture do."""
    files = sorted((SHIPPED / word).glob("*.safetensors")) if word == "nano" else []
    files.append(SHIPPED / "efficientnet-lite0.safetensors")
    files += [Path(__file__).parent / name for name in ("encoder.py", "nano.py")]
    sizes = [(f.name, sha256(f.read_bytes())) for f in files if f.exists()]
    return sha256(json.dumps(sizes).encode())[:12]
