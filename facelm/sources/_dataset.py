"""What every dataset with a published layout shares: rows counted, rows turned into faces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from facelm.errors import PictureError, choose
from facelm.types import About, Face, Refused, Row


class Dataset(ABC):
    """A `facelm.types.Source` that only has to list its rows."""

    name: str
    about: About
    vocabulary: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - a class's constant

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
            yield from self._listed(name)

    def count(self, split: str | None = None) -> int:
        """Rows of one split (None: all), unusable ones included."""
        return sum(1 for _ in self.rows(split))

    def faces(self, split: str | None = None) -> Iterator[Face | Refused]:
        """The same rows with their pixels; clips give their middle frame and themselves.

        Raises:
            InputError: there is no such split, or a label file is damaged.
        """
        for row in self._with_pixels(split):
            yield row if isinstance(row, Refused) else self._face(row)

    def _with_pixels(self, split: str | None) -> Iterator[Row | Refused]:
        """The same rows, for those who can read pixels together cheaper than one by one."""
        return self.rows(split)

    def _face(self, row: Row) -> Face | Refused:
        try:
            image = row.media.read()
        except PictureError as error:
            return Refused(row.id, str(error))
        return Face(
            row.id, image, row.labels, self.name, row.split, self.about.licence,
            cropped=self.about.cropped, landmarks=row.landmarks,
        )  # fmt: skip

    def _chosen(self, split: str | None) -> tuple[str, ...]:
        if split is None:
            return self.splits() or ("",)
        return (choose(f"split of {self.name}", split, self.splits()),)


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
