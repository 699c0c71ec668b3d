"""Models that cannot be used: one sentence each, and nothing of them is run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from facelm.bench import bench
from facelm.errors import InputError, PictureError
from facelm.models import HFModel, load, user_message
from facelm.models.delta import Delta, save_delta
from facelm.train import parse_recipe, train
from facelm.train.learning import prepare
from facelm.train.recipe import AnswersStage, Lora

WEIGHTS = "model.safetensors"
ADAPTER = "adapter_model.safetensors"


@pytest.fixture
def copy(tiny_internvl: Path, tmp_path: Path) -> Path:
    """A model's folder that may be spoilt."""
    return Path(shutil.copytree(tiny_internvl, tmp_path / "copy"))


@pytest.fixture
def run(copy: Path, tmp_path: Path) -> Path:
    """A run's model on that copy: an adapter, and a connector trained whole."""
    stage = AnswersStage(
        name="a", kind="answers", lr=1.0, lora=Lora(rank=2), train=("multi_modal_projector",)
    )
    wrapped = prepare(load(str(copy), torch.float32).model, stage)
    save_delta(wrapped, tmp_path / "run", Delta(base=str(copy)))
    return tmp_path / "run"


def refused(folder: Path, *says: str) -> None:
    with pytest.raises(InputError) as error:
        load(str(folder))
    message = str(error.value)
    assert "\n" not in message and str(folder) in message
    assert all(part in message for part in says), message


def changed(path: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata={"format": "pt"})


def query(tensors: dict[str, torch.Tensor]) -> str:
    return next(name for name in sorted(tensors) if "q_proj" in name)


@pytest.mark.parametrize("kept", [0, 7, 5000, -1])
def test_cut_weights(copy: Path, kept: int) -> None:
    data = (copy / WEIGHTS).read_bytes()
    (copy / WEIGHTS).write_bytes(data[:kept])
    refused(copy, "damaged", "again")


def test_weights_that_lack_a_tensor_are_not_filled_with_noise(copy: Path) -> None:
    changed(copy / WEIGHTS, lambda tensors: tensors.__delitem__(query(tensors)))
    refused(copy, "lack", "q_proj", "download the whole model again")


def test_weights_of_another_shape(copy: Path) -> None:
    changed(copy / WEIGHTS, lambda tensors: tensors.update({query(tensors): torch.zeros(3)}))
    refused(copy, "do not fit", "q_proj")


def test_a_pickle_is_never_opened(copy: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (copy / "opened",))

    torch.save({"weight": Trap()}, copy / "pytorch_model.bin")
    load(str(copy))  # whole safetensors beside it: it is passed over
    (copy / WEIGHTS).unlink()
    refused(copy, "pickle", "pytorch_model.bin", "safetensors")
    assert not (copy / "opened").exists()


def test_no_weights_at_all(copy: Path) -> None:
    (copy / WEIGHTS).unlink()
    refused(copy, "safetensors")


def test_a_model_that_does_not_look_at_pictures(copy: Path, tmp_path: Path) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
    config = LlamaConfig(num_hidden_layers=1, vocab_size=64, **sizes)
    LlamaForCausalLM(config).save_pretrained(tmp_path / "text")
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(copy / name, tmp_path / "text")
    refused(tmp_path / "text", "llama", "image-text-to-text")


@pytest.mark.parametrize("kind", ["florence2", "blip", "kosmos-2"])
def test_a_model_of_another_build(copy: Path, kind: str) -> None:
    (copy / "config.json").write_text(json.dumps({"model_type": kind}))
    refused(copy, kind, "no vision encoder in front of a decoder")


def test_code_that_comes_with_a_model_is_not_run(copy: Path) -> None:
    (copy / "configuration_own.py").write_text(f"open({str(copy / 'opened')!r}, 'w')")
    own = {"AutoConfig": "configuration_own.Own", "AutoModelForImageTextToText": "model.Own"}
    (copy / "config.json").write_text(json.dumps({"model_type": "own", "auto_map": own}))
    refused(copy, "code of its own", "never run")
    assert not (copy / "opened").exists()


@pytest.mark.parametrize("config", ["{", "{}", '{"model_type": "florence-9"}'])
def test_a_description_that_says_nothing(copy: Path, config: str) -> None:
    (copy / "config.json").write_text(config)
    refused(copy, "config.json")


