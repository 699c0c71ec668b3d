"""Shared-image rows: a picture once, every question about it a branch of its own.

A row is a prefix and branches. The prefix (system text, picture) is what all conversations about
the picture begin with; each branch sees the prefix and itself, never its siblings, and counts its
positions from the prefix's end. The loss is what the questions would give as separate rows, for the
cost of one picture (`facelm.train.shared`).

Models that are told which tokens are visual draw masks and positions of their own, which such a
row has no place for; they get a row for each question, and the picture as often.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor

from facelm.errors import InputError
from facelm.models.answer import common_length, split_inputs
from facelm.models.media import media_parts, processed, seen_once
from facelm.train.shared import Layout, lay_out
from facelm.types import Turn

MAX_TOKENS = 2048

Dialogue = tuple[Turn, ...]
"""A question with its answer, behind the turns that it follows."""


@dataclass(frozen=True)
class Row:
    """One picture, or several shown together, with the questions about them, tokenised."""

    prefix: Tensor
    """(prefix tokens,)"""
    branches: tuple[tuple[Tensor, int], ...]
    """Per question: its tokens after the prefix, and how many of them come before the answer."""
    extra: dict[str, Tensor]
    """What the processor made of the pictures: `pixel_values` and whatever else is needed."""
    kinds: dict[str, Tensor] = field(default_factory=dict)
    """(prefix tokens,) each: which tokens are visual, for models that have to be told."""

    def __len__(self) -> int:
        return len(self.prefix) + sum(len(ids) for ids, _ in self.branches)


def make_row(
    processor: Any,
    pictures: list[Any],
    asked: list[Dialogue],
    limit: int = MAX_TOKENS,
    clip: bool = False,
) -> Row:
    """Tokenise pictures and the questions about them with the model's own chat template.

    What stands before an answer is always what the model sees when it is asked; how the answer ends
    is the template's, and the tokenizer's end token where the template has none (LLaVA-1.5).

    Args:
        processor: the model's.
        pictures: PIL pictures, shown together before each question.
        asked: per branch, its question and answer, last of the turns that lead to it.
        limit: tokens of a question with its pictures and answer.
        clip: the pictures are frames of one video.

    Raises:
        InputError: a question's tokens change once an answer follows, or one is longer than
            `limit` (visual tokens would be cut in silence otherwise).
    """
    shown = [{"type": part["type"]} for part in media_parts(processor, pictures, clip)]
    prompts = [_text(processor, turns, shown, answered=False) for turns in asked]
    wholes = [
        _answered(p, processor, turns, shown) for p, turns in zip(prompts, asked, strict=True)
    ]
    with seen_once(processor):
        encoded = [processed(processor, text, pictures, clip) for text in prompts + wholes]
    ids = [one["input_ids"][0] for one in encoded]
    before, after = ids[: len(asked)], ids[len(asked) :]
    shared = common_length(ids)
    branches = []
    for prompt, whole in zip(before, after, strict=True):
        if not torch.equal(whole[: len(prompt)], prompt):
            raise InputError(
                "This model's tokenizer changes the question once it is answered, so the "
                "loss cannot be put on the answer alone: use another model."
            )
        branches.append((whole[shared:], len(prompt) - shared))
    extra, kinds = split_inputs(encoded[0])
    visual = {name: value[0, :shared] for name, value in kinds.items()}
    return _checked(Row(before[0][:shared], tuple(branches), extra, visual), limit)


_ANSWER = "\x00"
"""Stands for the answer, to see what a template writes around it."""


def _answered(prompt: str, processor: Any, turns: Dialogue, shown: list[Any]) -> str:
    """The prompt, the answer as the template sets it, and the end of the answer.

    Some templates write the turn's beginning otherwise once it is answered (LLaVA-OneVision); the
    prompt's form is the one that the model will be asked in. A line break after the end is left
    out: the model never has to say it.
    """
    marked = (*turns[:-1], replace(turns[-1], answer=_ANSWER))
    head, _, tail = _text(processor, marked, shown, answered=True).partition(_ANSWER)
    between = head[len(prompt) :] if head.startswith(prompt) else ""
    return prompt + between + turns[-1].answer + (tail.rstrip() or processor.tokenizer.eos_token)


def _text(processor: Any, turns: Dialogue, shown: list[Any], answered: bool) -> str:
    messages: list[dict[str, Any]] = []
    for number, turn in enumerate(turns):
        said = [*([] if number else shown), {"type": "text", "text": turn.question}]
        reply = [{"type": "text", "text": turn.answer}]
        messages += [{"role": "user", "content": said}, {"role": "assistant", "content": reply}]
    messages = messages if answered else messages[:-1]
    return str(
        processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=not answered)
    )


def _checked(row: Row, limit: int) -> Row:
    longest = max(len(ids) for ids, _ in row.branches) + len(row.prefix)
    if longest > limit:
        raise InputError(
            f"A question with its pictures and answer has {longest} tokens, more than the limit of "
            f"{limit}, and nothing is cut: raise the stage's `max_tokens` where the model has room "
            "for it, or leave `crop_to_patches` off, or give smaller pictures or shorter answers."
        )
    return row


@dataclass(frozen=True)
class Batch:
    """Rows that go through the model at once; all tensors on one device."""

    input_ids: Tensor
    """(1, tokens): all prefixes, then all branches. Apart: (questions, length), padded."""
    position_ids: Tensor | None
    """As `input_ids`; every branch counts from its prefix's end. None, apart: the model counts."""
    attention_mask: Tensor
    """(1, 1, 1, 1), of the form at which `transformers` draws no (tokens, tokens) of its own; who
    sees whom stands in the layout. Apart: (questions, length), 1 for tokens and 0 for padding."""
    layout: Layout | None
    """Whose tokens are whose; None where each question has a row of its own."""
    asked: Tensor
    """(answer tokens,): places in the flattened `input_ids` behind which an answer goes on."""
    targets: Tensor
    """(answer tokens,): those next tokens."""
    weights: Tensor
    """(answer tokens,) float32: what each counts for in the loss."""
    extra: dict[str, Tensor]


