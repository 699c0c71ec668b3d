"""The loop: any objective, AdamW, cosine, clipping, metrics, checkpoints, exact resume.

Everything that is drawn, dropout too, depends on the seed and the step alone, so weights, the
optimiser's moments and the number of the step are all that a run needs to go on to the same end.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from facelm._io import disk_errors, progress
from facelm.errors import FacelmError
from facelm.train.checkpoint import restore, save
from facelm.train.optimizer import Optimizer, trained
from facelm.train.ranks import ALONE, Ranks

CHECKPOINT = "checkpoint.safetensors"


class Objective(Protocol):
    """What a stage minimises."""

    module: nn.Module
    steps: int
    unit: str
    """What a step's size counts: `tokens`, `pictures`."""
    ranks: Ranks
    """Those who share a step's work: alone where each process does all of it."""

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
    seed: int,
    ranks: Ranks = ALONE,
) -> None:
    """Train to the last step, from the last checkpoint in `folder` if there is one.

    Args:
        objective: what to minimise.
        schedule: learning rate.
        weight_decay: AdamW's, on matrices only.
        folder: gets `checkpoint.safetensors` and `metrics.jsonl`.
        save_every: steps between checkpoints.
        name: shown before the bar.
        seed: of what torch draws (dropout); each step has a stream of its own.
        ranks: all processes that train this; the first one writes.

    Raises:
        InputError: the checkpoint is damaged, or does not fit.
        FacelmError: the loss is no longer a number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    optimizer = Optimizer(objective.module, weight_decay)
    done = restore(objective.module, optimizer, folder / CHECKPOINT)
    if done:
        ranks.say(f"{name}: going on after step {done} of {schedule.steps}.")
    log = _Log(folder / "metrics.jsonl", objective.unit)
    if ranks.first:
        _trim(folder / "metrics.jsonl", done)
    for step in progress(
        range(done, schedule.steps), name, schedule.steps - done, "steps", log.note
    ):
        began = time.perf_counter()
        _draw(seed, step)
        loss, size = _step(objective, optimizer, schedule.at(step), step)
        if not ranks.first:
            continue
        log.add(step + 1, loss, schedule.at(step), size, time.perf_counter() - began)
        if (step + 1) % save_every == 0 or step + 1 == schedule.steps:
            save(objective.module, optimizer, step + 1, folder / CHECKPOINT)


def _draw(seed: int, step: int) -> None:
    """Begin the stream that a step's dropout is drawn from, as if no step had been before."""
    (state,) = np.random.SeedSequence((seed, step)).generate_state(1, np.uint64)
    torch.manual_seed(int(state))


def _step(objective: Objective, optimizer: Optimizer, lr: float, step: int) -> tuple[float, int]:
    value, size = 0.0, 0
    for loss, part in objective.losses(step):
        if loss.requires_grad:  # not where no face of a part has what is trained
            loss.backward()
        value, size = value + float(loss.detach()), size + part
    value, units = objective.ranks.total(value, size)
    objective.ranks.sum_gradients(trained(objective.module).values())
    if not math.isfinite(value):
        raise FacelmError(
            f"The loss is {value} at step {step + 1}: lower lr, or look at the rows of that step."
        )
    optimizer.step(lr)
    return value, int(units)


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
