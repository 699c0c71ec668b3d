"""How many tokens a picture takes up in the language model, and what seeing it costs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from facelm.models.skeleton import Parts, parts

SIDE = 224
"""Pixels of the square picture that is counted where the model does not resize: FairFace's."""


@dataclass(frozen=True)
class Seen:
    """One picture as one tile, as facelm trains (`crop_to_patches: false`)."""

    tokens: int
    """Visual tokens in the language model; marks around them are text."""
    flops: int
    """Of towers and connectors, forward, multiplication and addition counted apart."""
    patches: int
    """Tokens inside the tower, the CLS token included; 0 where it has none."""


def see(model: Any, side: int = SIDE) -> Seen:
    """See a picture on the meta device, where shapes are all that is worked out.

    The model's own code runs on tensors without values and torch counts what it would multiply
    (`torch.utils.flop_counter`). Idefics 3, SmolVLM and Qwen-VL look at values on the way, so
    theirs is worked out: 2 · parameters · patches for matrices and 4 · layers · patches² · width
    for attention, with the tokens of their processors.

    Args:
        model: from `facelm.models.skeleton.build`.
        side: of the picture, in pixels; matters to models that take pictures as large as they
            are (Qwen-VL).
    """
    family = _WORKED_OUT.get(model.config.model_type)
    if family:
        return family(model, side)
    own = _side(model.config.vision_config)
    return _counted(model, own)


def _counted(model: Any, side: int) -> Seen:
    from torch.utils.flop_counter import FlopCounterMode

    dtype = next(model.parameters()).dtype
    pixels = torch.zeros(1, 3, side, side, device="meta", dtype=dtype)
    more = {}
    if getattr(model.config, "image_grid_pinpoints", None):
        # LLaVA-OneVision's one tile is the picture as a whole and the same again as a grid of one.
        model.config.image_grid_pinpoints = [[side, side]]
        pixels = pixels[None].repeat(1, 2, 1, 1, 1)
        more["image_sizes"] = torch.tensor([[side, side]])
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        seen = model.get_image_features(pixels, **more)
    features = getattr(seen, "pooler_output", seen)
    tokens = sum(math.prod(one.shape[:-1]) for one in _listed(features))
    return Seen(tokens, counter.get_total_flops(), _patches(model.config.vision_config))


def _listed(features: Any) -> list[torch.Tensor]:
    return list(features) if isinstance(features, list | tuple) else [features]


def _idefics(model: Any, side: int) -> Seen:
    vision = model.config.vision_config
    patches = _patches(vision, cls=False)
    tokens = patches // model.config.scale_factor**2
    return Seen(tokens, _worked_out(parts(model), patches, tokens, vision), patches)


def _qwen(model: Any, side: int) -> Seen:
    """Pictures keep their size, rounded to whole tokens and to no fewer than 65,536 pixels."""
    vision = model.config.vision_config
    token = vision.patch_size * vision.spatial_merge_size
    wide = max(round(side / token), math.ceil(256 / token))
    patches = (wide * vision.spatial_merge_size) ** 2
    return Seen(wide**2, _worked_out(parts(model), patches, wide**2, vision), patches)


_WORKED_OUT: dict[str, Callable[[Any, int], Seen]] = {
    "idefics3": _idefics, "smolvlm": _idefics, "qwen3_vl": _qwen,
}  # fmt: skip


def _worked_out(of: Parts, patches: int, tokens: int, vision: Any) -> int:
    total = 4 * vision.num_hidden_layers * patches**2 * vision.hidden_size
    for tower in of.towers.values():
        for name, module in tower.named_modules():
            times = tokens if "merger" in name else patches
            total += 2 * times * _matrix(module)
    return total + sum(
        2 * tokens * _matrix(module) for one in of.connectors.values() for module in one.modules()
    )


def _matrix(module: nn.Module) -> int:
    return module.weight.numel() if isinstance(module, nn.Linear | nn.Conv2d | nn.Conv3d) else 0


def _side(vision: Any) -> int:
    size = vision.image_size
    return int(size[0] if isinstance(size, list | tuple) else size)


def _patches(vision: Any, cls: bool = True) -> int:
    patch = getattr(vision, "patch_size", 0)
    patch = patch[0] if isinstance(patch, list | tuple) else patch
    return (_side(vision) // patch) ** 2 + cls if patch else 0
