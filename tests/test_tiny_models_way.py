"""Each family's whole way: trained, stopped and gone on, loaded by its run, asked, benched."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

import facelm
from facelm.errors import InputError
from facelm.models import HFModel, load, user_message
from facelm.models.delta import Delta, save_delta
from facelm.models.load import language_part
from facelm.train import parse_recipe, train
from facelm.train.answers import Answers
from facelm.train.learning import lora_targets, prepare
from facelm.train.recipe import AnswersStage, Lora
from tools.tiny import FAMILIES

PUBLISHED_HERE = ("internvl3", "llava-1.5", "video-llava")
"""Bases of the published models that recipes here are about; long tests of others run by hand."""
every_family = pytest.mark.parametrize("family", FAMILIES)
those_first = pytest.mark.parametrize(
    "family",
    [
        pytest.param(name, marks=[] if name in PUBLISHED_HERE else pytest.mark.slow)
        for name in FAMILIES
    ],
)
CONNECTORS = {"smolvlm": "connector", "qwen3-vl": "visual.merger"}
TOWERS = {"smolvlm": "vision_model", "qwen3-vl": "visual", "video-llava": "image_tower"}
STEPS = 5
Tiny = Callable[[str], Path]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "heads"
    facelm.annotate("heads", path, split="train", style="choices", limit=2, asks_per_face=4)
    return path


def recipe(model: Path, corpus: Path, run: Path, **stage: Any) -> Any:
    answers = {
        "name": "answers", "kind": "answers", "lr": 3e-3, "batch": 2, "max_steps": STEPS,
        "epochs": STEPS, "save_every": 2, "lora": {"rank": 4, "alpha": 8},
    }  # fmt: skip
    values = {
        "name": "tiny", "model": str(model), "output": str(run), "exams": [],
        "data": [{"corpus": str(corpus)}], "stages": [answers | stage],
    }  # fmt: skip
    return parse_recipe(values, "test")


@pytest.fixture(scope="module")
def trained(
    tiny_models: Tiny, corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Folder of a family's run; trained on first use."""
    root = tmp_path_factory.mktemp("runs")

    def run(family: str) -> Path:
        train(recipe(tiny_models(family), corpus, root / family))
        return root / family

    return functools.cache(run)


@pytest.fixture(scope="module")
def image() -> Image.Image:
    return Image.effect_noise((150, 130), 90).convert("RGB")


@every_family
def test_the_loss_falls_and_only_the_language_model_changes(
    family: str, trained: Tiny, tiny_models: Tiny
) -> None:
    lines = (trained(family) / "1-answers" / "metrics.jsonl").read_text().splitlines()
    losses = [json.loads(line)["loss"] for line in lines]
    assert len(losses) == STEPS
    assert losses[-1] < losses[0]  # the same faces and questions in every step
    before = load(str(tiny_models(family))).model.state_dict()
    model = load(str(trained(family))).model
    changed = {n for n, v in model.state_dict().items() if not torch.equal(v, before[n])}
    inside = {id(p) for p in language_part(model).parameters()}
    assert changed
    assert changed <= {n for n, p in model.named_parameters() if id(p) in inside}


