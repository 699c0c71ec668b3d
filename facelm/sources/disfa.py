"""DISFA (Mavadati et al., IEEE TAC 2013): 12 action units with intensities, in every frame.

27 people watched films in front of a stereo camera. The labels belong to the left video:

    ActionUnit_Labels/SN001/SN001_au1.txt … SN001_au26.txt    lines `frame,intensity`
    Videos_LeftCamera/LeftVideoSN001_comp.avi
    Videos_RightCamera/RightVideoSN001_comp.avi               not read

Label files count frames from 1, videos here from 0: label n is the video's frame n - 1. Public
code agrees (line n of a label file goes with picture n - 1 of a video taken apart from 0). There
are 4,845 labels and, by another page's count, 4,844 frames: a label that its video does not have
is refused when its pixels are asked for.

Reading a frame decodes the video up to it, so all frames of a video take long. Frames that were
taken out before are read instead where they are, in any of `img/`, `images/` or the dataset's
folder, as `SN001/0.png` (ME-GraphAU, JAA-Net), `LeftVideoSN001/00001.jpg` or
`LeftVideoSN001_comp/LeftVideoSN001_comp_0001.png`: a folder that has a picture number 0 counts
from 0, another from 1.

The intensities 0 (absent) to 5 (E, maximum) are a FACS coder's judgement of each frame, not a
measurement of muscles; papers call a unit present from 2 on (`occurs`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._action_units import DISFA_FOLDS, fold_of, numbered
from facelm.sources._dataset import Dataset
from facelm.sources._media import File, Frame
from facelm.types import About, Labels, Media, Refused, Row

UNITS = (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)

ABOUT = About(
    title="DISFA",
    tasks=("action units",),
    media="pictures",
    paper=(
        "Mavadati, Mahoor, Bartlett, Trinh and Cohn, IEEE Transactions on Affective Computing "
        "4(2), 2013, doi 10.1109/T-AFFC.2013.4"
    ),
    licence="not stated",
    terms="Given out on request; what has to be agreed to was not read.",
    third_party="forbidden",
    redistribute=False,
    stated_at="",
    ask_at="http://mohammadmahoor.com/disfa-contact-form/",
    layout=(
        "ActionUnit_Labels/SN001/SN001_au1.txt … (frame from 1, intensity 0 to 5)\n"
        "Videos_LeftCamera/LeftVideoSN001_comp.avi …\n"
        "or frames taken out of it: img/SN001/0.png …\n"
        "splits: three folds without a common subject, as public code has them"
    ),
    read_from=(
        "https://paperswithcode.com/dataset/disfa",
        "CVI-SZU/ME-GraphAU tool/DISFA_image_label_process.py and tool/README.md",
        "ZhiwenShao/PyTorch-JAANet data/list/DISFA_part1_path.txt and README.md",
    ),
    published={"fold1": 43_605, "fold2": 43_605, "fold3": 43_605},
    unverified=(
        "that each of the 27 subjects has 4,845 labelled frames (public code says so of the "
        "first; another page counts 4,844 frames a video)",
        "that JAA-Net's lists agree with ME-GraphAU's for every subject (one was compared)",
        "what the terms allow",
        "that the labels are of the left and not of the right video (public code pairs them "
        "with either)",
    ),
)

_LABELS = "ActionUnit_Labels"
_TOPS = ("", "DISFA")
_VIDEOS = ("Videos_LeftCamera", "Video_LeftCamera", "")
_FRAMES = ("img", "images", "")
_SUBJECT = re.compile(r"SN\d{3}")
_LINE = re.compile(r"\s*(\d{1,9})\s*,\s*(\d{1,9})\s*", re.ASCII)
_PRESENT_FROM = 2
_MOST = 5


def occurs(intensity: int) -> bool:
    """Whether a unit of this intensity counts as present in the usual protocol (2 and more)."""
    return intensity >= _PRESENT_FROM


class Disfa(Dataset):
    """DISFA's left camera, a row per labelled frame."""

    name = "disfa"
    about = ABOUT

    def __init__(self, path: Path) -> None:
        """Find the label folders.

        Raises:
            InputError: there are none, none has pictures, or one is not of DISFA.
        """
        self._root = next((path / top for top in _TOPS if (path / top / _LABELS).is_dir()), path)
        self._folds = _folds(self._root / _LABELS)
        if not any(self._folds.values()):
            raise InputError(
                f"{path} is not DISFA: give the folder with {_LABELS}/SN001/SN001_au1.txt and "
                "Videos_LeftCamera."
            )
        self._check_pictures()

    def splits(self) -> tuple[str, ...]:
        """The folds of which a subject is there."""
        return tuple(fold for fold, subjects in self._folds.items() if subjects)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows by subject and frame; what a subject's files get wrong comes before its rows."""
        for subject in self._folds[split]:
            codes = _Codes(self._root / _LABELS / subject, subject)
            yield from codes.refused
            pictures = _Pictures(self._root, subject)
            for frame, labels in codes.labels.items():
                yield Row(f"{subject}/{frame}", split, pictures.of(frame), labels, subject)

    def _check_pictures(self) -> None:
        subjects = [subject for found in self._folds.values() for subject in found]
        if not any(_Pictures(self._root, subject).there for subject in subjects):
            raise InputError(
                f"The pictures of {self._root / _LABELS} are not beside it: put "
                f"Videos_LeftCamera/LeftVideo{subjects[0]}_comp.avi into {self._root}."
            )


