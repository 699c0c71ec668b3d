"""Families of models, small and random: written alike, asked, and given the same in training."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from facelm.errors import MissingError
from facelm.models import HFModel, Loaded, load, user_message
from facelm.models.load import language_part
from facelm.models.media import seen_once
from facelm.train import rows as rows_module
from facelm.train.answers import answer_loss
from facelm.train.rows import collate, make_row
from facelm.types import Turn
from tools.tiny import FAMILIES

TOOL = Path(__file__).parent.parent / "tools" / "make_tiny_models.py"
TURNS = [
    Turn("Which way is the face turned?", "It is turned to the left."),
    Turn("Is it a bright picture?\n(A) yes\n(B) no", "A"),
    Turn("Describe the face.", "A face with glasses, lit from the right, looking up."),
]
Opened = Callable[[str], Loaded]
every_family = pytest.mark.parametrize("family", FAMILIES)


@pytest.fixture(scope="session")
def opened(tiny_models: Callable[[str], Path]) -> Opened:
    """A family's model in float32, loaded once; the tests that use it change nothing in it."""
    kept: dict[str, Loaded] = {}

    def open_one(family: str) -> Loaded:
        if family not in kept:
            kept[family] = load(str(tiny_models(family)), torch.float32)
        return kept[family]

    return open_one


def picture(seed: int = 0, width: int = 120, height: int = 120) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(noise)


def asked(loaded: Loaded, images: list[Image.Image], *said: str) -> dict[str, torch.Tensor]:
    """What the model is given when it is asked; `said` are question, answer, question and so on."""
    messages = user_message(images, said[0])
    for number, text in enumerate(said[1:]):
        role = ("assistant", "user")[number % 2]
        messages.append({"role": role, "content": [{"type": "text", "text": text}]})
    given = loaded.processor.apply_chat_template(
        messages, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
    )
    return dict(given)


def seen_by_the_decoder(loaded: Loaded, inputs: dict[str, Any]) -> torch.Tensor:
    """(tokens,) True where the language model gets something else than the token's own vector."""
    taken: list[torch.Tensor] = []
    hook = language_part(loaded.model).register_forward_pre_hook(
        lambda _, __, kwargs: taken.append(kwargs["inputs_embeds"]), with_kwargs=True
    )
    with torch.inference_mode():
        loaded.model(**inputs)
        words = loaded.model.get_input_embeddings()(inputs["input_ids"])
    hook.remove()
    return (taken[0] != words).any(-1)[0]


