"""What light cannot pass: skin with beard and cloth, eyes, teeth, frames of glasses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import assets, glasses, materials, raster, shape
from .assets import I64
from .materials import F32
from .studio import ramp
from .view import DEPTH, FINE, Piece, View

_BACK = -DEPTH // 18  # how far the teeth are set back
_Paint = Callable[[View, Piece, raster.Fragments], F32]  # colours before light, (K, 3)


def solids(view: View, canvas: F32) -> I64:
    """Draws skin, eyes, teeth and frames; returns the depth buffer."""
    pieces: list[tuple[Piece, _Paint]] = [(_skin(view), _paint_skin), (_eyes(view), _paint_plain)]
    pieces += [(t, _paint_plain) for t in _teeth(view)]
    if view.shot.glasses is not None:
        pieces.append((_frame(view), _paint_plain))
    parts = [view.fragments(p) for p, _ in pieces]
    parts[1] = _drop_cornea(pieces[1][0], parts[1])
    pixel, depth = (np.concatenate([getattr(f, k) for f in parts]) for k in ("pixel", "depth"))
    winners, zbuffer = raster.nearest(pixel, depth, FINE)
    starts = np.cumsum([0] + [f.pixel.size for f in parts])
    for (piece, paint), f, a, b in zip(pieces, parts, starts[:-1], starts[1:], strict=True):
        seen = f.take(winners[(winners >= a) & (winners < b)] - a)
        colour = paint(view, piece, seen)
        received = seen.blend(piece.received, piece.tri)
        canvas[seen.pixel] = materials.shade(colour, received, view.shot.light.strength)
    return zbuffer


def _skin(view: View) -> Piece:
    """The head's surface, thicker where it carries cloth or a beard."""
    tri, uv_tri = view.studio.shaper.head_faces
    v, base = view.turned, view.studio.shaper.base
    normal = materials.normals(v, tri)
    puff = 0.045 * ramp(-view.studio.shaper.above_collar, 0.10)
    if view.head.look.beard:
        puff = puff + 0.035 * view.studio.beard_mask
    v = v + normal * (puff * view.head.size)[:, None]
    return view.piece(v, tri, base.uv, uv_tri, view.head.skin, 0.25, 0.045, folds=view.head.folds)


def _paint_skin(view: View, piece: Piece, f: raster.Fragments) -> F32:
    """Skin, over it the beard, and cloth below the collar."""
    uv = f.blend(piece.uv, piece.uv_tri)
    colour = materials.sample(piece.texture, uv)
    if view.head.look.beard:
        mask = f.blend(view.studio.beard_mask.astype(np.float32), piece.tri)
        grain = materials.sample(view.studio.noise[..., None], np.mod(uv * 5, 1))[:, 0]
        cover = np.clip(mask * 2.2 - grain * np.float32(1.1), 0, 1)[:, None] * np.float32(0.93)
        hair = np.array(view.head.hair_rgb, np.float32) * (np.float32(0.3) + grain[:, None])
        colour = colour + (hair - colour) * cover
    high = f.blend(view.studio.shaper.above_collar.astype(np.float32), piece.tri)
    return np.where(high[:, None] < 0, np.array(view.shot.cloth, np.float32), colour)


def _eyes(view: View) -> Piece:
    eyes = view.studio.proxy("eyes", "HighPolyEyes")
    v = view.turn(shape.fit(eyes, view.face, view.head.rest), 1.0)
    return view.piece(
        v, eyes.tri, eyes.uv, eyes.uv_tri, view.head.eyes, 0.3, 0.5, folds=0.65, sharp=7
    )


def _drop_cornea(piece: Piece, f: raster.Fragments) -> raster.Fragments:
    """The cornea's patch of the texture is glass: without it the iris shows."""
    alpha = materials.sample(piece.texture, f.blend(piece.uv, piece.uv_tri))[:, 3]
    return f.take(alpha > 0.5)


def _teeth(view: View) -> list[Piece]:
    base, out = view.studio.shaper.base, []
    texture = np.broadcast_to(np.array([0.62, 0.57, 0.50], np.float32), (2, 2, 3))
    for name in ("helper-upper-teeth", "helper-lower-teeth"):
        tri, uv_tri = assets.split(base.groups[name]), assets.split(base.uv_groups[name])
        # set back a little, since they were made for a closed mouth and pierce an open one
        out.append(view.piece(view.turned, tri, base.uv, uv_tri, texture, folds=1.7, nearer=_BACK))
    return out


def spectacles(view: View) -> tuple[glasses.Part, glasses.Part, glasses.Style]:
    """Frame and lenses on the head at rest, and their style."""
    style = glasses.STYLES[view.shot.glasses or 0]
    return *glasses.build(view.head.rest, view.head.size, style), style


def _frame(view: View) -> Piece:
    frame, _, style = spectacles(view)
    return plain(view, frame, style.colour, 0.35, 0)


def plain(view: View, part: glasses.Part, rgb: tuple[float, ...], gloss: float, near: int) -> Piece:
    """A mesh of one colour (or colour and alpha), both its sides showing."""
    texture = np.broadcast_to(np.array(rgb, np.float32), (2, 2, len(rgb)))
    v, uv = view.turn(part.vertices, 1.0), np.full((len(part.vertices), 2), 0.5)
    return view.piece(v, part.tri, uv, part.tri, texture, 0.2, gloss, True, near)


def _paint_plain(view: View, piece: Piece, f: raster.Fragments) -> F32:
    """The texture as it is."""
    return materials.sample(piece.texture, f.blend(piece.uv, piece.uv_tri))[:, :3]
