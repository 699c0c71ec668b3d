"""Pictures to WebP bytes, frames to an H.264 clip: one thread, no CPU-specific arithmetic."""

from __future__ import annotations

import io
from collections.abc import Sequence

import av
import numpy as np
from PIL import Image

from .assets import U8

_QUALITY = 88
_X264 = {
    "preset": "slow",
    "crf": "20",
    "threads": "1",
    # no-asm: the same C code on every machine; the clips are small enough for it
    "x264-params": "threads=1:lookahead-threads=1:sliced-threads=0:no-asm=1",
}


def webp(picture: U8) -> bytes:
    """(H, W, 3) sRGB to lossy WebP."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "WEBP", quality=_QUALITY, method=6)
    return out.getvalue()


def mp4(frames: Sequence[U8], fps: int) -> bytes:
    """(H, W, 3) sRGB frames, even sides, to an H.264 mp4 (yuv420p)."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=fps, options=_X264)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt, stream.thread_count = "yuv420p", 1
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for frame in frames:
            video = av.VideoFrame.from_ndarray(_yuv420(frame), format="yuv420p")
            container.mux(stream.encode(video))
        container.mux(stream.encode())
    return out.getvalue()


def _yuv420(picture: U8) -> U8:
    """(H, W, 3) sRGB to the planes of yuv420p, (H * 3 / 2, W): BT.601 in integers."""
    r, g, b = (picture[..., k].astype(np.int32) for k in range(3))
    y = ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16
    u = ((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128
    v = ((112 * r - 94 * g - 18 * b + 128) >> 8) + 128
    planes = [y] + [
        (c[0::2, 0::2] + c[0::2, 1::2] + c[1::2, 0::2] + c[1::2, 1::2] + 2) >> 2 for c in (u, v)
    ]
    width = picture.shape[1]
    return np.concatenate([p.reshape(-1, width) for p in planes]).astype(np.uint8)
