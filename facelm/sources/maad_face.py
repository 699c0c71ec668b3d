"""MAAD-Face (Terhörst et al., arXiv 2012.01030): 47 attributes of the faces in VGGFace2.

    MAAD_Face.csv                   Filename, Identity, 47 attributes as 1, -1 or 0
    train/n000002/0001_01.jpg …     VGGFace2 (Cao et al., FG 2018, arXiv 1710.08092)
    test/n000001/0001_01.jpg …

The table is published at github.com/pterhoer/MAAD-Face, the pictures are VGGFace2's; put both
into one folder. `train/` and `test/` may also lie in `data/`.

Quirks: 0 means undefined, and such a label is absent. `Filename` has no split in it: it is
VGGFace2's own, told by the folder that holds the identity. Where only one of the two is unpacked,
the rows of the other are not listed. `Identity` repeats the folder's name and is left behind; the
folder is the subject.
The labels were transferred from CelebA and LFW by classifiers: they are those annotators'
impressions as a model learnt them, not facts about a person.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.sources._signs import odd_sign
from facelm.sources._tables import csv_columns
from facelm.types import About, Labels, Refused, Row

ATTRIBUTES = (
    "Male", "Young", "Middle_Aged", "Senior", "Asian", "White", "Black", "Rosy_Cheeks",
    "Shiny_Skin", "Bald", "Wavy_Hair", "Receding_Hairline", "Bangs", "Sideburns", "Black_Hair",
    "Blond_Hair", "Brown_Hair", "Gray_Hair", "No_Beard", "Mustache", "5_o_Clock_Shadow", "Goatee",
    "Oval_Face", "Square_Face", "Round_Face", "Double_Chin", "High_Cheekbones", "Chubby",
    "Obstructed_Forehead", "Fully_Visible_Forehead", "Brown_Eyes", "Bags_Under_Eyes",
    "Bushy_Eyebrows", "Arched_Eyebrows", "Mouth_Closed", "Smiling", "Big_Lips", "Big_Nose",
    "Pointy_Nose", "Heavy_Makeup", "Wearing_Hat", "Wearing_Earrings", "Wearing_Necktie",
    "Wearing_Lipstick", "No_Eyewear", "Eyeglasses", "Attractive",
)  # fmt: skip
ABOUT = About(
    title="MAAD-Face",
    tasks=("attributes",),
    media="pictures",
    paper="Terhörst et al., arXiv 2012.01030; pictures: Cao et al., FG 2018, arXiv 1710.08092",
    licence="labels: CC BY-SA 4.0; pictures (VGGFace2): not stated",
    terms="Name the authors of both datasets and share changed labels alike.",
    third_party="forbidden",
    redistribute=False,
    stated_at="https://github.com/pterhoer/MAAD-Face",
    ask_at="https://github.com/pterhoer/MAAD-Face",
    layout=(
        "MAAD_Face.csv (Filename, Identity, 47 attributes)\n"
        "train/n000002/0001_01.jpg …, test/n000001/0001_01.jpg … (VGGFace2; or in data/)"
    ),
    read_from=(
        "pterhoer/MAAD-Face README.md (versions of September 2020)",
        "lilmuntjac/MAADFace-HQ src/datasets.py (the columns in their order, train/ and test/)",
        "a public VGGFace loader (the split by the identity's folder, data/train and data/test)",
        "a copy of VGGFace2's README.txt (names of folders and pictures, 8,631 and 500 identities)",
    ),
    cropped=True,
    unverified=(
        "The number of rows per split; published are 3.3M pictures and 123.9M labels in all.",
        "Counts per label.",
        "The labels' licence in later versions of the README.",
        "VGGFace2's licence: its page was not seen; a copy says CC BY-NC 4.0.",
        "That the column Identity always agrees with the folder in Filename.",
    ),
)

TABLE = "MAAD_Face.csv"
SPLITS = ("train", "test")
_SIGNS = ("1", "-1", "0")
_TOPS = ("", "data/")
_IDENTITY = re.compile(r"n\d{6}")
_NAME = re.compile(r"n\d{6}/\d{4,}_\d{2,}\.jpg", re.IGNORECASE)


class MaadFace(Dataset):
    """MAAD-Face's labels on VGGFace2's loosely cropped faces."""

    name = "maad-face"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """Find the table and the identities of each split.

        Raises:
            InputError: the table or the pictures are not there, or the table lacks a column.
        """
        self._root = path
        self._table = path / TABLE
        self._columns = _columns(self._table)
        self._signs = itemgetter(*(self._columns.index(name) for name in ATTRIBUTES))
        self._top = _top(path)
        folders = {split: _folders(path / f"{self._top}{split}") for split in SPLITS}
        self._splits = tuple(split for split in SPLITS if folders[split])
        self._split_of = {name: split for split in self._splits for name in folders[split]}

    def splits(self) -> tuple[str, ...]:
        """VGGFace2's splits, as far as they are unpacked."""
        return self._splits

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: all), unusable ones included."""
        return sum(1 for name in self._chosen(split) for _ in self._lines(name))

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for line in self._lines(split):
            name, *values = map(str.strip, line.split(","))
            yield self._row(name, values, split, seen)
            seen.add(name)

    def _lines(self, split: str) -> Iterator[str]:
        """The table's lines of one split; three million of them are not parsed to be counted."""
        try:
            with self._table.open(encoding="utf-8-sig") as file:
                next(file)
                for line in file:
                    if line.strip() and self._split(line.partition("/")[0].strip()) == split:
                        yield line
        except UnicodeDecodeError as error:
            raise InputError(f"{self._table} is not text in UTF-8: get a fresh copy.") from error

    def _split(self, identity: str) -> str:
        """Where a line is told: unusable ones with the first split, "" for what is not unpacked."""
        if identity in self._split_of:
            return self._split_of[identity]
        partly = len(self._splits) < len(SPLITS)
        return "" if partly and _IDENTITY.fullmatch(identity) else self._splits[0]

    def _row(self, name: str, values: list[str], split: str, seen: set[str]) -> Row | Refused:
        if reason := self._wrong(name, values, seen):
            return Refused(name, reason)
        pairs = zip(ATTRIBUTES, self._signs(values), strict=True)
        labels: Labels = {label: sign == "1" for label, sign in pairs if sign != "0"}
        media = File(self._root, f"{self._top}{split}/{name}")
        return Row(name, split, media, labels, name.partition("/")[0])

    def _wrong(self, name: str, values: list[str], seen: set[str]) -> str | None:
        """Why a row cannot be used."""
        if name in seen:
            return "the picture is listed more than once; the first row counts"
        if not _NAME.fullmatch(name):
            return "the name is not like n000001/0001_01.jpg: correct it or take the row out"
        if name.partition("/")[0] not in self._split_of:
            return "neither train/ nor test/ has its identity: unpack it again or take the row out"
        if len(values) != len(self._columns):
            return (
                f"the row has {len(values)} values for {len(self._columns)} columns: correct it or "
                "take it out"
            )
        if reason := odd_sign(ATTRIBUTES, self._signs(values), _SIGNS):
            return reason
        return None


def _columns(table: Path) -> list[str]:
    """The columns after the picture's name."""
    if not table.is_file():
        raise InputError(
            f"There is no {table}: give the folder that holds {TABLE} beside VGGFace2's train/ and "
            "test/."
        )
    names = csv_columns(table)
    missing = [name for name in ATTRIBUTES if name not in names]
    if names[:1] != ["Filename"] or missing:
        raise InputError(
            f"{table} does not begin with the column Filename, or has no column "
            f"{', '.join(missing) or 'Filename'}: get a fresh copy of it, with its 47 attributes."
        )
    return names[1:]


def _top(root: Path) -> str:
    for top in _TOPS:
        if any(_folders(root / f"{top}{split}") for split in SPLITS):
            return top
    raise InputError(
        f"There are no pictures of VGGFace2 in {root}: unpack its train or test archive there, so "
        "that test/n000001/0001_01.jpg is there."
    )


def _folders(place: Path) -> set[str]:
    """Identities that have a folder."""
    if not place.is_dir():
        return set()
    with os.scandir(place) as entries:
        return {entry.name for entry in entries if _IDENTITY.fullmatch(entry.name)}
