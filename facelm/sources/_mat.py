"""Reading MATLAB's .mat files of version 5, with `scipy.io.loadmat`.

A damaged element can end scipy's process (it looks types up without asking whether they exist), so
the elements that will be read are walked first: every type, every size, every number of values.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from pathlib import Path
from typing import Any

from facelm.errors import InputError

_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_VALUE_BYTES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8, 16: 1, 17: 2, 18: 4}
"""Type of an element to the bytes of one value."""
_CELL, _STRUCT, _CHARACTERS, _NUMERIC = 1, 2, 4, range(6, 16)
_COMPLEX = 0x800
# A table of labels is compressed a few times over; zlib can pack zeros a thousand times.
_MOST_BYTES, _MOST_GROWTH = 64_000_000, 64

# What `scipy.io.loadmat` raises on a file that is cut off or overwritten.
_ERRORS = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, OSError, EOFError,
    MemoryError, NotImplementedError, RecursionError, struct.error, zlib.error,
)  # fmt: skip


def read_mat(path: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """The named variables of a .mat file, as `scipy.io.loadmat` gives them.

    Raises:
        InputError: it is no .mat file of version 5, it is damaged, or a variable is missing.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    data = _of_version_5(path)
    try:
        _Walk(data).check(names)
        found: dict[str, Any] = loadmat(io.BytesIO(data), variable_names=names)
    except (*_ERRORS, MatReadError) as error:
        raise InputError(f"{path} is damaged: get a fresh copy of it.") from error
    if missing := [name for name in names if name not in found]:
        raise InputError(
            f"{path} has no variable {', '.join(missing)}: get the dataset's own .mat files."
        )
    return found


def read_struct(path: Path, name: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """The named fields of a struct whose fields are columns of one length, each as a flat array.

    Raises:
        InputError: as `read_mat`, or the variable is no such struct.
    """
    found = read_mat(path, (name,))[name]
    if missing := [field for field in fields if field not in (found.dtype.names or ())]:
        raise InputError(
            f"{path} has no field {', '.join(missing)} in '{name}': get the dataset's own file."
        )
    if found.size != 1:
        raise InputError(f"'{name}' in {path} is not one struct: get the dataset's own file.")
    columns: dict[str, Any] = {field: found.ravel()[0][field].ravel() for field in fields}
    if len({len(column) for column in columns.values()}) != 1:
        raise InputError(f"The fields of {path} have different lengths: get a fresh copy of it.")
    return columns


def _of_version_5(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check it.") from error
    order = data[126:128]
    if order not in (b"IM", b"MI"):
        raise InputError(f"{path} is not a .mat file of version 5: save it in MATLAB with -v7.")
    version = data[125] if order == b"IM" else data[124]
    if version == 2:
        raise InputError(
            f"{path} is a .mat file of version 7.3: open it in MATLAB and save it with -v7."
        )
    if version != 1:
        raise InputError(f"{path} is not a .mat file of version 5: save it in MATLAB with -v7.")
    return data


class _Walk:
    """The elements of a file, or of one that was compressed in it; ValueError where one is off."""

    def __init__(self, data: bytes, order: str = "") -> None:
        self._data = data
        self._order = order or ("<" if data[126:128] == b"IM" else ">")
        self._two = struct.Struct(self._order + "II")

    def check(self, names: tuple[str, ...]) -> None:
        """Walk a whole file; of variables that are not wanted only what scipy reads of them."""
        at = _HEADER
        while at < len(self._data):
            kind, size = self._two.unpack_from(self._data, at)
            end = at + 8 + size
            if kind == _COMPRESSED and end <= len(self._data):
                inner = _unpacked(self._data[at + 8 : end])
                _Walk(inner, self._order).matrix(0, len(inner), names)
            else:
                self.matrix(at, len(self._data), names)
            at = end

    def matrix(self, at: int, end: int, names: tuple[str, ...] = ()) -> int:
        """Check the matrix at `at`; where the next element begins.

        With `names`, one that is not among them is left after its head.
        """
        kind, size = self._two.unpack_from(self._data, at)
        at, most = at + 8, end
        end = at + size
        _expect(kind == _MATRIX and end <= most)
        if size == 0:
            return end  # an empty cell
        flags, values, name, at = self._head(at, end)
        if not names or name in names:
            self._body(flags, values, at, end)
        return end

    def _head(self, at: int, end: int) -> tuple[int, int, str, int]:
        """Flags, number of values and name, and where the values begin."""
        kind, first, last, at = self._element(at, end)
        _expect(kind == 6 and last - first == 8)
        (flags,) = struct.unpack_from(self._order + "I", self._data, first)
        kind, first, last, at = self._element(at, end)
        _expect(kind == 5 and (last - first) % 4 == 0 and 8 <= last - first <= 128)
        sizes = struct.unpack_from(f"{self._order}{(last - first) // 4}i", self._data, first)
        _expect(min(sizes) >= 0)
        kind, first, last, at = self._element(at, end)
        _expect(kind == 1)
        return flags, math.prod(sizes), self._data[first:last].decode("latin-1"), at

    def _body(self, flags: int, values: int, at: int, end: int) -> None:
        """Check what follows the head: values, cells or fields."""
        kind = flags & 0xFF
        if kind == _STRUCT:
            fields, at = self._fields(at, end)
            values *= fields
        if kind in (_CELL, _STRUCT):
            for _ in range(values):
                at = self.matrix(at, end)
            return
        _expect(kind == _CHARACTERS or kind in _NUMERIC)
        for _ in range(2 if flags & _COMPLEX else 1):
            each, first, last, at = self._element(at, end)
            _expect(kind == _CHARACTERS or last - first == values * _VALUE_BYTES[each])

    def _fields(self, at: int, end: int) -> tuple[int, int]:
        """Number of a struct's fields, and where their values begin."""
        kind, first, last, at = self._element(at, end)
        _expect(kind == 5 and last - first == 4)
        (length,) = struct.unpack_from(self._order + "i", self._data, first)
        kind, first, last, at = self._element(at, end)
        _expect(kind == 1 and length > 0 and (last - first) % length == 0)
        return (last - first) // length, at

    def _element(self, at: int, end: int) -> tuple[int, int, int, int]:
        """Type of a plain element, where its bytes begin and end, and where the next begins."""
        kind, size = self._two.unpack_from(self._data, at)
        if kind >> 16:  # up to four bytes stand in the tag itself
            kind, size, first, after = kind & 0xFFFF, kind >> 16, at + 4, at + 8
            _expect(size <= 4)
        else:
            first = at + 8
            after = first + -(-size // 8) * 8
        _expect(kind in _VALUE_BYTES and first + size <= end)  # the last one can lack its padding
        return kind, first, first + size, after


def _unpacked(data: bytes) -> bytes:
    """A compressed element; ValueError where it breaks off, or would fill the memory."""
    whole = zlib.decompressobj()
    inner = whole.decompress(data, max(_MOST_BYTES, _MOST_GROWTH * len(data)))
    _expect(whole.eof)
    return inner


def _expect(holds: bool) -> None:
    if not holds:
        raise ValueError("an element of a .mat file is not as the format has it")
