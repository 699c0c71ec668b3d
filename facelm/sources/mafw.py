"""MAFW (ACM MM 2022): eleven single expressions in clips out of films and shows, five folds.

Read as the dataset's page shows it and as loaders read it::

    MAFW/
      data/clips/00001.mp4 …          (or clips/00001.mp4 …)
      Train & Test Set/single/no_caption/set_1/train.txt, test.txt … set_5/     00151.mp4 anger
      Train & Test Set/single/with_caption/set_1/train.txt, test.txt … set_5/   optional

Lines of `with_caption` are clip, label, Chinese and English description, parted by tabs, in no
single encoding; the English one becomes `caption`. Neutral clips have none there. The compound
expressions, the eleven-dimensional distributions (both in .xlsx) and the automatic gender and
landmarks are left behind: the files do not say which gender 0 and 1 are.

Every clip is in all five folds, four times in `train` and once in `test`: use one fold at a time,
`fold1/train` with `fold1/test`. One fold holds 9,172 clips: 1,390 anger, 639 disgust, 625 fear,
1,242 happiness, 1,138 neutral, 1,470 sadness, 1,072 surprise, 236 contempt, 916 anxiety, 262
helplessness, 182 disappointment. Who is seen in a clip is not told, so people may be in both parts
of a fold. The labels are annotators' impressions of a clip, not what a person felt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import File
from facelm.sources._tables import text_lines
from facelm.types import About, Labels, Refused, Row

EXPRESSIONS = (
    "anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise", "contempt",
    "anxiety", "helplessness", "disappointment",
)  # fmt: skip
VOCABULARY: dict[str, tuple[str, ...]] = {"expression": EXPRESSIONS}
ABOUT = About(
    title="MAFW",
    tasks=("expression", "captions"),
    media="clips",
    paper="Liu et al., ACM Multimedia 2022, arXiv 2208.00847",
    licence="not stated",
    terms="Non-commercial research at a university, after a signed agreement; no copy of any "
    "portion leaves the organization.",
    third_party="forbidden",
    redistribute=False,
    stated_at="https://github.com/MAFW-database/MAFW",
    ask_at="https://github.com/MAFW-database/MAFW",
    layout=(
        "data/clips/00001.mp4 … (or clips/00001.mp4 …)\n"
        "Train & Test Set/single/no_caption/set_1/train.txt, test.txt … set_5/ (clip label)\n"
        "Train & Test Set/single/with_caption/set_1/train.txt, test.txt … set_5/ (optional)"
    ),
    read_from=(
        "GitHub MAFW-database/MAFW: README.md",
        "GitHub sunlicai/MAE-DFER: preprocess/mafw.py",
        "a public inventory of the unpacked archives (counts per fold and label, line formats)",
    ),
    published={
        "fold1/train": 7333, "fold1/test": 1839,
        "fold2/train": 7335, "fold2/test": 1837,
        "fold3/train": 7339, "fold3/test": 1833,
        "fold4/train": 7340, "fold4/test": 1832,
        "fold5/train": 7341, "fold5/test": 1831,
    },
    unverified=(
        "The paper's arXiv number is from memory.",
        "The counts per fold and label are one user's, not the authors'.",
        "The encoding of the lists with captions is taken to be UTF-8 or GB 18030.",
    ),
)  # fmt: skip

_TOPS = ("", "MAFW")
_LISTS = ("Train & Test Set", "train_test_set/Train & Test Set", "split")
_CLIPS = ("data/clips", "clips")
_LINE = re.compile(r"(\d{1,6}\.mp4)\s+(\S+)")


class MAFW(Dataset):
    """MAFW's single expressions in five folds, `fold1/train` to `fold5/test`."""

    name = "mafw"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """Find the lists and the clips.

        Args:
            path: the dataset's folder.

        Raises:
            InputError: there is no list, or no folder of clips.
        """
        self._root, self._tables = _lists(path)
        self._clips = _clip_folder(self._root)

    def splits(self) -> tuple[str, ...]:
        """Folds that are there, each as `foldN/train` and `foldN/test`."""
        return tuple(self._tables)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        captions = _captions(_captioned(self._tables[split]))
        lines = text_lines(self._tables[split], "take the published list under no_caption")
        seen: set[str] = set()
        for line, text in enumerate(lines, start=1):
            if match := _LINE.fullmatch(text):
                yield self._row(split, match[1], match[2], captions, seen)
                seen.add(match[1])
            elif text:
                yield Refused(
                    f"{split}/line {line}",
                    f"'{text[:60]}' is not a clip and its label (00151.mp4 anger): correct it or "
                    "take the line out",
                )

    def _row(
        self, split: str, clip: str, word: str, captions: dict[str, str], seen: set[str]
    ) -> Row | Refused:
        row_id = f"{split}/{clip}"
        if clip in seen:
            return Refused(row_id, "the clip is listed more than once; the first line counts")
        labels: Labels = {"expression": word}
        if refused := judged(row_id, labels, self.vocabulary):
            return refused
        if clip in captions:
            labels["caption"] = captions[clip]
        return Row(row_id, split, File(self._root, f"{self._clips}/{clip}", "clip"), labels)


def _lists(path: Path) -> tuple[Path, dict[str, Path]]:
    """The dataset's own top folder, and split to list."""
    for root in (path / top for top in _TOPS):
        for lists in _LISTS:
            tables = {
                f"fold{fold}/{part}": table
                for fold in range(1, 6)
                for part in ("train", "test")
                if (table := root / lists / f"single/no_caption/set_{fold}/{part}.txt").is_file()
            }
            if tables:
                return root, tables
    raise InputError(
        f"{path} is not MAFW: give the folder with Train & Test Set/single/no_caption/set_1/"
        "train.txt and data/clips in it."
    )


def _clip_folder(root: Path) -> str:
    for folder in _CLIPS:
        if (root / folder).is_dir():
            return folder
    raise InputError(f"There is no folder of clips in {root}: unpack them into data/clips.")


# ---------------------------------------------------------------- captions


def _captioned(table: Path) -> Path:
    """The list with captions that stands beside one without."""
    single, fold = table.parents[2], table.parent.name
    return single / "with_caption" / fold / table.name


def _captions(table: Path) -> dict[str, str]:
    """English description by clip; lines of another form have none."""
    if not table.is_file():
        return {}
    found: dict[str, str] = {}
    for line in table.read_bytes().splitlines():
        fields = line.split(b"\t")
        if len(fields) >= 4 and (text := _text(fields[3])):
            found[_text(fields[0])] = text
    return found


def _text(field: bytes) -> str:
    try:
        text = field.decode("utf-8-sig")
    except UnicodeDecodeError:  # written on a Chinese Windows
        text = field.decode("gb18030", errors="replace")
    return text.strip().removeprefix("<br>").strip()
