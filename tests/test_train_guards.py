"""What is looked at before a run costs anything, and who may write into its folder."""

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
from miniature import Given
from PIL import Image

from facelm._io import sha256
from facelm.annotate import annotate
from facelm.corpus import CorpusWriter, read_corpus
from facelm.errors import InputError, MissingError
from facelm.models import load
from facelm.train import parse_recipe, train
from facelm.train.answers import Answers
from facelm.train.examples import Example, examples_of
from facelm.train.learning import prepare
from facelm.train.lengths import check_lengths
from facelm.train.recipe import AnswersStage, Data, Lora
from facelm.train.rows import make_row
from facelm.types import Conversation, Evidence, Picture, Turn


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "heads"
    annotate("heads", path, split="train", style="choices", limit=6)
    return path


def stage(name: str = "answers", **keys: Any) -> dict[str, Any]:
    some = {"lr": 1e-3, "batch": 2, "max_steps": 2, "lora": {"rank": 2}}
    return {"name": name, "kind": "answers", **some, **keys}


def values(tmp_path: Path, corpus: Path, model: Path | str, *stages: Any) -> dict[str, Any]:
    return {
        "name": "tiny", "model": str(model), "output": str(tmp_path / "run"), "exams": [],
        "data": [{"corpus": str(corpus), "turns": 2}], "stages": list(stages) or [stage()],
    }  # fmt: skip


def nothing_trained(run: Path) -> bool:
    return not list(run.rglob("*.safetensors")) and not list(run.rglob("metrics.jsonl"))


# ---------------------------------------------------------------- the folder