@those_first
def test_a_stopped_run_goes_on_to_the_same_weights(
    family: str,
    trained: Tiny,
    tiny_models: Tiny,
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stopped after a checkpoint and a step more, which is taken again."""
    wanted = recipe(tiny_models(family), corpus, tmp_path)

    def stop(self: Answers, step: int) -> Any:
        if step == 3:
            raise KeyboardInterrupt
        return losses(self, step)

    losses = Answers.losses
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Answers, "losses", stop)
        train(wanted)
    assert (tmp_path / "1-answers" / "checkpoint.safetensors").exists()
    assert not (tmp_path / "model").exists()
    train(wanted)
    ours, theirs = (
        load_file(run / "model" / "adapter_model.safetensors")
        for run in (tmp_path, trained(family))
    )
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


@every_family
def test_a_run_scores_what_plain_transformers_scores(
    family: str, trained: Tiny, image: Image.Image
) -> None:
    """The first answer token's log-probabilities of three questions that share their picture."""
    loaded = load(str(trained(family)), torch.float32)
    model, questions = HFModel(loaded), ["Who?", "Is it (A) day\n(B) night", "Which way?"]
    letters = [["A", "B", "C"]] * len(questions)
    for question, (scores, _) in zip(
        questions, model.score(image, questions, letters, 1), strict=True
    ):
        inputs = loaded.processor.apply_chat_template(
            user_message([image], question), add_generation_prompt=True, tokenize=True,
            return_dict=True, return_tensors="pt",
        )  # fmt: skip
        with torch.inference_mode():
            row = loaded.model(**inputs).logits[0, -1].log_softmax(-1)
        assert scores == pytest.approx(model._letter_scores(row, letters[0]), abs=1e-3)


@every_family
def test_a_run_is_asked_and_benched_by_its_folder(
    family: str, trained: Tiny, photo: Path, tmp_path: Path
) -> None:
    run = str(trained(family))
    assert isinstance(facelm.ask(run, photo, "Which way is the face turned?", max_tokens=4), str)
    results = facelm.bench(run, "heads-mcq", tmp_path / "score", limit=2)
    assert results["n"] == 2 and results["refused"] == 0


@those_first
def test_what_is_saved_loads_with_the_same_logits(
    family: str, tiny_models: Tiny, tmp_path: Path, image: Image.Image
) -> None:
    """A connector trained whole, adapters in the language model and, asked for, in the tower."""
    loaded = load(str(tiny_models(family)), torch.float32)
    connector = CONNECTORS.get(family, "multi_modal_projector")
    lora = Lora(rank=2, also=(TOWERS.get(family, "vision_tower"),))
    stage = AnswersStage(name="a", kind="answers", lr=1.0, lora=lora, train=(connector,))
    wrapped = prepare(loaded.model, stage).eval()
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in wrapped.parameters():
            if parameter.requires_grad:
                parameter += 0.05 * torch.randn_like(parameter)
    save_delta(wrapped, tmp_path, Delta(base=str(tiny_models(family))))
    again = load(str(tmp_path), torch.float32)
    inputs = again.processor.apply_chat_template(
        user_message([image], "Who?"), add_generation_prompt=True, tokenize=True,
        return_dict=True, return_tensors="pt",
    )  # fmt: skip
    with torch.inference_mode():
        ours, base = again.model(**inputs).logits, load(str(tiny_models(family)), torch.float32)
        assert torch.allclose(ours, wrapped(**inputs).logits, atol=1e-3)
        assert not torch.allclose(ours, base.model(**inputs).logits, atol=1e-2)


@every_family
def test_lora_stays_in_the_language_model_unless_asked(family: str, tiny_models: Tiny) -> None:
    model = load(str(tiny_models(family)), torch.float32).model
    modules = dict(model.named_modules())
    inside = {id(module) for module in model.get_decoder().modules()}
    names = lora_targets(model)
    assert len(names) == 2 * 7
    assert all(id(modules[name]) in inside for name in names)
    tower = TOWERS.get(family, "vision_tower")
    asked = set(lora_targets(model, (tower,))) - set(names)
    assert asked and all(name.startswith(f"model.{tower}.") for name in asked)
    wrapped = prepare(model, AnswersStage(name="a", kind="answers", lr=1.0, lora=Lora(rank=2)))
    adapted = {
        name.partition(".lora_")[0] for name, _ in wrapped.named_parameters() if ".lora_" in name
    }
    assert adapted == {f"base_model.model.{name}" for name in names}


@pytest.mark.parametrize("family", ["internvl3", "qwen3-vl"])
@pytest.mark.parametrize(
    ("second", "says"),
    [
        ({"train": ["mm_projector"]}, "no module 'mm_projector'"),
        ({"lora": {"also": ["clip"]}}, "no module 'clip'"),
        ({"kind": "perception", "name": "see", "lr": 1e-3}, "leave the stage out"),
    ],
)
def test_what_a_later_stage_cannot_do_is_said_before_the_first(
    family: str, second: dict[str, Any], says: str, tiny_models: Tiny, corpus: Path, tmp_path: Path
) -> None:
    values = recipe(tiny_models(family), corpus, tmp_path).model_dump(mode="json")
    first = values["stages"][0]
    if "lora" in second:  # or the first's would be another
        first = first | {"lora": None, "train": ["lm_head"]}
    later = second if "kind" in second else first | second | {"name": "later"}
    values["stages"] = [first, later]
    refuses(values, says, tmp_path)


@every_family
def test_what_would_have_to_be_cut_is_said_before_the_first_step(
    family: str, tiny_models: Tiny, corpus: Path, tmp_path: Path
) -> None:
    values = recipe(tiny_models(family), corpus, tmp_path, max_tokens=24).model_dump(mode="json")
    refuses(values, "raise the stage's `max_tokens`", tmp_path)


def refuses(values: dict[str, Any], says: str, run: Path) -> None:
    with pytest.raises(InputError, match=says) as error:
        train(parse_recipe(values, "test"))
    assert "\n" not in str(error.value)
    assert not list(run.rglob("*.safetensors")) and not list(run.rglob("metrics.jsonl"))
