"""`facelm judge`: a model rates what a corpus says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from facelm._defaults import IN_FLIGHT, TIMEOUT_S
from facelm.cli.options import Json, Seed, finish
from facelm.cli.paying import (
    BaseUrl,
    Budget,
    BudgetTokens,
    DryRun,
    InFlight,
    Ledger,
    Permission,
    PriceTable,
    Timeout,
    asked,
    cost,
    means_of,
    would_take,
)


def judge(
    corpus: Annotated[Path, typer.Argument(help="A corpus's folder.")],
    judge: Annotated[str, typer.Option(help="openai:MODEL.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder; CORPUS-judged-MODEL beside it by default."),
    ] = None,
    base_url: BaseUrl = None,
    prompt: Annotated[str, typer.Option(help="faceinstruct, or a YAML file.")] = "faceinstruct",
    sample: Annotated[
        int | None, typer.Option(min=1, help="So many conversations, drawn by the seed.")
    ] = None,
    ledger: Ledger = None,
    budget: Budget = None,
    budget_tokens: BudgetTokens = None,
    prices: PriceTable = None,
    dry_run: DryRun = False,
    i_have_permission: Permission = False,
    in_flight: InFlight = IN_FLIGHT,
    timeout: Timeout = TIMEOUT_S,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Have a model rate a corpus's answers from 1 to 10 on FaceInstruct's criteria."""
    from facelm.judge import judge as run

    means = means_of(
        "dry run" if dry_run else "ask", ledger=ledger, budget=budget,
        budget_tokens=budget_tokens, prices=prices, permission=i_have_permission,
        in_flight=in_flight, timeout=timeout,
    )  # fmt: skip
    result = run(
        corpus, out, judge=judge, base_url=base_url, prompt=prompt, sample=sample, seed=seed,
        means=means,
    )  # fmt: skip
    finish(result, as_json, lambda: _would(result) if dry_run else _judged(result))


def _judged(result: dict[str, Any]) -> str:
    lines = [f"{'':<24}{'n':>8}{'unreadable':>12}{'set aside':>11}{'mean':>7}  interval; bounds"]
    for name, one in result["criteria"].items():
        lines.append(
            f"{name.replace('_', ' '):<24}{one['n']:>8,}{one['unreadable']:>12,}"
            f"{one['set_aside']:>11,}{_number(one['mean']):>7}  {_range(one['ci95'])}; "
            f"{_range(one['bounds'])}"
        )
    lines.append(
        f"{result['turns']:,} answers in {result['conversations']:,} conversations; "
        f"{asked(result, 'replies')}, {cost(result)}."
    )
    if result["stopped"]:
        lines.append(result["stopped"])
    return "\n".join([*lines, f"The report is {Path(result['path']) / 'report.html'}."])


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _range(values: list[float] | None) -> str:
    return "-" if values is None else f"{values[0]:.2f} to {values[1]:.2f}"


def _would(result: dict[str, Any]) -> str:
    return (
        f"{would_take(result)}; {result['from_ledger']:,} replies are in the ledger. "
        "Second tries come on top."
    )
