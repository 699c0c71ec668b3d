"""300W-LP (Zhu, Lei, Liu, Shi and Li, CVPR 2016, arXiv 1511.07212): head pose and 68 landmarks.

    300W_LP/
      AFW/AFW_134212_1_0.jpg          450 × 450 pixels, a face with its surroundings
      AFW/AFW_134212_1_0.mat          Pose_Para (1 × 7), pt2d (2 × 68) and the face model's fit
      AFW_Flip/AFW_134212_1_0.jpg     the same picture mirrored, under the same name
      HELEN/ HELEN_Flip/ IBUG/ IBUG_Flip/ LFPW/ LFPW_Flip/
      landmarks/ Code/                not read

Published on 3DDFA's page: 61,225 pictures (AFW 5,207, HELEN 37,676, IBUG 1,786, LFPW 16,556) and
as many mirrored. The last number of a name counts the turns of one photograph: `_0` is the
photograph itself, the others are the face turned further to the side by rendering.

The labels are no one's impression: they are angles of a 3D face model that was fitted to the
points, synthetic for the turned pictures. A few are beyond 99 degrees; such rows are refused, as
the usual lists of file names leave them out.

Signs. `Pose_Para` begins with pitch, yaw and roll in radians; the model's rotation is
Rx(pitch)·Ry(yaw)·Rz(roll) in axes whose y points up. By those matrices, and by the axes that
6DRepNet draws for these angles, the dataset's yaw > 0 is a face turned towards the picture's left,
pitch > 0 looks up, roll > 0 is tilted clockwise. So yaw changes its sign here and the others keep
theirs; both readings agree, but no picture of the dataset was looked at. They are Euler angles as
the literature scores them: on a head that is turned and nods at once they differ from the angles
that `facelm.faces` measures.

Splits. None is published (all of it is a training set); they are drawn by photograph, so that all
turns of one and its mirror image stay together. Who is in a photograph is not known.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._mat import read_mat
from facelm.sources._media import File
from facelm.sources._splits import SPLITS, split_of
from facelm.types import About, Labels, Refused, Row

FOLDERS = (
    "AFW", "AFW_Flip", "HELEN", "HELEN_Flip", "IBUG", "IBUG_Flip", "LFPW", "LFPW_Flip",
)  # fmt: skip
ABOUT = About(
    title="300W-LP",
    tasks=("head pose",),
    media="pictures",
    paper="Zhu, Lei, Liu, Shi and Li, CVPR 2016, arXiv 1511.07212",
    licence="not stated",
    terms=(
        "It is made from 300-W, whose annotations are for research only and not for commercial "
        "use; the pictures belong to AFW, HELEN, IBUG and LFPW."
    ),
    third_party="forbidden",
    redistribute=False,
    stated_at="https://ibug.doc.ic.ac.uk/resources/300-W_IMAVIS",
    ask_at="http://www.cbsr.ia.ac.cn/users/xiangyuzhu/projects/3DDFA/main.htm",
    layout=(
        "300W_LP/AFW/AFW_134212_1_0.jpg beside AFW_134212_1_0.mat (Pose_Para, pt2d)\n"
        "300W_LP/AFW_Flip/ … the same names, mirrored\n"
        "300W_LP/HELEN, HELEN_Flip, IBUG, IBUG_Flip, LFPW, LFPW_Flip\n"
        "splits: drawn by photograph"
    ),
    read_from=(
        "tensorflow/datasets: tensorflow_datasets/image/the300w_lp.py",
        "natanielruiz/deep-head-pose: code/datasets.py",
        "thohemp/6DRepNet: sixdrepnet/datasets.py, sixdrepnet/utils.py, "
        "sixdrepnet/create_filename_list.py",
        "shamangary/FSA-Net: README.md, data/type1/TYY_create_db_type1.py",
        "https://ibug.doc.ic.ac.uk/resources/300-W_IMAVIS",
    ),
    published={"": 122_450},
    cropped=True,
    unverified=(
        "a licence of 300W-LP itself: 3DDFA's page could not be read",
        "whether pt2d counts pixels from 0 or from 1; it is read as the public loaders read it",
        "how many rows are beyond 99 degrees",
        "that the last number of a name counts the turns of one photograph, 0 being itself",
        "the signs of the angles, by looking at pictures",
    ),
)
MOST_DEGREES = 99.0
"""Rows that are turned further are dropped by the usual protocol (fits beyond it are unsure)."""

_TOP_FOLDERS = ("", "300W_LP")
_NAME = re.compile(r"(.+)_\d+")


class LP300W(Dataset):
    """Photographs turned to the side by rendering, with pose and landmarks."""

    name = "lp300w"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """List the files; none is opened.

        Raises:
            InputError: none of the dataset's folders is there.
        """
        for top in _TOP_FOLDERS:
            self._root = path / top
            self._pairs = [pair for folder in FOLDERS for pair in pairs(self._root, folder)]
            if self._pairs:
                return
        raise InputError(
            f"{path} is not 300W-LP: give the folder with AFW, HELEN, IBUG, LFPW and their _Flip "
            "folders, each with .jpg and .mat files."
        )

    def splits(self) -> tuple[str, ...]:
        """Those of train, val and test that got a photograph."""
        drawn = {split_of(_photograph(pair)) for pair in self._pairs}
        return tuple(name for name in SPLITS if name in drawn)

    def count(self, split: str | None = None) -> int:
        """Pictures of one split (None: all), unusable ones included; no .mat is opened."""
        return sum(1 for name in self._chosen(split) for _ in self._drawn(name))

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows by folder and name; ids such as `AFW_Flip/AFW_134212_1_0`."""
        for pair in self._drawn(split):
            if not _NAME.fullmatch(pair.stem):
                yield Refused(
                    pair.id,
                    "the name does not end in the number of a turn, as AFW_134212_1_0 does: "
                    "rename it or take it out",
                )
            else:
                yield posed(self._root, pair, "pt2d", split, _photograph(pair))

    def _drawn(self, split: str) -> Iterator[Pair]:
        return (pair for pair in self._pairs if split_of(_photograph(pair)) == split)


