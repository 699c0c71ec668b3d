"""A whole model in the hub's layout that keeps what facelm added to it.

Plain `transformers` loads such a folder like any other. Landmark modules stand beside the weights
in a file of their own, since no class of `transformers` has a place for them; `config.json` says
what they are like (`face_landmarks`) and whether large pictures were cut into tiles in training
(`face_crop_to_patches`), and `facelm.models.load` reads both.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from facelm._io import replacing
from facelm.errors import InputError
from facelm.models._weights import read_float32
from facelm.models.face_llava import NAME, Landmarks, attach, landmarks_of

LANDMARKS_FILE = "landmarks.safetensors"
LANDMARKS_KEY, _TILES = "face_landmarks", "face_crop_to_patches"
_SWITCH = "crop_to_patches"


def save_merged(model: Any, processor: Any, folder: Path, tiles: bool, dtype: torch.dtype) -> None:
    """Write a model with everything that was learnt in its weights.

    Args:
        model: not wrapped by `peft`; its type and its landmarks are changed by this, so it is
            of no more use.
        processor: the model's; set up to show one tile without `tiles`.
        folder: there, and empty.
        tiles: large pictures are to be cut into tiles, as the processor would.
        dtype: of the weights; landmark modules stay in float32.
    """
    guide = landmarks_of(model)
    if guide is not None:
        _save_landmarks(guide, folder / LANDMARKS_FILE)
        setattr(model.config, LANDMARKS_KEY, asdict(guide.settings))
        delattr(model.model, NAME)
    setattr(model.config, _TILES, tiles)
    _settle(model.generation_config)
    model.to(dtype).save_pretrained(folder)
    save_processor(processor, folder, tiles)


def save_processor(processor: Any, folder: Path, tiles: bool) -> None:
    """Write processor, tokenizer and chat template so that plain `transformers` cuts no tiles.

    InternVL's class would cut whatever the processor's files say, and does not write down that it
    was told otherwise; what the tokenizer's file says stands above the class.
    """
    kept = processor.tokenizer.init_kwargs
    for leftover in (_SWITCH, "is_local", "local_files_only"):  # the last two: how it was loaded
        kept.pop(leftover, None)
    if not tiles and _SWITCH in getattr(type(processor), "images_kwargs", {}):
        kept[_SWITCH] = False
    processor.save_pretrained(folder)


def add_kept(model: Any, folder: Path | str, name: str) -> None:
    """Put the landmark modules back that a merged folder keeps, if it has any.

    Args:
        model: as `transformers` loaded it.
        folder: where it was loaded from, or a hub id.
        name: what the user wrote, for messages.

    Raises:
        InputError: their settings or weights are missing, damaged or another model's.
    """
    settings = getattr(model.config, LANDMARKS_KEY, None)
    if settings is None:
        return
    try:
        wanted = Landmarks(**settings)
    except TypeError as error:
        raise InputError(
            f"The landmark settings of '{name}' in config.json are not ours ({error}): export the "
            "run again."
        ) from error
    tensors = read_float32(_file(folder, name))
    guide = attach(model, wanted)
    own = {key: value.shape for key, value in guide.state_dict().items()}
    if own != {key: value.shape for key, value in tensors.items()}:
        raise InputError(
            f"{LANDMARKS_FILE} of '{name}' is another model's: copy or download the whole again."
        )
    guide.load_state_dict(tensors)


def kept_tiles(model: Any, name: str, wanted: bool | None) -> bool:
    """Whether pictures are cut into tiles: as was asked for, else as the model was trained.

    Raises:
        InputError: tiles are asked of a model whose processor was written without them.
    """
    kept: bool | None = getattr(model.config, _TILES, None)
    if wanted and kept is False:
        raise InputError(
            f"The model '{name}' was exported to see one tile of a picture: leave "
            "`crop_to_patches` off, or take the run it was exported from."
        )
    return bool(kept) if wanted is None else wanted


def _file(folder: Path | str, name: str) -> Path:
    from transformers.utils import cached_file

    try:
        found = cached_file(str(folder), LANDMARKS_FILE)
    except OSError as error:
        raise InputError(
            f"The model '{name}' has landmark modules and no {LANDMARKS_FILE}: copy or download "
            "the whole again."
        ) from error
    return Path(str(found))


def _save_landmarks(guide: torch.nn.Module, path: Path) -> None:
    from safetensors.torch import save_file

    tensors = {k: v.detach().float().cpu().contiguous() for k, v in guide.state_dict().items()}
    with replacing(path) as temporary:
        save_file(tensors, temporary, metadata={"format": "pt"})


def _settle(generation: Any) -> None:
    """Some published generation configs name a temperature and do not sample.

    `transformers` reads such a file and refuses to write it.
    """
    if not generation.do_sample:
        generation.temperature = generation.top_p = generation.top_k = None