def test_no_processor_and_no_template(copy: Path) -> None:
    (copy / "chat_template.jinja").unlink()
    refused(copy, "no chat template")
    (copy / "processor_config.json").unlink()
    refused(copy, "processor")


def test_a_run_loads_as_it_is(run: Path) -> None:
    assert load(str(run)).name == str(run)


@pytest.mark.parametrize(("matrix", "side"), [("lora_A", 1), ("lora_B", 0)])
def test_an_adapter_for_a_narrower_base(run: Path, matrix: str, side: int) -> None:
    changed(
        run / ADAPTER,
        lambda tensors: tensors.update(
            {k: v.narrow(side, 0, 8).clone() for k, v in tensors.items() if matrix in k}
        ),
    )
    refused(run, "does not fit its base model", "another shape")


def test_an_adapter_for_a_deeper_base(run: Path) -> None:
    """`peft` would pass over the layers that this base does not have."""
    changed(
        run / ADAPTER,
        lambda tensors: tensors.update(
            {k.replace(".layers.1.", ".layers.7."): v.clone() for k, v in tensors.items()}
        ),
    )
    refused(run, "does not fit its base model", "no place")


@pytest.mark.parametrize("name", ["copy", "llava-1.5"])
def test_a_run_whose_base_is_another_model_now(
    name: str, run: Path, copy: Path, tiny_models: Callable[[str], Path]
) -> None:
    if name != "copy":
        shutil.rmtree(copy)
        shutil.copytree(tiny_models(name), copy)
    else:
        changed(run / "weights.safetensors", lambda tensors: tensors.update(other=torch.zeros(1)))
    refused(run, "does not fit its base model", "the base it was trained on")


def test_damaged_and_missing_files_of_a_run(run: Path) -> None:
    data = (run / ADAPTER).read_bytes()
    (run / ADAPTER).write_bytes(data[:-9])
    refused(run, "adapter_model.safetensors is damaged")
    torch.save({}, run / "adapter_model.bin")
    (run / ADAPTER).unlink()
    refused(run, "adapter_model.safetensors is missing")


def test_a_damaged_checkpoint(tiny_internvl: Path, tmp_path: Path) -> None:
    from facelm.annotate import annotate

    annotate("heads", tmp_path / "corpus", split="train", style="choices", limit=2)
    stage = {"name": "a", "kind": "answers", "lr": 1e-3, "batch": 2, "max_steps": 1, "lora": {}}
    values = {
        "name": "tiny", "model": str(tiny_internvl), "output": str(tmp_path / "run"), "exams": [],
        "data": [{"corpus": str(tmp_path / "corpus"), "turns": 1}], "stages": [stage],
    }  # fmt: skip
    checkpoint = tmp_path / "run" / "1-a" / "checkpoint.safetensors"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"cut")
    with pytest.raises(InputError, match=r"checkpoint\.safetensors is damaged.*remove it"):
        train(parse_recipe(values, "test"))
    checkpoint.unlink()
    assert train(parse_recipe(values, "test"))["stages"][0]["steps"] == 1


def test_what_does_not_fit_into_the_model_is_not_cut(copy: Path, tmp_path: Path) -> None:
    """16 visual tokens and a few words have to go into 20 positions."""
    described = json.loads((copy / "config.json").read_text())
    described["text_config"]["max_position_embeddings"] = 20
    (copy / "config.json").write_text(json.dumps(described))
    model, image = HFModel(load(str(copy))), Image.new("RGB", (60, 60))
    with pytest.raises(PictureError, match="room for 20: give fewer or smaller pictures"):
        model.generate(user_message([image], "Who is it?"), 4)
    with pytest.raises(PictureError, match="room for 20"):
        model.score(image, ["Who is it?"], [["A", "B"]], 4)
    with pytest.raises(InputError, match="room for 20"):
        bench(model, "heads-mcq", tmp_path / "score", limit=2)
    stage = {"name": "a", "kind": "answers", "lr": 1e-3, "lora": {}}
    values = {
        "name": "tiny", "model": str(copy), "output": str(tmp_path / "run"), "exams": [],
        "data": [{"corpus": str(tmp_path / "corpus"), "make": {"source": "heads", "limit": 1}}],
        "stages": [stage],
    }  # fmt: skip
    with pytest.raises(InputError, match="limit of 20, and nothing is cut"):
        train(parse_recipe(values, "test"))
    assert not list((tmp_path / "run").rglob("metrics.jsonl"))
