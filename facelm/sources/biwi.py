"""Biwi Kinect Head Pose Database (Fanelli et al., IJCV 2013, DOI 10.1007/s11263-012-0549-0).

    hpdb/
      01.obj                       not read, nor are depth.cal, rgb.cal and *_depth.bin
      01/frame_00003_rgb.png       640 × 480 pixels: a person who sits about one metre away
      01/frame_00003_pose.txt      three lines of a rotation matrix, then the head's centre in mm
      02/ … 24/

Published by ETH Zurich as kinect_head_pose_db.tgz. Copies are about whose top folder is called
`faces_0`, and fast.ai's, whose pictures are .jpg.

20 people in 24 sequences: sequences 02 and 21, 03 and 15, 05 and 18, 07 and 22 show the same
person. The pose was measured by fitting a model of the person's own head to the depth pictures;
it is in the depth camera's axes, and the colour camera beside it is turned by about a degree
against them, which is left as the public loaders leave it.

Signs. The matrix R turns the head into the camera's axes (x right, y down, z away from the
camera). deep-head-pose and FSA-Net take yaw = atan2(R02, √(R12² + R22²)), pitch = atan2(R12, R22)
and roll = −atan2(R01, R00), which are the angles of Rx·Ry·Rz in 300W-LP's signs: yaw > 0 towards
the picture's left, pitch > 0 up, roll > 0 clockwise. So yaw changes its sign here and the others
keep theirs. That a face looks along −z follows from the centre's z being positive; that R maps
head to camera, not back, is taken from those loaders: models trained on 300W-LP score well on Biwi
only because the signs agree.

Splits. None is published; they are drawn by person, not by sequence.
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
from facelm.sources.lp300w import in_house_signs
from facelm.types import About, Labels, Refused, Row

SUBJECTS = {
    "01": "F01", "02": "F02", "03": "F03", "04": "F04", "05": "F05", "06": "F06", "07": "M01",
    "08": "M02", "09": "M03", "10": "M04", "11": "M05", "12": "M06", "13": "M07", "14": "M08",
    "15": "F03", "16": "M09", "17": "M10", "18": "F05", "19": "M11", "20": "M12", "21": "F02",
    "22": "M01", "23": "M13", "24": "M14",
}  # fmt: skip
"""Sequence to person."""

ABOUT = About(
    title="Biwi Kinect Head Pose Database",
    tasks=("head pose",),
    media="pictures",
    paper=(
        "Fanelli, Dantone, Gall, Fossati and Van Gool, IJCV 101(3), 2013, "
        "DOI 10.1007/s11263-012-0549-0"
    ),
    licence="for non-commercial use such as university research and education",
    terms="Non-commercial use only; cite the paper.",
    third_party="forbidden",
    redistribute=False,
    stated_at="https://huggingface.co/datasets/ETHZurich/biwi_kinect_head_pose",
    ask_at="https://data.vision.ee.ethz.ch/cvl/gfanelli/head_pose/head_forest.html",
    layout=(
        "hpdb/01/frame_00003_rgb.png beside frame_00003_pose.txt (rotation matrix, centre)\n"
        "hpdb/02 … hpdb/24\n"
        "splits: drawn by person, of whom four have two sequences"
    ),
    read_from=(
        "huggingface/datasets: datasets/biwi_kinect_head_pose/biwi_kinect_head_pose.py, README.md",
        "natanielruiz/deep-head-pose: code/datasets.py",
        "shamangary/FSA-Net: data/TYY_create_db_biwi_70_30.py",
        "wujiang5/POANet: preprocess/processBIWI/DemoPoseNew.m",
    ),
    published={"": 15_667},
    unverified=(
        "the number of frames: the publisher says 15K, a public loader 15,667",
        "which sequences show the same person: one public loader says so",
        "that the matrix maps the head into axes whose x points right and y down",
        "whether the licence lets pictures be passed on or sent away; read as no",
    ),
)
_TOP_FOLDERS = ("", "hpdb", "faces_0")
_FILE = re.compile(r"(frame_\d+)_(?:pose\.txt|rgb\.(?:png|jpg))")
_MOST_SKEW = 0.01


class Biwi(Dataset):
    """Frames of seated people who turn their heads, with the measured pose."""

    name = "biwi"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """List the files; none is opened.

        Raises:
            InputError: none of the dataset's sequences is there.
        """
        for top in _TOP_FOLDERS:
            self._root = path / top
            self._frames = {name: files for name in SUBJECTS if (files := self._files(name))}
            if self._frames:
                return
        raise InputError(
            f"{path} is not the Biwi Kinect Head Pose Database: give the folder with 01 to 24, "
            "each with frame_00003_rgb.png, frame_00003_pose.txt and so on."
        )

    def splits(self) -> tuple[str, ...]:
        """Those of train, val and test that got a person."""
        drawn = {split_of(SUBJECTS[name]) for name in self._frames}
        return tuple(name for name in SPLITS if name in drawn)

    def count(self, split: str | None = None) -> int:
        """Frames of one split (None: all), unusable ones included; no pose is read."""
        chosen = self._chosen(split)
        return sum(len(self._frames[name]) for each in chosen for name in self._drawn(each))

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows by sequence and frame; ids such as `01/frame_00003`."""
        for sequence in self._drawn(split):
            for frame, files in self._frames[sequence].items():
                yield self._row(split, sequence, frame, files)

    def _drawn(self, split: str) -> list[str]:
        return [name for name in self._frames if split_of(SUBJECTS[name]) == split]

    def _files(self, sequence: str) -> dict[str, set[str]]:
        """Frame to the names of its files, in order."""
        place = self._root / sequence
        found: dict[str, set[str]] = {}
        for name in sorted(os.listdir(place)) if place.is_dir() else []:
            if match := _FILE.fullmatch(name):
                found.setdefault(match[1], set()).add(name)
        return found

    def _row(self, split: str, sequence: str, frame: str, files: set[str]) -> Row | Refused:
        row_id = f"{sequence}/{frame}"
        if f"{frame}_pose.txt" not in files:
            return Refused(row_id, f"{row_id}_pose.txt is gone: get a fresh copy of the sequence")
        rotation = _rotation(self._root / f"{row_id}_pose.txt")
        if rotation is None:
            return Refused(
                row_id,
                f"{row_id}_pose.txt does not hold a rotation matrix and a centre: get a fresh copy",
            )
        suffix = "jpg" if f"{frame}_rgb.jpg" in files else "png"
        media = File(self._root, f"{row_id}_rgb.{suffix}")
        return Row(row_id, split, media, pose_of(rotation), subject=SUBJECTS[sequence])


def pose_of(rotation: list[list[float]]) -> Labels:
    """Yaw, pitch and roll in degrees and in the house's signs."""
    (r00, r01, r02), (_, _, r12), (_, _, r22) = rotation
    yaw = math.atan2(r02, math.hypot(r12, r22))
    pitch, roll = math.atan2(r12, r22), -math.atan2(r01, r00)
    return in_house_signs(math.degrees(yaw), math.degrees(pitch), math.degrees(roll))


def _rotation(path: Path) -> list[list[float]] | None:
    """The matrix of a pose file; None where it has other than 12 numbers or is no rotation."""
    try:
        numbers = [float(word) for word in path.read_text("ascii").split()]
    except (OSError, ValueError):
        return None
    if len(numbers) != 12:
        return None
    rows = [numbers[0:3], numbers[3:6], numbers[6:9]]
    return rows if _turns(rows) else None


def _turns(rows: list[list[float]]) -> bool:
    """The matrix is a rotation, to the precision of the files, and no mirror image."""
    import numpy as np

    matrix = np.array(rows)
    skew = np.abs(matrix @ matrix.T - np.eye(3)).max()
    return bool(skew <= _MOST_SKEW and np.linalg.det(matrix) > 0)
