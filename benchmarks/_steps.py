"""A training step about one face, done by us and as one writes it with `transformers` alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from facelm.train.answers import answer_loss
from facelm.train.learning import prepare, unwrapped
from facelm.train.recipe import AnswersStage, Lora
from facelm.train.rows import Row, collate

SYSTEM, QUESTION = 4, 20
"""Tokens: of text before the picture, and of a question."""
SHAPES = {"eight_answers": (8, 150), "forty_answers": (40, 2)}
"""Answers about one face, and tokens of each with its end: FairFaceGPT's, and single words."""


def adapted(model: Any) -> Any:
    """The model with LoRA of rank 16 in its language part, everything else frozen."""
    return prepare(model, AnswersStage(name="a", kind="answers", lr=1, lora=Lora()))


def face(base: Any, answers: int, words: int, seed: int = 0) -> Row:
    """A face of noise with its questions, for a model with LLaVA's kind of configuration."""
    config, random = base.config, torch.Generator().manual_seed(seed)
    visual = torch.full((config.image_seq_length,), config.image_token_id)
    side = config.vision_config.image_size
    side = side[0] if isinstance(side, list | tuple) else side

    def some(number: int) -> Tensor:
        return torch.randint(3, 1000, (number,), generator=random)

    branches = tuple((some(QUESTION + words), QUESTION) for _ in range(answers))
    pixels = torch.rand(1, 3, side, side, generator=random)
    return Row(torch.cat([some(SYSTEM), visual]), branches, {"pixel_values": pixels})


def ours(model: Any, row: Row, shared: bool = True) -> Tensor:
    """The loss as `facelm train` has it; `shared`: False encodes the picture for each question."""
    base = unwrapped(model)
    place = next(base.parameters())
    batch = collate([row], 0, place.device, "answer", shared)
    mask = batch.attention_mask if shared else _causal(batch.input_ids.shape[1], place)
    extra = _placed(batch.extra, place)
    return answer_loss(base, replace(batch, extra=extra, attention_mask=mask))


def plain(model: Any, row: Row) -> Tensor:
    """The loss of a row for each question, all in one batch, its picture encoded for each.

    Labels outside the answer are −100, which spares no logits. All rows are of one length, so
    nothing is padded.
    """
    place = next(model.parameters())
    ids = torch.stack([torch.cat([row.prefix, tokens]) for tokens, _ in row.branches])
    labels = ids.clone()
    labels[:, : len(row.prefix) + row.branches[0][1]] = -100
    pixels = {name: torch.cat([value] * len(ids)) for name, value in row.extra.items()}
    loss: Tensor = model(
        input_ids=ids.to(place.device), labels=labels.to(place.device), use_cache=False,
        attention_mask=_causal(ids.shape[1], place), **_placed(pixels, place),
    ).loss  # fmt: skip
    return loss


def _causal(length: int, place: Tensor) -> Tensor:
    """Drawn here: on tensors without values `transformers` could not find out what it needs."""
    mask = torch.full((length, length), torch.finfo(place.dtype).min).triu(1)
    return mask[None, None].to(place.device, place.dtype)


def _placed(extra: dict[str, Tensor], place: Tensor) -> dict[str, Tensor]:
    return {name: value.to(place.device, place.dtype) for name, value in extra.items()}
