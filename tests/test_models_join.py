"""A vision encoder and a language model become a LLaVA: loaded by others, trained, asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

import facelm
from facelm.cli.main import app
from facelm.errors import InputError
from facelm.models import load, user_message
from facelm.models.join import join
from facelm.train import parse_recipe, train

PATCHES = 16
PAIRS = [("clip", "llama"), ("siglip", "qwen2"), ("dinov2", "qwen2")]


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of tiny towers and language models, as `save_pretrained` leaves them."""
    import transformers as hf

    from tools.tiny.parts import clip, vicuna
    from tools.tiny.words import byte_tokenizer, llama_tokenizer

    root = tmp_path_factory.mktemp("halves")
    sizes = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2}
    seen = {"image_size": 56, "patch_size": 14, "intermediate_size": 64}
    words = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    square = {"height": 56, "width": 56}
    crop = hf.CLIPImageProcessor(size={"shortest_edge": 56}, crop_size=square)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        captions = hf.SiglipConfig(
            text_config=words | {"intermediate_size": 64, "vocab_size": 99, "projection_size": 32},
            vision_config=sizes | seen,
        )
        towers = {
            "clip": (hf.CLIPVisionModel(clip()), crop),
            "siglip": (hf.SiglipModel(captions), hf.SiglipImageProcessor(size=square)),
            "dinov2": (
                hf.Dinov2Model(hf.Dinov2Config(**sizes, mlp_ratio=2, image_size=70, patch_size=14)),
                hf.BitImageProcessor(size={"shortest_edge": 56}, crop_size=square),
            ),
        }
        spelt = llama_tokenizer([], pad="<unk>")
        spelt.pad_token = None
        chat = byte_tokenizer()
        chat.chat_template = (
            "{% for m in messages %}<|im_start|>{{ m.role + '\n' + m.content + '<|im_end|>\n' }}"
            "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
        )
        shape = {
            "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
            "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": len(chat),
            "initializer_range": 0.25,
        }  # fmt: skip
        tied = hf.Qwen2Config(**shape, tie_word_embeddings=True)
        texts = {
            "llama": (hf.LlamaForCausalLM(vicuna(spelt)), spelt),
            "qwen2": (hf.Qwen2ForCausalLM(tied), chat),
            "cohere": (hf.CohereForCausalLM(hf.CohereConfig(**shape)), chat),
        }
    for name, parts in (towers | texts).items():
        for part in parts:
            part.save_pretrained(root / name)
    return root


