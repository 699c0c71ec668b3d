"""Fast JPEGs: Pillow's pixels, Pillow's refusals, and no decoding before the header is judged."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from miniature import Given, portrait
from PIL import Image, ImageOps

from facelm.errors import PictureError
from facelm.faces import _jpeg, image, open_picture, open_pixels


def jpeg(picture: Image.Image, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **settings)
    return buffer.getvalue()


def head(width: int = 224, height: int = 224) -> Image.Image:
    return portrait(0).resize((width, height), Image.Resampling.BICUBIC)


def pillow(data: bytes) -> np.ndarray:
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


def is_fast(data: bytes) -> bool:
    return _jpeg.jpeg_pixels(data, Image.open(io.BytesIO(data))) is not None


PLAIN = {
    "4:4:4": lambda: jpeg(head(), subsampling=0),
    "4:2:2": lambda: jpeg(head(), subsampling=1),
    "4:2:0": lambda: jpeg(head(), subsampling=2),
    "grey": lambda: jpeg(head().convert("L")),
    "odd sides": lambda: jpeg(head(61, 47)),
    "16 px": lambda: jpeg(head(16, 16)),
    "coarse": lambda: jpeg(head(), quality=5),
    "fine": lambda: jpeg(head(), quality=100),
    "restart markers": lambda: jpeg(head(), restart_marker_blocks=3),
    "RGB inside": lambda: jpeg(head(), keep_rgb=True),
    "a profile": lambda: jpeg(head(), icc_profile=b"p" * 400, comment=b"hello"),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_a_plain_jpeg_has_pillows_pixels(kind: str) -> None:
    data = PLAIN[kind]()
    assert is_fast(data)
    assert np.array_equal(open_pixels(data), pillow(data))
    assert np.array_equal(np.asarray(open_picture(data)), pillow(data))


def mpo() -> bytes:
    buffer = io.BytesIO()
    head().save(buffer, "MPO", save_all=True, append_images=[head().rotate(90)])
    return buffer.getvalue()


def sixteen_bit_png() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((40, 40), 0x8080, np.uint16)).save(buffer, "PNG")
    return buffer.getvalue()


OTHER = {
    "progressive": lambda: jpeg(head(), progressive=True),
    "CMYK": lambda: jpeg(head().convert("CMYK")),
    "two pictures in one": mpo,
    "a 16-bit PNG named .jpg": sixteen_bit_png,
}


@pytest.mark.parametrize("kind", OTHER)
def test_whatever_else_goes_through_pillow(kind: str) -> None:
    data = OTHER[kind]()
    assert not is_fast(data)
    for opened in (open_pixels(data, "x.jpg"), open_pixels(data, "x.jpg", least=20)):
        assert opened.dtype == np.uint8
        assert opened.shape == (*Image.open(io.BytesIO(data)).size[::-1], 3)
        if "PNG" not in kind:
            assert np.array_equal(opened, pillow(data))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_orientations_come_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = jpeg(head(200, 120), exif=exif)
    assert is_fast(data)
    assert np.array_equal(open_pixels(data), pillow(data))
    half = open_picture(data, least=60)
    assert half.size == tuple(side // 2 for side in pillow(data).shape[1::-1])
    assert not half.getexif()
    whole = Image.fromarray(pillow(data)).resize(half.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(half, float) - np.asarray(whole, float)).mean() < 2


def test_damaged_metadata_keep_no_picture_back() -> None:
    """Of a width that is no whole number Pillow's own turning ends in a struct.error."""
    width = struct.pack("<HHIf", 0x0100, 11, 1, 1.5)
    turned = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + width + turned + bytes(4)
    assert open_picture(jpeg(head(60, 30), exif=exif)).size == (30, 60)


