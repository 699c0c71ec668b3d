"""The stage that learns to answer: connector and LoRA, or whatever the recipe says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from facelm.errors import InputError
from facelm.models.load import context_length, language_part
from facelm.train.recipe import AnswersStage, Data, Lora, PerceptionStage
from facelm.train.rows import IGNORED, Batch, Dialogue, Row, collate, make_row

if TYPE_CHECKING:
    from facelm.train.recipe import Stage


@dataclass(frozen=True)
class Example:
    """Pictures and, per corpus of the recipe, what is asked and how to draw from it."""

    pictures: tuple[bytes, ...]
    pools: tuple[tuple[tuple[Dialogue, ...], Data], ...]


class Answers:
    """`facelm.train.loop.Objective` over shared-image rows."""

    unit = "tokens"

    def __init__(
        self, model: Any, processor: Any, examples: list[Example], stage: AnswersStage, seed: int
    ) -> None:
        """`model` is a base or one wrapped by `peft`; what trains is set by `prepare`."""
        self.module: nn.Module = model
        self._base = model.get_base_model() if hasattr(model, "get_base_model") else model
        self._processor, self._stage, self._seed = processor, stage, seed
        self._examples = _drawn(examples, stage.faces, seed)
        self._per_epoch = max(1, len(self._examples) // stage.batch)
        steps = max(1, round(stage.epochs * self._per_epoch))
        self.steps = min(steps, stage.max_steps or steps)
        self._dtype = next(language_part(self._base).parameters()).dtype
        self._limit = min(stage.max_tokens, context_length(self._base))
        self._check_longest()

    def losses(self, step: int) -> Iterator[tuple[Tensor, int]]:
        """Shares of the loss of one step's faces, `stage.accumulation` of them.

        Each part weighs as much as it has of the step's answers (or of their tokens), so the
        gradient is that of all rows at once. Sizes count text and visual tokens without padding.
        """
        rows = self._rows(step)
        pad = self._processor.tokenizer.pad_token_id or 0
        weights = [_weight(row, self._stage.loss) for row in rows]
        for part in np.array_split(np.arange(len(rows)), min(self._stage.accumulation, len(rows))):
            some = [rows[index] for index in part]
            share = sum(weights[index] for index in part) / sum(weights)
            batch = collate(some, self._dtype, pad, self._base.device)
            loss = answer_loss(self._base, batch, self._stage.loss)
            yield loss if share == 1 else loss * share, sum(map(len, some))

    def _check_longest(self) -> None:
        """Tokenise the longest question, so that a limit stops a run before its first step."""
        every = (
            (example, dialogue)
            for example in self._examples
            for pool, _ in example.pools
            for dialogue in pool
        )
        longest = max(every, key=lambda one: (len(one[0].pictures), _letters(one[1])), default=None)
        if longest is None:
            raise InputError(
                f"The stage '{self._stage.name}' has no question to learn from: look at the "
                "recipe's `data`."
            )
        self._tokenised(longest[0], [longest[1]])

    def _rows(self, step: int) -> list[Row]:
        epoch, at = divmod(step, self._per_epoch)
        order = np.random.default_rng((self._seed, epoch)).permutation(len(self._examples))
        picked = order[at * self._stage.batch : (at + 1) * self._stage.batch]
        return [self._row(int(index), epoch) for index in picked]

    def _row(self, index: int, epoch: int) -> Row:
        example = self._examples[index]
        rng = np.random.default_rng((self._seed, epoch, index, 1))
        asked = [one for pool, data in example.pools for one in _some(pool, data, rng)]
        return self._tokenised(example, asked)

    def _tokenised(self, example: Example, asked: list[Dialogue]) -> Row:
        from facelm.faces import open_picture

        # Full size, as the benchmark and the server give it: the processor may cut it into tiles.
        pictures = [open_picture(data, "a picture of the corpus") for data in example.pictures]
        return make_row(self._processor, pictures, asked, self._limit)


def _weight(row: Row, mean: str) -> int:
    """What a row counts for in the mean over a step: answers, or tokens of answers."""
    return sum(len(ids) - asked if mean == "token" else 1 for ids, asked in row.branches)


def answer_loss(base: Any, batch: Batch, mean: str) -> Tensor:
    """Cross-entropy on the answers; logits are made only where there is a target.

    Args:
        base: an image-text-to-text model (not wrapped).
        batch: shared-image rows.
        mean: `token`: over all answer tokens; `answer`: over answers of each one's mean.
    """
    hidden = base.model(
        input_ids=batch.input_ids,
        position_ids=batch.position_ids,
        attention_mask=batch.attention_mask,
        use_cache=False,
        **batch.extra,
    ).last_hidden_state
    asked = batch.targets != IGNORED
    logits = base.get_output_embeddings()(hidden[asked]).float()
    losses = functional.cross_entropy(logits, batch.targets[asked], reduction="none")
    if mean == "token":
        return losses.mean()
    answer = batch.answer[asked]
    counts = torch.bincount(answer).float()
    return (losses / counts[answer]).sum() / (counts > 0).sum()


def prepare(model: Any, stage: AnswersStage) -> Any:
    """Freeze everything, then open what the stage trains; returns the model, wrapped for LoRA.

    Raises:
        InputError: the recipe names a module the model does not have, or trains nothing.
    """
    if not hasattr(model, "peft_config"):
        model.requires_grad_(False)
        if stage.lora:
            model = _with_lora(model, stage.lora)
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    for name in stage.train:
        open_module(base, name)
    if not any(p.requires_grad for p in model.parameters()):
        raise InputError(f"The stage '{stage.name}' trains nothing: give `lora` or `train`.")
    if stage.checkpointing:
        base.gradient_checkpointing_enable()
    model.train()
    _rest_frozen(base)
    return model


def _rest_frozen(base: Any) -> None:
    """Parts that learn nothing run as they will when the model is asked.

    A frozen encoder's batch norms would otherwise take the statistics of a step's few faces, and
    drift towards them.
    """
    for part in getattr(base, "model", base).children():
        if not any(p.requires_grad for p in part.parameters()):
            part.eval()


def check_stages(model: Any, stages: tuple[Stage, ...]) -> None:
    """See that every stage can be done with this model, before the first of them begins.

    Raises:
        InputError: a stage is for another kind of encoder, or names a module that is not there.
    """
    from facelm.train.perception import check_encoder

    for stage in stages:
        named = stage.train
        if isinstance(stage, PerceptionStage):
            check_encoder(model)
        elif stage.lora:
            named += stage.lora.also
        for name in named:
            _module(model, name)


def open_module(base: Any, name: str) -> nn.Module:
    """Make one named module of the model trainable.

    Args:
        base: an image-text-to-text model (not wrapped).
        name: `multi_modal_projector`, or with dots for a part of a part: `visual.merger`.

    Raises:
        InputError: there is no such module.
    """
    return _module(base, name).requires_grad_(True)


def _module(base: Any, name: str) -> nn.Module:
    inner = getattr(base, "model", base)
    try:
        return cast(nn.Module, inner.get_submodule(name))
    except AttributeError as error:
        known = ", ".join(child for child, _ in inner.named_children())
        raise InputError(f"The model has no module '{name}' to train; it has: {known}.") from error


def lora_targets(model: Any, also: tuple[str, ...] = ()) -> list[str]:
    """Full names of all linear layers of the language model, and of the parts in `also`.

    They are found by walking the modules, not by the ends of their names: vision towers have a
    `q_proj` too. The output layer is no part of the language model here.
    """
    parts = [language_part(model), *(_module(model, name) for name in also)]
    inside = {id(m) for part in parts for m in part.modules() if isinstance(m, nn.Linear)}
    return [name for name, module in model.named_modules() if id(module) in inside]


def _with_lora(model: Any, lora: Lora) -> Any:
    from peft import LoraConfig, get_peft_model

    return get_peft_model(
        model,
        LoraConfig(
            r=lora.rank,
            lora_alpha=int(lora.alpha),
            lora_dropout=lora.dropout,
            target_modules=lora_targets(model, lora.also),
        ),
    )


def _letters(dialogue: Dialogue) -> int:
    return sum(len(turn.question) + len(turn.answer) for turn in dialogue)


def _drawn(examples: list[Example], faces: int | None, seed: int) -> list[Example]:
    if faces is None or faces >= len(examples):
        return examples
    order = np.random.default_rng((seed, 7)).permutation(len(examples))[:faces]
    return [examples[index] for index in sorted(order)]


def _some(pool: tuple[Dialogue, ...], data: Data, rng: np.random.Generator) -> list[Dialogue]:
    """The questions that are always asked, and `data.turns` of the others, in their order."""
    fixed = {i for i, turns in enumerate(pool) if turns[-1].category in data.always}
    others = [i for i in range(len(pool)) if i not in fixed]
    count = len(others) if data.turns is None else data.turns
    drawn = {others[i] for i in rng.permutation(len(others))[:count]}
    return [pool[i] for i in sorted(fixed | drawn)]
