"""Parts that several families share."""

from __future__ import annotations

from typing import Any

from tools.tiny.words import padded

SIDE, PATCH = 56, 14
"""Of the CLIP towers: 4² patches."""

SPREAD = 0.25
"""Standard deviation of the weights, instead of the usual 0.02: as narrow and shallow as these
models are, they would otherwise repeat their last word whatever they are shown."""


def name_ends(model: Any, words: Any) -> None:
    """Write the first, last and padding token into the generation config, as published ones do."""
    for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
        setattr(model.generation_config, name, getattr(words, name))


def vicuna(words: Any) -> Any:
    """A small Llama as the language model of LLaVA-1.5 and Video-LLaVA."""
    from transformers import LlamaConfig

    return LlamaConfig(
        hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        vocab_size=padded(words), rms_norm_eps=1e-5, max_position_embeddings=4096,
        bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id, initializer_range=SPREAD,
    )  # fmt: skip


def clip() -> Any:
    """A small CLIP vision tower."""
    from transformers import CLIPVisionConfig

    return CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=2,
        image_size=SIDE, patch_size=PATCH, projection_dim=32,
    )  # fmt: skip
