"""Face-LLaVA's published names become a model of ours that computes what the paper says."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional
from typer.testing import CliRunner

from facelm.cli.main import app
from facelm.errors import InputError
from facelm.models import load, user_message
from facelm.models._regions import proximity
from facelm.models.face_llava import landmarks_of, shown
from facelm.models.import_face_llava import import_face_llava

Tensors = dict[str, Tensor]
WIDTH, HEADS = 64, 8
CUTS = {
    "face": (0, 17), "eyebrow1": (17, 22), "eyebrow2": (22, 27), "nose": (27, 31),
    "nostril": (31, 36), "eye1": (36, 42), "eye2": (42, 48), "lips": (48, 60), "teeth": (60, 68),
}  # fmt: skip
ATTENTION = "model.landmarks_cross_attn"


@pytest.fixture(scope="module")
def base(tiny_models: Callable[[str], Path]) -> Path:
    return tiny_models("video-llava")


def drawn(shapes: dict[str, tuple[int, ...]], seed: int = 7) -> Tensors:
    chance = torch.Generator().manual_seed(seed)
    return {name: torch.randn(size, generator=chance) * 0.2 for name, size in shapes.items()}


def landmark_tensors(form: str) -> Tensors:
    """The landmark modules by their published names, at a width of 64."""
    square, line = (WIDTH, WIDTH), (WIDTH,)
    layers = {
        f"model.landmarks_projector.region_layers.{name}": (WIDTH, 2 * (end - begin))
        for name, (begin, end) in CUTS.items()
    }
    layers["model.global_landmarks_projector"] = (WIDTH, 136)
    layers |= dict.fromkeys([f"{ATTENTION}.linear_proj"], square)
    if form == "masked":
        layers |= {f"{ATTENTION}.cross_attn.{letter}_proj": square for letter in "qkv"}
    else:
        layers[f"{ATTENTION}.cross_attn.attn.out_proj"] = square
    shapes: dict[str, tuple[int, ...]] = {f"{name}.weight": size for name, size in layers.items()}
    shapes |= {f"{name}.bias": line for name in layers}
    if form == "simple":
        shapes[f"{ATTENTION}.cross_attn.attn.in_proj_weight"] = (3 * WIDTH, WIDTH)
        shapes[f"{ATTENTION}.cross_attn.attn.in_proj_bias"] = (3 * WIDTH,)
    for norm in ("cross_attn.ln", "ln"):
        shapes |= {f"{ATTENTION}.{norm}.{kind}": line for kind in ("weight", "bias")}
    return drawn(shapes)


def published(base: Path, form: str = "simple", towers: bool = True) -> Tensors:
    """A checkpoint by its published names; other weights than the base's, and no special rows."""
    model = load(str(base), torch.float32).model
    words = min(model.config.image_token_index, model.config.video_token_index)
    tensors: Tensors = {}
    for name, value in model.state_dict().items():
        old = name.replace("model.language_model.", "model.")
        old = old.replace("multi_modal_projector.linear_1", "mm_projector.0")
        old = old.replace("multi_modal_projector.linear_2", "mm_projector.2")
        for tower in ("image_tower", "video_tower"):
            old = old.replace(f"model.{tower}.", f"model.{tower}.{tower}.")
        if "tower" in old and not towers:
            continue
        rows = words if "embed_tokens" in old or "lm_head" in old else None
        tensors[old] = value[:rows].clone() * 1.25 if value.dim() else value.clone()
    tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.ones(4)
    if towers:
        layer = "model.video_tower.video_tower.encoder.layers.0"
        tensors[f"{layer}.temporal_embedding"] = torch.zeros(1, 8, 32)
        tensors[f"{layer}.temporal_attn.k_proj.weight"] = torch.zeros(32, 32)
        tensors[f"{layer}.temporal_layer_norm1.bias"] = torch.zeros(32)
    return tensors | landmark_tensors(form)


def write(tensors: Tensors, folder: Path) -> Path:
    """In two files, as large checkpoints are."""
    folder.mkdir()
    names = sorted(tensors)
    for number, part in enumerate((names[::2], names[1::2])):
        save_file({name: tensors[name] for name in part}, folder / f"model-{number}.safetensors")
    return folder


