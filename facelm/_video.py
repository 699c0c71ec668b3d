"""Frames of a video that nobody vouches for, decoded with `av`, and of folders of frames.

Headers may say any number of frames, so frames are counted by decoding; a second pass then keeps
only those that are wanted, which keeps memory flat however long the video is. Phones store a
portrait video lying on its side with a note to turn it: frames come out upright.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm.errors import PictureError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png")
_WHOLE_FILES = "mov,matroska,avi,flv,mpeg,mpegts,asf,ogg"
"""Forms of a video that is all in its own bytes. Playlists and scripts (`concat`, HLS, DASH) name
other files, which would be opened: from bytes that somebody sent, they are no videos."""
_LAST_NUMBER = re.compile(r"(\d+)\D*$")


@dataclass(frozen=True)
class Limits:
    """What a video must be to be used; what is beyond is not decoded."""

    least_frames: int = 1
    frame_pixels: float = math.inf
    """Most pixels of a frame."""
    pixels: float = math.inf
    """Most pixels of all frames together: what decoding costs."""


ANY = Limits()


def frame_png(path: Path | bytes, index: int, name: str) -> bytes:
    """One frame, counted from 0, as PNG.

    Raises:
        PictureError: not a video, or it has fewer frames.
    """
    for _, png in frames_png(path, {index}, name):
        return png
    raise PictureError(f"{name} has no frame {index}: get a fresh copy of the video.")


def frames_png(
    path: Path | bytes, wanted: Collection[int], name: str
) -> Iterator[tuple[int, bytes]]:
    """The wanted frames, counted from 0, in the order of time and in one pass, as PNG.

    Frames that the video does not have are left out.

    Raises:
        PictureError: not a video.
    """
    for number, frame in _picked(path, wanted, name):
        yield number, _png(frame)


def middle_png(path: Path | bytes, name: str) -> bytes:
    """The frame in the middle of a video (frame n // 2 of n), as PNG.

    Raises:
        PictureError: not a video, or one without frames.
    """
    return frame_png(path, _counted(path, name) // 2, name)


def sampled(
    video: Path | bytes, count: int = 8, name: str = "the video", limits: Limits = ANY
) -> list[NDArray[np.uint8]]:
    """Frames at `linspace(0, n - 1, count)`, the nearest each, as RGB arrays (height, width, 3).

    A video of fewer than `count` frames gives some of them more than once.

    Args:
        video: a video file, or the bytes of one.
        count: how many frames, 1 or more.
        name: what to call bytes in messages; a file has its own name.
        limits: what the video must be.

    Raises:
        PictureError: not a video, one without frames, or beyond the limits.
    """
    import numpy as np

    name = video.name if isinstance(video, Path) else name
    total = _counted(video, name, limits)
    wanted = [int(index) for index in np.linspace(0, total - 1, count).round()]
    frames = {index: upright(frame) for index, frame in _picked(video, wanted, name)}
    if len(frames) < len(set(wanted)):
        raise PictureError(f"{name} changed while it was read: try again.")
    return [frames[index] for index in wanted]


def frames_in(folder: Path) -> tuple[str, ...]:
    """Names of the pictures in a folder of frames, in the order of time.

    Frames are numbered by the last number of their names, with or without leading zeros; files
    that systems hide (`._00001.jpg`) are none. A folder that cannot be listed has no frame.
    """
    try:
        names = [place.name for place in folder.iterdir()]
    except OSError:
        return ()
    pictures = [
        name
        for name in names
        if name.lower().endswith(_PICTURE_SUFFIXES) and not name.startswith(".")
    ]
    return tuple(sorted(pictures, key=_time))


@contextmanager
def opened(video: Path | bytes, name: str) -> Iterator[Any]:
    """A container with a video in it; what fails while it is open is said in one sentence."""
    import av

    sent = isinstance(video, bytes)
    source = io.BytesIO(video) if isinstance(video, bytes) else str(video)
    options = {"format_whitelist": _WHOLE_FILES} if sent else {}
    try:
        with av.open(source, metadata_errors="ignore", options=options) as container:
            if not container.streams.video:
                raise PictureError(f"{name} has no video in it: get a fresh copy of it.")
            yield container
    except av.FFmpegError as error:
        raise PictureError(f"{name} cannot be decoded: get a fresh copy of it.") from error


def quarter_turns(frame: Any) -> int:
    """How often a decoded frame must be turned by 90 degrees, counterclockwise, to be upright."""
    return round(frame.rotation / 90) % 4


def upright(frame: Any, longest: int | None = None) -> NDArray[np.uint8]:
    """A decoded frame as RGB, (height, width, 3), turned as its video says.

    Args:
        frame: an `av.VideoFrame`.
        longest: made smaller where the longer side has more pixels than this.
    """
    import numpy as np

    ratio = min(1.0, (longest or math.inf) / max(frame.width, frame.height))
    size = (max(1, round(frame.width * ratio)), max(1, round(frame.height * ratio)))
    pixels = frame.reformat(*size, format="rgb24").to_ndarray()
    return np.ascontiguousarray(np.rot90(pixels, quarter_turns(frame)))


def _time(name: str) -> tuple[int, str]:
    match = _LAST_NUMBER.search(name.rpartition(".")[0])
    return int(match[1]) if match else -1, name


def _counted(video: Path | bytes, name: str, limits: Limits = ANY) -> int:
    total, pixels = 0, 0
    for frame in _decoded(video, name, limits):
        total, pixels = total + 1, pixels + frame.width * frame.height
        _check_frame(frame, name, limits)
        if pixels > limits.pixels:
            raise PictureError(
                f"{name} has more than {limits.pixels:,} pixels in its frames: give a shorter or "
                "smaller one."
            )
    if not total:
        raise PictureError(f"{name} has no frame in it: get a fresh copy of it.")
    if total < limits.least_frames:
        raise PictureError(
            f"{name} has {total} frames, fewer than the {limits.least_frames} that are looked at: "
            "give a longer one, or a picture."
        )
    return total


def _check_frame(shown: Any, name: str, limits: Limits) -> None:
    """`shown` is a frame, or the stream that says how large its frames are."""
    if shown.width * shown.height > limits.frame_pixels:
        raise PictureError(
            f"{name} has frames of {shown.width} x {shown.height} pixels, more than "
            f"{limits.frame_pixels:,} in all: give a smaller video."
        )


def _picked(video: Path | bytes, wanted: Collection[int], name: str) -> Iterator[tuple[int, Any]]:
    """The wanted frames with their numbers; decoding stops behind the last of them."""
    last = max(wanted)
    for number, frame in enumerate(_decoded(video, name)):
        if number in wanted:
            yield number, frame
        if number >= last:
            return


def _decoded(video: Path | bytes, name: str, limits: Limits = ANY) -> Iterator[Any]:
    with opened(video, name) as container:
        _check_frame(container.streams.video[0], name, limits)  # before the first is decoded
        yield from container.decode(video=0)


def _png(frame: Any) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(upright(frame)).save(buffer, "PNG")
    return buffer.getvalue()
