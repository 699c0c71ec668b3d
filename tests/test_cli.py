"""The command line: one sentence and a non-zero exit, one JSON object, the chain on real input."""

from __future__ import annotations

import inspect
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image


def facelm(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "facelm", *words],
        capture_output=True, text=True, check=False, env=os.environ | environment, timeout=280,
    )  # fmt: skip


def one_sentence(run: subprocess.CompletedProcess[str]) -> str:
    assert run.returncode == 2, run.stderr
    lines = [line for line in run.stderr.splitlines() if line.startswith("facelm: ")]
    assert len(lines) == 1
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    return lines[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["annotate", "haeds", "-o", "out"], "did you mean 'heads'?"),
        (["annotate", "heads", "-o", "out", "--style", "fairfacegtp"], "mean 'fairfacegpt'?"),
        (["annotate", "heads", "-o", "out", "--teacher", "mesured"], "did you mean 'measured'?"),
        (["annotate", "folder:not-there", "-o", "out"], "not-there"),
        (["bench", "nano-base", "--suite", "heads-mqc", "-o", "out"], "mean 'heads-mcq'?"),
        (["bench", "no-such-model", "--suite", "heads-mcq", "-o", "out"], "no-such-model"),
        (["train", "not-there.yaml"], "not-there.yaml"),
        (["ask", "nano-base", "not-there.jpg", "What do you see?"], "not-there.jpg"),
        (["serve", "no-such-model"], "no-such-model"),
    ],
)
def test_what_cannot_go_on_is_one_sentence(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in one_sentence(facelm(*words))
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


def test_the_defaults_of_paying_commands_are_the_engines() -> None:
    """They are written down apart, so that `facelm --help` need not load the engine."""
    from facelm.cli.annotate import annotate
    from facelm.cli.judge import judge
    from facelm.teach import Means

    for command in (annotate, judge):
        options = inspect.signature(command).parameters
        assert options["in_flight"].default == Means().in_flight
        assert options["timeout"].default == Means().patience.timeout_s


def test_ask_says_what_is_wrong_with_a_picture(tmp_path: Path, portrait: bytes) -> None:
    import io

    empty, two = tmp_path / "empty.png", tmp_path / "two.png"
    Image.new("RGB", (300, 300), (90, 120, 160)).save(empty)
    assert "no face" in one_sentence(facelm("ask", "nano-base", str(empty), "What is seen?"))
    face = Image.open(io.BytesIO(portrait)).convert("RGB")
    pair = Image.new("RGB", (2 * face.width, face.height))
    pair.paste(face, (0, 0))
    pair.paste(face, (face.width, 0))
    pair.save(two)
    assert "2 faces" in one_sentence(facelm("ask", "nano-base", str(two), "What is seen?"))


def test_ask_answers_about_a_face(tmp_path: Path, portrait: bytes) -> None:
    picture = tmp_path / "face.png"
    picture.write_bytes(portrait)
    run = facelm("ask", "nano", str(picture), "Describe this face.", "--json", "--max-tokens", "30")
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["model"] == "nano"
    assert any(word in result["answer"] for word in ("face", "head", "picture", "eyes"))


def test_ask_declines_to_name_before_a_model_is_loaded(photo: Path) -> None:
    run = facelm("ask", "no-model-needed", str(photo), "Who is this?", "--json")
    assert run.returncode == 0, run.stderr
    assert "don't name" in json.loads(run.stdout.splitlines()[-1])["answer"]


def test_doctor_reports_as_json() -> None:
    run = facelm("doctor", "--json")
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["ok"] is True
    assert result["packages"]["torch"]


@pytest.fixture
def server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["serve", "nano", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "facelm", *words], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(url + "/health", timeout=1)
            break
        except httpx.HTTPError:
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(20)


def test_the_openai_teacher_asks_facelm_serve(server: str, tmp_path: Path) -> None:
    """Teacher, server and model in one: the corpus holds what the served model said."""
    from facelm.corpus import read_corpus

    out, style = tmp_path / "corpus", tmp_path / "two.yaml"
    style.write_text(
        "kind: describe\nask: one-by-one\nsystem: You describe faces.\nchecks: {}\n"
        "categories:\n"
        "  - {name: pose, teacher: How is the head turned?, questions: [How is it turned?]}\n"
        "  - {name: mood, teacher: What is the expression?, questions: [What does it show?]}\n"
    )
    run = facelm(
        "annotate", "heads", "--split", "test", "--limit", "1", "-o", str(out), "--json",
        "--teacher", "openai:nano", "--base-url", f"{server}/v1", "--style", str(style),
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["conversations"] == 1
    for conversation in read_corpus(out).conversations():
        assert conversation.teacher == "openai:nano"
        assert [turn.category for turn in conversation.turns] == ["pose", "mood"]
        assert all(len(turn.answer.split()) > 3 for turn in conversation.turns)


@pytest.mark.slow
def test_the_chain_on_a_hub_model(tiny_internvl: Path, photo: Path, tmp_path: Path) -> None:
    """Annotate, train, bench and ask an InternVL through the same commands."""
    corpus, run = tmp_path / "corpus", tmp_path / "run"
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        f"name: tiny\nmodel: {tiny_internvl}\noutput: {run}\n"
        f"data:\n  - corpus: {corpus}\n    turns: 2\n"
        "    make: {source: heads, split: train, style: fairfacegpt, limit: 6}\n"
        "stages:\n  - {name: answers, kind: answers, lr: 0.001, batch: 2, lora: {rank: 4}}\n"
    )
    trained = facelm("train", str(recipe), "--json")
    assert trained.returncode == 0, trained.stderr
    model = json.loads(trained.stdout.splitlines()[-1])["model"]
    bench = facelm(
        "bench", model, "--suite", "heads-mcq", "--limit", "12", "-o", str(tmp_path / "score"),
        "--json",
    )  # fmt: skip
    assert bench.returncode == 0, bench.stderr
    result = json.loads(bench.stdout.splitlines()[-1])
    assert result["n"] == 12
    for task in result["tasks"].values():
        assert {"accuracy", "ci95", "n", "chance", "blind"} <= task.keys()
    asked = facelm("ask", model, str(photo), "Which way is the face turned?", "--max-tokens", "8")
    assert asked.returncode == 0, asked.stderr
