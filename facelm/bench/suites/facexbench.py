"""`facexbench:DIR`: any folder of question files in FaceXBench's format (arXiv 2501.10360).

The zero-shot protocol: pictures in order, then one text; the task description (`prepend_text`) is
left out, the tools questions' `context` is not. Files may differ from each other the way the
published ones do: options and answers may be numbers, an answer may be no option's text (only the
letter counts), pictures may lie where the file says or in `images/FILE/question_N.png`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from facelm._io import sha256
from facelm.bench.parse import letters_of
from facelm.errors import InputError
from facelm.types import Question, Refused

_MOST_OPTIONS = 26
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


class FaceXBench:
    """Questions from the JSON files of one folder, file by file."""

    name = "facexbench"

    def __init__(self, place: str = "") -> None:
        """Find the question files.

        Args:
            place: the folder with the JSON files and `images/`, or the one above it, `benchmark/`
                being the former's name.

        Raises:
            InputError: no folder is given, or it holds no JSON file.
        """
        if not place:
            raise InputError(
                "The suite 'facexbench' needs a place: give `facexbench:DIR`, the folder with its "
                "JSON files."
            )
        root = Path(place).expanduser()
        folders = [folder for folder in (root, root / "benchmark") if any(folder.glob("*.json"))]
        if not folders:
            raise InputError(
                f"There is no JSON file in {root}: give the folder with FaceXBench's question "
                "files and its images beside them."
            )
        self._root = folders[0]

    def splits(self) -> tuple[str, ...]:
        """None: the folder is one test set."""
        return ()

    def questions(self, split: str | None = None, seed: int = 0) -> Iterator[Question | Refused]:
        """All questions, in the order of the files' names; `seed` changes nothing.

        Files and questions that cannot be used come as `Refused`, missing pictures by name.

        Raises:
            InputError: a split is asked for.
        """
        if split is not None:
            raise InputError(
                f"The suite 'facexbench' has no split '{split}': leave --split out, the whole "
                "folder is one test set."
            )
        for path in sorted(self._root.glob("*.json")):
            yield from self._file(path)

    def _file(self, path: Path) -> Iterator[Question | Refused]:
        try:
            data = json.loads(path.read_bytes())
        except (OSError, ValueError):
            yield Refused(path.stem, f"{path.name} is not a JSON file")
            return
        questions = data.get("questions") if isinstance(data, dict) else None
        if not isinstance(questions, dict):
            yield Refused(path.stem, f"{path.name} has no 'questions' by number")
            return
        for key, entry in questions.items():
            yield self._question(path.stem, key, entry, data)

    def _question(
        self, stem: str, key: str, entry: Any, data: dict[str, Any]
    ) -> Question | Refused:
        name = f"{stem}/{key}"
        try:
            options = tuple(str(option) for option in entry["options"])
            answer, text = entry["correct_answer_option"], str(entry["question_text"])
            pictures = self._pictures(stem, key, entry.get("image_paths") or [])
        except (KeyError, TypeError, AttributeError) as error:
            return Refused(name, f"the question lacks a field or has the wrong shape: {error}")
        except _AbsentError as error:
            return Refused(name, str(error))
        if not 2 <= len(options) <= _MOST_OPTIONS:
            return Refused(name, f"it has {len(options)} options, not 2 to {_MOST_OPTIONS}")
        if answer not in letters_of(options):
            return Refused(name, f"the answer '{answer}' is none of its {len(options)} letters")
        return Question(
            id=name,
            task=str(data.get("sub-category", "unknown")),
            text=text,
            options=options,
            answer=answer,
            images=pictures,
            category=str(data.get("category", "unknown")),
            dataset=str(data.get("dataset", "unknown")),
            groups=_groups(entry, data),
            image_ids=tuple(sha256(picture) for picture in pictures),
            postpend=str(data.get("postpend_text") or ""),
            context=str(data.get("context") or ""),
            clip=entry.get("clip") is True,
        )

    def _pictures(self, stem: str, key: str, paths: list[Any]) -> tuple[bytes, ...]:
        if not paths:
            return (_black(),)
        return tuple(
            self._picture(str(path), f"{stem}/question_{key}", place if len(paths) > 1 else 0)
            for place, path in enumerate(paths, start=1)
        )

    def _picture(self, named: str, usual: str, place: int) -> bytes:
        """The picture where the file says, else where the published folder keeps it."""
        number = f"_{place}" if place else ""
        spare = [self._root / "images" / f"{usual}{number}{suffix}" for suffix in _SUFFIXES]
        for path in (self._root / named, *spare):
            if path.resolve().is_relative_to(self._root.resolve()) and path.is_file():
                return path.read_bytes()
        raise _AbsentError(f"the picture {named} is missing")


class _AbsentError(Exception):
    """A picture is not there."""


def _groups(entry: dict[str, Any], data: dict[str, Any]) -> dict[str, str]:
    """What the benchmark itself reports by, and the labels of questions that we wrote."""
    stated = {
        "category": data.get("category"),
        "dataset": data.get("dataset"),
        "images": data.get("num_images"),
    }
    labels = entry.get("groups")
    if isinstance(labels, dict):
        stated |= labels
    return {label: str(value) for label, value in stated.items() if value is not None}


@cache
def _black() -> bytes:
    """The picture of a question without one, as the published tools questions have it."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (224, 224)).save(buffer, "PNG")
    return buffer.getvalue()
