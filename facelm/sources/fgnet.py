"""FG-NET ageing database (2004): 82 people from childhood on, subject and age in file names.

    FGNET/images/001A02.JPG     subject 1 at the age of 2
    FGNET/images/001A43a.JPG    one of several at 43
    FGNET/points/001a02.pts     68 points, x and y in pixels from the top left

with or without the top folder (`FGNET` or `FG-NET`); `A` and the letters in either case. Its own
site is gone; copies are passed on, for example at https://yanweifu.github.io/FG_NET_data/.

The 68 points are not iBUG's 68. They look like FG-NET's own older markup (XM2VTS: 15 points of the
jaw, 6 of each brow, 5 of each eye with its centre, the nose's tip last): in the point file that
the loader of `dltb` prints, the last point lies far above the one before it, where iBUG's last two
are neighbours on the lower lip. So `Row.landmarks` stays empty, `FGNet.points` gives them in their
own order, and `Row.box` is their bounds, brows to chin.

There is no official split; papers leave one person out at a time. Splits are drawn by subject here.
The ages are the collectors' records, not measurements; no other label is in the names.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.sources._splits import SPLITS, split_of
from facelm.types import About, Refused, Row

POINTS = 68
ABOUT = About(
    title="FG-NET ageing database",
    tasks=("age",),
    media="pictures",
    paper=(
        "Panis, Lanitis, Tsapatsoulis and Cootes, Overview of research on facial ageing using the "
        "FG-NET ageing database, IET Biometrics 2016"
    ),
    licence="not stated",
    terms="No page with terms was found: ask before using it beyond your own research.",
    third_party="forbidden",
    redistribute=False,
    stated_at="",
    ask_at="https://yanweifu.github.io/FG_NET_data/",
    layout=(
        "FGNET/images/001A02.JPG, 001A43a.JPG: subject, age, a letter where there are several\n"
        "FGNET/points/001a02.pts: 68 points (not iBUG's), where there\n"
        "no official split: train, val and test are drawn by subject (80, 10, 10 %)"
    ),
    read_from=(
        "paplhjak/Facial-Age-Estimation-Benchmark facebase/to_json/fgnet_to_json.py",
        "Couson/baidu-ai FGNET/README.md (the text that comes with yanweifu.github.io's copy)",
        "the FG-Net loader of dltb (form of the point files)",
        "https://digilib.itb.ac.id/index.php/gdl/view/37695 (the overview's abstract)",
    ),
    published={"": 1_002},
    unverified=(
        "the licence",
        "the authors and the year of the overview",
        "that 1,002 pictures, as public notes say, is the publisher's number",
        "where the collectors had the ages from",
        "that the points follow the XM2VTS markup",
    ),
)

_TOPS = ("", "FGNET", "FG-NET")
_PICTURE = re.compile(r"(?!\.).*\.(?:jpe?g|png)", re.IGNORECASE)
_NAME = re.compile(r"(\d{3})A(\d{2,3})([a-z]?)\.(?:jpe?g|png)", re.IGNORECASE | re.ASCII)
_BODY = re.compile(r"\{([^{}]*)\}")


class FGNet(Dataset):
    """FG-NET's pictures; ids are such as `001A02`, whatever the case of the files."""

    name = "fgnet"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """List the pictures and the point files.

        Args:
            path: the folder with images and points, or the one above it.

        Raises:
            InputError: there is no folder images with pictures named as FG-NET names them.
        """
        self._root, self._names = _pictures(path)
        folder = self._root / "points"
        files = os.listdir(folder) if folder.is_dir() else []
        self._files = {name.lower(): name for name in files}

    def splits(self) -> tuple[str, ...]:
        """The drawn ones."""
        return SPLITS

    def points(self, row_id: str) -> list[tuple[float, float]] | None:
        """The 68 points of a picture in the dataset's own order, None where it has none.

        Raises:
            InputError: the point file is damaged.
        """
        name = self._files.get(f"{row_id}.pts".lower())
        if name is None:
            return None
        text = (self._root / "points" / name).read_text(encoding="ascii", errors="replace")
        if (found := _points(text)) is None:
            raise InputError(
                f"points/{name} does not hold {POINTS} points: get a fresh copy of it or take it "
                "away."
            )
        return found

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for name in self._names:
            match = _NAME.fullmatch(name)
            subject = match[1] if match else name
            if split_of(subject) != split:
                continue
            if match is None:
                reason = "the name is not such as 001A02.JPG: correct it or take the picture out"
                yield Refused(name, reason)
                continue
            identity = f"{subject}A{match[2]}{match[3].lower()}"
            if identity in seen:
                yield Refused(identity, "the picture is there more than once; the first one counts")
                continue
            seen.add(identity)
            yield self._row(identity, split, match)

    def _row(self, identity: str, split: str, match: re.Match[str]) -> Row | Refused:
        try:
            points = self.points(identity)
        except InputError as error:
            return Refused(identity, str(error).rstrip("."))
        media = File(self._root, f"images/{match[0]}")
        box = _bounds(points) if points else None
        return Row(identity, split, media, {"age": int(match[2])}, subject=match[1], box=box)


def _points(text: str) -> list[tuple[float, float]] | None:
    """The pairs between the braces; None where they are not 68 pairs of numbers."""
    body = _BODY.search(text)
    try:
        values = [float(word) for word in body[1].split()] if body else []
    except ValueError:
        return None
    if len(values) != 2 * POINTS or not all(map(math.isfinite, values)):
        return None
    return list(zip(values[::2], values[1::2], strict=True))


def _bounds(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    across, down = zip(*points, strict=True)
    return (min(across), min(down), max(across), max(down))


def _pictures(path: Path) -> tuple[Path, list[str]]:
    """The folder with images and points, and the pictures in the order of their names.

    Raises:
        InputError: no picture is named as FG-NET names them.
    """
    for top in _TOPS:
        folder = path / top / "images"
        names = (
            [name for name in os.listdir(folder) if _PICTURE.fullmatch(name)]
            if folder.is_dir()
            else []
        )
        if any(_NAME.fullmatch(name) for name in names):
            return path / top, sorted(names, key=str.upper)
    raise InputError(
        f"{path} is not FG-NET: give the folder with images/001A02.JPG and points/001a02.pts in it."
    )
