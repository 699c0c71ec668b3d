"""CelebA (Liu, Luo, Wang and Tang, ICCV 2015, arXiv 1411.7766): 40 attributes of a face.

    Anno/list_attr_celeba.txt        count; names of the 40 attributes; 000001.jpg -1 1 …
    Anno/identity_CelebA.txt         000001.jpg 2880 (released upon request; may be missing)
    Anno/list_bbox_celeba.txt        count; names; 000001.jpg x_1 y_1 width height
    Eval/list_eval_partition.txt     000001.jpg 0 (0: train, 1: val, 2: test)
    Img/img_align_celeba/            000001.jpg …, 178 x 218 pixels, aligned and cropped
    Img/img_align_celeba_png/        the same as 000001.png …
    Img/img_celeba/                  the pictures as they were found

Published at mmlab.ie.cuhk.edu.hk/projects/CelebA.html. The files may also lie side by side, with
or without a top folder `celeba`; Kaggle's copy has `list_attr_celeba.csv` and
`list_eval_partition.csv` (first column `image_id`) and `img_align_celeba/img_align_celeba/`.

Quirks: the label files say `.jpg` for the PNG pictures too. The boxes belong to the pictures in
`img_celeba` alone: with the aligned ones, which are taken where both are there, rows have no box,
and some boxes are empty. The five landmarks are not 68 and are left behind. Nobody is in two
splits. The labels are annotators' impressions of a picture, not facts about a person; how often
two annotators disagree: arXiv 2210.07356.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter
from pathlib import Path, PurePosixPath

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.sources._signs import odd_sign
from facelm.types import About, Labels, Refused, Row

ATTRIBUTES = (
    "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs",
    "Big_Lips", "Big_Nose", "Black_Hair", "Blond_Hair", "Blurry", "Brown_Hair", "Bushy_Eyebrows",
    "Chubby", "Double_Chin", "Eyeglasses", "Goatee", "Gray_Hair", "Heavy_Makeup",
    "High_Cheekbones", "Male", "Mouth_Slightly_Open", "Mustache", "Narrow_Eyes", "No_Beard",
    "Oval_Face", "Pale_Skin", "Pointy_Nose", "Receding_Hairline", "Rosy_Cheeks", "Sideburns",
    "Smiling", "Straight_Hair", "Wavy_Hair", "Wearing_Earrings", "Wearing_Hat",
    "Wearing_Lipstick", "Wearing_Necklace", "Wearing_Necktie", "Young",
)  # fmt: skip
ABOUT = About(
    title="CelebA",
    tasks=("attributes",),
    media="pictures",
    paper="Liu, Luo, Wang and Tang, ICCV 2015, arXiv 1411.7766",
    licence="CelebA agreement: non-commercial research purposes only",
    terms=(
        "Use it for non-commercial research, do not copy, publish or distribute any portion of "
        "it (copies at a single site of one organisation are allowed)."
    ),
    third_party="forbidden",
    redistribute=False,
    stated_at="https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
    ask_at="https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
    layout=(
        "Anno/list_attr_celeba.txt (or list_attr_celeba.csv)\n"
        "Eval/list_eval_partition.txt (or list_eval_partition.csv)\n"
        "Anno/identity_CelebA.txt, Anno/list_bbox_celeba.txt (where they are there)\n"
        "Img/img_align_celeba/000001.jpg … or Img/img_align_celeba_png/000001.png … or\n"
        "Img/img_celeba/000001.jpg …; all of it with or without Anno, Eval and Img"
    ),
    read_from=(
        "the dataset's own README.txt, version 2.0, in a public repository",
        "https://huggingface.co/datasets/flwrlabs/celeba LICENSE (a copy of the agreement)",
        "pytorch/vision torchvision/datasets/celeba.py",
        "tensorflow/datasets tensorflow_datasets/datasets/celeb_a/celeb_a_dataset_builder.py",
        "RyanWu2233/Panorama CelebA/README.md (Kaggle's file names)",
        "HaiyuWu/CelebAMSO README (rows per split, counts of Mouth_Slightly_Open)",
    ),
    published={"train": 162_770, "val": 19_867, "test": 19_962},
    published_labels={"Mouth_Slightly_Open": {"False": 104_657, "True": 97_942}},
    cropped=True,
    unverified=(
        "The publisher's page itself was not seen, only copies of its agreement and README.",
        "The agreement does not name other people's services; sending counts as distributing.",
        "The folder names img_align_celeba_png and img_celeba are taken from the archives' names.",
        "That some boxes are empty is from memory.",
    ),
)

SPLITS = ("train", "val", "test")
_CODES = {"0": "train", "1": "val", "2": "test"}
_SIGNS = ("1", "-1")
_TOPS = ("", "celeba", "CelebA")
_LABEL_FOLDERS = ("", "Anno", "Eval")
# Kaggle's archive has its pictures one folder deeper.
_ALIGNED = ("img_align_celeba/img_align_celeba", "img_align_celeba", "img_align_celeba_png")
_WILD = ("img_celeba",)
_NAME = re.compile(r"\d{6}\.(jpg|png)", re.IGNORECASE)
_WHOLE = re.compile(r"-?\d+")

Box = tuple[float, float, float, float]


class CelebA(Dataset):
    """CelebA: aligned crops where they are there, else the pictures as they were found."""

    name = "celeba"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """Find the label files and the pictures.

        Raises:
            InputError: a label file or the pictures are not there, or an attribute is missing.
        """
        self._root = path
        self._table = _required(path, "list_attr_celeba")
        self._columns = _columns(self._table)
        self._signs = itemgetter(*(self._columns.index(name) for name in ATTRIBUTES))
        codes = _pairs(_required(path, "list_eval_partition"))
        self._split_of = {name: _CODES.get(code, "") for name, code in codes.items()}
        there = set(self._split_of.values())
        self._splits = tuple(split for split in SPLITS if split in there) or SPLITS[:1]
        identities = _table(path, "identity_CelebA")
        self._subjects = _pairs(identities) if identities else {}
        self._folder, self._suffix = _pictures(path)
        self._boxes: dict[str, Box] = {}
        if PurePosixPath(self._folder).name in _WILD:
            self.about = replace(ABOUT, cropped=False)
            boxes = _table(path, "list_bbox_celeba")
            self._boxes = dict(_boxes(boxes)) if boxes else {}

    def splits(self) -> tuple[str, ...]:
        """The splits that the partition file names."""
        return self._splits

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for name, *values in _headed(self._table)[1]:
            # A row without a split is told once, with the first split.
            if (self._split_of.get(name) or self._splits[0]) == split:
                yield self._row(name, values, split, seen)
                seen.add(name)

    def _row(self, name: str, values: list[str], split: str, seen: set[str]) -> Row | Refused:
        if reason := self._wrong(name, values, seen):
            return Refused(name, reason)
        pairs = zip(ATTRIBUTES, self._signs(values), strict=True)
        labels: Labels = {label: sign == "1" for label, sign in pairs}
        place = f"{self._folder}/{name[:-4]}{self._suffix}"
        return Row(
            name, split, File(self._root, place), labels, self._subjects.get(name, ""),
            self._boxes.get(name),
        )  # fmt: skip

    def _wrong(self, name: str, values: list[str], seen: set[str]) -> str | None:
        """Why a row cannot be used."""
        if name in seen:
            return "the picture is listed more than once; the first row counts"
        if not _NAME.fullmatch(name):
            return "the name is not like 000001.jpg: correct it or take the row out"
        if len(values) != len(self._columns):
            return (
                f"the row has {len(values)} values for {len(self._columns)} attributes: correct it "
                "or take it out"
            )
        if reason := odd_sign(ATTRIBUTES, self._signs(values), _SIGNS):
            return reason
        if not self._split_of.get(name):
            return "list_eval_partition has no 0, 1 or 2 for it: add it or take the row out"
        return None


# ---------------------------------------------------------------- where things are


def _table(root: Path, stem: str) -> Path | None:
    for top in _TOPS:
        for folder in _LABEL_FOLDERS:
            for suffix in (".txt", ".csv"):
                place = root / top / folder / f"{stem}{suffix}"
                if place.is_file():
                    return place
    return None


def _required(root: Path, stem: str) -> Path:
    if found := _table(root, stem):
        return found
    raise InputError(
        f"{root} is not CelebA: there is no {stem}.txt or .csv in it, in Anno or in Eval; give the "
        "folder that holds the label files and the pictures."
    )


def _pictures(root: Path) -> tuple[str, str]:
    """The folder with the pictures, from the root, and their suffix."""
    for name in (*_ALIGNED, *_WILD):
        for top in _TOPS:
            for folder in ("", "Img"):
                place = PurePosixPath(top, folder, name)
                if suffix := _suffix(root / place):
                    return str(place), suffix
    raise InputError(
        f"There are no pictures of CelebA in {root}: unpack img_align_celeba.zip there, so that "
        "img_align_celeba/000001.jpg is there."
    )


def _suffix(folder: Path) -> str:
    """The suffix of a folder's pictures as the disk spells it; empty without a picture."""
    if not folder.is_dir():
        return ""
    with os.scandir(folder) as entries:
        return next((entry.name[-4:] for entry in entries if _NAME.fullmatch(entry.name)), "")


