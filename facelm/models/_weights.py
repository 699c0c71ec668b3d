"""Reading weight files."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file


def read_float32(path: Path) -> dict[str, torch.Tensor]:
    """Tensors of a safetensors file, floating point ones in float32 whatever they were kept in."""
    return {
        name: value.float() if value.is_floating_point() else value
        for name, value in load_file(path).items()
    }
