"""Textures, tints and light. Colours are linear RGB unless a name says sRGB."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .assets import F64, I64, U8

F32 = NDArray[np.float32]
RGB = tuple[float, float, float]

HAIR_RGB: dict[str, RGB] = {
    "black": (0.010, 0.009, 0.009), "brown": (0.085, 0.038, 0.016),
    "blond": (0.520, 0.340, 0.120), "red": (0.300, 0.065, 0.016),
    "grey": (0.420, 0.420, 0.430),
}  # fmt: skip
BACKGROUND_RGB: dict[str, RGB] = {
    "white": (0.80, 0.80, 0.80), "grey": (0.16, 0.16, 0.17), "blue": (0.06, 0.15, 0.42),
    "green": (0.06, 0.24, 0.09), "red": (0.40, 0.05, 0.05), "yellow": (0.75, 0.52, 0.09),
}  # fmt: skip
CLOTH_RGB: tuple[RGB, ...] = (
    (0.02, 0.03, 0.08), (0.25, 0.04, 0.05), (0.10, 0.10, 0.11), (0.05, 0.16, 0.12),
    (0.45, 0.42, 0.36), (0.16, 0.08, 0.20), (0.03, 0.03, 0.03),
)  # fmt: skip


def _srgb_to_linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _linear_to_srgb(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


_TO_LINEAR = np.array([_srgb_to_linear(k / 255.0) for k in range(256)], np.float32)
_STEPS = 8191
_WHITE = 2.0  # linear light that comes out as full white, after the shoulder


def _shoulder(x: float) -> float:
    """Leaves the lower range alone and rolls off the highlights."""
    return x if x < 0.6 else 0.6 + 0.4 * (1.0 - math.exp(-(x - 0.6) / 0.4))


_TO_SRGB = np.array(
    [round(255 * min(1.0, _linear_to_srgb(_shoulder(k * _WHITE / _STEPS)))) for k in range(8192)],
    np.uint8,
)


def linear(picture: U8) -> F32:
    """(H, W, 3 or 4) sRGB bytes to linear floats; alpha stays as it is, 0..1."""
    out = _TO_LINEAR[picture[..., :3]]
    if picture.shape[-1] == 4:
        alpha = picture[..., 3:].astype(np.float32) / np.float32(255)
        out = np.concatenate([out, alpha], axis=-1)
    return out


def to_bytes(light: F32) -> U8:
    """Linear light to sRGB bytes, with a film-like shoulder."""
    steps = np.clip(light * np.float32(_STEPS / _WHITE) + np.float32(0.5), 0, _STEPS)
    return _TO_SRGB[steps.astype(np.int32)]


def tint(texture: F32, colour: RGB, contrast: float = 0.8) -> F32:
    """A hair texture (H, W, 4) in another colour: its lights and darks, our hue."""
    grey = (texture[..., 0] + texture[..., 1] + texture[..., 2]) / np.float32(3)
    solid = texture[..., 3] > 0.5
    usual = np.float32(max(float(np.median(grey[solid])), 1e-4))
    ratio = np.sqrt(np.clip(grey / usual, 0.05, 6.0))
    ratio = np.where(texture[..., 3] > 0.1, ratio, np.float32(1)) - np.float32(1)
    shade = np.float32(1) + ratio * np.float32(contrast)
    rgb = shade[..., None] * np.array(colour, np.float32)
    return np.concatenate([rgb, texture[..., 3:]], axis=-1).astype(np.float32)


def muted(texture: F32, amount: float) -> F32:
    """A skin (H, W, 3) with a share of its colour taken out: some photographs are very orange."""
    grey = (texture[..., 0] + texture[..., 1] + texture[..., 2]) / np.float32(3)
    return np.asarray(texture + (grey[..., None] - texture) * np.float32(amount))


def sample(texture: F32, uv: F32) -> F32:
    """Bilinear lookup: texture (H, W, C), uv (K, 2) with v up -> (K, C)."""
    height, width = texture.shape[:2]
    x = np.clip(uv[:, 0] * width - np.float32(0.5), 0, width - 1.001)
    y = np.clip((1 - uv[:, 1]) * height - np.float32(0.5), 0, height - 1.001)
    x0, y0 = x.astype(np.int32), y.astype(np.int32)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    flat, at = texture.reshape(-1, texture.shape[2]), y0 * width + x0
    top = flat[at] + (flat[at + 1] - flat[at]) * fx
    low = flat[at + width] + (flat[at + width + 1] - flat[at + width]) * fx
    return np.asarray(top + (low - top) * fy, np.float32)


def normals(vertices: F64, tri: I64) -> F64:
    """(N, 3) smooth unit normals; vertices no triangle uses get (0, 0, 0)."""
    a, b, c = (vertices[tri[:, k]] for k in range(3))
    u, v = b - a, c - a
    out = np.empty_like(vertices)
    for k, (i, j) in enumerate(((1, 2), (2, 0), (0, 1))):
        face = u[:, i] * v[:, j] - u[:, j] * v[:, i]
        weights = np.concatenate([face, face, face])
        out[:, k] = np.bincount(tri.T.reshape(-1), weights, len(vertices))
    return unit(out)


def unit(v: F64) -> F64:
    """Rows scaled to length one."""
    length = np.sqrt(v[:, 0] * v[:, 0] + v[:, 1] * v[:, 1] + v[:, 2] * v[:, 2])
    return np.asarray(v / np.maximum(length, 1e-9)[:, None])


@dataclass(frozen=True)
class Light:
    """The lamp.

    azimuth: degrees, > 0 from the picture's right; elevation: degrees above the eyes;
    strength: exposure, 1 = normal.
    """

    azimuth: float
    elevation: float
    strength: float

    @property
    def towards(self) -> RGB:
        """Unit vector from the head to the lamp, (right, up, to the viewer)."""
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        x, y, z = math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)
        return round(x, 9), round(y, 9), round(z, 9)  # libraries differ in the last bit


KEY_RGB = np.array([0.96, 0.93, 0.88], np.float32)
FILL_RGB = np.array([0.32, 0.33, 0.35], np.float32)


def lit(
    normal: F64, light: Light, wrap: float, gloss: float,
    reach: F64, folds: F64 | float, sharp: int,
) -> F32:  # fmt: skip
    """(N, 3) per vertex: sky light, lamp light, highlight.

    wrap softens the terminator; reach: (N,) share of the lamp that arrives; folds: (N,) 1 on
    open skin; the highlight is cos ** (2 ** sharp).
    """
    lx, ly, lz = light.towards
    facing = normal[:, 0] * lx + normal[:, 1] * ly + normal[:, 2] * lz
    lamp = np.clip((facing + wrap) / (1.0 + wrap), 0.0, 1.0) * reach
    sky = (0.75 + 0.25 * normal[:, 1]) * folds
    hx, hy, hz = lx, ly, lz + 1.0
    h = math.sqrt(hx * hx + hy * hy + hz * hz)
    shine = np.clip((normal[:, 0] * hx + normal[:, 1] * hy + normal[:, 2] * hz) / h, 0.0, 1.0)
    for _ in range(sharp):  # a power by squaring: the same bits everywhere
        shine = shine * shine
    return np.stack([sky, lamp * (0.5 + 0.5 * folds), shine * gloss * reach], 1).astype(np.float32)


def shade(colour: F32, received: F32, strength: float) -> F32:
    """Colour (K, 3) under light (K, 3) as `lit` gives it."""
    light = received[:, :1] * FILL_RGB + received[:, 1:2] * KEY_RGB
    out = colour * light + received[:, 2:] * KEY_RGB
    return np.asarray(out * np.float32(strength), np.float32)


def backdrop(size: int, name: str, angle: float, strength: float) -> F32:
    """(size * size, 3) plain colour, brighter towards one side and darker at the corners."""
    axis = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / size - np.float32(0.5)
    x, y = axis[None, :], axis[:, None]
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    slope = x * np.float32(0.45 * c) + y * np.float32(0.45 * s)
    fall = np.float32(1.08) + slope - (x * x + y * y) * np.float32(0.5)
    gain = np.float32(0.45 + 0.55 * min(strength, 1.3))
    rgb = np.array(BACKGROUND_RGB[name], np.float32) * gain
    return (fall[:, :, None] * rgb).reshape(-1, 3).astype(np.float32)
