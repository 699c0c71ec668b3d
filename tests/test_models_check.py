"""Sizing a base up without its weights: published totals, what learns, what it costs, why not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

import facelm.models
from facelm.cli.main import app
from facelm.errors import InputError
from facelm.models.configs import Base, published
from facelm.models.sizes import Shape, _decoder_bytes, cost, readable
from facelm.models.skeleton import build, parts
from facelm.models.visual_tokens import _worked_out, see
from facelm.train.check import check
from facelm.train.learning import prepare, unwrapped
from facelm.train.recipe import AnswersStage, Lora

RECIPES = Path(__file__).parent.parent / "recipes"
VIDEO_LLAVA = "LanguageBind/Video-LLaVA-7B-hf"


def command(*words: str, status: int = 0) -> dict[str, Any]:
    run = CliRunner().invoke(app, ["models", "check", *words, "--json"])
    assert run.exit_code == status, run.output
    (line,) = run.stdout.splitlines()
    result = json.loads(line)
    assert isinstance(result, dict)
    return result


def stage(**keys: Any) -> AnswersStage:
    return AnswersStage(name="answers", kind="answers", lr=1e-4, **keys)


def test_facellm_1b_is_as_published() -> None:
    result = command(str(RECIPES / "facellm-1b.yaml"))
    assert result["will_train"] and result["why_not"] is None
    assert result["trainable_parameters"] == 8_798_208
    assert result["parameters"] == pytest.approx(0.94e9, rel=0.01)
    assert result["visual_tokens"] == 256
    assert set(result["lora_targets"].values()) == {24}
    assert len(result["lora_targets"]) == 7
    assert "vision_tower" in result["frozen"] and not result["trained_whole"]
    assert (result["batch"], result["tokens_per_sample"], result["dtype"]) == (10, 2048, "bfloat16")
    memory = result["memory_bytes"]
    assert memory["total"] == sum(size for name, size in memory.items() if name != "total")
    assert memory["weights"] == 2 * result["parameters"] + 4 * 8_798_208
    assert memory["gradients_and_optimizer"] == 12 * 8_798_208


@pytest.mark.parametrize("keys", [{"lora": Lora()}, {"train": ("language_model",)}])
def test_what_the_optimizer_holds_is_what_is_counted(keys: dict[str, Any]) -> None:
    """A bfloat16 step: gradient, master copy, moments; AdamW's count of steps is left out."""
    from facelm.train.optimizer import Optimizer, trained

    wrapped = prepare(small("sdpa"), stage(**keys))
    optimizer, learning = Optimizer(wrapped, 0.0), trained(wrapped)
    step(unwrapped(wrapped)).backward()
    held = [p.grad for p in learning.values() if p.grad is not None]
    optimizer.step(1e-5)
    held += [m for n, m in optimizer.masters.items() if m is not learning[n]]
    held += [m for n in learning for k, m in optimizer.moments(n).items() if k != "step"]
    base = unwrapped(wrapped).to("meta")
    ours = cost(base, see(base), Shape(TOKENS, 1)).gradients_and_optimizer
    assert ours == sum(t.numel() * t.dtype.itemsize for t in held)
    each = 12 if "lora" in keys else 14
    assert ours == each * sum(p.numel() for p in learning.values())


@pytest.mark.parametrize(
    ("size", "billions"), [("8b", 7.945), pytest.param("38b", 38.4, marks=pytest.mark.slow)]
)
def test_the_larger_recipes_are_what_their_names_say(size: str, billions: float) -> None:
    result = check(RECIPES / f"facellm-{size}.yaml")
    assert result["parameters"] == pytest.approx(billions * 1e9, rel=0.01)
    assert result["visual_tokens"] == 256


def test_face_llavas_base_is_as_published() -> None:
    result = check(VIDEO_LLAVA)
    assert result["parameters"] == pytest.approx(7.37e9, rel=0.01)
    assert (result["visual_tokens"], result["video_tokens"]) == (256, 2056)
    assert result["landmark_parameters"] == pytest.approx(85e6, rel=0.01)


