"""How pictures and clips are put before a model: in training and when it is asked, the same way."""

from __future__ import annotations

from typing import Any

import numpy as np

_VIDEO_TOWERS = ("VideoLlavaProcessor",)
"""Processors of models that look at a clip with a tower of its own, eight frames at a time."""


def has_video_tower(processor: Any) -> bool:
    """Whether a clip is one video for this model; for the others it is several pictures."""
    return type(processor).__name__ in _VIDEO_TOWERS


def media_parts(processor: Any, pictures: list[Any], clip: bool = False) -> list[dict[str, Any]]:
    """The parts of a message that show pictures, or the frames of a clip, in order.

    Args:
        processor: the model's.
        pictures: PIL pictures.
        clip: they are frames of one video, in the order of time.
    """
    if clip and has_video_tower(processor):
        return [{"type": "video", "video": [np.asarray(picture) for picture in pictures]}]
    return [{"type": "image", "image": picture} for picture in pictures]


def processed(processor: Any, text: str, pictures: list[Any], clip: bool = False) -> Any:
    """Tokens and pixels of a text from the chat template, by the call that the template makes.

    Pictures are nested: LLaVA-OneVision shows several of one conversation smaller than single ones.
    No second first token comes where the template wrote one (Gemma 3).
    """
    first = processor.tokenizer.bos_token
    own = first is not None and text.startswith(first)
    parts = media_parts(processor, pictures, clip)
    shown: dict[str, Any] = {}
    if parts and parts[0]["type"] == "video":
        shown = {"videos": [parts[0]["video"]]}
    elif parts:
        shown = {"images": [pictures]}
    return processor(text=[text], add_special_tokens=not own, return_tensors="pt", **shown)
