"""BP4D-Spontaneous (Zhang et al., Image and Vision Computing 2014): action units, frame by frame.

41 people did eight tasks each (F001 to F023 and M001 to M018, T1 to T8). Of each of the 328
sequences a part was coded, so its labels may begin at frame 284 and end long before the pictures:

    AUCoding/AU_OCC/F001_T1.csv      first row: 0 and the units' numbers; first column: the frame
    2D+3D/F001/T1/0001.jpg           the frame's picture, numbered as in the labels

Units are 1 (present), 0 (absent) or 9 (not coded: the label is left out). Of the file's columns
the 12 that papers report are read. Pictures are padded to three or four digits, or not at all in
copies made by public code, which also has them in `img/F001/T1/` or `F001/T1/`; the number counts,
not its padding.

Presence is a FACS coder's judgement of each frame, not a measurement of muscles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._action_units import BP4D_FOLDS, fold_of, numbered
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.sources._tables import csv_columns, csv_rows
from facelm.types import About, Labels, Refused, Row

UNITS = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)

ABOUT = About(
    title="BP4D-Spontaneous",
    tasks=("action units",),
    media="pictures",
    paper=(
        "Zhang, Yin, Cohn, Canavan, Reale, Horowitz, Liu and Girard, Image and Vision "
        "Computing 32(10), 2014, 692-706"
    ),
    licence="not stated",
    terms="Given out on request; what has to be agreed to was not read.",
    third_party="forbidden",
    redistribute=False,
    stated_at="",
    ask_at="http://www.cs.binghamton.edu/~lijun/Research/3DFE/3DFE_Analysis.html",
    layout=(
        "AUCoding/AU_OCC/F001_T1.csv … (frame, then a column of 0, 1 or 9 per unit)\n"
        "2D+3D/F001/T1/0001.jpg …\n"
        "splits: three folds without a common subject, as public code has them"
    ),
    read_from=(
        "https://paperswithcode.com/dataset/bp4d",
        "CVI-SZU/ME-GraphAU tool/BP4D_image_label_process.py and tool/README.md",
        "ZhiwenShao/PyTorch-JAANet data/list/BP4D_part2_path.txt and README.md",
    ),
    unverified=(
        "the number of coded frames (about 147,000 in all), and so the rows of each fold",
        "that the archive's own folder of pictures is named 2D+3D",
        "that 9 stands for frames that were not coded",
        "that JAA-Net's lists agree with ME-GraphAU's for every subject (one was compared)",
        "what the terms allow",
    ),
)

_TOPS = ("", "BP4D")
_LABELS = ("AUCoding/AU_OCC", "AU_OCC")
_PICTURES = ("2D+3D", "img", "")
_TABLE = re.compile(r"([FM]\d{3})_(T[1-8])\.csv", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_NOT_CODED = "9"
_WORDS = {"0": False, "1": True}


class BP4D(Dataset):
    """BP4D's coded frames, a row each."""

    name = "bp4d"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """Find the label files and the folder of pictures.

        Raises:
            InputError: either is not there, or a file is of a subject that BP4D does not have.
        """
        roots = [path / top for top in _TOPS]
        self._root = next((root for root in roots if _label_folder(root)), path)
        labels = _label_folder(self._root)
        if labels is None:
            raise InputError(
                f"{path} is not BP4D: give the folder with AUCoding/AU_OCC/F001_T1.csv and the "
                "pictures in 2D+3D."
            )
        self._folds = _folds(labels)
        self._pictures = _picture_folder(self._root, self._folds)

    def splits(self) -> tuple[str, ...]:
        """The folds of which a subject is there."""
        return tuple(fold for fold, tables in self._folds.items() if tables)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows by subject, task and the label file's line."""
        for table in self._folds[split]:
            yield from self._sequence(table, split)

    def _sequence(self, table: Path, split: str) -> Iterator[Row | Refused]:
        """One task of one person."""
        sequence = _sequence_of(table)
        column = _frame_column(table)
        folder = f"{self._pictures}/{sequence}".lstrip("/")
        names = numbered(self._root / folder)
        seen: set[str] = set()
        for line, cells in enumerate(csv_rows(table), start=2):
            coded = _coded(sequence, cells[column], line, cells)
            if coded.id in seen:
                coded = Refused(
                    coded.id, "the frame is listed more than once; the first row counts"
                )
            seen.add(coded.id)
            if isinstance(coded, Refused):
                yield coded
                continue
            name = names.get(coded.frame, f"{coded.frame:04d}.jpg")
            media = File(self._root, f"{folder}/{name}")
            yield Row(coded.id, split, media, coded.labels, sequence[:4])


@dataclass(frozen=True)
class _Coded:
    """A row of a table that can be used."""

    id: str
    frame: int
    labels: Labels


def _coded(sequence: str, number: str, line: int, cells: dict[str, str]) -> _Coded | Refused:
    """The units that were coded; refused where a cell is none of 0, 1 and 9."""
    if not _NUMBER.fullmatch(number):
        name = f"{sequence}, line {line}"
        return Refused(name, f"'{number}' is not a frame's number: correct it")
    name = f"{sequence}/{int(number)}"
    values = {f"AU{unit}": cells[str(unit)] for unit in UNITS}
    for label, value in values.items():
        if value not in (*_WORDS, _NOT_CODED):
            return Refused(
                name, f"the {label} '{value}' is not one of 0, 1, 9: correct it or take the row out"
            )
    labels: Labels = {label: _WORDS[value] for label, value in values.items() if value in _WORDS}
    return _Coded(name, int(number), labels)


def _label_folder(root: Path) -> Path | None:
    """The folder that holds at least one table of a sequence."""
    folders = [root / name for name in _LABELS]
    return next((folder for folder in folders if any(_tables(folder))), None)


def _tables(folder: Path) -> Iterator[Path]:
    items = sorted(folder.iterdir()) if folder.is_dir() else []
    return (item for item in items if _TABLE.fullmatch(item.name))


def _folds(labels: Path) -> dict[str, list[Path]]:
    """Tables by fold."""
    found: dict[str, list[Path]] = {fold: [] for fold in BP4D_FOLDS}
    for table in _tables(labels):
        if (fold := fold_of(table.name[:4].upper(), BP4D_FOLDS)) is None:
            raise InputError(
                f"{table} is of none of BP4D's 41 subjects, so it has no fold (is it BP4D+?): take "
                "it out."
            )
        found[fold].append(table)
    return found


def _frame_column(table: Path) -> str:
    """The first column's name, which is 0."""
    columns = csv_columns(table)
    missing = [str(unit) for unit in UNITS if str(unit) not in columns[1:]]
    if missing:
        raise InputError(
            f"{table} has no column {', '.join(missing)}: its first row must be 0 and the action "
            "units' numbers."
        )
    return columns[0]


def _sequence_of(table: Path) -> str:
    """`F001_T1.csv` is of the pictures in F001/T1."""
    return table.stem.upper().replace("_", "/")


def _picture_folder(root: Path, folds: dict[str, list[Path]]) -> str:
    sequences = [_sequence_of(table) for tables in folds.values() for table in tables]
    for folder in _PICTURES:
        if any((root / folder / sequence).is_dir() for sequence in sequences):
            return folder
    raise InputError(
        f"The pictures of BP4D are not beside its labels: put them into "
        f"{root / _PICTURES[0] / sequences[0]} and so on."
    )
