"""What opening JPEGs costs beside Pillow, from bytes to an RGB array.

    python benchmarks/decode.py

The pictures are portraits of `heads`, enlarged, with grain, as JPEG of quality 85. All ways take
turns, a pass over all pictures each, in one thread whose CPU time is counted: other work on the
machine would hit the ways unequally. Every repeat has a process of its own. Half of the repeats run
as glibc is, which hands large memory back and asks for it again; half keep freed memory, as
`facelm train`, `bench` and `serve` do. Printed for both: the median of the repeats' pictures/s, how
many times Pillow's rate that is (median of the repeats' ratios, lowest to highest), and the pixels
that came out. facelm's side includes reading and judging the header; "simplejpeg, unchecked" is
its decoder alone.

Pillow decodes everything and resizes; its `draft` lets libjpeg halve the picture first, with a
coarser transform and without smoothing the colours. To reach exactly 448 px, facelm's array goes
through torch's bicubic resize, as in the hub models' processors: the same filter as Pillow's, to
one level; the row "facelm, Pillow's resize" shows what the decoder alone is worth there.
"""

from __future__ import annotations

import io
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

import numpy as np
import simplejpeg
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

from facelm.faces import open_picture, open_pixels, to_jpeg
from facelm.sources import open_source

Pixels = NDArray[np.uint8]
Way = Callable[[bytes], Pixels]
Taken = dict[tuple[str, str], tuple[float, int, int]]
BICUBIC = Image.Resampling.BICUBIC
REPEATS, PASSES = 7, 3
KEPT = "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=2147483647"
FILES = {224: 100, 1024: 12}


def pictures(side: int) -> list[bytes]:
    """Portraits of `heads` of one size, as JPEG."""
    rng = np.random.default_rng(0)
    made = []
    for face in islice(open_source("heads").faces("test"), FILES[side]):
        head = np.asarray(open_picture(face.image).resize((side, side), BICUBIC), np.float32)
        grained = (head + rng.normal(0, 3, head.shape)).clip(0, 255).astype(np.uint8)
        made.append(to_jpeg(Image.fromarray(grained), 85))
    return made


def pillow(data: bytes, side: int | None = None, draft: int | None = None) -> Pixels:
    """Pillow's way; `side` resizes, `draft` lets it decode a smaller picture of at least that."""
    picture = Image.open(io.BytesIO(data))
    if draft:
        picture.draft("RGB", (draft, draft))
    picture = picture.convert("RGB")
    return np.asarray(picture.resize((side, side), BICUBIC) if side else picture)


def facelm_to_448(data: bytes) -> Pixels:
    """A scaled decode, then torch's resize."""
    pixels = torch.from_numpy(open_pixels(data, least=448)).permute(2, 0, 1)[None]
    small = functional.interpolate(pixels, (448, 448), mode="bicubic", antialias=True)
    return small[0].permute(1, 2, 0).numpy()


def facelm_then_pillow(data: bytes) -> Pixels:
    """A scaled decode, then Pillow's resize."""
    return np.asarray(open_picture(data, least=448).resize((448, 448), BICUBIC))


WHOLE: dict[str, Way] = {
    "Pillow": pillow,
    "simplejpeg, unchecked": simplejpeg.decode_jpeg,
    "facelm": open_pixels,
}
HALF: dict[str, Way] = {
    "Pillow": lambda data: pillow(data, 512),
    "Pillow, draft": lambda data: pillow(data, draft=512),
    "facelm": lambda data: open_pixels(data, least=512),
}
EXACT: dict[str, Way] = {
    "Pillow": lambda data: pillow(data, 448),
    "Pillow, draft": lambda data: pillow(data, 448, draft=448),
    "facelm": facelm_to_448,
    "facelm, Pillow's resize": facelm_then_pillow,
}
RACES = {
    "224 px to an array": (224, WHOLE),
    "1024 px to an array": (1024, WHOLE),
    "1024 px to 512 px": (1024, HALF),
    "1024 px to 448 px": (1024, EXACT),
}


def repeat(files: dict[int, list[bytes]]) -> Taken:
    """Every race once: of each way its CPU seconds, pictures and pixels."""
    torch.set_num_threads(1)
    taken: Taken = {}
    for title, (side, ways) in RACES.items():
        for number in range(PASSES + 1):
            for name, way in ways.items():
                seconds, count, pixels = one_pass(way, files[side])
                if number:  # the first warms up
                    before = taken.get((title, name), (0.0, 0, 0))
                    taken[title, name] = (
                        before[0] + seconds,
                        before[1] + count,
                        before[2] + pixels,
                    )
    return taken


def one_pass(way: Way, files: list[bytes]) -> tuple[float, int, int]:
    """CPU seconds, pictures and pixels of one way over all files."""
    began = time.thread_time()
    shapes = [way(data).shape for data in files]
    took = time.thread_time() - began
    return took, len(files), sum(height * width for height, width, _ in shapes)


def show(repeats: list[Taken], files: dict[int, list[bytes]]) -> None:
    """A line per way; ratios are to Pillow in the same repeat."""
    for title, (side, ways) in RACES.items():
        size = sum(map(len, files[side])) / len(files[side]) / 1000
        print(f"\n{title}: {len(files[side])} files of {size:.1f} kB")
        for name in ways:
            rates = [one[title, name][1] / one[title, name][0] for one in repeats]
            ratios = [one[title, "Pillow"][0] / one[title, name][0] for one in repeats]
            pixels = sum(one[title, name][2] for one in repeats)
            print(
                f"  {name:<24}{statistics.median(rates):8.0f}/s"
                f"{statistics.median(ratios):7.2f} x  ({min(ratios):.2f} to {max(ratios):.2f})"
                f"{pixels / 1e6:9.1f} million pixels"
            )


def check_same(files: dict[int, list[bytes]]) -> None:
    """Both sides' arrays are the same picture."""
    for data in files[224] + files[1024]:
        assert np.array_equal(pillow(data), open_pixels(data))
    pairs = [(pillow(data, 448).astype(int), facelm_to_448(data)) for data in files[1024]]
    apart = np.mean([np.abs(one - other).mean() for one, other in pairs])
    print(f"Unscaled: the same pixels. 1024 to 448: {apart:.2f} of 255 levels apart on average.")


def main() -> None:
    """Measure and print."""
    files = {side: pictures(side) for side in FILES}
    check_same(files)
    for memory, setting in (("handed back", ""), ("kept", KEPT)):
        os.environ["GLIBC_TUNABLES"] = setting  # a process reads it when it starts
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
            repeats = list(pool.map(repeat, [files] * REPEATS))
        print(f"\n== Freed memory is {memory}, {REPEATS} repeats")
        show(repeats, files)


if __name__ == "__main__":
    main()
