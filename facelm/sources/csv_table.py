"""One CSV file that names pictures and says something about each: the simplest table of labels.

    FOLDER/
        faces.csv           file;age;smiling;split
        pictures/1.jpg      1;31;true;train  ->  the row of pictures/1.jpg

The first column called `file`, `image` or `path` holds the picture's path from the CSV's own
folder, an optional column `split` names the split, every other column is a label: numbers become
numbers, true and false become booleans, empty cells are no label. Values are parted by commas,
semicolons or tabs, whichever makes such a column appear in the first line; the text is UTF-8.

The layout is this project's own. Labels are whatever the one who wrote the table put there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File, leads_out
from facelm.sources._tables import plain_value
from facelm.sources.folder import ABOUT
from facelm.types import Labels, Refused, Row

_FILE_COLUMNS = ("file", "image", "path")
_SPLIT_COLUMN = "split"
_DELIMITERS = (",", ";", "\t")


class CsvTable(Dataset):
    """The rows of one CSV file, in its order."""

    name = "csv"
    about = replace(
        ABOUT,
        title="a CSV file and its pictures",
        layout=(
            "NAME.csv (file, image or path; optionally split; every other column is a label)\n"
            "PICTURES, at the paths that the table gives, from its own folder"
        ),
    )

    def __init__(self, path: Path) -> None:
        """Read the header and the names of the splits.

        Raises:
            InputError: not a CSV file in UTF-8, or no column that names the pictures.
        """
        if not path.is_file():
            raise InputError(f"{path} is not a file: give the CSV file itself, `csv:FILE.csv`.")
        self._path = path
        self._delimiter, self._columns = _header(path)
        self._file = next(name for name in _FILE_COLUMNS if name in self._columns)
        if len(set(self._columns)) < len(self._columns):
            twice = next(name for name in self._columns if self._columns.count(name) > 1)
            raise InputError(f"{path} has the column '{twice}' more than once: rename one of them.")
        self._names = tuple(sorted({row.get(_SPLIT_COLUMN, "") for _, row, _ in self._table()}))

    def splits(self) -> tuple[str, ...]:
        """The values of the column `split`; empty without one."""
        return tuple(name for name in self._names if name)

    def _chosen(self, split: str | None) -> tuple[str, ...]:
        return self._names if split is None else super()._chosen(split)  # rows without one too

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for line, row, spare in self._table():
            name = row[self._file].replace("\\", "/").removeprefix("./")
            if row.get(_SPLIT_COLUMN, "") == split:
                if fault := _fault(name, spare, seen):
                    row_id = name or f"{self._path.name}, line {line}"
                    yield Refused(row_id, f"line {line} {fault}")
                else:
                    yield self._row(name, row, split)
            seen.add(name)

    def _row(self, name: str, row: dict[str, str], split: str) -> Row:
        labels: Labels = {
            label: plain_value(text)
            for label, text in row.items()
            if text and label not in ("", self._file, _SPLIT_COLUMN)
        }
        return Row(name, split, File(self._path.parent, name), labels)

    def _table(self) -> Iterator[tuple[int, dict[str, str], int]]:
        """Line number, row and number of cells beyond the header's; missing cells are empty."""
        lines = _lines(self._path, self._delimiter)
        next(lines, None)
        for line, cells in lines:
            if any(cells):
                padded = cells + [""] * len(self._columns)
                row = dict(zip(self._columns, padded, strict=False))
                yield line, row, len(cells) - len(self._columns)


def _fault(name: str, spare: int, seen: set[str]) -> str:
    """What is wrong with a row; empty where nothing is."""
    if spare > 0:
        return f"has {spare} values more than the header: put values with a delimiter in quotes"
    if not name:
        return "names no picture: name one or take the row out"
    if leads_out(name):
        return f"names {name}, which is not below the table's folder: put the picture there"
    if name in seen:
        return f"names {name} once more; the first row counts"
    return ""


def _header(path: Path) -> tuple[str, list[str]]:
    """The delimiter and the names of the columns."""
    for delimiter in _DELIMITERS:
        _, columns = next(_lines(path, delimiter), (0, []))
        if set(_FILE_COLUMNS) & set(columns):
            return delimiter, columns
    raise InputError(
        f"{path} has no column 'file', 'image' or 'path' in its first line, parted by commas, "
        "semicolons or tabs: name the column with the pictures' paths so."
    )


def _lines(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and stripped cells."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            for cells in reader:
                yield reader.line_num, [cell.strip() for cell in cells]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path} is not a CSV file in UTF-8: save it as one and try again."
        ) from error
