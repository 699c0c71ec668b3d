"""Miniatures of published layouts, drawn out of `heads`: no real person's photograph."""

from __future__ import annotations

import functools
import io
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from facelm.sources import open_source


@dataclass(frozen=True)
class Given:
    """Pictures that stand in for a corpus's, by their ids."""

    pictures: dict[str, bytes]
    path: Path = Path("corpus")

    def picture(self, image_id: str) -> bytes:
        """The encoded picture."""
        return self.pictures[image_id]


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
    still = np.asarray(portrait(index, size))
    return write_frames(path, [np.roll(still, number, axis=1) for number in range(frames)])


def write_frames(path: Path, frames: list[np.ndarray], rate: int = 24) -> Path:
    """A clip of RGB frames (height, width, 3); the container follows the suffix."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    codec = {".flv": "flv", ".webm": "libvpx"}.get(path.suffix, "mpeg4")
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width, _ = frames[0].shape
        stream.pix_fmt = "yuv420p"
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


def lay_on_its_side(video: Path) -> Path:
    """Note in an MP4 file that its frames are to be turned clockwise, as phones do."""
    data = bytearray(video.read_bytes())
    matrix = data.index(b"tkhd") + 44
    turned = (0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    data[matrix : matrix + 36] = struct.pack(">9i", *turned)
    video.write_bytes(data)
    return video


def write_text(path: Path, text: str) -> Path:
    """A label file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
