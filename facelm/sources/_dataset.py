"""What every dataset with a published layout shares: rows counted, rows turned into faces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from facelm._video import frames_png
from facelm.errors import InputError, PictureError, choose
from facelm.sources._media import Frame, Held, path_of
from facelm.sources._splits import hidden
from facelm.types import About, Face, Refused, Row


class Dataset(ABC):
    """A `facelm.types.Source` that only has to list its rows."""

    name: str
    about: About
    vocabulary: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - a class's constant

    @abstractmethod
    def __init__(self, path: Path) -> None:
        """Find the layout; label files are read, pixels are not.

        Raises:
            InputError: the layout is not there.
        """

    @abstractmethod
    def splits(self) -> tuple[str, ...]:
        """Names of the splits that are there; empty without splits."""

    @abstractmethod
    def _listed(self, split: str) -> Iterator[Row | Refused]:
        """Rows of one split ("" where there are none), in the label file's order."""

    def rows(self, split: str | None = None) -> Iterator[Row | Refused]:
        """Rows of one split (None: all), in a stable order; no pixel is read.

        Raises:
            InputError: there is no such split, or a label file is damaged.
        """
        for name in self._chosen(split):
            yield from map(written, self._listed(name))

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: all), unusable ones included."""
        return sum(1 for _ in self.rows(split))

    def faces(self, split: str | None = None) -> Iterator[Face | Refused]:
        """The same rows with their pixels; of a clip the middle frame.

        Raises:
            InputError: there is no such split, or a label file is damaged.
        """
        return self.with_pixels(self.rows(split))

    def with_pixels(self, rows: Iterable[Row | Refused]) -> Iterator[Face | Refused]:
        """Some of the rows with their pixels; frames of one video are decoded in one pass."""
        for video, group in groupby(rows, _video_of):
            for row in group if video is None else _decoded(list(group)):
                yield row if isinstance(row, Refused) else self._face(row)

    def _face(self, row: Row) -> Face | Refused:
        try:
            image = row.media.read()
        except PictureError as error:
            return Refused(row.id, str(error))
        except OSError as error:
            reason = f"{row.media.place} cannot be read ({error.strerror}): check it"
            return Refused(row.id, reason)
        return Face(
            row.id, image, row.labels, self.name, row.split, self.about.licence,
            cropped=self.about.cropped, landmarks=row.landmarks,
            file=path_of(row.media) if row.media.kind == "picture" else None,
            subject=hidden(self.name, row.subject),
        )  # fmt: skip

    def _chosen(self, split: str | None) -> tuple[str, ...]:
        if split is None:
            return self.splits() or ("",)
        if not self.splits():
            raise InputError(f"This copy of {self.name} has no splits: leave --split out.")
        return (choose(f"split of {self.name}", split, self.splits()),)


def written(row: Row | Refused) -> Row | Refused:
    """The row; refused where its name or a label cannot be written down as text.

    Files unpacked from old archives have names, and tables from the Web have characters, that are
    no UTF-8. Python carries them along, and no file, hash or terminal takes them.
    """
    if isinstance(row, Refused):
        return Refused(printable(row.id), printable(row.reason))
    words = [value for value in row.labels.values() if isinstance(value, str)]
    if _is_text("".join((row.id, row.media.place, *row.labels, *words))):  # all of it at once
        return row
    if not (_is_text(row.id) and _is_text(row.media.place)):
        return Refused(printable(row.id), "the name of its file is not in UTF-8: rename it")
    name = next(name for name, value in row.labels.items() if not _is_text(f"{name}{value}"))
    reason = f"the {printable(name)} is no text in UTF-8: correct it or take the row out"
    return Refused(row.id, reason)


def printable(text: str) -> str:
    """The text with what is no UTF-8 written as `\\udce9`."""
    return text if _is_text(text) else text.encode(errors="backslashreplace").decode()


def _is_text(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _video_of(row: Row | Refused) -> Path | None:
    """The video that a row is a frame of."""
    media = row.media if isinstance(row, Row) else None
    return media.root / media.video if isinstance(media, Frame) else None


def _decoded(rows: list[Any]) -> Iterator[Row | Refused]:
    """Rows that are frames of one video, in the order of time, each with its pixels."""
    rows = sorted(rows, key=lambda row: int(row.media.index))
    media: Frame = rows[0].media
    if reason := media.missing():
        yield from (Refused(row.id, reason) for row in rows)
        return
    waiting = {row.media.index: row for row in rows}
    try:
        for index, png in frames_png(media.root / media.video, waiting, media.video):
            row = waiting.pop(index)
            yield replace(row, media=Held(row.media.place, png))
    except PictureError as error:
        yield from (Refused(row.id, str(error)) for row in waiting.values())
        return
    for row in waiting.values():
        yield Refused(row.id, f"{media.video} has no frame {row.media.index}: take the row out")


def judged(
    row_id: str, labels: Mapping[str, Any], vocabulary: dict[str, tuple[str, ...]]
) -> Refused | None:
    """Refuse a row whose label is not among the dataset's words; absent labels are well."""
    for label, words in vocabulary.items():
        if label in labels and labels[label] not in words:
            return Refused(
                row_id,
                f"the {label} '{labels[label]}' is not one of {', '.join(words)}: correct it or "
                "take the row out",
            )
    return None
