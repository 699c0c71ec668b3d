"""The nine regions of 68 face landmarks, how near each lies to each patch, and the door for points.

Everywhere a point is (x, y): x from the picture's left edge (0) to its right (1), y from its top
(0) to its bottom (1), of the picture as the vision tower sees it.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from facelm.errors import InputError

POINTS = 68
FARTHEST = 0.5
"""How far beyond the picture's edges a point may lie, as a share of its side. A tight crop cuts
chins and ears off, so some lie outside; a point farther out is in pixels or of another picture."""

Mask = Literal["none", "softmax-distance", "negative-distance"]
MASKS: tuple[Mask, ...] = ("none", "softmax-distance", "negative-distance")


class Region(NamedTuple):
    """Points `start` to `end` − 1 in iBUG order; left and right are the viewer's."""

    name: str
    start: int
    end: int


REGIONS = (
    Region("contour", 0, 17),
    Region("left_brow", 17, 22),
    Region("right_brow", 22, 27),
    Region("nose_bridge", 27, 31),
    Region("nostrils", 31, 36),
    Region("left_eye", 36, 42),
    Region("right_eye", 42, 48),
    Region("outer_lips", 48, 60),
    Region("inner_lips", 60, 68),
)
"""The regions of Face-LLaVA (arXiv 2504.07198), in the order of their tokens."""


def centroids(points: Tensor) -> Tensor:
    """Mean point of each region: (..., 68, 2) to (..., 9, 2)."""
    return torch.stack([points[..., r.start : r.end, :].mean(-2) for r in REGIONS], -2)


def patch_centres(grid: tuple[int, int], like: Tensor) -> Tensor:
    """Centres of a grid's patches, row by row.

    Args:
        grid: rows and columns.
        like: gives device and number format.

    Returns:
        (rows · columns, 2): patch n = row · columns + column lies at
        x = (column + 0.5) / columns, y = (row + 0.5) / rows.
    """
    rows, columns = grid
    y = (torch.arange(rows, device=like.device, dtype=like.dtype) + 0.5) / rows
    x = (torch.arange(columns, device=like.device, dtype=like.dtype) + 0.5) / columns
    return torch.stack([x.repeat(rows), y.repeat_interleave(columns)], -1)


def has_cls(tokens: int, grid: tuple[int, int]) -> bool:
    """Whether a CLS token stands before a grid's patches.

    Raises:
        InputError: `tokens` is neither the number of patches nor one more.
    """
    rows, columns = grid
    patches = rows * columns
    if min(grid) < 1 or tokens not in (patches, patches + 1):
        raise InputError(
            f"{tokens} visual tokens do not fit a grid of {rows} x {columns}; give the grid of the "
            f"tokens that reach the landmarks: {patches} of them, or {patches + 1} with CLS first."
        )
    return tokens == patches + 1


def proximity(points: Tensor, grid: tuple[int, int], tokens: int, mask: Mask) -> Tensor | None:
    """What is added to the attention's scores, from where patches and regions lie.

    With d[n, r] the Euclidean distance between the centre of patch n and the centroid of region r:
    `negative-distance` is −d, the formula of Face-LLaVA's paper (arXiv 2504.07198; from memory,
    not verified); `softmax-distance` is the softmax over r of −d, as its released code has it.
    That one lies between 0 and 1 and is near 1/9 everywhere, so it bends the scores but little.
    A CLS token is nowhere in particular: its d is 0 for every region, its row a constant.

    The released code counts patches as (row, column) beside points as (x, y), so its distances
    are transposed, and has one fixed table of 257 tokens; here both are (x, y), and any grid goes.

    Args:
        points: (..., 68, 2). Worked on in float32 at least: in bfloat16 a picture's far half is
            only 128 steps wide.
        grid: rows and columns of the patches.
        tokens: rows · columns, or one more with a CLS token in front.
        mask: which formula; "none" adds nothing.

    Returns:
        (..., tokens, 9), or None for "none".

    Raises:
        InputError: `tokens` does not fit the grid.
    """
    cls = has_cls(tokens, grid)
    if mask == "none":
        return None
    middle = centroids(points.to(torch.promote_types(points.dtype, torch.float32)))
    apart = patch_centres(grid, middle)[:, None] - middle[..., None, :, :]
    nearness = -torch.linalg.vector_norm(apart, dim=-1)
    if cls:
        nearness = torch.cat([torch.zeros_like(nearness[..., :1, :]), nearness], -2)
    return nearness.softmax(-1) if mask == "softmax-distance" else nearness


def check_landmarks(points: Any, where: str, frames: int | None = None) -> tuple[Tensor, Tensor]:
    """Check one sample's landmarks before they go into a batch.

    A frame that is NaN throughout is one where no face was found: it is not known, and its points
    come back as zeros, so that no NaN travels on.

    Args:
        points: (68, 2) or (frames, 68, 2) x, y as shares of the picture, from −0.5 to 1.5; an
            array, a tensor or lists.
        where: the file or row, for the error.
        frames: how many frames the model is shown; None: whatever comes.

    Returns:
        Points (frames, 68, 2) in float32, and which frames are known (frames,), boolean.

    Raises:
        InputError: wrong shape, another number of frames, a frame that is partly not finite, or a
            point farther than half the picture's side outside it.
    """
    array = _numbers(points, where)
    if frames is not None and len(array) != frames:
        raise InputError(
            f"{where}: frames with landmarks: {len(array)}, frames shown: {frames}; give 68 points "
            "for each frame that is shown, in their order."
        )
    unknown = np.isnan(array).all((1, 2))
    array[unknown] = 0
    _check_values(array, where)
    return torch.from_numpy(array.astype(np.float32)), torch.from_numpy(~unknown)


def _numbers(points: Any, where: str) -> np.ndarray:
    points = points.detach().cpu().double().numpy() if isinstance(points, Tensor) else points
    try:
        array = np.array(points, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            f"{where}: the landmarks are not a table of numbers; give 68 points x, y a frame."
        ) from None
    if array.ndim not in (2, 3) or array.shape[-2:] != (POINTS, 2) or not array.size:
        raise InputError(
            f"{where}: landmarks of shape {array.shape} cannot be used; give 68 points in iBUG "
            "order, (68, 2) for a picture or (frames, 68, 2) for a clip."
        )
    return array.reshape(-1, POINTS, 2)


def _check_values(array: np.ndarray, where: str) -> None:
    for frame, points in enumerate(array):
        broken = ~np.isfinite(points).all(1)
        if broken.any():
            raise InputError(
                f"{where}: frame {frame}: {broken.sum()} of 68 landmarks are not finite; give all "
                "of them, or NaN for the whole frame where no face was found."
            )
        outside = np.abs(points - 0.5).max(1) > 0.5 + FARTHEST
        if outside.any():
            x, y = points[outside.argmax()]
            raise InputError(
                f"{where}: frame {frame}: landmark {outside.argmax()} at ({x:.4g}, {y:.4g}) is far "
                "outside the picture; divide x by the picture's width and y by its height in "
                "pixels, so that 0 to 1 is inside."
            )
