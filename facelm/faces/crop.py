"""The face crop the models see: a loose square, as in FairFace's 0.25-padded pictures."""

from __future__ import annotations

from PIL import Image

from facelm.errors import PictureError
from facelm.faces.mesh import Mesh

# In the median FairFace 0.25-padded crop the mesh covers 0.92 of the height, and its middle lies
CROP_SCALE = 1.1
# 0.025 above the middle (300 pictures of the development shard).
CROP_LIFT = -0.025
BOX_MARGIN = 0.25
CROP_SIDE = 448


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
    ground = _square(picture, x, y, side)
    return ground if size is None else ground.resize((size, size), Image.Resampling.BICUBIC)


def crop_box(picture: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    """Cut a square around a box that a dataset gives, a quarter of its side wider on every side.

    Args:
        picture: RGB picture.
        box: left, top, right, bottom of the face in pixels.

    Returns:
        At most 448 pixels a side; grey where it leaves the picture.

    Raises:
        PictureError: the box holds nothing of the picture.
    """
    left, top, right, bottom = box
    side = round((1 + 2 * BOX_MARGIN) * max(right - left, bottom - top))
    x, y = round((left + right - side) / 2), round((top + bottom - side) / 2)
    inside = x < picture.width and y < picture.height and x + side > 0 and y + side > 0
    if side < 1 or not inside:
        raise PictureError(f"the box {box} holds nothing of the picture: correct it")
    cut = _square(picture, x, y, min(side, 2 * max(picture.size)))
    cut.thumbnail((CROP_SIDE, CROP_SIDE))
    return cut


def _square(picture: Image.Image, x: int, y: int, side: int) -> Image.Image:
    """The square at (x, y), grey outside the picture."""
    square = (x, y, x + side, y + side)
    ground = Image.new("RGB", (side, side), (128, 128, 128))
    visible = (
        max(square[0], 0),
        max(square[1], 0),
        min(square[2], picture.width),
        min(square[3], picture.height),
    )
    ground.paste(picture.crop(visible), (visible[0] - square[0], visible[1] - square[1]))
    return ground