def test_the_command_writes_the_same_bytes_again(
    tiny_models: Callable[[str], Path], tmp_path: Path
) -> None:
    some = list(FAMILIES)[:3]
    command = [sys.executable, str(TOOL), *some, "-o", str(tmp_path)]
    run = subprocess.run(
        command, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    lines = run.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == some
    assert all("parameters" in line and "visual tokens" in line for line in lines)
    for family in some:
        first = {path.name: path.read_bytes() for path in tiny_models(family).iterdir()}
        again = {path.name: path.read_bytes() for path in (tmp_path / family).iterdir()}
        assert first == again, family
        assert {"config.json", "model.safetensors", "chat_template.jinja"} <= first.keys()
        assert str(tmp_path) not in str(again)


def test_the_command_names_what_it_knows() -> None:
    run = subprocess.run(
        [sys.executable, str(TOOL), "--list"], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == list(FAMILIES)
    wrong = subprocess.run(
        [sys.executable, str(TOOL), "llava-9", "-o", "x"], capture_output=True, text=True
    )
    assert wrong.returncode == 2 and "llava-9" in wrong.stderr


@every_family
def test_it_answers_about_the_picture(family: str, opened: Opened) -> None:
    model = HFModel(opened(family))
    letters = [["A", "B"]] * len(TURNS)
    questions = [turn.question for turn in TURNS]
    together = model.score(picture(), questions, letters, 6)
    for question, (scores, text) in zip(questions, together, strict=True):
        assert scores == pytest.approx(
            model.score(picture(), [question], letters[:1], 6)[0][0], abs=1e-3
        )
        assert text == model.generate(user_message([picture()], question), 6)
    other = model.score(picture(seed=1), questions, letters, 1)
    assert [scores for scores, _ in other] != [scores for scores, _ in together]


@every_family
def test_a_question_without_a_picture_forgets_the_one_before(family: str, opened: Opened) -> None:
    model = HFModel(opened(family))
    answers = []
    for size in ((120, 120), (300, 90)):
        model.score(picture(0, *size), ["Who?"], [["A", "B"]], 1)
        answers.append(model.score([], ["Is it A or B?"], [["A", "B"]], 4))
    assert answers[0] == answers[1]


@every_family
@pytest.mark.parametrize("size", [(120, 120), (300, 90)])
def test_a_picture_takes_the_place_of_its_tokens(
    family: str, size: tuple[int, int], opened: Opened
) -> None:
    loaded = opened(family)
    inputs = asked(loaded, [picture(0, *size)], "Who is it?")
    placeholders = inputs["input_ids"][0] == loaded.model.config.image_token_id
    assert placeholders.any()
    assert torch.equal(seen_by_the_decoder(loaded, inputs), placeholders)


def test_video_llava_keeps_the_class_token_of_clips_alone(opened: Opened) -> None:
    """A picture: its patches. A clip of eight frames: patches and class token of each."""
    loaded = opened("video-llava")
    frames = np.stack([np.asarray(picture(seed)) for seed in range(8)])
    parts = [{"type": "image"}, {"type": "video"}, {"type": "text", "text": "Which one moves?"}]
    text = loaded.processor.apply_chat_template([{"role": "user", "content": parts}])
    inputs = dict(
        loaded.processor(text=text, images=[picture()], videos=[frames], return_tensors="pt")
    )
    config, ids = loaded.model.config, inputs["input_ids"][0]
    vision = config.vision_config
    patches = (vision.image_size // vision.patch_size) ** 2
    image, video = ids == config.image_token_id, ids == config.video_token_id
    assert int(image.sum()) == patches == config.image_seq_length
    assert int(video.sum()) == 8 * (patches + 1) == config.video_seq_length
    assert torch.equal(seen_by_the_decoder(loaded, inputs), image | video)


@every_family
def test_a_row_has_the_loss_of_plain_transformers(family: str, opened: Opened) -> None:
    """Before an answer stands what the model sees when asked; behind it, an end."""
    loaded = opened(family)
    processor, device = loaded.processor, torch.device("cpu")
    theirs = []
    for turn in TURNS:
        row = make_row(processor, [picture()], [(turn,)])
        tokens, before = row.branches[0]
        inputs = asked(loaded, [picture()], turn.question)
        answer = tokens[before:][None]
        assert torch.equal(torch.cat([row.prefix, tokens[:before]]), inputs["input_ids"][0])
        said = processor.tokenizer.decode(answer[0], skip_special_tokens=True)
        assert said.strip() == turn.answer
        assert int(answer[0, -1]) in HFModel(loaded)._end
        assert all(torch.equal(value, inputs[name]) for name, value in row.extra.items())
        theirs.append(plain_loss(loaded, inputs, answer))
    shared = make_row(processor, [picture()], [(turn,) for turn in TURNS])
    with torch.inference_mode():
        ours = answer_loss(loaded.model, collate([shared], 0, device, "answer"))
    assert float(ours) == pytest.approx(sum(theirs) / len(theirs), rel=1e-4)


def plain_loss(loaded: Loaded, inputs: dict[str, Any], answer: torch.Tensor) -> float:
    shape = inputs["input_ids"].shape
    filling = {"input_ids": answer, "attention_mask": torch.ones_like(answer)}
    whole = {
        name: torch.cat([value, filling.get(name, torch.zeros_like(answer))], 1)
        if value.shape == shape
        else value
        for name, value in inputs.items()
    }
    labels = torch.cat([torch.full(shape, -100), answer], 1)
    with torch.inference_mode():
        return float(loaded.model(**whole, labels=labels).loss)


@every_family
def test_several_pictures_and_turns_are_given_as_they_are_asked(
    family: str, opened: Opened
) -> None:
    loaded = opened(family)
    pair, (first, _, last) = [picture(0), picture(1, 90, 130)], TURNS
    row = make_row(loaded.processor, pair, [(first,), (first, last)])
    inputs = asked(loaded, pair, first.question, first.answer, last.question)
    tokens, before = row.branches[1]
    assert torch.equal(torch.cat([row.prefix, tokens[:before]]), inputs["input_ids"][0])
    for name, value in row.extra.items():
        assert torch.equal(value, inputs[name]), name
    one = asked(loaded, pair[:1], first.question)["input_ids"]
    marks = [(ids == loaded.model.config.image_token_id).sum() for ids in (one, row.prefix)]
    assert marks[1] > marks[0] or family == "llava-onevision"  # which shows several ones smaller
    answer = tokens[before:][None]
    theirs = plain_loss(loaded, inputs, answer)
    alone = make_row(loaded.processor, pair, [(first, last)])
    with torch.inference_mode():
        batch = collate([alone], 0, torch.device("cpu"), "answer")
        assert float(answer_loss(loaded.model, batch)) == pytest.approx(theirs, rel=1e-4)


@every_family
@pytest.mark.parametrize(("number", "clip"), [(1, False), (2, False), (8, True)])
def test_a_rows_pictures_are_processed_once(
    family: str, number: int, clip: bool, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the row is what it would be if each question's were."""
    processor = opened(family).processor
    own = {n: getattr(processor, n) for n in ("image_processor", "video_processor")
           if hasattr(processor, n)}  # fmt: skip
    pictures = [picture(seed, 90, 130) for seed in range(number)]
    calls: list[str] = []

    def row() -> Any:
        calls.clear()
        return make_row(processor, pictures, [(turn,) for turn in TURNS], 8192, clip)

    for part in set(map(type, own.values())):
        monkeypatch.setattr(part, "__call__", counted(part.__call__, calls))
    ours = row()
    assert len(calls) == 1
    assert all(getattr(processor, name) is part for name, part in own.items())
    monkeypatch.setattr(rows_module, "seen_once", nullcontext)
    theirs = row()
    assert len(calls) == 2 * len(TURNS)
    assert torch.equal(ours.prefix, theirs.prefix)
    for (tokens, before), (others, theirs_before) in zip(
        ours.branches, theirs.branches, strict=True
    ):
        assert torch.equal(tokens, others) and before == theirs_before
    for one, other in ((ours.extra, theirs.extra), (ours.kinds, theirs.kinds)):
        assert list(one) == list(other)
        assert all(torch.equal(one[name], other[name]) for name in one)


def counted(call: Any, calls: list[str]) -> Any:
    def counting(self: Any, *given: Any, **how: Any) -> Any:
        calls.append(type(self).__name__)
        return call(self, *given, **how)

    return counting


def test_what_was_seen_is_not_taken_for_something_else(opened: Opened) -> None:
    """Neither another picture nor another way to look; and an error leaves the processor whole."""
    processor = opened("internvl3").processor
    images = processor.image_processor
    with pytest.raises(KeyError), seen_once(processor):
        first = processor.image_processor([picture(0)], return_tensors="pt")
        for given, how in ((picture(1), {}), (picture(0), {"do_normalize": False})):
            other = processor.image_processor([given], return_tensors="pt", **how)
            assert not torch.equal(first["pixel_values"], other["pixel_values"])
        first.pop("pixel_values")
        again = processor.image_processor([given], return_tensors="pt", **how)
        assert torch.equal(again.pop("pixel_values"), other["pixel_values"])
        raise KeyError
    assert processor.image_processor is images


@every_family
def test_one_picture_and_two_share_a_batch(family: str, opened: Opened) -> None:
    loaded, device = opened(family), torch.device("cpu")
    rows = [
        make_row(loaded.processor, [picture(0)], [(TURNS[0],)]),
        make_row(loaded.processor, [picture(1), picture(2, 60, 200)], [(TURNS[2],)]),
    ]
    with torch.inference_mode():
        together, *alone = (
            float(answer_loss(loaded.model, collate(some, 0, device, "answer")))
            for some in (rows, rows[:1], rows[1:])
        )
    assert together == pytest.approx(sum(alone) / 2, rel=1e-4)


@every_family
def test_every_picture_is_one_tile(
    family: str, opened: Opened, tiny_models: Callable[[str], Path]
) -> None:
    """Unless asked for: then as many as the model's own processor makes."""
    large, question = picture(0, 400, 300), "Who is it?"

    def tokens(loaded: Loaded) -> int:
        ids = asked(loaded, [large], question)["input_ids"]
        return int((ids == loaded.model.config.image_token_id).sum())

    tiled = load(str(tiny_models(family)), torch.float32, crop_to_patches=True)
    assert tokens(opened(family)) <= 36
    cuts = family in ("internvl3", "smolvlm", "llava-onevision")
    assert tokens(tiled) >= tokens(opened(family)) * (1.9 if cuts else 1)
    together = HFModel(tiled).score(large, [question], [["A", "B"]], 3)[0]
    assert together[1] == HFModel(tiled).generate(user_message([large], question), 3)


@every_family
def test_pictures_of_different_sizes_share_a_batch(family: str, opened: Opened) -> None:
    loaded, device = opened(family), torch.device("cpu")
    rows = [
        make_row(loaded.processor, [picture(0, 50, 50)], [(TURNS[0],)]),
        make_row(loaded.processor, [picture(1, 300, 90)], [(TURNS[2],)]),
    ]
    with torch.inference_mode():
        together, *alone = (
            float(answer_loss(loaded.model, collate(some, 0, device, "answer")))
            for some in (rows, rows[:1], rows[1:])
        )
    assert together == pytest.approx(sum(alone) / 2, rel=1e-4)


def test_a_missing_package_is_one_sentence(
    tiny_models: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transformers.models.smolvlm.processing_smolvlm.num2words", None)
    with pytest.raises(MissingError, match="pip install num2words") as error:
        load(str(tiny_models("smolvlm")))
    assert "\n" not in str(error.value)


def test_answers_are_the_likeliest_whatever_the_generation_config_says(
    tiny_models: Callable[[str], Path],
) -> None:
    loaded = load(str(tiny_models("qwen3-vl")), torch.float32)
    assert loaded.model.generation_config.do_sample
    model = HFModel(loaded)
    plain = model.generate(user_message([picture()], "Who?"), 12)
    loaded.model.generation_config.repetition_penalty = 9.0
    assert model.generate(user_message([picture()], "Who?"), 12) == plain


def test_asking_leaves_the_generation_config_as_it_is(opened: Opened) -> None:
    loaded = opened("gemma-3")
    before = list(loaded.model.generation_config.eos_token_id)
    HFModel(loaded)
    assert loaded.model.generation_config.eos_token_id == before
