"""The tables of docs/models.md: every base in the facts, and FaceLLM's recipes, at full size.

    python benchmarks/sizes.py

No weights are read; about a minute on two cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import facelm.models  # noqa: F401 - before transformers
from facelm.models.configs import published
from facelm.models.sizes import readable
from facelm.train.check import check

RECIPES = Path(__file__).parent.parent / "recipes"


def bases() -> Iterator[list[str]]:
    """A row for every base in the facts, trained as LoRA of rank 16."""
    yield ["base", "parameters", "published", "learn (LoRA r 16)", "visual tokens", "landmarks add"]
    for name, base in sorted(published().items(), key=lambda item: item[0].lower()):
        result = check(name)
        known = readable(base.published) if base.published else "not found"
        landmarks = result["landmark_parameters"]
        tokens = f"{result['visual_tokens']:,}"
        tokens += f"; video {result['video_tokens']:,}" if result["video_tokens"] else ""
        yield [
            name, readable(result["parameters"]), known, f"{result['trainable_parameters']:,}",
            tokens, readable(landmarks) if landmarks else "no place",
        ]  # fmt: skip


def recipes() -> Iterator[list[str]]:
    """A row for each of FaceLLM's recipes."""
    yield ["recipe", "a row, forward and back", "weights", "gradients, optimizer", "activations",
           "all"]  # fmt: skip
    for path in sorted(RECIPES.glob("facellm-*.yaml"), key=lambda p: (len(p.stem), p.stem)):
        result: dict[str, Any] = check(path)
        memory = result["memory_bytes"]
        yield [
            path.stem, readable(result["flops_per_sample"], "FLOPs"),
            *(readable(memory[name], "B") for name in
              ("weights", "gradients_and_optimizer", "activations", "total")),
        ]  # fmt: skip


def table(rows: Iterator[list[str]]) -> str:
    """In Markdown, the first row as its head."""
    head, *others = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *others])


if __name__ == "__main__":
    print(table(bases()), table(recipes()), sep="\n\n")
