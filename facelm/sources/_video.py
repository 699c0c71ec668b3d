"""Frames of a video that nobody vouches for, decoded with `av`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facelm.errors import PictureError


def frame_png(path: Path, index: int, name: str) -> bytes:
    """One frame, counted from 0, as PNG.

    Raises:
        PictureError: not a video, or it has fewer frames.
    """
    for number, frame in enumerate(_decoded(path, name)):
        if number == index:
            buffer = io.BytesIO()
            frame.to_image().save(buffer, "PNG")
            return buffer.getvalue()
    raise PictureError(f"{name} has no frame {index}: get a fresh copy of the video.")


def _decoded(path: Path, name: str) -> Iterator[Any]:
    import av

    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise PictureError(f"{name} has no video in it: get a fresh copy of it.")
            yield from container.decode(video=0)
    except av.FFmpegError as error:
        raise PictureError(f"{name} cannot be decoded: get a fresh copy of it.") from error
