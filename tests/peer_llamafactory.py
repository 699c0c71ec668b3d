"""Run inside a venv with `llamafactory`: what its own loader makes of an export.

    python tests/peer_llamafactory.py EXPORT DATASET TOKENIZER

Prints one JSON line: version, and for each record the answer the loss is put on, the whole text
that is fed, and how many pictures are attached that can be opened.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import sys
import tempfile
import types
from importlib.metadata import version
from pathlib import Path
from typing import Any

SIDE, PATCH = 28, 14


def remedy() -> None:
    """Beside a CPU torch: two operators declared for torchvision, no torchaudio (not needed)."""
    path = Path(__file__).parents[1] / "facelm" / "models" / "_torchvision.py"
    spec = importlib.util.spec_from_file_location("torchvision_remedy", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ensure_torchvision()
    sound = types.ModuleType("torchaudio")
    sound.__spec__ = importlib.machinery.ModuleSpec("torchaudio", None)
    sys.modules["torchaudio"] = sound


def arguments(export: str, dataset: str, tokenizer: str, out: str) -> dict[str, Any]:
    return {
        "stage": "sft", "do_train": True, "model_name_or_path": tokenizer, "template": "llava",
        "dataset_dir": export, "dataset": dataset, "cutoff_len": 2048, "output_dir": out,
        "finetuning_type": "lora", "overwrite_cache": True, "report_to": "none", "use_cpu": True,
    }  # fmt: skip


def processor(tokenizer: Any) -> Any:
    """Of LLaVA, with four visual tokens a picture."""
    from transformers import CLIPImageProcessor, LlavaProcessor

    size = {"height": SIDE, "width": SIDE}
    images = CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size=size)
    tokenizer.add_tokens("<image>", special_tokens=True)
    made = LlavaProcessor(
        images, tokenizer, patch_size=PATCH, vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
    )  # fmt: skip
    limits = {"image_max_pixels": 10**6, "image_min_pixels": 1, "crop_to_patches": False}
    for name, value in limits.items():
        setattr(made, name, value)
    return made


def main() -> None:
    export, dataset, name = sys.argv[1:]
    remedy()
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import get_train_args
    from PIL import Image
    from transformers import AutoTokenizer

    with tempfile.TemporaryDirectory() as out:
        model, data, training, _, _ = get_train_args(arguments(export, dataset, name, out))
        tokenizer = AutoTokenizer.from_pretrained(name)
        sees = processor(tokenizer)
        template = get_template_and_fix_tokenizer(tokenizer, data)
        found = get_dataset(template, model, data, training, "sft", tokenizer, sees)
    records = []
    for one in found["train_dataset"]:
        told = [token for token in one["labels"] if token >= 0]
        for path in one["images"]:
            Image.open(path).load()
        records.append(
            {
                "answer": tokenizer.decode(told, skip_special_tokens=True),
                "text": tokenizer.decode(one["input_ids"], skip_special_tokens=False),
                "pictures": len(one["images"]),
            }
        )
    print(json.dumps({"version": version("llamafactory"), "records": records}))


if __name__ == "__main__":
    main()
