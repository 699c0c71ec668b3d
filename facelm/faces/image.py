"""Opening a picture that nobody vouches for.

The header is read and judged before a pixel is decoded, only three formats can be reached,
and nothing but pixels comes out: orientation is applied, metadata stays behind. Plain JPEGs are
decoded by `_jpeg.py`, everything else by Pillow, which also words every refusal.
"""

from __future__ import annotations

import io
import struct
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from facelm.errors import PictureError
from facelm.faces._jpeg import jpeg_pixels
from facelm.faces._scan import plain_size

MAX_PIXELS = 25_000_000
MAX_BYTES = 30_000_000
MAX_ASPECT = 8.0
MIN_SIDE = 16
FORMATS = ("JPEG", "PNG", "WEBP")

# EXIF's eight orientations; 1 is upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_picture(data: bytes, name: str = "the picture", least: int | None = None) -> Image.Image:
    """Decode untrusted bytes into an upright RGB picture.

    Args:
        data: an encoded JPEG, PNG or WebP; CMYK, grey, palette, 16-bit and transparent pictures
            are converted (transparency over mid grey), of an animation the first frame is used.
        name: how errors call the picture, usually its path.
        least: the result's shorter side needs no more than this many pixels: a plain JPEG at
            least twice as large comes at a half, a quarter or an eighth of its size, which is
            quicker than decoding all of it. Nothing is ever enlarged. None gives full size.

    Returns:
        An RGB `PIL.Image.Image`, EXIF rotation applied, metadata dropped.

    Raises:
        PictureError: too large, too small, too long, truncated, or not a picture.
    """
    found = _open(data, name, least)
    return found if isinstance(found, Image.Image) else Image.fromarray(found)


def open_pixels(
    data: bytes, name: str = "the picture", least: int | None = None
) -> NDArray[np.uint8]:
    """Decode untrusted bytes into an array: `open_picture` without the way through Pillow.

    Returns:
        (height, width, 3), RGB, 0..255, upright.

    Raises:
        PictureError: as `open_picture`.
    """
    found = _open(data, name, least)
    return np.array(found) if isinstance(found, Image.Image) else found


def to_jpeg(picture: Image.Image, quality: int = 92) -> bytes:
    """Encode an RGB picture as JPEG without metadata."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def inspect_picture(data: bytes, name: str = "the picture") -> tuple[int, int]:
    """Judge untrusted bytes by their header and their end, without decoding what looks whole.

    Args:
        data: an encoded picture.
        name: how errors call it.

    Returns:
        Width and height in pixels, before any EXIF rotation.

    Raises:
        PictureError: as `open_picture`; a picture whose end does not look whole is decoded.
    """
    size, kind = _plain(data), "JPEG"
    if size is None:
        picture = _judged(data, name)
        size, kind = picture.size, picture.format or ""
    if not _ends_well(data, kind):
        open_pixels(data, name)
    return size


def _open(data: bytes, name: str, least: int | None) -> Image.Image | NDArray[np.uint8]:
    size = _plain(data)
    pixels = jpeg_pixels(data, size, least) if size else None
    return _decode(_judged(data, name), data, name, least) if pixels is None else pixels


def _plain(data: bytes) -> tuple[int, int] | None:
    """The size of a plain JPEG within all caps; None for everything Pillow has to look at."""
    size = plain_size(data) if len(data) <= MAX_BYTES else None
    return size if size and _fault(*size) is None else None


def _judged(data: bytes, name: str) -> Image.Image:
    """The header alone: nothing is decoded yet."""
    if len(data) > MAX_BYTES:
        raise PictureError(
            f"{name} has {len(data):,} bytes, more than {MAX_BYTES:,}: give a smaller file."
        )
    with warnings.catch_warnings():
        # Pillow warns where we refuse; our cap is the lower one.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture = _header(data, name)
        _check_size(picture, name)
    return picture


def _ends_well(data: bytes, kind: str) -> bool:
    """Whether a file closes as its format asks; one that does not may still be whole."""
    if kind == "WEBP":
        return int.from_bytes(data[4:8], "little") + 8 <= len(data)
    return data.endswith(b"\xff\xd9" if kind == "JPEG" else b"IEND\xaeB`\x82")


def _header(data: bytes, name: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise PictureError(
            f"{name} is not a JPEG, PNG or WebP picture: convert it or leave it out."
        ) from error
    except Image.DecompressionBombError as error:
        raise PictureError(
            f"{name} has more than {MAX_PIXELS:,} pixels: give a smaller picture."
        ) from error


def _check_size(picture: Image.Image, name: str) -> None:
    width, height = picture.size
    fault = _fault(width, height)
    if fault:
        raise PictureError(f"{name} has {width} x {height} pixels, {fault}.")


def _fault(width: int, height: int) -> str | None:
    """What is wrong with a size and what to do about it; None if nothing is."""
    if width * height > MAX_PIXELS:
        return f"more than {MAX_PIXELS:,} in all: give a smaller picture"
    if min(width, height) < MIN_SIDE:
        return f"less than {MIN_SIDE} on a side: no face can be read; give a larger one"
    if max(width, height) > MAX_ASPECT * min(width, height):
        return f"longer than {MAX_ASPECT:g} to 1: crop it to the face"
    return None


def _decode(
    picture: Image.Image, data: bytes, name: str, least: int | None
) -> Image.Image | NDArray[np.uint8]:
    try:
        pixels = jpeg_pixels(data, picture, least)
        if pixels is None:
            picture.load()
        # Not ImageOps.exif_transpose: it writes the metadata anew, which damaged ones make fail.
        turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
        if pixels is None:
            return _rgb(picture if turn is None else picture.transpose(turn))
        return pixels if turn is None else Image.fromarray(pixels).transpose(turn)
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise PictureError(
            f"{name} breaks off or is damaged and cannot be decoded: get a whole copy."
        ) from error


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a channel: Pillow's own convert would clip at 255
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    if "A" in picture.getbands() or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, (128, 128, 128, 255))
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    rgb = picture.convert("RGB")
    clean = Image.new("RGB", rgb.size)  # a new picture carries no EXIF, ICC or comments
    clean.paste(rgb)
    return clean
