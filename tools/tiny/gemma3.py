"""Gemma 3 as `google/gemma-3-*-it`: SigLIP pooled to few tokens, sliding and full attention.

Published: 896 px, 14 px patches, 4,096 patches pooled to 256 tokens, which see one another in both
directions. Here: 112 px, 64 patches, 16 tokens; one layer of each kind. (arXiv 2503.19786.)
"""

from __future__ import annotations

from typing import Any

from tools.tiny.parts import SPREAD
from tools.tiny.templates import GEMMA
from tools.tiny.words import gemma_tokenizer, padded

SIDE, PATCH, TOKENS = 112, 14, 16


def build() -> tuple[Any, Any]:
    """Model and processor."""
    import torch
    from transformers import Gemma3ForConditionalGeneration, Gemma3ImageProcessor, Gemma3Processor

    words = _tokenizer()
    model = Gemma3ForConditionalGeneration(_config(words))
    # transformers leaves this matrix at zero: the picture would not reach the language model.
    torch.nn.init.normal_(model.model.multi_modal_projector.mm_input_projection_weight, std=SPREAD)
    generation = model.generation_config
    generation.bos_token_id, generation.pad_token_id = words.bos_token_id, words.pad_token_id
    turn = words.convert_tokens_to_ids("<end_of_turn>")
    generation.eos_token_id = [words.eos_token_id, turn]
    processor = Gemma3Processor(
        image_processor=Gemma3ImageProcessor(size={"height": SIDE, "width": SIDE}),
        tokenizer=words,
        image_seq_length=TOKENS,
        chat_template=GEMMA,
    )
    return model, processor


def _tokenizer() -> Any:
    named = {
        "image_token": "<image_soft_token>",
        "boi_token": "<start_of_image>",
        "eoi_token": "<end_of_image>",
    }
    return gemma_tokenizer(named, ["<start_of_turn>", "<end_of_turn>"])


def _config(words: Any) -> Any:
    from transformers import Gemma3Config, Gemma3TextConfig, SiglipVisionConfig

    return Gemma3Config(
        vision_config=SiglipVisionConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
            image_size=SIDE, patch_size=PATCH, vision_use_head=False,
        ),
        text_config=Gemma3TextConfig(
            hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, head_dim=16, query_pre_attn_scalar=16, sliding_window=512,
            layer_types=["sliding_attention", "full_attention"], vocab_size=padded(words),
            bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id, max_position_embeddings=4096,
            initializer_range=SPREAD,
        ),
        mm_tokens_per_image=TOKENS,
        image_token_index=words.image_token_id,
        boi_token_index=words.boi_token_id,
        eoi_token_index=words.eoi_token_id,
    )  # fmt: skip
