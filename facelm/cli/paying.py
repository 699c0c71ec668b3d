"""What the commands that pay for answers share: options, and what is said of the cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from facelm.teach import Means
    from facelm.teach.means import Mode

BaseUrl = Annotated[
    str | None,
    typer.Option("--base-url", help="Of an OpenAI-compatible endpoint, with /v1."),
]
Ledger = Annotated[
    Path | None,
    typer.Option(help="File of all answers; facelm-ledger.sqlite beside the corpus by default."),
]
Budget = Annotated[str | None, typer.Option(help="Spend at most this: 20usd.")]
BudgetTokens = Annotated[str | None, typer.Option(help="At most so many tokens: 5M.")]
PriceTable = Annotated[Path | None, typer.Option(help="A price table of your own (YAML).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Ask nothing; say what it would take.")]
Permission = Annotated[
    bool,
    typer.Option(
        "--i-have-permission",
        help="Show others' models pictures whose terms forbid it; it is written down.",
    ),
]
InFlight = Annotated[int, typer.Option(min=1, help="Never more calls at once than this.")]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds until a reply must be whole.")]


def means_of(
    mode: Mode, *, ledger: Path | None, budget: str | None, budget_tokens: str | None,
    prices: Path | None, permission: bool, in_flight: int, timeout: float,
) -> Means:  # fmt: skip
    """The means that the options above give.

    Raises:
        InputError: a budget cannot be read.
    """
    from facelm.teach import Means, Patience
    from facelm.teach.budget import Budget as Limits

    limits = Limits.read(budget, budget_tokens)
    return Means(
        ledger=ledger, in_flight=in_flight, budget=limits.dollars, budget_tokens=limits.tokens,
        prices=prices, permission=permission, patience=Patience(timeout_s=timeout), mode=mode,
    )  # fmt: skip


def would_take(result: dict[str, Any]) -> str:
    """Calls, tokens and cost of a dry run."""
    tokens = f"{result['prompt_tokens']:,} tokens in and {result['completion_tokens']:,} out"
    cost = f"about ${result['dollars']:.2f}" if result["priced"] else "at no known price"
    return f"{result['asked']:,} calls, {tokens}, {cost}"


def asked(result: dict[str, Any], what: str) -> str:
    """How many `what` a run asked for, and how many it had."""
    return f"{result['asked']:,} {what} asked for, {result['from_ledger']:,} from the ledger"


def cost(result: dict[str, Any]) -> str:
    """What a run spent."""
    return f"${result['dollars']:.2f}" if result["priced"] else "no price known"
