"""The ledger: every answer that was received, on disk before it counts.

SQLite in WAL mode with `synchronous=FULL`: an answer is committed, and the disk has it, before the
run goes on with it. Answers are kept under what was asked (`Request.key`), not under what for, so
a changed style, a grown dataset or another corpus finds those it shares with earlier runs.

A call that is under way is claimed by a lock on one byte of a file beside the ledger, at an offset
that is the key's; the system gives it up when the process dies, however it dies. So two runs on
one ledger do not pay for the same answer, and a killed one leaves nothing to clean up.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from facelm._io import sha256
from facelm.errors import FacelmError, InputError
from facelm.teach.engine.company import Company
from facelm.teach.engine.request import Reply, Request
from facelm.teach.usage import Usage

VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS answers(
  key BLOB PRIMARY KEY, at REAL, model TEXT, host TEXT, purpose TEXT, pictures TEXT, system TEXT,
  asked TEXT, parameters TEXT, reply TEXT, finish TEXT, prompt_tokens INTEGER,
  cached_tokens INTEGER, completion_tokens INTEGER, dollars REAL);
CREATE TABLE IF NOT EXISTS texts(hash TEXT PRIMARY KEY, text TEXT);
CREATE TABLE IF NOT EXISTS measured(key BLOB PRIMARY KEY, found TEXT);
"""
_INSERT = f"INSERT OR IGNORE INTO answers VALUES ({','.join('?' * 15)})"
_INSERT_TEXT = "INSERT OR IGNORE INTO texts VALUES (?,?)"
_INSERT_MEASURED = "INSERT OR REPLACE INTO measured VALUES (?,?)"
_BUSY_S = 60.0
# Answers of so short a time are committed together, the first where somebody waits for them; after
# a commit that took long, of more.
_SOON_S, _TOGETHER_S = 0.02, 0.1
_REST = 4
_LOOK_S = 0.1


