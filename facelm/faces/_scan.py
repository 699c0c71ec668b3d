"""The size of a plain JPEG, read from its markers alone.

Most JPEGs are plain: baseline, grey or colour, no EXIF. `PIL.Image.open` takes longer over such a
header than this does, and it is a good part of the time a small picture takes. Where Pillow would
see anything else in the header than a size, nothing is said here: Pillow shall judge.
"""

from __future__ import annotations

import struct

_SEGMENT = struct.Struct(">BBH")  # 0xFF, the marker, the length from itself on
_FRAME = struct.Struct(">BHHB")  # bits, height, width, components
_SOF0, _DQT, _SOS, _ICC = 0xC0, 0xDB, 0xDA, 0xE2

# Segments that change neither size nor turning, and the least length Pillow takes them with:
# Huffman tables, restart interval, comment, JFIF, colour profile, Adobe's kind of colour.
# Not APP1: EXIF and XMP both turn pictures. Not APP13: Pillow can stumble over it.
_HARMLESS = {0xC4: 2, 0xDD: 2, 0xFE: 2, 0xE0: 9, _ICC: 16, 0xEE: 14}


def plain_size(data: bytes) -> tuple[int, int] | None:
    """Read a plain JPEG's header, up to where its pixels begin (ITU-T T.81, annex B).

    Args:
        data: any bytes.

    Returns:
        Width and height in pixels, 0..65535, as Pillow reads them from a JPEG that it opens as
        grey or RGB and does not turn; or None for all other bytes, odd or broken ones too.
    """
    size = None
    at = 2 if data.startswith(b"\xff\xd8") else len(data)
    while at + _SEGMENT.size <= len(data):
        start, marker, length = _SEGMENT.unpack_from(data, at)
        if start != 0xFF or at + 2 + length > len(data):
            return None
        if marker == _SOS:
            return size
        if marker == _SOF0:
            size = None if size else _frame(data, at + 4, length)
            if size is None:  # two frames, or one that is not plain
                return None
        elif not _is_harmless(data, at + 4, marker, length):
            return None
        at += 2 + length
    return None


def _frame(data: bytes, at: int, length: int) -> tuple[int, int] | None:
    """Width and height, if the frame is 8-bit grey or colour and its length is right."""
    if length < 2 + _FRAME.size:
        return None
    bits, height, width, layers = _FRAME.unpack_from(data, at)
    plain = bits == 8 and layers in (1, 3) and length == 2 + _FRAME.size + 3 * layers
    return (width, height) if plain else None


def _is_harmless(data: bytes, at: int, marker: int, length: int) -> bool:
    if marker == _DQT:  # whole tables of 64 bytes; 16-bit ones are not baseline
        end = at + length - 2
        return length % 65 == 2 and all(data[table] < 16 for table in range(at, end, 65))
    if marker == _ICC and not data.startswith(b"ICC_PROFILE\0", at):  # MPF: more pictures
        return False
    return length >= _HARMLESS.get(marker, 1 << 16)
