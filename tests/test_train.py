"""Training: shared rows give the separate rows' gradient, runs resume exactly, recipes speak."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from PIL import Image
from safetensors.torch import load_file

from facelm.corpus import read_corpus
from facelm.errors import InputError
from facelm.models import load
from facelm.train import load_recipe, parse_recipe, train
from facelm.train.answers import answer_loss
from facelm.train.learning import lora_targets
from facelm.train.rows import collate, make_row
from facelm.types import Turn

TURNS = [
    Turn("Which way is the face turned?", "It is turned to the left."),
    Turn("Is it a bright picture?\n(A) yes\n(B) no", "A"),
    Turn("Describe the face.", "A face with glasses, lit from the right, looking up."),
]


def gradient(loaded: Any, rows: list[Any]) -> tuple[float, torch.Tensor]:
    model = loaded.model
    model.zero_grad()
    batch = collate(rows, 0, torch.device("cpu"), "answer")
    loss = answer_loss(model, batch)
    loss.backward()
    grads = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
    return float(loss.detach()), torch.cat(grads).clone()


def picture() -> Image.Image:
    return Image.effect_noise((120, 120), 90).convert("RGB")


def test_shared_rows_have_the_separate_rows_loss_and_gradient(tiny_internvl: Path) -> None:
    loaded = load(str(tiny_internvl), torch.float32)
    image = picture()
    shared = make_row(loaded.processor, [image], [(turn,) for turn in TURNS])
    separate = [make_row(loaded.processor, [image], [(turn,)]) for turn in TURNS]
    loss, grad = gradient(loaded, [shared])
    one_by_one, expected = gradient(loaded, separate)
    assert loss == pytest.approx(one_by_one, rel=1e-5)
    assert (grad - expected).norm() / expected.norm() < 1e-5


def test_separate_rows_have_the_loss_of_plain_transformers(tiny_internvl: Path) -> None:
    loaded = load(str(tiny_internvl), torch.float32)
    row = make_row(loaded.processor, [picture()], [(TURNS[0],)])
    ours, _ = gradient(loaded, [row])
    tokens, asked = row.branches[0]
    ids = torch.cat([row.prefix, tokens])[None]
    labels = ids.clone()
    labels[:, : len(row.prefix) + asked] = -100
    theirs = loaded.model(input_ids=ids, labels=labels, **row.extra).loss
    assert ours == pytest.approx(float(theirs), rel=1e-5)


def test_mixed_lengths_in_a_batch_change_nothing(tiny_internvl: Path) -> None:
    loaded = load(str(tiny_internvl), torch.float32)
    rows = [
        make_row(loaded.processor, [picture()], [(turn,) for turn in TURNS]),
        make_row(loaded.processor, [picture()], [(TURNS[1],)]),
    ]
    together, _ = gradient(loaded, rows)
    first, _ = gradient(loaded, rows[:1])
    second, _ = gradient(loaded, rows[1:])
    assert together == pytest.approx((3 * first + second) / 4, rel=1e-5)


def test_pictures_shown_together_and_turns_that_follow_one_another(tiny_internvl: Path) -> None:
    """A later turn's loss is that of the whole dialogue with only its own answer counted."""
    loaded = load(str(tiny_internvl), torch.float32)
    pair, first = [picture(), picture()], TURNS[0]
    row = make_row(loaded.processor, pair, [(first,), (first, TURNS[2])])
    assert len(row.extra["pixel_values"]) == 2
    ours, _ = gradient(loaded, [row])
    alone = [
        gradient(loaded, [make_row(loaded.processor, pair, [turns])])[0]
        for turns in ((first,), (first, TURNS[2]))
    ]
    assert ours == pytest.approx(sum(alone) / 2, rel=1e-5)
    tokens, asked = row.branches[1]
    text = loaded.processor.tokenizer.decode(torch.cat([row.prefix, tokens[:asked]]))
    assert first.answer in text and text.index(first.answer) < text.index(TURNS[2].question)
    assert TURNS[2].answer not in text


def test_what_a_stage_does_not_train_stays_as_it_is(tmp_path: Path, corpus: Path) -> None:
    """A frozen encoder's running statistics too: they are weights that no gradient moves."""
    from facelm.train.learning import prepare
    from facelm.train.recipe import AnswersStage, Lora

    model = load("nano-base", torch.float32).model
    stage = AnswersStage(name="answers", kind="answers", lr=1e-3, lora=Lora(rank=2))
    wrapped = prepare(model, stage)
    tower = model.model.vision_tower
    before = {name: value.clone() for name, value in tower.state_dict().items()}
    tower(torch.randn(2, 3, tower.config.image_size, tower.config.image_size))
    assert all(torch.equal(value, before[name]) for name, value in tower.state_dict().items())
    assert wrapped.get_base_model().model.language_model.training