@pytest.mark.parametrize("name", sorted(published()))
def test_every_base_in_the_facts(name: str) -> None:
    """Totals agree with the published ones, and every key is one that transformers reads."""
    base = published()[name]
    model = build(base)
    total = sum(p.numel() for p in model.parameters())
    if base.published is not None:
        assert total == pytest.approx(base.published, rel=0.01)
    said = re.search(r"-(\d+)[bB]-", name.split("/")[1])
    if said:  # names round, and not always to the nearest: 0.9 B is called 1B
        assert total == pytest.approx(int(said[1]) * 1e9, rel=0.1)
    for part, own in (
        (base.config, model.config),
        (base.config["text_config"], model.config.get_text_config()),
        (base.config["vision_config"], model.config.vision_config),
    ):
        known = type(own)().to_dict().keys() | set(own.attribute_map)
        assert set(part) - {"dtype"} <= known, name


@pytest.mark.parametrize(
    "name",
    [
        "llava-hf/llava-onevision-qwen2-0.5b-ov-hf",
        "Qwen/Qwen3-VL-2B-Instruct",
        "HuggingFaceTB/SmolVLM-Instruct",
    ],
)
def test_adapters_stay_out_of_what_sees(name: str) -> None:
    result = check(name)
    assert result["will_train"], result["why_not"]
    places = {target.split(".")[0] for target in result["lora_targets"]}
    assert places <= {"language_model", "text_model"}


def test_a_folder_is_sized_up_as_it_trains(tiny_internvl: Path, photo: Path) -> None:
    """Shapes without weights give the numbers of the model with weights and its processor."""
    from PIL import Image

    from facelm.models import load

    result = check(str(tiny_internvl))
    loaded = load(str(tiny_internvl), torch.float32)
    assert result["parameters"] == sum(p.numel() for p in loaded.model.parameters())
    learning = prepare(loaded.model, stage(lora=Lora())).parameters()
    assert result["trainable_parameters"] == sum(p.numel() for p in learning if p.requires_grad)
    text = loaded.processor.apply_chat_template(
        [{"role": "user", "content": [{"type": "image"}]}], tokenize=False
    )
    ids = loaded.processor(text=text, images=[Image.open(photo)], crop_to_patches=False)
    ids = ids["input_ids"][0]
    assert result["visual_tokens"] == ids.count(loaded.model.config.image_token_id)


def test_nano_and_its_recipe() -> None:
    result = check(RECIPES / "nano.yaml")
    assert result["visual_tokens"] == 81
    see, answer = result["stages"]
    assert see["trained_whole"] == ["vision_tower", "multi_modal_projector"]
    assert answer["trained_whole"] == [] and result["trainable_parameters"] == 4_884_480


def test_the_two_ways_to_count_what_seeing_costs_agree() -> None:
    model = build(published()["OpenGVLab/InternVL3-1B-hf"])
    counted = see(model)
    by_hand = _worked_out(parts(model), 1025, 256, model.config.vision_config)
    assert counted.flops == pytest.approx(by_hand, rel=0.01)


def test_pictures_that_keep_their_size_take_more_tokens() -> None:
    model = build(published()["Qwen/Qwen3-VL-2B-Instruct"])
    assert [see(model, side).tokens for side in (224, 448)] == [64, 196]


TOKENS = 384
SMALL: dict[str, Any] = {
    "model_type": "internvl", "image_token_id": 499, "image_seq_length": 16,
    "tie_word_embeddings": False,
    "text_config": {
        "model_type": "qwen2", "hidden_size": 256, "num_hidden_layers": 8,
        "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 640,
        "vocab_size": 500,
    },
    "vision_config": {
        "model_type": "internvl_vision", "hidden_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 2, "intermediate_size": 128, "image_size": [112, 112],
    },
}  # fmt: skip


def small(attention: str) -> Any:
    """A real model on the CPU, in the numbers it is trained in on a GPU."""
    from transformers import AutoConfig, AutoModelForImageTextToText

    torch.manual_seed(0)
    return AutoModelForImageTextToText.from_config(
        AutoConfig.for_model(**SMALL), dtype=torch.bfloat16, attn_implementation=attention
    )


