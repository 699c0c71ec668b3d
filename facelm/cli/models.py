"""`facelm models`: what a base model is before a weight of it is here; bases made of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from facelm.cli.options import Json, Out, Seed, finish

models_app = typer.Typer(no_args_is_help=True, help="Base models: check, join, import.")


@models_app.command("check")
def models_check(
    what: Annotated[str, typer.Argument(help="A hub id, a folder, nano, or a recipe (.yaml).")],
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Will it train, and at what cost? No weights are read; exit status 1 where it will not."""
    from facelm.train.check import check

    result = check(what)
    finish(result, as_json, lambda: _readable(result))
    if not result["will_train"]:
        raise typer.Exit(1)


@models_app.command("join")
def models_join(
    vision: Annotated[str, typer.Option(help="A vision encoder: hub id or folder.")],
    language: Annotated[str, typer.Option(help="A causal language model: hub id or folder.")],
    out: Out,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Join a vision encoder and a language model as a LLaVA, with a connector yet to be trained."""
    from facelm.models.join import join

    result = join(vision, language, out, seed)
    finish(
        result, as_json,
        lambda: f"{out}: {result['visual_tokens']} visual tokens a picture of {result['side']} "
        f"pixels; the connector is new, so train it before you ask.",
    )  # fmt: skip


@models_app.command("import-face-llava")
def models_import_face_llava(
    checkpoint: Annotated[Path, typer.Argument(help="Folder with the published safetensors.")],
    out: Out,
    base: Annotated[
        str | None, typer.Option(help="Video-LLaVA in the hub's layout; the 7B by default.")
    ] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Make a model of Face-LLaVA's published weights: Video-LLaVA with landmark modules."""
    from facelm.models.import_face_llava import BASE, import_face_llava

    result = import_face_llava(checkpoint, out, base or BASE)
    finish(result, as_json, lambda: _imported(result))


def _imported(result: dict[str, Any]) -> str:
    lines = [f"{result['out']}: Face-LLaVA, attention '{result['attention']}'."]
    if result["from_base"]:
        lines.append(f"from the base: {', '.join(result['from_base'])}")
    if left := result["attention_between_frames_left_out"]:
        lines.append(
            f"left out: {left} tensors of the video tower's attention between frames, which "
            "transformers' Video-LLaVA has no place for; answers about clips differ from the "
            "published model's"
        )
    return "\n".join(lines)


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
    from facelm.train.adapted import in_short

    memory = {name: readable(size, "B") for name, size in stage["memory_bytes"].items()}
    adapted = in_short(stage["lora_targets"])
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
