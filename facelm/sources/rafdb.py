"""RAF-DB (Li, Deng and Du, CVPR 2017): facial expressions of faces found on the Web.

Two sets of the same layout, a class each: seven basic expressions, and eleven compound ones.

    basic/                                          or compound/
      EmoLabel/list_patition_label.txt              train_00001.jpg 5   (so misspelt by the authors)
      Image/aligned/train_00001_aligned.jpg         face crops of 100 by 100 pixels
      Image/original/train_00001.jpg                the whole pictures
      Annotation/manual/train_00001_manu_attri.txt  five points, then gender, race and age
      Annotation/boundingbox/train_00001_boundingbox.txt   left, top, right, bottom

The number after a name is the expression, counted from 1 in the order of `vocabulary`; the name
begins with its split, `train` or `test`. The aligned crops are read where they are there, else the
whole pictures with their boxes. Gender, race and age come with a row whose annotation file is
there; a face whose gender nobody was sure of (number 2) has no gender. Nobody's identity is
published, so rows have no subject.

The labels are impressions of about 40 annotators a picture, not facts about a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.sources._tables import text_lines
from facelm.types import About, Labels, Refused, Row

EXPRESSIONS = ("Surprise", "Fear", "Disgust", "Happiness", "Sadness", "Anger", "Neutral")
COMPOUNDS = (
    "Happily Surprised", "Happily Disgusted", "Sadly Fearful", "Sadly Angry", "Sadly Surprised",
    "Sadly Disgusted", "Fearfully Angry", "Fearfully Surprised", "Angrily Surprised",
    "Angrily Disgusted", "Disgustedly Surprised",
)  # fmt: skip
# In the order of the annotation files' last three lines; numbers count from 0.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "gender": ("male", "female"),
    "race": ("Caucasian", "African-American", "Asian"),
    "age": ("0-3", "4-19", "20-39", "40-69", "70+"),
}
VOCABULARY: dict[str, tuple[str, ...]] = {"expression": EXPRESSIONS, **ATTRIBUTES}
COMPOUND_VOCABULARY: dict[str, tuple[str, ...]] = {"expression": COMPOUNDS, **ATTRIBUTES}
_SPLITS = ("train", "test")
_SETS = ("basic", "compound")
# The authors' spelling, and the one that people put right.
_TABLES = ("EmoLabel/list_patition_label.txt", "EmoLabel/list_partition_label.txt")
# The archive of the crops unpacks into a folder of its own where it is given one already.
_PICTURES = ("Image/aligned/aligned", "Image/aligned", "Image/original")
_LINE = re.compile(r"((train|test)_\d+)(\.(?:jpg|JPG))\s+(\d+)")
_POINTS = 10

_BASIC = About(
    title="RAF-DB, basic expressions",
    tasks=("expression", "age", "gender", "race"),
    media="pictures",
    paper=(
        "Shan Li, Weihong Deng, JunPing Du: Reliable Crowdsourcing and Deep Locality-Preserving "
        "Learning for Expression Recognition in the Wild, CVPR 2017"
    ),
    licence="non-commercial research only",
    terms="No copying, publishing or passing on of any part outside one's own organisation.",
    third_party="forbidden",
    redistribute=False,
    stated_at="http://www.whdeng.cn/RAF/model1.html",
    ask_at="http://www.whdeng.cn/RAF/model1.html",
    layout=(
        "basic/EmoLabel/list_patition_label.txt: `train_00001.jpg 5`; the name's beginning is the "
        "split\n"
        "basic/Image/aligned/train_00001_aligned.jpg: the crops, or basic/Image/original/\n"
        "basic/Annotation/manual/train_00001_manu_attri.txt: gender, race, age (optional)\n"
        "basic/Annotation/boundingbox/train_00001_boundingbox.txt: with the originals (optional)"
    ),
    read_from=(
        "github.com/zczcwh/POSTER: data_preprocessing/dataset_raf.py and README.md",
        "github.com/HCPLab-SYSU/CD-FER-Benchmark: DFA/Utils.py",
        "http://whdeng.cn/RAF/model4.html (RAF-CE, a later set of the same authors, for the terms)",
        "https://lynettegao.github.io/639-project/data (rows per split)",
        "excerpts of public loaders found by exact string, without their repository's name, for "
        "the annotation files, the boxes and the counts per expression",
    ),
    published={"train": 12271, "test": 3068},
    published_labels={
        "train/expression": dict(
            zip(EXPRESSIONS, (1290, 281, 717, 4772, 1982, 705, 2524), strict=True)
        ),
        "test/expression": dict(zip(EXPRESSIONS, (329, 74, 160, 1185, 478, 162, 680), strict=True)),
        "gender": {"male": 6206, "female": 8182},
        "race": {"Caucasian": 11742, "African-American": 1202, "Asian": 2395},
    },
    cropped=True,
    unverified=(
        "The terms: the page of RAF-DB itself was not among the stored pages; they are those of "
        "RAF-CE by the same authors.",
        "The exact spelling of the words for gender, race and age in the authors' own note.",
    ),
)
_COMPOUND = replace(
    _BASIC,
    title="RAF-DB, compound expressions",
    layout=_BASIC.layout.replace("basic/", "compound/"),
    read_from=(
        *_BASIC.read_from[:3],
        "excerpts of four public loaders found by exact string, one of them in "
        "github.com/EllaVan/AU_EMOwPGM, for the numbers and names of the eleven expressions",
    ),
    published={},
    published_labels={},
    unverified=(
        *_BASIC.unverified,
        "The number of rows per split, which no page that was read gives.",
        "That the compound set's annotation files are laid out as the basic set's.",
    ),
)


class RafDB(Dataset):
    """The basic set: one of seven expressions a face."""

    name = "rafdb"
    about = _BASIC
    vocabulary = VOCABULARY
    folder = "basic"
    """The set's own folder in RAF-DB."""

    def __init__(self, path: Path) -> None:
        """Find the set and read its label file.

        Args:
            path: the set's folder, or the folder that holds it.

        Raises:
            InputError: the label file or the pictures are not there.
        """
        self._root, table = _found(path, self.folder)
        self._table = table.name
        self._lines = text_lines(table, "get a fresh copy of it")
        self._pictures = _pictures(self._root)
        self._aligned = self._pictures != _PICTURES[-1]
        self.about = replace(self.about, cropped=self._aligned)

    def splits(self) -> tuple[str, ...]:
        """`train` and `test`, those that the label file names."""
        there = {_split(line) for line in self._lines if line}
        return tuple(split for split in _SPLITS if split in there)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for number, line in enumerate(self._lines, start=1):
            if line and _split(line) == split:
                yield self._row(number, line, seen)

    def _row(self, number: int, line: str, seen: set[str]) -> Row | Refused:
        match = _LINE.fullmatch(line)
        if not match:
            return Refused(
                f"{self._table}, line {number}",
                f"'{line}' is not a name and a number as in 'train_00001.jpg 5': correct it or "
                "take the line out",
            )
        stem, split, suffix, code = match.groups()
        if stem in seen:
            return Refused(
                stem + suffix,
                f"line {number} lists the picture again and the first line counts: take one out",
            )
        seen.add(stem)
        words = self.vocabulary["expression"]
        if not 1 <= int(code) <= len(words):
            return Refused(
                stem + suffix,
                f"the expression {code} is not a number from 1 ({words[0]}) to {len(words)} "
                f"({words[-1]}): correct it or take the line out",
            )
        labels: Labels = {"expression": words[int(code) - 1], **self._attributes(stem)}
        media = File(self._root, self._place(stem, suffix))
        return Row(stem + suffix, split, media, labels, box=self._box(stem))

    def _place(self, stem: str, suffix: str) -> str:
        ending = "_aligned" if self._aligned else ""
        return f"{self._pictures}/{stem}{ending}{suffix}"

    def _attributes(self, stem: str) -> dict[str, str]:
        values = _values(self._root / f"Annotation/manual/{stem}_manu_attri.txt")[_POINTS:]
        return {
            label: words[int(value)]
            for (label, words), value in zip(ATTRIBUTES.items(), values, strict=False)
            if value.isdecimal() and int(value) < len(words)
        }

    def _box(self, stem: str) -> tuple[float, float, float, float] | None:
        """Only for the whole pictures: the published box is in their pixels."""
        if self._aligned:
            return None
        values = _values(self._root / f"Annotation/boundingbox/{stem}_boundingbox.txt")
        try:
            left, top, right, bottom = (float(value) for value in values)
        except ValueError:
            return None
        return left, top, right, bottom


