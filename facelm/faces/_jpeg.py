"""JPEG pixels straight into an array, scaled while decoding where less is wanted.

libjpeg-turbo through `simplejpeg`: the library Pillow decodes with too, without the copies, and
with the same pixels. It sees bytes only after `image.py` has judged their header.
"""

from __future__ import annotations

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

# Only these have vector code: 3/8 takes longer than a half, and 5/8 longer than all of it.
_SCALES = (8, 4, 2, 1)


def jpeg_pixels(
    data: bytes, header: Image.Image | tuple[int, int], least: int | None = None
) -> NDArray[np.uint8] | None:
    """Decode a plain JPEG.

    Args:
        data: the encoded picture.
        header: the size that `plain_size` read from these bytes; or the same picture as
            `PIL.Image.open` gives it, not yet decoded. Its size is judged already.
        least: the result's shorter side may shrink to this; None keeps the size.

    Returns:
        (height, width, 3), RGB, 0..255, not yet turned by EXIF; or None where Pillow has to
        decode or refuse: another format, CMYK, progressive, or damaged in any way.
    """
    size = _plain(header) if isinstance(header, Image.Image) else header
    if size is None:
        return None
    scale = _scale(min(size), least)
    width, height = (-(-side // scale) for side in size)
    # A buffer of the judged size: bytes that tell another decoder another size get no more.
    pixels = np.empty((height, width, 3), np.uint8)
    try:
        seen = simplejpeg.decode_jpeg(
            data, min_height=height, min_width=width, buffer=pixels, strict=True
        )
    except ValueError:  # strict: what libjpeg only warns of, Pillow shall judge
        return None
    return pixels if seen.shape == pixels.shape else None


def _plain(header: Image.Image) -> tuple[int, int] | None:
    """The size, if Pillow calls it an ordinary JPEG."""
    ordinary = header.format == "JPEG" and header.mode in ("RGB", "L")
    return header.size if ordinary and "progressive" not in header.info else None


def _scale(shorter: int, least: int | None) -> int:
    """The largest divisor that leaves the shorter side at `least` or more."""
    if least is None:
        return 1
    return next((scale for scale in _SCALES if -(-shorter // scale) >= least), 1)
