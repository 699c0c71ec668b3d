"""A step in parts, or with layers worked out twice, is the same step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from miniature import Given

from facelm.errors import InputError
from facelm.models import load
from facelm.train import parse_recipe
from facelm.train.answers import Answers
from facelm.train.examples import Example
from facelm.train.learning import prepare
from facelm.train.loop import trained
from facelm.train.recipe import AnswersStage, Data, Lora
from facelm.types import Turn


def gradients(
    base: Path, portrait: bytes, turns: list[int], **keys: Any
) -> tuple[float, int, dict[str, torch.Tensor]]:
    """One step over faces with this many questions each: loss, tokens, gradients."""
    stage = AnswersStage(
        name="a", kind="answers", lr=1, batch=len(turns), lora=Lora(rank=2),
        train=("multi_modal_projector",), **keys,
    )  # fmt: skip
    questions = [Turn(f"What is number {n}?", "So it is. " * (n + 1)) for n in range(4)]
    examples = [
        Example(
            Given({"a": portrait}), ("a",),
            ((tuple((turn,) for turn in questions[:count]), Data(corpus="c")),),
        )
        for count in turns
    ]  # fmt: skip
    torch.manual_seed(0)
    loaded = load(str(base), torch.float32)
    model = prepare(loaded.model, stage)
    for name, parameter in trained(model).items():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)  # at zero, A has no gradient
    loss, size = 0.0, 0
    for part, tokens in Answers(model, loaded.processor, examples, stage, 0).losses(0):
        part.backward()
        loss, size = loss + part.item(), size + tokens
    return loss, size, {name: p.grad for name, p in trained(model).items() if p.grad is not None}


@pytest.mark.parametrize("mean", ["token", "answer"])
@pytest.mark.parametrize(
    "keys", [{"accumulation": 2}, {"accumulation": 9}, {"checkpointing": True}]
)
def test_the_gradient_is_that_of_the_whole_step(
    tiny_internvl: Path, portrait: bytes, mean: str, keys: dict[str, Any]
) -> None:
    turns = [1, 4, 2]  # parts of different weight
    loss, size, whole = gradients(tiny_internvl, portrait, turns, loss=mean)
    other_loss, other_size, other = gradients(tiny_internvl, portrait, turns, loss=mean, **keys)
    assert other_size == size
    assert other_loss == pytest.approx(loss, rel=1e-5)
    assert other.keys() == whole.keys() and whole
    for name, gradient in whole.items():
        assert torch.allclose(gradient, other[name], rtol=1e-3, atol=1e-6), name


def test_checkpointing_keeps_less(tiny_internvl: Path, portrait: bytes) -> None:
    def kept(**keys: Any) -> int:
        count = 0

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            nonlocal count
            count += 1
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            gradients(tiny_internvl, portrait, [2], **keys)
        return count

    assert kept(checkpointing=True) < 0.6 * kept()


@pytest.mark.parametrize(
    ("keys", "says"),
    [({"accumulaton": 2}, "mean 'accumulation'"), ({"accumulation": 0}, "accumulation"),
     ({"checkpoint": True}, "mean 'checkpointing'")],
)  # fmt: skip
def test_keys_are_checked(keys: dict[str, Any], says: str) -> None:
    values = {
        "name": "a", "model": "nano", "data": [{"corpus": "c"}],
        "stages": [{"name": "a", "kind": "answers", "lr": 1, **keys}],
    }  # fmt: skip
    with pytest.raises(InputError, match=says):
        parse_recipe(values, "my.yaml")
