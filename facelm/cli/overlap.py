"""`facelm corpus overlap`: a corpus, or what a model was trained on, beside a benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from facelm.cli.options import EngineName, Json, Seed, Shard, Workers, finish

_SHOWN = 10


def corpus_overlap(
    corpus: Annotated[str, typer.Argument(help="A corpus, or a run or model with its lineage.")],
    benchmark: Annotated[
        str, typer.Argument(help="SUITE[:DATA_DIR], e.g. heads-mcq, facexbench:DIR")
    ],
    split: Annotated[str | None, typer.Option(help="Of the suite; the one to test on.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder for the pairs, side by side.")
    ] = None,
    shard: Shard = None,
    workers: Workers = 1,
    engine: EngineName = "local",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Which pictures of a benchmark are among the training pictures? Same bytes and near copies."""
    from facelm.exams import overlap

    result = overlap(
        corpus, benchmark, split=split, seed=seed, out=out, shard=shard, workers=workers or 1,
        engine=engine,
    )  # fmt: skip
    finish(result, as_json, lambda: _table(result, out))


def _table(result: dict[str, Any], out: Path | None) -> str:
    from facelm.exams import SHEET
    from facelm.report import words

    if not result["complete"]:
        return "This part is finished; others are still to come."
    matches, refused = result["matches"], result["refused"]
    lines = [words.in_common(result)]
    if matches:
        lines.append(f"{'':<6}{'bits':>5}  {'training picture':<18}benchmark's picture")
    lines += [
        f"{match['kind']:<6}{match['distance']:>5}  {match['train'][:16]:<18}{match['benchmark']}"
        for match in matches[:_SHOWN]
    ]
    if len(matches) > _SHOWN:
        lines.append(f"… and {len(matches) - _SHOWN:,} more: all of them with --json or -o.")
    if refused:
        lines.append(f"{len(refused):,} could not be read, the first: {refused[0]['reason']}")
    if out:
        lines.append(f"The pairs are in {out / SHEET}.")
    return "\n".join(lines)
