"""Landmarks in a model: nothing changes untrained, pictures have their own, runs keep them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from facelm.errors import InputError, PictureError
from facelm.faces import open_picture
from facelm.models import HFModel, load, user_message
from facelm.models.face_llava import Landmarks, attach, landmarks_of, shown
from facelm.models.face_points import Sight, as_seen
from facelm.train import parse_recipe, train
from facelm.train.answers import answer_loss
from facelm.train.rows import collate, make_row
from facelm.types import Turn

Folder = Callable[[str], Path]
WITH_GRID = ("internvl3", "llava-1.5", "video-llava")
TURN = Turn("Which way is the face turned?", "To the left.")


def inputs(loaded: Any, pictures: list[Any], question: str = "What is seen?") -> dict[str, Any]:
    text = loaded.processor.apply_chat_template(
        user_message(pictures, question), add_generation_prompt=True
    )
    return dict(loaded.processor(text=text, images=pictures, return_tensors="pt"))


def points(number: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(number, 68, 2, generator=torch.Generator().manual_seed(seed))


def learnt(model: Any, settings: Landmarks) -> None:
    """Landmark modules as some training might leave them: they do something."""
    torch.manual_seed(5)
    guide = attach(model, settings)
    with torch.no_grad():
        for parameter in guide.attention.output.parameters():
            parameter.normal_(std=0.5)


@pytest.mark.parametrize("family", WITH_GRID)
def test_a_model_with_fresh_landmarks_answers_as_its_base(
    tiny_models: Folder, family: str, faces: list[Image.Image]
) -> None:
    loaded = load(str(tiny_models(family)), torch.float32)
    given = inputs(loaded, faces[:1])
    with torch.inference_mode():
        before = loaded.model(**given).logits
        attach(loaded.model, Landmarks(zero_init=True))
        with shown(loaded.model, points(1), torch.tensor([True])):
            after = loaded.model(**given).logits
    assert torch.equal(before, after)


@pytest.mark.parametrize("family", WITH_GRID)
@pytest.mark.parametrize("mask", ["none", "softmax-distance", "negative-distance"])
def test_landmarks_change_the_answer_of_their_own_picture_only(
    tiny_models: Folder, family: str, mask: Any, faces: list[Image.Image]
) -> None:
    loaded = load(str(tiny_models(family)), torch.float32)
    learnt(loaded.model, Landmarks(mask=mask))
    rows = [make_row(loaded.processor, [one], [(TURN,)]) for one in faces[:2]]
    ends = [len(row) for row in rows]

    def hidden(known: list[bool], seed: int) -> torch.Tensor:
        batch = collate(rows, 0, torch.device("cpu"), shared=False)
        with torch.inference_mode(), shown(loaded.model, points(2, seed), torch.tensor(known)):
            return loaded.model.model(
                input_ids=batch.input_ids, position_ids=batch.position_ids,
                attention_mask=batch.attention_mask, **batch.extra,
            ).last_hidden_state  # fmt: skip

    neither, first, both = hidden([False] * 2, 0), hidden([True, False], 0), hidden([True] * 2, 0)
    assert not torch.allclose(first[0, : ends[0]], neither[0, : ends[0]], atol=1e-4)
    assert torch.equal(first[1], neither[1])
    assert torch.allclose(both[0], first[0], atol=1e-6)
    assert not torch.allclose(both[1, : ends[1]], first[1, : ends[1]], atol=1e-4)
    moved = hidden([True, False], 9)
    assert not torch.allclose(moved[0, : ends[0]], first[0, : ends[0]], atol=1e-5)


def test_more_or_fewer_pictures_than_landmarks_is_one_sentence(
    tiny_internvl: Path, faces: list[Image.Image]
) -> None:
    loaded = load(str(tiny_internvl), torch.float32)
    attach(loaded.model, Landmarks())
    for number in (1, 3):
        known = torch.ones(number, dtype=torch.bool)
        with (
            pytest.raises(InputError, match=rf"2 pictures and was given landmarks for {number}"),
            torch.inference_mode(),
            shown(loaded.model, points(number), known),
        ):
            loaded.model(**inputs(loaded, faces[:2]))
    with torch.inference_mode():  # what was shown is forgotten, also after an error
        loaded.model(**inputs(loaded, faces[:2]))


def test_where_landmarks_cannot_be_is_one_sentence(tiny_models: Folder) -> None:
    model = load(str(tiny_models("internvl3")), torch.float32).model
    with pytest.raises(InputError, match="do not divide"):
        attach(model, Landmarks(heads=7))
    attach(model, Landmarks())
    with pytest.raises(InputError, match="already"):
        attach(model, Landmarks())
    with pytest.raises(InputError, match="qwen3_vl"):
        attach(load(str(tiny_models("qwen3-vl")), torch.float32).model, Landmarks())
    with pytest.raises(InputError, match="shows every picture twice"):
        attach(load(str(tiny_models("llava-onevision")), torch.float32).model, Landmarks())


@pytest.mark.parametrize("family", WITH_GRID)
@pytest.mark.parametrize("size", [(120, 120), (200, 120), (96, 160)])
def test_points_go_the_way_of_the_pixels(
    tiny_models: Folder, family: str, size: tuple[int, int]
) -> None:
    """A white dot is found in what the tower gets, where its point was said to be."""
    processor = load(str(tiny_models(family)), torch.float32).processor
    at = (size[0] * 0.55, size[1] * 0.45)
    picture = Image.new("RGB", size)
    ImageDraw.Draw(picture).ellipse((at[0] - 5, at[1] - 5, at[0] + 5, at[1] + 5), fill="white")
    text = processor.apply_chat_template(user_message([picture], "?"), add_generation_prompt=True)
    given = processor(text=text, images=[picture], return_tensors="pt")
    pixels = next(v for k, v in given.items() if k.startswith("pixel_values"))
    light = pixels.reshape(-1, *pixels.shape[-3:])[0].mean(0)
    light = light - light.min()
    rows, columns = (torch.arange(n) + 0.5 for n in light.shape)
    seen = [
        float((light.sum(0) * columns).sum() / light.sum() / light.shape[1]),
        float((light.sum(1) * rows).sum() / light.sum() / light.shape[0]),
    ]
    said = as_seen(np.array([at], np.float32), size, processor.image_processor)[0]
    assert np.allclose(seen, said, atol=0.02)


def test_landmarks_are_those_of_the_face(tiny_internvl: Path, portrait: bytes) -> None:
    sight = Sight(load(str(tiny_internvl), torch.float32).processor)
    face = open_picture(portrait, "portrait")
    empty = Image.new("RGB", (200, 200), (90, 120, 160))
    found = sight.find([face, empty])
    assert found["landmarks_known"].tolist() == [True, False]
    eyes, lips = found["landmarks"][0, 36:48].mean(0), found["landmarks"][0, 48:60].mean(0)
    assert eyes[1] < lips[1] and 0 < float(eyes[0]) < 1
    mirrored = sight.find([face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)])["landmarks"][0]
    assert abs(float(mirrored[30, 0] + found["landmarks"][0, 30, 0]) - 1) < 0.05


def recipe(base: str, corpus: Path, output: Path, **changes: Any) -> dict[str, Any]:
    """The two stages of Face-LLaVA: the landmark modules, then they and an adapter."""
    return {
        "name": "landmarks", "model": base, "output": str(output), "exams": [], "seed": 3,
        "landmarks": {"heads": 4, "mask": "softmax-distance"},
        "data": [{"corpus": str(corpus), "turns": 2}],
        "stages": [
            {"name": "points", "kind": "answers", "lr": 1e-2, "batch": 2, "max_steps": 2,
             "train": ["landmarks"]},
            {"name": "answers", "kind": "answers", "lr": 1e-3, "batch": 2, "max_steps": 3,
             "train": ["landmarks", "multi_modal_projector"], "lora": {"rank": 2}},
        ],
    } | changes  # fmt: skip


@pytest.fixture(scope="module")
def trained(
    tiny_models: Folder, corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("landmarks") / "run"
    return train(parse_recipe(recipe(str(tiny_models("video-llava")), corpus, out), "test"))


def test_a_run_keeps_its_landmarks(trained: dict[str, Any], faces: list[Image.Image]) -> None:
    loaded = load(trained["run"], torch.float32)
    guide = landmarks_of(loaded.model)
    assert guide is not None and guide.attention.mask == "softmax-distance"
    assert guide.attention.output.weight.abs().sum() > 0  # it began at zero
    tower = load(trained["base"], torch.float32).model.model.image_tower.state_dict()
    ours = loaded.model.model.image_tower.state_dict()
    assert all(torch.equal(ours[name], tower[name]) for name in tower)


def test_asking_uses_the_landmarks_that_training_used(
    trained: dict[str, Any], faces: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = HFModel(load(trained["run"], torch.float32))
    with_points = model.score(faces[0], ["Is it dark?\n(A) yes\n(B) no"], [["A", "B"]], 4)
    loaded = load(trained["run"], torch.float32)
    row = make_row(loaded.processor, [faces[0]], [(Turn("Is it dark?\n(A) yes\n(B) no", "A"),)])
    row.extra.update(Sight(loaded.processor).find([faces[0]]))
    with torch.inference_mode():
        loss = answer_loss(loaded.model, collate([row], 0, torch.device("cpu")))
    first = row.branches[0][0][row.branches[0][1] :]
    letter = with_points[0][0][0]
    if len(first) == 1:  # the letter alone: its loss is its log-probability
        assert float(loss) == pytest.approx(-letter, abs=1e-3)
    monkeypatch.setattr(Sight, "find", lambda self, pictures: {})
    without = model.score(faces[0], ["Is it dark?\n(A) yes\n(B) no"], [["A", "B"]], 4)
    assert with_points[0][0] != without[0][0]
    assert model.generate(user_message([faces[0]], "What is seen?"), 4) is not None


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(
    trained: dict[str, Any], tiny_models: Folder, corpus: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from facelm.train import loop

    values = recipe(str(tiny_models("video-llava")), corpus, tmp_path / "run")
    values["stages"][1]["save_every"] = 1
    step, left = loop._step, [3]  # the first stage and one step of the second

    def stopped(*given: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return step(*given)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(loop, "_step", stopped)
        train(parse_recipe(values, "test"))
    assert (tmp_path / "run" / "2-answers" / "checkpoint.safetensors").exists()
    first = train(parse_recipe(values, "test"))
    for name in ("weights.safetensors", "adapter_model.safetensors"):
        ours, theirs = (Path(one["model"]) / name for one in (first, trained))
        assert ours.read_bytes() == theirs.read_bytes()
    settings = json.loads((Path(first["model"]) / "facelm.json").read_text())["landmarks"]
    assert settings == {"heads": 4, "mask": "softmax-distance", "zero_init": True}


def test_landmarks_of_a_run_are_trained_further(
    trained: dict[str, Any], corpus: Path, tmp_path: Path
) -> None:
    values = recipe(trained["run"], corpus, tmp_path / "run")
    with pytest.raises(InputError, match="already"):
        train(parse_recipe(values, "test"))
    values = recipe(trained["run"], corpus, tmp_path / "further")
    values.pop("landmarks")
    values["stages"] = values["stages"][:1]
    further = load(train(parse_recipe(values, "test"))["run"], torch.float32).model
    before = load(trained["run"], torch.float32).model
    one, other = (landmarks_of(model) for model in (before, further))
    assert one is not None and other is not None
    assert not torch.equal(one.attention.output.weight, other.attention.output.weight)


def test_an_unknown_key_of_landmarks_is_one_sentence() -> None:
    values = {"name": "x", "model": "nano", "data": [], "stages": [], "landmarks": {"masks": "x"}}
    with pytest.raises(InputError, match="did you mean 'mask'"):
        parse_recipe(values, "test")


@pytest.fixture(scope="module")
def faces(heads: list[Any]) -> list[Image.Image]:
    return [open_picture(one.image, one.id) for one in heads[:3]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from facelm.annotate import annotate

    path = tmp_path_factory.mktemp("corpus") / "heads"
    annotate("heads", path, split="train", style="choices", limit=4)
    return path


# ---------------------------------------------------------------- clips


def test_a_clip_has_landmarks_for_each_frame_and_stands_beside_pictures(
    tiny_models: Folder, faces: list[Image.Image]
) -> None:
    """257 tokens a frame in a video, 256 a picture (here 17 and 16), in one batch."""
    loaded = load(str(tiny_models("video-llava")), torch.float32)
    learnt(loaded.model, Landmarks())
    frames = [faces[number % 3] for number in range(8)]
    sight = Sight(loaded.processor)
    clip = make_row(loaded.processor, frames, [(TURN,)], clip=True)
    assert "pixel_values_videos" in clip.extra
    still = make_row(loaded.processor, faces[:1], [(TURN,)])
    clip.extra.update(sight.find(frames))
    still.extra.update(sight.find(faces[:1]))

    def loss(rows: list[Any]) -> float:
        batch = collate(rows, 0, torch.device("cpu"), "answer")
        with torch.inference_mode():
            return float(answer_loss(loaded.model, batch))

    apart = (loss([clip]) + loss([still])) / 2
    assert loss([clip, still]) == pytest.approx(apart, rel=1e-4)
    last = clip.extra["landmarks"].clone()
    clip.extra["landmarks"][7] += 0.2  # the last frame's own
    assert loss([clip]) != pytest.approx(apart, rel=1e-6)
    clip.extra["landmarks"] = last
    clip.extra["landmarks_known"] = torch.zeros(8, dtype=torch.bool)
    clip.extra["landmarks"][:] = float("nan")  # never looked at
    assert np.isfinite(loss([clip, still]))


def test_a_video_is_asked_about(
    trained: dict[str, Any], tiny_internvl: Path, faces: list[Image.Image], tmp_path: Path
) -> None:
    from miniature import write_frames

    from facelm.ask import ask

    video = tmp_path / "clip.mp4"
    write_frames(video, [np.asarray(face.resize((224, 224))) for face in faces * 3])
    for model in (trained["run"], str(tiny_internvl)):
        assert isinstance(ask(model, video, "What is seen?", max_tokens=3), str)
    write_frames(video, [np.full((224, 224, 3), 90, np.uint8)] * 9)
    with pytest.raises(PictureError, match="found in 0 of 8 frames"):
        ask(trained["run"], video, "What is seen?")
    with pytest.raises(PictureError, match="no video at"):
        ask(trained["run"], tmp_path / "gone.mp4", "What is seen?")
