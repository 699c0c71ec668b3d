"""`facelm corpus export` and `import`: other trainers' formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from facelm.cli.options import Json, Out, Seed, finish
from facelm.errors import InputError

Name = Annotated[
    str | None,
    typer.Option("--from", help="llava, sharegpt, llamafactory, swift, messages or hf; else told."),
]


def corpus_export(
    corpus: Annotated[Path, typer.Argument(help="A corpus's folder.")],
    out: Out,
    to: Annotated[
        str, typer.Option(help="llava | sharegpt | llamafactory | swift | messages | hf")
    ],
    with_pictures: Annotated[
        bool,
        typer.Option("--with-pictures", help="Copy all pictures, for this machine only."),
    ] = False,
    creator: Annotated[
        list[str] | None, typer.Option(help="Who made it, for the metadata; again for more.")
    ] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Write a corpus as other trainers read it; pictures that may not be passed on are named."""
    from facelm.corpus.exchange import export_corpus

    result = export_corpus(corpus, out, to, with_pictures=with_pictures, creators=creator or [])
    finish(result, as_json, lambda: _exported(result))


def _exported(result: dict[str, Any]) -> str:
    counts, left = result["pictures"], result["left_out"]
    files = ", ".join(f"{name} ({number:,} records)" for name, number in result["files"].items())
    lines = [f"{result['path']}: {files}; {counts['copied']:,} pictures."]
    if counts["referenced"]:
        lines.append(f"{counts['referenced']:,} pictures are only named: see its README.md.")
    return "\n".join([*lines, *_listed(left, "conversations left out", "export.json")])


def corpus_import(
    path: Annotated[Path, typer.Argument(help="An export, a data file, or a folder of them.")],
    out: Out,
    form: Name = None,
    source: Annotated[str | None, typer.Option(help="Whose pictures: a source's name.")] = None,
    licence: Annotated[str | None, typer.Option(help="Of the pictures; else the source's.")] = None,
    split: Annotated[str | None, typer.Option(help="What they all belong to.")] = None,
    root: Annotated[
        list[str] | None, typer.Option(help="SOURCE=DIR: where its pictures are; again for more.")
    ] = None,
    strict: Annotated[bool, typer.Option(help="A record that cannot be used ends it.")] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Make a corpus of an export, or of other people's training records."""
    from facelm.corpus.exchange import import_corpus

    result = import_corpus(
        path, out, form, source=source, licence=licence, split=split, roots=_roots(root or []),
        strict=strict,
    )  # fmt: skip
    finish(result, as_json, lambda: _imported(result))


def _roots(given: list[str]) -> dict[str, Path]:
    for one in given:
        if "=" not in one.strip("="):
            raise InputError(
                f"'{one}' is no root: write SOURCE=DIR, for example celeba=data/celeba."
            )
    return {name: Path(place).expanduser() for name, _, place in (s.partition("=") for s in given)}


def _imported(result: dict[str, Any]) -> str:
    text = (
        f"{result['path']}: {result['conversations']:,} conversations, {result['turns']:,} "
        f"answers, {result['pictures']:,} pictures."
    )
    return "\n".join([text, *_listed(result["refused"], "records refused", "manifest.json")])


def _listed(rows: list[dict[str, str]], what: str, where: str) -> list[str]:
    if not rows:
        return []
    lines = [f"{len(rows):,} {what}:", *(f"  {row['id']}: {row['reason']}" for row in rows[:5])]
    return [*lines, f"  … and {len(rows) - 5:,} more in {where}"] if len(rows) > 5 else lines