def test_lora_never_reaches_the_vision_tower_or_the_head(tiny_internvl: Path) -> None:
    names = lora_targets(load(str(tiny_internvl), torch.float32).model)
    assert len(names) == 2 * 7
    assert all("language_model.layers" in name for name in names)


def recipe(tmp_path: Path, corpus: Path, model: str, **stage: Any) -> dict[str, Any]:
    answers = {
        "name": "answers", "kind": "answers", "lr": 1e-2, "batch": 2, "max_steps": 6,
        "save_every": 2, "lora": {"rank": 4, "alpha": 8}, "train": ["multi_modal_projector"],
    }  # fmt: skip
    return {
        "name": "tiny", "model": model, "output": str(tmp_path / "run"),
        "data": [{"corpus": str(corpus), "turns": 3}], "stages": [answers | stage],
    }  # fmt: skip


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from facelm.annotate import annotate

    path = tmp_path_factory.mktemp("corpus") / "heads"
    annotate("heads", path, split="train", style="choices", limit=12)
    return path


def test_a_run_learns_and_is_loaded_by_its_folder(
    tmp_path: Path, corpus: Path, tiny_internvl: Path
) -> None:
    result = train(parse_recipe(recipe(tmp_path, corpus, str(tiny_internvl)), "test"))
    lines = (tmp_path / "run" / "1-answers" / "metrics.jsonl").read_text().splitlines()
    losses = [yaml.safe_load(line)["loss"] for line in lines]
    assert len(losses) == 6
    assert losses[-1] < losses[0]
    loaded = load(result["run"])
    base = load(str(tiny_internvl))
    name = "model.multi_modal_projector.linear_1.weight"
    assert not torch.equal(loaded.model.state_dict()[name], base.model.state_dict()[name])
    assert (tmp_path / "run" / "lineage.parquet").exists()


def test_a_killed_run_goes_on_to_the_same_weights(
    tmp_path: Path, corpus: Path, tiny_internvl: Path
) -> None:
    values = recipe(tmp_path, corpus, str(tiny_internvl))
    whole = values | {"output": str(tmp_path / "whole")}
    train(parse_recipe(whole, "test"))
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(values))
    command = [sys.executable, "-m", "facelm", "train", str(path)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=dict(os.environ))
    checkpoint = tmp_path / "run" / "1-answers" / "checkpoint.safetensors"
    while not checkpoint.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    train(load_recipe(path))
    for name in ("adapter_model.safetensors", "weights.safetensors"):
        one = load_file(tmp_path / "run" / "model" / name)
        other = load_file(tmp_path / "whole" / "model" / name)
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_perception_then_answers(tmp_path: Path, corpus: Path) -> None:
    values = recipe(tmp_path, corpus, "nano-base", max_steps=1)
    perception = {
        "name": "perception", "kind": "perception", "lr": 1e-3, "batch": 4, "max_steps": 2,
    }  # fmt: skip
    values["stages"].insert(0, perception)
    train(parse_recipe(values, "test"))
    weights = load_file(tmp_path / "run" / "model" / "weights.safetensors")
    assert any(name.startswith("model.vision_tower.") for name in weights)
    again = train(parse_recipe(values, "test"))
    assert [stage["steps"] for stage in again["stages"]] == [0, 0]


