"""What light passes in part: eyebrows, eyelashes, hair and lenses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import materials, raster, shape
from .assets import I64
from .materials import F32
from .solids import plain, spectacles
from .view import DEPTH, Piece, View


def veils(view: View, canvas: F32, zbuffer: I64) -> None:
    """Blends eyebrows, eyelashes, hair and lenses over what is drawn."""
    pixels, depths, colours, alphas = [], [], [], []
    for piece in _veil_pieces(view):
        f = view.fragments(piece)
        f = f.take(np.flatnonzero(f.depth < zbuffer[f.pixel]))
        rgba = _cut(view, piece, f)
        keep = np.flatnonzero(rgba[:, 3] > 0.04)
        f, rgba = f.take(keep), rgba[keep]
        received = f.blend(piece.received, piece.tri)
        pixels.append(f.pixel)
        depths.append(f.depth)
        alphas.append(rgba[:, 3])
        colours.append(materials.shade(rgba[:, :3], received, view.shot.light.strength))
    pixel, depth = np.concatenate(pixels), np.concatenate(depths)
    raster.layer(canvas, pixel, depth, np.concatenate(colours), np.concatenate(alphas))


def _cut(view: View, piece: Piece, f: raster.Fragments) -> F32:
    """Colour and alpha of see-through fragments; hair in front of the face is cut off."""
    uv = f.blend(piece.uv, piece.uv_tri)
    rgba = materials.sample(piece.texture, uv)
    if piece.kept is not None:
        grain = materials.sample(view.studio.noise[..., None], np.mod(uv * 3, 1))[:, 0]
        kept = f.blend(piece.kept, piece.tri) + (grain - np.float32(0.5)) * np.float32(0.9)
        rgba[:, 3] *= np.clip(kept, 0, 1)
    return rgba


def _veil_pieces(view: View) -> list[Piece]:
    near = int(0.012 * DEPTH)
    out = [_fitted(view, "eyebrows", view.head.look.brow, view.head.brow, near)]
    out.append(_fitted(view, "eyelashes", "Eyelashes01", view.studio.lash, near // 4))
    if view.head.hair is not None:
        out.append(_hair(view))
    if view.shot.glasses is not None:
        _, lens, _ = spectacles(view)
        out.append(plain(view, lens, (0.55, 0.6, 0.65, 0.07), 0.5, 0))
    return out


def _fitted(view: View, kind: str, name: str, texture: F32, near: int) -> Piece:
    proxy = view.studio.proxy(kind, name)
    v = view.turn(shape.fit(proxy, view.face, view.head.rest), 1.0)
    return view.piece(v, proxy.tri, proxy.uv, proxy.uv_tri, texture, 0.4, 0.0, True, near)


def _hair(view: View) -> Piece:
    proxy, v = view.studio.proxy("hair", view.head.look.hair), view.hair_vertices
    assert v is not None and view.head.hair is not None
    # cards of hair have no useful normals of their own: light them like the skull below
    normal = materials.unit(v - view.middle)
    piece = view.piece(v, proxy.tri, proxy.uv, proxy.uv_tri, view.head.hair, 0.15, 0.012,
                       True, 0, normal)  # fmt: skip
    return replace(piece, kept=view.fringe)
