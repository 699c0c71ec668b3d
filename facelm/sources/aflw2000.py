"""AFLW2000-3D (Zhu, Lei, Liu, Shi and Li, CVPR 2016, arXiv 1511.07212): pose of 2,000 faces.

    AFLW2000/
      image00002.jpg    450 × 450 pixels, a face with its surroundings
      image00002.mat    Pose_Para (1 × 7), pt3d_68 (3 × 68), pt2d and the face model's fit
      Code/             not read

Published on 3DDFA's page: 2,000 pictures of AFLW. The labels are no one's impression: angles and
points are those of a 3D face model that was fitted to each picture, errors included. The landmarks
are x and y of `pt3d_68`; `pt2d` has another number of points and negative ones for what is hidden,
so it is not read. Points of `pt3d_68` on the far side of a head are where the model has them, not
where something can be seen.

Rows with an angle beyond 99 degrees are refused with that reason: the published scores leave them
out.

Signs are those of 300W-LP (see `facelm.sources.lp300w`, with how sure they are): the dataset's
yaw > 0 is a face turned towards the picture's left and changes its sign here; pitch > 0 looks up
and roll > 0 is tilted clockwise as they do here.

Splits. The whole dataset is published to test on; it is one split, `test`. Who is in a picture is
not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources.lp300w import pairs, posed
from facelm.types import About, Refused, Row

ABOUT = About(
    title="AFLW2000-3D",
    tasks=("head pose",),
    media="pictures",
    paper="Zhu, Lei, Liu, Shi and Li, CVPR 2016, arXiv 1511.07212",
    licence="not stated",
    terms="The pictures are AFLW's, to be asked for and used under AFLW's agreement.",
    third_party="forbidden",
    redistribute=False,
    stated_at="",
    ask_at="http://www.cbsr.ia.ac.cn/users/xiangyuzhu/projects/3DDFA/main.htm",
    layout=(
        "AFLW2000/image00002.jpg beside image00002.mat (Pose_Para, pt3d_68)\n"
        "one split: test, the whole dataset"
    ),
    read_from=(
        "tensorflow/datasets: tensorflow_datasets/image/aflw2k3d.py",
        "natanielruiz/deep-head-pose: code/datasets.py",
        "thohemp/6DRepNet: sixdrepnet/datasets.py, sixdrepnet/utils.py, "
        "sixdrepnet/create_filename_list.py",
        "shamangary/FSA-Net: data/type1/TYY_create_db_type1.py",
    ),
    published={"test": 2_000},
    cropped=True,
    unverified=(
        "licence and terms: neither 3DDFA's page nor AFLW's agreement could be read",
        "how many of the 2,000 rows are beyond 99 degrees",
        "the signs of the angles, by looking at pictures",
        "whether pt3d_68 counts pixels from 0 or from 1; it is read as the public loaders read it",
    ),
)
_TOP_FOLDERS = ("", "AFLW2000")
_NAME = re.compile(r"image\d+")


class AFLW2000(Dataset):
    """Faces in any pose, with pose and landmarks."""

    name = "aflw2000"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """List the files; none is opened.

        Raises:
            InputError: there is no picture of the dataset.
        """
        for top in _TOP_FOLDERS:
            self._root = path / top
            self._pairs = [pair for pair in pairs(self._root) if _NAME.fullmatch(pair.stem)]
            if self._pairs:
                return
        raise InputError(
            f"{path} is not AFLW2000-3D: give the folder with image00002.jpg, image00002.mat and "
            "so on."
        )

    def splits(self) -> tuple[str, ...]:
        """`test`, the whole dataset."""
        return ("test",)

    def count(self, split: str | None = None) -> int:
        """Pictures, unusable ones included; no .mat is opened."""
        return sum(len(self._pairs) for _ in self._chosen(split))

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows by name; ids such as `image00002`."""
        for pair in self._pairs:
            yield posed(self._root, pair, "pt3d_68", split, subject="")
