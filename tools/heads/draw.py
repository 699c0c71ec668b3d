"""One picture: a head and a shot in, 224 x 224 sRGB bytes and their truth out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import materials
from .assets import F64, U8
from .landmarks import IBUG
from .solids import solids
from .studio import Head, Studio
from .veils import veils
from .view import FINE, SIZE, Shot, View


@dataclass(frozen=True)
class Truth:
    """landmarks: (68, 2) x, y in pixels of the finished picture; openings are ratios."""

    landmarks: F64
    mouth_open: float  # inner-lip gap over mouth width
    eye_open: float  # lid gap over eye width, mean of both eyes


def draw(studio: Studio, head: Head, shot: Shot) -> tuple[U8, Truth]:
    """The picture, (224, 224, 3) sRGB bytes, and where everything in it is."""
    view = View(studio, head, shot)
    canvas = materials.backdrop(FINE, shot.background, shot.background_angle, shot.light.strength)
    zbuffer = solids(view, canvas)
    veils(view, canvas, zbuffer)
    q = canvas.reshape(SIZE, 2, SIZE, 2, 3)
    mean = (q[:, 0, :, 0] + q[:, 0, :, 1] + q[:, 1, :, 0] + q[:, 1, :, 1]) * np.float32(0.25)
    return materials.to_bytes(mean), _truth(view)


def _truth(view: View) -> Truth:
    """Landmarks where their vertices fall, and the two openings measured on the face itself."""
    xy, _ = view.project(view.turned[list(IBUG)])
    still = view.face[list(IBUG)]

    def gap(a: int, b: int) -> float:
        d = still[a] - still[b]
        return float(np.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]))

    mouth = gap(62, 66) / gap(48, 54)
    left = (gap(37, 41) + gap(38, 40)) / (2 * gap(36, 39))
    right = (gap(43, 47) + gap(44, 46)) / (2 * gap(42, 45))
    return Truth(np.round(xy / 2.0, 2), round(mouth, 4), round((left + right) / 2, 4))
