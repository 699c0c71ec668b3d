"""What goes into a report: numbers as `bench` gives them, and encoded pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facelm.types import Turn

Results = Mapping[str, Any]
"""As `facelm.bench.bench` returns them: `model`, `suite`, `split`, `accuracy`, `ci95`, `n`,
`tasks` {name: {accuracy, ci95, n, chance, blind, generated}}, and the same five beside
`accuracy` for all questions; `groups` {label: {value: {accuracy, ci95, n}}}. Shares are 0..1."""


@dataclass(frozen=True)
class Talk:
    """A picture and what a teacher said about it."""

    image: bytes
    turns: Sequence[Turn]


@dataclass(frozen=True)
class Sample:
    """One unseen question about one picture, before and after training."""

    image: bytes
    question: str
    truth: str
    """The right option's text."""
    before: str
    """The option the model chose before training, or its own words."""
    after: str
    before_right: bool = False
    after_right: bool = False


@dataclass(frozen=True)
class DemoReport:
    """Everything a demo shows."""

    before: Results
    after: Results
    change: Mapping[str, Any]
    """As `facelm.bench.compare` returns it: `difference` and `ci95` (−1..1), `n`, `clusters`
    (pictures), and the same per task under `tasks`."""
    kind: str = "pictures of synthetic heads"
    """What was asked about, in the plural; `change["clusters"]` counts them."""
    faces: Sequence[bytes] = ()
    """Training pictures for the contact sheet; the first 48 are shown."""
    faces_in_all: int = 0
    conversations: Sequence[Talk] = ()
    losses: Sequence[tuple[int, float]] = ()
    """Optimizer step and mean loss per answer token, in nats."""
    samples: Sequence[Sample] = ()
    asked: Talk | None = None
    """The question put to the finished model, and its answer."""
    stages: Sequence[Mapping[str, Any]] = ()
    """`name` and `seconds`, and `peak_memory_mb` where it is known."""
    peak_memory_mb: float | None = None
    seconds: float | None = None
    """The whole run; None adds the stages up."""
    title: str = "facelm demo"
