"""Landmarks for visual tokens: the two modules of Face-LLaVA, from the mathematics of its paper.

Face-LLaVA (Chaubey, Guan and Soleymani, arXiv 2504.07198) turns 68 landmarks a frame into nine
region tokens (`LandmarkProjector`) and lets the visual tokens ask them (`LandmarkAttention`) on
their way from the vision projector to the language model. `FaceLandmarks` is both, for batches in
which some faces have no landmarks. What a batch may hold: `check_landmarks`.

Where the released code differs, ours does so on purpose: its mask works for 257 tokens only and
swaps x with y (see `proximity`), keeps its table of patches on the device it was made on (ours is
made where the tokens are, and nothing but weights is saved), and its batches have landmarks if
their first sample has (ours say so for each frame).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from facelm.errors import InputError, choose
from facelm.models._regions import (
    MASKS,
    POINTS,
    REGIONS,
    Mask,
    Region,
    check_landmarks,
    proximity,
)

__all__ = [
    "MASKS", "POINTS", "REGIONS", "FaceLandmarks", "LandmarkAttention", "LandmarkProjector", "Mask",
    "Region", "check_landmarks", "proximity",
]  # fmt: skip

STEP = 0.1
"""How much of the attention's answer is added to the visual tokens."""


class LandmarkProjector(nn.Module):
    """Face-Region Landmark Projector: nine tokens a frame from 68 points.

    h_r = W_r p_r + b_r + W_g p + b_g, with p the 136 numbers x0, y0, x1, y1, … of all points and
    p_r those of region r (`REGIONS`): one linear layer for each region, one for the whole face,
    and their sum (arXiv 2504.07198; its figure draws small networks, its released default is
    these linear layers). At width 4096: 593,920 parameters for the regions, 561,152 for the face.
    """

    def __init__(self, width: int) -> None:
        """`width`: of the tokens, the language model's hidden size."""
        super().__init__()
        self.regions = nn.ModuleDict(
            {region.name: nn.Linear(2 * (region.end - region.start), width) for region in REGIONS}
        )
        self.face = nn.Linear(2 * POINTS, width)

    def forward(self, points: Tensor) -> Tensor:
        """Landmarks to region tokens.

        Args:
            points: (batch, frames, 68, 2), or (batch, 68, 2) for one frame each; x, y in [0, 1],
                iBUG order. They are rounded to the weights' format: in bfloat16 to 1/256, so keep
                this module in float32 where a pixel counts (it is small, and
                `LandmarkAttention` takes its tokens in any format).

        Returns:
            (batch, frames, 9, width), in the order of `REGIONS` and the weights' format.
        """
        points = points[:, None] if points.dim() == 3 else points
        # The bias tells the format: where a model is quantised its weights are whole numbers.
        points = points.to(self.face.bias.dtype)
        local = [self.regions[r.name](points[..., r.start : r.end, :].flatten(-2)) for r in REGIONS]
        return torch.stack(local, -2) + self.face(points.flatten(-2))[..., None, :]


