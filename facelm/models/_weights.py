"""Reading weight files."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from facelm.errors import InputError


def read_float32(path: Path) -> dict[str, torch.Tensor]:
    """Tensors of a safetensors file, floating point ones in float32 whatever they were kept in.

    Raises:
        InputError: the file is damaged.
    """
    try:
        tensors = load_file(path)
    except SafetensorError as error:
        raise InputError(f"{path} is damaged ({error}): copy it again or train again.") from error
    return {name: v.float() if v.is_floating_point() else v for name, v in tensors.items()}
