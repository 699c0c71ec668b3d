"""`facelm faces`: crops and landmarks of pictures and clips, ready for a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from facelm.cli.options import Json, Out, Seed, finish


def faces(
    path: Annotated[Path, typer.Argument(help="A picture, a video, or a folder of both.")],
    out: Out,
    margin: Annotated[
        float, typer.Option(help="Added around the face's square, as a share of its side, 0 to 1.")
    ] = 0.0,
    one_face: Annotated[
        bool, typer.Option("--one-face", help="Refuse pictures with more than one face.")
    ] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Crop faces to 256 pixels and find their 68 landmarks; follow one person through a clip."""
    from facelm.faces import prepare

    result = prepare(path, out, margin=margin, one_face=one_face)
    finish(result, as_json, lambda: _told(result, out))


def _told(result: dict[str, Any], out: Path) -> str:
    refused = result["refused"]
    lines = [f"  {row['id']}: {row['reason']}" for row in refused[:5]]
    more = [f"  … and {len(refused) - 5} more in {out / 'manifest.json'}"]
    text = (
        f"{out}: {result['pictures']} pictures, {result['clips']} clips of {result['frames']} "
        f"frames ({result['interpolated']} interpolated), {len(refused)} refused, "
        f"{result['frames_per_s']:.1f} frames/s."
    )
    return "\n".join([text, *lines, *(more if len(refused) > 5 else [])])
