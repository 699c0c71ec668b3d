"""Datasets: one file each, its layout on disk in, faces out. Adding one is a file and a line here.

A source is named on the command line as `NAME` or `NAME:PATH`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from facelm.errors import InputError, choose
from facelm.types import Source


def _fairface(path: Path | None) -> Source:
    from facelm.sources.fairface import FairFace

    return FairFace(_given("fairface", path, "FairFace's folder"))


def _folder(path: Path | None) -> Source:
    from facelm.sources.folder import Folder

    return Folder(_given("folder", path, "a folder with pictures"))


def _heads(path: Path | None) -> Source:
    from facelm.sources.heads import Heads

    return Heads(path)


SOURCES: dict[str, Callable[[Path | None], Source]] = {
    "fairface": _fairface,
    "folder": _folder,
    "heads": _heads,
}


def open_source(spec: str) -> Source:
    """Open a dataset by name and place.

    Args:
        spec: `NAME` or `NAME:PATH`, for example `heads` or `fairface:data/fairface`.

    Raises:
        InputError: no source has that name, it needs a path and has none, or the path does not
            hold the dataset's layout.
        MissingError: the default faces are not installed.
    """
    name, _, place = spec.partition(":")
    factory = SOURCES[choose("source", name, tuple(SOURCES))]
    return factory(Path(place).expanduser() if place else None)


def _given(name: str, path: Path | None, what: str) -> Path:
    if path is None:
        raise InputError(f"The source '{name}' needs a place: give `{name}:PATH`, {what}.")
    if not path.exists():
        raise InputError(f"There is nothing at {path}: give `{name}:PATH`, {what}.")
    return path


__all__ = ["SOURCES", "open_source"]
