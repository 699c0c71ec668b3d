"""The loop: any objective, AdamW, cosine, clipping, metrics, checkpoints, exact resume.

Everything that is drawn depends on the seed and the step alone, so weights, the optimiser's
moments and the number of the step are all that a run needs to go on to the same end.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from facelm._io import disk_errors, progress, replacing, say
from facelm.errors import FacelmError, InputError

CHECKPOINT = "checkpoint.safetensors"


class Objective(Protocol):
    """What a stage minimises."""

    module: nn.Module
    steps: int
    unit: str
    """What a step's size counts: `tokens`, `pictures`."""

    def losses(self, step: int) -> Iterator[tuple[Tensor, int]]:
        """Parts of one step whose losses add up to the step's, and how many units each used."""
        ...


@dataclass(frozen=True)
class Schedule:
    """Warm-up and cosine to zero."""

    lr: float
    steps: int
    warmup: float

    def at(self, step: int) -> float:
        """Learning rate of a step, counted from 0."""
        rise = max(1, round(self.warmup * self.steps))
        if step < rise:
            return self.lr * (step + 1) / rise
        share = (step - rise) / max(1, self.steps - rise)
        return self.lr * 0.5 * (1 + math.cos(math.pi * share))


def fit(
    objective: Objective,
    schedule: Schedule,
    weight_decay: float,
    folder: Path,
    save_every: int,
    name: str,
) -> None:
    """Train to the last step, from the last checkpoint in `folder` if there is one.

    Args:
        objective: what to minimise.
        schedule: learning rate.
        weight_decay: AdamW's, on matrices only.
        folder: gets `checkpoint.safetensors` and `metrics.jsonl`.
        save_every: steps between checkpoints.
        name: shown before the bar.

    Raises:
        InputError: the checkpoint is damaged.
        FacelmError: the loss is no longer a number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = _optimizer(objective.module, schedule.lr, weight_decay)
    done = _restore(objective.module, optimizer, folder / CHECKPOINT)
    if done:
        say(f"{name}: going on after step {done} of {schedule.steps}.")
    _trim(folder / "metrics.jsonl", done)
    log = _Log(folder / "metrics.jsonl", objective.unit)
    for step in progress(
        range(done, schedule.steps), name, schedule.steps - done, "steps", log.note
    ):
        began = time.perf_counter()
        loss, size = _step(objective, optimizer, schedule.at(step), step)
        log.add(step + 1, loss, schedule.at(step), size, time.perf_counter() - began)
        if (step + 1) % save_every == 0 or step + 1 == schedule.steps:
            _save(objective.module, optimizer, step + 1, folder / CHECKPOINT)


def _step(objective: Objective, optimizer: Any, lr: float, step: int) -> tuple[float, int]:
    for group in optimizer.param_groups:
        group["lr"] = lr
    optimizer.zero_grad()
    value, size = 0.0, 0
    for loss, part in objective.losses(step):
        loss.backward()
        value, size = value + float(loss.detach()), size + part
    if not math.isfinite(value):
        raise FacelmError(
            f"The loss is {value} at step {step + 1}: lower lr, or look at the rows of that step."
        )
    nn.utils.clip_grad_norm_(trained(objective.module).values(), 1.0)
    optimizer.step()
    return value, size


def trained(module: nn.Module) -> dict[str, nn.Parameter]:
    """Parameters that require a gradient, by name."""
    return {name: p for name, p in module.named_parameters() if p.requires_grad}


def _optimizer(module: nn.Module, lr: float, weight_decay: float) -> torch.optim.AdamW:
    parameters = list(trained(module).values())
    matrices = [p for p in parameters if p.ndim > 1]
    others = [p for p in parameters if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others}]
    return torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)


class _Log:
    """One JSON line a step, and the note at the end of the bar."""

    def __init__(self, path: Path, unit: str) -> None:
        self._path, self._unit = path, unit
        self._smooth: float | None = None
        self._rate = 0.0

    def add(self, step: int, loss: float, lr: float, size: int, seconds: float) -> None:
        self._smooth = loss if self._smooth is None else 0.95 * self._smooth + 0.05 * loss
        self._rate = size / seconds
        line = {
            "step": step,
            "loss": round(loss, 5),
            "lr": lr,
            self._unit: size,
            f"{self._unit}_per_s": round(self._rate, 1),
        }
        with disk_errors(self._path), self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def note(self) -> str:
        return f"loss {self._smooth or 0:.3f}, {self._rate:,.0f} {self._unit}/s"


def _trim(path: Path, done: int) -> None:
    """Forget metrics of steps after the checkpoint: they will be taken again."""
    if path.exists():
        lines = path.read_text().splitlines()[:done]
        path.write_text("".join(line + "\n" for line in lines))


def _state(module: nn.Module) -> dict[str, Tensor]:
    """Trained parameters and every buffer that is part of the module's state."""
    kept = module.state_dict()
    names = set(trained(module)) | {n for n, _ in module.named_buffers() if n in kept}
    return {name: kept[name] for name in sorted(names)}


def _save(module: nn.Module, optimizer: Any, step: int, path: Path) -> None:
    tensors = {f"model.{name}": value for name, value in _state(module).items()}
    for name, parameter in trained(module).items():
        moments = optimizer.state[parameter]
        tensors |= {f"{key}.{name}": moments[key] for key in ("exp_avg", "exp_avg_sq")}
    # safetensors refuses shared memory and odd strides; a plain copy is neither.
    plain = {key: value.detach().cpu().clone().contiguous() for key, value in tensors.items()}
    with replacing(path) as temporary:
        save_file(plain, temporary, metadata={"step": str(step)})


def _restore(module: nn.Module, optimizer: Any, path: Path) -> int:
    """Put a checkpoint back; returns the number of steps done."""
    if not path.exists():
        return 0
    with _opened(path) as file, torch.no_grad():
        step = int(file.metadata()["step"])
        for name, value in _state(module).items():
            value.copy_(file.get_tensor(f"model.{name}"))
        for name, parameter in trained(module).items():
            optimizer.state[parameter] = {
                "step": torch.tensor(float(step)),
                **{k: _like(file, k, name, parameter) for k in ("exp_avg", "exp_avg_sq")},
            }
    return step


def _opened(path: Path) -> Any:
    try:
        return safe_open(path, "pt")
    except SafetensorError as error:
        raise InputError(
            f"The checkpoint {path} is damaged ({error}): remove it, and its stage begins anew."
        ) from error


def _like(file: Any, key: str, name: str, parameter: Tensor) -> Tensor:
    moment = torch.empty_like(parameter, memory_format=torch.preserve_format)
    return moment.copy_(file.get_tensor(f"{key}.{name}"))
