"""A picture that its questions share gives the gradient that a row for each question gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch.nn import functional

from facelm.models import load
from facelm.models.face_llava import Landmarks, attach
from facelm.train import head as head_module
from facelm.train.answers import answer_loss
from facelm.train.head import head_loss
from facelm.train.learning import prepare, unwrapped
from facelm.train.recipe import AnswersStage, Lora
from facelm.train.rows import Batch, Row, collate, make_row
from facelm.train.shared import lay_out
from facelm.types import Turn

Tiny = Callable[[str], Path]
CPU = torch.device("cpu")
FAMILIES = ("internvl3", "llava-1.5", "video-llava", "smolvlm", "llava-onevision", "nano")
LEARNS: dict[str, dict[str, Any]] = {
    "lora": {"lora": Lora(rank=4)},
    "full": {"train": ("language_model", "multi_modal_projector", "lm_head")},
}


def opened(family: str, tiny_models: Tiny, kind: str = "lora") -> tuple[Any, Any]:
    """A model that learns, nothing of it at zero, and its processor."""
    torch.manual_seed(0)
    place = family if family == "nano" else str(tiny_models(family))
    loaded = load(place, torch.float32)
    keys = LEARNS[kind]
    if family == "video-llava":
        attach(loaded.model, Landmarks(heads=4, zero_init=False))
        keys = keys | {"train": (*keys.get("train", ()), "landmarks")}
    model = prepare(loaded.model, AnswersStage(name="a", kind="answers", lr=1, **keys))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return model.eval(), loaded.processor


def rows_of(processor: Any, landmarks: bool = False) -> list[Row]:
    """Two faces: six questions of different lengths, and three; one beside a second picture."""
    made = []
    for number, count in enumerate((6, 3)):
        pictures = [
            Image.effect_noise((120, 120 + 30 * number), 90).convert("RGB")
            for _ in range(number + 1)
        ]
        turns = [
            Turn(f"Number {n}, please?" * (n % 3 + 1), "So it is. " * (n + 1)) for n in range(count)
        ]
        row = make_row(processor, pictures, [(turn,) for turn in turns])
        if landmarks:
            points = torch.rand(number + 1, 68, 2)
            known = torch.ones(number + 1, dtype=torch.bool)
            row = replace(row, extra=row.extra | {"landmarks": points, "landmarks_known": known})
        made.append(row)
    return made


def gradient(model: Any, batch: Batch) -> tuple[float, torch.Tensor]:
    model.zero_grad()
    loss = answer_loss(unwrapped(model), batch)
    loss.backward()
    grads = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
    return float(loss.detach()), torch.cat(grads).clone()


@pytest.mark.parametrize("mean", ["token", "answer"])
@pytest.mark.parametrize("kind", LEARNS)
@pytest.mark.parametrize("family", FAMILIES[:3])
def test_the_gradient_is_that_of_a_row_for_each_question(
    family: str, kind: str, mean: str, tiny_models: Tiny
) -> None:
    same_gradient(family, kind, mean, tiny_models)


@pytest.mark.parametrize("family", FAMILIES[3:5])
def test_so_it_is_for_other_families(family: str, tiny_models: Tiny) -> None:
    same_gradient(family, "lora", "answer", tiny_models)


@pytest.mark.slow
def test_so_it_is_for_nano(tiny_models: Tiny) -> None:
    same_gradient("nano", "lora", "answer", tiny_models)


def same_gradient(family: str, kind: str, mean: str, tiny_models: Tiny) -> None:
    model, processor = opened(family, tiny_models, kind)
    rows = rows_of(processor, family == "video-llava")
    ours, grad = gradient(model, collate(rows, 0, CPU, mean))
    theirs, expected = gradient(model, collate(rows, 0, CPU, mean, shared=False))
    assert ours == pytest.approx(theirs, rel=1e-5)
    assert (grad - expected).norm() / expected.norm() < 1e-5


def test_questions_do_not_see_one_another(tiny_internvl: Path) -> None:
    loaded = load(str(tiny_internvl), torch.float32)
    rows = rows_of(loaded.processor)
    last, asked = rows[0].branches[-1]
    changed = replace(rows[0], branches=(*rows[0].branches[:-1], (last.flip(0), asked)))

    def hidden(*of: Row) -> torch.Tensor:
        batch = collate(list(of), 0, CPU)
        with torch.inference_mode():
            answer_loss(loaded.model, batch)
            return loaded.model.model(
                input_ids=batch.input_ids, position_ids=batch.position_ids, layout=batch.layout,
                attention_mask=batch.attention_mask, use_cache=False, **batch.extra,
            ).last_hidden_state[0]  # fmt: skip

    before, after = hidden(*rows), hidden(changed, rows[1])
    begin = sum(len(row.prefix) for row in rows) + len(rows[0]) - len(rows[0].prefix) - len(last)
    theirs = torch.arange(len(before))
    mine = (theirs >= begin) & (theirs < begin + len(last))
    assert torch.equal(before[~mine], after[~mine])
    assert not torch.allclose(before[mine], after[mine], atol=1e-3)


def test_nothing_is_padded_and_no_matrix_of_all_tokens_is_drawn(tiny_internvl: Path) -> None:
    rows = rows_of(load(str(tiny_internvl), torch.float32).processor)
    batch = collate(rows, 0, CPU)
    assert batch.input_ids.shape == (1, sum(map(len, rows)))
    assert batch.attention_mask.numel() == 1
    assert batch.layout is not None
    longest = max(len(ids) for row in rows for ids, _ in row.branches)
    prefix = max(len(row.prefix) for row in rows)
    assert batch.layout.mask.shape[2:] == (longest, prefix + longest)


@pytest.mark.parametrize("lengths", [[3, 3], [2, 5, 1], [4]])
def test_runs_come_back_as_they_were_laid_out(lengths: list[int]) -> None:
    layout = lay_out([2] * len(lengths), [[length] for length in lengths], CPU)
    row = torch.rand(1, 3, 2 * len(lengths) + sum(lengths), 4)
    for runs in (layout.prefixes, layout.branches):
        back = runs.together(runs.apart(row))
        assert torch.equal(back, row[:, :, runs.begin : runs.end].transpose(1, 2))


@pytest.mark.parametrize("learns", [False, True])
@pytest.mark.parametrize("bias", [False, True])
def test_the_loss_in_chunks_is_cross_entropy(
    learns: bool, bias: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_module, "CHUNK", 7)
    torch.manual_seed(0)
    head = torch.nn.Linear(12, 40, bias=bias).requires_grad_(learns)
    hidden, targets = torch.randn(20, 12, requires_grad=True), torch.randint(40, (20,))
    weights = torch.rand(20)
    learnt = [hidden, *(p for p in head.parameters() if learns)]
    losses = functional.cross_entropy(head(hidden), targets, reduction="none")
    theirs = 3 * (losses * weights).sum()
    ours = 3 * head_loss(hidden, head, targets, weights)
    assert float(ours) == pytest.approx(float(theirs), rel=1e-6)
    expected = torch.autograd.grad(theirs, learnt)
    for one, other in zip(torch.autograd.grad(ours, learnt), expected, strict=True):
        assert torch.allclose(one, other, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES[:3])
def test_two_hundred_steps_have_the_same_losses(family: str, tiny_models: Tiny) -> None:
    curves = []
    rows = rows_of(opened(family, tiny_models)[1], family == "video-llava")
    for shared in (True, False):
        model, _ = opened(family, tiny_models)
        batch = collate(rows, 0, CPU, "answer", shared)
        weights = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(weights, lr=1e-5)  # FaceLLM's
        curve = []
        for _ in range(200):
            loss, _ = gradient(model, batch)
            optimizer.step()
            curve.append(loss)
        curves.append(curve)
    assert max(abs(a - b) for a, b in zip(*curves, strict=True)) < 1e-3
    assert curves[0][-1] < curves[0][0]
