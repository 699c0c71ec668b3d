"""The `openai:MODEL` teacher: any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from facelm.errors import InputError
from facelm.teach.budget import Budget
from facelm.teach.engine.address import checked_url
from facelm.teach.engine.batch import BatchDesk, at_work
from facelm.teach.engine.desk import Desk, DryDesk, PaidDesk, Tally
from facelm.teach.engine.dialogue import Dialogue, Manner
from facelm.teach.engine.ledger import Ledger
from facelm.teach.engine.pace import Pace
from facelm.teach.engine.purse import Purse
from facelm.teach.engine.rater import ModelRater
from facelm.teach.engine.wire import Wire
from facelm.teach.keys import VARIABLES, Role, key_for
from facelm.teach.means import Means
from facelm.teach.permission import is_own, require_permission
from facelm.teach.policy import Policy
from facelm.teach.prices import Prices
from facelm.types import Answer, Ask, Case

if TYPE_CHECKING:
    from facelm._looking import Memory
    from facelm.teach.style import Style

NAME = "openai"
URL_VARIABLE = "OPENAI_BASE_URL"


class OpenAITeacher:
    """`facelm.teach.Paid` over HTTP; use it with `async with`.

    Keys are read when the teacher is made, sent to their endpoint and nowhere else.
    """

    def __init__(self, model: str, base_url: str | None, style: Style | None, means: Means) -> None:
        """Prepare; nothing is sent yet.

        Args:
            model: the name the endpoint knows.
            base_url: for example `http://127.0.0.1:8000/v1`; None takes OPENAI_BASE_URL.
            style: whose checks, forms and rater hold; None: no checks.
            means: ledger, budget and so on; the ledger must be given.

        Raises:
            InputError: there is no model, no endpoint, or the URL is not one; a style asks for a
                rater and there is none, or has no rating and there is a rater; a budget in
                dollars without a price.
        """
        self.name = f"{NAME}:{model}"
        self._means = means
        self._budget = Budget(means.budget, means.budget_tokens)
        self._calling = Calling.of(self.name, base_url, "teacher", means, self._budget)
        self._rating = _rating(style, self._calling, means, self._budget)
        self._open = AsyncExitStack()
        self._style, self._manner = style, _manner(model, style, means)
        self._began = time.monotonic()

    # A run that is refused before the ledger is wanted leaves none.

    @cached_property
    def _ledger(self) -> Ledger:
        return self._open.enter_context(ledger_of(self._means))

    @cached_property
    def _desks(self) -> list[Desk]:
        return [one.desk(self._ledger, self._means) for one in self._callings]

    @cached_property
    def _dialogue(self) -> Dialogue:
        rater = None
        if self._style and self._style.rating and self._rating:
            rater = ModelRater(self._desks[1], self._rating.model, self._style.rating)
        return Dialogue(self._desks[0], self._manner, rater)

    @property
    def _callings(self) -> list[Calling]:
        return [self._calling, *([self._rating] if self._rating else [])]

    @property
    def tally(self) -> Tally:
        """What was asked and spent so far, the rater's share included."""
        return sum((desk.tally for desk in self._desks), Tally())

    def about(self, sources: Iterable[str]) -> dict[str, Any]:
        """See `facelm.teach.Paid`."""
        urls = [one.wire.base_url for one in self._callings]
        permission = require_permission(sources, urls, self._means.permission)
        return {
            "ask": "together" if self._manner.together else "one-by-one",
            "rater": self._means.rater if self._rating else None,
            **({"permission": permission} if permission else {}),
        }

    def memory(self) -> Memory:
        """See `facelm.teach.Paid`."""
        return self._ledger

    def room(self, under_way: int) -> bool:
        """See `facelm.teach.Paid`."""
        return self._calling.wire.pace.room(under_way)

    @property
    def wanting(self) -> asyncio.Event:
        """See `facelm.teach.Paid`."""
        return self._calling.wire.pace.wanting

    def note(self) -> str:
        """See `facelm.teach.Paid`."""
        tally = self.tally
        rate = tally.asked / max(1e-9, time.monotonic() - self._began)
        return f"{rate:.1f} calls/s, {tally.asked + tally.found:,} answers, ${tally.dollars:.2f}"

    def report(self) -> dict[str, Any]:
        """See `facelm.teach.Paid`."""
        calls = sum(one.wire.calls for one in self._callings)
        priced = all(one.priced for one in self._callings)
        return {**self.tally.report(calls, priced), **self._batches()}

    def _batches(self) -> dict[str, Any]:
        if self._means.mode != "batch":
            return {}
        desks = [desk for desk in self._desks if isinstance(desk, BatchDesk)]
        return {"batches": [row for desk in desks for row in desk.batches.values()]}

    async def answer(self, case: Case, asks: list[Ask]) -> list[Answer]:
        """One answer per ask; see `facelm.types.Teacher`.

        Raises:
            SpentError: the budget does not allow to ask all of it.
            NotAskedError: it is a dry run, or a batch to come.
        """
        return await self._dialogue.answer(case, asks)

    async def __aenter__(self) -> OpenAITeacher:
        self._began = time.monotonic()
        async with AsyncExitStack() as opened:
            await opened.enter_async_context(self._open)
            desks = self._desks  # the ledger comes first, for it is closed last
            for one in self._callings:
                await opened.enter_async_context(one.wire)
            await opened.enter_async_context(at_work(desks))
            self._open = opened.pop_all()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._open.__aexit__(*error)  # it says whether batches are to be submitted


