"""`facelm models`: what a base model is, before a weight of it is here."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from facelm.cli.options import Json, Seed, finish

models_app = typer.Typer(no_args_is_help=True, help="Base models: sizes, and whether they train.")


@models_app.callback()
def _models() -> None:
    """Keep the name of the sub-command even where there is only one."""


@models_app.command("check")
def models_check(
    what: Annotated[str, typer.Argument(help="A hub id, a folder, nano, or a recipe (.yaml).")],
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Will it train, and at what cost? No weights are read; exit status 1 where it will not."""
    import facelm.models  # noqa: F401 - before transformers: a torchvision that cannot import
    from facelm.train.check import check

    result = check(what)
    finish(result, as_json, lambda: _readable(result))
    if not result["will_train"]:
        raise typer.Exit(1)


def _readable(result: dict[str, Any]) -> str:
    lines = [f"{result['base']}: {_verdict(result)}"]
    if "parameters" in result:
        lines += _sizes(result)
    for stage in result.get("stages", []):
        lines += _stage(stage)
    lines.append(f"read from   {result['read_from']}")
    lines += [f"unverified  {fact}" for fact in result["unknown"]]
    return "\n".join(lines)


def _verdict(result: dict[str, Any]) -> str:
    return "trains with facelm." if result["will_train"] else f"will not train. {result['why_not']}"


def _sizes(result: dict[str, Any]) -> list[str]:
    from facelm.models.sizes import readable

    known = result["published_parameters"]
    beside = f" (published {readable(known)})" if known else ""
    by_part = result["parameters_by_part"].items()
    video = f", {result['video_tokens']:,} a video" if result["video_tokens"] else ""
    return [
        f"parameters  {readable(result['parameters'])}{beside}: "
        + ", ".join(f"{name} {readable(number)}" for name, number in by_part if number),
        f"sees        {result['visual_tokens']:,} visual tokens a picture{video}",
    ]


def _stage(stage: dict[str, Any]) -> list[str]:
    from facelm.models.sizes import readable

    memory = {name: readable(size, "B") for name, size in stage["memory_bytes"].items()}
    adapted = _compact(stage["lora_targets"])
    but = " (but for LoRA)" if adapted else ""
    return [
        f"stage       {stage['stage']}: {stage['trainable_parameters']:,} parameters learn",
        *(f"  LoRA on   {line}" for line in adapted),
        *([f"  whole     {', '.join(stage['trained_whole'])}"] if stage["trained_whole"] else []),
        f"  frozen    {', '.join(stage['frozen'])}{but}",
        f"  a row     {stage['tokens_per_sample']:,} tokens, "
        f"{readable(stage['flops_per_sample'], 'FLOPs')} forward and back",
        f"  memory    {memory['total']} = {memory['weights']} weights + "
        f"{memory['gradients_and_optimizer']} gradients and optimizer + {memory['activations']} "
        f"activations ({stage['rows_at_once']} of {stage['batch']} rows at once)",
        *([f"  note      {stage['note']}"] if "note" in stage else []),
    ]


def _compact(targets: dict[str, int]) -> list[str]:
    """Kinds of modules on one line for each place: `layers.* x 24: q_proj, k_proj`."""
    lines: dict[tuple[str, int], list[str]] = {}
    for name, number in targets.items():
        place, star, kind = name.rpartition(".*.")
        lines.setdefault((place + star.rstrip("."), number), []).append(kind)
    return [
        f"{place} x {n}: {', '.join(k)}" if place else f"{k[0]}" for (place, n), k in lines.items()
    ]
