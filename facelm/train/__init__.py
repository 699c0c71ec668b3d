"""Training: one recipe, shared-image rows, exact resume."""

from facelm.train.recipe import Recipe, load_recipe, parse_recipe
from facelm.train.run import train

__all__ = ["Recipe", "load_recipe", "parse_recipe", "train"]