def step(base: Any) -> torch.Tensor:
    """Forward as `facelm.train.answers` does it: a drawn mask, logits for the text only."""
    ids = torch.randint(0, 400, (1, TOKENS))
    ids[0, :16] = 499
    hidden = base.model(
        input_ids=ids, use_cache=False, position_ids=torch.arange(TOKENS)[None],
        attention_mask=torch.zeros(1, 1, TOKENS, TOKENS, dtype=torch.bfloat16),
        pixel_values=torch.randn(1, 3, 112, 112, dtype=torch.bfloat16),
    ).last_hidden_state  # fmt: skip
    logits = base.get_output_embeddings()(hidden[0, 16:]).float()
    return torch.nn.functional.cross_entropy(logits, ids[0, 16:])


@pytest.mark.parametrize(
    "keys",
    [{"lora": Lora()}, {"train": ("language_model",)}, {"train": ("multi_modal_projector",)}],
)
def test_arithmetic_is_what_torch_counts_on_a_real_step(keys: dict[str, Any]) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    wrapped = prepare(small("eager"), stage(**keys))
    base = unwrapped(wrapped)
    with FlopCounterMode(display=False) as counter:
        loss = step(base)
        forward = counter.get_total_flops()
        loss.backward()
    backward = counter.get_total_flops() - forward
    base.to("meta")
    ours = cost(base, see(base), Shape(TOKENS, 1))
    assert ours.forward == pytest.approx(forward, rel=0.01)
    assert ours.backward == pytest.approx(backward, rel=0.05)


@pytest.mark.parametrize("keys", [{"lora": Lora()}, {"train": ("language_model",)}])
def test_activations_are_what_a_real_step_keeps(keys: dict[str, Any]) -> None:
    wrapped = prepare(small("sdpa"), stage(**keys))
    base = unwrapped(wrapped)
    own = {p.untyped_storage().data_ptr() for p in base.parameters()}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept.setdefault(tensor.untyped_storage().data_ptr(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = step(base)
    logits = 4 * 500 * (TOKENS - 16)
    size = sum(t.untyped_storage().nbytes() for at, t in kept.items() if at not in own) - logits
    text = base.config.get_text_config()
    ours = TOKENS * _decoder_bytes(parts(base).language, text, checkpointing=False)
    assert loss.requires_grad
    assert ours == pytest.approx(size, rel=0.1)


def test_parts_of_a_step_and_checkpointing_take_less_memory(tmp_path: Path) -> None:
    place = folder(tmp_path, SMALL)

    def activations(**keys: Any) -> int:
        path = tmp_path / "recipe.yaml"
        stages = [stage(lora=Lora(), batch=10, **keys).model_dump(mode="json")]
        values = {"name": "a", "model": place, "data": [{"corpus": "c"}], "stages": stages}
        path.write_text(json.dumps(values))
        return int(check(path)["memory_bytes"]["activations"])

    whole = activations()
    assert activations(accumulation=5) * 5 == whole
    assert activations(accumulation=3) * 10 == whole * 4  # the largest of 4, 3 and 3
    assert activations(checkpointing=True) < whole / 3


def folder(tmp_path: Path, config: dict[str, Any] | str, *files: str) -> str:
    path = tmp_path / "model"
    path.mkdir()
    text = config if isinstance(config, str) else json.dumps(config)
    (path / "config.json").write_text(text)
    for name in files:
        (path / name).write_bytes(b"")
    return str(path)


def changed(part: str, **keys: Any) -> dict[str, Any]:
    return SMALL | {part: SMALL[part] | keys}


LLAVA = {
    "model_type": "llava", "text_config": {"model_type": "llama", "hidden_size": 64,
    "intermediate_size": 96, "num_hidden_layers": 1, "num_attention_heads": 2},
    "vision_config": {"model_type": "clip_vision_model", "hidden_size": 32, "image_size": 672,
    "patch_size": 14, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64},
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "files", "says"),
    [
        (SMALL["text_config"], (), "does not look at pictures"),
        ({"model_type": "qwen9_vl"}, (), "does not know the architecture 'qwen9_vl'"),
        (
            {"model_type": "internvl_chat", "auto_map": {"AutoConfig": "own.Config"}},
            (),
            "code from its own repository",
        ),
        (SMALL, ("pytorch_model.bin",), "pickles only (pytorch_model.bin)"),
        (LLAVA, (), "A picture takes 2,304 visual tokens"),
        (changed("text_config", num_hidden_layers=0), (), "no linear layer"),
        (changed("text_config", hidden_size="wide"), (), "hidden_size"),
        (LLAVA | {"text_config": {"model_type": "gpt2"}}, (), "cannot be built"),
    ],
)
def test_why_a_base_will_not_train(
    tmp_path: Path, config: dict[str, Any], files: tuple[str, ...], says: str
) -> None:
    result = command(folder(tmp_path, config, *files), status=1)
    assert result["will_train"] is False
    assert says in result["why_not"]
    assert "\n" not in result["why_not"] and result["why_not"].endswith(".")


def test_safetensors_beside_a_pickle_will_do(tmp_path: Path) -> None:
    place = folder(tmp_path, SMALL, "pytorch_model.bin", "model.safetensors")
    assert command(place)["will_train"]


def test_nothing_that_comes_with_a_model_is_run(tmp_path: Path) -> None:
    place = folder(tmp_path, {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}})
    (Path(place) / "own.py").write_text("raise SystemExit('was run')\n")
    assert "never runs" in command(place, status=1)["why_not"]


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ("{name: see, kind: perception, lr: 1}", "nano's encoder"),
        ("{name: a, kind: answers, lr: 1, train: [vision_towre]}", "vision_towre"),
        ("{name: a, kind: answers, lr: 1}", "trains nothing"),
    ],
)
def test_why_a_recipe_will_not_train(tmp_path: Path, stages: str, says: str) -> None:
    path = tmp_path / "recipe.yaml"
    place = folder(tmp_path, SMALL)
    path.write_text(f"name: a\nmodel: {place}\ndata: [{{corpus: $NOT_SET}}]\nstages: [{stages}]\n")
    assert says in command(str(path), status=1)["why_not"]


