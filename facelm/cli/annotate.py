"""`facelm annotate`: from faces to conversations, by a teacher."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from facelm._defaults import IN_FLIGHT, TIMEOUT_S
from facelm.cli.options import (
    EngineName,
    Json,
    Limit,
    Out,
    Seed,
    Shard,
    Split,
    Strict,
    Workers,
    finish,
)
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

if TYPE_CHECKING:
    from facelm.teach.means import Mode

_MODES: dict[tuple[bool, bool], Mode] = {
    (False, False): "ask", (False, True): "batch", (True, False): "dry run",
    (True, True): "dry batch",
}  # fmt: skip


def annotate(
    source: Annotated[str, typer.Argument(help="NAME[:PATH]: heads, fairface:DIR, folder:DIR")],
    out: Out,
    split: Split = None,
    style: Annotated[str, typer.Option(help="A style's name or YAML file.")] = "fairfacegpt",
    teacher: Annotated[str, typer.Option(help="measured, or openai:MODEL.")] = "measured",
    base_url: BaseUrl = None,
    ask: Annotated[
        Literal["one-by-one", "together"] | None,
        typer.Option(help="A call for each question, or for each face; the style says by default."),
    ] = None,
    rater: Annotated[
        str | None, typer.Option(help="openai:MODEL that rates answers, if the style wants it.")
    ] = None,
    rater_url: Annotated[
        str | None, typer.Option(help="Its endpoint; the teacher's by default.")
    ] = None,
    ledger: Ledger = None,
    budget: Budget = None,
    budget_tokens: BudgetTokens = None,
    prices: PriceTable = None,
    dry_run: DryRun = False,
    batch: Annotated[
        bool, typer.Option("--batch", help="By the Batch API; run again to collect.")
    ] = False,
    i_have_permission: Permission = False,
    in_flight: InFlight = IN_FLIGHT,
    timeout: Timeout = TIMEOUT_S,
    limit: Limit = None,
    strict: Strict = False,
    shard: Shard = None,
    workers: Workers = 1,
    engine: EngineName = "local",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Ask a teacher about every face of a source; write a corpus of conversations."""
    from facelm.annotate import annotate as run

    paid = means_of(
        _MODES[dry_run, batch], ledger=ledger, budget=budget, budget_tokens=budget_tokens,
        prices=prices, permission=i_have_permission, in_flight=in_flight, timeout=timeout,
    )  # fmt: skip
    means = replace(paid, ask=ask, rater=rater, rater_url=rater_url)
    result = run(
        source, out, split=split, style=style, teacher=teacher, base_url=base_url, limit=limit,
        seed=seed, strict=strict, shard=shard, workers=workers or 1, engine=engine, means=means,
    )  # fmt: skip
    finish(result, as_json, lambda: made(result, out))


def made(result: dict[str, Any], out: Path) -> str:
    """What a run came to, for a person."""
    if result.get("dry_run"):
        return _would(result)
    paid = _paid(result) if "asked" in result else ""
    if not result["complete"]:
        return f"{out}: {_unfinished(result)}{paid}"
    refused = result["refused"]
    lines = [f"  {row['id']}: {row['reason']}" for row in refused[:5]]
    more = [f"  … and {len(refused) - 5} more in {out / 'manifest.json'}"]
    text = (
        f"{out}: {result['faces']} faces, {result['conversations']} conversations, "
        f"{result['turns']} answers, {len(refused)} refused, {result['faces_per_s']:.1f} faces/s."
    )
    if result.get("unasked"):
        text += f" {result['unasked']} were asked nothing, so that no is not right more often."
    return "\n".join([text + paid, *lines, *(more if len(refused) > 5 else [])])


def _unfinished(result: dict[str, Any]) -> str:
    if stopped := result.get("stopped"):
        return f"{stopped} {_batches(result)}".rstrip()
    if left := result.get("left"):
        return f"{left:,} faces wait. {_batches(result)}Run the same command again to collect."
    return "this part is finished; others are still to come."


def _batches(result: dict[str, Any]) -> str:
    """How batches stand, those first that need somebody."""
    from facelm.teach.engine.batch import ENDED

    batches = result.get("batches", [])
    lines = [f"{one['id']} ({one['status']}): {one['why']}. " for one in batches if "why" in one]
    under_way = [one for one in batches if one["status"] not in ENDED]
    requests = sum(one["requests"] for one in under_way)
    names = ", ".join(one["id"] for one in under_way[:5]) + (", …" if len(under_way) > 5 else "")
    if under_way:
        lines.append(f"{requests:,} requests are in batches under way: {names}. ")
    return "".join(lines)


def _paid(result: dict[str, Any]) -> str:
    tokens = result["prompt_tokens"] + result["completion_tokens"]
    return f" {asked(result, 'answers')}, {tokens:,} tokens, {cost(result)}."


def _would(result: dict[str, Any]) -> str:
    return (
        f"{result['faces']:,} faces: {would_take(result)}; "
        f"{result['from_ledger']:,} answers are in the ledger. Second tries and raters come on top."
    )
