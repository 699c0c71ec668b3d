"""The scan of JPEG markers says what Pillow says, or nothing."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from miniature import portrait
from PIL import Image

from facelm.errors import PictureError
from facelm.faces import image, inspect_picture, open_pixels
from facelm.faces._scan import plain_size

START, JFIF_END = 2, 20  # where segments can be put in: behind SOI, behind Pillow's own JFIF
ORIENTATION = 0x0112


def jpeg(width: int = 48, height: int = 32, mode: str = "RGB", **settings: Any) -> bytes:
    picture = portrait(0).resize((width, height), Image.Resampling.BICUBIC).convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **settings)
    return buffer.getvalue()


def segment(marker: int, body: bytes, length: int | None = None) -> bytes:
    """A marker, its length (a false one if told) and its bytes."""
    size = len(body) + 2 if length is None else length
    return bytes((0xFF, marker)) + size.to_bytes(2, "big") + body


def put(data: bytes, extra: bytes, at: int = JFIF_END) -> bytes:
    return data[:at] + extra + data[at:]


def before(data: bytes, marker: int) -> int:
    """Where a marker stands."""
    return data.index(bytes((0xFF, marker)))


def exif(orientation: int) -> bytes:
    found = Image.Exif()
    found[ORIENTATION] = orientation
    return found.tobytes()


def xmp(orientation: int) -> bytes:
    return b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="%d"/>' % orientation


PLAIN = {
    "colour": jpeg,
    "grey": lambda: jpeg(mode="L"),
    "4:4:4": lambda: jpeg(subsampling=0),
    "large": lambda: jpeg(1200, 700),
    "odd sides": lambda: jpeg(61, 47),
    "restart interval": lambda: jpeg(restart_marker_blocks=1),
    "optimised tables": lambda: jpeg(optimize=True),
    "a profile in three parts": lambda: jpeg(icc_profile=bytes(150_000)),
    "a comment of maximal length": lambda: put(jpeg(), segment(0xFE, b"\xff\xc0" * 32766 + b"\0")),
    "empty comments": lambda: put(jpeg(), segment(0xFE, b"") * 100),
    "no JFIF": lambda: jpeg()[:START] + jpeg()[JFIF_END:],
    "RGB inside": lambda: jpeg(keep_rgb=True),
}

NOT_PLAIN = {
    "EXIF": lambda: jpeg(exif=exif(6)),
    "EXIF behind the frame": lambda: put(
        jpeg(), segment(0xE1, exif(6)), before(jpeg(), 0xC4)
    ),
    "EXIF before JFIF": lambda: put(jpeg(), segment(0xE1, exif(8)), START),
    "XMP that turns": lambda: put(jpeg(), segment(0xE1, xmp(6))),
    "a thumbnail in APP1": lambda: put(jpeg(), segment(0xE1, b"Exif\0\0" + jpeg(16, 16))),
    "more pictures": lambda: put(jpeg(), segment(0xE2, b"MPF\0" + bytes(30))),
    "Photoshop": lambda: put(jpeg(), segment(0xED, b"Photoshop 3.0\0" + b"8BIM")),
    "fill bytes": lambda: put(jpeg(), b"\xff\xff\xff"),
    "rubbish between segments": lambda: put(jpeg(), b"rubbish"),
    "a size of nothing in JFIF": lambda: put(jpeg(), segment(0xE0, b"JFIF")),
    "a short profile": lambda: put(jpeg(), segment(0xE2, b"ICC_PROFILE\0")),
    "a short Adobe": lambda: put(jpeg(), segment(0xEE, b"Adobe")),
    "half a table": lambda: put(jpeg(), segment(0xDB, bytes(40))),
    "a 16-bit table": lambda: put(jpeg(), segment(0xDB, b"\x10" + bytes(128))),
    "two frames": lambda: put(jpeg(), frame(jpeg(90, 80)), before(jpeg(), 0xC0)),
    "two frames, grey last": lambda: put(jpeg(), frame(jpeg(mode="L")), before(jpeg(), 0xC4)),
    "two frames, the first unreadable": lambda: put(
        jpeg(), altered(frame(jpeg()), 4, 14), before(jpeg(), 0xC0)
    ),
    "12 bits": lambda: altered(jpeg(), 4, 12),
    "two components": lambda: altered(jpeg(), 9, 2),
    "a length of 0": lambda: put(jpeg(), segment(0xFE, b"", 0)),
    "a length of 1": lambda: put(jpeg(), segment(0xFE, b"", 1)),
    "a length past the end": lambda: put(jpeg(), segment(0xFE, b"", 0xFFFF)),
    "progressive": lambda: jpeg(progressive=True),
    "CMYK": lambda: jpeg(mode="CMYK"),
    "a second start": lambda: put(jpeg(), b"\xff\xd8"),
    "no frame": lambda: jpeg().replace(frame(jpeg()), b""),
    "nothing behind the frame": lambda: jpeg()[: before(jpeg(), 0xC4)],
    "only a start": lambda: b"\xff\xd8\xff",
    "a PNG": lambda: b"\x89PNG\r\n\x1a\n" + bytes(40),
    "nothing": lambda: b"",
}  # fmt: skip


def frame(data: bytes) -> bytes:
    """The SOF0 segment."""
    at = before(data, 0xC0)
    return data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")]


def altered(data: bytes, place: int, value: int) -> bytes:
    """The same JPEG with one byte of its SOF0 changed."""
    at = before(data, 0xC0) + place
    return data[:at] + bytes((value,)) + data[at + 1 :]


def as_pillow_reads(data: bytes) -> tuple[Any, ...] | None:
    """Size, format, mode, progressive or not, orientation; None where Pillow reads nothing."""
    try:
        found = Image.open(io.BytesIO(data), formats=image.FORMATS)
    except (OSError, ValueError, SyntaxError):
        return None
    return found.size, found.format, found.mode, "progressive" in found.info, turn(found)


def turn(found: Image.Image) -> int:
    return int(found.getexif().get(ORIENTATION, 1))


@pytest.mark.parametrize("kind", PLAIN)
def test_a_plain_header_is_read_as_pillow_reads_it(kind: str) -> None:
    data = PLAIN[kind]()
    size = plain_size(data)
    assert size
    mode = "L" if kind == "grey" else "RGB"
    assert as_pillow_reads(data) == (size, "JPEG", mode, False, 1)
    assert np.array_equal(
        open_pixels(data), np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    )


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", NOT_PLAIN)
def test_of_any_other_header_nothing_is_said(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = NOT_PLAIN[kind]()
    assert plain_size(data) is None
    ours = outcome(data)
    monkeypatch.setattr(image, "plain_size", lambda _: None)
    assert same(ours, outcome(data))


def test_a_plain_jpeg_is_opened_without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    data = jpeg(224, 200)
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("Pillow read the header"))
    assert open_pixels(data).shape == (200, 224, 3)
    assert open_pixels(data, least=100).shape == (100, 112, 3)
    assert inspect_picture(data) == (224, 200)


@pytest.mark.parametrize(
    "size", [(0, 40), (40, 0), (15, 40), (400, 49), (5001, 5000), (65535,) * 2]
)
def test_a_size_out_of_bounds_is_refused_in_the_same_words(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = jpeg()
    at = before(data, 0xC0) + 5
    data = data[:at] + b"".join(side.to_bytes(2, "big") for side in size[::-1]) + data[at + 4 :]
    ours = outcome(data)
    assert all(isinstance(one, str) for one in ours)
    monkeypatch.setattr(image, "plain_size", lambda _: None)
    assert ours == outcome(data)


def test_a_file_over_the_cap_is_not_even_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "plain_size", lambda _: pytest.fail("scanned"))
    with pytest.raises(PictureError, match="give a smaller file"):
        open_pixels(jpeg() + bytes(image.MAX_BYTES))


# ---------------------------------------------------------------------------------------- by chance

WHOLE = (
    lambda: jpeg(dpi=(72, 72)),
    lambda: jpeg(mode="L", comment=b"a comment"),
    lambda: jpeg(restart_marker_blocks=2, subsampling=0),
    lambda: jpeg(icc_profile=b"p" * 90, keep_rgb=True),
    lambda: jpeg(progressive=True),
    lambda: jpeg(exif=exif(6)),
)
EXTRAS = (
    lambda rng: b"\xff" * rng.randrange(1, 5),
    lambda rng: rng.randbytes(rng.randrange(1, 9)),
    lambda rng: segment(0xFE, rng.randbytes(rng.choice((0, 1, 300, 65533)))),
    lambda rng: segment(0xDD, rng.randrange(8).to_bytes(2, "big")),
    lambda rng: segment(0xE1, b"Exif\0\0" + jpeg(16, 16)),
    lambda rng: segment(0xE1, exif(rng.randrange(10))),
    lambda rng: segment(0xE1, xmp(rng.randrange(10))),
    lambda rng: segment(0xEE, b"Adobe\0\x64" + bytes(4) + bytes((rng.randrange(4),))),
    lambda rng: segment(0xDB, bytes((rng.choice((0, 1, 16, 64)),)) + rng.randbytes(64)),
    lambda rng: segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"[: rng.randrange(15)]),
    lambda rng: segment(0xE2, b"ICC_PROFILE\0\1\1"[: rng.randrange(15)]),
    lambda rng: frame(jpeg(rng.randrange(1, 90), 40, rng.choice(("L", "RGB")))),
    lambda rng: segment(rng.randrange(0xC0, 0xFF), rng.randbytes(rng.randrange(40))),
    lambda rng: segment(rng.randrange(0xC0, 0xFF), b"", rng.randrange(90)),
)


def boundaries(data: bytes) -> list[int]:
    """Where segments begin, up to the scan."""
    at, found = START, []
    while data[at + 1] != 0xDA:
        found.append(at)
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return [*found, at]


def odd_files(count: int, seed: int) -> Iterator[bytes]:
    """JPEGs cut off, with bytes changed, and with segments put in or taken out."""
    rng = random.Random(seed)
    whole = [make() for make in WHOLE]
    for _ in range(count):
        data = rng.choice(whole)
        for _ in range(rng.choice((1, 1, 2))):
            data = rng.choice((cut, flipped, stuffed, stuffed, without))(data, rng)
        yield data


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(data), rng.choice((1, 1, 3)))):
        changed[rng.randrange(min(len(data), rng.choice((30, 700, len(data)))))] = rng.choice(
            (0, 1, 2, 0xFF, rng.randrange(256))
        )
    return bytes(changed)


def stuffed(data: bytes, rng: random.Random) -> bytes:
    return put(data, rng.choice(EXTRAS)(rng), place(data, rng))


def without(data: bytes, rng: random.Random) -> bytes:
    at = place(data, rng)
    return data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]


def place(data: bytes, rng: random.Random) -> int:
    """Mostly where a segment begins, while the file is whole enough to tell."""
    try:
        return rng.choice(boundaries(data))
    except IndexError:
        return rng.randrange(len(data) + 1)


def outcome(data: bytes) -> tuple[Any, Any]:
    """What opening and judging give: pixels or a refusal, a size or a refusal."""
    found: list[Any] = []
    for way in (open_pixels, inspect_picture):
        try:
            found.append(way(data, "x.jpg"))
        except PictureError as error:
            found.append(str(error))
    return found[0], found[1]


def same(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    return (
        type(one[0]) is type(other[0]) and np.array_equal(one[0], other[0]) and one[1] == other[1]
    )


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_whatever_the_bytes_the_scan_says_what_pillow_says_or_nothing() -> None:
    scanned = 0
    for data in odd_files(4000, seed=1):
        size = plain_size(data)
        if size and min(size):
            scanned += 1
            assert as_pillow_reads(data) in [
                (size, "JPEG", mode, False, 1) for mode in ("L", "RGB")
            ]
    assert 800 < scanned < 3200  # both happen


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_whatever_the_bytes_pixels_and_refusals_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    files = list(odd_files(2500, seed=2))
    ours = [outcome(data) for data in files]
    monkeypatch.setattr(image, "plain_size", lambda _: None)
    refused = 0
    for data, one in zip(files, ours, strict=True):
        assert same(one, outcome(data))
        refused += isinstance(one[0], str)
    assert 250 < refused < 2250


def test_any_bytes_at_all_are_scanned_without_a_crash() -> None:
    rng = random.Random(3)
    for _ in range(20_000):
        markers = b"".join(
            segment(
                rng.choice((0xC0, 0xC4, 0xDA, 0xDB, 0xE0, 0xE2)), rng.randbytes(rng.randrange(9))
            )
            for _ in range(rng.randrange(4))
        )
        plain_size(b"\xff\xd8" + markers + rng.randbytes(rng.randrange(9)))