@pytest.mark.parametrize(
    ("config", "says"), [("{", "is not JSON"), ("{}", "no model_type"), ("[]", "no model_type")]
)
def test_a_damaged_configuration_is_an_error(tmp_path: Path, config: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        check(folder(tmp_path, config))


def test_an_id_that_is_not_in_the_facts() -> None:
    with pytest.raises(InputError, match=r"did you mean 'Qwen/Qwen3-VL-2B-Instruct'"):
        check("Qwen/Qwen3-VL-2B-Instrct")
    with pytest.raises(InputError, match=r"config\.json"):
        check("nobody/nothing")


def test_people_get_a_table() -> None:
    run = CliRunner().invoke(app, ["models", "check", VIDEO_LLAVA])
    assert run.exit_code == 0
    first, *lines = run.stdout.splitlines()
    assert first == f"{VIDEO_LLAVA}: trains with facelm."
    assert any("2,056 a video" in line for line in lines)
    assert any("layers.* x 32: self_attn.q_proj" in line for line in lines)
    assert max(map(len, lines)) < 200


def test_numbers_are_readable() -> None:
    assert readable(8_798_208) == "8.80 M"
    assert readable(38.4e9) == "38.4 B"
    assert readable(10_000_000_000, "B") == "10.0 GB"
    assert readable(0, "B") == "0 B"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("llava-hf/llava-onevision-qwen2-0.5b-ov-hf", "shows every picture twice"),
        ("Qwen/Qwen3-VL-2B-Instruct", "do not pass one of"),
    ],
)
def test_landmarks_where_they_have_no_place(name: str, says: str, tmp_path: Path) -> None:
    assert check(name)["will_train"] and check(name)["landmark_parameters"] is None
    path = write_recipe(tmp_path / "recipe.yaml", "a", name, landmarks={})
    assert says in command(path, status=1)["why_not"]


