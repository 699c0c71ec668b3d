"""Options that several commands share, and how a command ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON object as the last line on stdout.")]
Seed = Annotated[int, typer.Option(help="Everything drawn at random depends on this number.")]
Split = Annotated[str | None, typer.Option(help="Split of the source; all of it by default.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most this many.")]
Shard = Annotated[
    str | None, typer.Option(help="i/n: the i-th of n parts; the last to end finishes the corpus.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="The first row that cannot be used ends the run.")
]
Workers = Annotated[int | None, typer.Option(min=1, help="Parts done side by side; one a core.")]
EngineName = Annotated[
    Literal["local", "ray"], typer.Option("--engine", help="Where they run: local | ray.")
]
Out = Annotated[Path, typer.Option("-o", "--out", help="Folder to write.")]


def finish(result: dict[str, Any], as_json: bool, text: Callable[[], str]) -> None:
    """Print the result: one JSON object, or words for a person."""
    print(json.dumps(result, ensure_ascii=False) if as_json else text(), flush=True)
