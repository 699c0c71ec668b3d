"""First stage of a vision encoder: read labels and measurements straight off the visual tokens.

Before a language model looks through it, the encoder and the connector learn to put what a face
shows into the mean of the connector's tokens: one linear probe per label (cross-entropy) and one
for all measurements (smooth L1 on standardised values). What is missing in a row is left out of
its loss. The probes are thrown away afterwards.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from facelm._io import progress
from facelm.train.recipe import PerceptionStage
from facelm.types import Conversation, Evidence

# What changes its sign when a picture is mirrored.
_MIRRORED = ("yaw", "roll", "light_side")


@dataclass(frozen=True)
class Targets:
    """What can be read off each picture; rows are pictures."""

    vocabulary: dict[str, tuple[str, ...]]
    """Label name to its words."""
    classes: NDArray[np.int64]
    """(n, labels): index into the label's words, -1 where the row has none."""
    names: tuple[str, ...]
    """Names of the measurements."""
    values: NDArray[np.float32]
    """(n, measurements), NaN where the row has none; any unit."""

    def standardised(self) -> NDArray[np.float32]:
        """Values clipped to their 1st..99th percentile, mean 0, deviation 1."""
        if not len(self.names):
            return self.values
        low, high = np.nanpercentile(self.values, (1, 99), axis=0)
        clipped = np.clip(self.values, low, high)
        mean, deviation = np.nanmean(clipped, axis=0), np.nanstd(clipped, axis=0)
        return ((clipped - mean) / (deviation + 1e-6)).astype(np.float32)

    def signs(self) -> NDArray[np.float32]:
        """(measurements,): −1 where mirroring the picture changes the sign."""
        return np.array([-1.0 if n in _MIRRORED else 1.0 for n in self.names], np.float32)


class Perception(nn.Module):
    """Encoder, connector and probes."""

    def __init__(self, tower: nn.Module, connector: nn.Module, targets: Targets) -> None:
        """`tower(pixels).last_hidden_state` and `connector` as in LLaVA: (batch, tokens, width)."""
        super().__init__()
        self.tower, self.connector = tower, connector
        width = next(p.shape[0] for p in reversed(list(connector.parameters())))
        self.sizes = [len(words) for words in targets.vocabulary.values()]
        self.norm = nn.LayerNorm(width)
        self.probe = nn.Linear(width, sum(self.sizes) + len(targets.names))

    def forward(self, pixels: Tensor) -> tuple[list[Tensor], Tensor]:
        """(batch, 3, side, side) to logits per label and standardised measurements."""
        tokens = self.connector(self.tower(pixels).last_hidden_state)
        read = self.probe(self.norm(tokens.mean(1)))
        *labels, values = read.split([*self.sizes, read.shape[1] - sum(self.sizes)], 1)
        return labels, values

    def loss(self, pixels: Tensor, classes: Tensor, values: Tensor) -> Tensor:
        """Sum of the labels' cross-entropies and the measurements' smooth L1."""
        logits, read = self(pixels)
        total = read.sum() * 0
        for index, one in enumerate(logits):
            if (classes[:, index] >= 0).any():
                total = total + functional.cross_entropy(
                    one, classes[:, index], ignore_index=-1, label_smoothing=0.1
                )
        known = ~values.isnan()
        if known.any():
            total = total + functional.smooth_l1_loss(read[known], values[known])
        return total


