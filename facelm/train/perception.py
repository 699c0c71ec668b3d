"""First stage of a vision encoder: see what a face shows, and say it in the model's own words.

Before a language model looks through it, the encoder learns labels (cross-entropy) and
measurements (smooth L1 on standardised values) by linear probes on its summary of the face; what
is missing in a row is left out of its loss, and the probes are thrown away afterwards. At the same
time the connector learns to spell: each of its first tokens stands for one word of the list of
what is known (`age: 20-29; mouth: open`), and learns the embedding the language model has for that
word. Squared error makes it the mean of what the word may be, so doubt stays visible. A language
model needs no training to read such tokens, and it can match them with the options of a question
as it matches words of its prompt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from facelm._io import progress
from facelm.errors import InputError
from facelm.models.encoder import EfficientNetLite
from facelm.train.ranks import ALONE
from facelm.train.recipe import PerceptionStage
from facelm.train.targets import UNKNOWN, Spelling, Targets, spell

# Unexplained share of the words' variance against nats of cross-entropy.
SPELLING_WEIGHT = 10.0


class Perception(nn.Module):
    """Encoder, connector and probes."""

    def __init__(
        self, tower: nn.Module, connector: nn.Module, targets: Targets, words: Tensor
    ) -> None:
        """Put a probe on the encoder.

        Args:
            tower: gives `last_hidden_state` (batch, tokens, width) and `pooler_output`.
            connector: tokens to the language model's width, as in LLaVA.
            targets: what the probes read.
            words: (vocabulary, width) input embeddings of the language model.
        """
        super().__init__()
        self.tower, self.connector = tower, connector
        self.sizes = [len(known) for known in targets.vocabulary.values()]
        self.probe = nn.Linear(tower.config.hidden_size, sum(self.sizes) + len(targets.names))
        self._words = words
        self._spread = float((words - words.mean(0)).pow(2).mean())

    def loss(self, pixels: Tensor, classes: Tensor, values: Tensor, spelled: Tensor) -> Tensor:
        """Labels, measurements and words.

        Args:
            pixels: (batch, 3, side, side).
            classes: (batch, labels), -1 where unknown.
            values: (batch, measurements), NaN where unknown.
            spelled: (batch, places) token ids, -1 where unknown.
        """
        seen = self.tower(pixels)
        tokens = self.connector(seen.last_hidden_state)
        return self._read(seen.pooler_output, classes, values) + self._said(tokens, spelled)

    def _read(self, summary: Tensor, classes: Tensor, values: Tensor) -> Tensor:
        read = self.probe(summary)
        *labels, numbers = read.split([*self.sizes, read.shape[1] - sum(self.sizes)], 1)
        total = read.sum() * 0
        for index, one in enumerate(labels):
            if (classes[:, index] >= 0).any():
                total = total + functional.cross_entropy(
                    one, classes[:, index], ignore_index=UNKNOWN, label_smoothing=0.1
                )
        known = ~values.isnan()
        if known.any():
            total = total + functional.smooth_l1_loss(numbers[known], values[known])
        return total

    def _said(self, tokens: Tensor, spelled: Tensor) -> Tensor:
        """Squared error of the spelled tokens; the free ones only keep the size of a word."""
        places = spelled.shape[1]
        sizes = tokens[:, places:].pow(2).mean(-1) / self._words.pow(2).mean()
        loss = (sizes - 1).pow(2).mean() if sizes.numel() else tokens.sum() * 0
        known = spelled != UNKNOWN
        if known.any():
            error = tokens[:, :places][known] - self._words[spelled[known]]
            loss = loss + SPELLING_WEIGHT * error.pow(2).mean() / self._spread
        return loss


def augmented(
    pixels: NDArray[np.uint8], side: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Mirror half of a batch, shift and zoom it.

    Args:
        pixels: (batch, height, width, 3), 0..255.
        side: side of the result in pixels.
        rng: the draw.

    Returns:
        (batch, 3, side, side), (value − 127) / 128; and (batch,), which ones are mirrored.
    """
    batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().sub_(127).div_(128)
    flip = torch.from_numpy(rng.random(len(pixels)) < 0.5)
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
    return moved.contiguous(memory_format=torch.channels_last), flip


