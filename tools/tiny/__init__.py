"""Small random models of the families that facelm trains, in the hub's layout.

The real classes, configurations, tokenizers and processors of the installed `transformers`, at
sizes that one core steps through in a fraction of a second: what runs on them is the code that
would run on the published ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.tiny import gemma3, internvl, llava, llava_onevision, qwen3_vl, smolvlm, video_llava

FAMILIES: dict[str, Callable[[], tuple[Any, Any]]] = {
    "internvl3": internvl.build,
    "llava-1.5": llava.build,
    "video-llava": video_llava.build,
    "qwen3-vl": qwen3_vl.build,
    "smolvlm": smolvlm.build,
    "llava-onevision": llava_onevision.build,
    "gemma-3": gemma3.build,
}
"""What makes model and processor, by the name the command takes."""


@dataclass(frozen=True)
class Written:
    """What was written, for the line that the command prints."""

    folder: Path
    parameters: int
    visual_tokens: int
    """Of one square picture of 224 px."""


def write(name: str, folder: Path, seed: int = 0) -> Written:
    """Write one family's model, processor, tokenizer, template and generation config.

    Args:
        name: a key of `FAMILIES`.
        folder: created; the files in it are replaced.
        seed: of the weights; the same seed gives the same bytes.
    """
    import torch
    from transformers.utils import logging

    import facelm.models  # noqa: F401 - torchvision has to be made importable first

    logging.disable_progress_bar()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model, processor = FAMILIES[name]()
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return Written(folder, model.num_parameters(), visual_tokens(model, processor))


def visual_tokens(model: Any, processor: Any) -> int:
    """Tokens that a square picture of 224 px takes in a prompt."""
    from PIL import Image

    asked = [{"type": "image", "image": Image.new("RGB", (224, 224))}]
    inputs = processor.apply_chat_template(
        [{"role": "user", "content": [*asked, {"type": "text", "text": "Who?"}]}],
        tokenize=True, return_dict=True, return_tensors="pt",
    )  # fmt: skip
    return int((inputs["input_ids"] == model.config.image_token_id).sum())
