"""The stage that learns to answer: connector and LoRA, or whatever the recipe says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from torch import Tensor, nn

from facelm.models.face_llava import landmarks_of, shown
from facelm.models.face_points import Sight, parted
from facelm.train.examples import Example
from facelm.train.head import head_loss
from facelm.train.learning import unwrapped
from facelm.train.lengths import limit_of
from facelm.train.ranks import ALONE, Ranks
from facelm.train.recipe import AnswersStage, Data
from facelm.train.rows import Batch, Dialogue, Row, collate, make_row
from facelm.train.shared import share_attention


class Answers:
    """`facelm.train.loop.Objective` over shared-image rows."""

    unit = "tokens"

    def __init__(
        self,
        model: Any,
        processor: Any,
        examples: list[Example],
        stage: AnswersStage,
        seed: int,
        ranks: Ranks = ALONE,
    ) -> None:
        """Look at the model, a base or one wrapped by `peft`; what trains is set by `prepare`."""
        self.ranks = ranks
        self.module: nn.Module = model
        self._base = unwrapped(model)
        self._processor, self._stage, self._seed = processor, stage, seed
        self._examples = examples
        self._per_epoch = max(1, len(self._examples) // stage.batch)
        steps = max(1, round(stage.epochs * self._per_epoch))
        self.steps = min(steps, stage.max_steps or steps)
        self._limit = limit_of(stage, self._base)
        self._sight = Sight(processor) if landmarks_of(self._base) else None
        self._landmarks: dict[tuple[str, ...], dict[str, Tensor]] = {}

    def losses(self, step: int) -> Iterator[tuple[Tensor, int]]:
        """Shares of the loss of one step's faces, `stage.accumulation` of them in each process.

        Each part weighs as much as it has of the step's answers (or of their tokens), so the
        gradient is that of all rows at once. Sizes count text and visual tokens without padding.
        """
        rows = self._rows(step)
        weights = [_weight(row, self._stage.loss) for row in rows]
        (whole,) = self.ranks.total(sum(weights))
        pad = self._processor.tokenizer.pad_token_id or 0
        parts = min(self._stage.accumulation, len(rows))
        for part in np.array_split(np.arange(len(rows)), parts) if rows else ():
            some = [rows[index] for index in part]
            share = sum(weights[index] for index in part) / whole
            batch = collate(some, pad, self._base.device, self._stage.loss)
            loss = answer_loss(self._base, batch)
            yield loss if share == 1 else loss * share, sum(map(len, some))

    def _rows(self, step: int) -> list[Row]:
        epoch, at = divmod(step, self._per_epoch)
        order = np.random.default_rng((self._seed, epoch)).permutation(len(self._examples))
        picked = order[at * self._stage.batch : (at + 1) * self._stage.batch]
        return [self._row(int(index), epoch) for index in self.ranks.share(picked.tolist())]

    def _row(self, index: int, epoch: int) -> Row:
        example = self._examples[index]
        rng = np.random.default_rng((self._seed, epoch, index, 1))
        asked = [one for pool, data in example.pools for one in _some(pool, data, rng)]
        return self._tokenised(example, asked)

    def _tokenised(self, example: Example, asked: list[Dialogue]) -> Row:
        pictures = example.open()
        row = make_row(self._processor, pictures, asked, self._limit, example.clip)
        if self._sight is None:
            return row
        found = self._landmarks.get(example.image_ids) or self._sight.find(pictures)
        if self.steps > self._per_epoch:  # the same in every epoch
            self._landmarks[example.image_ids] = found
        return replace(row, extra=row.extra | found)


def _weight(row: Row, mean: str) -> int:
    """What a row counts for in the mean over a step: answers, or tokens of answers."""
    return sum(len(ids) - asked if mean == "token" else 1 for ids, asked in row.branches)


def answer_loss(base: Any, batch: Batch) -> Tensor:
    """Cross-entropy on the answers; logits are made only where there is a target.

    Args:
        base: an image-text-to-text model (not wrapped).
        batch: from `collate`, which knows what the loss is the mean of.
    """
    extra, points, known = parted(batch.extra)
    if batch.layout:
        share_attention(base)
        extra["layout"] = batch.layout
    with shown(base, points, known):
        hidden = base.model(
            input_ids=batch.input_ids,
            position_ids=batch.position_ids,
            attention_mask=batch.attention_mask,
            use_cache=False,
            **extra,
        ).last_hidden_state
    said = hidden.flatten(0, 1)[batch.asked]
    return head_loss(said, base.get_output_embeddings(), batch.targets, batch.weights)


def _some(pool: tuple[Dialogue, ...], data: Data, rng: np.random.Generator) -> list[Dialogue]:
    """The questions that are always asked, and `data.turns` of the others, in their order."""
    fixed = {i for i, turns in enumerate(pool) if turns[-1].category in data.always}
    others = [i for i in range(len(pool)) if i not in fixed]
    count = len(others) if data.turns is None else data.turns
    drawn = {others[i] for i in rng.permutation(len(others))[:count]}
    return [pool[i] for i in sorted(fixed | drawn)]
