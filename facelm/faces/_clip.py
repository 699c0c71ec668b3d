"""A clip, from frames to a cropped clip and its landmarks.

Two passes over the video, the first to find faces, the second to cut them out: where to cut
depends on what comes later, and holding frames back would take memory that grows with the clip.
The mesh is looked for in every frame afresh: MediaPipe's own tracking from frame to frame was
neither nearer to the known landmarks of `heads` nor steadier nor cheaper, and follows no one when
two faces are there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facelm._io import replacing
from facelm.errors import PictureError
from facelm.faces._search import Searcher, is_new
from facelm.faces._shown import Shown, shown
from facelm.faces._steady import steady
from facelm.faces._track import Follower, Person, Sighting, fill, sighting
from facelm.faces.crop import Square, cut
from facelm.faces.image import MAX_PIXELS
from facelm.faces.mesh import WORK_SIDE, Mesh

# FaceInstruct's clips: frames a second, and how many of them may be without a face.
FPS = 24
MAX_MISSING = 0.3


class DroppedClipError(PictureError):
    """Too many frames of a clip show no face."""

    def __init__(self, message: str, missing: float) -> None:
        """`missing` is the share of such frames, 0 to 1."""
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True)
class Track:
    """One person through a clip of T frames, at 24 a second."""

    points: NDArray[np.float32]
    """(T, 68, 2), iBUG order, pixels of the frames."""
    squares: list[Square]
    """T of them."""
    repeats: list[int]
    """For how many of the T frames each frame of the source stands."""
    interpolated: list[int]
    """Frames, counted from 0, in which the face was not seen."""

    def landmarks(self, size: int) -> NDArray[np.float32]:
        """(T, 68, 2) in pixels of crops of `size`."""
        pairs = zip(self.points, self.squares, strict=True)
        return np.stack([square.inside(points, size) for points, square in pairs])


def track(
    video: Path, searcher: Searcher, name: str, margin: float, one_face: bool
) -> Generator[None, None, Track]:
    """Follow one person through a clip; yields once for every frame that was looked at.

    Args:
        video: the clip.
        searcher: finds the faces.
        name: how errors call the clip.
        margin: see `steady`.
        one_face: a frame with several faces counts as one without.

    Returns:
        (as a generator does) the track.

    Raises:
        PictureError: not a video, or none that can be used.
        DroppedClipError: more than 30 % of the frames are without the face.
    """
    follower, repeats = Follower(), []
    starts = [0]
    for frame in shown(video, FPS, name):
        _check_size(frame, name)
        faces = _look(frame, searcher, follower, starts[-1])
        if not one_face or len(faces) == 1:
            follower.look(starts[-1], faces, frame.repeats)
        repeats.append(frame.repeats)
        starts.append(starts[-1] + frame.repeats)
        yield
    if not repeats:
        raise PictureError(f"{name} has no frame in it: get a fresh copy of it.")
    return _tracked(_main(follower, starts[-1], name, one_face), starts[:-1], repeats, margin)


def _main(follower: Follower, frames: int, name: str, one_face: bool) -> Person:
    person = follower.main()
    missing = 1 - (person.frames if person else 0) / frames
    if person is None or missing > MAX_MISSING:
        what = "exactly one face" if one_face else "the same face"
        raise DroppedClipError(
            f"{what} was not found in {missing:.1%} of the frames of {name}, more than "
            f"{MAX_MISSING:.0%}: cut it to where one person is seen",
            missing,
        )
    return person


def _tracked(person: Person, starts: list[int], repeats: list[int], margin: float) -> Track:
    points, boxes = fill(person, starts)
    squares = steady(np.repeat(boxes, repeats, axis=0), margin)
    # A frame that is repeated keeps one square: else a face that stands still would slide.
    still = [squares[frame] for frame in np.repeat(starts, repeats)]
    unseen = np.repeat([start not in person.seen for start in starts], repeats)
    missing = [int(frame) for frame in np.flatnonzero(unseen)]
    return Track(np.repeat(points, repeats, axis=0), still, repeats, missing)


def _look(frame: Shown, searcher: Searcher, follower: Follower, number: int) -> list[Sighting]:
    """All faces of a frame; a closer look where the one that is followed is not among them."""
    small = frame.pixels(WORK_SIDE)  # the mesh's network would shrink it, ten times slower
    scale = np.array([frame.width / small.shape[1], frame.height / small.shape[0], 1], np.float32)
    faces = [Mesh(mesh.points * scale) for mesh in searcher.find(Image.fromarray(small))]
    lost = follower.misses(number, [sighting(mesh) for mesh in faces])
    if lost or not faces:
        whole = Image.fromarray(frame.pixels())
        close = searcher.near(whole, lost.where) if lost else []
        faces += [mesh for mesh in close if is_new(mesh, faces)]
        faces = faces or searcher.small(whole)
    return [sighting(mesh) for mesh in faces]


def _check_size(frame: Shown, name: str) -> None:
    if frame.width * frame.height > MAX_PIXELS:
        raise PictureError(
            f"{name} has frames of {frame.width} x {frame.height} pixels, more than "
            f"{MAX_PIXELS:,} in all: give a smaller video."
        )


def film(video: Path, found: Track, place: Path, size: int, name: str) -> None:
    """Write the crops of a track as a video of as many frames as its landmarks have.

    Raises:
        PictureError: the video is not the one that was tracked.
        FacelmError: the disk is full.
    """
    count = 0
    with _written(place, size) as add:
        for frame, repeats in zip(shown(video, FPS, name), found.repeats, strict=False):
            picture = cut(Image.fromarray(frame.pixels()), found.squares[count], size)
            for _ in range(repeats):
                add(picture)
            count += repeats
        if count != len(found.squares):
            raise PictureError(f"{name} changed while it was read: try again.")


def codec() -> str:
    """What clips are encoded with: H.264 where this build of `av` can, which stock wheels do."""
    import av

    try:
        return av.codec.Codec("libx264", "w").name
    except av.codec.codec.UnknownCodecError:
        return "mpeg4"


@contextmanager
def _written(place: Path, size: int) -> Iterator[Callable[[Image.Image], None]]:
    """A function that adds a frame to a new MP4 file, which appears whole or not at all."""
    import av

    with replacing(place, sync=False) as path, av.open(str(path), "w", format="mp4") as container:
        stream: Any = container.add_stream(codec(), rate=FPS, options=_options())
        stream.width = stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, FPS)
        number = 0

        def add(picture: Image.Image) -> None:
            nonlocal number
            frame = av.VideoFrame.from_image(picture)
            frame.pts = number
            number += 1
            container.mux(stream.encode(frame))

        yield add
        container.mux(stream.encode())


def _options() -> dict[str, str]:
    """Near what was cut out; one thread and no frames out of order.

    The bytes depend on the number of threads, and readers that trust the order of frames in the
    file count wrong where it is not the order of time.
    """
    if codec() == "mpeg4":
        return {"qmin": "2", "qmax": "3", "threads": "1"}
    return {"crf": "18", "preset": "veryfast", "bf": "0", "threads": "1"}
