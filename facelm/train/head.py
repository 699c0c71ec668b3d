"""The loss behind the output layer, without ever holding all of its logits.

A vocabulary of 151,674 words makes 0.6 MB of logits for each answer token, as much again for their
softmax and for their gradient. Here tokens go through the output layer in chunks, and each chunk
leaves behind the gradient of what went in, which is as small as that; nothing is worked out twice.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

CHUNK = 256
"""Tokens at a time."""


def head_loss(hidden: Tensor, head: Any, targets: Tensor, weights: Tensor) -> Tensor:
    """Weighted sum of the tokens' cross-entropies.

    Args:
        hidden: (tokens, width).
        head: the output layer, a linear one.
        targets: (tokens,) the words to be said.
        weights: (tokens,) float32.
    """
    loss: Tensor = _HeadLoss.apply(hidden, head.weight, head.bias, targets, weights)  # type: ignore[no-untyped-call]
    return loss


class _HeadLoss(torch.autograd.Function):
    """Gradients are made on the way forward, where the logits are at hand."""

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor, by: Tensor
    ) -> Tensor:
        into = torch.empty_like(hidden)
        learns = ctx.needs_input_grad
        matrix = torch.zeros_like(weight, dtype=torch.float32) if learns[1] else None
        vector = torch.zeros_like(bias, dtype=torch.float32) if learns[2] else None  # type: ignore[arg-type]
        total = hidden.new_zeros((), dtype=torch.float32)
        for at in range(0, len(hidden), CHUNK):
            part = slice(at, at + CHUNK)
            logits = functional.linear(hidden[part], weight, bias).float()
            chances = logits.log_softmax(-1)
            row = torch.arange(len(logits), device=logits.device)
            total = total - (chances[row, targets[part]] * by[part]).sum()
            back = chances.exp_()
            back[row, targets[part]] -= 1
            back = (back * by[part, None]).to(hidden.dtype)
            into[part] = back @ weight
            if matrix is not None:
                matrix += (back.T @ hidden[part]).float()
            if vector is not None:
                vector += back.sum(0).float()
        kept = (into, *((matrix.to(weight.dtype),) if matrix is not None else ()))
        ctx.save_for_backward(*kept)
        ctx.vector = None if vector is None else vector.to(weight.dtype)
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        into, *matrix = ctx.saved_tensors
        return (
            into * grad.to(into.dtype),
            matrix[0] * grad.to(into.dtype) if matrix else None,
            None if ctx.vector is None else ctx.vector * grad.to(ctx.vector.dtype),
            None,
            None,
        )
