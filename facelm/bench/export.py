"""Writing questions in FaceXBench's format, to a folder that `facexbench:DIR` reads back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from facelm._io import sha256, write_bytes, write_json
from facelm.bench.parse import letters_of
from facelm.types import Question, Refused

_SIGNATURES = ((b"\xff\xd8", ".jpg"), (b"RIFF", ".webp"))


def write_facexbench(questions: Iterable[Question | Refused], out: Path | str) -> dict[str, int]:
    """Write questions as FaceXBench files, one per task and number of pictures.

    Pictures stand once each in `images/`, bytes untouched, named by their hash. Besides the
    published fields a question keeps its `groups`, so that accuracy by group survives, and one
    about a clip says so (`clip`).

    Args:
        questions: what a suite gave; `Refused` are passed over.
        out: the folder, made if need be.

    Returns:
        File name to number of questions in it.

    Raises:
        FacelmError: the folder cannot be written.
    """
    folder = Path(out)
    files: dict[str, dict[str, Any]] = {}
    number: dict[str, int] = defaultdict(int)
    for question in questions:
        if isinstance(question, Question):
            name = _file_name(question, files)
            number[name] += 1
            paths = [_picture(picture, folder) for picture in question.images]
            data = files.setdefault(name, _head(question))
            data["questions"][str(number[name])] = _entry(question, paths)
    for name, data in files.items():
        write_json(folder / name, data)
    return dict(number)


def _head(question: Question) -> dict[str, Any]:
    context = {"context": question.context} if question.context else {}
    return {
        "category": question.category,
        "sub-category": question.task,
        "dataset": question.dataset,
        "question_type": "MCQ",
        "num_images": "single" if len(question.images) == 1 else "multiple",
        "prepend_text": "",
        "postpend_text": question.postpend,
        **context,
        "questions": {},
    }


def _entry(question: Question, paths: list[str]) -> dict[str, Any]:
    answer = question.options[letters_of(question.options).index(question.answer)]
    return {
        "image_paths": paths,
        "question_text": question.text,
        "options": list(question.options),
        "correct_answer_option": question.answer,
        "answer": answer,
        "groups": question.groups,
        **({"clip": True} if question.clip else {}),
    }


def _file_name(question: Question, files: dict[str, dict[str, Any]]) -> str:
    """One file per head; a number is added where two heads would share a name."""
    head = {key: value for key, value in _head(question).items() if key != "questions"}
    stem = f"{question.dataset or 'questions'}_{head['num_images']}_mcq_{question.task}"
    stem = "".join(c if c.isalnum() or c in "-+_" else "_" for c in stem)
    name, again = f"{stem}.json", 1
    while name in files and any(files[name][key] != value for key, value in head.items()):
        again += 1
        name = f"{stem}_{again}.json"
    return name


def _picture(data: bytes, folder: Path) -> str:
    suffix = next((end for start, end in _SIGNATURES if data.startswith(start)), ".png")
    place = Path("images") / f"{sha256(data)[:32]}{suffix}"
    if not (folder / place).exists():
        write_bytes(folder / place, data)
    return place.as_posix()
