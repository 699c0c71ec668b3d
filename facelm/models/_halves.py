"""The two halves of a joined model: a vision encoder and a language model, as they were saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from facelm.errors import InputError
from facelm.models._hub import explaining, read_weights
from facelm.models.load import resolve

LAYER = -2
"""Second from the end, as LLaVA-1.5 reads CLIP (arXiv 2310.03744)."""


@dataclass(frozen=True)
class Eyes:
    """A vision encoder, and what it makes of a picture."""

    tower: Any
    images: Any
    """Its image processor."""
    side: int
    """Pixels of a picture's longer side, as the tower gets it."""
    patch: int
    patches: int
    cls: bool
    """A token for the whole picture stands before the patches; it is left out."""


def open_eyes(name: str) -> Eyes:
    """A vision encoder of `transformers`: CLIP, SigLIP, DINOv2, ViT and others.

    Args:
        name: a folder or hub id; of a model of pictures and captions, its vision half.

    Raises:
        InputError: it is none, or cannot be read.
        MissingError: it is not on this machine.
    """
    from transformers import AutoConfig, AutoImageProcessor

    folder = resolve(name)
    with explaining(folder, name):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        tower_class, tower_config = _tower_class(config, name)
        images = AutoImageProcessor.from_pretrained(folder, trust_remote_code=False)
        tower = read_weights(tower_class, folder, name, config=tower_config).eval()
    return _looked_through(tower, images, name)


def open_language(name: str) -> tuple[Any, Any]:
    """A causal language model of `transformers`, and its tokenizer.

    Raises:
        InputError: it is none, or cannot be read.
        MissingError: it is not on this machine.
    """
    from transformers import AutoConfig, AutoTokenizer
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING,
        MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
    )

    folder = resolve(name)
    with explaining(folder, name):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        known = MODEL_FOR_CAUSAL_LM_MAPPING.get(type(config), None)
        sees = type(config) in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING
        if known is None or sees or known.__name__ not in (config.architectures or []):
            raise InputError(
                f"'{name}' ({config.model_type}) is not a causal language model: give one to "
                "--language, such as HuggingFaceTB/SmolLM2-135M-Instruct."
            )
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        return read_weights(known, folder, name).eval(), tokenizer


def _tower_class(config: Any, name: str) -> tuple[Any, Any]:
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
        MODEL_MAPPING,
    )

    inner = getattr(config, "vision_config", None) or config
    tower = MODEL_MAPPING.get(type(inner), None)
    sees = getattr(tower, "main_input_name", None) == "pixel_values"
    if (
        type(config) in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING
        or not sees
        or not isinstance(getattr(inner, "patch_size", None), int)
    ):
        raise InputError(
            f"'{name}' ({config.model_type}) is not a vision encoder of patches: give one to "
            "--vision, such as openai/clip-vit-large-patch14-336 or google/siglip-base-patch16-224."
        )
    return tower, inner


def _looked_through(tower: Any, images: Any, name: str) -> Eyes:
    """What comes out is seen, not guessed: families differ in class tokens and in sizes."""
    broken = f"'{name}' cannot be the eyes of a LLaVA: "
    try:
        wide, high = (
            images(images=Image.new("RGB", size), return_tensors="pt")["pixel_values"]
            for size in ((96, 64), (64, 80))
        )
        with torch.inference_mode():
            out = tower(wide.to(tower.dtype), output_hidden_states=True).hidden_states[LAYER]
    except (ValueError, TypeError, KeyError, IndexError, RuntimeError, AttributeError) as error:
        raise InputError(
            f"{broken}its picture processor and its tower do not go together ({error}); take a "
            "copy with its own preprocessor_config.json."
        ) from error
    height, width = wide.shape[-2:]
    patch = tower.config.patch_size
    patches = (height // patch) * (width // patch)
    extra = out.shape[1] - patches if out.dim() == 3 else -1
    if extra not in (0, 1) or wide.shape != high.shape:
        raise InputError(
            f"{broken}it gives no grid of patches of one size, with or without a class token; "
            "give a CLIP, SigLIP, DINOv2 or ViT."
        )
    return Eyes(tower, images, max(height, width), patch, patches, bool(extra))
