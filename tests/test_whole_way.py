"""The bases of FaceLLM, Face-MLLM and Face-LLaVA from training to a server, small and random.

Trained, stopped, gone on with, merged, exported; then the exported folder alone is benched, asked
and served by `facelm serve` on a port of its own.
"""

from __future__ import annotations

import base64
import functools
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from PIL import Image
from test_serve import running

import facelm
from facelm.models import HFModel, load
from facelm.models.face_llava import Landmarks, attach, landmarks_of, shown
from facelm.models.face_points import Sight, parted
from facelm.publish import export
from facelm.sources import open_source
from facelm.train import parse_recipe, train
from facelm.train.answers import Answers
from facelm.train.rows import make_row
from facelm.types import Row, Turn
from tools.tiny import FAMILIES

SYSTEMS: dict[str, dict[str, Any]] = {
    "internvl3": {},
    "llava-1.5": {},
    "video-llava": {"landmarks": {"heads": 4, "zero_init": False}},
}
QUESTION = "Which way is the face turned?"
TOKENS = 12
Tiny = Callable[[str], Path]
every_system = pytest.mark.parametrize("family", SYSTEMS)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two faces, and two clips of eight frames each."""
    folder = tmp_path_factory.mktemp("corpora")
    pictures, clips = folder / "pictures", folder / "clips"
    facelm.annotate("heads", pictures, split="train", style="choices", limit=2, asks_per_face=4)
    facelm.convert("heads-clips", clips, tasks=["head pose"], split="train", limit=2)
    return [pictures, clips]


@pytest.fixture(scope="module")
def exported(
    tiny_models: Tiny, corpora: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Tiny:
    """A system's exported folder; trained, stopped on the way and gone on with on first use."""
    root = tmp_path_factory.mktemp("way")

    def make(family: str) -> Path:
        more, run = SYSTEMS[family], root / f"{family}-run"
        stage = {
            "name": "answers", "kind": "answers", "lr": 3e-3, "batch": 2, "epochs": 2,
            "save_every": 2, "lora": {"rank": 4}, "train": list(more),
        }  # fmt: skip
        values = {
            "name": family, "model": str(tiny_models(family)), "output": str(run), "exams": [],
            "data": [{"corpus": str(one), "turns": 2} for one in corpora], "stages": [stage],
        }  # fmt: skip
        wanted = parse_recipe(values | more, "test")
        with stopped_at(3):
            train(wanted)
        assert (run / "1-answers" / "checkpoint.safetensors").exists()
        train(wanted)
        export(run, root / family, merge=True)
        return root / family

    return functools.cache(make)


@contextmanager
def stopped_at(number: int) -> Iterator[None]:
    """Somebody presses Ctrl-C before this step."""
    losses = Answers.losses

    def stop(self: Answers, step: int) -> Any:
        if step == number:
            raise KeyboardInterrupt
        return losses(self, step)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Answers, "losses", stop)
        yield


