"""LFWA (Liu, Luo, Wang and Tang, ICCV 2015, arXiv 1411.7766): attributes of the faces in LFW.

    lfw_att_40.mat              name, label, AttrName: CelebA's 40 attributes
    lfw_att_73.mat              the same variables with 73 attributes (LFWA+)
    indices_train_test.mat      indices_img_train, indices_img_test: rows of `name`, from 1
    lfw/Aaron_Eckhart/Aaron_Eckhart_0001.jpg …

Which LFWA this is: the one that CelebA's authors publish beside CelebA, with labels 0 and 1. The
real-valued scores of Kumar et al. (`lfw_attributes.txt`) are answers of classifiers, have no such
split, and are another dataset. Of the two tables the one with 40 attributes is read; give the
file `lfw_att_73.mat` itself as the place to read the other.

Quirks: the published tables are MATLAB 7.3 files (HDF5: public loaders open them with `mat73` or
`h5py`), which are not read here; after `save -v7`, or `mat73.loadmat` and `scipy.io.savemat`, they
are version 5. Names are written with a backslash. The names of the attributes are read from the
file. Public loaders also use `lfw-deepfunneled/` for `lfw/`. The person's name is the subject; the
split is by identity. The labels are annotators' impressions of a picture, not facts about a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._mat import read_mat
from facelm.sources._media import File
from facelm.types import About, Labels, Refused, Row

ABOUT = About(
    title="LFWA",
    tasks=("attributes",),
    media="pictures",
    paper="Liu, Luo, Wang and Tang, ICCV 2015, arXiv 1411.7766",
    licence="not stated",
    terms="None were found; CelebA's, by the same publisher, allow non-commercial research only.",
    third_party="forbidden",
    redistribute=False,
    stated_at="",
    ask_at="https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
    layout=(
        "lfw_att_40.mat or lfw_att_73.mat (name, label, AttrName), converted to version 5\n"
        "indices_train_test.mat (indices_img_train, indices_img_test), converted to version 5\n"
        "lfw/Aaron_Eckhart/Aaron_Eckhart_0001.jpg … (or lfw-deepfunneled/)"
    ),
    read_from=(
        "wondonghyeon/face-classification feature-extration.py (h5py, names, lfw/)",
        "public loaders lfwa_dataset.py and LFWAPlusDataset (mat73, indices from 1, both tables)",
        "csong27/property-inference-collaborative-ml issue 4 (where lfw_attributes.txt is)",
    ),
    published={"train": 6_263, "test": 6_880},
    cropped=True,
    unverified=(
        "The numbers of rows per split; of them, only the sum, 13,143, was seen in a loader.",
        "The spelling of the attributes' names, which are read from the file.",
        "Licence and terms: no page that states them was found.",
        "That the split is by identity is read off the names indices_identity_train and _test.",
    ),
)

SPLITS = ("train", "test")
TABLES = ("lfw_att_40.mat", "lfw_att_73.mat")
INDICES = "indices_train_test.mat"
_PICTURES = ("lfw", "lfw-deepfunneled")
_NAME = re.compile(r"([^/]+)/\1_\d{4}\.jpg", re.IGNORECASE)


class LFWA(Dataset):
    """LFWA with 40 attributes, or with 73; the face is at the middle of the picture."""

    name = "lfwa"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """Read the labels and the split.

        Args:
            path: the dataset's folder, or one of its two tables.

        Raises:
            InputError: a file is not there, is not a version 5 MATLAB file, or lacks a variable.
        """
        import numpy as np

        table = _table(path)
        self._root = table.parent
        self._folder = _pictures(self._root)
        found = read_mat(table, ("name", "label", "AttrName"))
        self._names = [name.replace("\\", "/") for name in _texts(found["name"])]
        self._attributes = _texts(found["AttrName"])
        self._values = np.asarray(found["label"])
        shape = (len(self._names), len(self._attributes))
        if self._values.shape != shape or self._values.dtype.kind not in "biuf":
            raise InputError(
                f"The labels in {table} are an array of {self._values.shape}, not numbers of "
                f"{shape} as its names and attributes say: convert the published file again."
            )
        self._members = _members(self._root / INDICES, len(self._names))

    def splits(self) -> tuple[str, ...]:
        """The publisher's two halves."""
        return SPLITS

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for index, name in enumerate(self._names):
            own = [one for one in SPLITS if index + 1 in self._members[one]]
            # A row of no split, or of both, is told once, with the first split.
            if (own[0] if len(own) == 1 else SPLITS[0]) == split:
                yield self._row(index, own, seen)
                seen.add(name)

    def _row(self, index: int, own: list[str], seen: set[str]) -> Row | Refused:
        name, values = self._names[index], self._values[index].tolist()
        if reason := self._wrong(name, values, own, seen):
            return Refused(name, reason)
        pairs = zip(self._attributes, values, strict=True)
        labels: Labels = {label: value == 1 for label, value in pairs}
        media = File(self._root, f"{self._folder}/{name}")
        return Row(name, own[0], media, labels, name.partition("/")[0])

    def _wrong(self, name: str, values: list[Any], own: list[str], seen: set[str]) -> str | None:
        """Why a row cannot be used."""
        if name in seen:
            return "the picture is listed more than once; the first row counts"
        if not _NAME.fullmatch(name):
            return "the name is not like Ann_Lee/Ann_Lee_0001.jpg: correct it or take the row out"
        if len(own) != 1:
            return f"{INDICES} has it in {len(own)} splits: put it into one or take the row out"
        for label, value in zip(self._attributes, values, strict=True):
            if value not in (0, 1):
                return f"{label} is {value}, not 0 or 1: correct it or take the row out"
        return None


def _table(path: Path) -> Path:
    places = [path] if path.suffix == ".mat" else [path / name for name in TABLES]
    for place in places:
        if place.is_file():
            return place
    raise InputError(
        f"{path} is not LFWA: give the folder with lfw_att_40.mat or lfw_att_73.mat, "
        f"{INDICES} and lfw/."
    )


def _pictures(root: Path) -> str:
    for folder in _PICTURES:
        if (root / folder).is_dir():
            return folder
    raise InputError(
        f"There are no pictures of LFWA in {root}: unpack lfw.zip there, so that "
        "lfw/Aaron_Eckhart/Aaron_Eckhart_0001.jpg is there."
    )


def _members(path: Path, rows: int) -> dict[str, set[int]]:
    """Numbers of the rows of each split, from 1."""
    if not path.is_file():
        raise InputError(f"There is no {path}: put LFWA's {INDICES} beside its labels.")
    found = read_mat(path, tuple(f"indices_img_{split}" for split in SPLITS))
    members = {split: _numbers(found[f"indices_img_{split}"]) for split in SPLITS}
    if any(not 1 <= number <= rows for numbers in members.values() for number in numbers):
        raise InputError(
            f"{path} names rows beyond the {rows:,} of the labels: take both files from one copy."
        )
    return members


def _numbers(values: Any) -> set[int]:
    """Whole numbers of an array; what is none becomes 0, which no row has."""
    import numpy as np

    flat = [value for value in np.ravel(values).tolist() if isinstance(value, int | float)]
    return {int(value) if value == value // 1 else 0 for value in flat}


def _texts(values: Any) -> list[str]:
    """Strings of a cell array, or of the character matrix that savemat makes of a list."""
    import numpy as np

    return ["".join(map(str, np.ravel(cell))).strip() for cell in np.ravel(values)]
