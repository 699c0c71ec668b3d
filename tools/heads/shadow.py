"""Who stands in whose light: a small depth picture seen from the lamp, and creases of the skin."""

from __future__ import annotations

import math

import numpy as np

from . import raster
from .assets import F64, I64
from .materials import Light, normals

_SIZE = 176  # pixels of the lamp's picture
_REACH = 3.4  # dm it covers, for a skull of scale 1
_STEPS = 4096.0  # depth steps per dm


class Shadow:
    """What the lamp sees of the casters."""

    def __init__(self, light: Light, middle: F64, size: float) -> None:
        self._axes, self._middle = _axes(light), middle
        self._scale, self._bias = _SIZE / (_REACH * size), 0.03 * size
        self._depth = np.full(_SIZE * _SIZE, raster.FAR)

    def cast(self, vertices: F64, tri: I64) -> None:
        """Adds a mesh, both its sides, to what stops the light."""
        xy, depth = self._see(vertices)
        f = raster.fragments(xy, np.round(depth * _STEPS), tri, _SIZE, two_sided=True)
        _, seen = raster.nearest(f.pixel, f.depth, _SIZE)
        self._depth = np.minimum(self._depth, seen)

    def reach(self, vertices: F64, normal: F64) -> F64:
        """(N,) share of the lamp's light that gets to each vertex, 0..1."""
        xy, depth = self._see(vertices + normal * self._bias)
        limit = np.round((depth - self._bias) * _STEPS)
        px, py = (np.floor(xy[:, k] - 0.5).astype(np.int64) for k in (0, 1))
        total = np.zeros(len(vertices))
        for dx in (-1, 0, 1, 2):
            for dy in (-1, 0, 1, 2):
                x, y = np.clip(px + dx, 0, _SIZE - 1), np.clip(py + dy, 0, _SIZE - 1)
                total += self._depth[y * _SIZE + x] >= limit
        return total / 16.0

    def _see(self, vertices: F64) -> tuple[F64, F64]:
        d = vertices - self._middle
        x, y, z = (d[:, 0] * a[0] + d[:, 1] * a[1] + d[:, 2] * a[2] for a in self._axes)
        xy = np.stack([_SIZE / 2 + x * self._scale, _SIZE / 2 - y * self._scale], axis=1)
        return np.round(xy * raster.GRID) / raster.GRID, -z


def _axes(light: Light) -> tuple[tuple[float, float, float], ...]:
    """The lamp's right, up and backward directions."""
    lx, ly, lz = light.towards
    flat = math.sqrt(lx * lx + lz * lz)
    right = (lz / flat, 0.0, -lx / flat)
    up = (ly * right[2] - lz * right[1], lz * right[0] - lx * right[2],
          lx * right[1] - ly * right[0])  # fmt: skip
    return right, up, (lx, ly, lz)


def crease(vertices: F64, tri: I64) -> F64:
    """(N,) 1 on smooth skin, less in folds: how far the neighbours rise above each vertex."""
    normal, pairs = normals(vertices, tri), np.concatenate([tri[:, [0, 1]], tri[:, [1, 2]]])
    pairs = np.concatenate([pairs, tri[:, [2, 0]]])
    a, b = pairs[:, 0], pairs[:, 1]
    d = vertices[b] - vertices[a]
    length = np.sqrt(d[:, 0] * d[:, 0] + d[:, 1] * d[:, 1] + d[:, 2] * d[:, 2]) + 1e-9
    rise = d[:, 0] * normal[a, 0] + d[:, 1] * normal[a, 1] + d[:, 2] * normal[a, 2]
    number = np.maximum(np.bincount(a, minlength=len(vertices)), 1)
    hollow = np.bincount(a, rise / length, len(vertices)) / number
    for _ in range(2):
        hollow = (hollow + np.bincount(a, hollow[b], len(vertices)) / number) / 2.0
    return np.asarray(np.clip(1.0 - 1.3 * np.maximum(hollow, 0.0), 0.35, 1.0))
