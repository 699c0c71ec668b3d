"""Attributes written as signs: 1 is there, -1 is not, and in some tables 0 is unknown."""

from __future__ import annotations

from collections.abc import Sequence


def odd_sign(attributes: Sequence[str], signs: Sequence[str], known: tuple[str, ...]) -> str | None:
    """Why a row's signs cannot be used: the first that is not among `known`."""
    if not set(signs).difference(known):
        return None
    pairs = zip(attributes, signs, strict=True)
    label, sign = next(pair for pair in pairs if pair[1] not in known)
    words = f"{', '.join(known[:-1])} or {known[-1]}"
    return f"{label} is '{sign}', not {words}: correct it or take the row out"
