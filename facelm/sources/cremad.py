"""CREMA-D (Cao et al., IEEE TAFFC 2014): 91 actors say 12 sentences in six emotions, on film.

Read as its repository publishes it::

    CREMA-D/
      VideoFlash/1001_DFA_ANG_XX.flv …       actor, sentence, emotion, level: the name is the label
      VideoDemographics.csv                  optional: ActorID, Age, Sex, Race, Ethnicity
      processedResults/summaryTable.csv      optional: FileName, VoiceVote, FaceVote, …

`expression` is the emotion that the actor was asked for. `perceived_expression` is what most raters
saw in the face without sound (FaceVote); where two emotions tie, as in `A:F`, there is none. The
human raters saw the asked-for emotion in 58 % of the faces. `intensity` is the level asked for; for
most sentences (XX, or X in one file's name) none was. Age, gender (the table's Sex), race and
ethnicity are the actors' own; one actor's race is Unknown, which is no label. So these are facts
about a recording and impressions of it, not what a person felt.

There is no official split: actors are drawn into train, val and test, so nobody is in two of them.
The repository keeps its videos in Git LFS; without `git lfs pull` they are notes of 130 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from facelm.errors import InputError
from facelm.sources._dataset import Dataset, judged
from facelm.sources._media import File
from facelm.sources._splits import SPLITS, split_of
from facelm.sources._tables import csv_columns, csv_rows
from facelm.types import About, Labels, Refused, Row

EXPRESSIONS = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad")
INTENSITIES = ("Low", "Medium", "High")
VOCABULARY: dict[str, tuple[str, ...]] = {
    "expression": EXPRESSIONS,
    "perceived_expression": EXPRESSIONS,
    "intensity": INTENSITIES,
    "gender": ("Male", "Female"),
    "race": ("African American", "Asian", "Caucasian"),
    "ethnicity": ("Hispanic", "Not Hispanic"),
}
ABOUT = About(
    title="CREMA-D",
    tasks=("expression", "age", "gender", "race"),
    media="clips",
    paper="Cao et al., IEEE Transactions on Affective Computing 5(4), 2014, "
    "DOI 10.1109/TAFFC.2014.2336244",
    licence="Open Database License 1.0; contents: Database Contents License 1.0",
    terms="Name the dataset, and share what is derived from the database under the same licence.",
    third_party="allowed",
    redistribute=True,
    stated_at="https://cheyneycomputerscience.github.io/CREMA-D",
    ask_at="https://github.com/CheyneyComputerScience/CREMA-D",
    layout=(
        "VideoFlash/1001_DFA_ANG_XX.flv … (actor_sentence_emotion_level)\n"
        "VideoDemographics.csv (optional)\n"
        "processedResults/summaryTable.csv (optional)\n"
        "no official split: train, val and test are drawn by actor"
    ),
    read_from=(
        "GitHub CheyneyComputerScience/CREMA-D: docs/README.md, VideoDemographics.csv, "
        "data/InfoAndStats/processedResults/summaryTable.csv, the list of VideoFlash/",
        "GitHub tensorflow/datasets: tensorflow_datasets/audio/crema_d.py (sound only)",
    ),
    published={"": 7442},
    unverified=(
        "No clip was decoded; that `av` reads the Flash videos was tried on videos of its own.",
        "The one file with the level X has that name among the sounds; among the videos it may "
        "have XX.",
    ),
)

_TOPS = ("", "CREMA-D")
_CLIPS = "VideoFlash"
_NAME = re.compile(r"(\d{4})_([A-Z]{3})_([A-Z]{3})_(LO|MD|HI|XX?)\.flv", re.IGNORECASE)
_EMOTIONS = dict(zip(("ANG", "DIS", "FEA", "HAP", "NEU", "SAD"), EXPRESSIONS, strict=True))
_VOTES = dict(zip("ADFHNS", EXPRESSIONS, strict=True))
_LEVELS = dict(zip(("LO", "MD", "HI"), INTENSITIES, strict=True))
_ACTOR_COLUMNS = {"Sex": "gender", "Race": "race", "Ethnicity": "ethnicity"}


class CremaD(Dataset):
    """CREMA-D's videos, split by actor."""

    name = "cremad"
    about = ABOUT
    vocabulary = VOCABULARY

    def __init__(self, path: Path) -> None:
        """List the clips and read the two tables that are there.

        Args:
            path: the repository's folder.

        Raises:
            InputError: there is no clip, only its note for Git LFS, or a table lacks a column.
        """
        self._root, self._names = _videos(path)
        self._actors = _actors(self._root / "VideoDemographics.csv")
        self._seen = _face_votes(self._root / "processedResults" / "summaryTable.csv")

    def splits(self) -> tuple[str, ...]:
        """Those of train, val and test that any clip is in."""
        found = {_split(name) for name in self._names}
        return tuple(name for name in SPLITS if name in found)

    def _listed(self, split: str) -> Iterator[Row | Refused]:
        for name in self._names:
            if _split(name) == split:
                yield self._row(name, split)

    def _row(self, name: str, split: str) -> Row | Refused:
        match = _NAME.fullmatch(name)
        row_id = name[: -len(".flv")]
        if not match:
            return Refused(
                row_id, f"{name} is not named like 1001_DFA_ANG_XX.flv: rename it or take it out"
            )
        actor, sentence, emotion, level = (part.upper() for part in match.groups())
        labels: Labels = {"expression": _EMOTIONS.get(emotion, emotion)}
        if level in _LEVELS:
            labels["intensity"] = _LEVELS[level]
        level = "XX" if level == "X" else level
        if seen := self._seen.get(f"{actor}_{sentence}_{emotion}_{level}"):
            labels["perceived_expression"] = seen
        labels.update(self._actors.get(actor, {}))
        refused = judged(row_id, labels, self.vocabulary) or _unaged(row_id, labels)
        return refused or Row(
            row_id, split, File(self._root, f"{_CLIPS}/{name}", "clip"), labels, subject=actor
        )