def test_a_second_process_may_not_train_in_the_same_folder(
    tmp_path: Path, corpus: Path, tiny_internvl: Path
) -> None:
    recipe = values(tmp_path, corpus, tiny_internvl, stage(max_steps=10_000, epochs=10_000))
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe))
    command = [sys.executable, "-m", "facelm", "train", str(path)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        metrics = tmp_path / "run" / "1-answers" / "metrics.jsonl"
        while not metrics.exists() and process.poll() is None:
            time.sleep(0.02)
        with pytest.raises(InputError, match="Another process is training"):
            train(parse_recipe(recipe, "test"))
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    # One that died holds nothing: whoever comes next goes on.
    steps = len(metrics.read_text().splitlines())
    assert steps
    with pytest.raises(InputError, match="another recipe"):
        train(parse_recipe({**recipe, "seed": 1}, "test"))


def test_a_run_lets_its_folder_go(tmp_path: Path, corpus: Path, tiny_internvl: Path) -> None:
    recipe = parse_recipe(values(tmp_path, corpus, tiny_internvl), "test")
    train(recipe)
    assert train(recipe)["stages"][0]["steps"] == 0
    assert not (tmp_path / "run" / ".lock").exists()


def test_a_folder_in_which_nothing_was_trained_belongs_to_nobody(
    tmp_path: Path, corpus: Path, tiny_internvl: Path
) -> None:
    with pytest.raises(InputError):
        train(parse_recipe(values(tmp_path, corpus, tmp_path / "nowhere"), "first try"))
    recipe = values(tmp_path, corpus, tiny_internvl)
    train(parse_recipe(recipe, "mended"))
    kept = yaml.safe_load((tmp_path / "run" / "recipe.yaml").read_text())
    assert kept["model"] == str(tiny_internvl)
    with pytest.raises(InputError, match="another recipe"):
        train(parse_recipe(recipe | {"seed": 5}, "another"))


@pytest.mark.parametrize("left", ["1-answers/checkpoint.safetensors", "1-answers/metrics.jsonl"])
def test_what_was_begun_is_not_taken(
    tmp_path: Path, corpus: Path, tiny_internvl: Path, left: str
) -> None:
    with pytest.raises(InputError):
        train(parse_recipe(values(tmp_path, corpus, tmp_path / "nowhere"), "first try"))
    (tmp_path / "run" / "1-answers").mkdir()
    (tmp_path / "run" / left).touch()
    with pytest.raises(InputError, match="another recipe"):
        train(parse_recipe(values(tmp_path, corpus, tiny_internvl), "another"))


# ---------------------------------------------------------------- before anything is paid


@pytest.mark.parametrize(
    ("keys", "stages"),
    [
        ({"model": "nowhere/at-all"}, [stage()]),
        ({}, [stage(train=["mm_projector"])]),
        ({}, [stage(), stage("second", lora=None)]),
        ({"landmarks": {"heads": 5}}, [stage()]),
    ],
)
def test_no_corpus_is_made_for_what_cannot_be_trained(
    tmp_path: Path, tiny_internvl: Path, keys: dict[str, Any], stages: list[Any]
) -> None:
    recipe = values(tmp_path, tmp_path / "corpus", tiny_internvl, *stages) | keys
    recipe["data"][0]["make"] = {"source": "heads", "style": "choices", "limit": 2}
    with pytest.raises((InputError, MissingError)):
        train(parse_recipe(recipe, "test"))
    assert not (tmp_path / "corpus").exists()
    good = values(tmp_path, tmp_path / "corpus", tiny_internvl) | {"data": recipe["data"]}
    train(parse_recipe(good, "test"))
    assert len(read_corpus(tmp_path / "corpus")) == 2


def test_a_corpus_that_two_entries_make_is_made_once(tmp_path: Path, tiny_internvl: Path) -> None:
    recipe = values(tmp_path, tmp_path / "corpus", tiny_internvl)
    recipe["data"][0]["make"] = {"source": "heads", "style": "choices", "limit": 2}
    recipe["data"] = recipe["data"] * 2
    train(parse_recipe(recipe, "test"))


def test_train_says_where_lora_goes(
    tmp_path: Path, corpus: Path, tiny_internvl: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = stage("second", lora=None, train=["multi_modal_projector"])
    train(parse_recipe(values(tmp_path, corpus, tiny_internvl, stage(), second), "test"))
    lines = [line for line in capsys.readouterr().err.splitlines() if "LoRA on" in line]
    assert 1 <= len(lines) <= 2  # the second stage adapts nothing
    said = " ".join(lines)
    assert "answers: LoRA on language_model.layers.* x 2: self_attn.q_proj" in said
    assert said.count("_proj") == 7 and "vision" not in said


# ---------------------------------------------------------------- lengths


def test_a_later_stages_limit_is_looked_at_before_the_first(
    tmp_path: Path, corpus: Path, tiny_internvl: Path
) -> None:
    second = stage("second", max_tokens=30)
    with pytest.raises(InputError, match=r"'second'.*limit of 30, and nothing is cut"):
        train(parse_recipe(values(tmp_path, corpus, tiny_internvl, stage(), second), "test"))
    assert nothing_trained(tmp_path / "run")


def example(portrait: bytes, answer: str, pictures: int = 1, clip: bool = False) -> Example:
    pools = ((((Turn("Who?", answer),),), Data(corpus=Path("c"))),)
    return Example(Given({"a": portrait}), ("a",) * pictures, pools, clip)


def answers(limit: int) -> AnswersStage:
    return AnswersStage(name="a", kind="answers", lr=1.0, max_tokens=limit, lora=Lora(rank=2))


def test_a_clip_hides_no_longer_row_of_a_single_picture(
    tiny_internvl: Path, portrait: bytes
) -> None:
    processor = load(str(tiny_internvl), torch.float32).processor
    clip, still = example(portrait, "Yes.", 8, clip=True), example(portrait, "happy " * 400)
    limit = 300
    check_lengths(processor, [clip], answers(limit), limit)
    with pytest.raises(InputError, match="limit of 300"):
        check_lengths(processor, [clip, still], answers(limit), limit)


@pytest.mark.parametrize("family", ["internvl3", "llava-1.5", "qwen3-vl", "video-llava", "gemma-3"])
@pytest.mark.parametrize("text", ["happy ", "\N{GRINNING FACE}", "a, b; "])
def test_the_limit_is_exact(family: str, text: str, tiny_models: Any, portrait: bytes) -> None:
    """The very row of the longest question fits where it is said to fit, and one token less not."""
    processor = load(str(tiny_models(family)), torch.float32).processor
    rows = [example(portrait, text * n) for n in (3, 40, 25)]
    frames = example(portrait, text * 2, 2)
    longest = max(
        len(make_row(processor, one.open(), list(one.questions()), 10_000))
        for one in [*rows, frames]
    )
    check_lengths(processor, [*rows, frames], answers(longest), longest)
    with pytest.raises(InputError, match=f"has {longest} tokens"):
        check_lengths(processor, [*rows, frames], answers(longest - 1), longest - 1)


@pytest.mark.parametrize("order", [1, -1])
def test_a_larger_picture_with_more_tokens_is_found(
    tiny_models: Any, portrait: bytes, order: int
) -> None:
    """Qwen's pictures keep their shape: one of them may be too much for a short question."""
    processor = load(str(tiny_models("qwen3-vl")), torch.float32).processor
    both = [example(resized(portrait, 64), "Yes. " * 6), example(resized(portrait, 600), "Yes.")]
    few, many = (
        len(make_row(processor, one.open(), list(one.questions()), 10_000)) for one in both
    )
    assert few < many
    check_lengths(processor, both[::order], answers(many), many)
    with pytest.raises(InputError, match=f"has {many} tokens"):
        check_lengths(processor, both[::order], answers(many - 1), many - 1)


def resized(picture: bytes, side: int) -> bytes:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(picture)).resize((side, side)).save(buffer, "PNG")
    return buffer.getvalue()


# ---------------------------------------------------------------- pictures


def objective(corpus: Path, model: Path, data: Data | None = None) -> Answers:
    loaded = load(str(model), torch.float32)
    some = examples_of([(read_corpus(corpus), data or Data(corpus=corpus))], None, 0)
    one = answers(2048)
    return Answers(prepare(loaded.model, one), loaded.processor, some, one, 0)


def corpus_of(root: Path, picture: bytes, **about: Any) -> Path:
    """A corpus of one picture."""
    row = Conversation(
        image_ids=(sha256(picture),), face_id="a.webp", turns=(Turn("Who?", "A head."),),
        source="folder", split="", licence="CC0-1.0", style="choices", teacher="measured",
        prompt_hash="", labels={}, evidence=Evidence(),
    )  # fmt: skip
    said = {"source": "folder", "split": None, "style": "choices", "teacher": "measured", "seed": 0}
    with CorpusWriter(root / "corpus", said | about) as writer:
        writer.add(0, [Picture(picture, "a.webp", "a.webp")], row)
        writer.finish()
    return root / "corpus"


def test_a_picture_that_went_away_since_is_one_sentence(
    tmp_path: Path, tiny_internvl: Path, portrait: bytes
) -> None:
    picture = tmp_path / "a.webp"
    picture.write_bytes(portrait)
    about = {"pictures": "reference", "pictures_root": str(tmp_path)}
    learning = objective(corpus_of(tmp_path, portrait, **about), tiny_internvl)
    assert next(learning.losses(0))[1] > 0
    picture.write_bytes(b"another")
    with pytest.raises(InputError, match="not the picture it was"):
        next(learning.losses(0))
    picture.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        next(learning.losses(0))


def test_a_damaged_picture_is_named(tmp_path: Path, tiny_internvl: Path, portrait: bytes) -> None:
    half = portrait[: len(portrait) // 2]
    learning = objective(corpus_of(tmp_path, half), tiny_internvl)
    with pytest.raises(InputError, match=f"picture {sha256(half)} of .*corpus") as error:
        next(learning.losses(0))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("how", ["cut", "gone", "another"])
def test_a_file_of_pictures_that_is_no_longer_what_it_was(
    tmp_path: Path, portrait: bytes, how: str
) -> None:
    """It was whole when the run began, and its index was read."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    place = corpus_of(tmp_path / "one", portrait)
    other = corpus_of(tmp_path / "two", resized(portrait, 64))
    corpus = read_corpus(place)
    file = place / "pictures-00000.parquet"
    with pytest.raises(InputError, match="has no picture"):
        corpus.picture("0" * 64)  # the index is read now
    if how == "cut":
        file.write_bytes(file.read_bytes()[:-200])
    elif how == "gone":
        file.unlink()
    else:
        file.write_bytes((other / file.name).read_bytes())
    with pytest.raises(InputError, match="get a whole copy"):
        corpus.picture(sha256(portrait))


def test_turns_of_which_none_can_be_drawn_are_no_example(corpus: Path) -> None:
    nothing = Data(corpus=corpus, turns=0)
    assert examples_of([(read_corpus(corpus), nothing)], None, 0) == []
    category = next(read_corpus(corpus).conversations()).turns[0].category
    always = Data(corpus=corpus, turns=0, always=(category,))
    some = examples_of([(read_corpus(corpus), always)], None, 0)
    assert some and all(t[-1].category == category for one in some for t in one.questions())


def test_no_question_is_one_sentence(tmp_path: Path, corpus: Path, tiny_internvl: Path) -> None:
    recipe = values(tmp_path, corpus, tiny_internvl)
    recipe["data"][0]["turns"] = 0
    with pytest.raises(InputError, match="no question to learn from"):
        train(parse_recipe(recipe, "test"))
