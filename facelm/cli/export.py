"""`facelm export`: a finished run as a folder that others load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from facelm.cli.options import Json, Out, Seed, finish


def export(
    run: Annotated[Path, typer.Argument(help="A run's folder, as `facelm train` wrote it.")],
    out: Out,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="All weights, for plain transformers; else what is new."),
    ] = False,
    push: Annotated[
        str | None, typer.Option(help="OWNER/NAME on the hub; private if new; needs HF_TOKEN.")
    ] = None,
    gguf: Annotated[bool, typer.Option("--gguf", help="Says how, or why not.")] = False,
    onnx: Annotated[bool, typer.Option("--onnx", help="Says how, or why not.")] = False,
    openvino: Annotated[bool, typer.Option("--openvino", help="Says how, or why not.")] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Write a run for others: weights, processor, and a card with what it rests on."""
    from facelm.publish import export as run_export

    asked = {"gguf": gguf, "onnx": onnx, "openvino": openvino}
    formats = tuple(name for name, wanted in asked.items() if wanted)
    result = run_export(run, out, merge=merge, push=push, formats=formats)
    finish(result, as_json, lambda: _readable(result))


def _readable(result: dict[str, Any]) -> str:
    size = sum(result["files"].values()) / 1e6
    what = "whole model" if result["merged"] else f"what was added to {result['base']}"
    lines = [f"{result['path']}: {what}, {size:,.1f} MB; read its README.md before you pass it on."]
    if result["landmarks"]:
        lines.append("Its landmark modules work in facelm; plain transformers leaves them out.")
    return "\n".join([*lines, *([result["address"]] if result["address"] else [])])
