"""What does it cost to learn from many answers about one face?

    python benchmarks/training.py [--only operations | speed] [--repeats 5] [--json]

Operations: a face of FaceLLM's InternVL3-1B at full size (LoRA of rank 16, one tile of 256 visual
tokens), on tensors without values, counted by `torch.utils.flop_counter`, forward and back;
attention counts every score on both sides, those of the future too.

Speed: seconds of a step (forward, back, AdamW) on this machine, medians of the repeats, in turns: a
small model in InternVL3's proportions with its 256 visual tokens, and `nano` with its own. The
models are in float32 on both sides, with the same LoRA and the same rows at once.

Beside ours stands the loop that one writes with `transformers` alone (`benchmarks/_steps.py`): a
row for each question, its picture encoded each time, logits and loss for every token. Between them,
rows apart with our loss: logits for the answers only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from _steps import SHAPES, adapted, face, ours, plain
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from facelm.models import load
from facelm.models.configs import published
from facelm.models.skeleton import build
from facelm.train.learning import unwrapped
from facelm.train.rows import Row

BASE = "OpenGVLab/InternVL3-1B-hf"
PLAIN = "plain transformers"
Way = Callable[[Any, Row], torch.Tensor]
WAYS: dict[str, Way] = {
    PLAIN: plain,
    "our loss, rows apart": lambda model, row: ours(model, row, shared=False),
    "ours": ours,
}


def operations(model: Any) -> dict[str, dict[str, float]]:
    """Each way's operations as a share of the plain loop's."""
    base = unwrapped(model)
    # Which places are the picture's is looked up in values that are not there.
    base.model.get_placeholder_mask = lambda _, inputs_embeds, **__: torch.zeros_like(
        inputs_embeds, dtype=torch.bool
    )
    found = {}
    for name, shape in SHAPES.items():
        row = face(base, *shape)
        counted = {way: _counted(step, model, row) for way, step in WAYS.items()}
        found[name] = {way: number / counted[PLAIN] for way, number in counted.items()}
    return found


def _counted(step: Way, model: Any, row: Row) -> int:
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        step(model, row).backward()
    return int(counter.get_total_flops())


def full_size() -> Any:
    """InternVL3-1B on the meta device, adapted."""
    model = build(published()[BASE])
    with torch.device("meta"):
        return adapted(model)


def small() -> Any:
    """An InternVL3 with the 1B's shares of tower, layers and vocabulary, at a sixteenth."""
    from transformers import InternVLConfig, InternVLForConditionalGeneration

    torch.manual_seed(0)
    config = published()[BASE].config
    text = config["text_config"] | {
        "hidden_size": 448, "intermediate_size": 2432, "num_hidden_layers": 6,
        "num_attention_heads": 7, "num_key_value_heads": 1, "vocab_size": 18_800,
        "bos_token_id": 1, "eos_token_id": 2,
    }  # fmt: skip
    vision = config["vision_config"] | {
        "hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 10,
        "num_attention_heads": 6,
    }  # fmt: skip
    others = {k: v for k, v in config.items() if k not in ("text_config", "vision_config", "dtype")}
    others |= {"image_token_id": 0}
    return adapted(
        InternVLForConditionalGeneration(
            InternVLConfig(text_config=text, vision_config=vision, **others)
        )
    )


def speed(model: Any, repeats: int) -> dict[str, dict[str, float]]:
    """Median seconds of a step by each way."""
    rows = {name: face(unwrapped(model), *shape) for name, shape in SHAPES.items()}
    weights = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=1e-5)
    found: dict[str, dict[str, list[float]]] = {n: {way: [] for way in WAYS} for n in rows}
    for repeat in range(repeats + 1):
        for name, row in rows.items():
            for way, step in WAYS.items():
                began = time.perf_counter()
                optimizer.zero_grad()
                step(model, row).backward()
                optimizer.step()
                if repeat:  # the first one warms up
                    found[name][way].append(time.perf_counter() - began)
    return {
        name: {way: statistics.median(of) for way, of in ways.items()}
        for name, ways in found.items()
    }


def table(found: dict[str, dict[str, float]], unit: str) -> str:
    """Ways down, shapes across; the gain over the plain loop behind each number."""
    lines = [f"| {unit} | {' | '.join(name.replace('_', ' ') for name in found)} |"]
    lines.append("|---" * (len(found) + 1) + "|")
    for way in WAYS:
        cells = (
            f"{of[way]:.3f} ({of['plain transformers'] / of[way]:.2f} ×)" for of in found.values()
        )
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Print what was asked for."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--only", choices=["operations", "speed"])
    given.add_argument("--repeats", type=int, default=5)
    given.add_argument("--json", action="store_true")
    options = given.parse_args()
    told: dict[str, Any] = {}
    if options.only != "speed":
        shares = operations(full_size())
        told["operations_ratio"] = {name: round(of["ours"], 4) for name, of in shares.items()}
        told["operations"] = shares
    if options.only != "operations":
        told["seconds"] = {
            "small InternVL3": speed(small(), options.repeats),
            "nano": speed(adapted(load("nano", torch.float32).model), options.repeats),
        }
    if options.json:
        print(json.dumps(told))
        return
    if "operations" in told:
        print(table(told["operations"], "share of the plain loop's operations, InternVL3-1B"))
    for name, found in told.get("seconds", {}).items():
        print(table(found, f"seconds of a step, {name}"))


if __name__ == "__main__":
    main()
