"""`facelm convert`: labels into conversations, without a teacher and without finding faces.

What is asked of a row depends on the seed, the row's id and the dataset's counts alone, and a
corpus is written in shards of rows, so one process, several, or a cluster write the same files.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._io import progress, sha256
from facelm._making import Numbered, at_least_one, below, place_of, shards, summary
from facelm.errors import InputError, PictureError
from facelm.types import Conversation, Face, Picture, Refused, Row, Source, Turn

if TYPE_CHECKING:
    from facelm.corpus import CorpusWriter, Part
    from facelm.teach.labelled import LabelStyle

FRAMES = 8
CLIP_SHARD = 64
"""Rows a shard where every row is a clip: eight pictures each."""
_FEW = 2000


@dataclass(frozen=True)
class Job:
    """One conversion; all that a worker needs to know."""

    source: str
    out: Path
    tasks: tuple[str, ...]
    split: str | None
    limit: int | None
    seed: int
    strict: bool


def convert(
    source: str,
    out: Path | str,
    *,
    tasks: Iterable[str] | None = None,
    split: str | None = None,
    limit: int | None = None,
    seed: int = 0,
    strict: bool = False,
    workers: int | None = None,
    shard: str | None = None,
) -> dict[str, Any]:
    """Turn a dataset's labels into questions and answers.

    Args:
        source: `NAME[:PATH]`, for example `rafdb:data/rafdb`.
        out: the corpus's folder.
        tasks: of `facelm.teach.labelled.LABEL_STYLES`, or paths of such files; None takes all
            that the dataset has labels for.
        split: one split of the source; None takes all.
        limit: look at the first rows of the source only.
        seed: of wordings, options, and of what is compared with what.
        strict: the first row that cannot be used ends the run.
        workers: processes; None takes one for each core, or one for few rows. Started from a
            script of your own, more than one needs the usual `if __name__ == "__main__":`.
        shard: `i/n`, see `facelm.annotate.annotate`.

    Returns:
        As `facelm.annotate.annotate`, with `tasks` and without `new`.

    Raises:
        InputError: an unknown name, a corpus made otherwise, no row that could be used; with
            `strict` any row that could not.
        FacelmError: the disk is full; run again to go on.
    """
    from facelm.corpus import Part
    from facelm.sources import open_source

    started = time.monotonic()
    at_least_one(limit=limit, workers=workers)
    data = open_source(source)
    rows = min(data.count(split), limit or data.count(split))
    if not rows:
        raise InputError(f"{source} has no rows: give another source or split.")
    job = Job(source, Path(out), _tasks(tasks, data, split), split, limit, seed, strict)
    if shard is not None or workers == 1 or (workers is None and rows <= _FEW):
        result = run_part(job, Part.read(shard or "1/1"), rows)
    else:
        result = _side_by_side(job, workers or os.cpu_count() or 1, rows)
    _require_some(result, source)
    seconds = time.monotonic() - started
    return {
        "path": str(out), "tasks": list(job.tasks), **result, "faces": rows,
        "seconds": round(seconds, 2), "faces_per_s": round(rows / seconds, 1),
    }  # fmt: skip


def run_part(job: Job, part: Part, bar: int = 0) -> dict[str, Any]:
    """One part of a conversion; `bar`: rows of the whole, to show how far it is (0: silently)."""
    from facelm.corpus import CorpusWriter
    from facelm.sources import open_source
    from facelm.teach.labelled import load_label_style

    data = open_source(job.source)
    styles = [load_label_style(task) for task in job.tasks]
    asker = Asker(job, data, styles)
    with CorpusWriter(job.out, asker.about, part, keep_every=1_000_000) as writer:
        batches = shards(data, job.split, job.limit, writer)
        numbered = (one for batch in batches for one in asker.answered(batch, writer))
        shown = progress(numbered, "converting", bar // part.count) if bar else numbered
        for number, made in shown:
            if isinstance(made, Refused):
                _refuse(writer, number, made, job.strict)
            elif made:
                for pictures, conversation in made:
                    writer.add(number, pictures, conversation)
        return summary(writer.finish(), writer)


Made = list[tuple[list[Picture], Conversation]]


class Asker:
    """Makes the conversations about a dataset's rows."""

    def __init__(self, job: Job, data: Source, styles: list[LabelStyle]) -> None:
        """Go through all labels once: balance and comparisons need to know what there is."""
        self._job, self._data, self._styles = job, data, styles
        self._root = Path(place_of(job.source))
        self._surveys = [style.survey(job.seed) for style in styles]
        self._rows, self._clips = 0, 0
        self._ids: dict[str, str | None] = {}
        for row in islice(data.rows(job.split), job.limit):
            self._rows += 1
            if isinstance(row, Row):
                self._clips += row.media.kind == "clip"
                for style, survey in zip(styles, self._surveys, strict=True):
                    style.count(survey, row)
        self.about = self._about()
        """What the manifest says of the run."""

    def _about(self) -> dict[str, Any]:
        from facelm.corpus import SHARD_ROWS

        hashes = "".join(style.hash for style in self._styles)
        return {
            "source": self._data.name, "place": place_of(self._job.source),
            "split": self._job.split, "licence": self._data.about.licence,
            "style": f"labels: {', '.join(style.task for style in self._styles)}",
            "style_hash": sha256(hashes.encode()), "teacher": "labels", "seed": self._job.seed,
            "limit": self._job.limit, "rows": self._rows,
            "shard_rows": CLIP_SHARD if self._clips > self._rows // 2 else SHARD_ROWS,
        }  # fmt: skip

    def answered(
        self, rows: list[Numbered], writer: CorpusWriter
    ) -> Iterator[tuple[int, Made | Refused | None]]:
        """For each row's number what is said about it; None for one that is finished."""
        asked: dict[str, tuple[int, Row, list[Turn]]] = {}
        for number, row in rows:
            if isinstance(row, Refused):
                yield number, row
            elif row.id in writer.done:
                yield number, None
            elif turns := self._turns(row):
                asked[row.id] = (number, row, turns)
            else:
                yield number, Refused(row.id, _NOTHING)
        for row_id, pictures in self._pictures([row for _, row, _ in asked.values()]):
            number, row, turns = asked[row_id]
            if isinstance(pictures, Refused):
                yield number, pictures
            else:
                yield number, [self._single(row, pictures, turns), *self._compared(row, pictures)]

    def _turns(self, row: Row) -> list[Turn]:
        media = "video" if row.media.kind == "clip" else "picture"
        both = zip(self._styles, self._surveys, strict=True)
        key = f"{self._job.seed}/{row.id}"
        return [
            turn for style, survey in both for turn in style.turns(row.labels, survey, media, key)
        ]

    def _pictures(self, rows: list[Row]) -> Iterator[tuple[str, list[Picture] | Refused]]:
        """What the student will see of each row, in any order."""
        from facelm.sources import frames

        clips = [row for row in rows if row.media.kind == "clip"]
        for row in clips:
            try:
                shown = frames(row.media, FRAMES)
            except PictureError as error:
                yield row.id, Refused(row.id, str(error))
            else:
                yield row.id, [Picture(data, f"{row.id}#{at}") for at, data in enumerate(shown)]
        still = {row.id: row for row in rows if row.media.kind == "picture"}
        for face in self._data.with_pixels(still.values()):
            yield face.id, face if isinstance(face, Refused) else self._seen(face, still[face.id])

    def _seen(self, face: Face, row: Row) -> list[Picture] | Refused:
        """The picture as it is, or the face cut out where the dataset says where it is."""
        from facelm.faces import crop_box, inspect_picture, open_picture, to_jpeg

        try:
            if row.box and not face.cropped:
                crop = crop_box(open_picture(face.image, face.id), row.box)
                return [Picture(to_jpeg(crop), face.id)]
            inspect_picture(face.image, face.id)
        except PictureError as error:
            return Refused(face.id, str(error))
        place = below(face.file, self._root)
        return [Picture(face.image, place or face.id, place)]

    def _single(
        self, row: Row, pictures: list[Picture], turns: list[Turn]
    ) -> tuple[list[Picture], Conversation]:
        ids = tuple(sha256(picture.data) for picture in pictures)
        clip = row.media.place if row.media.kind == "clip" else ""
        return pictures, self._conversation(row, ids, tuple(turns), clip)

    def _compared(
        self, row: Row, pictures: list[Picture]
    ) -> Iterator[tuple[list[Picture], Conversation]]:
        """Questions about the row beside others, whose pictures come with rows of their own."""
        if row.media.kind == "clip":
            return
        key = f"{self._job.seed}/{row.id}"
        own = sha256(pictures[0].data)
        for style, survey in zip(self._styles, self._surveys, strict=True):
            for lineup, turn in style.comparisons(row, survey, key):
                ids = [own if one.id == row.id else self._id_of(one) for one in lineup.shown]
                if all(ids):
                    found = tuple(one for one in ids if one)
                    yield [], self._conversation(row, found, (turn,), labelled=False)

    def _id_of(self, row: Row) -> str | None:
        """Hash of the picture of one of the surveys' few; None where it cannot be used."""
        if row.id not in self._ids:
            ((_, pictures),) = self._pictures([row])
            usable = not isinstance(pictures, Refused)
            self._ids[row.id] = sha256(pictures[0].data) if usable else None  # type: ignore[index]
        return self._ids[row.id]

    def _conversation(
        self,
        row: Row,
        ids: tuple[str, ...],
        turns: tuple[Turn, ...],
        clip: str = "",
        labelled: bool = True,
    ) -> Conversation:
        about = self.about
        told = sha256(f"{about['style_hash']} {sorted(row.labels.items())}".encode())
        return Conversation(
            ids, row.id, turns, self._data.name, row.split, about["licence"], about["style"],
            "labels", told, row.labels if labelled else {}, clip=clip,
        )  # fmt: skip


