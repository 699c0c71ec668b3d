"""UTKFace (Zhang, Song and Qi, CVPR 2017, arXiv 1702.08423): age, gender and race in file names.

Two of its archives are read:

    UTKFace/25_1_2_20170116174525125.jpg.chip.jpg    aligned and cropped, 200 x 200
    part1/, part2/, part3/25_1_2_20170116174525125.jpg    in the wild: whole photographs

from the folder that holds the pictures or the parts, or from one that holds `UTKFace`; where both
archives are unpacked side by side the cropped one is read. Published at
https://susanqq.github.io/UTKFace/ for non-commercial research.

A name is [age]_[gender]_[race]_[date&time]. Its quirks:

- Three names lack a field (61_1_20170109142408075, 61_1_20170109150557335 and
  39_1_20170116174525125; the second is 61_3_… in the wild). No page says whether gender or race is
  gone, and public loaders complete them differently, so only the age is kept. The name
  53__0_20170116184028385 has an empty gender: its age and race are kept.
- A few suffixes are damaged (`….pg`, `…jpg` without a dot, a blank before the dot); they are read.

There is no official split and nobody's identity is known: splits are drawn by date&time, the same
for both archives, so one person's other pictures may be in another split. The labels were estimated
by a model and checked by a person; they are annotators' impressions, not facts about a person.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import File
from facelm.sources._splits import SPLITS, split_of
from facelm.types import About, Labels, Refused, Row

# In the order of the numbers in the file names.
VOCABULARY = {
    "gender": ("male", "female"),
    "race": ("White", "Black", "Asian", "Indian", "Others"),
}
ABOUT = About(
    title="UTKFace",
    tasks=("age", "gender", "race"),
    media="pictures",
    paper="Zhang, Song and Qi, CVPR 2017, arXiv 1702.08423",
    licence="non-commercial research only",
    terms="Use it for non-commercial research; the photographs belong to their owners.",
    third_party="forbidden",
    redistribute=False,
    stated_at="https://susanqq.github.io/UTKFace/",
    ask_at="https://susanqq.github.io/UTKFace/",
    layout=(
        "UTKFace/[age]_[gender]_[race]_[date&time].jpg.chip.jpg, aligned and cropped\n"
        "or part1/, part2/, part3/[age]_[gender]_[race]_[date&time].jpg, in the wild\n"
        "no official split: train, val and test are drawn by date&time (80, 10, 10 %)"
    ),
    read_from=(
        "jgabriellima/race_gender_recognition README.md (the page's words, counts per label)",
        "paplhjak/Facial-Age-Estimation-Benchmark facebase/to_json/utkf_to_json.py (in the wild)",
        "u979375/Thesis README.md (malformed names)",
        "https://huggingface.co/datasets/py97/UTKFace-Cropped",
    ),
    published={"": 23_708},
    # The loader's counts less its own completions of the three names that lack a field.
    published_labels={
        "gender": {"male": 12_390, "female": 11_315},
        "race": {"White": 10_078, "Black": 4_526, "Asian": 3_434, "Indian": 3_975, "Others": 1_692},
    },
    cropped=True,
    unverified=(
        "the terms, which were read in copies of the dataset's page and in cards, not on the page",
        "that the photographs belong to their owners",
        "the number of rows in the wild",
        "that date&time is one picture's alone",
    ),
)

_OLDEST = 116  # as the page says
_PARTS = ("part1", "part2", "part3")
_PICTURE = re.compile(r"(?!\.).*\.(?:jpe?g|png|pg)|\d.*jpg", re.IGNORECASE)
_NAME = re.compile(
    r"(?P<age>\d{1,3})_(?:(?P<gender>\d*)_(?P<race>\d*)|(?P<either>\d+))_(?P<taken>\d{14,})"
    r"\s*\.?(?:jpe?g|png|pg)(?P<chip>\.chip\.jpg)?",
    re.IGNORECASE,
)


class UTKFace(Dataset):
    """UTKFace, aligned and cropped or in the wild."""

    name = "utkface"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """List the pictures.

        Args:
            path: the folder with the pictures, with part1, part2 and part3, or with UTKFace.

        Raises:
            InputError: no picture there is named as UTKFace names them.
        """
        self._root, self._places = _places(path)
        if not any((match := _match(place)) and match["chip"] for place in self._places):
            self.about = replace(ABOUT, cropped=False, published={}, published_labels={})

    def splits(self) -> tuple[str, ...]:
        """The drawn ones."""
        return SPLITS

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[tuple[str | None, ...]] = set()
        for place in self._places:
            match = _match(place)
            if split_of(match["taken"] if match else place) != split:
                continue
            if match is None:
                yield Refused(
                    place,
                    "the name is not [age]_[gender]_[race]_[date&time].jpg: correct it or take "
                    "the picture out",
                )
                continue
            fields = match.group("age", "gender", "race", "either", "taken")
            yield self._row(place, split, match, fields in seen)
            seen.add(fields)

    def _row(self, place: str, split: str, match: re.Match[str], again: bool) -> Row | Refused:
        if again:
            return Refused(place, "the picture is listed more than once; the first row counts")
        labels = _labels(match)
        if int(match["age"]) > _OLDEST:
            reason = f"the age {match['age']} is not 0 to {_OLDEST}: correct it or take the row out"
            return Refused(place, reason)
        return judged(place, labels, VOCABULARY) or Row(
            place, split, File(self._root, place), labels
        )


def _match(place: str) -> re.Match[str] | None:
    return _NAME.fullmatch(PurePosixPath(place).name)


def _labels(match: re.Match[str]) -> Labels:
    """What the name says; a number without a word stays, to be refused."""
    labels: Labels = {"age": int(match["age"])}
    for label, words in VOCABULARY.items():
        if number := match[label]:
            labels[label] = words[int(number)] if int(number) < len(words) else number
    return labels


def _places(path: Path) -> tuple[Path, list[str]]:
    """The folder that ids start from, and every picture below it in the order of folder and name.

    Raises:
        InputError: no picture is named as UTKFace names them.
    """
    for folders in ((".",), _PARTS):
        for root in (path, path / "UTKFace"):
            places = [place for folder in folders for place in _pictures(root, folder)]
            if any(_match(place) for place in places):
                return root, places
    raise InputError(
        f"{path} is not UTKFace: give the folder with pictures such as "
        "25_1_2_20170116174525125.jpg.chip.jpg, or with part1, part2 and part3."
    )


def _pictures(root: Path, folder: str) -> list[str]:
    if not (root / folder).is_dir():
        return []
    names = sorted(name for name in os.listdir(root / folder) if _PICTURE.fullmatch(name))
    return names if folder == "." else [f"{folder}/{name}" for name in names]
