"""A pair of glasses built from tubes round the two eyes: ours, so no package's licence is on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .assets import F64, I64

_EYES = ((14670, 14742), (14598, 14670))  # the viewer's left eye, then the right
_RIM, _TUBE = 40, 6  # points round a lens, points round a tube


@dataclass(frozen=True)
class Style:
    """half-width and half-height of a lens and thickness of the rim in dm; squareness >= 2."""

    wide: float
    high: float
    thick: float
    square: float
    colour: tuple[float, float, float]


STYLES = (
    Style(0.285, 0.200, 0.030, 3.2, (0.010, 0.010, 0.012)),
    Style(0.250, 0.225, 0.020, 2.0, (0.060, 0.025, 0.012)),
    Style(0.290, 0.175, 0.026, 4.0, (0.050, 0.012, 0.010)),
    Style(0.265, 0.230, 0.016, 2.3, (0.180, 0.130, 0.060)),
    Style(0.290, 0.190, 0.024, 2.8, (0.012, 0.020, 0.060)),
)


@dataclass(frozen=True)
class Part:
    """vertices (N, 3) and triangles (T, 3)."""

    vertices: F64
    tri: I64


def build(rest: F64, size: float, style: Style) -> tuple[Part, Part]:
    """Frame and lenses for a head at rest: `rest` (19158, 3), `size` the skull's scale."""
    eyes = [_middle(rest[a:b]) for a, b in _EYES]
    plane = _clear_of_skin(rest, eyes, size)
    tubes, lenses = [], []
    for side, eye in zip((-1.0, 1.0), eyes, strict=True):
        rim = _rim(eye, side, plane, size, style)
        tubes += [_tube(rim, style.thick * size, True), _temple(rest, rim, side, size, style)]
        lenses.append(_fan(rim))
    tubes.append(_tube(_bridge(eyes, plane, size, style), style.thick * size, False))
    return _join(tubes), _join(lenses)


def _middle(points: F64) -> F64:
    """Centre of the points' box: no sum whose order could matter."""
    return np.asarray((points.min(0) + points.max(0)) / 2.0)


def _clear_of_skin(rest: F64, eyes: list[F64], size: float) -> float:
    """The depth just in front of brows and lids."""
    body, x = rest[:13380], np.abs(rest[:13380, 0])
    near = (np.abs(body[:, 1] - eyes[0][1]) < 0.2 * size) & (x > 0.17 * size) & (x < 0.5 * size)
    return float(body[near, 2].max()) + 0.05 * size


def _rim(eye: F64, side: float, plane: float, size: float, style: Style) -> F64:
    """(40, 3) closed outline of one lens, wrapped a little round the face."""
    points = []
    for k in range(_RIM):
        c, s = math.cos(2 * math.pi * k / _RIM), math.sin(2 * math.pi * k / _RIM)
        norm = (abs(c) ** style.square + abs(s) ** style.square) ** (-1.0 / style.square)
        x, y = c * norm * style.wide * size, s * norm * style.high * size
        outward = x * side
        points.append([eye[0] + x + side * 0.02 * size, eye[1] + y, plane - 0.16 * outward])
    return np.array(points)


def _bridge(eyes: list[F64], plane: float, size: float, style: Style) -> F64:
    """(9, 3) arc over the nose."""
    left, right = eyes[0][0] + style.wide * size, eyes[1][0] - style.wide * size
    y = (eyes[0][1] + eyes[1][1]) / 2.0 + 0.04 * size
    arc = [(k / 8.0, math.sin(math.pi * k / 8.0)) for k in range(9)]
    rows = [[left + (right - left) * t, y + 0.05 * size * h, plane + 0.06 * size] for t, h in arc]
    return np.array(rows)


def _temple(rest: F64, rim: F64, side: float, size: float, style: Style) -> Part:
    """The bar from the lens's outer edge to the ear."""
    start = rim[0] if side > 0 else rim[_RIM // 2]
    body = rest[:13380]
    level = np.abs(body[:, 1] - start[1]) < 0.12 * size
    back = start[2] - 0.95 * size
    skull = level & (np.abs(body[:, 2] - back) < 0.25 * size) & (np.abs(body[:, 0]) < 1.2 * size)
    wide = side * (float(np.abs(body[skull, 0]).max()) - 0.03 * size)
    hinge = [start[0] + side * 0.05 * size, start[1] + 0.04 * size, start[2] - 0.06 * size]
    end = [wide, start[1] + 0.02 * size, back]
    return _tube(np.array([start, hinge, end]), style.thick * size * 1.1, False)


def _tube(path: F64, radius: float, closed: bool) -> Part:
    """A tube along a path; its cross-section is a hexagon in the plane of path and view."""
    n = len(path)
    after = np.roll(path, -1, 0) if closed else np.concatenate([path[1:], path[-1:]])
    before = np.roll(path, 1, 0) if closed else np.concatenate([path[:1], path[:-1]])
    along = _unit(after - before)
    up = np.array([0.0, 0.0, 1.0]) if np.abs(along[:, 2]).max() < 0.7 else np.array([0.0, 1.0, 0.0])
    across = _unit(np.cross(along, np.broadcast_to(up, along.shape)))
    third = np.cross(across, along)
    turns = [2 * math.pi * k / _TUBE for k in range(_TUBE)]
    rings = [path + radius * (math.cos(t) * across + math.sin(t) * third) for t in turns]
    return Part(np.stack(rings, 1).reshape(-1, 3), _tube_faces(n, closed))


def _tube_faces(n: int, closed: bool) -> I64:
    """Triangles of a tube of n rings."""
    faces = []
    for i in range(n if closed else n - 1):
        for k in range(_TUBE):
            a, b = i * _TUBE + k, i * _TUBE + (k + 1) % _TUBE
            c, d = (i + 1) % n * _TUBE + k, (i + 1) % n * _TUBE + (k + 1) % _TUBE
            faces += [[a, b, c], [b, d, c]]
    return np.array(faces, np.int64)


def _fan(rim: F64) -> Part:
    """The glass inside an outline."""
    middle = _middle(rim)[None]
    faces = [[k, (k + 1) % len(rim), len(rim)] for k in range(len(rim))]
    return Part(np.concatenate([rim, middle]), np.array(faces, np.int64))


def _unit(v: F64) -> F64:
    """Rows scaled to length one."""
    length = np.sqrt(v[:, 0] * v[:, 0] + v[:, 1] * v[:, 1] + v[:, 2] * v[:, 2])
    return np.asarray(v / np.maximum(length, 1e-9)[:, None])


def _join(parts: list[Part]) -> Part:
    """Several meshes as one."""
    starts = np.cumsum([0] + [len(p.vertices) for p in parts[:-1]])
    tri = np.concatenate([p.tri + s for p, s in zip(parts, starts, strict=True)])
    return Part(np.concatenate([p.vertices for p in parts]), tri)
