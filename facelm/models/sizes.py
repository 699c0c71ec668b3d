"""What a training step costs, worked out from shapes: arithmetic and memory.

T is the tokens of a row, V those of them that are visual, all rows as long as the recipe allows.
One multiplication and one addition are two operations (FLOPs).

Arithmetic of one row:
- a matrix of N parameters takes 2 · N · T forward;
- attention takes 4 · T² · heads · width of a head in every layer. All of T² is counted: rows that
  share a picture draw their mask as a matrix, so nothing is skipped for being in the future;
- the output layer takes 2 · vocabulary · width · (T − V): logits are made for answers only, and no
  more than the text can be answers;
- towers and connectors as `facelm.models.visual_tokens` counts them;
- backward, gradients of inputs take as much again (attention: twice as much) in every part that
  has something that learns in it or before it;
- gradients of weights take as much again for the parameters that learn, and only for those.

Memory, in bytes, as facelm trains on a GPU:
- weights: 2 a parameter (bfloat16), 4 a LoRA parameter (`peft` keeps adapters in float32);
- gradients and optimizer: the gradient in the parameter's own format, AdamW's two moments in
  float32 and, of a parameter that is not float32 itself, a master copy that is
  (`facelm.train.optimizer`): 12 a LoRA parameter, 14 (2 + 4 + 8) one of a module trained whole;
- activations kept for the way back, a token and a layer of the decoder: 8 · width (each norm keeps
  its input in float32), 8 · query width (queries, keys and values repeated for every head, and the
  answer), 6 · MLP width, 4 · (inputs of every adapted matrix + its rank) (`peft` casts each to
  float32), or 2 · inputs of every matrix that learns itself. A tower that learns, a patch and a
  layer: 16 · width + 4 · MLP width. Logits: 14 · vocabulary for every text token. With
  checkpointing a layer keeps 2 · width, and one layer at a time the rest.

The estimate leaves out the context of the GPU (0.5 to 1 GB), what the allocator loses, and buffers
of kernels; give it a tenth more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from facelm.models.skeleton import Parts, parts
from facelm.models.visual_tokens import Seen


@dataclass(frozen=True)
class Shape:
    """A row and how many of them a part of a step holds."""

    tokens: int
    """Of a row, text and visual."""
    rows: int
    """That go through the model at once."""
    checkpointing: bool = False


@dataclass(frozen=True)
class Cost:
    """Of one stage."""

    forward: int
    """FLOPs of one row."""
    backward: int
    weights: int
    """Bytes; so are the following."""
    gradients_and_optimizer: int
    activations: int
    """Of the rows that go through the model at once."""

    @property
    def memory(self) -> int:
        """Bytes of all."""
        return self.weights + self.gradients_and_optimizer + self.activations


def cost(model: Any, seen: Seen, shape: Shape) -> Cost:
    """What a stage costs, read off which parameters of a model require a gradient.

    Args:
        model: an image-text-to-text model (adapters may be in it, `peft` not around it).
        seen: of one picture.
        shape: of the rows.
    """
    of = parts(model)
    forward, backward = _flops(model, of, seen, shape)
    trained = [p for p in model.parameters() if p.requires_grad]
    return Cost(
        forward,
        backward,
        sum(p.numel() * p.dtype.itemsize for p in model.parameters()),
        sum(p.numel() * _moving_bytes(p.dtype) for p in trained),
        shape.rows * _activations(model, of, seen, shape),
    )


def _moving_bytes(dtype: torch.dtype) -> int:
    """Of one parameter: gradient, master copy where the parameter is not float32, two moments."""
    full = torch.float32.itemsize
    master = 0 if dtype.itemsize >= full else full
    return dtype.itemsize + master + 2 * full


def _flops(model: Any, of: Parts, seen: Seen, shape: Shape) -> tuple[int, int]:
    text, length = model.config.get_text_config(), shape.tokens
    matrices = 2 * length * _matrices(of.language)
    attention = 4 * length**2 * text.num_hidden_layers * _query_width(text)
    words = max(0, length - seen.tokens)
    head = 2 * words * model.get_output_embeddings().weight.numel()
    forward = matrices + attention + head + seen.flops
    backward = head  # its input's gradient only: the output layer never learns
    if _learns([of.language, *of.connectors.values(), *of.towers.values()]):
        backward += matrices + 2 * attention + 2 * length * _matrices(of.language, learning=True)
    backward += _seeing_backward(of, seen)
    return forward, backward


def _seeing_backward(of: Parts, seen: Seen) -> int:
    """Towers go back with all they have; a connector alone only with its own."""
    if _learns(of.towers.values()):
        return 2 * seen.flops
    connectors = list(of.connectors.values())
    return sum(4 * seen.tokens * _matrices(one) for one in connectors if _learns([one]))


def _activations(model: Any, of: Parts, seen: Seen, shape: Shape) -> int:
    text = model.config.get_text_config()
    words = max(0, shape.tokens - seen.tokens)
    kept = 14 * text.vocab_size * words
    if _learns([of.language, *of.connectors.values(), *of.towers.values()]):
        kept += shape.tokens * _decoder_bytes(of.language, text, shape.checkpointing)
    vision = model.config.vision_config
    if _learns(of.towers.values()) and hasattr(vision, "intermediate_size"):
        layer = 16 * vision.hidden_size + 4 * vision.intermediate_size
        kept += seen.patches * vision.num_hidden_layers * layer
    return kept


def _decoder_bytes(language: nn.Module, text: Any, checkpointing: bool) -> int:
    """Kept for one token, all layers together."""
    layers, width = text.num_hidden_layers, text.hidden_size
    inputs = sum(_kept_inputs(module) for module in language.modules())
    each = 8 * width + 8 * _query_width(text) + 6 * text.intermediate_size + inputs // layers
    return layers * 2 * width + each if checkpointing else layers * each


def _kept_inputs(module: nn.Module) -> int:
    """Bytes a token that a matrix keeps for its own gradient."""
    if not isinstance(module, nn.Linear) or not module.weight.requires_grad:
        return 0
    return module.in_features * module.weight.dtype.itemsize


def _query_width(text: Any) -> int:
    """Numbers that all heads together ask with, for one token."""
    head = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    return int(head * text.num_attention_heads)


def _matrices(module: nn.Module, learning: bool = False) -> int:
    """Parameters of the linear layers; `learning`: of those that learn."""
    weights = (m.weight for m in module.modules() if isinstance(m, nn.Linear))
    return sum(w.numel() for w in weights if w.requires_grad or not learning)


def _learns(modules: Any) -> bool:
    return any(p.requires_grad for module in modules for p in module.parameters())


def readable(number: float, unit: str = "") -> str:
    """Three digits and a letter: 8,798,208 is 8.80 M; without a unit a thousand million is a B."""
    if number < 1:
        return f"0 {unit}".strip()
    letters = ("", "k", "M", "G" if unit else "B", "T", "P")
    step = min(5, int(math.log10(number) // 3))
    scaled = number / 1000**step
    digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
    return f"{scaled:.{digits}f} {letters[step]}{unit}".strip()
