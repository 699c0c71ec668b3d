"""A model's folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facelm._io import disk_errors
from facelm.errors import InputError


def check_new(out: Path) -> None:
    """Nothing of anybody's is written over.

    Raises:
        InputError: there is a file of that name, or a folder with something in it.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} is not empty: choose another folder with -o.")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a temporary folder beside `out` that takes its place when the block ends well.

    Raises:
        InputError: `out` is not empty.
        FacelmError: the disk is full or the place cannot be written.
    """
    check_new(out)
    with disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        with disk_errors(out):
            yield temporary
            temporary.chmod(0o755)
            if out.exists():
                out.rmdir()
            temporary.rename(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