def augmented(
    pixels: NDArray[np.uint8], values: Tensor, signs: Tensor, side: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Mirror, shift and zoom a batch; labels that mirroring changes change with it.

    Args:
        pixels: (batch, height, width, 3), 0..255.
        values: (batch, measurements).
        signs: (measurements,), −1 where mirroring changes the sign.
        side: side of the result in pixels.
        rng: the draw.

    Returns:
        (batch, 3, side, side), (value − 127) / 128; and the values.
    """
    batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().sub_(127).div_(128)
    flip = torch.from_numpy(rng.random(len(pixels)) < 0.5)
    values = torch.where(flip[:, None], values * signs, values)
    scale = torch.from_numpy(rng.uniform(0.75, 1.15, len(pixels)).astype(np.float32))
    shift = torch.from_numpy(rng.uniform(-0.1, 0.1, (len(pixels), 2)).astype(np.float32))
    theta = torch.zeros(len(pixels), 2, 3)
    theta[:, 0, 0] = torch.where(flip, -scale, scale)
    theta[:, 1, 1] = scale
    theta[:, :, 2] = shift
    grid = functional.affine_grid(theta, [len(pixels), 3, side, side], align_corners=False)
    moved = functional.grid_sample(
        batch, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return moved.contiguous(memory_format=torch.channels_last), values


class PerceptionObjective:
    """`facelm.train.loop.Objective` for the perception stage."""

    unit = "pictures"

    def __init__(
        self,
        model: Any,
        pictures: list[bytes],
        targets: Targets,
        stage: PerceptionStage,
        seed: int,
    ) -> None:
        """Decode all pictures once (61 kB each at 144 px) and open what the stage trains.

        Args:
            model: an image-text-to-text model with a `vision_tower` and a
                `multi_modal_projector` that takes the tower's tokens one by one.
            pictures: encoded pictures.
            targets: what to read off each.
            stage: the recipe's stage.
            seed: of the probes' first weights, the order and the augmentation.
        """
        inner = model.model
        self._side = int(model.config.vision_config.image_size)
        self._pixels = _decoded(pictures, round(self._side * 10 / 9))
        self._classes = torch.from_numpy(targets.classes)
        self._values = torch.from_numpy(targets.standardised())
        self._signs = torch.from_numpy(targets.signs())
        model.requires_grad_(False)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self._perception = Perception(inner.vision_tower, inner.multi_modal_projector, targets)
        self._perception.requires_grad_(True).float().to(memory_format=torch.channels_last)
        self.module: nn.Module = self._perception.train()
        self._batch, self._seed = stage.batch, seed
        self._per_epoch = max(1, len(pictures) // stage.batch)
        steps = max(1, round(stage.epochs * self._per_epoch))
        self.steps = min(steps, stage.max_steps or steps)

    def loss(self, step: int) -> tuple[Tensor, int]:
        """Loss of one step's pictures, mirrored, shifted and zoomed at random."""
        epoch, at = divmod(step, self._per_epoch)
        order = np.random.default_rng((self._seed, epoch)).permutation(len(self._pixels))
        picked = np.sort(order[at * self._batch : (at + 1) * self._batch])
        rng = np.random.default_rng((self._seed, epoch, at, 1))
        pixels, values = augmented(
            self._pixels[picked], self._values[picked], self._signs, self._side, rng
        )
        return self._perception.loss(pixels, self._classes[picked], values), len(picked)

    @torch.no_grad()
    def settle(self, model: Any, pictures: int = 512) -> None:
        """Give the connector's tokens mean zero and the size of a word's embedding.

        The probes do not care where the tokens lie, a language model does: left ten times as long
        as its words and nearly the same for every picture, it learns to answer without looking.
        Only the last layer's weight and bias are rescaled; what can be read off stays the same.
        """
        connector = self._perception.connector
        last = [m for m in connector.modules() if isinstance(m, nn.Linear)][-1]
        step = max(1, len(self._pixels) // pictures)
        tokens = torch.cat(
            [self._tokens(self._pixels[i : i + 64 * step : step]) for i in self._starts(step)]
        )
        mean = tokens.mean((0, 1))
        words = model.get_input_embeddings().weight.float()
        scale = words.pow(2).mean().sqrt() / (tokens - mean).pow(2).mean().sqrt()
        last.weight.mul_(scale)
        last.bias.sub_(mean).mul_(scale)

    def _starts(self, step: int) -> range:
        return range(0, len(self._pixels), 64 * step)

    def _tokens(self, pixels: NDArray[np.uint8]) -> Tensor:
        """(batch, tokens, width) of plain pictures, in inference mode."""
        perception = self._perception.eval()
        batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().sub_(127).div_(128)
        small = functional.interpolate(batch, size=self._side, mode="bilinear", antialias=True)
        tokens: Tensor = perception.connector(perception.tower(small).last_hidden_state)
        return tokens


def _decoded(pictures: list[bytes], side: int) -> NDArray[np.uint8]:
    """(n, side, side, 3), a little larger than the tower's input so that zooming has pixels."""
    from PIL import Image

    pixels = np.empty((len(pictures), side, side, 3), np.uint8)
    for index, data in enumerate(progress(pictures, "Decoding", len(pictures), "pictures")):
        with Image.open(io.BytesIO(data)) as picture:
            small = picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
        pixels[index] = np.asarray(small)
    return pixels


def collect_targets(conversations: list[Conversation]) -> Targets:
    """Labels with at most 32 words, and all measurements, of one conversation per picture."""
    words: dict[str, set[str]] = {}
    for one in conversations:
        for name, value in one.labels.items():
            if isinstance(value, str | bool):
                words.setdefault(name, set()).add(str(value))
    vocabulary = {n: tuple(sorted(w)) for n, w in sorted(words.items()) if 1 < len(w) <= 32}
    classes = [
        [w.index(str(c.labels[n])) if n in c.labels else -1 for n, w in vocabulary.items()]
        for c in conversations
    ]
    names = tuple(Evidence.__dataclass_fields__)[:-1]  # the face's size is the camera's doing
    values = [[_value(c.evidence, name) for name in names] for c in conversations]
    shape = (len(conversations), len(vocabulary))
    return Targets(
        vocabulary, np.array(classes, np.int64).reshape(shape), names, np.array(values, np.float32)
    )


def _value(evidence: Evidence, name: str) -> float:
    value = getattr(evidence, name)
    if value is None:
        return float("nan")
    return float(np.log(value + 0.05)) if name == "sharpness" else float(value)