class LandmarkAttention(nn.Module):
    """Face-Region Guided Cross-Attention: visual tokens V ask, region tokens H answer.

    Q = V W_q + b_q, K = H W_k + b_k, X = H W_v + b_v, in heads of d = width / heads numbers;
    A = concat over heads of softmax(Q Kᵀ / √d + M) X, through one more linear layer;
    V_out = V + 0.1 · (W · LayerNorm(V + A) + b) (arXiv 2504.07198), M as in `proximity`.

    The released code has two forms: without a mask and with the linear layer after the heads
    (both of its scripts), or with a mask and without that layer. Here the layer is always there;
    weights of the second form fit with the identity in its place. Softmax does not see b_k, so
    its gradient is zero. At width 4096: 83,914,752 parameters.
    """

    def __init__(
        self,
        width: int,
        heads: int = 8,
        mask: Mask = "softmax-distance",
        zero_init: bool = False,
    ) -> None:
        """Fresh weights.

        Args:
            width: of visual and region tokens.
            heads: attention heads; must divide the width.
            mask: what is added to the scores; "none" is how the published weights were trained.
            zero_init: W and b start at zero, so V_out is V exactly; the other weights start to
                learn one step after them.

        Raises:
            InputError: `heads` does not divide `width`, or there is no such mask.
        """
        super().__init__()
        if heads < 1 or width % heads:
            raise InputError(
                f"{heads} attention heads do not divide a width of {width}; "
                f"choose a number that does, for example {_fewer(heads, width)}."
            )
        choose("landmark mask", mask, list(MASKS))
        self.heads, self.mask, self.zero_init = heads, mask, zero_init
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.join = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, width)
        if zero_init:
            self.zero_output()

    def zero_output(self) -> None:
        """Set W and b to zero; for models that draw all of their weights after building."""
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(
        self, visual: Tensor, regions: Tensor, points: Tensor, grid: tuple[int, int]
    ) -> Tensor:
        """Visual tokens that have seen their own frame's landmarks.

        Args:
            visual: (batch, frames, tokens, width): rows · columns patches, row by row, a CLS token
                in front of them or not.
            regions: (batch, frames, 9, width), from `LandmarkProjector`.
            points: (batch, frames, 68, 2), finite; where the regions lie, for the mask.
            grid: rows and columns of the patches.

        Returns:
            As `visual`, in its number format; between, the format of the weights is used.

        Raises:
            InputError: the tokens do not fit the grid.
        """
        bias = proximity(points, grid, visual.shape[-2], self.mask)
        tokens = visual.to(self.norm.weight.dtype)
        seen = tokens + self._answers(tokens, regions.to(tokens.dtype), bias)
        return visual + (STEP * self.output(self.norm(seen))).to(visual.dtype)

    def _answers(self, visual: Tensor, regions: Tensor, bias: Tensor | None) -> Tensor:
        # Written out: with nine keys a fused kernel gains nothing, and this repeats bit by bit.
        query, key, value = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(-2, -3)
            for layer, x in ((self.query, visual), (self.key, regions), (self.value, regions))
        )
        scores = query @ key.mT * query.shape[-1] ** -0.5
        scores = scores if bias is None else scores + bias[..., None, :, :]
        return self.join((scores.softmax(-1).to(value.dtype) @ value).transpose(-2, -3).flatten(-2))


class FaceLandmarks(nn.Module):
    """Projector and attention together, for batches where some faces have no landmarks.

    85,069,824 parameters at width 4096; the paper's released modules have about 85 M too.
    """

    def __init__(
        self,
        width: int,
        heads: int = 8,
        mask: Mask = "softmax-distance",
        zero_init: bool = False,
    ) -> None:
        """As `LandmarkAttention`."""
        super().__init__()
        self.projector = LandmarkProjector(width)
        self.attention = LandmarkAttention(width, heads, mask, zero_init)

    def forward(
        self, visual: Tensor, points: Tensor, grid: tuple[int, int], known: Tensor | None = None
    ) -> Tensor:
        """Let visual tokens see landmarks, where there are any.

        Which frames have landmarks is said by `known`, not by NaN among the points: a NaN that
        slips through anywhere ends in every weight, and means no more what it was meant to.
        Points of frames that are not known are never used and may be anything, NaN included.

        Args:
            visual: (batch, frames, tokens, width), or (batch, tokens, width) for pictures.
            points: (batch, frames, 68, 2), or (batch, 68, 2) for pictures, float32, x, y in [0, 1]
                (`check_landmarks`).
            grid: rows and columns of the patches among the tokens.
            known: (batch, frames), or (batch,) for pictures, boolean; None: all are.

        Returns:
            As `visual`; frames that are not known bit by bit as they came.

        Raises:
            InputError: shapes that do not go together.
        """
        _check_shapes(visual, points, known)
        if known is not None:
            points = torch.where(known[..., None, None], points, torch.zeros_like(points))
        tokens = visual
        if visual.dim() == 3:
            tokens, points = visual[:, None], points[:, None]
        seen = self.attention(tokens, self.projector(points), points, grid).reshape(visual.shape)
        return seen if known is None else torch.where(known[..., None, None], seen, visual)


def _fewer(heads: int, width: int) -> int:
    return next((n for n in range(min(heads, width), 1, -1) if width % n == 0), 1)


def _check_shapes(visual: Tensor, points: Tensor, known: Tensor | None) -> None:
    frames = visual.shape[:-2]
    if visual.dim() not in (3, 4) or points.shape != (*frames, POINTS, 2):
        raise InputError(
            f"Landmarks of shape {tuple(points.shape)} do not go with visual tokens of shape "
            f"{tuple(visual.shape)}; give {(*frames, POINTS, 2)}, 68 points for each frame."
        )
    if known is not None and (known.shape != frames or known.dtype != torch.bool):
        raise InputError(
            f"Known landmarks of shape {tuple(known.shape)} and type {known.dtype} do not go with "
            f"visual tokens of shape {tuple(visual.shape)}; give booleans of shape {tuple(frames)}."
        )
