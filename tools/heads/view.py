"""One camera, one lamp, one head in one pose: vertices to lit meshes on the picture's grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from . import materials, raster, shadow, shape
from .assets import F64, I64
from .materials import F32, Light
from .studio import Head, Studio

SIZE = 224  # pixels of the finished picture
FINE = SIZE * 2  # drawn at twice that, then averaged
DEPTH = 1 << 20  # depth steps per head height
_FILL = 0.70  # crown to chin, of the picture's height
_FAR = 5.0  # the camera's distance in head heights


@dataclass(frozen=True)
class Shot:
    """What changes from picture to picture. expression: name -> 0..1; shift in picture heights."""

    expression: Mapping[str, float]
    pose: shape.Pose
    light: Light
    background: str
    background_angle: float
    cloth: materials.RGB
    glasses: int | None  # index into glasses.STYLES
    zoom: float
    shift: tuple[float, float]


@dataclass(frozen=True)
class Piece:
    """One mesh ready to draw.

    screen: (N, 2) fine pixels; depth: (N,) steps; tri, uv_tri: (T, 3); received: (N, 3) light;
    uv: (M, 2); texture: (H, W, 3 or 4); nearer: depth steps it is moved towards the camera.
    """

    screen: F64
    depth: F64
    tri: I64
    received: F32
    uv_tri: I64
    uv: F32
    texture: F32
    two_sided: bool
    nearer: int = 0
    kept: F32 | None = None  # per vertex, below 0 where hair is cut away


class View:
    """The meshes of one picture."""

    def __init__(self, studio: Studio, head: Head, shot: Shot) -> None:
        self.studio, self.head, self.shot = studio, head, shot
        shaper = studio.shaper
        self.face = shaper.express(head.rest, head.who.group, shot.expression)
        self.turned = self.turn(self.face, shaper.follows)
        skull = self.turn(head.rest, 1.0)[shaper.skull]
        self.height = float(np.abs(head.rest[shape.CROWN, 1] - head.rest[shape.CHIN, 1]))
        self.height = max(self.height, 1.9 * head.size)
        self.middle = (skull.min(0) + skull.max(0)) / 2.0
        self.lamp = shadow.Shadow(shot.light, self.middle, head.size)
        self.lamp.cast(self.turned, shaper.head_faces[0])
        self.hair_vertices = self._hair_vertices()

    def _hair_vertices(self) -> F64 | None:
        """The hair in place, which also shades the head."""
        if self.head.hair is None:
            return None
        proxy = self.studio.proxy("hair", self.head.look.hair)
        rest = shape.fit(proxy, self.head.rest, self.head.rest)
        self.fringe, v = self._fringe(rest), self.turn(rest, 1.0)
        self.lamp.cast(v, proxy.tri[(self.fringe[proxy.tri] > 0).all(axis=1)])
        return v

    def turn(self, vertices: F64, follows: F64 | float) -> F64:
        """Vertices in this picture's pose, on a fixed grid; follows: 1 = all of the turn."""
        moved = shape.turn(vertices, self.shot.pose, follows, self.head.pivot)
        return np.round(moved * 65536.0) / 65536.0

    def project(self, vertices: F64) -> tuple[F64, F64]:
        """Turned vertices to (N, 2) fine pixels on the grid and (N,) integer depth."""
        d = (vertices - self.middle) / self.height
        scale = _FILL * self.shot.zoom * FINE * _FAR / (_FAR - d[:, 2])
        x = FINE * (0.5 + self.shot.shift[0]) + d[:, 0] * scale
        y = FINE * (0.5 + self.shot.shift[1]) - d[:, 1] * scale
        xy = np.round(np.stack([x, y], axis=1) * raster.GRID) / raster.GRID
        return xy, np.round((_FAR - d[:, 2]) * DEPTH)

    def piece(
        self, vertices: F64, tri: I64, uv: F64, uv_tri: I64, texture: F32,
        wrap: float = 0.2, gloss: float = 0.0, two_sided: bool = False, nearer: int = 0,
        normal: F64 | None = None, folds: F64 | float = 1.0, sharp: int = 4,
    ) -> Piece:  # fmt: skip
        """A mesh in place, lit at its vertices."""
        screen, depth = self.project(vertices)
        normal = materials.normals(vertices, tri) if normal is None else normal
        open_ = self.lamp.reach(vertices, normal)
        received = materials.lit(normal, self.shot.light, wrap, gloss, open_, folds, sharp)
        return Piece(screen, depth, tri, received, uv_tri, uv.astype(np.float32), texture,
                     two_sided, nearer)  # fmt: skip

    def fragments(self, piece: Piece) -> raster.Fragments:
        """The pixels a mesh covers."""
        f = raster.fragments(piece.screen, piece.depth, piece.tri, FINE, piece.two_sided)
        return raster.Fragments(f.pixel, f.depth - piece.nearer, f.tri, f.bary)

    def _fringe(self, hair: F64) -> F32:
        """(N,) above 0 outside an oval round eyes, nose and mouth, in units of 0.05 dm."""
        eyes = (self.head.rest[14598] + self.head.rest[14670]) / 2.0
        d = (hair - eyes) / self.head.size
        x, y = d[:, 0] / 0.60, (d[:, 1] + 0.30) / 0.70
        oval = (np.sqrt(x * x + y * y) - 1.0) / 0.08
        return np.maximum(oval, (-0.75 - d[:, 2]) / 0.05).astype(np.float32)
