"""From somebody's photograph or video to the one face a model is asked about."""

from __future__ import annotations

from math import inf
from pathlib import Path
from statistics import median
from typing import Protocol

from PIL import Image

from facelm._video import Limits, sampled
from facelm.errors import PictureError
from facelm.faces import MAX_PIXELS, Mesh, crop_face

SECOND_FACE = 0.5
"""A second face of more than this share of the first one's area leaves open which is meant."""
FRAMES = 8
"""Of a video, evenly over its time: as many as corpora have of a clip."""
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


def face_in_video(
    video: Path | bytes, finder: Finder, name: str = "The video", most_pixels: float = inf
) -> list[Image.Image]:
    """Eight frames of a video, cut to the one face in it.

    Args:
        video: a video file, or the bytes of one.
        finder: finds the faces.
        name: how errors call the video.
        most_pixels: of all its frames together, for a server that is sent one by anybody.

    Raises:
        PictureError: no video, fewer than eight frames, too large, or not one face in it.
    """
    limits = Limits(FRAMES, MAX_PIXELS, most_pixels)
    frames = [Image.fromarray(pixels) for pixels in sampled(video, FRAMES, name, limits)]
    return one_face_in_clip(frames, finder, name)


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
