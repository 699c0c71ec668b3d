"""Celeb-DF v2 (Li et al., CVPR 2020): interviews of celebrities, and faces swapped into them.

    Celeb-real/id0_0000.mp4               590 videos of 59 celebrities
    YouTube-real/00000.mp4                300 further videos
    Celeb-synthesis/id0_id1_0000.mp4      5,639 swaps: the video id0_0000 with the face of id1
    List_of_testing_videos.txt            518 lines such as `1 YouTube-real/00170.mp4`

In the list 1 means real and 0 means fake, against the habit of most detectors. What it names is
the split `test`, everything else `train`: there is no official validation split. It names videos,
not people, so the same celebrity can be in both. The subject of a row is the first id, whose video
it is; in a swap the face is made to look like the second. Loaders that rearrange the dataset keep
the videos in `Celeb-real/videos/` and so on, which is read as well.

`real` and `fake` are how a video was made, not somebody's judgement of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset
from facelm.sources._media import File
from facelm.types import About, Refused, Row

LIST = "List_of_testing_videos.txt"

VOCABULARY: dict[str, tuple[str, ...]] = {"manipulation": ("real", "fake")}
ABOUT = About(
    title="Celeb-DF v2",
    tasks=("manipulation",),
    media="clips",
    paper="Li, Yang, Sun, Qi and Lyu, CVPR 2020, arXiv 1909.12962",
    licence="Terms to Use Celeb-DF",
    terms="Given out by form to those who accept the terms, which were not read.",
    third_party="forbidden",
    redistribute=False,
    stated_at="https://github.com/yuezunli/celeb-deepfakeforensics",
    ask_at="https://github.com/yuezunli/celeb-deepfakeforensics",
    layout=(
        "Celeb-real/id0_0000.mp4 …\n"
        "YouTube-real/00000.mp4 …\n"
        "Celeb-synthesis/id0_id1_0000.mp4 … (target, source, number)\n"
        f"{LIST} (1 real, 0 fake): the split test; all other videos are train"
    ),
    read_from=(
        "yuezunli/celeb-deepfakeforensics README.md and Celeb-DF-v2/README.md",
        "SCLBD/DeepfakeBench preprocessing/rearrange.py",
        "HanMoonSub/DeepGuard preprocess/celeb_df_v2/README.md (counts of the test list)",
    ),
    published={"train": 6_011, "test": 518},
    published_labels={
        "train/manipulation": {"real": 712, "fake": 5_299},
        "test/manipulation": {"real": 178, "fake": 340},
    },
    unverified=(
        "that the first id of a swap is the target (one public repository says so)",
        "that nobody is in two videos of YouTube-real",
        "what the terms allow",
    ),
)

_TOPS = ("", "Celeb-DF-v2", "Celeb-DF")
_WORDS = {"1": "real", "0": "fake"}
_NAMED = re.compile(r"([\w-]+/\w+)\.mp4", re.IGNORECASE)
_LINE = re.compile(r"([01])\s+(\S+)/([^/\s]+)\.mp4", re.IGNORECASE)


@dataclass(frozen=True)
class _Folder:
    """One of the dataset's folders: what its videos are, and how they are named."""

    name: str
    manipulation: str
    form: re.Pattern[str]


_FOLDERS = (
    _Folder("Celeb-real", "real", re.compile(r"(id\d+)_\d{4}")),
    _Folder("YouTube-real", "real", re.compile(r"(\d{5})")),
    _Folder("Celeb-synthesis", "fake", re.compile(r"(id\d+)_id\d+_\d{4}")),
)


class CelebDFv2(Dataset):
    """Celeb-DF v2, a row per video."""

    name = "celebdf"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the test list and list the folders.

        Raises:
            InputError: the list is not there, or no folder holds a video.
        """
        self._root = next((path / top for top in _TOPS if (path / top / LIST).is_file()), path)
        self._places = {folder.name: _place(self._root, folder.name) for folder in _FOLDERS}
        self._names = {name: _videos(self._root / place) for name, place in self._places.items()}
        if not (self._root / LIST).is_file() or not any(self._names.values()):
            raise InputError(
                f"{path} is not Celeb-DF v2: give the folder with {LIST}, Celeb-real, YouTube-real "
                "and Celeb-synthesis."
            )

    def splits(self) -> tuple[str, ...]:
        """Train, and the official test list."""
        return ("train", "test")

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Train by folder and name, test in the list's order."""
        return self._test() if split == "test" else self._train()

    def _train(self) -> Iterator[Row | Refused]:
        """What the folders hold and the test list does not name, in a good line or a bad one."""
        held_out = {match[1] for match in _NAMED.finditer(self._list())}
        for folder in _FOLDERS:
            for video in self._names[folder.name]:
                if f"{folder.name}/{video}" not in held_out:
                    yield self._row(folder, video, "train")

    def _test(self) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for number, line in enumerate(self._list().splitlines(), start=1):
            if not line.strip():
                continue
            row = self._tested(line.strip(), f"{LIST}, line {number}")
            again = Refused(row.id, "it is listed more than once; the first line counts")
            yield again if row.id in seen else row
            seen.add(row.id)

    def _list(self) -> str:
        return (self._root / LIST).read_text("utf-8-sig", "replace")

    def _tested(self, line: str, where: str) -> Row | Refused:
        """The video of one line such as `1 YouTube-real/00170.mp4`."""
        match = _LINE.fullmatch(line)
        folder = next((item for item in _FOLDERS if match and item.name == match[2]), None)
        if match is None or folder is None:
            return Refused(where, f"'{line}' is not such as `1 YouTube-real/00170.mp4`: correct it")
        if _WORDS[match[1]] != folder.manipulation:
            return Refused(
                f"{folder.name}/{match[3]}",
                f"{LIST} says {_WORDS[match[1]]}, but the folder holds {folder.manipulation} "
                "videos: correct it",
            )
        return self._row(folder, match[3], "test")

    def _row(self, folder: _Folder, video: str, split: str) -> Row | Refused:
        """A row by the video's name; its id leaves out where a loader may have moved it."""
        identity = f"{folder.name}/{video}"
        match = folder.form.fullmatch(video)
        if match is None:
            return Refused(identity, f"{folder.name} has no videos of such a name: rename it")
        name = self._names[folder.name].get(video, f"{video}.mp4")
        media = File(self._root, f"{self._places[folder.name]}/{name}", "clip")
        return Row(identity, split, media, {"manipulation": folder.manipulation}, match[1])


def _place(root: Path, folder: str) -> str:
    """Where a folder's videos are: in it, or in `videos` within it."""
    inner = f"{folder}/videos"
    return inner if (root / inner).is_dir() else folder


def _videos(folder: Path) -> dict[str, str]:
    """Names without and with their suffix, in order."""
    items = sorted(folder.iterdir()) if folder.is_dir() else []
    return {item.stem: item.name for item in items if item.suffix.lower() == ".mp4"}
