"""Where LoRA went, in a line or two: told by `facelm train` and by `facelm models check`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable


def adapted_kinds(learning: Iterable[str]) -> dict[str, int]:
    """Adapted modules by kind, numbers of layers put together: how many there are of each.

    Args:
        learning: names of the parameters that learn, in the model inside `peft`'s wrapper.
    """
    names = [name.partition(".lora_A")[0] for name in learning if ".lora_A" in name]
    return dict(Counter(re.sub(r"\.\d+\.", ".*.", n.removeprefix("model.")) for n in names))


def in_short(kinds: dict[str, int]) -> list[str]:
    """Kinds of modules on one line for each place: `layers.* x 24: q_proj, k_proj`."""
    lines: dict[tuple[str, int], list[str]] = {}
    for name, number in kinds.items():
        place, star, kind = name.rpartition(".*.")
        lines.setdefault((place + star.rstrip("."), number), []).append(kind)
    return [
        f"{place} x {n}: {', '.join(k)}" if place else f"{k[0]}" for (place, n), k in lines.items()
    ]