# ---------------------------------------------------------------- what the tables say


def _lines(table: Path) -> Iterator[list[str]]:
    """Fields of the lines that have any."""
    comma = "," if table.suffix == ".csv" else None
    try:
        with table.open(encoding="utf-8-sig") as file:
            for line in file:
                if line.strip():
                    yield list(map(str.strip, line.split(comma)))
    except UnicodeDecodeError as error:
        raise InputError(f"{table} is not text in UTF-8: get a fresh copy of it.") from error


def _headed(table: Path) -> tuple[list[str], Iterator[list[str]]]:
    """Column names after the picture's, and the rows; the text files count the rows first."""
    lines = _lines(table)
    header = next(lines, [])
    if len(header) == 1 and header[0].isdigit():
        header = next(lines, [])
    return [name for name in header if name != "image_id"], lines


def _columns(table: Path) -> list[str]:
    names = _headed(table)[0]
    if missing := [name for name in ATTRIBUTES if name not in names]:
        raise InputError(
            f"{table} has no column {', '.join(missing)}: get a fresh copy of it, with CelebA's 40 "
            "attributes."
        )
    return names


def _pairs(table: Path) -> dict[str, str]:
    return {fields[0]: fields[1] for fields in _lines(table) if len(fields) == 2}


def _boxes(table: Path) -> Iterator[tuple[str, Box]]:
    """Boxes in pixels of the pictures in `img_celeba`; empty ones are left out."""
    for name, *numbers in _headed(table)[1]:
        if len(numbers) == 4 and all(map(_WHOLE.fullmatch, numbers)):
            left, top, width, height = map(float, numbers)
            if width > 0 and height > 0:
                yield name, (left, top, left + width, top + height)
