"""Several processes train as one does, and go on where another number of them stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file
from typer.testing import CliRunner

from facelm.annotate import annotate
from facelm.cli.main import app
from facelm.train import parse_recipe, train
from facelm.train.answers import Answers
from facelm.train.ranks import Ranks, _buckets

STEPS = 4


def recipe(base: Path, corpus: Path, run: Path) -> dict[str, Any]:
    """Three faces a step: two processes cannot share them evenly."""
    return {
        "name": "two", "model": str(base), "output": str(run), "exams": [],
        "data": [{"corpus": str(corpus)}],
        "stages": [{
            "name": "answers", "kind": "answers", "lr": 1e-3, "batch": 3, "max_steps": STEPS,
            "epochs": STEPS, "save_every": 2, "lora": {"rank": 4, "alpha": 8},
            "train": ["multi_modal_projector"],
        }],
    }  # fmt: skip


@pytest.mark.slow
def test_two_processes_go_on_where_one_stopped_to_the_same_weights(
    tiny_internvl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotate("heads", tmp_path / "corpus", split="train", style="choices", limit=5)
    alone, shared = (
        recipe(tiny_internvl, tmp_path / "corpus", tmp_path / name) for name in ("alone", "shared")
    )
    train(parse_recipe(alone, "test"))
    losses = Answers.losses

    def stop(self: Answers, step: int) -> Any:
        if step == 3:
            raise KeyboardInterrupt
        return losses(self, step)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Answers, "losses", stop)
        train(parse_recipe(shared, "test"))
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(shared))
    told = torchrun(2, "train", str(tmp_path / "recipe.yaml"), "--json")
    assert json.loads(told.stdout)["stages"][0]["steps"] == STEPS  # one object, of one process
    assert told.stderr.count("going on after step 2") == 1
    for name in ("adapter_model.safetensors", "weights.safetensors"):
        ours, theirs = (load_file(tmp_path / run / "model" / name) for run in ("shared", "alone"))
        assert ours.keys() == theirs.keys()
        for key, value in ours.items():  # rows go through bfloat16 in other company
            assert (value - theirs[key]).norm() < 0.05 * theirs[key].norm(), (name, key)
    lines = [
        [json.loads(line) for line in (tmp_path / run / "1-answers/metrics.jsonl").open()]
        for run in ("shared", "alone")
    ]
    for one, other in zip(*lines, strict=True):
        assert one["loss"] == pytest.approx(other["loss"], abs=1e-4)
        assert one["tokens"] == other["tokens"]


def torchrun(processes: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    told = subprocess.run(
        [sys.executable, *launcher, "-m", "facelm", *arguments],
        capture_output=True, text=True, timeout=300, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told


@pytest.mark.skipif(torch.cuda.device_count() > 1, reason="this machine has two GPUs")
def test_more_gpus_than_there_are_is_one_sentence(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["train", str(tmp_path / "r.yaml"), "--gpus", "2"])
    assert "2 GPUs are asked for" in str(told.exception)


@pytest.mark.parametrize("faces", [0, 1, 4, 5])
def test_a_step_is_shared_out_whole(faces: int) -> None:
    parts = [Ranks(rank, 3).share(range(faces)) for rank in range(3)]
    assert [face for part in parts for face in part] == list(range(faces))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_gradients_go_in_bounded_parts_of_one_type(monkeypatch: pytest.MonkeyPatch) -> None:
    from facelm.train import ranks

    monkeypatch.setattr(ranks, "BUCKET", 10)
    sizes = [4, 4, 4, 30, 2]
    tensors = [torch.zeros(size) for size in sizes] + [torch.zeros(2, dtype=torch.bfloat16)]
    buckets = list(_buckets(tensors))
    assert [[t.numel() for t in bucket] for bucket in buckets] == [[4, 4], [4], [30], [2], [2]]
