"""Styles (what is asked about a face) and teachers (who answers). Knows no model, no training.

Adding a teacher is one file and one line in `TEACHERS`; adding a style is one YAML file.
"""

from __future__ import annotations

from collections.abc import Callable

from facelm.errors import InputError, choose
from facelm.teach.style import STYLES, Style, load_style
from facelm.types import Teacher


def _measured(model: str, base_url: str | None, seed: int) -> Teacher:
    from facelm.teach.measured import Measured

    if model:
        raise InputError(f"The teacher 'measured' has no model '{model}': give `measured` alone.")
    return Measured(seed)


def _openai(model: str, base_url: str | None, seed: int) -> Teacher:
    from facelm.teach.openai import OpenAITeacher

    return OpenAITeacher(model, base_url, seed)


TEACHERS: dict[str, Callable[[str, str | None, int], Teacher]] = {
    "measured": _measured,
    "openai": _openai,
}
"""Name to a function of model, base URL and seed."""


def open_teacher(spec: str, base_url: str | None = None, seed: int = 0) -> Teacher:
    """Make a teacher ready; nothing is sent yet.

    Args:
        spec: `measured` or `openai:MODEL`.
        base_url: where `openai` finds its server, such as `http://127.0.0.1:8000/v1`; None takes
            OPENAI_BASE_URL.
        seed: of wordings (`measured`) and of the jitter between attempts (`openai`).

    Raises:
        InputError: no teacher has that name, or it lacks its model or its endpoint.
    """
    name, _, model = spec.partition(":")
    return TEACHERS[choose("teacher", name, tuple(TEACHERS))](model, base_url, seed)


__all__ = ["STYLES", "TEACHERS", "Style", "load_style", "open_teacher"]