@pytest.fixture(scope="module")
def joined(halves: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    root = tmp_path_factory.mktemp("joined")
    folders = {pair: root / "-".join(pair) for pair in PAIRS}
    for (vision, language), folder in folders.items():
        words = ["--vision", str(halves / vision), "--language", str(halves / language)]
        run = CliRunner().invoke(app, ["models", "join", *words, "-o", str(folder), "--json"])
        assert run.exit_code == 0, run.output
        assert json.loads(run.stdout.splitlines()[-1])["visual_tokens"] == PATCHES
    return folders


@pytest.fixture
def image() -> Image.Image:
    return Image.effect_noise((150, 130), 90).convert("RGB")


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_plain_transformers_sees_through_the_second_last_layer(
    pair: tuple[str, str], joined: Any, halves: Path, image: Image.Image
) -> None:
    from transformers import AutoModel, AutoModelForImageTextToText, AutoProcessor

    model = AutoModelForImageTextToText.from_pretrained(joined[pair]).eval()
    processor = AutoProcessor.from_pretrained(joined[pair])
    text = processor.apply_chat_template(user_message([image], "Who?"), add_generation_prompt=True)
    given = processor(text=text, images=[image], return_tensors="pt")
    assert int((given["input_ids"] == model.config.image_token_id).sum()) == PATCHES
    tower = AutoModel.from_pretrained(halves / pair[0]).eval()
    tower = getattr(tower, "vision_model", tower)
    with torch.inference_mode():
        hidden = tower(given["pixel_values"], output_hidden_states=True).hidden_states[-2]
        wanted = model.model.multi_modal_projector(hidden[:, -PATCHES:])
        (seen,) = model.get_image_features(given["pixel_values"]).pooler_output
        assert torch.allclose(seen, wanted[0], atol=1e-5)
        assert model.generate(**given, max_new_tokens=2).shape[1] == given["input_ids"].shape[1] + 2


@pytest.mark.parametrize("pair", PAIRS[:2], ids="-".join)
def test_the_language_model_speaks_as_before(
    pair: tuple[str, str], joined: Any, halves: Path
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    before = AutoModelForCausalLM.from_pretrained(halves / pair[1]).eval()
    after = load(str(joined[pair]), torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(halves / pair[1])
    ids = tokenizer("A face, turned left.", return_tensors="pt")["input_ids"]
    again = after.processor.tokenizer("A face, turned left.", return_tensors="pt")["input_ids"]
    assert torch.equal(ids, again)
    with torch.inference_mode():
        words = before(input_ids=ids).logits
        assert torch.allclose(after.model(input_ids=ids).logits[..., : words.shape[-1]], words)
    assert after.processor.tokenizer.pad_token is not None


def test_the_template_keeps_the_language_models_own_form(joined: Any) -> None:
    asked = user_message([None], "Who?")
    for pair, wanted in (
        (PAIRS[0], "USER: <image>\nWho?\nASSISTANT:"),
        (PAIRS[1], "<|im_start|>user\n<image>\nWho?<|im_end|>\n<|im_start|>assistant\n"),
    ):
        template = load(str(joined[pair])).processor.apply_chat_template
        assert template(asked, add_generation_prompt=True) == wanted


@pytest.mark.parametrize("pair", PAIRS[:2], ids="-".join)
def test_it_is_trained_and_asked(
    pair: tuple[str, str], joined: Any, tmp_path: Path, photo: Path
) -> None:
    facelm.annotate("heads", tmp_path / "corpus", split="train", style="choices", limit=2)
    stage = {"name": "align", "kind": "answers", "lr": 1e-2, "batch": 2, "max_steps": 2}
    values = {
        "name": "joined", "model": str(joined[pair]), "output": str(tmp_path / "run"), "exams": [],
        "data": [{"corpus": str(tmp_path / "corpus")}],
        "stages": [stage | {"train": ["multi_modal_projector"]}],
    }  # fmt: skip
    run = train(parse_recipe(values, "test"))["run"]
    before = load(str(joined[pair]), torch.float32).model.state_dict()
    after = load(run, torch.float32).model.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all("multi_modal_projector" in name for name in changed)
    assert isinstance(facelm.ask(run, photo, "What is seen?", max_tokens=3), str)


def test_the_seed_says_what_the_connector_is(halves: Path, joined: Any, tmp_path: Path) -> None:
    def weights(folder: Path) -> bytes:
        return (folder / "model.safetensors").read_bytes()

    names = [str(halves / name) for name in PAIRS[0]]
    join(*names, tmp_path / "same")
    join(*names, tmp_path / "other", seed=1)
    assert weights(tmp_path / "same") == weights(joined[PAIRS[0]]) != weights(tmp_path / "other")


@pytest.mark.parametrize(
    ("vision", "language", "says"),
    [
        ("llama", "llama", "is not a vision encoder"),
        ("clip", "clip", "is not a causal language model"),
        ("clip", "cohere", "does more than multiply"),
        ("nano-base", "llama", "is not a vision encoder"),
    ],
)
def test_what_cannot_be_joined_is_one_sentence(
    vision: str, language: str, says: str, halves: Path, tmp_path: Path
) -> None:
    places = [str(halves / n) if (halves / n).exists() else n for n in (vision, language)]
    with pytest.raises(InputError, match=says):
        join(*places, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_pickles_and_full_folders_are_refused(halves: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(halves / "clip", tmp_path / "clip")
    (tmp_path / "clip" / "model.safetensors").rename(tmp_path / "clip" / "pytorch_model.bin")
    with pytest.raises(InputError, match="are pickles"):
        join(str(tmp_path / "clip"), str(halves / "llama"), tmp_path / "out")
    with pytest.raises(InputError, match="is not empty"):
        join(str(halves / "clip"), str(halves / "llama"), tmp_path / "clip")