def reference(of: Tensors, visual: Tensor, points: Tensor, form: str) -> Tensor:
    """V + 0.1 (W LN(V + A) + b), A from nine tokens h = W_r p_r + b_r + W_g p + b_g."""

    def layer(name: str, given: Tensor) -> Tensor:
        return given @ of[f"{name}.weight"].T + of[f"{name}.bias"]

    local = [
        layer(f"model.landmarks_projector.region_layers.{name}", points[:, begin:end].flatten(1))
        for name, (begin, end) in CUTS.items()
    ]
    face = layer("model.global_landmarks_projector", points.flatten(1))
    regions = torch.stack(local, 1) + face[:, None]
    inside = f"{ATTENTION}.cross_attn"
    if form == "simple":
        module = torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        own = {n.removeprefix(f"{inside}.attn."): v for n, v in of.items() if ".attn." in n}
        module.load_state_dict({n: v for n, v in own.items() if n in module.state_dict()})
        answer = module(visual, regions, regions)[0]
    else:
        heads = [
            layer(f"{inside}.{letter}_proj", given).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for letter, given in (("q", visual), ("k", regions), ("v", regions))
        ]
        scores = heads[0] @ heads[1].mT / math.sqrt(WIDTH / HEADS)
        near = proximity(points[:, None], (4, 4), 16, "softmax-distance")
        assert near is not None
        answer = ((scores + near).softmax(-1) @ heads[2]).transpose(1, 2).flatten(-2)
    norm = (of[f"{inside}.ln.weight"], of[f"{inside}.ln.bias"])
    seen = functional.layer_norm(visual + answer, (WIDTH,), *norm)
    return visual + 0.1 * layer(f"{ATTENTION}.linear_proj", seen)


@pytest.mark.parametrize("form", ["simple", "masked"])
def test_the_imported_modules_compute_what_the_paper_says(
    form: str, base: Path, tmp_path: Path
) -> None:
    tensors = published(base, form)
    given = write(tensors, tmp_path / "given")
    words = ["models", "import-face-llava", str(given), "-o", str(tmp_path / "out"), "--json"]
    run = CliRunner().invoke(app, [*words, "--base", str(base)])
    assert run.exit_code == 0, run.output
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["attention"] == form
    assert result["attention_between_frames_left_out"] == 3
    shutil.move(tmp_path / "out", tmp_path / "moved")  # nothing in it knows where it was
    guide = landmarks_of(load(str(tmp_path / "moved"), torch.float32).model)
    assert guide is not None
    chance = torch.Generator().manual_seed(1)
    visual, points = torch.randn(3, 16, WIDTH, generator=chance), torch.rand(3, 68, 2)
    with torch.inference_mode():
        ours = guide(visual, points, (4, 4))
        theirs = reference(tensors, visual, points, form)
    assert torch.allclose(ours, theirs, atol=1e-5)
    assert not torch.allclose(ours, visual, atol=1e-2)


def test_the_base_carries_the_checkpoints_weights(base: Path, tmp_path: Path) -> None:
    """All of Video-LLaVA is the checkpoint's; rows of the special tokens are the base's."""
    tensors = published(base)
    import_face_llava(write(tensors, tmp_path / "given"), tmp_path / "out", str(base))
    ours = load(str(tmp_path / "out" / "base"), torch.float32).model
    before = load(str(base), torch.float32).model
    rows = len(tensors["lm_head.weight"])
    own, old = ours.state_dict(), before.state_dict()
    for name, value in own.items():
        assert torch.allclose(value[:rows], old[name][:rows] * 1.25), name
        if name == "lm_head.weight" or "embed_tokens" in name:
            assert torch.equal(value[rows:], old[name][rows:])


def test_an_imported_model_looks_at_a_face_with_its_landmarks(base: Path, tmp_path: Path) -> None:
    given = write(published(base), tmp_path / "given")
    import_face_llava(given, tmp_path / "out", str(base))
    loaded = load(str(tmp_path / "out"), torch.float32)
    picture = Image.effect_noise((96, 96), 90).convert("RGB")
    asked = user_message([picture], "Who?")
    text = loaded.processor.apply_chat_template(asked, add_generation_prompt=True)
    inputs = loaded.processor(text=text, images=[picture], return_tensors="pt")
    with torch.inference_mode():
        plain = loaded.model(**inputs).logits
        with shown(loaded.model, torch.rand(1, 68, 2), torch.tensor([True])):
            guided = loaded.model(**inputs).logits
    assert not torch.allclose(plain, guided, atol=1e-3)


