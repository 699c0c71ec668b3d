"""From labels to a model: a corpus mixed from four tasks trains nano through the ordinary way."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from miniature import write_text, write_video
from test_convert import fairface

from facelm.convert import convert
from facelm.corpus import read_corpus
from facelm.corpus.mix import mix
from facelm.train import parse_recipe, train


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ages of pictures and of pairs, expressions of clips, head poses, attributes."""
    folder = tmp_path_factory.mktemp("four")
    clips = folder / "cremad"
    for number, emotion in enumerate(("ANG", "HAP", "SAD", "NEU")):
        write_video(clips / "VideoFlash" / f"1001_DFA_{emotion}_XX.flv", number, frames=10)
    about = "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n"
    write_text(clips / "VideoDemographics.csv", about)
    convert(fairface(folder / "fairface", 12), folder / "age", tasks=["age"])
    convert(f"cremad:{clips}", folder / "expression", tasks=["expression"])
    for task in ("head pose", "attributes"):
        convert("heads", folder / task.replace(" ", "-"), tasks=[task], limit=12)
    parts = [folder / name for name in ("age", "expression", "head-pose", "attributes")]
    mix([str(part) for part in parts], folder / "mixed", seed=1)
    return folder / "mixed"


@pytest.mark.slow
def test_a_mixture_of_four_tasks_trains_nano(mixed: Path, tmp_path: Path) -> None:
    corpus = read_corpus(mixed)
    kinds = {turn.category.split(",")[0] for one in corpus.conversations() for turn in one.turns}
    assert {"age", "expression", "head pose", "attributes"} <= kinds
    shown = {len(one.image_ids) for one in corpus.conversations()}
    assert {1, 8} <= shown and any(1 < number < 8 for number in shown)
    stage = {
        "name": "answers", "kind": "answers", "lr": 1e-3, "batch": 2, "epochs": 1,
        "lora": {"rank": 4, "alpha": 8},
    }  # fmt: skip
    recipe = {
        "name": "four", "model": "nano", "output": str(tmp_path / "run"), "exams": [],
        "data": [{"corpus": str(mixed), "turns": 1}], "stages": [stage | {"max_steps": 4}],
    }  # fmt: skip
    result = train(parse_recipe(recipe, "four"))
    lines = (tmp_path / "run" / "1-answers" / "metrics.jsonl").read_text().splitlines()
    losses = [json.loads(line)["loss"] for line in lines]
    assert len(losses) == 4 and all(map(math.isfinite, losses))
    assert (Path(result["model"]) / "adapter_model.safetensors").is_file()
