"""How pictures and clips are put before a model: in training and when it is asked, the same way."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def seen_once(processor: Any) -> Iterator[None]:
    """While this lasts, the same pictures asked about again are not gone through again.

    A row's questions all show the same pictures, and resizing those takes most of a processor's
    time. Not thread-safe: the processor's own parts are stood in for and put back at the end.

    Args:
        processor: the model's.
    """
    names = [name for name in _LOOKING if getattr(processor, name, None) is not None]
    own = {name: getattr(processor, name) for name in names}
    try:
        for name, part in own.items():
            setattr(processor, name, _Remembering(part))
        yield
    finally:
        for name, part in own.items():
            setattr(processor, name, part)


_LOOKING = ("image_processor", "video_processor")


class _Remembering:
    """An image or video processor that keeps what it made of the last pictures."""

    def __init__(self, own: Any) -> None:
        self._own = own
        self._given: Any = None
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def __call__(self, *pictures: Any, **how: Any) -> Any:
        if not _same(self._given, (pictures, how)):
            self._made = self._own(*pictures, **how)
            self._given = (pictures, how)
        return copy.copy(self._made)  # processors take entries out of what they are given


def _same(one: Any, other: Any) -> bool:
    """Whether a call gets what another got: the same pictures, frames equal pixel by pixel."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return isinstance(one, _PLAIN) and bool(one == other)


_PLAIN = (bool, int, float, str)
