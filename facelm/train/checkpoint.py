"""A stage's checkpoint: trained parameters, buffers, moments and the number of the step.

One safetensors file: `model.NAME` is a parameter (its float32 master copy, where it has one) or a
buffer; `exp_avg.NAME`, `exp_avg_sq.NAME` and `step.NAME` are AdamW's, of parameters that have had a
gradient. The step is in the file's metadata.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from facelm._io import replacing
from facelm.errors import InputError
from facelm.train.optimizer import MOMENTS, Optimizer


def save(module: nn.Module, optimizer: Optimizer, step: int, path: Path) -> None:
    """Write a checkpoint, whole or not at all.

    Args:
        module: what is trained.
        optimizer: of its parameters.
        step: how many are done.
        path: of the file.
    """
    tensors = _held(module, optimizer)
    for name in optimizer.masters:
        tensors |= {f"{key}.{name}": value for key, value in optimizer.moments(name).items()}
    # safetensors refuses shared memory and odd strides; a plain copy is neither.
    plain = {key: value.detach().cpu().clone().contiguous() for key, value in tensors.items()}
    with replacing(path) as temporary:
        save_file(plain, temporary, metadata={"step": str(step)})


def restore(module: nn.Module, optimizer: Optimizer, path: Path) -> int:
    """Put a checkpoint back.

    Returns:
        The number of steps done; 0 where there is no checkpoint.

    Raises:
        InputError: it is damaged, or of something else than what is trained now.
    """
    if not path.exists():
        return 0
    with _opened(path) as file, torch.no_grad():
        held, keys = _held(module, optimizer), set(file.keys())
        _check(file, path, held, keys)
        for name in optimizer.masters:
            moments = {k: file.get_tensor(f"{k}.{name}") for k in MOMENTS if f"{k}.{name}" in keys}
            optimizer.restore(name, file.get_tensor(f"model.{name}"), moments)
        for key in held.keys() - {f"model.{name}" for name in optimizer.masters}:
            held[key].copy_(file.get_tensor(key))
        return int(file.metadata()["step"])


def _held(module: nn.Module, optimizer: Optimizer) -> dict[str, Tensor]:
    """Masters of the trained parameters and every buffer that is part of the module's state."""
    kept = module.state_dict()
    buffers = {name: kept[name] for name, _ in module.named_buffers() if name in kept}
    return {f"model.{name}": value for name, value in sorted((buffers | optimizer.masters).items())}


def _opened(path: Path) -> Any:
    try:
        return safe_open(path, "pt")
    except SafetensorError as error:
        raise InputError(
            f"The checkpoint {path} is damaged ({error}): remove it, and its stage begins anew."
        ) from error


def _check(file: Any, path: Path, held: dict[str, Tensor], keys: set[str]) -> None:
    """See that every tensor has its place, before the first of them is put there."""
    fits = "step" in (file.metadata() or {})
    fits &= {key for key in keys if key.startswith("model.")} == held.keys()
    fits = fits and all(
        file.get_slice(key).get_shape() == list(own.shape) and _whole(key, keys)
        for key, own in held.items()
    )
    if not fits:
        raise InputError(
            f"The checkpoint {path} does not fit what is trained here (another model or version "
            "wrote it): remove it, and its stage begins anew."
        )


def _whole(key: str, keys: set[str]) -> bool:
    """All of a parameter's moments are there, or none."""
    moments = {f"{moment}.{key.removeprefix('model.')}" for moment in MOMENTS}
    return moments <= keys or not moments & keys
