"""A base model without weights, on torch's meta device: every shape and no memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from facelm.errors import InputError
from facelm.models.configs import Base, pickled_only

DTYPE = torch.bfloat16
"""What models are loaded in on a GPU (`facelm.models.load`)."""


@dataclass(frozen=True)
class Parts:
    """The modules of an image-text-to-text model by what they do."""

    language: nn.Module
    """The decoder with its token embeddings, without the output layer."""
    towers: dict[str, nn.Module]
    """What sees pixels, by name."""
    connectors: dict[str, nn.Module]
    """What lies between, by name."""


def build(base: Base) -> Any:
    """A model of meta tensors in bfloat16.

    Raises:
        InputError: it cannot be trained here, with the reason in a sentence.
    """
    from transformers import AutoModelForImageTextToText

    config = _config(base)
    pickle = pickled_only(base)
    if pickle:
        raise InputError(
            f"{base.name} has its weights in pickles only ({pickle}), which can run code and are "
            "never opened: take a version with .safetensors files."
        )
    try:
        with torch.device("meta"):
            return AutoModelForImageTextToText.from_config(config, dtype=DTYPE)
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, ImportError) as error:
        raise InputError(
            f"{base.name} cannot be built from its configuration ({_line(error)}): look for a "
            "key that is missing or wrong there."
        ) from error


def parts(model: Any) -> Parts:
    """Sort a model's modules into language, towers and connectors."""
    language = model.get_decoder()
    others = {n: m for n, m in model.model.named_children() if m is not language}
    between = {n for n in others if "proj" in n or "connector" in n}
    return Parts(
        language,
        {name: module for name, module in others.items() if name not in between},
        {name: others[name] for name in sorted(between)},
    )


def count(modules: list[nn.Module] | dict[str, nn.Module]) -> int:
    """Parameters of some modules, each once."""
    listed = modules.values() if isinstance(modules, dict) else modules
    return sum({id(p): p.numel() for m in listed for p in m.parameters()}.values())


def _config(base: Base) -> Any:
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig, AutoModelForImageTextToText, __version__

    kind = base.config["model_type"]
    values = {key: value for key, value in base.config.items() if key not in _NO_SHAPE}
    try:
        config = AutoConfig.for_model(**values)
    except (ValueError, TypeError, KeyError, AttributeError, StrictDataclassError) as error:
        if "Unrecognized model identifier" not in str(error):
            raise InputError(
                f"The configuration of {base.name} is not one of a {kind} model ({_line(error)}): "
                "compare it with the published one."
            ) from error
        if "auto_map" in base.config:
            raise InputError(
                f"{base.name} needs code from its own repository, which facelm never runs: look "
                "for a version that transformers knows by itself, often named -hf."
            ) from error
        raise InputError(
            f"transformers {__version__} does not know the architecture '{kind}' of {base.name}: "
            "install a newer transformers, or take another base."
        ) from error
    if type(config) not in AutoModelForImageTextToText._model_mapping:
        raise InputError(
            f"{base.name} ({kind}) does not look at pictures: take an image-text-to-text model, "
            "for example OpenGVLab/InternVL3-1B-hf."
        )
    return config


_NO_SHAPE = ("auto_map", "quantization_config", "transformers_version", "architectures", "dtype",
             "torch_dtype")  # fmt: skip


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".:") or type(error).__name__
