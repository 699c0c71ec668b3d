"""`nano`: SmolLM2-135M that sees through a small face encoder, as an ordinary LLaVA model.

LLaVA's own classes do all the work (config, processor, chat template, `generate`,
`save_pretrained`, `AutoModelForImageTextToText`); only the vision tower is ours. Importing
`facelm.models` registers the tower, and every Auto class knows it.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoImageProcessor,
    AutoModel,
    AutoModelForCausalLM,
    AutoTokenizer,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
)
from transformers.image_processing_backends import PilBackend
from transformers.image_utils import PILImageResampling

from facelm.models._weights import read_float32
from facelm.models.encoder import EfficientNetLite, EfficientNetLiteConfig
from facelm.models.home import SHIPPED
from facelm.models.language import language_model

IMAGE_TOKEN = "<image>"
SIDE = 144
GRID = 9
# LlavaProcessor counts tokens as (side // patch)².
_PATCH = SIDE // GRID
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class FaceImageProcessor(PilBackend):
    """Squeeze to 144 px square and scale to (value − 127) / 128, always with Pillow.

    The tower was trained on this resampling; a torchvision backend would give other pixels.
    """

    resample = PILImageResampling.BICUBIC
    size = {"height": SIDE, "width": SIDE}  # noqa: RUF012 - transformers' own name and form
    image_mean = (127 / 255,) * 3
    image_std = (128 / 255,) * 3
    do_resize = True
    do_rescale = True
    do_normalize = True
    do_convert_rgb = True


def register() -> None:
    """Make the Auto classes know the face encoder; repeated calls change nothing."""
    AutoConfig.register(EfficientNetLiteConfig.model_type, EfficientNetLiteConfig, exist_ok=True)
    AutoModel.register(EfficientNetLiteConfig, EfficientNetLite, exist_ok=True)
    AutoImageProcessor.register(
        EfficientNetLiteConfig, slow_image_processor_class=FaceImageProcessor, exist_ok=True
    )


def build_base() -> tuple[LlavaForConditionalGeneration, LlavaProcessor]:
    """`nano` before any of our training: SmolLM2, the ImageNet encoder, a fresh connector.

    The connector's first weights come from a fixed seed, so everybody starts from the same model.
    """
    language = AutoModelForCausalLM.from_pretrained(language_model(), dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(language_model())
    tokenizer.add_special_tokens({"additional_special_tokens": [IMAGE_TOKEN]})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        language.resize_token_embeddings(len(tokenizer), pad_to_multiple_of=64, mean_resizing=False)
        model = LlavaForConditionalGeneration(_config(language, tokenizer))
    model.model.language_model.load_state_dict(language.model.state_dict())
    model.tie_weights()
    model.model.vision_tower.load_state_dict(
        read_float32(SHIPPED / "efficientnet-lite0.safetensors"), strict=False
    )
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model, _processor(tokenizer)


def _config(language: Any, tokenizer: Any) -> LlavaConfig:
    return LlavaConfig(
        vision_config=EfficientNetLiteConfig(image_size=SIDE, grid=GRID),
        text_config=language.config,
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE_TOKEN),
        vision_feature_select_strategy="full",
        vision_feature_layer=-1,
        image_seq_length=GRID * GRID,
        tie_word_embeddings=True,
    )


def _processor(tokenizer: Any) -> LlavaProcessor:
    return LlavaProcessor(
        image_processor=FaceImageProcessor(),
        tokenizer=tokenizer,
        patch_size=_PATCH,
        vision_feature_select_strategy="full",
        chat_template=CHAT_TEMPLATE,
        image_token=IMAGE_TOKEN,
    )
