"""Any dataset in the layout of Hugging Face `datasets`: parquet files with the pictures in them.

    FOLDER/
        data/train-00000-of-00002.parquet    or beside facelm.yaml, without the folder `data`
        data/train-00001-of-00002.parquet
        data/test-00000-of-00001.parquet     SPLIT-*.parquet, as the files are named on the hub
        facelm.yaml                          optional, see below

An image column is a struct of the encoded picture (`bytes`) and its name (`path`). Class numbers
become the words that the file's own metadata gives for them (`ClassLabel`); -1, which `datasets`
writes for "no label", empty cells and NaN are no label.

Without `facelm.yaml` the first image column is the picture and every column with plain values
(words, numbers, booleans) is a label under its own name. With it:

    image: photo
    labels:
      age: estimated_age
      gender: sex

Labels are whatever the dataset's authors wrote there; read its card before believing them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facelm.errors import InputError, choose
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import Cell
from facelm.sources._tables import ParquetTable
from facelm.types import About, Labels, Refused, Row

MAPPING = "facelm.yaml"
_FOLDERS = ("", "data")
_SHARD = re.compile(r"(\w+(?:\.\w+)*)-.+\.parquet")


class HfDataset(Dataset):
    """The rows of all shards, in the order of their names."""

    name = "hf"
    about = About(
        title="a local copy of a Hugging Face dataset",
        tasks=("anything",),
        media="pictures",
        paper="",
        licence="not stated here; the dataset's own card says it",
        terms="Whatever was agreed on with those who took the pictures and those in them.",
        third_party="ask",
        redistribute=False,
        stated_at="",
        ask_at="the dataset's page on the hub",
        layout=(
            "[data/]SPLIT-*.parquet (an image column, labels in the others)\n"
            "facelm.yaml (optional: image: COLUMN, labels: {NAME: COLUMN})"
        ),
        read_from=(
            "GitHub huggingface/datasets: docs/source/repository_structure.mdx",
            "https://huggingface.co/docs/hub/datasets-downloading",
        ),
        unverified=(
            "That -1 stands for a missing class in every dataset; it does in those whose test "
            "labels are withheld.",
        ),
    )

    def __init__(self, path: Path) -> None:
        """Find the shards and settle which column is what.

        Args:
            path: the dataset's folder on this machine.

        Raises:
            InputError: there is no such folder or shard, no image column, or `facelm.yaml` names
                a column that is not there.
        """
        if not path.is_dir():
            raise InputError(
                f"{path} is not a folder here: fetch the dataset first with `hf download {path} "
                "--repo-type dataset --local-dir FOLDER` and give `hf:FOLDER`."
            )
        self._shards = _shards(path)
        first = next(iter(self._shards.values()))[0]
        self._columns = _Columns.of(path / MAPPING, first)
        for table in (table for tables in self._shards.values() for table in tables):
            self._columns.check(table)
        self.vocabulary = self._columns.words(first)

    def splits(self) -> tuple[str, ...]:
        """Names of the splits as the files have them, train first."""
        return tuple(self._shards)

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: all), unusable ones included; read off the files' ends."""
        return sum(table.rows for name in self._chosen(split) for table in self._shards[name])

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows in the files' order; ids are the file's name and the row's number, from 0."""
        image = self._columns.image
        columns = [f"{image}.path", *self._columns.labels.values()]
        for table in self._shards[split]:
            for number, row in enumerate(table.read(list(dict.fromkeys(columns)))):
                row_id = f"{table.path.stem}/{number}"
                labels = self._columns.labelled(row, table.class_names)
                media = Cell(table, image, number, row_id)
                refused = judged(row_id, labels, self.vocabulary)
                yield refused or Row(row_id, split, media, labels)


