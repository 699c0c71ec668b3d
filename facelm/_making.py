"""What `annotate` and `convert` share: a source's rows by number, and what a run amounts to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm.errors import InputError
from facelm.types import Refused, Row, Source

if TYPE_CHECKING:
    from facelm.corpus import CorpusWriter

Numbered = tuple[int, Row | Refused]


def at_least_one(**values: int | None) -> None:
    """Refuse counts of nothing.

    Raises:
        InputError: a value is below 1.
    """
    for name, value in values.items():
        if value is not None and value < 1:
            raise InputError(f"{name} cannot be {value}: give 1 or more, or leave it out.")


def place_of(source: str) -> str:
    """The path as the user gave it, tidied, so that the same data is told from other data."""
    place = source.partition(":")[2]
    return os.path.normpath(place) if place else ""


def root_of(source: str) -> Path:
    """The dataset's folder; of a source that is a file, such as a CSV, the folder it lies in."""
    place = Path(place_of(source)).expanduser()
    return place.parent if place.is_file() else place


def below(file: Path | None, root: Path) -> str:
    """The path of a dataset's file below the dataset's folder; "" for what is no file there."""
    if file is None:
        return ""
    file = Path(os.path.normpath(file))
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else ""


def shards(
    data: Source, split: str | None, limit: int | None, writer: CorpusWriter
) -> Iterator[list[Numbered]]:
    """The rows of one split that are this writer's, with their numbers, a shard at a time."""
    rows = islice(enumerate(_once(data.rows(split))), limit)
    mine = (one for one in rows if writer.mine(one[0]))
    for _, group in groupby(mine, lambda one: writer.shard_of(one[0])):
        yield list(group)


def _once(rows: Iterable[Row | Refused]) -> Iterator[Row | Refused]:
    """The folds of some datasets (DFEW, MAFW) hold the same clips, under an id for each fold."""
    seen: set[str] = set()
    for row in rows:
        place = row.media.place if isinstance(row, Row) else ""
        again = place in seen
        yield Refused(row.id, "another split has it too: give one with --split") if again else row
        if place:
            seen.add(place)


def require_some(writer: CorpusWriter, source: str) -> None:
    """Refuse a source of which nothing could be used.

    Raises:
        InputError: there is no row, or none that was not refused.
    """
    if writer.done:
        return
    if not writer.refused:
        raise InputError(f"{source} has no rows: give another source or split.")
    raise InputError(
        f"None of the {len(writer.refused):,} rows of {source} could be used, the first because "
        f"{writer.refused[0].reason.rstrip('.')}."
    )


def summary(manifest: dict[str, Any] | None, writer: CorpusWriter) -> dict[str, Any]:
    """Counts of a corpus; while other parts are missing, what this one refused."""
    if manifest is None:
        return {"complete": False, "refused": [asdict(one) for one in writer.refused]}
    counts = manifest["counts"]
    return {
        "complete": True,
        "faces": counts["conversations"] + counts["refused"],
        "conversations": counts["conversations"],
        "pictures": counts["pictures"],
        "turns": counts["turns"],
        "refused": manifest["refused"],
    }


def refuse(writer: CorpusWriter, number: int, refused: Refused, strict: bool) -> None:
    """Note a row that cannot be used.

    Raises:
        InputError: `strict` is asked for.
    """
    if strict:
        raise InputError(f"{refused.id}: {refused.reason.rstrip('.')}; --strict ends at the first.")
    writer.refuse(number, refused)


def row_count(data: Source, split: str | None, limit: int | None) -> int:
    """Rows of one split (None: all) that a run goes through."""
    there = data.count(split)
    return min(there, limit or there)


def rows_there(
    data: Source, split: str | None, limit: int | None, out: Path
) -> tuple[int, Callable[[], int]]:
    """Rows that are to be gone through, and a look at how many are in a corpus's whole shards."""
    from facelm.corpus import SHARD_ROWS

    rows = row_count(data, split, limit)
    return rows, lambda: min(rows, len(list(out.glob("conversations-*.parquet"))) * SHARD_ROWS)
