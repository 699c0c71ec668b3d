"""Does an exported model answer as its run does?

    python benchmarks/parity.py          # short runs on small random models of the families
    python benchmarks/parity.py RUN …    # runs of your own; their bases have to be here

Exports each run in every way there is and puts the same 20 synthetic faces and questions to the run
and to each export, all computed in float32. Weights are written in the type of the base's files:
where that is bfloat16 they are rounded, and so the logits differ. Prints one row per export: the
largest difference between next-token logits beside the spread of the run's own logits, and how many
greedy answers are the same. Plain `transformers` gets what its own processor makes of the pictures;
of a run with landmark modules it loads all but them, so the run is asked without landmarks there.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers.utils import logging

from facelm.models import load, user_message
from facelm.models.face_llava import landmarks_of, shown
from facelm.models.face_points import Sight, parted
from facelm.publish import export
from facelm.sources import open_source

PICTURES = 20
TOKENS = 5
QUESTIONS = (
    "Which way is the face turned?",
    "What is the expression?\n(A) smiling\n(B) neutral",
    "Describe this face.",
)
FAMILIES = ("internvl3", "llava-1.5", "video-llava", "qwen3-vl", "smolvlm")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    model: str
    form: str
    difference: float
    """Largest absolute difference between next-token logits."""
    spread: float
    """Of the run's logits: largest minus smallest."""
    same: int
    """Greedy answers that are the same."""
    asked: int


@dataclass
class Told:
    """What a model says to every question: logits (questions, vocabulary), answers as tokens."""

    logits: torch.Tensor
    answers: list[list[int]]


def faces(number: int = PICTURES) -> list[Image.Image]:
    """Synthetic heads of the test split."""
    found = islice(open_source("heads").faces("test"), number)
    return [Image.open(io.BytesIO(one.image)).convert("RGB") for one in found]


def tell(model: Any, processor: Any, pictures: list[Image.Image], landmarks: bool = True) -> Told:
    """Ask one question about each picture."""
    sight = Sight(processor) if landmarks and landmarks_of(model) else None
    logits, answers = [], []
    for number, picture in enumerate(pictures):
        inputs = processor.apply_chat_template(
            user_message([picture], QUESTIONS[number % len(QUESTIONS)]), tokenize=True,
            add_generation_prompt=True, return_dict=True, return_tensors="pt",
        )  # fmt: skip
        points = parted(sight.find([picture]) if sight else {})[1:]
        with torch.inference_mode(), shown(model, *points):
            told = model.generate(
                **inputs, max_new_tokens=TOKENS, do_sample=False, repetition_penalty=1.0,
                return_dict_in_generate=True, output_logits=True,
            )  # fmt: skip
        logits.append(told.logits[0][0].float())
        answers.append(told.sequences[0, inputs["input_ids"].shape[1] :].tolist())
    return Told(torch.stack(logits), answers)


def parity(run: Path, folder: Path, pictures: list[Image.Image]) -> Iterator[Row]:
    """Compare a run with its exports, written to `folder`."""
    ours = load(str(run), torch.float32)
    guided = landmarks_of(ours.model) is not None
    told = tell(ours.model, ours.processor, pictures)
    for form, merge in (("merged", True), ("adapter", False)):
        export(run, folder / form, merge=merge)
        theirs = load(str(folder / form), torch.float32)
        yield _row(run, f"{form}, facelm", told, tell(theirs.model, theirs.processor, pictures))
    if guided:
        told = tell(ours.model, ours.processor, pictures, landmarks=False)
    plain = _plain(folder / "merged")
    without = " without landmarks" if guided else ""
    yield _row(run, f"merged, transformers{without}", told, tell(*plain, pictures))


def _plain(folder: Path, dtype: torch.dtype = torch.float32) -> tuple[Any, Any]:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=dtype)
    return model.eval(), AutoProcessor.from_pretrained(folder)


def _row(run: Path, form: str, ours: Told, theirs: Told) -> Row:
    return Row(
        run.name,
        form,
        float((ours.logits - theirs.logits).abs().max()),
        float(ours.logits.max() - ours.logits.min()),
        sum(a == b for a, b in zip(ours.answers, theirs.answers, strict=True)),
        len(ours.answers),
    )


def small_runs(folder: Path) -> Iterator[Path]:
    """A short run of each family, and one of Video-LLaVA with landmark modules."""
    from facelm.annotate import annotate

    corpus = folder / "corpus"
    annotate("heads", corpus, split="train", style="choices", limit=4)
    for family in FAMILIES:
        yield small_run(family, folder / family, corpus)
    landmarks = {"landmarks": {"heads": 4}}
    yield small_run("video-llava", folder / "video-llava-landmarks", corpus, landmarks)
    yield small_run("internvl3", folder / "internvl3-bfloat16", corpus, dtype=torch.bfloat16)


def small_run(
    family: str,
    run: Path,
    corpus: Path,
    more: dict[str, Any] | None = None,
    dtype: torch.dtype = torch.float32,
) -> Path:
    """Five steps on a small random model of a family.

    Args:
        family: of `tools.tiny`.
        run: its folder; the base is written beside it.
        corpus: to learn from.
        more: of the recipe.
        dtype: of the base's files.
    """
    from facelm.train import parse_recipe, train
    from tools.tiny import write

    more = more or {}
    base = write(family, run.parent / f"base-of-{run.name}").folder
    if dtype != torch.float32:
        _plain(base, dtype)[0].save_pretrained(base)
    stage = {
        "name": "answers", "kind": "answers", "lr": 3e-3, "batch": 2, "epochs": 5, "max_steps": 5,
        "lora": {"rank": 4}, "train": [name for name in more if name == "landmarks"],
    }  # fmt: skip
    values = {
        "name": run.name, "model": str(base), "output": str(run), "exams": [],
        "data": [{"corpus": str(corpus), "turns": 2}], "stages": [stage], **more,
    }  # fmt: skip
    train(parse_recipe(values, "benchmark"))
    return run


def main() -> None:
    """Print the table."""
    logging.set_verbosity_error()
    print("| run | export, loaded by | largest logit difference | logits' spread | same answers |")
    print("|---|---|---|---|---|")
    pictures = faces()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = map(Path, sys.argv[1:]) if sys.argv[1:] else small_runs(folder)
        for number, run in enumerate(runs):
            for row in parity(run, folder / f"export-{number}", pictures):
                print(
                    f"| {row.model} | {row.form} | {row.difference:.1e} | {row.spread:.1f} "
                    f"| {row.same} of {row.asked} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
