"""The perceptual hash of a picture: 256 bits a view, nearly the same for a copy of it.

ImageHash's `phash` at 16 x 16: for each of the 256 lowest frequencies, whether it is above their
median. It hardly notices size, encoding or brightness, but a crop of a few hundredths turns half of
the bits. So a picture is hashed in several views, slightly different windows of it, and two
pictures are as near as their nearest views: a crop of one is nearly a window of the other.
`docs/corpus.md` has what was measured.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from facelm.faces import open_picture

SIDE = 128
"""Pixels to a side of the small grey picture that is hashed; windows are given in them."""
_CUT = 6  # 4.7 % of a side
_WINDOWS = (
    (0, 0, SIDE, SIDE),
    (_CUT, _CUT, SIDE - _CUT, SIDE - _CUT),
    *(
        (x, y, x + SIDE - _CUT, y + SIDE - _CUT)
        for y in (0, _CUT // 2, _CUT)
        for x in (0, _CUT // 2, _CUT)
    ),
)
VIEWS = len(_WINDOWS)
"""Views by which a benchmark's picture is looked for: the whole, the whole less 4.7 % on every
side, and nine windows that lack 4.7 % of the width and of the height."""
KEPT = 2
"""The first views, which are kept of a training picture."""
PAIRS = tuple(
    (kept, view) for kept in range(KEPT) for view in range(VIEWS) if (kept, view) != (1, 1)
)
"""Which of the kept views is held against which of the others; less inner against inner,
for pictures alike there are alike as wholes."""
BYTES = 32
"""Of one view."""
_FLAT = 3.0  # grey levels of 256; below, the bits are noise
_LOW = np.zeros((16, 16), dtype=bool)
_LOW[:8, :8] = True

Bits = npt.NDArray[np.uint64]
"""(pictures, views, 4); the first of the four words is the 64 lowest frequencies."""


def perceptual_hash(data: bytes, views: int = KEPT) -> bytes:
    """Hash what a picture looks like.

    Args:
        data: an encoded picture.
        views: how many of the views, 1 to `VIEWS`.

    Returns:
        `BYTES` bytes a view; none for a picture that shows nothing (one colour).

    Raises:
        PictureError: it cannot be opened.
    """
    grey = open_picture(data).convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    if np.std(np.asarray(grey)) < _FLAT:
        return b""
    return b"".join(_view(grey.crop(window)) for window in _WINDOWS[:views])


def _view(grey: Image.Image) -> bytes:
    import imagehash

    bits = imagehash.phash(grey, hash_size=16).hash
    return np.packbits(np.concatenate([bits[_LOW], bits[~_LOW]])).tobytes()


def as_bits(hashes: list[bytes]) -> Bits:
    """Hashes of equally many views as an array."""
    width = len(hashes[0]) // BYTES if hashes else 0
    return np.frombuffer(b"".join(hashes), dtype="<u8").reshape(len(hashes), width, 4)