def write_recipe(path: Path, name: str, model: str, **more: Any) -> str:
    values = {
        "name": name, "model": model, "data": [{"corpus": "c"}],
        "stages": [stage(lora=Lora()).model_dump(mode="json")],
    } | more  # fmt: skip
    path.write_text(json.dumps(values))
    return str(path)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.slow) if "38b" in path.name else path
        for path in sorted(RECIPES.rglob("*.yaml"))
    ],
    ids=lambda path: str(path.relative_to(RECIPES)),
)
def test_every_recipe_of_ours_will_train(path: Path) -> None:
    assert command(str(path))["will_train"]


def test_a_stage_of_its_own_is_sized_up_on_what_the_one_before_leaves() -> None:
    """Face-LLaVA's second stage alone is the second stage of both."""
    both, alone = (
        check(RECIPES / name) for name in ("face-llava.yaml", "face-llava/2-instruct.yaml")
    )
    assert alone["trainable_parameters"] == both["trainable_parameters"]
    assert alone["memory_bytes"] == both["memory_bytes"]
    assert alone["parameters"] == both["parameters"] + both["landmark_parameters"]
    assert alone["base"] == both["base"] == VIDEO_LLAVA
    assert "1-landmarks.yaml" in alone["read_from"]


def test_recipes_that_go_on_from_one_another(tmp_path: Path) -> None:
    place = folder(tmp_path, SMALL)
    write_recipe(tmp_path / "a.yaml", "first", place, landmarks={"heads": 4})
    (tmp_path / "broken.yaml").write_text("{")
    write_recipe(tmp_path / "b.yml", "second", "runs/first", output="kept/second")
    last = write_recipe(tmp_path / "c.yaml", "third", "kept/second/model")
    result, plain = command(last), check(place)
    assert result["parameters"] == plain["parameters"] + plain["landmark_parameters"]
    assert result["trainable_parameters"] == plain["trainable_parameters"]
    source = result["read_from"]
    assert source.index("config.json") < source.index("a.yaml") < source.index("b.yml")
    again = write_recipe(tmp_path / "d.yaml", "fourth", "kept/second", landmarks={})
    assert "already" in command(again, status=1)["why_not"]


def test_a_run_that_is_there_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = folder(tmp_path, SMALL)
    monkeypatch.chdir(tmp_path)
    write_recipe(tmp_path / "a.yaml", "first", place)
    last = write_recipe(tmp_path / "b.yaml", "second", "runs/first")
    before = check(last)
    (tmp_path / "runs" / "first" / "model").mkdir(parents=True)
    settings = {"heads": 8, "mask": "none", "zero_init": True}
    delta = {"base": place, "landmarks": settings}  # made with the recipe as it was then
    (tmp_path / "runs" / "first" / "model" / "facelm.json").write_text(json.dumps(delta))
    result = check(last)
    assert result["parameters"] == before["parameters"] + before["landmark_parameters"]
    assert "runs/first" in result["read_from"] and "a.yaml" not in result["read_from"]
    assert check("runs/first")["parameters"] == result["parameters"]


def test_a_run_that_nobody_makes_is_one_sentence(tmp_path: Path) -> None:
    """Also one that two recipes make of each other."""
    write_recipe(tmp_path / "a.yaml", "first", "runs/second")
    write_recipe(tmp_path / "b.yaml", "second", "runs/first")
    for last in (tmp_path / "a.yaml", write_recipe(tmp_path / "c.yaml", "third", "runs/gone")):
        with pytest.raises(InputError, match="train that run first") as caught:
            check(last)
        assert "\n" not in str(caught.value) and "hf download" not in str(caught.value)


def test_the_facts_say_where_they_were_read() -> None:
    for base in published().values():
        assert isinstance(base, Base)
        assert base.source.endswith(".yaml")
        text = (Path(facelm.__file__).parent.parent / base.source).read_text()
        assert "http" in text or "transformers," in text
        assert base.published is not None or "read: unknown" in text
