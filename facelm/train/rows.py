"""Shared-image rows: a picture once, every question about it a branch of its own.

A row is [prefix | branch 1 | branch 2 | …]. The prefix (system text, picture) is what all
conversations about the picture begin with; each branch sees the prefix and itself, never its
siblings, and counts its positions from the prefix's end. The loss is what the questions would
give as separate rows, for the cost of one picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from facelm.errors import InputError
from facelm.models.answer import common_length
from facelm.types import Turn

IGNORED = -100
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

    def __len__(self) -> int:
        return len(self.prefix) + sum(len(ids) for ids, _ in self.branches)


def make_row(processor: Any, pictures: list[Any], asked: list[Dialogue]) -> Row:
    """Tokenise pictures and the questions about them with the model's own chat template.

    Args:
        processor: the model's.
        pictures: PIL pictures, shown together before each question.
        asked: per branch, its question and answer, last of the turns that lead to it.

    Raises:
        InputError: the template does not put a question before its answer unchanged, or a row is
            longer than 2,048 tokens (image tokens would be cut in silence otherwise).
    """
    shown = len(pictures)
    prompts = [_text(processor, turns, shown, answered=False) for turns in asked]
    wholes = [_text(processor, turns, shown, answered=True) for turns in asked]
    encoded = [processor(text=t, images=pictures, return_tensors="pt") for t in prompts + wholes]
    before = [one["input_ids"][0] for one in encoded[: len(asked)]]
    after = [_until_end(one["input_ids"][0], processor) for one in encoded[len(asked) :]]
    shared = common_length([*before, *after])
    branches = []
    for prompt, whole in zip(before, after, strict=True):
        if not torch.equal(whole[: len(prompt)], prompt):
            raise InputError(
                "This model's chat template changes the question once it is answered, so the "
                "loss cannot be put on the answer alone: use another model."
            )
        branches.append((whole[shared:], len(prompt) - shared))
    extra = {k: v for k, v in encoded[0].items() if k not in ("input_ids", "attention_mask")}
    return _checked(Row(before[0][:shared], tuple(branches), extra))


def _text(processor: Any, turns: Dialogue, shown: int, answered: bool) -> str:
    messages: list[dict[str, Any]] = []
    for number, turn in enumerate(turns):
        images = [{"type": "image"}] * (0 if number else shown)
        said = [*images, {"type": "text", "text": turn.question}]
        reply = [{"type": "text", "text": turn.answer}]
        messages += [{"role": "user", "content": said}, {"role": "assistant", "content": reply}]
    messages = messages if answered else messages[:-1]
    return str(
        processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=not answered)
    )


def _until_end(ids: Tensor, processor: Any) -> Tensor:
    """Templates may write a newline after the end token; the model never has to say it."""
    ends = (ids == processor.tokenizer.eos_token_id).nonzero()
    return ids[: int(ends[-1]) + 1] if len(ends) else ids


def _checked(row: Row) -> Row:
    longest = max(len(ids) for ids, _ in row.branches) + len(row.prefix)
    if longest > MAX_TOKENS:
        raise InputError(
            f"A question with its picture has {longest} tokens, more than {MAX_TOKENS}: shorten "
            "the answer or use fewer image tokens."
        )
    return row


@dataclass(frozen=True)
class Batch:
    """Rows padded to one length; all tensors on one device."""

    input_ids: Tensor
    """(rows, length)"""
    position_ids: Tensor
    """(rows, length); every branch counts from the prefix's end."""
    attention_mask: Tensor
    """(rows, 1, length, length), added to the scores: 0 where attending is allowed."""
    targets: Tensor
    """(rows, length): the next token where it belongs to an answer, else −100."""
    answer: Tensor
    """(rows, length): running number of the answer a target belongs to."""
    extra: dict[str, Tensor]

    @property
    def tokens(self) -> int:
        """Tokens that are not padding."""
        return int((self.attention_mask[:, 0].diagonal(dim1=1, dim2=2) == 0).sum())


def collate(rows: list[Row], dtype: torch.dtype, pad: int, device: torch.device) -> Batch:
    """Pad rows to one length and draw who may see whom."""
    length = max(len(row) for row in rows)
    shape = (len(rows), length)
    ids, positions = torch.full(shape, pad), torch.zeros(shape, dtype=torch.long)
    targets, answer = torch.full(shape, IGNORED), torch.zeros(shape, dtype=torch.long)
    mask = torch.full((len(rows), 1, length, length), torch.finfo(dtype).min, dtype=dtype)
    number = 0
    for index, row in enumerate(rows):
        segment = _fill(row, ids[index], positions[index], targets[index], answer[index], number)
        number += len(row.branches)
        _allow(mask[index, 0], segment, length)
    extra = {key: torch.cat([row.extra[key] for row in rows]) for key in rows[0].extra}
    moved = {key: value.to(device) for key, value in extra.items()}
    return Batch(
        ids.to(device), positions.to(device), mask.to(device), targets.to(device),
        answer.to(device), moved,
    )  # fmt: skip


def _fill(
    row: Row, ids: Tensor, positions: Tensor, targets: Tensor, answer: Tensor, number: int
) -> Tensor:
    """Write one row into the batch's tensors; returns the segment of each token (0: prefix)."""
    start = len(row.prefix)
    ids[:start] = row.prefix
    positions[:start] = torch.arange(start)
    segment = torch.zeros(len(row), dtype=torch.long)
    at = start
    for branch, (tokens, asked) in enumerate(row.branches):
        end = at + len(tokens)
        ids[at:end] = tokens
        positions[at:end] = torch.arange(start, start + len(tokens))
        targets[at + asked - 1 : end - 1] = tokens[asked:]
        answer[at:end] = number + branch
        segment[at:end] = branch + 1
        at = end
    return segment


def _allow(mask: Tensor, segment: Tensor, length: int) -> None:
    size = len(segment)
    same = (segment[None, :] == 0) | (segment[None, :] == segment[:, None])
    causal = torch.ones(size, size, dtype=torch.bool).tril()
    mask[:size, :size].masked_fill_(same & causal, 0.0)
    # Padding sees only the first token: a row of −inf alone would turn into NaN.
    mask[size:length, 0] = 0.0
