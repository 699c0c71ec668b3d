"""Any vision encoder and any causal language model, joined as an ordinary LLaVA.

Between the two stands a fresh connector of two layers (LLaVA-1.5, arXiv 2310.03744), which has to
be trained before the model can see. What is written is `LlavaForConditionalGeneration` with its
processor in the hub's layout: nothing of ours is needed to load it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from facelm._aside import check_new, whole_folder
from facelm.errors import InputError
from facelm.models._halves import LAYER, Eyes, open_eyes, open_language
from facelm.models._joined_words import chat_template


def join(vision: str, language: str, out: Path, seed: int = 0) -> dict[str, Any]:
    """Write a LLaVA made of two models.

    Args:
        vision: folder or hub id of a vision encoder (CLIP, SigLIP, DINOv2, ViT, …).
        language: folder or hub id of a causal language model.
        out: folder to write; new or empty.
        seed: of the connector and of the rows for new tokens; the same seed gives the same bytes.

    Returns:
        What was joined, and how many visual tokens a picture has.

    Raises:
        InputError: one of them is not what it should be, cannot be read or cannot be part of a
            LLaVA, or `out` is not empty.
        MissingError: one of them is not on this machine.
    """
    from transformers.utils import logging

    check_new(out)
    logging.disable_progress_bar()
    eyes = open_eyes(vision)
    words, tokenizer = open_language(language)
    image_token = getattr(tokenizer, "image_token", None) or "<image>"
    _add_tokens(tokenizer, image_token)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = _joined(eyes, words, tokenizer, image_token, language)
    template, kind = chat_template(tokenizer, image_token)
    with whole_folder(out) as folder:
        model.save_pretrained(folder)
        _processor(eyes, tokenizer, image_token, template).save_pretrained(folder)
    projector = model.model.multi_modal_projector
    return {
        "out": str(out), "vision": vision, "language": language,
        "visual_tokens": eyes.patches, "side": eyes.side, "patch": eyes.patch,
        "class_token": "left out" if eyes.cls else "none", "chat_template": kind,
        "parameters": model.num_parameters(),
        "connector_parameters": sum(p.numel() for p in projector.parameters()),
    }  # fmt: skip


def _add_tokens(tokenizer: Any, image_token: str) -> None:
    """A mark for pictures, and one for padding where there is none, as LLaVA-1.5 has them."""
    from transformers import AddedToken

    mark = AddedToken(image_token, special=True, normalized=False)
    tokenizer.add_tokens([mark], special_tokens=True)
    if tokenizer.pad_token is None:
        tokenizer.add_special_tokens({"pad_token": "<pad>"})


def _joined(eyes: Eyes, words: Any, tokenizer: Any, image_token: str, name: str) -> Any:
    """The model, built without weights first, so that none is in memory twice."""
    from transformers import LlavaForConditionalGeneration

    if len(tokenizer) > words.get_input_embeddings().num_embeddings:
        words.resize_token_embeddings(len(tokenizer), pad_to_multiple_of=64, mean_resizing=False)
    config = _config(eyes, words, tokenizer.convert_tokens_to_ids(image_token))
    with torch.device("meta"):
        model = LlavaForConditionalGeneration(config)
    wanted = {key: value.shape for key, value in model.state_dict().items()}
    model.model.multi_modal_projector = type(model.model.multi_modal_projector)(config)
    model.model.vision_tower = eyes.tower
    model.model.language_model = words.base_model
    model.lm_head = words.get_output_embeddings()
    if {key: value.shape for key, value in model.state_dict().items()} != wanted:
        raise InputError(_foreign(name, words))
    model.to(words.dtype).eval()
    model.tie_weights()
    _check_same_words(model, words, tokenizer, name)
    _name_ends(model, words, tokenizer)
    return model


def _config(eyes: Eyes, words: Any, image_token_id: int) -> Any:
    from transformers import LlavaConfig

    return LlavaConfig(
        vision_config=eyes.tower.config,
        text_config=words.config,
        image_token_index=image_token_id,
        image_seq_length=eyes.patches,
        vision_feature_layer=LAYER,
        vision_feature_select_strategy="default" if eyes.cls else "full",
        tie_word_embeddings=words.config.tie_word_embeddings,
        initializer_range=getattr(words.config, "initializer_range", 0.02),
    )


def _check_same_words(model: Any, words: Any, tokenizer: Any, name: str) -> None:
    """Some models do more behind their last layer (scale or cap the logits) than a LLaVA would."""
    ids = torch.tensor([tokenizer("Which way is the face turned?")["input_ids"][:8]])
    with torch.inference_mode():
        ours, theirs = (one(input_ids=ids).logits.float() for one in (model, words))
    if not torch.allclose(ours, theirs, rtol=1e-3, atol=1e-3):
        raise InputError(_foreign(name, words))


def _foreign(name: str, words: Any) -> str:
    return (
        f"'{name}' ({words.config.model_type}) would not be the same model inside a LLaVA: its "
        "output layer does more than multiply; give another to --language, such as a Llama or Qwen."
    )


def _name_ends(model: Any, words: Any, tokenizer: Any) -> None:
    """Only what ends a text: saved settings for sampling are sometimes refused when saved again."""
    from transformers import GenerationConfig

    ends = words.generation_config.eos_token_id
    model.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id if ends is None else ends,
        pad_token_id=tokenizer.pad_token_id,
    )


def _processor(eyes: Eyes, tokenizer: Any, image_token: str, template: str) -> Any:
    from transformers import LlavaProcessor

    tokenizer.chat_template = None  # the processor's is the one that is asked for
    return LlavaProcessor(
        image_processor=eyes.images,
        tokenizer=tokenizer,
        patch_size=eyes.patch,
        vision_feature_select_strategy="default" if eyes.cls else "full",
        num_additional_image_tokens=int(eyes.cls),
        chat_template=template,
        image_token=image_token,
    )
