"""AffectNet (Mollahosseini, Hasani and Mahoor, IEEE TAFFC 2017, arXiv 1708.03985): expressions.

Faces from the web with one of eight expressions, valence and arousal. Two layouts are in use, both
sent out by the authors on request (mohammadmahoor.com). The first has all manual annotations:

    Manually_Annotated_file_lists/training.csv, validation.csv     or beside the pictures' folder
        subDirectory_filePath, face_x, face_y, face_width, face_height, facial_landmarks,
        expression, valence, arousal
    Manually_Annotated_Images/689/7e5c....jpg                      or below Manually_Annotated/ or
                                                                   Manually_Annotated_compressed/

`expression` is a number, 0 to 7 as in `EXPRESSIONS`; 8 (None), 9 (Uncertain) and 10 (No-Face) carry
no expression and are refused. -2 as valence or arousal means that it was not given. The landmarks
are 136 numbers parted by semicolons, x and y of 68 points in the picture's own pixels. The lists
of automatic annotations are a network's output and are not read.

The second is the smaller release of cropped faces, 224 x 224, with the eight expressions only (or
seven, without Contempt):

    train_set/images/0.jpg
    train_set/annotations/0_exp.npy, 0_val.npy, 0_aro.npy, 0_lnd.npy    each a word or numbers
    val_set/...

The official validation set is called `val` in both; the test set was never published. Who is shown
is not known. The labels are one annotator's impression of a picture, not what a person felt: two
annotators agreed on 60 % of those that both saw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.sources._tables import csv_columns, csv_rows
from facelm.types import About, Labels, Refused, Row

EXPRESSIONS = ("Neutral", "Happy", "Sad", "Surprise", "Fear", "Disgust", "Anger", "Contempt")
_NO_EXPRESSION = ("None", "Uncertain", "No-Face")
_NOT_GIVEN = -2

_LISTS = {"train": "training.csv", "val": "validation.csv"}
_LIST_FOLDERS = ("Manually_Annotated_file_lists", "")
_PICTURE_FOLDERS = (
    "Manually_Annotated_Images",
    "Manually_Annotated/Manually_Annotated_Images",
    "Manually_Annotated_compressed/Manually_Annotated_Images",
)
_COLUMNS = (
    "subDirectory_filePath", "face_x", "face_y", "face_width", "face_height", "facial_landmarks",
    "expression", "valence", "arousal",
)  # fmt: skip
VOCABULARY: dict[str, tuple[str, ...]] = {"expression": EXPRESSIONS}
_SETS = {"train": "train_set", "val": "val_set"}
_ANNOTATION = re.compile(r"(\d+)_exp\.npy")
_MOST_NPY_BYTES = 100_000


class AffectNet(Dataset):
    """AffectNet in either layout."""

    name = "affectnet"
    about = About(
        title="AffectNet",
        tasks=("expression", "valence and arousal"),
        media="pictures",
        paper=(
            "Mollahosseini, Hasani and Mahoor: AffectNet: A Database for Facial Expression, "
            "Valence, and Arousal Computing in the Wild, IEEE Transactions on Affective Computing, "
            "2017, arXiv 1708.03985"
        ),
        licence="a signed agreement, for research purposes only",
        terms=(
            "Only lab managers and professors may ask for it, with a signed agreement, and "
            "publications that use it have to cite the paper."
        ),
        third_party="forbidden",
        redistribute=False,
        stated_at="http://mohammadmahoor.com/pages/databases/affectnet/",
        ask_at="http://mohammadmahoor.com/pages/databases/affectnet/",
        layout=(
            "[Manually_Annotated_file_lists/]training.csv, validation.csv\n"
            "[Manually_Annotated/]Manually_Annotated_Images/FOLDER/PICTURE\n"
            "or\n"
            "train_set/, val_set/: images/ID.jpg, annotations/ID_exp.npy, ID_val.npy, ID_aro.npy, "
            "ID_lnd.npy"
        ),
        read_from=(
            "http://mohammadmahoor.com/affectnet/",
            "http://mohammadmahoor.com/pages/databases/affectnet/",
            "GitHub hcmlab/hcai-datasets: hcai_datasets/hcai_affectnet/hcai_affectnet.py",
            "GitHub ali-sedaghi/AffectNet-Trainer: create_dataset.py",
            "GitHub face-analysis/emonet: emonet/data/affecnet.py",
        ),
        published={"train": 287_651, "val": 4_000},
        published_labels={
            "train/expression": {
                "Neutral": 74_874, "Happy": 134_415, "Sad": 25_459, "Surprise": 14_090,
                "Fear": 6_378, "Disgust": 3_803, "Anger": 24_882, "Contempt": 3_750,
            },
            "val/expression": dict.fromkeys(EXPRESSIONS, 500),
        },
        unverified=(
            "The wording of the agreement: only the page that offers it was read.",
            "Whether the CSV layout has 134,415 or 134,416 Happy faces: public scripts differ.",
            "Whether one validation picture is missing: some count 5,499 and 3,999.",
            "The number of rows in training.csv: one public script and AffectNet+ count 414,799.",
            "500 validation pictures for each expression: inferred from 4,000 in eight classes.",
            "That two annotators agreed on 60 %: read in a summary of the paper.",
            "That the pictures of the npy layout are all 224 x 224 crops.",
        ),
    )  # fmt: skip
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the layout.

        Args:
            path: the folder that holds the file lists, or train_set and val_set.

        Raises:
            InputError: neither layout is there, a list lacks a column, or pictures are missing.
        """
        self._root = path
        self._lists = _csv_lists(path)
        self._sets = {} if self._lists else _npy_sets(path)
        if not self._lists and not self._sets:
            raise InputError(
                f"{path} is not AffectNet: give the folder with Manually_Annotated_file_lists and "
                "Manually_Annotated_Images, or with train_set and val_set."
            )
        self._pictures = _picture_folder(path) if self._lists else ""
        # The lists have the rows without an expression too; the npy pictures are face crops.
        listed = {"train": 414_799, "val": 5_500} if self._lists else self.about.published
        self.about = replace(self.about, published=listed, cropped=bool(self._sets))

    def splits(self) -> tuple[str, ...]:
        """Train and val, as far as they are there."""
        return tuple(self._lists or self._sets)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        if self._lists:
            yield from self._from_csv(split)
        else:
            yield from self._from_npy(split)

    def _from_csv(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for line, cells in enumerate(csv_rows(self._lists[split]), start=2):
            place = cells["subDirectory_filePath"]
            row_id = place or f"{self._lists[split].name}, line {line}"
            if place in seen:
                yield Refused(row_id, "the picture is listed more than once; the first row counts")
                continue
            seen.add(place)
            try:
                yield self._csv_row(row_id, split, cells)
            except ValueError as error:
                yield Refused(row_id, f"{error}: correct the row or take it out")

    def _csv_row(self, row_id: str, split: str, cells: dict[str, str]) -> Row:
        labels = _labels(cells["expression"], cells["valence"], cells["arousal"])
        place = PurePosixPath(cells["subDirectory_filePath"])
        if not place.name or place.is_absolute() or ".." in place.parts:
            raise ValueError(f"'{place}' is no path below {self._pictures}")
        media = File(self._root, f"{self._pictures}/{place}")
        points = _points(cells["facial_landmarks"].split(";") if cells["facial_landmarks"] else [])
        return Row(row_id, split, media, labels, box=_box(cells), landmarks=points)

    def _from_npy(self, split: str) -> Iterator[Row | Refused]:
        folder = _SETS[split]
        for number in self._sets[split]:
            row_id = f"{folder}/{number}"
            start = self._root / folder / "annotations" / number
            try:
                values = {kind: _npy(start, kind) for kind in ("exp", "val", "aro", "lnd")}
                labels = _labels(*("".join(values[kind][:1]) for kind in ("exp", "val", "aro")))
                points = _points(values["lnd"])
            except ValueError as error:
                yield Refused(row_id, f"{error}: get a fresh copy of it or take the picture out")
                continue
            media = File(self._root, f"{folder}/images/{number}.jpg")
            yield Row(row_id, split, media, labels, landmarks=points)


# ---------------------------------------------------------------- where things are


def _csv_lists(root: Path) -> dict[str, Path]:
    for folder in _LIST_FOLDERS:
        found = {split: root / folder / name for split, name in _LISTS.items()}
        found = {split: file for split, file in found.items() if file.is_file()}
        for file in found.values():
            if missing := set(_COLUMNS) - set(csv_columns(file)):
                raise InputError(
                    f"{file} has no column {', '.join(sorted(missing))}: AffectNet's lists have "
                    f"{', '.join(_COLUMNS)}."
                )
        if found:
            return found
    return {}


def _picture_folder(root: Path) -> str:
    for folder in _PICTURE_FOLDERS:
        if (root / folder).is_dir():
            return folder
    raise InputError(
        f"The pictures of {root} are not there: unpack them so that "
        f"{root / _PICTURE_FOLDERS[0]} is a folder."
    )


def _npy_sets(root: Path) -> dict[str, list[str]]:
    """Picture numbers by split, in the order of the numbers."""
    found = {}
    for split, folder in _SETS.items():
        if (root / folder / "annotations").is_dir() and (root / folder / "images").is_dir():
            names = (file.name for file in (root / folder / "annotations").iterdir())
            matches = (_ANNOTATION.fullmatch(name) for name in names)
            found[split] = sorted((match[1] for match in matches if match), key=int)
    return {split: numbers for split, numbers in found.items() if numbers}


# ---------------------------------------------------------------- what the values mean


def _labels(expression: str, valence: str, arousal: str) -> Labels:
    """The labels of a row that has an expression; ValueError says what is wrong with another."""
    number = _number("the expression", expression)
    every = EXPRESSIONS + _NO_EXPRESSION
    if number != int(number) or not 0 <= number < len(every):
        raise ValueError(f"the expression '{expression}' is not a number from 0 to 10")
    word = every[int(number)]
    if word in _NO_EXPRESSION:
        raise ValueError(f"the annotator gave no expression ({word})")
    labels: Labels = {"expression": word}
    for name, text in (("valence", valence), ("arousal", arousal)):
        value = _number(f"the {name}", text) if text else _NOT_GIVEN
        if value != _NOT_GIVEN and not -1 <= value <= 1:
            raise ValueError(f"the {name} '{text}' is not from -1 to 1, nor -2")
        if value != _NOT_GIVEN:
            labels[name] = value
    return labels


def _number(what: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value or abs(value) == float("inf"):
        raise ValueError(f"{what} '{text}' is not a number")
    return value


def _box(cells: dict[str, str]) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom; None where the list gives no box (no numbers, no width)."""
    try:
        left, top, width, height = (float(cells[name]) for name in _COLUMNS[1:5])
    except ValueError:
        return None
    return (left, top, left + width, top + height) if width > 0 and height > 0 else None


def _points(texts: list[str]) -> list[tuple[float, float]] | None:
    """68 points out of x1, y1, x2, ...; None where there are none."""
    if not texts:
        return None
    values = [_number("a landmark", text) for text in texts]
    if len(values) != 136:
        raise ValueError(f"there are {len(values)} numbers for 68 landmarks, not 136")
    return list(zip(values[::2], values[1::2], strict=True))


def _npy(start: Path, kind: str) -> list[str]:
    """The values of an annotation as text, whether they are stored so or as numbers.

    Empty where there is no such file, for all but the expression.
    """
    import numpy as np

    file = start.with_name(f"{start.name}_{kind}.npy")
    if kind != "exp" and not file.is_file():
        return []
    problem = f"{file.parent.name}/{file.name} is not an npy file of words or numbers"
    try:
        if file.stat().st_size > _MOST_NPY_BYTES:
            raise ValueError(problem)
        with file.open("rb") as opened:
            values: Any = np.load(opened)
    except (OSError, ValueError, EOFError, MemoryError) as error:
        raise ValueError(problem) from error
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "USiuf":
        raise ValueError(problem)
    return [v.decode("ascii", "replace") if isinstance(v, bytes) else str(v) for v in values.flat]
