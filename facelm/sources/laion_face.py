"""LAION-Face (Zheng et al., FaRL, CVPR 2022, arXiv 2112.03109): pictures with faces, captioned.

Fifty million of LAION-400M's picture and text pairs in which a face was detected. Only the list
of sample numbers is published; `convert_parquet.py` of FacePerceiver/LAION-Face picks their rows
out of LAION-400M's tables and its `download.sh` fetches the pictures with `img2dataset`:

    laion_face_meta/laion_face_part_00000.parquet    to part_00031; LAION-400M's columns, of which
                                                     SAMPLE_ID, URL, TEXT, NSFW, similarity and
                                                     LICENSE are used by the scripts
    laion_face_data/split_00000/00000.tar            KEY.jpg, KEY.txt (TEXT), KEY.json
    laion_face_data/split_00000/00000.parquet        img2dataset's own: key, url, status, ...

The shards of one part alone, without the folder `split_00000`, are read too. `split_00000` is a
part of the list and no split: train, val and test are drawn by the picture's address, so that one
picture is in one of them; who is shown is not known, so one person may be in several.

A picture that could not be fetched is refused: by the part's metadata where that is there (a row
whose address is in no shard), else by the table that img2dataset left beside the shard.

The caption is the text that the web page gave for the picture (its alt text): nobody checked it,
it may be wrong, in another tongue, or name the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._splits import SPLITS, split_of
from facelm.sources._tables import ParquetTable
from facelm.sources._tars import Sample, samples, shards_in
from facelm.types import About, Refused, Row

_META_FOLDERS = ("", "laion_face_meta")
_PART = re.compile(r"(?:.*/)?split_(\d+)/[^/]+")
_SHARD = re.compile(r"(?:.*/)?\d+\.(tar|tar\.gz)")

# What is known of a row before it is given a split: the address decides, or the id without one.
_Found = tuple[str, Row | Refused]


class LaionFace(Dataset):
    """The tars that img2dataset wrote, part by part."""

    name = "laion-face"
    about = About(
        title="LAION-Face",
        tasks=("captions",),
        media="pictures",
        paper=(
            "Zheng, Yang, Zhang, Bao, Chen, Huang, Yuan, Chen, Zeng and Wen: General Facial "
            "Representation Learning in a Visual-Linguistic Manner, CVPR 2022, arXiv 2112.03109"
        ),
        licence="CC BY 4.0 for the list of sample numbers; the pictures belong to others",
        terms="Only the list is licensed; for each picture the web page's own terms hold.",
        third_party="forbidden",
        redistribute=False,
        stated_at="https://github.com/FacePerceiver/LAION-Face",
        ask_at="https://github.com/FacePerceiver/LAION-Face",
        layout=(
            "laion_face_meta/laion_face_part_NNNNN.parquet (optional)\n"
            "[laion_face_data/]split_NNNNN/NNNNN.tar (KEY.jpg, KEY.txt, KEY.json)\n"
            "[laion_face_data/]split_NNNNN/NNNNN.parquet (optional)\n"
            "train, val and test are drawn by the picture's address"
        ),
        read_from=(
            "GitHub FacePerceiver/LAION-Face: README.md, convert_parquet.py, download.sh",
            "GitHub rom1504/img2dataset: README.md, img2dataset/downloader.py, "
            "dataset_examples/laion400m.md",
            "https://laion.ai/blog/laion-400-open-dataset",
        ),
        unverified=(
            "The number of pairs: the publisher says 50 million and gives no exact count.",
            "How many of the addresses still answer.",
            "The full column list of LAION-400M's tables: the scripts name SAMPLE_ID, URL, TEXT, "
            "NSFW, similarity and LICENSE; only URL is needed here.",
            "That FaRL appeared at CVPR 2022: the pages read give the arXiv number.",
        ),
    )

    def __init__(self, path: Path) -> None:
        """Find shards and metadata.

        Raises:
            InputError: there are no shards as img2dataset names them, or metadata lacks a column.
        """
        self._root, tars = shards_in(path)
        self._parts: dict[str, list[str]] = {}
        for tar in tars:
            if _SHARD.fullmatch(tar):
                match = _PART.fullmatch(tar)
                self._parts.setdefault(match[1] if match else "", []).append(tar)
        if not self._parts:
            raise InputError(
                f"{path} is not LAION-Face as img2dataset leaves it: give the folder with "
                "split_00000/00000.tar and so on."
            )
        self._meta = {part: _metadata(self._root, part) for part in self._parts}

    def splits(self) -> tuple[str, ...]:
        """Train, val and test, drawn by the picture's address."""
        return SPLITS

    def _chosen(self, split: str | None) -> tuple[str, ...]:
        return ("",) if split is None else super()._chosen(split)  # all in one pass

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        for part in self._parts:
            for address, row in self._part(part):
                drawn = split_of(address or row.id)
                if split in ("", drawn):
                    yield row if isinstance(row, Refused) else _in_split(row, drawn)

    def _part(self, part: str) -> Iterator[_Found]:
        fetched: set[int] = set()  # hashes: a part has more than a million addresses
        table = self._meta[part]
        for tar in self._parts[part]:
            for sample in samples(self._root, tar):
                found = ("", sample) if isinstance(sample, Refused) else _read(sample)
                fetched.add(hash(found[0]))
                yield found
            if table is None:
                yield from _failed(self._root, tar)
        if table is not None:
            yield from _never_fetched(table, part, fetched)