@pytest.fixture(scope="module")
def picture(heads: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shown") / "face.webp"
    path.write_bytes(heads[0].image)
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of the test split."""
    row = next(iter(open_source("heads-clips").rows("test")))
    assert isinstance(row, Row)
    path = tmp_path_factory.mktemp("shown") / "clip.mp4"
    path.write_bytes(row.media.held())  # type: ignore[attr-defined]
    return path


@contextmanager
def serving(model: Path) -> Iterator[httpx.Client]:
    """`facelm serve` as a process on a free port."""
    command = [sys.executable, "-m", "facelm", "serve", str(model), "--port", "0"]
    env = {name: value for name, value in os.environ.items() if name != "FACELM_API_KEY"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env)
    try:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        found = (re.search(r"answers on (http://[\d.:]+)", line) for line in lines)
        address = next(match[1] for match in found if match)
        with httpx.Client(base_url=address, timeout=60) as client:
            wait_for(client)
            yield client
    finally:
        process.terminate()
        process.communicate(timeout=60)


def wait_for(client: httpx.Client) -> None:
    """The port is taken and told before it is listened on."""
    for _ in range(600):
        try:
            client.get("/health").raise_for_status()
            return
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def asked_over(client: httpx.Client, model: str, place: Path) -> str:
    """What the server says of a file."""
    kind = {".webp": "image", ".mp4": "video"}[place.suffix]
    data = base64.b64encode(place.read_bytes()).decode()
    url = {"url": f"data:{kind}/{place.suffix[1:]};base64,{data}"}
    content = [{"type": f"{kind}_url", f"{kind}_url": url}, {"type": "text", "text": QUESTION}]
    messages = [{"role": "user", "content": content}]
    request = {"model": model, "max_tokens": TOKENS, "messages": messages}
    reply = client.post("/v1/chat/completions", json=request)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["choices"][0]["message"]["content"])


def asked(model: Path, place: Path) -> str:
    return facelm.ask(str(model), place, QUESTION, max_tokens=TOKENS)


@every_system
def test_what_was_exported_is_served_as_it_is_asked(
    family: str, exported: Tiny, picture: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = exported(family)
    with serving(model) as client:
        served = {place: asked_over(client, str(model), place) for place in (picture, clip)}
    assert served == {place: asked(model, place) for place in (picture, clip)}
    assert served[picture] != served[clip]
    if "landmarks" in SYSTEMS[family]:  # the same weights say something else without the points
        monkeypatch.setattr(Sight, "find", lambda self, pictures: {})
        for place in (picture, clip):
            assert asked(model, place) != served[place]


@every_system
@pytest.mark.parametrize("suite", ["heads-mcq", "heads-clips-mcq"])
def test_what_was_exported_is_benched(
    family: str, suite: str, exported: Tiny, tmp_path: Path
) -> None:
    results = facelm.bench(str(exported(family)), suite, tmp_path, limit=2)
    assert results["n"] == 2 and results["refused"] == 0


@pytest.mark.parametrize("family", ["internvl3", "video-llava"])
def test_a_clip_is_scored_as_it_is_trained(
    family: str, tiny_models: Tiny, heads: list[Any], picture: Path
) -> None:
    """Token for token and pixel for pixel, with the landmarks of the frames."""
    loaded = load(str(tiny_models(family)), torch.float32)
    torch.manual_seed(0)
    attach(loaded.model, Landmarks(heads=4, zero_init=False)).eval()
    model, letters = HFModel(loaded), ["A", "B"]
    with Image.open(picture) as face:
        frames = [face.convert("RGB").rotate(4 * turn) for turn in range(8)]
    ((scores, _),) = model.score(frames, [QUESTION], [letters], 1, clip=True)
    row = make_row(loaded.processor, frames, [(Turn(QUESTION, "A"),)], clip=True)
    assert ("pixel_values_videos" in row.extra) == (family == "video-llava")
    tokens, before = row.branches[0]
    ids = torch.cat([row.prefix, tokens[:before]])[None]

    def said(points: dict[str, Any]) -> list[float]:
        with torch.inference_mode(), shown(loaded.model, *parted(points)[1:]):
            logits = loaded.model(input_ids=ids, **row.extra).logits[0, -1]
        return model._letter_scores(logits.log_softmax(-1), letters)

    assert scores == pytest.approx(said(Sight(loaded.processor).find(frames)), abs=1e-3)
    assert scores != pytest.approx(said({}), abs=1e-3)
    assert landmarks_of(loaded.model)


@pytest.mark.slow
@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in SYSTEMS])
def test_other_families_are_served_as_they_are_asked(
    family: str, tiny_models: Tiny, picture: Path, clip: Path
) -> None:
    folder = tiny_models(family)
    model = HFModel(load(str(folder)))
    with running(model, prepare=None) as client:  # type: ignore[arg-type]
        for place in (picture, clip):
            assert asked_over(client, str(folder), place) == asked(folder, place)