class RafDBCompound(RafDB):
    """The compound set: one of eleven pairs of expressions a face."""

    name = "rafdb-compound"
    about = _COMPOUND
    vocabulary = COMPOUND_VOCABULARY
    folder = "compound"


def _found(path: Path, wanted: str) -> tuple[Path, Path]:
    for root in (path, path / wanted):
        # The other set has the same files, and its numbers mean other expressions.
        if root.resolve().name in _SETS and root.resolve().name != wanted:
            continue
        for name in _TABLES:
            if (root / name).is_file():
                return root, root / name
    raise InputError(
        f"{path} is not RAF-DB's {wanted} set: give the folder '{wanted}' that holds {_TABLES[0]}."
    )


def _pictures(root: Path) -> str:
    for place in _PICTURES:
        if (root / place).is_dir():
            return place
    raise InputError(
        f"The pictures of {root} are not there: unpack RAF-DB's aligned pictures into "
        f"{root / 'Image/aligned'}."
    )


def _split(line: str) -> str:
    """Lines that are no row go with the first split, to be refused once."""
    return "test" if line.startswith("test_") else "train"


def _values(annotation: Path) -> list[str]:
    """What stands in one picture's annotation file; nothing where there is none."""
    try:
        return annotation.read_text("utf-8", errors="replace").split()
    except OSError:
        return []
