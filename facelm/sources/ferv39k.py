"""FERV39k (Wang et al., CVPR 2022, arXiv 2203.09463): seven expressions in 22 scenes of video.

Four scenarios of daily life hold 22 scenes (Action, Argue, …, War). Read as loaders read it::

    FERV39k/
      2_ClipsforFaceCrop/Action/Sad/0010/01.jpg …      (or 2_ClipsforFaceCrop/2_ClipsforFaceCrop/)
      4_setups/All_scenes/train_All.csv, test_All.csv  Action/Sad/0010 Sad

The lists are called .csv, but have no header and part the clip's folder from its label by a space.
The frames are faces, cropped and numbered from 1 with leading zeros. The lists of single scenes
(`4_setups/22_scenes`) and the uncropped frames (`3_ClipsforScenImages`) are left behind.

Who is seen in a clip is not told, and clips were cut out of fewer videos, so people may be in both
splits. The labels are annotators' impressions of a clip, not what a person felt.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from facelm._video import frames_in
from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import Frames
from facelm.sources._tables import text_lines
from facelm.types import About, Refused, Row

EXPRESSIONS = ("Angry", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
VOCABULARY: dict[str, tuple[str, ...]] = {"expression": EXPRESSIONS}
ABOUT = About(
    title="FERV39k",
    tasks=("expression",),
    media="clips",
    paper="Wang et al., CVPR 2022, arXiv 2203.09463",
    licence="not stated",
    terms="Non-commercial research, asked for from a university's address; no part of it is made "
    "available to a third party.",
    third_party="forbidden",
    redistribute=False,
    stated_at="https://github.com/wangyanckxx/FERV39k",
    ask_at="https://github.com/wangyanckxx/FERV39k",
    layout=(
        "2_ClipsforFaceCrop/Action/Sad/0010/01.jpg … (or 2_ClipsforFaceCrop twice)\n"
        "4_setups/All_scenes/train_All.csv, test_All.csv (Action/Sad/0010 Sad)"
    ),
    read_from=(
        "GitHub wangyanckxx/FERV39k: README.md",
        "https://wangyanckxx.github.io/Proj_CVPR2022_FERV39k.html",
        "GitHub sunlicai/MAE-DFER: preprocess/ferv39k.py",
    ),
    published={"train": 31_088, "test": 7_847},
    cropped=True,
    unverified=(
        "The number of clips per split is from memory; together they are the published 38,935.",
        "The order of the expressions is that of one public loader; another loader has DFEW's.",
        "The names of the frames are one user's account of the archive.",
    ),
)

_TOPS = ("", "FERV39k", "FERV39K")
_LISTS = "4_setups/All_scenes"
_TABLES = {"train": "train_All.csv", "test": "test_All.csv"}
_FACES = ("2_ClipsforFaceCrop/2_ClipsforFaceCrop", "2_ClipsforFaceCrop")


class FERV39k(Dataset):
    """FERV39k's face crops over all scenes, `train` and `test`."""

    name = "ferv39k"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the lists and the frames.

        Args:
            path: the dataset's folder.

        Raises:
            InputError: there is no list, or no folder of frames.
        """
        self._root, self._tables = _lists(path)
        self._faces = _face_folder(self._root)

    def splits(self) -> tuple[str, ...]:
        """`train` and `test`, as far as their lists are there."""
        return tuple(self._tables)

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: both); lists no folder of frames."""
        return sum(1 for name in self._chosen(split) for _ in _lines(self._tables[name]))

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        seen: set[str] = set()
        for line, text in enumerate(_lines(self._tables[split]), start=1):
            clip, _, word = text.rpartition(" ")
            if not _inside(clip):
                yield Refused(
                    f"{split}/line {line}",
                    f"'{text[:60]}' is not a clip and its label (Action/Sad/0010 Sad): correct it "
                    "or take the line out",
                )
                continue
            yield self._row(split, clip.strip(), word, seen)
            seen.add(clip.strip())

    def _row(self, split: str, clip: str, word: str, seen: set[str]) -> Row | Refused:
        row_id = f"{split}/{clip}"
        if clip in seen:
            return Refused(row_id, "the clip is listed more than once; the first line counts")
        labels = {"expression": word}
        if refused := judged(row_id, labels, self.vocabulary):
            return refused
        place = f"{self._faces}/{clip}"
        if not (names := frames_in(self._root / place)):
            return Refused(row_id, f"{place} holds no frame: unpack it or take the line out")
        return Row(row_id, split, Frames(self._root, place, names), dict(labels))


def _lists(path: Path) -> tuple[Path, dict[str, Path]]:
    """The dataset's own top folder, and split to list."""
    for root in (path / top for top in _TOPS):
        tables = {
            split: root / _LISTS / name
            for split, name in _TABLES.items()
            if (root / _LISTS / name).is_file()
        }
        if tables:
            return root, tables
    raise InputError(
        f"{path} is not FERV39k: give the folder with {_LISTS}/train_All.csv and "
        "2_ClipsforFaceCrop in it."
    )


def _face_folder(root: Path) -> str:
    for folder in _FACES:
        if (root / folder).is_dir():
            return folder
    raise InputError(
        f"There is no 2_ClipsforFaceCrop in {root}: unpack the archive of that name there."
    )


def _lines(table: Path) -> list[str]:
    """Lines that are not empty."""
    return [line for line in text_lines(table, "take the published list") if line]


def _inside(clip: str) -> bool:
    """A scene's, an expression's and a clip's name, and no way out of the dataset."""
    parts = PurePosixPath(clip).parts
    return len(parts) == 3 and parts[0] != "/" and ".." not in parts
