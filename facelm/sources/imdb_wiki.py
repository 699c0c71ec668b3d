"""IMDB-WIKI (Rothe, Timofte and Van Gool, IJCV 2018; ICCV Workshops 2015): age and gender.

    imdb_crop/imdb.mat                 from imdb_crop.tar: faces with 40 % around them
    imdb_crop/01/nm0000001_rm124825600_1899-5-10_1968.jpg
    imdb/imdb.mat                      from imdb_meta.tar
    imdb/01/ …                         from imdb_0.tar to imdb_9.tar: the whole pictures
    wiki_crop/wiki.mat, wiki/wiki.mat  the same from Wikipedia
    wiki_crop/17/10000217_1981-05-05_2009.jpg

Published by ETH Zurich, crawled from IMDb and Wikipedia. A .mat file holds one struct, `imdb` or
`wiki`, of rows: dob (a MATLAB date number), photo_taken (a year), full_path, gender (0 female, 1
male, NaN unknown), name, face_location, face_score, second_face_score; `imdb` also has celeb_names
and celeb_id. Names are not used, neither as a label nor to tell people apart: a person is their
celeb_id, or on Wikipedia the number that the file name begins with.

Age is reckoned as published, as if every photograph was taken on 1 July: the year of the date
number (1 July − dob), which around that day can be a year less than the calendar says. Birth and
year come from a caption or an upload, films take years to make, and the one face that was found
need not be the person's: ages and genders are guesses from a web page, never facts about a face.

Refused are rows without a face (face_score is −Inf), with a second face, and with an age outside
0 to 100. The authors used a threshold on the second face's score; here any second face counts.
face_location counts pixels of the whole picture from 1, so a box is given only where the folder
has the whole pictures' name, `imdb` or `wiki`; any other name is taken to hold the crops.

Splits. None is published; they are drawn by person.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._mat import read_struct
from facelm.sources._media import File, leads_out
from facelm.sources._splits import SPLITS, split_of
from facelm.types import About, Face, Labels, Refused, Row

PAGE = "https://data.vision.ee.ethz.ch/cvl/rrothe/imdb-wiki/"
GENDERS = ("female", "male")
"""The words of the dataset's 0 and 1."""
VOCABULARY: dict[str, tuple[str, ...]] = {"gender": GENDERS}
OLDEST = 100
_DATE_NUMBER_OF_DAY_0 = 366  # MATLAB counts days from the year 0, Python from the year 1
_NUMBERS = ("dob", "photo_taken", "gender", "face_score", "second_face_score")


def _about(name: str, rows: int) -> About:
    return About(
        title=f"IMDB-WIKI, {name} part",
        tasks=("age", "gender"),
        media="pictures",
        paper=(
            "Rothe, Timofte and Van Gool, IJCV 126, 2018, DOI 10.1007/s11263-016-0940-3; "
            "ICCV Workshops 2015"
        ),
        licence="for academic research only; the pictures' copyright is their owners'",
        terms="Academic research only; a picture is taken out when its owner asks for it.",
        third_party="forbidden",
        redistribute=False,
        stated_at=PAGE,
        ask_at=PAGE,
        layout=(
            f"{name}_crop/{name}.mat (struct {name})\n"
            f"{name}_crop/00/ … {name}_crop/99/: the pictures, as full_path names them\n"
            f"or {name}/{name}.mat and {name}/00/ … with the whole pictures\n"
            "splits: drawn by person"
        ),
        read_from=(
            f"{PAGE} (its beginning)",
            "yu4u/age-gender-estimation: src/utils.py, create_db.py, check_dataset.ipynb",
        ),
        published={"": rows},
        cropped=True,
        unverified=(
            "the licence's words and the meaning of the fields, read in copies of the page in "
            "public repositories, not on the page itself",
            "the layout of the archives with the whole pictures",
            "that the number in Wikipedia's file names stands for one person",
            "the DOI",
        ),
    )


@dataclass(frozen=True)
class _Table:
    """The struct's columns."""

    paths: list[str]
    numbers: dict[str, list[float]]
    subjects: list[str]
    boxes: list[tuple[float, float, float, float] | None]


