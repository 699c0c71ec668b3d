"""Miniatures of published layouts, drawn out of `heads`: no real person's photograph."""

from __future__ import annotations

import functools
import io
from pathlib import Path

import numpy as np
from PIL import Image

from facelm.sources import open_source


@functools.cache
def _portraits() -> list[bytes]:
    return [face.image for face in open_source("heads").faces("test")]  # type: ignore[union-attr]


def portrait(index: int, size: int = 112) -> Image.Image:
    """One synthetic head, another for every index (of 216), as RGB."""
    data = _portraits()[index % len(_portraits())]
    return Image.open(io.BytesIO(data)).convert("RGB").resize((size, size))


def write_picture(path: Path, index: int = 0, size: int = 112) -> Path:
    """A synthetic head in the format of the path's suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    portrait(index, size).save(path)
    return path


def write_video(path: Path, index: int = 0, frames: int = 12, size: int = 96) -> Path:
    """A clip of a synthetic head that moves; the container follows the suffix."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    codec = {".flv": "flv", ".webm": "libvpx"}.get(path.suffix, "mpeg4")
    still = np.asarray(portrait(index, size))
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=24)
        stream.width = stream.height = size
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            moved = np.roll(still, number, axis=1)
            for packet in stream.encode(av.VideoFrame.from_ndarray(moved, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def write_text(path: Path, text: str) -> Path:
    """A label file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
