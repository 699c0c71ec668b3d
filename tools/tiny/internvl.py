"""InternVL3 as `OpenGVLab/InternVL3-*-hf`: InternViT, pixel unshuffle, Qwen2.

Published: 448 px, 14 px patches, 1,024 patches unshuffled to 256 tokens a tile. Here: 112 px, 64
patches, 16 tokens; one tile.
"""

from __future__ import annotations

from typing import Any

from tools.tiny.templates import CHATML
from tools.tiny.words import byte_tokenizer

SIDE = 112
TOKENS = 16


def tokenizer() -> Any:
    """SmolLM2's tokenizer with the special tokens of InternVL and LLaVA added."""
    return byte_tokenizer(
        {
            "start_image_token": "<img>",
            "end_image_token": "</img>",
            "context_image_token": "<IMG_CONTEXT>",
            "video_token": "<video>",
        }
    )


def build() -> tuple[Any, Any]:
    """Model and processor."""
    from transformers import (
        GotOcr2ImageProcessorPil,
        InternVLForConditionalGeneration,
        InternVLProcessor,
        InternVLVideoProcessor,
    )

    words = tokenizer()
    model = InternVLForConditionalGeneration(_config(words))
    model.generation_config.eos_token_id = words.eos_token_id
    model.generation_config.pad_token_id = words.pad_token_id
    size = {"height": SIDE, "width": SIDE}
    processor = InternVLProcessor(
        image_processor=GotOcr2ImageProcessorPil(size=size, crop_to_patches=False),
        tokenizer=words,
        video_processor=InternVLVideoProcessor(size=size),
        image_seq_length=TOKENS,
        chat_template=CHATML.replace("IMAGE", "<IMG_CONTEXT>\n").replace("VIDEO", "<video>\n"),
    )
    return model, processor


def _config(words: Any) -> Any:
    from transformers import InternVLConfig, InternVLVisionConfig, Qwen2Config

    return InternVLConfig(
        vision_config=InternVLVisionConfig(
            hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
            image_size=[SIDE, SIDE], patch_size=[14, 14],
        ),
        text_config=Qwen2Config(
            hidden_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
            intermediate_size=96, vocab_size=len(words), tie_word_embeddings=True,
            eos_token_id=words.eos_token_id, bos_token_id=words.bos_token_id,
        ),
        image_token_id=words.context_image_token_id,
        image_seq_length=TOKENS,
        downsample_ratio=0.5,
        tie_word_embeddings=True,
    )  # fmt: skip
