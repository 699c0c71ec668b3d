"""FaceForensics++ (Rössler et al., ICCV 2019): real videos and five ways to manipulate them.

The tree that the publisher's download script writes, and the split files from its repository:

    original_sequences/youtube/c23/videos/000.mp4
    original_sequences/actors/c23/videos/01__exit_phone_room.mp4
    manipulated_sequences/Deepfakes/c23/videos/000_003.mp4
    manipulated_sequences/DeepFakeDetection/c23/videos/01_02__exit_phone_room__YVGY8LOK.mp4
    splits/train.json, splits/val.json, splits/test.json    (or beside the two folders)

Compressions are raw (c0 in early releases), c23 and c40; each that is there gives its own rows. A
split file is a list of pairs of videos: the pair 000, 003 puts the videos 000 and 003 and the
manipulations 000_003 and 003_000 into the split. A manipulated video is named target_source: the
first number's video was manipulated with the face (or the expressions) of the second's, so the
subject of a row is the first.

DeepFakeDetection and its actors (Google and Jigsaw) came later and have no official split. They
are the split `DeepFakeDetection` here, whole: every manipulation joins two of 28 actors, so no
draw by person would keep everybody on one side.

`real` and `fake` are how a video was made, not somebody's judgement of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.types import About, Labels, Refused, Row

METHODS = (
    "Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures", "FaceShifter", "DeepFakeDetection",
)  # fmt: skip
COMPRESSIONS = ("raw", "c23", "c40")
ACTORS = "DeepFakeDetection"

VOCABULARY = {
    "manipulation": ("real", "fake"),
    "method": METHODS,
    "compression": COMPRESSIONS,
}
ABOUT = About(
    title="FaceForensics++",
    tasks=("manipulation",),
    media="clips",
    paper=("Rössler, Cozzolino, Verdoliva, Riess, Thies and Nießner, ICCV 2019, arXiv 1901.08971"),
    licence="FaceForensics Terms of Use",
    terms="Given out by form to those who accept the terms of use, which were not read.",
    third_party="forbidden",
    redistribute=False,
    stated_at="https://github.com/ondyari/FaceForensics",
    ask_at="https://github.com/ondyari/FaceForensics",
    layout=(
        "original_sequences/{youtube,actors}/{raw,c23,c40}/videos/000.mp4 …\n"
        "manipulated_sequences/{Deepfakes,Face2Face,FaceSwap,NeuralTextures,FaceShifter,"
        "DeepFakeDetection}/{raw,c23,c40}/videos/000_003.mp4 … (target_source)\n"
        "splits/train.json, splits/val.json, splits/test.json (from the publisher's "
        "repository, dataset/splits)\n"
        "counts are of one compression with all methods; the actors' videos have no official "
        "split and are the split DeepFakeDetection"
    ),
    read_from=(
        "ondyari/FaceForensics README.md, dataset/README.md and dataset/splits/test.json",
        "https://github.com/ondyari/FaceForensics/issues/18 (what the pairs mean)",
        "https://github.com/ondyari/FaceForensics/issues/63 (no split of DeepFakeDetection)",
        "SCLBD/DeepfakeBench preprocessing/rearrange.py",
        "Celeb-DF's paper, table 1 (arXiv 1909.12962), for DeepFakeDetection's counts",
    ),
    published={"train": 4_320, "val": 840, "test": 840, "DeepFakeDetection": 3_431},
    published_labels={
        "train/manipulation": {"real": 720, "fake": 3_600},
        "val/manipulation": {"real": 140, "fake": 700},
        "test/manipulation": {"real": 140, "fake": 700},
        "DeepFakeDetection/manipulation": {"real": 363, "fake": 3_068},
    },
    unverified=(
        "that NeuralTextures and FaceShifter have a video for both directions of every pair",
        "that DeepFakeDetection's names put the target first as FaceForensics++ does",
        "that there are 28 actors",
        "what the terms of use allow",
    ),
)

_TOPS = ("", "FaceForensics++")
_REAL = "original_sequences/youtube"
_REAL_ACTORS = "original_sequences/actors"
_FOLDERS = {"raw": "raw", "c0": "raw", "c23": "c23", "c40": "c40"}
_OFFICIAL = ("train", "val", "test")
_VIDEO = re.compile(r"\d{3}")
_ACTOR_VIDEO = re.compile(r"(\d{2})__\w+")
_ACTOR_FAKE = re.compile(r"(\d{2})_\d{2}__\w+")


class FaceForensics(Dataset):
    """FaceForensics++ and DeepFakeDetection, a row per video and compression."""

    name = "ffpp"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the folders of videos and read the split files.

        Raises:
            InputError: there are no such folders, a split file is needed and not there, or it is
                not a list.
        """
        self._root = next((path / top for top in _TOPS if _parts(path / top)), path)
        parts = _parts(self._root)
        if not parts:
            raise InputError(
                f"{path} is not FaceForensics++: give the folder with original_sequences and "
                "manipulated_sequences, with videos in youtube/c23/videos and so on."
            )
        self._actors = [part for part in parts if part.of_actors]
        self._parts = [part for part in parts if not part.of_actors]
        self._pairs = _pairs(self._root) if self._parts else {}

    def splits(self) -> tuple[str, ...]:
        """The official splits whose file is there, then the actors' videos."""
        return (*self._pairs, *([ACTORS] if self._actors else []))

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows by folder, in the split file's order; the actors' by name."""
        if split == ACTORS:
            for part in self._actors:
                yield from self._of_actors(part)
            return
        pairs = self._pairs[split]
        yield from pairs.refused
        for part in self._parts:
            if split == next(iter(self._pairs)):
                yield from self._in_no_split(part)
            for pair in pairs.pairs:
                for video in part.videos_of(pair):
                    yield self._row(part, video, split, video[:3])

    def _row(self, part: _Part, video: str, split: str, subject: str) -> Row:
        place = f"{part.place}/{part.names.get(video, f'{video}.mp4')}"
        return Row(place, split, File(self._root, place, "clip"), dict(part.labels), subject)

    def _of_actors(self, part: _Part) -> Iterator[Row | Refused]:
        form = _ACTOR_FAKE if "method" in part.labels else _ACTOR_VIDEO
        for video, name in part.names.items():
            if match := form.fullmatch(video):
                yield self._row(part, video, ACTORS, match[1])
            else:
                yield Refused(
                    f"{part.place}/{name}", "its name does not say which actors it shows: rename it"
                )

    def _in_no_split(self, part: _Part) -> Iterator[Refused]:
        """Videos that no split file knows; told with the first split, so that they are counted."""
        known = {
            video
            for pairs in self._pairs.values()
            for pair in pairs.pairs
            for video in part.videos_of(pair)
        }
        for video, name in part.names.items():
            if video not in known:
                yield Refused(
                    f"{part.place}/{name}",
                    "no split file that is here names it: add the split file or take the video out",
                )


@dataclass(frozen=True)
class _Part:
    """One folder of videos: one method, or none, in one compression."""

    place: str
    names: dict[str, str]
    """Names without and with their suffix."""
    labels: Labels
    of_actors: bool

    def videos_of(self, pair: tuple[str, str]) -> tuple[str, str]:
        """The two videos of a pair: both originals, or the manipulation in either direction."""
        a, b = pair
        return (f"{a}_{b}", f"{b}_{a}") if "method" in self.labels else pair


def _parts(root: Path) -> list[_Part]:
    """The folders of videos that are there, originals first."""
    kinds: dict[str, Labels] = {
        _REAL: {"manipulation": "real"},
        _REAL_ACTORS: {"manipulation": "real"},
    }
    for method in METHODS:
        kinds[f"manipulated_sequences/{method}"] = {"manipulation": "fake", "method": method}
    return [
        _Part(
            f"{kind}/{folder}/videos",
            names,
            {**labels, "compression": compression},
            kind == _REAL_ACTORS or labels.get("method") == ACTORS,
        )
        for kind, labels in kinds.items()
        for folder, compression in _FOLDERS.items()
        if (names := _videos(root / kind / folder / "videos"))
    ]


def _videos(folder: Path) -> dict[str, str]:
    items = sorted(folder.iterdir()) if folder.is_dir() else []
    return {item.stem: item.name for item in items if item.suffix.lower() == ".mp4"}


# ---------------------------------------------------------------- split files


@dataclass
class _Pairs:
    """What one split file says."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def _pairs(root: Path) -> dict[str, _Pairs]:
    """Pairs by split; a pair of a video that an earlier one has is refused."""
    found: dict[str, _Pairs] = {}
    seen: set[str] = set()
    for split in _OFFICIAL:
        places = [root / "splits" / f"{split}.json", root / f"{split}.json"]
        if file := next((place for place in places if place.is_file()), None):
            found[split] = _read(file, seen)
    if not found:
        raise InputError(
            f"There is no splits/train.json in {root}: put train.json, val.json and test.json there"
            " from dataset/splits of https://github.com/ondyari/FaceForensics."
        )
    return found


def _read(file: Path, seen: set[str]) -> _Pairs:
    read = _Pairs()
    for number, pair in enumerate(_json_list(file), start=1):
        name = f"{file.name}, pair {number}"
        if not _is_pair(pair):
            read.refused.append(
                Refused(name, f"{pair!r} is not a pair of video numbers such as 000: correct it")
            )
        elif seen & set(pair):
            read.refused.append(
                Refused(name, f"a video of {pair!r} is listed more than once; the first counts")
            )
        else:
            read.pairs.append((pair[0], pair[1]))
            seen.update(pair)
    return read


def _is_pair(pair: Any) -> bool:
    """Two different numbers of videos."""
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(video, str) and _VIDEO.fullmatch(video) for video in pair)
        and pair[0] != pair[1]
    )


def _json_list(file: Path) -> list[Any]:
    try:
        pairs = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file} is not JSON: get a fresh copy of it.") from error
    if not isinstance(pairs, list):
        raise InputError(f"{file} is not a list of pairs of videos: get a fresh copy of it.")
    return pairs
