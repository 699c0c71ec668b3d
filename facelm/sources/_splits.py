"""Splits for datasets that publish none: drawn by person, so that nobody is in two of them."""

from __future__ import annotations

import hashlib

SPLITS = ("train", "val", "test")
_SHARES = (0.8, 0.9, 1.0)


def hidden(source: str, subject: str) -> str:
    """A dataset's number or name of a person as 16 hex digits; "" stays "".

    The same person of one dataset keeps one hash, and no name leaves the dataset's own files. It
    hides a name from readers, not from somebody who hashes a list of names.
    """
    return hashlib.sha256(f"{source}/{subject}".encode()).hexdigest()[:16] if subject else ""


def split_of(subject: str, seed: int = 0) -> str:
    """`train` (80 %), `val` (10 %) or `test` (10 %), the same for all rows of one subject.

    Args:
        subject: the dataset's own number or name of a person (a picture's id where nobody is
            known).
        seed: another seed is another draw.
    """
    digest = hashlib.sha256(f"{seed}/{subject}".encode("utf-8", "surrogatepass")).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    return next(name for name, most in zip(SPLITS, _SHARES, strict=True) if share < most)
