"""Data files, written and read a record at a time: JSON lists, JSON lines, parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from facelm.corpus.exchange._record import BadRecordError

SUFFIXES = (".json", ".jsonl", ".parquet")
_CHUNK = 1 << 20
_LONGEST = 1 << 26  # characters of one record
_GROUP_BYTES, _GROUP_ROWS = 16_000_000, 256

_PART = pa.struct([("type", pa.string()), ("text", pa.string())])
_MESSAGE = pa.struct([("role", pa.string()), ("content", pa.list_(_PART))])
_PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_TEXT = {"dtype": "string", "_type": "Value"}
# Lists in the form that old and new releases of `datasets` read.
_FEATURES = {
    "id": _TEXT,
    "messages": [{"role": _TEXT, "content": [{"type": _TEXT, "text": _TEXT}]}],
    "images": [{"_type": "Image"}],
}
_SCHEMA = pa.schema(
    [("id", pa.string()), ("messages", pa.list_(_MESSAGE)), ("images", pa.list_(_PICTURE))],
    metadata={"huggingface": json.dumps({"info": {"features": _FEATURES}})},
)

to_json = json.JSONEncoder(ensure_ascii=False).encode
"""JSON on one line; `json.dumps` would make an encoder for each."""


class Sink(Protocol):
    """A data file that is being written."""

    def add(self, raw: dict[str, Any]) -> None:
        """Write one record."""
        ...

    def close(self) -> None:
        """Write what ends the file."""
        ...


def open_sink(path: Path) -> Sink:
    """Start a data file; its suffix says of which kind."""
    return _Table(path) if path.suffix == ".parquet" else _Text(path)


class _Text:
    """JSON, as a list (`.json`) or in lines."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._start, self._between, self._end = "", "\n", "\n"
        if path.suffix == ".json":
            self._start, self._between, self._end = "[\n", ",\n", "\n]\n"
        self._empty = True

    def add(self, raw: dict[str, Any]) -> None:
        self._file.write(self._start if self._empty else self._between)
        self._file.write(to_json(raw))
        self._empty = False

    def close(self) -> None:
        self._file.write(self._end)
        self._file.close()


class _Table:
    """Parquet; a picture that several records of a row group show is stored in it once."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(
            path, _SCHEMA, compression="zstd", dictionary_pagesize_limit=_GROUP_BYTES,
        )  # fmt: skip
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0

    def add(self, raw: dict[str, Any]) -> None:
        self._rows.append(raw)
        self._bytes += sum(len(one["bytes"] or b"") for one in raw["images"])
        if self._bytes >= _GROUP_BYTES or len(self._rows) >= _GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=_SCHEMA))
        self._rows, self._bytes = [], 0

    def close(self) -> None:
        self._flush()
        self._writer.close()


# ---------------------------------------------------------------- reading


def raw_records(path: Path) -> Iterator[dict[str, Any] | BadRecordError]:
    """The records of a data file in order; what cannot be read as one is an error in its place."""
    try:
        if path.suffix == ".parquet":
            yield from _rows(path)
            return
        with path.open("rb") as file:
            first = file.read(_CHUNK).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        with path.open(encoding="utf-8-sig", errors="surrogateescape") as text:
            found = _list(text) if first == b"[" else _lines(text)
            yield from (_object(one) for one in found)
    except OSError as error:
        yield BadRecordError(f"{path.name} cannot be read ({error.strerror}): check it")


def _object(found: Any) -> dict[str, Any] | BadRecordError:
    if isinstance(found, dict | BadRecordError):
        return found
    return BadRecordError("it is no JSON object: take it out")


def _rows(path: Path) -> Iterator[dict[str, Any] | BadRecordError]:
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=64):
                yield from batch.to_pylist()
    except pa.ArrowInvalid:
        yield BadRecordError(f"{path.name} is no whole parquet file: get a fresh copy of it")


def _lines(file: IO[str]) -> Iterator[Any]:
    for line in file:
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                yield BadRecordError("it is no JSON: correct the line")


def _list(file: IO[str]) -> Iterator[Any]:
    """The values of a JSON list, however long it is; behind a broken one nothing can be told."""
    window = _Window(file)
    window.take("[")
    try:
        if window.take("]"):
            return
        while True:
            yield window.value()
            if window.take("]"):
                return
            if not window.take(","):
                raise ValueError
    except (ValueError, RecursionError):
        yield BadRecordError("from here on the list is broken: get a whole copy of the file")


class _Window:
    """What is in memory of a long JSON text."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._text, self._at, self._ended = file, "", 0, False
        self._decode = json.JSONDecoder().raw_decode

    def take(self, wanted: str) -> bool:
        """Step over white space, and over `wanted` if it comes next."""
        while True:
            rest = self._text[self._at : self._at + 1]
            if rest and rest in " \t\r\n":
                self._at += 1
            elif rest or self._ended:
                break
            else:
                self._more()
        if rest != wanted:
            return False
        self._at += len(wanted)
        return True

    def value(self) -> Any:
        """The next value.

        Raises:
            ValueError: there is no whole one.
        """
        self.take("")  # white space
        while True:
            try:
                found, end = self._decode(self._text, self._at)
            except ValueError:
                if self._ended or len(self._text) - self._at > _LONGEST:
                    raise
                self._more()
                continue
            self._at = end
            return found

    def _more(self) -> None:
        chunk = self._file.read(_CHUNK)
        self._ended = not chunk
        self._text, self._at = self._text[self._at :] + chunk, 0