_NOTHING = "no label of it belongs to the tasks: give other tasks, or label it"


def _tasks(given: Iterable[str] | None, data: Source, split: str | None) -> tuple[str, ...]:
    """The tasks asked for, or those of the dataset that its own rows have labels for."""
    from facelm.teach.labelled import LABEL_STYLES, load_label_style

    if given is not None:
        for task in (tasks := tuple(given)):
            load_label_style(task)
        return tasks
    first = [row for row in islice(data.rows(split), 200) if isinstance(row, Row)]
    labelled = [task for task in LABEL_STYLES if _fits(load_label_style(task), first)]
    if not labelled:
        raise InputError(
            f"No task of {', '.join(LABEL_STYLES)} knows the labels of {data.name}: give --tasks "
            "with a file of your own (docs/teachers.md)."
        )
    return tuple(labelled)


def _fits(style: LabelStyle, rows: list[Row]) -> bool:
    survey = style.survey(0)
    for row in rows:
        style.count(survey, row)
    return any(style.turns(row.labels, survey, "picture", row.id) for row in rows)


def _side_by_side(job: Job, workers: int, rows: int) -> dict[str, Any]:
    """Each process does a part; the last one to end finishes the corpus."""
    from facelm.corpus import Part

    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        parts = [pool.submit(run_part, job, Part(index, workers)) for index in range(workers)]
        for _ in progress(_watched(job.out, parts, rows), "converting", rows):
            pass
        results = [part.result() for part in parts]
    return next(result for result in results if result["complete"])


def _watched(out: Path, parts: list[Future[dict[str, Any]]], rows: int) -> Iterator[None]:
    """One beat for each row whose shard is there."""
    from facelm.corpus import SHARD_ROWS

    told = 0
    while told < rows:
        ended = wait(parts, timeout=0.5).not_done
        there = len(list(out.glob("conversations-*.parquet"))) * SHARD_ROWS if ended else rows
        for _ in range(told, min(there, rows)):
            yield None
        told = max(told, min(there, rows))


def _refuse(writer: CorpusWriter, number: int, refused: Refused, strict: bool) -> None:
    if strict:
        raise InputError(f"{refused.id}: {refused.reason.rstrip('.')}. (--strict)")
    writer.refuse(number, refused)


def _require_some(result: dict[str, Any], source: str) -> None:
    if result["complete"] and not result["conversations"]:
        raise InputError(
            f"None of the {len(result['refused']):,} rows of {source} could be used, the first "
            f"because {result['refused'][0]['reason'].rstrip('.')}."
        )
