"""The face crop the models see: a loose square, as in FairFace's 0.25-padded pictures."""

from __future__ import annotations

from PIL import Image

from facelm.faces.mesh import Mesh

# In the median FairFace 0.25-padded crop the mesh covers 0.92 of the height, and its middle lies
CROP_SCALE = 1.1
# 0.025 above the middle (300 pictures of the development shard).
CROP_LIFT = -0.025


def crop_face(picture: Image.Image, mesh: Mesh, size: int | None = None) -> Image.Image:
    """Cut a loose square around a face, padding with grey where it leaves the picture.

    Args:
        picture: RGB picture the mesh was found in.
        mesh: the face.
        size: side of the result in pixels; None keeps the cut's own size.
    """
    left, top, right, bottom = mesh.box
    side = round(CROP_SCALE * max(right - left, bottom - top))
    x = round((left + right - side) / 2)
    y = round((top + bottom - side) / 2 - CROP_LIFT * (bottom - top))
    square = (x, y, x + side, y + side)
    ground = Image.new("RGB", (side, side), (128, 128, 128))
    visible = (
        max(square[0], 0),
        max(square[1], 0),
        min(square[2], picture.width),
        min(square[3], picture.height),
    )
    ground.paste(picture.crop(visible), (visible[0] - square[0], visible[1] - square[1]))
    return ground if size is None else ground.resize((size, size), Image.Resampling.BICUBIC)
