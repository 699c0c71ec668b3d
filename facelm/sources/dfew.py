"""DFEW (Jiang et al., ACM MM 2020): seven expressions in clips out of films, five folds.

Read as its README describes it and as loaders read it::

    DFEW/
      Clip/clip_224x224/00001/00001_00001.jpg …           aligned faces, every frame
      Clip/clip_224x224/clip_224x224_part_1/00001/ …      the same, as its archives unpack
      Clip/clip_224x224_16f/00001/1.jpg …                 aligned faces, 16 frames
      Clip/original/part_1/00001.mp4                      whole pictures, with or without part_1
      EmoLabel_DataSplit/train(single-labeled)/set_1.csv … set_5.csv    video_name,label
      EmoLabel_DataSplit/test(single-labeled)/set_1.csv … set_5.csv

The authors' own training code lays the same out as `data/00001/` and
`label/single_trainset_1.csv`, which is read too. Of several kinds of clips the first in the order
above is taken. Frames without a face were dropped, so frame numbers have gaps; 362 of the 12,059
single-labelled clips were dropped whole, and the lists name the other 11,697.

Every clip is in all five folds, four times in `train` and once in `test`: use one fold at a time,
`fold1/train` with `fold1/test`. Labels 1 to 7 are an expression; 0 means that no expression got
enough of the ten votes. Who is seen in a clip is not told, so people may be in both parts of a
fold. The labels are annotators' impressions of a clip, not what a person felt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from facelm._video import frames_in
from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import File, Frames
from facelm.sources._tables import csv_columns, csv_rows
from facelm.types import About, Refused, Row

EXPRESSIONS = ("Happy", "Sad", "Neutral", "Angry", "Surprise", "Disgust", "Fear")
VOCABULARY: dict[str, tuple[str, ...]] = {"expression": EXPRESSIONS}
ABOUT = About(
    title="DFEW",
    tasks=("expression",),
    media="clips",
    paper="Jiang et al., ACM Multimedia 2020, DOI 10.1145/3394171.3413620",
    licence="not stated",
    terms="Non-commercial research and education only; the authors do not own the films' rights.",
    third_party="forbidden",
    redistribute=False,
    stated_at="https://dfew-dataset.github.io/",
    ask_at="https://dfew-dataset.github.io/",
    layout=(
        "Clip/clip_224x224/00001/00001_00001.jpg … (or in clip_224x224_part_1/ … below it)\n"
        "or Clip/clip_224x224_16f/00001/1.jpg …\n"
        "or Clip/original/00001.mp4 … (or in part_1/ … below it)\n"
        "EmoLabel_DataSplit/train(single-labeled)/set_1.csv … set_5.csv (video_name, label)\n"
        "EmoLabel_DataSplit/test(single-labeled)/set_1.csv … set_5.csv\n"
        "or data/00001/ … with label/single_trainset_1.csv …, label/single_testset_1.csv …"
    ),
    read_from=(
        "the README.md inside the dataset's archive, in a public copy",
        "GitHub jiangxingxun/DFEW: README.md",
        "GitHub sunlicai/MAE-DFER: preprocess/dfew.py",
    ),
    published={
        "fold1/train": 9356, "fold1/test": 2341,
        "fold2/train": 9356, "fold2/test": 2341,
        "fold3/train": 9357, "fold3/test": 2340,
        "fold4/train": 9358, "fold4/test": 2339,
        "fold5/train": 9361, "fold5/test": 2336,
    },
    cropped=True,
    unverified=(
        "The columns of label/single_trainset_1.csv are taken to be those of set_1.csv.",
        "The page at stated_at was not read; the terms are those of the archive's README.md.",
    ),
)  # fmt: skip

_TOPS = ("", "DFEW", "DFEW-part2")
_TABLES = (
    "EmoLabel_DataSplit/{part}(single-labeled)/set_{fold}.csv",
    "EmoLabel_DataSplit/{part}(single_labeled)/set_{fold}.csv",
    "label/single_{part}set_{fold}.csv",
)
_ORIGINAL = "Clip/original"
_FOLDERS = ("Clip/clip_224x224", "Clip/clip_224x224_16f", "data", _ORIGINAL)
# 1,600 clips each: clip_224x224_part_1, part_1, data_part_1-2-3
_PART = re.compile(r"(clip_224x224_|data_)?part_[\d-]+")
_CLIP = re.compile(r"(\d{1,6})(\.mp4)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,6}")


class DFEW(Dataset):
    """DFEW's single-labelled clips in five folds, `fold1/train` to `fold5/test`."""

    name = "dfew"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the lists and the clips.

        Args:
            path: the dataset's folder.

        Raises:
            InputError: there is no list or no clip, or a list lacks a column.
        """
        self._root, self._tables = _lists(path)
        self._folder = _clip_folder(self._root)
        if self._folder == _ORIGINAL:
            self.about = replace(ABOUT, cropped=False)

    def splits(self) -> tuple[str, ...]:
        """Folds that are there, each as `foldN/train` and `foldN/test`."""
        return tuple(self._tables)

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: all five folds); lists no folder of frames."""
        return sum(1 for name in self._chosen(split) for _ in csv_rows(self._tables[name]))

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for line, cells in enumerate(csv_rows(self._tables[split]), start=1):
            if not _NUMBER.fullmatch(cells["video_name"]):
                yield Refused(
                    f"{split}/row {line}",
                    f"the clip '{cells['video_name']}' is no number: correct it or take the row "
                    "out",
                )
                continue
            row_id = f"{split}/{int(cells['video_name']):05d}"
            yield self._row(split, row_id, cells, seen)
            seen.add(row_id)

    def _row(self, split: str, row_id: str, cells: dict[str, str], seen: set[str]) -> Row | Refused:
        if row_id in seen:
            return Refused(row_id, "the clip is listed more than once; the first row counts")
        if cells["label"] == "0":
            return Refused(row_id, "no single expression got enough votes (label 0): leave it out")
        labels = {"expression": _word(cells["label"])}
        if refused := judged(row_id, labels, self.vocabulary):
            return refused
        media = self._media(int(cells["video_name"]))
        if isinstance(media, Frames) and not media.names:
            return Refused(row_id, f"{media.place} holds no frame: unpack it or take the row out")
        return Row(row_id, split, media, dict(labels))

    def _media(self, number: int) -> File | Frames:
        if self._folder == _ORIGINAL:
            place = self._clips.get(number, f"{_ORIGINAL}/{number:05d}.mp4")
            return File(self._root, place, "clip")
        place = self._clips.get(number, f"{self._folder}/{number:05d}")
        return Frames(self._root, place, frames_in(self._root / place))

    @cached_property
    def _clips(self) -> dict[int, str]:
        return dict(_numbered(self._root, self._folder))