@dataclass(frozen=True)
class _Columns:
    """Which column is the picture, and which are labels under what name."""

    image: str
    labels: dict[str, str]
    """Label name to column."""
    short: frozenset[str]
    """Columns of 32-bit floats or less, which are given back as short as they were written."""

    @classmethod
    def of(cls, mapping: Path, table: ParquetTable) -> _Columns:
        """By `facelm.yaml` where there is one, else by the columns' types."""
        pictures, plain, short = _kinds(table)
        given = _mapping(mapping)
        image, labels = given.get("image"), given.get("labels")
        if not pictures:
            raise InputError(
                f"{table.path} has no image column, a struct of bytes and path: give a dataset of "
                "pictures."
            )
        labels = {name: name for name in plain} if labels is None else labels
        for column in labels.values():
            choose(f"column of plain values in {table.path.name}", column, tuple(plain))
        what = f"image column in {table.path.name}"
        return cls(choose(what, image or pictures[0], tuple(pictures)), labels, short)

    def check(self, table: ParquetTable) -> None:
        """Raise if a shard lacks a column that the first one has, or has another kind of it."""
        pictures, plain, _ = _kinds(table)
        missing = ({self.image} - set(pictures)) | (set(self.labels.values()) - set(plain))
        if missing:
            raise InputError(
                f"{table.path} has no column {', '.join(sorted(missing))} of the kind that other "
                "shards have: get a fresh copy of it."
            )

    def words(self, table: ParquetTable) -> dict[str, tuple[str, ...]]:
        """The vocabulary: words of class numbers, by label name."""
        names = table.class_names
        return {label: tuple(names[c]) for label, c in self.labels.items() if c in names}

    def labelled(self, row: dict[str, Any], names: dict[str, list[str]]) -> Labels:
        """The labels that a row has; class numbers as words, those without a word as they are."""
        found: Labels = {}
        for label, column in self.labels.items():
            value = row[column]
            words = names.get(column)
            if words is not None and isinstance(value, int):
                value = words[value] if 0 <= value < len(words) else None if value == -1 else value
            if isinstance(value, float) and column in self.short and math.isfinite(value):
                value = float(f"{value:.7g}")
            if value is not None and value == value:
                found[label] = value
        return found


def _shards(root: Path) -> dict[str, list[ParquetTable]]:
    """Tables by split, train first."""
    for folder in _FOLDERS:
        found: dict[str, list[ParquetTable]] = {}
        for file in sorted((root / folder).glob("*.parquet")):
            if match := _SHARD.fullmatch(file.name):
                found.setdefault(match[1], []).append(ParquetTable(file))
        if found:
            return dict(sorted(found.items(), key=lambda item: item[0] != "train"))
    raise InputError(
        f"{root} holds no SPLIT-*.parquet, and nor does {root / 'data'}: give the folder into "
        "which `hf download` put the dataset."
    )


def _kinds(table: ParquetTable) -> tuple[list[str], list[str], frozenset[str]]:
    """Image columns, columns of plain values, and those of short floats among them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(table.path)
    kinds = _feature_kinds(schema.metadata or {})
    pictures, plain, short = [], [], []
    for field in schema:
        kind = field.type
        # A sound's column is a struct of bytes and path as well; only the metadata tells.
        if pa.types.is_struct(kind) and {"bytes", "path"} <= {part.name for part in kind}:
            if kinds.get(field.name, "Image") == "Image":
                pictures.append(field.name)
        elif _is_plain(kind):
            plain.append(field.name)
            if pa.types.is_floating(kind) and kind.bit_width < 64:
                short.append(field.name)
    return pictures, plain, frozenset(short)


def _is_plain(kind: Any) -> bool:
    from pyarrow import types

    tests = (
        types.is_string, types.is_large_string, types.is_boolean, types.is_integer,
        types.is_floating,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _feature_kinds(metadata: dict[bytes, bytes]) -> dict[str, str]:
    """What `datasets` says each column is, where it says so."""
    try:
        features = json.loads(metadata.get(b"huggingface", b"{}"))["info"]["features"]
        return {name: str(feature["_type"]) for name, feature in features.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _mapping(path: Path) -> dict[str, Any]:
    """The checked contents of `facelm.yaml`; empty without one."""
    import yaml

    if not path.is_file():
        return {}
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not YAML in UTF-8: correct it or remove it.") from error
    if not isinstance(found, dict):
        raise InputError(f"{path} has to say `image: COLUMN` or `labels:`, and says neither.")
    for key in found:
        choose(f"key in {path}", str(key), ("image", "labels"))
    labels = found.get("labels", {})
    names = [found.get("image", ""), *labels, *labels.values()] if isinstance(labels, dict) else [0]
    if not all(isinstance(name, str) for name in names):
        raise InputError(
            f"{path} has to say `image: COLUMN` and, below `labels:`, `NAME: COLUMN` a line."
        )
    return found
