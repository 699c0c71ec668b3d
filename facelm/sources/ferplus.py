"""FER+ (Barsoum et al., ICMI 2016, arXiv 1608.01041): FER2013 labelled again by ten people each.

The labels are published without the pictures, so that a folder holds both:

    fer2013new.csv                     Usage,Image name,neutral,happiness,...,unknown,NF
    fer2013.csv                        FER2013's pixels; the two tables go row by row
    or, as the official generate_training_data.py writes them (in data/ of the repository)
    FER2013Train/fer0000000.png        Usage Training
    FER2013Train/label.csv             fer0000000.png,4,0,0,1,3,2,0,0,0,0
    FER2013Valid/, FER2013Test/        Usage PublicTest and PrivateTest

`fer2013new.csv` counts before the `label.csv` files where both are there, the table of pixels
before the folders. Quirks: rows that show no face have no `Image name`, and the numbers in the
names are not row numbers (row 59 has no name and row 60 is fer0000059.png), which is why rows are
matched by order; the `label.csv` files in the repository have a box after the name, those that its
script writes have none; the repository's README leaves `Image name` out.

The label is the majority as the official code takes it: words with a single vote are dropped, and
the word that then has more than half of the votes is the expression. Rows without one, and rows
whose majority is `unknown` or `NF` (not a face), are refused; the votes stay as labels such as
`votes_happiness` (a word nobody chose has none). The ids are the pictures' names.

The labels are impressions of ten annotators, not facts about a person.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.sources._tables import csv_columns, csv_rows
from facelm.sources.fer2013 import FER2013, USAGES, TableRow, find_table, table_rows
from facelm.types import About, Labels, Media, Refused, Row

EXPRESSIONS = (
    "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
)  # fmt: skip
VOCABULARY: dict[str, tuple[str, ...]] = {"expression": EXPRESSIONS}
CHOICES = (*EXPRESSIONS, "unknown", "NF")
FOLDERS = {"Training": "FER2013Train", "PublicTest": "FER2013Valid", "PrivateTest": "FER2013Test"}
_TABLE = "fer2013new.csv"
_LABELS = "label.csv"
_LEFT_OUT = "leave it out, as the official code does"


@dataclass(frozen=True)
class _Voted:
    """One row of a label file before it is judged."""

    usage: str
    name: str
    votes: tuple[str, ...]
    """In the order of `CHOICES`, as they stand."""
    line: str
    """Where the row stands, for rows that have no name."""


class FERPlus(Dataset):
    """FER+ on FER2013's table of pixels, or on the folders of the official repository."""

    name = "ferplus"
    about = About(
        title="FER+",
        tasks=("expression",),
        media="pictures",
        paper=(
            "Emad Barsoum, Cha Zhang, Cristian Canton Ferrer, Zhengyou Zhang: Training Deep "
            "Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution, "
            "ICMI 2016, arXiv 1608.01041"
        ),
        licence="MIT for code and labels; the pictures are FER2013's, whose licence is not stated",
        terms=FER2013.about.terms,
        third_party="forbidden",
        redistribute=False,
        stated_at="https://github.com/microsoft/FERPlus",
        ask_at=f"https://github.com/microsoft/FERPlus and {FER2013.about.ask_at}",
        layout=(
            "fer2013new.csv (Usage, Image name, ten columns of votes) beside fer2013.csv\n"
            "or FER2013Train/, FER2013Valid/ and FER2013Test/ with fer0000000.png and label.csv, "
            "here or in data/\n"
            "the splits are FER2013's: Training, PublicTest, PrivateTest"
        ),
        read_from=(
            "github.com/microsoft/FERPlus: src/ferplus.py, src/generate_training_data.py, "
            "README.md, fer2013new.csv and data/FER2013Valid/label.csv (the first rows)",
            "https://github.com/microsoft/FERPlus/issues/5 and /issues/17 (rows without a name)",
            "github.com/StevenHSKim/FERPlus-Vote-To-Label: README.md",
        ),
        published=dict(FER2013.about.published),
        cropped=True,
        unverified=(
            "How many rows of each split keep a label: `published` counts all rows, for the "
            "README says that there are as many as in fer2013.csv.",
            "That the licence, which the source files name, was meant for the votes too.",
        ),
    )
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the votes and the pictures.

        Args:
            path: the folder of `fer2013new.csv`, or of the folders of pictures.

        Raises:
            InputError: they are not there, are damaged, or do not belong together.
        """
        labels = path / _TABLE
        table = find_table(path) if labels.is_file() else None
        self._root = path if _has_folders(path) else path / "data"
        if not table and not _has_folders(self._root):
            raise InputError(
                f"{path} is not FER+: give the folder with {_TABLE} beside fer2013.csv, or with "
                "FER2013Train, FER2013Valid and FER2013Test."
            )
        self._rows = _voted(labels) if labels.is_file() else _voted_by_folder(self._root)
        if not labels.is_file():  # nobody publishes how many rows the script leaves
            self.about = replace(self.about, published={})
        self._first = _first_rows(self._rows)
        self._pixels: list[TableRow] | None = None
        if table:
            self._pixels = list(table_rows(table))
            _check_order(labels, self._rows, table, self._pixels)

    def splits(self) -> tuple[str, ...]:
        """FER2013's `Training`, `PublicTest` and `PrivateTest`, those that are there."""
        usages = {row.usage for row in self._rows}
        return tuple(name for name in USAGES if name in usages)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        first = split == (self.splits() or ("",))[0]
        for number, row in enumerate(self._rows):
            # Rows of no known split go with the first one, to be refused once.
            if row.usage == split or (first and row.usage not in USAGES):
                yield self._judged(number, row)

    def _judged(self, number: int, row: _Voted) -> Row | Refused:
        name = row.name or row.line
        if row.usage not in USAGES:
            return Refused(
                name, f"the Usage '{row.usage}' is not one of {', '.join(USAGES)}: put it right"
            )
        votes = _counted(row.votes)
        if votes is None:
            return Refused(name, f"its votes are not {len(CHOICES)} whole numbers: correct them")
        word = majority(votes)
        if reason := _unusable(word, row.name, again=self._first[row.name] != number):
            return Refused(name, reason)
        labels: Labels = {"expression": word}
        labels |= {f"votes_{choice}": count for choice, count in votes.items() if count}
        return Row(name, row.usage, self._media(number, row), labels)

    def _media(self, number: int, row: _Voted) -> Media:
        if self._pixels is not None:
            return self._pixels[number].media
        return File(self._root, f"{FOLDERS[row.usage]}/{row.name}")


