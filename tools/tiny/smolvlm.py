"""SmolVLM2 as `HuggingFaceTB/SmolVLM2-*-Instruct`: SigLIP, pixel shuffle, SmolLM2.

Published (2.2B): 384 px tiles of 81 tokens, up to 4 by 4 and a small copy of the whole. Here: 56 px
tiles of four tokens, 2 by 2 and the whole: 20 tokens a square picture. (arXiv 2504.05299.) The
processor needs the package `num2words`.
"""

from __future__ import annotations

from typing import Any

from tools.tiny.parts import SPREAD, name_ends
from tools.tiny.templates import SMOLVLM
from tools.tiny.words import byte_tokenizer, padded

TILE, PATCH, SCALE = 56, 14, 2
TOKENS = (TILE // PATCH // SCALE) ** 2


def build() -> tuple[Any, Any]:
    """Model and processor."""
    from transformers import (
        SmolVLMForConditionalGeneration,
        SmolVLMImageProcessor,
        SmolVLMProcessor,
        SmolVLMVideoProcessor,
    )

    words = _tokenizer()
    model = SmolVLMForConditionalGeneration(_config(words))
    name_ends(model, words)
    size, tile = {"longest_edge": 2 * TILE}, {"longest_edge": TILE}
    processor = SmolVLMProcessor(
        image_processor=SmolVLMImageProcessor(size=size, max_image_size=tile),
        video_processor=SmolVLMVideoProcessor(size=tile, max_image_size=tile),
        tokenizer=words,
        image_seq_len=TOKENS,
        chat_template=SMOLVLM,
    )
    return model, processor


def _tokenizer() -> Any:
    names = {
        "image_token": "<image>",
        "fake_image_token": "<fake_token_around_image>",
        "global_image_token": "<global-img>",
        "end_of_utterance_token": "<end_of_utterance>",
    }
    words = byte_tokenizer(names, eos_token="<end_of_utterance>")
    rows = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    words.add_tokens(rows, special_tokens=True)
    return words


def _config(words: Any) -> Any:
    from transformers import LlamaConfig, SmolVLMConfig

    return SmolVLMConfig(
        vision_config={
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
            "num_attention_heads": 2, "image_size": TILE, "patch_size": PATCH,
        },
        text_config=LlamaConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, vocab_size=padded(words), rms_norm_eps=1e-5,
            max_position_embeddings=4096, bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id,
            tie_word_embeddings=True, initializer_range=SPREAD,
        ),
        image_token_id=words.image_token_id,
        scale_factor=SCALE,
        pad_token_id=words.pad_token_id,
        tie_word_embeddings=True,
    )  # fmt: skip