def collate(
    rows: list[Row], pad: int, device: torch.device, mean: str = "token", shared: bool = True
) -> Batch:
    """Put rows behind one another.

    Args:
        rows: pictures with their questions.
        pad: token for padding.
        device: where the tensors go.
        mean: what the loss is the mean of: `token` or `answer`.
        shared: False: a row for each question, its picture as often, as other trainers do it; so
            it is done anyway for models that draw masks and positions of their own.
    """
    if rows[0].kinds or not shared:
        return _collate_apart(rows, pad, device, mean)
    branches = [(len(row.prefix), *branch) for row in rows for branch in row.branches]
    ids = torch.cat([*(row.prefix for row in rows), *(ids for _, ids, _ in branches)])
    positions = torch.cat(
        [*(torch.arange(len(row.prefix)) for row in rows),
         *(torch.arange(start, start + len(ids)) for start, ids, _ in branches)]
    )  # fmt: skip
    first = sum(len(row.prefix) for row in rows)
    begins = accumulate((len(tokens) for _, tokens, _ in branches), initial=first)
    asked = [
        torch.arange(begin + before - 1, begin + len(tokens) - 1)
        for begin, (_, tokens, before) in zip(begins, branches, strict=False)
    ]
    layout = lay_out(
        [len(row.prefix) for row in rows],
        [[len(tokens) for tokens, _ in row.branches] for row in rows],
        device,
    )
    targets, weights = _targets(rows, mean)
    return Batch(
        ids[None].to(device), positions[None].to(device), torch.zeros(1, 1, 1, 1, device=device),
        layout, torch.cat(asked).to(device), targets.to(device), weights.to(device),
        _extras(rows, device),
    )  # fmt: skip


def _targets(rows: list[Row], mean: str) -> tuple[Tensor, Tensor]:
    """What is to be said, and what each token counts for."""
    answers = [tokens[before:] for row in rows for tokens, before in row.branches]
    total = sum(map(len, answers)) if mean == "token" else len(answers)
    shares = [
        torch.full((len(answer),), 1 / (total if mean == "token" else total * len(answer)))
        for answer in answers
    ]
    return torch.cat(answers), torch.cat(shares)


def _collate_apart(rows: list[Row], pad: int, device: torch.device, mean: str) -> Batch:
    """A row for each question; the model itself draws masks and positions."""
    single = [replace(row, branches=(one,)) for row in rows for one in row.branches]
    shape = (len(single), max(map(len, single)))
    ids, mask = torch.full(shape, pad), torch.zeros(shape, dtype=torch.long)
    asked = []
    kinds = {name: torch.zeros(shape, dtype=kind.dtype) for name, kind in rows[0].kinds.items()}
    for index, row in enumerate(single):
        tokens, before = row.branches[0]
        ids[index, : len(row)] = torch.cat([row.prefix, tokens])
        begin = index * shape[1] + len(row.prefix)
        asked.append(torch.arange(begin + before - 1, begin + len(tokens) - 1))
        mask[index, : len(row)] = 1
        for name, kind in row.kinds.items():
            kinds[name][index, : len(kind)] = kind
    extra = _extras(single, device) | {name: kind.to(device) for name, kind in kinds.items()}
    targets, weights = _targets(rows, mean)
    return Batch(
        ids.to(device), None, mask.to(device), None, torch.cat(asked).to(device),
        targets.to(device), weights.to(device), extra,
    )  # fmt: skip


_VIDEO = "pixel_values_videos"


def _extras(rows: list[Row], device: torch.device) -> dict[str, Tensor]:
    """The pictures of all rows, behind one another; then the videos, as models take them in."""
    ordered = sorted(rows, key=lambda row: _VIDEO in row.extra)
    names = dict.fromkeys(name for row in ordered for name in row.extra)
    values = {name: [row.extra[name] for row in ordered if name in row.extra] for name in names}
    return {name: _stacked(of).to(device) for name, of in values.items()}


def _stacked(values: list[Tensor]) -> Tensor:
    """Pictures cut into different numbers of tiles get empty ones, as the processors do it."""
    if values[0].ndim < 4:
        return torch.cat(values)
    most = max(value.shape[1] for value in values)
    return torch.cat(
        [torch.cat([v, v.new_zeros(len(v), most - v.shape[1], *v.shape[2:])], 1) for v in values]
    )
