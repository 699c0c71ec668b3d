"""The face encoder of `nano`: EfficientNet-Lite0 that gives a grid of visual tokens.

EfficientNet-Lite is EfficientNet (Tan and Le, arXiv 1905.11946) without squeeze-and-excitation
and with ReLU6 in place of swish. Two of its maps are joined, the one at stride 16 (112 channels:
fine, for glasses, eyes, light) and the one at stride 32 (320 channels: whole-face impressions).
A connector looks at one place of the grid at a time, but age or pose are nowhere in particular:
so every place is also told what the whole face shows, each through a gate of its own.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling

# kernel, stride, expansion, channels out, repeats
_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
_FINE_STAGE = 4
_CHANNELS = 112 + 320
# The whole face is summed up from this many channels in 3 x 3 regions.
_SEEN, _REGIONS = 192, 3
_NORM = {"momentum": 0.01, "eps": 1e-3}


class EfficientNetLiteConfig(PreTrainedConfig):
    """Shape of the encoder: `image_size` pixels square in, `grid` x `grid` tokens out."""

    model_type = "facelm_efficientnet_lite"

    def __init__(
        self, image_size: int = 144, grid: int = 9, hidden_size: int = _CHANNELS, **kwargs: Any
    ) -> None:
        """`hidden_size` is fixed by the architecture: 112 + 320 channels."""
        self.image_size = image_size
        self.grid = grid
        self.hidden_size = hidden_size
        super().__init__(**kwargs)


class _Conv(nn.Sequential):
    """Convolution with TensorFlow's 'same' padding, batch norm, ReLU6 (switched off at the end)."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        relu: bool = True,
    ) -> None:
        spare = kernel - stride
        pad = (spare // 2, spare - spare // 2) * 2 if spare > 0 else (0,) * 4
        layers: list[nn.Module] = [nn.ZeroPad2d(pad)] if any(pad) else []
        layers += [
            nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False),
            nn.BatchNorm2d(outputs, **_NORM),
        ]
        super().__init__(*layers, *([nn.ReLU6(inplace=True)] if relu else []))


class _Block(nn.Module):
    """Inverted residual: expand 1x1, depthwise, project 1x1, skip where the shape allows."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        wide = inputs * expand
        layers = [_Conv(inputs, wide, 1)] if expand > 1 else []
        layers += [_Conv(wide, wide, kernel, stride, wide), _Conv(wide, outputs, 1, relu=False)]
        self.layers = nn.Sequential(*layers)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x) if self.skip else self.layers(x)


class WholeFace(nn.Module):
    """Sums a grid up and tells every place of it, each through its own gate."""

    def __init__(self, places: int) -> None:
        """`places`: tokens of the grid."""
        super().__init__()
        self.look = _Conv(_CHANNELS, _SEEN, 1)
        self.sum_up = nn.Sequential(
            nn.Linear(_SEEN * _REGIONS**2, _CHANNELS), nn.LayerNorm(_CHANNELS)
        )
        self.gate = nn.Parameter(torch.empty(places, _CHANNELS))
        self.place = nn.Parameter(torch.empty(places, _CHANNELS))

    def forward(self, grid: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, 432, side, side) to tokens (batch, side², 432) and summary (batch, 432)."""
        regions = functional.adaptive_avg_pool2d(self.look(grid), _REGIONS)
        summary = self.sum_up(regions.flatten(1))
        tokens = grid.flatten(2).transpose(1, 2)
        return tokens + self.place + self.gate * summary[:, None], summary


class EfficientNetLite(PreTrainedModel):
    """Pictures in, a row-major grid of visual tokens out."""

    config_class = EfficientNetLiteConfig
    main_input_name = "pixel_values"
    _no_split_modules = ["_Block"]  # noqa: RUF012 - transformers' own name and form

    def __init__(self, config: EfficientNetLiteConfig) -> None:
        """Random weights; `facelm.models.weights` loads trained ones."""
        super().__init__(config)
        self.stem = _Conv(3, 32, 3, 2)
        stages, inputs = [], 32
        for kernel, stride, expand, outputs, repeats in _STAGES:
            blocks = [_Block(inputs, outputs, kernel, stride, expand)]
            blocks += [_Block(outputs, outputs, kernel, 1, expand) for _ in range(repeats - 1)]
            stages.append(nn.Sequential(*blocks))
            inputs = outputs
        self.stages = nn.ModuleList(stages)
        self.whole_face = WholeFace(config.grid**2)
        self.post_init()

    def forward(self, pixel_values: Tensor, **_: Any) -> BaseModelOutputWithPooling:
        """Encode pictures.

        Args:
            pixel_values: (batch, 3, image_size, image_size), (value − 127) / 128 of 0..255 RGB.
            _: what LLaVA passes to every tower (`return_dict`, `output_hidden_states`).

        Returns:
            `last_hidden_state` (batch, grid², 432), also as the only entry of `hidden_states`, and
            `pooler_output` (batch, 432), what the whole face shows.
        """
        x = self.stem(pixel_values)
        fine = x
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index == _FINE_STAGE:
                fine = x
        tokens, summary = self.whole_face(torch.cat([self._grid(fine), self._grid(x)], 1))
        return BaseModelOutputWithPooling(
            last_hidden_state=tokens, pooler_output=summary, hidden_states=(tokens,)
        )

    def _grid(self, x: Tensor) -> Tensor:
        side = self.config.grid
        if x.shape[-1] >= side:
            return functional.adaptive_avg_pool2d(x, side)
        return functional.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, WholeFace):
            nn.init.normal_(module.gate)
            nn.init.normal_(module.place)