def _metadata(root: Path, part: str) -> ParquetTable | None:
    """The rows of LAION-400M that one part asks for."""
    for folder in _META_FOLDERS:
        file = root / folder / f"laion_face_part_{part}.parquet"
        if part and file.is_file():
            table = ParquetTable(file)
            if missing := {"URL"} - set(table.columns):
                raise InputError(
                    f"{file} has no column {missing.pop()}: write it with convert_parquet.py again."
                )
            return table
    return None


def _in_split(row: Row, split: str) -> Row:
    return Row(row.id, split, row.media, row.labels)


def _read(sample: Sample) -> _Found:
    """One sample and its picture's address."""
    try:
        values = sample.values()
        caption = sample.text("txt") or str(values.get("caption") or "").strip()
    except InputError as error:
        return "", Refused(sample.id, str(error))
    address = str(values.get("url") or "")
    picture = sample.picture()
    if picture is None:
        reason = f"{sample.id} has no picture: fetch it again or take the sample out"
        return address, Refused(sample.id, reason)
    if not caption:
        reason = f"{sample.id} has no caption: run img2dataset with --caption_col TEXT"
        return address, Refused(sample.id, reason)
    return address, Row(sample.id, "", picture, {"caption": caption})


# ---------------------------------------------------------------- pictures that are not there


def _failed(root: Path, tar: str) -> Iterator[_Found]:
    """Rows of img2dataset's table of one shard that ended without a picture."""
    file = (root / tar).with_suffix(".parquet")
    if not file.is_file():
        return
    table = ParquetTable(file)
    if not {"key", "status"} <= set(table.columns):
        raise InputError(f"{file} has no column key or status: it is not img2dataset's own table.")
    wanted: list[str] = [n for n in ("key", "status", "url", "error_message") if n in table.columns]
    for row in table.read(wanted):
        if row["status"] != "success":
            # Old versions counted keys within the shard, as numbers.
            key = f"{row['key']:09d}" if isinstance(row["key"], int) else str(row["key"])
            why = row.get("error_message") or row["status"]
            yield str(row.get("url") or ""), _absent(f"{tar.removesuffix('.tar')}/{key}", why)


def _never_fetched(table: ParquetTable, part: str, fetched: set[int]) -> Iterator[_Found]:
    """Rows of one part's metadata whose address is in no shard."""
    wanted: list[str] = [name for name in ("SAMPLE_ID", "URL") if name in table.columns]
    for number, row in enumerate(table.read(wanted)):
        address = str(row["URL"])
        if hash(address) not in fetched:
            sample = row.get("SAMPLE_ID", f"row {number}")
            yield address, _absent(f"split_{part}/{sample}", "its address is in no shard")


def _absent(row_id: str, why: Any) -> Refused:
    return Refused(
        row_id, f"the picture was not downloaded ({why}): run img2dataset again or leave it out"
    )
