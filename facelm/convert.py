"""`facelm convert`: labels into conversations, without a teacher and without finding faces.

What is asked of a row depends on the seed, the row's id and the dataset's counts alone, and a
corpus is written in shards of rows, so one process, several, or a cluster write the same files.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelm._asker import Asker, Job
from facelm._io import progress
from facelm._making import at_least_one, refuse, row_count, rows_there, shards, summary
from facelm._scale import Engine, choose_count, run_parts
from facelm.errors import InputError
from facelm.types import Refused, Row, Source

if TYPE_CHECKING:
    from facelm.corpus import Part
    from facelm.teach.labelled import LabelStyle

_FEW = 2000
_LOOKED_AT = 200
"""Labelled rows by which the tasks are chosen."""


def convert(
    source: str,
    out: Path | str,
    *,
    tasks: Iterable[str] | None = None,
    split: str | None = None,
    limit: int | None = None,
    seed: int = 0,
    strict: bool = False,
    shard: str | None = None,
    workers: int | None = None,
    engine: Engine = "local",
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
        shard: `i/n`, see `facelm.annotate.annotate`.
        workers: parts done side by side; None takes one for each core, or one for few rows.
            Started from a script of your own, more than one needs the usual
            `if __name__ == "__main__":`.
        engine: where they run: `local`, or `ray` (extra `scale`; give `workers`).

    Returns:
        As `facelm.annotate.annotate`, with `tasks` and without `new`. Of this run: `unasked`, the
        usable rows that were drawn for no question: of flags that are seldom true, "no" is asked
        only as often as "yes".

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
    rows = row_count(data, split, limit)
    if not rows:
        raise InputError(f"{source} has no rows: give another source or split.")
    wanted = _tasks(tasks, data, split)
    count = 1 if shard else choose_count(workers, engine, rows <= _FEW)
    if count > 1 or engine == "ray":
        options = {"split": split, "limit": limit, "seed": seed, "strict": strict}
        call = {"source": source, "out": str(out), "tasks": wanted, **options}
        bar = ("converting", *rows_there(data, split, limit, Path(out)))
        parts = run_parts(convert, call, count, engine, bar)
        result = next(part for part in parts if part["complete"])
        result["unasked"] = sum(part["unasked"] for part in parts)
    else:
        job = Job(source, split, limit, seed)
        result = _write(job, data, wanted, Path(out), Part.read(shard or "1/1"), rows, strict)
    if result["complete"] and not result["conversations"]:
        raise _nothing(source, [str(row["reason"]) for row in result["refused"]])
    seconds = time.monotonic() - started
    return {
        "path": str(out), **result, "tasks": list(wanted), "faces": rows,
        "seconds": round(seconds, 2), "faces_per_s": round(rows / seconds, 1),
    }  # fmt: skip


def _write(
    job: Job, data: Source, tasks: tuple[str, ...], out: Path, part: Part, rows: int, strict: bool
) -> dict[str, Any]:
    from facelm.corpus import CorpusWriter
    from facelm.teach.labelled import load_label_style

    asker = Asker(job, data, [load_label_style(task) for task in tasks])
    # A part is quickly done again, so a shard is written once, when it is whole.
    with CorpusWriter(out, asker.about, part, keep_every=1_000_000) as writer:
        batches = shards(data, job.split, job.limit, writer)
        numbered = (one for batch in batches for one in asker.answered(batch, writer))
        for number, made in progress(numbered, "converting", rows // part.count):
            if isinstance(made, Refused):
                refuse(writer, number, made, strict)
            for pictures, conversation in made if isinstance(made, list) else []:
                writer.add(number, pictures, conversation)
        if part.count == 1 and not writer.done:  # before a corpus of nothing is left behind
            raise _nothing(job.source, [row.reason for row in writer.refused])
        return {**summary(writer.finish(), writer), "unasked": asker.unasked}


def _tasks(given: Iterable[str] | None, data: Source, split: str | None) -> tuple[str, ...]:
    """The tasks asked for, or those of the dataset that its own rows have labels for."""
    from facelm.teach.labelled import LABEL_STYLES, load_label_style

    if given is not None:
        for task in (tasks := tuple(dict.fromkeys(given))):
            load_label_style(task)
        return tasks
    usable = (row for row in data.rows(split) if isinstance(row, Row) and row.labels)
    labelled = list(islice(usable, _LOOKED_AT))
    found = [task for task in LABEL_STYLES if _fits(load_label_style(task), labelled)]
    if not found:
        raise _no_task(data, split, labelled)
    return tuple(found)


def _fits(style: LabelStyle, rows: list[Row]) -> bool:
    return any(style.reads(row.labels) for row in rows)


def _no_task(data: Source, split: str | None, labelled: list[Row]) -> InputError:
    from facelm.teach.labelled import LABEL_STYLES

    rows = list(data.rows(split)) if not labelled else []
    if reasons := [row.reason for row in rows if isinstance(row, Refused)]:
        return _nothing(data.name, reasons)
    labels = dict.fromkeys(name for row in labelled for name in row.labels)
    named = f" ({', '.join(labels)})" if labels else ""
    return InputError(
        f"No task of {', '.join(LABEL_STYLES)} knows the labels of {data.name}{named}: give "
        "--tasks with a file of your own (docs/teachers.md)."
    )


def _nothing(source: str, reasons: list[str]) -> InputError:
    if reasons:
        return InputError(
            f"None of the {len(reasons):,} rows of {source} could be used, the first because "
            f"{reasons[0].rstrip('.')}."
        )
    return InputError(
        f"Nothing can be asked about {source}: none of its labels is true of any picture."
    )
