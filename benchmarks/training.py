"""What does it cost to learn from many answers about one face?

    python benchmarks/training.py --only operations [--json]

Operations: one face of FaceLLM's InternVL3-1B at full size (LoRA of rank 16, one tile of 256 visual
tokens), on tensors without values. Beside ours the loop that one writes with `transformers` alone:
a row for each question, its picture encoded each time, logits and loss for every token. Counted by
`torch.utils.flop_counter`, forward and back; attention counts every score on both sides, those of
the future too.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from facelm.models.configs import published
from facelm.models.skeleton import build
from facelm.train.answers import answer_loss
from facelm.train.learning import prepare, unwrapped
from facelm.train.recipe import AnswersStage, Lora
from facelm.train.rows import Row, collate

BASE = "OpenGVLab/InternVL3-1B-hf"
SYSTEM, QUESTION = 4, 20
"""Tokens: of text before the picture, and of a question."""
SHAPES = {"eight_answers": (8, 150), "forty_answers": (40, 2)}
"""Answers about one face, and tokens of each with its end: FairFaceGPT's, and single words."""


def face(answers: int, words: int, visual: int, image: int, side: int) -> Row:
    """A face with its questions; ids do not matter here but for the picture's."""
    prefix = torch.cat([torch.ones(SYSTEM, dtype=torch.long), torch.full((visual,), image)])
    branch = torch.ones(QUESTION + words, dtype=torch.long)
    pixels = {"pixel_values": torch.zeros(1, 3, side, side)}
    return Row(prefix, tuple((branch, QUESTION) for _ in range(answers)), pixels)


def operations() -> dict[str, float]:
    """Ours as a share of the plain loop's."""
    return {name: _ratio(*shape) for name, shape in SHAPES.items()}


def _ratio(answers: int, words: int) -> float:
    model = build(published()[BASE])
    with torch.device("meta"):
        model = prepare(model, AnswersStage(name="a", kind="answers", lr=1, lora=Lora()))
    base, config = unwrapped(model), unwrapped(model).config
    side = config.vision_config.image_size[0]
    row = face(answers, words, config.image_seq_length, config.image_token_id, side)
    # Which places are the picture's is looked up in values that are not there.
    base.model.get_placeholder_mask = lambda _, inputs_embeds, **__: torch.zeros_like(
        inputs_embeds, dtype=torch.bool
    )
    return _counted(lambda: _ours(base, row)) / _counted(lambda: _plain(base, row))


def _counted(step: Any) -> int:
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        step().backward()
    return int(counter.get_total_flops())


def _ours(base: Any, row: Row) -> torch.Tensor:
    batch = collate([row], 0, torch.device("meta"), "answer")
    pixels = {name: value.to(torch.bfloat16) for name, value in batch.extra.items()}
    return answer_loss(base, replace(batch, extra=pixels))


def _plain(base: Any, row: Row) -> torch.Tensor:
    """Labels outside the answer are −100, which spares no logits."""
    number = len(row.branches)
    ids = torch.zeros(number, len(row.prefix) + len(row.branches[0][0]), dtype=torch.long)
    pixels = row.extra["pixel_values"].expand(number, -1, -1, -1)
    # Drawn here: `transformers` would look into values before it draws one.
    mask = torch.zeros(1, 1, ids.shape[1], ids.shape[1], dtype=torch.bfloat16)
    given = {"input_ids": ids, "attention_mask": mask, "labels": ids}
    given = {name: value.to("meta") for name, value in given.items()}
    loss: torch.Tensor = base(
        **given, pixel_values=pixels.to("meta", torch.bfloat16), use_cache=False
    ).loss
    return loss


def main() -> None:
    """Print what was asked for."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--only", choices=["operations"])
    given.add_argument("--json", action="store_true")
    options = given.parse_args()
    found = {"operations_ratio": {name: round(of, 4) for name, of in operations().items()}}
    if options.json:
        print(json.dumps(found))
        return
    for name, ratio in found["operations_ratio"].items():
        print(f"{name.replace('_', ' ')}: {ratio:.3f} of the operations")


if __name__ == "__main__":
    main()
