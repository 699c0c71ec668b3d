"""Qwen3-VL as `Qwen/Qwen3-VL-*-Instruct`: any size of picture, positions in three dimensions.

Published: 16 px patches, merged two by two, so a token for every 32 px square. Here the same, and
pictures are scaled to at most 128 px square: 16 tokens. (arXiv 2511.21631.)
"""

from __future__ import annotations

from typing import Any

from tools.tiny.parts import SPREAD, name_ends
from tools.tiny.templates import CHATML
from tools.tiny.words import byte_tokenizer, padded

PATCH, MERGE = 16, 2
_FRAME = "<|vision_start|>{}<|vision_end|>"


def build() -> tuple[Any, Any]:
    """Model and processor."""
    from transformers import (
        Qwen2VLImageProcessor,
        Qwen3VLForConditionalGeneration,
        Qwen3VLProcessor,
        Qwen3VLVideoProcessor,
    )

    words = _tokenizer()
    model = Qwen3VLForConditionalGeneration(_config(words))
    name_ends(model, words)
    model.generation_config.update(do_sample=True, temperature=0.7, top_p=0.8, top_k=20)
    cut = {"patch_size": PATCH, "merge_size": MERGE, "temporal_patch_size": 2}
    size = {"shortest_edge": 64 * 64, "longest_edge": 128 * 128}
    processor = Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(size=size, **cut),
        video_processor=Qwen3VLVideoProcessor(size=size, **cut),
        tokenizer=words,
        chat_template=CHATML.replace("IMAGE", _FRAME.format("<|image_pad|>")).replace(
            "VIDEO", _FRAME.format("<|video_pad|>")
        ),
    )
    return model, processor


def _tokenizer() -> Any:
    names = {
        "image_token": "<|image_pad|>",
        "video_token": "<|video_pad|>",
        "vision_start_token": "<|vision_start|>",
        "vision_end_token": "<|vision_end|>",
    }
    return byte_tokenizer(names, pad_token="<|endoftext|>")


def _config(words: Any) -> Any:
    from transformers import Qwen3VLConfig

    vision = {
        "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2,
        "patch_size": PATCH, "spatial_merge_size": MERGE, "temporal_patch_size": 2,
        "out_hidden_size": 32, "num_position_embeddings": 64, "deepstack_visual_indexes": [0, 1],
    }  # fmt: skip
    text = {
        "vocab_size": padded(words), "hidden_size": 32, "intermediate_size": 64,
        "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
        "head_dim": 16, "max_position_embeddings": 4096,
        "bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id,
        "pad_token_id": words.pad_token_id, "initializer_range": SPREAD,
        "rope_parameters": {
            "rope_type": "default", "rope_theta": 5_000_000.0,
            "mrope_section": [4, 2, 2], "mrope_interleaved": True,
        },
    }  # fmt: skip
    return Qwen3VLConfig(
        vision_config=vision,
        text_config=text,
        image_token_id=words.image_token_id,
        video_token_id=words.video_token_id,
        vision_start_token_id=words.vision_start_token_id,
        vision_end_token_id=words.vision_end_token_id,
        tie_word_embeddings=True,
    )
