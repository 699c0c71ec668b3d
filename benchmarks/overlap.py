"""Does `facelm corpus overlap` find copies, only copies, and how fast?

    python benchmarks/overlap.py copies FAIRFACE [--sheet FILE.html]
    python benchmarks/overlap.py others FAIRFACE [PAIRS]
    python benchmarks/overlap.py speed [TRAINING_PICTURES [BENCHMARK_PICTURES]]

`copies` takes FairFace's train split (any copy that the source `fairface` reads), changes 1,000 of
its pictures and looks for each of them, once as the training picture and once as the benchmark's;
then it holds all pictures against each other, counts the pairs that would be called near, and lays
them side by side on the sheet (photographs of real people: keep it out of the repository).

`others` does the same with other hashes, each at the largest distance that calls no more pairs near
than ours did in `copies`; `pip install pdqhash` adds PDQ.

`speed` hashes the synthetic heads, and searches random hashes with planted copies, OpenCV's matcher
and ours taking turns.
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from facelm.corpus._hashes import BYTES, KEPT, PAIRS, VIEWS, as_bits, perceptual_hash
from facelm.corpus.overlap import LOW_NEAR, NEAR, Hashed, Match, find_overlap
from facelm.faces import open_picture
from facelm.sources import open_source
from facelm.types import Face

CHANGED = 1000
Change = Callable[[Image.Image], bytes]


def _saved(picture: Image.Image, form: str = "PNG", **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def _sized(factor: float) -> Change:
    return lambda p: _saved(p.resize((round(p.width * factor), round(p.height * factor))))


def _cut(left: float, top: float, right: float, bottom: float) -> Change:
    def cut(p: Image.Image) -> bytes:
        box = (left * p.width, top * p.height, (1 - right) * p.width, (1 - bottom) * p.height)
        return _saved(p.crop(tuple(round(x) for x in box)))

    return cut


def _brightness(factor: float) -> Change:
    return lambda p: _saved(ImageEnhance.Brightness(p).enhance(factor))


def _everything(p: Image.Image) -> bytes:
    small = open_picture(_cut(0.05, 0.05, 0.05, 0.05)(p)).resize((112, 112))
    return _saved(small, "JPEG", quality=50)


def _drawn_cut(most: float) -> Change:
    drawn = np.random.default_rng(0)
    return lambda p: _cut(*drawn.uniform(0, most, 4))(p)


CHANGES: dict[str, Change] = {
    "saved as PNG": _saved,
    "JPEG quality 75": lambda p: _saved(p, "JPEG", quality=75),
    "JPEG quality 50": lambda p: _saved(p, "JPEG", quality=50),
    "half the size": _sized(0.5),
    "twice the size": _sized(2),
    "2 % off every side": _cut(0.02, 0.02, 0.02, 0.02),
    "5 % off every side": _cut(0.05, 0.05, 0.05, 0.05),
    "5 % off left and top": _cut(0.05, 0.05, 0, 0),
    "0 to 5 % off each side, drawn": _drawn_cut(0.05),
    "0 to 8 % off each side, drawn": _drawn_cut(0.08),
    "10 % off every side": _cut(0.1, 0.1, 0.1, 0.1),
    "30 % darker": _brightness(0.7),
    "30 % brighter": _brightness(1.3),
    "grey": lambda p: _saved(p.convert("L")),
    "5 % off, half the size, quality 50": _everything,
}


def _faces(place: str) -> list[Face]:
    found = open_source(f"fairface:{place}").faces("train")
    return [face for face in found if isinstance(face, Face)]


def _chosen(faces: list[Face]) -> list[Face]:
    return faces[:: max(1, len(faces) // CHANGED)][:CHANGED]


def _nearest(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Distance of each row of `left` to the same row of `right`, as the search sees it."""
    found = []
    for kept, view in PAIRS:
        bits = np.bitwise_count(left[:, kept] ^ right[:, view])
        found.append(np.where(bits[:, 0] <= LOW_NEAR, bits.sum(axis=1), 256))
    return np.min(found, axis=0)


