"""Any folder of WebDataset shards: tars whose members with one key are one labelled picture.

    FOLDER/
        train/00000.tar         or train-00000.tar, or shards without a split
            000000000.jpg       or .jpeg, .png, .webp
            000000000.json      an object; every plain value in it is a label
            000000000.txt       the caption
            000000000.cls       the class, a number or a word

The convention is the one of the `webdataset` package (arXiv 2001.01858 and its documentation): a
key is a member's path up to the first dot of its file name, and members of one key stand together.
Members of other kinds are left alone. Nothing is unpacked; see `facelm.sources._tars` for what is
refused.

A shard's split is the word train, val, validation or test among the folders of its path, or set
off by dashes, dots or underscores in its name. Shards without one belong to no split.

Labels are whatever the one who packed the shards wrote there, in that person's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._tables import WHOLE
from facelm.sources._tars import Sample, samples, shards_in
from facelm.sources.folder import ABOUT
from facelm.types import Labels, Refused, Row

_SPLIT = re.compile(r"(?:^|[/._-])(train|val|validation|test)(?=[/._-])", re.IGNORECASE)
_ORDER = ("train", "val", "validation", "test", "")


class WebDataset(Dataset):
    """Tar shards anywhere below a folder, in the order of their paths."""

    name = "webdataset"
    about = replace(
        ABOUT,
        title="a folder of WebDataset shards",
        layout=(
            "[train|val|validation|test/]NAME.tar\n"
            "    KEY.jpg, KEY.jpeg, KEY.png or KEY.webp\n"
            "    KEY.json (labels), KEY.txt (caption), KEY.cls (class)"
        ),
        read_from=(
            "https://huggingface.co/docs/hub/datasets-webdataset",
            "GitHub webdataset/webdataset: webdataset/tariterators.py",
            "GitHub huggingface/datasets: src/datasets/packaged_modules/webdataset/webdataset.py",
        ),
    )

    def __init__(self, path: Path) -> None:
        """List the shards.

        Args:
            path: the folder, or one shard.

        Raises:
            InputError: there is no shard, or all are compressed.
        """
        self._root, tars = shards_in(path)
        self._shards: dict[str, list[str]] = {}
        for tar in tars:
            match = _SPLIT.search(tar)
            self._shards.setdefault(match[1].lower() if match else "", []).append(tar)

    def splits(self) -> tuple[str, ...]:
        """Names of the splits that are there, train first; empty without splits."""
        return tuple(name for name in _ORDER if name and name in self._shards)

    def _chosen(self, split: str | None) -> tuple[str, ...]:
        if split is None:  # shards without a split too
            return tuple(name for name in _ORDER if name in self._shards)
        return super()._chosen(split)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        for tar in self._shards[split]:
            for sample in samples(self._root, tar):
                yield sample if isinstance(sample, Refused) else _row(sample, split)


def _row(sample: Sample, split: str) -> Row | Refused:
    picture = sample.picture()
    if picture is None:
        return Refused(
            sample.id, f"{sample.id} has no jpg, png or webp: add one or take the sample out"
        )
    try:
        return Row(sample.id, split, picture, _labels(sample))
    except InputError as error:
        return Refused(sample.id, str(error))


def _labels(sample: Sample) -> Labels:
    found: Labels = {
        name: value
        for name, value in sample.values().items()
        if isinstance(value, str | bool | int | float)
    }
    if word := sample.text("cls"):
        found["class"] = int(word) if WHOLE.fullmatch(word) else word
    if caption := sample.text("txt"):
        found["caption"] = caption
    return found
