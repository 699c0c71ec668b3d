"""Training: one recipe, shared-image rows, exact resume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from facelm.train.recipe import Recipe, load_recipe, parse_recipe
    from facelm.train.run import train

__all__ = ["Recipe", "load_recipe", "parse_recipe", "train"]


def __getattr__(name: str) -> Any:
    """What is exported, when it is wanted: `import facelm` loads this room, but not pydantic."""
    if name not in __all__:
        raise AttributeError(f"module 'facelm.train' has no attribute '{name}'")
    from facelm.train import recipe, run

    return getattr(run if name == "train" else recipe, name)
