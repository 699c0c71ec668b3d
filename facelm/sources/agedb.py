"""AgeDB (Moschoglou et al., CVPR workshops 2017): age and gender of known people, in file names.

    AgeDB/0_<name>_35_f.jpg    picture number, name of the person, age, m or f

with one or two top folders `AgeDB`, as the archive unpacks. Imperial College London's iBUG group
publishes it at https://ibug.doc.ic.ac.uk/resources/agedb/ in an archive with a password.

Its quirks:

- The number counts pictures, not people: the name alone says who it is. The name never becomes a
  label or an id; `subject` is a hash of it, and ids are the numbers.
- Names are spelled in several ways, some with a blank at the end or with letters of other
  alphabets. Blanks and case are smoothed out before hashing; a person under two spellings is two
  subjects.
- A few ages and genders are wrong on the face of it; they stay as published.

There is no official split for age: the `train`, `val` and `test` of AgeDB-DIR are another paper's.
Splits are drawn by subject here. Ages are what annotators worked out from a photograph's year;
they and the genders are annotators' impressions, not facts about a person.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import File
from facelm.sources._splits import SPLITS, split_of
from facelm.types import About, Labels, Refused, Row

VOCABULARY: dict[str, tuple[str, ...]] = {"gender": ("male", "female")}
ABOUT = About(
    title="AgeDB",
    tasks=("age", "gender"),
    media="pictures",
    paper="Moschoglou, Papaioannou, Sagonas, Deng, Kotsia and Zafeiriou, CVPR workshops 2017",
    licence="not stated where it could be read",
    terms="Ask the publisher for the archive's password and keep to the terms that come with it.",
    third_party="forbidden",
    redistribute=False,
    stated_at="",
    ask_at="https://ibug.doc.ic.ac.uk/resources/agedb/",
    layout=(
        "AgeDB/0_<name>_35_f.jpg: picture number, name, age, m or f\n"
        "no official split: train, val and test are drawn by a hash of the name (80, 10, 10 %)"
    ),
    read_from=(
        "paplhjak/Facial-Age-Estimation-Benchmark facebase/to_json/agedb_to_json.py",
        "YyzHarry/imbalanced-regression agedb-dir/data/agedb.csv (file names and their quirks)",
        "https://info.5y1.org/imdb-years-and-years_1_dfb6ad.html (the paper)",
    ),
    published={"": 16_488},
    unverified=(
        "the licence",
        "the venue",
        "that the number of pictures, as several public notes give it, is the paper's",
        "how the ages were worked out",
        "that no picture number comes twice (a second one is refused)",
        "the number of pictures per gender",
    ),
)

_TOPS = ("", "AgeDB", "AgeDB/AgeDB")
_GENDERS = {"m": "male", "f": "female"}
_PICTURE = re.compile(r"(?!\.).*\.jpe?g", re.IGNORECASE)
# Surrogates stand for bytes that are no UTF-8: such a name can be neither hashed nor printed.
_NAME = re.compile(
    r"(?P<number>\d+)_(?P<name>[^\ud800-\udfff]+)_(?P<age>\d{1,3})_(?P<gender>[a-z]+)\.jpe?g",
    re.IGNORECASE | re.ASCII,
)


class AgeDB(Dataset):
    """AgeDB; nobody's name leaves it."""

    name = "agedb"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """List the pictures.

        Args:
            path: the folder with the pictures, or one above it.

        Raises:
            InputError: no picture there is named as AgeDB names them.
        """
        self._root, self._names = _pictures(path)

    def splits(self) -> tuple[str, ...]:
        """The drawn ones."""
        return SPLITS

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for name in self._names:
            match = _NAME.fullmatch(name)
            identity = _id(name)
            subject = _subject(match["name"]) if match else ""
            again = identity in seen
            seen.add(identity)
            if split_of(subject or identity) != split:
                continue
            if match is None:
                yield Refused(
                    identity,
                    "the file is not named number_name_age_gender.jpg in UTF-8: rename it or take "
                    "it out",
                )
            elif again:
                yield Refused(identity, "the number is given more than once; the first one counts")
            else:
                labels = _labels(match)
                yield judged(identity, labels, VOCABULARY) or Row(
                    identity, split, File(self._root, name), labels, subject=subject
                )


def _id(name: str) -> str:
    """The picture's number; the file's name, printable, where it has none."""
    number = re.match(r"\d+", name, re.ASCII)
    return number[0] if number else name.encode("ascii", "backslashreplace").decode()


def _subject(name: str) -> str:
    return hashlib.sha256(name.strip().casefold().encode()).hexdigest()[:12]


def _labels(match: re.Match[str]) -> Labels:
    """What the name says; a gender without a word stays, to be refused."""
    gender = match["gender"].lower()
    return {"age": int(match["age"]), "gender": _GENDERS.get(gender, gender)}


def _pictures(path: Path) -> tuple[Path, list[str]]:
    """The folder with the pictures, and their names in the order of their numbers.

    Raises:
        InputError: no picture is named as AgeDB names them.
    """
    for top in _TOPS:
        found = os.listdir(path / top) if (path / top).is_dir() else []
        if any(_NAME.fullmatch(name) for name in found):
            names = [name for name in found if _PICTURE.fullmatch(name)]
            return path / top, sorted(names, key=_order)
    raise InputError(
        f"{path} is not AgeDB: give the folder with pictures named number_name_age_gender.jpg."
    )


def _order(name: str) -> tuple[bool, int, str]:
    number = re.match(r"\d+", name, re.ASCII)
    return (number is None, int(number[0]) if number else 0, name)
