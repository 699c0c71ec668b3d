"""LLaVA-1.5 as `llava-hf/llava-1.5-7b-hf`: CLIP, a two-layer projector, Vicuna (Llama).

Published: 336 px, 14 px patches, the second-last layer without its class token: 24² = 576 tokens.
Here: 56 px, 4² = 16 tokens. (CVPR 2024, arXiv 2310.03744.)
"""

from __future__ import annotations

from typing import Any

from tools.tiny.parts import PATCH, SIDE, clip, name_ends, vicuna
from tools.tiny.templates import VICUNA
from tools.tiny.words import llama_tokenizer


def build() -> tuple[Any, Any]:
    """Model and processor."""
    from transformers import CLIPImageProcessor, LlavaForConditionalGeneration, LlavaProcessor

    words = llama_tokenizer(["<image>"], pad="<pad>")
    model = LlavaForConditionalGeneration(_config(words))
    name_ends(model, words)
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessor(
            size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
        ),
        tokenizer=words,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,  # the class token, which "default" then leaves out
        chat_template=VICUNA,
    )
    return model, processor


def _config(words: Any) -> Any:
    from transformers import LlavaConfig

    return LlavaConfig(
        vision_config=clip(),
        text_config=vicuna(words),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        image_seq_length=(SIDE // PATCH) ** 2,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
    )
