"""Stages after one another: what each finds, trains and leaves, and what is said before the first.

Real files and processes; small random models of the real classes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from facelm.models import load
from facelm.train import parse_recipe, train
from facelm.train.learning import prepare
from facelm.train.recipe import AnswersStage, Lora

LORA = {"rank": 2, "alpha": 0.5}
CONNECTOR = "multi_modal_projector"


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from facelm.annotate import annotate

    path = tmp_path_factory.mktemp("corpus") / "heads"
    annotate("heads", path, split="train", style="choices", limit=6)
    return path


def stage(name: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "kind": "answers", "lr": 1e-2, "batch": 2, "max_steps": 2, **keys}


def values(tmp_path: Path, corpus: Path, model: Path | str, *stages: Any) -> dict[str, Any]:
    return {
        "name": "tiny", "model": str(model), "output": str(tmp_path / "run"),
        "data": [{"corpus": str(corpus), "turns": 2}], "stages": list(stages),
    }  # fmt: skip


def adapter(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "adapter_model.safetensors")


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("opened", [CONNECTOR, "language_model"])
def test_a_later_stage_without_lora_leaves_the_adapters_as_they_are(
    tmp_path: Path, corpus: Path, tiny_internvl: Path, opened: str
) -> None:
    """Also where it trains whole what they sit in; and they stay part of what is kept."""
    stages = stage("a", lora=LORA), stage("b", train=[opened])
    run = train(parse_recipe(values(tmp_path, corpus, tiny_internvl, *stages), "test"))["run"]
    assert same(adapter(tmp_path / "run" / "1-a" / "model"), adapter(tmp_path / "run" / "model"))
    weights = load_file(tmp_path / "run" / "model" / "weights.safetensors")
    assert weights and all(opened in name for name in weights)
    learnt = load(run, torch.float32).model.state_dict()
    base = load(str(tiny_internvl), torch.float32).model.state_dict()
    assert any(not torch.equal(learnt[name], base[name]) for name in learnt if opened in name)


def test_a_later_stage_with_the_same_lora_trains_it_further(
    tmp_path: Path, corpus: Path, tiny_internvl: Path
) -> None:
    stages = stage("a", lora=LORA), stage("b", train=[CONNECTOR]), stage("c", lora=LORA)
    train(parse_recipe(values(tmp_path, corpus, tiny_internvl, *stages), "test"))
    run = tmp_path / "run"
    assert same(adapter(run / "1-a" / "model"), adapter(run / "2-b" / "model"))
    assert not same(adapter(run / "2-b" / "model"), adapter(run / "model"))
    config = json.loads((run / "model" / "adapter_config.json").read_text())
    assert config["lora_alpha"] == 0.5  # not cut to a whole number


def test_adapters_at_rest_drop_nothing(tiny_internvl: Path) -> None:
    with_lora = AnswersStage(name="a", kind="answers", lr=1.0, lora=Lora(rank=2, dropout=0.9))
    without = AnswersStage(name="b", kind="answers", lr=1.0, train=("language_model",))
    model = prepare(load(str(tiny_internvl), torch.float32).model, with_lora)
    dropouts = [m for n, m in model.named_modules() if n.endswith("lora_dropout.default")]
    assert dropouts and all(one.training for one in dropouts)
    model = prepare(model, without)
    assert not any(one.training for one in dropouts)
    learning = [name for name, p in model.named_parameters() if p.requires_grad]
    assert learning and not any("lora_" in name for name in learning)