class _ImdbWiki(Dataset):
    """Both parts; they differ in their names and in how they number people."""

    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Read the .mat file.

        Raises:
            InputError: it is not there, damaged, or lacks a field.
        """
        self._mat = self._found(path)
        self._root = self._mat.parent
        self._whole = self._root.resolve().name == self.name
        self._table = self._read()
        subjects = self._table.subjects
        draws = {subject: split_of(subject) for subject in set(subjects)}
        self._splits = [draws[subject] for subject in subjects]

    def splits(self) -> tuple[str, ...]:
        """Those of train, val and test that got a person."""
        return tuple(name for name in SPLITS if name in set(self._splits))

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: all), unusable ones included."""
        return sum(self._splits.count(name) for name in self._chosen(split))

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows in the file's order; the ids are full_path."""
        seen: set[str] = set()
        for index, (place, drawn) in enumerate(zip(self._table.paths, self._splits, strict=True)):
            again = place in seen
            seen.add(place)
            if drawn == split:
                yield _twice(place) if again and place else self._row(index, split)

    def _row(self, index: int, split: str) -> Row | Refused:
        place = self._table.paths[index]
        if not _inside(place):
            row_id = place or f"{self._mat.name}, row {index + 1}"
            return Refused(row_id, "full_path is no path in the dataset: correct it")
        values = {name: column[index] for name, column in self._table.numbers.items()}
        labels = _labels(values)
        if reason := _unusable(values, labels.get("age")):
            return Refused(place, reason)
        return judged(place, labels, self.vocabulary) or Row(
            place, split, File(self._root, place), labels, self._table.subjects[index],
            box=self._table.boxes[index],
        )  # fmt: skip

    def _face(self, row: Row) -> Face | Refused:
        """Whole pictures are not crops."""
        face = super()._face(row)
        return replace(face, cropped=not self._whole) if isinstance(face, Face) else face

    def _found(self, path: Path) -> Path:
        for top in ("", f"{self.name}_crop", self.name):
            if (file := path / top / f"{self.name}.mat").is_file():
                return file
        raise InputError(
            f"There is no {self.name}.mat in {path}: give the folder that {self.name}_crop.tar "
            "unpacks into."
        )

    def _read(self) -> _Table:
        numeric = (*_NUMBERS, *self._extra())
        fields = read_struct(self._mat, self.name, ("full_path", "face_location", *numeric))
        paths = [_text(cell) for cell in fields["full_path"]]
        numbers = {name: _numbers(fields[name], self._mat) for name in numeric}
        boxes = [_box(cell) if self._whole else None for cell in fields["face_location"]]
        return _Table(paths, numbers, self._subjects(paths, numbers), boxes)

    def _extra(self) -> tuple[str, ...]:
        return ()

    def _subjects(self, paths: list[str], numbers: dict[str, list[float]]) -> list[str]:
        """The number that a file name begins with; the path where it begins with none."""
        firsts = [PurePosixPath(path).name.partition("_")[0] for path in paths]
        return [
            first if first.isdecimal() else path for first, path in zip(firsts, paths, strict=True)
        ]


class Wiki(_ImdbWiki):
    """The part from Wikipedia."""

    name = "wiki"
    about = _about("wiki", 62_328)


class Imdb(_ImdbWiki):
    """The part from IMDb."""

    name = "imdb"
    about = _about("imdb", 460_723)

    def _extra(self) -> tuple[str, ...]:
        return ("celeb_id",)

    def _subjects(self, paths: list[str], numbers: dict[str, list[float]]) -> list[str]:
        """celeb_id; the path where there is none."""
        return [
            str(int(number)) if math.isfinite(number) else path
            for number, path in zip(numbers["celeb_id"], paths, strict=True)
        ]


def age_of(dob: float, photo_taken: float) -> int | None:
    """Years from birth to 1 July of the photograph's year, reckoned as published.

    Args:
        dob: a MATLAB date number.
        photo_taken: a year.

    Returns:
        None where there is no date or no year; −1 where the photograph is older than the person.
    """
    if not (math.isfinite(dob) and 1 <= photo_taken <= 9999):
        return None
    taken = date(int(photo_taken), 7, 1).toordinal() + _DATE_NUMBER_OF_DAY_0
    days = taken - math.floor(dob)
    if days <= _DATE_NUMBER_OF_DAY_0:
        return 0 if days > 0 else -1
    return date.fromordinal(min(days - _DATE_NUMBER_OF_DAY_0, date.max.toordinal())).year


def _labels(values: dict[str, float]) -> Labels:
    labels: Labels = {}
    age = age_of(values["dob"], values["photo_taken"])
    if age is not None:
        labels["age"] = age
    gender = values["gender"]
    if not math.isnan(gender):
        labels["gender"] = GENDERS[int(gender)] if gender in (0, 1) else f"{gender:g}"
    return labels


def _unusable(values: dict[str, float], age: object) -> str:
    """Why a row says nothing about one face; empty where it does."""
    if not math.isfinite(values["face_score"]):
        return "no face was found in the picture when the dataset was made: leave it out"
    if math.isfinite(values["second_face_score"]):
        return "a second face was found, so the labels may be somebody else's: leave it out"
    if not isinstance(age, int):
        return "dob or photo_taken is missing, so there is no age: add it or leave the row out"
    if not 0 <= age <= OLDEST:
        return f"the age {age} is not within 0 to {OLDEST}: correct dob or leave the row out"
    return ""


def _twice(place: str) -> Refused:
    return Refused(place, "the picture is listed more than once; the first row counts")


def _inside(place: str) -> bool:
    return bool(place) and "\0" not in place and not leads_out(place)


def _text(cell: Any) -> str:
    """A cell of characters; empty for an empty cell or one of numbers."""
    flat = cell.ravel() if hasattr(cell, "ravel") else []
    return str(flat[0]).strip() if len(flat) == 1 and isinstance(flat[0], str) else ""


def _numbers(column: Any, mat: Path) -> list[float]:
    if column.dtype.kind not in "fiub":
        raise InputError(f"A field of {mat} holds no numbers: get a fresh copy of it.")
    return [float(value) for value in column]


def _box(cell: Any) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom, counted from 0; the file counts from 1 and includes the last."""
    import numpy as np

    flat = np.asarray(cell).ravel()
    if flat.size != 4 or flat.dtype.kind not in "fiu" or not np.isfinite(flat).all():
        return None
    left, top, right, bottom = (float(value) for value in flat)
    return left - 1, top - 1, right, bottom
