"""The folder of ready faces: what is finished stays, a run that was cut off goes on.

    crops/…           the input's tree; .jpg for pictures, .mp4 for clips
    landmarks/…       the same tree; a crop's name with .npy behind it
    records.json      one record a crop, in the order of the input's paths
    manifest.json     settings, counts, what was refused and why

While a run lasts, what it finishes goes into a journal, one line each, after its files are in
place. Small files are not waited for until the disk has them, so the journal notes how long they
are, and a file that is shorter after a power cut is made again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from facelm._io import disk_errors, hold, let_go, own_version, write_json, write_text
from facelm.errors import InputError
from facelm.types import Refused

FORMAT = 1
RECORDS, MANIFEST = "records.json", "manifest.json"
JOURNAL = "journal.jsonl"
CROPS, LANDMARKS = "crops", "landmarks"
Record = dict[str, Any]


class Store:
    """Adds ready faces to a folder, new or cut off. One at a time; use it in a `with` block."""

    done: dict[str, Record]
    """Records of what is finished, by id."""

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        """Open a folder or start one.

        Raises:
            InputError: the folder holds something else or was made with other settings, or
                another process is writing there.
            FacelmError: the folder cannot be written.
        """
        self.path = path
        self._settings = settings
        self._refuse_to_mix()
        self._lock = hold(path)
        try:
            self._drop_leftovers()
            self.done = self._finished()
            # From here on the folder says whose it is and that more is to come.
            write_json(path / MANIFEST, self._manifest(complete=False))
            with disk_errors(path):
                self._journal = _appending(path / JOURNAL)
        except BaseException:
            let_go(self._lock)
            raise

    def add(self, record: Record) -> None:
        """Note that a record's files are in place.

        Raises:
            FacelmError: the disk is full.
        """
        line = {"record": record, "bytes": [file.stat().st_size for file in self._files(record)]}
        with disk_errors(self.path / JOURNAL):
            self._journal.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._journal.flush()
        self.done[record["id"]] = record

    def finish(self, refused: list[Refused], missing: dict[str, float]) -> dict[str, Any]:
        """Write records and manifest.

        Args:
            refused: what cannot be used, and why.
            missing: share of frames without the face, by id, of clips that were dropped for it.

        Returns:
            The manifest.

        Raises:
            FacelmError: the disk is full.
        """
        records = [self.done[name] for name in sorted(self.done)]
        shares = {r["id"]: share(r) for r in records if "video" in r} | missing
        manifest = self._manifest(complete=True) | {
            "counts": _counts(records) | {"refused": len(refused), "dropped": len(missing)},
            "missing": dict(sorted(shares.items())),
            "refused": [{"id": one.id, "reason": one.reason} for one in refused],
        }
        lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records)
        if self._journal.tell():
            os.sync()  # the crops: nobody waited for them
        write_text(self.path / RECORDS, f"[\n{lines}\n]\n" if lines else "[]\n")
        write_json(self.path / MANIFEST, manifest)
        (self.path / JOURNAL).unlink()
        return manifest

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._journal.close()
        let_go(self._lock)

    def _finished(self) -> dict[str, Record]:
        done = {one["id"]: one for one in _records(self.path / RECORDS) if self._whole(one)}
        for line in _lines(self.path / JOURNAL):
            if self._whole(line["record"], line["bytes"]):
                done[line["record"]["id"]] = line["record"]
        return done

    def _manifest(self, complete: bool) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "facelm": own_version(),
            "complete": complete,
            "settings": self._settings,
        }

    def _refuse_to_mix(self) -> None:
        with disk_errors(self.path):
            names = os.listdir(self.path) if self.path.exists() else []
        if MANIFEST not in names:
            if any(not name.startswith(".") for name in names):
                raise InputError(
                    f"{self.path} is not empty and holds no ready faces: choose another folder "
                    "with -o."
                )
            return
        made = _manifest_in(self.path / MANIFEST)
        for name, given in self._settings.items():
            if made.get(name) != given:
                raise InputError(
                    f"{self.path} was made with {name} {made.get(name)!r}, not {given!r}: choose "
                    "another folder with -o."
                )

    def _drop_leftovers(self) -> None:
        """Remove the temporary files of a run that was killed."""
        for top in (self.path / CROPS, self.path / LANDMARKS):
            for folder, _, files in os.walk(top):
                for name in files:
                    if name.startswith("."):
                        Path(folder, name).unlink()

    def _files(self, record: Record) -> tuple[Path, Path]:
        crop = record["image"] if "image" in record else record["video"]
        return self.path / crop, self.path / record["landmarks_2d"]

    def _whole(self, record: Record, sizes: Iterable[int] | None = None) -> bool:
        """Whether a record's files are there, and as long as they were."""
        try:
            there = [file.stat().st_size for file in self._files(record)]
        except OSError:
            return False
        return sizes is None or there == list(sizes)


def share(record: Record) -> float:
    """Share of a clip's frames in which the face was not seen."""
    return round(len(record["interpolated"]) / int(record["frames"]), 4)


def _counts(records: list[Record]) -> dict[str, int]:
    clips = [record for record in records if "video" in record]
    return {
        "pictures": len(records) - len(clips),
        "clips": len(clips),
        "frames": sum(clip["frames"] for clip in clips),
        "interpolated": sum(len(clip["interpolated"]) for clip in clips),
    }


def _appending(path: Path) -> IO[str]:
    """A journal opened for more lines; half a line at its end is cut off first."""
    with path.open("a+b") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
    return path.open("a", encoding="utf-8")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The journal's whole lines."""
    if path.is_file():
        for line in path.read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                yield json.loads(line)


def _records(path: Path) -> list[Record]:
    if not path.is_file():
        return []
    try:
        records = json.loads(path.read_text("utf-8"))
        if all(_usable(one) for one in records):
            return list(records)
    except (ValueError, TypeError):
        pass
    raise InputError(f"{path} is damaged: restore it, or remove it to have the faces made again.")


def _usable(record: Record) -> bool:
    """Whether a record says what was written; trainers may have added to it."""
    clip = ("video", "frames", "interpolated") if "video" in record else ("image",)
    return all(name in record for name in ("id", "landmarks_2d", *clip))


def _manifest_in(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8"))["settings"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"{path} does not tell how the faces were made: choose another folder with -o."
        ) from error
