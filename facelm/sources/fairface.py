"""FairFace (Karkkainen and Joo, WACV 2021, arXiv 1908.04913): age, gender and race of one face.

Two layouts are read. The official one: `fairface_label_train.csv`, `fairface_label_val.csv`
(file, age, gender, race, service_test) and the pictures in `train/` and `val/`, with or without
the archive's own top folder. Hugging Face's: `train-*.parquet`, `dev-*`, `validation-*`, `val-*`
with `image` (struct of bytes and path), age, gender, race as words or as class numbers.

The labels are annotators' impressions of a picture, not facts about a person.
`service_test` says nothing about the face and is left behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from facelm.errors import InputError, choose
from facelm.sources._tables import ParquetTable, csv_columns, csv_rows
from facelm.types import (
    FAIRFACE_AGES,
    FAIRFACE_GENDERS,
    FAIRFACE_RACES,
    Face,
    Labels,
    Refused,
)

VOCABULARY = {"age": FAIRFACE_AGES, "gender": FAIRFACE_GENDERS, "race": FAIRFACE_RACES}
LICENCE = "CC BY 4.0"

# Class numbers of the `HuggingFaceM4/FairFace` card, for parquet that lost its own names.
_CARD_NAMES = {
    "age": list(FAIRFACE_AGES),
    "gender": list(FAIRFACE_GENDERS),
    "race": [
        "East Asian", "Indian", "Black", "White", "Middle Eastern", "Latino_Hispanic",
        "Southeast Asian",
    ],
}  # fmt: skip
# Spreadsheets read "3-9" and "10-19" as dates, in either order of day and month.
_DAMAGED_AGES = {
    "03-sep": "3-9", "3-sep": "3-9", "09-mar": "3-9", "9-mar": "3-9", "oct-19": "10-19",
    "19-oct": "10-19",
}  # fmt: skip
# The archives unpack into their pictures or into a folder of the archive's name.
_TOP_FOLDERS = ("", "fairface-img-margin025-trainval", "fairface-img-margin125-trainval")
_COLUMNS = ("image", *VOCABULARY, "service_test")
_PARQUET_FOLDERS = ("", "data", "0.25", "1.25")
_PARQUET_NAME = re.compile(r"(train|dev|validation|val)-.*\.parquet")
_CSV_NAME = re.compile(r"fairface_label_(\w+)\.csv")


@dataclass(frozen=True)
class Row:
    """One row of either layout before it is judged."""

    id: str
    split: str
    image: bytes | None
    """The encoded picture; None where the row has none."""
    labels: dict[str, Any]
    """age, gender and race in words where the row has any."""
    service_test: bool | None


class _Part(Protocol):
    """One table of a split."""

    rows: int

    def read(self, split: str) -> Iterator[Row]: ...


class FairFace:
    """FairFace in either layout; the pictures are face crops."""

    name = "fairface"
    licence = LICENCE
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the layout.

        Args:
            path: the dataset's folder, or one of its CSV or parquet files.

        Raises:
            InputError: neither layout is there, or a file of it lacks a column.
        """
        self._splits = _csv_splits(path) or _parquet_splits(path)
        if not self._splits:
            raise InputError(
                f"{path} is not FairFace: give the folder with fairface_label_train.csv or "
                "fairface_label_val.csv beside the pictures, or with train-*.parquet files."
            )

    def splits(self) -> tuple[str, ...]:
        """Names of the splits that are there, train first."""
        return tuple(self._splits)

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: all), unusable ones included."""
        return sum(part.rows for name in self._chosen(split) for part in self._splits[name])

    def faces(self, split: str | None = None) -> Iterator[Face | Refused]:
        """Faces in the files' order; ids are the dataset's paths, such as `train/6512.jpg`.

        Rows with an unknown label, without a picture or listed twice come as `Refused`.

        Raises:
            InputError: there is no such split, or a file is damaged.
        """
        seen: set[str] = set()
        for row in self.rows(split):
            yield _judge(row, seen)
            seen.add(row.id)

    def rows(self, split: str | None = None) -> Iterator[Row]:
        """Rows as they stand, ages that a spreadsheet turned into dates put right.

        Raises:
            InputError: there is no such split, or a file is damaged.
        """
        for name in self._chosen(split):
            for part in self._splits[name]:
                yield from part.read(name)

    def _chosen(self, split: str | None) -> tuple[str, ...]:
        if split is None:
            return self.splits()
        return (choose("split of fairface", split, self.splits()),)


def _judge(row: Row, seen: set[str]) -> Face | Refused:
    if row.id in seen:
        return Refused(row.id, "the picture is listed more than once; the first row counts")
    for name, words in VOCABULARY.items():
        if row.labels[name] not in words:
            return Refused(
                row.id,
                f"the {name} '{row.labels[name]}' is not one of {', '.join(words)}: correct it or "
                "take the row out",
            )
    if row.image is None:
        return Refused(
            row.id, "there is no picture at the row's path: put it there or take the row out"
        )
    labels: Labels = dict(row.labels)
    return Face(row.id, row.image, labels, FairFace.name, row.split, LICENCE, cropped=True)


def _words(labels: dict[str, Any], names: dict[str, list[str]]) -> dict[str, Any]:
    """Class numbers and spreadsheet dates as words; what is neither stays, to be refused."""
    words = {}
    for name in VOCABULARY:
        value = labels[name]
        if isinstance(value, int) and 0 <= value < len(names[name]):
            value = names[name][value]
        words[name] = _DAMAGED_AGES.get(str(value).lower(), value) if name == "age" else value
    return words


# ---------------------------------------------------------------- the official layout


class _CsvPart:
    """One label file and the folder its picture paths start from."""

    def __init__(self, table: Path) -> None:
        missing = {"file", *VOCABULARY} - set(csv_columns(table))
        if missing:
            raise InputError(
                f"{table} has no column {', '.join(sorted(missing))}: FairFace's label files have "
                "file, age, gender, race and service_test."
            )
        self._table = table
        self._root = _picture_root(table)
        self.rows = sum(1 for _ in csv_rows(table))

    def read(self, split: str) -> Iterator[Row]:
        for line, row in enumerate(csv_rows(self._table), start=2):
            name = row["file"] or f"{self._table.name}, row {line}"
            test = row["service_test"] == "True" if "service_test" in row else None
            yield Row(name, split, self._picture(row["file"]), _words(row, _CARD_NAMES), test)

    def _picture(self, name: str) -> bytes | None:
        place = PurePosixPath(name)
        if not name or place.is_absolute() or ".." in place.parts:
            return None  # a path out of the dataset is no picture of it
        try:
            return (self._root / place).read_bytes()
        except OSError:
            return None


def _csv_splits(path: Path) -> dict[str, list[_Part]]:
    if path.suffix == ".csv":
        match = _CSV_NAME.fullmatch(path.name)
        return {match[1] if match else path.stem: [_CsvPart(path)]}
    tables = sorted(path.glob("*.csv")) if path.is_dir() else []
    return {
        match[1]: [_CsvPart(table)]
        for table in tables
        if (match := _CSV_NAME.fullmatch(table.name))
    }


def _picture_root(table: Path) -> Path:
    first = next(csv_rows(table), {"file": ""})["file"]
    for top in _TOP_FOLDERS:
        root = table.parent / top
        if (root / PurePosixPath(first).parent).is_dir():
            return root
    raise InputError(
        f"The pictures of {table} are not beside it: unpack fairface-img-margin025-trainval.zip "
        f"into {table.parent}, so that {first} is there."
    )


# ---------------------------------------------------------------- the Hugging Face layout


class _ParquetPart:
    """One shard."""

    def __init__(self, path: Path) -> None:
        self._table = ParquetTable(path)
        self.rows = self._table.rows
        missing = {"image", *VOCABULARY} - set(self._table.columns)
        if missing:
            raise InputError(
                f"{path} has no column {', '.join(sorted(missing))}: FairFace's parquet has image, "
                "age, gender and race."
            )

    def read(self, split: str) -> Iterator[Row]:
        names = {**_CARD_NAMES, **self._table.class_names}
        columns = [name for name in _COLUMNS if name in self._table.columns]
        for number, row in enumerate(self._table.read(columns)):
            image = row["image"] or {}
            place = image.get("path") or f"{self._table.path.stem}/{number}"
            identity = place if "/" in place else f"{split}/{place}"
            labels = _words(row, names)
            yield Row(identity, split, image.get("bytes"), labels, row.get("service_test"))


def _parquet_splits(path: Path) -> dict[str, list[_Part]]:
    for folder in _PARQUET_FOLDERS:
        files = [path] if path.is_file() else sorted((path / folder).glob("*.parquet"))
        found: dict[str, list[_Part]] = {}
        for file in files:
            if match := _PARQUET_NAME.fullmatch(file.name):
                found.setdefault(match[1], []).append(_ParquetPart(file))
        if found:  # train first, then whatever is held out
            return dict(sorted(found.items(), key=lambda item: item[0] != "train"))
    return {}
