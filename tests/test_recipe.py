"""Recipes: every value has a bound, every wrong key a right one, and each is one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from facelm.cli.main import app
from facelm.errors import InputError
from facelm.train import Recipe, parse_recipe
from facelm.train._recipe_words import ELSEWHERE, SETTLED
from facelm.train.recipe import AnswersStage, Data, Lora

LORA = {"rank": 4, "alpha": 8}


def answers(name: str = "answers", **keys: Any) -> dict[str, Any]:
    return {"name": name, "kind": "answers", "lr": 1e-3, "lora": LORA, **keys}


def values(*stages: dict[str, Any], **keys: Any) -> dict[str, Any]:
    data = [{"corpus": "corpus"}]
    steps = list(stages) or [answers()]
    return {"name": "r", "model": "nano", "data": data, "stages": steps, **keys}


def refused(recipe: dict[str, Any]) -> str:
    with pytest.raises(InputError) as error:
        parse_recipe(recipe, "my.yaml")
    said = str(error.value)
    assert said.startswith("my.yaml: ") and "\n" not in said and len(said) < 400
    return said


@pytest.mark.parametrize(
    ("key", "value", "bound"),
    [
        ("batch", 0, "greater than 0"),
        ("save_every", 0, "greater than 0"),
        ("faces", 0, "greater than 0"),
        ("max_steps", 0, "greater than 0"),
        ("max_tokens", 0, "greater than 0"),
        ("accumulation", 0, "greater than 0"),
        ("epochs", 0, "greater than 0"),
        ("epochs", -1, "greater than 0"),
        ("epochs", float("nan"), "finite"),
        ("lr", 0, "greater than 0"),
        ("lr", float("inf"), "finite"),
        ("warmup", 1.1, "less than or equal to 1"),
        ("warmup", -0.1, "greater than or equal to 0"),
        ("weight_decay", -1, "greater than or equal to 0"),
        ("name", "", "cannot name a folder"),
        ("name", "../elsewhere", "cannot name a folder"),
        ("name", "..", "cannot name a folder"),
        ("name", "a" * 300, "at most 100 letters"),
        ("kind", "answer", "give perception or answers"),
        ("lora.rank", 0, "greater than 0"),
        ("lora.alpha", 0, "greater than 0"),
        ("lora.dropout", 1, "less than 1"),
        ("lora.dropout", 2, "less than 1"),
        ("lora.dropout", -0.1, "greater than or equal to 0"),
    ],
)
def test_a_stages_values_have_bounds(key: str, value: Any, bound: str) -> None:
    stage = answers()
    if key.startswith("lora."):
        stage["lora"] = LORA | {key.partition(".")[2]: value}
    else:
        stage[key] = value
    said = refused(values(stage))
    assert bound in said
    assert f"stages.0.{key}" in said or key == "kind"


@pytest.mark.parametrize("key", ["batch", "save_every", "lr"])
def test_so_have_those_of_the_first_kind_of_stage(key: str) -> None:
    stage = {"name": "see", "kind": "perception", "lr": 1e-3} | {key: 0}
    assert f"stages.0.{key}: Input should be greater than 0" in refused(values(stage))


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"stages": []}, "stages: "),
        ({"data": []}, "data: "),
        ({"data": [{"corpus": "c", "turns": -1}]}, "data.0.turns"),
        ({"data": [{"corpus": "c", "make": {"source": "heads", "limit": 0}}]}, "make.limit"),
        ({"landmarks": {"heads": 0}}, "landmarks.heads"),
        ({"name": "a/b"}, "name: 'a/b' cannot name a folder"),
        ({"seed": -1}, "seed"),
        ({"model": ""}, "model"),
    ],
)
def test_the_recipes_values_have_bounds(keys: dict[str, Any], place: str) -> None:
    assert place in refused(values() | keys)


def test_a_whole_recipe_passes() -> None:
    first = {"name": "see", "kind": "perception", "lr": 1e-3, "warmup": 1}
    recipe = parse_recipe(values(first, answers(warmup=0, epochs=0.5)), "my.yaml")
    assert [stage.name for stage in recipe.stages] == ["see", "answers"]


def test_two_stages_of_one_name() -> None:
    assert "two are called 'a'" in refused(values(answers("a"), answers("a")))


def test_what_is_missing_is_named() -> None:
    recipe = values()
    del recipe["stages"][0]["lr"]
    assert "stages.0.lr is missing" in refused(recipe)
    del recipe["stages"][0]["kind"]
    assert "stages.0: `kind`" in refused(recipe)


@pytest.mark.parametrize("name", sorted(ELSEWHERE | SETTLED))
@pytest.mark.parametrize("place", ["recipe", "stage", "lora"])
def test_names_of_other_trainers_are_answered_with_ours(name: str, place: str) -> None:
    """Also where the right key is missing for it; and what is named does exist."""
    stage = answers()
    if place == "lora":
        stage["lora"] = {name: 1}
    if place == "stage":
        stage = {"name": "a", "kind": "answers", name: 1}
    said = refused(values(stage, **({name: 1} if place == "recipe" else {})))
    answer = f"here it is {ELSEWHERE[name]}" if name in ELSEWHERE else SETTLED[name]
    assert f"{name}'; {answer}" in said
    ours = {*Recipe.model_fields, *AnswersStage.model_fields, *Lora.model_fields}
    assert set(answer.split("`")[1::2]) <= {*ours, *Data.model_fields, "metrics.jsonl"}
    assert name not in ours


@pytest.mark.parametrize(
    ("recipe", "meant"),
    [
        (values(answers(epoch=2)), "mean 'epochs'"),
        (values(answers(lora={"alfa": 2})), "mean 'alpha'"),
        (values(data=[{"corpus": "c", "turn": 2}]), "mean 'turns'"),
        (values(answers(crop_to_patch=True)), "mean 'crop_to_patches'"),
        (values(answers(lora={"xyzzy": 2})), "give one of rank, alpha, dropout, also"),
    ],
)
def test_the_nearest_key_is_suggested(recipe: dict[str, Any], meant: str) -> None:
    assert meant in refused(recipe)


@pytest.mark.parametrize(
    "other", [{"rank": 8}, {"alpha": 16}, {"dropout": 0.1}, {"also": ["vision_tower"]}]
)
def test_a_later_stage_cannot_ask_for_another_lora(other: dict[str, Any]) -> None:
    stages = [answers("a"), answers("b", lora=None, train=["lm_head"]), answers("c")]
    stages[2]["lora"] = LORA | other
    said = refused(values(*stages))
    assert "'c'" in said and "'a'" in said and f"{next(iter(other))}:" in said
    assert "give both the same" in said
    stages[2]["lora"] = dict(LORA)
    parse_recipe(values(*stages), "my.yaml")


@pytest.mark.parametrize("command", [["train"], ["models", "check"]])
def test_commands_say_it_in_one_sentence(command: list[str], tmp_path: Path) -> None:
    import yaml

    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(values(answers(batch=0))))
    run = CliRunner().invoke(app, [*command, str(path)])
    assert isinstance(run.exception, InputError)  # `main` makes it one line and status 2
    assert "stages.0.batch" in str(run.exception)