def _all_pairs(bits: np.ndarray, most: int) -> list[tuple[int, int, int]]:
    """(distance, one, other) of every two rows that are within `most` bits in some view."""
    found: dict[tuple[int, int], int] = {}
    for row in range(len(bits)):
        for kept, view in PAIRS:
            low = np.bitwise_count(bits[:row, kept, 0] ^ bits[row, view, 0])
            close = np.flatnonzero(low <= most // 2)
            distance = np.bitwise_count(bits[close, kept] ^ bits[row, view]).sum(axis=1)
            for other in np.flatnonzero(distance <= most):
                key = (int(close[other]), row)
                found[key] = min(found.get(key, most), int(distance[other]))
    return sorted((distance, *key) for key, distance in found.items())


def copies(place: str, sheet: Path | None) -> None:
    """Print what is found of each change, and the pairs of different files that are called near."""
    faces = _faces(place)
    hashed = as_bits([perceptual_hash(face.image, VIEWS) for face in faces])
    few = _chosen(faces)
    whole = as_bits([perceptual_hash(face.image, VIEWS) for face in few])
    print(f"| change (n = {len(few)}) | training picture's | benchmark's | bits, median |")
    for name, change in CHANGES.items():
        data = [change(open_picture(face.image)) for face in few]
        changed = as_bits([perceptual_hash(one, VIEWS) for one in data])
        train, asked = _nearest(changed, whole), _nearest(whole, changed)
        shares = " | ".join(f"{np.mean(d <= NEAR):.1%}" for d in (train, asked))
        print(f"| {name} | {shares} | {np.median(train):.0f} |", flush=True)
    pairs = _all_pairs(hashed, NEAR + 12)
    millions = len(faces) * (len(faces) - 1) / 2e6
    for most in range(NEAR - 20, NEAR + 13, 4):
        near = sum(distance <= most for distance, *_ in pairs)
        print(f"within {most} bits: {near} of {millions:.0f} million pairs")
    if sheet:
        _write_sheet(sheet, faces, pairs)


def _write_sheet(path: Path, faces: list[Face], pairs: list[tuple]) -> None:
    from facelm.report import Pair, write_pairs

    shown = [
        Pair(faces[one].image, faces[other].image, f"{distance} bits")
        for distance, one, other in pairs
    ]
    finding = f"Pairs within {NEAR + 12} bits; {NEAR} and fewer are called near."
    write_pairs(path, "Near pairs", finding, ("one", "the other"), shown, len(shown))


# ---------------------------------------------------------------- other hashes


def _candidates() -> dict[str, Callable[[Image.Image], np.ndarray]]:
    import cv2
    import imagehash

    def opencv(hasher: object) -> Callable[[Image.Image], np.ndarray]:
        return lambda p: hasher.compute(np.asarray(p)).ravel()  # type: ignore[attr-defined]

    def bits(value: object) -> np.ndarray:
        return np.packbits(np.asarray(value).ravel().astype(bool))

    found = {
        "ImageHash phash, 64 bits": lambda p: bits(imagehash.phash(p).hash),
        "ImageHash phash, 256 bits": lambda p: bits(imagehash.phash(p, 16).hash),
        "ImageHash dhash, 256 bits": lambda p: bits(imagehash.dhash(p, 16).hash),
        "OpenCV PHash, 64 bits": opencv(cv2.img_hash.PHash_create()),
        "OpenCV BlockMeanHash, 256 bits": opencv(cv2.img_hash.BlockMeanHash_create()),
    }
    try:
        import pdqhash
    except ImportError:
        return found
    return {**found, "PDQ, 256 bits": lambda p: bits(pdqhash.compute(np.asarray(p))[0])}


def others(place: str, allowed: int) -> None:
    """Print for each other hash what it finds when it calls as few pairs near as ours."""
    faces = _faces(place)
    few = _chosen(faces)
    changes = {name: CHANGES[name] for name in list(CHANGES)[1:9] if name != "JPEG quality 75"}
    pictures = [open_picture(face.image) for face in few]
    changed = {name: [change(one) for one in pictures] for name, change in changes.items()}
    print("| hash | bits | ms | " + " | ".join(changes), flush=True)
    for name, compute in _candidates().items():
        began = time.perf_counter()
        rows = _padded([compute(open_picture(face.image)) for face in faces])
        cost = (time.perf_counter() - began) / len(faces) * 1000
        limit = _limit(rows, allowed)
        whole = _padded([compute(open_picture(face.image)) for face in few])
        shares = []
        for data in changed.values():
            other = _padded([compute(open_picture(one)) for one in data])
            distance = np.bitwise_count(whole ^ other).sum(axis=(1, 2))
            shares.append(f"{np.mean(distance <= limit):.1%}")
        print(f"| {name} | {limit} | {cost:.1f} | " + " | ".join(shares), flush=True)


def _padded(hashes: list[np.ndarray]) -> np.ndarray:
    """Hashes of any length as (pictures, 1, words of 64 bits)."""
    raw = np.stack(hashes)
    wide = np.zeros((len(raw), -(-raw.shape[1] // 8) * 8), np.uint8)
    wide[:, : raw.shape[1]] = raw
    return wide.view("<u8")[:, None, :]


def _limit(rows: np.ndarray, allowed: int) -> int:
    """The largest distance within which there are at most so many pairs; -1 where there is none."""
    counts = np.zeros(rows.shape[2] * 64 + 1, np.int64)
    for row in range(1, len(rows)):
        distance = np.zeros(row, np.uint16)
        for word in range(rows.shape[2]):
            distance += np.bitwise_count(rows[:row, 0, word] ^ rows[row, 0, word])
        counts += np.bincount(distance, minlength=len(counts))
    return int(np.searchsorted(np.cumsum(counts), allowed, side="right")) - 1


# ---------------------------------------------------------------- speed


def _random(count: int, views: int, name: str, drawn: np.random.Generator) -> list[Hashed]:
    raw = drawn.bytes(count * views * BYTES)
    size = views * BYTES
    return [
        Hashed(f"{name}{i}", f"{name}{i}", raw[i * size : (i + 1) * size]) for i in range(count)
    ]


def speed(train: int, benchmark: int) -> None:
    """Print the time of hashing and of one search, and OpenCV's for a part of it beside ours."""
    import cv2

    _hashing()
    drawn = np.random.default_rng(0)
    left = _random(train, KEPT, "t", drawn)
    right = _random(benchmark, VIEWS, "b", drawn)
    right[:10] = [Hashed(f"b{i}", f"b{i}", left[i].near * 5 + left[i].near[:32]) for i in range(10)]
    cv2.setNumThreads(1)
    few = as_bits([one.near for one in right[:20]]).view(np.uint8)
    kept = as_bits([one.near for one in left]).view(np.uint8)
    ratios = []
    for _ in range(3):
        theirs = _processor(lambda: _opencv(few, kept))
        ratios.append(theirs / _processor(lambda: find_overlap(left, right[:20])))
    print(f"OpenCV's matcher takes {statistics.median(ratios):.1f} times as long (20 pictures)")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found: list[Match] = []
    seconds = _processor(lambda: found.extend(find_overlap(left, right)))
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{train:,} x {benchmark:,} pictures: {seconds:.1f} s of processor time, {more:.0f} MB "
        f"beside the hashes, {len(found)} of 10 copies found"
    )


def _opencv(right: np.ndarray, left: np.ndarray) -> None:
    import cv2

    for kept, view in PAIRS:
        matcher = cv2.BFMatcher(cv2.NORM_HAMMING)
        matcher.radiusMatch(right[:, view].copy(), left[:, kept].copy(), NEAR)


def _processor(work: Callable[[], object]) -> float:
    """Seconds of processor time, all threads together: others may use the machine too."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _hashing() -> None:
    faces = [f for f in open_source("heads").faces("test") if isinstance(f, Face)]
    pictures = [_saved(open_picture(face.image), "JPEG", quality=90) for face in faces]
    for what, work in {
        "opened": lambda: [open_picture(one) for one in pictures],
        f"hashed in {KEPT} views": lambda: [perceptual_hash(one) for one in pictures],
        f"hashed in {VIEWS} views": lambda: [perceptual_hash(one, VIEWS) for one in pictures],
    }.items():
        cost = min(_processor(work) for _ in range(3)) / len(pictures) * 1000
        print(f"{what}: {cost:.1f} ms of processor time a picture of 224 px")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="what", required=True)
    one = commands.add_parser("copies")
    one.add_argument("fairface")
    one.add_argument("--sheet", type=Path)
    two = commands.add_parser("others")
    two.add_argument("fairface")
    two.add_argument("pairs", nargs="?", type=int, default=17)
    fast = commands.add_parser("speed")
    fast.add_argument("train", nargs="?", type=int, default=100_000)
    fast.add_argument("benchmark", nargs="?", type=int, default=5_000)
    given = parser.parse_args()
    if given.what == "copies":
        copies(given.fairface, given.sheet)
    elif given.what == "others":
        others(given.fairface, given.pairs)
    else:
        speed(given.train, given.benchmark)


if __name__ == "__main__":
    main()
