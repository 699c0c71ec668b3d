"""MORPH album 2 (Ricanek and Tesafaye, FGR 2006): age, gender and race of mugshots over years.

The academic release of 2008 is read, with its table or from file names alone:

    morph_2008_nonCommercial.csv    id_num, picture_num, dob, doa, race, gender, facial_hair,
                                    age, age_diff, glasses, photo
    Album2/009055_1M54.JPG          subject, picture number, gender and age

with or without the top folder `MORPH_nonCommercial`. The University of North Carolina Wilmington
hands it out under an agreement. Its quirks:

- Without the table nothing says a person's race; with it the table counts, not the names.
- `race` and `gender` are letters in the table and words here. Some interfaces call B African and
  W European; papers on MORPH say Black and White, as here.
- Some people have another gender, race or date of birth from one arrest to the next ("Preliminary
  Studies on a Large Face Database", arXiv 1811.06446); every row keeps its own.
- Dates of birth and arrest are personal data and are left behind, as are glasses and facial hair,
  whose codes no public loader explains.

There is no official split; papers draw folds. Splits are drawn by subject here. The labels come
from the records of arrests; they are records, not measurements.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import File
from facelm.sources._splits import SPLITS, split_of
from facelm.sources._tables import csv_columns, csv_rows
from facelm.types import About, Labels, Refused, Row

VOCABULARY = {
    "gender": ("Male", "Female"),
    "race": ("Black", "White", "Asian", "Hispanic", "Other"),
}
TABLE = "morph_2008_nonCommercial.csv"
ALBUM = "Album2"
ABOUT = About(
    title="MORPH II",
    tasks=("age", "gender", "race"),
    media="pictures",
    paper="Ricanek and Tesafaye, FGR 2006, pages 341-345",
    licence="academic, non-commercial release of 2008, under an agreement",
    terms="Sign the agreement for non-commercial research before using the pictures.",
    third_party="forbidden",
    redistribute=False,
    stated_at="",
    ask_at="University of North Carolina Wilmington, Face Aging Group",
    layout=(
        f"{TABLE} (id_num, gender, race, age and photo are read)\n"
        f"{ALBUM}/009055_1M54.JPG: subject, picture number, gender, age; enough without the table\n"
        "no official split: train, val and test are drawn by subject (80, 10, 10 %)"
    ),
    read_from=(
        "paplhjak/Facial-Age-Estimation-Benchmark facebase/to_json/morph_to_json.py",
        "https://ar5iv.labs.arxiv.org/html/1811.06446 (number of pictures, inconsistencies)",
        "bob.bio.face's MORPH database (words for race and gender)",
        "two more public loaders of morph_2008_nonCommercial.csv (columns, letters, Album2/)",
    ),
    published={"": 55_134},
    unverified=(
        "the agreement's words",
        "where MORPH is asked for today",
        "the number of subjects and of rows per gender and race",
        "that the archive's top folder is MORPH_nonCommercial",
    ),
)

_COLUMNS = ("id_num", "gender", "race", "age", "photo")
_TOPS = ("", "MORPH_nonCommercial")
_GENDERS = {"M": "Male", "F": "Female"}
_RACES = {"B": "Black", "W": "White", "A": "Asian", "H": "Hispanic", "O": "Other"}
_NAME = re.compile(r"(\d+)_(\d+)([MF])(\d{1,3})\.(?:jpe?g|png)", re.IGNORECASE)
_PICTURE = re.compile(r"(?!\.).*\.(?:jpe?g|png)", re.IGNORECASE)
_AGE = re.compile(r"\d{1,3}", re.ASCII)


@dataclass(frozen=True)
class _Raw:
    """One row as it stands; letters and digits, "" where nothing is said."""

    id: str
    photo: str
    subject: str
    age: str
    gender: str
    race: str


class Morph2(Dataset):
    """MORPH album 2, from its table or from file names."""

    name = "morph2"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the table, or else the pictures.

        Args:
            path: the folder with the table and Album2, one of these two, or the folder above.

        Raises:
            InputError: neither is there, or the table lacks a column.
        """
        self._table = _table(path)
        self._root, self._names = (
            (self._table.parent, []) if self._table is not None else _album(path)
        )

    def splits(self) -> tuple[str, ...]:
        """The drawn ones."""
        return SPLITS

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for raw in self._raw():
            if split_of(raw.subject or raw.id) != split:
                continue
            if raw.id in seen:
                yield Refused(raw.id, "the picture is listed more than once; the first row counts")
            else:
                yield self._row(raw, split)
            seen.add(raw.id)

    def _raw(self) -> Iterator[_Raw]:
        if self._table is None:
            yield from map(_named, self._names)
            return
        for line, row in enumerate(csv_rows(self._table), start=2):
            photo = row["photo"]
            identity = PurePosixPath(photo).stem or f"{self._table.name}, row {line}"
            subject = row["id_num"] and row["id_num"].zfill(6)
            yield _Raw(identity, photo, subject, row["age"], row["gender"], row["race"])

    def _row(self, raw: _Raw, split: str) -> Row | Refused:
        if not (raw.photo and raw.subject):
            return Refused(
                raw.id,
                "the row names no picture or no subject, as in 009055_1M54.JPG: correct it or take "
                "it out",
            )
        if not _AGE.fullmatch(raw.age):
            reason = f"the age '{raw.age}' is no whole number: correct it or take the row out"
            return Refused(raw.id, reason)
        labels: Labels = {"age": int(raw.age)}
        if raw.gender:
            labels["gender"] = _GENDERS.get(raw.gender.upper(), raw.gender)
        if raw.race:
            labels["race"] = _RACES.get(raw.race.upper(), raw.race)
        media = File(self._root, raw.photo)
        return judged(raw.id, labels, VOCABULARY) or Row(
            raw.id, split, media, labels, subject=raw.subject
        )


def _named(place: str) -> _Raw:
    """What a picture's name says; no subject where it says nothing."""
    name = PurePosixPath(place)
    if match := _NAME.fullmatch(name.name):
        return _Raw(name.stem, place, match[1].zfill(6), match[4], match[3], "")
    return _Raw(name.name, place, "", "", "", "")


def _table(path: Path) -> Path | None:
    """The label file, where there is one.

    Raises:
        InputError: it lacks a column.
    """
    tables = [path] if path.is_file() else [path / top / TABLE for top in _TOPS]
    table = next((table for table in tables if table.is_file()), None)
    if table and (missing := [name for name in _COLUMNS if name not in csv_columns(table)]):
        raise InputError(
            f"{table} has no column {', '.join(missing)}: MORPH's table has {', '.join(_COLUMNS)}."
        )
    return table


def _album(path: Path) -> tuple[Path, list[str]]:
    """The folder that places start from, and the pictures in the order of their names.

    Raises:
        InputError: no picture is named as MORPH names them.
    """
    for root, folder in [(path, "."), *((path / top, ALBUM) for top in _TOPS)]:
        found = sorted(os.listdir(root / folder)) if (root / folder).is_dir() else []
        if any(_NAME.fullmatch(name) for name in found):
            prefix = "" if folder == "." else f"{folder}/"
            return root, [prefix + name for name in found if _PICTURE.fullmatch(name)]
    raise InputError(
        f"{path} is not MORPH II: give the folder with {TABLE}, or with {ALBUM} and pictures such "
        "as 009055_1M54.JPG in it."
    )
