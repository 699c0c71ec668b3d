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

from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import Cell, File, Held
from facelm.sources._tables import ParquetTable, csv_columns, csv_rows
from facelm.types import (
    FAIRFACE_AGES,
    FAIRFACE_GENDERS,
    FAIRFACE_RACES,
    About,
    Media,
    Refused,
    Row,
)

VOCABULARY = {"age": FAIRFACE_AGES, "gender": FAIRFACE_GENDERS, "race": FAIRFACE_RACES}
ABOUT = About(
    title="FairFace",
    tasks=("age", "gender", "race"),
    media="pictures",
    paper="Karkkainen and Joo, WACV 2021, arXiv 1908.04913",
    licence="CC BY 4.0",
    terms="Name the authors and say what was changed.",
    third_party="allowed",
    redistribute=True,
    stated_at="https://github.com/joojs/fairface",
    ask_at="https://github.com/joojs/fairface",
    layout=(
        "fairface_label_train.csv, fairface_label_val.csv (file, age, gender, race, service_test)\n"
        "train/1.jpg …, val/1.jpg …\n"
        "or train-*.parquet, validation-*.parquet (image, age, gender, race)"
    ),
    read_from=("https://github.com/joojs/fairface", "HuggingFaceM4/FairFace on the hub"),
    published={"train": 86_744, "val": 10_954},
    cropped=True,
    unverified=("the number of rows per split",),
)

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
class Raw:
    """One row of either layout before it is judged."""

    id: str
    split: str
    media: Media
    labels: dict[str, Any]
    """age, gender and race in words where the row has any."""
    service_test: bool | None


class _Part(Protocol):
    """One table of a split."""

    rows: int

    def read(self, split: str, pixels: bool) -> Iterator[Raw]: ...


class FairFace(Dataset):
    """FairFace in either layout; the pictures are face crops."""

    name = "fairface"
    about = ABOUT
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

    def raw(self, split: str | None = None, pixels: bool = True) -> Iterator[Raw]:
        """Rows as they stand, ages that a spreadsheet turned into dates put right.

        Raises:
            InputError: there is no such split, or a file is damaged.
        """
        for name in self._chosen(split):
            for part in self._splits[name]:
                yield from part.read(name, pixels)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows in the files' order; ids are the dataset's paths, such as `train/6512.jpg`."""
        seen: set[str] = set()
        for raw in self.raw(split, pixels=False):
            again = Refused(raw.id, "the picture is listed more than once; the first row counts")
            refused = again if raw.id in seen else judged(raw.id, raw.labels, VOCABULARY)
            yield refused or Row(raw.id, split, raw.media, raw.labels)
            seen.add(raw.id)


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

    def read(self, split: str, pixels: bool) -> Iterator[Raw]:
        for line, row in enumerate(csv_rows(self._table), start=2):
            name = row["file"] or f"{self._table.name}, row {line}"
            test = row["service_test"] == "True" if "service_test" in row else None
            media = File(self._root, row["file"]) if row["file"] else Held(name, None)
            yield Raw(name, split, media, _words(row, _CARD_NAMES), test)


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

    def read(self, split: str, pixels: bool) -> Iterator[Raw]:
        names = {**_CARD_NAMES, **self._table.class_names}
        columns = [name for name in _COLUMNS if name in self._table.columns]
        if not pixels:
            columns = ["image.path" if name == "image" else name for name in columns]
        for number, row in enumerate(self._table.read(columns)):
            image = row["image"] or {}
            place = image.get("path") or f"{self._table.path.stem}/{number}"
            identity = place if "/" in place else f"{split}/{place}"
            cell = Cell(self._table, "image", number, identity)
            media = Held(identity, image.get("bytes")) if pixels else cell
            yield Raw(identity, split, media, _words(row, names), row.get("service_test"))


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
