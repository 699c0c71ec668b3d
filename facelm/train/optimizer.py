"""AdamW in float32 whatever the model's own numbers are, with gradients clipped to a norm of 1.

On a GPU a model is loaded in bfloat16, which has eight binary digits: around 0.02, where most
weights of a language model lie, neighbours are 0.0001 apart. A step of a usual rate (2e-5) is less
than half of that and would be rounded away, every time, so that a module trained whole in bfloat16
hardly moves. So each parameter of less than 32 bits has a master copy in float32 here: the
gradient is taken over in float32, moments are float32, the step is made on the master copy, and
the model gets it rounded. That is the mixed precision of Micikevicius et al. (arXiv 1710.03740),
14 bytes a parameter beside the model's two: gradient 2, master 4, moments 8.

Parameters that are float32 already (adapters, landmark modules, everything on most CPUs) are their
own master, and cost nothing more. A parameter without a gradient is not moved, nor does its
AdamW count the step: of LLaVA's vision towers the last layer is never asked, and of Video-LLaVA's
two a step may ask only one.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

MOMENTS = ("exp_avg", "exp_avg_sq", "step")
"""What AdamW knows of a parameter that it has moved."""
_NORM = 1.0


class Optimizer:
    """Moves what is trained of a module."""

    def __init__(self, module: nn.Module, weight_decay: float) -> None:
        """Make master copies where they are needed.

        Args:
            module: its parameters that require a gradient are moved.
            weight_decay: AdamW's, on matrices only.
        """
        self._own = trained(module)
        self.masters: dict[str, Tensor] = {n: _master(p) for n, p in self._own.items()}
        self._same = [p for name, p in self._own.items() if p is self.masters[name]]
        # One by one: all gradients in float32 at once would be 4 bytes a parameter more.
        self._alone = {
            name: _adamw([master], weight_decay)
            for name, master in self.masters.items()
            if master is not self._own[name]
        }
        self._together = _adamw(self._same, weight_decay)

    def step(self, lr: float) -> None:
        """Move every parameter that has a gradient, and take the gradients away."""
        for adamw in (self._together, *self._alone.values()):
            for group in adamw.param_groups:
                group["lr"] = lr
        norm = self._norm()
        nn.utils.clip_grads_with_norm_(self._same, _NORM, norm)
        self._together.step()
        scale = (_NORM / (norm + 1e-6)).clamp(max=1.0)
        for name in self._alone:
            self._move(name, scale)
        for parameter in self._own.values():
            parameter.grad = None

    @torch.no_grad()
    def _move(self, name: str, scale: Tensor) -> None:
        """One step of a master copy."""
        parameter, master = self._own[name], self.masters[name]
        if parameter.grad is None:
            return
        master.grad = parameter.grad.to(torch.float32).mul_(scale)
        self._alone[name].step()
        master.grad = None
        parameter.copy_(master)

    def _norm(self) -> Tensor:
        """Of all gradients together, in float32."""
        halves = [self._own[name].grad for name in self._alone]
        norms = [torch.linalg.vector_norm(g, dtype=torch.float32) for g in halves if g is not None]
        same = [p.grad for p in self._same if p.grad is not None]
        if same:
            norms.append(nn.utils.get_total_norm(same))
        return torch.linalg.vector_norm(torch.stack(norms)) if norms else torch.zeros(())

    def moments(self, name: str) -> dict[str, Tensor]:
        """`MOMENTS` of a parameter; empty if it has never had a gradient."""
        return self._adamw_of(name).state.get(self.masters[name], {})

    @torch.no_grad()
    def restore(self, name: str, master: Tensor, moments: dict[str, Tensor]) -> None:
        """Put one parameter back to where it was.

        Args:
            name: of the parameter.
            master: its value, in the shape and type of `masters[name]`.
            moments: as `moments` gave them.
        """
        own = self.masters[name]
        own.copy_(master)
        self._own[name].copy_(own)
        if moments:
            self._adamw_of(name).state[own] = {
                key: value.clone() if key == "step" else torch.empty_like(own).copy_(value)
                for key, value in moments.items()
            }

    def _adamw_of(self, name: str) -> torch.optim.AdamW:
        return self._alone.get(name, self._together)


def trained(module: nn.Module) -> dict[str, nn.Parameter]:
    """Parameters that require a gradient, by name."""
    return {name: p for name, p in module.named_parameters() if p.requires_grad}


def _master(parameter: nn.Parameter) -> Tensor:
    """The parameter itself, or a copy in float32."""
    if parameter.dtype.itemsize >= torch.float32.itemsize:
        return parameter
    return parameter.detach().to(torch.float32)


def _adamw(masters: Iterable[Tensor], weight_decay: float) -> torch.optim.AdamW:
    every = list(masters)
    matrices = [m for m in every if m.ndim > 1]
    others = [m for m in every if m.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others}]
    return torch.optim.AdamW(groups, weight_decay=0.0)
