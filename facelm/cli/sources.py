"""`facelm sources`: what can be read, whether a copy is whole, a subset of FairFace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from facelm.cli.options import Json, Out, Seed, finish
from facelm.errors import InputError

sources_app = typer.Typer(no_args_is_help=True, help="Datasets and what belongs to them.")


@sources_app.command("list")
def sources_list(
    name: Annotated[str | None, typer.Argument(help="One dataset, in full.")] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """The datasets that can be read: tasks, labels, licence, where to ask, layout."""
    from facelm.sources import describe

    facts = describe(name)
    finish({"sources": facts}, as_json, lambda: _in_full(facts) if name else _table(facts))


@sources_app.command("check")
def sources_check(
    name: Annotated[str, typer.Argument(help="As `facelm sources list` names it.")],
    folder: Annotated[Path | None, typer.Argument(help="Your copy of it.")] = None,
    strict: Annotated[bool, typer.Option(help="Any trouble ends with exit status 2.")] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Is a copy whole? Counts, missing, unreadable and unlabelled files; no pixel is decoded."""
    from facelm.sources import open_source
    from facelm.sources.check import check

    result = check(open_source(name if folder is None else f"{name}:{folder}"))
    finish(result, as_json, lambda: _checked(result))
    if strict and not result["whole"]:
        raise InputError(f"The copy of {name} is not whole: the report above names what is wrong.")


@sources_app.command("subset")
def sources_subset(
    folder: Annotated[Path, typer.Argument(help="An official copy of FairFace.")],
    out: Out,
    listing: Annotated[Path, typer.Option(help="CSV of file, sha256, split.")] = Path(
        "recipes/fairface-20k.csv"
    ),
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Draw the listed pictures from an official copy, checking every hash."""
    from facelm.sources.subset import subset

    result = subset(folder, listing, out)
    finish(result, as_json, lambda: json.dumps(result, indent=2))


def _table(facts: dict[str, dict[str, Any]]) -> str:
    lines = [f"{'name':<16}{'third party':<13}{'pass on':<9}{'tasks'}"]
    for name, about in facts.items():
        pass_on = "yes" if about["redistribute"] else "no"
        tasks = ", ".join(about["tasks"])
        lines.append(f"{name:<16}{about['third_party']:<13}{pass_on:<9}{tasks}")
    return "\n".join([*lines, "`facelm sources list NAME` has licence, labels and layout of one."])


def _in_full(facts: dict[str, dict[str, Any]]) -> str:
    (about,) = facts.values()
    lines = [f"{key.replace('_', ' ')}: {_plain(value)}" for key, value in about.items() if value]
    return "\n".join(lines)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"\n  {key}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value).replace("\n", "\n  ")


def _checked(result: dict[str, Any]) -> str:
    lines = []
    for name, split in result["splits"].items():
        published = f" of {split['published']:,} published" if split["published"] else ""
        lines.append(
            f"{name or 'all'}: {split['rows']:,} rows{published}, {split['usable']:,} usable"
        )
        lines += [f"  {label}: {_plain(counts)}" for label, counts in split["labels"].items()]
    for kind, rows in result["problems"].items():
        if rows:
            lines.append(f"{kind}: {result[kind]:,}")
            lines += [f"  {row['id']}: {row['reason']}" for row in rows[:5]]
    lines += result["mismatches"]
    lines += [f"unverified: {sentence}" for sentence in result["unverified"]]
    end = "The copy is whole." if result["whole"] else "The copy is not whole."
    return "\n".join([*lines, f"{end} {result['files']:,} files, {result['files_per_s']:,}/s."])