def _split(name: str) -> str:
    """By the actor's number; a name without one stands for itself."""
    return split_of(name.partition("_")[0])


def _unaged(row_id: str, labels: Labels) -> Refused | None:
    age = labels.get("age", 0)
    if isinstance(age, int):
        return None
    return Refused(row_id, f"the age '{age}' is no number: correct it in VideoDemographics.csv")


def _videos(path: Path) -> tuple[Path, list[str]]:
    """The dataset's own top folder, and the clips' names in order."""
    for root in (path / top for top in _TOPS):
        if (root / _CLIPS).is_dir():
            files = (root / _CLIPS).iterdir()
            names = sorted(file.name for file in files if _is_clip(file))
            if names:
                _check_pulled(root / _CLIPS / names[0])
                return root, names
    raise InputError(f"{path} is not CREMA-D: give the folder with {_CLIPS}/1001_DFA_ANG_XX.flv.")


def _is_clip(file: Path) -> bool:
    return file.suffix.lower() == ".flv" and not file.name.startswith(".")


def _check_pulled(clip: Path) -> None:
    with clip.open("rb") as file:
        if file.read(24).startswith(b"version https://git-lfs"):
            raise InputError(
                f"{clip} is Git LFS's note, not the video: run `git lfs pull` in the repository."
            )


def _actors(table: Path) -> dict[str, Labels]:
    """Labels of each actor by number; empty without the table."""
    if not table.is_file():
        return {}
    _check_columns(table, {"ActorID", "Age", *_ACTOR_COLUMNS})
    return {cells["ActorID"]: _actor(cells) for cells in csv_rows(table)}


def _actor(cells: dict[str, str]) -> Labels:
    labels: Labels = {
        label: cells[column]
        for column, label in _ACTOR_COLUMNS.items()
        if cells[column] not in ("", "Unknown", "Unspecified")
    }
    if age := cells["Age"]:
        labels["age"] = int(age) if age.isdecimal() and len(age) < 4 else age
    return labels


def _face_votes(table: Path) -> dict[str, str]:
    """What most raters saw in the face by clip; ties are no vote. Empty without the table."""
    if not table.is_file():
        return {}
    _check_columns(table, {"FileName", "FaceVote"})
    return {
        cells["FileName"]: _VOTES.get(cells["FaceVote"], cells["FaceVote"])
        for cells in csv_rows(table)
        if cells["FaceVote"] and ":" not in cells["FaceVote"]
    }


def _check_columns(table: Path, wanted: set[str]) -> None:
    if missing := wanted - set(csv_columns(table)):
        raise InputError(
            f"{table} has no column {', '.join(sorted(missing))}: get a fresh copy of it from the "
            "repository."
        )