def _photograph(pair: Pair) -> str:
    """`AFW_134212_1` of `AFW_134212_1_0`, the same for the mirrored folder."""
    match = _NAME.fullmatch(pair.stem)
    return match[1] if match else pair.stem


# ---------------------------------------------------------------- also AFLW2000-3D's and Biwi's


@dataclass(frozen=True)
class Pair:
    """A picture and the .mat of the same name; either can be gone."""

    folder: str
    """Below the dataset's folder; "" for itself."""
    stem: str
    picture: str
    """File name; a `.jpg` that is not there is expected under the .mat's name."""
    mat: str
    """File name; "" where there is none."""

    @property
    def id(self) -> str:
        """The dataset's path without its suffix, such as `AFW/AFW_134212_1_0`."""
        return f"{self.folder}/{self.stem}" if self.folder else self.stem


def pairs(root: Path, folder: str = "") -> list[Pair]:
    """Pictures and .mat files of one folder by name; empty where the folder is not there."""
    place = root / folder
    names = sorted(os.listdir(place)) if place.is_dir() else []
    found: dict[str, dict[str, str]] = {}
    for name in names:
        stem, suffix = os.path.splitext(name)
        if suffix.lower() in (".jpg", ".mat") and not name.startswith("."):
            found.setdefault(stem, {})[suffix.lower()] = name
    return [
        Pair(folder, stem, files.get(".jpg", f"{stem}.jpg"), files.get(".mat", ""))
        for stem, files in found.items()
    ]


def posed(root: Path, pair: Pair, points: str, split: str, subject: str) -> Row | Refused:
    """The row of a pair: pose in the house's signs, 68 landmarks from the variable `points`."""
    if not pair.mat:
        return Refused(pair.id, f"{pair.id}.mat is gone: get a fresh copy or take the picture out")
    try:
        mat = read_mat(root / pair.folder / pair.mat, ("Pose_Para", points))
    except InputError as error:
        reason = str(error).replace(f"{root}/", "").rstrip(".")  # as it is on any machine
        return Refused(pair.id, reason)
    labels = pose_labels(pair.id, mat["Pose_Para"])
    if isinstance(labels, Refused):
        return labels
    media = File(root, f"{pair.folder}/{pair.picture}" if pair.folder else pair.picture)
    return Row(pair.id, split, media, labels, subject, landmarks=landmarks(mat[points]))


def pose_labels(row_id: str, pose_para: Any) -> Labels | Refused:
    """Degrees from `Pose_Para`; yaw changes its sign, pitch and roll keep theirs."""
    import numpy as np

    values = np.asarray(pose_para).ravel()
    # MATLAB stores a matrix of whole numbers as integers, whatever its class.
    if values.dtype.kind not in "fiu" or values.size < 3 or not np.isfinite(values[:3]).all():
        return Refused(row_id, "Pose_Para does not begin with three angles: get a fresh copy of it")
    pitch, yaw, roll = (math.degrees(value) for value in values[:3])
    if max(abs(pitch), abs(yaw), abs(roll)) > MOST_DEGREES:
        return Refused(
            row_id,
            f"yaw {-yaw:.0f}, pitch {pitch:.0f} or roll {roll:.0f} is beyond "
            f"{MOST_DEGREES:.0f} degrees, where the usual protocol stops: leave it out",
        )
    return in_house_signs(yaw, pitch, roll)


def in_house_signs(yaw: float, pitch: float, roll: float) -> Labels:
    """Degrees in 300W-LP's signs as labels, to a hundredth and without a negative zero."""
    return {
        "yaw": round(-yaw, 2) + 0.0,
        "pitch": round(pitch, 2) + 0.0,
        "roll": round(roll, 2) + 0.0,
    }


def landmarks(points: Any) -> list[tuple[float, float]] | None:
    """The 68 points as x and y, one point a column; None for another number of points."""
    import numpy as np

    array = np.asarray(points)
    if array.ndim != 2 or array.shape[0] < 2 or array.shape[1] != 68:
        return None
    if array.dtype.kind not in "fiu" or not np.isfinite(array[:2]).all():
        return None
    return [(float(x), float(y)) for x, y in zip(array[0], array[1], strict=True)]
