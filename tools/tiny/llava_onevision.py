"""LLaVA-OneVision as `llava-hf/llava-onevision-qwen2-*-ov-hf`: SigLIP, tiles, Qwen2.

Published: a base view of 27² = 729 tokens and up to 6 by 6 tiles of 384 px, with a token at the end
of every row of patches. Here: 56 px tiles of 16 tokens, up to 2 by 2; a square picture of 112 px
and more has 16 + 64 + 8 = 88 tokens. (arXiv 2408.03326.)
"""

from __future__ import annotations

from typing import Any

from tools.tiny.parts import SPREAD, name_ends
from tools.tiny.templates import ONEVISION
from tools.tiny.words import byte_tokenizer, padded

TILE, PATCH = 56, 14
GRIDS = [[56, 56], [56, 112], [112, 56], [112, 112]]


def build() -> tuple[Any, Any]:
    """Model and processor."""
    from transformers import (
        LlavaOnevisionForConditionalGeneration,
        LlavaOnevisionImageProcessor,
        LlavaOnevisionProcessor,
        LlavaOnevisionVideoProcessor,
    )

    names = {"image_token": "<image>", "video_token": "<video>"}
    words = byte_tokenizer(names, pad_token="<|endoftext|>")
    model = LlavaOnevisionForConditionalGeneration(_config(words))
    name_ends(model, words)
    size = {"height": TILE, "width": TILE}
    processor = LlavaOnevisionProcessor(
        image_processor=LlavaOnevisionImageProcessor(size=size, image_grid_pinpoints=GRIDS),
        video_processor=LlavaOnevisionVideoProcessor(size=size),
        tokenizer=words,
        num_image_tokens=(TILE // PATCH) ** 2,
        vision_feature_select_strategy="full",
        chat_template=ONEVISION,
    )
    return model, processor


def _config(words: Any) -> Any:
    from transformers import LlavaOnevisionConfig, Qwen2Config, SiglipVisionConfig

    return LlavaOnevisionConfig(
        vision_config=SiglipVisionConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
            image_size=TILE, patch_size=PATCH, vision_use_head=False,
        ),
        text_config=Qwen2Config(
            hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
            num_key_value_heads=1, vocab_size=padded(words), max_position_embeddings=4096,
            bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id, tie_word_embeddings=True,
            initializer_range=SPREAD,
        ),
        image_token_index=words.image_token_id,
        video_token_index=words.video_token_id,
        image_grid_pinpoints=GRIDS,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        tie_word_embeddings=True,
    )  # fmt: skip
