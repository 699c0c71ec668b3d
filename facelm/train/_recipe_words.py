"""What is wrong with a recipe, in one sentence: the place, the bound, the key that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

_STAGE, _LORA = "of a stage", "of a stage's `lora`"
ELSEWHERE = {
    "learning_rate": f"`lr` {_STAGE}.",
    "num_train_epochs": f"`epochs` {_STAGE}.",
    "num_epochs": f"`epochs` {_STAGE}.",
    "batch_size": f"`batch` {_STAGE}.",
    "per_device_train_batch_size": f"`batch` {_STAGE}, which counts the faces of a whole step.",
    "train_batch_size": f"`batch` {_STAGE}.",
    "gradient_accumulation_steps": f"`accumulation` {_STAGE}, the parts that `batch` is done in.",
    "gradient_checkpointing": f"`checkpointing` {_STAGE}.",
    "max_length": f"`max_tokens` {_STAGE}.",
    "max_seq_length": f"`max_tokens` {_STAGE}.",
    "model_max_length": f"`max_tokens` {_STAGE}.",
    "cutoff_len": f"`max_tokens` {_STAGE}.",
    "r": f"`rank` {_LORA}.",
    "lora_r": f"`rank` {_LORA}.",
    "lora_rank": f"`rank` {_LORA}.",
    "lora_alpha": f"`alpha` {_LORA}.",
    "lora_dropout": f"`dropout` {_LORA}.",
    "target_modules": f"`also` {_LORA}, which names what is adapted beside the language model.",
    "modules_to_save": f"`train` {_STAGE}.",
    "warmup_ratio": f"`warmup` {_STAGE}.",
    "warmup_steps": f"`warmup` {_STAGE}, a share of its steps.",
    "save_steps": f"`save_every` {_STAGE}.",
    "model_name_or_path": "`model`.",
    "base_model": "`model`.",
    "output_dir": "`output`.",
    "run_name": "`name`.",
    "dataset": "`data`.",
    "datasets": "`data`.",
    "max_samples": f"`faces` {_STAGE}.",
}
"""Names that other trainers use, and ours."""
SETTLED = {
    "bf16": "bfloat16 is taken wherever the machine has it",
    "fp16": "bfloat16 is taken wherever the machine has it",
    "torch_dtype": "bfloat16 is taken wherever the machine has it",
    "optim": "it is always AdamW",
    "lr_scheduler_type": "it is always a cosine after `warmup`",
    "max_grad_norm": "it is always 1",
    "logging_steps": "`metrics.jsonl` has every step",
}
"""Names of theirs for what is no choice here."""
_KINDS = ("perception", "answers")


def sentence(error: ValidationError, known: Mapping[str, Sequence[str]]) -> str:
    """The first thing that is wrong; a key that does not exist before all others.

    Args:
        error: pydantic's.
        known: keys by place: `""`, `data`, `lora`, … and the kinds of stages.
    """
    errors = error.errors()
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    place = ".".join(str(part) for part in first["loc"] if part not in _KINDS)
    if first["type"] == "extra_forbidden":
        return f"there is no key '{place}'; {_meant(first['loc'], known)}"
    if first["type"] == "missing":
        return f"{place} is missing: give it."
    if first["type"].startswith("union_tag"):
        return f"{place}: `kind` says what the stage is: give {' or '.join(_KINDS)}."
    if first["type"] == "value_error":
        said = first["msg"].removeprefix("Value error, ")
        return f"{place}: {said}" if place else said
    return f"{place}: {first['msg']} (given: {first['input']!r})."


def _meant(loc: Sequence[int | str], known: Mapping[str, Sequence[str]]) -> str:
    """The key of ours for a name of other trainers, else the nearest here, else anywhere."""
    key = str(loc[-1])
    if key in ELSEWHERE:
        return f"here it is {ELSEWHERE[key]}"
    if key in SETTLED:
        return f"{SETTLED[key]}: remove it."
    place = next((part for part in reversed(loc[:-1]) if part in known), "")
    here = known[str(place)]
    everywhere = [name for names in known.values() for name in names]
    for names in (here, everywhere):
        if close := difflib.get_close_matches(key, names, n=1):
            return f"did you mean '{close[0]}'?"
    return f"remove it, or give one of {', '.join(here)}."
