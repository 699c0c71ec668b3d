"""What a run adds to its base: whole modules that were trained, and a LoRA adapter.

A run's `model/` folder holds `facelm.json` (the base's name), `weights.safetensors` (modules
trained whole, by their names in the base) and `adapter_model.safetensors` with
`adapter_config.json` as `peft` writes them. Either weight file may be absent.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from facelm._io import read_bytes, replacing, write_json
from facelm.errors import InputError
from facelm.models._weights import read_float32

DELTA_FILE = "facelm.json"
_WEIGHTS = "weights.safetensors"
_ADAPTER = "adapter_model.safetensors"


@dataclass(frozen=True)
class Delta:
    """The base a run started from, and what it was."""

    base: str
    recipe: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    crop_to_patches: bool = False
    """Large pictures were cut into tiles in training, so they are when the model is asked."""
    landmarks: dict[str, Any] | None = None
    """Settings of the landmark modules (`facelm.models.face_llava.Landmarks`) that were added."""


def read_delta(folder: Path) -> Delta:
    """Read a run's `facelm.json`.

    A base that lies in the folder itself (an imported model's) is named from there, so that the
    folder can be moved.

    Raises:
        InputError: it is damaged or of another form.
    """
    raw = read_bytes(folder / DELTA_FILE, "The run's description")
    try:
        delta = Delta(**json.loads(raw))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{folder / DELTA_FILE} is damaged ({error}): train again or restore the folder."
        ) from error
    inside = folder / delta.base
    return replace(delta, base=str(inside)) if (inside / "config.json").exists() else delta


def save_delta(model: Any, folder: Path, delta: Delta, dtype: torch.dtype | None = None) -> None:
    """Write what was trained in `model` (a base, or one wrapped by `peft`).

    Args:
        model: trained modules are those whose parameters require a gradient.
        folder: created; an earlier delta in it is replaced file by file.
        delta: base and description.
        dtype: of the files; None keeps each tensor's own.
    """
    from peft import PeftModel

    folder.mkdir(parents=True, exist_ok=True)
    adapted = isinstance(model, PeftModel)
    base = model.get_base_model() if adapted else model
    _save(folder / _WEIGHTS, _trained_tensors(base), dtype)
    if adapted:
        from peft import get_peft_model_state_dict

        config = model.peft_config["default"]
        config.base_model_name_or_path = delta.base
        config.inference_mode = True
        config.save_pretrained(str(folder))
        adapter = get_peft_model_state_dict(model, save_embedding_layers=False)  # or it asks a hub
        _save(folder / _ADAPTER, adapter, dtype)
    write_json(folder / DELTA_FILE, asdict(delta))


def apply_delta(model: Any, folder: Path, merge: bool) -> Any:
    """Put a run's weights onto its base; with `merge` the adapter becomes part of the weights.

    Raises:
        InputError: a file is damaged or missing, or belongs to another base.
    """
    if (folder / _WEIGHTS).exists():
        tensors = read_float32(folder / _WEIGHTS)
        own = model.state_dict()
        _check(folder / _WEIGHTS, {name: (value, own.get(name)) for name, value in tensors.items()})
        model.load_state_dict(tensors, strict=False)
    if (folder / "adapter_config.json").exists():
        from peft import PeftModel

        _check_adapter(folder / _ADAPTER, model)
        model = PeftModel.from_pretrained(model, str(folder), is_trainable=not merge)
        model = model.merge_and_unload() if merge else model
    return model


def _check_adapter(path: Path, model: Any) -> None:
    """`peft` would look for a pickle or ask the hub for a missing file, and pass over layers."""
    if not path.exists():
        raise InputError(f"{path} is missing: copy the run's whole folder, or train again.")
    own = dict(model.named_parameters())
    places = {}
    for name, value in read_float32(path).items():
        layer, _, matrix = name.removeprefix("base_model.model.").rpartition(".lora_")
        weight = own.get(f"{layer}.weight")
        if weight is not None:  # one side of each matrix is the layer's, the other is the rank
            sides = {"A.weight": weight[:1], "B.weight": weight[:, :1]}
            weight = sides.get(matrix)
            value = value[:1] if matrix == "A.weight" else value[:, :1]
        places[name] = (value, weight)
    _check(path, places)


def _check(path: Path, places: dict[str, tuple[torch.Tensor, torch.Tensor | None]]) -> None:
    """Each tensor of a file beside the one it is for, None where the base has none."""
    for name, (value, place) in places.items():
        if place is None or place.shape != value.shape:
            what = "has no place" if place is None else "has another shape"
            raise InputError(
                f"{path} does not fit its base model ({name} {what}): load it with the base it "
                "was trained on."
            )


def _trained_tensors(base: Any) -> dict[str, torch.Tensor]:
    """Trained parameters, and the running statistics of modules that hold any.

    By their names in the bare base: where a layer was adapted too, `peft` keeps it one level
    deeper.
    """
    modules = dict(base.named_modules())
    trained = {
        name.rpartition(".")[0]
        for name, parameter in base.named_parameters()
        if parameter.requires_grad and "lora_" not in name
    }
    return {
        f"{name}.{key}".replace(".base_layer.", "."): value
        for name in sorted(trained)
        for key, value in modules[name].state_dict().items()
        if "lora_" not in key
    }


def _save(path: Path, tensors: dict[str, torch.Tensor], dtype: torch.dtype | None) -> None:
    from safetensors.torch import save_file

    if not tensors:
        path.unlink(missing_ok=True)
        return
    kept = {
        name: (value.to(dtype) if dtype and value.is_floating_point() else value)
        .detach()
        .cpu()
        .contiguous()
        for name, value in tensors.items()
    }
    with replacing(path) as temporary:
        save_file(kept, temporary, metadata={"format": "pt"})