@dataclass(frozen=True)
class Calling:
    """How one model is called: its endpoint, and who pays."""

    role: Role
    model: str
    wire: Wire
    purse: Purse
    priced: bool

    @classmethod
    def of(
        cls, spec: str, base_url: str | None, role: Role, means: Means, budget: Budget,
        teacher_url: str | None = None,
    ) -> Calling:  # fmt: skip
        """Prepare to call a model.

        Args:
            spec: `openai:MODEL`.
            base_url: its endpoint; None takes OPENAI_BASE_URL.
            role: what for.
            means: patience, prices.
            budget: what may be spent; several models may share one.
            teacher_url: of a rater, where the teacher is.

        Raises:
            InputError: the model or the endpoint is missing or wrong, or a price is.
        """
        model = model_of(spec, role)
        url = _address(spec, base_url, role)
        prices = Prices.load(means.prices)
        price = prices.required(model, url) if means.budget else prices.at(model, url)
        wire = Wire(
            url, key_for(role, url, teacher_url), Pace(means.in_flight), patience=means.patience,
            key_variable=VARIABLES[role], trust_proxies=not is_own(url),
        )  # fmt: skip
        purse = Purse(budget, price, batch=means.by_batch)
        return cls(role, model, wire, purse, price is not None)

    def desk(self, ledger: Ledger, means: Means) -> Desk:
        """Who answers what it is asked."""
        if means.dry:
            return DryDesk(ledger, self.purse)
        if means.mode == "batch":
            return BatchDesk(self.wire, ledger, self.purse, self.role)
        return PaidDesk(self.wire, ledger, self.purse, self.role)


def model_of(spec: str, role: Role) -> str:
    """The model in `openai:MODEL`.

    Raises:
        InputError: it is something else.
    """
    name, _, model = spec.partition(":")
    if name != NAME or not model:
        raise InputError(f"The {role} '{spec}' is no model at an endpoint: give `{NAME}:MODEL`.")
    return model


def _rating(style: Style | None, teacher: Calling, means: Means, budget: Budget) -> Calling | None:
    """How the rater is called, where the style has a rating."""
    if style is None or means.rater == "none":
        return None
    if style.rating is None:
        if means.rater is not None:
            raise InputError(
                f"The style '{style.name}' has no answers rated, so --rater {means.rater} would do "
                "nothing: leave it out, or give a style with a `rate:` part, such as faceinstruct."
            )
        return None
    if means.rater is None:
        raise InputError(
            f"The style '{style.name}' has its answers rated by a second model: give it with "
            "--rater openai:MODEL, or do without by --rater none."
        )
    url = teacher.wire.base_url
    return Calling.of(means.rater, means.rater_url or url, "rater", means, budget, url)


@contextmanager
def ledger_of(means: Means) -> Iterator[Ledger]:
    """A run's ledger, closed at the end; where there is none yet, a dry run leaves none.

    Raises:
        InputError: the file is not a ledger.
        FacelmError: it cannot be written.
    """
    file = means.ledger_file
    with ExitStack() as opened:
        if means.dry and not file.exists():
            file = Path(opened.enter_context(TemporaryDirectory())) / file.name
        yield opened.enter_context(Ledger(file))


def _manner(model: str, style: Style | None, means: Means) -> Manner:
    if style is None:
        return Manner(model, Policy(), means.ask == "together")
    together = style.together if means.ask is None else means.ask == "together"
    return Manner(model, style.policy, together, style.parameters)


def _address(spec: str, base_url: str | None, role: Role) -> str:
    base = base_url or os.environ.get(URL_VARIABLE, "")
    if not base:
        raise InputError(
            f"The {role} '{spec}' needs an endpoint: give --base-url URL or set {URL_VARIABLE}."
        )
    return checked_url(base, role, VARIABLES[role])
