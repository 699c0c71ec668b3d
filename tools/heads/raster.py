"""A z-buffer in numpy: triangles to fragments, nearest opaque ones, layers of glassy ones.

Everything is elementwise float64 on coordinates rounded to a grid, or integers: no matrix
product, no threaded reduction, so the same input gives the same bits on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]

GRID = 256.0  # sub-pixel steps: edge functions of coordinates on it are exact in float64
FAR = np.int64(1) << 62


@dataclass(frozen=True)
class Fragments:
    """pixel: (K,) flat index; depth: (K,) integers, near is small; tri: (K,); bary: (K, 3)."""

    pixel: I64
    depth: I64
    tri: I64
    bary: F32

    def take(self, keep: NDArray[np.bool_] | I64) -> Fragments:
        """The chosen fragments only."""
        return Fragments(self.pixel[keep], self.depth[keep], self.tri[keep], self.bary[keep])

    def blend(self, values: F32, tri: I64) -> F32:
        """Values at corners, (N,) or (N, C), interpolated at each fragment."""
        corner = tri[self.tri]
        b = self.bary if values.ndim == 1 else self.bary[:, :, None]
        near = b[:, 0] * values[corner[:, 0]] + b[:, 1] * values[corner[:, 1]]
        return near + b[:, 2] * values[corner[:, 2]]


def fragments(xy: F64, depth: F64, tri: I64, size: int, two_sided: bool) -> Fragments:
    """Every covered pixel centre of every triangle.

    xy: (N, 2) pixels, y down, on the 1/256 grid; depth: (N,) integer-valued; tri: (T, 3).
    Triangles whose back shows are dropped unless `two_sided`.
    """
    x, y = (xy[:, i][tri] for i in (0, 1))
    area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    first, last = _box(x, size), _box(y, size)
    width, height = first[1] - first[0] + 1, last[1] - last[0] + 1
    shown = (width > 0) & (height > 0) & ((area != 0) if two_sided else (area < 0))
    ids = np.flatnonzero(shown)
    return _scan(x, y, area, depth, tri, ids, first[0], last[0], width, height, size)


def _box(c: F64, size: int) -> tuple[I64, I64]:
    """First and last pixel whose centre lies in a triangle's extent along one axis."""
    low = np.maximum(np.ceil(c.min(1) - 0.5), 0).astype(np.int64)
    high = np.minimum(np.floor(c.max(1) - 0.5), size - 1).astype(np.int64)
    return low, high


def _scan(
    x: F64, y: F64, area: F64, depth: F64, tri: I64, ids: I64,
    left: I64, top: I64, width: I64, height: I64, size: int,
) -> Fragments:  # fmt: skip
    """Tests every pixel of each triangle's box against its three edges."""
    count = (width * height)[ids]
    t = np.repeat(ids, count)
    step = np.arange(t.size) - np.repeat(np.cumsum(count) - count, count)
    row = step // width[t]
    px, py = left[t] + step - row * width[t], top[t] + row
    sign = np.where(area > 0, 1.0, -1.0)
    e0, e1 = (_edge(x, y, sign, k, t, px + 0.5, py + 0.5) for k in (0, 1))
    e2 = np.abs(area)[t] - e0 - e1
    keep = np.flatnonzero((e0 >= 0) & (e1 >= 0) & (e2 >= 0))
    t, whole = t[keep], np.abs(area)[t[keep]]
    # the edge from corner k to k+1 weighs the corner opposite to it
    b2, b0 = e0[keep] / whole, e1[keep] / whole
    bary = np.stack([b0, 1.0 - b0 - b2, b2], axis=1)
    z = sum(bary[:, k] * depth[tri[t, k]] for k in range(3))
    pixel = py[keep] * size + px[keep]
    return Fragments(pixel, np.floor(z).astype(np.int64), t, bary.astype(np.float32))


def _edge(x: F64, y: F64, sign: F64, k: int, t: I64, px: F64, py: F64) -> F64:
    """Edge function from corner k to k+1: positive inside whichever way the triangle winds."""
    dx, dy = (x[:, k + 1] - x[:, k]) * sign, (y[:, k + 1] - y[:, k]) * sign
    c = x[:, k] * dy - y[:, k] * dx
    return c[t] + dx[t] * py - dy[t] * px


def nearest(pixel: I64, depth: I64, size: int) -> tuple[I64, I64]:
    """The nearest of many fragments per pixel.

    Returns the winners' positions in the input and the (size * size,) depth buffer.
    """
    keys = (depth << 24) | np.arange(pixel.size)
    best = np.full(size * size, FAR)
    np.minimum.at(best, pixel, keys)
    seen = best < FAR
    return best[seen] & ((1 << 24) - 1), np.where(seen, best >> 24, FAR)


def layer(canvas: F32, pixel: I64, depth: I64, colour: F32, alpha: F32) -> None:
    """Blends see-through fragments over `canvas` (P, 3), far to near, in place."""
    order = np.lexsort((-depth, pixel))
    pixel, colour, alpha = pixel[order], colour[order], alpha[order]
    starts = np.flatnonzero(np.r_[True, pixel[1:] != pixel[:-1]]) if pixel.size else pixel
    rank = np.arange(pixel.size) - np.repeat(starts, np.diff(np.r_[starts, pixel.size]))
    by_rank = np.argsort(rank, kind="stable")
    bounds = np.r_[0, np.cumsum(np.bincount(rank))] if rank.size else np.zeros(1, np.int64)
    for a, b in pairwise(bounds):
        now = by_rank[a:b]
        under, a_now = canvas[pixel[now]], alpha[now, None]
        canvas[pixel[now]] = under + (colour[now] - under) * a_now