def _folds(labels: Path) -> dict[str, list[str]]:
    """Subjects that have label files, by fold."""
    found: dict[str, list[str]] = {fold: [] for fold in DISFA_FOLDS}
    folders = sorted(labels.iterdir()) if labels.is_dir() else []
    for folder in folders:
        if not _SUBJECT.fullmatch(folder.name) or not any(folder.glob("*_au*.txt")):
            continue
        if (fold := fold_of(folder.name, DISFA_FOLDS)) is None:
            raise InputError(
                f"{folder} is of none of DISFA's 27 subjects, so it has no fold: take it out."
            )
        found[fold].append(folder.name)
    return found


class _Codes:
    """One subject's label files: labels by frame, and what cannot be used."""

    def __init__(self, folder: Path, subject: str) -> None:
        self.labels: dict[int, Labels] = {}
        self.refused: list[Refused] = []
        self._subject = subject
        self._wrong: set[int] = set()
        for unit in UNITS:
            self._read(folder / f"{subject}_au{unit}.txt", unit)
        for frame in self._wrong:
            self.labels.pop(frame, None)

    def _read(self, file: Path, unit: int) -> None:
        """One unit's file; a unit whose file is not there has no label."""
        lines = file.read_text("utf-8-sig", "replace").splitlines() if file.is_file() else []
        seen: set[int] = set()
        for number, line in enumerate(lines, start=1):
            if match := _LINE.fullmatch(line):
                self._take(int(match[1]), unit, int(match[2]), seen)
            elif line.strip():
                name = f"{self._subject}/{file.name}, line {number}"
                self._refuse(name, f"'{line.strip()}' is not `frame,intensity`: correct it")

    def _take(self, frame: int, unit: int, intensity: int, seen: set[int]) -> None:
        name = f"{self._subject}/{frame}"
        if frame in seen:
            self._refuse(name, f"AU{unit} is listed more than once; the first line counts")
        elif frame < 1:
            self._refuse(name, "frames count from 1: correct the frame's number")
        elif intensity > _MOST:
            self._wrong.add(frame)
            self._refuse(name, f"the AU{unit} '{intensity}' is not one of 0 to {_MOST}: correct it")
        else:
            self.labels.setdefault(frame, {})[f"AU{unit}"] = intensity
        seen.add(frame)

    def _refuse(self, name: str, reason: str) -> None:
        self.refused.append(Refused(name, reason))


class _Pictures:
    """Where one subject's frames are: in a folder of pictures, else in the left video."""

    def __init__(self, root: Path, subject: str) -> None:
        folders = [
            f"{top}/{name}".lstrip("/")
            for top in _FRAMES
            for name in (subject, f"LeftVideo{subject}", f"LeftVideo{subject}_comp")
        ]
        videos = [f"{top}/LeftVideo{subject}_comp.avi".lstrip("/") for top in _VIDEOS]
        self._root = root
        self._folder = next((name for name in folders if numbered(root / name)), None)
        self._names = numbered(root / self._folder) if self._folder else {}
        self._first = 0 if 0 in self._names else 1
        self._video = next((name for name in videos if (root / name).is_file()), None)
        self._expected = videos[0]
        self.there = bool(self._folder or self._video)

    def of(self, frame: int) -> Media:
        """The pixels of a frame, counted from 1 as the labels do."""
        if not self._folder:
            return Frame(self._root, self._video or self._expected, frame - 1)
        number = frame - 1 + self._first
        name = self._names.get(number, f"{number}.png")
        return File(self._root, f"{self._folder}/{name}")
