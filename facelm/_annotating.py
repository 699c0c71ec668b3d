"""One run of `annotate`, or one part of it: rows in, the corpus out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from facelm._conversing import Conversing, Item, Keeper, Outcome, converse
from facelm._io import progress
from facelm._making import (
    Numbered,
    place_of,
    require_some,
    root_of,
    row_count,
    shards,
    summary,
)
from facelm.corpus import SHARD_ROWS, CorpusWriter, Part, finished_faces
from facelm.sources import open_source
from facelm.teach import Means, Paid, load_style, open_teacher
from facelm.teach.engine import loop
from facelm.types import Face, Refused, Row

# Rows a shard where rows are clips, of eight pictures each.
CLIP_SHARD = 64


@dataclass(frozen=True)
class Job:
    """What `facelm.annotate.annotate` is asked to do; its fields are explained there."""

    source: str
    out: Path
    split: str | None
    style: str
    teacher: str
    base_url: str | None
    limit: int | None
    seed: int
    asks_per_face: int | None
    strict: bool
    means: Means


class Annotating:
    """A job, and what it works with."""

    def __init__(self, job: Job, part: Part) -> None:
        """Open the source, the style and the teacher; nothing is sent or written yet.

        Args:
            job: what to do.
            part: which part of the rows.
        """
        self._job, self._part = job, part
        self._data = open_source(job.source)
        self._total = row_count(self._data, job.split, job.limit) // part.count
        self._style = load_style(job.style)
        means = job.means.share(job.out, part.count)
        self._teacher = open_teacher(job.teacher, job.base_url, job.seed, self._style, means)
        self._paid = self._teacher if isinstance(self._teacher, Paid) else None

    @cached_property
    def _work(self) -> Conversing:
        """It opens the ledger; nobody wants it before all that can be refused at once is."""
        job = self._job
        return Conversing(
            self._style, self._teacher, job.seed, job.asks_per_face, root_of(job.source)
        )

    def run(self) -> dict[str, Any]:
        """Do it; what is returned and raised is said in `facelm.annotate.annotate`."""
        about = self._about()
        if self._paid and self._job.means.dry:
            return self._rehearsed(self._paid)
        # The ledger has every answer, so a shard is written once, when it is whole.
        kept = {"keep_every": SHARD_ROWS} if self._paid else {}
        with CorpusWriter(self._job.out, about, self._part, **kept) as writer:
            outcome = loop.run(self._asked(writer))
            result = self._result(outcome)
            if outcome.left:
                writer.flush()
                return {**result, "complete": False, "refused": summary(None, writer)["refused"]}
            if self._part.count == 1:
                require_some(writer, self._job.source)
            return {**summary(writer.finish(), writer), **result}

    def _about(self) -> dict[str, Any]:
        """What the manifest says of the run; refuses what the source's terms forbid."""
        job, data = self._job, self._data
        return {
            "source": data.name, "place": place_of(job.source), "split": job.split,
            "licence": data.about.licence, "style": self._style.name,
            "style_hash": self._style.hash, "teacher": self._teacher.name,
            "base_url": _without_user(job.base_url), "seed": job.seed,
            "asks_per_face": job.asks_per_face, "limit": job.limit,
            "shard_rows": CLIP_SHARD if data.about.media == "clips" else SHARD_ROWS,
            **(self._paid.about((data.name,)) if self._paid else {}),
        }  # fmt: skip

    async def _asked(self, writer: CorpusWriter) -> Outcome:
        def note() -> str:
            parts = [f"{count:,} refused"] if (count := len(writer.refused)) else []
            return ", ".join([*([self._paid.note()] if self._paid else []), *parts])

        bar = {"what": "asking the teacher", "total": self._total, "note": note}
        keeper = Keeper(writer, self._style, self._job.strict)
        async with AsyncExitStack() as stack:
            stack.callback(self._work.close)
            if self._paid:
                await stack.enter_async_context(self._paid)
            return await converse(self._work, self._items(writer), keeper, bar)

    def _items(self, writer: CorpusWriter) -> Iterator[Item]:
        job = self._job
        for rows in shards(self._data, job.split, job.limit, writer):
            yield from self._opened(rows, writer)

    def _opened(self, rows: list[Numbered], writer: CorpusWriter) -> Iterator[Item]:
        """Every row's number and face; nothing is read of those that are finished."""
        found = {row.id: (n, row) for n, row in rows if isinstance(row, Row)}
        yield from (Item(n, row) for n, row in rows if isinstance(row, Refused))
        yield from (Item(n, None) for row_id, (n, _) in found.items() if row_id in writer.done)
        left = (row for _, row in rows if isinstance(row, Row) and row.id not in writer.done)
        for face in self._data.with_pixels(left):
            number, row = found[face.id]
            yield Item(number, face, row.media if row.media.kind == "clip" else None)

    def _result(self, outcome: Outcome) -> dict[str, Any]:
        """What a run adds to what is said of the corpus."""
        result: dict[str, Any] = {"new": outcome.new}
        if self._paid:
            result |= {**self._paid.report(), "left": outcome.left, "stopped": outcome.stopped}
        return result

    def _rehearsed(self, paid: Paid) -> dict[str, Any]:
        """What would be asked; nothing is sent, measured or written."""
        job, done = self._job, finished_faces(self._job.out)
        rows = islice(self._data.rows(job.split), job.limit)
        left = (row for row in rows if isinstance(row, Row) and row.id not in done)
        faces = (one for one in self._data.with_pixels(left) if isinstance(one, Face))

        async def count() -> int:
            number = 0
            async with paid:
                for face in progress(faces, "counting", self._total):
                    number += 1
                    await self._work.rehearse(face)
            return number

        number = loop.run(count())
        told = {"dry_run": True, "faces": number, "new": number, "complete": False, "refused": []}
        return {**told, **paid.report()}


def _without_user(url: str | None) -> str | None:
    """An address without the name and password that may stand in it."""
    if url is None:
        return None
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
