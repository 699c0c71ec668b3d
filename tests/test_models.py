"""Models: nano and a hub model go through the same code, and survive saving."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from facelm.errors import FacelmError, InputError
from facelm.models import HFModel, load, user_message

PROMPTS = [
    "Which way is the face turned?\n(A) left\n(B) right",
    "Describe it.",
    "Which colour is the hair of the person in this picture?\n(A) red\n(B) black\n(C) grey",
]


@pytest.fixture(scope="module")
def image() -> Image.Image:
    return Image.effect_noise((150, 130), 90).convert("RGB")


@pytest.mark.parametrize("which", ["nano-base", "internvl"])
def test_shared_prefix_scores_what_separate_questions_score(
    which: str, tiny_internvl: Path, image: Image.Image
) -> None:
    loaded = load(which if which == "nano-base" else str(tiny_internvl), torch.float32)
    model = HFModel(loaded)
    letters = [["A", "B"], ["A"], ["A", "B", "C"]]
    together = model.score(image, PROMPTS, letters, 6)
    for prompt, names, (scores, text) in zip(PROMPTS, letters, together, strict=True):
        alone = model.score(image, [prompt], [names], 6)[0]
        assert scores == pytest.approx(alone[0], abs=1e-3)
        assert text == alone[1]
        assert text == model.generate(user_message([image], prompt), 6)


def test_streamed_pieces_are_the_answer(tiny_internvl: Path, image: Image.Image) -> None:
    model = HFModel(load(str(tiny_internvl), torch.float32))
    pieces: list[str] = []
    answer = model.generate(user_message([image], "Describe it."), 8, pieces.append)
    assert "".join(pieces).strip() == answer


def test_nano_is_an_ordinary_transformers_model(tmp_path: Path, image: Image.Image) -> None:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    loaded = load("nano-base", torch.float32)
    loaded.model.save_pretrained(tmp_path)
    loaded.processor.save_pretrained(tmp_path)
    processor = AutoProcessor.from_pretrained(tmp_path)
    model = AutoModelForImageTextToText.from_pretrained(tmp_path)
    inputs = processor.apply_chat_template(
        user_message([image], "Describe."), add_generation_prompt=True, tokenize=True,
        return_dict=True, return_tensors="pt",
    )  # fmt: skip
    assert (inputs["input_ids"] == model.config.image_token_id).sum() == 81
    ours, theirs = loaded.model.state_dict(), model.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    with torch.inference_mode():  # where weights lie in memory decides on the last digits
        assert torch.allclose(model(**inputs).logits, loaded.model(**inputs).logits, atol=1e-3)


def test_the_encoder_gives_the_published_features() -> None:
    """A fixed picture through the ImageNet weights; the reference is the published package's."""
    from safetensors import safe_open

    from facelm.models.home import SHIPPED

    with safe_open(SHIPPED / "efficientnet-lite0.safetensors", "pt") as file:
        assert file.metadata()["sha256"].startswith("579344248a93e230")
    tower = load("nano-base", torch.float32).model.model.vision_tower
    ramp = torch.linspace(-1, 1, 144).expand(1, 3, 144, 144)
    with torch.inference_mode():
        tokens = tower(ramp).last_hidden_state
    assert tokens.shape == (1, 81, 432)
    assert torch.isfinite(tokens).all()


@pytest.mark.parametrize("name", ["nothing-here", "./nothing", "runs/none/of/this"])
def test_unknown_model_is_one_sentence(name: str) -> None:
    with pytest.raises(InputError) as error:
        load(name)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_a_hub_id_without_a_network_says_what_to_do() -> None:
    with pytest.raises(FacelmError, match="hf download"):
        load("facelm-test/not-here")


def test_torchvision_imports_beside_this_torch() -> None:
    code = (
        "from facelm.models._torchvision import ensure_torchvision; print(ensure_torchvision()); "
        "from transformers import LlamaConfig; import torchvision"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() in ("plain", "remedied")
