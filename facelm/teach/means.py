"""What a run that pays for answers works with, and what it needs of a teacher that is paid."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from facelm._defaults import IN_FLIGHT
from facelm.teach.engine.wire import Patience
from facelm.types import Answer, Ask, Case

if TYPE_CHECKING:
    from facelm._looking import Memory

LEDGER = "facelm-ledger.sqlite"
How = Literal["one-by-one", "together"]
Mode = Literal["ask", "batch", "dry run", "dry batch"]


@dataclass(frozen=True)
class Means:
    """How a paid teacher is asked, and for how much."""

    ask: How | None = None
    """A request for each question, or one for all of a face's; None: as the style says."""
    rater: str | None = None
    """`openai:MODEL` that rates what the teacher wrote, where the style has a rating; `none`."""
    rater_url: str | None = None
    """Where it listens; None: where the teacher does."""
    ledger: Path | None = None
    """Where answers are kept; None: `facelm-ledger.sqlite` in the folder the corpus lies in."""
    in_flight: int = IN_FLIGHT
    """Never more calls at once than this; the level is found below it."""
    budget: float | None = None
    """Dollars the run may spend."""
    budget_tokens: int | None = None
    """Tokens the run may spend, read and written."""
    prices: Path | None = None
    """A price table of one's own, in the format of `teach/prices.yaml`."""
    permission: bool = False
    """The user has permission to show somebody else's model pictures whose terms forbid it."""
    patience: Patience = field(default_factory=Patience)
    mode: Mode = "ask"
    """Ask now; by OpenAI's Batch API; or not at all, only counting what either would ask."""

    @property
    def dry(self) -> bool:
        """Whether nothing is asked."""
        return self.mode.startswith("dry")

    @property
    def by_batch(self) -> bool:
        """Whether batch prices hold."""
        return self.mode.endswith("batch")

    @property
    def ledger_file(self) -> Path:
        """Where answers are kept."""
        return self.ledger or Path(LEDGER)

    def share(self, out: Path, parts: int) -> Means:
        """What one of several parts works with: the same ledger, its share of the budget."""
        return replace(
            self,
            ledger=self.ledger or out.absolute().parent / LEDGER,
            budget=None if self.budget is None else self.budget / parts,
            budget_tokens=None if self.budget_tokens is None else self.budget_tokens // parts,
        )


@runtime_checkable
class Paid(Protocol):
    """A teacher whose answers cost something: `facelm.types.Teacher` and what goes with that."""

    name: str

    def memory(self) -> Memory:
        """Where measurements are remembered; it is opened when it is first asked for.

        Raises:
            InputError: it is something else.
            FacelmError: it cannot be written.
        """
        ...

    def about(self, sources: Iterable[str]) -> dict[str, Any]:
        """What the manifest says of how it is asked.

        Raises:
            InputError: the terms of a source forbid to show its pictures to this teacher.
        """
        ...

    def room(self, under_way: int) -> bool:
        """Whether another case would be begun soon, beside so many."""
        ...

    @property
    def wanting(self) -> asyncio.Event:
        """Set when there may be room although no case has ended."""
        ...

    def note(self) -> str:
        """A few words for a bar: rate, answers, cost."""
        ...

    def report(self) -> dict[str, Any]:
        """Calls, tokens and cost of the run."""
        ...

    async def answer(self, case: Case, asks: list[Ask]) -> list[Answer]:
        """See `facelm.types.Teacher`."""
        ...

    async def __aenter__(self) -> Paid: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
