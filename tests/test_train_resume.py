"""A run that was stopped ends in the same bytes as one that was not, whatever it trains."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from facelm.annotate import annotate
from facelm.train import parse_recipe, train
from facelm.train.answers import Answers

BFLOAT16 = torch.bfloat16
STAGES: dict[str, tuple[str, torch.dtype, dict[str, Any]]] = {
    "the last layer has no gradient": (
        "llava-1.5", torch.float32, {"train": ["vision_tower"]}),
    "adapters of a layer without gradient": (
        "llava-1.5", torch.float32, {"lora": {"rank": 2, "also": ["vision_tower"]}}),
    "one of two towers is asked": (
        "video-llava", torch.float32, {"train": ["image_tower", "video_tower"]}),
    "dropout": (
        "internvl3", torch.float32, {"lora": {"rank": 4, "dropout": 0.5}}),
    "dropout, worked out twice": (
        "internvl3", torch.float32, {"lora": {"rank": 4, "dropout": 0.5}, "checkpointing": True}),
    "bfloat16": (
        "llava-1.5", BFLOAT16, {"train": ["language_model", "lm_head", "multi_modal_projector"]}),
    "adapters on bfloat16": (
        "internvl3", BFLOAT16, {"lora": {"rank": 4, "dropout": 0.1},
                                "train": ["multi_modal_projector"]}),
}  # fmt: skip


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("resume") / "corpus"
    annotate("heads", path, split="train", style="choices", limit=6)
    return path


@pytest.mark.parametrize("what", list(STAGES))
def test_stopped_and_gone_on_is_not_stopped(
    what: str,
    tiny_models: Callable[[str], Path],
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stopped after a checkpoint and a step more, which is taken again."""
    family, dtype, keys = STAGES[what]
    monkeypatch.setattr(import_module("facelm.models.load"), "best_dtype", lambda: dtype)
    stage = {"name": "a", "kind": "answers", "lr": 1e-3, "batch": 2, "epochs": 2, "max_steps": 5,
             "save_every": 2, "loss": "answer", **keys}  # fmt: skip

    def run(folder: str) -> Path:
        values = {
            "name": "tiny", "model": str(tiny_models(family)), "output": str(tmp_path / folder),
            "data": [{"corpus": str(corpus), "turns": 2}], "stages": [stage], "exams": [],
        }  # fmt: skip
        return Path(train(parse_recipe(values, "test"))["run"])

    def stop(self: Answers, step: int) -> Any:
        if step == 3:
            raise KeyboardInterrupt
        return losses(self, step)

    whole, losses = run("whole"), Answers.losses
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Answers, "losses", stop)
        run("cut")
    cut = run("cut")
    for file in sorted((whole / "model").glob("*.safetensors")):
        assert (cut / "model" / file.name).read_bytes() == file.read_bytes()
    checkpoint = Path("1-a") / "checkpoint.safetensors"
    assert (cut / checkpoint).read_bytes() == (whole / checkpoint).read_bytes()
    moved = [name for name in load_file(whole / checkpoint) if name.startswith("exp_avg.")]
    assert moved
