"""Small steps move bfloat16 weights too, and a checkpoint keeps what they are rounded from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from facelm.errors import InputError
from facelm.train.loop import Schedule, fit
from facelm.train.optimizer import Optimizer
from facelm.train.ranks import ALONE

STEPS = 120
BFLOAT16 = torch.bfloat16


class Toy:
    """An objective: three layers in a type, of which one only sometimes has a gradient."""

    unit = "rows"
    steps = STEPS
    ranks = ALONE

    def __init__(self, dtype: torch.dtype, stop: int | None = None) -> None:
        torch.manual_seed(0)
        layers = {"always": nn.Linear(24, 24), "odd": nn.Linear(24, 24), "never": nn.Linear(2, 2)}
        self.module = nn.ModuleDict(layers)
        for weight in self.module.parameters():
            nn.init.normal_(weight, std=0.02)  # as a language model's
        self.module.to(BFLOAT16).to(dtype)
        self._stop = stop

    def losses(self, step: int) -> Iterator[tuple[Tensor, int]]:
        """Regression on noise that is the same at the same step."""
        if step == self._stop:
            raise KeyboardInterrupt
        drawn = torch.Generator().manual_seed(step)
        given = torch.randn(16, 24, generator=drawn).to(BFLOAT16)
        seen = given.to(self.module["always"].weight.dtype)
        said = self.module["always"](seen)
        if step % 2:
            said = said + self.module["odd"](seen)
        yield (said - 3 * given.flip(1)).float().pow(2).mean(), len(given)

    def weights(self) -> dict[str, Tensor]:
        return {name: value.detach().float() for name, value in self.module.state_dict().items()}


def run(toy: Toy, folder: Path, weight_decay: float = 0.0) -> dict[str, Tensor]:
    fit(toy, Schedule(2e-5, STEPS, 0.03), weight_decay, folder, 30, "toy", 0)
    return toy.weights()


def test_small_steps_move_bfloat16_as_far_as_float32(tmp_path: Path) -> None:
    before = Toy(torch.float32).weights()
    exact = run(Toy(torch.float32), tmp_path / "exact")
    rounded = run(Toy(BFLOAT16), tmp_path / "rounded")
    masters = load_file(tmp_path / "rounded" / "checkpoint.safetensors")
    for name in ("always.weight", "odd.weight"):
        moved = exact[name] - before[name]
        assert moved.abs().mean() > 5e-5  # in steps of 2e-5, where neighbours are 12e-5 apart
        master = masters[f"model.{name}"]
        assert master.dtype == torch.float32
        assert (master - exact[name]).abs().mean() < 0.02 * moved.abs().mean()
        assert torch.equal(rounded[name], master.to(BFLOAT16).float())


@pytest.mark.parametrize("dtype", [BFLOAT16, torch.float32])
def test_stopped_and_gone_on_is_not_stopped(tmp_path: Path, dtype: torch.dtype) -> None:
    """With a layer that has a gradient in half of the steps, and one that never has."""
    whole = run(Toy(dtype), tmp_path / "whole", weight_decay=0.1)
    with pytest.raises(KeyboardInterrupt):
        run(Toy(dtype, stop=41), tmp_path / "cut", weight_decay=0.1)
    further = run(Toy(dtype), tmp_path / "cut", weight_decay=0.1)
    assert all(torch.equal(further[name], value) for name, value in whole.items())
    one, other = (tmp_path / name / "checkpoint.safetensors" for name in ("whole", "cut"))
    assert one.read_bytes() == other.read_bytes()


def test_what_gets_no_gradient_does_not_move(tmp_path: Path) -> None:
    before = Toy(BFLOAT16).weights()
    after = run(Toy(BFLOAT16), tmp_path, weight_decay=0.1)
    assert torch.equal(after["never.weight"], before["never.weight"])
    kept = load_file(tmp_path / "checkpoint.safetensors")
    assert "exp_avg.never.weight" not in kept
    assert [int(kept[f"step.{name}.weight"]) for name in ("always", "odd")] == [STEPS, STEPS // 2]


def test_gradients_are_clipped_together() -> None:
    """One factor for bfloat16 and float32 alike, as torch's own clipping has it."""
    module = nn.ModuleDict({"rough": nn.Linear(8, 8).to(BFLOAT16), "exact": nn.Linear(8, 8)})
    optimizer = Optimizer(module, 0.0)
    gradients = {}
    for name, parameter in module.named_parameters():
        parameter.grad = torch.randn_like(parameter)
        gradients[name] = parameter.grad.float().clone()
    norm = torch.cat([g.flatten() for g in gradients.values()]).norm()
    optimizer.step(1e-3)
    for name, gradient in gradients.items():
        taken = optimizer.moments(name)["exp_avg"] / 0.1  # AdamW's first step
        assert torch.allclose(taken, gradient / norm, rtol=1e-3)
        assert taken.dtype == torch.float32
    assert all(parameter.grad is None for parameter in module.parameters())


def test_a_checkpoint_that_does_not_fit_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Toy(torch.float32, stop=41), tmp_path)
    path = tmp_path / "checkpoint.safetensors"
    whole = load_file(path)
    other_shape = whole | {"model.odd.bias": torch.zeros(5)}
    old = {name: value for name, value in whole.items() if not name.startswith("step.")}
    fewer = {name: value for name, value in whole.items() if name != "model.odd.bias"}
    more = whole | {"model.more": torch.zeros(5)}
    for tensors in (other_shape, old, fewer, more, {}):
        save_file(tensors, path, metadata={"step": "30"})
        with pytest.raises(InputError, match="does not fit what is trained here") as error:
            run(Toy(torch.float32), tmp_path)
        assert "\n" not in str(error.value)
    save_file(whole, path)
    with pytest.raises(InputError, match="does not fit"):
        run(Toy(torch.float32), tmp_path)
