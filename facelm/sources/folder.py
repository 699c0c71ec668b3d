"""Any folder of pictures, with labels from an optional `labels.csv` in it.

The table's first column is `file` (a path from the folder), an optional column `split` names the
split, every other column is a label: numbers become numbers, true and false become booleans.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError, choose
from facelm.sources._dataset import Dataset, written
from facelm.sources._media import File
from facelm.sources._tables import csv_columns, csv_rows, plain_value
from facelm.types import About, Labels, Refused, Row

TABLE = "labels.csv"
# What people take for pictures: those that cannot be opened are counted and listed, not passed by.
SUFFIXES = (
    ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif",
)  # fmt: skip

ABOUT = About(
    title="any folder of pictures",
    tasks=("anything",),
    media="pictures",
    paper="",
    licence="not stated; the pictures are the user's own",
    terms="Whatever was agreed on with those who took the pictures and those in them.",
    third_party="ask",
    redistribute=False,
    stated_at="",
    ask_at="",
    layout="pictures anywhere below the folder\nlabels.csv (file, split, one column a label)",
    read_from=(),
)


class Folder(Dataset):
    """Pictures anywhere below a folder, in the order of their paths."""

    name = "folder"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """List the pictures and read the table.

        Raises:
            InputError: not a folder, no picture in it, or a table that is not one.
        """
        if not path.is_dir():
            raise InputError(f"{path} is not a folder: give the folder that holds the pictures.")
        self._root = path
        self._files = set(_pictures(path))
        self._rows = _table(path / TABLE)
        if not self._files and not self._rows:
            raise InputError(
                f"There is no picture in {path}: give a folder with JPEG, PNG or WebP."
            )

    def splits(self) -> tuple[str, ...]:
        """The values of the table's `split` column; empty without one."""
        found = {rows[0].get("split", "") for rows in self._rows.values()}
        return tuple(sorted(found - {""}))

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: all), unusable ones included."""
        return sum(1 + len(rows[1:]) for _, rows in self._pictures(split))

    def rows(self, split: str | None = None) -> Iterator[Row | Refused]:
        """Pictures by path; rows without a file, or listed twice, come as `Refused`.

        Raises:
            InputError: there is no such split.
        """
        for name, rows in self._pictures(split):
            yield written(self._row(name, rows[0] if rows else {}))
            for _ in rows[1:]:
                yield Refused(name, f"{TABLE} lists {name} more than once; the first row counts")

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        return self.rows(split)

    def _pictures(self, split: str | None) -> Iterator[tuple[str, list[dict[str, str]]]]:
        if split is not None:
            self._check_split(split)
        for name in sorted(self._files | set(self._rows)):
            rows = self._rows.get(name, [])
            if split is None or (rows and rows[0].get("split", "") == split):
                yield name, rows

    def _check_split(self, split: str) -> None:
        if not self.splits():
            raise InputError(
                f"The pictures in {self._root} have no splits: leave --split out, or add a column "
                f"'split' to {TABLE}."
            )
        choose("split", split, self.splits())

    def _row(self, name: str, row: dict[str, str]) -> Row | Refused:
        if name not in self._files:
            return Refused(
                name,
                f"{TABLE} lists {name}, but there is no such picture: add it or take the row out",
            )
        return Row(name, row.get("split", ""), File(self._root, name), _labels(row))


def _pictures(root: Path) -> Iterator[str]:
    for folder, _, files in os.walk(root):
        for file in files:
            place = Path(folder, file)
            if place.suffix.lower() in SUFFIXES and not file.startswith(".") and place.is_file():
                yield place.relative_to(root).as_posix()


def _table(path: Path) -> dict[str, list[dict[str, str]]]:
    """Rows by file name."""
    if not path.is_file():
        return {}
    columns = csv_columns(path)
    if not columns or columns[0] != "file":
        raise InputError(f"The first column of {path} is not 'file': name it so.")
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv_rows(path):
        found.setdefault(row["file"].removeprefix("./").replace("\\", "/"), []).append(row)
    return found


def _labels(row: dict[str, str]) -> Labels:
    return {
        name: plain_value(text)
        for name, text in row.items()
        if name not in ("", "file", "split") and text
    }