def _lists(path: Path) -> tuple[Path, dict[str, Path]]:
    """The dataset's own top folder, and split to list."""
    for top in _TOPS:
        tables = {
            f"fold{fold}/{part}": table
            for fold in range(1, 6)
            for part in ("train", "test")
            for pattern in _TABLES
            if (table := path / top / pattern.format(part=part, fold=fold)).is_file()
        }
        if tables:
            for table in tables.values():
                _check_columns(table)
            return path / top, tables
    raise InputError(
        f"{path} is not DFEW: give the folder with EmoLabel_DataSplit/train(single-labeled)/"
        "set_1.csv and Clip/clip_224x224 in it."
    )


def _check_columns(table: Path) -> None:
    if missing := {"video_name", "label"} - set(csv_columns(table)):
        raise InputError(
            f"{table} has no column {', '.join(sorted(missing))}: DFEW's lists have video_name and "
            "label."
        )


def _clip_folder(root: Path) -> str:
    for folder in _FOLDERS:
        if (root / folder).is_dir() and any(_numbered(root, folder)):
            return folder
    raise InputError(
        f"There is no clip in {root}: unpack clip_224x224_part_1.zip and the others into "
        f"{root / 'Clip' / 'clip_224x224'}."
    )


def _numbered(root: Path, folder: str) -> Iterator[tuple[int, str]]:
    """Clip number and place of every clip in a folder and in its parts."""
    for name in sorted(place.name for place in (root / folder).iterdir()):
        if match := _CLIP.fullmatch(name):
            yield int(match[1]), f"{folder}/{name}"
        elif _PART.fullmatch(name) and (root / folder / name).is_dir():
            yield from _numbered(root, f"{folder}/{name}")


def _word(label: str) -> str:
    """1 to 7 in words; anything else stays, to be refused."""
    words = {str(number): word for number, word in enumerate(EXPRESSIONS, start=1)}
    return words.get(label, label)