def majority(votes: dict[str, int]) -> str:
    """The choice that has more than half of the votes once single votes are dropped; "" for none.

    Args:
        votes: number of votes by choice, of `CHOICES`.
    """
    kept = {choice: count for choice, count in votes.items() if count > 1}
    best = max(kept, key=kept.__getitem__, default="")
    return best if best and 2 * kept[best] > sum(kept.values()) else ""


def _unusable(word: str, name: str, again: bool) -> str:
    """Why a row with this majority is none; "" where it is."""
    if word == "NF":
        return f"most annotators saw no face: {_LEFT_OUT}"
    if word == "unknown":
        return f"most annotators could not name the expression: {_LEFT_OUT}"
    if not word:
        return f"no expression has more than half of the votes: {_LEFT_OUT}"
    if not name or "/" in name or "\\" in name:
        return f"'{name}' is not the name of a picture: get a fresh copy of the labels"
    return "the picture is listed again and the first row counts: take one out" if again else ""


def _first_rows(rows: list[_Voted]) -> dict[str, int]:
    """The row in which each name stands first, over all splits."""
    found: dict[str, int] = {}
    for number, row in enumerate(rows):
        found.setdefault(row.name, number)
    return found


def _counted(votes: tuple[str, ...]) -> dict[str, int] | None:
    if len(votes) != len(CHOICES) or not all(vote.isdecimal() for vote in votes):
        return None
    return {choice: int(vote) for choice, vote in zip(CHOICES, votes, strict=True)}


# ---------------------------------------------------------------- the label files


def _has_folders(path: Path) -> bool:
    return any((path / folder).is_dir() for folder in FOLDERS.values())


def _voted(table: Path) -> list[_Voted]:
    columns = csv_columns(table)
    missing = [name for name in ("Usage", "Image name", *CHOICES) if name not in columns]
    if missing:
        raise InputError(
            f"{table} has no column {', '.join(missing)}: get a fresh copy of it from "
            f"{FERPlus.about.stated_at}."
        )
    return [
        _Voted(
            row["Usage"], row["Image name"], tuple(row[choice] for choice in CHOICES),
            f"{table.name}, row {number}",
        )
        for number, row in enumerate(csv_rows(table))
    ]  # fmt: skip


def _voted_by_folder(root: Path) -> list[_Voted]:
    """The `label.csv` files: a name, maybe a box, and the votes, without a header."""
    rows = []
    for usage, folder in FOLDERS.items():
        table = root / folder / _LABELS
        if (root / folder).is_dir():
            for number, values in enumerate(_lines(table)):
                # A row of another length has votes that cannot be counted, and is refused for it.
                start = 2 if len(values) == len(CHOICES) + 2 else 1
                place = f"{folder}/{_LABELS}, row {number}"
                rows.append(_Voted(usage, values[0], tuple(values[start:]), place))
    return rows


def _lines(table: Path) -> list[list[str]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            return [[value.strip() for value in row] for row in csv.reader(file) if row]
    except OSError as error:
        raise InputError(
            f"{table} is not there: run the official generate_training_data.py, which writes it."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table} is not a CSV file in UTF-8: get a fresh copy of it.") from error


def _check_order(labels: Path, rows: list[_Voted], table: Path, pixels: list[TableRow]) -> None:
    """Votes and pixels belong together by nothing but their order."""
    if [row.usage for row in rows] != [row.usage for row in pixels]:
        raise InputError(
            f"{labels} ({len(rows):,} rows) and {table} ({len(pixels):,} rows) do not go together "
            "row by row: get whole copies of both, in their published order."
        )