@pytest.mark.parametrize(
    ("size", "least", "divisor"),
    [
        ((1024, 1024), None, 1), ((1024, 1024), 1024, 1), ((1024, 1024), 513, 1),
        ((1024, 1024), 512, 2), ((1024, 1024), 300, 2), ((1024, 1024), 160, 4),
        ((1024, 1024), 128, 8), ((1024, 1024), 3, 8), ((1023, 1501), 448, 2),
        ((224, 224), 160, 1), ((224, 300), 448, 1), ((16, 16), 2, 8), ((17, 100), 9, 2),
    ],
)  # fmt: skip
def test_scaled_decoding_stays_above_what_is_asked(
    size: tuple[int, int], least: int | None, divisor: int
) -> None:
    whole = head(*size)
    scaled = open_picture(jpeg(whole, quality=95), least=least)
    assert scaled.size == tuple(-(-side // divisor) for side in size)
    small = whole.resize(scaled.size, Image.Resampling.BOX)
    if min(scaled.size) > 100:
        assert np.abs(np.asarray(scaled, float) - np.asarray(small, float)).mean() < 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: resized(data, 20_000, 20_000), "more than 25,000,000"),
        (lambda data: resized(data, 2_000, 100), "longer than 8 to 1"),
        (lambda data: resized(data, 1, 1), "less than 16"),
        (lambda data: data + bytes(image.MAX_BYTES), "give a smaller file"),
    ],
)
def test_no_byte_reaches_the_fast_decoder_before_the_header_is_judged(
    change: Callable[[bytes], bytes], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[bytes] = []
    monkeypatch.setattr(_jpeg.simplejpeg, "decode_jpeg", lambda data, **_: reached.append(data))
    with pytest.raises(PictureError, match=says):
        open_pixels(change(jpeg(head())), least=16)
    assert not reached


def resized(data: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another size in its header."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


@pytest.mark.parametrize("side", [64, 512])
def test_bytes_that_tell_the_decoder_another_size_get_no_more_room(side: int) -> None:
    judged = Image.open(io.BytesIO(jpeg(head(224, 224))))
    assert _jpeg.jpeg_pixels(jpeg(head(side, side)), judged) is None


def damaged() -> Iterator[bytes]:
    """Cut off at every 50th byte; a few bytes changed at random, half of them in the header."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"
    whole = [
        jpeg(head(96, 64), exif=exif, dpi=(72, 72)),
        jpeg(head(64, 64), subsampling=0),
        jpeg(head(48, 48).convert("L")),
        jpeg(head(48, 48), progressive=True),
        jpeg(head(48, 48).convert("CMYK")),
    ]
    for data in whole:
        yield from (data[:end] for end in range(0, len(data), 50))
    rng = random.Random(0)
    for number in range(800):
        data = bytearray(rng.choice(whole))
        end = len(data) if number % 2 else 300
        for _ in range(rng.choice((1, 1, 3))):
            data[rng.randrange(end)] = rng.randrange(256)
        yield bytes(data)


def opened(data: bytes) -> np.ndarray | str:
    try:
        return open_pixels(data, "x.jpg")
    except PictureError as error:
        return str(error)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damage_gives_pillows_pixels_or_pillows_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    files = list(damaged())
    fast = [opened(data) for data in files]
    monkeypatch.setattr(image, "jpeg_pixels", lambda *_: None)
    slow = [opened(data) for data in files]
    refused = [one for one in fast if isinstance(one, str)]
    assert 100 < len(refused) < len(fast) - 100
    assert all(one.startswith("x.jpg ") and "\n" not in one for one in refused)
    for one, other in zip(fast, slow, strict=True):
        assert type(one) is type(other)
        assert np.array_equal(one, other)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damage_is_refused_alike_when_scaled() -> None:
    for data in damaged():
        whole = opened(data)
        try:
            assert min(open_pixels(data, "x.jpg", least=17).shape[:2]) >= min(17, len(whole))
        except PictureError as error:
            assert str(error) == whole


def test_pixels_are_the_callers_own(heads: list[Any]) -> None:
    for data in (heads[0].image, jpeg(head())):  # WebP goes through Pillow
        pixels = open_pixels(data)
        assert np.array_equal(pixels, np.asarray(open_picture(data)))
        pixels[:] = 0


# ------------------------------------------------------------- where pictures are decoded in bulk


def squeezed(data: bytes, side: int) -> np.ndarray:
    """Plain Pillow: everything decoded, then resized."""
    picture = Image.fromarray(pillow(data))
    return np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC))


def test_perception_reads_fairface_sized_pictures_as_pillow_does(heads: list[Any]) -> None:
    from facelm.train.perception import _decoded

    files = [jpeg(portrait(number, 224), quality=75 + number) for number in range(20)]
    files.append(heads[0].image)
    expected = np.stack([squeezed(data, 160) for data in files])
    assert np.array_equal(_decoded(files, len(files), 160), expected)


def test_perception_reads_large_pictures_scaled_and_upright() -> None:
    from facelm.train.perception import _decoded

    exif = Image.Exif()
    exif[0x0112] = 8
    data = jpeg(head(1200, 900), exif=exif)
    (read,) = _decoded([data], 1, 160).astype(float)
    assert np.abs(read - squeezed(data, 160)).mean() < 1.5


def test_perception_names_the_picture_it_cannot_read() -> None:
    from facelm.train.perception import _decoded

    whole = jpeg(head())
    with pytest.raises(PictureError, match="picture 2 of 2 breaks off"):
        _decoded([whole, whole[: len(whole) // 2]], 2, 160)


def test_answers_are_learnt_on_the_picture_the_benchmark_shows(tiny_internvl: Any) -> None:
    import torch

    from facelm.models import load
    from facelm.train.answers import Answers
    from facelm.train.examples import Example
    from facelm.train.recipe import AnswersStage, Data
    from facelm.train.rows import make_row
    from facelm.types import Turn

    exif = Image.Exif()
    exif[0x0112] = 6
    data = jpeg(head(900, 600), exif=exif)
    loaded, turn = load(str(tiny_internvl), torch.float32), Turn("Is it bright?", "Yes.")
    stage = AnswersStage(name="answers", kind="answers", lr=1e-3, batch=1, train=("lm_head",))
    example = Example(Given({"a": data}), ("a",), ((((turn,),), Data(corpus=Path("corpus"))),))
    row = Answers(loaded.model, loaded.processor, [example], stage, 0)._row(0, 0)
    shown = make_row(loaded.processor, [open_picture(data)], [(turn,)])
    assert torch.equal(row.extra["pixel_values"], shown.extra["pixel_values"])