def test_towers_that_are_not_in_the_checkpoint_are_the_bases(base: Path, tmp_path: Path) -> None:
    given = write(published(base, towers=False), tmp_path / "given")
    result = import_face_llava(given, tmp_path / "out", str(base))
    assert result["from_base"][:2] == ["image_tower", "video_tower"]
    tensors = load_file(tmp_path / "out" / "base" / "model.safetensors")
    old = load_file(base / "model.safetensors")
    name = "image_tower.embeddings.patch_embedding.weight"
    assert torch.equal(tensors[name], old[name])


def without(name: str) -> Callable[[Tensors], None]:
    return lambda tensors: tensors.__delitem__(name)


def with_(name: str, *size: int) -> Callable[[Tensors], None]:
    return lambda tensors: tensors.update({name: torch.zeros(size)})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without("model.norm.weight"), "lacks 1 tensor .*norm.weight"),
        (without(f"{ATTENTION}.linear_proj.bias"), "lacks 1 tensor .*linear_proj.bias"),
        (
            without("model.image_tower.image_tower.post_layernorm.bias"),
            r"lacks 1 tensor .*image_tower.post_layernorm.bias",
        ),
        (with_("model.mm_projector.4.weight", 2), "no place for 1 tensor .*mm_projector.4"),
        (with_("model.layers.7.mlp.up_proj.weight", 2), "no place for 1 tensor .*layers.7"),
        (with_("model.norm.weight", 32), "another shape .* 1 tensor .*norm.weight"),
        (with_("model.global_landmarks_projector.weight", 64, 68), "another shape .*global_"),
        (with_("lm_head.weight", 20, 64), "another shape .*lm_head"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    change: Callable[[Tensors], None], says: str, base: Path, tmp_path: Path
) -> None:
    tensors = published(base)
    change(tensors)
    given = write(tensors, tmp_path / "given")
    with pytest.raises(InputError, match=says) as caught:
        import_face_llava(given, tmp_path / "out", str(base))
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["given"]


def test_every_missing_tensor_is_listed(base: Path, tmp_path: Path) -> None:
    whole = published(base)
    gone = sorted(name for name in whole if "landmarks_projector" in name)
    given = write({n: v for n, v in whole.items() if n not in gone}, tmp_path / "given")
    with pytest.raises(InputError, match="lacks 20 tensors") as caught:
        import_face_llava(given, tmp_path / "out", str(base))
    assert ", ".join(gone) in str(caught.value)


def test_hundreds_of_tensors_are_put_together(base: Path, tmp_path: Path) -> None:
    tensors = published(base)
    kinds = ("mlp.gate.weight", "self_attn.q_norm.weight", "self_attn.k_norm.weight")
    tensors |= {f"model.layers.{n}.{kind}": torch.zeros(2) for kind in kinds for n in range(32)}
    del tensors[f"model.layers.7.{kinds[0]}"]
    tensors["model.mm_projector.4.weight"] = torch.zeros(2)
    with pytest.raises(InputError, match="no place for 96 tensors") as caught:
        import_face_llava(write(tensors, tmp_path / "given"), tmp_path / "out", str(base))
    said = str(caught.value)
    listed = said[said.index("tensors (") + 9 : said.rindex(")")].split(", model.")
    rest = ", ".join(str(number) for number in range(32) if number != 7)
    assert [one.removeprefix("model.") for one in listed] == [
        f"layers.*.mlp.gate.weight (x31: {rest})",
        "layers.*.self_attn.k_norm.weight (x32)",
        "layers.*.self_attn.q_norm.weight (x32)",
        "mm_projector.4.weight",
    ]


def test_files_that_are_no_checkpoint_are_refused(
    base: Path, tiny_internvl: Path, tmp_path: Path
) -> None:
    pickles = tmp_path / "pickles"
    pickles.mkdir()
    with pytest.raises(InputError, match=r"no \.safetensors files"):
        import_face_llava(pickles, tmp_path / "out", str(base))
    (pickles / "pytorch_model-00001-of-00002.bin").write_bytes(b"x")
    for path in (pickles, next(pickles.iterdir())):
        with pytest.raises(InputError, match=r"are pickles .* converted to safetensors"):
            import_face_llava(path, tmp_path / "out", str(base))
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="is damaged"):
        import_face_llava(tmp_path / "model.safetensors", tmp_path / "out", str(base))
    given: Any = write(landmark_tensors("simple"), tmp_path / "given")
    with pytest.raises(InputError, match="is no Video-LLaVA"):
        import_face_llava(given, tmp_path / "out", str(tiny_internvl))
    with pytest.raises(InputError, match="is not empty"):
        import_face_llava(given, given, str(base))
