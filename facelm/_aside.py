"""A folder that appears whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from facelm._io import disk_errors
from facelm.errors import InputError


def check_new(out: Path) -> None:
    """Nothing of anybody's is written over; for those who work long before they write.

    Raises:
        InputError: there is a file of that name, or a folder with something in it.
    """
    if _taken(out):
        raise InputError(f"{out} is not empty: choose another place with -o, or remove it.")


@contextmanager
def whole_folder(
    out: Path, ours: Callable[[Path], bool] | None = None, what: str = ""
) -> Iterator[Path]:
    """Give an empty folder beside `out`; move it there when the block ends well.

    What a killed run left beside `out` is removed by the next one.

    Args:
        out: where the result is to be; it may be new, empty or an earlier result.
        ours: whether a folder is an earlier result and may be replaced; without, none may.
        what: what the error calls an earlier result.

    Raises:
        InputError: `out` holds something else, or another process is writing it.
        FacelmError: the disk is full, or the place cannot be written.
    """
    out = Path(os.path.abspath(out))
    with disk_errors(out):
        if ours is None:
            check_new(out)
        elif _taken(out) and not (out.is_dir() and ours(out)):
            raise InputError(f"{out} is not empty and is no {what}: choose another place with -o.")
    aside = out.parent / f".{out.name}.unfinished"
    with disk_errors(out):
        aside.mkdir(parents=True, exist_ok=True)
    with _held(aside, out):
        try:
            with disk_errors(out):
                yield aside
                _move(aside, out)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _taken(out: Path) -> bool:
    return out.exists() and (not out.is_dir() or any(out.iterdir()))


@contextmanager
def _held(aside: Path, out: Path) -> Iterator[None]:
    """Keep others out as long as we live, and begin with nothing.

    The folder itself is locked: a file in it would lie in the way of what is written there.
    """
    handle = os.open(aside, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in aside.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        yield
    except BlockingIOError as error:
        raise InputError(
            f"Another run is writing {out}: wait for it or choose another place with -o."
        ) from error
    finally:
        os.close(handle)


def _move(aside: Path, out: Path) -> None:
    """Put the new folder in the old one's place; between the two moves neither is there."""
    old = out.parent / f".{out.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        os.replace(out, old)
    os.replace(aside, out)
    shutil.rmtree(old, ignore_errors=True)
