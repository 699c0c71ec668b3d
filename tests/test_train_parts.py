"""A step in parts, or with layers worked out twice, is the same step."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from miniature import Given
from torch import nn

from facelm.errors import InputError
from facelm.models import load
from facelm.models.face_llava import Landmarks, attach
from facelm.models.load import language_part
from facelm.train import parse_recipe
from facelm.train.answers import Answers
from facelm.train.examples import Example
from facelm.train.learning import prepare
from facelm.train.optimizer import trained
from facelm.train.recipe import AnswersStage, Data, Lora
from facelm.types import Turn


def gradients(
    base: Path, portrait: bytes, turns: list[int], **keys: Any
) -> tuple[float, int, dict[str, torch.Tensor]]:
    """One step over faces with this many questions each: loss, tokens, gradients."""
    keys = {"lora": Lora(rank=2), "train": ("multi_modal_projector",)} | keys
    stage = AnswersStage(name="a", kind="answers", lr=1, batch=len(turns), **keys)
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
    if "landmarks" in stage.train:
        attach(loaded.model, Landmarks(heads=4))
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


@contextmanager
def counted() -> Iterator[dict[int, torch.Tensor]]:
    """What autograd keeps, by its place in memory; parameters are there anyway."""
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if not isinstance(tensor if tensor._base is None else tensor._base, nn.Parameter):
            kept.setdefault(tensor.untyped_storage().data_ptr(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        yield kept


@pytest.mark.parametrize(
    ("family", "keys"),
    [
        ("internvl3", {}),
        ("video-llava", {"lora": None, "train": ("landmarks",)}),
        ("llava-1.5", {"lora": None, "train": ("multi_modal_projector",)}),
    ],
)
def test_checkpointing_keeps_less(
    tiny_models: Callable[[str], Path], portrait: bytes, family: str, keys: dict[str, Any]
) -> None:
    """Also where gradients only go through the language model, and nothing of it learns."""

    def step(checkpointing: bool) -> tuple[int, dict[str, torch.Tensor]]:
        with counted() as kept:
            *_, found = gradients(
                tiny_models(family), portrait, [2], checkpointing=checkpointing, **keys
            )
        return sum(t.untyped_storage().nbytes() for t in kept.values()), found

    (size, whole), (less, again) = step(False), step(True)
    assert less < 0.6 * size
    assert whole and again.keys() == whole.keys()
    for name, gradient in whole.items():
        assert torch.allclose(gradient, again[name], rtol=1e-4, atol=1e-7), name


def test_a_frozen_language_model_does_not_drop_out_by_checkpointing() -> None:
    """BioGPT's layers drop out by their own mark, which is what checkpointing looks at."""
    from transformers import BioGptConfig, LlavaConfig, LlavaForConditionalGeneration
    from transformers.models.clip import CLIPVisionConfig

    words = BioGptConfig(vocab_size=50, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                         num_attention_heads=2, hidden_dropout_prob=0.5)  # fmt: skip
    sees = CLIPVisionConfig(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                            num_attention_heads=2, image_size=28, patch_size=14)  # fmt: skip
    config = LlavaConfig(vision_config=sees, text_config=words, image_token_index=49,
                         image_seq_length=4)  # fmt: skip
    torch.manual_seed(0)
    plain = LlavaForConditionalGeneration(config)
    picture, ids = torch.randn(1, 3, 28, 28), torch.tensor([[1, 49, 49, 49, 49, 7, 8]])
    found = []
    for checkpointing in (False, True):
        stage = AnswersStage(name="a", kind="answers", lr=1, checkpointing=checkpointing,
                             train=("multi_modal_projector",))  # fmt: skip
        model = prepare(copy.deepcopy(plain), stage)
        seen = model.model(input_ids=ids, pixel_values=picture, use_cache=False)
        seen.last_hidden_state.pow(2).sum().backward()
        found.append([p.grad for p in trained(model).values()])
        asleep = [m for m in language_part(model).modules() if isinstance(m, nn.Dropout)]
        assert not any(module.training for module in asleep)
    assert all(torch.allclose(one, other, rtol=1e-4) for one, other in zip(*found, strict=True))


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