def connect(path: Path, new: bool = True) -> sqlite3.Connection:
    """Open a ledger's file.

    Args:
        path: the file.
        new: make it where there is none.

    Raises:
        InputError: there is none, or it is not a ledger.
        FacelmError: it cannot be written.
    """
    if not new and not path.is_file():
        raise InputError(f"There is no ledger at {path}: give the file with --ledger.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
        if tables and "answers" not in tables:
            raise sqlite3.DatabaseError("it holds something else")
        if not (found := db.execute("PRAGMA user_version").fetchone()[0]):
            db.executescript(f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version={VERSION};COMMIT;")
    except sqlite3.DatabaseError as error:
        raise trouble(path, error) from error
    except OSError as error:
        raise FacelmError(f"{path} cannot be written ({error.strerror}): choose another.") from None
    if found > VERSION:
        raise InputError(f"{path} was written by a newer facelm: install that one.")
    return db


def trouble(path: Path, error: sqlite3.Error) -> FacelmError:
    """What to tell of a database that does not work."""
    words = str(error)
    if isinstance(error, sqlite3.OperationalError):
        return FacelmError(
            f"The ledger {path} cannot be written ({words}): make room or mend its folder, then "
            "run the same command again."
        )
    return InputError(f"{path} is not a ledger ({words}): give another file with --ledger.")


def described(request: Request) -> tuple[str, str, str, str]:
    """A request as the ledger has it: `pictures`, `system`, `asked` and `parameters`."""
    asked = request.text if not request.exchange else orjson.dumps(
        [request.text, *request.exchange]
    ).decode()  # fmt: skip
    pictures = " ".join(one.hash for one in request.pictures)
    parameters = orjson.dumps(dict(request.parameters)).decode()
    return pictures, _hash_of(request.system), asked, parameters


@lru_cache(maxsize=16)
def _hash_of(system: str) -> str:
    """A style says the same to every face."""
    return sha256(system.encode())


class Ledger:
    """For one event loop. Close it, or use `with`; nothing in it is a key or a secret."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; errors are those of `connect`."""
        self.path = path
        self._db = connect(path)
        self.company = Company()
        """In which tasks go on whose answers were kept."""
        self._commits = _Commits(path, self._db, self.company)
        self._texts: set[str] = set()
        self._claims = _Claims(path)

    def answer(self, key: bytes) -> Reply | None:
        """The answer under a key, if it was received."""
        row = self._first(
            "SELECT reply, finish, prompt_tokens, cached_tokens, completion_tokens FROM answers "
            "WHERE key = ?", key,
        )  # fmt: skip
        return Reply(row[0], row[1], Usage(row[2], row[4], row[3])) if row else None

    def answered_like(self, request: Request, host: str) -> bool:
        """Whether a host has answered this model, system text and parameters before."""
        _, system, _, parameters = described(request)
        row = self._first(
            "SELECT 1 FROM answers WHERE model = ? AND host = ? AND system = ? AND parameters = ? "
            "LIMIT 1", request.model, host, system, parameters,
        )  # fmt: skip
        return row is not None

    def _first(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        try:
            row: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise trouble(self.path, error) from error
        return row

    async def keep(
        self, request: Request, reply: Reply, host: str, purpose: str, dollars: float
    ) -> None:
        """Put an answer on disk; returns when it is there and others are to go on with.

        Raises:
            FacelmError: the disk is full.
        """
        usage = reply.usage
        told = described(request)
        row = (
            request.key, time.time(), request.model, host, purpose, *told, reply.text,
            reply.finish, usage.prompt, usage.cached, usage.completion, dollars,
        )  # fmt: skip
        system = told[1]
        if system in self._texts:
            await self._commits.put((_INSERT, row))
        else:
            await self._commits.put((_INSERT_TEXT, (system, request.system)), (_INSERT, row))
            self._texts.add(system)

    def measured(self, key: bytes) -> dict[str, Any] | None:
        """What was measured on a picture, if it was."""
        row = self._first("SELECT found FROM measured WHERE key = ?", key)
        return orjson.loads(row[0]) if row else None

    def note_measured(self, key: bytes, found: dict[str, Any]) -> None:
        """Remember a measurement; it may be lost with the process, for it can be made again."""
        self._commits.add((_INSERT_MEASURED, (key, orjson.dumps(found).decode())))

    def flush(self) -> None:
        """Put on disk what waits for the next answer; a run that waits for batches has none."""
        self._commits.commit()

    async def claim(self, key: bytes) -> None:
        """Hold a key against other processes; waits while one of them holds it."""
        while not self._claims.take(_offset(key)):
            await asyncio.sleep(_LOOK_S)

    def release(self, key: bytes) -> None:
        """Let other processes have a key."""
        self._claims.give(_offset(key))

    def close(self) -> None:
        """Wait for what is being written and let go of the file."""
        self._commits.close()
        self._claims.close()
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Commits:
    """Puts rows on disk, those of one moment together; nobody is told before the disk has them.

    On the event loop's own thread: handing each answer to another and back costs more than the
    commit. A slow disk is given time between two commits, so that calls go on meanwhile.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, company: Company) -> None:
        self._path, self._db, self._company = path, db, company
        self._rows: list[tuple[str, tuple[Any, ...]]] = []
        self._told: list[asyncio.Future[None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._took_s = 0.0

    async def put(self, *rows: tuple[str, tuple[Any, ...]]) -> None:
        """Returns when the disk has them."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._rows += rows
        self._told.append(done)
        if self._timer is None:
            wait = _SOON_S if self._company.hurried() else _TOGETHER_S
            self._timer = loop.call_later(max(wait, _REST * self._took_s), self.commit)
        await done

    def add(self, row: tuple[str, tuple[Any, ...]]) -> None:
        """Goes with the next commit."""
        self._rows.append(row)

    def commit(self) -> None:
        """Put what waits on disk."""
        self._timer = None
        rows, told = self._rows, [one for one in self._told if not one.done()]
        self._rows, self._told = [], []
        began = time.monotonic()
        try:
            self._write(rows)
        except Exception as error:  # whatever it is, somebody waits to be told
            said = trouble(self._path, error) if isinstance(error, sqlite3.Error) else error
            for one in told:
                one.set_exception(said)
        else:
            if told:
                self._company.join(told)
        self._took_s = time.monotonic() - began

    def _write(self, rows: list[tuple[str, tuple[Any, ...]]]) -> None:
        if not rows:
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in rows:
                self._db.execute(statement, values)
            self._db.execute("COMMIT")
        except Exception:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Write what waits."""
        if self._timer:
            self._timer.cancel()
        self.commit()


def _offset(key: bytes) -> int:
    return int.from_bytes(key[:8], "big") >> 2


class _Claims:
    """Locks on single bytes of a file that has none; nothing is ever written to it."""

    def __init__(self, path: Path) -> None:
        import fcntl

        self._fcntl = fcntl
        self._file = (path.parent / f"{path.name}-claims").open("ab")

    def take(self, offset: int) -> bool:
        """Whether nobody else has it; a process may take what it has already."""
        fcntl = self._fcntl
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
        except BlockingIOError:
            return False
        return True

    def give(self, offset: int) -> None:
        """Let others have it."""
        self._fcntl.lockf(self._file, self._fcntl.LOCK_UN, 1, offset)

    def close(self) -> None:
        """Let others have all of them."""
        self._file.close()
