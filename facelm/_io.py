"""Small reliable helpers for files and terminals.

`write_*` write to a temporary name in the same folder, flush it to disk and move it into place,
so a reader sees the old file or the new one, never half of one; a full disk leaves the old one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from facelm.errors import FacelmError, InputError

T = TypeVar("T")
_TELL_S = 0.1


def sha256(data: bytes) -> str:
    """SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def replacing(path: Path, sync: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`; move it into place when the block ends well.

    Args:
        path: what is written.
        sync: wait until the disk has it, so that it outlives a power cut. Nine tenths of the time
            a small file takes; who writes many may leave it to one `os.sync()` at the end.

    Raises:
        FacelmError: the disk is full or the folder cannot be written.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
    temporary = Path(name)
    try:
        with disk_errors(path):
            yield temporary
            temporary.chmod(0o644)
            if sync:
                _sync(temporary)
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals to write into one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FacelmError(
                f"The disk is full while writing {path}: make room and run the same command again."
            ) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST):
            raise FacelmError(
                f"{path} cannot be written ({error.strerror}): choose another place."
            ) from error
        raise


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def write_bytes(path: Path, data: bytes, sync: bool = True) -> None:
    """Write a file whole or not at all; for `sync` see `replacing`."""
    with replacing(path, sync) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON whole or not at all."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def hold(folder: Path, name: str = ".lock") -> IO[str]:
    """Make a folder and hold it against other processes until the file is closed or we die.

    Args:
        folder: to be held.
        name: of the lock's file; those who hold different parts use different names.

    Returns:
        The open file, for `let_go`.

    Raises:
        InputError: another process holds it.
        FacelmError: it cannot be written.
    """
    import fcntl

    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / name).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise InputError(
            f"Another run is writing to {folder}: wait for it or choose another folder with -o."
        ) from error
    return file


def let_go(lock: IO[str]) -> None:
    """Give up what `hold` gave; the file is removed before it is closed."""
    Path(lock.name).unlink(missing_ok=True)
    lock.close()


def own_version() -> str:
    """The version of this package, for what it writes."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("facelm")
    except PackageNotFoundError:
        return "not installed"


def read_bytes(path: Path, what: str) -> bytes:
    """Read a file the user named.

    Raises:
        InputError: it is not there or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{what} {path} cannot be read ({error.strerror}): check the path."
        ) from error


def leads() -> bool:
    """Whether this process shows what it does: the first of several that `torchrun` started."""
    return os.environ.get("RANK", "0") == "0"


def say(text: str) -> None:
    """One plain sentence to the person at the terminal (stderr; stdout belongs to results)."""
    print(text, file=sys.stderr, flush=True)


def progress(
    items: Iterable[T],
    what: str,
    total: int | None = None,
    unit: str = "faces",
    note: Callable[[], str] | None = None,
) -> Iterator[T]:
    """Pass items through under a bar with rate and time left, on stderr.

    Args:
        items: what to go through.
        what: a few words shown before the bar.
        total: number of items, if known.
        unit: what the rate counts.
        note: gives a short text shown at the end of the bar (refused so far, loss, cost).
    """
    with progress_bar(what, total, unit, note) as advance:
        for item in items:
            yield item
            advance()


@contextmanager
def progress_bar(
    what: str,
    total: int | None = None,
    unit: str = "faces",
    note: Callable[[], str] | None = None,
) -> Iterator[Callable[[], None]]:
    """The bar of `progress` for work that ends out of turn: a function that counts one item."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Task as RichTask
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: RichTask) -> Text:
            speed = task.finished_speed or task.speed or 0.0
            of = f"/{task.total:g}" if task.total else ""
            return Text(f"{task.completed:g}{of} {unit}, {speed:.1f}/s")

    columns = (
        TextColumn("{task.description}"), BarColumn(), Rate(), TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[note]}"),
    )  # fmt: skip
    console = Console(stderr=True, quiet=not leads())
    # Into a file it is written once, at its end: nobody sees what is drawn before.
    with Progress(
        *columns, console=console, auto_refresh=console.is_terminal, refresh_per_second=4
    ) as bar:
        task = bar.add_task(what, total=total, note="")
        waiting, told_at = 0, -1.0

        def tell() -> None:
            nonlocal waiting, told_at
            bar.update(task, advance=waiting, note=note() if note else "")
            waiting, told_at = 0, time.monotonic()

        def advance() -> None:
            nonlocal waiting
            waiting += 1
            if time.monotonic() - told_at > _TELL_S:  # telling costs more than many an item
                tell()

        yield advance
        tell()
