"""FER2013 (Goodfellow et al., ICONIP 2013, arXiv 1307.0414): expressions of 48 by 48 grey faces.

Published for a Kaggle competition as one table, and again as pictures in folders:

    fer2013.csv            emotion,pixels,Usage: 2304 grey values with blanks between, row by row
    icml_face_data.csv     the same with the columns emotion, Usage, pixels, whose names begin
                           with a blank
    train/angry/*.jpg      a widespread copy (Kaggle, msambare/fer2013); test/ holds the rows of
    test/angry/*.jpg       both PublicTest and PrivateTest

A table counts before the folders, `fer2013.csv` before `icml_face_data.csv`. Its splits are the
values of `Usage`; the folders' splits are the folders. The competition's train.csv and test.csv
are not read: they hold the same rows without the test labels. A table's rows have no names, so
that their ids are `Training/0`, `Training/1`, counted over the whole table from 0; equal pixels in
two rows are not looked for. Nobody's identity is published, so rows have no subject.

The labels are impressions: pictures were found by searching for emotion words, then checked by
people.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from facelm.errors import InputError, PictureError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import File, grey_png
from facelm.types import About, Labels, Refused, Row

EXPRESSIONS = ("Angry", "Disgust", "Fear", "Happy", "Sad", "Surprise", "Neutral")
VOCABULARY: dict[str, tuple[str, ...]] = {"expression": EXPRESSIONS}
USAGES = ("Training", "PublicTest", "PrivateTest")
SIDE = 48
_TABLES = ("fer2013.csv", "fer2013/fer2013.csv", "icml_face_data.csv", "fer2013/icml_face_data.csv")
_COLUMNS = ("emotion", "pixels", "Usage")
_FOLDERS = ("train", "test")
_COPY = {"train": 28709, "test": 7178}
_SUFFIXES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Cell:
    """The grey values of one row of a table, made a picture when they are asked for."""

    table: Path
    place: str
    offset: int
    """The byte at which the row begins: 36,000 rows of pixels are not kept in memory."""
    column: int
    """The column of the pixels, counted from 0."""
    kind: Literal["picture", "clip"] = "picture"

    def missing(self) -> str | None:
        """The table is gone."""
        if self.table.is_file():
            return None
        return f"{self.place} cannot be read, for {self.table.name} is gone: put it back"

    def read(self) -> bytes:
        """The row's pixels as PNG."""
        if reason := self.missing():
            raise PictureError(reason)
        with self.table.open("rb") as file:
            file.seek(self.offset)
            line = file.readline()
        try:
            values = [int(value) for value in _fields(line)[self.column].split()]
        except (ValueError, IndexError, csv.Error):
            values = []
        if len(values) != SIDE * SIDE or min(values) < 0 or max(values) > 255:
            raise PictureError(
                f"the pixels of {self.place} are not {SIDE * SIDE:,} numbers from 0 to 255: get a "
                f"fresh copy of {self.table.name}"
            )
        return grey_png([values[start : start + SIDE] for start in range(0, len(values), SIDE)])


@dataclass(frozen=True)
class TableRow:
    """One row of the table as it stands, its pixels left where they are."""

    number: int
    """Counted from 0, the header left out."""
    emotion: str
    usage: str
    empty: bool
    """The row has no pixels."""
    media: Cell


def find_table(path: Path) -> Path | None:
    """The table at or below a path; None where there is none."""
    if path.is_file():
        return path
    return next((path / name for name in _TABLES if (path / name).is_file()), None)


def table_rows(table: Path) -> Iterator[TableRow]:
    """Rows of the table in its order.

    Raises:
        InputError: it is no CSV file in UTF-8, or lacks a column.
    """
    try:
        with table.open("rb") as file:
            header = file.readline()
            emotion, pixels, usage = _positions(table, header)
            offset, number = len(header), 0
            for line in file:
                values = _fields(line)
                if values:
                    values += [""] * (max(emotion, pixels, usage) + 1 - len(values))
                    media = Cell(table, f"{table.name}, row {number}", offset, pixels)
                    empty = not values[pixels]
                    yield TableRow(number, values[emotion], values[usage], empty, media)
                    number += 1
                offset += len(line)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table} is not a CSV file in UTF-8: get a fresh copy of it.") from error


def _positions(table: Path, header: bytes) -> list[int]:
    names = _fields(header)
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        raise InputError(
            f"{table} has no column {', '.join(missing)}: FER2013's tables have emotion, pixels "
            "and Usage."
        )
    return [names.index(name) for name in _COLUMNS]


def _fields(line: bytes) -> list[str]:
    """A row never goes over the end of its line: it is two words and numbers."""
    return [value.strip() for value in next(csv.reader([line.decode("utf-8-sig")]), [])]


