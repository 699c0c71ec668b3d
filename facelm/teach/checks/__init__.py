"""Checks: what is wrong with a teacher's reply, one small named function each."""

from __future__ import annotations

from facelm.teach.checks._control import control_tokens
from facelm.teach.checks._evidence import evidence
from facelm.teach.checks._labels import labels
from facelm.teach.checks._language import language
from facelm.teach.checks._leak import leak
from facelm.teach.checks._length import too_long, too_short
from facelm.teach.checks._names import names
from facelm.teach.checks._refusal import refusal
from facelm.teach.checks._repeated import Repeats
from facelm.teach.checks._said import Check, Said
from facelm.teach.checks._schema import SchemaError, read_form, read_forms
from facelm.teach.policy import NAMES, Policy

__all__ = [
    "CHECKS",
    "NAMES",
    "Check",
    "Repeats",
    "Said",
    "SchemaError",
    "examine",
    "read_form",
    "read_forms",
]

CHECKS: dict[str, Check] = {
    "refusal": refusal,
    "control tokens": control_tokens,
    "language": language,
    "too short": too_short,
    "too long": too_long,
    "leak": leak,
    "labels": labels,
    "evidence": evidence,
    "names": names,
}
"""Name to check, in the order in which they are run."""


def examine(said: Said, policy: Policy) -> list[tuple[str, str]]:
    """Run the checks that a style names.

    Args:
        said: the answer, and what it is held against.
        policy: names the checks; a name that is none is passed over.

    Returns:
        Name and reason of every check that fails, in the order of `CHECKS`; empty for a good
        answer.
    """
    failed: list[tuple[str, str]] = []
    for name, check in CHECKS.items():
        if name in policy.checks and (why := check(said)):
            failed.append((name, why))
    return failed