class PerceptionObjective:
    """`facelm.train.loop.Objective` for the perception stage."""

    unit = "pictures"

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        pictures: Iterable[bytes],
        targets: Targets,
        stage: PerceptionStage,
        seed: int,
    ) -> None:
        """Decode all pictures once (77 kB each at 144 px) and open what the stage trains.

        Args:
            model: an image-text-to-text model with a `vision_tower` and a
                `multi_modal_projector` that takes the tower's tokens one by one.
            tokenizer: the model's.
            pictures: encoded pictures, read one by one.
            targets: what to read off each.
            stage: the recipe's stage.
            seed: of the probes' first weights, the order and the augmentation.

        Raises:
            InputError: the model is built otherwise.
        """
        self.ranks = ALONE  # batch norms look at the whole batch, and it is small
        inner = model.model
        check_encoder(model)
        self._side = int(model.config.vision_config.image_size)
        self._pixels = _decoded(pictures, len(targets.classes), round(self._side * 10 / 9))
        self._classes = torch.from_numpy(targets.classes)
        self._values = torch.from_numpy(targets.standardised())
        self._signs = torch.from_numpy(targets.signs())
        self._spelling: Spelling = spell(targets.facts, tokenizer, model.config.image_seq_length)
        words = model.get_input_embeddings().weight.detach().float()
        model.requires_grad_(False)
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            tower, connector = inner.vision_tower, inner.multi_modal_projector
            self._perception = Perception(tower, connector, targets, words)
        self._perception.requires_grad_(True).float().to(memory_format=torch.channels_last)
        self.module: nn.Module = self._perception.train()
        self._batch, self._seed = stage.batch, seed
        self._per_epoch = max(1, len(self._pixels) // stage.batch)
        steps = max(1, round(stage.epochs * self._per_epoch))
        self.steps = min(steps, stage.max_steps or steps)

    def losses(self, step: int) -> Iterator[tuple[Tensor, int]]:
        """Loss of one step's pictures, mirrored, shifted and zoomed at random; one part."""
        epoch, at = divmod(step, self._per_epoch)
        order = np.random.default_rng((self._seed, epoch)).permutation(len(self._pixels))
        picked = np.sort(order[at * self._batch : (at + 1) * self._batch])
        rng = np.random.default_rng((self._seed, epoch, at, 1))
        pixels, flip = augmented(self._pixels[picked], self._side, rng)
        values = self._values[picked]
        values = torch.where(flip[:, None], values * self._signs, values)
        plain, mirrored = self._spelling.plain[picked], self._spelling.mirrored[picked]
        spelled = torch.from_numpy(np.where(flip.numpy()[:, None], mirrored, plain))
        yield self._perception.loss(pixels, self._classes[picked], values, spelled), len(picked)


def check_encoder(model: Any) -> None:
    """The connector must take the tower's tokens one by one, and the tower must sum them up."""
    if not isinstance(getattr(model.model, "vision_tower", None), EfficientNetLite):
        raise InputError(
            f"The perception stage trains nano's encoder, and {type(model).__name__} has another: "
            "leave the stage out of the recipe."
        )


def _decoded(pictures: Iterable[bytes], count: int, side: int) -> NDArray[np.uint8]:
    """(count, side, side, 3), a little larger than the tower's input so that zooming has pixels."""
    from PIL import Image

    from facelm.faces import open_picture

    pixels = np.empty((count, side, side, 3), np.uint8)
    for index, data in enumerate(progress(pictures, "Decoding", count, "pictures")):
        picture = open_picture(data, f"picture {index + 1} of {count}", least=side)
        pixels[index] = np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC))
    return pixels
