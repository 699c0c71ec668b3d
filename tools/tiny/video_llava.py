"""Video-LLaVA as `LanguageBind/Video-LLaVA-7B-hf`: two towers, one projector, Vicuna.

What `transformers` 5.23 does with the two kinds of input (arXiv 2311.10122):

- A picture goes through `image_tower`, second-last layer, and
  `vision_feature_select_strategy: default` drops the class token: (224 / 14)² = 256 tokens of
  `<image>`. The processor gives `pixel_values_images`, an old name that the model still accepts.
- A clip goes through `video_tower`, frame by frame, and keeps the class token whatever the
  strategy: 257 tokens of `<video>` a frame, 2,056 for eight frames. The processor samples no
  frames (`do_sample_frames: false`): the caller hands over as many as the model is to see.
- Both towers are plain CLIP towers of one configuration: no attention between frames. The order of
  the frames reaches the language model through the order of their tokens alone.
- A prompt may hold both; each kind has its own special token and is counted on its own.

Here: 56 px, so 16 tokens a picture and 8 · 17 = 136 a clip of eight frames.
"""

from __future__ import annotations

from typing import Any

from tools.tiny.parts import PATCH, SIDE, clip, name_ends, vicuna
from tools.tiny.templates import VICUNA
from tools.tiny.words import llama_tokenizer

FRAMES = 8


def build() -> tuple[Any, Any]:
    """Model and processor."""
    from transformers import (
        VideoLlavaForConditionalGeneration,
        VideoLlavaImageProcessor,
        VideoLlavaProcessor,
        VideoLlavaVideoProcessor,
    )

    words = llama_tokenizer(["<image>", "<video>"], pad="<pad>")
    model = VideoLlavaForConditionalGeneration(_config(words))
    name_ends(model, words)
    sizes = {"size": {"shortest_edge": SIDE}, "crop_size": {"height": SIDE, "width": SIDE}}
    processor = VideoLlavaProcessor(
        image_processor=VideoLlavaImageProcessor(**sizes),
        video_processor=VideoLlavaVideoProcessor(**sizes),
        tokenizer=words,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=VICUNA,
    )
    return model, processor


def _config(words: Any) -> Any:
    from transformers import VideoLlavaConfig

    patches = (SIDE // PATCH) ** 2
    return VideoLlavaConfig(
        vision_config=clip(),
        text_config=vicuna(words),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        video_token_index=words.convert_tokens_to_ids("<video>"),
        image_seq_length=patches,
        video_seq_length=FRAMES * (patches + 1),
    )
