"""From somebody's photograph to the one face a model is asked about."""

from __future__ import annotations

from statistics import median
from typing import Protocol

from PIL import Image

from facelm.errors import PictureError
from facelm.faces import Mesh, crop_face

SECOND_FACE = 0.5
"""A second face of more than this share of the first one's area leaves open which is meant."""
MAX_MISSING = 0.3
"""Share of a clip's frames that may be without a face."""
FILLS = 0.6
"""A mesh taller than this share of the picture: it is a face crop already, as models know it."""


class Finder(Protocol):
    """What finds faces: `facelm.faces.MeshFinder`."""

    def find(self, picture: Image.Image) -> list[Mesh]:
        """All faces found, largest first."""
        ...


def one_face(picture: Image.Image, finder: Finder, name: str = "the picture") -> Image.Image:
    """Cut the one face out of a picture, as wide as the models have seen faces in training.

    Args:
        picture: upright RGB picture, as `facelm.faces.open_picture` gives it.
        finder: finds the faces; not thread-safe if it is a `MeshFinder`.
        name: how errors call the picture, usually its path.

    Returns:
        A loose square around the face, or the picture itself where the face fills it already.

    Raises:
        PictureError: no face, or several of similar size.
    """
    meshes = finder.find(picture)
    if not meshes:
        raise PictureError(
            f"There is no face to be found in {name}: give a picture with one face that is "
            "turned to the camera and not too small."
        )
    if len(meshes) > 1 and meshes[1].area > SECOND_FACE * meshes[0].area:
        raise PictureError(
            f"There are {len(meshes)} faces in {name}: crop it to the one that is meant."
        )
    _, top, _, bottom = meshes[0].box
    if bottom - top > FILLS * picture.height:
        return picture
    return crop_face(picture, meshes[0].box)


def one_face_in_clip(
    frames: list[Image.Image], finder: Finder, name: str = "the video"
) -> list[Image.Image]:
    """Cut the one face out of some frames of a video, by the same square in all of them.

    Args:
        frames: RGB pictures of one size, in the order of time.
        finder: finds the faces.
        name: how errors call the video.

    Returns:
        The frames, cut to where the face is in any of them; whole where it fills them already.

    Raises:
        PictureError: no face in more than 30 % of the frames (as FaceInstruct's clips have it), or
            several of similar size.
    """
    boxes = []
    for number, frame in enumerate(frames):
        meshes = finder.find(frame)
        if len(meshes) > 1 and meshes[1].area > SECOND_FACE * meshes[0].area:
            raise PictureError(
                f"There are {len(meshes)} faces in frame {number + 1} of {len(frames)} of {name}: "
                "cut it to where the one that is meant is alone."
            )
        boxes += [mesh.box for mesh in meshes[:1]]
    if len(frames) - len(boxes) > MAX_MISSING * len(frames):
        raise PictureError(
            f"A face was found in {len(boxes)} of {len(frames)} frames of {name}: give a video in "
            "which one person is seen nearly all the time."
        )
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    if median(b - t for t, b in zip(tops, bottoms, strict=True)) > FILLS * frames[0].height:
        return frames
    around = (min(lefts), min(tops), max(rights), max(bottoms))
    return [crop_face(frame, around) for frame in frames]