class FER2013(Dataset):
    """FER2013 as one table, or as pictures in folders."""

    name = "fer2013"
    about = About(
        title="FER2013",
        tasks=("expression",),
        media="pictures",
        paper=(
            "Ian J. Goodfellow et al.: Challenges in Representation Learning: A Report on Three "
            "Machine Learning Contests, ICONIP 2013, arXiv 1307.0414"
        ),
        licence="not stated",
        terms="The competition's rules are to be accepted before the download; pictures were "
        "found with Google and belong to others.",
        third_party="forbidden",
        redistribute=False,
        stated_at="",
        ask_at="https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-"
        "recognition-challenge/data",
        layout=(
            "fer2013.csv (emotion,pixels,Usage) or icml_face_data.csv, here or in fer2013/; the "
            "splits are the values of Usage\n"
            "or train/angry/*.jpg and test/angry/*.jpg, a folder an expression"
        ),
        read_from=(
            "github.com/pytorch/vision: torchvision/datasets/fer2013.py",
            "https://docs.pytorch.org/vision/stable/_modules/torchvision/datasets/fer2013.html",
            "github.com/abhirup-ghosh/facial-expression-classifier-app: data/README.md",
            "https://recognitionmachine.vandal.ist/p/fer2013 (quotes the paper's counts)",
            "excerpts of public loaders found by exact string, without their repository's name, "
            "for the folders, the blanks in icml_face_data.csv and the counts per split",
        ),
        published={"Training": 28709, "PublicTest": 3589, "PrivateTest": 3589},
        published_labels={
            "expression": dict(
                zip(EXPRESSIONS, (4953, 547, 5121, 8989, 6077, 4002, 6198), strict=True)
            ),
            "Training/expression": dict(
                zip(EXPRESSIONS, (3995, 436, 4097, 7215, 4830, 3171, 4965), strict=True)
            ),
            "PublicTest/expression": dict(
                zip(EXPRESSIONS, (467, 56, 496, 895, 653, 415, 607), strict=True)
            ),
            "PrivateTest/expression": dict(
                zip(EXPRESSIONS, (491, 55, 528, 879, 594, 416, 626), strict=True)
            ),
        },
        cropped=True,
        unverified=(
            "The competition's rules: their page was not among the stored pages; copies on "
            "Hugging Face name licences (MIT, Apache 2.0) that the authors did not give.",
            "That icml_face_data.csv has its rows in the order of fer2013.csv.",
        ),
    )
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the table and note where its rows begin, or find the folders.

        Args:
            path: the folder of the table or of the folders, or the table.

        Raises:
            InputError: neither is there, or the table is damaged.
        """
        table = find_table(path)
        self._root = path
        self._rows = list(table_rows(table)) if table else []
        self._folders = _FOLDERS if not table and _is_copy(path) else ()
        if not self._rows and not self._folders:
            raise InputError(
                f"{path} is not FER2013: give the folder with fer2013.csv or icml_face_data.csv, "
                "or with train/angry and test/angry."
            )
        if self._folders:
            whole = {"expression": self.about.published_labels["expression"]}
            self.about = replace(self.about, published=_COPY, published_labels=whole)

    def splits(self) -> tuple[str, ...]:
        """The values of `Usage`, or the folders `train` and `test`, those that are there."""
        usages = {row.usage for row in self._rows}
        return tuple(name for name in USAGES if name in usages) + tuple(
            name for name in self._folders if (self._root / name).is_dir()
        )

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        if self._folders:
            yield from _pictures(self._root, split)
            return
        first = split == (self.splits() or ("",))[0]
        for row in self._rows:
            # Rows of no known split go with the first one, to be refused once.
            if row.usage == split or (first and row.usage not in USAGES):
                yield _row(row)


def _row(row: TableRow) -> Row | Refused:
    name = f"{row.usage}/{row.number}"
    if row.usage not in USAGES:
        return Refused(
            name, f"the Usage '{row.usage}' is not one of {', '.join(USAGES)}: put it right"
        )
    if row.emotion not in [str(code) for code in range(len(EXPRESSIONS))]:
        return Refused(
            name,
            f"the emotion '{row.emotion}' is not a number from 0 ({EXPRESSIONS[0]}) to "
            f"{len(EXPRESSIONS) - 1} ({EXPRESSIONS[-1]}): correct it or take the row out",
        )
    if row.empty:
        return Refused(name, "the row has no pixels: get a fresh copy of the table")
    return Row(name, row.usage, row.media, {"expression": EXPRESSIONS[int(row.emotion)]})


# ---------------------------------------------------------------- the copy in folders


def _is_copy(path: Path) -> bool:
    words = [word.lower() for word in EXPRESSIONS]
    return any((path / split / word).is_dir() for split in _FOLDERS for word in words)


def _pictures(root: Path, split: str) -> Iterator[Row | Refused]:
    """Pictures by folder and name; other files are passed by."""
    for picture in sorted((root / split).glob("*/*")):
        if picture.suffix.lower() in _SUFFIXES:
            place = picture.relative_to(root).as_posix()
            labels: Labels = {"expression": picture.parent.name.capitalize()}
            yield judged(place, labels, VOCABULARY) or Row(place, split, File(root, place), labels)