@pytest.mark.slow
def test_perception_teaches_the_visual_tokens_to_spell(tmp_path: Path, corpus: Path) -> None:
    from facelm.train.targets import collect_targets, spell

    values = recipe(tmp_path, corpus, "nano")
    values["stages"] = [
        {"name": "see", "kind": "perception", "lr": 1e-3, "batch": 6, "max_steps": 40, "epochs": 20}
    ]
    loaded = load(train(parse_recipe(values, "test"))["run"], torch.float32)
    rows = list(read_corpus(corpus).conversations())
    pictures = [Image.open(io.BytesIO(read_corpus(corpus).picture(r.image_ids[0]))) for r in rows]
    pixels = loaded.processor.image_processor(pictures, return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        tokens = torch.stack(list(loaded.model.get_image_features(pixel_values=pixels)[1]))
    words = loaded.model.get_input_embeddings().weight
    facts = collect_targets([[row] for row in rows]).facts
    wanted = torch.from_numpy(spell(facts, loaded.processor.tokenizer, 81).plain)
    known = wanted >= 0
    spelled = tokens[:, : wanted.shape[1]][known]
    assert 0.3 < spelled.norm(dim=-1).mean() / words.norm(dim=-1).mean() < 3
    assert (nearest(spelled, words) == wanted[known]).float().mean() > 0.3


def test_perception_of_another_encoder_is_one_sentence(
    tmp_path: Path, corpus: Path, tiny_internvl: Path
) -> None:
    values = recipe(tmp_path, corpus, str(tiny_internvl))
    values["stages"] = [{"name": "see", "kind": "perception", "lr": 1e-3, "max_steps": 1}]
    with pytest.raises(InputError, match="leave the stage out"):
        train(parse_recipe(values, "test"))


def nearest(tokens: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    return torch.cdist(tokens, words).argmin(-1)


def test_every_task_is_spelled_at_its_own_place() -> None:
    from facelm.train.targets import spell

    tokenizer = load("nano-base").processor.tokenizer
    facts = ({"age": "20-29", "light": "from the left"}, {"age": "more than 70"}, {"light": "dim"})
    both = spell(facts, tokenizer, room=81)
    text = [tokenizer.decode([i for i in row if i >= 0]) for row in both.plain]
    assert text[0].startswith(" age 20-2 light from the left")
    assert text[2].endswith(" light dim ; ;")
    assert tokenizer.decode(both.mirrored[0]).endswith(" from the right")
    assert (both.plain[1] == -1).any()
    assert (both.plain[0] >= 0).all()


def test_tasks_that_do_not_fit_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    from facelm.train.targets import spell

    tokenizer = load("nano-base").processor.tokenizer
    assert spell(({"mouth": "open", "smile": "no"},), tokenizer, room=3).places == 2
    assert "smile" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"modle": "nano"}, "there is no key 'modle'; did you mean 'model'?"),
        ({"seed": "many"}, "seed"),
        ({"stages": [{"kind": "answers", "name": "a", "lr": 1, "lorra": {}}]}, "mean 'lora'"),
        ({"data": [{"corpus": "$FACELM_NOT_SET"}]}, "FACELM_NOT_SET"),
    ],
)
def test_a_wrong_recipe_is_one_sentence(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    values = recipe(tmp_path, Path("corpus"), "nano") | change
    with pytest.raises(InputError) as error:
        parse_recipe(values, "my.yaml")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_overrides_reach_into_stages(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe(tmp_path, Path("c"), "nano")))
    assert load_recipe(path, ["stages.0.lr=1e-4", "seed=3"]).stages[0].lr == 1e-4
    with pytest.raises(InputError):
        load_recipe(path, ["stages.7.lr=1"])


def test_every_shipped_recipe_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRFACE", "fairface")
    recipes = sorted(Path(__file__).parent.parent.glob("recipes/**/*.yaml"))
    assert recipes
    for path in recipes:
        load_recipe(path)


def test_stages_learn_from_the_corpora_they_name(
    tmp_path: Path, corpus: Path, tiny_internvl: Path
) -> None:
    """Face-MLLM's way: captions first, then questions, from the same pictures."""
    values = recipe(tmp_path, corpus, str(tiny_internvl), max_steps=1)
    category = next(read_corpus(corpus).conversations()).turns[0].category
    values["data"] = [
        {"corpus": str(corpus), "name": "one kind", "only": [category]},
        {"corpus": str(corpus), "name": "all"},
    ]
    answers = values["stages"][0]
    values["stages"] = [
        answers | {"name": name, "data": [of], "batch": 1}
        for name, of in (("first", "one kind"), ("second", "all"))
    ]
    train(parse_recipe(values, "test"))
    sizes = []
    for folder in ("1-first", "2-second"):
        line = (tmp_path / "run" / folder / "metrics.jsonl").read_text().splitlines()[0]
        sizes.append(yaml.safe_load(line)["tokens"])
    assert sizes[0] < sizes[1]
    values["stages"][1]["data"] = ["alll"]
    with pytest.raises(InputError, match=r"'second' learns from 'alll'.*one kind, all"):
        train(parse_recipe(values | {"output": str(tmp_path / "other")}, "test"))


@pytest.mark.parametrize("path", sorted(Path("recipes").rglob("*.yaml")), ids=str)
def test_the_shipped_recipes_can_be_read(path: Path) -> None:
    shipped = load_recipe(path, fill=False)
    assert all(shipped.learnt_in(stage) for stage in shipped.stages)
