"""Facts: what the parameters of Face-LLaVA's published weights are called, and what we call them.

Read from the names of the modules in the authors' repository (github.com/ihp-lab/Face-LLaVA), from
Video-LLaVA's (the towers) and from issue 18 there, which lists names of a published checkpoint with
both towers in it. The weights themselves have not been opened here.
"""

from __future__ import annotations

import re

HEADS = 8
"""Of the attention, in both of its forms."""

NAMES = (
    (r"lm_head\.(.+)", r"lm_head.\1"),
    (r"model\.(embed_tokens|norm|layers\..+?)\.(weight|bias)", r"model.language_model.\1.\2"),
    (r"model\.mm_projector\.0\.(weight|bias)", r"model.multi_modal_projector.linear_1.\1"),
    (r"model\.mm_projector\.2\.(weight|bias)", r"model.multi_modal_projector.linear_2.\1"),
    (r"model\.image_tower\.image_tower\.(.+)", r"model.image_tower.\1"),
    (r"model\.video_tower\.video_tower\.(.+)", r"model.video_tower.\1"),
)
"""Of the base: a pattern for the whole published name, and the name in `transformers`."""

REGIONS = {
    "face": "contour", "eyebrow1": "left_brow", "eyebrow2": "right_brow", "nose": "nose_bridge",
    "nostril": "nostrils", "eye1": "left_eye", "eye2": "right_eye", "lips": "outer_lips",
    "teeth": "inner_lips",
}  # fmt: skip
"""Published name of a region's layer, and ours."""

_PROJECTOR = "model.landmarks_projector.region_layers"
_FACE = "model.global_landmarks_projector"
_ATTENTION = "model.landmarks_cross_attn"
_OURS = "model.landmarks"

_BOTH = {
    **{f"{_PROJECTOR}.{theirs}": f"projector.regions.{ours}" for theirs, ours in REGIONS.items()},
    _FACE: "projector.face",
    f"{_ATTENTION}.cross_attn.ln": "attention.norm",
    f"{_ATTENTION}.linear_proj": "attention.output",
}
SIMPLE = _BOTH | {f"{_ATTENTION}.cross_attn.attn.out_proj": "attention.join"}
"""Layers of the form `simple`, which both released scripts train, and their names among ours."""
MASKED = _BOTH | {
    f"{_ATTENTION}.cross_attn.{letter}_proj": f"attention.{ours}"
    for letter, ours in (("q", "query"), ("k", "key"), ("v", "value"))
}
"""Layers of the form `masked`. It has none after the heads: ours is the identity there."""
STACKED = f"{_ATTENTION}.cross_attn.attn.in_proj_"
"""Of `simple`: query, key and value behind one another, in `weight` and in `bias`."""

UNUSED = re.compile(
    r".*\.rotary_emb\.inv_freq"  # worked out anew
    r"|.*\.embeddings\.position_ids"
    r"|model\.landmarks_cross_attn\.ln\.(weight|bias)"  # made, never run
)
BETWEEN_FRAMES = re.compile(
    r"model\.video_tower\.video_tower\.encoder\.layers\.\d+\."
    r"(temporal_embedding|temporal_attn\..+|temporal_layer_norm1\..+)"
)
"""The video tower's attention between frames, which `transformers`' Video-LLaVA has no place for:
its own conversion leaves these out (issue 223 of Video-LLaVA)."""


def landmark_parameters(layers: dict[str, str]) -> dict[str, str]:
    """Published parameter names to ours, for layers with a weight and a bias each."""
    return {
        f"{theirs}.{kind}": f"{_OURS}.{ours}.{kind}"
        for theirs, ours in layers.items()
        for kind in ("weight", "bias")
    }


def in_transformers(name: str) -> str | None:
    """The base's name for a published parameter, None where it is none of the base's."""
    for pattern, ours in NAMES:
        if found := re.fullmatch(pattern, name):
            return found.expand(ours)
    return None
