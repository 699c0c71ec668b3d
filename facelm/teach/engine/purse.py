"""What calls to one model cost, and whether the budget allows the next."""

from __future__ import annotations

from dataclasses import dataclass

from facelm.errors import PictureError
from facelm.teach.budget import Budget, Estimator, Spend
from facelm.teach.engine.request import Request, Sent
from facelm.teach.prices import Price, text_tokens
from facelm.teach.usage import Usage

_LIMITS = ("max_completion_tokens", "max_tokens")
# The frame around messages and pictures.
_FRAME_TOKENS = 16


@dataclass(frozen=True)
class Slip:
    """What was set aside for a call."""

    spend: Spend
    prompt_tokens: int


class Purse:
    """Pays for the calls to one model; several purses may share a budget."""

    def __init__(self, budget: Budget, price: Price | None, batch: bool = False) -> None:
        """Make one.

        Args:
            budget: what may be spent.
            price: of the model; None where nobody knows: then cost counts as 0.
            batch: calls go through a batch API.
        """
        self._budget, self._price, self._batch = budget, price, batch
        self._estimator = Estimator()

    def expect(self, request: Request) -> tuple[int, Usage]:
        """An estimate of the prompt's tokens, and what the call may take at most."""
        prompt = _FRAME_TOKENS + text_tokens(request.system) + text_tokens(request.text)
        prompt += sum(text_tokens(one) for pair in request.exchange for one in pair)
        prompt += sum(self._picture(one) for one in request.pictures)
        most = next((request.parameters[n] for n in _LIMITS if n in request.parameters), None)
        return prompt, self._estimator.expect(prompt, most if isinstance(most, int) else None)

    def reserve(self, request: Request) -> Slip | None:
        """Set aside what a call may cost at most; None where the budget has not that much left."""
        slip = self._slip(request)
        return slip if self._budget.reserve(slip.spend) else None

    async def secure(self, request: Request) -> Slip | None:
        """`reserve`, but waits for what calls under way may give back."""
        slip = self._slip(request)
        if not self._budget.limited:
            return slip
        return slip if await self._budget.secure(slip.spend) else None

    def _slip(self, request: Request) -> Slip:
        if not self._budget.limited:
            return Slip(Spend(0, 0), 0)
        prompt, usage = self.expect(request)
        return Slip(Spend(self.dollars(usage), usage.total), prompt)

    def settle(self, slip: Slip, usage: Usage | None) -> float:
        """Replace what was set aside by what it cost, in dollars; None: it brought no answer."""
        dollars = self.dollars(usage) if usage else 0.0
        self._budget.settle(slip.spend, Spend(dollars, usage.total if usage else 0))
        if usage and usage.total:
            self._estimator.learn(usage, slip.prompt_tokens or None)
        return dollars

    def carry(self, spend: Spend) -> None:
        """Count what earlier runs took that belong to the same budget."""
        self._budget.settle(Spend(0, 0), spend)

    def dollars(self, usage: Usage) -> float:
        """What a call of so many tokens costs."""
        if self._price is None:
            return 0.0
        return self._price.cost(usage.prompt, usage.cached, usage.completion, self._batch)

    def _picture(self, sent: Sent) -> int:
        from facelm.faces import inspect_picture

        if self._price is None:
            return 0
        try:
            return self._price.picture_tokens(*inspect_picture(sent.data))
        except PictureError:
            return 0
