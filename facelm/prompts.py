"""Texts that two rooms must agree on: multiple-choice questions, and lists of what is known.

A model that is trained on one layout and tested on another is tested on the layout.
"""

from __future__ import annotations

from string import ascii_uppercase

from facelm.errors import InputError

LISTED = "list"
"""Category of the question whose answer lists all that is known."""


def choice_prompt(text: str, options: tuple[str, ...], postpend: str, context: str = "") -> str:
    """Lay a question out as FaceXBench's runner does (arXiv 2501.10360).

    Args:
        text: the question.
        options: two to 26 answers, the right one among them.
        postpend: how to answer; it stands before the options, as published.
        context: what is told before the question, empty for most tasks.

    Returns:
        Context, question, postpend and the options as "(A) ..." lines, one line each; empty parts
        are left out.

    Raises:
        InputError: there are more options than letters.
    """
    if len(options) > len(ascii_uppercase):
        raise InputError(f"The question '{text}' has {len(options)} options; give at most 26.")
    lines = [
        f"({letter}) {option}" for letter, option in zip(ascii_uppercase, options, strict=False)
    ]
    return "\n".join([part for part in (context, text, postpend) if part] + lines)


def listing(facts: dict[str, str]) -> str:
    """Everything known about a face in one line: "age: 20-29; mouth: open"."""
    return "; ".join(f"{name}: {value}" for name, value in facts.items())


def read_listing(text: str) -> dict[str, str]:
    """What `listing` wrote; a part without a colon is left out."""
    pairs = (part.partition(": ") for part in text.split("; "))
    return {name: value for name, colon, value in pairs if colon}
