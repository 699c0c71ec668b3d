"""Data files of other people: where they are, in which format, whose pictures they show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facelm.corpus.card import about_source
from facelm.corpus.exchange._files import SUFFIXES, raw_records
from facelm.corpus.exchange._formats import FORMATS, format_named
from facelm.corpus.exchange._pictures import below
from facelm.corpus.exchange._record import BadRecordError, Format
from facelm.corpus.exchange.llamafactory import INFO, Tagged, registered
from facelm.errors import InputError

_BESIDE = (
    "croissant.json", "datacite.json", "export.json", "facelm.jsonl", "manifest.json", INFO,
)  # fmt: skip


@dataclass(frozen=True)
class Data:
    """One data file and how it is read."""

    path: Path
    kind: Format | Tagged
    format: str
    source: str
    licence: str
    root: Path
    """What its picture paths start from."""


def data_files(
    path: Path, name: str | None, source: str | None, licence: str | None, roots: dict[str, Path]
) -> list[Data]:
    """The data files at a path, each with its format.

    Args:
        path: a data file, or a folder of them.
        name: the format; None tells it by looking.
        source: whose pictures they are; None goes by the files' names where these are known.
        licence: None takes the source's own.
        roots: where a source's pictures are, if not beside the data file.

    Raises:
        InputError: there is no such path, or nothing in it can be told.
    """
    if not path.exists():
        raise InputError(f"There is nothing at {path}: give a data file or a folder of them.")
    if (path / "conversations-00000.parquet").is_file():
        raise InputError(f"{path} is a corpus already: use it as it is.")
    found = list(_kinds(path, name))
    if not found:
        raise InputError(f"{path} holds no .json, .jsonl or .parquet file: give the data file.")
    return [_data(file, kind, source, licence, roots) for file, kind in found]


def _data(
    file: Path, kind: Format | Tagged, source: str | None, licence: str | None,
    roots: dict[str, Path],
) -> Data:  # fmt: skip
    name = source or _by_name(file.stem)
    about = about_source(name)
    stated = licence or (about.licence if about else "unknown")
    label = kind.name if not isinstance(kind, Tagged) else "llamafactory"
    return Data(file, kind, label, name, stated, roots.get(name, file.parent))


def _by_name(stem: str) -> str:
    """The source that a file's name begins with, as FaceInstruct's `affectnet_emotion.json`."""
    return next((one for one in (stem, stem.partition("_")[0]) if about_source(one)), "unknown")


def _kinds(path: Path, name: str | None) -> Iterator[tuple[Path, Format | Tagged]]:
    if path.is_dir() and name in (None, "llamafactory") and (path / INFO).is_file():
        for named, tagged in registered(path):
            try:
                yield below(path, named), tagged
            except BadRecordError as error:
                raise InputError(f"{path / INFO}: {error}.") from error
        return
    files = [path]
    if path.is_dir():
        wanted = (one for one in sorted(path.rglob("*")) if one.suffix in SUFFIXES)
        files = [one for one in wanted if one.is_file() and one.name not in _BESIDE]
    for file in files:
        yield file, format_named(name) if name else _guessed(file)


def _guessed(file: Path) -> Format:
    """The format of a file by its suffix and its first record that can be read."""
    if file.suffix == ".parquet":
        return FORMATS["hf"]
    first = next((raw for raw in raw_records(file) if isinstance(raw, dict)), None)
    for kind in FORMATS.values():
        if first is not None and kind.claims(first):
            return kind
    raise InputError(
        f"What {file} holds cannot be told from its first record: name the format with --from "
        f"({', '.join(FORMATS)})."
    )
