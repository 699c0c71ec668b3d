"""A model in the hub's layout: opened, or one sentence about what is wrong with it.

Weights are read from safetensors only, code that comes with a checkpoint is never run, and weights
that are missing are an error: `transformers` would fill them with noise and go on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facelm.errors import FacelmError, InputError, MissingError

_SUCH_AS = "such as OpenGVLab/InternVL3-1B-hf"


def open_hub_layout(folder: Path | str, name: str) -> tuple[Any, Any]:
    """Model and processor of a folder, or of a hub id that is in the cache or can be fetched.

    Args:
        folder: a folder with `config.json`, or a hub id.
        name: what the user wrote, for messages.

    Raises:
        InputError: it is no image-text-to-text model that can be asked, or its files are damaged,
            incomplete, pickles, or want code of their own to be run.
        MissingError: it is not on this machine, or a package that it needs is not.
    """
    from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor

    with explaining(folder, name):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        _check_kind(config, name)
        processor = AutoProcessor.from_pretrained(folder, trust_remote_code=False)
        model = read_weights(AutoModelForImageTextToText, folder, name)
    if getattr(processor, "chat_template", None) is None:
        raise InputError(
            f"The model '{name}' has no chat template, so nobody knows how it wants to be asked: "
            "take its variant for conversations (-it, -Instruct, -hf)."
        )
    return model, processor


@contextlib.contextmanager
def explaining(folder: Path | str, name: str) -> Iterator[None]:
    """Whatever `transformers` finds wrong with a folder becomes one sentence with a remedy."""
    from safetensors import SafetensorError

    try:
        yield
    except (ImportError, OSError, ValueError, KeyError, SafetensorError) as error:
        raise _explained(error, folder, name) from error


def read_weights(model_class: Any, folder: Path | str, name: str, **more: Any) -> Any:
    """A model of a class of `transformers`, in the type of its files, with all of its weights.

    Raises:
        InputError: some are missing, or of another shape.
    """
    with _quietly():
        model, report = model_class.from_pretrained(
            folder, dtype="auto", use_safetensors=True, trust_remote_code=False,
            ignore_mismatched_sizes=True, output_loading_info=True, **more,
        )  # fmt: skip
    _check_weights(report, name)
    return model


def pickles(folder: Path | str) -> list[str]:
    """Names of weight files that are no safetensors; of a hub id nothing is known."""
    if not isinstance(folder, Path):
        return []
    return sorted(p.name for p in folder.iterdir() if p.suffix in (".bin", ".pt", ".pth", ".ckpt"))


def _check_kind(config: Any, name: str) -> None:
    from transformers import AutoModelForImageTextToText

    known = AutoModelForImageTextToText._model_mapping
    if type(config) not in known:
        raise InputError(
            f"The model '{name}' ({config.model_type}) does not look at pictures: give an "
            f"image-text-to-text model, {_SUCH_AS}."
        )
    if config.is_encoder_decoder or known[type(config)].base_model_prefix != "model":
        raise InputError(
            f"The model '{name}' ({config.model_type}) is no vision encoder in front of a decoder, "
            f"so its answers cannot be trained here: give one that is, {_SUCH_AS}."
        )


def _check_weights(report: dict[str, Any], name: str) -> None:
    """Every weight that the architecture wants has to be there, in the right shape."""
    wrong = {entry[0] if isinstance(entry, tuple) else entry for entry in report["mismatched_keys"]}
    for what, keys in (("lack", set(report["missing_keys"]) - wrong), ("do not fit", wrong)):
        if keys:
            first = f"{min(keys)}" + (f" and {len(keys) - 1} more" if len(keys) > 1 else "")
            raise InputError(
                f"The weights of '{name}' {what} {first}: copy or download the whole model again."
            )


def _explained(error: Exception, folder: Path | str, name: str) -> FacelmError:
    """What went wrong, in one sentence with a remedy."""
    whole = " ".join(str(error).split())
    line = whole.partition(". ")[0].rstrip(".")
    if isinstance(error, ImportError):  # SmolVLM's processor wants num2words, others something else
        return MissingError(f"The model '{name}' needs a package more: {whole}")
    if type(error).__name__ == "SafetensorError":
        return InputError(
            f"The weights of '{name}' are damaged ({line}): copy or download them again."
        )
    if "custom code" in line:
        return InputError(
            f"The model '{name}' brings code of its own, which is never run: take the variant that "
            "transformers knows, often named -hf."
        )
    if "safetensors" in line and pickles(folder):
        return InputError(
            f"The weights of '{name}' are pickles ({pickles(folder)[0]}), which can run code and "
            "are never opened: take a copy of the model with .safetensors files."
        )
    if isinstance(folder, Path):
        return InputError(
            f"The model '{name}' cannot be loaded ({line}): give a whole folder in the hub's "
            "layout, with config.json, processor, tokenizer and .safetensors files."
        )
    return MissingError(
        f"The model '{name}' cannot be loaded here ({line}): download it where there is a "
        "network with `hf download`, copy the folder, and give its path."
    )


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """What is missing is said in one sentence of ours instead of a table."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)


def show_one_tile(model: Any, processor: Any) -> None:
    """Give every picture one tile, whatever its size and whatever the processor would do.

    A face fills its picture, and every tile costs as many tokens again: FaceLLM was trained on one
    (facts: arXiv 2507.10300). The switches have a name for each family; where a processor's class
    holds a value (InternVL: true), it stands above the files'.
    """
    images = processor.image_processor
    for switch in ("crop_to_patches", "do_image_splitting", "do_pan_and_scan"):
        if hasattr(images, switch):
            setattr(images, switch, False)
        if switch in getattr(processor, "images_kwargs", {}):
            processor.images_kwargs = processor.images_kwargs | {switch: False}
    if getattr(images, "image_grid_pinpoints", None):  # LLaVA-OneVision: the whole, and one tile
        side = images.size["height"] if "height" in images.size else images.size["shortest_edge"]
        images.image_grid_pinpoints = [[side, side]]
        model.config.image_grid_pinpoints = [[side, side]]
