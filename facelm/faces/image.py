"""Opening a picture that nobody vouches for.

The header is read and judged before a pixel is decoded, only three decoders can be reached,
and nothing but pixels comes out: orientation is applied, metadata stays behind.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from facelm.errors import PictureError

MAX_PIXELS = 25_000_000
MAX_BYTES = 30_000_000
MAX_ASPECT = 8.0
MIN_SIDE = 16
FORMATS = ("JPEG", "PNG", "WEBP")


def open_picture(data: bytes, name: str = "the picture") -> Image.Image:
    """Decode untrusted bytes into an upright RGB picture.

    Args:
        data: an encoded JPEG, PNG or WebP; CMYK, grey, palette, 16-bit and transparent pictures
            are converted (transparency over mid grey), of an animation the first frame is used.
        name: how errors call the picture, usually its path.

    Returns:
        An RGB `PIL.Image.Image`, EXIF rotation applied, metadata dropped.

    Raises:
        PictureError: too large, too small, too long, truncated, or not a picture.
    """
    if len(data) > MAX_BYTES:
        raise PictureError(
            f"{name} has {len(data):,} bytes, more than {MAX_BYTES:,}: give a smaller file."
        )
    with warnings.catch_warnings():
        # Pillow warns where we refuse; our cap is the lower one.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture = _header(data, name)
        _check_size(picture, name)
        return _decode(picture, name)


def inspect_picture(data: bytes, name: str = "the picture") -> tuple[int, int]:
    """Judge untrusted bytes by their header and their end, without decoding a whole picture's.

    Args:
        data: an encoded picture.
        name: how errors call it.

    Returns:
        Width and height in pixels, before any EXIF rotation.

    Raises:
        PictureError: as `open_picture`; a picture whose end does not look whole is decoded.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture = _header(data, name)
        _check_size(picture, name)
    if not _ends_well(data, picture.format):
        open_picture(data, name)
    return picture.size


def _ends_well(data: bytes, kind: str | None) -> bool:
    """Whether a file closes as its format asks; one that does not may still be whole."""
    if kind == "WEBP":
        return int.from_bytes(data[4:8], "little") + 8 <= len(data)
    return data.endswith(b"\xff\xd9" if kind == "JPEG" else b"IEND\xaeB`\x82")


def to_jpeg(picture: Image.Image, quality: int = 92) -> bytes:
    """Encode an RGB picture as JPEG without metadata."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


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
    shape = f"{name} has {width} x {height} pixels"
    if width * height > MAX_PIXELS:
        raise PictureError(f"{shape}, more than {MAX_PIXELS:,} in all: give a smaller picture.")
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            f"{shape}, less than {MIN_SIDE} on a side: no face can be read; give a larger one."
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PictureError(f"{shape}, longer than {MAX_ASPECT:g} to 1: crop it to the face.")


def _decode(picture: Image.Image, name: str) -> Image.Image:
    try:
        picture.load()
        return _rgb(ImageOps.exif_transpose(picture))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
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
