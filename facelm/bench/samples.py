"""The record of a run while it runs: one JSON line per finished question, kept through a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from facelm._io import disk_errors, write_text
from facelm.errors import InputError

PARTIAL = "samples.partial.jsonl"
SAMPLES = "samples.jsonl"

Sample = dict[str, Any]


class Samples:
    """Finished questions in `samples.partial.jsonl`, written out as `samples.jsonl` at the end.

    The first line says which run the file belongs to. A line that a crash cut off is not counted.
    """

    def __init__(self, folder: Path, header: dict[str, Any]) -> None:
        """Take up the partial file of the same run, or begin a new one.

        Args:
            folder: the result's folder, made if need be.
            header: what a run must agree in to be continued.

        Raises:
            FacelmError: the folder cannot be written.
        """
        self._folder, self._path, self._header = folder, folder / PARTIAL, header
        lines = _lines(self._path)
        kept = lines[1:] if lines[:1] == [header] else []
        self._begin({line["id"]: line for line in kept})

    def restart(self) -> None:
        """Forget what is there."""
        self._begin({})

    def _begin(self, done: dict[str, Sample]) -> None:
        """Write the file anew: what is added later must not stick to a line that was cut off."""
        self.done = done
        write_text(self._path, _json_lines([self._header, *done.values()]))

    def append(self, samples: Iterable[Sample]) -> None:
        """Add finished questions, at once on disk."""
        new = list(samples)
        with disk_errors(self._path), self._path.open("a", encoding="utf-8") as file:
            file.write(_json_lines(new))
            file.flush()
            os.fsync(file.fileno())
        self.done |= {sample["id"]: sample for sample in new}

    def write(self, order: Iterable[str]) -> None:
        """Write `samples.jsonl`, in the given order."""
        write_text(self._folder / SAMPLES, _json_lines(self.done[name] for name in order))

    def discard(self) -> None:
        """Remove the partial file: the run is finished."""
        self._path.unlink(missing_ok=True)


def read_samples(folder: Path) -> list[Sample]:
    """The samples of a finished run.

    Raises:
        InputError: there is no finished run in the folder.
    """
    if not (folder / SAMPLES).is_file():
        raise InputError(
            f"There is no finished benchmark in {folder}: give a folder that `facelm bench -o` "
            "has written."
        )
    return _lines(folder / SAMPLES)


def _json_lines(values: Iterable[Any]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _lines(path: Path) -> list[Any]:
    """JSON lines up to the first that is not whole; none without a file."""
    found: list[Any] = []
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return found
    for line in text.split("\n"):  # a reply may hold other line separators
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found
